"""The catalogue of StatBank: what was updated lately, and successors of a table that is gone.

Only /tables is asked here. Whether a successor fits is for a person to say: a new number often
comes with other codes. What an update means for a table of ours is decided in statbank.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from sources.model import UnreadableAnswer
from sources.pull.documents import read_page
from sources.pull.fetch import ask
from sources.pull.problems import OK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sources.pull.documents import Page, TableEntry
    from sources.pull.fetch import Answer, Fetch

SHOWN = 5
_SEARCH_PAGE = 100
# Some hundred tables are updated in a week; of a month they fit a few pages.
_LONG_PAGE = 1_000
_MOST_PAGES = 10
_SEARCHES = 3
_SHORTEST_WORD = 4
# Words of nearly every title, which would drown the others.
_COMMON = frozenset({"etter", "antall", "prosent", "with", "number", "percent", "from", "year"})


def candidates(fetch: Fetch, title: str, table_id: str, lang: str) -> tuple[TableEntry, ...]:
    """Tables whose label shares most words with `title`, live ones first, at most five.

    All words are searched for together, then, while fewer than five are found, the longest ones
    singly; at most three searches are made. Empty if the catalogue refuses to answer.
    """
    words = title_words(title)
    searches = [" ".join(words), *sorted(words, key=len, reverse=True)]
    found: dict[str, TableEntry] = {}
    for search in dict.fromkeys(searches[:_SEARCHES] if words else ()):
        found |= {entry.id: entry for entry in _search(fetch, search, lang)}
        found.pop(table_id, None)
        if len(found) >= SHOWN:
            break
    # A live table is a likelier successor than a dead one with the very same title.
    ranked = sorted(found.values(), key=lambda e: (e.discontinued, -_shared(words, e.label), e.id))
    return tuple(ranked[:SHOWN])


def updated_lately(fetch: Fetch, days: int, lang: str) -> Mapping[str, TableEntry] | None:
    """Tables updated in the last `days` days, by id, discontinued ones too.

    None if the list cannot be relied on: it is refused, no list at all, empty (a search index
    without dates says nothing of any table), too long, or its pages do not add up to what it
    says to hold.
    """
    found: dict[str, TableEntry] = {}
    number, pages, total = 1, 1, 0
    while number <= pages:
        answer = ask(
            fetch,
            f"/tables?lang={quote(lang)}&pastDays={days}&includeDiscontinued=true"
            f"&pageNumber={number}&pageSize={_LONG_PAGE}",
        )
        page = _page(answer)
        if page is None:
            return None
        found |= {entry.id: entry for entry in page.entries}
        number, pages, total = number + 1, page.pages, page.total
        if pages > _MOST_PAGES:
            return None
    return found if 0 < len(found) == total else None


def _search(fetch: Fetch, search: str, lang: str) -> tuple[TableEntry, ...]:
    answer = ask(
        fetch,
        f"/tables?lang={quote(lang)}&query={quote(search)}"
        f"&includeDiscontinued=true&pageSize={_SEARCH_PAGE}",
    )
    # The search only adds to a message; that it failed must not hide what the message says.
    page = _page(answer)
    return page.entries if page else ()


def _page(answer: Answer) -> Page | None:
    """One page of the catalogue; None if it was refused or is none."""
    if answer.status != OK:
        return None
    try:
        return read_page(answer.body, "the catalogue")
    except UnreadableAnswer:
        return None


def title_words(title: str) -> list[str]:
    """The words of a title worth searching for, without the table's number."""
    found = re.findall(r"[^\W\d_]+", title.casefold())
    return [w for w in dict.fromkeys(found) if len(w) >= _SHORTEST_WORD and w not in _COMMON]


def described(found: Sequence[TableEntry]) -> str:
    """Lines for a message, one per candidate."""
    if not found:
        return "\n  the catalogue search found no other table with such a title"
    return "".join(
        f"\n  perhaps {entry.label or entry.id} (id {entry.id}, {entry.first_period} to "
        f"{entry.last_period}{', discontinued' if entry.discontinued else ''})"
        for entry in found
    )


def _shared(words: Sequence[str], label: str) -> int:
    return len(set(words) & set(title_words(label)))

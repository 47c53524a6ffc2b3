"""Planning: a request as the fewest questions that StatBank will answer.

Cells are counted, empty ones too, before anything is asked. Here stands what a question looks
like as GET and as POST; which codes it is about is worked out in selection.py, where to cut in
split.py.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from sources.pull.problems import ImpossibleRequest
from sources.pull.selection import choices, is_time
from sources.pull.split import boxes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sources.pull.documents import Metadata
    from sources.pull.selection import Choice
    from sources.pull.split import Box
    from sources.registry import Request

MAX_CELLS = 800_000
# StatBank answers 404 to addresses longer than about 2,100 characters.
LONGEST_URL = 2_000
_ADDRESS = re.compile(r"(https?://[^?#]+)/tables/([^/?#]+)/data")


@dataclass(frozen=True)
class Question:
    """One question to the data endpoint of a table.

    path:  what is asked, relative to the service's base, encoded as it goes over the wire.
    url:   the same with the base of the source YAML; what the archive knows it by.
    body:  the selection, for POST. cells: how many the answer must hold.
    codes: variable -> the codes that the answer must hold, in order.
    """

    method: Literal["GET", "POST"]
    url: str
    path: str
    body: Mapping[str, Any] | None
    cells: int
    codes: Mapping[str, tuple[str, ...]] = field(repr=False)


def address(request: Request) -> tuple[str, str]:
    """Split the address of a request into the base of the service and the table's id.

    Raises ImpossibleRequest if it is not the data endpoint of a table.
    """
    found = _ADDRESS.fullmatch(request.url)
    if found is None:
        raise ImpossibleRequest(
            f"request.url: https://.../tables/ID/data expected, found {request.url}\n"
            "Nothing was asked. Mend `request` in the source YAML."
        )
    return found[1], found[2]


def plan(
    metadata: Metadata,
    request: Request,
    max_cells: int = MAX_CELLS,
    *,
    codelists: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    lang: str = "no",
) -> tuple[Question, ...]:
    """Plan a request as the fewest questions of at most `max_cells` cells each.

    codelists: variable -> list id -> its codes, of every list that the request names; several
    lists for a variable mean a question with each.
    Returns questions whose cells are together the whole cube, each cell in one of them. A cut
    goes through time first where that costs no more questions, so that old questions stay the
    same when a period is added.
    Raises ImpossibleRequest with every problem of the request.
    """
    return questions(
        choices(metadata, request, codelists or {}), metadata, request, max_cells, lang
    )


def questions(
    chosen: Sequence[Sequence[Choice]],
    metadata: Metadata,
    request: Request,
    max_cells: int,
    lang: str,
) -> tuple[Question, ...]:
    """Return the questions for choices already worked out; see plan."""
    base, table_id = address(request)
    # Both are defaults of the service, and said all the same: defaults can be changed.
    start = f"/tables/{quote(table_id)}/data?lang={quote(lang)}&outputFormat=json-stat2"
    return tuple(
        _question(base, start, combination, box)
        for combination in product(*chosen)
        for box in _boxes(combination, metadata, max_cells)
    )


def _boxes(combination: Sequence[Choice], metadata: Metadata, max_cells: int) -> tuple[Box, ...]:
    sizes = [len(choice.codes) for choice in combination]
    places = [n for n, choice in enumerate(combination) if choice.divisible]
    order = sorted(
        places, key=lambda n: (not is_time(metadata, combination[n].variable), -sizes[n])
    )
    found = boxes(sizes, max_cells, order)
    if found is None:
        fixed = [c.variable for c in combination if not c.divisible]
        raise ImpossibleRequest(
            f"{metadata.title}: {math.prod(sizes)} cells in a question, at most {max_cells} are "
            f"answered, and {', '.join(fixed) or 'a single cell'} cannot be divided\n"
            "Nothing was asked. Select less in `request` of the source YAML."
        )
    return found


def _question(base: str, start: str, combination: Sequence[Choice], box: Box) -> Question:
    # A variable that is not cut keeps the words of the YAML: short, and the same every year.
    codes = {
        choice.variable: choice.codes[part.start : part.stop]
        for choice, part in zip(combination, box, strict=True)
    }
    words = {
        c.variable: c.words if len(codes[c.variable]) == len(c.codes) else codes[c.variable]
        for c in combination
    }
    cells = math.prod(map(len, codes.values()))
    path = start + "".join(_parameters(choice, words[choice.variable]) for choice in combination)
    if len(base + path) < LONGEST_URL and not _is_bracketed(words):
        return Question("GET", base + path, path, None, cells, codes)
    body = {"selection": [_selection(c, words[c.variable]) for c in combination]}
    return Question("POST", base + start, start, body, cells, codes)


def _parameters(choice: Choice, words: Sequence[str]) -> str:
    variable = quote(choice.variable, safe="")
    asked = ",".join(_quoted(word) for word in words)
    under = (
        f"&codelist%5B{variable}%5D={quote(choice.codelist, safe='')}" if choice.codelist else ""
    )
    return f"{under}&valueCodes%5B{variable}%5D={asked}"


def _quoted(word: str) -> str:
    """Encode one entry for an address: + becomes %2B, and a comma needs brackets around it."""
    text = quote(word, safe="*(),")
    return f"%5B{text}%5D" if "," in word else text


def _is_bracketed(words: Mapping[str, Sequence[str]]) -> bool:
    # In an address brackets are syntax, so a code that holds one can only be asked for by POST.
    return any("[" in word or "]" in word for of_one in words.values() for word in of_one)


def _selection(choice: Choice, words: Sequence[str]) -> dict[str, Any]:
    under = {"codelist": choice.codelist} if choice.codelist else {}
    return {"variableCode": choice.variable, **under, "valueCodes": list(words)}

"""Links on Nav's pages: every link with its label and year, and the choice among them by label.

The address of a workbook holds a hash that changes at every release, so a link is known by what
people read. Nothing here asks a service; what is done with the links is in nav.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

from sources.http.addresses import escaped
from sources.http.hosts import SERVICES
from sources.model import KompetanseError, UnreadableAnswer
from sources.readers.bodies import beginning, listed
from sources.readers.words import plain, same, years_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bs4 import Tag

SERVICE = "nav"
SHOWN = 25
# What follows the words in a label: "(xlsx, 1,2 MB)", "[Excel]".
_SUFFIX = re.compile(
    r"\s*[(\[][^()\[\]]*\b(?:xlsx?|csv|excel|pdf|[kmg]b)\b[^()\[\]]*[)\]]\s*$", re.IGNORECASE
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")


class LinkNotFound(KompetanseError):
    """A page has no link with the label, or several that cannot be told apart; lists the labels."""


@dataclass(frozen=True)
class Link:
    """One link: its label, its public address, and the file name at the end of the address."""

    label: str
    url: str

    @property
    def file(self) -> str:
        """Last part of the path, decoded: "Navs bedriftsundersøkelse 2025.xlsx"."""
        return plain(unquote(urlsplit(self.url).path).rpartition("/")[2])

    @property
    def declared(self) -> bool:
        """Whether the address is of a host of Nav, by https."""
        parts = urlsplit(self.url)
        return parts.scheme == "https" and parts.hostname in SERVICES[SERVICE].hosts


@dataclass(frozen=True)
class Choice:
    """Which links of a page are those of a table: `request.how` of its YAML, see nav.py."""

    label: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    archive: tuple[str, ...] = ()
    file: str = "xlsx"
    per_year: bool = True
    first_year: int = 0

    @classmethod
    def of(cls, how: Mapping[str, Any]) -> Choice:
        """Read `request.how`, which the schema has checked."""
        return cls(
            label=tuple(how["label"]),
            exclude=tuple(how.get("exclude", ())),
            archive=tuple(how.get("archive", ())),
            file=how.get("file", "xlsx"),
            per_year=how.get("per_year", True),
            first_year=how.get("first_year", 0),
        )

    def takes(self, link: Link) -> bool:
        """Whether the label holds all the words and none of the excluded, and the kind fits."""
        return (
            _holds(link.label, self.label)
            and not any(_holds(link.label, [word]) for word in self.exclude)
            and link.file.casefold().endswith(f".{self.file}")
        )

    def leads_on(self, link: Link) -> bool:
        """Whether the link leads to a page of the archive, not to a file of it."""
        words = bool(self.archive) and _holds(link.label, self.archive)
        return words and link.declared and "." not in link.file


def read_links(body: bytes, page: str) -> tuple[Link, ...]:
    """Every link of a page in order, each label and address once; addresses made absolute.

    page: public address of the page, which relative addresses start from.
    Raises UnreadableAnswer for a page without any link: a notice, or not HTML at all.
    """
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(body, "html.parser")
    base = soup.find("base", href=True)
    start = urljoin(page, str(base["href"])) if base else page
    found = [link for anchor in soup.find_all("a", href=True) if (link := _link(anchor, start))]
    if not found:
        raise UnreadableAnswer(
            f"{page} has no links; it begins {beginning(body)}\n"
            "Look at the page in a browser: it may be down, moved, or built by a script."
        )
    return tuple(dict.fromkeys(found))


def choose(links: Sequence[Link], choice: Choice, what: str) -> dict[str, Link]:
    """The links of a table by year ("" for a table without years), oldest first.

    what: the table and its page, for messages.
    Raises LinkNotFound, with the labels that were there, for no link, for links whose year is
    not known or is another in the label than in the file name, for two links of one year, and
    for links that lead away from Nav.
    """
    fitting = [link for link in links if choice.takes(link)]
    if not fitting:
        raise LinkNotFound(f"{what}: {_none_fits(links, choice)}")
    problems = [f"{link.label!r} leads to {link.url}" for link in fitting if not link.declared]
    by_year: dict[str, list[Link]] = {}
    for link in _once(fitting):
        year = _year(link, problems) if choice.per_year else ""
        if year is not None and int(year or choice.first_year) >= choice.first_year:
            by_year.setdefault(year, []).append(link)
    for year, several in sorted(by_year.items()):
        if len(several) > 1:
            labels = listed([f"{link.label!r} ({link.file})" for link in several])
            problems.append(f"{len(several)} links{year and f' of {year}'}: {labels}")
    if not by_year and not problems:
        problems.append(f"none is of {choice.first_year} or later: {_labels(fitting)}")
    if problems:
        raise LinkNotFound(
            f"{what}: the links cannot be told apart or not be followed\n  "
            + "\n  ".join(problems)
            + "\nNothing was fetched. Mend `label` or `exclude` in request.how of the YAML."
        )
    return {year: several[0] for year, several in sorted(by_year.items())}


def _link(anchor: Tag, start: str) -> Link | None:
    text = anchor.get_text(" ") or str(anchor.get("aria-label") or "")
    label = _SUFFIX.sub("", plain(_INVISIBLE.sub("", text)))
    try:
        url = escaped(urljoin(start, str(anchor["href"]).strip())).partition("#")[0]
        scheme = urlsplit(url).scheme
    except ValueError:  # a broken address is no link; the label then shows up as missing
        return None
    return Link(label, url) if label and scheme in {"http", "https"} else None


def _holds(label: str, words: Sequence[str]) -> bool:
    # Markup may part a word in two, so blanks do not count at all.
    bare = "".join(same(label).split())
    return all("".join(same(word).split()) in bare for word in words)


def _once(links: Sequence[Link]) -> list[Link]:
    """Links with one address are one link, though a button and a heading lead there."""
    first: dict[str, Link] = {}
    for link in links:
        first.setdefault(link.url, link)
    return list(first.values())


def _year(link: Link, problems: list[str]) -> str | None:
    said, named = years_in(link.label), years_in(link.file)
    # Both or either may say the year; where both do, they must agree on one.
    common = [year for year in said if year in named] if said and named else [*said, *named]
    if len(common) == 1:
        return common[0]
    problems.append(
        f"{link.label!r} says {listed(said) or 'no year'}, its file {link.file!r} "
        f"{listed(named) or 'no year'}"
    )
    return None


def _none_fits(links: Sequence[Link], choice: Choice) -> str:
    words = " and ".join(repr(word) for word in choice.label)
    less = f", without {listed([repr(word) for word in choice.exclude])}" if choice.exclude else ""
    files = [link for link in links if link.file.casefold().endswith((".xlsx", ".xls", ".csv"))]
    return (
        f"no link to a .{choice.file} is labelled with {words}{less}. "
        f"{len(links)} links were there; {_labels(files or links)}\n"
        "Nothing was fetched. Nav may have reworded the label or moved the file: open the page, "
        "find the link, and mend `label` in request.how of the YAML."
    )


def _labels(links: Sequence[Link]) -> str:
    return "the labels: " + listed([repr(link.label) for link in links], SHOWN)

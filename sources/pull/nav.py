"""Nav: workbooks found by the label of a link on a page, and asked for when they are new.

The client of the protocols nav-survey and nav-unemployed. `request.url` is the public page,
`request.how` says which of its links are those of the table:

  label:      words that the label of the link holds, all of them (case and blanks do not count).
  exclude:    words that it does not hold, such as Årsgjennomsnitt.
  archive:    words in the label of a link to a page with earlier years (optional; without such a
              link earlier years are not looked for, which is noted).
  file:       kind of file, xlsx (default) or csv.
  name:       begin of the name under which the file is kept: "HL060" gives HL060_2026.xlsx.
  per_year:   one file per year (default), whose year the label or the file name says.
  first_year: earlier files lack the table, or name the counties of another time.

A file is replaced in place by one with another address, so an address that is known is asked for
only if it is that of the newest year, and then with its ETag. Several tables stand in one
workbook: page and file are asked for once in a run. How links are chosen is in nav_links.py.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sources.http import SourceRefused
from sources.model import AnswerContext, KompetanseError
from sources.pull.client import Brought, Described, Piece
from sources.pull.nav_links import SERVICE, Choice, Link, LinkNotFound, choose, read_links

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sources.archive import Entry
    from sources.pull.client import Asking, Documents, Known
    from sources.pull.fetch import Answer
    from sources.registry import Request, SourceTable

PAGE_NAME = "page.html"
OK = 200
# Nav has one archive page per subject; more links than this under one label are a menu.
MOST_PAGES = 5


class NoPage(KompetanseError):
    """The YAML of a table does not say on which page of Nav its links stand."""


def bring(spec: SourceTable, asking: Asking, known: Known | None) -> Brought | None:
    """Bring the files that are new of a table: those of new addresses, and a changed newest one.

    Returns None if there are none and something is known. Raises LinkNotFound and
    UnreadableAnswer for pages that are not as described, and what sources/http raises.
    """
    request = _request(spec)
    fetcher = asking.service(SERVICE)

    def page(url: str) -> Answer:
        return asking.once(f"{SERVICE} {url}", lambda: fetcher.get(url))

    pages, links, notes = _linked(spec, request, page)
    newest = max(links)
    _refuse_older(spec, request, newest, known)
    pieces, marks = [], []
    for year, link in links.items():
        had = _had(known, link.url)
        if had is None or year == newest:
            answer = _ask(asking, link.url, had)
            marks.append(_mark(answer, had))
            if _is_new(answer, had):
                pieces.append(_piece(link.url, answer, _name(request, year)))
    if known is not None and not pieces:
        return None
    return Brought(
        pieces=tuple(pieces),
        stamp=_stamp(links, marks),
        documents=tuple(_piece(url, answer, PAGE_NAME) for url, answer in pages.items()),
        whole=False,
        notes=notes,
        replaces=_replaced(pieces, known),
    )


def news(spec: SourceTable, asking: Asking, known: Known) -> bool:
    """Whether a file is new, by the links of the page and the ETag of the newest file.

    Raises as `bring` does.
    """
    fetcher = asking.service(SERVICE)

    def page(url: str) -> Answer:
        return asking.once(f"{SERVICE} {url}", lambda: fetcher.get(url))

    _, links, _ = _linked(spec, _request(spec), page)
    if any(_had(known, link.url) is None for link in links.values()):
        return True
    newest = links[max(links)].url
    had = _had(known, newest)
    return _is_new(_ask(asking, newest, had), had)


def describe(spec: SourceTable, documents: Documents) -> Described:
    """What the page and the newest file of a table hold: codes of every dimension, periods.

    Nav's titles name the month, and the reader has checked the words that they must hold, so
    the title is the YAML's. Regions of earlier years stand in files of their own, so those that
    the YAML knows are listed too. Raises what `documents` and the reader raise.
    """
    from sources import registry

    request = _request(spec)
    _, links, notes = _linked(spec, request, documents.get)
    newest = max(links)
    link = links[newest]
    context = AnswerContext(url=link.url, name=_name(request, newest))
    answer = documents.get(link.url)
    cube = registry.reader(spec.protocol)(answer.body, spec, context)
    codes = {name: sorted(cube.table[name].unique().to_pylist()) for name in cube.dimensions}
    dimensions = {
        name: {code: cube.labels.get(name, {}).get(code, code) for code in found}
        for name, found in codes.items()
    }
    for region in spec.by_role("geo"):
        name = region.source_name
        # A table of the whole country has no column for it.
        if name in dimensions:
            dimensions[name] = {code: code for code in region.aliases} | dimensions[name]
    (time,) = spec.by_role("time")
    return Described(
        title=spec.title.nb,
        dimensions=dimensions,
        periods=tuple(links) if time.period_type == "year" else tuple(codes[time.source_name]),
        updated=_as_of(answer) if "last-modified" in answer.headers else None,
        notes=(*notes, f"newest file: {link.label}"),
    )


def _request(spec: SourceTable) -> Request:
    if spec.request is None or not spec.request.how:
        raise NoPage(
            f"{spec.id}: sources/{spec.id}.yaml has no request with `how`, so nobody knows which "
            "link of which page of Nav to follow. Nothing was asked."
        )
    return spec.request


def _linked(
    spec: SourceTable, request: Request, page: Callable[[str], Answer]
) -> tuple[dict[str, Answer], dict[str, Link], tuple[str, ...]]:
    """Pages asked for by address, links of the table by year, sentences for people."""
    choice = Choice.of(request.how)
    first = page(request.url)
    pages, found = {request.url: first}, list(read_links(first.body, request.url))
    onward = sorted({link.url for link in found if choice.leads_on(link)} - {request.url})
    notes = []
    for url in onward[:MOST_PAGES]:
        # The newest year stands on the first page: an archive that is gone must not stop it.
        try:
            pages[url] = page(url)
        except SourceRefused as error:
            notes.append(f"{spec.id}: the page with earlier years was not read: {error}")
            continue
        found += read_links(pages[url].body, url)
    if choice.archive and not onward:
        words = " and ".join(repr(word) for word in choice.archive)
        notes.append(f"{spec.id}: {request.url} has no link labelled {words}: no earlier years")
    if len(onward) > MOST_PAGES:
        notes.append(f"{spec.id}: of {len(onward)} pages of the archive {MOST_PAGES} were read")
    what = f"{spec.id} ({spec.title.en}), page {' and '.join(pages)}"
    return pages, choose(found, choice, what), tuple(notes)


def _had(known: Known | None, url: str) -> Entry | None:
    entries = known.entries if known else ()
    return next((e for e in reversed(entries) if e.url == url and e.status == OK), None)


def _refuse_older(spec: SourceTable, request: Request, newest: str, known: Known | None) -> None:
    """Raise LinkNotFound if a newer file is known than any that the page leads to."""
    names = [entry.name.rpartition("/")[2] for entry in known.entries] if known else []
    if newest and _name(request, newest) < max(names, default=""):
        raise LinkNotFound(
            f"{spec.id} ({spec.title.en}), page {request.url}: the newest file is of {newest}, "
            f"but {max(names)} came from there before\nNothing was fetched. Nav may have reworded "
            "the label of its newest file: open the page, find the link, and mend `label` in "
            "request.how of the YAML."
        )


def _replaced(pieces: Sequence[Piece], known: Known | None) -> tuple[str, ...]:
    """Addresses at which earlier editions of the files lay: one file, one name."""
    current = {piece.name: piece.url for piece in pieces}
    named = [(entry.name.rpartition("/")[2], entry.url) for entry in known.entries] if known else []
    return tuple(url for name, url in named if name in current and current[name] != url)


def _ask(asking: Asking, url: str, had: Entry | None) -> Answer:
    """Ask for a file, with what is known of it; tables of one workbook share the answer."""
    etag = had.headers.get("etag") if had else None
    modified = had.headers.get("last-modified") if had else None
    fetcher = asking.service(SERVICE)
    key = f"{SERVICE} {url} {etag} {modified}"
    return asking.once(key, lambda: fetcher.get(url, etag=etag, modified=modified))


def _is_new(answer: Answer, had: Entry | None) -> bool:
    return answer.status == OK and (had is None or _digest(answer.body) != had.sha256)


def _mark(answer: Answer, had: Entry | None) -> str:
    return _digest(answer.body) if answer.status == OK else had.sha256 if had else ""


def _piece(url: str, answer: Answer, name: str) -> Piece:
    return Piece("GET", url, None, answer, _as_of(answer), name)


def _as_of(answer: Answer) -> str:
    """Day on which the file was last changed, as far as the server says; else of the answer."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(answer.headers["last-modified"]).date().isoformat()
    except (KeyError, ValueError):
        return answer.fetched_at[:10]


def _name(request: Request, year: str) -> str:
    """Name under which a file is kept; the reader compares its year with that in the file."""
    # Nothing of an address from outside becomes part of a path.
    begin, kind = request.how["name"], request.how.get("file", "xlsx")
    return f"{begin}_{year}.{kind}" if year else f"{begin}.{kind}"


def _stamp(links: Mapping[str, Link], marks: Sequence[str]) -> str:
    lines = [f"{year} {link.url}" for year, link in links.items()]
    return _digest("\n".join([*lines, *marks[-1:]]).encode())


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()

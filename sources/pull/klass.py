"""KLASS: the client of protocols klass-codes, klass-changes and klass-correspondence.

One plain question per table, asked as JSON (XML is the default). KLASS has no stamp: an ETag that
still holds, or the same bytes, mean that nothing is new. A correspondence that is missing for a
part of the asked range, which KLASS answers with 404 for all of it, is asked for in parts.

Request: url is the whole question; `from` is inclusive, `to` exclusive, and no `to` means an open
end, so that codes in force have no end. select, codelists and how are not used.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sources.files import digest
from sources.http import SourceRefused
from sources.pull.client import Brought, Piece
from sources.pull.problems import NOT_FOUND, ImpossibleRequest
from sources.readers.klass import asked_range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sources.http import Fetcher
    from sources.pull.client import Asking, Known
    from sources.registry import SourceTable

JSON = {"Accept": "application/json"}
_CORRESPONDENCE = "klass-correspondence"


def bring(spec: SourceTable, asking: Asking, known: Known | None) -> Brought | None:
    """Ask for a code list, its changes or a correspondence; None if nothing is new.

    Raises what the fetcher raises; SourceRefused also if no part of a range is there.
    """
    if spec.request is None:
        raise ImpossibleRequest(f"{spec.id}: its source YAML has no request, so nothing to ask")
    url, fetcher = spec.request.url, asking.service("klass")
    etag, modified = known.validators(url) if known else (None, None)
    gaps: list[str] = []
    try:
        answer = fetcher.get(url, headers=JSON, etag=etag, modified=modified)
    except SourceRefused as error:
        years = _years(url, asking.now().year) if _may_be_partial(spec, error) else []
        pieces = _parts(fetcher, years, gaps) if len(years) > 1 else []
        if not pieces:
            raise
    else:
        if answer.unchanged:
            return None
        pieces = [Piece("GET", url, None, answer, answer.fetched_at[:10])]
    if known and _bytes(pieces) == {(e.url, e.sha256) for e in known.entries}:
        return None
    stamp = pieces[0].answer.headers.get("etag", "") if len(pieces) == 1 else ""
    notes = [f"{spec.id}: KLASS has no correspondence for {gap}" for gap in gaps]
    return Brought(tuple(pieces), stamp, notes=tuple(notes))


def _bytes(pieces: Sequence[Piece]) -> set[tuple[str, str]]:
    return {(piece.url, digest(piece.answer.body)) for piece in pieces}


def _may_be_partial(spec: SourceTable, error: SourceRefused) -> bool:
    return spec.protocol == _CORRESPONDENCE and error.status == NOT_FOUND


def _parts(fetcher: Fetcher, years: Sequence[str], gaps: list[str]) -> list[Piece]:
    """Ask for half of the addresses' range at a time; what is not there goes into `gaps`.

    years: addresses of single years, oldest first; neighbours are asked for together.
    """
    found = []
    middle = len(years) // 2
    for half in (years[:middle], years[middle:]):
        url = _joined(half)
        try:
            answer = fetcher.get(url, headers=JSON)
        except SourceRefused as error:
            if error.status != NOT_FOUND:
                raise
            if len(half) > 1:
                found += _parts(fetcher, half, gaps)
            else:
                gaps.append(_said(url))
            continue
        found.append(Piece("GET", url, None, answer, answer.fetched_at[:10]))
    return found


def _years(url: str, this_year: int) -> list[str]:
    """Split an address with a range at every 1 January; the last part keeps an open end."""
    first, end = asked_range(url)
    if first is None:
        return []
    last = end or date(this_year + 1, 1, 1)
    borders = [first, *(date(y, 1, 1) for y in range(first.year + 1, last.year + 1))]
    borders = [day for day in borders if day < last]
    ends: list[date | None] = [*borders[1:], end]
    return [_with(url, start, stop) for start, stop in zip(borders, ends, strict=True)]


def _joined(years: Sequence[str]) -> str:
    """One address for a row of neighbouring ones."""
    first, end = asked_range(years[0])[0], asked_range(years[-1])[1]
    assert first is not None  # _years has put it there
    return _with(years[0], first, end)


def _with(url: str, first: date, end: date | None) -> str:
    parts = urlsplit(url)
    kept = [(k, v) for k, v in parse_qsl(parts.query) if k not in ("from", "to")]
    borders = [("from", first.isoformat()), *([("to", end.isoformat())] if end else [])]
    return urlunsplit(parts._replace(query=urlencode([*kept, *borders])))


def _said(url: str) -> str:
    first, end = asked_range(url)
    return f"{first} to {end or 'now'}"

"""utdanning.no: the client of its programme areas and of its counts by education and occupation.

Protocol utdanning-areas is one plain question. Protocol utdanning-counts is one question per NUS
code; `request.how`: `nus` (codes that are always asked for) and `areas` (optional: address of
the programme areas, whose NUS codes are asked for too, of active areas only). Decoding is
sources/readers/utdanning.py.

The service states no version: newness is the content of the programme areas, the codes asked
for, and the documents of the first code that has people.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import orjson

from sources.archive import digest
from sources.model import KompetanseError, SourceChanged, UnreadableAnswer
from sources.pull.client import Brought, Described, Piece
from sources.readers.bodies import listed
from sources.readers.utdanning import COUNT, NUS, areas, documents

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sources.http import Answer, Fetcher
    from sources.pull.client import Asking, Documents, Known
    from sources.readers.utdanning import Document
    from sources.registry import Request, SourceTable

JSON = {"Accept": "application/json"}
DIRECTION = "nus2styrk08"
_DATE = 10
_NEXT = "Nothing was taken; the last good answer stays in use."


def bring(spec: SourceTable, asking: Asking, known: Known | None) -> Brought | None:
    """Bring the programme areas or the counts, or None if their content is the one known.

    Raises UnreadableAnswer for answers that are not what the protocol promises, SourceChanged
    if no code has any people, and what sources/http raises.
    """
    if spec.protocol == "utdanning-areas":
        return _bring_areas(spec, asking, known)
    return _bring_counts(spec, asking, known)


def describe(spec: SourceTable, documents: Documents) -> Described:
    """What the service's answers say: names of occupations and of counts, or of fields.

    Of counts only the answer to the first NUS code is looked at. Titles are not stated.
    """
    request = _request(spec)
    if spec.protocol == "utdanning-areas":
        found = areas(documents.get(request.url).body)
        fields = dict.fromkeys(name for area in found for name in area)
        missing = [name for name in spec.options.get("plain", ()) if name not in fields]
        said = f"{len(found)} programme areas with the fields {listed(list(fields), 40)}"
        gone = (f"options.plain: no area has {listed(missing)}",) if missing else ()
        return Described("", {}, notes=(said,), unaskable=gone)
    return _described_counts(spec, request, documents)


def _bring_areas(spec: SourceTable, asking: Asking, known: Known | None) -> Brought | None:
    url = _request(spec).url
    answer = _areas(asking, url)
    stamp = _content(areas(answer.body))
    if known is not None and known.stamp == stamp:
        return None
    piece = Piece("GET", url, None, answer, answer.fetched_at[:_DATE], f"{spec.id}/areas.json")
    return Brought(pieces=(piece,), stamp=stamp)


def _bring_counts(spec: SourceTable, asking: Asking, known: Known | None) -> Brought | None:
    request, fetch = _request(spec), asking.service("utdanning")
    listing, led = _codes(request, asking)
    had: dict[str, Answer] = {}
    # A code without people has the same empty answer for ever and tells nothing.
    probe = _probe(request, listing, known)
    if known is not None and probe is not None:
        had[probe] = fetch.get(question(request.url, probe), headers=JSON)
        if known.stamp == _stamp(listing, _checked(spec, probe, had[probe])):
            return None
    pieces: dict[str, Piece] = {}
    stamp = ""
    for code in listing:
        answer = had.get(code) or fetch.get(question(request.url, code), headers=JSON)
        docs = _checked(spec, code, answer)
        if docs:
            stamp = stamp or _stamp(listing, docs)
            pieces[code] = _piece(spec, request, code, answer, docs)
    without = [code for code in listing if code not in pieces]
    if not pieces:
        raise SourceChanged(
            f"{spec.id}: none of {len(listing)} NUS codes has any people ({listed(listing)})\n"
            f"Ask {question(request.url, listing[0])} in a browser. {_NEXT}"
        )
    said = f"{spec.id}: utdanning.no has no people for {len(without)} NUS codes: {listed(without)}"
    return Brought(tuple(pieces.values()), stamp, led, notes=(said,) if without else ())


def question(base: str, code: str) -> str:
    """The public address that asks for the occupations of one NUS code."""
    return f"{base}?{urlencode({'nus': code, 'retning': DIRECTION, 'vis_alt': 'true'})}"


def _codes(request: Request, asking: Asking) -> tuple[list[str], tuple[Piece, ...]]:
    """The NUS codes to ask for, each once, and the document that led to them."""
    url = request.how.get("areas")
    if url is None:
        return list(request.how["nus"]), ()
    answer = _areas(asking, url)
    active = [area for area in areas(answer.body) if area.get("aktiv") is True]
    found = {code["nus_kode"].strip() for area in active for code in area["nus"]}
    listing = dict.fromkeys([*request.how["nus"], *sorted(found - {""})])
    document = Piece(
        "GET", url, None, answer, answer.fetched_at[:_DATE], "utdanning/programme_areas.json"
    )
    return list(listing), (document,)


def _probe(request: Request, listing: Sequence[str], known: Known | None) -> str | None:
    asked = {entry.url for entry in known.entries} if known else set()
    return next((code for code in listing if question(request.url, code) in asked), None)


def _stamp(listing: Sequence[str], docs: Sequence[Document]) -> str:
    return _content([list(listing), *docs])


def _content(found: Sequence[object]) -> str:
    # Not of the bytes: an answer may carry how long it took.
    return digest(orjson.dumps(found, option=orjson.OPT_SORT_KEYS))


def _areas(asking: Asking, url: str) -> Answer:
    # Two tables need the same list; it is asked for once in a run.
    fetch: Fetcher = asking.service("utdanning")
    return asking.once(f"utdanning {url}", partial(fetch.get, url, headers=JSON))


def _checked(spec: SourceTable, code: str, answer: Answer) -> list[Document]:
    """The documents of an answer; refused here, so that nothing is kept of half a pull."""
    try:
        return documents(answer.body)
    except UnreadableAnswer as error:
        raise UnreadableAnswer(
            f"{spec.id}, NUS {code}, {answer.url} (HTTP {answer.status}): {error}\n{_NEXT}"
        ) from error


def _piece(
    spec: SourceTable, request: Request, code: str, answer: Answer, docs: list[Document]
) -> Piece:
    dates = [doc["kildedato"][:_DATE] for doc in docs if isinstance(doc.get("kildedato"), str)]
    as_of = max(dates, default=answer.fetched_at[:_DATE])
    url = question(request.url, code)
    return Piece("GET", url, None, answer, as_of, f"{spec.id}/{code}.json")


def _described_counts(spec: SourceTable, request: Request, source: Documents) -> Described:
    answer = source.get(question(request.url, request.how["nus"][0]))
    docs = documents(answer.body)
    names = {"styrk08": _names(docs, "styrk08", "styrk08_navn")}
    ignored = spec.options.get("ignore_measures", ())
    fields = {field for doc in docs for field in doc if field.startswith(COUNT)} - {*ignored}
    dates = sorted({doc["kildedato"] for doc in docs if isinstance(doc.get("kildedato"), str)})
    dimensions: dict[str, Mapping[str, str] | None] = {
        # What every answer leaves out and the YAML fills in (the country) is not gone.
        **dict.fromkeys(name for name, d in spec.dimensions.items() if d.absent is not None),
        NUS: None,
        **names,
        "period": None,
        "measure": {field: field for field in sorted(fields)},
    }
    return Described(
        title="",
        dimensions=dimensions,
        periods=tuple(dict.fromkeys(date[:4] for date in dates)),
        updated=dates[-1] if dates else None,
        notes=(f"NUS {request.how['nus'][0]}: {len(docs)} occupations",),
    )


def _names(docs: list[Document], code: str, name: str) -> dict[str, str]:
    found = {}
    for doc in docs:
        given, label = (_first(doc.get(key)) for key in (code, name))
        if given:
            found[given] = label or given
    return found


def _first(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return value if isinstance(value, str) else ""


def _request(spec: SourceTable) -> Request:
    if spec.request is None:
        raise KompetanseError(f"{spec.id}: no request in sources/{spec.id}.yaml, nothing to ask")
    return spec.request

"""utdanning.no: programme areas with their NUS codes, and people by education and occupation.

Protocol utdanning-areas (nav_export/programomraader) is a list of programme areas, each with
its NUS codes; it becomes one row per area and NUS code. Options: `plain` (field -> our column).

Protocol utdanning-counts (sammenligning/arbeidsmarked?nus=..&retning=nus2styrk08) gives, for one
NUS code, one document per occupation. Dimensions: nus, styrk08, period (year of `kildedato`)
and measure. Options: `measures` (fields with counts; one that a document leaves out or has as
null has the symbol ""), `ignore_measures` (fields beginning antall_ that are left out).

Codes are texts; STYRK-08 has zeros in front, so a code that came as a number is refused. The
pseudo codes for people outside any occupation are rows like any other: what becomes of them is
said under `ignore` in the source YAML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from sources.model import Cube, UnreadableAnswer
from sources.readers.bodies import listed, located, parse_json, refuse
from sources.readers.cells import Cells, refuse_duplicates
from sources.readers.numbers import NotANumber, figure
from sources.readers.options import Options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from sources.model import AnswerContext
    from sources.registry import SourceTable

DIMENSIONS = ("nus", "styrk08", "period", "measure")
NUS, NUS_NAME = "nus", "nus_name"
COUNT = "antall_"
_SOURCE = "utdanning.no (HK-dir)"
_ADVICE = (
    "utdanning.no's interface has no version and may change: compare the answer with `options`."
)
_YEAR = 4

Document = dict[str, Any]


def read(body: bytes, spec: SourceTable, answer: AnswerContext) -> Cube:
    """Decode one answer of protocol utdanning-areas or utdanning-counts."""
    options = Options(spec.options, spec.id)
    if spec.protocol == "utdanning-areas":
        plain = options.mapping("plain")
        options.done()
        with located(spec, answer):
            return Cube(decode_areas(body, plain), (), source=_SOURCE)
    measures, ignored = options.texts("measures"), options.texts("ignore_measures", ())
    options.done()
    with located(spec, answer):
        return decode_counts(body, asked_nus(answer.url), measures, ignored)


def areas(body: bytes) -> list[Document]:
    """The programme areas of an answer, each with the texts programomradekode10 and nus.

    Raises UnreadableAnswer for any other shape; lists the entries that do not fit.
    """
    found = parse_json(body, "a JSON list of programme areas", _ADVICE)
    if not isinstance(found, list) or not found:
        raise UnreadableAnswer(f"expected a list of areas, found {str(found)[:80]!r}\n{_ADVICE}")
    wrong = [n for n, area in enumerate(found, 1) if not _is_area(area)]
    said = "areas without programomradekode10 or a list nus of {nus_kode, nus_navn_nb}"
    refuse([f"{said}: {listed(wrong)}"] if wrong else [], _ADVICE)
    return found


def decode_areas(body: bytes, plain: Mapping[str, str]) -> pa.Table:
    """Decode programme areas: text columns of `plain`, then nus and nus_name.

    One row per area and NUS code; an area without any has one row with nulls. True and false
    become the texts true and false. Raises UnreadableAnswer for other shapes, fields that no
    area has, and values that are neither text, true, false nor null.
    """
    import pyarrow as pa

    found = areas(body)
    absent = [name for name in plain if all(name not in area for area in found)]
    wrong = sorted({n for n in plain for a in found if not isinstance(a.get(n), str | bool | None)})
    said = ((absent, "fields that no area has"), (wrong, "fields that are no texts"))
    refuse([f"{what}: {listed(names)}" for names, what in said if names], _ADVICE)
    pairs = [(area, code) for area in found for code in area["nus"] or [{}]]
    columns = {ours: [_text(area.get(name)) for area, _ in pairs] for name, ours in plain.items()}
    columns |= {
        NUS: [code.get("nus_kode") for _, code in pairs],
        NUS_NAME: [code.get("nus_navn_nb") for _, code in pairs],
    }
    return pa.table({name: pa.array(texts, pa.string()) for name, texts in columns.items()})


def documents(body: bytes) -> list[Document]:
    """The documents of an answer with counts; empty where utdanning.no has no people.

    Raises UnreadableAnswer for any other shape, and if numFound is more than came.
    """
    found = parse_json(body, "a JSON object of utdanning.no", _ADVICE)
    response = found.get("response") if isinstance(found, dict) else None
    docs = response.get("docs") if isinstance(response, dict) else None
    if not isinstance(docs, list) or not all(isinstance(doc, dict) for doc in docs):
        raise UnreadableAnswer(f"expected response.docs, found {str(found)[:80]!r}\n{_ADVICE}")
    stated = response.get("numFound", len(docs)) if isinstance(response, dict) else None
    if stated != len(docs):
        raise UnreadableAnswer(
            f"{len(docs)} documents came, numFound says {stated}: not the whole\n{_ADVICE}"
        )
    return docs


def decode_counts(
    body: bytes, asked: str, measures: Sequence[str], ignored: Sequence[str] = ()
) -> Cube:
    """Decode the documents of one NUS code: one cell per document and measure.

    asked: the NUS code of the question; a document must be of it or of a code below it.
    Raises UnreadableAnswer for codes that are no texts, documents of other codes or without
    date, counts that are no figures, fields with counts that no option names, double cells.
    """
    docs = documents(body)
    cells = Cells(DIMENSIONS)
    counts = {field for doc in docs for field in doc if field.startswith(COUNT)}
    unknown = sorted(counts - {*measures, *ignored})
    problems = [f"counts that `options` does not name: {listed(unknown)}"] if unknown else []
    for number, doc in enumerate(docs, 1):
        codes, wrong = _codes(doc, asked)
        problems += [f"document {number}: {problem}" for problem in wrong]
        _label(cells, doc, codes)
        for measure in measures:
            try:
                cells.add((*codes, measure), *_count(doc.get(measure)))
            except NotANumber as text:
                problems.append(f"document {number}: {measure} {text} is no count")
    refuse(problems, _ADVICE)
    table = cells.table()
    refuse_duplicates(table, cells.dimensions)
    return Cube(table=table, dimensions=DIMENSIONS, labels=cells.labels, source=_SOURCE)


def asked_nus(url: str) -> str:
    """The NUS code that an address asks for; raises UnreadableAnswer if it names none."""
    codes = parse_qs(urlsplit(url).query).get("nus", [])
    if len(codes) != 1:
        raise UnreadableAnswer(f"the address names {len(codes)} NUS codes, not one: {url}")
    return codes[0]


def _is_area(area: object) -> bool:
    if not isinstance(area, dict) or not isinstance(area.get("programomradekode10"), str):
        return False
    codes = area.get("nus")
    return isinstance(codes, list) and all(
        isinstance(code, dict)
        and isinstance(code.get("nus_kode"), str)
        and isinstance(code.get("nus_navn_nb"), str)
        for code in codes
    )


def _text(value: str | bool | None) -> str | None:
    return str(value).lower() if isinstance(value, bool) else value


def _codes(doc: Document, asked: str) -> tuple[tuple[str, str, str], list[str]]:
    """NUS code, occupation and year of a document, and what is wrong with them."""
    nus, styrk08 = _code(doc.get("nus", asked)), _code(doc.get("styrk08"))
    date = doc.get("kildedato")
    year = date[:_YEAR] if isinstance(date, str) else ""
    wrong = []
    if nus is None or not nus.startswith(asked):
        wrong.append(f"nus {doc.get('nus')!r} is not of the code asked for, {asked}")
    if styrk08 is None:
        wrong.append(f"styrk08 {doc.get('styrk08')!r} is no code as text")
    if not (len(year) == _YEAR and year.isdigit()):
        wrong.append(f"kildedato {date!r} names no year")
    return (nus or "", styrk08 or "", year), wrong


def _code(value: object) -> str | None:
    """A code that came as text, or as a list of one text; None for anything else."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, str) and value else None


def _count(value: object) -> tuple[float | None, str | None]:
    if value is None:
        return None, ""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise NotANumber(repr(value))
    return figure(str(value), ".")


def _label(cells: Cells, doc: Document, codes: tuple[str, str, str]) -> None:
    for field, place in (("nus_navn", 0), ("styrk08_navn", 1)):
        name = _code(doc.get(field))
        if name:
            cells.label(DIMENSIONS[place], codes[place], name)

"""NAV HL060: registered unemployed ("helt ledige") by county, municipality and month.

Here lives the reader of protocol nav-unemployed, for NAV's workbook "HL060 Helt ledige. Fylke
og kommune. Tidsserie måned": one workbook per year to date, replaced every month. Sheets are
found by their title and subtitle, tables by rows of month names; never by name or address.
How the rows of one sheet are walked lives in nav_unemployed_sheet.

Options: `title` (words that the title on each sheet must hold; sheets without it are not NAV's
and are named in Cube.notes), `measures` (measure code -> how the sheet's subtitle ends, without
footnote digits), `ignore_sheets` (subtitles of sheets that hold no figures).

Workbooks of other subjects have `row_dimension` among their options: nav_monthly reads them.

Dimensions: region (code before the name, "I alt" for the country, or the name where there is no
code: "Ukjent"), month ("2022M10"), measure. County totals inside the municipality sheets
("I alt Rogaland") get their code from the county sheet and must agree with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sources.model import Cube
from sources.readers import nav_monthly
from sources.readers.bodies import listed, located, refuse
from sources.readers.cells import Cells, collapse_equal
from sources.readers.nav_unemployed_sheet import (
    DataRow,
    Found,
    find_heading,
    walk,
    year_problems,
)
from sources.readers.options import Options
from sources.readers.words import plain, same, years_in
from sources.readers.xlsx import open_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sources.model import AnswerContext
    from sources.registry import SourceTable

DIMENSIONS = ("region", "month", "measure")
TOTAL = "I alt"
_ADVICE = (
    "NAV has changed the workbook, or this is another one: compare its sheets with `options` "
    "and with the link label on NAV's page."
)


def read(body: bytes, spec: SourceTable, answer: AnswerContext) -> Cube:
    """Decode one monthly workbook; the year is checked against the year in answer.name."""
    if "row_dimension" in spec.options:
        return nav_monthly.read(body, spec, answer)
    options = Options(spec.options, spec.id)
    title, measures = options.texts("title"), options.mapping("measures")
    ignored = options.texts("ignore_sheets", ())
    options.done()
    with located(spec, answer):
        return decode(body, title, measures, ignored, years_in(answer.name))


def decode(
    body: bytes,
    title: Sequence[str],
    measures: Mapping[str, str],
    ignored: Sequence[str] = (),
    file_years: Sequence[str] = (),
) -> Cube:
    """Decode a workbook: one cell per region, month and measure.

    file_years: years that the file name states, empty if none.
    Raises UnreadableAnswer listing every sheet, heading or cell that is not as described, a year
    that contradicts the file name, and cells that contradict each other.
    """
    found: list[Found] = []
    problems: list[str] = []
    others: list[str] = []
    for sheet in open_workbook(body):
        heading = find_heading(sheet, title)
        if heading is None:
            # A county that passed the file on may have added sheets; their figures are not NAV's.
            others.append(sheet.name)
        elif same(heading.subtitle) not in map(same, ignored):
            measure = _measure(heading.subtitle, measures)
            if measure is None:
                problems.append(f"sheet {sheet.name!r}: unknown subtitle {heading.subtitle!r}")
            else:
                found.append(walk(sheet, heading, measure))
    problems += _missing(found, measures, title, others) + year_problems(found, file_years)
    problems += [problem for sheet_found in found for problem in sheet_found.problems]
    cells = _cells(found, problems)
    refuse(problems, _ADVICE)
    notes = [note for sheet_found in found for note in sheet_found.notes]
    notes += [f"sheet {name!r} does not carry the title and was not read" for name in others]
    return Cube(
        table=collapse_equal(cells.table(), DIMENSIONS),
        dimensions=DIMENSIONS,
        labels=cells.labels,
        roles={"geo": ("region",), "time": ("month",), "metric": ("measure",)},
        title=found[0].title,
        source="Nav",
        notes=tuple(dict.fromkeys(notes)),
    )


def _measure(subtitle: str, measures: Mapping[str, str]) -> str | None:
    # "Fylke. Prosent av arbeidsstyrken": what is measured stands after the last stop.
    _, _, end = same(subtitle).rpartition(". ")
    return next((code for code, words in measures.items() if same(words) == end), None)


def _missing(
    found: Sequence[Found], measures: Mapping[str, str], title: Sequence[str], others: Sequence[str]
) -> list[str]:
    held = {sheet.measure for sheet in found}
    missing = [
        f"{code} (subtitle ending {measures[code]!r})" for code in measures if code not in held
    ]
    if not missing:
        return []
    where = "no sheet" if not found else "among the sheets with the title, none"
    return [
        f"{where} with title {listed(title)} for: {listed(missing)}; untitled: {listed(others)}"
    ]


def _cells(found: Sequence[Found], problems: list[str]) -> Cells:
    cells = Cells(DIMENSIONS)
    # Municipality sheets name the county without its code; the county sheet has both.
    counties = {same(r.name): r.code for s in found for r in s.rows if r.code and r.own_column}
    for sheet in found:
        for row in sheet.rows:
            code = _code(row, counties)
            if code is None:
                problems.append(
                    f"sheet {sheet.sheet!r} {row.where}: {row.name!r} is not on the county sheet"
                )
                continue
            cells.label("region", code, row.label)
            for month, value, symbol in row.figures:
                cells.add((code, f"{sheet.year}M{month:02}", sheet.measure), value, symbol)
    return cells


def _code(row: DataRow, counties: Mapping[str, str]) -> str | None:
    if row.code:
        return row.code
    if row.name == TOTAL:
        return TOTAL
    if row.name.startswith(f"{TOTAL} "):
        return counties.get(same(row.name.removeprefix(f"{TOTAL} ")))
    return plain(row.name)

"""NAV's monthly workbooks by subject: HL070 education, HL075 occupation, new vacancies.

Here live the workbooks of which one sheet per measure is read, with rows of one dimension
(occupation group) and perhaps a block for each member of another (county). HL060, whose four
sheets check each other, is read in nav_unemployed; the walk over a sheet is nav_unemployed_sheet.

Options (protocol nav-unemployed):
  title:           words that the title on each sheet must hold.
  sheets:          measure code -> headings of which its sheet bears one, as subtitle or as the
                   name of the sheet ("2. Fylke. Antall" is "Fylke. Antall"). Other sheets of the
                   workbook are not read and named in Cube.notes.
  row_dimension:   dimension of the rows.
  block_dimension: dimension of the names over the blocks (optional).
Codes are the code before the name, or the name where there is no code; a total is "I alt".
Dimensions: block_dimension, row_dimension, month ("2026M09"), measure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sources.model import Cube
from sources.readers.bodies import listed, located, refuse
from sources.readers.cells import Cells, collapse_equal
from sources.readers.nav_unemployed_sheet import find_heading, walk, year_problems
from sources.readers.options import Options
from sources.readers.words import plain, same, years_in
from sources.readers.xlsx import open_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sources.model import AnswerContext
    from sources.readers.nav_unemployed_sheet import DataRow, Found, Heading
    from sources.readers.xlsx import Sheet
    from sources.registry import SourceTable

TOTAL = "I alt"
_LONGEST_SHEET_NAME = 31
_NUMBERING = re.compile(r"^\d+\.\s*")
_CODE_AND_NAME = re.compile(r"([0-9]{2,4})\s+(\S.*)")
_ADVICE = (
    "NAV has changed the workbook, or this is another one: compare its sheets with `sheets` and "
    "`title` in the table's options, and with the link label on NAV's page."
)


@dataclass(frozen=True)
class Wanted:
    """What is to be read of a workbook; fields as in the module's options."""

    title: tuple[str, ...]
    sheets: Mapping[str, tuple[str, ...]]
    row_dimension: str
    block_dimension: str = ""

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Dimension names in the order of the cells' codes."""
        block = (self.block_dimension,) if self.block_dimension else ()
        return (*block, self.row_dimension, "month", "measure")

    def measure(self, sheet: Sheet, heading: Heading) -> str | None:
        """The measure whose headings the sheet bears one of."""
        name = same(_NUMBERING.sub("", sheet.name))
        cut = len(sheet.name) == _LONGEST_SHEET_NAME
        for measure, headings in self.sheets.items():
            for wanted in map(same, headings):
                # A spreadsheet program cuts long names of sheets.
                if wanted in {same(heading.subtitle), name} or (cut and wanted.startswith(name)):
                    return measure
        return None


def read(body: bytes, spec: SourceTable, answer: AnswerContext) -> Cube:
    """Decode one workbook; the year is checked against the year in answer.name."""
    options = Options(spec.options, spec.id)
    wanted = Wanted(
        title=options.texts("title"),
        sheets=_headings(options),
        row_dimension=options.text("row_dimension"),
        block_dimension=options.text("block_dimension", ""),
    )
    options.check_dimensions(wanted.dimensions)
    options.done()
    with located(spec, answer):
        return decode(body, wanted, years_in(answer.name))


def decode(body: bytes, wanted: Wanted, file_years: Sequence[str] = ()) -> Cube:
    """Decode a workbook: one cell per block, row, month and measure.

    file_years: years that the file name states, empty if none.
    Raises UnreadableAnswer listing what sheets were seen if one is missing, every heading or cell
    that is not as described, a year that contradicts the file name, and cells that contradict
    each other.
    """
    found: list[Found] = []
    unread: list[str] = []
    for sheet in open_workbook(body):
        heading = find_heading(sheet, wanted.title)
        measure = wanted.measure(sheet, heading) if heading else None
        if heading and measure:
            found.append(walk(sheet, heading, measure))
        else:
            title = f"{heading.title}. {heading.subtitle}" if heading else "without the title"
            unread.append(f"{sheet.name!r} ({title})")
    problems = _missing(found, wanted, unread) + year_problems(found, file_years)
    problems += [problem for sheet_found in found for problem in sheet_found.problems]
    cells = _cells(found, wanted, problems)
    refuse(problems, _ADVICE)
    notes = [note for sheet_found in found for note in sheet_found.notes]
    notes += [f"sheet {name} was not read" for name in unread]
    return Cube(
        table=collapse_equal(cells.table(), wanted.dimensions),
        dimensions=wanted.dimensions,
        labels=cells.labels,
        roles={"time": ("month",), "metric": ("measure",)},
        title=found[0].title,
        source="Nav",
        notes=tuple(dict.fromkeys(notes)),
    )


def _headings(options: Options) -> dict[str, tuple[str, ...]]:
    given = options.anything("sheets")
    sound = isinstance(given, dict) and all(
        isinstance(headings, list) and headings and all(isinstance(h, str) for h in headings)
        for headings in given.values()
    )
    if not sound or not given:
        options.fault(f"sheets: expected measure -> list of headings, found {given!r}")
        return {}
    return {measure: tuple(headings) for measure, headings in given.items()}


def _missing(found: Sequence[Found], wanted: Wanted, unread: Sequence[str]) -> list[str]:
    held = {sheet.measure for sheet in found}
    return [
        f"no sheet titled {listed(wanted.title)} is headed {listed(headings)} ({measure}); there "
        f"are: {listed(unread)}"
        for measure, headings in wanted.sheets.items()
        if measure not in held
    ]


def _cells(found: Sequence[Found], wanted: Wanted, problems: list[str]) -> Cells:
    cells = Cells(wanted.dimensions)
    for sheet in found:
        for row in sheet.rows:
            codes = [_row_code(row)]
            cells.label(wanted.row_dimension, codes[0], row.label)
            if wanted.block_dimension:
                code, label = _split(row.block)
                if not code:
                    problems.append(f"sheet {sheet.sheet!r} {row.where}: no name over the block")
                cells.label(wanted.block_dimension, code, label)
                codes.insert(0, code)
            for month, value, symbol in row.figures:
                period = f"{sheet.year}M{month:02}"
                cells.add((*codes, period, sheet.measure), value, symbol)
    return cells


def _row_code(row: DataRow) -> str:
    # The total of a block bears the block's name: "I alt Trøndelag".
    in_all = row.name in {TOTAL, f"{TOTAL} {row.block}"}
    return row.code or (TOTAL if in_all else plain(row.name))


def _split(block: str) -> tuple[str, str]:
    parts = _CODE_AND_NAME.fullmatch(block)
    return (parts[1], parts[2]) if parts else (block, block)

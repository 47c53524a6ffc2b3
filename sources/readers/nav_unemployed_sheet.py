"""One sheet of NAV's monthly workbooks: its heading, and a walk over its blocks of rows.

Here lives what is peculiar to the sheets: the month header is repeated for every county, January
may take two merged columns, code and name stand in one cell or in two, months to come have no
column. Which sheet is which measure, and what belongs together, lives in nav_unemployed (HL060)
and nav_monthly (the other workbooks).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sources.readers.bodies import listed
from sources.readers.numbers import NotANumber
from sources.readers.words import MONTHS, month_number, plain, same
from sources.readers.xlsx import Cell, Row, Sheet, address, cell_figure, cell_text, is_empty

if TYPE_CHECKING:
    from collections.abc import Sequence

# Title, subtitle and period stand above row 8 in the edition of 2022; some room is left.
_HEADING_ROWS = 10
_PERIOD = re.compile(rf"(?:({'|'.join(MONTHS)})\s*-\s*)?({'|'.join(MONTHS)})\s+(20[0-9]{{2}})")
_CODE_AND_NAME = re.compile(r"([0-9]{2}|[0-9]{4})\s+(\S.*)")
# "Ukjent" stands in the code column as well, so not every code is a number.
_CODE = re.compile(r"[0-9]{1,4}")

Span = tuple[int, int, int]


@dataclass(frozen=True)
class Heading:
    """Title and subtitle of a sheet without footnote digits, and the row of the subtitle."""

    title: str
    subtitle: str
    row: int


@dataclass(frozen=True)
class DataRow:
    """One row of figures: code ("" if it has none), name, place, (month, value, symbol)s.

    own_column: the code stands in a column of its own, as on the county sheets.
    block: the name over the block that the row stands in, "" if there is none.
    """

    code: str
    name: str
    label: str
    own_column: bool
    where: str
    figures: tuple[tuple[int, float | None, str | None], ...]
    block: str = ""


@dataclass
class Found:
    """What a walk over one sheet gave: rows, and problems to be reported together."""

    sheet: str
    title: str
    measure: str
    year: str = ""
    rows: list[DataRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def fault(self, where: str, problem: str) -> None:
        """Note a problem at a place of this sheet."""
        self.problems.append(f"sheet {self.sheet!r} {where}: {problem}")


def find_heading(sheet: Sheet, words: Sequence[str]) -> Heading | None:
    """Title cell that holds all words, and the next text below it in its column; else None."""
    wanted = [same(word) for word in words]
    for number, row in enumerate(sheet.rows[:_HEADING_ROWS]):
        for place, cell in enumerate(row):
            if isinstance(cell, str) and all(word in same(cell) for word in wanted):
                # Source, title and subtitle do not stand in one column in all editions.
                for below in range(number + 1, min(number + 4, len(sheet.rows))):
                    subtitle = cell_text(sheet.rows[below][place])
                    if subtitle:
                        return Heading(plain(cell), plain(subtitle), below)
                return Heading(plain(cell), "", number)
    return None


def walk(sheet: Sheet, heading: Heading, measure: str) -> Found:
    """Read every block of a sheet; faults are collected in the result, not raised."""
    found = Found(sheet.name, f"{heading.title}. {heading.subtitle}", measure)
    spans: list[Span] = []
    last_month = _period(sheet, heading, found)
    block = ""
    for number, row in enumerate(sheet.rows[heading.row + 1 :], heading.row + 1):
        # The header is repeated per county; each repetition counts, columns may move.
        if _is_month_header(row):
            block = _block_name(sheet.rows[heading.row + 1 : number])
            spans = _spans(row, number, found)
            _check_months([span[0] for span in spans], last_month, number, found)
        elif spans and not is_empty(row):
            _take(sheet, number, spans, block, found)
    if not found.rows:
        found.fault("", "no rows below a header of month names")
    return found


def year_problems(found: Sequence[Found], file_years: Sequence[str]) -> list[str]:
    """What is wrong with the years that the sheets state, among them and beside the file name."""
    years = sorted({sheet.year for sheet in found if sheet.year})
    problems = [f"the sheets state different years: {listed(years)}"] if len(years) > 1 else []
    # The workbook is replaced every month and the year stands in one cell only.
    if file_years and years and not set(years) & set(file_years):
        problems.append(
            f"the period cells state {listed(years)}, the file name {listed(file_years)}: "
            "one of them belongs to another file"
        )
    return problems


def _period(sheet: Sheet, heading: Heading, found: Found) -> int:
    for row in sheet.rows[heading.row : heading.row + _HEADING_ROWS]:
        for cell in row:
            period = _PERIOD.fullmatch(same(cell)) if isinstance(cell, str) else None
            if period:
                found.year = period[3]
                return month_number(period[2]) or 0
    found.fault("", 'no period cell such as "Januar - oktober 2022": the year is unknown')
    return 0


def _is_month_header(row: Row) -> bool:
    texts = [text for text in map(cell_text, row) if text]
    return bool(texts) and month_number(texts[0]) is not None


def _block_name(above: Sequence[Row]) -> str:
    """The text that stands alone in the last row before a header of months; "" if none does."""
    last = next((row for row in reversed(above) if not is_empty(row)), ())
    texts = [plain(cell) for cell in last if isinstance(cell, str) and cell.strip()]
    filled = sum(bool(cell_text(cell)) for cell in last)
    alone = len(texts) == filled == 1 and not _PERIOD.fullmatch(same(texts[0]))
    return texts[0] if alone else ""


def _spans(row: Row, number: int, found: Found) -> list[Span]:
    starts = [(place, cell_text(cell)) for place, cell in enumerate(row) if cell_text(cell)]
    ends = [place for place, _ in starts[1:]] + [len(row)]
    spans = []
    for (start, text), end in zip(starts, ends, strict=True):
        month = month_number(text)
        if month is None:
            found.fault(address(number, start), f"{text!r} stands among the months")
        else:
            spans.append((month, start, end))
    return spans


def _check_months(months: list[int], last: int, number: int, found: Found) -> None:
    # A month left out would give its figures to its neighbour.
    if last and months != list(range(1, last + 1)):
        names = [MONTHS[month - 1] for month in months]
        expected = f"januar to {MONTHS[last - 1]}"
        found.fault(f"row {number + 1}", f"the period says {expected}, the header {listed(names)}")


def _take(sheet: Sheet, number: int, spans: list[Span], block: str, found: Found) -> None:
    row = sheet.rows[number]
    first = spans[0][1]
    keys = [cell_text(cell) for cell in row[:first] if cell_text(cell)]
    # Names over blocks, footnotes and broken rows have no figures; tell them apart.
    if is_empty(row[first:]):
        _take_text(sheet, number, keys, found)
        return
    if not 1 <= len(keys) <= 2:  # noqa: PLR2004 - code and name
        found.fault(f"row {number + 1}", f"figures beside {keys}, not beside a name")
        return
    figures = tuple(_figure(row, number, span, found) for span in spans)
    where = f"row {number + 1}"
    if len(keys) == 2:  # noqa: PLR2004 - code and name
        # A county code stored as a number has lost its leading zero.
        code = keys[0].zfill(2) if _CODE.fullmatch(keys[0]) else keys[0]
        found.rows.append(DataRow(code, keys[1], plain(keys[1]), True, where, figures, block))
        return
    parts = _CODE_AND_NAME.fullmatch(keys[0])
    code, name = (parts[1], parts[2]) if parts else ("", plain(keys[0]))
    found.rows.append(DataRow(code, name, plain(name), False, where, figures, block))


def _take_text(sheet: Sheet, number: int, keys: list[str], found: Found) -> None:
    """A row without figures: the name over a block, a footnote, or a row that lost its figures."""
    text = " ".join(keys)
    following = (row for row in sheet.rows[number + 1 :] if not is_empty(row))
    below = next(following, None)
    if below is not None and _is_month_header(below):
        return
    if len(keys) != 1 or _CODE_AND_NAME.fullmatch(text) or same(text).startswith("i alt"):
        found.fault(f"row {number + 1}", f"{text!r} has no figures")
    else:
        found.notes.append(text)


def _figure(
    row: Row, number: int, span: Span, found: Found
) -> tuple[int, float | None, str | None]:
    month, start, end = span
    # A merged January takes two columns and only one of them holds the figure.
    filled: list[tuple[int, Cell]] = [
        (place, row[place]) for place in range(start, end) if cell_text(row[place])
    ]
    if len(filled) > 1:
        places = [address(number, place) for place, _ in filled]
        found.fault(listed(places), f"two figures for {MONTHS[month - 1]}")
    place, cell = filled[0] if filled else (start, None)
    try:
        return (month, *cell_figure(cell))
    except NotANumber as wrong:
        found.fault(address(number, place), f"{wrong} is no figure")
        return month, None, ""

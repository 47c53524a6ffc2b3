"""Workbooks: an .xlsx opened as plain rows of cells, nothing interpreted.

Here live the opening, the size limits, and what a cell is. Which sheet holds a table, and what
its cells mean, lives in the readers (nav_unemployed, nav_survey, nav_table).
Format: Office Open XML (ECMA-376), read with openpyxl.
"""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from sources.model import UnreadableAnswer
from sources.readers.bodies import beginning
from sources.readers.numbers import NotANumber, figure

if TYPE_CHECKING:
    from collections.abc import Iterator

Cell = str | int | float | None
Row = Sequence[Cell]

# Real workbooks are far below 1 MB; the limits stop a zip bomb, not a publisher.
MOST_BYTES = 50_000_000
MOST_UNPACKED = 400_000_000
MOST_CELLS = 2_000_000
# What zipfile raises on damaged bytes (RuntimeError: encrypted), and openpyxl on damaged parts.
_UNZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)
_PARSE_ERRORS = (*_UNZIP_ERRORS, ParseError, LookupError, TypeError, AttributeError)
_ADVICE = "Fetch the file anew from the publisher's page; the link is replaced at every release."


@dataclass(frozen=True)
class Sheet:
    """One worksheet: rows of cells from A1 on, all of one length.

    A cell is a text, a number or None (empty). A formula whose value the file does not hold is
    the formula's text ("=B2+B3"): it has no figure, and is not empty either.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]


def open_workbook(body: bytes) -> tuple[Sheet, ...]:
    """Open an .xlsx; returns its worksheets in order, hidden ones included.

    Raises UnreadableAnswer for bytes that are no .xlsx (HTML, .xls, cut off, damaged) and for
    workbooks above 50 MB, 400 MB unpacked or 2 million cells in a sheet.
    """
    # A second pass costs time and is only needed where formulas may lack their values.
    has_formulas = _inspect(body)
    values = _load(body, formulas=False)
    if has_formulas:
        formulas = dict(_load(body, formulas=True))
        values = [(name, _with_formulas(rows, formulas[name])) for name, rows in values]
    return tuple(Sheet(name, _squared(rows)) for name, rows in values)


def address(row: int, column: int) -> str:
    """Address of a cell by its place from 0: (6, 1) is B7."""
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(column + 1)}{row + 1}"


def cell_text(cell: Cell) -> str:
    """A cell as text without blanks around it: 2015.0 is "2015", None is ""."""
    if cell is None:
        return ""
    # Spreadsheet programs store 2015 as 2015.0.
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def cell_figure(cell: Cell, decimal: str = ",") -> tuple[float | None, str | None]:
    """A cell as figure: (number, None) or (None, symbol); raises NotANumber as `figure` does."""
    if isinstance(cell, int | float):
        return float(cell), None
    if cell is not None and cell.startswith("="):
        raise NotANumber(f"{cell} (a formula without a stored value)")
    return figure(cell or "", decimal)


def is_empty(cells: Row) -> bool:
    """Tell whether no cell holds anything but blanks."""
    return not any(cell_text(cell) for cell in cells)


def _inspect(body: bytes) -> bool:
    """Refuse what is no sound .xlsx of bearable size; tell whether any sheet has formulas."""
    if len(body) > MOST_BYTES:
        raise UnreadableAnswer(f"the workbook has {len(body)} bytes, more than {MOST_BYTES}")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
            if unpacked > MOST_UNPACKED:
                raise UnreadableAnswer(f"the workbook unpacks to {unpacked} bytes: not read")
            # Checks every part's checksum: a damaged sheet must not be a shorter sheet.
            damaged = packed.testzip()
            names = packed.namelist()
            if damaged or "xl/workbook.xml" not in names:
                what = f"{damaged} is damaged" if damaged else "it holds no xl/workbook.xml"
                raise UnreadableAnswer(f"expected an .xlsx, but {what}\n{_ADVICE}")
            sheets = [name for name in names if name.startswith("xl/worksheets/")]
            return any(b"<f>" in text or b"<f " in text for text in map(packed.read, sheets))
    except _UNZIP_ERRORS as wrong:
        raise UnreadableAnswer(
            f"expected an .xlsx of {len(body)} bytes, found {beginning(body)} ({wrong}): another "
            f"format, or cut off\n{_ADVICE}"
        ) from wrong


def _load(body: bytes, *, formulas: bool) -> list[tuple[str, list[list[Cell]]]]:
    import openpyxl

    try:
        # openpyxl warns of styles and extensions that it does not know; cells are not touched.
        with warnings.catch_warnings(action="ignore", category=UserWarning):
            workbook = openpyxl.load_workbook(
                io.BytesIO(body), read_only=True, data_only=not formulas, keep_links=False
            )
            return [(sheet.title, list(_rows(sheet))) for sheet in workbook.worksheets]
    except _PARSE_ERRORS as wrong:
        raise UnreadableAnswer(f"the workbook is damaged ({wrong})\n{_ADVICE}") from wrong


def _rows(sheet: Any) -> Iterator[list[Cell]]:
    # Written dimensions may be wrong (NAV's own exports); without them every row is read.
    sheet.reset_dimensions()
    seen = 0
    for row in sheet.iter_rows(values_only=True):
        seen += len(row)
        if seen > MOST_CELLS:
            raise UnreadableAnswer(
                f"sheet {sheet.title!r} has more than {MOST_CELLS} cells: not read"
            )
        yield [_cell(value) for value in row]


def _cell(value: object) -> Cell:
    # bool is an int in Python, and would become the figure 1.
    if isinstance(value, bool):
        return str(value)
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _with_formulas(values: list[list[Cell]], formulas: list[list[Cell]]) -> list[list[Cell]]:
    return [
        [
            written if value is None and isinstance(written, str) and written[:1] == "=" else value
            for value, written in zip(value_row, formula_row, strict=True)
        ]
        for value_row, formula_row in zip(values, formulas, strict=True)
    ]


def _squared(rows: list[list[Cell]]) -> tuple[tuple[Cell, ...], ...]:
    # Formatting alone can make thousands of empty rows.
    while rows and is_empty(rows[-1]):
        rows.pop()
    width = max((len(row) for row in rows), default=0)
    return tuple((*row, *([None] * (width - len(row)))) for row in rows)

"""Writing of .xlsx files so that equal cells give equal bytes.

The layout of NAV's workbooks lives in nav_unemployed.py and nav_survey.py.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from sources.made_up.folder import LABEL, NOTE


class Sheet(Protocol):
    """The part of a worksheet that the layouts use; rows and columns count from 0."""

    def write(self, row: int, column: int, cell: Any, /) -> Any:
        """Write one cell."""

    def write_string(self, row: int, column: int, cell: str, /) -> Any:
        """Write one cell as text, also if it looks like a number."""

    def write_row(self, row: int, column: int, cells: Any, /) -> Any:
        """Write cells side by side."""

    def merge_range(
        self, first_row: int, first_column: int, last_row: int, last_column: int, cell: Any, /
    ) -> Any:
        """Write one cell over several places."""


Fill = Callable[[Sheet], None]
# The workbook's own date of creation would differ from run to run.
CREATED = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def titled(
    sheet: Sheet,
    *,
    title: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str | int | float]],
) -> None:
    """Write a table as the survey's workbooks have it: title, header, rows, a note below."""
    sheet.write(0, 0, f"{title}. {LABEL}")
    # Wholly empty rows stand between, as they come and go in NAV's editions.
    sheet.write_row(2, 0, head)
    for place, row in enumerate(rows, 4):
        sheet.write_row(place, 0, row)
    sheet.write(6 + len(rows), 0, NOTE)


def workbook(sheets: Mapping[str, Fill]) -> bytes:
    """Return a workbook: sheet name -> what writes its cells, in order."""
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": CREATED, "comments": NOTE})
        for name, fill in sheets.items():
            fill(book.add_worksheet(name))
    return buffer.getvalue()

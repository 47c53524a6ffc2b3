"""Sheet: one sheet of the workbook, as every one of them looks.

Title, the label of made-up figures, a frozen header with filters, number formats, print set-up.
What stands in the cells is decided in workbook.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    Cell = "str | int | float | None | Value"

HEAD = 3  # row of the header, below title, label and a blank row
NUMBER = {0: "#,##0", 1: "#,##0.0", 2: "#,##0.00"}
FILLS = {"assumption": "#FFF2CC", "national pattern applied": "#DDEBF7"}
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
NARROW, WIDE = 11, 48
A4 = 9
LINE = 15  # height of one, in points
MOST_LINES = 4  # of a header
ON_A_PAGE = 15  # columns that can still be read when they are printed side by side


@dataclass(frozen=True)
class Value:
    """A figure in a cell: its number, or the reason why there is none, and how it is known."""

    number: float | None
    decimals: int = 0
    evidence: str | None = None
    reason: str | None = None


@dataclass
class Book:
    """The workbook that is written, its formats, and the numbers of the reasons met so far."""

    file: Workbook
    label: str
    made_up: bool
    release_id: str
    page: str
    formats: dict[tuple[Any, ...], Format] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)

    def style(self, **how: Any) -> Format:
        """The format that looks so; each is made once."""
        key = tuple(sorted(how.items()))
        if key not in self.formats:
            self.formats[key] = self.file.add_format({"valign": "top", **how})
        return self.formats[key]

    def note(self, reason: str | None) -> str:
        """What stands in a cell without a figure: a dash with the number of its reason."""
        return "–" if reason is None else "–" + str(self.number(reason)).translate(SUPERSCRIPT)

    def number(self, said: str) -> int:
        """Number of a reason or a text in the list of notes; the next one if it is new."""
        return self.reasons.setdefault(said, len(self.reasons) + 1)

    def sheet(self, name: str, title: str) -> Worksheet:
        """A new sheet with title, label and print set-up."""
        made: Worksheet = self.file.add_worksheet(name)
        made.write_string(0, 0, title, self.style(bold=True, font_size=14, valign="vcenter"))
        said = {"bold": True, "font_color": "#C00000"} if self.made_up else {"italic": True}
        made.write_string(1, 0, self.label, self.style(**said))
        if self.made_up:
            made.set_tab_color("#C00000")
        made.set_landscape()
        made.set_paper(A4)
        made.fit_to_pages(1, 0)
        made.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        made.set_header(f"&C{self.label}" if self.made_up else "")
        made.set_footer(f"&L{self.release_id}&R{self.page}")
        made.hide_gridlines(2)
        return made


def table(
    book: Book,
    made: Worksheet,
    head: Sequence[str],
    rows: Sequence[Sequence[Any]],
    frozen: int,
    widest: int = WIDE,
) -> None:
    """Write a header and rows below it.

    frozen: columns that stay in sight. widest: letters of a column before its text is wrapped.
    Cells are text, numbers, None or a Value. Text is never taken for a formula.
    """
    style = book.style(bold=True, text_wrap=True, bg_color="#E7E6E6", bottom=1)
    for column, title in enumerate(head):
        made.write_string(HEAD, column, title, style)
    for place, row in enumerate(rows, HEAD + 1):
        for column, cell in enumerate(row):
            _write(book, made, place, column, cell, widest)
        longest = max((len(cell) for cell in row if isinstance(cell, str)), default=0)
        if longest > widest:  # or the lines of a wrapped text lie upon the next row
            made.set_row(place, LINE * math.ceil(longest / (widest * 0.9)))
    for column in range(len(head)):
        width = _width(head[column], [row[column] for row in rows])
        made.set_column(column, column, min(widest, width))
    lines = max(math.ceil(len(title) / (NARROW + 1)) for title in head[1:])
    made.set_row(HEAD, LINE * max(2, min(lines, MOST_LINES)))
    made.freeze_panes(HEAD + 1, frozen)
    made.repeat_rows(HEAD)
    if len(head) > ON_A_PAGE:
        made.fit_to_pages(math.ceil(len(head) / ON_A_PAGE), 0)
        made.repeat_columns(0, frozen - 1)
    if rows:
        made.autofilter(HEAD, 0, HEAD + len(rows), len(head) - 1)


def _write(book: Book, made: Worksheet, row: int, column: int, cell: Any, widest: int) -> None:
    if isinstance(cell, Value):
        _figure(book, made, row, column, cell)
    elif isinstance(cell, str):
        # Away from the number that ends at the border of the column before.
        style = book.style(align="left", indent=min(column, 1), text_wrap=len(cell) > widest)
        made.write_string(row, column, cell, style)
    elif cell is not None:
        made.write_number(row, column, cell, book.style(num_format=NUMBER[0]))


def _figure(book: Book, made: Worksheet, row: int, column: int, value: Value) -> None:
    if value.number is None:
        grey = book.style(align="right", font_color="#7F7F7F")
        made.write_string(row, column, book.note(value.reason), grey)
        return
    how: dict[str, Any] = {"num_format": NUMBER[value.decimals]}
    if value.evidence in FILLS:
        how |= {"italic": True, "bg_color": FILLS[value.evidence]}
    made.write_number(row, column, value.number, book.style(**how))


def _width(title: str, cells: Sequence[Any]) -> float:
    """Wide enough for the longest text, numbers as the words of their header need."""
    longest = max((len(cell) for cell in cells if isinstance(cell, str)), default=0)
    word = max((len(word) for word in title.split()), default=0)
    return max(NARROW, word + 3, longest + 1)

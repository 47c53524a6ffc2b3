"""NAV tables: small tables in a workbook, found by the words of their header row.

Here lives the reader of protocol nav-table: every sheet is searched for rows that hold all the
columns that `options` name, so a table that moves to another sheet or place is still found.
What the columns mean is read by tabular.py, whose docstring lists the options.
Sources: NAV's workbook tables as ordered or collected by a county ("Stramhetsindikatorer",
"Bestilling ledighet og stillinger").

Tables may stand side by side in one row of headers and on several sheets; they are put together,
equal cells collapse, cells that contradict each other are refused. The column "" is the one just
left of the table's first named column. A table ends at its first empty row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sources.model import Cube
from sources.readers.bodies import listed, located, refuse
from sources.readers.cells import Cells, collapse_equal
from sources.readers.options import Options
from sources.readers.tabular import ADVICE, Layout, add_rows, layout_of, refuse_columns
from sources.readers.words import plain
from sources.readers.xlsx import Cell, Sheet, cell_text, is_empty, open_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sources.model import AnswerContext
    from sources.registry import SourceTable

NO_HEADER = ""


@dataclass(frozen=True)
class Block:
    """One table on a sheet: its header cells and its rows, cut to the table's own columns."""

    sheet: str
    first_row: int
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def read(body: bytes, spec: SourceTable, answer: AnswerContext) -> Cube:
    """Decode every table of a workbook that has the header words of `options`."""
    options = Options(spec.options, spec.id)
    layout = layout_of(options)
    options.done()
    with located(spec, answer):
        return decode(body, layout)


def decode(body: bytes, layout: Layout) -> Cube:
    """Decode a workbook: one cell per row and value column of every table found.

    Raises UnreadableAnswer if no sheet has the header words (lists what each sheet lacks), for
    texts with digits that are no figure, and for cells that contradict each other.
    """
    sheets = open_workbook(body)
    blocks = [block for sheet in sheets for block in find_blocks(sheet, layout)]
    if not blocks:
        refuse([_lack(sheet, layout) for sheet in sheets], ADVICE)
    cells = Cells(layout.dimensions)
    for block in blocks:
        refuse_columns(block.header, layout)
        where = f"sheet {block.sheet!r} row"
        add_rows(cells, layout, block.header, block.rows, (where, block.first_row + 1))
    return Cube(
        table=collapse_equal(cells.table(), layout.dimensions),
        dimensions=layout.dimensions,
        labels=cells.labels,
        source="Nav",
        notes=_unread(sheets, blocks),
    )


def find_blocks(sheet: Sheet, layout: Layout) -> Iterator[Block]:
    """Every table on a sheet whose header row holds all required columns of `layout`."""
    # The empty header word stands in every row and finds nothing.
    wanted = [name for name in layout.required if name != NO_HEADER]
    for number, row in enumerate(sheet.rows):
        header = [plain(cell_text(cell)) for cell in row]
        places = {name: [p for p, text in enumerate(header) if text == name] for name in wanted}
        # Tables side by side repeat their header words: the n-th of each belongs to table n.
        for count in range(min((len(found) for found in places.values()), default=0)):
            span = sorted(found[count] for found in places.values())
            yield _block(sheet, number, header, span, layout)


def _block(
    sheet: Sheet, number: int, header: Sequence[str], span: Sequence[int], layout: Layout
) -> Block:
    # Years stand in a column without a header, just left of the first region.
    needs_left = NO_HEADER in layout.keys
    first = max(span[0] - 1, 0) if needs_left else span[0]
    end = span[-1] + 1
    # Optional columns are not searched for, so they are taken if they follow at once.
    while end < len(header) and header[end] in layout.optional:
        end += 1
    below = [row[first:end] for row in sheet.rows[number + 1 :]]
    length = next((n for n, row in enumerate(below) if is_empty(row)), len(below))
    own = tuple(header[first:end])
    _refuse_rows_below(sheet, own, below, (number + 1, length), layout)
    return Block(sheet.name, number + 1, own, tuple(below[:length]))


def _refuse_rows_below(
    sheet: Sheet,
    header: Sequence[str],
    below: Sequence[Sequence[Cell]],
    place: tuple[int, int],
    layout: Layout,
) -> None:
    """An empty row put into a table must not cut it in two without a word."""
    values = [header.index(name) for name in layout.values if name in header]
    first, length = place
    left = []
    for number, row in enumerate(below[length:], first + length + 1):
        if [plain(cell_text(cell)) for cell in row] == list(header):
            break
        if any(isinstance(row[column], int | float) for column in values):
            left.append(number)
    where = f"sheet {sheet.name!r}: figures below the table's first empty row, in row "
    refuse([where + listed(left)] if left else [], ADVICE)


def _lack(sheet: Sheet, layout: Layout) -> str:
    wanted = [name for name in layout.required if name != NO_HEADER]
    texts = [{plain(cell_text(cell)) for cell in row} for row in sheet.rows]
    # The row that comes nearest tells what NAV renamed.
    best = max(texts, key=lambda row: sum(name in row for name in wanted), default=set())
    missing = [name for name in wanted if name not in best]
    return (
        f"sheet {sheet.name!r}: no row with all header words; the best row lacks {listed(missing)}"
    )


def _unread(sheets: Sequence[Sheet], blocks: Sequence[Block]) -> tuple[str, ...]:
    read_sheets = {block.sheet for block in blocks}
    names = [sheet.name for sheet in sheets if sheet.name not in read_sheets]
    return (f"sheets without the header words, not read: {listed(names, 40)}",) if names else ()

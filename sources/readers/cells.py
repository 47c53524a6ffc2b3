"""Cells: what a reader collects before it becomes a Cube, and the check for double cells.

Here live the long table of decoded cells and the checks that need nothing but that table.
Decoding lives in the reader of each protocol, judging of codes in sources/validate.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sources.model import STATUS, VALUE, UnreadableAnswer
from sources.readers.bodies import LISTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

MOST_SYMBOLS = 100


@dataclass
class Cells:
    """Cells read so far: one code per dimension, a value or a status symbol, and labels."""

    dimensions: tuple[str, ...]
    codes: list[tuple[str, ...]] = field(default_factory=list)
    values: list[float | None] = field(default_factory=list)
    symbols: list[str | None] = field(default_factory=list)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, codes: tuple[str, ...], value: float | None, symbol: str | None) -> None:
        """Add one cell; `codes` stand in the order of `dimensions`."""
        self.codes.append(codes)
        self.values.append(value)
        self.symbols.append(symbol)

    def label(self, dimension: str, code: str, text: str) -> None:
        """Keep the source's own label of a code; the first one seen counts."""
        self.labels.setdefault(dimension, {}).setdefault(code, text)

    def table(self) -> pa.Table:
        """The cells as a table of the shape that Cube describes.

        Raises UnreadableAnswer if there are more symbols than any source uses: then the texts
        stood in a figure's place by mistake, and would all be taken for missing values.
        """
        import pyarrow as pa

        # int8 holds 127 symbols; a source has fewer than ten.
        kinds = {symbol for symbol in self.symbols if symbol is not None}
        if len(kinds) > MOST_SYMBOLS:
            raise UnreadableAnswer(
                f"{len(kinds)} different texts stand where figures were expected, such as "
                f"{sorted(kinds)[:3]}\nThe columns have moved: compare the file with `options`."
            )
        columns = [
            pa.array([codes[place] for codes in self.codes], pa.string()).dictionary_encode()
            for place in range(len(self.dimensions))
        ]
        status = pa.array(self.symbols, pa.string()).dictionary_encode()
        columns += [
            pa.array(self.values, pa.float64()),
            status.cast(pa.dictionary(pa.int8(), pa.string())),
        ]
        return pa.table(columns, names=[*self.dimensions, VALUE, STATUS])


def refuse_duplicates(table: pa.Table, dimensions: Sequence[str]) -> None:
    """Raise UnreadableAnswer if two rows of `table` are one and the same cell.

    Lists the first ten such cells with what each row says, and how many there are in all.
    """
    names = list(dimensions)
    # Grouping in Arrow: a million cells in a quarter of a second, no loop over cells.
    counted = table.select(names).group_by(names).aggregate([([], "count_all")])
    twice = counted.filter(_more_than_one(counted["count_all"])).drop_columns(["count_all"])
    if twice.num_rows == 0:
        return
    first = twice.slice(0, LISTED).to_pylist()
    lines = [f"  {_cell(cell)}: {_said(table, cell)}" for cell in first]
    more = f"\n  ... {twice.num_rows} in all" if twice.num_rows > LISTED else ""
    raise UnreadableAnswer(
        f"{twice.num_rows} cell(s) stand more than once\n" + "\n".join(lines) + more + "\n"
        "Either a dimension is missing from `options`, or the source gives two answers: ask it."
    )


def collapse_equal(table: pa.Table, dimensions: Sequence[str]) -> pa.Table:
    """Drop rows that repeat a cell with the same value and symbol; keep the order.

    Raises UnreadableAnswer, as refuse_duplicates does, if two rows of a cell disagree.
    """
    names = [*dimensions, *(name for name in (VALUE, STATUS) if name in table.column_names)]
    # One thread keeps the order of the file, so a vintage always has the same bytes.
    alike = table.group_by(names, use_threads=False).aggregate([])
    refuse_duplicates(alike, dimensions)
    return alike.select(table.column_names)


def _more_than_one(counts: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow.compute as pc

    return pc.greater(counts, 1)


def _cell(cell: dict[str, str]) -> str:
    return ", ".join(f"{name}={code}" for name, code in cell.items())


def _said(table: pa.Table, cell: dict[str, str]) -> str:
    import pyarrow.compute as pc

    rows = table
    # Only the ten cells to be shown are looked up this way.
    for name, code in cell.items():
        rows = rows.filter(pc.equal(rows[name].cast("string"), code))
    if VALUE not in table.column_names:
        return f"{rows.num_rows} rows"
    pairs = zip(rows[VALUE].to_pylist(), rows[STATUS].to_pylist(), strict=True)
    return " and ".join(repr(symbol) if value is None else f"{value:g}" for value, symbol in pairs)

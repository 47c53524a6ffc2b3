"""Answers of queries as people and programs want them: a table, CSV, CSV for Excel, JSON, parquet.

A missing value is a dash in a table, blank in CSV and null in JSON and parquet; never 0.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from rich.table import Table

FORMATS = ("table", "csv", "csv-excel", "json", "parquet")
SHOWN_ROWS = 40
MISSING = "–"
LONG = 40  # letters of a cell before it goes on in the next line, rather than the grid be given up
WHOLE = 2**53  # above it a float need not be the whole number that it looks like


class UnwritableAnswer(KompetanseError):
    """The rows cannot be written in the format asked for, or not to the file."""


def give(table: pa.Table, kind: str, out: Path | None, shown: int = SHOWN_ROWS) -> None:
    """Print the rows of an answer, or write them to a file.

    kind: one of FORMATS; parquet needs a file. shown: rows of a printed table, 0 for all.
    Raises UnwritableAnswer.
    """
    if kind == "parquet":
        _parquet(table, out)
    elif kind == "table" and out is None:
        _print(table, shown)
    else:
        written = {"csv": _csv, "csv-excel": _csv_excel, "json": _json, "table": _text}
        _write(written[kind](_plain(table)), out)


def _parquet(table: pa.Table, out: Path | None) -> None:
    from warehouse import parquet

    if out is None:
        raise UnwritableAnswer("Parquet is not text: say where to write it with --out FILE.")
    try:
        parquet.write(table, out)
    except OSError as error:
        raise UnwritableAnswer(f"{out} cannot be written: {error.strerror or error}") from error


def _write(content: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    # A file is whole or not there: whoever opens it never sees the beginning of an answer.
    fresh = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        fresh.write_bytes(content)
        fresh.replace(out)
    except OSError as error:
        raise UnwritableAnswer(f"{out} cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def _csv(table: pa.Table) -> bytes:
    """UTF-8, comma, decimal point; text in quotes, so that a blank text differs from a missing."""
    import pyarrow as pa
    from pyarrow import csv

    sink = pa.BufferOutputStream()
    csv.write_csv(table, sink)
    written: bytes = sink.getvalue().to_pybytes()
    return written


def _csv_excel(table: pa.Table) -> bytes:
    from warehouse import parquet
    from warehouse.catalogues import excel_csv

    with tempfile.TemporaryDirectory() as aside:
        source = Path(aside) / "answer.parquet"
        parquet.write(table, source)
        files = excel_csv.write(source, Path(aside))
        if len(files) > 1:
            raise UnwritableAnswer(
                f"{table.num_rows} rows are more than an Excel sheet holds "
                f"({excel_csv.EXCEL_ROWS}). Ask for fewer, or take --format parquet."
            )
        return files[0].read_bytes()


def _json(table: pa.Table) -> bytes:
    """An array with one object per row, each on a line of its own."""
    import orjson

    rows = (
        orjson.dumps(row, default=str) for batch in table.to_batches() for row in batch.to_pylist()
    )
    return b"[\n" + b",\n".join(rows) + b"\n]\n"


def _text(table: pa.Table) -> bytes:
    rows = [table.column_names, *_cells(table)]
    return "".join("\t".join(row) + "\n" for row in rows).encode()


def _print(table: pa.Table, shown: int) -> None:
    from rich.console import Console

    limit = shown or table.num_rows
    plain = _plain(table.slice(0, limit))
    rows = _cells(plain)
    console = Console()
    if _width(plain.column_names, rows) > console.width:
        _print_records(plain.column_names, rows)
    else:
        console.print(_grid(plain, rows))
    left = table.num_rows - len(rows)
    if left:
        print(f"… {left} rows more; --rows 0 shows all, --format csv or json writes all.")


def _width(names: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Columns of the terminal that a grid takes if long texts go on in the next line."""
    widths = [max((len(row[n]) for row in rows), default=0) for n in range(len(names))]
    taken = (max(len(name), min(w, LONG)) for name, w in zip(names, widths, strict=True))
    return sum(each + 3 for each in taken)


def _grid(table: pa.Table, rows: Sequence[Sequence[str]]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    printed = Table(box=box.SIMPLE_HEAD)
    for field in table.schema:
        right = _is_number(field.type)
        printed.add_column(Text(field.name), justify="right" if right else "left")
    for row in rows:
        printed.add_row(*(Text(cell) for cell in row))
    return printed


def _print_records(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Each row as lines of name and cell: a grid of so many columns cannot be read."""
    if not rows:
        print(f"No rows. Columns: {', '.join(names)}.")
        return
    longest = max(map(len, names))
    for number, row in enumerate(rows, 1):
        print(f"─ {number} ".ljust(longest + 2, "─"))
        for name, cell in zip(names, row, strict=True):
            print(f"{name:{longest}}  {cell}")
    print(f"({len(names)} columns do not fit side by side; name those you want after select.)")


def _cells(table: pa.Table) -> list[list[str]]:
    columns = [_column(column.to_pylist()) for column in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _column(cells: Sequence[object]) -> list[str]:
    """Cells as text; counts, which come as floats, without a point if the whole column is."""
    floats = [cell for cell in cells if isinstance(cell, float)]
    if floats and all(cell.is_integer() and abs(cell) < WHOLE for cell in floats):
        cells = [int(cell) if isinstance(cell, float) else cell for cell in cells]
    return [MISSING if cell is None else str(cell) for cell in cells]


def _is_number(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _plain(table: pa.Table) -> pa.Table:
    """Sums of whole numbers as whole numbers, decimals as floats, lists and the like as text."""
    import pyarrow as pa

    for place, field in enumerate(table.schema):
        column = table.column(place)
        if pa.types.is_decimal(field.type):
            column = column.cast(pa.float64() if field.type.scale else _whole(column))
        elif pa.types.is_nested(field.type) or pa.types.is_binary(field.type):
            texts = [None if cell is None else str(cell) for cell in column.to_pylist()]
            column = pa.chunked_array([pa.array(texts, pa.string())])
        table = table.set_column(place, field.name, column)
    return table


def _whole(column: pa.ChunkedArray) -> pa.DataType:
    import pyarrow as pa
    import pyarrow.compute as pc

    largest = pc.max(pc.abs(column)).as_py() or 0
    return pa.int64() if largest < 2**63 else pa.float64()

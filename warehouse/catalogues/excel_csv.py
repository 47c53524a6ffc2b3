"""CSV that Norwegian Excel opens with a double click: semicolon, decimal comma, BOM, CRLF.

Blank means missing; the reason columns stay beside it. Text that a spreadsheet would run as a
formula gets an apostrophe in front. Excel itself drops leading zeros of codes when a file is
double-clicked; Data > From text keeps them. The exact values are in the parquet files, and what
the columns mean in datapackage.json.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

TRUE, FALSE = "SANN", "USANN"
SEPARATOR = ";"
LINE_END = "\r\n"
EXCEL_ROWS = 1_048_575  # what a sheet holds below its header; Excel drops the rest in silence
FORMULA = r"^([=+\-@\t\r\n])"
NEEDS_QUOTES = r'[;"\r\n]'


class UnwritableColumn(KompetanseError):
    """A table has columns that CSV cannot hold; lists every one."""


def write(source: Path, folder: Path, rows: int = EXCEL_ROWS) -> list[Path]:
    """Write a parquet file as <folder>/<table>.csv and return the files.

    A table of more than `rows` rows goes on in <table>-2.csv and so on, each with the header.
    Memory: one row group. Raises UnwritableColumn for columns that are not text, number, date,
    time or truth.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    schema = pq.read_schema(source)
    _refuse_nested(schema, source)
    texts = [field.name for field in schema if pa.types.is_string(field.type)]
    paths: list[Path] = []
    with pq.ParquetFile(source, read_dictionary=texts) as parquet:
        pieces = _pieces(parquet.iter_batches(), rows)
        piece = next(pieces, None)
        while piece is not None or not paths:
            number = len(paths) + 1
            path = folder / (f"{source.stem}-{number}.csv" if paths else f"{source.stem}.csv")
            paths.append(path)
            with path.open("wb") as file:
                file.write(f"\ufeff{SEPARATOR.join(schema.names)}{LINE_END}".encode())
                while piece is not None and piece[0] == number:
                    file.write(_lines(piece[1]))
                    piece = next(pieces, None)
    return paths


def _pieces(batches: Iterator[pa.RecordBatch], rows: int) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Batches with the number of the file each belongs to, cut where a file is full."""
    done = 0
    for batch in batches:
        start = 0
        while start < batch.num_rows:
            taken = min(batch.num_rows - start, rows - done % rows)
            yield done // rows + 1, batch.slice(start, taken)
            start += taken
            done += taken


def _lines(batch: pa.RecordBatch) -> bytes:
    import pyarrow.compute as pc

    cells = [_cells(column) for column in batch.columns]
    lines = pc.binary_join_element_wise(*cells, SEPARATOR).to_pylist()
    return (LINE_END.join(lines) + LINE_END).encode()


def _cells(column: pa.Array) -> pa.Array:
    """Text of each cell, quoted where it must be, blank where there is no value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        # Texts repeat; each distinct one is treated once.
        cells = _text(column.dictionary).take(column.indices)
    elif pa.types.is_string(kind):
        cells = _text(column)
    elif pa.types.is_boolean(kind):
        cells = pc.if_else(column, TRUE, FALSE)
    elif pa.types.is_floating(kind):
        cells = pc.replace_substring(column.cast(pa.string()), ".", ",")
    else:
        cells = column.cast(pa.string())
    return cells.fill_null("")


def _text(column: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    safe = pc.replace_substring_regex(column, FORMULA, r"'\1")
    doubled = pc.replace_substring(safe, '"', '""')
    quoted = pc.binary_join_element_wise('"', doubled, '"', "")
    return pc.if_else(pc.match_substring_regex(safe, NEEDS_QUOTES), quoted, safe)


def _refuse_nested(schema: pa.Schema, source: Path) -> None:
    import pyarrow as pa

    wrong = [f"  {f.name}: {f.type}" for f in schema if pa.types.is_nested(f.type)]
    if wrong:
        lines = "\n".join(wrong)
        raise UnwritableColumn(
            f"{source.name} has columns that CSV cannot hold:\n{lines}\n"
            "Nothing was published. Join them to text before the release is staged."
        )

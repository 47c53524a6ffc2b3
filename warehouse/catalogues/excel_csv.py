"""CSV that Norwegian Excel opens with a double click: semicolon, decimal comma, BOM, CRLF.

Blank means missing; the reason stays beside it. Text that a spreadsheet would run as a formula
gets an apostrophe in front. Excel itself drops leading zeros of codes when a file is
double-clicked; Data > From text keeps them. The value table is too long for a sheet that a person
works in, so it is a file per indicator, without the columns that say nothing there. Every column
of every row is in the parquet files, and what the columns mean in datapackage.json.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

TRUE, FALSE = "SANN", "USANN"
SEPARATOR = ";"
LINE_END = "\r\n"
EXCEL_ROWS = 1_048_575  # what a sheet holds below its header; Excel drops the rest in silence
# English reasons, and what a row is traced by: for who reads the parquet files or the DuckDB file.
NOT_FOR_SHEETS = frozenset({"reason_en", "vintage_ids", "definition_version"})
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
    import pyarrow.parquet as pq

    schema = pq.read_schema(source)
    _refuse_nested(schema, source)
    with pq.ParquetFile(source, read_dictionary=_texts(schema)) as parquet:
        return _write(parquet.iter_batches(), schema.names, folder / f"{source.stem}.csv", rows)


def write_by_indicator(
    source: Path, folder: Path, breakdowns: Mapping[str, Sequence[str]], rows: int = EXCEL_ROWS
) -> list[Path]:
    """Write a value table as <folder>/<table>-<indicator id>.csv and return the files.

    breakdowns: indicator id -> its breakdown columns; those of others are left out of its file, and
    so is what NOT_FOR_SHEETS names. An indicator without rows has no file. The rest is as in
    `write`; memory: the table with each text once.
    """
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    schema = pq.read_schema(source)
    _refuse_nested(schema, source)
    every = {name for names in breakdowns.values() for name in names}
    paths: list[Path] = []
    # Read once, with each text once: to look for every indicator in the file takes longer.
    table = pq.read_table(source, read_dictionary=_texts(schema))
    for indicator, own in sorted(breakdowns.items()):
        columns = [n for n in schema.names if n not in (every - {*own}) | NOT_FOR_SHEETS]
        found = table.select(columns).filter(pc.equal(table["indicator_id"], indicator))
        if found.num_rows:
            path = folder / f"{source.stem}-{indicator}.csv"
            paths += _write(iter(found.to_batches()), columns, path, rows)
    return paths


def _write(
    batches: Iterator[pa.RecordBatch], columns: Sequence[str], path: Path, rows: int
) -> list[Path]:
    """Write batches to path, and what is beyond `rows` to <stem>-2.csv and so on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    pieces = _pieces(batches, rows)
    piece = next(pieces, None)
    while piece is not None or not paths:
        number = len(paths) + 1
        paths.append(path.with_name(f"{path.stem}-{number}.csv") if paths else path)
        with paths[-1].open("wb") as file:
            file.write(f"\ufeff{SEPARATOR.join(columns)}{LINE_END}".encode())
            while piece is not None and piece[0] == number:
                file.write(_lines(piece[1]))
                piece = next(pieces, None)
    return paths


def header(path: Path) -> list[str]:
    """Names of the columns of a file that this module has written."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return file.readline().rstrip(LINE_END).split(SEPARATOR)


def _texts(schema: pa.Schema) -> list[str]:
    import pyarrow as pa

    return [field.name for field in schema if pa.types.is_string(field.type)]


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

"""Parquet: how every file of the project is written, so that equal figures are equal bytes.

zstd, dictionary encoding, statistics and page index on; no clock and no path in the file. Row
groups are cut where an indicator or a region ends, so that one region of one indicator is in one
row group. The order of the rows is the caller's.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pyarrow as pa

ROW_GROUP = 65_536
KEPT_TOGETHER = ("indicator_id", "region_id")


def write(table: pa.Table, path: Path, metadata: Mapping[str, str] | None = None) -> None:
    """Write a table to path in one step: readers see the old file or the new, never half.

    metadata: goes into the file's key-value metadata as UTF-8 text.
    """
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    kept = dict(metadata or {})
    schema = table.schema.with_metadata({k.encode(): v.encode() for k, v in kept.items()})
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with pq.ParquetWriter(
            temporary,
            schema,
            compression="zstd",
            compression_level=9,
            use_dictionary=True,
            write_statistics=True,
            write_page_index=True,
            version="2.6",
        ) as writer:
            whole = table.cast(schema)
            for begin, end in row_groups(table, ROW_GROUP):
                writer.write_table(whole.slice(begin, end - begin), row_group_size=ROW_GROUP)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read(path: Path) -> pa.Table:
    """Read a whole parquet file."""
    import pyarrow.parquet as pq

    return pq.read_table(path)


def rows(path: Path) -> int:
    """Number of rows of a parquet file; reads its footer only."""
    import pyarrow.parquet as pq

    return int(pq.read_metadata(path).num_rows)


def row_groups(table: pa.Table, size: int) -> list[tuple[int, int]]:
    """First row and end of each row group; each of at most `size` rows.

    In a table with indicators and regions, in that order, a filter on one indicator and one
    region meets the statistics of one row group only, as long as these are at most `size` rows:
    an indicator shares a group with others only if it is in it as a whole, and a region always is.
    """
    if not set(KEPT_TOGETHER) <= set(table.column_names):
        return list(_cut(0, table.num_rows, size))
    groups: list[tuple[int, int]] = []
    shared: list[tuple[int, int]] = []
    for indicator in _runs(table, KEPT_TOGETHER[0]):
        if not _joined(shared, indicator, size):
            groups += shared
            own = _of_one(table, indicator, size)
            shared = own if len(own) == 1 else []
            groups += own if len(own) > 1 else []
    return groups + shared


def _of_one(table: pa.Table, indicator: tuple[int, int], size: int) -> list[tuple[int, int]]:
    """Groups of one indicator, each of whole regions."""
    begin, end = indicator
    if end - begin <= size:
        return [indicator]
    groups: list[tuple[int, int]] = []
    for first, last in _runs(table.slice(begin, end - begin), KEPT_TOGETHER[1]):
        region = (begin + first, begin + last)
        if not _joined(groups, region, size):
            groups += _cut(*region, size)
    return groups


def _joined(groups: list[tuple[int, int]], run: tuple[int, int], size: int) -> bool:
    """Add a run to the last group if it fits in there as a whole."""
    if not groups or run[1] - groups[-1][0] > size:
        return False
    groups[-1] = (groups[-1][0], run[1])
    return True


def _cut(begin: int, end: int, size: int) -> Iterator[tuple[int, int]]:
    for first in range(begin, end, size):
        yield first, min(first + size, end)


def _runs(table: pa.Table, column: str) -> Iterator[tuple[int, int]]:
    """First row and end of each run of rows that are equal in the column."""
    import pyarrow.compute as pc

    cells = table[column].combine_chunks()
    changed = pc.not_equal(cells[1:], cells[:-1]).fill_null(True)
    begin = 0
    for change in [*pc.indices_nonzero(changed).to_pylist(), table.num_rows - 1]:
        if change >= begin:
            yield begin, change + 1
            begin = change + 1

"""Parquet: how every file of the project is written, so that equal figures are equal bytes.

zstd, dictionary encoding, statistics and page index on; no clock and no path in the file.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pyarrow as pa

ROW_GROUP = 65_536


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
        pq.write_table(
            table.cast(schema),
            temporary,
            compression="zstd",
            compression_level=9,
            row_group_size=ROW_GROUP,
            use_dictionary=True,
            write_statistics=True,
            write_page_index=True,
            version="2.6",
        )
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read(path: Path) -> pa.Table:
    """Read a whole parquet file."""
    import pyarrow.parquet as pq

    return pq.read_table(path)

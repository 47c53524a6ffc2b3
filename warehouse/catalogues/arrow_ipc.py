"""Arrow IPC files of a release, for tools that map tables into memory; written on request only."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write(source: Path, folder: Path) -> Path:
    """Write a parquet file as <folder>/<table>.arrow, one record batch per row group at most.

    lz4 compressed, with the schema metadata of the parquet file. Memory: one row group.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{source.stem}.arrow"
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with (
        pq.ParquetFile(source) as parquet,
        pa.OSFile(str(path), "wb") as sink,
        pa.ipc.new_file(sink, parquet.schema_arrow, options=options) as writer,
    ):
        for batch in parquet.iter_batches():
            writer.write_batch(batch)
    return path

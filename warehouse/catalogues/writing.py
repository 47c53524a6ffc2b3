"""Writing of all catalogue files and formats of a release, in the order they need each other.

What a file says is the business of its own module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from warehouse.catalogues.about import ReleaseAbout

BY_INDICATOR = "indicator_value"
# What stood in earlier releases is asked for by date, in SQL; as CSV it only doubles the release.
NOT_FOR_EXCEL = ("indicator_value_history", "release_log")


def write(folder: Path, about: ReleaseAbout) -> list[Path]:
    """Write every catalogue file and format into a staged release; return their paths, sorted.

    folder: holds parquet/<table>.parquet, and the DuckDB file if that is to be listed too.
    Equal folders and equal `about` give equal bytes. Raises UndescribedTable, BadPublicAddress,
    NotARelease or UnwritableColumn, and leaves what was written until then in the staging folder.
    """
    from warehouse.catalogues import arrow_ipc, data_package, dcat, facts, schema_org

    sources = facts.parquet_files(folder)
    written = list(_csv(folder, sources))
    if about.arrow:
        written += [arrow_ipc.write(s, folder / "arrow") for s in sources]
    known = facts.gather(folder, about)
    texts = {
        "datapackage.json": data_package.text(known),
        "dcat.ttl": dcat.turtle(known),
        "dcat.jsonld": dcat.json_ld(known),
        "schema-org.jsonld": schema_org.text(known),
    }
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode())
        written.append(folder / name)
    return sorted(written)


def _csv(folder: Path, sources: Iterable[Path]) -> Iterator[Path]:
    from warehouse import parquet
    from warehouse.catalogues import excel_csv

    indicators = parquet.read(folder / "parquet" / "indicator.parquet").to_pylist()
    breakdowns = {
        row["indicator_id"]: [name for name in row["breakdowns"].split(", ") if name]
        for row in indicators
    }
    for source in sources:
        if source.stem == BY_INDICATOR:
            yield from excel_csv.write_by_indicator(source, folder / "csv", breakdowns)
        elif source.stem not in NOT_FOR_EXCEL:
            yield from excel_csv.write(source, folder / "csv")

"""Writing of all catalogue files and formats of a release, in the order they need each other.

What a file says is the business of its own module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.catalogues.about import ReleaseAbout

# What stood in earlier releases is asked for by date, in SQL; as CSV it only doubles the release.
NOT_FOR_EXCEL = ("indicator_value_history", "release_log")


def write(folder: Path, about: ReleaseAbout) -> list[Path]:
    """Write every catalogue file and format into a staged release; return their paths, sorted.

    folder: holds parquet/<table>.parquet, and the DuckDB file if that is to be listed too.
    Equal folders and equal `about` give equal bytes. Raises UndescribedTable, BadPublicAddress,
    NotARelease or UnwritableColumn, and leaves what was written until then in the staging folder.
    """
    from warehouse.catalogues import arrow_ipc, data_package, dcat, excel_csv, facts, schema_org

    sources = facts.parquet_files(folder)
    for_excel = [s for s in sources if s.stem not in NOT_FOR_EXCEL]
    written = [path for s in for_excel for path in excel_csv.write(s, folder / "csv")]
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

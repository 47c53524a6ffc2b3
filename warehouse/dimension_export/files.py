"""Files of the export: parquet partitioned by county, and CSV for Norwegian Excel.

Columns stand in the order of the marts' YAML; texts are dictionary-encoded, so that codes are
factors in R and categories in pandas. What each column means, the licences and the release are in
the metadata of every file.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError
from warehouse import parquet
from warehouse.catalogues import excel_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import pyarrow as pa

TABLES = (
    "dimensioning_upper_secondary", "dimensioning_fagskole", "dimensioning_measure",
    "dimensioning_demand", "dimensioning_cohort", "dimensioning_scenario",
    "dimensioning_crosswalk", "dimensioning_parameter", "decision_calendar",
)  # fmt: skip
KEY = b"kompetanse"


class MixedFigures(KompetanseError):
    """Made-up and published figures would lie in one folder."""


class UnwritableFolder(KompetanseError):
    """The folder of an export cannot be written."""


def refuse_mixture(to: Path, data_origin: str) -> None:
    """Make the folder, if needed; raises MixedFigures if files of another kind lie there."""
    import pyarrow.parquet as pq

    try:
        to.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableFolder(
            f"{to} cannot be written: {error.strerror}. Choose another."
        ) from error
    for path in sorted((to / "parquet").glob("*/county=*/*.parquet")):
        about = json.loads((pq.read_schema(path).metadata or {}).get(KEY, b"{}"))
        there = about.get("data_origin", data_origin)
        if there != data_origin:
            raise MixedFigures(
                f"{to} holds {there} figures ({path.relative_to(to)}), and these are "
                f"{data_origin}. Nothing was written. Choose another folder."
            )


def parquet_files(folder: Path, county_code: str, to: Path) -> list[Path]:
    """Write parquet/<table>/county=<code>/<table>.parquet of each table that the release has."""
    sources = parquet.read(folder / "parquet" / "source_table.parquet").to_pylist()
    written = []
    for name in TABLES:
        table = parquet.read(folder / "parquet" / f"{name}.parquet")
        about = json.loads(table.schema.metadata[KEY])
        about |= {
            "release_id": folder.name,
            "licences": _licences(sources, _used(table)),
            "partition": "county: the county whose release the rows are of",
        }
        path = to / "parquet" / name / f"county={county_code}" / f"{name}.parquet"
        said = json.dumps(about, ensure_ascii=False, sort_keys=True)
        parquet.write(_encoded(table), path, {KEY.decode(): said})
        written.append(path)
    return written


def csv_files(sources: Sequence[Path], county_code: str, to: Path) -> list[Path]:
    """Write csv/county=<code>/<table>.csv of parquet files, as Norwegian Excel opens them."""
    folder = to / "csv" / f"county={county_code}"
    return [path for source in sources for path in excel_csv.write(source, folder)]


def _encoded(table: pa.Table) -> pa.Table:
    import pyarrow as pa

    columns = [
        column.dictionary_encode() if pa.types.is_string(column.type) else column
        for column in table.columns
    ]
    return pa.table(columns, names=table.column_names)


def _used(table: pa.Table) -> set[str]:
    """Source tables behind the rows: named in vintage_ids, or in a column of their own."""
    names = {"vintage_ids", "source_table_id"} & set(table.column_names)
    words = {
        word
        for name in names
        for text in table[name].unique().to_pylist()
        for word in (text or "").split()
    }
    return {word.partition("@")[0] for word in words}


def _licences(sources: Iterable[dict[str, Any]], used: set[str]) -> list[dict[str, str]]:
    kept = ("source_table_id", "licence_source", "licence_release", "attribution_nb")
    return [{name: row[name] for name in kept} for row in sources if row["source_table_id"] in used]

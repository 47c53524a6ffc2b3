"""Export of the dimensioning tables: parquet by county, CSV for Norwegian Excel, a workbook.

Everything comes from one release; no figure is computed here. Files of several counties can lie in
one folder, made-up and published figures never.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse import counties, reader, release
from warehouse.dimension_export import files, workbook

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["write"]


def write(folder: Path, county_id: str, to: Path) -> list[Path]:
    """Write the tables of a release into the folder `to` and return the files.

    parquet/<table>/county=<code>/, csv/county=<code>/ and <channel>-dimensioning.xlsx; files of
    an earlier export of the county are replaced, one by one and each as a whole.
    Raises files.MixedFigures and files.UnwritableFolder.
    """
    county = counties.load(county_id)
    manifest = release.read_manifest(folder)
    files.refuse_mixture(to, str(manifest["data_origin"]))
    written = files.parquet_files(folder, county.code, to)
    written += files.csv_files(written, county.code, to)
    channel = reader.usual(folder.parent.parent, county_id, manifest["data_origin"]).channel
    book = to / f"{channel}-dimensioning.xlsx"
    workbook.write(folder, county, manifest, book)
    return [*written, book]

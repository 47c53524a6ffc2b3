"""Facts of a release, gathered from its own tables and files.

The words are words.py, tables and columns described.py. How a standard says the facts is in
data_package.py, dcat.py and schema_org.py.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError
from sources.registry import Text
from warehouse import counties
from warehouse.catalogues import described, excel_csv, licences, words
from warehouse.catalogues.about import (
    Facts,
    FileFacts,
    IndicatorFacts,
)
from warehouse.catalogues.addresses import addresses
from warehouse.wanted import STATUS as WANTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from warehouse.catalogues.about import ReleaseAbout

NEEDED = ("indicator_value", "indicator", "source_table", "vintage")
FORMATS = {"parquet": ".parquet", "csv": ".csv", "arrow": ".arrow"}
OFTENEST_FIRST = ("monthly", "quarterly", "annual", "irregular")


class NotARelease(KompetanseError):
    """The folder lacks tables that every release has."""


def parquet_files(folder: Path) -> list[Path]:
    """The parquet files of a release, by name; raises NotARelease if a needed one is missing."""
    files = sorted((folder / "parquet").glob("*.parquet"))
    missing = sorted(set(NEEDED) - {f.stem for f in files})
    if missing:
        raise NotARelease(
            f"{folder} lacks the parquet files of {', '.join(missing)}. No catalogue was written. "
            "Stage the release again."
        )
    return files


def gather(folder: Path, about: ReleaseAbout) -> Facts:
    """Read all facts of a staged release.

    Raises UndescribedTable, BadPublicAddress, NotARelease, and InvalidCounty.
    """
    from warehouse import parquet

    files = parquet_files(folder)
    small = {n: parquet.read(folder / "parquet" / f"{n}.parquet").to_pylist() for n in NEEDED[1:]}
    computed = [row for row in small["indicator"] if row["status"] != WANTED]
    county = counties.load(about.county)
    name = Text(county.name["nb"], county.name["en"])
    sources = tuple(words.sources(small["source_table"], small["vintage"]))
    first, last = _span(folder)
    ours = sorted({s.ours for s in sources})
    one = len(ours) == 1 and not about.made_up
    licence = licences.find(ours[0]) if one else None
    credit = words.credit(about, sources)
    return Facts(
        about=about,
        addresses=addresses(about.base_url, about.channel, about.id),
        title=words.title(about, name),
        description=words.description(about, len(computed), credit),
        keywords=(*((words.MADE_UP,) if about.made_up else ()), *words.KEYWORDS, name),
        county_name=name,
        publisher=words.publisher(about, name, county.contact),
        contact={} if about.made_up else dict(county.contact or {}),
        first_day=first,
        last_day=last,
        frequency=_frequency(row["frequency"] for row in small["source_table"]),
        licence=licence,
        rights=words.rights(about, ours),
        credit=credit,
        sources=sources,
        indicators=tuple(_indicator(row) for row in computed),
        tables=described.tables(files, small["indicator"]),
        files=tuple(_files(folder)),
    )


def _indicator(row: Mapping[str, Any]) -> IndicatorFacts:
    return IndicatorFacts(
        row["indicator_id"],
        Text(row["title_nb"], row["title_en"]),
        Text(row["definition_nb"], row["definition_en"]),
        row["unit"],
    )


def _frequency(frequencies: Iterable[str]) -> str:
    found = set(frequencies)
    return next((f for f in OFTENEST_FIRST if f in found), "unknown")


def _span(folder: Path) -> tuple[date | None, date | None]:
    """First and last reference date of the rows that have a value."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    path = folder / "parquet" / "indicator_value.parquet"
    values = pq.read_table(path, columns=["reference_date", "value"])
    days = pc.min_max(values.filter(pc.is_valid(values["value"]))["reference_date"]).as_py()
    return days["min"], days["max"]


def _files(folder: Path) -> Iterable[FileFacts]:
    for kind, ending in FORMATS.items():
        for path in sorted((folder / kind).glob(f"*{ending}")):
            yield _file(path, f"{kind}/{path.name}", kind, path.stem.split("-")[0])
    for path in sorted(folder.glob("*.duckdb")):
        yield _file(path, path.name, "duckdb", None)


def _file(path: Path, name: str, kind: str, table: str | None) -> FileFacts:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    columns = tuple(excel_csv.header(path)) if kind == "csv" else None
    return FileFacts(name, kind, table, digest, path.stat().st_size, columns)

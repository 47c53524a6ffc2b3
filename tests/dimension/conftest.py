"""A release of the small world of tests/marts, as far as reading and export need one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pytest

from tests.marts import small
from warehouse import database, decision_calendar, mart, marts, parquet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RELEASE = "demo-trondelag-2026-10-15-0123456789ab"
NAMES = {"west": "Vest", "east": "Øst", "50": "Trøndelag", "0": "Norge"}
SOURCES = ("udir/applicants_programme", "nav/survey_county")


def of_default_set(table: pa.Table) -> pa.Table:
    """The two regions of the small world as regions of the county's default set."""
    if "region_set" not in table.column_names:
        return table
    sets = ["forum_7" if s == "two" else s for s in table["region_set"].to_pylist()]
    return table.set_column(
        table.column_names.index("region_set"), "region_set", pa.array(sets, pa.string())
    )


def release_tables(**parameters: str) -> dict[str, pa.Table]:
    """Tables of the release; parameters: what the county sets aside of the defaults."""
    world = small.world(dimensioning_parameter=small.parameters(**parameters))
    made = {name: of_default_set(marts.as_text(t)) for name, t in small.made(world).items()}
    region = of_default_set(world["region"])
    names = pa.array([NAMES[r] for r in region["region_id"].to_pylist()])
    for column in ("name_nb", "name_en"):
        region = region.append_column(column, names)
    vintages = [
        {"source_table_id": t, "vintage_id": f"{t}@2026-05#1", "as_of": "2026-05",
         "fetched_at": None}
        for t in SOURCES
    ]  # fmt: skip
    told = {
        "source_table_id": "made", "title_nb": "Oppdiktet", "attribution_nb": "Kilde: ingen",
        "licence_source": "CC BY 4.0", "licence_release": "CC BY 4.0", "warnings_nb": "",
    }  # fmt: skip
    calendar = decision_calendar.table("trondelag", vintages, "made_up")
    sources = pa.Table.from_pylist([told])
    return {**made, "region": region, "decision_calendar": calendar, "source_table": sources}


def publish(tables: Mapping[str, pa.Table], root: Path, origin: str = "made_up") -> Path:
    """Write the tables as a release of the county and make it current."""
    folder = root / "releases" / RELEASE
    for name, table in tables.items():
        columns = mart.load()[name].comments["columns"] if name in mart.load() else {}
        about = {"table": name, "columns": columns, "data_origin": origin}
        said = {"kompetanse": json.dumps(about)}
        parquet.write(table, folder / "parquet" / f"{name}.parquet", said)
    with duckdb.connect(str(folder / "kompetanse.duckdb")) as connection:
        for name, table in tables.items():
            connection.register("incoming", table)
            connection.execute(f"create table {name} as from incoming")
            connection.unregister("incoming")
    manifest = {"release_id": RELEASE, "data_origin": origin, "files": {}, "tables": {},
                "built_at": "2026-10-16T06:00:00+00:00"}  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (root / "releases" / "current-demo-trondelag").symlink_to(folder.name)
    return folder


@pytest.fixture(scope="session")
def small_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data root with the small release as the current one of the demonstration."""
    root = tmp_path_factory.mktemp("dimension")
    publish(release_tables(), root)
    return root


@pytest.fixture
def small_release(small_root: Path) -> Path:
    """Folder of the small release."""
    return small_root / "releases" / RELEASE


@pytest.fixture
def said_of_calendar() -> set[str]:
    """Columns of decision_calendar that comments.yaml describes."""
    return set(database.comments()["decision_calendar"]["columns"])

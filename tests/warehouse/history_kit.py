"""Hand-made releases: a value table of a few rows, kept in a folder as a published one is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from warehouse import database, history, parquet
from warehouse.publication_log import Published

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.history import History

SCHEMA = pa.schema(
    [
        *((n, pa.string()) for n in (*history.KEY, "sex")),
        *((n, pa.float64()) for n in ("value", "numerator", "denominator")),
        *((n, pa.string()) for n in ("obs_status", "reason", "definition_version", "vintage_ids")),
        ("unit", pa.string()),
        ("decimals", pa.int64()),
        ("is_headline", pa.bool_()),
        ("period_type", pa.string()),
        ("series_break", pa.bool_()),
    ]
)
ROW: dict[str, Any] = {
    "indicator_id": "population", "region_set": "county", "region_id": "50",
    "region_level": "county", "period": "2024", "sex": "_T", "value": None, "numerator": None,
    "denominator": None, "obs_status": "A", "reason": None, "definition_version": "1.0.0",
    "vintage_ids": "ssb/07459@2025#a", "unit": "persons", "decimals": 0, "is_headline": True,
    "period_type": "year", "series_break": False,
}  # fmt: skip
START = dt.datetime(2026, 3, 1, 8, 0, tzinfo=dt.UTC)
BREAKDOWNS = ("sex",)


def values(*rows: dict[str, Any]) -> pa.Table:
    """A value table; each row says what differs from ROW, and a blank gets a status and reason."""
    full = [ROW | row for row in rows]
    for row in full:
        if row["value"] is None and row["obs_status"] == "A":
            row |= {"obs_status": "O", "reason": "missing"}
    return pa.Table.from_pylist(full, schema=SCHEMA)


@dataclass
class Channel:
    """Releases of one county in a folder, published a day apart; the log is only remembered."""

    releases: Path
    log: list[Published] = field(default_factory=list)

    def publish(self, release_id: str, table: pa.Table, **about: Any) -> History:
        """Keep a release with its history and DuckDB file, and make it current."""
        told = self.history(release_id, table)
        folder = self.releases / release_id
        self._write(folder, table, **about)
        parquet.write(told.values, folder / "parquet" / f"{database.HISTORY}.parquet")
        parquet.write(told.log, folder / "parquet" / f"{history.LOG}.parquet")
        self._open(release_id, told)
        self.stands(release_id)
        return told

    def publish_without_history(self, release_id: str, table: pa.Table) -> None:
        """Keep a release of before there were histories, and make it current."""
        self._write(self.releases / release_id, table)
        self.stands(release_id)

    def history(self, release_id: str, table: pa.Table) -> History:
        """The history that a release would have, were it published now."""
        return history.build(self.releases, self.log, table, release_id, BREAKDOWNS)

    def stands(self, release_id: str) -> None:
        """Note that a release became current, a day after the one before."""
        before = self.log[-1].release_id if self.log else None
        at = self.moment(len(self.log)).isoformat(timespec="seconds")
        self.log.append(Published(release_id, at, "", before))

    def moment(self, number: int) -> dt.datetime:
        """When the publication with this number (from 0) was."""
        return START + dt.timedelta(days=number)

    def as_of(self, release_id: str, moment: str) -> list[tuple[Any, ...]]:
        """Indicator, period and value as the DuckDB file of a release says that they stood."""
        with duckdb.connect(str(self.releases / release_id / "t.duckdb"), read_only=True) as c:
            return c.execute(
                "select indicator_id, period, value from as_of(?) order by all", [moment]
            ).fetchall()

    def changed(self, release_id: str) -> list[tuple[Any, ...]]:
        """Change, period, earlier and new value of the view changed_value."""
        with duckdb.connect(str(self.releases / release_id / "t.duckdb"), read_only=True) as c:
            return c.execute(
                "select change, period, earlier_value, new_value from changed_value order by all"
            ).fetchall()

    def _write(self, folder: Path, table: pa.Table, **about: Any) -> None:
        parquet.write(table, folder / "parquet" / "indicator_value.parquet")
        ids = sorted(set(table["indicator_id"].to_pylist()))
        versions = dict(
            zip(
                table["indicator_id"].to_pylist(),
                table["definition_version"].to_pylist(),
                strict=True,
            )
        )
        indicators = [
            {
                "indicator_id": i, "title_nb": f"{i} nb", "title_en": f"{i} en",
                "definition_version": versions[i], "breakdowns": "sex", "headline_period": "",
            }
            for i in ids
        ]  # fmt: skip
        parquet.write(pa.Table.from_pylist(indicators), folder / "parquet" / "indicator.parquet")
        answers = sorted({a for v in table["vintage_ids"].to_pylist() for a in v.split()})
        vintages = [
            {
                "vintage_id": a, "source_table_id": a.partition("@")[0],
                "as_of": a.partition("@")[2].partition("#")[0], "updated": None,
            }
            for a in answers
        ]  # fmt: skip
        schema = pa.schema(
            [(n, pa.string()) for n in ("vintage_id", "source_table_id", "as_of", "updated")]
        )
        parquet.write(
            pa.Table.from_pylist(vintages, schema), folder / "parquet" / "vintage.parquet"
        )

    def _open(self, release_id: str, told: History) -> None:
        """Build the DuckDB file as warehouse/database.py does, of the tables that matter here."""
        from warehouse import engine

        built = self.moment(len(self.log))
        with duckdb.connect(str(self.releases / release_id / "t.duckdb")) as c:
            c.register("v", told.values)
            c.register("l", told.log)
            c.table("v").create(database.HISTORY)
            c.table("l").create(history.LOG)
            database._say_built_at(c, built)
            c.execute(engine.text("published_macros/as_of.sql"))
            c.execute(engine.text("views/changed_value.sql"))

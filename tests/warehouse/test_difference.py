"""A difference says exactly what came, changed and went, and which answer it came with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.warehouse.history_kit import Channel, values
from warehouse import difference, parquet

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.difference import Difference

BASE = (
    {"period": "2023", "value": 100.0},
    {"period": "2024", "value": 110.0},
    {"period": "2023", "value": 10.0, "region_id": "5001", "region_set": "municipality"},
)
NEWER = "ssb/07459@2026#b"


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    return Channel(tmp_path / "releases")


def compared(channel: Channel, *later: dict[str, Any]) -> Difference:
    channel.publish("a", values(*BASE))
    channel.publish("b", values(*later))
    return difference.between(channel.releases / "a", channel.releases / "b")


def rows(found: Difference, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[n] for n in names) for row in found.changes.to_pylist()]


def test_equal_releases_differ_in_nothing(channel: Channel) -> None:
    found = compared(channel, *reversed(BASE))
    assert found.changes.num_rows == 0
    assert found.counted() == {"new": 0, "revised": 0, "redefined": 0, "gone": 0, "status": 0}
    assert (found.by_indicator, found.definitions, found.answers) == ([], [], [])
    assert (found.earlier, found.later) == ("a", "b")


def test_a_new_period_is_told_from_a_revision(channel: Channel) -> None:
    revised = BASE[1] | {"value": 112.0, "vintage_ids": NEWER}
    came = {"period": "2025", "value": 120.0, "vintage_ids": NEWER}
    found = compared(channel, BASE[0], revised, BASE[2], came)
    names = ("kind", "scope", "period", "earlier_value", "later_value", "change", "new_vintage_ids")
    assert rows(found, *names) == [
        ("revised", None, "2024", 110.0, 112.0, 2.0, NEWER),
        ("new", "period", "2025", None, 120.0, None, NEWER),
    ]
    assert [tuple(row.values()) for row in found.by_source] == [
        ("ssb/07459", "new", 1, "2025", "2025"),
        ("ssb/07459", "revised", 1, None, None),
    ]
    assert [a["vintage_id"] for a in found.answers] == [NEWER]


def test_new_regions_indicators_and_cells_are_told_apart(channel: Channel) -> None:
    region = {"period": "2024", "value": 5.0, "region_id": "5006", "region_set": "municipality"}
    cell = {"period": "2024", "value": 11.0, "region_id": "5001", "region_set": "municipality"}
    other = {"indicator_id": "higher_education", "value": 30.0}
    found = compared(channel, *BASE, region, cell, other)
    assert sorted(rows(found, "indicator_id", "region_id", "scope")) == [
        ("higher_education", "50", "indicator"),
        ("population", "5001", "cell"),
        ("population", "5006", "region"),
    ]
    assert [(d["indicator_id"], d["earlier_version"]) for d in found.definitions] == [
        ("higher_education", None)
    ]


def test_what_is_gone_or_withheld_is_gone(channel: Channel) -> None:
    withheld = BASE[1] | {"value": None, "obs_status": "Q", "reason": "suppressed"}
    found = compared(channel, BASE[0], withheld)
    names = ("kind", "scope", "period", "earlier_value", "later_obs_status", "later_reason")
    assert rows(found, *names) == [
        ("gone", "period", "2024", 110.0, "Q", "suppressed"),
        ("gone", "region", "2023", 10.0, None, None),
    ]


def test_a_figure_where_there_was_a_blank_is_new_and_a_blank_is_no_change(
    channel: Channel,
) -> None:
    blank = {"period": "2025", "region_id": "5001", "region_set": "municipality"}
    channel.publish("a", values(*BASE, blank))
    another = blank | {"period": "2026"}
    channel.publish("b", values(*BASE, blank | {"value": 12.0}, another))
    found = difference.between(channel.releases / "a", channel.releases / "b")
    assert rows(found, "kind", "period", "later_value") == [("new", "2025", 12.0)]


@pytest.mark.parametrize(
    ("otherwise", "kind"),
    [
        ({"definition_version": "2.0.0", "value": 99.0}, "redefined"),
        ({"definition_version": "2.0.0"}, "redefined"),
        ({"obs_status": "P"}, "status"),
        ({"numerator": 7.0}, "revised"),
        ({"value": 100.0 + 1e-12}, None),
        ({"vintage_ids": NEWER}, None),
    ],
)
def test_each_kind_has_its_rule(
    channel: Channel, otherwise: dict[str, Any], kind: str | None
) -> None:
    found = compared(channel, BASE[0] | otherwise, *BASE[1:])
    assert rows(found, "kind") == ([(kind,)] if kind else [])


def test_a_changed_blank_changes_its_status(channel: Channel) -> None:
    channel.publish("a", values({}))
    channel.publish("b", values({"obs_status": "Q", "reason": "suppressed"}))
    found = difference.between(channel.releases / "a", channel.releases / "b")
    assert rows(found, "kind", "earlier_obs_status", "later_obs_status") == [("status", "O", "Q")]


def test_a_staged_release_is_called_by_its_id(channel: Channel) -> None:
    channel.publish("a", values(*BASE))
    folder = channel.releases / "a"
    assert difference.between(folder, folder, "next").later == "next"


def test_the_last_year_of_09429_is_all_that_comes_when_it_comes(
    real_root: Path, tmp_path: Path
) -> None:
    """09429 with its last year removed, then complete."""
    complete = (real_root / "releases" / "current-telemark").resolve()
    of_09429 = ("education_level", "education_level_ssb_base", "higher_education")
    table = parquet.read(complete / "parquet" / "indicator_value.parquet")
    is_ours = pc.is_in(table["indicator_id"], pa.array(of_09429))
    last = pc.max(table.filter(pc.and_(is_ours, pc.is_valid(table["value"])))["period"]).as_py()
    was = table.filter(pc.invert(pc.and_(is_ours, pc.equal(table["period"], last))))
    for file in (complete / "parquet").glob("*.parquet"):
        kept = was if file.stem == "indicator_value" else parquet.read(file)
        parquet.write(kept, tmp_path / "before" / "parquet" / file.name)
    found = difference.between(tmp_path / "before", complete)
    expected = duckdb.execute(
        "select indicator_id, count(value) from read_parquet(?) "
        "where list_contains(?, indicator_id) and period = ? "
        "group by all having count(value) > 0 order by all",
        [str(complete / "parquet" / "indicator_value.parquet"), list(of_09429), last],
    ).fetchall()
    assert {indicator for indicator, _ in expected} == set(of_09429)
    assert [(r["indicator_id"], r["values_changed"]) for r in found.by_indicator] == expected
    assert {(r["kind"], r["scope"], r["first_period"], r["last_period"])
            for r in found.by_indicator} == {("new", "period", last, last)}  # fmt: skip
    assert [r["source_table_id"] for r in found.by_source] == ["ssb/09429"]
    again = difference.between(complete, tmp_path / "before")
    assert again.counted()["gone"] == found.counted()["new"] == sum(n for _, n in expected)

"""What is summed once for all counties gives each the figures that it would have alone."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.warehouse import hand_worked
from warehouse import indicator, parquet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from warehouse.definition import Indicator

Tables = dict[str, pa.Table]
OTHER = {"region_set": "other_counties", "region_id": "91"}
TODAY, EARLIER = ("9001", "9002", "9003", "9101"), ("9003", "9010", "9011", "9101")
SHARE = {"aggregation": "flow", "levels": ("municipality", "region", "county")}
KINDS: dict[str, dict[str, Any]] = {
    "shares": {"missing_share_estimate": 0.9},
    "sums": {"aggregation": "sum", "unit": "persons", "multiplier": 1.0, "open_counts": None},
    "out": {"flow": "out_share", **SHARE},
    "net": {"flow": "net", **SHARE, "unit": "persons", "multiplier": 1.0},
}


def geography() -> Tables:
    """The county worked by hand, beside one of a single municipality to compare it with."""
    own = hand_worked.geography()
    region = {**OTHER, "region_level": "other_county", "valid_from": None, "valid_to": None}
    base = {"valid_from": None, "valid_to": None, "weight": 1.0, "apportioned": False}
    weights = [
        {"geo_level": level, "geo_code": code, **place, **base, "area_complete": True}
        for level, code in (("municipality", "9101"), ("county", "91"))
        for place in (OTHER, {"region_set": "country", "region_id": "0"})
    ]
    more = {"region": [region], "geo_weight": weights}
    return own | {
        name: pa.concat_tables([own[name], pa.Table.from_pylist(rows, own[name].schema)])
        for name, rows in more.items()
    }


def of_all_counties(tables: Mapping[str, pa.Table]) -> Tables:
    """The regions that are the same for every county."""
    sets = pa.array(indicator.COMPARED)
    return {
        name: tables[name].filter(pc.is_in(tables[name]["region_set"], sets))
        for name in ("region", "geo_weight")
    }


def counts(draw: random.Random) -> pa.Table:
    """Counts of every municipality, county and the country; some missing, some suppressed."""
    rows = []
    for period, codes in (("2019", EARLIER), ("2022", TODAY)):
        for code in (*codes, "90", "91", "0"):
            level = {1: "country", 2: "county", 4: "municipality"}[len(code)]
            figure = {"numerator": draw.randint(1, 90), "denominator": draw.randint(100, 900)}
            none = {"obs_status": draw.choice("OQ")}
            rows.append(
                hand_worked.row(level, code, period, **(figure if draw.random() < 0.8 else none))
            )
    return hand_worked.table(rows)


def flows(draw: random.Random) -> pa.Table:
    """A matrix of commuting between all municipalities, as the SQL of an indicator gives it."""
    rows = []
    for period, codes in (("2019", EARLIER), ("2022", TODAY)):
        for home in codes:
            for work in codes:
                row = hand_worked.row("municipality", home, period, persons=draw.randint(0, 90))
                kept = ("period", "period_type", "reference_date", "persons", "obs_status",
                        "source_symbol", "vintage_ids")  # fmt: skip
                ends = {"residence_code": home, "workplace_code": work}
                rows.append({name: row[name] for name in kept} | ends)
    return hand_worked.table(rows)


def computed(wanted: Indicator, given: pa.Table, shared: Mapping[str, Path] | None) -> pa.Table:
    return indicator.compute(
        wanted,
        breakdowns=("sex",),
        conformed={"given": given},
        geography=geography(),
        data_origin="published",
        shared=shared,
    )


def kept(wanted: Indicator, given: pa.Table, folder: Path) -> dict[str, Path]:
    """Files of what is the same for every county."""
    tables = indicator.compared(
        wanted,
        breakdowns=("sex",),
        conformed={"given": given},
        geography=of_all_counties(geography()),
    )
    for name, table in tables.items():
        parquet.write(table, folder / f"{name}.parquet")
    return {name: folder / f"{name}.parquet" for name in tables}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", KINDS)
def test_a_countys_view_is_what_it_would_work_out_alone(
    kind: str, seed: int, tmp_path: Path
) -> None:
    draw = random.Random(seed)
    wanted = hand_worked.indicator(**KINDS[kind])
    given = flows(draw) if wanted.aggregation == "flow" else counts(draw)
    alone = computed(wanted, given, None).to_pylist()
    beside = computed(wanted, given, kept(wanted, given, tmp_path)).to_pylist()
    assert len(alone) == len(beside)
    for one, other in zip(alone, beside, strict=True):
        # Shares of divided municipalities may be added in another order.
        assert {n: pytest.approx(v) if isinstance(v, float) else v for n, v in one.items()} == other


def test_what_every_county_has_is_not_summed_again(tmp_path: Path) -> None:
    wanted = hand_worked.indicator(aggregation="sum", unit="persons", multiplier=1.0)
    given = counts(random.Random(1))
    shared = kept(wanted, given, tmp_path)
    sums = parquet.read(shared["sums"])
    sets = set(of_all_counties(geography())["region"]["region_set"].to_pylist())
    assert set(sums["region_set"].to_pylist()) == sets == {"country", "other_counties"}
    changed = sums.set_column(
        sums.column_names.index("numerator"), "numerator", pc.multiply(sums["numerator"], 2.0)
    )
    parquet.write(changed, shared["sums"])
    found = [computed(wanted, given, how).to_pylist() for how in (None, shared)]
    moved = {
        one["region_set"]
        for one, other in zip(*found, strict=True)
        if one["value"] != pytest.approx(other["value"])
    }
    assert moved == sets


@pytest.mark.parametrize("flow", ["out_share", "in_share"])
def test_who_stays_in_another_county_is_no_commuter(flow: str) -> None:
    given = flows(random.Random(1))
    wanted = hand_worked.indicator(flow=flow, **SHARE)
    (found,) = [
        row
        for row in computed(wanted, given, None).to_pylist()
        if (row["region_id"], row["period"]) == ("91", "2022")
    ]
    own, other = ("residence_code", "workplace_code")[:: 1 if flow == "out_share" else -1]
    counted = [r for r in given.to_pylist() if (r[own], r["period"]) == ("9101", "2022")]
    across = sum(r["persons"] for r in counted if r[other] != "9101")
    assert (found["numerator"], found["denominator"]) == (
        across,
        sum(r["persons"] for r in counted),
    )

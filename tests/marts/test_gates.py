"""The gates of the marts: a good mart passes, and each fault is met by the rule that names it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from expectations import gates
from tests.marts import small
from warehouse import mart, marts

if TYPE_CHECKING:
    from collections.abc import Callable

Tables = dict[str, pa.Table]
Row = dict[str, Any]


@pytest.fixture(scope="module")
def tables() -> Tables:
    world = small.world()
    return {**world, **{name: marts.as_text(t) for name, t in small.made(world).items()}}


def judged(mart_id: str, tables: Tables) -> set[str]:
    reads = gates.mart_reads(mart_id)
    verdict = gates.check_mart(mart_id, {n: t for n, t in tables.items() if n in reads})
    assert verdict.not_judged == ()
    return {failure.rule for failure in verdict.failures}


def changed(table: pa.Table, where: Callable[[Row], bool], **new: Any) -> pa.Table:
    rows = table.to_pylist()
    hit = [row for row in rows if where(row)]
    assert hit
    hit[0].update(new)
    return pa.Table.from_pylist(rows, table.schema)


@pytest.mark.parametrize("mart_id", list(mart.load()))
def test_a_good_mart_passes(mart_id: str, tables: Tables) -> None:
    assert judged(mart_id, tables) == set()


FAULTS: dict[str, tuple[str, Callable[[Row], bool], Row]] = {
    "crosswalk_weights_add_up": (
        "dimensioning_crosswalk", lambda r: r["origin_code"] == "5120", {"weight": 0.3},
    ),
    "crosswalk_reason_given": (
        "dimensioning_crosswalk", lambda r: r["target_code"] == "_N", {"reason": None},
    ),
    "shortage_of_occupation_divided": (
        "dimensioning_demand", lambda r: r["programme"] == "RM", {"shortage_persons": 1.0},
    ),
    "shortage_conserved": (
        "dimensioning_demand", lambda r: r["occupation"] == "5321",
        {"shortage_persons": 900.0, "occupation_shortage_persons": 900.0},
    ),
    "cohort_is_the_projection": (
        "dimensioning_cohort",
        lambda r: r["region_level"] == "county" and r["alternative"] == "low" and r["persons"],
        {"persons": 1.0},
    ),
    "cohort_not_counted_twice": (
        "dimensioning_cohort",
        lambda r: r["region_id"] == "west" and r["alternative"] == "observed" and r["persons"],
        {"persons": 10_000.0},
    ),
    "measure_blank_explained": (
        "dimensioning_measure", lambda r: r["value"] is None, {"reason": None},
    ),
    "context_is_no_value": (
        "dimensioning_measure", lambda r: r["context_value"] is not None,
        {"value": 1.0, "reason": None, "evidence": "measured here"},
    ),
    "measure_within_bounds": (
        "dimensioning_measure", lambda r: r["lower"] is not None, {"lower": 1e9},
    ),
    "shortage_of_programmes_adds_up": (
        "dimensioning_measure",
        lambda r: r["measure"] == "shortage" and r["programme"] == "HS" and r["value"],
        {"value": 1.0, "lower": 0.0, "upper": 2.0},
    ),
    "every_blank_explained": (
        "dimensioning_upper_secondary", lambda r: r["applicants_persons"] is None,
        {"applicants_reason": None},
    ),
    "nothing_for_regions_from_county_sample": (
        "dimensioning_upper_secondary", lambda r: r["region_level"] == "region",
        {"shortage_persons": 5.0, "shortage_reason": None, "shortage_evidence": "county figure"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", list(FAULTS))
def test_a_fault_is_met_by_the_rule_that_names_it(rule: str, tables: Tables) -> None:
    mart_id, where, new = FAULTS[rule]
    broken = tables | {mart_id: changed(tables[mart_id], where, **new)}
    assert rule in judged(mart_id, broken)


def test_regions_may_hold_more_than_a_county_within_other_borders(tables: Tables) -> None:
    mart_id, where, new = FAULTS["cohort_not_counted_twice"]
    broken = changed(tables[mart_id], where, **new)
    [year] = [row["cohort_year"] for row in broken.to_pylist() if row["persons"] == new["persons"]]
    marked = changed(
        broken,
        lambda r: (
            (r["region_level"], r["cohort_year"], r["alternative"]) == ("county", year, "observed")
        ),
        obs_status="B",
    )
    assert "cohort_not_counted_twice" not in judged(mart_id, tables | {mart_id: marked})

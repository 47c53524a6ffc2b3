"""Mutations: a good indicator passes its gate, and each way to spoil it is caught by name.

Three municipalities, a region of two, their county, five years, both sexes: small enough to work
out by hand. A mutation names the rule that must catch it; the same table unspoilt passes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from expectations import gates, generated
from sources.registry import Text
from tests.expectations.world import VINTAGE, definitions
from warehouse import definition
from warehouse.definition import Break

if TYPE_CHECKING:
    from collections.abc import Callable

    from warehouse.definition import Indicator

    Mutate = Callable[[list["Row"]], list["Row"]]

Row = dict[str, Any]

YEARS = ("2020", "2021", "2022", "2023", "2024")
PARTS = {
    ("municipality", "5001"): ("5001",),
    ("municipality", "5006"): ("5006",),
    ("municipality", "5007"): ("5007",),
    ("valley", "v"): ("5001", "5006"),
    ("county", "50"): ("5001", "5006", "5007"),
}
LEVELS = {"valley": "region"}
# Men and women: counted, of how many.
COUNTED = {
    "5001": {"1": 6000, "2": 6400},
    "5006": {"1": 40, "2": 60},
    "5007": {"1": 5000, "2": 5600},
}
EVERYONE = {
    "5001": {"1": 10000, "2": 10000},
    "5006": {"1": 200, "2": 300},
    "5007": {"1": 9000, "2": 9100},
}
SEXES = {"1": ("1",), "2": ("2",), "_T": ("1", "2")}


def indicators() -> dict[str, Indicator]:
    """One indicator of each way to put regions together."""
    common = {"breakdowns": ("sex",), "headline": {"sex": "_T"}}
    parted = common | {"partitions": ("sex",)}
    base = definitions()
    return {
        "sum": replace(base["population"], id="sum", jump_percent=10.0, **parted),
        "ratio_of_sums": replace(base["share"], id="ratio_of_sums", jump_points=3.0, **parted),
        "weighted": replace(
            base["share"], id="weighted", unit="points", aggregation="weighted", multiplier=1.0,
            jump_points=0.05, **common,
        ),
        "published_only": replace(
            base["share"], id="published_only", aggregation="published_only", jump_points=3.0,
            **common,
        ),
        "net": replace(base["net_commuting"], id="net", **common),
    }  # fmt: skip


def good(indicator: Indicator) -> list[Row]:
    """Rows of an indicator that keep every rule; each year is one per cent above the last."""
    return [
        _row(indicator, place, year, sex, 1 + number / 100)
        for place in PARTS
        for number, year in enumerate(YEARS)
        for sex in SEXES
    ]


def _row(indicator: Indicator, place: tuple[str, str], year: str, sex: str, growth: float) -> Row:
    counted, everyone = (
        sum(of[code][one] for code in PARTS[place] for one in SEXES[sex])
        for of in (COUNTED, EVERYONE)
    )
    numerator, denominator = counted * growth, float(everyone)
    with_counts = indicator.aggregation != "published_only"
    divided = indicator.unit != "persons"
    value = indicator.multiplier * numerator / (denominator if divided else 1)
    return {
        "indicator_id": indicator.id, "region_set": place[0], "region_id": place[1],
        "region_level": LEVELS.get(place[0], place[0]), "period": year, "period_type": "year",
        "reference_date": dt.date(int(year), 10, 1), "sex": sex,
        "numerator": numerator if with_counts else None,
        "denominator": denominator if with_counts and divided else None,
        "value": value, "published_value": round(value, 1) if divided else None,
        "lower": None, "upper": None, "unit": indicator.unit, "decimals": 1, "obs_status": "A",
        "series_break": False, "parts": len(PARTS[place]) if with_counts else 1,
        "computed_from": "municipality" if with_counts else place[0], "reason": None,
        "reason_nb": None, "reason_en": None, "is_headline": sex == "_T", "vintage_ids": [VINTAGE],
    }  # fmt: skip


def judged(indicator: Indicator, rows: list[Row]) -> gates.Verdict:
    numbers = dict.fromkeys(
        ("numerator", "denominator", "value", "published_value", "lower", "upper"), pa.float64()
    )
    table = pa.table(
        {
            name: pa.array(
                [row[name] for row in rows],
                numbers.get(name, pa.string() if "reason" in name else None),
            )
            for name in rows[0]
        }
    )
    return gates.check_indicator(table, indicator, geography())


def geography() -> dict[str, pa.Table]:
    region = [
        {"region_set": s, "region_id": r, "region_level": LEVELS.get(s, s), "name_nb": r}
        for s, r in PARTS
    ]
    membership = [
        {"region_set": s, "region_id": r, "municipality_code": code}
        for (s, r), codes in PARTS.items()
        for code in codes
    ]
    return {
        "region": pa.Table.from_pylist(region),
        "region_membership": pa.Table.from_pylist(membership),
    }


def change(what: Callable[[Row], bool], **new: Callable[[Row], object]) -> Mutate:
    def mutate(rows: list[Row]) -> list[Row]:
        hit = [row for row in rows if what(row)]
        assert hit, "the mutation changes nothing"
        return [row | {k: of(row) for k, of in new.items()} if what(row) else row for row in rows]

    return mutate


def drop(what: Callable[[Row], bool]) -> Mutate:
    return lambda rows: [row for row in rows if not what(row)]


def shift_values(rows: list[Row]) -> list[Row]:
    values = [row["value"] for row in rows]
    moved = [values[-1], *values[:-1]]
    return [row | {"value": value} for row, value in zip(rows, moved, strict=True)]


def times_1000(row: Row) -> Row:
    return {k: row[k] * 1000 if row[k] else row[k] for k in ("numerator", "value")}


def thousandfold(what: Callable[[Row], bool]) -> Mutate:
    return lambda rows: [row | times_1000(row) if what(row) else row for row in rows]


def swap(column: str, one: str, other: str, period: str = "2022") -> Mutate:
    turned = {one: other, other: one}
    return lambda rows: [
        row | {column: turned.get(row[column], row[column])} if row["period"] == period else row
        for row in rows
    ]


def average_of_parts(rows: list[Row]) -> list[Row]:
    own = {
        (row["region_id"], row["period"], row["sex"]): row["value"]
        for row in rows
        if row["region_level"] == "municipality"
    }

    def average(row: Row) -> float:
        codes = PARTS[row["region_set"], row["region_id"]]
        return float(sum(own[c, row["period"], row["sex"]] for c in codes) / len(codes))

    return [row | {"value": average(row)} if row["parts"] > 1 else row for row in rows]


def average_without_counts(rows: list[Row]) -> list[Row]:
    return [
        row | ({"numerator": None, "denominator": None} if row["parts"] > 1 else {})
        for row in average_of_parts(rows)
    ]


def lost(row: Row) -> bool:
    return bool(row["region_id"] == "5006" and row["period"] == "2024")


EMPTY: dict[str, Callable[[Row], object]] = {
    "numerator": lambda _: None, "denominator": lambda _: None, "value": lambda _: None,
    "published_value": lambda _: None, "computed_from": lambda _: None,
    "obs_status": lambda _: "O", "reason": lambda _: "not_in_answer",
}  # fmt: skip
ALL = tuple(indicators())
WITH_COUNTS = ("sum", "ratio_of_sums", "weighted", "net")
ADDED = ("sum", "ratio_of_sums", "weighted")
# name -> rule that catches it, indicators it is tried on, mutation
MUTATIONS: dict[str, tuple[str, tuple[str, ...], Mutate]] = {
    "drop a year": ("no_period_missing", ALL, drop(lambda r: r["period"] == "2022")),
    "drop a municipality": ("cells_complete", ALL, drop(lost)),
    "drop a municipality from the answer": (
        "municipalities_covered", ALL, change(lost, **EMPTY)
    ),
    "shift a column": ("ratio_reproduced", WITH_COUNTS, shift_values),
    "shift a column of printed figures": (
        "published_agrees", ("published_only", "ratio_of_sums"), shift_values
    ),
    "multiply a year by 1000": (
        "same_scale", ("sum", "ratio_of_sums", "weighted", "net"),
        thousandfold(lambda r: r["period"] == "2022"),
    ),
    "multiply a share by 1000": (
        "share_within_0_100", ("ratio_of_sums", "published_only"),
        thousandfold(lambda r: r["period"] == "2022"),
    ),
    "multiply the county by 1000": (
        "levels_agree", ADDED, thousandfold(lambda r: r["region_level"] == "county")
    ),
    "swap two municipalities": ("levels_agree", ADDED, swap("region_id", "5001", "5007")),
    "swap a large and a small municipality": (
        "same_scale", ("sum", "ratio_of_sums", "weighted"), swap("region_id", "5001", "5006")
    ),
    "swap two breakdown codes": (
        "breakdown_adds_up", ("sum", "ratio_of_sums"), swap("sex", "1", "_T")
    ),
    "blank the status": ("status_given", ALL, change(lost, obs_status=lambda _: None)),
    "a figure with the status of none": (
        "status_agrees", ALL, change(lost, obs_status=lambda _: "Q")
    ),
    "blank a value without a reason": ("value_or_reason", ALL, change(lost, value=lambda _: None)),
    "average the percentages": ("ratio_reproduced", ("ratio_of_sums", "weighted"),
                                average_of_parts),
    "average the percentages and drop the counts": (
        "counts_behind_sums", ("ratio_of_sums", "weighted"), average_without_counts
    ),
    "a row twice": ("cell_unique", ALL, lambda rows: [*rows, rows[7]]),
    "a negative count": (
        "value_not_negative", ("sum",),
        change(lost, value=lambda r: -r["value"], numerator=lambda r: -r["numerator"]),
    ),
    "counts of a suppressed cell": (
        "suppressed_is_empty", ("sum", "ratio_of_sums"),
        change(lost, value=lambda _: None, obs_status=lambda _: "Q",
               reason=lambda _: "suppressed"),
    ),
    "a leap": (
        "jump_within_tolerance", ("sum", "ratio_of_sums", "weighted", "published_only"),
        change(lambda r: r["period"] == "2024", value=lambda r: r["value"] * 1.3),
    ),
    "not a number": ("figures_are_finite", ALL, change(lost, value=lambda _: float("nan"))),
    "no column": (
        "columns_present", ALL, lambda rows: [{k: row[k] for k in row if k != "parts"}
                                              for row in rows],
    ),
}  # fmt: skip
CASES = [(name, kind) for name, (_, kinds, _) in MUTATIONS.items() for kind in kinds]


@pytest.mark.parametrize("kind", ALL)
def test_what_is_not_spoilt_passes(kind: str) -> None:
    verdict = judged(indicators()[kind], good(indicators()[kind]))
    assert (verdict.passed, verdict.failures, verdict.not_judged) == (True, (), ())


@pytest.mark.parametrize(("name", "kind"), CASES, ids=[f"{n}, {k}" for n, k in CASES])
def test_a_mutation_is_caught_by_the_rule_that_names_it(name: str, kind: str) -> None:
    rule, _, mutate = MUTATIONS[name]
    indicator = indicators()[kind]
    verdict = judged(indicator, mutate(good(indicator)))
    broken = {failure.rule: failure for failure in verdict.failures}
    assert rule in broken
    assert broken[rule].rows > 0
    assert verdict.passed is not any(f.blocking for f in verdict.failures)
    assert f"Gate indicator of {kind}" in gates.message(verdict)
    assert rule in gates.message(verdict)


def test_every_generated_rule_is_broken_by_a_mutation() -> None:
    assert {rule for rule, _, _ in MUTATIONS.values()} == {r.name for r, _ in generated.RULES}


def test_a_jump_over_a_declared_break_is_not_asked_about() -> None:
    indicator = indicators()["published_only"]
    leap = MUTATIONS["a leap"][2](good(indicator))
    marked = replace(indicator, breaks=(Break("2024", Text("Ny metode.", "New method.")),))
    assert "jump_within_tolerance" in {f.rule for f in judged(indicator, leap).failures}
    assert "jump_within_tolerance" not in {f.rule for f in judged(marked, leap).failures}


def test_warnings_are_for_what_the_source_may_have_caused() -> None:
    warnings = {rule.name for rule, _ in generated.RULES if not rule.blocking}
    assert warnings == {"municipalities_covered", "no_period_missing", "jump_within_tolerance"}


@pytest.mark.parametrize("indicator_id", sorted(definition.load()))
def test_every_definition_has_rules_of_its_own(indicator_id: str) -> None:
    indicator = definition.load()[indicator_id]
    names = {rule.name for rule in generated.rules(indicator)}
    assert ("share_within_0_100" in names) is indicator.is_share
    assert ("jump_within_tolerance" in names) is bool(
        indicator.jump_points or indicator.jump_percent
    )
    assert not {"share_within_0_100", "value_not_negative"} <= names

"""A history that would lose or invent people is refused, with everything that is wrong."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import add
from typing import Any

import pytest

from tests.geo.worlds import changes_table, codes_table, county_of, seeds, split
from warehouse.geography import BrokenGeography, UndeclaredSplit, build, changes_to

Y16, Y18, Y20 = date(2016, 1, 1), date(2018, 1, 1), date(2020, 1, 1)
# Their shares, added as floating-point numbers, miss 1 by the last digit.
PERSONS = (1, 4, 1)

PARTED = codes_table(("1101", None, Y18), ("1102", Y18, None), ("1103", Y18, None))
PARTING = changes_table(("1101", "1102", Y18), ("1101", "1103", Y18))


def _crosswalk(*arguments: Any, **named: Any) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for row in changes_to(*arguments, **named).municipality_crosswalk.to_pylist():
        found.setdefault(row["code"], {})[row["target_code"]] = row["weight"]
    return found


def test_every_undeclared_split_is_named() -> None:
    codes = codes_table(
        ("1101", None, Y18), ("1201", None, Y18), ("1102", Y18, None), ("1103", Y18, None)
    )
    changes = changes_table(*((o, n, Y18) for o in ("1101", "1201") for n in ("1102", "1103")))
    with pytest.raises(UndeclaredSplit) as error:
        changes_to(codes, changes, seeds=seeds())
    assert "1101 on 2018-01-01: split into 1102, 1103" in str(error.value)
    assert "1201 on 2018-01-01: split into 1102, 1103" in str(error.value)
    assert "municipality_splits.csv" in str(error.value)


def test_a_split_declared_in_part_names_what_is_missing() -> None:
    with pytest.raises(UndeclaredSplit, match="no declared share for 1103"):
        changes_to(PARTED, PARTING, seeds=seeds(split("1101", Y18, c1102=30)))


def test_declared_shares_must_sum_to_one() -> None:
    rows = [
        {"old_code": "1101", "new_code": new, "date": Y18, "weight": weight, "source": "test"}
        for new, weight in (("1102", 0.3), ("1103", 0.6))
    ]
    with pytest.raises(BrokenGeography, match=r"sum to 0\.9, not 1"):
        changes_to(PARTED, PARTING, seeds=seeds(rows))


def test_persons_and_weights_are_not_mixed() -> None:
    rows = split("1101", Y18, c1102=30, c1103=70)
    rows[0] |= {"persons": None, "weight": 0.3}
    with pytest.raises(BrokenGeography, match="either persons or weight"):
        changes_to(PARTED, PARTING, seeds=seeds(rows))


def test_a_declaration_that_klass_contradicts_is_not_left_lying() -> None:
    rows = split("1101", Y18, c1102=30, c1103=60, c1199=10)
    with pytest.raises(BrokenGeography, match="declared to 1199"):
        changes_to(PARTED, PARTING, seeds=seeds(rows))


def test_a_code_that_ends_without_a_listed_change_is_refused() -> None:
    codes = codes_table(("1101", None, Y18), ("1102", Y18, None))
    with pytest.raises(BrokenGeography, match="ask codes and changes for the same range"):
        changes_to(codes, changes_table(), seeds=seeds())


def test_a_change_into_a_code_that_is_not_in_force_is_refused() -> None:
    codes = codes_table(("1101", None, Y18), ("1103", Y18, None))
    with pytest.raises(BrokenGeography, match="became 1102, which the code list does not hold"):
        changes_to(codes, changes_table(("1101", "1102", Y18)), seeds=seeds())


def test_without_a_date_the_newest_day_is_unknown() -> None:
    with pytest.raises(BrokenGeography, match="state the target date"):
        changes_to(codes_table(("1101", None, None)), changes_table(), seeds=seeds())


def test_an_override_must_lead_to_one_code_in_force() -> None:
    codes = codes_table(("1101", None, Y16), ("1102", Y16, Y18), ("1103", Y18, None))
    changes = changes_table(("1101", "1102", Y16), ("1102", "1103", Y18))
    override = {"old_code": "1101", "date": Y16, "new_code": "1104", "new_date": Y18}
    named = {**override, "source": "test", "confidence": "high"}
    with pytest.raises(BrokenGeography, match="leads to 1104"):
        changes_to(codes, changes, seeds=seeds(overrides=[named]))


def test_shares_multiply_along_a_chain_and_meet_again_as_one() -> None:
    codes = codes_table(
        ("1101", None, Y16),
        ("1102", Y16, Y18),
        ("1103", Y16, None),
        ("1104", Y18, None),
        ("1105", Y18, Y20),
        ("1106", Y20, None),
        ("1107", None, Y18),
        ("1108", Y18, Y20),
    )
    changes = changes_table(
        ("1101", "1102", Y16),
        ("1101", "1103", Y16),
        ("1102", "1104", Y18),
        ("1102", "1105", Y18),
        ("1107", "1105", Y18),
        ("1107", "1108", Y18),
        ("1105", "1106", Y20),
        ("1108", "1106", Y20),
    )
    declared = [
        *split("1101", Y16, c1102=1, c1103=3),
        *split("1102", Y18, c1104=1, c1105=4),
        *split("1107", Y18, c1105=1, c1108=2),
    ]
    found = _crosswalk(codes, changes, seeds=seeds(declared))
    assert found["1101"] == pytest.approx({"1103": 0.75, "1104": 0.05, "1106": 0.2})
    assert found["1107"] == {"1106": 1.0}


def test_a_municipality_put_together_again_is_exactly_one() -> None:
    parts = ("1102", "1103", "1104")
    codes = codes_table(("1101", None, Y16), *((p, Y16, Y18) for p in parts), ("1105", Y18, None))
    changes = changes_table(*(("1101", p, Y16) for p in parts), *((p, "1105", Y18) for p in parts))
    persons = dict(zip(("c1102", "c1103", "c1104"), PERSONS, strict=True))
    # Added one after the other (newer Pythons' sum makes up for it), the shares are not one.
    assert reduce(add, (n / sum(PERSONS) for n in PERSONS)) != 1.0
    found = _crosswalk(codes, changes, seeds=seeds(split("1101", Y16, **persons)))
    assert found["1101"] == {"1105": 1.0}


def test_a_part_moved_from_a_living_municipality_moves_nobody() -> None:
    codes = codes_table(("1101", None, None), ("1102", None, None), ("1103", None, None))
    changes = changes_table(("1101", "1102", Y18), ("1101", "1103", Y18))
    found = changes_to(codes, changes, seeds=seeds())
    assert found.municipality_change["change_type"].to_pylist() == ["part_moved", "part_moved"]
    assert found.municipality_change["weight"].null_count == 2
    assert {r["weight"] for r in found.municipality_crosswalk.to_pylist()} == {1.0}


def test_a_move_that_klass_lists_breaks_the_series_of_both_sides_with_unknown_persons() -> None:
    codes = codes_table(("1101", None, None), ("1102", None, None), ("1201", None, None))
    changes = changes_table(("1101", "1201", Y18))
    county = county_of(["1101"], ["1102"])
    found = build(codes, changes, county, seeds=seeds()).series_break.to_pylist()
    assert [(r["region_set"], r["region_id"], r["persons"]) for r in found] == [
        ("county", "11", None),
        ("municipality", "1101", None),
        ("other_counties", "12", None),
        ("parts", "r0", None),
    ]
    assert {row["what"] for row in found} == {"1101 By 1101 → 1201 By 1201"}


def test_new_and_ended_codes_are_told_and_carry_nobody() -> None:
    codes = codes_table(("1101", None, Y18), ("1102", Y18, None), ("1103", None, None))
    changes = changes_table(("1101", None, Y18), (None, "1102", Y18))
    found = changes_to(codes, changes, seeds=seeds())
    assert found.municipality_change["change_type"].to_pylist() == ["new", "ended"]
    assert found.municipality_crosswalk["code"].to_pylist() == ["1102", "1103"]


def test_what_comes_after_the_target_day_is_left_for_later() -> None:
    found = _crosswalk(
        PARTED,
        PARTING,
        target_date=date(2017, 6, 1),
        seeds=seeds(split("1101", Y18, c1102=1, c1103=1)),
    )
    assert found == {"1101": {"1101": 1.0}}


def test_other_counties_of_the_day_stand_for_themselves_to_compare_with() -> None:
    codes = codes_table(("1101", None, None), ("1201", None, Y18), ("1202", Y18, None))
    changes = changes_table(("1201", "1202", Y18))
    found = build(codes, changes, county_of(["1101"]), seeds=seeds())
    others = [r for r in found.region.to_pylist() if r["region_set"] == "other_counties"]
    assert [(r["region_id"], r["region_level"]) for r in others] == [("12", "other_county")]
    weights = {
        (r["geo_level"], r["geo_code"]): r["weight"]
        for r in found.geo_weight.to_pylist()
        if r["region_set"] == "other_counties"
    }
    expected = {("municipality", "1201"): 1.0, ("municipality", "1202"): 1.0, ("county", "12"): 1.0}
    assert weights == expected

"""Dimensioning worked out by hand: one programme, two regions, from cells to the last column."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from tests.marts import small
from warehouse.marts import MartRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

Row = dict[str, Any]
Made = dict[str, pa.Table]


@pytest.fixture(scope="module")
def marts() -> Made:
    return small.made(small.world())


def rows(table: pa.Table, **where: str) -> list[Row]:
    return [r for r in table.to_pylist() if all(r[k] == v for k, v in where.items())]


def row(table: pa.Table, **where: str) -> Row:
    (found,) = rows(table, **where)
    return found


def decision(marts: Mapping[str, pa.Table], region: str, programme: str = "HS") -> Row:
    table = marts["dimensioning_upper_secondary"]
    return row(table, region_id=region, programme=programme, school_year="2026-27")


def parts_of(marts: Mapping[str, pa.Table], region: str) -> dict[tuple[str, str], float]:
    return {
        (r["occupation"], r["programme"]): r["shortage_persons"]
        for r in rows(marts["dimensioning_demand"], region_id=region)
    }


def test_weights_back_to_programmes_are_shares_of_those_under_40(marts: Made) -> None:
    back = rows(
        marts["dimensioning_crosswalk"], origin_scheme="STYRK-08", target_scheme="programme"
    )
    # Cooks: 20 with HS and 80 with RM. Nurses ask for higher education, so the 20 with RM
    # do not make RM a way there.
    assert {(r["origin_code"], r["target_code"]): r["weight"] for r in back} == {
        ("5321", "HS"): 1.0,
        ("5120", "HS"): 0.2,
        ("5120", "RM"): 0.8,
        ("2223", "_N"): 1.0,
    }


def test_people_outside_any_occupation_are_a_row_of_their_own(marts: Made) -> None:
    found = rows(marts["dimensioning_crosswalk"], origin_scheme="NUS2000", origin_code="3699")
    # 300, 20 and 80 of 400; the 80 are not spread over the occupations.
    assert {r["target_code"]: r["weight"] for r in found} == {"5321": 0.75, "5120": 0.05, "_N": 0.2}
    assert row(marts["dimensioning_crosswalk"], origin_code="STUSP1----")["reason"] == "no_nus"


def test_the_shortage_of_the_country_is_divided_and_conserved(marts: Made) -> None:
    assert parts_of(marts, "0") == {
        ("5321", "HS"): 1000.0,
        ("5120", "HS"): 20.0,
        ("5120", "RM"): 80.0,
        ("2223", "_N"): 500.0,
        # 2000 in all less the 1600 of the list.
        ("_O", "_N"): 400.0,
    }


def test_the_county_has_its_own_total_by_the_pattern_of_the_country(marts: Made) -> None:
    parts = parts_of(marts, "50")
    # 200 of the county for 2000 of the country: a tenth of every part.
    assert parts == pytest.approx({k: v / 10 for k, v in parts_of(marts, "0").items()})
    assert sum(parts.values()) == pytest.approx(small.COUNTY_SHORTAGE[0])


def test_bounds_of_several_occupations_are_never_added(marts: Made) -> None:
    found = row(marts["dimensioning_measure"], region_id="0", measure="shortage", programme="HS")
    # 1000 less or more 200, and a fifth of 100 less or more 50.
    distance = math.sqrt(200**2 + 10**2)
    assert (found["lower"], found["upper"]) == pytest.approx((1020 - distance, 1020 + distance))
    assert found["interval_method"] == "root_sum_of_squares"


def test_the_county_row_to_its_last_column(marts: Made) -> None:
    found = decision(marts, "50")
    assert (found["applicants_persons"], found["applicants_school_persons"]) == (300, 240)
    # 240 to school, over 120 + 100 + 20 pupils.
    assert found["applicants_per_pupil"] == 1.0
    # The newest cohort followed for six years in 2026 is that of 2020: 60 of 80.
    assert (found["completed_share_pct"], found["completed_cohort"]) == (75.0, "2020")
    # 120 at Vg1 by 75, lowest 70 (cohort 2019), highest 75 per cent.
    supply = ("", "_low", "_high")
    expected = [found[f"expected_newly_qualified{s}_persons"] for s in supply]
    assert expected == pytest.approx([90.0, 84.0, 90.0])
    assert found["supply_evidence"] == "assumption"
    # 1020 of 2000 of the county's 200, its bounds 150 and 260 likewise.
    shortage = [found[f"shortage{s}_persons"] for s in ("", "_lower", "_upper")]
    assert shortage == pytest.approx([102.0, 76.5, 132.6])
    assert found["shortage_evidence"] == "national pattern applied"
    # 90 - 102; 84 - 132.6; 90 - 76.5.
    balance = [found[f"supply_less_shortage{s}_persons"] for s in supply]
    assert balance == pytest.approx([-12.0, -48.6, 13.5])
    assert found["supply_less_demand_persons"] is None
    assert found["supply_less_demand_reason"] == "no_source_age_occupation"
    assert found["leavers_reason"] == "no_answer"
    # 100 + 50 turn 16 in 2026; 1.5 * 80 in ten years by the main alternative.
    assert found["cohort_16_persons"] == 150.0
    assert found["cohort_change_10_years_pct"] == pytest.approx(100 * (120 - 150) / 150)


def test_regions_have_cohorts_of_their_own_and_the_rest_as_context(marts: Made) -> None:
    west, east = decision(marts, "west"), decision(marts, "east")
    assert (west["cohort_16_persons"], east["cohort_16_persons"]) == (100.0, 50.0)
    assert west["cohort_16_in_5_years_observed_persons"] == 90.0
    assert west["cohort_16_in_5_years_low_persons"] == 86.0
    assert east["cohort_16_in_10_years_high_persons"] == 46.0
    assert west["cohort_16_in_15_years_main_persons"] is None
    for region in (west, east):
        assert region["applicants_persons"] is None
        assert region["applicants_reason"] == "county_only"
        assert region["applicants_evidence"] == "county figure"
        assert region["shortage_persons"] is None
        assert region["shortage_reason"] == "county_sample"
        assert region["county_shortage_persons"] == pytest.approx(102.0)


def test_a_general_programme_has_no_shortage_and_says_why(marts: Made) -> None:
    found = decision(marts, "50", "ST")
    assert (found["shortage_persons"], found["shortage_reason"]) == (None, "not_vocational")


def test_a_region_gets_a_share_only_where_the_county_asks_for_it() -> None:
    asked = small.parameters(shortage_in_regions="residents_16_66")
    ages = small.people()["ssb_07459"].to_pylist()
    # 300 of working age in west and 100 in east: three quarters of the county's 102.
    grown = [
        r | {"age": "040", "value": 3.0 * (r["geo_code"] == "5001") + 1.0} for r in ages
        if r["age"] == "015" and r["geo_level"] == "municipality"
    ]  # fmt: skip
    whole = [
        r | {"age": "040", "value": float(sum(g["value"] for g in grown if g["sex"] == r["sex"]))}
        for r in ages if r["age"] == "015" and r["geo_level"] == "county"
    ]  # fmt: skip
    population = small.table("ssb/07459", [*ages, *grown, *whole])
    marts = small.made(small.world(dimensioning_parameter=asked, ssb_07459=population))
    west, east = decision(marts, "west"), decision(marts, "east")
    assert west["shortage_persons"] == pytest.approx(102 * 4 / 5)
    assert east["shortage_persons"] == pytest.approx(102 / 5)
    assert west["shortage_evidence"] == "assumption"
    measure = row(
        marts["dimensioning_measure"], region_id="west", measure="shortage", programme="HS"
    )
    assert (measure["obs_status"], measure["interval_method"]) == ("E", "scaled_county_interval")


def test_one_weight_changes_exactly_the_rows_that_it_should(marts: Made) -> None:
    # As many cooks with RM as with HS: half of them each, where it was a fifth.
    people = small.PEOPLE | {("3581", "5120"): 20.0}
    other = small.made(small.world(**small.lists(people)))

    def differing(name: str, *key: str) -> set[tuple[str, ...]]:
        before, after = marts[name].to_pylist(), other[name].to_pylist()
        assert len(before) == len(after)
        return {tuple(b[k] for k in key) for b, a in zip(before, after, strict=True) if a != b}

    assert differing("dimensioning_demand", "occupation", "programme") == {
        ("5120", "HS"), ("5120", "RM"),
    }  # fmt: skip
    assert {p for (p,) in differing("dimensioning_upper_secondary", "programme")} == {"HS", "RM"}
    assert differing("dimensioning_cohort", "cohort_year") == set()
    assert differing("dimensioning_fagskole", "education_field") == set()


def test_a_label_that_nobody_knows_stops_the_mart() -> None:
    labels = ["Kokker", "Romfarere"]
    survey = small.table("nav/survey_occupation", [
        {"occupation_name": label, "period": "2026", "measure": "shortage", "value": 25.0}
        for label in labels
    ])  # fmt: skip
    with pytest.raises(MartRefused, match="Romfarere") as refused:
        small.made(small.world(nav_survey_occupation=survey))
    assert "nav_label.csv" in str(refused.value)
    assert "Kokker" not in str(refused.value)


def test_without_people_by_occupation_no_shortage_is_given_to_a_programme() -> None:
    none = small.lists()["utdanning_education_occupation"].slice(0, 0)
    marts = small.made(small.world(utdanning_education_occupation=none))
    demand = rows(marts["dimensioning_demand"], region_id="0")
    assert {r["programme"] for r in demand} == {"_N"}
    assert sum(r["shortage_persons"] for r in demand) == 2000.0
    found = decision(marts, "50")
    assert (found["shortage_persons"], found["shortage_reason"]) == (None, "no_crosswalk")

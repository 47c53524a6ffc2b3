"""Indicators of employed residents, completion by type and adult learning, worked out by hand."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from tests.warehouse import hand_worked
from tests.warehouse.small_tables import cell, rolled_up, table
from warehouse import definition
from warehouse.indicator import compute

if TYPE_CHECKING:
    from collections.abc import Iterable

    Rows = list[dict[str, Any]]

RATE = "employment_rate_20_66"
AGES = ("15-19", "20-24", "25-39", "40-54", "55-66", "67-74")


def at_work(code: str, year: int, women: Iterable[int], men: Iterable[int]) -> Rows:
    """Employed persons of 07984, by the six age groups."""
    return [
        cell(code, str(year), float(n), sex=sex, age=age, reference_date=dt.date(year, 12, 31))
        for sex, counts in (("2", women), ("1", men))
        for age, n in zip(AGES, counts, strict=True)
    ]


def residents(code: str, year: int, women: int, men: int, ages: range = range(106)) -> Rows:
    """Residents of 07459: `women` and `men` of each year of age."""
    return [
        cell(code, str(year), float(n), sex=sex, age="105+" if age == 105 else f"{age:03d}",
             reference_date=dt.date(year, 1, 1))
        for sex, n in (("2", women), ("1", men))
        for age in ages
    ]  # fmt: skip


def rates(employed: Rows, people: Rows, sex: str = "_T") -> dict[tuple[str, str], dict[str, Any]]:
    """(region id, period) -> value row of the employment rate."""
    made = compute(
        definition.load()[RATE],
        breakdowns=("sex",),
        conformed={"ssb_07984": table(employed), "ssb_07459": table(people)},
        geography=hand_worked.geography(),
        data_origin="published",
    )
    return {(r["region_id"], r["period"]): r for r in made.to_pylist() if r["sex"] == sex}


# Of 47 years of age, 20 to 66: 470 women and 940 men in 9001, 94 and 94 in 9002.
EMPLOYED = [
    *at_work("9001", 2022, (9, 50, 100, 100, 75, 9), (9, 100, 250, 250, 175, 9)),
    *at_work("9002", 2022, (5, 10, 20, 20, 10, 5), (5, 10, 20, 20, 20, 5)),
]
PEOPLE = [*residents("9001", 2023, 10, 20), *residents("9002", 2023, 2, 2)]


def test_employment_rate_divides_the_four_core_ages_by_residents_of_the_next_january() -> None:
    # Residents of the same year are three times as many and must not be used.
    found = rates(EMPLOYED, [*PEOPLE, *residents("9001", 2022, 30, 60)])
    town = found["9001", "2022"]
    assert (town["numerator"], town["denominator"]) == (1100, 1410)
    assert town["value"] == pytest.approx(100 * 1100 / 1410)
    assert town["reference_date"] == dt.date(2022, 12, 31)
    assert ("9001", "2021") not in found
    women = rates(EMPLOYED, PEOPLE, "2")["9001", "2022"]
    assert (women["numerator"], women["denominator"]) == (325, 470)


def test_employment_rate_of_a_region_is_the_ratio_of_sums() -> None:
    north = rates(EMPLOYED, PEOPLE)["north", "2022"]
    assert (north["numerator"], north["denominator"]) == (1230, 1598)
    # 78.0 and 69.1 per cent: the mean would be 73.6.
    assert round(north["value"], 1) == 77.0
    assert north["obs_status"] == "A"


def test_codes_that_end_at_the_turn_of_the_year_are_put_on_the_municipalities_of_today() -> None:
    """9010 goes to 9001 (30 %) and 9003, 9011 to 9001 (40 %) and 9002: all on 1 January 2020."""
    employed = [
        *at_work("9010", 2019, (0, 100, 100, 100, 100, 0), (0, 150, 150, 150, 150, 0)),
        *at_work("9011", 2019, (0, 50, 50, 50, 50, 0), (0, 75, 75, 75, 75, 0)),
        *at_work("9003", 2019, (0, 25, 25, 25, 25, 0), (0, 50, 50, 50, 50, 0)),
    ]
    people = [
        *residents("9001", 2020, 8, 8),
        *residents("9002", 2020, 4, 4),
        *residents("9003", 2020, 12, 12),
    ]
    found = rates(employed, people)
    sums = {r: (v["numerator"], v["denominator"]) for (r, _), v in found.items()}
    # 30 % of 1000 and 40 % of 500; 60 % of 500; 300 and 70 % of 1000.
    assert sums["9001"] == pytest.approx((500, 752))
    assert sums["9002"] == pytest.approx((300, 376))
    assert sums["9003"] == pytest.approx((1000, 1128))
    assert sums["north"] == pytest.approx((800, 1128))
    assert sums["90"] == pytest.approx((1800, 2256))
    assert {r: v["obs_status"] for (r, _), v in found.items()}["9001"] == "E"
    assert found["north", "2019"]["value"] == pytest.approx(100 * 800 / 1128)


def test_a_place_that_lacks_figures_of_one_of_the_days_has_no_rate() -> None:
    found = rates(EMPLOYED, residents("9002", 2023, 2, 2))
    assert found["9001", "2022"]["value"] is None
    assert found["9002", "2022"]["value"] is not None
    assert found["north", "2022"]["reason"] == "parts_without_figure"
    # Residents without the year of 66 are not those of 20 to 66.
    short = rates(EMPLOYED, residents("9001", 2023, 10, 20, range(20, 66)))
    assert short["9001", "2022"]["value"] is None
    # One code of 2019 without figures: the municipality of today it went to has none.
    employed = at_work("9010", 2019, (0, 1, 1, 1, 1, 0), (0, 1, 1, 1, 1, 0))
    moved = rates(employed, [r for c in ("9001", "9002", "9003") for r in residents(c, 2020, 9, 9)])
    assert moved["9003", "2019"]["value"] is None
    assert moved["90", "2019"]["value"] is None


def test_a_suppressed_age_group_takes_the_rate_with_it() -> None:
    hidden = [dict(row) for row in EMPLOYED]
    hidden[2] |= {"value": None, "obs_status": "Q", "source_symbol": ":"}
    found = rates(hidden, PEOPLE)
    assert found["9001", "2022"]["obs_status"] == "Q"
    assert found["north", "2022"]["value"] is None
    older = [row for row in hidden if row["geo_code"] == "9001"]
    assert rolled_up("employed_55_plus_share", "2022", older)["9001"]["value"] is None


def test_the_employed_of_55_and_over_are_a_share_of_all_employed() -> None:
    found = rolled_up("employed_55_plus_share", "2022", EMPLOYED)
    assert (found["9001"]["numerator"], found["9001"]["denominator"]) == (268, 1136)
    assert (found["north"]["numerator"], found["north"]["denominator"]) == (308, 1286)
    women = rolled_up("employed_55_plus_share", "2022", EMPLOYED, sex="2")
    assert (women["9001"]["numerator"], women["9001"]["denominator"]) == (84, 343)
    # Without the youngest it would be a share of fewer.
    some = [r for r in EMPLOYED if r["geo_code"] == "9002" or r["age"] != "15-19"]
    found = rolled_up("employed_55_plus_share", "2022", some)
    assert found["9001"]["value"] is None
    assert found["9002"]["value"] is not None


def by_level(code: str, women: Iterable[int], men: Iterable[int]) -> Rows:
    """Employed persons of 11615, by the four levels."""
    return [
        cell(code, "2022", float(n), sex=sex, education_level=level, education_field="_T")
        for sex, counts in (("2", women), ("1", men))
        for level, n in zip("1234", counts, strict=True)
    ]


LEVELS = [
    *by_level("9001", (100, 300, 400, 100), (150, 450, 200, 100)),
    *by_level("9002", (40, 80, 60, 20), (50, 120, 20, 10)),
]


def test_upper_secondary_is_a_share_of_the_employed_of_known_level() -> None:
    found = rolled_up("employed_upper_secondary", "2022", LEVELS)
    assert (found["9001"]["numerator"], found["9001"]["denominator"]) == (750, 1800)
    assert (found["north"]["numerator"], found["north"]["denominator"]) == (950, 2200)
    assert found["north"]["value"] == pytest.approx(100 * 950 / 2200)
    men = rolled_up("employed_upper_secondary", "2022", LEVELS, sex="1")
    assert (men["9002"]["numerator"], men["9002"]["denominator"]) == (120, 200)


def test_the_levels_of_the_employed_add_up_to_everyone() -> None:
    shares = [
        rolled_up("employed_by_education_level", "2022", LEVELS, education_level=level)["north"]
        for level in "1234"
    ]
    assert [share["numerator"] for share in shares] == [340, 950, 680, 230]
    assert {share["denominator"] for share in shares} == {2200}
    assert sum(share["value"] for share in shares) == pytest.approx(100)
    same = rolled_up("employed_upper_secondary", "2022", LEVELS)["north"]
    assert same["value"] == shares[1]["value"]


@pytest.mark.parametrize("indicator", ["employed_upper_secondary", "employed_by_education_level"])
def test_an_answer_without_a_level_gives_no_share_of_the_rest(indicator: str) -> None:
    some = [row for row in LEVELS if row["geo_code"] == "9002" or row["education_level"] != "4"]
    found = rolled_up(indicator, "2022", some)
    assert found["9001"]["value"] is None
    assert found["9002"]["value"] is not None
    assert found["north"]["value"] is None


def of_cohort(code: str, programme: str, done: int | None, pupils: int, share: float) -> Rows:
    """One cohort of Udir's completion table."""
    measures = (("Teller", done), ("Nevner", pupils), ("Prosent", share))
    return [
        cell(code, "2019", value, completion="25.201", programme=programme, sex="_T",
             measure=measure, period_type="cohort",
             obs_status="Q" if value is None else "A")
        for measure, value in measures
    ]  # fmt: skip


def test_not_completed_is_everyone_of_the_type_less_those_who_have() -> None:
    rows = [
        *of_cohort("90", "YRK", 150, 200, 75.0),
        *of_cohort("90", "SFB", 277, 300, 92.3),
        *of_cohort("0", "YRK", 800, 1000, 80.0),
    ]
    vocational = rolled_up("not_completed_vocational", "2019", rows)
    assert (vocational["90"]["numerator"], vocational["90"]["denominator"]) == (50, 200)
    assert vocational["90"]["value"] == 25.0
    assert vocational["0"]["value"] == 20.0
    assert vocational["north"]["reason"] == "level_not_carried"
    general = rolled_up("not_completed_general", "2019", rows)
    assert general["90"]["value"] == pytest.approx(100 * 23 / 300)
    assert general["90"]["published_value"] == 7.7


def test_a_hidden_number_of_completers_is_not_taken_for_nobody() -> None:
    rows = of_cohort("90", "YRK", None, 60, 95.0)
    found = rolled_up("not_completed_vocational", "2019", rows)["90"]
    assert found["numerator"] is None
    assert found["value"] != 100


def test_percentages_of_places_are_never_put_together() -> None:
    rows = [
        cell(code, "2022", share, country_background="zzz", sex="_T", age="15-74")
        for code, share in (("9001", 60.0), ("9002", 70.0), ("90", 64.2), ("0", 66.0))
    ]
    found = rolled_up("employment_of_immigrants", "2022", rows)
    shown = {region: row["value"] for region, row in found.items()}
    assert (shown["9001"], shown["90"], shown["0"]) == (60.0, 64.2, 66.0)
    assert shown["north"] is None
    assert found["north"]["reason"] == "level_not_carried"
    assert found["9001"]["denominator"] is None
    levels = [
        cell("90", "2022", 80.1, sex="_T", age="20-66", education_field="_T", education_level="2")
    ]
    by_education = rolled_up("employment_rate_by_education", "2022", levels)
    assert by_education["90"]["value"] == 80.1
    assert by_education["north"]["value"] is None


LEARNING = [
    cell("0", "2024", share, learning=learning, sex="_T", age="_T", labour_status="_T")
    for learning, share in (("01", 21.0), ("02", 6.0), ("03", 41.0), ("04", 47.0))
]
BY_INDUSTRY = [
    cell("0", "2024", share, learning=learning, sex="_T", industry=industry)
    for learning, industry, share in (
        ("02", "_T", 7.0), ("03", "_T", 53.0), ("05", "_T", 54.0),
        ("02", "85", 12.0), ("03", "85", 60.0), ("05", "85", 69.0),
    )
]  # fmt: skip


@pytest.mark.parametrize(
    ("indicator", "rows", "breakdown", "value"),
    [
        ("formal_further_education", LEARNING, {}, 6.0),
        ("non_formal_training", LEARNING, {}, 41.0),
        ("training_by_industry", BY_INDUSTRY, {}, 53.0),
        ("training_by_industry", BY_INDUSTRY, {"learning": "02", "industry": "85"}, 12.0),
        ("learning_intensive_work", BY_INDUSTRY, {}, 54.0),
        ("learning_intensive_work", BY_INDUSTRY, {"industry": "85"}, 69.0),
    ],
)
def test_adult_learning_is_the_sources_own_figure_of_the_country(
    indicator: str, rows: Rows, breakdown: dict[str, str], value: float
) -> None:
    assert rolled_up(indicator, "2024", rows, **breakdown)["0"]["value"] == value
    found = rolled_up(indicator, "2024", rows)  # said once, for the headline
    for region in ("90", "north", "9001"):
        assert found[region]["value"] is None
        assert found[region]["reason"] == "level_not_carried"
        assert "fylker" in found[region]["reason_nb"]


def test_vacancies_are_counted_for_the_country_alone() -> None:
    rows = [
        cell("0", "2026", n, industry=industry, measure="LedigeStillinger", period_type="quarter")
        | {"period": "2026K2"}
        for industry, n in (("_T", 90_100.0), ("86", 8_200.0))
    ]
    found = rolled_up("vacancies_national", "2026K2", rows, industry="86")
    assert found["0"]["value"] == 8200
    assert "90" not in found
    found = rolled_up("vacancies_national", "2026K2", rows)
    assert found["90"]["reason"] == "level_not_carried"

"""Indicators of Nav's tables, worked out by hand on a county of three municipalities."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from sources import registry
from tests.warehouse import hand_worked
from tests.warehouse.small_tables import cell, rolled_up, table
from warehouse import definition
from warehouse.indicator import compute

if TYPE_CHECKING:
    from collections.abc import Mapping

    Rows = list[dict[str, Any]]

REGIONS = ("9001", "north", "everything")


def headline(indicator_id: str, tables: Mapping[str, Rows]) -> dict[tuple[str, str], Any]:
    """(region id, period) -> value row at the headline; tables: source table -> cells."""
    wanted = definition.load()[indicator_id]
    made = compute(
        wanted,
        breakdowns=wanted.breakdowns or ("sex",),
        conformed={registry.table(name).view: table(rows) for name, rows in tables.items()},
        geography=hand_worked.geography(),
        data_origin="published",
    )
    return {
        (row["region_id"], row["period"]): row for row in made.to_pylist() if row["is_headline"]
    }


def monthly(code: str, month: str, value: float | None, **more: Any) -> dict[str, Any]:
    year, number = month.split("M")
    day = dt.date(int(year), int(number), 28)
    dated = {"period": month, "period_type": "month", "reference_date": day}
    return cell(code, year, value, **more) | dated


def survey(code: str, figures: tuple[float, float, float], **names: str) -> Rows:
    measures = zip(("shortage", "lower", "upper"), figures, strict=True)
    return [cell(code, "2026", value, measure=measure, **names) for measure, value in measures]


def test_a_share_of_a_sample_stands_for_the_county_only() -> None:
    rows = [
        cell("90", "2026", 17.0, measure="serious_pct"),
        cell("90", "2026", 3500.0, measure="shortage"),
        cell("0", "2026", 15.0, measure="serious_pct"),
    ]
    found = rolled_up("recruitment_problems_serious", "2026", rows)
    assert (found["90"]["value"], found["0"]["value"]) == (17.0, 15.0)
    assert found["90"]["numerator"] is None
    for region in REGIONS:
        assert (found[region]["value"], found[region]["reason"]) == (None, "level_not_carried")
        assert "utvalg" in found[region]["reason_nb"]


def test_shortage_by_industry_has_the_surveys_interval_for_the_country_alone() -> None:
    shortage = {"measure": "shortage"}
    counties = [
        cell("90", "2026", 900.0, industry="Industri", **shortage),
        cell("90", "2026", 3500.0, industry="_T", **shortage),
    ]
    country = [
        *survey("0", (50_000.0, 48_000.0, 52_000.0), industry="_T"),
        *survey("0", (9_000.0, 8_100.0, 9_900.0), industry="Industri"),
        cell("0", "2026", 1.9, industry="_T", measure="tightness"),
    ]
    found = headline(
        "shortage_by_industry",
        {"nav/survey_county_industry": counties, "nav/survey_industry": country},
    )
    county, whole = found["90", "2026"], found["0", "2026"]
    assert (county["value"], county["lower"], county["upper"]) == (3500.0, None, None)
    assert (whole["value"], whole["lower"], whole["upper"]) == (50_000.0, 48_000.0, 52_000.0)


def test_shortage_by_occupation_and_by_education_is_national() -> None:
    rows = [
        *survey("0", (6_000.0, 5_500.0, 6_500.0), occupation_name="Sykepleiere og jordmødre"),
        *survey("0", (40_000.0, 39_000.0, 41_000.0), occupation_name="_T"),
    ]
    name = "Sykepleiere og jordmødre"
    found = rolled_up("shortage_by_occupation_national", "2026", rows, occupation_name=name)
    nurses = found["0"]
    assert (nurses["value"], nurses["lower"], nurses["upper"]) == (6_000.0, 5_500.0, 6_500.0)
    found = rolled_up("shortage_by_occupation_national", "2026", rows)
    assert found["90"]["obs_status"] == "L"
    named = {
        "education_level": "Videregående, fag- og yrkesopplæring",
        "education_field": "Elektrofag",
    }
    rows = survey("0", (1_800.0, 1_500.0, 2_100.0), **named)
    found = rolled_up("shortage_by_education", "2026", rows, **named)
    assert found["0"]["value"] == 1_800.0
    assert "90" not in found


def test_shortage_by_education_where_the_table_has_no_interval() -> None:
    totals = {"education_level": "_T", "education_field": "_T"}
    rows = [cell("0", "2025", 39_000.0, measure="shortage", **totals)]
    found = rolled_up("shortage_by_education", "2025", rows)["0"]
    assert (found["value"], found["lower"], found["upper"]) == (39_000.0, None, None)


@pytest.mark.parametrize(
    ("indicator_id", "source", "breakdown"),
    [
        ("registered_unemployed_by_education", "nav/unemployed_hl070_county", "education_level"),
        ("registered_unemployed_by_occupation", "nav/unemployed_hl075_county", "occupation_group"),
    ],
)
def test_unemployed_by_group_has_every_month_of_the_source(
    indicator_id: str, source: str, breakdown: str
) -> None:
    months = [f"{year}M{month:02}" for year in (2024, 2025, 2026) for month in range(1, 13)]
    rows = [
        monthly("90", month, 100.0 + n, measure="persons", **{breakdown: "_T"})
        for n, month in enumerate(months[: months.index("2026M09") + 1])
    ]
    found = headline(indicator_id, {source: rows})
    periods = sorted(period for region, period in found if region == "90")
    assert (len(periods), periods[0], periods[-1]) == (33, "2024M01", "2026M09")
    assert found["90", "2026M09"]["value"] == 132.0
    assert found["90", "2026M09"]["numerator"] == 132.0
    assert found["north", "2026M09"]["reason"] == "level_not_carried"


def test_a_group_that_nav_hides_is_not_zero() -> None:
    hidden = {"obs_status": "Q", "source_symbol": "*"}
    rows = [
        monthly("90", "2026M09", 120.0, measure="persons", education_level="_T"),
        monthly("90", "2026M09", None, measure="persons", education_level="Fagskole", **hidden),
    ]
    found = rolled_up(
        "registered_unemployed_by_education", "2026M09", rows, education_level="Fagskole"
    )
    assert (found["90"]["value"], found["90"]["reason"]) == (None, "suppressed")
    assert (found["90"]["obs_status"], found["90"]["source_symbol"]) == ("Q", "*")


def test_unemployed_per_vacancy_is_of_the_same_month_and_one_area() -> None:
    unemployed = [
        monthly("90", "2026M08", 500.0, measure="antall"),
        monthly("90", "2026M09", 450.0, measure="antall"),
        monthly("90", "2026M09", 2.0, measure="prosent"),
        monthly("9001", "2026M09", 100.0, measure="antall"),
        monthly("0", "2026M09", 50_000.0, measure="antall"),
    ]
    vacancies = [
        monthly("90", "2026M09", 300.0, measure="vacancies", vintage_id="v2"),
        monthly("0", "2026M09", 40_000.0, measure="vacancies", vintage_id="v2"),
    ]
    tables = {"nav/unemployed_hl060": unemployed, "nav/vacancies_county": vacancies}
    found = headline("unemployed_per_vacancy", tables)
    county = found["90", "2026M09"]
    assert (county["numerator"], county["denominator"]) == (450.0, 300.0)
    assert (county["value"], county["unit"]) == (1.5, "per_position")
    assert county["vintage_ids"] == ["v1", "v2"]
    assert found["0", "2026M09"]["value"] == 1.25
    assert found["9001", "2026M09"]["reason"] == "level_not_carried"
    assert not [period for _, period in found if period == "2026M08"]


def test_a_month_without_vacancies_has_no_ratio() -> None:
    tables = {
        "nav/unemployed_hl060": [monthly("90", "2026M09", 450.0, measure="antall")],
        "nav/vacancies_county": [monthly("90", "2026M09", 0.0, measure="vacancies")],
    }
    found = headline("unemployed_per_vacancy", tables)["90", "2026M09"]
    assert (found["value"], found["reason"]) == (None, "denominator_zero")


def test_few_new_vacancies_are_no_persons_to_protect() -> None:
    rows = [monthly("90", "2026M09", 2.0, measure="vacancies")]
    found = headline("new_vacancies", {"nav/vacancies_county": rows})["90", "2026M09"]
    assert (found["value"], found["unit"], found["obs_status"]) == (2.0, "positions", "A")

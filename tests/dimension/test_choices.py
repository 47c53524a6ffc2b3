"""What a county sets aside of the defaults of dimensioning, and what that changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.marts import small
from tests.warehouse.test_counties import GOOD
from warehouse import counties, county_choices, mart, versions
from warehouse.counties import InvalidCounty
from warehouse.workspace import MADE_UP, Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.counties import County

OWN = """
dimensioning:
  parameters: {retirement_age: "65", source: "county council, case 1/26"}
  decisions:
    - {id: next_offer, first: "12-01", last: "12-20", source: "county council, case 2/26"}
    - id: hearing
      title: {nb: Høring, en: Hearing}
      offer: fagskole
      first: "02-01"
      last: "02-28"
      source: own
"""


def county(folder: Path, text: str) -> County:
    (folder / "prove.yaml").write_text(GOOD + text, encoding="utf-8")
    return counties.load("prove", folder)


def test_a_county_without_choices_has_the_defaults(tmp_path: Path) -> None:
    rows = county_choices.parameters(county(tmp_path, "")).to_pylist()
    assert {row["set_by"] for row in rows} == {"default"}
    assert all(row["value"] == row["default_value"] and row["source_nb"] for row in rows)


def test_a_county_s_own_values_stand_in_for_the_defaults(tmp_path: Path) -> None:
    own = county(tmp_path, OWN)
    rows = {row["parameter"]: row for row in county_choices.parameters(own).to_pylist()}
    changed = rows["retirement_age"]
    assert (changed["value"], changed["default_value"], changed["set_by"]) == ("65", "67", "county")
    assert changed["source_nb"] == "county council, case 1/26"
    assert rows["planning_years"]["set_by"] == "default"
    decisions = {row["decision"]: row for row in county_choices.decisions(own).to_pylist()}
    assert decisions["next_offer"]["first"] == "12-01"
    assert decisions["next_offer"]["title_nb"] == "Neste skoleårs tilbud vedtas"
    assert (decisions["hearing"]["title_en"], decisions["hearing"]["set_by"]) == (
        "Hearing", "county",
    )  # fmt: skip


TWICE = '{id: next_offer, first: "11-01", last: "11-02", source: own}'
WRONG = {
    "age": ('parameters: {retirement_age: "90", source: own}', "90"),
    "years": ('parameters: {planning_years: "16", source: own}', "16"),
    "number": ("parameters: {planning_years: 5, source: own}", "put codes and dates in quotes"),
    "source": ('parameters: {planning_years: "5"}', "source"),
    "unknown": ('parameters: {tax: "5", source: own}', "tax"),
    "new": ('decisions: [{id: hearing, first: "02-01", last: "02-28", source: own}]',
            "needs title and offer"),
    "day": ('decisions: [{id: next_offer, first: "02-30", last: "03-01", source: own}]',
            "02-30–03-01"),
    "order": ('decisions: [{id: next_offer, first: "12-01", last: "11-01", source: own}]',
              "the first one first"),
    "twice": (f"decisions: [{TWICE}, {TWICE}]", "declared twice"),
}  # fmt: skip


@pytest.mark.parametrize("fault", sorted(WRONG))
def test_a_choice_that_cannot_be_is_refused(fault: str, tmp_path: Path) -> None:
    line, said = WRONG[fault]
    with pytest.raises(InvalidCounty) as refused:
        county(tmp_path, f"dimensioning:\n  {line}\n")
    assert said in str(refused.value)


def test_every_county_s_choices_can_be_read() -> None:
    for name in counties.available():
        assert set(county_choices.tables(name)) == {"dimensioning_parameter", "decision"}


def test_marts_are_made_anew_when_the_county_s_choices_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Workspace("trondelag", MADE_UP, tmp_path)

    def version(step: str) -> str:
        return versions.derived(place, step, {"raw/a": "1"})

    before = {step: version(step) for step in ("mart/dimensioning_scenario", "conformed/ssb/07459")}
    choices = counties.Dimensioning({"retirement_age": "62"}, "own")
    changed = replace(counties.load("trondelag"), dimensioning=choices)
    monkeypatch.setattr(counties, "load", lambda _: changed)
    assert version("mart/dimensioning_scenario") != before["mart/dimensioning_scenario"]
    assert version("conformed/ssb/07459") == before["conformed/ssb/07459"]


def scenario(region: str, programme: str, **parameters: str) -> dict[str, object]:
    made = small.made(small.world(dimensioning_parameter=small.parameters(**parameters)))
    found = [
        row for row in made["dimensioning_scenario"].to_pylist()
        if (row["region_id"], row["programme"], row["school_year"]) == (region, programme,
                                                                         "2026-27")
    ]  # fmt: skip
    assert len(found) == 1
    return dict(found[0])


def test_the_scenario_by_hand_with_the_defaults() -> None:
    whole = scenario("50", "_T")
    # 168 employed aged 55-66 over twelve years; 150 turn 16 now, 80 + 40 in ten years.
    assert whole["retirements_persons"] == pytest.approx(14)
    assert (whole["cohort_16_persons"], whole["cohort_16_ahead_main_persons"]) == (150, 120)
    assert whole["cohort_change_pct"] == pytest.approx(-20)
    health = scenario("50", "HS")
    assert (health["expected_to_work_persons"], health["expected_to_work_reason"]) == (
        None, "parameter_not_set",
    )  # fmt: skip
    assert health["retirements_reason"] == "no_source_age_occupation"


def test_the_scenario_by_hand_with_a_county_s_own_parameters() -> None:
    own = {"retirement_age": "65", "planning_years": "5", "share_to_higher_education": "25",
           "commuting": "workplaces"}  # fmt: skip
    west = scenario("west", "_T", **own)
    # 120 x 1250 jobs per 1000 employed residents, over ten years.
    assert west["retirements_persons"] == pytest.approx(15)
    assert (west["cohort_16_ahead_low_persons"], west["cohort_16_ahead_high_persons"]) == (86, 96)
    # 90 are expected to complete, a quarter of them goes on.
    assert scenario("50", "HS", **own)["expected_to_work_persons"] == pytest.approx(67.5)


def test_a_parameter_in_use_is_one_that_the_release_names() -> None:
    made = small.made(small.world(dimensioning_parameter=small.parameters(retirement_age="62")))
    rows = made["dimensioning_parameter"].to_pylist()
    assert {r["parameter"]: r["value"] for r in rows}["retirement_age"] == "62"
    assert set(made["dimensioning_scenario"]["retirement_age"].to_pylist()) == {62}
    assert list(mart.load()["dimensioning_parameter"].columns) == list(rows[0])

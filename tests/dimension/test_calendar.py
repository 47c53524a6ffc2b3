"""Which decision comes when, and which figures are there by then."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from pipeline import calendar_command
from pipeline.cli import main
from warehouse import counties, decision_calendar, mart
from warehouse.constraints import of
from warehouse.decision_calendar import Answer, Need

if TYPE_CHECKING:
    from pathlib import Path

COUNTY = replace(counties.load("trondelag"), dimensioning=counties.Dimensioning())
POPULATION, SURVEY, PUPILS = "ssb/07459", "nav/survey_county", "udir/pupils_programme_level"


def answer(table: str, as_of: str) -> Answer:
    return Answer(table, f"{table}@{as_of}#1", as_of, None)


def needs(day: date, *answers: Answer) -> dict[tuple[str, str], Need]:
    found = decision_calendar.needs(COUNTY, answers, day)
    return {(need.decision.id, need.source_table_id): need for need in found}


def test_decisions_come_in_the_order_of_the_year_that_begins_today() -> None:
    found = decision_calendar.decisions(COUNTY, date(2025, 11, 15))
    assert [(d.id, d.first.isoformat()) for d in found] == [
        ("next_offer", "2025-11-01"),
        ("applications", "2026-03-01"),
        ("adjust_offer", "2026-05-01"),
        ("fagskole_priorities", "2026-05-01"),
        ("apprenticeships", "2026-08-01"),
    ]


@pytest.mark.parametrize(
    ("day", "year"), [(date(2026, 3, 1), 2026), (date(2026, 3, 2), 2027)], ids=["on", "after"]
)
def test_a_decision_is_the_next_until_its_last_day(day: date, year: int) -> None:
    found = {d.id: d for d in decision_calendar.decisions(COUNTY, day)}
    assert found["applications"].first == date(year, 3, 1)


def test_figures_are_before_during_or_after_a_decision() -> None:
    # Population comes in February, as its YAML says; the survey a year after its newest answer.
    found = needs(
        date(2025, 11, 15), answer(POPULATION, "2025-02-25"), answer(SURVEY, "2025-05"),
        answer(PUPILS, "2025-10-30"),
    )  # fmt: skip
    assert found["adjust_offer", POPULATION].timing == "before"
    assert found["adjust_offer", POPULATION].basis == "stated month"
    assert found["adjust_offer", SURVEY].timing == "during"
    assert found["adjust_offer", SURVEY].basis == "a year after the newest"
    assert found["applications", SURVEY].timing == "after"
    assert found["next_offer", PUPILS].due == date(2026, 10, 1)
    assert found["next_offer", "udir/leavers_county"].timing == "none"
    assert found["next_offer", "udir/leavers_county"].due is None


def test_figures_that_should_be_there_are_late() -> None:
    found = needs(date(2026, 4, 10), answer(POPULATION, "2025-02-25"))
    assert found["adjust_offer", POPULATION].timing == "late"


def test_a_table_without_a_rhythm_has_no_month() -> None:
    found = needs(date(2026, 9, 1), answer("ssb/14746_ages", "2026-06-12"))
    need = found["next_offer", "ssb/14746_ages"]
    assert (need.timing, need.due, need.basis) == ("unknown", None, None)


def test_an_answer_that_came_later_was_not_known_then() -> None:
    both = [answer(SURVEY, "2025-05"), answer(SURVEY, "2026-05")]
    then, now = (decision_calendar.known(both, day)[SURVEY].as_of
                 for day in (date(2025, 11, 15), date(2026, 11, 15)))  # fmt: skip
    assert (then, now) == ("2025-05", "2026-05")
    assert decision_calendar.known(both, date(2025, 4, 30)) == {}


def test_the_table_of_a_release_keeps_its_rules_and_is_described(
    said_of_calendar: set[str],
) -> None:
    row = {"source_table_id": SURVEY, "vintage_id": "a", "as_of": "2026-05", "fetched_at": None}
    table = decision_calendar.table("trondelag", [row], "made_up")
    rows, rules = table.to_pylist(), of("decision_calendar", table.column_names)
    assert set(table.column_names) == said_of_calendar
    assert {row["as_of"] for row in rows} == {"2026-05-01"}
    assert len({tuple(row[k] for k in rules["key"]) for row in rows}) == len(rows)
    assert all(row[name] for row in rows for name in rules["required"])
    for name, listed in rules["values"].items():
        assert {row[name] for row in rows} <= set(listed)


def test_without_answers_there_is_no_calendar() -> None:
    assert decision_calendar.table("trondelag", [], "published").num_rows == 0


def test_every_source_of_the_decision_tables_is_in_the_calendar() -> None:
    listed = {need.source_table_id for need in needs(date(2026, 1, 1)).values()}
    read = {
        table for name, wanted in mart.load().items() if name.startswith("dimensioning")
        for table in wanted.conformed
    }  # fmt: skip
    # The survey of 2017 is closed: nothing more comes of it.
    assert read - listed == {"nav/survey_occupation_2017"}
    assert listed - read == {"utdanning/education_occupation"}


def test_the_command_says_what_was_known_on_a_day(
    small_root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KOMPETANSE_DATA", str(small_root))
    answers = [answer(SURVEY, "2025-05"), answer(SURVEY, "2026-05")]
    monkeypatch.setattr(calendar_command, "answers", lambda _: iter(answers))
    assert main(["calendar", "--county", "trondelag", "--as-of", "2025-11-15"]) == 0
    page = capsys.readouterr().out
    assert "OPPDIKTEDE TALL" in page
    assert "sett fra 15. november 2025" in page
    assert "nyeste fra mai 2025, ventes mai 2026 (antatt: et år etter det nyeste)" in page
    assert "Ingen utgivelse var publisert da." in page
    assert main(["calendar", "--as-of", "2025-11-15", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {r["newest_as_of"] for r in rows if r["source_table_id"] == SURVEY} == {"2025-05"}


def test_a_day_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calendar", "--as-of", "15.11.2025"]) == 1
    assert "it looks like 2025-11-15" in capsys.readouterr().err

"""Schedules: Oslo time with daylight saving as Dagster has it, never in StatBank's closed hours."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest
from dagster._utils.schedules import cron_string_iterator

from pipeline import jobs, schedules
from pipeline.cli import main
from sources.archive import Archive
from sources.ledger import Ledger
from sources.pull.hours import OSLO, is_closed
from warehouse import counties, county_schedule, expected
from warehouse.workspace import PUBLISHED, Workspace

if TYPE_CHECKING:
    from pathlib import Path

LINES = ("30 2 * * *", "15,45 2 * * *", "20 9 * * 1-5", "0 9 1 * 1", "0 9 1-7 * *", "0 9 * * 7",
         "0 9 * * mon-fri", "0 9 */10 * 1", "5/20 12 * 2,11 *", "20 9 29 2 *")  # fmt: skip
STARTS = (
    datetime(2026, 3, 27, tzinfo=OSLO),
    datetime(2026, 10, 23, 12, 34, tzinfo=OSLO),
    datetime(2027, 12, 31, 23, 59, 30, tzinfo=UTC),
)


@pytest.mark.parametrize("line", LINES)
def test_run_times_are_those_of_dagster(line: str) -> None:
    for start in STARTS:
        own = list(itertools.islice(county_schedule.times(line, start), 40))
        theirs = cron_string_iterator(start.timestamp(), line, "Europe/Oslo")
        assert [at.isoformat() for at in own] == [next(theirs).isoformat() for _ in own]
        assert len(own) == 40 or line == "20 9 29 2 *"


def test_a_day_that_never_comes_ends_the_search() -> None:
    assert list(county_schedule.times("0 9 31 2 *", STARTS[0])) == []


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("60 9 * * *", "0-59"), ("0 24 * * *", "0-23"), ("0 9 * *", "4 fields"),
        ("0 9 * * *-5", "weekday"), ("0 9 * * fri-mon", "0-7"), ("0 */0 * * *", "no step"),
        ("0 9 * 13 *", "1-12"), ("0 9 , * *", "day"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_says_which_field(line: str, word: str) -> None:
    with pytest.raises(county_schedule.InvalidCron, match=word):
        county_schedule.read(line)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = (counties.COUNTIES / "telemark.yaml").read_text(encoding="utf-8")
    (tmp_path / "telemark.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def scheduled(folder: Path, line: str) -> counties.County:
    file = folder / "telemark.yaml"
    was = counties.load("telemark").schedule.cron
    text = file.read_text(encoding="utf-8").replace(f'"{was}"', f'"{line}"')
    file.write_text(text, encoding="utf-8")
    return counties.load("telemark", folder)


@pytest.mark.parametrize("line", ["0 5 * * *", "14 8 * * 1", "0 * * * *", "0 4-9/2 1 * *"])
def test_a_county_may_not_run_while_figures_show_zero(line: str, folder: Path) -> None:
    with pytest.raises(counties.InvalidCounty, match=r"schedule\.cron.*05:00–08:15"):
        scheduled(folder, line)


@pytest.mark.parametrize("line", ["59 4 * * *", "15 8 * * 1", "0 9-17 * * mon-fri"])
def test_a_county_may_run_at_any_other_time(line: str, folder: Path) -> None:
    assert scheduled(folder, line).schedule.cron == line


def test_a_line_with_impossible_numbers_is_refused_with_the_file(folder: Path) -> None:
    with pytest.raises(counties.InvalidCounty, match=r"schedule\.cron.*cannot be read"):
        scheduled(folder, "99 9 * * *")


@pytest.mark.parametrize("county", counties.available())
def test_no_run_of_two_years_lies_in_the_closed_hours(county: str) -> None:
    line = counties.load(county).schedule.cron
    runs = list(itertools.islice(county_schedule.times(line, STARTS[0]), 500))
    assert runs
    assert not [at for at in runs if is_closed(at)]
    assert {at.utcoffset() for at in runs} == {at.utcoffset() for at in STARTS[:2]} or len(runs) < 9


def requested(county: str) -> dg.RunRequest:
    schedule = schedules.of_county(counties.load(county))
    at = datetime(2026, 11, 23, 8, 20, tzinfo=UTC)
    found = schedule.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=at))
    (request,) = found.run_requests or ()
    return request


def test_a_data_root_other_than_the_usual_is_named(tmp_path: Path) -> None:
    place = Workspace("telemark", root=tmp_path)
    config = jobs.run_config(place).to_config_dict()["resources"]["workspace"]["config"]
    assert config["root"] == str(tmp_path)


def test_a_schedule_asks_for_a_pull_of_its_county(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path))
    monkeypatch.setenv("KOMPETANSE_FIGURES", PUBLISHED)
    request = requested("telemark")
    assert request.tags[jobs.COUNTY] == "telemark"
    config = request.run_config["resources"]["workspace"]["config"]
    # Each machine that works on the run has a data root of its own.
    assert (config["county"], config["root"]) == ("telemark", "")
    assert [s.name for s in schedules.schedules] == [f"pull_{c}" for c in counties.available()]
    assert {s.job_name for s in schedules.schedules} == {"pull"}
    assert {s.execution_timezone for s in schedules.schedules} == {"Europe/Oslo"}


@pytest.mark.parametrize(
    ("environ", "on"),
    [
        ({"KOMPETANSE_COUNTY": "telemark"}, True),
        ({"KOMPETANSE_COUNTY": "agder"}, False),
        ({"KOMPETANSE_COUNTY": "telemark", "KOMPETANSE_FIGURES": "made_up"}, False),
        ({}, False),
    ],
    ids=["this county", "another county", "made-up figures", "no county"],
)
def test_only_the_county_of_the_environment_runs_by_itself(
    environ: dict[str, str], on: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("KOMPETANSE_COUNTY", "KOMPETANSE_FIGURES"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    schedule = schedules.of_county(counties.load("telemark"))
    assert schedule.default_status == (
        dg.DefaultScheduleStatus.RUNNING if on else dg.DefaultScheduleStatus.STOPPED
    )


def test_one_wrong_file_takes_no_schedule_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = counties.load

    def load(county: str) -> counties.County:
        if county == "agder":
            raise counties.InvalidCounty("agder", ["schedule: broken"])
        return kept(county)

    monkeypatch.setattr("pipeline.schedules.counties.load", load)
    left = [s.name for s in schedules.of_counties()]
    assert left == [f"pull_{c}" for c in counties.available() if c != "agder"]


def stands(table: str, **changes: Any) -> expected.Expected:
    standing = Ledger(Archive(root=changes.pop("root")).root).standing(table)
    made = expected.Expected(table, "v1", "2026-09-10T06:00:00Z", None, False, standing)
    return replace(made, **changes)


def test_the_command_prints_ten_runs_what_is_due_and_what_is_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path))
    archive = Workspace("trondelag", PUBLISHED, tmp_path).archive
    problem = "TableGone: no table 12274 any more\nmore"
    Ledger(archive).failed("ssb/12274", problem, STARTS[0])
    soon = datetime(2026, 11, 1, tzinfo=OSLO).date()
    known = [
        stands("ssb/12274", root=archive, vintage=None, updated=""),
        stands("ssb/09429", root=archive, month=soon),
        stands("nav/unemployed_hl060", root=archive, month=soon.replace(month=9), overdue=True),
    ]
    monkeypatch.setattr(expected, "of", lambda *_: known)
    assert main(["schedule", "--county", "telemark", "--from", "2026-10-23T12:00"]) == 0
    runs, due, late, bad, empty = capsys.readouterr().out.split("\n\n")
    lines = runs.splitlines()[1:]
    assert len(lines) == 10
    assert [line.rpartition(" ")[2] for line in lines].count("(UTC+02:00)") <= 2
    assert lines[-1].endswith("(UTC+01:00)")
    assert lines[0].split()[0] in ("fredag", "lørdag", "søndag", "mandag")
    assert "ssb/09429: nyeste fra 2026-09-10, ventet 2026-11" in due
    assert "nav/unemployed_hl060" in late
    assert "ssb/12274: failed, siden 2026-03-26: TableGone: no table 12274 any more" in bad
    assert empty.strip() == "1 tabeller er aldri hentet."


def test_a_moment_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schedule", "--from", "i morgen"]) == 1
    assert "--from" in capsys.readouterr().err

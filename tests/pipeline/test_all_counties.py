"""`--county all`: every county in turn, and one that fails stops no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline import all_counties
from pipeline.cli import main
from pipeline.run import Outcome
from warehouse import counties
from warehouse.workspace import PUBLISHED

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.workspace import Workspace


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Counties that were worked out, in order; agder cannot, and in nordland a step fails."""
    seen: list[str] = []

    def one(place: Workspace, _wait: float) -> Outcome | str:
        seen.append(place.county)
        if place.county == "agder":
            return "TurnTaken: its lock is held"
        failures = {"release/staged": "no space"} if place.county == "nordland" else {}
        return Outcome(not failures, failures, 0, None)

    # Another process would not have what is put in its place here.
    monkeypatch.setattr(all_counties, "PROCESSES", 1)
    monkeypatch.setattr(all_counties, "_one", one)
    return seen


def test_every_county_is_tried_and_the_failed_are_named(
    tried: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = all_counties.work_out(all_counties.workspaces(PUBLISHED, tmp_path), 0.0)
    assert tried == counties.available()
    assert failed == ["agder", "nordland"]
    told = capsys.readouterr().err
    assert "agder: TurnTaken: its lock is held" in told
    assert "no space" in told
    assert f"{len(tried) - 2} of {len(tried)} counties are up to date" in told


def test_the_command_fails_if_a_county_does(
    tried: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path))
    assert main(["refresh", "--county", "all", "--offline"]) == 1
    assert tried == counties.available()

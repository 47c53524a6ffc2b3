"""Dry run: says what would change, and changes nothing that is published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from assets.release import PUBLISHED, STAGED
from pipeline import dry_run, plan, run
from pipeline.cli import main
from tests.pipeline.test_plan import answer_anew, revise, workspace  # noqa: F401 - fixture
from warehouse import publication_log, release

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.workspace import Workspace


@pytest.mark.slow
def test_what_would_change_is_shown_and_nothing_is_published(
    workspace: Workspace,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    before, log = release.current(workspace), publication_log.path(workspace).read_bytes()
    assert dry_run.show(workspace) == dry_run.WELL
    assert "nothing would be published" in capsys.readouterr().err
    answer_anew(workspace, revise)
    assert dry_run.show(workspace, as_json=True) == dry_run.WELL
    told = capsys.readouterr()
    assert "indicator/participation_16_18" in told.err
    assert "Nothing was published" in told.err
    found = json.loads(told.out)
    assert found["counts"]["revised"] > 0
    assert {row["indicator_id"] for row in found["by_indicator"]} == {"participation_16_18"}
    assert release.current(workspace) == before
    assert publication_log.path(workspace).read_bytes() == log
    assert not list(workspace.releases.glob(".staging-*"))


def test_a_step_that_fails_is_told_and_nothing_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key = dg.AssetKey(["raw", "klass", "131_codes"])
    failed = run.Outcome(
        success=False, failures={"raw__klass__131_codes": "NoAnswer: none"}, skipped=3, release=None
    )
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path))
    monkeypatch.setattr(plan, "outdated", lambda _: [key, STAGED, PUBLISHED])
    monkeypatch.setattr(run, "refresh", lambda _place, _watch, keys: failed if keys == [key] else 0)
    assert main(["refresh", "--dry-run"]) == dry_run.FAILED
    told = capsys.readouterr().err
    assert "raw/klass/131_codes" in told
    assert "NoAnswer: none" in told
    assert not (tmp_path / "releases").exists()

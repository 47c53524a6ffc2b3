"""What a refresh runs: only what depends on what is new, shown by Dagster's data versions."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from assets.step import name
from pipeline import plan, run
from sources.archive import Archive
from warehouse import parquet, versions
from warehouse.workspace import MADE_UP, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sources.archive import Entry

TABLE = "ssb/12274"
NEWER = "2026-11-01"
TOUCHED = {
    "raw/ssb/12274",
    "conformed/ssb/12274",
    "indicator/participation_16_18",
    "release/staged",
    "release/published",
}


@pytest.fixture
def workspace(made_up_root: Path, tmp_path: Path) -> Workspace:
    """A data root of its own in which everything is up to date."""
    shutil.copytree(made_up_root, tmp_path / "root", symlinks=True)
    return Workspace("trondelag", MADE_UP, tmp_path / "root")


def quiet(_step: str, _word: str) -> None:
    """Watch nothing."""


def answer_anew(workspace: Workspace, change: Callable[[dict[str, object]], None]) -> None:
    """Archive a newer answer of one table, changed."""
    archive = Archive(workspace.archive)
    entry = next(archive.entries(table=TABLE))
    body = json.loads(archive.body(entry))
    change(body)
    add(archive, entry, json.dumps(body).encode())


def add(archive: Archive, entry: Entry, body: bytes) -> None:
    """Archive a newer answer to the same question."""
    described = {k: v for k, v in vars(entry).items() if k not in ("id", "sha256", "size")}
    archive.add(body, described | {"as_of": NEWER})


def revise(body: dict[str, object]) -> None:
    values = body["value"]
    assert isinstance(values, list)
    first = next(n for n, v in enumerate(values) if v is not None)
    values[first] = 12.3


def data_versions(root: Path) -> dict[str, str]:
    """Data version of the newest materialization of every asset, as Dagster's page has it."""
    run.dagster_home(root)
    with dg.DagsterInstance.get() as instance:
        found = {}
        for asset in plan.ASSETS:
            for key in asset.keys:
                event = instance.get_latest_materialization_event(key)
                assert event is not None, key
                materialization = event.asset_materialization
                assert materialization is not None
                found[name(key)] = (materialization.tags or {})["dagster/data_version"]
        return found


def test_nothing_new_means_nothing_to_run(workspace: Workspace) -> None:
    assert plan.outdated(workspace) == []
    outcome = run.refresh(workspace, quiet)
    assert (outcome.success, outcome.ran) == (True, 0)
    assert outcome.release is not None


def test_one_new_table_runs_only_what_depends_on_it(workspace: Workspace) -> None:
    before = data_versions(workspace.root)
    answer_anew(workspace, revise)
    assert {name(key) for key in plan.outdated(workspace)} == TOUCHED
    outcome = run.refresh(workspace, quiet)
    assert outcome.success, outcome.failures
    assert outcome.ran == len(TOUCHED) + 4  # and four gates
    after = data_versions(workspace.root)
    assert {step for step in after if after[step] != before[step]} == TOUCHED
    assert after == {name(key): v for key, v in plan.expected(workspace).items()}
    assert plan.outdated(workspace) == []


def test_a_step_whose_gate_failed_is_run_again(workspace: Workspace) -> None:
    def shares_above_a_hundred(body: dict[str, object]) -> None:
        values = body["value"]
        assert isinstance(values, list)
        body["value"] = [None if v is None else v * 1000 for v in values]

    answer_anew(workspace, shares_above_a_hundred)
    outcome = run.refresh(workspace, quiet)
    assert not outcome.success
    assert versions.recorded(workspace, f"conformed/{TABLE}") is None
    # Nothing has changed since, and still the gate must not be passed by.
    assert {name(key) for key in plan.outdated(workspace)} == TOUCHED - {f"raw/{TABLE}"}


@pytest.mark.slow
def test_where_the_newest_answer_is_cut_the_one_before_is_used_and_marked(
    workspace: Workspace,
) -> None:
    archive = Archive(workspace.archive)
    entry = next(archive.entries(table=TABLE))
    add(archive, entry, archive.body(entry)[:1000])
    outcome = run.refresh(workspace, quiet)
    assert outcome.success, outcome.failures
    assert outcome.release is not None
    values = parquet.read(outcome.release / "parquet" / "indicator_value.parquet").to_pylist()
    stale = {(row["indicator_id"], row["stale_since"]) for row in values if row["stale_since"]}
    assert stale == {("participation_16_18", NEWER)}
    assert any(row["value"] for row in values if row["indicator_id"] == "participation_16_18")


def test_a_work_folder_that_was_thrown_away_costs_nothing(workspace: Workspace) -> None:
    shutil.rmtree(workspace.work)
    assert plan.outdated(workspace) == []


def test_a_changed_county_file_changes_every_figure_and_no_raw_table(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = versions._file
    monkeypatch.setattr(
        versions, "_file", lambda path: "changed" if path.startswith("counties/") else kept(path)
    )
    steps = {name(key) for key in plan.outdated(workspace)}
    assert not [step for step in steps if step.startswith("raw/")]
    assert len([step for step in steps if step.startswith("indicator/")]) >= 26

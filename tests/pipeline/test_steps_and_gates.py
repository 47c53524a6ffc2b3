"""Steps and gates: nothing is made of what failed or of what a gate has not passed.

What the steps see to themselves, whichever executor runs them; test_executors.py has it whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
import pytest

from assets import step
from assets.gates import hold
from assets.resources import WorkspaceResource
from expectations.gates import Verdict
from warehouse import versions
from warehouse.steps import NothingWorkedOut
from warehouse.workspace import MADE_UP, Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.steps import Done

KEY, NEEDED = dg.AssetKey(["conformed", "ssb", "09429"]), dg.AssetKey(["raw", "ssb", "09429"])
STEP, NEED = step.name(KEY), step.name(NEEDED)


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace("trondelag", MADE_UP, tmp_path)


def resource(place: Workspace) -> WorkspaceResource:
    return WorkspaceResource(county=place.county, figures=place.figures, root=str(place.root))


def judged(place: Workspace, *, well: bool) -> bool:
    """Judge what lies there, by hand; whether the gate was passed. Raises what the gate raises."""
    verdict = Verdict("conformed", well, (), (), 0.0, "ssb/09429")

    @dg.asset
    def made() -> None: ...

    @dg.asset_check(asset=made)
    def contract(workspace: WorkspaceResource) -> dg.AssetCheckResult:
        return hold(workspace, STEP, lambda _: verdict)

    found = dg.materialize([made, contract], resources={"workspace": resource(place)})
    return found.get_asset_check_evaluations()[0].passed


def test_a_step_whose_needs_have_no_good_result_is_not_made(place: Workspace) -> None:
    versions.record(place, STEP, "of yesterday")

    def never(_: Workspace) -> Done:
        raise AssertionError

    with pytest.raises(dg.Failure, match=f"{STEP} was not made: {NEED} has no good result"):
        step.run(resource(place), KEY, [NEEDED], never)
    # What was good yesterday is not good either: those after it are stopped by the same.
    assert versions.recorded(place, STEP) is None


def test_every_lacking_need_is_named(place: Workspace) -> None:
    versions.record(place, NEED, "good")
    with pytest.raises(NothingWorkedOut, match="indicator/a, indicator/b has no good"):
        step.require(place, "release/staged/1", [NEED, "indicator/a", "indicator/b"])


def test_a_gated_step_is_good_when_its_gate_is_passed(place: Workspace) -> None:
    step.begin(place, STEP)
    versions.propose(place, STEP, "v1")
    assert versions.recorded(place, STEP) is None
    assert judged(place, well=True)
    assert versions.recorded(place, STEP) == "v1"
    # Judged again by hand, it stays what it is.
    assert judged(place, well=True)
    assert versions.recorded(place, STEP) == "v1"


def test_a_gate_that_is_not_passed_leaves_no_good_result(place: Workspace) -> None:
    versions.record(place, STEP, "v1")
    assert not judged(place, well=False)
    assert versions.recorded(place, STEP) is None


def test_an_older_result_is_not_judged_for_a_step_that_failed(place: Workspace) -> None:
    versions.record(place, STEP, "of yesterday")

    def fails(_: Workspace) -> Done:
        raise NothingWorkedOut("to bits")

    with pytest.raises(dg.Failure, match="to bits"):
        step.run(resource(place), KEY, [], fails, gated=True)
    with pytest.raises(dg.Failure, match=f"{STEP} has no result to judge"):
        judged(place, well=True)
    assert versions.recorded(place, STEP) is None

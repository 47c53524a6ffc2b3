"""What Dagster makes of a gate's verdict: a warning is seen as one and stops nothing.

Two assets of the test's own, the first with a check as those of assets/ are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
import pytest

from assets.gates import hold
from assets.resources import WorkspaceResource
from expectations.suite import Rule
from expectations.verdict import Failure, Verdict
from pipeline import run
from warehouse import judged, versions
from warehouse.workspace import MADE_UP, Workspace

if TYPE_CHECKING:
    from pathlib import Path

RULES = tuple(
    Rule(name, blocking, ("t",), f"{name} på norsk.", f"{name} in English.", "filled")
    for name, blocking in (("strict", True), ("mild", False))
)
STEP = "raw/ssb/00001"


def verdict(*broken: str) -> Verdict:
    rows = [{"code": "2014", "sex": "_T"}]
    failures = tuple(
        Failure(r.name, r.blocking, 7, rows, ("a@1#b",), r.text_nb, r.text_en)
        for r in RULES
        if r.name in broken
    )
    passed = not any(f.blocking for f in failures)
    return Verdict("raw", passed, RULES, failures, 0.1, "ssb/00001", size=9)


def ran(place: Workspace, found: Verdict) -> dg.ExecuteInProcessResult:
    """Materialize an asset with a gate that finds this, and an asset that needs it."""

    @dg.asset
    def made(workspace: WorkspaceResource) -> None:
        versions.propose(workspace.workspace(), STEP, "good")

    @dg.asset(deps=[made])
    def needs_it() -> None: ...

    @dg.asset_check(asset=made, blocking=True)
    def contract(workspace: WorkspaceResource) -> dg.AssetCheckResult:
        return hold(workspace, STEP, lambda _: found)

    resource = WorkspaceResource(county=place.county, figures=place.figures, root=str(place.root))
    definitions = dg.Definitions(
        assets=[made, needs_it], asset_checks=[contract], resources={"workspace": resource}
    )
    return definitions.resolve_implicit_global_asset_job_def().execute_in_process(
        raise_on_error=False
    )


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace("trondelag", MADE_UP, tmp_path)


@pytest.mark.parametrize(
    ("broken", "passed", "severity", "goes_on"),
    [
        ((), True, "WARN", True),
        (("mild",), False, "WARN", True),
        (("strict",), False, "ERROR", False),
        (("mild", "strict"), False, "ERROR", False),
    ],
    ids=["all holds", "warns", "stops", "both"],
)
def test_only_a_blocking_rule_stops_what_comes_after(
    place: Workspace, broken: tuple[str, ...], passed: bool, severity: str, goes_on: bool
) -> None:
    result = ran(place, verdict(*broken))
    (check,) = result.get_asset_check_evaluations()
    assert (check.passed, check.severity.value) == (passed, severity)
    assert result.success is goes_on
    assert bool(result.asset_materializations_for_node("needs_it")) is goes_on
    assert versions.recorded(place, STEP) == ("good" if goes_on else None)


def test_a_warning_shows_its_rows_on_the_page_and_is_kept_for_the_release(
    place: Workspace,
) -> None:
    result = ran(place, verdict("mild"))
    (check,) = result.get_asset_check_evaluations()
    shown = str(check.metadata["mild"].value)
    for part in ("warning, 7 rows", "mild in English.", "mild på norsk."):
        assert part in shown
    rows = check.metadata["mild: rows"]
    assert isinstance(rows, dg.TableMetadataValue)
    assert [record.data for record in rows.records] == [{"code": "2014"}]
    assert check.metadata["rows judged"].value == 9
    (kept,) = judged.read(place)
    assert (kept.gate, kept.subject, kept.size, kept.run) == ("raw", "ssb/00001", 9, result.run_id)
    (broken,) = kept.broken
    assert (broken.rule, broken.blocking, broken.rows) == ("mild", False, 7)
    assert broken.examples == ({"code": "2014"},)
    assert broken.vintages == ("a@1#b",)


def test_a_later_verdict_takes_the_place_of_the_earlier(place: Workspace) -> None:
    ran(place, verdict("mild"))
    ran(place, verdict())
    (kept,) = judged.read(place)
    assert kept.broken == ()


def test_what_checking_cost_is_that_of_the_steps_that_judged(place: Workspace) -> None:
    result = ran(place, verdict("mild"))
    durations = {
        event.step_key: event.step_success_data.duration_ms / 1000
        for event in result.all_events
        if event.is_step_success
    }
    assert len(durations) == 3
    assert run._checking(result) == durations["made_contract"]


def test_a_raw_table_is_good_only_when_its_gate_says_so(place: Workspace) -> None:
    versions.propose(place, STEP, "made of this")
    assert versions.recorded(place, STEP) is None
    versions.accept(place, STEP)
    assert versions.recorded(place, STEP) == "made of this"
    versions.forget(place, STEP)
    versions.accept(place, STEP)
    assert versions.recorded(place, STEP) is None


def test_the_cost_of_a_run_is_that_of_its_own_verdicts() -> None:
    own = judged.Judged("raw", "a", "now", 2.0, 1, ())
    earlier = judged.Judged("raw", "b", "before", 50.0, 1, ())
    cost = judged.cost([own, earlier], "now", 10.0)
    assert cost == judged.Cost(1, 0, 2.0, 10.0)
    assert cost.share == 20.0
    assert judged.cost([earlier], "now", 10.0) is None
    assert judged.cost([own], "now", 0.0) is None

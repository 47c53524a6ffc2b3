"""Gates: how an asset's check judges what the asset made, and what of it Dagster's page shows.

The suites and their running are in expectations/; imported only where a check runs.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import dagster as dg

from assets.shown import plain_errors, records, telling

# The message of the check has every column; the table has those that tell the rows apart.
SAID_ELSEWHERE = (
    "vintage_id", "vintage_ids", "definition_version", "data_origin", "period_type",
    "reference_date", "decimals", "reason_nb", "reason_en",
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable

    from assets.resources import WorkspaceResource
    from expectations.gates import Verdict
    from expectations.verdict import Failure
    from warehouse.workspace import Workspace


def hold(
    workspace: WorkspaceResource, step: str, look: Callable[[Workspace], Verdict], *more: str
) -> dg.AssetCheckResult:
    """Judge what an asset made; remember the verdict for the release, and show it.

    From then on the step has a good result, or none. look: reads and judges. more: what is needed
    beside the work folder, see warehouse/store.py. Raises dg.Failure if the step has left nothing
    to judge, so that an older result is not taken for its.
    """
    from warehouse import versions
    from warehouse.steps import NothingWorkedOut

    context = dg.AssetCheckExecutionContext.get()
    with plain_errors(), workspace.at_hand(*more) as place:
        if versions.made(place, step) is None:
            raise NothingWorkedOut(f"{step} has no result to judge: its step has failed.")
        start = time.perf_counter()
        verdict = look(place)
        # With what the release must wait for: reading, and starting Great Expectations.
        seconds = time.perf_counter() - start
        _remember(place, verdict, context.run.root_run_id or context.run.run_id, seconds)
        if verdict.passed:
            versions.accept(place, step)
        else:
            versions.forget(place, step)
        return check_result(verdict, seconds, place.figures)


def check_result(verdict: Verdict, seconds: float, figures: str) -> dg.AssetCheckResult:
    """Show a verdict: every broken rule with its rows and vintages, and how long it took.

    A broken rule that does not block fails the check with a warning: Dagster stops nothing for
    it, and would show a check that passed as one where all is well.
    """
    from expectations.gates import message
    from warehouse.release import LABEL

    return dg.AssetCheckResult(
        passed=verdict.passed and not verdict.failures,
        severity=dg.AssetCheckSeverity.WARN if verdict.passed else dg.AssetCheckSeverity.ERROR,
        description=message(verdict) if verdict.failures else "all rules hold",
        metadata={
            "figures are": LABEL[figures],
            **_broken(verdict),
            "rules": len(verdict.rules),
            "rows judged": verdict.size,
            "seconds": round(seconds, 3),
        },
    )


def _broken(verdict: Verdict) -> dict[str, Any]:
    """What each broken rule says, and the first rows that break it as a table."""
    told: dict[str, Any] = {}
    for failure in verdict.failures:
        told[failure.rule] = _said(failure)
        if failure.examples:
            shown = telling(failure.examples, SAID_ELSEWHERE)
            told[f"{failure.rule}: rows"] = records(failure.examples, shown)
    if told:
        told["vintages"] = ", ".join(sorted({v for f in verdict.failures for v in f.vintages}))
    return told


def _said(failure: Failure) -> str:
    word = "blocking" if failure.blocking else "warning"
    return f"{word}, {failure.rows} rows. {failure.text_en} / {failure.text_nb}"


def _remember(place: Workspace, verdict: Verdict, run: str, seconds: float) -> None:
    from expectations.gates import told
    from warehouse import judged

    broken = {failure.rule: failure for failure in verdict.failures}
    results = []
    for rule in verdict.rules:
        failure = broken.get(rule.name)
        results.append(
            judged.Result(
                rule=rule.name,
                dimension=rule.dimension,
                passed=failure is None and rule.name not in verdict.not_judged,
                blocking=rule.blocking,
                rows=failure.rows if failure else 0,
                nb=rule.text_nb,
                en=rule.text_en,
                examples=tuple(told(row, verdict.quiet) for row in failure.examples)
                if failure
                else (),
                vintages=failure.vintages if failure else (),
            )
        )
    judged.record(
        place,
        judged.Judged(verdict.gate, verdict.subject, run, seconds, verdict.size, tuple(results)),
    )

"""Gates: what a Great Expectations verdict looks like as a Dagster check result.

The suites and their running are in expectations/; imported only where a check runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from expectations.gates import Verdict
    from warehouse.workspace import Workspace


def check_result(place: Workspace, verdict: Verdict) -> dg.AssetCheckResult:
    """Show a verdict: every broken rule with its rows and vintages, and how long it took.

    It is remembered too, for the report and the catalogues of the release.
    """
    from expectations.gates import message

    _remember(place, verdict)
    text = "\n\n".join(
        f"**{f.rule}**: {f.rows} rows. {f.text_en}\n\n{f.text_nb}\n\n"
        + "\n".join(f"- `{example}`" for example in f.examples)
        for f in verdict.failures
    )
    return dg.AssetCheckResult(
        passed=verdict.passed,
        severity=dg.AssetCheckSeverity.WARN if verdict.passed else dg.AssetCheckSeverity.ERROR,
        description=message(verdict) if verdict.failures else "all rules hold",
        metadata={
            "rules": len(verdict.rules),
            "seconds": round(verdict.seconds, 3),
            "vintages": ", ".join(sorted({v for f in verdict.failures for v in f.vintages})),
            "failures": dg.MetadataValue.md(text or "none"),
        },
    )


def _remember(place: Workspace, verdict: Verdict) -> None:
    from warehouse import judged

    broken = {failure.rule: failure.rows for failure in verdict.failures}
    results = [
        judged.Result(
            gate=verdict.gate,
            subject=verdict.subject,
            rule=rule.name,
            dimension=rule.dimension,
            passed=rule.name not in broken and rule.name not in verdict.not_judged,
            blocking=rule.blocking,
            rows=broken.get(rule.name, 0),
            nb=rule.text_nb,
            en=rule.text_en,
        )
        for rule in verdict.rules
    ]
    judged.record(place, verdict.gate, verdict.subject, results)

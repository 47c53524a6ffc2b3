"""Gates: what a Great Expectations verdict looks like as a Dagster check result.

The suites and their running are in expectations/; imported only where a check runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from expectations.gates import Verdict


def check_result(verdict: Verdict) -> dg.AssetCheckResult:
    """Show a verdict: every broken rule with its rows and vintages, and how long it took."""
    from expectations.gates import message

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
            "rules": verdict.rules,
            "seconds": round(verdict.seconds, 3),
            "vintages": ", ".join(sorted({v for f in verdict.failures for v in f.vintages})),
            "failures": dg.MetadataValue.md(text or "none"),
        },
    )

"""Great Expectations, started once per process without files, analytics or progress bars.

Imported (3 to 7 seconds) inside functions only, here and in counted.py. It sees how many rows
break each rule, as one data frame of one row: its DuckDB connection does not work with today's
SQLAlchemy, and on the rows themselves it takes many times as long as DuckDB (judge.py).
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from expectations.suite import BrokenSuite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from expectations.suite import Rule


@cache
def batches() -> Any:
    """The batch definition that every data frame goes through; starts Great Expectations."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(enable=False)
    bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    context.variables.progress_bars = bars
    asset = context.data_sources.add_pandas("gate").add_dataframe_asset("table")
    return asset.add_batch_definition_whole_dataframe("whole")


def broken(rules: Sequence[Rule], counts: Mapping[str, int]) -> set[str]:
    """Names of the rules that rows break: one expectation per rule, all on one row of counts.

    counts: rule -> number of rows that break it.
    Raises BrokenSuite if Great Expectations cannot evaluate one or gives no result for it, so
    that a rule never passes by not being run.
    """
    import pandas as pd

    if not rules:
        return set()
    frame = pd.DataFrame({rule.name: [counts.get(rule.name)] for rule in rules})
    done = batches().get_batch({"dataframe": frame}).validate(_suite(rules))
    found = {r.expectation_config.meta["rule"]: r for r in done.results}
    errors = {n: text for n, r in found.items() if (text := _error(r.exception_info))}
    errors |= {r.name: "gave no result" for r in rules if r.name not in found}
    errors |= {r.name: "was not counted" for r in rules if counts.get(r.name) is None}
    _refuse(errors)
    return {name for name, result in found.items() if not result.success}


def _suite(rules: Sequence[Rule]) -> Any:
    batches()
    from great_expectations import ExpectationSuite

    from expectations.counted import ExpectNoRowsToBreakRule

    return ExpectationSuite(
        name="gate",
        expectations=[
            ExpectNoRowsToBreakRule(
                rule=rule.name,
                meta={"rule": rule.name, "nb": rule.text_nb, "en": rule.text_en},
            )
            for rule in rules
        ],
    )


def _error(info: Mapping[str, Any]) -> str | None:
    """Message of an exception inside Great Expectations; one per metric, or one for all."""
    each = [info] if "raised_exception" in info else list(info.values())
    raised = [e["exception_message"] for e in each if e["raised_exception"]]
    return "; ".join(dict.fromkeys(map(str, raised))) or None


def _refuse(errors: Mapping[str, str]) -> None:
    if errors:
        lines = "\n".join(f"  {rule}: {text}" for rule, text in errors.items())
        raise BrokenSuite(
            f"{len(errors)} rules could not be evaluated:\n{lines}\n"
            "Nothing was published. Mend the rule in expectations/, or the type of the column."
        )

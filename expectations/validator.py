"""Great Expectations, started once per process without files, analytics or progress bars.

The only module that imports it (3 to 7 seconds), and only inside functions. It takes data frames:
its DuckDB connection does not work with today's SQLAlchemy.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from expectations.suite import BrokenSuite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from expectations.suite import Rule

# Indices are enough to find the rows again; the values themselves stay in Arrow.
RESULT_FORMAT = {"result_format": "COMPLETE", "exclude_unexpected_values": True}


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


def validate(
    rules: Sequence[Rule], frame: pd.DataFrame, parameters: Mapping[str, Any]
) -> dict[str, Mapping[str, Any] | None]:
    """Judge one data frame by some rules: rule -> None where kept, else the result's details.

    parameters: values for `$PARAMETER` in the suite file.
    Raises BrokenSuite for rules Great Expectations does not know or cannot evaluate, so that a
    rule never passes by not being run.
    """
    suite = _suite(rules)
    done = (
        batches()
        .get_batch({"dataframe": frame})
        .validate(suite, result_format=RESULT_FORMAT, expectation_parameters=dict(parameters))
    )
    found = {r.expectation_config.meta["rule"]: r for r in done.results}
    errors = {n: text for n, r in found.items() if (text := _error(r.exception_info))}
    errors |= {r.name: "gave no result" for r in rules if r.name not in found}
    _refuse(errors)
    return {n: None if r.success else r.result for n, r in found.items()}


def _suite(rules: Sequence[Rule]) -> Any:
    """One suite; each expectation is built alone, since a suite drops unknown ones silently."""
    batches()
    from great_expectations import ExpectationSuite
    from great_expectations.exceptions.exceptions import GreatExpectationsError
    from great_expectations.expectations.expectation_configuration import (
        ExpectationConfiguration,
    )

    built, errors = [], {}
    for rule in rules:
        try:
            built.append(ExpectationConfiguration(**rule.expectation).to_domain_obj())
        except (GreatExpectationsError, TypeError, ValueError) as error:
            errors[rule.name] = str(error)
    _refuse(errors)
    return ExpectationSuite(name="gate", expectations=built)


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

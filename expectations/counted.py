"""The project's own expectation: the number of rows that break a rule is 0.

The gates count with DuckDB (judge.py); Great Expectations sees one row of counts, a column per
rule. One metric serves all rules of a gate, where its own expectations compute several per rule.
Imported by validator.py when a gate judges, since Great Expectations takes seconds to import.
"""

from __future__ import annotations

from typing import Any, ClassVar

from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

METRIC = "table.rows_that_break_rules"


class RowsThatBreakRules(TableMetricProvider):
    """Metric: rule -> number of rows that break it, as the one row of the frame has it."""

    metric_name = METRIC

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(
        cls,  # noqa: N805 - Great Expectations gives the class, by this name
        execution_engine: Any,
        metric_domain_kwargs: dict[str, Any],
        **_: Any,
    ) -> dict[str, int]:
        frame, _, _ = execution_engine.get_compute_domain(
            domain_kwargs=metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE
        )
        (row,) = frame.to_dict("records")
        return dict(row)


class ExpectNoRowsToBreakRule(BatchExpectation):
    """Expect that no row breaks the rule; the observed value is the number of rows that do."""

    rule: str

    metric_dependencies: ClassVar[tuple[str, ...]] = (METRIC,)
    success_keys: ClassVar[tuple[str, ...]] = ("rule",)

    def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        found = metrics[METRIC][self.rule]
        return {"success": found == 0, "result": {"observed_value": found}}

"""Gates: the two places where tables are judged before anything further is made of them.

"conformed" stands behind each conformed table, "release" before a release is staged. Here it is
said which tables and columns the rules see; the rules are in conformed.yaml and release.yaml.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from expectations import derived, judge, suite, validator
from expectations.verdict import ExpectationFailed, Failure, Verdict, message, raise_if_failed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pyarrow as pa

    from sources.registry import SourceTable
    from warehouse.definition import Indicator

__all__ = [
    "ExpectationFailed",
    "Failure",
    "Verdict",
    "check_conformed",
    "check_release",
    "message",
    "raise_if_failed",
]


def check_conformed(table: pa.Table, spec: SourceTable) -> Verdict:
    """Judge one conformed table by expectations/conformed.yaml.

    table: as warehouse/conform.py gives it, or its parquet read again; one row per cell.
    Raises BrokenSuite if a rule cannot be evaluated. Never changes the table.
    """
    columns = derived.conformed_columns(spec)
    return _verdict(
        "conformed",
        {"conformed": table},
        {"conformed": lambda: derived.conformed(table.select(columns), spec)},
        {"required_columns": columns},
        subject=spec.id,
    )


def check_release(
    tables: Mapping[str, pa.Table], definitions: Mapping[str, Indicator] | None = None
) -> Verdict:
    """Judge the tables of a release, all together, by expectations/release.yaml.

    tables:      as warehouse/staging.release_tables gives them.
    definitions: the indicators the release should hold; those of sql/indicators/ if left out.
    Raises BrokenSuite if a rule cannot be evaluated. Never changes a table.
    """
    from warehouse import definition

    wanted = definition.load() if definitions is None else definitions
    breakdowns = definition.breakdown_names(wanted)
    described = derived.definitions(wanted.values())
    return _verdict(
        "release",
        {**tables, "definition": described},
        {"indicator_value": lambda: derived.values(tables["indicator_value"], breakdowns)},
        {"breakdown_columns": list(breakdowns)},
    )


def _verdict(
    gate: str,
    tables: Mapping[str, pa.Table],
    richer: Mapping[str, Callable[[], pa.Table]],
    parameters: Mapping[str, Any],
    subject: str = "",
) -> Verdict:
    """Judge shapes first; then every rule whose tables have all their columns.

    richer: table -> how to add the columns that only rules look at, once its shape is right.
    """
    rules = suite.load(gate)
    validator.batches()
    start = time.perf_counter()
    failures, incomplete = judge.shapes(rules, tables, parameters)
    left = [r for r in rules.rules if not r.is_shape]
    judged = [r for r in left if not incomplete.intersection(r.reads)]
    added = {name: add() for name, add in richer.items() if name not in incomplete}
    failures += judge.contents(judged, {**tables, **added}, parameters)
    not_judged = tuple(r.name for r in left if r not in judged)
    return Verdict(
        gate=gate,
        passed=not not_judged and not any(f.blocking for f in failures),
        rules=len(rules.rules),
        failures=tuple(failures),
        seconds=time.perf_counter() - start,
        subject=subject,
        not_judged=not_judged,
        quiet=rules.quiet,
    )

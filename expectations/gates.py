"""Gates: the places where tables are judged before anything further is made of them.

"conformed" stands behind each conformed table, "indicator" behind each indicator, "mart" behind
each mart, "release" before a release is published. Here it is said which tables and columns the
rules see; the rules are in conformed.yaml, generated.py, marts/ and release.yaml.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from expectations import derived, generated, judge, suite, validator
from expectations.verdict import ExpectationFailed, Failure, Verdict, message, raise_if_failed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from expectations.suite import Suite
    from sources.registry import SourceTable
    from warehouse.definition import Indicator

__all__ = [
    "ExpectationFailed",
    "Failure",
    "Verdict",
    "check_conformed",
    "check_indicator",
    "check_mart",
    "check_release",
    "mart_reads",
    "message",
    "raise_if_failed",
]
VALUES = "indicator_value"
MARTS = suite.FOLDER / "marts"


def check_conformed(table: pa.Table, spec: SourceTable) -> Verdict:
    """Judge one conformed table by expectations/conformed.yaml.

    table: as warehouse/conform.py gives it, or its parquet read again; one row per cell.
    Raises BrokenSuite if a rule cannot be evaluated. Never changes the table.
    """
    return _verdict(
        suite.load("conformed"),
        {"conformed": table},
        {"conformed": derived.conformed(spec)},
        {
            "required_columns": derived.conformed_columns(spec),
            "key_columns": derived.key_columns(spec),
        },
        subject=spec.id,
    )


def check_indicator(
    values: pa.Table,
    indicator: Indicator,
    geography: Mapping[str, pa.Table],
    breakdowns: Sequence[str] | None = None,
) -> Verdict:
    """Judge the values of one indicator by the rules that its definition gives it.

    values:     as warehouse/indicator.py gives them; one row per region, period and breakdown.
    geography:  "region" and "region_membership" of the county.
    breakdowns: breakdown columns that the values must have; the indicator's own if left out.
    Raises BrokenSuite if a rule cannot be evaluated. Never changes the table.
    """
    from warehouse import catalogue

    columns = list(indicator.breakdowns if breakdowns is None else breakdowns)
    tables = {
        VALUES: values,
        "region": geography["region"],
        "region_membership": geography["region_membership"],
        "definition": derived.definitions([indicator]),
        "indicator_break": catalogue.break_table([indicator]),
    }
    views = {VALUES: derived.values(values, columns)}
    if indicator.partitions:
        views["part"] = derived.parts(indicator)
    rules = generated.rules(indicator)
    return _verdict(
        suite.Suite("indicator", rules, suite.load("release").quiet),
        tables,
        views,
        {"breakdown_columns": columns},
        subject=indicator.id,
    )


def check_mart(mart_id: str, tables: Mapping[str, pa.Table]) -> Verdict:
    """Judge one mart, and what it was made of, by expectations/marts/<mart_id>.yaml.

    tables: the mart under its id, and the tables that its rules read, as mart_reads names them.
    Raises BrokenSuite if a rule cannot be evaluated. Never changes a table.
    """
    return _verdict(suite.load(mart_id, MARTS), tables, {}, {}, subject=mart_id)


def mart_reads(mart_id: str) -> frozenset[str]:
    """Names of the tables that the rules of a mart read, the mart itself among them."""
    return frozenset(name for rule in suite.load(mart_id, MARTS).rules for name in rule.reads)


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
    return _verdict(
        suite.load("release"),
        {**tables, "definition": derived.definitions(wanted.values())},
        {VALUES: derived.values(tables[VALUES], breakdowns)} if VALUES in tables else {},
        {"breakdown_columns": list(breakdowns)},
    )


def _verdict(
    rules: Suite,
    tables: Mapping[str, pa.Table],
    views: Mapping[str, str],
    parameters: Mapping[str, Sequence[str]],
    subject: str = "",
) -> Verdict:
    # Importing Great Expectations takes seconds and is not judging.
    validator.batches()
    start = time.perf_counter()
    failures, not_judged = judge.judge(rules.rules, tables, parameters, views)
    return Verdict(
        gate=rules.name,
        passed=not not_judged and not any(f.blocking for f in failures),
        rules=rules.rules,
        failures=tuple(failures),
        seconds=time.perf_counter() - start,
        subject=subject,
        not_judged=not_judged,
        quiet=rules.quiet,
    )

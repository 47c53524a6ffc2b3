"""Gates: the places where tables are judged before anything further is made of them.

"raw" stands behind each decoded table, "conformed" behind each conformed one, "indicator" behind
each indicator, "mart" behind each mart, "release" before a release is published. Here it is said
which tables and columns the rules see. Generated are the rules of raw (raw.py, from the source's
YAML) and of indicators (generated.py, from the definition); written by hand are those in
conformed.yaml, marts/ and release.yaml.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from expectations import derived, generated, judge, raw, suite, validator
from expectations.verdict import (
    ExpectationFailed,
    Failure,
    Verdict,
    message,
    raise_if_failed,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

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
    "check_raw",
    "check_release",
    "mart_reads",
    "message",
    "raise_if_failed",
    "told",
]
VALUES = "indicator_value"
ROWS_PRESENT = "rows_present"
MARTS = suite.FOLDER / "marts"


def check_raw(
    table: pa.Table, spec: SourceTable, answers: Sequence[Mapping[str, Any]], *, made_up: bool
) -> Verdict:
    """Judge one raw table by the rules that its source YAML gives it.

    table:   as warehouse/steps.py leaves it, or its parquet read again; one row per cell.
    answers: what was noted of the answers behind it: vintage_id, fidelity, updated of each.
    made_up: whether the run is one on made-up figures.
    Raises BrokenSuite if a rule cannot be evaluated. Never changes the table.
    """
    named = raw.named(table, spec)
    return _verdict(
        raw.RAW,
        suite.Suite("raw", raw.rules(spec), frozenset()),
        {raw.RAW: named, **raw.tables(spec, answers, made_up=made_up)},
        raw.views(spec),
        {
            "required_columns": raw.required_columns(spec),
            "key_columns": raw.key_columns(named, spec),
        },
        subject=spec.id,
    )


def check_conformed(table: pa.Table, spec: SourceTable, *, answered: bool = True) -> Verdict:
    """Judge one conformed table by expectations/conformed.yaml.

    table:    as warehouse/conform.py gives it, or its parquet read again; one row per cell.
    answered: whether its raw table has rows; if not, the gate "raw" has said that there are none.
    Raises BrokenSuite if a rule cannot be evaluated. Never changes the table.
    """
    rules = suite.load("conformed")
    if not answered:
        rules = replace(rules, rules=tuple(r for r in rules.rules if r.name != ROWS_PRESENT))
    return _verdict(
        "conformed",
        rules,
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
        VALUES,
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
    return _verdict(mart_id, suite.load(mart_id, MARTS), tables, {}, {}, subject=mart_id)


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
        VALUES,
        suite.load("release"),
        {**tables, "definition": derived.definitions(wanted.values())},
        {VALUES: derived.values(tables[VALUES], breakdowns)} if VALUES in tables else {},
        {"breakdown_columns": list(breakdowns)},
    )


def _verdict(
    of: str,
    rules: Suite,
    tables: Mapping[str, pa.Table],
    views: Mapping[str, str],
    parameters: Mapping[str, Sequence[str]],
    subject: str = "",
) -> Verdict:
    """Judge tables by rules; of: name of the table that the gate is about."""
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
        size=tables[of].num_rows if of in tables else 0,
        quiet=rules.quiet,
    )

"""Judge: takes Arrow tables through the rules of a suite and gathers what is broken.

Which rules there are is said in the suite files; which tables they see, in gates.py. Tables become
data frames here, and only the columns that a rule names.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from expectations.validator import validate
from expectations.verdict import SHOWN, Failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd
    import pyarrow as pa

    from expectations.suite import Rule, Suite

VINTAGE_COLUMNS = ("vintage_ids", "vintage_id")


def shapes(
    suite: Suite, tables: Mapping[str, pa.Table], parameters: Mapping[str, Any]
) -> tuple[list[Failure], set[str]]:
    """Judge the rules about columns; returns what is broken and the tables that lack something.

    A table that is not there at all lacks every column.
    """
    import pyarrow as pa

    failures: list[Failure] = []
    incomplete: set[str] = set()
    for name, rules in _by_table(r for r in suite.rules if r.is_shape):
        table = tables.get(name, pa.table({}))
        found = validate(rules, table.slice(0, 0).to_pandas(), parameters)
        for rule in rules:
            result = found[rule.name]
            if result is not None:
                incomplete.add(name)
                failures.append(_failure(rule, *_columns_missing(name, result), table))
    return failures, incomplete


def contents(
    rules: Iterable[Rule], tables: Mapping[str, pa.Table], parameters: Mapping[str, Any]
) -> list[Failure]:
    """Judge the rules about rows: those on one table together, those with SQL one by one."""
    import pyarrow as pa

    rules = list(rules)
    failures: list[Failure] = []
    for name, on_table in _by_table(r for r in rules if r.check is None):
        table = tables[name]
        found = validate(on_table, _frame(table, on_table), parameters)
        broken = [(r, result) for r in on_table if (result := found[r.name]) is not None]
        failures += [_of_rows(rule, result, table) for rule, result in broken]
    for rule in rules:
        if rule.check is not None:
            problems = _problems(rule, tables)
            frame = pa.table({"problem": pa.nulls(problems.num_rows)}).to_pandas()
            if validate([rule], frame, parameters)[rule.name] is not None:
                failures.append(_failure(rule, problems.num_rows, _rows(problems), problems))
    return failures


def _problems(rule: Rule, tables: Mapping[str, pa.Table]) -> pa.Table:
    from warehouse import engine

    return engine.run(str(rule.check), {name: tables[name] for name in rule.reads})


def _frame(table: pa.Table, rules: Sequence[Rule]) -> pd.DataFrame:
    """The columns that the rules name; codes as text whether or not Arrow held a dictionary."""
    import pyarrow as pa

    named = {word for rule in rules for word in _words(rule.expectation["kwargs"])}
    kept = table.select([n for n in table.column_names if n in named] or table.column_names[:1])
    fields = [
        pa.field(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type)
        for f in kept.schema
    ]
    frame: pd.DataFrame = kept.cast(pa.schema(fields)).to_pandas()
    return frame


def _words(part: Any) -> Iterator[str]:
    """Every text in the arguments of an expectation, however deep."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict | list):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from _words(inner)


def _by_table(rules: Iterable[Rule]) -> list[tuple[str, list[Rule]]]:
    grouped: dict[str, list[Rule]] = {}
    for rule in rules:
        grouped.setdefault(rule.reads[0], []).append(rule)
    return list(grouped.items())


def _columns_missing(name: str, result: Mapping[str, Any]) -> tuple[int, list[dict[str, Any]]]:
    missing = sorted(result["details"]["mismatched"]["missing"])
    return len(missing), [{"table": name, "missing_column": column} for column in missing]


def _of_rows(rule: Rule, result: Mapping[str, Any], table: pa.Table) -> Failure:
    if "unexpected_index_list" not in result:
        return _failure(rule, table.num_rows, [{"observed": result.get("observed_value")}], table)
    offending = table.take(result["unexpected_index_list"])
    return _failure(rule, offending.num_rows, _rows(offending), offending)


def _failure(rule: Rule, rows: int, examples: list[dict[str, Any]], table: pa.Table) -> Failure:
    return Failure(
        rule=rule.name,
        blocking=rule.blocking,
        rows=rows,
        examples=examples,
        vintages=_vintages(table),
        text_nb=rule.text_nb,
        text_en=rule.text_en,
    )


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    return [
        {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in row.items()}
        for row in table.slice(0, SHOWN).to_pylist()
    ]


def _vintages(table: pa.Table) -> tuple[str, ...]:
    named = next((table[c] for c in VINTAGE_COLUMNS if c in table.column_names), None)
    each = named.unique().to_pylist() if named is not None else []
    return tuple(sorted({one for ids in each for one in (ids or "").split()}))

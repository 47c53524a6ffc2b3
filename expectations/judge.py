"""Judge: counts in DuckDB the rows that break each rule; Great Expectations judges the counts.

Which rules there are is said in the suite files and generated.py; which tables they see, in
gates.py. Arrow tables are read where they lie: only the rows that a message shows are taken out.
"""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from expectations import validator
from expectations.suite import BrokenSuite
from expectations.verdict import SHOWN, Failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import duckdb
    import pyarrow as pa

    from expectations.suite import Rule

Row = dict[str, Any]
VINTAGE_COLUMNS = ("vintage_ids", "vintage_id")
GIVEN = "given_"


def judge(
    rules: Sequence[Rule],
    tables: Mapping[str, pa.Table],
    parameters: Mapping[str, Sequence[str]],
    views: Mapping[str, str],
) -> tuple[list[Failure], tuple[str, ...]]:
    """Judge tables by rules; returns what is broken, and the rules that could not be judged.

    parameters: what a "$name" among the columns of a rule stands for.
    views: table -> SQL that rules see in its place, over the same name with `given_` before it.
    A rule that reads a table without all its columns is not judged; a table that is not there at
    all has none. Raises BrokenSuite for rules that cannot be evaluated.
    """
    lacking = {r.name: _lacking(r, tables, parameters) for r in rules if r.is_shape}
    incomplete = {r.reads[0] for r in rules if lacking.get(r.name)}
    judged = [r for r in rules if r.is_shape or not incomplete.intersection(r.reads)]
    whole = {name: table for name, table in tables.items() if name not in incomplete}
    # A view over several tables is only for rules that are not judged while one lacks a column.
    made = {name: text for name, text in views.items() if name in whole or not incomplete}
    with _opened(whole, made) as connection:
        counts = {name: len(columns) for name, columns in lacking.items()}
        counts |= _of_checks(connection, judged)
        counts |= _of_rows(connection, judged) | _of_keys(connection, judged, parameters)
        broken = validator.broken([r for r in rules if r in judged], counts)
        failures = []
        for rule in (r for r in judged if r.name in broken):
            rows, vintages = (
                _said_missing(rule, lacking[rule.name])
                if rule.is_shape
                else _offending(connection, rule, parameters)
            )
            failures.append(_failure(rule, counts[rule.name], rows, vintages))
    return failures, tuple(r.name for r in rules if r not in judged)


@contextmanager
def _opened(
    tables: Mapping[str, pa.Table], views: Mapping[str, str]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection that sees the tables; what it makes is temporary and its own."""
    from warehouse import engine

    with engine.opened() as connection:
        for name, table in tables.items():
            connection.register(f"{GIVEN}{name}" if name in views else name, table)
        for name, text in views.items():
            # Made once, as many rules read it.
            connection.execute(f'create temp table "{name}" as {text}')
        yield connection


def _lacking(
    rule: Rule, tables: Mapping[str, pa.Table], parameters: Mapping[str, Sequence[str]]
) -> list[str]:
    table = tables.get(rule.reads[0])
    known = set(table.column_names) if table is not None else set()
    return sorted(set(_columns(rule, parameters)) - known)


def _of_checks(connection: duckdb.DuckDBPyConnection, rules: Iterable[Rule]) -> dict[str, int]:
    from warehouse import engine

    return {
        rule.name: _asked(
            connection,
            rule.name,
            f"select count(*) from (\n{engine.text(str(rule.what))}\n)",  # noqa: S608
        )[0]
        for rule in rules
        if rule.kind == "check"
    }


def _of_rows(connection: duckdb.DuckDBPyConnection, rules: Iterable[Rule]) -> dict[str, int]:
    """Number of rows that break each rule on single rows, in one reading of each table."""
    counts: dict[str, int] = {}
    by_table: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.kind in ("broken", "filled"):
            by_table.setdefault(rule.reads[0], []).append(rule)
    for table, on_table in by_table.items():
        told = ", ".join(_count(rule) for rule in on_table)
        names = [rule.name for rule in on_table]
        query = f'select {told} from "{table}"'  # noqa: S608
        counts |= dict(zip(names, _asked(connection, ", ".join(names), query), strict=True))
    return counts


def _count(rule: Rule) -> str:
    if rule.kind == "filled":
        return "cast(count(*) = 0 as integer)"
    return f"count(*) filter (where {rule.what})"


def _of_keys(
    connection: duckdb.DuckDBPyConnection,
    rules: Iterable[Rule],
    parameters: Mapping[str, Sequence[str]],
) -> dict[str, int]:
    """Number of rows whose key another row has too."""
    counts: dict[str, int] = {}
    for rule in (r for r in rules if r.kind == "unique"):
        key = _quoted(_columns(rule, parameters))
        # As many hashes as rows: no two keys are equal. Only otherwise are they all compared.
        quick = f'select count(*) - count(distinct hash({key})) from "{rule.reads[0]}"'  # noqa: S608
        exact = (
            f"select coalesce(sum(n), 0) from (select count(*) as n "  # noqa: S608
            f'from "{rule.reads[0]}" group by {key} having count(*) > 1)'
        )
        (unsure,) = _asked(connection, rule.name, quick)
        counts[rule.name] = int(_asked(connection, rule.name, exact)[0]) if unsure else 0
    return counts


def _offending(
    connection: duckdb.DuckDBPyConnection, rule: Rule, parameters: Mapping[str, Sequence[str]]
) -> tuple[list[Row], tuple[str, ...]]:
    """The first rows that break a rule, and the vintages of all of them."""
    from warehouse import engine

    if rule.kind == "filled":
        return [{"rows": 0}], ()
    such = f"where {rule.what}"
    if rule.kind == "unique":
        such = f"qualify count(*) over (partition by {_quoted(_columns(rule, parameters))}) > 1"
    query = f'select * from "{rule.reads[0]}" {such}'  # noqa: S608
    rows = connection.sql(engine.text(str(rule.what)) if rule.kind == "check" else query)
    named = next((c for c in VINTAGE_COLUMNS if c in rows.columns), None)
    ids = rows.select(f'"{named}"').distinct().fetchall() if named else []
    told = tuple(sorted({one for (several,) in ids for one in (several or "").split()}))
    return _shown(rows.limit(SHOWN).to_arrow_table()), told


def _asked(connection: duckdb.DuckDBPyConnection, rules: str, query: str) -> tuple[int, ...]:
    """The one row that a query gives."""
    import duckdb

    try:
        (row,) = connection.execute(query).fetchall()
    except duckdb.Error as error:
        raise BrokenSuite(
            f"Rules could not be evaluated ({rules}): {error}\n"
            "Nothing was published. Mend the rule in expectations/ or sql/checks/, or the type of "
            "the column."
        ) from error
    return tuple(row)


def _columns(rule: Rule, parameters: Mapping[str, Sequence[str]]) -> list[str]:
    """Columns that a rule names, those that the gate says put in; each once."""
    named: list[str] = []
    for column in rule.what:
        named += parameters[column[1:]] if column.startswith("$") else [column]
    return list(dict.fromkeys(named))


def _quoted(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _said_missing(rule: Rule, columns: Iterable[str]) -> tuple[list[Row], tuple[str, ...]]:
    return [{"table": rule.reads[0], "missing_column": column} for column in columns], ()


def _failure(rule: Rule, rows: int, examples: list[Row], vintages: tuple[str, ...]) -> Failure:
    return Failure(
        rule=rule.name,
        blocking=rule.blocking,
        rows=rows,
        examples=examples,
        vintages=vintages,
        text_nb=rule.text_nb,
        text_en=rule.text_en,
    )


def _shown(table: pa.Table) -> list[Row]:
    return [
        {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in row.items()}
        for row in table.slice(0, SHOWN).to_pylist()
    ]

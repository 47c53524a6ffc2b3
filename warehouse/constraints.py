"""Constraints: what holds in every table of a release, declared once: catalogues/keys.yaml, marts.

A key, a grain, columns that are never blank, references between tables, closed lists of values.
A release carries its constraints in its manifest, so that it is held to those of its own time
(warehouse/release.py) and a catalogue says the same (catalogues/data_package.py). What is true of
figures is not said here but in expectations/.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse import mart

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import duckdb

    Rules = Mapping[str, Any]

KEYS = Path(__file__).parent / "catalogues" / "keys.yaml"
BREAKDOWNS = "$breakdowns"


@cache
def _declared() -> dict[str, Any]:
    import yaml

    rules: dict[str, Any] = yaml.safe_load(KEYS.read_text(encoding="utf-8"))
    return rules | {name: dict(wanted.rules) for name, wanted in mart.load().items()}


def of(table: str, columns: Iterable[str]) -> dict[str, Any]:
    """Constraints of one table with these columns; empty for one that declares none.

    key: columns that tell rows apart and are never blank. grain: the same, where some can be.
    required: columns that are never blank. refers: columns -> [table, its columns].
    values: column -> the closed list of its values.
    """
    rules = dict(_declared().get(table, {}))
    found = _breakdowns(table, columns)
    for name in ("key", "grain"):
        if name in rules:
            rules[name] = [n for k in rules[name] for n in (found if k == BREAKDOWNS else [k])]
    return rules


def declared(tables: Mapping[str, Iterable[str]]) -> dict[str, dict[str, Any]]:
    """Constraints of a release, for its manifest: table -> constraints; tables: name -> columns."""
    return {name: rules for name, columns in tables.items() if (rules := of(name, columns))}


def _breakdowns(table: str, columns: Iterable[str]) -> list[str]:
    """Breakdown columns of a value table: those that comments.yaml does not name one by one."""
    from warehouse import database

    named = database.comments().get(table, {}).get("columns", {})
    return [column for column in columns if column not in named]


def problems(
    connection: duckdb.DuckDBPyConnection, constraints: Mapping[str, Rules]
) -> Iterator[str]:
    """Say of each constraint that a release's DuckDB file breaks: where, how often, an example.

    connection: the file, open. constraints: as `declared` gave them when the release was staged.
    """
    there = _columns(connection)
    for table, rules in constraints.items():
        unknown = sorted(_named(table, rules) - there)
        if unknown:
            lost = ", ".join(f"{t}.{c}" for t, c in unknown)
            yield f"{table}: its constraints name columns that are not in the file: {lost}"
            continue
        yield from _blanks(connection, table, [*rules.get("key", ()), *rules.get("required", ())])
        for columns in (rules.get("key"), rules.get("grain")):
            yield from _repeated(connection, table, columns or ())
        for rule in rules.get("refers", ()):
            yield from _lost(connection, table, rule)
        for column, listed in rules.get("values", {}).items():
            yield from _unlisted(connection, table, column, listed)


def _columns(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    return set(
        connection.execute(
            "select table_name, column_name from duckdb_columns() where not internal"
        ).fetchall()
    )


def _named(table: str, rules: Rules) -> set[tuple[str, str]]:
    """Every column that constraints of a table speak of, with the table it is in."""
    own = {*rules.get("key", ()), *rules.get("grain", ()), *rules.get("required", ())}
    own |= rules.get("values", {}).keys()
    found = {(table, column) for column in own}
    for rule in rules.get("refers", ()):
        found |= {(table, column) for column in rule["columns"]}
        found |= {(rule["table"], column) for column in rule["their"]}
    return found


def _blanks(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Iterable[str]
) -> Iterator[str]:
    names = list(dict.fromkeys(columns))
    if not names:
        return
    counts = ", ".join(f"count(*) - count({_quoted(name)})" for name in names)
    (row,) = connection.execute(f"select {counts} from {_quoted(table)}").fetchall()  # noqa: S608
    for name, blank in zip(names, row, strict=True):
        if blank:
            yield f"{table}.{name}: blank in {blank} rows, and it never is"


def _repeated(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Iterable[str]
) -> Iterator[str]:
    names = list(columns)
    if not names:
        return
    listed = ", ".join(map(_quoted, names))
    found = connection.execute(
        f"select {listed}, count(*) from {_quoted(table)} "  # noqa: S608
        "group by all having count(*) > 1 order by all"
    ).fetchall()
    if found:
        *example, times = found[0]
        yield (
            f"{table}: {len(found)} keys ({', '.join(names)}) stand more than once, "
            f"the first {times} times: {_shown(example)}"
        )


def _lost(connection: duckdb.DuckDBPyConnection, table: str, rule: Rules) -> Iterator[str]:
    """Rows that refer to a row that is not there; a blank refers to nothing."""
    pairs = list(zip(rule["columns"], rule["their"], strict=True))
    met = " and ".join(f"o.{_quoted(own)} = t.{_quoted(their)}" for own, their in pairs)
    given = " and ".join(f"o.{_quoted(own)} is not null" for own in rule["columns"])
    listed = ", ".join(f"o.{_quoted(own)}" for own in rule["columns"])
    found = connection.execute(
        f"select {listed}, count(*) from {_quoted(table)} as o "  # noqa: S608
        f"anti join {_quoted(rule['table'])} as t on {met} where {given} group by all order by all"
    ).fetchall()
    if found:
        *example, _ = found[0]
        yield (
            f"{table}: {sum(row[-1] for row in found)} rows refer by ({', '.join(rule['columns'])})"
            f" to rows of {rule['table']} that are not there, such as {_shown(example)}"
        )


def _unlisted(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, listed: Iterable[str]
) -> Iterator[str]:
    name = _quoted(column)
    found = connection.execute(
        f"select {name} from {_quoted(table)} "  # noqa: S608
        f"where {name} is not null and not list_contains(?, {name}) group by all order by all",
        [list(listed)],
    ).fetchall()
    if found:
        yield f"{table}.{column}: not one of its values: {_shown([row[0] for row in found])}"


def _quoted(name: str) -> str:
    """A name of the file's own catalogue as SQL; `problems` has looked it up there before."""
    return '"' + name.replace('"', '""') + '"'


def _shown(cells: Iterable[object]) -> str:
    return ", ".join("blank" if cell is None else str(cell) for cell in cells)

"""Definition SQL: judges, before it runs, whether an indicator's SQL is one plain SELECT.

DuckDB's own parser reads the text and its syntax tree is walked: what is not listed here is
refused, so that a new word of DuckDB is refused until somebody has looked at it. How the query
is then run, and with which limits, is warehouse/sandbox.py.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from warehouse import engine

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from collections.abc import Set as AbstractSet

    import duckdb

    Visible = frozenset[str]

LONGEST = 64_000

_NODES = frozenset({
    "SELECT_NODE", "SET_OPERATION_NODE",
    "EMPTY", "BASE_TABLE", "JOIN", "SUBQUERY", "TABLE_FUNCTION", "EXPRESSION_LIST",
    "ORDER_MODIFIER", "LIMIT_MODIFIER", "DISTINCT_MODIFIER",
    "ORDER_DEFAULT", "ASCENDING", "DESCENDING",
})  # fmt: skip
_EXPRESSIONS = frozenset({
    "BETWEEN", "CASE", "CAST", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT", "FUNCTION",
    "LAMBDA", "OPERATOR", "STAR", "SUBQUERY", "TYPE", "WINDOW",
})  # fmt: skip
_TYPES = frozenset({
    "BIGINT", "BOOL", "BOOLEAN", "DATE", "DECIMAL", "DOUBLE", "FLOAT", "HUGEINT", "INT", "INTEGER",
    "LIST", "NUMERIC", "REAL", "SMALLINT", "STRING", "TEXT", "TINYINT", "UBIGINT", "UINTEGER",
    "USMALLINT", "UTINYINT", "VARCHAR",
})  # fmt: skip
# Nothing that reads a file, a setting, the clock or chance, and nothing that makes much of little
# inside one call (repeat, range, lpad, replace), where neither limit can stop it.
_FUNCTIONS = frozenset({
    "+", "-", "*", "/", "//", "%", "**", "^", "||", "~~", "!~~", "~~*", "!~~*", "abs", "ceil",
    "ceiling", "exp", "floor", "greatest", "isfinite", "isinf", "isnan", "least", "ln", "log",
    "log10", "log2", "mod", "pow", "power", "round", "round_even", "sign", "sqrt", "trunc",
    "any_value", "arg_max", "arg_min", "avg", "bool_and", "bool_or", "corr", "count",
    "count_if", "count_star", "first", "last", "list", "max", "max_by", "mean", "median", "min",
    "min_by", "mode", "product", "quantile_cont", "quantile_disc", "stddev", "stddev_pop",
    "stddev_samp", "sum", "var_pop", "var_samp", "variance", "cume_dist", "dense_rank",
    "first_value", "lag", "last_value", "lead", "nth_value", "ntile", "percent_rank", "rank",
    "row_number", "coalesce", "concat", "concat_ws", "contains", "ends_with", "ifnull", "left",
    "length", "lower", "ltrim", "nullif", "prefix", "regexp_extract", "regexp_full_match",
    "regexp_matches", "right", "rtrim", "split_part", "starts_with", "strpos", "substr",
    "substring", "suffix", "trim", "upper", "date_diff", "date_part", "date_sub", "date_trunc",
    "datediff", "datepart", "datetrunc", "day", "dayofyear", "isoyear", "last_day", "make_date",
    "month", "quarter", "week", "year", "flatten", "len", "list_append", "list_apply",
    "list_concat", "list_contains", "list_distinct", "list_extract", "list_filter", "list_has",
    "list_max", "list_min", "list_position", "list_sort", "list_sum", "list_transform",
    "list_unique", "list_value", "unnest",
})  # fmt: skip
_TABLE_FUNCTIONS = frozenset({"generate_series", "range", "unnest"})
# Column names that DuckDB reads as a call where no column has them.
_CALLS = frozenset({
    "current_catalog", "current_date", "current_role", "current_schema", "current_time",
    "current_timestamp", "current_user", "localtime", "localtimestamp", "session_user", "user",
})  # fmt: skip


def problems(
    connection: duckdb.DuckDBPyConnection, sql: str, tables: AbstractSet[str]
) -> list[str]:
    """Everything for which an indicator's SQL is not run; an empty list if it may be.

    tables: names that the query may read, beside its own CTEs.
    """
    if len(sql) > LONGEST:
        return [f"{len(sql)} characters, at most {LONGEST} are read"]
    if "\0" in sql:
        return ["a character of code 0 stands in it"]
    found = _statements(connection, sql)
    if found:
        return found
    serialized = connection.execute("select json_serialize_sql($1)", [sql]).fetchall()
    try:
        tree = json.loads(serialized[0][0])
        if tree["error"]:
            return [f"not a SELECT that can be read: {tree['error_message']}"]
        walked = _walk(tree["statements"], frozenset(name.lower() for name in tables))
        return list(dict.fromkeys(walked))
    except RecursionError:
        return ["it is nested too deeply"]


def _statements(connection: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    import duckdb

    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        return [f"not readable as SQL: {error}"]
    kinds = [statement.type.name for statement in statements]
    if kinds == ["SELECT"]:
        return []
    return [f"holds {', '.join(kinds) or 'no statement'}; it may hold one SELECT and nothing else"]


@cache
def _own_macros() -> frozenset[str]:
    """Names of the macros that every SQL file of the project may use."""
    return frozenset(re.findall(r"\bmacro (\w+)\(", engine.text("macros.sql")))


def _walk(node: Any, visible: Visible) -> Iterator[str]:
    """Problems of a part of the syntax tree; visible: tables and CTEs that may be named in it."""
    if isinstance(node, list):
        for child in node:
            yield from _walk(child, visible)
    elif isinstance(node, dict):
        children = dict(node)
        if "cte_map" in node:
            visible = yield from _ctes(children.pop("cte_map"), visible)
        yield from _own(children, visible)
        yield from _walk(list(children.values()), visible)


def _ctes(ctes: Any, visible: Visible) -> Generator[str, None, Visible]:
    """Problems of the CTEs of a query, each of which sees those before it; returns what all see."""
    for entry in ctes["map"]:
        yield from _walk(entry["value"], visible)
        visible = visible | {entry["key"].lower()}
    return visible


def _own(node: dict[str, Any], visible: Visible) -> Iterator[str]:
    """Problems of this part alone; takes out of it what is thereby judged."""
    kind = node.get("class") or node.get("type")
    if "class" in node and kind not in _EXPRESSIONS:
        yield f"{_word(kind)} is not allowed in an expression"
    elif "class" not in node and isinstance(kind, str) and kind not in _NODES:
        yield f"{_word(kind)} is not allowed"
    for key, what in (("sample", "a sample: chance"), ("at_clause", "a table of another time")):
        if node.pop(key, None) is not None:
            yield f"{what} is not allowed"
    if kind == "BASE_TABLE":
        yield from _table(node, visible)
    elif kind == "TABLE_FUNCTION":
        call = node.pop("function")
        yield from _call(call, _TABLE_FUNCTIONS, "read as a table")
        yield from _walk(call.get("arguments", []), visible)
    elif kind in {"FUNCTION", "WINDOW"}:
        yield from _call(node, _FUNCTIONS | _own_macros(), "used")
    elif kind == "TYPE" and node["type_name"].upper() not in _TYPES:
        yield f"type {node['type_name']} is not allowed"
    elif kind == "COLUMN_REF" and {name.lower() for name in node["column_names"]} & _CALLS:
        yield f"{'.'.join(node['column_names'])} is not allowed: it is not a figure of a source"


def _table(node: dict[str, Any], visible: Visible) -> Iterator[str]:
    path = node["qualified_name"]["path"]
    if len(path) != 1 or path[0].lower() not in visible:
        yield f"table {'.'.join(path)} is not declared -> name its source under `sources`"


def _call(node: dict[str, Any], allowed: AbstractSet[str], how: str) -> Iterator[str]:
    path = node["qualified_name"]["path"] if "qualified_name" in node else ["?"]
    if len(path) != 1 or path[0].lower() not in allowed:
        yield f"function {'.'.join(path)} may not be {how}"


def _word(kind: object) -> str:
    return str(kind).lower().replace("_query_node", "").replace("_", " ")

"""What a DuckDB file holds, in a form that can be compared: its bytes need not be equal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from pathlib import Path

# What stood in earlier releases is known only where they were published.
OF_THE_PAST = ("indicator_value_history", "release_log", "changed_value")


def contents(file: Path, *, past: bool = True) -> dict[str, Any]:
    """Table, view or macro -> all that it holds and says.

    Of a table or view: columns, types, comments, number of rows, and a sum of the hashes of its
    rows, which does not ask in what order they lie. Of a macro: its text and comment.
    past: whether what is made of earlier releases is to be told, too.
    """
    with duckdb.connect(str(file), read_only=True) as connection:
        found = _relations(connection) | _macros(connection)
    return {name: held for name, held in found.items() if past or name not in OF_THE_PAST}


def _relations(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    columns = connection.execute(
        "select table_name, list((column_name, data_type, comment) order by column_index) "
        "from duckdb_columns() where not internal group by all order by all"
    ).fetchall()
    rows = {
        name: connection.table(name).set_alias("t").aggregate("count(*), sum(hash(t))").fetchall()
        for name, _ in columns
    }
    return {name: (described, rows[name]) for name, described in columns}


def _macros(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    # When it was built is the one thing that two builds of the same release differ in.
    return {
        name: said
        for name, *said in connection.execute(
            "select function_name, parameters, macro_definition, comment from duckdb_functions() "
            "where not internal and function_name <> 'release_built_at' order by all"
        ).fetchall()
    }

"""Engine: runs the SQL of sql/ over named tables in an in-memory DuckDB and gives back Arrow.

Nothing is kept between runs, so steps run side by side without waiting for a database lock.
Rules live in the SQL files, their order with whoever calls; no file is written here.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb
    import pyarrow as pa

SQL = Path(__file__).resolve().parent.parent / "sql"

# No extension is fetched and no Python variable is read: a run sees the tables it is given.
SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
    # Several threads add floats in an order of their own: equal inputs must give equal bytes.
    "threads": 1,
}


def seed(name: str, types: Mapping[str, pa.DataType] | None = None) -> pa.Table:
    """Read a table declared by hand, named from sql/ on: "roll_up/reasons.csv".

    Seeds are UTF-8 with ";" between columns; a blank field is null.
    types: column -> type of the columns that are not text, so 0301 keeps its zero.
    """
    import pyarrow as pa
    from pyarrow import csv

    path = SQL / name
    header = path.read_text(encoding="utf-8").partition("\n")[0]
    special = types or {}
    kinds = {column: special.get(column, pa.string()) for column in header.strip().split(";")}
    return csv.read_csv(
        path,
        parse_options=csv.ParseOptions(delimiter=";"),
        convert_options=csv.ConvertOptions(
            column_types=kinds, strings_can_be_null=True, null_values=[""]
        ),
    )


def run(sql_file: str, tables: Mapping[str, pa.Table | Path]) -> pa.Table:
    """Run the one query of a SQL file and return its rows.

    sql_file: path below sql/ ("conform/geo_spell.sql").
    tables:   name in the SQL -> Arrow table or parquet file.
    Raises duckdb.Error with the file and the tables noted; FileNotFoundError without the file.
    """
    return run_steps({sql_file: text(sql_file)}, tables)


def run_steps(steps: Mapping[str, str], tables: Mapping[str, pa.Table | Path]) -> pa.Table:
    """Run several queries in turn and return the last one's rows.

    steps:  name -> query. Each earlier one is computed once and stands under its name for the
            later ones, beside the tables. All may use the macros of sql/macros.sql.
    Raises duckdb.Error with the step and the tables noted.
    """
    with opened() as connection:
        return run_steps_in(connection, steps, tables)


def opened() -> duckdb.DuckDBPyConnection:
    """A connection that has the macros; what is made in it as temporary is its own."""
    return _database().cursor()


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """One empty database per process: opening one takes longer than most queries."""
    import duckdb

    connection = duckdb.connect(":memory:", config=SETTINGS)
    connection.execute(text("macros.sql"))
    return connection


def run_steps_in(
    connection: duckdb.DuckDBPyConnection,
    steps: Mapping[str, str],
    tables: Mapping[str, pa.Table | Path],
) -> pa.Table:
    """Do as run_steps in a connection that has the macros, and may have tables of its own."""
    import duckdb

    *earlier, last = steps
    for name, table in tables.items():
        _offer(connection, name, table)
    step = last
    try:
        for step in earlier:
            connection.execute(f'create temp table "{step}" as\n{steps[step]}')
        step = last
        return connection.sql(steps[last]).to_arrow_table()
    except duckdb.Error as error:
        error.add_note(f"in step {step}, given the tables: {', '.join(sorted(tables))}")
        raise


def text(sql_file: str) -> str:
    """Return the text of one file below sql/."""
    return (SQL / sql_file).read_text(encoding="utf-8")


def _offer(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table | Path) -> None:
    if isinstance(table, Path):
        file = str(table).replace("'", "''")
        connection.execute(f"create temp view \"{name}\" as from read_parquet('{file}')")
    else:
        connection.register(name, table)

"""The DuckDB file of a release: tables, comments and views, built once from its parquet.

The parquet files are the truth; this file is the same rows in the shape analysts query. It is
written in a storage version that older DuckDBs open too.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse import engine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import duckdb
    import pyarrow as pa

    from sources.registry import Text

COMMENTS = Path(__file__).parent / "comments.yaml"
STORAGE_VERSION = "v1.0.0"
VIEWS = ("newest_value", "headline_value")


@cache
def comments() -> dict[str, Any]:
    """Meaning of every table and column, in bokmål and English, as comments.yaml says."""
    import yaml

    loaded: dict[str, Any] = yaml.safe_load(COMMENTS.read_text(encoding="utf-8"))
    return loaded


def column_comment(table: str, column: str, breakdowns: Iterable[str]) -> Text:
    """Comment of one column; breakdown columns of indicator_value share one text."""
    from sources.registry import Text

    described = comments()
    if table == "indicator_value" and column in set(breakdowns):
        text = described["breakdown"]
        return Text(text["nb"].format(name=column), text["en"].format(name=column))
    return Text(**described[table]["columns"][column])


def build(path: Path, tables: Mapping[str, pa.Table], breakdowns: Iterable[str]) -> None:
    """Write the tables, their comments and the views of sql/views/ into a new DuckDB file."""
    import duckdb

    with duckdb.connect(config=engine.SETTINGS) as connection:
        file = str(path).replace("'", "''")
        connection.execute(f"attach '{file}' as release (storage_version '{STORAGE_VERSION}')")
        connection.execute("use release")
        for name, table in tables.items():
            connection.register("incoming", table)
            connection.table("incoming").create(name)
            connection.unregister("incoming")
            _comment(connection, name, table.column_names, tuple(breakdowns))
        for view in VIEWS:
            connection.execute(engine.text(f"views/{view}.sql"))
        connection.execute("use memory")
        connection.execute("detach release")


def _comment(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Iterable[str],
    breakdowns: tuple[str, ...],
) -> None:
    grain = comments()[table]["table"]
    _say(connection, f"table {table}", f"{grain['nb']} / {grain['en']}")
    for column in columns:
        text = column_comment(table, column, breakdowns)
        _say(connection, f'column {table}."{column}"', f"{text.nb} / {text.en}")


def _say(connection: duckdb.DuckDBPyConnection, what: str, text: str) -> None:
    # COMMENT takes no parameters; names and texts are the project's own.
    quoted = text.replace("'", "''")
    connection.execute(f"comment on {what} is '{quoted}'")

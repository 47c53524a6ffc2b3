"""The DuckDB file of a release: tables, comments, views and macros, built once from its parquet.

The parquet files are the truth; this file is the same rows in the shape analysts query. It is
written in a storage version that older DuckDBs open too. What a view or macro says is beside its
SQL in sql/views/ and sql/published_macros/, what a table says in comments.yaml or a mart's YAML.
"""

from __future__ import annotations

import re
from datetime import UTC
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError
from warehouse import engine, mart

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    import duckdb
    import pyarrow as pa

    from sources.registry import Text

COMMENTS = Path(__file__).parent / "comments.yaml"
HISTORY = "indicator_value_history"
WITH_BREAKDOWNS = ("indicator_value", HISTORY)
STORAGE_VERSION = "v1.0.0"
VIEW_SQL = engine.SQL / "views"
MACRO_SQL = engine.SQL / "published_macros"
# A view's column that is a table's own means what it means there, looked up in this order.
INHERITED = ("indicator_value", "indicator", "region", "source_table", HISTORY)


class UndescribedColumn(KompetanseError):
    """A view has a column that has no comment."""


def _in_order(folder: Path) -> tuple[str, ...]:
    """Names of the SQL files of a folder, each after those that it reads from."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.sql"))}
    order: TopologicalSorter[str] = TopologicalSorter()
    for name, text in texts.items():
        words = set(re.findall(r"\b(?:from|join)\s+(\w+)", text))
        order.add(name, *sorted(words & texts.keys() - {name}))
    return tuple(order.static_order())


VIEWS = _in_order(VIEW_SQL)
MACROS = _in_order(MACRO_SQL)


@cache
def comments() -> dict[str, Any]:
    """Meaning of every table and column, in bokmål and English: comments.yaml, and marts' own."""
    marts = {name: wanted.comments for name, wanted in mart.load().items()}
    return _described(COMMENTS) | marts


@cache
def view_comments() -> dict[str, Any]:
    """Meaning of every view, and of its columns that no table has: the YAML beside its SQL."""
    return {name: _described(VIEW_SQL / f"{name}.yaml") for name in VIEWS}


@cache
def macro_comments() -> dict[str, Any]:
    """Meaning, parameters and an example of every macro: the YAML beside its SQL."""
    return {name: _described(MACRO_SQL / f"{name}.yaml") for name in MACROS}


def column_comment(table: str, column: str, breakdowns: Iterable[str]) -> Text:
    """Comment of one column; breakdown columns share one text.

    The history also has those that no definition has any more.
    """
    from sources.registry import Text

    described = comments()
    retired = table == HISTORY and column not in described[table]["columns"]
    if retired or (table in WITH_BREAKDOWNS and column in set(breakdowns)):
        text = described["breakdown"]
        return Text(text["nb"].format(name=column), text["en"].format(name=column))
    return Text(**described[table]["columns"][column])


def view_column_comment(view: str, column: str, breakdowns: Iterable[str]) -> Text:
    """Comment of one column of a view: its own, else that of the table it comes from.

    Raises UndescribedColumn for one that no YAML describes.
    """
    from sources.registry import Text

    own = view_comments()[view].get("columns", {})
    if column in own:
        return Text(**own[column])
    if column in set(breakdowns):
        return column_comment("indicator_value", column, breakdowns)
    table = next((t for t in INHERITED if column in comments()[t]["columns"]), None)
    if table is None:
        raise UndescribedColumn(
            f"sql/views/{view}.yaml says nothing of the column {column}, which no table has. "
            "Nothing was published. Say there what it means, in bokmål and English."
        )
    return column_comment(table, column, breakdowns)


def build(
    path: Path, tables: Mapping[str, pa.Table], breakdowns: Iterable[str], built_at: datetime
) -> None:
    """Write tables, views and macros, with their comments, into a new DuckDB file.

    built_at: stands in a macro, not in a table, so that equal figures give equal tables.
    """
    import duckdb

    breakdowns = tuple(breakdowns)
    known = _with_retired(breakdowns, tables)
    with duckdb.connect(config=engine.SETTINGS) as connection:
        file = str(path).replace("'", "''")
        connection.execute(f"attach '{file}' as release (storage_version '{STORAGE_VERSION}')")
        connection.execute("use release")
        # One commit for all, as each waits for the disk.
        connection.begin()
        for name, table in tables.items():
            connection.register("incoming", table)
            connection.table("incoming").create(name)
            connection.unregister("incoming")
            _comment_table(connection, name, table.column_names, known)
        for view in VIEWS:
            connection.execute(view_sql(view, breakdowns))
            _comment_view(connection, view, known)
        _say_built_at(connection, built_at)
        for macro in MACROS:
            connection.execute(engine.text(f"published_macros/{macro}.sql"))
            _comment_macro(connection, macro)
        connection.commit()
        connection.execute("use memory")
        connection.execute("detach release")


def view_sql(view: str, breakdowns: Iterable[str]) -> str:
    """SQL of a view; breakdowns: columns of the value table, whose names are [a-z0-9_] only.

    {ranked} is what the views of ranks share: sql/views/parts/ranked.sql.
    """
    text = engine.text(f"views/{view}.sql")
    if "{ranked}" in text:
        text = text.replace("{ranked}", engine.text("views/parts/ranked.sql").rstrip())
    return text.replace("{breakdowns}", ", ".join(breakdowns))


def _with_retired(breakdowns: Iterable[str], tables: Mapping[str, pa.Table]) -> tuple[str, ...]:
    """Breakdowns of today's definitions, and those that only the history has."""
    stood = tables[HISTORY].column_names if HISTORY in tables else []
    described = comments()[HISTORY]["columns"]
    return tuple(sorted({*breakdowns, *(name for name in stood if name not in described)}))


def _say_built_at(connection: duckdb.DuckDBPyConnection, built_at: datetime) -> None:
    moment = built_at.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    connection.execute(f"create macro release_built_at() as timestamp '{moment}'")
    _say(
        connection,
        "macro release_built_at",
        "Når denne utgivelsen ble bygd (UTC). / When this release was built (UTC).",
    )


def _comment_table(
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


def _comment_view(
    connection: duckdb.DuckDBPyConnection, view: str, breakdowns: tuple[str, ...]
) -> None:
    grain = view_comments()[view]["comment"]
    _say(connection, f"view {view}", f"{grain['nb']} / {grain['en']}")
    for column in connection.view(view).columns:
        text = view_column_comment(view, column, breakdowns)
        _say(connection, f'column {view}."{column}"', f"{text.nb} / {text.en}")


def _comment_macro(connection: duckdb.DuckDBPyConnection, macro: str) -> None:
    about = macro_comments()[macro]
    says = {
        language: f"{about['comment'][language]} {word}: "
        + "; ".join(f"{name}: {text[language]}" for name, text in about["parameters"].items())
        + "."
        for language, word in (("nb", "Parametre"), ("en", "Parameters"))
    }
    kind = "macro table" if " as table" in engine.text(f"published_macros/{macro}.sql") else "macro"
    _say(
        connection,
        f"{kind} {macro}",
        f"{says['nb']} / {says['en']} Eksempel / example: {about['example']}",
    )


def _say(connection: duckdb.DuckDBPyConnection, what: str, text: str) -> None:
    # COMMENT takes no parameters; names and texts are the project's own.
    quoted = text.replace("'", "''")
    connection.execute(f"comment on {what} is '{quoted}'")


def _described(path: Path) -> dict[str, Any]:
    import yaml

    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded

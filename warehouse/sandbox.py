"""Sandbox: runs one indicator's SQL where it can read its declared tables and nothing else.

Definitions come from other counties, so their SQL is judged first (warehouse/definition_sql.py)
and then run in a DuckDB of its own, whose settings are locked: no file, no network, no extension,
bounded memory, time and rows. The project's own SQL runs in warehouse/engine.py.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sources.model import KompetanseError
from warehouse import definition_sql, engine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb
    import pyarrow as pa

STATED = "stated"
_LOCKED: dict[str, str | bool] = {
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "temp_directory": "",
    "max_temp_directory_size": "0B",
}


class UnsafeDefinition(KompetanseError):
    """An indicator's SQL is more than one SELECT over its declared tables; it was not run."""


class DefinitionFailed(KompetanseError):
    """An indicator's SQL was run and gave an error, or went beyond a limit."""


@dataclass(frozen=True)
class Limits:
    """What one definition may use; memory as DuckDB writes it, its result's rows included."""

    seconds: float = 120.0
    memory: str = "3GiB"


LIMITS = Limits()


@contextmanager
def opened(
    name: str,
    sql: str,
    tables: Mapping[str, pa.Table | Path],
    limits: Limits = LIMITS,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Run an indicator's SQL over the tables it declares; yield the connection it ran in.

    name:   the definition, for the messages.
    tables: name in the SQL -> Arrow table or parquet file; it can read no others.
    The connection is locked and has the rows as the table STATED, beside the macros and tables.
    Raises UnsafeDefinition with all that is not allowed, and DefinitionFailed.
    """
    import duckdb

    settings = {**engine.SETTINGS, **_LOCKED, "memory_limit": limits.memory}
    with duckdb.connect(":memory:", config=settings) as connection:
        connection.execute(engine.text("macros.sql"))
        for table, content in tables.items():
            connection.register(table, _relation(content))
        # Set here and not in the settings: those would leave a file named ":memory:" writable.
        connection.execute("set enable_external_access = false; set lock_configuration = true")
        found = definition_sql.problems(connection, sql, tables.keys())
        if found:
            raise UnsafeDefinition(_refusal(name, found, tables))
        keep(connection, name, sql, limits)
        yield connection


def rows(
    name: str, sql: str, tables: Mapping[str, pa.Table | Path], limits: Limits = LIMITS
) -> pa.Table:
    """Rows that an indicator's SQL gives over the tables it declares; as opened()."""
    with opened(name, sql, tables, limits) as connection:
        return connection.table(STATED).to_arrow_table()


def keep(connection: duckdb.DuckDBPyConnection, name: str, sql: str, limits: Limits) -> None:
    """Keep one query's rows as the table STATED; its memory is bounded by the connection.

    Raises DefinitionFailed where it fails or goes beyond a limit.
    """
    import duckdb

    with _alarm(connection, limits.seconds) as rung:
        try:
            connection.sql(sql).create(STATED)
        except duckdb.OutOfMemoryException as error:
            raise _beyond(name, f"more than {limits.memory} of memory") from error
        except duckdb.Error as error:
            if rung.is_set():
                raise _beyond(name, f"more than {limits.seconds:g} seconds") from error
            raise DefinitionFailed(
                f"Indicator {name}: DuckDB does not run its SQL: {error}\n"
                "Nothing was computed for it; other indicators are not touched. Mend the SQL."
            ) from error


def _relation(table: pa.Table | Path) -> pa.Table:
    """What is registered in a locked connection: it may open no file, so Arrow reads parquet."""
    if isinstance(table, Path):
        import pyarrow.dataset as ds

        return ds.dataset(table, format="parquet")
    return table


@contextmanager
def _alarm(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[threading.Event]:
    """Interrupt the connection when the time is over; the event says that it was."""
    rung = threading.Event()

    def ring() -> None:
        rung.set()
        connection.interrupt()

    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    try:
        yield rung
    finally:
        timer.cancel()
        # An interrupt that is under way must not meet a closed connection.
        timer.join()


def _refusal(name: str, found: list[str], tables: Mapping[str, object]) -> str:
    lines = "\n".join(f"  {problem}" for problem in found)
    return (
        f"Indicator {name}: its SQL may not be run:\n{lines}\n"
        f"It may be one SELECT over {', '.join(sorted(tables)) or 'no table'}, with the functions "
        "that warehouse/definition_sql.py lists. Nothing of it was run. Mend the SQL, or ask "
        "those who sent it."
    )


def _beyond(name: str, what: str) -> DefinitionFailed:
    return DefinitionFailed(
        f"Indicator {name}: its SQL was stopped, it took {what}. Nothing was computed for it; "
        "other indicators are not touched. Look for a join without a condition."
    )

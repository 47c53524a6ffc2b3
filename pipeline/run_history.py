"""Run history: Dagster's SQLite files, held open while a run goes on.

Dagster opens and closes a file for each of some thousand events of a run, and whoever closes it
last waits for the disk. Held open, nobody waits before the end. Databases on a server are left
alone, and nothing here reads or writes what Dagster keeps.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def held_open() -> Iterator[None]:
    """Hold every SQLite file that is opened meanwhile; what was written is on disk at the end.

    A process that is killed loses nothing. If the power fails, the newest events may be gone; the
    file itself stays whole.
    """
    from sqlalchemy import Engine, event

    held: dict[str, sqlite3.Connection] = {}

    def hold(connection: object, _: object) -> None:
        if not isinstance(connection, sqlite3.Connection):
            return
        connection.execute("pragma synchronous = normal")
        path = connection.execute("pragma database_list").fetchone()[2]
        if path:
            # One that is being made is locked for a moment, and is held at its next opening.
            with suppress(sqlite3.OperationalError):
                if path not in held:
                    held[path] = sqlite3.connect(path, check_same_thread=False)
                _read(held[path])

    event.listen(Engine, "connect", hold)
    try:
        yield
    finally:
        event.remove(Engine, "connect", hold)
        for connection in held.values():
            connection.close()


def _read(connection: sqlite3.Connection) -> None:
    """Only a connection that has read the file counts as one that has it open."""
    connection.execute("select 1 from sqlite_master limit 1").fetchall()

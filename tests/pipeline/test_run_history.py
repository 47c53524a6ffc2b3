"""Dagster's files are held open during a run, and let go whole when it is over."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from pipeline.run_history import held_open

if TYPE_CHECKING:
    from pathlib import Path


def write(file: Path, number: int) -> None:
    """Write one event as Dagster does: a connection of its own, closed at once."""
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool)
    with engine.connect() as connection, connection.begin():
        connection.execute(text("insert into event values (:number)"), {"number": number})
    engine.dispose()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file as Dagster makes them: with a log that is written before it."""
    path = tmp_path / "run.db"
    with sqlite3.connect(path) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("create table event (number integer)")
    connection.close()
    return path


def log(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")


def test_a_file_is_not_put_in_order_after_every_event(file: Path) -> None:
    write(file, 0)
    assert not log(file).exists()
    with held_open():
        write(file, 1)
        assert log(file).exists()
        write(file, 2)
        with sqlite3.connect(file) as reader:
            assert reader.execute("select count(*) from event").fetchone() == (3,)
        reader.close()
    assert not log(file).exists()
    with sqlite3.connect(file) as reader:
        assert reader.execute("select number from event").fetchall() == [(0,), (1,), (2,)]
    reader.close()


def test_afterwards_files_are_opened_and_closed_as_before(file: Path) -> None:
    with pytest.raises(RuntimeError, match="stopped"), held_open():
        raise RuntimeError("stopped")
    write(file, 1)
    assert not log(file).exists()

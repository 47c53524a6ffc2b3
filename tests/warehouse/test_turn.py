"""One refresh of a county at a time: who waits, who is told what, and what a death leaves."""

from __future__ import annotations

import multiprocessing
import os
import signal
from typing import TYPE_CHECKING

import pytest

from warehouse.turn import RefreshUnderWay, turn
from warehouse.workspace import PUBLISHED, Workspace

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event
    from pathlib import Path


def hold(root: Path, held: Event, let_go: Event) -> None:
    with turn(Workspace("trondelag", PUBLISHED, root), print):
        held.set()
        let_go.wait(30)


class Holder:
    """Another process that holds the county's lock."""

    def __init__(self, root: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self.held, self.let_go = context.Event(), context.Event()
        self.process = context.Process(target=hold, args=(root, self.held, self.let_go))
        self.process.start()
        assert self.held.wait(30)

    def kill(self) -> None:
        assert self.process.pid is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join()


def test_a_second_refresh_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    told: list[str] = []
    holder = Holder(tmp_path)
    with (
        pytest.raises(RefreshUnderWay, match=f"process {holder.process.pid} on"),
        turn(Workspace("trondelag", PUBLISHED, tmp_path), told.append, wait=0.2),
    ):
        pass
    assert "Waiting for another refresh of trondelag" in told[0]
    # Another county, and the made-up figures of the same one, have locks of their own.
    with turn(Workspace("telemark", PUBLISHED, tmp_path), told.append, wait=0):
        pass
    with turn(Workspace("trondelag", "made_up", tmp_path), told.append, wait=0):
        pass
    holder.let_go.set()
    with turn(Workspace("trondelag", PUBLISHED, tmp_path), told.append, wait=30):
        pass
    holder.process.join()
    assert holder.process.exitcode == 0


def test_the_lock_of_a_killed_refresh_is_free_and_its_death_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    holder = Holder(tmp_path)
    holder.kill()
    with turn(Workspace("trondelag", PUBLISHED, tmp_path), told.append, wait=0):
        pass
    assert told == [t for t in told if f"process {holder.process.pid}" in t]
    assert "ended without finishing" in told[0]
    with turn(Workspace("trondelag", PUBLISHED, tmp_path), told.append, wait=0):
        pass
    assert len(told) == 1

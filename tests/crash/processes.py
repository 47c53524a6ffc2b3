"""Processes that publish and read, forked from one that has everything imported already."""

from __future__ import annotations

import itertools
import multiprocessing
import os
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

import duckdb
import pyarrow.parquet

from sources.model import KompetanseError
from tests.crash import operations, small
from warehouse import publish, release, retention, signature
from warehouse.workspace import MADE_UP, Workspace

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext
    from multiprocessing.queues import SimpleQueue
    from multiprocessing.synchronize import Event
    from pathlib import Path

LOADED = (duckdb, pyarrow.parquet, signature)


class Read(NamedTuple):
    """What one reader met: reads, different releases, and what went wrong."""

    reads: int
    releases: int
    wrong: str


def context() -> ForkServerContext:
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["tests.crash.processes"])
    return found


def place(root: Path) -> Workspace:
    return Workspace("trondelag", MADE_UP, root)


def keep_few(grace: float = 0.0) -> None:
    """Keep as little as retention allows, so that it has something to do each time."""
    few = retention.Keep(releases=1, days=0, grace=grace)
    retention.Keep.from_environment = classmethod(lambda cls: few)  # type: ignore[method-assign]


def publish_on(root: Path, first: int, links: bool, begun: Event) -> None:
    """Stage and publish release after release until killed."""
    keep_few()
    if not links:
        os.symlink = operations.without_links
    for number in itertools.count(first):
        small.stage(place(root), number % small.VARIANTS)
        begun.set()
        publish.publish(place(root))


def publish_killed_at(root: Path, number: int, links: bool, moment: int) -> None:
    """Publish one release and die before an operation; staging is not counted."""
    keep_few()
    if not links:
        os.symlink = operations.without_links
    small.stage(place(root), number)
    with operations.watched(operations.killed_at(moment)):
        publish.publish(place(root))


# What a reader may meet where a release is torn; anything else ends its process, and is told so.
UNREADABLE = (
    AssertionError, KompetanseError, OSError, ValueError, duckdb.Error, pyarrow.ArrowException,
)  # fmt: skip


def read_on(root: Path, hold: bool, ready: Event, stop: Event, results: SimpleQueue[Read]) -> None:
    """Read the current release until told to stop."""
    seen: set[int] = set()
    reads, parent, ended = 0, os.getppid(), "an error that no reader should meet"
    try:
        # Not longer than the test lives that would stop it.
        while not stop.is_set() and os.getppid() == parent:
            folder = release.current(place(root))
            assert folder is not None
            with release.hold(place(root)) if hold else nullcontext(folder) as found:
                number = small.read(found)
                assert number == small.number_of(found), (found, number)
                if hold:
                    release.verify(found)
            seen.add(number)
            reads += 1
            ready.set()
        ended = ""
    except UNREADABLE as error:
        ended = repr(error)
    finally:
        results.put(Read(reads, len(seen), ended))

"""Turn: one refresh of a county at a time on one data root.

The lock is the operating system's, so it is free again when its holder dies, however it dies;
the note beside it only says who holds it. What is done under the lock is not said here.
"""

from __future__ import annotations

import json
import os
import platform
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from warehouse.workspace import Workspace

WAIT = 1800.0
# Verifying and switching takes seconds; another that takes longer does not come to an end.
PUBLISHING = 600.0


class RefreshUnderWay(KompetanseError):
    """Another refresh of the same county did not end in time; says who holds the lock."""


class PublishingUnderWay(KompetanseError):
    """Another process is making a release of the same county current, and does not end."""


@contextmanager
def publishing(workspace: Workspace, wait: float = PUBLISHING) -> Iterator[None]:
    """Hold what switches, removes or pins releases of a county: one at a time, for seconds.

    Apart from `turn`, so that a refresh that holds that can publish, and a refresh that was
    started on the Dagster page, which does not, cannot publish beside it.
    Raises PublishingUnderWay after `wait` seconds.
    """
    folder = workspace.root / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{workspace.channel}.publishing.lock")
    try:
        lock.acquire(timeout=wait, poll_interval=0.02)
    except Timeout:
        raise PublishingUnderWay(
            f"Another process has been publishing {workspace.channel} for {wait:.0f} s. "
            "Nothing was changed. Wait for it, or end that process; the lock is then free."
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def turn(workspace: Workspace, tell: Callable[[str], None], wait: float = WAIT) -> Iterator[None]:
    """Hold the county's lock; tell who is waited for, and of a run that died before.

    wait: seconds to wait for another refresh of the county. Raises RefreshUnderWay after that.
    """
    folder = workspace.root / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / f"{workspace.channel}.holder.json"
    lock = FileLock(folder / f"{workspace.channel}.lock")
    _acquire(lock, note, workspace, tell, wait)
    try:
        died = _read(note)
        if died:
            tell(f"An earlier refresh ({died}) ended without finishing; this one begins anew.")
        _write(note)
        yield
    finally:
        # Only a process that was killed leaves its note.
        note.unlink(missing_ok=True)
        lock.release()


def _acquire(
    lock: FileLock, note: Path, workspace: Workspace, tell: Callable[[str], None], wait: float
) -> None:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        tell(f"Waiting for another refresh of {workspace.channel}: {_read(note) or 'just begun'}.")
        try:
            lock.acquire(timeout=wait)
        except Timeout:
            raise RefreshUnderWay(
                f"Another refresh of {workspace.channel} is under way and did not end within "
                f"{wait:.0f} s: {_read(note) or 'it has left no note'}.\n"
                "Nothing was changed. Wait for it, or end that process; the lock is then free."
            ) from None


def _write(note: Path) -> None:
    holder = {
        "process": os.getpid(),
        "machine": platform.node(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    note.write_text(json.dumps(holder), encoding="utf-8")


def _read(note: Path) -> str:
    try:
        holder = json.loads(note.read_bytes())
    except (FileNotFoundError, ValueError):
        return ""
    return f"process {holder['process']} on {holder['machine']} since {holder['since']}"

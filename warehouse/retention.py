"""Retention: which releases stay, how one is removed, and what crashes have left behind.

The current, the previous and pinned releases are never removed, nor one that a reader is seen to
hold, nor one that was current a moment ago. Making releases current is warehouse/publish.py.
"""

from __future__ import annotations

import math
import os
import struct
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sources.model import KompetanseError
from warehouse import folders, publication_log, release
from warehouse.turn import publishing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from warehouse.workspace import Workspace

RELEASES_VARIABLE = "KOMPETANSE_KEEP_RELEASES"
DAYS_VARIABLE = "KOMPETANSE_KEEP_DAYS"
_DAY = 24 * 3600.0
# A staged release that nothing has touched for longer is of a run that died.
_DEAD_AFTER = 6 * 3600.0
# struct flock of 64-bit Linux: type, whence, start, length, process.
_FLOCK = "hhqqi4x"


class BadRetention(KompetanseError):
    """The setting of how many releases stay, or for how long, is not a number that makes sense."""


class Held(KompetanseError):
    """A reader is seen to hold a release."""


@dataclass(frozen=True)
class Keep:
    """What stays: a release is removed only if it is beyond all three.

    releases: number of newest ones that stay. days: since it was last current.
    grace: seconds since it was last current, for readers that cannot be seen holding it.
    """

    releases: int = 24
    days: float = 400.0
    grace: float = 3600.0

    @classmethod
    def from_environment(cls) -> Keep:
        """As KOMPETANSE_KEEP_RELEASES and KOMPETANSE_KEEP_DAYS say; raises BadRetention."""
        number, days = _number(RELEASES_VARIABLE, cls.releases), _number(DAYS_VARIABLE, cls.days)
        return cls(int(number), days).checked()

    def checked(self) -> Keep:
        """Return it if it makes sense; raises BadRetention."""
        if self.releases < 1 or not self.days >= 0:
            raise BadRetention(
                f"At least 1 release and at least 0 days must stay, not {self.releases} and "
                f"{self.days}. Nothing was changed. See {RELEASES_VARIABLE} and {DAYS_VARIABLE}."
            )
        return self


@dataclass(frozen=True)
class Pruned:
    """What was removed, or would be, its bytes, and why what else should have been was not."""

    removed: tuple[str, ...]
    size: int
    held: dict[str, str]


def prune(workspace: Workspace, keep: Keep, *, remove: bool = False) -> Pruned:
    """Remove releases beyond retention; without `remove` only say which those are."""
    with publishing(workspace):
        if remove:
            clear(workspace)
        return prune_held(workspace, keep, remove=remove)


def prune_held(workspace: Workspace, keep: Keep, *, remove: bool = True) -> Pruned:
    """Do so for who holds the publishing lock; what cannot be removed now is tried next time."""
    removed, held, size = [], {}, 0
    for folder in beyond(workspace, keep):
        try:
            with _kept_from_readers(folder):
                bytes_of_it = folders.size(folder)
                aside = put_aside(folder) if remove else None
            if aside:
                publication_log.remember(workspace, "removed", folder.name)
                folders.remove(aside)
        except (Held, OSError) as error:
            held[folder.name] = str(error)
            continue
        removed.append(folder.name)
        size += bytes_of_it
    return Pruned(tuple(removed), size, held)


def beyond(workspace: Workspace, keep: Keep) -> list[Path]:
    """Releases on disk that need not stay, oldest first."""
    ended = _last_current(workspace)
    there = release.on_disk(workspace)
    order = sorted(there, key=lambda f: (ended.get(f.name) or f.stat().st_mtime, f.name))
    now = release.current(workspace)
    stay = {now.name if now else None, publication_log.previous(workspace)}
    stay |= {*publication_log.pins(workspace), *(f.name for f in order[-keep.releases :])}
    before = time.time() - max(keep.days * _DAY, keep.grace)
    return [
        folder
        for folder in order
        if folder.name not in stay and (ended.get(folder.name) or folder.stat().st_mtime) < before
    ]


def clear(workspace: Workspace) -> None:
    """Remove what a crash has left; the publishing lock must be held.

    That is: a switch that was not made, releases half removed, and staged ones that nobody has
    touched for hours.
    """
    if not workspace.releases.is_dir():
        return
    for path in list(workspace.releases.iterdir()):
        if _left_over(workspace, path):
            folders.remove(path)


def put_aside(folder: Path) -> Path:
    """Take a release out of the sight of readers in one step; return where it lies now."""
    aside = folder.with_name(f".gone-{folder.name}.{os.getpid()}.{time.time_ns()}")
    folder.rename(aside)
    folders.sync_names(folder.parent)
    return aside


def _left_over(workspace: Workspace, path: Path) -> bool:
    if path.name.startswith(f".{release.pointer(workspace).name}."):
        return True
    if path.name.startswith(".gone-"):
        gone = path.name.removeprefix(".gone-").split(".")[0]
        return release.channel_of(gone) == workspace.channel
    mine = release.staging(workspace).name
    if path.name == mine or path.name.startswith(f"{mine}."):
        return time.time() - _touched(path) > _DEAD_AFTER
    return False


def _touched(folder: Path) -> float:
    try:
        return max(p.lstat().st_mtime for p in [folder, *folder.rglob("*")])
    except FileNotFoundError:  # somebody is at work there right now
        return time.time()


def _last_current(workspace: Workspace) -> dict[str, float]:
    """When each release that the log knows ceased to be current; the current one: now."""
    entries = publication_log.log(workspace)
    ends = [datetime.fromisoformat(e.published_at).timestamp() for e in entries[1:]]
    return {e.release_id: end for e, end in zip(entries, [*ends, time.time()], strict=True)}


@contextmanager
def _kept_from_readers(folder: Path) -> Iterator[None]:
    """Let no reader begin to hold the release; raises Held if one is seen to hold it now."""
    if folders.WINDOWS:
        yield  # an open file cannot be renamed there, which says the same
        return
    import fcntl

    with ExitStack() as stack:
        # What is not there cannot be held: a release that is not whole may go too.
        with suppress(FileNotFoundError):
            file = stack.enter_context((folder / release.MANIFEST).open("rb"))
            try:
                fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Held("a reader holds it") from None
        with suppress(FileNotFoundError), (folder / release.DATABASE).open("rb") as database:
            _refuse_database_reader(database.fileno())
        yield


def _refuse_database_reader(handle: int) -> None:
    """Ask the system who has the file open in DuckDB, which locks what it reads."""
    if sys.platform != "linux" or sys.maxsize < 2**32:
        return
    import fcntl

    asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
    kind, *_, process = struct.unpack(_FLOCK, fcntl.fcntl(handle, fcntl.F_GETLK, asked))
    if kind != fcntl.F_UNLCK:
        raise Held(f"process {process} has it open in DuckDB")


def _number(variable: str, usual: float) -> float:
    text = os.environ.get(variable) or str(usual)
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadRetention(f"{variable} is {text!r}, which is no number. Nothing was changed.")
    return number

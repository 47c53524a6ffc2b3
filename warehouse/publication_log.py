"""Publication log: which release was current when, who rolled back and why, what is pinned.

One append-only file of JSON lines per channel, `publications/<channel>.jsonl`. The switch is the
truth about what is current; here it is only remembered. Switching is warehouse/publish.py.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError
from warehouse import folders, release

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from warehouse.workspace import Workspace

SWITCHES = ("published", "rolled_back")


class DamagedLog(KompetanseError):
    """A line of the publication log cannot be read."""


@dataclass(frozen=True)
class Published:
    """One moment at which a release became current.

    published_at: UTC, ISO 8601 to the second. made_of: version of all that it is made of.
    previous: the release that was current until then, None for the first.
    by, because: the person that rolled back to it and why; empty where a refresh published it.
    rolled_back_at, rolled_back_by: when and by whom it was left for an earlier one, else None.
    """

    release_id: str
    published_at: str
    made_of: str
    previous: str | None
    by: str = ""
    because: str = ""
    rolled_back_at: str | None = None
    rolled_back_by: str | None = None


# Says of the last switch in the log that it was announced and did not happen.
VOID = Published("", "", "", None)


@dataclass(frozen=True)
class Pin:
    """A release that retention never removes: which, since when, who says so and why."""

    release_id: str
    at: str
    by: str
    because: str


def log(workspace: Workspace) -> list[Published]:
    """Every moment at which a release of the channel became current, oldest first.

    The last one is the current release. Raises DamagedLog.
    """
    entries, mending = _entries(workspace)
    if mending is VOID:
        entries.pop()
    elif mending:
        entries.append(mending)
    return [_with_end(e, after) for e, after in zip(entries, [*entries[1:], None], strict=False)]


def at(workspace: Workspace, day: date) -> Published | None:
    """The release that was current at the end of a day (UTC), None if there was none."""
    until = day.isoformat()
    return next((e for e in reversed(log(workspace)) if e.published_at[:10] <= until), None)


def pins(workspace: Workspace) -> dict[str, Pin]:
    """Pinned releases of the channel by id."""
    found: dict[str, Pin] = {}
    for event in _events(workspace):
        if event["event"] == "pinned":
            found[event["release"]] = Pin(
                event["release"], event["at"], event["by"], event["because"]
            )
        elif event["event"] == "unpinned":
            found.pop(event["release"], None)
    return found


def withdrawn(entries: Sequence[Published]) -> set[str]:
    """Releases that a person has gone back from: no refresh makes them current again.

    That is, everything that refreshes have published since the release gone back to was current,
    until a person goes back to it.
    """
    gone: set[str] = set()
    for place, entry in enumerate(entries):
        if entry.by:
            before = [n for n in range(place) if entries[n].release_id == entry.release_id]
            left = entries[before[-1] + 1 if before else 0 : place]
            gone |= {e.release_id for e in left if not e.by}
            gone.discard(entry.release_id)
    return gone


def settled(workspace: Workspace, made_of: str) -> bool:
    """Whether a release made of this version is current, or was and a person went back from it.

    If so, a refresh has nothing to publish.
    """
    entries = log(workspace)
    stands = {entries[-1].release_id} if entries else set()
    stands |= withdrawn(entries)
    return any(e.made_of == made_of and e.release_id in stands for e in entries)


def own_id(entries: Sequence[Published], names: Iterable[str]) -> str:
    """Choose the id of a release that is staged: the first of `names` that may be its own.

    names: ids that its contents can have, in order. One that stood before something else did is
    of a release with the history up to then, so the same figures come back under the next name.
    The current one, and one that a person has gone back from, stay what they are.
    """
    stood = {entry.release_id for entry in entries} - withdrawn(entries)
    stood -= {entries[-1].release_id} if entries else set()
    return next(name for name in names if name not in stood)


def previous(workspace: Workspace) -> str | None:
    """Id of the release on disk that was current before the current one was published, if any.

    Not one that a person has gone back from, so that going back twice goes further back.
    """
    entries = log(workspace)
    if not entries:
        return None
    now = entries[-1].release_id
    places = [n for n, e in enumerate(entries) if e.release_id == now and not e.by]
    earlier = entries[: places[-1] if places else len(entries) - 1]
    there = {path.name for path in release.on_disk(workspace)} - withdrawn(entries) - {now}
    return next((e.release_id for e in reversed(earlier) if e.release_id in there), None)


def remember(workspace: Workspace, event: str, release_id: str, **more: str | None) -> None:
    """Append one event to the log and bring it to the disk; the publishing lock must be held.

    event: "published" or "rolled_back" (before the switch, so that nothing is ever current
    without a line), "void" (the switch before did not happen), "held_back", "pinned",
    "unpinned" or "removed".
    """
    at = _text(datetime.now(UTC))
    _append(workspace, {"event": event, "at": at, "release": release_id, **more})


def mend(workspace: Workspace) -> None:
    """Bring the log in line with the switch after a crash; the publishing lock must be held."""
    _, mending = _entries(workspace)
    if mending is VOID:
        remember(workspace, "void", "")
    elif mending:
        said = {"made_of": mending.made_of, "previous": mending.previous}
        at, release_id = mending.published_at, mending.release_id
        _append(workspace, {"event": "published", "at": at, "release": release_id, **said})


def path(workspace: Workspace) -> Path:
    """File that holds the log of the workspace's channel."""
    return workspace.root / "publications" / f"{workspace.channel}.jsonl"


def _events(workspace: Workspace) -> list[dict[str, Any]]:
    file = path(workspace)
    # What stands after the last line end is half a line of a process that died writing it.
    lines = file.read_bytes().split(b"\n")[:-1] if file.exists() else []
    try:
        return [json.loads(line) for line in lines]
    except ValueError as error:
        raise DamagedLog(
            f"{file} has a line that is not JSON ({error}). Restore it from a copy, or move it "
            "away: the releases are whole, but earlier publications and pins are then forgotten."
        ) from error


def _entries(workspace: Workspace) -> tuple[list[Published], Published | None]:
    """Switches as they are written down, and what is amiss at the end of them.

    VOID: the last was announced and did not happen. An entry: the current release is not there.
    """
    entries: list[Published] = []
    for event in _events(workspace):
        if event["event"] in SWITCHES:
            entries.append(_published(event))
        elif event["event"] == "void":
            entries.pop()
    folder = release.current(workspace)
    now = folder.name if folder else None
    if now == (entries[-1].release_id if entries else None):
        return entries, None
    if entries and entries[-1].previous == now:
        return entries, VOID
    return entries, _forgotten(workspace, folder, entries) if folder else None


def _forgotten(workspace: Workspace, folder: Path, entries: Sequence[Published]) -> Published:
    """Entry of a current release that the log does not know: of before there was one, or lost."""
    try:
        made_of = str(release.read_manifest(folder).get("made_of", ""))
    except release.BrokenRelease:
        made_of = ""
    switched = release.pointer(workspace).lstat().st_mtime
    last = entries[-1].release_id if entries else None
    return Published(folder.name, _text(datetime.fromtimestamp(switched, UTC)), made_of, last)


def _published(event: dict[str, Any]) -> Published:
    return Published(
        release_id=event["release"],
        published_at=event["at"],
        made_of=event["made_of"],
        previous=event["previous"],
        by=event.get("by") or "",
        because=event.get("because") or "",
    )


def _with_end(entry: Published, after: Published | None) -> Published:
    if after is None or not after.by:
        return entry
    return replace(entry, rolled_back_at=after.published_at, rolled_back_by=after.by)


def _append(workspace: Workspace, event: dict[str, Any]) -> None:
    file = path(workspace)
    line = (json.dumps(event, ensure_ascii=False) + "\n").encode()
    new = not file.exists()
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        kept = 0 if new else file.read_bytes().rfind(b"\n") + 1
        os.ftruncate(handle, kept)
        os.lseek(handle, kept, os.SEEK_SET)
        while line:
            line = line[os.write(handle, line) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    if new:
        folders.sync_names(file.parent)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")

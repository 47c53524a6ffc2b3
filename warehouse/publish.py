"""Publish: verify a staged release, move it into place and make it current by one switch.

A crash at any point leaves the earlier release current, and the next publication clears what it
left. Building is warehouse/staging.py, finding and verifying warehouse/release.py, remembering
warehouse/publication_log.py, removing what is old warehouse/retention.py.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError
from warehouse import folders, publication_log, release, retention, signature
from warehouse.publication_log import Published, log, settled
from warehouse.turn import publishing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from warehouse.workspace import Workspace

__all__ = ["CannotPublish", "CannotRollBack", "Published", "log", "publish", "roll_back", "settled"]

# What a file system or an account without symbolic links answers; a full disk is not among them.
_NO_LINKS = {errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}


class CannotPublish(KompetanseError):
    """A staged release could not be made current; says which one is, and what to do."""


class CannotRollBack(KompetanseError):
    """There is nothing to roll back to, or it is current already."""


def publish(workspace: Workspace, run: str = "") -> Path:
    """Verify the staged release, move it into place and make it current; return its folder.

    run: the one that warehouse/staging.py was given. It is signed if a key is set, made
    read-only, and what is beyond retention is removed.

    Publishing what is current already changes nothing. What a person has rolled back from is
    not made current again: the folder returned is then that of the release that stays current.
    Raises CannotPublish, BrokenRelease, CannotSign, PublishingUnderWay; the release that was
    current then stays current.
    """
    keep = retention.Keep.from_environment()
    staged = release.staging(workspace, run)
    if not staged.is_dir():
        raise CannotPublish(
            f"No release of {workspace.channel} is staged in {staged}. {_stays(workspace)}\n"
            "Run the step release/staged in the same run, or `kompetanse refresh`."
        )
    with _explained(workspace):
        manifest = _ready(workspace, staged)
        with publishing(workspace):
            retention.clear(workspace)
            publication_log.mend(workspace)
            folder = _publish(workspace, staged, manifest)
            retention.prune_held(workspace, keep)
    return folder


def roll_back(
    workspace: Workspace, release_id: str | None = None, *, by: str, because: str = ""
) -> Path:
    """Make an earlier release current again: the previous one, or the one named.

    by: who does it. It is verified first. Refreshes do not bring back what was rolled back from;
    they publish again when figures are new. Raises CannotRollBack, NoSuchRelease, BrokenRelease.
    """
    with _explained(workspace), publishing(workspace):
        retention.clear(workspace)
        publication_log.mend(workspace)
        chosen = release_id or publication_log.previous(workspace)
        if chosen is None:
            raise CannotRollBack(
                f"{workspace.channel} has no earlier release on disk to roll back to. "
                f"{_stays(workspace)} `kompetanse releases` lists what there is."
            )
        folder = release.find(workspace, chosen)
        if folder == release.current(workspace):
            raise CannotRollBack(f"{chosen} is the current release of {workspace.channel} already.")
        made_of = release.verify(folder).get("made_of")
        _switch(workspace, "rolled_back", chosen, made_of, by=by, because=because)
    return folder


def pin(workspace: Workspace, release_id: str, *, by: str, because: str) -> None:
    """Keep a release from ever being removed by retention; raises NoSuchRelease."""
    with _explained(workspace), publishing(workspace):
        release.find(workspace, release_id)
        publication_log.mend(workspace)
        publication_log.remember(workspace, "pinned", release_id, by=by, because=because)


def unpin(workspace: Workspace, release_id: str, *, by: str, because: str) -> None:
    """Let retention remove a release again when its time has come; raises NoSuchRelease."""
    with _explained(workspace), publishing(workspace):
        if release_id not in publication_log.pins(workspace):
            raise release.NoSuchRelease(
                f"{release_id} is not pinned. Pinned are: "
                f"{', '.join(publication_log.pins(workspace)) or 'none'}."
            )
        publication_log.mend(workspace)
        publication_log.remember(workspace, "unpinned", release_id, by=by, because=because)


def _ready(workspace: Workspace, staged: Path) -> dict[str, Any]:
    """Sign, seal and sync the staged release, then open it as readers will."""
    key = signature.key_from_environment()
    if key:
        signature.sign(staged, key)
    folders.seal(staged)
    folders.sync(staged)
    try:
        return release.verify(staged)
    except release.BrokenRelease as error:
        raise release.BrokenRelease(
            f"{error}\nIt was not published. {_stays(workspace)}"
        ) from error


def _publish(workspace: Workspace, staged: Path, manifest: Mapping[str, Any]) -> Path:
    release_id = manifest["release_id"]
    now = release.current(workspace)
    if now and now.name != release_id and _is_held_back(workspace, release_id) and _good(now):
        folders.remove(staged)
        publication_log.remember(workspace, "held_back", release_id)
        return now
    target = _place(workspace, staged, release_id)
    if now != target:
        _switch(workspace, "published", release_id, manifest.get("made_of"))
    return target


def _is_held_back(workspace: Workspace, release_id: str) -> bool:
    return release_id in publication_log.withdrawn(publication_log.log(workspace))


def _place(workspace: Workspace, staged: Path, release_id: str) -> Path:
    """Move the staged release to its place, unless the same one lies there and is whole."""
    target = workspace.releases / release_id
    if _good(target):
        folders.remove(staged)
        return target
    gone = retention.put_aside(target) if os.path.lexists(target) else None
    staged.rename(target)
    folders.sync_names(workspace.releases)
    if gone:
        folders.remove(gone)
    return target


def _good(folder: Path) -> bool:
    try:
        release.verify(folder)
    except release.BrokenRelease:
        return False
    return True


def _switch(
    workspace: Workspace, event: str, release_id: str, made_of: object, **more: str
) -> None:
    now = release.current(workspace)
    said = {"made_of": str(made_of or ""), "previous": now.name if now else None}
    publication_log.remember(workspace, event, release_id, **said, **more)
    link = release.pointer(workspace)
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    if folders.WINDOWS:
        # There a link to a folder cannot be replaced in one step.
        _write(fresh, release_id)
    else:
        _link(fresh, release_id)
    fresh.replace(link)
    folders.sync_names(workspace.releases)


def _link(fresh: Path, release_id: str) -> None:
    try:
        fresh.symlink_to(release_id, target_is_directory=True)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _write(fresh, release_id)


def _write(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _explained(workspace: Workspace) -> Iterator[None]:
    """Say of an error of the disk which release stays current, and what to do."""
    try:
        yield
    except OSError as error:
        raise CannotPublish(
            f"{workspace.releases}: {error}. {_stays(workspace)}\n"
            "See to the disk (space, permissions), then run it again: it clears what is half done."
        ) from error


def _stays(workspace: Workspace) -> str:
    now = release.current(workspace)
    return f"{now.name} is current." if now else "Nothing has been published before."

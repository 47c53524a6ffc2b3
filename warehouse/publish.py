"""Publish: verify a staged release, move it into place and make it current by one switch.

A crash at any point leaves the earlier release current. Building is warehouse/staging.py, finding
and verifying warehouse/release.py.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from warehouse.release import pointer, staging, verify

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.workspace import Workspace


def publish(workspace: Workspace) -> Path:
    """Verify the staged release, move it into place and make it current; return its folder.

    Publishing what is already there changes nothing but the switch.
    """
    folder = staging(workspace)
    manifest = verify(folder)
    target: Path = workspace.releases / manifest["release_id"]
    if target.exists():
        shutil.rmtree(folder)
        verify(target)
    else:
        _sync(folder)
        folder.rename(target)
        _sync_folder(workspace.releases)
    _switch(workspace, target.name)
    return target


def _switch(workspace: Workspace, release_id: str) -> None:
    link = pointer(workspace)
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    try:
        fresh.symlink_to(release_id, target_is_directory=True)
    except OSError:  # file systems and Windows accounts without symbolic links
        fresh.write_text(release_id, encoding="utf-8")
    fresh.replace(link)
    _sync_folder(workspace.releases)


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

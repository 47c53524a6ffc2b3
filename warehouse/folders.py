"""Folders of releases: made durable, made read-only, and removed all the same.

Only files and their modes; which folder is a release, and when, is said in warehouse/release.py
and warehouse/publish.py.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READ_FILE = 0o444
READ_FOLDER = 0o555
OWN_FOLDER = 0o700
WINDOWS = os.name == "nt"


def seal(folder: Path) -> None:
    """Let nobody write in the folder: files 0444, folders 0555. On Windows nothing is done."""
    if WINDOWS:
        return
    # Some network drives know no modes; a release there is as good, only less protected.
    with suppress(PermissionError):
        for path in _below(folder):
            path.chmod(READ_FOLDER if path.is_dir() else READ_FILE)


def sync(folder: Path) -> None:
    """Bring every file below the folder, then every folder and itself, to the disk."""
    for path in _below(folder):
        if path.is_dir():
            sync_names(path)
        else:
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def sync_names(folder: Path) -> None:
    """Bring the names in one folder to the disk, so that a rename lasts."""
    if WINDOWS:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(path: Path) -> None:
    """Remove a file, a link, or a folder with all that it holds, also a sealed one."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    for inner in [path, *(p for p in path.rglob("*") if p.is_dir())]:
        inner.chmod(OWN_FOLDER)
    shutil.rmtree(path)


def size(folder: Path) -> int:
    """Bytes of all files below the folder."""
    return sum(path.stat().st_size for path in _below(folder) if path.is_file())


def _below(folder: Path) -> Iterator[Path]:
    """Yield all that is in the folder, what lies deeper first, itself last."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            yield from _below(path)
        else:
            yield path
    yield folder

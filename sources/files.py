"""Files that are whole or not there: atomic writing, and a lock between processes.

Only bytes and paths; what they mean is said by the archive, the ledger and the lock.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEMPORARY = ".new-"
_PATIENCE = 120.0


class StillLocked(KompetanseError):
    """Another process has held a file of the archive for longer than any work on it takes."""


def digest(body: bytes) -> str:
    """Return the SHA-256 of the bytes as hexadecimal text."""
    return hashlib.sha256(body).hexdigest()


def write(path: Path, body: bytes) -> None:
    """Put bytes at a path in one step: a crash leaves what was there, or nothing, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=TEMPORARY)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)  # noqa: PTH105 - pathlib's own calls this
    except OSError:
        os.unlink(temporary)  # noqa: PTH108
        raise


def write_once(path: Path, body: bytes) -> None:
    """Put bytes at a path unless they are there already; others that are there are replaced."""
    if not (path.exists() and digest(path.read_bytes()) == digest(body)):
        write(path, body)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a file between processes and threads; raises StillLocked after two minutes."""
    from filelock import FileLock, Timeout

    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path, _PATIENCE, poll_interval=0.01):
            yield
    except Timeout as error:
        raise StillLocked(
            f"{path} is held by another process. Wait for it to end, then run this again."
        ) from error

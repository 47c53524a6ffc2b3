"""What a process asks of the disk, one operation at a time, so that any of them can go wrong."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Before = Callable[[int, str], None]
CHANGING = (
    "open", "write", "ftruncate", "chmod", "mkdir", "rmdir", "unlink", "rename", "replace",
    "symlink",
)  # fmt: skip
WITH_SYNC = (*CHANGING, "fsync")
# What asks for space; the rest works on a full disk too.
TAKING_SPACE = ("write", "mkdir", "rename", "replace", "symlink")


@contextmanager
def watched(before: Before, names: tuple[str, ...] = CHANGING) -> Iterator[None]:
    """Call before(n, name) ahead of the n-th of these operations, from 0."""
    kept = {name: getattr(os, name) for name in names}
    count = 0

    def wrap(name: str) -> Callable[..., Any]:
        def operation(*args: Any, **kwargs: Any) -> Any:
            nonlocal count
            # Opening a file to read it changes nothing.
            if name != "open" or args[1] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                before(count, name)
                count += 1
            return kept[name](*args, **kwargs)

        return operation

    try:
        for name in names:
            setattr(os, name, wrap(name))
        yield
    finally:
        for name, own in kept.items():
            setattr(os, name, own)


def killed_at(place: int) -> Before:
    """Die at once, as by SIGKILL from outside, before this operation."""

    def before(n: int, _name: str) -> None:
        if n == place:
            os.kill(os.getpid(), signal.SIGKILL)

    return before


def failing_at(place: int, error: int, *, on: bool, failed: list[str]) -> Before:
    """Fail this operation, and all later ones if `on`, with an error number."""

    def before(n: int, name: str) -> None:
        if n == place or (on and n > place):
            failed.append(name)
            raise OSError(error, os.strerror(error))

    return before


def without_links(*_args: object, **_kwargs: object) -> None:
    """Stand in for os.symlink where there are no links."""
    import errno

    raise OSError(errno.EPERM, "no symbolic links here")

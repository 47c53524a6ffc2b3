"""A disk that fails at any operation of publishing: the old release or the new, and it is said."""

from __future__ import annotations

import errno
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.crash import operations, processes, small
from tests.crash.test_killed import publish_next, seen
from warehouse import folders, publish, release

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from warehouse.workspace import Workspace

FAULTS = {
    "full for a moment": (errno.ENOSPC, operations.TAKING_SPACE, False),
    "full from then on": (errno.ENOSPC, operations.TAKING_SPACE, True),
    "broken for a moment": (errno.EIO, operations.WITH_SYNC, False),
    "read-only from then on": (errno.EROFS, operations.CHANGING, True),
}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(name, marks=pytest.mark.slow) if name.endswith("moment") else name
        for name in FAULTS
    ],
)
def test_at_every_single_operation(workspace: Workspace, fault: str) -> None:
    error, only, on = FAULTS[fault]
    outcomes: Counter[str] = Counter()
    old = seen(workspace)
    for moment in range(1000):
        new = (old + 1) % small.VARIANTS
        small.stage(workspace, new)
        failed: list[str] = []
        before = operations.failing_at(moment, error, on=on, failed=failed)
        with operations.watched(before, only):
            try_to_publish(workspace, outcomes)
        now = seen(workspace)
        assert now in (old, new)
        if not failed:
            break
        outcomes["new release" if now == new else "old release"] += 1
        old = publish_next(workspace, now + 1)
    else:
        pytest.fail("publishing does not come to an end")
    print(f"disk {fault} at each of {moment} operations: {dict(outcomes)}")
    assert outcomes["told"] == outcomes["told with what stands"] > 3


def try_to_publish(workspace: Workspace, outcomes: Counter[str]) -> None:
    """Publish; an error is one for people, and says which release stands."""
    try:
        publish.publish(workspace)
    except publish.CannotPublish as error:
        outcomes["told"] += 1
        current = release.current(workspace)
        assert current is not None
        outcomes["told with what stands"] += f"{current.name} is current." in str(error)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 6 MB that can be made read-only; only the root user can make one."""
    place = tmp_path / "disk"
    place.mkdir()
    size = ["-o", "size=6m,mode=0755", "tmpfs"]
    made = None
    if sys.platform == "linux":
        with suppress(OSError):
            made = subprocess.run(["mount", "-t", "tmpfs", *size, place], check=False)
    if made is None or made.returncode:
        pytest.skip("a file system of its own needs Linux and the root user")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_on_a_file_system_that_is_really_full_or_read_only(small_disk: Path) -> None:
    workspace = processes.place(small_disk)
    small.stage(workspace, 0)
    publish.publish(workspace)
    folders.remove(small.stage(workspace, 1))
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space left"):
        ballast.write_bytes(bytes(16_000_000))
    with pytest.raises(OSError, match="No space left"):
        small.stage(workspace, 1)
    # A part of it lies there, as after any staging that was broken off.
    with pytest.raises(release.BrokenRelease, match=r"was not published. demo-.* is current"):
        publish.publish(workspace)
    assert seen(workspace) == 0
    ballast.unlink()
    small.stage(workspace, 1)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(publish.CannotPublish, match="Read-only file system"):
        publish.publish(workspace)
    assert seen(workspace) == 0
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    assert small.number_of(publish.publish(workspace)) == 1 == seen(workspace)

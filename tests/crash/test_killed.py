"""Killed at any moment of publishing: readers see the old release or the new, never half."""

from __future__ import annotations

import random
import signal
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.crash import processes, small
from warehouse import publish, release

if TYPE_CHECKING:
    from warehouse.workspace import Workspace

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
SEED = 2026


def seen(workspace: Workspace) -> int:
    """Number of the release that readers see, which is whole."""
    folder = release.current(workspace)
    assert folder is not None
    release.verify(folder)
    assert publish.log(workspace)[-1].release_id == folder.name
    return small.number_of(folder)


def left_over(workspace: Workspace) -> list[str]:
    return [path.name for path in workspace.releases.iterdir() if path.name.startswith(".")]


def publish_next(workspace: Workspace, number: int) -> int:
    """The next run succeeds, and clears what the one before has left; return its release."""
    number %= small.VARIANTS
    small.stage(workspace, number)
    assert small.number_of(publish.publish(workspace)) == number
    assert publish.log(workspace)[-1].release_id == small.name_of(workspace, number)
    assert left_over(workspace) == []
    return number


def test_before_every_single_operation(workspace: Workspace, links: bool) -> None:
    start = processes.context()
    outcomes: Counter[str] = Counter()
    old = seen(workspace)
    for moment in range(1000):
        new = (old + 1) % small.VARIANTS
        child = start.Process(
            target=processes.publish_killed_at, args=(workspace.root, new, links, moment)
        )
        child.start()
        child.join()
        now = seen(workspace)
        assert now in (old, new)
        outcomes["new" if now == new else "old"] += 1
        if child.exitcode == 0:
            break
        assert child.exitcode == -signal.SIGKILL
        old = publish_next(workspace, new + 1)
    else:
        pytest.fail("publishing does not come to an end")
    print(f"killed before each of {moment} operations: {dict(outcomes)}")
    assert outcomes["old"] > 5
    assert outcomes["new"] > 2


def kill_at_random(workspace: Workspace, links: bool, times: int) -> Counter[str]:
    start = processes.context()
    # The same moments each time as far as the machine allows; nothing secret hangs on them.
    chance = random.Random(SEED)
    outcomes: Counter[str] = Counter()
    began = time.monotonic()
    old = publish_next(workspace, seen(workspace) + 1)
    # As long as a few publications take here and now, so that each part of one is met.
    window = 3 * (time.monotonic() - began)
    for _ in range(times):
        before, begun = len(publish.log(workspace)), start.Event()
        child = start.Process(
            target=processes.publish_on, args=(workspace.root, old + 1, links, begun)
        )
        child.start()
        assert begun.wait(60)
        time.sleep(chance.uniform(0, window))
        child.kill()
        child.join()
        assert child.exitcode == -signal.SIGKILL
        outcomes["half-done work left"] += bool(left_over(workspace))
        now = seen(workspace)
        switched = len(publish.log(workspace)) > before
        assert switched or now == old
        outcomes["new release" if switched else "old release"] += 1
        old = publish_next(workspace, now + 1)
    print(f"{times} kills at random: {dict(outcomes)}")
    return outcomes


def test_at_random_moments(workspace: Workspace, links: bool) -> None:
    outcomes = kill_at_random(workspace, links, 10)
    assert outcomes["old release"] + outcomes["new release"] == 10
    assert outcomes["half-done work left"]


@pytest.mark.slow
def test_at_two_hundred_random_moments(workspace: Workspace, links: bool) -> None:
    outcomes = kill_at_random(workspace, links, 200)
    assert outcomes["old release"]
    assert outcomes["new release"]
    assert outcomes["half-done work left"]

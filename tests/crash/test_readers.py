"""Readers in a loop while releases are published and removed: no error, never two releases at once.

Half of this is about readers that hold a release (warehouse/release.py: hold), with nothing kept
for others; half about readers that only follow the switch, who have the grace of retention.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.crash import processes, small
from warehouse import publish, release, retention

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")


def read_while_publishing(
    root: Path, monkeypatch: pytest.MonkeyPatch, *, readers: int, releases: int, hold: bool
) -> None:
    # Who only follows the switch is given seconds here, an hour in use.
    keep = retention.Keep(releases=1, days=0, grace=0 if hold else 10)
    monkeypatch.setattr(retention.Keep, "from_environment", classmethod(lambda cls: keep))
    start, workspace = processes.context(), processes.place(root)
    small.stage(workspace, 0)
    publish.publish(workspace)
    stop, results = start.Event(), start.SimpleQueue()
    ready = [start.Event() for _ in range(readers)]
    running = [
        start.Process(target=processes.read_on, args=(root, hold, event, stop, results))
        for event in ready
    ]
    for process in running:
        process.start()
    assert all(event.wait(120) for event in ready) or not results.empty()
    held: set[str] = set()
    for number in range(1, releases):
        small.stage(workspace, number)
        publish.publish(workspace)
        held |= retention.prune(workspace, keep, remove=True).held.keys()
    stop.set()
    found = [results.get() for _ in running]
    for process in running:
        process.join()
    left = len(release.on_disk(workspace))
    removed = retention.prune(workspace, retention.Keep(1, 0, 0), remove=True).removed
    print(
        f"{readers} readers ({'holding' if hold else 'following the switch'}) read "
        f"{sum(f.reads for f in found)} times while {releases} releases were published and "
        f"{releases - left} removed; {min(f.releases for f in found)} to "
        f"{max(f.releases for f in found)} releases seen by one reader; {len(held)} releases kept "
        f"for a reader for a while; errors: {sum(bool(f.wrong) for f in found)}"
    )
    assert [f.wrong for f in found if f.wrong] == []
    assert max(f.releases for f in found) > 1
    assert len(removed) == left - 2
    if hold:
        assert left < releases


@pytest.mark.parametrize("hold", [True, False], ids=["holding", "following the switch"])
def test_a_few_readers(disk: Path, monkeypatch: pytest.MonkeyPatch, hold: bool) -> None:
    read_while_publishing(disk, monkeypatch, readers=4, releases=10, hold=hold)


@pytest.mark.slow
@pytest.mark.parametrize("hold", [True, False], ids=["holding", "following the switch"])
def test_fifty_readers_and_fifty_releases(
    disk: Path, monkeypatch: pytest.MonkeyPatch, hold: bool
) -> None:
    read_while_publishing(disk, monkeypatch, readers=50, releases=50, hold=hold)

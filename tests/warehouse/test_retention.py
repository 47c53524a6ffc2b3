"""Retention: what is old goes, what is current, previous, pinned or held never does."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.crash import processes, small
from warehouse import publish, release, retention

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event
    from pathlib import Path

    from warehouse.workspace import Workspace

ONE = retention.Keep(releases=1, days=0, grace=0)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A data root with releases 1 to 6; nothing has been removed."""
    found = processes.place(tmp_path)
    for number in range(1, 7):
        small.stage(found, number)
        publish.publish(found)
    return found


def there(workspace: Workspace) -> list[int]:
    return [small.number_of(folder) for folder in release.on_disk(workspace)]


def test_the_default_keeps_everything_for_more_than_a_year(workspace: Workspace) -> None:
    assert retention.Keep.from_environment() == retention.Keep(24, 400, 3600)
    assert there(workspace) == [1, 2, 3, 4, 5, 6]


def test_current_previous_and_pinned_stay(workspace: Workspace) -> None:
    pinned = small.name_of(workspace, 3)
    publish.pin(workspace, pinned, by="Kari", because="vedtaket i juni")
    would = retention.prune(workspace, ONE)
    assert there(workspace) == [1, 2, 3, 4, 5, 6]
    done = retention.prune(workspace, ONE, remove=True)
    assert done == would
    assert [int(name[-12:], 16) for name in done.removed] == [1, 2, 4]
    assert done.size > 0
    assert there(workspace) == [3, 5, 6]
    publish.unpin(workspace, pinned, by="Kari", because="nytt vedtak")
    with pytest.raises(release.NoSuchRelease, match="Pinned are: none"):
        publish.unpin(workspace, pinned, by="Kari", because="igjen")
    retention.prune(workspace, ONE, remove=True)
    assert there(workspace) == [5, 6]
    publish.roll_back(workspace, by="Kari")
    retention.prune(workspace, ONE, remove=True)
    assert small.number_of(release.find(workspace, small.name_of(workspace, 5))) == 5


def test_number_and_age_must_both_be_beyond(workspace: Workspace) -> None:
    for keep in (retention.Keep(4, 0, 0), retention.Keep(1, 1, 0), retention.Keep(1, 0, 60)):
        found = [small.number_of(folder) for folder in retention.beyond(workspace, keep)]
        assert found == ([1, 2] if keep.releases == 4 else [])


def test_publishing_removes_what_the_environment_says(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(retention.RELEASES_VARIABLE, "3")
    monkeypatch.setenv(retention.DAYS_VARIABLE, "0")
    monkeypatch.setattr(retention.Keep, "checked", lambda self: retention.Keep(self.releases, 0, 0))
    small.stage(workspace, 7)
    publish.publish(workspace)
    assert there(workspace) == [5, 6, 7]


@pytest.mark.parametrize(
    ("variable", "text"),
    [(retention.RELEASES_VARIABLE, "0"), (retention.DAYS_VARIABLE, "-1"),
     (retention.RELEASES_VARIABLE, "many"), (retention.DAYS_VARIABLE, "inf"),
     (retention.RELEASES_VARIABLE, "nan")],
)  # fmt: skip
def test_a_setting_that_makes_no_sense_stops_before_anything_is_done(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, variable: str, text: str
) -> None:
    monkeypatch.setenv(variable, text)
    small.stage(workspace, 7)
    with pytest.raises(retention.BadRetention, match="Nothing was changed"):
        publish.publish(workspace)
    assert there(workspace) == [1, 2, 3, 4, 5, 6]


def read_slowly(file: Path, opened: Event, done: Event) -> None:
    with duckdb.connect(str(file), read_only=True):
        opened.set()
        done.wait(60)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who holds a lock")
def test_what_is_open_in_duckdb_elsewhere_stays_until_it_is_closed(workspace: Workspace) -> None:
    start = processes.context()
    opened, done = start.Event(), start.Event()
    file = release.find(workspace, small.name_of(workspace, 2)) / release.DATABASE
    reader = start.Process(target=read_slowly, args=(file, opened, done))
    reader.start()
    assert opened.wait(60)
    held = retention.prune(workspace, ONE, remove=True).held
    assert held == {small.name_of(workspace, 2): f"process {reader.pid} has it open in DuckDB"}
    assert there(workspace) == [2, 5, 6]
    done.set()
    reader.join()
    assert retention.prune(workspace, ONE, remove=True).held == {}
    assert there(workspace) == [5, 6]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps open files by itself")
def test_what_a_reader_holds_stays_until_it_lets_go(workspace: Workspace) -> None:
    with release.hold(workspace) as folder:
        for number in (7, 8):
            small.stage(workspace, number)
            publish.publish(workspace)
        assert retention.prune(workspace, ONE, remove=True).held == {
            folder.name: "a reader holds it"
        }
        assert small.read(folder) == 6
    assert small.name_of(workspace, 6) in retention.prune(workspace, ONE, remove=True).removed


def test_holding_says_what_is_not_there(workspace: Workspace, tmp_path: Path) -> None:
    empty = processes.place(tmp_path / "empty")
    with pytest.raises(release.NoSuchRelease, match="No release of demo-trondelag"), (
        release.hold(empty)
    ):  # fmt: skip
        pass
    folder = release.find(workspace, small.name_of(workspace, 6))
    retention.put_aside(folder)
    with pytest.raises(release.NoSuchRelease, match="roll back"), release.hold(workspace):
        pass
    assert publish.roll_back(workspace, by="Kari").name == small.name_of(workspace, 5)

"""What becomes of a pull when bytes are damaged, the power goes, or two processes pull at once."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from sources.archive import Archive, DamagedArchive
from sources.pull.keep import known
from sources.records import Records
from sources.upkeep import inspect
from sources.vintages import decode
from tests.sources.vintage_kit import SPEC, Room, answer, split


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_damaged_bytes_are_asked_for_again_and_mended(room: Room) -> None:
    room.pull(answer([1, 2, 3, 4]))
    newer = answer([1, 2, 3, 4.1], "2026-08-01T06:00:00Z")
    room.pull(newer, stamp="s2")
    (entry,) = [e for e in room.archive.entries() if e.as_of == "2026-08-01"]
    room.archive.object_path(entry.sha256).write_bytes(b"x")
    raw = decode(room.archive, SPEC, made_up=False)
    assert room.cells()["EAFK", "2025"] == 4
    assert raw.stale is not None
    assert raw.stale.kind == "damaged"
    assert entry.id in raw.stale.why
    assert known(room.archive, room.ledger, SPEC) is None
    room.pull(newer, stamp="s2")
    assert known(room.archive, room.ledger, SPEC) is not None
    assert room.cells()["EAFK", "2025"] == 4.1


def test_a_damaged_record_is_told_and_mended_by_the_next_pull(room: Room) -> None:
    room.pull(answer([1, 2, 3, 4]))
    kept = room.pull(answer([1, 2, 3, 4.1]), stamp="s2")
    Records(room.archive.root).path(SPEC.id, kept.vintage_id).write_bytes(b"{")
    raw = decode(room.archive, SPEC, made_up=False)
    assert room.cells()["EAFK", "2025"] == 4
    assert raw.stale is not None
    assert f"record of vintage {kept.vintage_id} is damaged" in raw.stale.why
    found = known(room.archive, room.ledger, SPEC)
    assert found is not None
    assert found.stamp == "s1"
    room.pull(answer([1, 2, 3, 4.1]), stamp="s2")
    assert room.cells()["EAFK", "2025"] == 4.1
    assert inspect(room.archive).problems == ()


def test_a_damaged_standing_only_costs_a_question(room: Room) -> None:
    room.pull(answer([1, 2, 3, 4]))
    (room.archive.root / "ledger" / f"{SPEC.id}.json").write_bytes(b"[]")
    assert room.ledger.standing(SPEC.id).vintage is None
    assert known(room.archive, room.ledger, SPEC) is not None
    assert room.pull(answer([1, 2, 3, 4])).state == "known"


def test_with_every_answer_damaged_the_damage_is_named(room: Room) -> None:
    room.pull(answer([1, 2, 3, 4]))
    (entry,) = room.archive.entries()
    room.archive.entry_path(entry.id).unlink()
    with pytest.raises(DamagedArchive, match=entry.id):
        room.cells()
    assert known(room.archive, room.ledger, SPEC) is None


@pytest.mark.parametrize("survived", range(7))
def test_a_crash_in_the_middle_leaves_an_archive_that_verifies_and_can_go_on(
    room: Room, monkeypatch: pytest.MonkeyPatch, survived: int
) -> None:
    room.pull(answer([1, 2, 3, 4]))
    real, writes = os.replace, []

    def replaced(source: str, target: str) -> None:
        if len(writes) == survived:
            raise OSError("the power went")
        writes.append(target)
        real(source, target)

    newer = split([1, 2, 3, 4.1], updated="2026-08-01T06:00:00Z")
    with monkeypatch.context() as crash:
        crash.setattr(os, "replace", replaced)
        with pytest.raises(OSError, match="the power went"):
            room.pull(*newer)
    found = inspect(room.archive)
    assert found.problems == ()
    # Until the verdict is written (the sixth write) the vintage before is the one in use.
    assert room.cells()["EAFK", "2025"] == (4 if survived < 6 else 4.1)
    again = room.pull(*newer)
    assert again.state == ("revised" if survived < 6 else "known")
    assert room.ledger.standing(SPEC.id).vintage == again.vintage_id
    assert room.cells()["EAFK", "2025"] == 4.1
    assert inspect(room.archive).problems == ()


def _pull_in_a_process(root: str, number: int) -> str:
    room = Room(Path(root))
    body = answer([1, 2, 3, 4 + (number + 1) / 100], updated=f"2026-08-{number + 1:02}T06:00:00Z")
    room.pull(body)
    return room.pull(answer([1, 2, 3, 4])).state


def test_two_processes_that_keep_the_same_table_leave_it_whole(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    # Unlike a Pool, this does not wait for ever if one of them dies.
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        states = list(pool.map(_pull_in_a_process, [str(tmp_path)] * 4, range(4)))
    assert set(states) <= {"new", "revised", "known"}
    archive = Archive(tmp_path)
    assert inspect(archive).problems == ()
    assert archive.verify() == 5
    assert len(Records(tmp_path).of(SPEC.id)) == 5
    room = Room(tmp_path)
    assert room.cells()["5000", "2024"] == 1
    assert room.ledger.standing(SPEC.id).kind is None

"""The same lock gives the same rows, whatever came later."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources import lock, recorded, registry
from sources.archive import Archive, DamagedArchive
from sources.lock import Pin, UnusableLock
from sources.vintages import NoAnswer, decode
from tests.sources.vintage_kit import SPEC, Room, answer

if TYPE_CHECKING:
    from pathlib import Path

hashes = st.text("0123456789abcdef", min_size=16, max_size=16)
days = st.one_of(st.none(), st.text(min_size=1, max_size=30).filter(lambda t: t.isprintable()))
entries = st.lists(
    st.tuples(st.text("0123456789abcdef", min_size=20, max_size=20), days), min_size=1, max_size=5
)
pins = st.builds(
    Pin, hashes, days, st.integers(0, 10**12), hashes, st.booleans(), entries.map(tuple)
)
tables = st.from_regex(r"[a-z]{1,8}/[A-Za-z0-9_]{1,12}", fullmatch=True)


@given(st.dictionaries(tables, pins, max_size=6))
def test_a_lock_comes_back_as_it_was_written(written: dict[str, Pin]) -> None:
    text = lock.text(written)
    assert lock.parse(text, "x") == written
    assert lock.text(dict(reversed(written.items()))) == text
    assert len(text.splitlines()) == 2 + len(written)


@given(st.text(max_size=200))
def test_nonsense_is_refused_with_its_line(nonsense: str) -> None:
    line = nonsense.replace("\n", " ").replace("\r", " ") or "x"
    if line.startswith("#"):
        line = f"x{line}"
    with pytest.raises(UnusableLock, match="line 3"):
        lock.parse(lock.text({}) + line, "x")


def test_a_lock_of_another_format_and_a_line_given_twice_are_refused(tmp_path: Path) -> None:
    pin = Pin("a" * 16, "2026", 1, "b" * 16, pulled=True, entries=(("c" * 20, None),))
    text = lock.text({"ssb/1": pin})
    with pytest.raises(UnusableLock, match="line 4: given twice"):
        lock.parse(text + text.splitlines()[-1], "x")
    with pytest.raises(UnusableLock, match="format 1"):
        lock.parse(text.replace("format 1", "format 2"), "x")
    with pytest.raises(UnusableLock, match="cannot be read"):
        lock.read(tmp_path / "absent")


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def pinned(room: Room) -> dict[str, Pin]:
    return lock.lock_of(room.archive, [SPEC], made_up=False)


def test_what_comes_later_changes_nothing_under_a_lock(room: Room, tmp_path: Path) -> None:
    room.pull(
        answer([1, 2], KOKfylkesregion0000=["5000"]), answer([3, 4], KOKfylkesregion0000=["EAFK"])
    )
    pins = pinned(room)
    lock.write(tmp_path / lock.NAME, pins)
    before = decode(room.archive, SPEC, made_up=False, lock=pins)
    room.pull(answer([1, 2, 3, 4.1], "2026-08-01T06:00:00Z"))
    room.ledger.failed(SPEC.id, "the source is gone", room.day)
    assert room.cells()["EAFK", "2025"] == 4.1
    after = decode(room.archive, SPEC, made_up=False, lock=lock.read(tmp_path / lock.NAME))
    assert after.table.equals(before.table)
    assert after.stale is None
    assert after.notes == before.notes
    assert pinned(room) != pins


def test_recorded_tables_are_pinned_like_pulled_ones(tmp_path: Path, made_up_folder: Path) -> None:
    archive = Archive(tmp_path)
    recorded.import_folder(archive, made_up_folder, registry.load().values())
    specs = [t for t in registry.load().values() if t.in_use]
    pins = lock.lock_of(archive, specs, made_up=True)
    assert len(pins) > 5
    assert not any(pin.pulled for pin in pins.values())
    for spec in specs:
        if spec.id in pins:
            free = decode(archive, spec, made_up=True)
            held = decode(archive, spec, made_up=True, lock=pins)
            assert held.table.equals(free.table)
            assert held.notes == free.notes
            with pytest.raises(DamagedArchive, match="made up, unlike this run"):
                decode(archive, spec, made_up=False, lock=pins)
    assert lock.parse(lock.text(pins), "x") == pins


def test_the_day_noted_for_the_same_bytes_elsewhere_does_not_matter(
    room: Room, tmp_path: Path
) -> None:
    room.pull(answer([1, 2, 3, 4]))
    pins = pinned(room)
    other = Archive(tmp_path / "other")
    (entry,) = room.archive.entries()
    described = {k: v for k, v in vars(entry).items() if k not in ("id", "sha256", "size")}
    later = described | {"as_of": "2027-01-01", "fetched_at": "2027-01-01T00:00:00Z"}
    other.add(room.archive.body(entry), later)
    here = decode(room.archive, SPEC, made_up=False, lock=pins)
    there = decode(other, SPEC, made_up=False, lock=pins)
    assert there.table.equals(here.table)


def test_an_answer_that_is_missing_under_a_lock_is_named(room: Room) -> None:
    room.pull(answer([1, 2, 3, 4]))
    pins = pinned(room)
    (entry,) = room.archive.entries()
    room.archive.object_path(entry.sha256).unlink()
    with pytest.raises(DamagedArchive, match=f"{entry.id}.*bytes are gone") as caught:
        decode(room.archive, SPEC, made_up=False, lock=pins)
    assert f"pins vintage {pins[SPEC.id].vintage}" in str(caught.value)
    room.archive.entry_path(entry.id).unlink()
    with pytest.raises(DamagedArchive, match=f"{entry.id}: the entry is gone"):
        decode(room.archive, SPEC, made_up=False, lock=pins)


def test_a_table_without_a_line_has_no_answer_under_a_lock(room: Room) -> None:
    room.pull(answer([1, 2, 3, 4]))
    with pytest.raises(NoAnswer, match="no line for ssb/12274"):
        decode(room.archive, SPEC, made_up=False, lock={})
    empty = Room(room.archive.root / "empty")
    assert pinned(empty) == {}


def test_other_figures_than_the_lock_says_are_noted(room: Room) -> None:
    room.pull(answer([1, 2, 3, 4]))
    pins = {SPEC.id: replace(pinned(room)[SPEC.id], figures="0" * 16)}
    raw = decode(room.archive, SPEC, made_up=False, lock=pins)
    assert "other figures than when the lock was made" in raw.notes[-1]

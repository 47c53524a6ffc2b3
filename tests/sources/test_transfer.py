"""An exported archive is the same file every time, and is believed in nothing."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from sources import lock, recorded, registry, transfer
from sources.archive import Archive, DamagedArchive
from sources.records import Records
from sources.transfer import UnusableExport, export, take_in
from sources.upkeep import inspect
from sources.vintages import decode
from tests.sources.vintage_kit import SPEC, Room, answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sources.lock import Pin


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """An archive with two vintages; the lock of `pins` names the newer."""
    room = Room(tmp_path / "here")
    room.pull(answer([1, 2, 3, 4]))
    room.pull(
        answer([1, 2], "2026-08-01T06:00:00Z", KOKfylkesregion0000=["5000"]),
        answer([3, 4.1], "2026-08-01T06:00:00Z", KOKfylkesregion0000=["EAFK"]),
    )
    return room


@pytest.fixture
def pins(room: Room) -> dict[str, Pin]:
    return lock.lock_of(room.archive, [SPEC], made_up=False)


def files(root: Path) -> set[str]:
    return {p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()}


def test_what_was_exported_decodes_the_same_on_an_empty_root(
    room: Room, pins: dict[str, Pin], tmp_path: Path
) -> None:
    assert export(room.archive, pins, tmp_path / "x.tar") == 2
    other = Archive(tmp_path / "there")
    done = take_in(other, tmp_path / "x.tar")
    assert (done.added, done.known, done.vintages, done.pins) == (2, 0, 1, pins)
    here = decode(room.archive, SPEC, made_up=False)
    for there in (
        decode(other, SPEC, made_up=False),
        decode(other, SPEC, made_up=False, lock=done.pins),
    ):
        assert there.table.equals(here.table)
        assert there.stale is None
    assert inspect(other).problems == ()
    again = take_in(other, tmp_path / "x.tar")
    assert (again.added, again.known) == (0, 2)


def test_the_same_lock_gives_the_same_file(
    room: Room, pins: dict[str, Pin], tmp_path: Path
) -> None:
    export(room.archive, pins, tmp_path / "x.tar")
    other = Archive(tmp_path / "there")
    take_in(other, tmp_path / "x.tar")
    export(other, pins, tmp_path / "y.tar")
    assert (tmp_path / "x.tar").read_bytes() == (tmp_path / "y.tar").read_bytes()


def test_recorded_answers_travel_too(tmp_path: Path, made_up_folder: Path) -> None:
    here = Archive(tmp_path / "here")
    recorded.import_folder(here, made_up_folder, registry.load().values())
    specs = [t for t in registry.load().values() if t.use == "geography"]
    pins = lock.lock_of(here, specs, made_up=True)
    export(here, pins, tmp_path / "x.tar")
    there = Archive(tmp_path / "there")
    take_in(there, tmp_path / "x.tar")
    for spec in specs:
        wanted = decode(here, spec, made_up=True, lock=pins).table
        assert decode(there, spec, made_up=True).table.equals(wanted)


def test_damaged_bytes_are_not_exported(room: Room, pins: dict[str, Pin], tmp_path: Path) -> None:
    entry_id, _ = pins[SPEC.id].entries[0]
    room.archive.object_path(room.archive.entry(entry_id).sha256).write_bytes(b"x")
    with pytest.raises(DamagedArchive, match=entry_id):
        export(room.archive, pins, tmp_path / "x.tar")
    assert files(tmp_path) == {f"here/{name}" for name in files(tmp_path / "here")}


def test_an_import_mends_damaged_bytes_and_keeps_what_was_decided_here(
    room: Room, pins: dict[str, Pin], tmp_path: Path
) -> None:
    export(room.archive, pins, tmp_path / "x.tar")
    entry = room.archive.entry(pins[SPEC.id].entries[0][0])
    room.archive.object_path(entry.sha256).write_bytes(b"x")
    records = Records(room.archive.root)
    before = records.verdicts(SPEC.id, pins[SPEC.id].vintage)
    take_in(room.archive, tmp_path / "x.tar")
    assert inspect(room.archive).problems == ()
    assert records.verdicts(SPEC.id, pins[SPEC.id].vintage) == before


def first(members: dict[str, bytes], folder: str) -> str:
    return min(name for name in members if name.startswith(folder))


def without(folder: str) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    def change(members: dict[str, bytes]) -> dict[str, bytes]:
        gone = first(members, folder)
        return {name: body for name, body in members.items() if name != gone}

    return change


def spoiled(folder: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    def change(members: dict[str, bytes]) -> dict[str, bytes]:
        name = first(members, folder)
        assert old in members[name]
        return members | {name: members[name].replace(old, new, 1)}

    return change


def added(name: str) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    return lambda members: members | {name: b"{}"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (without("objects/"), "its bytes are not there"),
        (without("entries/"), "names it|are not there"),
        (without("vintages/ssb/12274/"), "without its record"),
        (without("sources.lock"), "no sources.lock"),
        (spoiled("objects/", b"2025", b"2035"), "bytes hash to"),
        (spoiled("entries/", b"12274/data", b"12275/data"), "describes another answer"),
        (spoiled("entries/", b'"size": ', b'"size": 1'), "not as many as it says"),
        (spoiled("sources.lock", b"format 1", b"format 9"), "format 1"),
        (added("../outside"), "may not stand"),
        (added("/etc/outside"), "may not stand"),
        (added("objects/../../outside"), "may not stand"),
        (added("ledger/ssb/12274.json"), "may not stand"),
        (added(f"objects/ab/cd{'0' * 62}"), "may not stand"),
        (added(f"objects/ab/ab{'0' * 62}"), "no answer names it"),
    ],
)
def test_a_changed_export_is_refused_whole(
    room: Room,
    pins: dict[str, Pin],
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], dict[str, bytes]],
    says: str,
) -> None:
    export(room.archive, pins, tmp_path / "x.tar")
    with tarfile.open(tmp_path / "x.tar") as tar:
        members = {m.name: tar.extractfile(m).read() for m in tar}  # type: ignore[union-attr]
    with tarfile.open(tmp_path / "bad.tar", "w") as tar:
        for name, body in change(members).items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    other = Archive(tmp_path / "deep" / "there")
    with pytest.raises(UnusableExport, match=says):
        take_in(other, tmp_path / "bad.tar")
    assert files(tmp_path / "deep") == set()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_links_are_refused(tmp_path: Path, kind: bytes) -> None:
    info = tarfile.TarInfo("entries/" + "0" * 20 + ".json")
    info.type, info.linkname = kind, "/etc/passwd"
    with tarfile.open(tmp_path / "bad.tar", "w") as tar:
        tar.addfile(info)
    with pytest.raises(UnusableExport, match="may not stand"):
        take_in(Archive(tmp_path / "there"), tmp_path / "bad.tar")


def test_what_is_too_large_or_twice_or_no_tar_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "LARGEST_FILE", 5_000)
    archive = Archive(tmp_path / "there")
    (tmp_path / "none.tar").write_bytes(b"x" * 2_000)
    (tmp_path / "large.tar").write_bytes(b"x" * 6_000)
    with pytest.raises(UnusableExport, match="no exported archive"):
        take_in(archive, tmp_path / "none.tar")
    with pytest.raises(UnusableExport, match="larger than 5000"):
        take_in(archive, tmp_path / "large.tar")
    monkeypatch.setattr(transfer, "LARGEST_FILE", 50_000)
    with tarfile.open(tmp_path / "twice.tar", "w") as tar:
        for _ in range(2):
            tar.addfile(tarfile.TarInfo("sources.lock"))
    with pytest.raises(UnusableExport, match="may not stand"):
        take_in(archive, tmp_path / "twice.tar")

"""`kompetanse archive ...`: what each action prints and leaves behind."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

import pytest

from pipeline import archive_commands as commands
from sources import lock, registry
from sources.archive import Archive, DamagedArchive
from sources.decisions import CannotDecide
from sources.vintages import decode
from tests.sources.vintage_kit import SPEC, Room, answer

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    """The archive of a data root, with one good vintage and one in quarantine."""
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path))
    room = Room(tmp_path / "archive")
    room.pull(answer([1, 2, 3, 4]))
    assert room.pull(answer([2, 4], Tid=["2025"])).state == "quarantined"
    return room


def test_vintages_are_listed_and_the_one_in_use_is_marked(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.archive_vintages(Namespace(table=None)) == 0
    used, doubted, why = capsys.readouterr().out.splitlines()
    assert used.startswith("* ")
    assert "ssb/12274" in used
    assert doubted.startswith("  ")
    assert "quarantined" in doubted
    assert why == "    ssb/12274: 1 periods are gone: 2024"


def test_accept_and_reject_need_a_reason(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    suspect = room.ledger.standing(SPEC.id).suspect
    named = Namespace(vintage=suspect, by="Kari", because="withdrawn by the source")
    with pytest.raises(CannotDecide, match="Say why"):
        commands.archive_accept(Namespace(vintage=suspect, by=None, because=" "))
    assert commands.archive_accept(named) == 0
    assert len(room.cells()) == 2
    assert commands.archive_reject(named) == 0
    assert len(room.cells()) == 4
    told = capsys.readouterr().out
    assert f"vintage {suspect} is accepted" in told
    assert f"vintage {suspect} is rejected" in told


def test_an_archive_travels_by_lock_export_and_import(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # The answers of the kit are smaller than the YAML of the table asks for.
    monkeypatch.setattr(registry, "load", lambda: {SPEC.id: SPEC})
    pins, tar = tmp_path / "sources.lock", tmp_path / "x.tar"
    assert commands.archive_lock(Namespace(file=pins, made_up=False)) == 0
    assert list(lock.read(pins)) == [SPEC.id]
    assert commands.archive_export(Namespace(lock=pins, file=tar)) == 0
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path / "other"))
    assert commands.archive_import(Namespace(folder=tar)) == 0
    assert "1 new answers, 0 known; 1 vintages, 1 tables" in capsys.readouterr().out
    other = Archive(tmp_path / "other" / "archive")
    assert decode(other, SPEC, made_up=False).table.num_rows == 4


def test_prune_tells_first_and_removes_when_told_to(
    room: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loose = tmp_path / "archive" / "objects" / "ab" / ("ab" + "0" * 62)
    loose.parent.mkdir()
    loose.write_bytes(b"loose")
    commands.archive_prune(Namespace(lock=None, remove=False))
    assert "0 bytes would be removed" in capsys.readouterr().out
    import os

    os.utime(loose, (0, 0))
    commands.archive_prune(Namespace(lock=None, remove=False))
    assert "1 files, 5 bytes would be removed" in capsys.readouterr().out
    assert loose.exists()
    commands.archive_prune(Namespace(lock=None, remove=True))
    assert not loose.exists()


def test_verify_counts_and_names_damage(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.archive_verify(Namespace()) == 0
    assert "2 answers, all as they came; 2 vintages, all whole." in capsys.readouterr().out
    entry = next(room.archive.entries())
    room.archive.object_path(entry.sha256).write_bytes(b"x")
    with pytest.raises(DamagedArchive, match=entry.id):
        commands.archive_verify(Namespace())

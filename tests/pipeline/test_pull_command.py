"""`kompetanse pull`: what the services answer lands in the archive, and a failure stays alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pipeline.cli import main
from sources import registry
from sources.archive import Archive
from sources.http import SERVICES
from sources.ledger import Ledger
from sources.pull import replay
from sources.vintages import decode
from tests.services.klass import Klass
from tests.services.server import serving
from tests.services.ssb import Ssb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WELL, STALE = 0, 3
TABLES = ("ssb/12274", "ssb/09429", "klass/131_codes", "klass/131_changes")


@pytest.fixture
def ssb(made_up_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ssb]:
    """A StatBank that holds two made-up tables."""
    for service in SERVICES.values():
        monkeypatch.delenv(service.variable, raising=False)
        monkeypatch.setenv(service.calls_variable, "1")
    bank = Ssb.from_folder(made_up_folder, only=("12274", "09429"), calls=10_000)
    with serving(bank) as at:
        monkeypatch.setenv("KOMPETANSE_SSB_BASE", at.base)
        monkeypatch.setenv("KOMPETANSE_SSB_CALLS", "10000")
        yield bank
    assert bank.complaints == []


@pytest.fixture
def root(
    ssb: Ssb, made_up_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """An empty data root, with KLASS being served too."""
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path))
    klass = Klass.from_folder(made_up_folder)
    with serving(klass) as at:
        monkeypatch.setenv("KOMPETANSE_KLASS_BASE", at.base)
        monkeypatch.setenv("KOMPETANSE_KLASS_CALLS", "10000")
        yield tmp_path
    assert klass.complaints == []


def pull(*tables: str, options: tuple[str, ...] = ()) -> int:
    asked = [word for table in tables for word in ("--table", table)]
    return main(["pull", "--at-any-time", *asked, *options])


def test_pulled_answers_are_archived_and_decode_to_the_same_figures(root: Path, ssb: Ssb) -> None:
    assert pull(*TABLES) == WELL
    archive = Archive(root / "archive")
    count = archive.verify()
    entries = [e for e in archive.entries() if e.table]
    assert {e.table for e in entries} == set(TABLES)
    assert {e.fidelity for e in archive.entries()} == {"live"}
    assert all(e.fetched_at for e in entries)
    for table in ("12274", "09429"):
        raw = decode(archive, registry.table(f"ssb/{table}"), made_up=False).table
        assert raw.num_rows == ssb.table(table).values.size
    # Nothing new: no second answer.
    assert pull(*TABLES) == WELL
    assert archive.verify() == count


def test_a_table_that_fails_stops_no_other(
    root: Path, ssb: Ssb, capsys: pytest.CaptureFixture[str]
) -> None:
    ssb.bank.tables = [table for table in ssb.bank.tables if table.id != "09429"]
    assert pull("ssb/09429", "ssb/12274") == STALE
    captured = capsys.readouterr()
    told = captured.out + captured.err
    assert "ssb/09429: failed" in told
    assert "TableGone" in told
    assert "1 failed, 1 new" in told
    archive = Archive(root / "archive")
    assert {e.table for e in archive.entries() if e.table} == {"ssb/12274"}
    assert Ledger(archive.root).standing("ssb/09429").kind == "failed"


def test_an_answer_that_does_not_match_its_yaml_is_kept_and_not_used(
    root: Path, ssb: Ssb, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = ssb.table("12274").axes["KOKinnvandringka0000"]
    codes[codes.index("J")] = "X"
    assert pull("ssb/12274") == STALE
    captured = capsys.readouterr()
    assert "unknown codes X" in captured.out + captured.err
    (entry,) = Archive(root / "archive").entries(table="ssb/12274")
    assert Ledger(root / "archive").standing("ssb/12274").problem
    assert b'"X"' in Archive(root / "archive").body(entry)


def test_events_come_as_json_lines_and_a_log_can_be_replayed(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = root / "logs" / "run.jsonl"
    assert pull("klass/131_codes", options=("--json", "--log", str(log))) == WELL
    lines = capsys.readouterr().out.splitlines()
    events = [json.loads(line)["event"] for line in lines]
    assert events == ["RunStarted", "TableStarted", "Asked", "Answered", "Kept", "RunEnded"]
    assert log.read_text(encoding="utf-8").splitlines() == lines
    assert replay.tables(log) == ("klass/131_codes",)

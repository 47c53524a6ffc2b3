"""`kompetanse pull`: what the services answer lands in the archive, and a failure stays alone."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from pipeline.cli import main
from sources import registry
from sources.archive import Archive
from sources.vintages import decode
from tests.pull.banktable import BankTable
from tests.pull.statbank import StatBank, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLES = ("12274", "09429", "14882")


@pytest.fixture
def bank(made_up_folder: Path) -> StatBank:
    """A StatBank that holds three made-up tables."""
    return StatBank(
        [
            BankTable.from_answer(t, (made_up_folder / "ssb" / t / "data.json").read_bytes())
            for t in TABLES
        ]
    )


@pytest.fixture
def klass(made_up_folder: Path) -> Iterator[str]:
    """A KLASS that answers JSON to those who ask for it, and XML to the rest."""
    bodies = {
        name: next((made_up_folder / "klass").glob(f"131_{name}_*.json")).read_bytes()
        for name in ("codes", "changes")
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.split("?")[0].rsplit("/", 1)[-1]
            wanted = "json" in self.headers.get("Accept", "")
            body = bodies[name] if wanted else b"<?xml version='1.0'?><codeList/>"
            self.send_response(200)
            self.send_header("Content-Type", "application/json" if wanted else "application/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/api/klass/v1"
    server.shutdown()
    server.server_close()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, klass: str) -> Path:
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path))
    monkeypatch.setenv("KOMPETANSE_KLASS_BASE", klass)
    return tmp_path


def pull(*tables: str) -> int:
    asked = [word for table in tables for word in ("--table", table)]
    return main(["pull", "--at-any-time", *asked])


def test_pulled_answers_are_archived_and_decode_to_the_same_figures(
    root: Path, bank: StatBank, made_up_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(bank) as base:
        monkeypatch.setenv("KOMPETANSE_SSB_BASE", base)
        assert pull("ssb/12274", "ssb/09429", "klass/131_codes", "klass/131_changes") == 0
        archive = Archive(root / "archive")
        assert archive.verify() == 4
        assert {e.fidelity for e in archive.entries()} == {"live"}
        assert all(e.fetched_at for e in archive.entries())
        for table in ("12274", "09429"):
            spec = registry.table(f"ssb/{table}")
            pulled = decode(archive, spec, made_up=False).table
            given = (made_up_folder / "ssb" / table / "data.json").read_bytes()
            assert pulled.num_rows == BankTable.from_answer(table, given).values.size
        # Nothing new: the same bytes are not a second answer.
        assert pull("ssb/12274", "ssb/09429") == 0
        assert archive.verify() == 4


def test_a_table_that_fails_stops_no_other(
    root: Path,
    bank: StatBank,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bank.tables = [table for table in bank.tables if table.id != "09429"]
    with serving(bank) as base:
        monkeypatch.setenv("KOMPETANSE_SSB_BASE", base)
        assert pull("ssb/09429", "ssb/12274", "nav/unemployed_hl060") == 1
    told = capsys.readouterr()
    assert "ssb/09429: TableGone" in told.err
    assert "nav/unemployed_hl060: NotPullable" in told.err
    assert "ssb/12274: 1 new answers" in told.out
    assert {e.table for e in Archive(root / "archive").entries()} == {"ssb/12274"}


def test_an_answer_that_does_not_match_its_yaml_is_kept_and_not_used(
    root: Path,
    bank: StatBank,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = next(t for t in bank.tables if t.id == "12274")
    immigration = "KOKinnvandringka0000"
    table.axes[immigration] = ["X" if c == "J" else c for c in table.axes[immigration]]
    with serving(bank) as base:
        monkeypatch.setenv("KOMPETANSE_SSB_BASE", base)
        assert pull("ssb/12274") == 1
    told = capsys.readouterr().err
    assert "SourceChanged" in told
    assert "is not used" in told
    (entry,) = Archive(root / "archive").entries()
    assert entry.table is None
    assert "unknown codes" in entry.note


def test_the_closed_hours_of_the_service_are_kept(
    root: Path, bank: StatBank, tmp_path: Path
) -> None:
    from datetime import UTC, datetime

    from sources.pull import NotNow, live

    with pytest.raises(NotNow, match="between 05:00 and 08:15"):
        live.take(
            Archive(root / "archive"),
            registry.table("ssb/12274"),
            tmp_path / "http",
            now=lambda: datetime(2026, 7, 1, 4, 30, tzinfo=UTC),
        )
    assert list(Archive(root / "archive").entries()) == []

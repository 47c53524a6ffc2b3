"""`kompetanse doctor`: a line per table, an exit code, and proposals on request."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import pytest

from pipeline import doctor_command
from sources import recorded, registry
from sources.archive import Archive
from tests.pull.banktable import BankTable
from tests.pull.statbank import StatBank, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


TABLES = ("09429", "14882", "12274")


def doctor(*words: str) -> int:
    parser = argparse.ArgumentParser()
    doctor_command.arguments(parser)
    return doctor_command.doctor(parser.parse_args(words))


def tables(*ids: str) -> list[str]:
    return [word for table in ids for word in ("--table", f"ssb/{table}")]


@pytest.fixture
def bank(
    made_up_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StatBank]:
    """A StatBank with three tables that the project's own YAMLs fit, being served."""
    found = []
    for table_id in TABLES:
        body = (made_up_folder / "ssb" / table_id / "data.json").read_bytes()
        table = BankTable.from_answer(table_id, body)
        table.title = registry.table(f"ssb/{table_id}").title.nb
        found.append(table)
    bank = StatBank(found)
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path / "data"))
    with serving(bank) as base:
        monkeypatch.setenv("KOMPETANSE_SSB_BASE", base)
        yield bank


def test_tables_that_fit_give_a_line_each_and_exit_code_0(
    bank: StatBank, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor(*tables(*TABLES)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[:3]] == [[f"ssb/{t}", "ok"] for t in TABLES]
    assert lines[-1] == "3 tables: 3 ok."
    assert bank.asked("/data") == []


def test_one_that_differs_and_one_that_is_gone_stop_no_other(
    bank: StatBank, capsys: pytest.CaptureFixture[str]
) -> None:
    bank.tables[0].title = "Noe annet"
    del bank.tables[1]
    assert doctor(*tables(*TABLES)) == 1
    out = capsys.readouterr().out
    first, second, third = out.splitlines()[:3]
    assert "differs       title is now “Noe annet”" in first
    assert "differs       there is no such table any more" in second
    assert third.split()[1] == "ok"
    assert "3 tables: 2 differs, 1 ok." in out
    assert "--fix" in out


def test_verbose_says_all_of_it_at_once(bank: StatBank, capsys: pytest.CaptureFixture[str]) -> None:
    table = bank.tables[0]
    table.title = "Noe annet"
    table.axes["Kjonn"] = ["X" if code == "2" else code for code in table.axes["Kjonn"]]
    assert doctor("--verbose", *tables("09429")) == 1
    out = capsys.readouterr().out
    assert "differs  title: title is now “Noe annet”" in out
    assert "differs  code gone: Kjonn: codes gone 2" in out
    assert "differs  new code: Kjonn: new codes X (X!)" in out
    assert "question(s) a pull" in out
    assert "witness: live" in out


def test_fix_writes_beside_and_says_where(
    bank: StatBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    import shutil

    from sources.doctor import fix as fixing

    folder = tmp_path / "sources"
    shutil.copytree(registry.FOLDER / "ssb", folder / "ssb")
    shutil.copyfile(registry.FOLDER / "warnings.yaml", folder / "warnings.yaml")
    monkeypatch.setattr(
        "sources.doctor.fix", lambda found, documents: fixing(found, documents, folder)
    )
    bank.tables[0].title = "Noe annet"
    assert doctor("--fix", *tables("09429")) == 1
    proposal = folder / "ssb" / "09429.proposed.yaml"
    assert f"proposed: {proposal}" in capsys.readouterr().out
    assert registry.load(folder)["ssb/09429"].title.nb != "Noe annet"
    proposal.replace(folder / "ssb" / "09429.yaml")
    registry.load.cache_clear()
    assert registry.load(folder)["ssb/09429"].title.nb == "Noe annet"


def test_a_silent_service_is_unreachable_and_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path))
    monkeypatch.setenv("KOMPETANSE_SSB_BASE", "http://127.0.0.1:9/api/pxwebapi/v2")
    monkeypatch.setattr(doctor_command, "_PATIENCE", 0.5)
    assert doctor(*tables("09429", "12274")) == 1
    first, second = capsys.readouterr().out.splitlines()[:2]
    assert first.split()[1] == second.split()[1] == "unreachable"
    assert "not asked, since ssb was silent" in second


def test_in_the_closed_hours_it_looks_and_says_so(
    bank: StatBank, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sources.pull import hours

    monkeypatch.setattr(hours, "is_closed", lambda moment: True)
    assert doctor(*tables("12274")) == 0
    assert "StatBank renews its metadata now" in capsys.readouterr().out


def test_offline_no_service_is_asked(bank: StatBank, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor("--offline", *tables("12274")) == 1
    assert "NotArchived" in capsys.readouterr().out
    assert bank.log == []


def test_tables_without_a_client_or_request_are_told_and_fail_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path))
    assert doctor("--table", "nav/survey_occupation_2017", "--table", "udir/leavers") == 0
    out = capsys.readouterr().out
    assert "cannot be looked at yet" in out
    assert "2 tables: 2 recorded only." in out


def test_lines_are_cut_in_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "x" * 500
    assert doctor_command._cut(long, whole=False) == long
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert len(doctor_command._cut(long, whole=False)) < 500
    assert doctor_command._cut(long, whole=True) == long


def test_no_yaml_is_contradicted_by_the_recorded_metadata(
    real: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path))
    recorded.import_folder(Archive(tmp_path / "archive"), real, registry.load().values())
    listed = [t for t in registry.load().values() if t.protocol == "json-stat" and t.request]
    held = [t for t in listed if (real / t.id / "metadata.json").exists()]
    assert len(held) > 8
    named = [word for t in held for word in ("--table", t.id)]
    assert doctor("--offline", *named) == 0, capsys.readouterr().out

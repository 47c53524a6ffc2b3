"""The command line: answers at once, says what it does, and returns honest exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pipeline.cli import main

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = ("dagster", "great_expectations", "pandas", "pyarrow", "duckdb", "numpy", "rich", "yaml")


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch, made_up_root: Path) -> Path:
    monkeypatch.setenv("KOMPETANSE_DATA", str(made_up_root))
    return made_up_root


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from pipeline.cli import parser\n"
        "parser().format_help()\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_python_m_pipeline_is_the_same_command() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pipeline", "--help"], capture_output=True, text=True, check=True
    )
    for command in ("demo", "refresh", "archive", "releases", "dagster"):
        assert command in ran.stdout


def test_a_wrong_call_is_2_and_an_unknown_county_1(
    capsys: pytest.CaptureFixture[str], root: Path
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["nosuch"])
    assert caught.value.code == 2
    assert main(["refresh", "--county", "atlantis"]) == 1
    assert "atlantis" in capsys.readouterr().err


def test_archive_commands(capsysbinary: pytest.CaptureFixture[bytes], root: Path) -> None:
    assert main(["archive", "list", "--table", "ssb/12274"]) == 0
    lines = capsysbinary.readouterr().out.decode().splitlines()
    assert len(lines) == 1
    assert "made_up" in lines[0]
    entry = lines[0].split()[0]
    assert main(["archive", "show", entry[:8]]) == 0
    assert '"table": "ssb/12274"' in capsysbinary.readouterr().out.decode()
    assert main(["archive", "show", entry, "--body"]) == 0
    assert capsysbinary.readouterr().out.startswith(b"{")
    assert main(["archive", "verify"]) == 0
    assert b"all as they came" in capsysbinary.readouterr().out


def test_archive_import_of_a_folder_without_index_fails_in_words(
    capsys: pytest.CaptureFixture[str], root: Path, tmp_path: Path
) -> None:
    assert main(["archive", "import", str(tmp_path)]) == 1
    assert "needs an index.json" in capsys.readouterr().err


def test_releases_marks_the_current_one(
    capsys: pytest.CaptureFixture[str], root: Path, made_up_release: Path
) -> None:
    assert main(["releases"]) == 0
    assert f"* {made_up_release.name}" in capsys.readouterr().out


def test_the_newest_values_are_shown_with_label_marks_and_reasons(
    capsys: pytest.CaptureFixture[str], root: Path, made_up_release: Path
) -> None:
    from pipeline import report
    from warehouse.workspace import MADE_UP, Workspace

    report.newest_values(made_up_release, Workspace("trondelag", MADE_UP, root))
    shown = capsys.readouterr().out
    assert "OPPDIKTEDE TALL / MADE-UP FIGURES" in shown
    for region in ("Fosen", "Innherred", "Namdalen", "Norge"):
        assert region in shown
    assert "b = brudd i serien" in shown
    assert "–¹" in shown
    assert str(made_up_release) in shown


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (17.25, 1, "17,3"),  # half up, as SSB; Python alone would say 17,2
        (1234567.0, 0, "1\u00a0234\u00a0567"),
        (-1246.0, 0, "−1\u00a0246"),
        (0.0, 1, "0,0"),
        (99.95, 1, "100,0"),
    ],
)
def test_numbers_are_written_the_norwegian_way(value: float, decimals: int, shown: str) -> None:
    from pipeline.report import _number

    assert _number(value, decimals) == shown


def test_a_refresh_without_code_lists_says_what_is_missing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path))
    assert main(["refresh", "--county", "trondelag", "--offline"]) == 1
    told = capsys.readouterr().err
    assert "No answer for klass/131_codes" in told
    assert "kompetanse archive import" in told
    assert "nothing was published" in told
    assert "There is no earlier release" in told


def test_no_release_of_a_county_is_touched_by_another(root: Path) -> None:
    names = {path.name for path in (root / "releases").iterdir()}
    assert not any("telemark" in name for name in names)


@pytest.mark.parametrize("letters", [10, 200_000])
def test_who_stops_reading_gets_no_traceback(letters: int) -> None:
    """As `kompetanse query ... | head` does: the other end of the pipe is closed at once."""
    read, write = os.pipe()
    os.close(read)
    code = (
        "import sys, types, pipeline.cli as cli\n"
        f"def loud(_): print('x' * {letters}); return 0\n"
        "sys.modules['pipeline.loud'] = types.SimpleNamespace(loud=loud)\n"
        "cli.parser = lambda: types.SimpleNamespace(\n"
        "    parse_args=lambda _: types.SimpleNamespace(run='loud:loud'))\n"
        "sys.exit(cli.main([]))\n"
    )
    with os.fdopen(write, "wb") as closed:
        ran = subprocess.run(
            [sys.executable, "-c", code], stdout=closed, stderr=subprocess.PIPE, check=False
        )
    assert (ran.returncode, ran.stderr) == (0, b"")

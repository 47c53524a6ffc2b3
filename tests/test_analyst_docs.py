"""docs/analysts.md is true: every snippet runs on a made-up release, and what it names exists.

R, PowerShell and Power Query are not among the project's tools: their snippets are checked for
balanced brackets and for the files and columns that they name, and R also parses where it is.
"""

from __future__ import annotations

import io
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest

from warehouse import database

PROJECT = Path(__file__).resolve().parent.parent
DOCS = (PROJECT / "docs" / "analysts.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CHANNEL = "demo-trondelag"
LANGUAGES = {"console", "sql", "python", "r", "powershell", "powerquery"}
# Only what has changed or failed has rows in these; the demonstration has neither.
MAY_BE_EMPTY = ("from stale_indicator", "from changed_value")


def fences(language: str) -> list[str]:
    return [body for found, body in FENCE.findall(DOCS) if found == language]


@pytest.fixture
def desk(made_up_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which data/ is the made-up data root, as it is after `make demo`."""
    (tmp_path / "data").symlink_to(made_up_root, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_snippet_is_in_a_language_that_is_checked_here() -> None:
    assert {language for language, _ in FENCE.findall(DOCS)} == LANGUAGES


@pytest.mark.parametrize("snippet", fences("sql"))
def test_sql_snippets_answer(snippet: str, made_up_release: Path) -> None:
    with duckdb.connect(str(made_up_release / "kompetanse.duckdb"), read_only=True) as connection:
        rows = connection.sql(snippet).fetchall()
    if not any(view in snippet for view in MAY_BE_EMPTY):
        assert rows
        assert any(cell is not None for row in rows for cell in row[1:])


@pytest.mark.parametrize("snippet", fences("python"))
def test_python_snippets_run(snippet: str, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exec(snippet, {})
    printed = capsys.readouterr().out
    assert printed.strip()
    assert "Empty DataFrame" not in printed


def test_the_pointer_file_is_followed_as_the_link_is(made_up_release: Path, tmp_path: Path) -> None:
    snippet = next(body for body in fences("python") if "def current" in body)
    names: dict[str, object] = {}
    exec(snippet.rpartition("\nprint(")[0], names)
    current = names["current"]
    (tmp_path / f"current-{CHANNEL}").write_text(made_up_release.name, encoding="utf-8")
    assert current(CHANNEL, tmp_path) == tmp_path / made_up_release.name  # type: ignore[operator]
    assert current(CHANNEL, made_up_release.parent) == made_up_release  # type: ignore[operator]


@pytest.mark.parametrize("snippet", fences("r"))
def test_r_snippets_name_files_and_queries_that_answer(snippet: str, desk: Path) -> None:
    rscript = shutil.which("Rscript")
    if rscript:
        subprocess.run([rscript, "-e", f"parse(text = {snippet!r})"], check=True)
    (file,) = re.findall(r'dbdir = "([^"]+)"', snippet)
    with duckdb.connect(str(desk / file), read_only=True) as connection:
        for query in re.findall(r'dbGetQuery\(\w+, "([^"]+)"\)', snippet):
            assert connection.sql(query).fetchall()
    assert is_balanced(snippet)


@pytest.mark.parametrize("snippet", fences("powerquery") + fences("powershell"))
def test_windows_snippets_name_what_a_release_has(snippet: str, made_up_release: Path) -> None:
    assert is_balanced(snippet)
    files = re.findall(r"\\(?:parquet\\)?([\w.]+\.(?:parquet|duckdb))", snippet)
    assert files
    known = {path.name for path in made_up_release.rglob("*")}
    assert set(files) <= known
    values = duckdb.read_parquet(str(made_up_release / "parquet" / "indicator_value.parquet"))
    assert set(re.findall(r"each \[(\w+)\]", snippet)) <= set(values.columns)


def is_balanced(snippet: str) -> bool:
    """Brackets outside quotes close in the order that they opened."""
    held: list[str] = []
    for mark in re.sub(r'"[^"]*"', "", snippet):
        if mark in "([{":
            held.append(mark)
        elif mark in ")]}" and (not held or held.pop() + mark not in ("()", "[]", "{}")):
            return False
    return not held


def test_views_and_tables_named_are_those_of_a_release() -> None:
    tables = [
        line.strip("|").partition("|")[0].strip().strip("`")
        for line in DOCS.split("\n## The star\n")[1].split("\n## ")[0].splitlines()
        if line.startswith("| `")
    ]
    assert set(database.VIEWS) <= set(tables)
    assert set(tables) - set(database.VIEWS) <= set(database.comments())
    assert all(f"{macro}(" in DOCS for macro in ("series_of", "compare_regions", "figures_of"))


def commands() -> list[str]:
    return [line.removeprefix("$ ") for body in fences("console") for line in body.splitlines()]


def test_commands_are_shown() -> None:
    assert len(commands()) > 4
    assert all(line.startswith(".venv/bin/kompetanse ") for line in commands())


@pytest.mark.parametrize("line", commands())
def test_commands_answer(
    line: str, desk: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from pipeline.cli import main

    monkeypatch.setenv("KOMPETANSE_DATA", str(desk / "data"))
    monkeypatch.setattr("sys.stdin", io.StringIO("select count(*) as regions from region;"))
    arguments = shlex.split(line)[1:]
    assert main(arguments) == 0
    printed = capfd.readouterr()
    assert "OPPDIKTEDE TALL" in printed.err
    if "--out" in arguments:
        assert (desk / arguments[arguments.index("--out") + 1]).stat().st_size > 1000
    else:
        assert printed.out.strip()

"""`kompetanse query`, `shell` and `open` on a small release."""

from __future__ import annotations

import argparse
import io
import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from pipeline import analyst_commands, answers, shell
from tests.warehouse import small_release
from warehouse import reader

if TYPE_CHECKING:
    from pathlib import Path

PARTS = (
    "select region_id, value from indicator_value where indicator_id = 'rate' and period = '2024'"
)
PROMPT = """
import argparse
from pipeline import analyst_commands
top = argparse.ArgumentParser()
top.add_argument("--county", default="small")
analyst_commands.reading_arguments(top)
raise SystemExit(analyst_commands.shell(top.parse_args()))
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root")
    for name in ("demo-small-1", "demo-small-2"):
        folder = root / "releases" / name
        folder.mkdir(parents=True)
        small_release.build(folder)
        (folder / "manifest.json").write_text('{"data_origin": "made_up"}', encoding="utf-8")
    (root / "releases" / "current-demo-small").symlink_to("demo-small-2")
    return root


@pytest.fixture(autouse=True)
def _here(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOMPETANSE_DATA", str(root))


def parsed(*given: str) -> argparse.Namespace:
    top = argparse.ArgumentParser()
    top.add_argument("--county", default="small")
    analyst_commands.query_arguments(top)
    return top.parse_args(given)


def asked(*given: str) -> int:
    return analyst_commands.query(parsed(*given))


def test_a_table_shows_missing_as_a_dash_and_says_that_figures_are_made_up(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert asked(PARTS + " and region_level = 'municipality' order by region_id") == 0
    printed = capsys.readouterr()
    lines = [line.split() for line in printed.out.splitlines() if line.strip()]
    assert ["0101", "15"] in lines
    assert ["0102", "–"] in lines
    assert "OPPDIKTEDE TALL" in printed.err
    assert "demo-small-2" in printed.err


def test_a_long_table_says_how_much_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    asked("select range as n from range(50)", "--rows", "3")
    assert "… 47 rows more" in capsys.readouterr().out
    asked("select range as n from range(50)", "--rows", "0")
    assert "rows more" not in capsys.readouterr().out


def test_a_row_of_too_many_columns_for_a_grid_is_told_line_by_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert asked("from indicator_value where value is not null limit 2") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("─")] == ["1", "2"]
    assert ["indicator_id", "rate"] in [line.split() for line in lines]
    assert "do not fit side by side" in lines[-1]
    assert not any("…" in line for line in lines)
    assert asked("from indicator_value where false") == 0
    assert capsys.readouterr().out.startswith("No rows. Columns: indicator_id, ")
    monkeypatch.setenv("COLUMNS", "1000")
    asked("from indicator_value where value is not null limit 2")
    assert not any(line.startswith("─ 1") for line in capsys.readouterr().out.splitlines())


def test_counts_have_no_point_and_shares_have(capsys: pytest.CaptureFixture[str]) -> None:
    asked("select 5230738.0 as persons, 46.25 as pct union all select null, 40.0 order by 2")
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["–", "40.0"] in lines
    assert ["5230738", "46.25"] in lines


def test_json_has_null_for_missing_and_whole_numbers_for_sums(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    asked("select sum(n) as n, 1.50 as d, null as m, [1, 2] as l, date '2026-01-02' as day "
          "from (values (1), (2)) as t(n)", "--format", "json")  # fmt: skip
    assert json.loads(capfdbinary.readouterr().out) == [
        {"n": 3, "d": 1.5, "m": None, "l": "[1, 2]", "day": "2026-01-02"}
    ]
    asked("select 1 as n where false", "--format", "json")
    assert json.loads(capfdbinary.readouterr().out) == []


def test_csv_tells_blank_from_missing(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    asked("select 'æ' as t, '' as b, null as m, 1.5 as d", "--format", "csv")
    assert capfdbinary.readouterr().out == '"t","b","m","d"\n"æ","",,1.5\n'.encode()


def test_csv_for_norwegian_excel(tmp_path: Path) -> None:
    out = tmp_path / "ut.csv"
    asked("select 'Fosen' as navn, 1.5 as d, null as m, '=1+1' as f, true as s",
          "--format", "csv-excel", "--out", str(out))  # fmt: skip
    assert out.read_bytes() == "\ufeffnavn;d;m;f;s\r\nFosen;1,5;;'=1+1;SANN\r\n".encode()
    assert list(tmp_path.iterdir()) == [out]


def test_parquet_keeps_types_and_needs_a_file(tmp_path: Path) -> None:
    out = tmp_path / "ut.parquet"
    asked(PARTS, "--format", "parquet", "--out", str(out))
    found = pq.read_table(out)
    assert {field.name: str(field.type) for field in found.schema} == {
        "region_id": "string", "value": "double",
    }  # fmt: skip
    assert found["value"].null_count == 2
    with pytest.raises(answers.UnwritableAnswer, match="--out FILE"):
        asked(PARTS, "--format", "parquet")


@pytest.mark.parametrize("kind", answers.FORMATS)
def test_a_file_that_cannot_be_written_is_an_error(kind: str, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    with pytest.raises(answers.UnwritableAnswer, match="cannot be written"):
        asked(PARTS, "--format", kind, "--out", str(blocked / "ut"))


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("from nowhere", r"nowhere does not exist.*There are: .*headline_value.*shown"),
        ("select valu from headline_value", r'"valu" not found.*"value"'),
        ("selec 1", r'syntax error at or near "selec"'),
        ("create table mine as select 1", "read-only.*A release is never changed"),
        ("delete from region", "read-only.*A release is never changed"),
        ("from read_csv('/etc/hostname')", "--files"),
        ("copy (select 1) to 'aside.csv'", "--files"),
        ("set memory_limit = '9GB'", "locked"),
        ("set enable_external_access = true", "locked|disabled|Cannot"),
        ("install httpfs", "disabled by configuration"),
    ],
)
def test_errors_are_one_line_with_a_hint(sql: str, says: str) -> None:
    with pytest.raises(reader.QueryFailed, match=says) as caught:
        asked(sql)
    assert "\n" not in str(caught.value)


def test_other_files_are_read_on_request(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own.csv").write_text("a\n7\n", encoding="utf-8")
    asked(f"select a from '{tmp_path / 'own.csv'}'", "--files", "--format", "csv")
    assert capfd.readouterr().out == '"a"\n7\n'


def test_a_query_is_stopped_after_its_time() -> None:
    endless = (
        "select count(*) from range(10000000) a, range(10000000) b where a.range % 7 = b.range"
    )
    with pytest.raises(reader.QueryFailed, match=r"stopped after 0\.2 seconds"):
        asked(endless, "--seconds", "0.2")


def test_a_query_may_not_take_all_memory() -> None:
    big = "select list(range) from range(100000000)"
    with pytest.raises(reader.QueryFailed, match="--memory"):
        asked(big, "--memory", "64MB")


def test_the_query_may_come_from_stdin(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("select 1 as n"))
    asked("-", "--format", "csv")
    assert capfd.readouterr().out == '"n"\n1\n'


def test_an_older_release_is_named_by_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    asked("select 1", "--release", "demo-small-1")
    assert "demo-small-1" in capsys.readouterr().err
    for wrong in ("demo-small-3", "../releases/demo-small-1", "current-demo-small"):
        with pytest.raises(reader.NoSuchRelease, match=r"There are: demo-small-1, demo-small-2\."):
            asked("select 1", "--release", wrong)


def test_a_county_without_a_release_is_told_how_to_make_one() -> None:
    with pytest.raises(reader.NoSuchRelease, match="kompetanse refresh --county elsewhere"):
        asked("select 1", "--county", "elsewhere")


def test_open_prints_a_line_for_each_tool(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert analyst_commands.open_release(parsed("")) == 0
    printed = capsys.readouterr().out
    file = root / "releases" / "current-demo-small" / "kompetanse.duckdb"
    assert printed.splitlines()[0] == str(file)
    for tool in ("Python", "R", "DBeaver", "Power BI", "Excel"):
        assert f"\n{tool}\n" in printed
    line = printed.split("\nPython\n")[1].splitlines()[0].strip()
    names: dict[str, object] = {}
    exec(line + "; rows = release.sql('from headline_value').fetchall(); release.close()", names)
    assert names["rows"]


def test_open_without_links_names_the_release(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    releases = tmp_path / "releases"
    releases.mkdir()
    (releases / "demo-small-2").symlink_to(root / "releases" / "demo-small-2")
    (releases / "current-demo-small").write_text("demo-small-2\n", encoding="utf-8")
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path))
    analyst_commands.open_release(parsed(""))
    printed = capsys.readouterr().out
    assert printed.splitlines()[0] == str(releases / "demo-small-2" / "kompetanse.duckdb")
    assert "pointer file" in printed


def test_the_shell_answers_what_is_piped_in() -> None:
    script = (
        ".columns region_county\nselect 'a;\nb' as t,\n 1 as n;\nfrom nowhere;\nselect 42 as last"
    )
    done = subprocess.run(
        [sys.executable, "-c", PROMPT], input=script, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "region_set, region_id, county_id" in done.stdout
    assert "42" in done.stdout
    assert "nowhere does not exist" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_shell_completes_and_remembers(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", PROMPT],
        stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True,
        env=os.environ | {"XDG_STATE_HOME": str(tmp_path), "TERM": "dumb"},
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    while b"kompetanse> " not in seen:
        seen += os.read(ours, 65536)
    os.write(ours, b"select count(*) as counted from headline_v\t;\n.quit\n")
    while True:
        try:
            seen += os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
    os.close(ours)
    assert process.wait() == 0
    assert b"from headline_value" in seen
    assert b"counted" in seen
    kept = tmp_path / "kompetanse" / "sql_history"
    assert "headline_value" in kept.read_text(encoding="utf-8")
    assert kept.stat().st_mode & 0o077 == 0


def test_completion_knows_tables_columns_and_macros() -> None:
    known = {"series": ("period", "value"), "series_of": ("wanted_indicator",)}
    assert shell.completions(known, "se") == ["series", "series_of"]
    assert shell.completions(known, "WANT") == ["wanted_indicator"]
    assert shell.completions(known, "") == []

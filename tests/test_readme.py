"""README.md is true: what it names exists, and its snippets run on a made-up release."""

from __future__ import annotations

import io
import re
import shlex
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")
# The demonstration's output is pasted between the marks; it is a picture, not a promise.
OWN = re.sub(r"<!-- demo:begin -->.*<!-- demo:end -->", "", README, flags=re.DOTALL)
# Generated, and compared with what it is generated of.
OWN = re.sub(r"<!-- indicators:begin -->.*<!-- indicators:end -->", "", OWN, flags=re.DOTALL)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PROSE = FENCE.sub("", OWN)
CODE = re.findall(r"`([^`]+)`", PROSE)
CHANNEL = "demo-trondelag"
# What a reader meets in the printed table or in a column, and placeholders.
MARKS = {"–¹", "b", "e", "f", "p", "(1 200–2 300)", "_T"}
READING = ("open", "query", "shell", "indicator explain", "releases", "verify")
RKI = {"confirmed name", "candidate", "own addition"}


def fences(language: str) -> list[str]:
    return [body for found, body in FENCE.findall(OWN) if found == language]


def console() -> list[str]:
    lines = [line for body in fences("console") for line in body.splitlines()]
    return [line.removeprefix("$ ") for line in lines] + [
        code for code in CODE if code.startswith((".venv/bin/", "make "))
    ]


def comments() -> dict[str, dict[str, dict[str, str]]]:
    from warehouse import database

    described: dict[str, dict[str, dict[str, str]]] = database.comments()
    return described


def table_below(title: str) -> list[list[str]]:
    """Cells of the first table of a section, without its head."""
    part = README.split(f"\n## {title}\n")[1].split("\n## ")[0]
    rows = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows[2:]]


def is_path(code: str) -> bool:
    named = code == "LICENSE" or code.endswith(
        (".md", ".json", ".html", ".ttl", ".jsonld", ".lock")
    )
    return not code.startswith((".venv", "--")) and ("/" in code or named)


@pytest.fixture
def desk(made_up_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which data/ is the made-up data root, as it is after `make demo`."""
    (tmp_path / "data").symlink_to(made_up_root, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_place_for_the_demonstration() -> None:
    assert README.count("<!-- demo:begin -->") == README.count("<!-- demo:end -->") == 1


def test_make_targets_exist() -> None:
    rules = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    named = {line.split()[1] for line in console() if line.startswith("make ")}
    assert {"demo", "test"} <= named <= rules


def test_commands_are_understood() -> None:
    from pipeline.cli import parser

    lines = [line for line in console() if line.startswith(".venv/bin/kompetanse")]
    assert len(lines) > 5
    for line in lines:
        arguments = shlex.split(line)[1:]
        if arguments and arguments != ["--help"]:
            parser().parse_args(arguments)


def test_reading_commands_answer(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Commands of the console blocks that only read; the others ask services or change releases."""
    from pipeline.cli import main

    monkeypatch.setenv("KOMPETANSE_DATA", str(desk / "data"))
    monkeypatch.setattr("sys.stdin", io.StringIO("select count(*) as regions from region;"))
    lines = [line for body in fences("console") for line in body.splitlines()]
    reading = [line for line in lines if any(f"kompetanse {word}" in line for word in READING)]
    assert len(reading) == len(READING)
    for line in reading:
        assert main(shlex.split(line.removeprefix("$ "))[1:]) == 0, line
        assert capsys.readouterr().out.strip(), line


def test_python_versions_are_those_of_the_project() -> None:
    import tomllib

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == ">=3.11,<3.14"
    assert "Python 3.11, 3.12 or 3.13" in README


def test_paths_exist(desk: Path, made_up_folder: Path) -> None:
    release = (desk / "data" / "releases" / f"current-{CHANNEL}").resolve()
    places = [PROJECT, PROJECT / "sql", desk, release, made_up_folder]
    # `demo` writes its answers below the data root; the tests have theirs aside.
    # `pull` keeps the times of its calls there; no test here pulls.
    aside = {"data/made_up", "data/made_up/trondelag-county", "data/http"}
    absent = []
    for code in set(filter(is_path, CODE)) - aside:
        path = code.replace("<id>", release.name).replace("<channel>", CHANNEL)
        if not any((place / path).exists() for place in places):
            absent.append(code)
    assert absent == []


def test_nothing_else_is_named() -> None:
    """Every word in code type is a column, table, view, value, command or setting that exists."""
    from pipeline.cli import parser
    from sources.http import SERVICES
    from sources.http.fetch import CONTACT
    from warehouse import retention, workspace
    from warehouse.database import VIEWS
    from warehouse.definition import breakdown_names, load

    described = comments()
    columns = {
        c for name, table in described.items() if name != "breakdown" for c in table["columns"]
    }
    known = columns | set(described) | set(VIEWS) | set(breakdown_names(load())) | MARKS | RKI
    known |= {row[0] for row in table_below("Status of a value")}
    known |= {
        workspace.DATA_VARIABLE,
        workspace.MADE_UP,
        "kompetanse",
        "make",
        "trondelag",
        CHANNEL,
    }
    known |= {CONTACT, SERVICES["ssb"].calls_variable}
    known |= {retention.RELEASES_VARIABLE, retention.DAYS_VARIABLE}
    known |= {service.variable for service in SERVICES.values()}
    known |= {
        "sources.lock",
        "demo-",
        ".venv",
        "current-<channel>",
        "kompetanse.duckdb",
        "schedule",
        "python -m bench.refresh --norway",
        "kompetanse --help",
        "import dagster",
        "dagster dev",
    }
    words = set(re.findall(r"[a-z]+", parser().format_help())) | {"import", "--scale", "norway"}
    words |= {
        "--at-any-time",
        "--log",
        "--replay",
        "FILE",
        "--json",
        "--fix",
        "--offline",
        "accept",
    }
    unknown = [
        code
        for code in CODE
        if code not in known
        and not is_path(code)
        and code not in console()
        and not set(code.split()) <= words
    ]
    assert unknown == []


def test_tables_and_views_are_those_of_a_release(made_up_release: Path) -> None:
    named = {row[0] for row in table_below("Tables of a release")}
    assert named == {path.stem for path in (made_up_release / "parquet").glob("*.parquet")}
    assert named == set(comments()) - {"breakdown"}


def test_the_number_of_faults_is_that_of_the_table() -> None:
    from tests.faults.every import count

    (stated,) = re.findall(r"<!-- faults -->(\d+)<!-- /faults -->", README)
    assert int(stated) == count()


def test_list_of_indicators_is_that_of_the_demonstration(made_up_release: Path) -> None:
    from warehouse import definition, definition_list, wanted

    table = definition_list.markdown(
        definition.load().values(), wanted.load().values(), definition_list.spans(made_up_release)
    )
    # Written anew by `kompetanse definitions list --into README.md` after `make demo`.
    assert definition_list.put_in(README, table, "README.md") == README


def test_sizes_of_a_release_are_about_right(made_up_release: Path) -> None:
    files = {
        "DuckDB": [made_up_release / "kompetanse.duckdb"],
        "parquet": [*(made_up_release / "parquet").iterdir()],
        "CSV": [*(made_up_release / "csv").iterdir()],
    }
    found = {name: sum(p.stat().st_size for p in paths) / 1e6 for name, paths in files.items()}
    (line,) = re.findall(r"<!-- sizes -->(.*)<!-- /sizes -->", README)
    stated = {name: float(size) for name, size in re.findall(r"(\w+) (\d+) MB", line)}
    assert stated.keys() == found.keys()
    wrong = {n: s for n, s in stated.items() if not found[n] / 1.5 <= s <= found[n] * 1.5}
    told = ", ".join(f"{name} {max(1, round(size))} MB" for name, size in found.items())
    assert wrong == {}, f"README.md should say: {told}"


def test_rooms_are_the_folders_of_the_project() -> None:
    named = {row[0].strip("/") for row in table_below("The rooms")}
    code = {p.parent.name for p in PROJECT.glob("*/__init__.py")} - {"bench"}
    assert named == code | {"deploy", "tests", "docs/adr"}


def test_status_codes_say_whether_there_is_a_value(made_up_release: Path) -> None:
    import duckdb

    stated = {row[0]: row[2] == "yes" for row in table_below("Status of a value")}
    file = str(made_up_release / "parquet" / "indicator_value.parquet")
    with duckdb.connect() as connection:
        found = connection.read_parquet(file).project(
            "obs_status, value is not null, reason is not null"
        )
        rows = found.distinct().fetchall()
    assert rows
    assert {(status, stated[status], not stated[status]) for status, *_ in rows} == set(rows)


@pytest.mark.parametrize("snippet", fences("python"))
def test_python_snippets_run(snippet: str, desk: Path) -> None:
    names: dict[str, object] = {}
    exec(snippet, names)  # the README's own text
    newest = names["newest"]
    assert len(newest) > 0  # type: ignore[arg-type]


@pytest.mark.parametrize("snippet", fences("sql"))
def test_sql_snippets_run(snippet: str, desk: Path) -> None:
    import duckdb

    with duckdb.connect() as connection:
        rows = connection.execute(snippet).fetchall()
    assert [row[0] for row in rows][:2] == ["Fosen", "Innherred"]
    assert all(row[2] is not None or row[5] for row in rows)


@pytest.mark.parametrize("snippet", fences("r"))
def test_r_snippets_read_a_file_that_exists(snippet: str, desk: Path) -> None:
    """R itself is not part of the project's tools; only the path is checked."""
    paths = re.findall(r'"([^"]+)"', snippet)
    assert paths
    assert all((desk / path).exists() for path in paths)

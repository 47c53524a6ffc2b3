"""The DuckDB file says what everything in it means, and older DuckDBs open it."""

from __future__ import annotations

import subprocess
import sys
import venv
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from tests.warehouse import small_release
from warehouse import database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLD = "1.1.3"  # what was current in November 2024
EVERYTHING = """
import sys, duckdb
assert duckdb.__version__ == sys.argv[2], duckdb.__version__
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    for query in sys.argv[3:]:
        connection.execute(query).fetchall()
print("answered", len(sys.argv) - 3)
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_release.build(tmp_path_factory.mktemp("small"))


@pytest.fixture
def release(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(file), read_only=True) as connection:
        yield connection


def queries() -> list[str]:
    """One per view, and the example of every macro."""
    examples = [about["example"] for about in database.macro_comments().values()]
    return [f"from {view}" for view in database.VIEWS] + examples


def rows(release: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return release.execute(sql).fetchall()


def test_everything_has_a_comment_in_both_languages(release: duckdb.DuckDBPyConnection) -> None:
    told = rows(
        release,
        "select 'table', table_name, comment from duckdb_tables() where not internal union all "
        "select 'view', view_name, comment from duckdb_views() where not internal union all "
        "select 'column', table_name || '.' || column_name, comment from duckdb_columns() "
        "where not internal union all "
        "select 'macro', function_name, comment from duckdb_functions() where not internal",
    )
    assert {kind for kind, *_ in told} == {"table", "view", "column", "macro"}
    assert [row for row in told if " / " not in (row[-1] or "")] == []


def test_macros_describe_just_the_parameters_they_have(
    release: duckdb.DuckDBPyConnection,
) -> None:
    parameters = dict(
        rows(
            release,
            "select function_name, parameters from duckdb_functions() where not internal",
        )
    )
    described = {m: list(a["parameters"]) for m, a in database.macro_comments().items()}
    assert described == {name: parameters[name] for name in described}
    assert set(parameters) - set(described) == {"release_built_at"}


def test_a_view_describes_just_the_columns_it_has(release: duckdb.DuckDBPyConnection) -> None:
    for view, about in database.view_comments().items():
        assert set(about.get("columns", {})) <= set(release.view(view).columns), view


def test_views_come_after_those_they_read() -> None:
    assert database.VIEWS.index("newest_value") < database.VIEWS.index("headline_value")
    assert database.VIEWS.index("headline_value") < database.VIEWS.index("region_comparison")


def test_the_file_knows_when_it_was_built(release: duckdb.DuckDBPyConnection) -> None:
    built = small_release.BUILT_AT.replace(tzinfo=None)
    assert rows(release, "select release_built_at()") == [(built,)]


def test_the_examples_of_the_macros_run(release: duckdb.DuckDBPyConnection) -> None:
    for query in queries():
        release.execute(query).fetchall()


def test_a_column_without_a_comment_is_named() -> None:
    with pytest.raises(database.UndescribedColumn, match=r"series\.yaml .* the column weather"):
        database.view_column_comment("series", "weather", small_release.BREAKDOWNS)


def test_the_storage_version_is_that_of_duckdb_1_0(file: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{file}' as release (read_only)")
        tags = rows(
            connection, "select tags from duckdb_databases() where database_name = 'release'"
        )
    assert "v1.0.0" in str(tags)


def test_many_processes_read_at_once(file: Path) -> None:
    code = (
        "import sys, duckdb\n"
        "with duckdb.connect(sys.argv[1], read_only=True) as c:\n"
        "    print(c.execute('select count(*) from indicator_value').fetchone()[0], flush=True)\n"
        "    sys.stdin.read()\n"
    )
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    # Each holds its connection open until all have answered.
    answers = [reader.stdout.readline() for reader in readers if reader.stdout]
    for reader in readers:
        reader.communicate("")
    assert answers == [f"{len(small_release.VALUES)}\n"] * 4


@pytest.mark.slow
def test_the_duckdb_of_two_years_ago_answers_every_view_and_macro(
    file: Path, tmp_path: Path
) -> None:
    venv.create(tmp_path / "old", with_pip=True)
    python = tmp_path / "old" / "bin" / "python"
    installed = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", f"duckdb=={OLD}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if installed.returncode:
        pytest.skip(f"duckdb {OLD} cannot be installed here: {installed.stderr[-200:]}")
    done = subprocess.run(
        [python, "-c", EVERYTHING, str(file), OLD, *queries()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == f"answered {len(queries())}\n", done.stderr

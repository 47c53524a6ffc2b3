"""Definitions of others can read their declared tables and do nothing else.

Every attack is refused before it runs, with a message that names the definition. The second line,
the locked connection, is tried alone with the same attacks, and the limits with queries that are
allowed but never end.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.warehouse import hand_worked
from warehouse import definition, engine, sandbox
from warehouse.sandbox import DefinitionFailed, Limits, UnsafeDefinition

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "not for other counties"

# name -> SQL, and a word of the message. {file} is a readable file, {new} one to be written.
ATTACKS = {
    "reads a csv": ("select * from read_csv('{file}')", "read_csv"),
    "reads a text": ("select content from read_text('{file}')", "read_text"),
    "reads bytes": ("select * from read_blob('{file}')", "read_blob"),
    "reads parquet": ("select * from read_parquet('{file}')", "read_parquet"),
    "names a file as a table": ("select * from '{file}'", "not declared"),
    "lists files": ("select * from glob('/etc/*')", "glob"),
    "lists files in an expression": ("select glob('/etc/*') from given", "glob"),
    "asks the network": ("select * from 'https://example.org/x.parquet'", "not declared"),
    "asks the network by function": ("select * from read_csv('https://example.org/x')", "read_csv"),
    "asks a bucket": ("select * from read_parquet('s3://bucket/x')", "read_parquet"),
    "writes a file": ("copy (select * from given) to '{new}'", "COPY"),
    "writes a file in a cte": ("with a as (copy given to '{new}') select * from a", "copy"),
    "writes the file of the database": ("copy given to ':memory:'", "COPY"),
    "exports": ("export database '{new}'", "EXPORT"),
    "attaches": ("attach '{new}' as other", "ATTACH"),
    "installs": ("install httpfs", "LOAD"),
    "loads": ("load httpfs", "LOAD"),
    "forces an install": ("force install httpfs from community", "LOAD"),
    "sets": ("set threads = 64", "SET"),
    "sets globally": ("set global enable_external_access = true", "SET"),
    "resets": ("reset lock_configuration", "SET"),
    "uses": ("use other", "SET"),
    "asks by pragma": ("pragma database_list", "PRAGMA"),
    "changes by pragma": ("pragma memory_limit = '100GB'", "SET"),
    "calls": ("call pragma_version()", "CALL"),
    "checkpoints": ("checkpoint", "one SELECT"),
    "creates": ("create table kept as select * from given", "CREATE"),
    "creates a macro": ("create macro sum_known(a, b) as 1", "CREATE"),
    "drops": ("drop table given", "DROP"),
    "inserts": ("insert into given values (1)", "INSERT"),
    "deletes in a cte": ("with a as (delete from given returning *) select * from a", "delete"),
    "updates in a cte": ("with a as (update given set x = 1 returning *) from a", "update"),
    "inserts in a cte": ("with a as (insert into given values (1) returning *) from a", "insert"),
    "prepares": ("prepare later as select 1", "PREPARE"),
    "transaction": ("begin", "TRANSACTION"),
    "vacuums": ("vacuum", "VACUUM"),
    "two statements": ("select * from given; drop table given", "SELECT, DROP"),
    "second behind a comment": ("select * from given -- the end\n; set threads = 9", "SELECT, SET"),
    "second behind a block comment": (
        "select * from given /* ; */ ; /* -- */ copy given to '{new}'", "SELECT, COPY",
    ),
    "second behind a quoted mark": ("select ';--' as x; pragma version", "SELECT, PRAGMA"),
    "nothing": ("-- nothing", "no statement"),
    "no sql": ("select from where", "not readable"),
    "explains": ("explain analyze select * from given", "EXPLAIN"),
    "environment": ("select getenv('HOME')", "getenv"),
    "setting": ("select current_setting('secret_directory')", "current_setting"),
    "variable": ("select getvariable('x')", "getvariable"),
    "settings table": ("select * from duckdb_settings()", "duckdb_settings"),
    "secrets": ("select * from duckdb_secrets()", "duckdb_secrets"),
    "catalogue": ("select * from information_schema.tables", "information_schema.tables"),
    "sqlite catalogue": ("select * from sqlite_master", "sqlite_master"),
    "catalogue behind a cte of its name": (
        "with sqlite_master as (select * from sqlite_master) from sqlite_master", "sqlite_master",
    ),
    "cte out of its scope": (
        "select * from (with duckdb_tables as (select 1) from duckdb_tables), duckdb_tables",
        "duckdb_tables",
    ),
    "shows tables": ("show tables", "show ref"),
    "describes": ("describe given", "show ref"),
    "summarizes": ("summarize given", "show ref"),
    "a query as text": ("select * from query('select 1')", "query"),
    "a table as text": ("select * from query_table('given')", "query_table"),
    "serialized query": ("select * from json_execute_serialized_sql('{{}}')", "json_execute"),
    "undeclared table": ("select * from ssb_09429", "ssb_09429"),
    "undeclared in a subquery": ("select (select max(x) from secret) from given", "secret"),
    "undeclared in a filter": ("select * from given where x in (select x from secret)", "secret"),
    "undeclared in a join": ("select * from given join memory.main.secret using (x)", "secret"),
    "undeclared in a window": (
        "select sum(x) over (order by (select max(x) from secret)) from given", "secret",
    ),
    "undeclared in an order": ("select * from given order by (select 1 from secret)", "secret"),
    "memory of python": ("select * from arrow_scan(1, 2, 3)", "arrow_scan"),
    "frames of python": ("select * from pandas_scan(1)", "pandas_scan"),
    "parameter": ("select * from given limit $1", "parameter"),
    "clock": ("select now() from given", "now"),
    "clock without brackets": ("select current_timestamp from given", "current_timestamp"),
    "account": ("select current_user from given", "current_user"),
    "chance": ("select random() from given", "random"),
    "sample": ("select * from given using sample 1", "sample"),
    "recursion": (
        "with recursive a as (select 1 as x union all select x + 1 from a) from a", "recursive",
    ),
    "a long text": ("select repeat('x', 2000000000) from given", "repeat"),
    "a long list": ("select range(10000000000) from given", "range"),
    "padding": ("select lpad('x', 2000000000, 'y') from given", "lpad"),
    "a large array": ("select cast(null as integer[100000000])", "type"),
    "a type of an extension": ("select cast(x as json) from given", "JSON"),
    "a character of code 0": ("select 1 \0 ; drop table given", "code 0"),
    "too long": ("select 1 " + "/* */" * 20_000, "at most"),
    "too deep": ("select * from " + "(from " * 8_000 + "given" + ")" * 8_000, "nested"),
    "brackets": ("select " + "(" * 20_000 + "1" + ")" * 20_000, "depth"),
}  # fmt: skip

ENDLESS = {
    "cross join": "select count(*) from given a, range(1000000000) b, range(1000000000) c",
    "cross join of many": "select max(a.x) from "
    + ", ".join(f"range(99999) t{n}" for n in range(9))
    + ", given a where t0.range + t1.range + t2.range > a.x",
    "window": "select sum(r.range) over (order by r.range) as x from range(10000000000) r",
    "sort": "select r.range from range(10000000000) r order by r.range % 1000 limit 5",
    "list": "select list(r.range) from range(100000000000) r",
    "distinct": "select distinct r.range from range(100000000000) r",
    "doubling": "with a0 as (select 'x' as s)"
    + "".join(f", a{n + 1} as (select s || s as s from a{n})" for n in range(40))
    + " select length(s) from a40",
    "doubling of rows": "with a0 as (select 1 as s)"
    + "".join(f", a{n + 1} as (from a{n} union all from a{n})" for n in range(30))
    + " select sum(s) from a30",
    "rows without end": "select * from range(100000000000)",
}  # fmt: skip


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("outside") / "secret.csv"
    path.write_text(SECRET, encoding="utf-8")
    return path


def given() -> dict[str, pa.Table]:
    return {"given": pa.table({"x": [1, 2, 3]})}


def written(sql: str, file: Path) -> str:
    return sql.replace("{file}", str(file)).replace("{new}", str(file.parent / "new"))


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused_and_named(attack: str, file: Path) -> None:
    sql, word = ATTACKS[attack]
    with pytest.raises(UnsafeDefinition) as caught:
        sandbox.rows("from_elsewhere", written(sql, file), given())
    said = str(caught.value)
    assert said.startswith("Indicator from_elsewhere: ")
    assert word.lower() in said.lower()
    assert "Nothing of it was run" in said
    assert SECRET not in said
    assert list(file.parent.iterdir()) == [file]


def test_there_are_attacks_enough() -> None:
    assert len({sql for sql, _ in ATTACKS.values()}) == len(ATTACKS) >= 25


@pytest.mark.parametrize(
    "attack",
    [
        "reads a csv", "reads a text", "reads bytes", "reads parquet", "names a file as a table",
        "lists files", "asks the network", "writes a file",
        "writes the file of the database", "exports", "attaches", "installs",
        "loads", "sets", "sets globally", "resets", "changes by pragma", "environment",
        "writes a file in a cte", "memory of python",
    ],
)  # fmt: skip
def test_the_locked_connection_alone_withstands(attack: str, file: Path) -> None:
    """What the reading of the text should ever miss meets a connection that can do nothing."""
    with sandbox.opened("harmless", "select * from given", given()) as connection:
        with pytest.raises((duckdb.Error, RuntimeError)):
            connection.execute(written(ATTACKS[attack][0], file)).fetchall()
        settings = dict(
            connection.execute(
                "select name, value from duckdb_settings() where name in ('threads', "
                "'enable_external_access', 'lock_configuration', 'allowed_paths', "
                "'allowed_directories', 'temp_directory', 'autoload_known_extensions')"
            ).fetchall()
        )
    assert settings == {
        "threads": "1", "enable_external_access": "false", "lock_configuration": "true",
        "allowed_paths": "[]", "allowed_directories": "[]", "temp_directory": "",
        "autoload_known_extensions": "false",
    }  # fmt: skip
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("bomb", ENDLESS)
def test_what_never_ends_is_stopped(bomb: str) -> None:
    limits = Limits(seconds=1.0, memory="200MB")
    started = time.monotonic()
    with pytest.raises(DefinitionFailed, match="from_elsewhere: its SQL was stopped") as caught:
        sandbox.rows("from_elsewhere", ENDLESS[bomb], given(), limits)
    assert "1 seconds" in str(caught.value) or "200MB" in str(caught.value)
    # Far above the limit, for a machine that is busy; without one these take hours.
    assert time.monotonic() - started < 120


def test_recursion_would_be_stopped_too() -> None:
    bomb = "with recursive a as (select 1 as x union all select x + 1 from a) select max(x) from a"
    with sandbox.opened("harmless", "select * from given", given()) as connection:
        connection.execute("drop table stated")
        with pytest.raises(DefinitionFailed, match="more than 1 seconds"):
            sandbox.keep(connection, "from_elsewhere", bomb, Limits(seconds=1.0))


def test_the_connection_of_a_stopped_run_is_gone() -> None:
    """The next definition is not touched by the limits of the one before."""
    with pytest.raises(DefinitionFailed):
        sandbox.rows("first", ENDLESS["cross join"], given(), Limits(seconds=0.2))
    assert sandbox.rows("second", "select sum(x) as x from given", given()).to_pylist() == [
        {"x": 6}
    ]


def test_all_that_is_wrong_is_said_at_once() -> None:
    sql = "select getenv('A'), random() from secret, read_csv('x') using sample 1"
    with pytest.raises(UnsafeDefinition) as caught:
        sandbox.rows("from_elsewhere", sql, given())
    for word in ("getenv", "random", "secret", "read_csv", "sample"):
        assert word in str(caught.value)


def test_an_error_of_the_sql_names_the_definition() -> None:
    with pytest.raises(DefinitionFailed, match=r"Indicator from_elsewhere: .*unknown_column"):
        sandbox.rows("from_elsewhere", "select unknown_column from given", given())


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select max(x) as v from given", 3),
        ("with a as (select x from given), b as (select x from a) select sum(x) as v from b", 6),
        ("select v from (values (7)) t(v)", 7),
        ("select max(v) as v from (from given select x as v union all by name select 9 as v)", 9),
        ("select x as v from given qualify row_number() over (order by x desc) = 1", 3),
        ("select max(g.x) as v from given g anti join (select 3 as x) o on o.x = g.x", 2),
        ("select sum_known(x, 'A') as v from given -- a comment; with a mark", 6),
        ("select max(i) as v from given, unnest([4, 5]) as u(i)", 5),
        ("select len(list_filter([1, 2, 3], lambda y: y > 1)) as v", 2),
        ("select count(*) as v from Given where x in (select x from GIVEN)", 3),
    ],
)  # fmt: skip
def test_what_statistics_needs_is_allowed(sql: str, expected: int) -> None:
    assert sandbox.rows("allowed", sql, given())["v"].to_pylist() == [expected]


def test_a_parquet_file_is_read_though_the_connection_reads_none(tmp_path: Path) -> None:
    pq.write_table(given()["given"], tmp_path / "given.parquet")
    tables = {"given": tmp_path / "given.parquet"}
    assert sandbox.rows("tried", "select sum(x) as v from given", tables)["v"].to_pylist() == [6]


def test_every_definition_of_the_project_passes() -> None:
    """Judged alone: tables of no rows would do, but the text is all that is looked at."""
    from sources import registry
    from warehouse import definition_sql

    tables = registry.load()
    found = {}
    with duckdb.connect(config=engine.SETTINGS) as connection:
        for indicator in definition.load().values():
            views = {tables[source].view for source in indicator.sources} | {*indicator.geography}
            found[indicator.id] = definition_sql.problems(connection, indicator.sql, views)
    assert {name: problems for name, problems in found.items() if problems} == {}


def test_compute_runs_the_definition_in_the_sandbox() -> None:
    rows = [hand_worked.row("municipality", code, "2022", numerator=1.0, denominator=2.0)
            for code in ("9001", "9002", "9003")]  # fmt: skip
    assert hand_worked.values(rows)["90", "2022"]["value"] == 50.0
    for table in ("geo_weight", "definition", "reason"):
        with pytest.raises(UnsafeDefinition, match=re.escape(f"table {table} is not declared")):
            hand_worked.values(rows, sql=f"select * from given, {table}")
    with pytest.raises(UnsafeDefinition, match="Indicator tried"):
        hand_worked.values(rows, sql="select * from read_text('/etc/hostname')")


def test_geography_is_there_for_those_who_declare_it() -> None:
    rows = [hand_worked.row("municipality", code, "2022", numerator=1.0, denominator=2.0)
            for code in ("9001", "9002", "9003")]  # fmt: skip
    sql = "select given.* from given semi join region on region.region_id = given.geo_code"
    made = hand_worked.values(rows, sql=sql, geography=("region",))
    assert made["90", "2022"]["value"] == 50.0

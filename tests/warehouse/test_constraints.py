"""What is declared of a release's tables holds in its DuckDB file, or nothing is published."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from tests.crash import processes, small
from warehouse import constraints, database, publish, release

if TYPE_CHECKING:
    from pathlib import Path

SOUND = """
    create table region (region_set text, region_id text, level text, since date);
    insert into region values ('county', '50', 'county', null), ('own', 'fosen', 'region', null),
        ('own', 'namdalen', 'region', date '2020-01-01');
    create table figure (region_set text, region_id text, sex text, value double);
    insert into figure values ('own', 'fosen', '_T', 1.5), ('own', 'fosen', '1', null),
        ('county', '50', '_T', 3);
"""
RULES: dict[str, dict[str, Any]] = {
    "region": {
        "key": ["region_set", "region_id"],
        "grain": ["region_id", "since"],
        "required": ["level"],
        "values": {"level": ["county", "region"]},
    },
    "figure": {
        "key": ["region_set", "region_id", "sex"],
        "refers": [
            {
                "columns": ["region_set", "region_id"],
                "table": "region",
                "their": ["region_set", "region_id"],
            }
        ],
    },
}


def found(change: str = "", rules: dict[str, dict[str, Any]] | None = None) -> list[str]:
    """What is wrong with the sound tables after one change to them."""
    with duckdb.connect() as connection:
        connection.execute(SOUND)
        connection.execute(change)
        return list(constraints.problems(connection, rules or RULES))


def test_sound_tables_break_nothing() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(
            "insert into figure values ('own', 'fosen', '1', 2), ('own', 'fosen', '1', 3)",
            "figure: 1 keys (region_set, region_id, sex) stand more than once, the first 3 times: "
            "own, fosen, 1",
            id="key twice",
        ),
        pytest.param(
            "update figure set sex = null where sex = '1'",
            "figure.sex: blank in 1 rows, and it never is",
            id="key blank",
        ),
        pytest.param(
            "update region set level = null where region_id = 'fosen'",
            "region.level: blank in 1 rows, and it never is",
            id="required blank",
        ),
        pytest.param(
            "insert into region values ('new', 'fosen', 'region', null)",
            "region: 1 keys (region_id, since) stand more than once, the first 2 times: "
            "fosen, blank",
            id="grain twice, a blank is a value",
        ),
        pytest.param(
            "update figure set region_set = 'new' where region_id = 'fosen'",
            "figure: 2 rows refer by (region_set, region_id) to rows of region that are not "
            "there, such as new, fosen",
            id="reference lost",
        ),
        pytest.param(
            "update region set level = 'parish' where region_id = 'fosen'",
            "region.level: not one of its values: parish",
            id="value not listed",
        ),
        pytest.param(
            "alter table region drop column level",
            "region: its constraints name columns that are not in the file: region.level",
            id="column gone",
        ),
    ],
)
def test_each_kind_trips_and_says_where(change: str, says: str) -> None:
    assert found(change) == [says]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    wrong = found(
        "insert into figure values ('own', 'frosta', '_T', 1); update region set level = null"
    )
    assert len(wrong) == 2


def test_names_of_a_manifest_are_names_and_never_sql() -> None:
    name = 'sex" from figure; drop table figure; --'
    assert found(rules={"figure": {"required": [name]}}) == [
        f"figure: its constraints name columns that are not in the file: figure.{name}"
    ]


def test_breakdowns_are_part_of_the_key_and_other_columns_are_not() -> None:
    columns = ["indicator_id", "sex", "value", "new_breakdown"]
    assert constraints.of("indicator_value", columns)["key"] == [
        "indicator_id", "region_set", "region_id", "period", "sex", "new_breakdown",
    ]  # fmt: skip
    assert constraints.declared({"indicator": ["indicator_id"], "not_declared": ["a"]}).keys() == {
        "indicator"
    }


def test_every_table_of_a_release_declares_what_tells_its_rows_apart() -> None:
    tables = {name: about for name, about in database.comments().items() if name != "breakdown"}
    rules = {name: constraints.of(name, about["columns"]) for name, about in tables.items()}
    assert [name for name, found in rules.items() if not ({"key", "grain"} & found.keys())] == []
    named = {
        (name, column)
        for name, found in rules.items()
        for kind in ("key", "grain", "required", "values")
        for column in found.get(kind, ())
    }
    assert [pair for pair in sorted(named) if pair[1] not in tables[pair[0]]["columns"]] == []


def stage_with_constraints(place: Any, value: int) -> Path:
    """The small release, whose table value declares its key, with one number put in."""
    folder = small.stage(place, 1)
    with duckdb.connect(str(folder / release.DATABASE)) as connection:
        connection.execute("update value set i = ? where i = 7", [value])
    path = folder / release.MANIFEST
    manifest = json.loads(path.read_bytes())
    database_file = (folder / release.DATABASE).read_bytes()
    manifest["files"][release.DATABASE] = {
        "sha256": hashlib.sha256(database_file).hexdigest(), "bytes": len(database_file),
    }  # fmt: skip
    manifest["constraints"] = {"value": {"key": ["i"]}}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def test_a_release_that_breaks_a_constraint_is_not_published(tmp_path: Path) -> None:
    place = processes.place(tmp_path)
    stage_with_constraints(place, 6)
    with pytest.raises(release.BrokenRelease, match=r"value: 1 keys \(i\) stand more than once"):
        publish.publish(place)
    assert release.current(place) is None
    stage_with_constraints(place, 7)
    assert release.verify(publish.publish(place))["constraints"] == {"value": {"key": ["i"]}}


def test_a_whole_release_carries_its_constraints_and_keeps_them(made_up_release: Path) -> None:
    manifest = release.verify(made_up_release)
    assert set(manifest["constraints"]) == set(manifest["tables"])
    with duckdb.connect(str(made_up_release / release.DATABASE), read_only=True) as connection:
        doubled = {"indicator_value": {"key": ["indicator_id", "region_id", "period"]}}
        assert any("stand more than once" in p for p in constraints.problems(connection, doubled))

"""The recorded vintages of 09429, worked out one after the other: the difference says what came.

Statistics Norway published the table on 2025-08-28, and with one more year on 2026-06-17. Only the
steps that 09429 goes through are run, for Telemark, whose municipalities the recorded answers have.
"""

from __future__ import annotations

import itertools
import json
import shutil
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sources import recorded, registry
from sources.archive import Archive, digest
from warehouse import catalogue, definition, difference, parquet, steps
from warehouse.workspace import PUBLISHED, Workspace

if TYPE_CHECKING:
    from pathlib import Path

TABLE = "ssb/09429"
INDICATORS = ("education_level", "education_level_ssb_base", "higher_education")
EARLIER, LATER = "2025-08-28", "2026-06-17"
ALL_LEVELS = ("01", "02a", "11", "03a", "04a", "09a")
HIGHER = ("03a", "04a")
# Porsgrunn, all educations of four years and more, men: one cell that a revision would change.
REVISED = ("4001", "04a", "1", "Personer", "2024")
Cube = dict[tuple[str, ...], float | None]


def body_of(vintage: str) -> str:
    return f"{TABLE}/vintages/{vintage}/data.json"


def cube(document: dict[str, Any]) -> Cube:
    """Cells of a JSON-stat answer: (region, level, sex, content, year) -> figure."""
    codes = [list(document["dimension"][name]["category"]["index"]) for name in document["id"]]
    return dict(zip(itertools.product(*codes), document["value"], strict=True))


def figures_of(real: Path, vintage: str) -> Cube:
    return cube(json.loads((real / body_of(vintage)).read_bytes()))


def recorded_folder(real: Path, folder: Path, vintage: str, change: Cube) -> Path:
    """A folder of the recorded code lists and one vintage, some of its cells changed."""
    wanted = body_of(vintage)
    index = json.loads((real / "index.json").read_bytes())
    taken = [item for item in index if item["body"].startswith("klass/") or item["body"] == wanted]
    for item in taken:
        (folder / item["body"]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(real / item["body"], folder / item["body"])
    if change:
        document = json.loads((folder / wanted).read_bytes())
        document["value"] = list((cube(document) | change).values())
        body = json.dumps(document).encode()
        (folder / wanted).write_bytes(body)
        next(item for item in taken if item["body"] == wanted)["sha256"] = digest(body)
    (folder / "index.json").write_text(json.dumps(taken), encoding="utf-8")
    return folder


def worked_out(
    real: Path, root: Path, vintage: str, change: Cube | None = None, until: str = ""
) -> Path:
    """Take a vintage through every step to values, and keep them as a release does.

    until: leave out the values of later periods, as if the table had ended there.
    """
    workspace = Workspace("telemark", PUBLISHED, root)
    folder = recorded_folder(real, root / "recorded", vintage, change or {})
    recorded.import_folder(Archive(workspace.archive), folder, registry.load().values())
    for table in (*steps.PLACING, TABLE):
        steps.raw(workspace, table)
    steps.code_lists(workspace)
    steps.geography(workspace)
    steps.conformed(workspace, TABLE)
    values = pa.concat_tables([steps.indicator(workspace, i).table for i in INDICATORS])
    if until:
        values = values.filter(pc.less_equal(values["period"], until))
    place = values.column_names.index("vintage_ids")
    joined = pc.binary_join(values["vintage_ids"], " ")
    used = [definition.load()[i] for i in INDICATORS]
    tables = {
        "indicator_value": values.set_column(place, "vintage_ids", joined),
        "indicator": catalogue.indicator_table(used, dict.fromkeys(INDICATORS, 0)),
        "vintage": catalogue.vintage_table(steps.vintages_in_use(workspace)),
    }
    for name, table in tables.items():
        parquet.write(table, root / vintage / "parquet" / f"{name}.parquet")
    return root / vintage


@pytest.fixture(scope="module")
def later(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return worked_out(real, tmp_path_factory.mktemp("later"), LATER)


def given(release: Path, period: str) -> dict[str, int]:
    """Indicator -> number of its values in a period."""
    table = parquet.read(release / "parquet" / "indicator_value.parquet")
    here = table.filter(pc.and_(pc.equal(table["period"], period), pc.is_valid(table["value"])))
    counted = here.group_by("indicator_id").aggregate([("value", "count")])
    return dict(
        zip(counted["indicator_id"].to_pylist(), counted["value_count"].to_pylist(), strict=True)
    )


def test_the_new_year_is_all_that_came_in_june_2026(
    real: Path, later: Path, tmp_path: Path
) -> None:
    before, after = figures_of(real, EARLIER), figures_of(real, LATER)
    # What the answers say themselves: cells of 2025 came, and not one other cell changed.
    assert {cell[-1] for cell in after.keys() - before.keys()} == {"2025"}
    assert all(after[cell] == figure for cell, figure in before.items())
    found = difference.between(worked_out(real, tmp_path, EARLIER), later)
    came = given(later, "2025")
    assert set(came) == set(INDICATORS)
    assert found.counted() == {
        "new": sum(came.values()), "revised": 0, "redefined": 0, "gone": 0, "status": 0,
    }  # fmt: skip
    assert {r["indicator_id"]: r["values_changed"] for r in found.by_indicator} == came
    assert {
        (r["scope"], r["first_period"], r["last_period"]) for r in found.by_indicator
    } == {("period", "2025", "2025")}  # fmt: skip
    assert [a["source_table_id"] for a in found.answers] == [TABLE]
    assert [r["source_table_id"] for r in found.by_source] == [TABLE]
    assert found.definitions == []


def test_a_figure_that_came_is_the_one_that_the_answer_gives(
    real: Path, later: Path, tmp_path: Path
) -> None:
    answer = figures_of(real, LATER)

    def persons(levels: tuple[str, ...]) -> float:
        return sum(answer["4001", level, "0", "Personer", "2025"] or 0 for level in levels)

    found = difference.between(worked_out(real, tmp_path, EARLIER), later)
    (row,) = [
        r
        for r in found.changes.to_pylist()
        if r["indicator_id"] == "higher_education" and r["region_set"] == "municipality"
        and r["region_id"] == "4001" and r["sex"] == "_T"
    ]  # fmt: skip
    assert (row["kind"], row["period"], row["earlier_value"]) == ("new", "2025", None)
    assert row["later_numerator"] == persons(HIGHER)
    assert row["later_value"] == pytest.approx(
        100 * row["later_numerator"] / row["later_denominator"]
    )
    assert row["later_denominator"] <= persons(ALL_LEVELS)


def test_the_last_year_taken_away_and_given_back_is_exactly_what_comes(
    real: Path, later: Path, tmp_path: Path
) -> None:
    found = difference.between(worked_out(real, tmp_path, LATER, until="2024"), later)
    assert found.counted()["new"] == sum(given(later, "2025").values())
    assert {(r["kind"], r["period"]) for r in found.changes.to_pylist()} == {("new", "2025")}


def test_one_revised_cell_revises_what_is_made_of_it_and_nothing_else(
    real: Path, later: Path, tmp_path: Path
) -> None:
    old = figures_of(real, LATER)[REVISED]
    assert old
    found = difference.between(later, worked_out(real, tmp_path, LATER, {REVISED: old + 100}))
    counted = found.counted()
    assert counted["revised"] == sum(counted.values()) > 0
    rows = found.changes.to_pylist()
    assert {row["period"] for row in rows} == {"2024"}
    municipalities = {r["region_id"] for r in rows if r["region_level"] == "municipality"}
    counties = {r["region_id"] for r in rows if r["region_level"] == "county"}
    assert (municipalities, counties) == ({"4001"}, {"40"})
    # The answer has women and both sexes together in cells of their own.
    assert {row["sex"] for row in rows} == {"1"}
    (share,) = [
        r for r in rows
        if r["indicator_id"] == "higher_education" and r["region_level"] == "municipality"
    ]  # fmt: skip
    assert share["later_numerator"] - share["earlier_numerator"] == 100

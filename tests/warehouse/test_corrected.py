"""From a declared error of a source to the released figures that it was behind."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from expectations import gates
from sources import corrections, registry
from sources.archive import Archive
from sources.corrected import CorrectionOutdated
from sources.corrections import Block, Correction, Reading
from sources.registry import Text
from sources.vintages import decode
from tests.sources.vintage_kit import Room, answer
from warehouse import corrected, engine, parquet, staging, steps, versions
from warehouse.workspace import MADE_UP, PUBLISHED, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pyarrow as pa

TABLE, INDICATOR = "ssb/13556", "neet_15_29_persons"
MORE = 7
CELL = {
    "Region": "5021", "HovArbStyrkStatus": "NEET", "Alder": "15-29", "Kjonn": "0",
    "ContentsCode": "Bosatte", "Tid": "2020",
}  # fmt: skip
MARK = "+correction:too-few"
Key = tuple[str, ...]


def correction(table: str, cell: dict[str, str], published: float, correct: float) -> Correction:
    block = Block(
        {name: (code,) for name, code in cell.items()},
        Reading(published, None),
        Reading(correct, None),
        None,
    )
    what = Text("Oppdal står med for få.", "Oppdal stands with too few.")
    why = Text("Oppdiktet eksempel.", "Made-up example.")
    return Correction(
        "too-few", table, what, why, "2026-09-10", "ssb.no", "2026-01-01", None, (block,), "0"
    )


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Callable[[Correction], None]:
    """Let one correction be declared, of made-up figures too."""

    def declare(one: Correction) -> None:
        monkeypatch.setattr(
            corrections, "of", lambda table, made_up: (one,) if table == one.table else ()
        )

    return declare


@pytest.fixture
def workspace(made_up_root: Path, tmp_path: Path) -> Workspace:
    """A data root with the answers and the work files of a finished refresh."""
    for room in ("archive", "work"):
        shutil.copytree(made_up_root / room, tmp_path / room)
    return Workspace("trondelag", MADE_UP, tmp_path)


def values(tables: dict[str, pa.Table]) -> dict[Key, dict[str, Any]]:
    keys = ("indicator_id", "region_set", "region_id", "period", "sex", "age", "education")
    rows = tables["indicator_value"].to_pylist()
    return {tuple(str(row.get(key)) for key in keys): row for row in rows}


def refreshed(workspace: Workspace) -> dict[str, pa.Table]:
    """Do the steps from the corrected table to the indicator again."""
    # As the assets do: until a gate has judged it, there is no good result.
    for layer in ("raw", "conformed"):
        versions.forget(workspace, f"{layer}/{TABLE}")
    steps.raw(workspace, TABLE)
    conformed = steps.conformed(workspace, TABLE)
    assert gates.check_conformed(conformed.table, registry.table(TABLE)).passed
    steps.indicator(workspace, INDICATOR)
    return staging.release_tables(workspace)


def test_a_correction_reaches_every_figure_it_is_behind_and_is_seen_there(
    workspace: Workspace, declare: Callable[[Correction], None]
) -> None:
    before = staging.release_tables(workspace)
    raw = decode(Archive(workspace.archive), registry.table(TABLE), made_up=True).table
    [was] = [r["value"] for r in raw.to_pylist() if {n: r[n] for n in CELL} == CELL]
    declare(correction(TABLE, CELL, was, was + MORE))
    after = refreshed(workspace)
    old, new = values(before), values(after)
    moved = {key for key in new if new[key]["value"] != old[key]["value"]}
    marked = {key for key in new if MARK in (new[key]["vintage_ids"] or "")}
    # A centrality class goes beyond the answers of one county: its blank has a part that moved.
    blank = {key for key in marked if new[key]["value"] is None}
    assert moved == marked - blank
    assert {new[key]["reason"] for key in blank} == {"parts_not_in_answer"}
    assert {(k[0], k[3]) for k in moved} == {(INDICATOR, CELL["Tid"])}
    assert {new[k]["value"] - old[k]["value"] for k in moved} == {MORE}
    levels = {new[k]["region_level"] for k in moved}
    assert {"municipality", "region"} <= levels
    assert not any(MARK in (row["vintage_ids"] or "") for row in old.values())


def test_the_release_says_what_was_corrected_and_why(
    workspace: Workspace, declare: Callable[[Correction], None]
) -> None:
    assert staging.release_tables(workspace)["correction"].num_rows == 0
    raw = decode(Archive(workspace.archive), registry.table(TABLE), made_up=True).table
    [was] = [r["value"] for r in raw.to_pylist() if {n: r[n] for n in CELL} == CELL]
    declare(correction(TABLE, CELL, was, was + MORE))
    tables = refreshed(workspace)
    [row] = tables["correction"].to_pylist()
    assert row["cell"] == corrections.cell_text(CELL)
    assert (row["published_value"], row["corrected_value"]) == (was, was + MORE)
    assert (row["what_nb"], row["reported_to"]) == ("Oppdal står med for få.", "ssb.no")
    [answered] = [v for v in tables["vintage"].to_pylist() if v["vintage_id"] == row["vintage_id"]]
    assert answered["vintage_id"].endswith(MARK)
    assert answered["cells"] == 1
    assert "Oppdal stands with too few." in answered["note"]
    assert engine.run("checks/vintage_known.sql", tables).num_rows == 0
    folder = staging.stage(workspace)
    assert parquet.read(folder / "parquet" / "correction.parquet").to_pylist() == [row]


def test_a_table_whose_error_is_fixed_is_not_left_for_later_steps(
    tmp_path: Path, declare: Callable[[Correction], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = replace(registry.table("ssb/12274"), size=registry.Size(min_cells=1))
    monkeypatch.setattr(registry, "table", lambda _: spec)
    place = Workspace("trondelag", PUBLISHED, tmp_path)
    Room(place.archive).pull(answer([1, 2, 3, 4]))
    steps.raw(place, spec.id)
    assert place.step("raw", spec.id).exists()
    cell = {
        "KOKfylkesregion0000": "5000", "KOKinnvandringka0000": "0", "KOKutdstatus0000": "I",
        "ContentsCode": "KOSand16180000", "Tid": "2024",
    }  # fmt: skip
    declare(correction(spec.id, cell, 0, 91))
    with pytest.raises(CorrectionOutdated, match=r"Remove sources/corrections/too-few\.yaml"):
        steps.raw(place, spec.id)
    assert not place.step("raw", spec.id).exists()


def test_a_changed_correction_makes_the_raw_table_anew(
    tmp_path: Path, declare: Callable[[Correction], None]
) -> None:
    place = Workspace("trondelag", PUBLISHED, tmp_path)
    before = steps.raw_version(place, TABLE), steps.raw_version(place, "ssb/12274")
    one = correction(TABLE, CELL, 1, 2)
    declare(one)
    declared = steps.raw_version(place, TABLE)
    declare(replace(one, sha256="1"))
    assert len({before[0], declared, steps.raw_version(place, TABLE)}) == 3
    assert steps.raw_version(place, "ssb/12274") == before[1]


def test_without_corrections_the_table_has_its_columns() -> None:
    empty = corrected.correction_table([])
    assert (empty.num_rows, tuple(empty.column_names)) == (0, corrected.COLUMNS)

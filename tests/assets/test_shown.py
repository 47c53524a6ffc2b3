"""What the pages of assets show: files behind them, how new they are, rows a person can read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from assets import shown, standing
from assets.indicators import THEMES
from assets.step import LEDGER
from pipeline.definitions import defs
from sources.ledger import Ledger
from tests.sources.vintage_kit import NOON, SPEC, Room, answer
from warehouse import definition, steps, store
from warehouse.workspace import PROJECT, PUBLISHED, Workspace

if TYPE_CHECKING:
    import dagster as dg

LAYERS = {
    "source": "sources", "raw": "raw", "conformed": "conformed", "indicator": "indicators",
    "mart": "marts", "release": "release",
}  # fmt: skip


def nodes() -> list[dg.AssetSpec]:
    return [spec for asset in defs.assets or () for spec in getattr(asset, "specs", ())]


def test_groups_lead_from_layer_to_theme_or_provider() -> None:
    for spec in nodes():
        layer, _, rest = (spec.group_name or "").partition("/")
        assert layer == LAYERS[spec.key.path[0]], spec.key
        if layer == "indicators":
            assert rest == THEMES[definition.load()[spec.key.path[-1]].theme]


def test_every_asset_leads_to_the_files_that_say_what_it_is() -> None:
    for spec in nodes():
        found = spec.metadata["dagster/code_references"].code_references
        assert found, spec.key
        for reference in found:
            assert Path(reference.file_path).is_file(), reference
            assert (PROJECT / reference.label).is_file(), reference


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Room, Workspace]:
    place = Workspace("trondelag", PUBLISHED, tmp_path)
    monkeypatch.setattr("sources.registry.table", lambda _: SPEC)
    return Room(place.archive), place


def test_a_raw_table_tells_how_new_it_is_and_what_is_otherwise(
    room: tuple[Room, Workspace],
) -> None:
    archive, place = room
    first = archive.pull(answer([100, 200, 300, 400]))
    steps.raw(place, SPEC.id)
    assert standing.of_raw(place, SPEC) == {"source updated": "2026-06-15T06:00:00+00:00"}
    archive.pull(answer([101, 200, 302, 400], updated="2026-07-15T06:00:00Z"), stamp="s2")
    steps.raw(place, SPEC.id)
    assert standing.of_raw(place, SPEC) == {
        "source updated": "2026-07-15T06:00:00+00:00",
        "changed cells": 2,
        "compared with vintage": first.vintage_id,
    }
    assert standing.of_sources(place, [SPEC.id]) == {"sources updated": f"{SPEC.id} 2026-07-15"}


def test_a_source_that_fails_is_told_where_its_figures_are_used(
    room: tuple[Room, Workspace],
) -> None:
    archive, place = room
    archive.pull(answer([1, 2, 3, 4]))
    steps.raw(place, SPEC.id)
    Ledger(place.archive).failed(SPEC.id, "NoAnswer: nobody there", archive.day)
    told = standing.of_raw(place, SPEC)
    assert (told["stale since"], told["stale because"]) == (
        "2026-07-02T10:00:00Z", "NoAnswer: nobody there",
    )  # fmt: skip
    assert standing.of_sources(place, [SPEC.id])["stale"] == f"{SPEC.id} since 2026-07-02T10:00:00Z"


def test_another_machine_tells_of_the_source_that_fails_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = (Workspace("trondelag", PUBLISHED, tmp_path / name) for name in ("one", "two"))
    (tmp_path / "store").mkdir()
    monkeypatch.setenv(store.VARIABLE, f"file://{tmp_path}/store")
    with store.at_hand(here, store.ARCHIVE):
        Ledger(here.archive).failed(SPEC.id, "NoAnswer: nobody there", NOON)
    with store.at_hand(there, LEDGER):
        told = standing.of_sources(there, [SPEC.id])
    assert told["stale"] == f"{SPEC.id} since 2026-07-01T10:00:00Z"


def test_a_table_that_was_never_decoded_tells_nothing(tmp_path: Path) -> None:
    place = Workspace("trondelag", PUBLISHED, tmp_path)
    assert standing.of_raw(place, SPEC) == {}


def test_a_preview_shows_the_headline_of_country_and_county_newest_first() -> None:
    row = {"indicator_id": "x", "region_set": "county", "region_id": "50", "period": "2024",
           "sex": "_T", "value": 1.0, "reason": None, "is_headline": True}  # fmt: skip
    table = pa.Table.from_pylist([
        row | {"region_set": "forum_7", "region_id": "namdalen"},
        row,
        row | {"period": "2025", "value": 2.123456},
        row | {"period": "2025", "sex": "1", "is_headline": False},
    ])  # fmt: skip
    found = shown.preview(table)
    assert [column.name for column in found.schema.columns] == [
        "region_set", "period", "value",
    ]  # fmt: skip
    assert [(r.data["period"], r.data["value"]) for r in found.records] == [
        ("2025", 2.1235), ("2024", 1),
    ]  # fmt: skip


def test_a_missing_value_is_not_shown_as_0_nor_a_long_text_in_full() -> None:
    table = pa.table({"value": [None, 5.0], "text": ["y" * 99, None]})
    found = shown.preview(table)
    assert [record.data["value"] for record in found.records] == [None, 5]
    assert found.records[0].data["text"] == "y" * (shown.WIDEST - 1) + "…"


def test_columns_have_their_type_and_the_meaning_that_is_known() -> None:
    table = pa.table({"obs_status": pa.array(["A"]).dictionary_encode(), "other": [1.0]})
    found = {c.name: c for c in shown.column_schema(table, shown.value_columns()).columns}
    assert found["obs_status"].type == "string"
    assert str(found["obs_status"].description).startswith("SDMX observation status")
    assert found["other"].description is None

"""HL070, HL075 and vacancies: made-up workbooks in the layout of HL060, and their faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sources import registry
from sources.model import Cube, UnreadableAnswer
from sources.readers import nav_unemployed
from sources.readers.options import InvalidOptions
from tests.sources.reader_kit import MADE_UP, answer, cell, spec, workbook

if TYPE_CHECKING:
    from pathlib import Path

BY_COUNTY: dict[str, Any] = {
    "title": ["Helt ledige", "Yrke"],
    "sheets": {"persons": ["Fylke. Antall"]},
    "row_dimension": "group",
    "block_dimension": "county",
}
VACANCIES: dict[str, Any] = {
    "title": ["Tilgang ledige stillinger", "Fylke"],
    "sheets": {"vacancies": ["Antall. Fylke", "Fylke. Antall"]},
    "row_dimension": "region",
}
Rows = list[list[object]]


def read(body: bytes, options: dict[str, Any] = BY_COUNTY, name: str = "HL075_202602.xlsx") -> Cube:
    return nav_unemployed.read(body, spec("nav-unemployed", options), answer(name))


def heading(subtitle: str, title: str = "Helt ledige. Yrke") -> Rows:
    period = "Januar - februar 2026"
    rows: Rows = [
        [],
        ["", "Kilde: NAV", f"{title}. Tidsserie måned. {MADE_UP}"],
        ["", "", subtitle],
    ]
    return [*rows, [], [], ["", period], []]


def by_county() -> Rows:
    return [
        *heading("Fylke. Antall²"),
        ["", "I alt"],
        ["", "", "Januar", "Februar"],
        ["", "I alt", 300, 310],
        ["", "Undervisning", 100, 110],
        [],
        ["", "Trøndelag - Trööndelage"],
        ["", "", "Januar", "Februar"],
        ["", "I alt Trøndelag - Trööndelage", 30, 31],
        ["", "Undervisning", "*", ""],
        ["", "55 Troms - Romsa - Tromssa¹"],
        ["", "", "Januar", "Februar"],
        ["", "Undervisning", "1 000", 7],
        ["", "* færre enn fire"],
    ]


def national(subtitle: str = "Yrkesgruppe. Antall") -> Rows:
    return [
        *heading(subtitle),
        ["", "", "Januar", "Februar"],
        ["", "I alt", 9, 9],
        ["", "2330 Lektorer", 5, 6],
    ]


def test_blocks_give_the_county_and_rows_the_group() -> None:
    found = read(workbook({"1. Yrkesgruppe. Antall": national(), "4. Noe": by_county()}))
    assert found.dimensions == ("county", "group", "month", "measure")
    assert cell(found, county="I alt", group="I alt", month="2026M01") == (300.0, None)
    assert cell(found, county="I alt", group="Undervisning", month="2026M02") == (110.0, None)
    place = {"county": "Trøndelag - Trööndelage", "group": "Undervisning"}
    assert cell(found, month="2026M01", **place) == (None, "*")
    assert cell(found, month="2026M02", **place) == (None, "")
    assert cell(found, county=place["county"], group="I alt", month="2026M02") == (31.0, None)
    assert cell(found, county="55", group="Undervisning", month="2026M01") == (1000.0, None)
    assert found.labels["county"]["55"] == "Troms - Romsa - Tromssa"
    assert found.table.num_rows == 5 * 2
    assert any("1. Yrkesgruppe. Antall" in note for note in found.notes)
    assert "* færre enn fire" in found.notes


def test_a_sheet_is_known_by_its_name_where_the_subtitle_says_less() -> None:
    rows = heading("Antall", "Tilgang ledige stillinger. Fylke")
    rows += [
        ["", "", "", "Januar", "", "Februar"],
        ["", "", "I alt", 12, "", 13],
        ["", "50", "Trøndelag - Trööndelage", "", 7, 8],
        ["", "01", "Østfold", 0, "", 0],
        ["", "Ukjent", "Ukjent", 5, "", 5],
    ]
    body = workbook({"1. Antall. Fylke": rows, "2. Endring. Fylke": rows})
    found = read(body, VACANCIES, "ledige_stillinger_fylke_2026.xlsx")
    assert found.dimensions == ("region", "month", "measure")
    assert cell(found, region="50", month="2026M01") == (7.0, None)
    assert cell(found, region="01", month="2026M02") == (0.0, None)
    assert cell(found, region="Ukjent", month="2026M02") == (5.0, None)
    assert found.table.num_rows == 4 * 2


def test_a_long_name_of_a_sheet_is_cut_at_31_characters() -> None:
    long = "Yrkesgruppe grov og fin. Andel av arbeidsstyrken"
    options = BY_COUNTY | {"sheets": {"percent": [long]}, "row_dimension": "group"}
    options.pop("block_dimension")
    found = read(workbook({long[:31]: national("se fane 0")}), options)
    assert cell(found, group="2330", month="2026M02", measure="percent") == (6.0, None)
    assert found.labels["group"]["2330"] == "Lektorer"


def test_a_renamed_sheet_is_told_with_the_sheets_that_are_there() -> None:
    with pytest.raises(UnreadableAnswer) as refused:
        read(workbook({"1. A": national(), "2. B": national("Fylke. Andel"), "C": [["x"]]}))
    said = str(refused.value)
    assert "no sheet titled Helt ledige, Yrke is headed Fylke. Antall (persons)" in said
    assert "'2. B' (Helt ledige. Yrke. Tidsserie måned" in said
    assert "Fylke. Andel" in said
    assert "'C' (without the title)" in said


def test_rows_outside_every_block_and_another_year_are_refused_together() -> None:
    rows = by_county()
    rows[7] = []
    with pytest.raises(UnreadableAnswer) as refused:
        read(workbook({"a": rows}), name="HL075_202512.xlsx")
    said = str(refused.value)
    assert "sheet 'a' row 10: no name over the block" in said
    assert "the period cells state 2026, the file name 2025" in said


def test_a_block_that_stands_twice_and_disagrees_is_refused() -> None:
    again = [["", "I alt"], ["", "", "Januar", "Februar"], ["", "Undervisning", 100, 111]]
    with pytest.raises(UnreadableAnswer, match=r"county=I alt.*month=2026M02.*110 and 111"):
        read(workbook({"a": [*by_county(), *again]}))


def test_made_up_groups_add_up_to_the_unemployed_of_hl060(made_up_folder: Path) -> None:
    def figures(name: str, table: str) -> dict[tuple[str, ...], float]:
        read_table = registry.table(f"nav/{table}")
        body = (made_up_folder / "nav" / name).read_bytes()
        cube = nav_unemployed.read(body, read_table, answer(name))
        measure = {"antall", "persons"}
        rows = [row for row in cube.table.to_pylist() if row["measure"] in measure]
        return {tuple(row[d] for d in cube.dimensions[:-1]): row["value"] for row in rows}

    whole = figures("HL060_202609_helt_ledige_fylke_kommune.xlsx", "unemployed_hl060")
    for name, table in (
        ("HL070_202609.xlsx", "unemployed_hl070_county"),
        ("HL075_202609.xlsx", "unemployed_hl075_county"),
    ):
        found = figures(name, table)
        for month in ("2026M01", "2026M09"):
            place = ("Trøndelag - Trööndelage", "I alt", month)
            groups = [v for k, v in found.items() if k[0] == place[0] and k[2] == month]
            assert found[place] == whole["50", month] == sum(groups) / 2
            assert found["I alt", "I alt", month] == whole["I alt", month]


def test_options_are_checked() -> None:
    for sheets in (None, {}, {"persons": "Fylke. Antall"}, {"persons": []}):
        with pytest.raises(InvalidOptions, match="sheets: expected measure -> list of headings"):
            read(b"", BY_COUNTY | {"sheets": sheets})
    with pytest.raises(InvalidOptions, match="taken: group"):
        read(b"", BY_COUNTY | {"block_dimension": "group"})

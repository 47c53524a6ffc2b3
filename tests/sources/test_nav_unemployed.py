"""HL060: the recorded workbook, and made-up ones with each of its known quirks and faults."""

from __future__ import annotations

from typing import Any

import pytest

from sources.model import Cube, UnreadableAnswer
from sources.readers import nav_unemployed
from tests.sources.reader_kit import MADE_UP, answer, cell, real, spec, workbook

OPTIONS: dict[str, Any] = {
    "title": ["Helt ledige", "Fylke og kommune"],
    "measures": {"antall": "Antall", "prosent": "Prosent av arbeidsstyrken"},
    "ignore_sheets": ["Om tabellene"],
}
COUNTS_ONLY = OPTIONS | {"measures": {"antall": "Antall"}}
Rows = list[list[object]]


def read(body: bytes, options: dict[str, Any] = OPTIONS, name: str = "HL060.xlsx") -> Cube:
    return nav_unemployed.read(body, spec("nav-unemployed", options), answer(name))


def heading(subtitle: str, period: str = "Januar - februar 2026") -> Rows:
    title = f"Helt ledige. Fylke og kommune. {MADE_UP}"
    return [[], ["", "Kilde: NAV", "", title], ["", "", "", subtitle], [], ["", period], []]


def county(months: tuple[str, ...] = ("Januar", "Februar")) -> Rows:
    return [
        *heading("Fylke. Antall²"),
        ["", "", "", months[0], "", *months[1:]],
        ["", "", "I alt", 15, "", 25],
        ["", "03", "Oslo", "", 10, 20],
        ["", "50", "Trøndelag - Trööndelage", 5, "", "*"],
    ]


def municipalities(total: object = "*") -> Rows:
    return [
        *heading("Kommune¹. Antall²"),
        ["", "Oslo"],
        ["", "", "Januar", "Februar"],
        ["", "I alt Oslo", 10, 20],
        ["", "0301 Oslo", 10, 20],
        [],
        ["", "Trøndelag - Trööndelage"],
        ["", "", "Januar", "Februar"],
        ["", "I alt Trøndelag - Trööndelage", 5, total],
        ["", "5001 Trondheim - Tråante", "1 005", "*"],
        ["", "* færre enn fire"],
    ]


def book(**sheets: Rows) -> bytes:
    return workbook(sheets)


def test_recorded_workbook() -> None:
    found = read(
        real("nav/HL060_202210_helt_ledige_fylke_kommune.xlsx"), name="HL060_202210_x.xlsx"
    )
    october = {"month": "2022M10", "measure": "antall"}
    assert cell(found, region="I alt", **october) == (45406.0, None)
    assert cell(found, region="50", **october) == (2833.0, None)
    assert cell(found, region="5001", **october) == (1265.0, None)
    assert cell(found, region="2100", **october) == (11.0, None)
    assert cell(found, region="Ukjent", month="2022M01", measure="antall") == (9.0, None)
    assert cell(found, region="99", month="2022M10", measure="prosent") == (None, "*")
    assert found.labels["region"]["50"] == "Trøndelag - Trööndelage"
    rows = found.table.to_pylist()
    assert len(rows) == 371 * 10 * 2
    counties = {r["region"] for r in rows if len(r["region"]) == 2} | {"Ukjent"}
    in_october = [r for r in rows if r["month"] == "2022M10" and r["measure"] == "antall"]
    assert sum(r["value"] for r in in_october if r["region"] in counties) == 45406
    # 144 starred counts and 184 starred percentages by municipality, totals counted once.
    assert sum(r["status"] == "*" for r in rows if r["measure"] == "antall") == 144
    assert any("Telemark" in note for note in found.notes)


def test_january_over_two_columns_and_sheets_under_other_names() -> None:
    found = read(book(x=municipalities(), y=county()), COUNTS_ONLY)
    assert cell(found, region="03", month="2026M01") == (10.0, None)
    assert cell(found, region="03", month="2026M02") == (20.0, None)
    assert cell(found, region="5001", month="2026M01") == (1005.0, None)
    assert cell(found, region="50", month="2026M02") == (None, "*")
    assert "* færre enn fire" in found.notes


def test_county_code_stored_as_a_number_keeps_its_zero() -> None:
    rows = county()
    rows[-2][1] = 3
    assert cell(read(book(a=rows), COUNTS_ONLY), region="03", month="2026M01") == (10.0, None)


def test_a_total_that_contradicts_the_county_sheet_is_listed() -> None:
    with pytest.raises(UnreadableAnswer, match=r"region=50, month=2026M02.*'\*' and 7"):
        read(book(a=county(), b=municipalities(total=7)), COUNTS_ONLY)


def test_the_year_of_another_file_is_refused() -> None:
    body = book(a=county())
    assert read(body, COUNTS_ONLY, name="HL060_202602.xlsx").table.num_rows == 6
    with pytest.raises(UnreadableAnswer, match="period cells state 2026, the file name 2025"):
        read(body, COUNTS_ONLY, name="HL060_202512.xlsx")


def test_missing_sheets_and_unknown_subtitles_are_listed_together() -> None:
    other = heading("Fylke. Andel²")
    with pytest.raises(UnreadableAnswer) as refused:
        read(book(a=county(), b=other, c=[["notat"]]))
    assert "sheet 'b': unknown subtitle 'Fylke. Andel'" in str(refused.value)
    assert "prosent (subtitle ending 'Prosent av arbeidsstyrken'); untitled: c" in str(
        refused.value
    )


def test_a_missing_month_an_unknown_column_and_a_text_among_figures() -> None:
    rows = county(("Januar", "Mars"))
    rows[6].append("Snitt")
    rows[7].append(7)
    rows[8][4] = "ca. 10"
    with pytest.raises(UnreadableAnswer) as refused:
        read(book(a=rows), COUNTS_ONLY)
    message = str(refused.value)
    assert "the period says januar to februar, the header januar, mars" in message
    assert "'Snitt' stands among the months" in message
    assert "sheet 'a' E9: ca. 10 is no figure" in message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((8, 3, 11), "D9, E9: two figures for januar"),
        ((4, 1, "i fjor"), "the year is unknown"),
        ((9, 3, None), "'50 Trøndelag - Trööndelage' has no figures"),
    ],
)
def test_faults_are_placed(change: tuple[int, int, object], message: str) -> None:
    rows = county()
    row, column, content = change
    rows[row][column] = content
    if content is None:
        rows[row][5] = None
    with pytest.raises(UnreadableAnswer, match=message):
        read(book(a=rows), COUNTS_ONLY)


def test_a_total_without_a_county_sheet_is_not_guessed() -> None:
    with pytest.raises(UnreadableAnswer, match="'I alt Oslo' is not on the county sheet"):
        read(book(a=municipalities()), COUNTS_ONLY)


def test_another_workbook_is_refused() -> None:
    with pytest.raises(UnreadableAnswer, match="no sheet with title Helt ledige, Fylke og kommune"):
        read(workbook({"a": [["Yrke. Antall"]]}))

"""Bedriftsundersøkelsen: made-up workbooks in the layouts of 2021 to 2026, and their faults."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from sources.model import Cube, UnreadableAnswer
from sources.readers import nav_survey
from sources.readers.options import InvalidOptions
from tests.sources.reader_kit import MADE_UP, answer, cell, spec, workbook

MEASURES = {
    "shortage": "mangel på arbeidskraft",
    "lower": "nedre",
    "upper": "øvre",
    "tightness": "stram",
    "serious_pct": "alvorlige",
}
COUNTY: dict[str, Any] = {
    "table": "county",
    "row_dimensions": ["region_name"],
    "title_words": ["fylke"],
    "measures": MEASURES,
    "first_column": ["Oslo", "Rogaland"],
}
INDUSTRY = COUNTY | {
    "table": "industry",
    "row_dimensions": ["industry"],
    "title_words": ["næring"],
    "first_column": ["Undervisning"],
    "not_first_column": ["Oslo"],
}
HEADER = [
    "",
    "Estimert mangel på arbeidskraft",
    "Nedre grense",
    "Øvre grense",
    "Stramhetsindikator (mangel på arbeidskraft i prosent)",
    "Andel med alvorlige rekrutteringsproblemer",
]
Rows = list[list[object]]


def table(kind: str, year: int | str, names: list[str], gaps: int = 0) -> Rows:
    title = f"Tabell 1. Mangel på arbeidskraft etter {kind}. {year}. {MADE_UP}"
    rows: Rows = [[title], *([[]] * gaps), list(HEADER)]
    for number, name in enumerate(names, 1):
        rows += [
            [name, number * 100, number * 90, number * 110, number / 2, number],
            *([[]] * gaps),
        ]
    return [*rows, ["Kilde: Nav"]]


def counties(year: int | str, gaps: int = 0) -> Rows:
    return table("fylke", year, ["Oslo", "Rogaland", "Trøndelag'", "I alt"], gaps)


def industries(year: int | str) -> Rows:
    names = ["Undervisning", "Industrien samlet", "-Trevarer", "- Metallvarer", "Totalt"]
    return table("næring", year, names)


def layout(year: int) -> bytes:
    """A workbook as that year's is described: sheets move, change names, have empty rows."""
    county, industry = {
        2021: ("Tabell 1", "Tabell 7"),
        2022: ("Tabell 1", "Tabell V1"),
        2023: ("Tabell 1", "Tabell V1"),
        2024: ("Tabell 1", "Tabell 5"),
        2025: ("Tabell 1", "Tabell 6"),
        2026: ("Tabell 1 - 26 ", "Tabell 5 - 26"),
    }[year]
    barometer: Rows = [[f"Netto forventning {year}"], ["", "Økning", "Nedgang"], ["Oslo", 1, 2]]
    sheets: dict[str, Rows] = {
        "Innhold": [["Figurer og tabeller"]],
        industry: industries(f"mars {year}"),
        "Tabell 3": barometer,
        county: counties(f"mars {year}", gaps=year % 3),
    }
    names = list(sheets) if year % 2 else list(reversed(sheets))
    return workbook({name: sheets[name] for name in names})


def read(body: bytes, options: dict[str, Any] = COUNTY, name: str = "tabeller.xlsx") -> Cube:
    return nav_survey.read(body, spec("nav-survey", options), answer(name))


@pytest.mark.parametrize("year", range(2021, 2027))
def test_both_tables_are_found_in_every_years_layout(year: int) -> None:
    body, name = layout(year), f"Navs bedriftsundersøkelse {year} - Figurer og tabeller.xlsx"
    found = read(body, COUNTY, name)
    assert found.dimensions == ("region_name", "year", "measure")
    place = {"region_name": "Trøndelag", "year": str(year)}
    assert cell(found, measure="shortage", **place) == (300.0, None)
    assert cell(found, measure="lower", **place) == (270.0, None)
    assert cell(found, measure="upper", **place) == (330.0, None)
    assert cell(found, measure="tightness", **place) == (1.5, None)
    assert cell(found, measure="serious_pct", **place) == (3.0, None)
    assert cell(found, region_name="I alt", measure="shortage") == (400.0, None)
    industry = read(body, INDUSTRY, name)
    assert cell(industry, industry="- Trevarer", measure="shortage") == (300.0, None)
    assert cell(industry, industry="- Metallvarer", measure="shortage") == (400.0, None)
    assert "Kilde: Nav" in found.notes


def test_education_levels_are_filled_down() -> None:
    rows: Rows = [
        [f"Mangel på arbeidskraft etter utdanning 2025. {MADE_UP}"],
        ["Utdanningsnivå", "", "Mangel på arbeidskraft", "Nedre", "Øvre"],
        ["Videregående", "Elektrofag", 50, 25, 75],
        ["", "Helsefag", 100, "*", ""],
        ["Fagskole", "Helsefag", "1 050", 1000, 1100],
    ]
    options = COUNTY | {
        "table": "education",
        "row_dimensions": ["level", "field"],
        "title_words": ["utdanning"],
        "measures": {m: MEASURES[m] for m in ("shortage", "lower", "upper")},
        "first_column": ["Helsefag"],
        "total": [],
    }
    found = read(workbook({"V3": rows}), options)
    assert cell(found, level="Videregående", field="Helsefag", measure="lower") == (None, "*")
    assert cell(found, level="Videregående", field="Helsefag", measure="upper") == (None, "")
    assert cell(found, level="Fagskole", field="Helsefag", measure="shortage") == (1050.0, None)


EDUCATION = COUNTY | {
    "table": "education",
    "row_dimensions": ["level", "field"],
    "title_words": [],
    "measures": {m: MEASURES[m] for m in ("shortage", "lower", "upper")},
    "optional_measures": ["lower", "upper"],
    "first_column": [],
    "total": [],
}


def test_bounds_may_be_missing_and_a_level_without_field_is_the_whole_level() -> None:
    rows: Rows = [
        [f"Tabell V3. Utdanning 2026. {MADE_UP}"],
        ["Utdanningsnivå", "", "Mangel på arbeidskraft"],
        ["Grunnskole", "", 10],
        ["Fagskole", "Helsefag", 50],
        ["", "Andre fag'", 25],
        ["I alt", "", 85],
    ]
    found = read(workbook({"Tabell V3 - 26 ": rows}), EDUCATION)
    assert cell(found, level="Grunnskole", field="I alt") == (10.0, None)
    assert cell(found, level="Fagskole", field="Andre fag") == (25.0, None)
    assert cell(found, level="I alt", field="I alt", measure="shortage") == (85.0, None)
    assert found.table.num_rows == 4
    rows[4][1] = ""
    with pytest.raises(UnreadableAnswer, match="figures without a name in row 5"):
        read(workbook({"V3": rows}), EDUCATION)


BY_COUNTY = INDUSTRY | {
    "table": "county by industry",
    "title_words": [],
    "columns_are": "region_name",
    "measure": "shortage",
    "measures": {name: name for name in ("Oslo", "Troms", "Trøndelag")},
    "total": [],
}


def matrix(*counties: str) -> Rows:
    return [
        [],
        [f"Tabell V1. Mangel på arbeidskraft etter fylke og næring 2026. {MADE_UP}"],
        [],
        ["Næring", *counties],
        ["Undervisning", 100, "*", 300],
        ["- Barnehager'", "", 25, "1 050"],
    ]


def test_counties_side_by_side_are_a_dimension() -> None:
    body = workbook({"Tabell V1 - 26": matrix("Oslo - Oslove", "Troms - Romsa", "Trøndelag")})
    found = read(body, BY_COUNTY, "bedriftsundersokelse_2026.xlsx")
    assert found.dimensions == ("industry", "region_name", "year", "measure")
    assert cell(found, industry="Undervisning", region_name="Troms") == (None, "*")
    assert cell(found, industry="- Barnehager", region_name="Oslo") == (None, "")
    place = {"year": "2026", "measure": "shortage"}
    assert cell(found, industry="- Barnehager", region_name="Trøndelag", **place) == (1050.0, None)


def test_a_county_too_many_or_too_few_is_not_passed_over() -> None:
    with pytest.raises(UnreadableAnswer, match="columns that `measures` does not name: Svalbard"):
        read(workbook({"V1": matrix("Oslo", "Troms", "Trøndelag", "Svalbard")}), BY_COUNTY)
    with pytest.raises(UnreadableAnswer, match=r"header words Oslo, Troms.*sheets seen: 'V1', 'X'"):
        read(workbook({"V1": matrix("Oslo", "Trøndelag"), "X": [["x"]]}), BY_COUNTY)


def test_letters_in_two_parts_are_the_same_letters() -> None:
    rows = unicodedata.normalize("NFD", "Undervisning|Påhengsnæring'|Totalt").split("|")
    title = unicodedata.normalize("NFD", "næring og vårsæd")
    body = workbook({"A": table(title, 2026, rows)})
    found = read(body, INDUSTRY | {"title_words": ["vårsæd"]})
    assert cell(found, industry="Påhengsnæring", measure="shortage") == (200.0, None)


def test_options_that_contradict_each_other() -> None:
    with pytest.raises(InvalidOptions) as refused:
        read(b"", COUNTY | {"columns_are": "region", "optional_measures": ["middle"]})
    assert "columns_are, measure: give both or neither" in str(refused.value)
    assert "optional_measures: not among `measures`: middle" in str(refused.value)


def test_two_tables_that_fit_are_not_guessed_between() -> None:
    body = workbook({"A": counties(2025), "B": counties(2025)})
    with pytest.raises(UnreadableAnswer, match="2 tables fit table 'county': sheet 'A'"):
        read(body)


def test_no_table_that_fits_says_why_for_each() -> None:
    rows = table("fylke", 2025, ["Oslo", "Agder"])
    with pytest.raises(UnreadableAnswer) as refused:
        read(workbook({"A": industries(2025), "B": rows, "C": [["x"]]}))
    message = str(refused.value)
    assert "the title lacks fylke; the first column lacks Oslo, Rogaland" in message
    assert "the first column lacks Rogaland; there is no total (I alt or Totalt)" in message
    with pytest.raises(UnreadableAnswer, match="no sheet has a row with the header words"):
        read(workbook({"C": [["x"]]}))


def test_the_year_comes_from_the_title_and_must_agree_with_the_file() -> None:
    body = workbook({"A": counties(2025)})
    assert cell(read(body), region_name="Oslo", measure="shortage", year="2025") == (100.0, None)
    with pytest.raises(UnreadableAnswer, match="states 2025, the file name 2024"):
        read(body, name="Bedriftsundersøkelse 2024.xlsx")
    with pytest.raises(UnreadableAnswer, match="states no year"):
        read(workbook({"A": counties("i år")}))
    two = workbook({"A": counties("2024 og 2025")})
    with pytest.raises(UnreadableAnswer, match="the file name no year"):
        read(two)
    assert cell(read(two, name="2025.xlsx"), region_name="Oslo", measure="upper", year="2025")


def test_formulas_without_a_stored_value_are_listed_by_cell() -> None:
    rows = counties(2025)
    rows[2][1], rows[5][4] = "=SUM(C3:D3)", "=1/2"
    with pytest.raises(UnreadableAnswer) as refused:
        read(workbook({"A": rows}))
    assert "sheet 'A' B3: =SUM(C3:D3) (a formula without a stored value)" in str(refused.value)
    assert "sheet 'A' E6" in str(refused.value)


def test_a_name_twice_a_row_without_name_and_two_like_headers() -> None:
    twice = table("fylke", 2025, ["Oslo", "Rogaland", "Oslo", "I alt"])
    with pytest.raises(UnreadableAnswer, match=r"region_name=Oslo.*100 and 300"):
        read(workbook({"A": twice}))
    nameless = counties(2025)
    nameless[4][0] = ""
    with pytest.raises(UnreadableAnswer, match="figures without a name in row 5"):
        read(workbook({"A": nameless}))
    like = counties(2025)
    like[1] = [*HEADER, "Nedre grense, i fjor"]
    with pytest.raises(UnreadableAnswer, match="'nedre' stands in 2 header cells"):
        read(workbook({"A": like}))


def test_two_tables_on_one_sheet() -> None:
    both = [*industries(2025), [], *counties(2025)]
    found = read(workbook({"A": both}))
    assert cell(found, region_name="Rogaland", measure="shortage") == (200.0, None)
    industry = read(workbook({"A": both}), INDUSTRY)
    assert cell(industry, industry="Undervisning", measure="shortage") == (100.0, None)

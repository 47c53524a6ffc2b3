"""CSV files: every recorded kind, and the faults that must not pass as missing figures."""

from __future__ import annotations

from typing import Any

import pytest

from sources.model import Cube, UnreadableAnswer
from sources.readers import delimited
from sources.readers.options import InvalidOptions
from tests.sources.reader_kit import answer, cell, real, spec

MAIN_FIGURES: dict[str, Any] = {
    "keys": {"Fylke": "region"},
    "values": {
        "Antall": "persons",
        "Prosent av arbeidsstyrken": "percent",
        "Endring fra i fjor (antall)": "change",
        "Endring fra i fjor (prosent)": "change_pct",
        "Prosent av arbeidsstyrken i fjor": "percent_before",
    },
    "columns_are": "measure",
    "period": {"dimension": "month", "year": "År", "month": "Måned"},
    "skip_rows": {"Fylke": "(Mars|November|Desember) [0-9]{4}"},
    "optional_columns": ["Prosent av arbeidsstyrken i fjor"],
}
SMALL: dict[str, Any] = {
    "delimiter": ";",
    "decimal": ",",
    "keys": {"sted": "region"},
    "values": {"antall": "persons", "andel": "percent"},
    "columns_are": "measure",
}


def read(body: bytes, options: dict[str, Any]) -> Cube:
    return delimited.read(body, spec("csv", options), answer("fil.csv"))


@pytest.mark.parametrize(
    ("file", "region", "month", "persons"),
    [
        ("hovedtall_fylke_2010_mars.csv", "Riket", "2010M03", 79754.0),
        ("hovedtall_fylke_2012_desember.csv", "Østfold", "2012M12", 4502.0),
        ("hovedtall_fylke_2018_november.csv", "Akershus", "2018M11", 6198.0),
        ("hovedtall_fylke_2024_desember.csv", "Trøndelag - Trööndelage", "2024M12", 4462.0),
    ],
)
def test_recorded_main_figures(file: str, region: str, month: str, persons: float) -> None:
    found = read(real(f"nav/{file}"), MAIN_FIGURES)
    assert cell(found, region=region, month=month, measure="persons") == (persons, None)
    assert not any(" 20" in code for code in found.table["region"].to_pylist())


def test_recorded_main_figures_keep_empty_changes_empty() -> None:
    found = read(real("nav/hovedtall_fylke_2018_november.csv"), MAIN_FIGURES)
    assert cell(found, region="Østfold", measure="change") == (None, "")


def test_recorded_survey_2017_wide_to_long() -> None:
    body = real("nav/bedriftsundersokelse_2017_mangel_yrke_fylke.csv")
    counties = body.decode("utf-8-sig").splitlines()[0].split(";")[3:]
    options = {
        "delimiter": ";",
        "decimal": ",",
        "keys": {"aar": "year", "yrkekode": "occupation"},
        "labels": {"yrkekode": "yrke"},
        "values": {county: county for county in counties},
        "columns_are": "region",
    }
    found = read(body, options)
    assert found.table.num_rows == 136 * 19
    assert cell(found, occupation="2223", region="trondelag") == (275.0, None)
    assert cell(found, occupation="7115", region="trondelag") == (175.0, None)
    assert cell(found, occupation="2512", region="oslo") == (1400.0, None)
    assert found.labels["occupation"]["2223"] == "Sykepleiere"
    for region, total in (("trondelag", 2650), ("norge", 32800), ("telemark", 600)):
        rows = [r["value"] for r in found.table.to_pylist() if r["region"] == region]
        assert sum(rows) == total


def test_recorded_jobseekers_with_code_and_name_and_stars() -> None:
    options = {
        "keys": {"fylke": "region", "status": "job_status", "kjonn": "sex"},
        "code_and_name": ["fylke"],
        "values": {"antall_personer": "persons", "prosent_av_arbeidsstyrken": "percent"},
        "columns_are": "measure",
        "period": {"dimension": "month", "column": "aar_maaned", "form": "YYYYMM"},
    }
    found = read(real("nav/arbeidssokere_fylker_2011-2024.csv"), options)
    codes = {"job_status": "Helt ledige", "sex": "Begge kjønn", "measure": "persons"}
    assert cell(found, region="50", month="2024M12", **codes) == (4462.0, None)
    assert cell(found, region="Landet", month="2025M01", **codes) == (67821.0, None)
    assert found.labels["region"]["50"] == "Trøndelag - Trööndelage"
    assert set(found.table["status"].unique().to_pylist()) == {None, "", "*"}


def test_recorded_occupations_share_codes_within_a_year() -> None:
    body = real("nav/arbeidssokere_yrke_2002-2017.csv")
    options = {
        "delimiter": ";",
        "keys": {"aar": "year", "isco_versjon": "isco", "yrkeskode": "occupation"},
        "values": {"antall_arbeidssokere": "persons"},
        "ignore_columns": ["yrke_grovgruppe", "yrke_fingruppe", "yrkesbetegnelse"],
    }
    with pytest.raises(UnreadableAnswer, match="does not name: 'yrke'"):
        read(body, options)
    options["labels"] = {"yrkeskode": "yrke"}
    with pytest.raises(UnreadableAnswer, match=r"5 cell\(s\) stand more than once") as refused:
        read(body, options)
    assert "year=2003, isco=ISCO-88, occupation=3139: '*' and 35" in str(refused.value)


def test_recorded_report_tables_and_series() -> None:
    years = {
        "keys": {"Årstall": "year"},
        "values": {"Positiv": "up", "Negativ": "down", "Netto forventning": "net"},
        "columns_are": "measure",
    }
    barometer = read(real("nav/bedriftsundersokelse_2025_telemark_barometer.csv"), years)
    assert cell(barometer, year="2021", measure="down") == (12.0, None)
    industry = {
        "keys": {"Næring": "industry"},
        "values": {"Mangel på arbeidskraft i tall på personer": "shortage"},
        "constants": {"year": "2025"},
    }
    table = read(real("nav/bedriftsundersokelse_2025_telemark_naering.csv"), industry)
    assert cell(table, industry="Bergverksdrift og utvinning", year="2025") == (None, "*")
    tightness = {
        "delimiter": ";",
        "decimal": ",",
        "keys": {"": "year"},
        "values": {n: n for n in ("Vestfold", "Telemark", "Vestfold og Telemark", "Norge")},
        "columns_are": "region",
    }
    small = read(real("nav/stramhetsindikator_VT_2015-2021.csv"), tightness)
    assert cell(small, year="2018", region="Telemark") == (1.4, None)
    assert cell(small, year="2019", region="Telemark") == (None, "")
    dated = {
        "keys": {"Nivå": "level", "Geografisk enhet": "region", "Yrke": "occupation"},
        "values": {"Antall søkere": "seekers", "Antall utlyste stillinger": "vacancies"},
        "columns_are": "measure",
        "period": {"dimension": "month", "column": "Dato", "form": "YYYY-MM-DD"},
    }
    monthly = read(real("nav/soekere_stillinger_yrke_fylker_202506-202601.csv"), dated)
    place = {"region": "Agder", "occupation": "Akademiske yrker", "month": "2025M06"}
    assert cell(monthly, measure="seekers", **place) == (84.0, None)


def test_recorded_code_lists_without_figures() -> None:
    plain = {"plain": {"fylke_gammel": "old_code", "fylke_2024": "new_code"}}
    rows = read(real("codes/gamle_fylker_til_2024.csv"), plain).table.to_pylist()
    assert {"old_code": "19", "new_code": "55"} in rows
    styrk = {"plain": {"code": "code", "level": "level", "parentCode": "parent", "name": "name"}}
    first = read(real("codes/styrk08.csv"), styrk).table.to_pylist()[0]
    assert first == {
        "code": "0",
        "level": "1",
        "parent": None,
        "name": "Militære yrker og uoppgitt",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings(encoding: str) -> None:
    body = "sted;antall;andel\nTrøndelag;1 400;29,5 %\nMøre;*;..\n".encode(encoding)
    found = read(body, SMALL)
    assert cell(found, region="Trøndelag", measure="persons") == (1400.0, None)
    assert cell(found, region="Trøndelag", measure="percent") == (29.5, None)
    assert cell(found, region="Møre", measure="persons") == (None, "*")
    assert cell(found, region="Møre", measure="percent") == (None, "..")


def test_utf8_cut_inside_a_letter_is_not_read_as_cp1252() -> None:
    body = "sted;antall;andel\nMøre;1;2\nTrøndelag - Tröö".encode()
    with pytest.raises(UnreadableAnswer, match="middle of a letter"):
        read(body[:-1], SMALL)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sted;antall;andel\nA;1;2\nB;1\n", r"not so in row 3 \(2\)"),
        ("sted;antall;andel\n", "expected a header line and rows"),
        ("", "expected a header line and rows"),
        ("<!doctype html><p>Siden finnes ikke", "expected a CSV file, found"),
        ('sted;antall;andel\nA;"1;2\n', "cut off"),
        ("sted;antall;andel\nA;1.5;2\n", "row 2, 'antall': 1.5 is no figure"),
        ("sted;antall;andel\nA;1;2\nA;1;3\n", "region=A, measure=percent: 2 and 3"),
        ("sted;antall;andel;antall\nA;1;2;1\n", "stand twice: antall"),
    ],
)
def test_faults_are_refused(text: str, message: str) -> None:
    with pytest.raises(UnreadableAnswer, match=message) as refused:
        read(text.encode(), SMALL)
    assert "nav/example" in str(refused.value)
    assert "fil.csv" in str(refused.value)


def test_missing_and_unknown_columns_are_all_listed() -> None:
    with pytest.raises(UnreadableAnswer) as refused:
        read(b"sted;antal;andel;ny;nyere\nA;1;2;3;4\n", SMALL)
    assert "does not name: 'antal', 'ny', 'nyere'" in str(refused.value)
    assert "'nyere'): 'antall'" in str(refused.value)


def test_a_skipped_row_may_not_hold_a_figure_nor_a_month_be_unreadable() -> None:
    columns = "Fylke,Antall,Prosent av arbeidsstyrken,Endring fra i fjor (antall),"
    header = f"{columns}Endring fra i fjor (prosent),År,Måned\n"
    text = f"{header}Mars 2020,5,,,,2020,mars\nOslo,1,2,3,4,2020,mai\nOslo,1,2,3,4,2020,snart\n"
    with pytest.raises(UnreadableAnswer) as refused:
        read(text.encode(), MAIN_FIGURES)
    assert "row 2: is of `skip_rows`, yet holds '5'" in str(refused.value)
    assert "row 4: no month in ['2020', 'snart']" in str(refused.value)


def test_texts_in_the_place_of_figures_are_refused_in_bulk() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    rows = "".join(f"{a}{b};{a}{b};1\n" for a in letters for b in letters[:5])
    with pytest.raises(UnreadableAnswer, match="different texts stand where figures"):
        read(f"sted;antall;andel\n{rows}".encode(), SMALL)


def test_wrong_options_are_listed_together() -> None:
    options = SMALL | {
        "columns_are": "value",
        "decimal": ";",
        "code_and_name": ["by"],
        "period": {"column": "x"},
        "skip_rows": {"sted": "("},
        "thousands": " ",
    }
    with pytest.raises(InvalidOptions) as refused:
        read(b"", options)
    for part in ("taken: value", "decimal:", "by", "period:", "skip_rows, sted", "thousands"):
        assert part in str(refused.value)
    assert "Mend `options` in sources/nav/example.yaml" in str(refused.value)

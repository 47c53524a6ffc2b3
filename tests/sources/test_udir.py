"""Udir's report API: JSON replies and CSV exports, their breaks, stars and blanks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sources.model import UnreadableAnswer
from sources.readers import udir
from sources.readers.options import InvalidOptions
from sources.readers.udir_levels import Level
from tests.sources.reader_kit import answer, cell, real, spec

COMPLETION = {
    "row_dimension": "unit",
    "level_dimension": "level",
    "levels": [
        "cohort",
        {"is": "Alle utdanningsprogram"},
        {"is": "Alle utdanningsprogram"},
        {"is": "Alle kjønn"},
        {"is": "Fullført"},
        "indicator",
        "measure",
    ],
}
PUPILS = {
    "row_dimension": "programme",
    "levels": ["year", "stage", {"is": "Alle eierformer"}, {"is": "Alle kjønn"}, "measure"],
}
EXPORT = {
    "keys": {"EnhetNivaa": "level", "Fylkekode": "county", "Organisasjonsnummer": "unit"},
    "labels": {"Organisasjonsnummer": "EnhetNavn"},
    "header": [
        "year",
        {"is": "Alle eierformer"},
        {"is": "Alle trinn"},
        {"is": "Begge kjønn"},
        "measure",
    ],
    "ignore_columns": ["Nasjonaltkode", "Nasjonalt", "Fylke"],
}


def reply(*rows: tuple[str, list[Any]], levels: list[list[dict[str, Any]]]) -> bytes:
    made = [{"navn": kode, "kode": kode, "id": "1", "data": data} for kode, data in rows]
    metadata = {"rowHierarchy": ["Nasjonalt"], "columns": levels}
    return json.dumps({"metadata": metadata, "rows": made}).encode()


def head(*names: str, count: int = 1) -> list[dict[str, Any]]:
    return [{"name": name, "columnCount": count} for name in names]


def test_recorded_completion_by_county() -> None:
    read = udir.read(
        real("udir/GjennomfoeringV-1-1_data.json"), spec("udir-report", COMPLETION), answer()
    )
    assert read.dimensions == ("unit", "level", "cohort", "indicator", "measure")
    assert cell(read, unit="50", cohort="2018") == (80.6, None)
    assert cell(read, unit="50", cohort="2019") == (81.0, None)
    assert cell(read, unit="I", cohort="2014", level="Nasjonalt") == (79.6, None)
    assert cell(read, unit="16", cohort="2016") == (79.8, None)
    assert cell(read, unit="50", cohort="2014") == (None, "")
    assert read.labels["unit"]["50"] == "Trøndelag - Trööndelage"


def test_recorded_pupils_with_their_break() -> None:
    read = udir.read(
        real("udir/ElevV-4-2_data_vg3_Trondelag.json"), spec("udir-report", PUPILS), answer()
    )
    assert cell(read, programme="Alle", year="2017-18") == (4494.0, None)
    assert cell(read, programme="Alle", year="2025-26") == (4126.0, None)
    assert cell(read, programme="YRK", year="2012-13") == (None, "")
    assert read.extension["breaks"] == ["2017-18"]


def test_recorded_reply_with_several_figures_per_year_and_stars() -> None:
    levels = [
        "year",
        {"is": "Alle trinn"},
        None,
        {"is": "Alle kjønn"},
        {"is": "Alle eierformer"},
        "measure",
    ]
    options = {"row_dimension": "unit", "level_dimension": "level", "levels": levels}
    read = udir.read(
        real("udir/GSK-GSI-1-8_data_202510_excerpt.json"), spec("udir-report", options), answer()
    )
    assert cell(read, unit="42", measure="Antall elever") == (38101.0, None)
    starred = "Antall elever med forsterket opplæring i norsk"
    assert cell(read, unit="4226", measure=starred, level="Kommune") == (None, "*")


def test_recorded_export() -> None:
    read = udir.read(
        real("udir/eksport_20220505_Slutta_VGO.csv"), spec("udir-csv", EXPORT), answer()
    )
    assert read.table.num_rows == 808 * 10
    assert cell(read, unit="I", year="2011-12") == (4.2, None)
    assert cell(read, unit="42", county="42", year="2019-20") == (2.9, None)
    assert cell(read, unit="42", county="42", year="2011-12") == (None, "")
    assert cell(read, unit="982759846", county="42", year="2011-12") == (None, "*")
    assert read.labels["unit"]["974573873"].startswith("Arendal")
    assert any("ukjent elevstatus" in note for note in read.notes)


def test_header_levels_are_expanded_by_column_count() -> None:
    levels = [head("2024", "2025", count=2), head("A", "B") * 2]
    body = reply(("50", ["1", "2 000", "*", ""]), levels=levels)
    read = udir.decode_report(body, "unit", (Level("year", None), Level("measure", None)))
    assert cell(read, year="2024", measure="B") == (2000.0, None)
    assert cell(read, year="2025", measure="A") == (None, "*")
    assert cell(read, year="2025", measure="B") == (None, "")


def test_a_row_one_figure_short_and_a_text_that_is_no_figure() -> None:
    levels = (Level("year", None),)
    short = reply(("50", ["1", "2"]), ("15", ["1"]), levels=[head("2024", "2025")])
    with pytest.raises(UnreadableAnswer, match=r"expected 2 figures in each row.*15 \(1\)"):
        udir.decode_report(short, "unit", levels)
    point = reply(("50", ["1.5", "2"]), levels=[head("2024", "2025")])
    with pytest.raises(UnreadableAnswer, match=r"50, 2024: '1\.5' is no figure"):
        udir.decode_report(point, "unit", levels)


def test_a_constant_level_must_be_that_constant() -> None:
    body = reply(("50", ["1", "2"]), levels=[head("2024", "2025"), head("Sluttet", count=2)])
    year = Level("year", None)
    with pytest.raises(UnreadableAnswer, match="expected only 'Fullført', found Sluttet"):
        udir.decode_report(body, "unit", (year, Level(None, "Fullført")))
    with pytest.raises(UnreadableAnswer, match="must be constant; found 2024, 2025"):
        udir.decode_report(body, "unit", (Level(None, None), Level("indicator", None)))
    with pytest.raises(UnreadableAnswer, match="expected 1 header levels"):
        udir.decode_report(body, "unit", (year,))


def test_a_row_that_stands_twice_is_refused() -> None:
    body = reply(("50", ["1"]), ("50", ["2"]), levels=[head("2024")])
    with pytest.raises(UnreadableAnswer, match="unit=50, year=2024: 1 and 2"):
        udir.decode_report(body, "unit", (Level("year", None),))


def test_a_reply_or_export_cut_off_anywhere_is_refused() -> None:
    body = reply(("50", ["1", "2"]), levels=[head("2024", "2025")])
    for end in range(len(body)):
        with pytest.raises(UnreadableAnswer):
            udir.decode_report(body[:end], "unit", (Level("year", None),))
    levels = (Level("year", None), Level("measure", None))
    whole = export("Kode\t2024.Andel\t2025.Andel", "I\t4,2\t4,3").removesuffix(b"\r\0\n\0")
    for end in range(len(whole) - 6):
        with pytest.raises(UnreadableAnswer):
            udir.decode_export(whole[:end], {"Kode": "unit"}, levels, {}, ())


COLUMN = '{"name":"a","columnCount":1}'
LEVELS = f'{{"metadata":{{"rowHierarchy":["A"],"columns":[[{COLUMN}]'


@pytest.mark.parametrize(
    "bad",
    [
        "<html>Vedlikehold</html>",
        "{}",
        LEVELS,
        LEVELS.replace(',"columnCount":1', "") + ']},"rows":[]}',
        LEVELS + ',[{"name":"b","columnCount":2}]]},"rows":[]}',
        LEVELS + ']},"rows":[{"navn":"x","id":"1","data":["1"]}]}',
        LEVELS + ']},"rows":[{"navn":"x","kode":"1","id":"1","data":[1]}]}',
        LEVELS + ']},"rows":[]}',
    ],
)
def test_other_replies_are_refused(bad: str) -> None:
    with pytest.raises(UnreadableAnswer):
        udir.decode_report(bad.encode(), "unit", (Level("year", None),))


def export(*lines: str, bom: bool = False) -> bytes:
    text = "\r\n".join(["sep=\t", *lines, ""])
    return (b"\xff\xfe" if bom else b"") + text.encode("utf-16-le")


@pytest.mark.parametrize("bom", [True, False])
def test_export_with_and_without_bom(*, bom: bool) -> None:
    body = export("Kode\t2024.Andel.Brudd\t2024.Andel", "I \tNy måte\t4,2", "50\t\t*", bom=bom)
    header = (Level("year", None), Level("measure", None))
    read = udir.decode_export(body, {"Kode": "unit"}, header, {}, ())
    assert cell(read, unit="I") == (4.2, None)
    assert cell(read, unit="50") == (None, "*")
    assert read.extension["breaks"] == ["2024.Andel"]
    assert read.notes == ("2024.Andel: Ny måte",)


def test_export_faults_are_listed() -> None:
    header = (Level("year", None), Level("measure", None))
    body = export("Kode\tNyKolonne\t2024.Andel", "I\tx\t4,2")
    with pytest.raises(UnreadableAnswer) as refused:
        udir.decode_export(body, {"Kode": "unit", "Nivaa": "level"}, header, {}, ())
    assert "does not name: NyKolonne" in str(refused.value)
    assert "missing (found: Kode, NyKolonne, 2024.Andel): Nivaa" in str(refused.value)
    whole = export("Kode\t2024.Andel", "I\t4,2")
    for bad in (whole[:-1], whole[:-12], b"sep=\t\n", b"Kode;2024\n"):
        with pytest.raises(UnreadableAnswer):
            udir.decode_export(bad, {"Kode": "unit"}, header, {}, ())


def test_options_are_checked_all_at_once() -> None:
    options = {"row_dimension": "status", "levels": ["year", {"was": "x"}], "levls": []}
    with pytest.raises(InvalidOptions) as refused:
        udir.read(b"{}", spec("udir-report", options), answer())
    for part in ("taken: status", "levels[1]", "levls: unknown option"):
        assert part in str(refused.value)

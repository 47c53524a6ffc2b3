"""Udir's report API: JSON replies and CSV exports, their breaks, stars and blanks."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from sources import registry, validate
from sources.model import AnswerContext, UnreadableAnswer
from sources.readers import udir
from sources.readers.options import InvalidOptions
from sources.readers.udir_levels import Level, levels_by_words
from sources.registry import Code, Dimension, Text
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


PLAIN = Text("a", "a")
YEAR = Dimension("Tid", "time", "period", pattern=re.compile("^[0-9]{4}(-[0-9]{2})?$"))


def words(name: str, *codes: str) -> Dimension:
    return Dimension(name, "breakdown", name, codes={code: Code(code, PLAIN) for code in codes})


HEADER = {
    "Tid": YEAR,
    "programme": words("programme", "Alle", "Yrkesfaglig", "Bygg", "Studier"),
    "sex": words("sex", "Begge", "Jente"),
    "measure": words("measure", "Antall", "Andel"),
}


def taken(*headers: tuple[str, ...]) -> list[str | None]:
    return [level.dimension for level in levels_by_words(headers, HEADER)]


def test_levels_are_told_by_their_words_in_any_order() -> None:
    assert taken(("2024", "Alle", "Antall"), ("2025", "Alle", "Antall")) == [
        "Tid", "programme", "measure",
    ]  # fmt: skip
    assert taken(("Antall", "2024"), ("Andel", "2024")) == ["measure", "Tid"]
    assert taken(("2024", "Alle eierformer", "Jente", "Antall")) == ["Tid", None, "sex", "measure"]


def test_the_innermost_of_two_levels_of_one_dimension_is_taken() -> None:
    headers = [("2024", "Alle", "Alle"), ("2024", "Yrkesfaglig", "Bygg")]
    assert taken(*headers) == ["Tid", None, "programme"]


def test_a_level_that_varies_and_is_no_dimension_is_named_with_what_is_unknown() -> None:
    with pytest.raises(UnreadableAnswer) as refused:
        taken(("2024", "Bygg", "Antall"), ("2024", "Romfart", "Antall"))
    assert "header level 2 (Bygg, Romfart)" in str(refused.value)
    assert "nearest is programme, which lacks Romfart" in str(refused.value)
    with pytest.raises(UnreadableAnswer, match="columns stand twice"):
        taken(("2024", "Antall"), ("2024", "Antall"))
    with pytest.raises(UnreadableAnswer, match=r"\[1, 2\] parts"):
        taken(("2024", "Antall"), ("2024",))


def report(*rows: tuple[str, str, list[str]], levels: list[list[dict[str, Any]]]) -> bytes:
    made = [{"navn": kode, "kode": kode, "id": place, "data": data} for place, kode, data in rows]
    metadata = {"rowHierarchy": ["A", "B"], "columns": levels}
    return json.dumps({"metadata": metadata, "rows": made}).encode()


def by_words(**options: Any) -> registry.SourceTable:
    from dataclasses import replace

    example = spec("udir-report", {"levels": "by_words", **options})
    return replace(example, dimensions=HEADER)


def test_provisional_figures_say_so_and_suppressed_ones_stay_suppressed() -> None:
    names = [head("2024-25", "Foreløpige tall 2025-26"), head("Antall", "Antall")]
    body = report(("1", "50", ["10", "11"]), ("2", "34", ["12", "*"]), levels=names)
    read = udir.read(body, by_words(row_dimension="unit"), answer())
    assert cell(read, unit="50", Tid="2024-25") == (10.0, None)
    assert cell(read, unit="50", Tid="2025-26") == (11.0, "Foreløpige tall")
    assert cell(read, unit="34", Tid="2025-26") == (None, "*")


def test_rows_that_are_skipped_are_counted() -> None:
    rows = [("1", "50", ["10"]), ("1.1", "974557320", ["3"]), ("1.2", "974557584", ["4"])]
    body = report(*rows, levels=[head("2025"), head("Antall")])
    read = udir.read(body, by_words(row_dimension="unit", skip_rows="[0-9]{9}"), answer())
    assert read.table.num_rows == 1
    assert read.notes == ("2 rows left out: kode matches [0-9]{9}",)


def test_rows_below_rows_take_the_kode_above_them() -> None:
    rows = [("7", "FS", [""]), ("7.1", "I", ["85,9"]), ("7.2", "50", ["86,0"])]
    body = report(*rows, levels=[head("2020"), head("Andel")])
    path = by_words(row_path=["state", "unit"])
    read = udir.read(body, path, answer())
    assert read.table.num_rows == 2
    assert cell(read, state="FS", unit="50") == (86.0, None)
    orphan = report(("8.1", "50", ["1,0"]), levels=[head("2020"), head("Andel")])
    with pytest.raises(UnreadableAnswer, match="no row has the id 8"):
        udir.read(orphan, path, answer())


def test_what_only_the_question_says_comes_from_its_address() -> None:
    body = report(("1", "Alle", ["10"]), levels=[head("2025"), head("Antall")])
    table = by_words(
        row_dimension="row", asked=["EnhetID"], recorded_as={"old.json": {"EnhetID": "34"}}
    )
    read = udir.read(body, table, answer(url="https://example.org/data?filter=x#EnhetID=50"))
    assert cell(read, EnhetID="50", row="Alle") == (10.0, None)
    assert cell(udir.read(body, table, answer("old.json")), EnhetID="34") == (10.0, None)
    with pytest.raises(UnreadableAnswer, match="says which EnhetID"):
        udir.read(body, table, answer("new.json"))


def test_recorded_pupils_are_of_the_county_that_the_yaml_names() -> None:
    name = "udir/ElevV-4-2_data_vg3_Trondelag.json"
    table = registry.table("udir/pupils_programme_level")
    read = udir.read(real(name), table, AnswerContext("https://example.org/data", name))
    validate.check(table, read, vintage="recorded", where="shared")
    found = cell(read, EnhetID="50", ProgramomraadeID="Alle", TidID="2025-26", stage="Vg3")
    assert found == (4126.0, None)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"row_path": "unit"}, "row_path: expected a list"),
        ({"row_dimension": "unit", "skip_rows": "("}, "skip_rows: not a regular expression"),
        ({"row_dimension": "unit", "recorded_as": ["x"]}, "recorded_as: expected file"),
        ({"row_dimension": "unit", "asked": ["unit"]}, "taken: unit"),
        ({}, "row_dimension: expected a text"),
    ],
)
def test_options_of_reports_are_checked(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidOptions, match=said):
        udir.read(b"{}", by_words(**options), answer())

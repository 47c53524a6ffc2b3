"""Workbooks: opening them, and the small tables that are found by their header words."""

from __future__ import annotations

import contextlib
import io
import zipfile
from typing import Any

import pytest

from sources.model import Cube, UnreadableAnswer
from sources.readers import nav_table, xlsx
from tests.sources.reader_kit import answer, cell, real, spec, workbook

REGIONS = ("Vestfold", "Telemark", "Vestfold og Telemark", "Norge")
TIGHTNESS: dict[str, Any] = {
    "keys": {"": "year"},
    "values": {name: name for name in REGIONS},
    "columns_are": "region",
}
ORDER: dict[str, Any] = {
    "keys": {
        "Nåværende Fylke Nr Navn": "region",
        "Arbeidsmarkedsstatus hovedgruppe": "job_status",
        "Kjønn": "sex",
    },
    "code_and_name": ["Nåværende Fylke Nr Navn"],
    "values": {"Beh personer i mnd": "persons", "% av arbeidsstyrken": "percent"},
    "columns_are": "measure",
    "period": {"dimension": "month", "column": "År-måned", "form": "YYYYMM"},
    "ignore_columns": ["", "År", "Landet", "Fylker"],
}


def read(body: bytes, options: dict[str, Any]) -> Cube:
    return nav_table.read(body, spec("nav-table", options), answer("bok.xlsx"))


def test_recorded_tightness_stands_on_two_sheets() -> None:
    found = read(real("nav/stramhetsindikatorer_VT_Norge_2015-2023.xlsx"), TIGHTNESS)
    assert found.table.num_rows == 9 * 4
    norway = {y: cell(found, year=y, region="Norge")[0] for y in ("2015", "2018", "2021", "2023")}
    assert norway == {"2015": 0.8, "2018": 1.7, "2021": 1.7, "2023": 1.9}
    assert cell(found, year="2019", region="Vestfold og Telemark") == (2.0, None)
    assert cell(found, year="2019", region="Telemark") == (None, "")


@pytest.mark.parametrize(
    ("file", "month", "women", "men", "both"),
    [
        ("2025-02-05", "2025M01", 26439, 41382, 67821),
        ("2026-02-05", "2026M01", 27056, 41876, 68932),
    ],
)
def test_recorded_order_adds_up(file: str, month: str, women: int, men: int, both: int) -> None:
    found = read(real(f"nav/bestilling_ledighet_stillinger_{file}.xlsx"), ORDER)
    place = {"region": "Landet", "job_status": "Helt ledige", "month": month}
    persons = {
        sex: cell(found, sex=sex, measure="persons", **place)
        for sex in ("Kvinner", "Menn", "Begge kjønn")
    }
    assert persons == {
        "Kvinner": (women, None),
        "Menn": (men, None),
        "Begge kjønn": (both, None),
    }
    assert women + men == both
    assert found.labels["region"]["50"] == "Trøndelag - Trööndelage"


HEADER: list[object] = ["", *REGIONS]
Rows = list[list[object]]


def test_equal_cells_collapse_and_contradicting_cells_are_listed() -> None:
    one: Rows = [[], ["", *HEADER], ["", 2020, 1, 2, 3, 4], ["", 2021, "", "", 3, "2,5"]]
    two: Rows = [HEADER, [2020, 1, 2, 3, 4]]
    options = TIGHTNESS | {"decimal": ","}
    found = read(workbook({"A": one, "B": two}), options)
    assert found.table.num_rows == 8
    assert cell(found, year="2021", region="Norge") == (2.5, None)
    two[1] = [2020, 1, 2, 3.5, "*"]
    with pytest.raises(UnreadableAnswer) as refused:
        read(workbook({"A": one, "B": two}), options)
    assert "year=2020, region=Vestfold og Telemark: 3 and 3.5" in str(refused.value)
    assert "year=2020, region=Norge: 4 and '*'" in str(refused.value)


def test_no_header_row_says_what_each_sheet_lacks() -> None:
    with pytest.raises(UnreadableAnswer) as refused:
        read(workbook({"A": [["", "Vestfold", "Telemark"]], "B": [["x"]]}), TIGHTNESS)
    assert "sheet 'A': no row with all header words; the best row lacks" in str(refused.value)
    assert "sheet 'B'" in str(refused.value)


def test_an_empty_row_inside_a_table_does_not_cut_it_silently() -> None:
    rows: Rows = [HEADER, [2020, 1, 2, 3, 4], [], [2021, 1, 2, 3, 4]]
    with pytest.raises(UnreadableAnswer, match="first empty row, in row 4"):
        read(workbook({"A": rows}), TIGHTNESS)


def test_a_new_column_inside_the_table_is_refused() -> None:
    rows: Rows = [["", "Vestfold", "Agder", *REGIONS[1:]], [2020, 1, 2, 3, 4, 5]]
    with pytest.raises(UnreadableAnswer, match="does not name: 'Agder'"):
        read(workbook({"A": rows}), TIGHTNESS)


def test_a_formula_without_a_stored_value_is_no_empty_cell() -> None:
    rows: Rows = [HEADER, [2020, 1, 2, 3, "=B2+C2"]]
    with pytest.raises(UnreadableAnswer, match="formula without a stored value"):
        read(workbook({"A": rows}), TIGHTNESS)


def test_cells_as_they_stand() -> None:
    from datetime import date

    body = workbook({"A": [[], ["03", 3, 2.5, True, date(2026, 1, 2), "=1+1", None], [" x "]]})
    (sheet,) = xlsx.open_workbook(body)
    assert sheet.rows[1][:6] == ("03", 3, 2.5, "True", "2026-01-02", "=1+1")
    assert len(sheet.rows[0]) == len(sheet.rows[2]) == 6
    assert [xlsx.cell_text(cell) for cell in (2015.0, None, " x ", 0.5)] == ["2015", "", "x", "0.5"]
    assert xlsx.address(6, 1) == "B7"


def test_error_cells_are_kept_as_text() -> None:
    body = workbook({"A": [HEADER, [2020, 1, 2, 3, "#N/A"]]})
    assert cell(read(body, TIGHTNESS), region="Norge") == (None, "#N/A")


@pytest.mark.parametrize(
    "bad",
    [
        b"<html>Siden finnes ikke</html>",
        b"",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old .xls",
        workbook({"A": [["x"]]})[:-200],
        workbook({"A": [["x"]]})[:100],
    ],
    ids=["html", "nothing", "old xls", "end cut off", "only the beginning"],
)
def test_other_bytes_are_refused(bad: bytes) -> None:
    with pytest.raises(UnreadableAnswer, match=r"expected an \.xlsx"):
        xlsx.open_workbook(bad)


def test_a_zip_that_is_no_workbook_and_one_that_is_damaged_inside() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("notes.txt", "x")
    with pytest.raises(UnreadableAnswer, match="it holds no xl/workbook"):
        xlsx.open_workbook(out.getvalue())
    broken = io.BytesIO()
    with zipfile.ZipFile(broken, "w") as packed:
        packed.writestr("xl/workbook.xml", "<workbook")
    with pytest.raises(UnreadableAnswer, match="damaged"):
        xlsx.open_workbook(broken.getvalue())


def test_a_workbook_with_any_bytes_changed_is_read_or_refused() -> None:
    body = workbook({"A": [HEADER, [2020, 1, 2, 3, "=1+1"]] * 3})
    for start in range(0, len(body), 97):
        for damage in (b"", b"\x00", b"<x>"):
            damaged = body[:start] + damage + body[start + 9 :]
            with contextlib.suppress(UnreadableAnswer):
                xlsx.open_workbook(damaged)


def test_size_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    body = workbook({"A": [[1, 2, 3]] * 10})
    for name, limit, message in (
        ("MOST_BYTES", 100, "bytes, more than"),
        ("MOST_UNPACKED", 100, "unpacks to"),
        ("MOST_CELLS", 20, "more than 20 cells"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(xlsx, name, limit)
            with pytest.raises(UnreadableAnswer, match=message):
                xlsx.open_workbook(body)

"""CSV for Norwegian Excel and Arrow IPC hold what the parquet files hold, and nothing runs."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.catalogues import small
from warehouse import catalogues
from warehouse.catalogues import excel_csv

if TYPE_CHECKING:
    from pathlib import Path


VALUES = "indicator_value-higher_education.csv"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def number(text: str) -> float | None:
    return float(text.replace(",", ".")) if text else None


def test_csv_is_written_as_norwegian_excel_reads_it(published: Path) -> None:
    written = (published / "csv" / VALUES).read_bytes()
    assert written.startswith(b"\xef\xbb\xbfindicator_id;")
    assert written.count(b"\r\n") == written.count(b"\n") == 4
    assert b";-8,0959;" in written


def test_every_table_has_a_csv_with_every_row_and_column(published: Path) -> None:
    parquets = {p.stem: p for p in (published / "parquet").iterdir()}
    values = pq.read_table(parquets.pop("indicator_value"))
    files = {p.name: p for p in (published / "csv").iterdir()}
    assert len(rows(files.pop(VALUES))) == values.num_rows
    assert {f"{name}.csv" for name in parquets} == set(files)
    for name, path in parquets.items():
        table = pq.read_table(path)
        found = rows(files[f"{name}.csv"])
        assert len(found) == table.num_rows
        assert list(found[0]) == table.column_names


def test_the_value_table_is_a_file_per_indicator_without_columns_of_no_use_there(
    tmp_path: Path,
) -> None:
    table = pa.table(
        {
            "indicator_id": ["a", "a", "b", "c"], "sex": ["_T", "1", "_T", "_T"],
            "age": ["_T", "_T", "20-66", "_T"], "value": [1.5, None, 2.0, 3.0],
            "reason_nb": [None, "Skjermet.", None, None],
            "reason_en": [None, "Suppressed.", None, None], "vintage_ids": ["v"] * 4,
        }
    )  # fmt: skip
    pq.write_table(table, tmp_path / "values.parquet")
    breakdowns = {"a": ["sex"], "b": ["age"], "c": [], "without_rows": ["sex"]}
    paths = excel_csv.write_by_indicator(tmp_path / "values.parquet", tmp_path, breakdowns, rows=1)
    assert [p.name for p in paths] == [
        "values-a.csv", "values-a-2.csv", "values-b.csv", "values-c.csv",
    ]  # fmt: skip
    assert [excel_csv.header(p) for p in paths[1:]] == [
        ["indicator_id", "sex", "value", "reason_nb"],
        ["indicator_id", "age", "value", "reason_nb"],
        ["indicator_id", "value", "reason_nb"],
    ]
    assert rows(paths[1]) == [
        {"indicator_id": "a", "sex": "1", "value": "", "reason_nb": "Skjermet."}
    ]


def test_numbers_and_blanks_come_back_as_they_were(published: Path) -> None:
    table = pq.read_table(published / "parquet" / "indicator_value.parquet").to_pylist()
    found = rows(published / "csv" / VALUES)
    for column in ("numerator", "denominator", "value", "parts"):
        assert [number(row[column]) for row in found] == [row[column] for row in table]
    assert [r["reason_nb"] for r in found if not r["value"]] == ["Skjermet av kilden."]
    assert [r["series_break"] for r in found] == ["USANN", "SANN", "USANN"]
    assert found[0]["region_id"] == "0301"


def test_text_that_a_spreadsheet_would_run_is_neutralised(published: Path) -> None:
    found = rows(published / "csv" / "region.csv")[0]
    assert found["name_en"] == "'" + small.FORMULA
    assert found["source"] == "'-"
    assert found["confidence"] == "'+\nlow"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_text_cell_starts_like_a_formula(tmp_path: Path, start: str) -> None:
    texts = [f"{start}1", start, f'{start}"a";b', None, "", "a=1"]
    pq.write_table(pa.table({"text": texts, "other": ["x"] * 6}), tmp_path / "t.parquet")
    [path] = excel_csv.write(tmp_path / "t.parquet", tmp_path)
    found = [row["text"] for row in rows(path)]
    assert found == [f"'{t}" for t in texts[:3]] + ["", "", "a=1"]


def test_a_table_longer_than_a_sheet_goes_on_in_a_new_file(tmp_path: Path) -> None:
    numbers = list(range(10))
    table = pa.table({"n": pa.array(numbers)})
    pq.write_table(table, tmp_path / "long.parquet", row_group_size=3)
    paths = excel_csv.write(tmp_path / "long.parquet", tmp_path, rows=4)
    assert [p.name for p in paths] == ["long.csv", "long-2.csv", "long-3.csv"]
    parts = [[int(row["n"]) for row in rows(path)] for path in paths]
    assert parts == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


@pytest.mark.parametrize("table", [pa.table({"a": pa.array([], pa.string())}), pa.table({})])
def test_an_empty_table_is_a_header_alone(tmp_path: Path, table: pa.Table) -> None:
    pq.write_table(table, tmp_path / "empty.parquet")
    [path] = excel_csv.write(tmp_path / "empty.parquet", tmp_path)
    assert path.read_text(encoding="utf-8-sig").strip() == ";".join(table.column_names)


def test_columns_that_csv_cannot_hold_are_all_named(tmp_path: Path) -> None:
    table = pa.table({"ids": [["a"]], "n": [1], "pair": [{"x": 1}]})
    pq.write_table(table, tmp_path / "nested.parquet")
    with pytest.raises(excel_csv.UnwritableColumn, match=r"ids: list(.|\n)*pair: struct"):
        excel_csv.write(tmp_path / "nested.parquet", tmp_path)


def test_arrow_is_written_on_request_only_and_holds_the_same_table(
    published: Path, tmp_path: Path
) -> None:
    assert not (published / "arrow").exists()
    folder = small.write(tmp_path / "arrow_too")
    catalogues.write(folder, small.about(arrow=True))
    for path in (folder / "parquet").iterdir():
        with pa.memory_map(str(folder / "arrow" / f"{path.stem}.arrow")) as source:
            assert pa.ipc.open_file(source).read_all().equals(pq.read_table(path))


def test_the_value_table_of_a_whole_release_comes_back(made_up_release: Path) -> None:
    """Every row of every indicator, in files that Excel can open and a person can work in."""
    source = made_up_release / "parquet" / "indicator_value.parquet"
    columns = ["region_id", "value", "reason", "reason_nb"]
    table = pq.read_table(source, columns=["indicator_id", *columns])
    for indicator in table["indicator_id"].unique().to_pylist():
        expected = table.filter(pc.equal(table["indicator_id"], indicator)).select(columns)
        path = made_up_release / "csv" / f"indicator_value-{indicator}.csv"
        found = rows(path)
        for name in ("region_id", "reason", "reason_nb"):
            assert [r[name] or None for r in found] == expected[name].to_pylist()
        assert [number(r["value"]) for r in found] == expected["value"].to_pylist()
        assert len(found) <= excel_csv.EXCEL_ROWS

"""Files to share: what DuckDB, pandas, Excel and R make of them, and the examples of the docs."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.cli import main
from tests.dimension.conftest import publish, release_tables
from warehouse import dimension_export, mart, parquet
from warehouse.dimension_export import files

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

DOCS = Path(__file__).resolve().parents[2] / "docs" / "dimensioning.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
WIDE = "dimensioning_upper_secondary"
SHEETS = ["Forside", "Yrkesfag", "Studieforberedende", "Påbygging og samlet", "Fagskole", "Årskull",
          "Yrker bak mangelen", "Regneeksempel", "Beslutninger", "Merknader", "Kilder"]  # fmt: skip


def example(language: str) -> str:
    found = [body for name, body in FENCE.findall(DOCS.read_text(encoding="utf-8"))
             if name == language]  # fmt: skip
    assert len(found) == 1
    return str(found[0])


@pytest.fixture(scope="module")
def desk(small_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an export in dimensjonering/, as the docs make it."""
    folder = tmp_path_factory.mktemp("desk")
    release = next((small_root / "releases").glob("demo-*"))
    dimension_export.write(release, "trondelag", folder / "dimensjonering")
    return folder


@pytest.fixture
def export(desk: Path) -> Path:
    return desk / "dimensjonering"


@pytest.fixture(scope="module")
def book(desk: Path) -> Workbook:
    return openpyxl.load_workbook(desk / "dimensjonering" / "demo-trondelag-dimensioning.xlsx")


def partition(export: Path, table: str) -> Path:
    return export / "parquet" / table / "county=50" / f"{table}.parquet"


@pytest.mark.parametrize("table", files.TABLES)
def test_parquet_has_the_release_s_rows_in_the_declared_order(
    table: str, export: Path, small_release: Path
) -> None:
    made = parquet.read(partition(export, table))
    source = parquet.read(small_release / "parquet" / f"{table}.parquet")
    assert made.column_names == source.column_names
    if table in mart.load():
        assert made.column_names == list(mart.load()[table].columns)
    assert made.to_pylist() == source.to_pylist()
    texts = [f.type for f in made.schema if not pa.types.is_floating(f.type)
             and not pa.types.is_integer(f.type) and not pa.types.is_boolean(f.type)]  # fmt: skip
    assert all(pa.types.is_dictionary(kind) for kind in texts)


def test_metadata_says_what_the_file_is(export: Path) -> None:
    said = json.loads(pq.read_schema(partition(export, WIDE)).metadata[b"kompetanse"])
    assert said["data_origin"] == "made_up"
    assert said["release_id"].startswith("demo-trondelag-")
    assert [licence["licence_release"] for licence in said["licences"]] == ["CC BY 4.0"]
    assert set(said["columns"]) == set(mart.load()[WIDE].columns)


def test_csv_is_for_norwegian_excel(export: Path) -> None:
    body = (export / "csv" / "county=50" / f"{WIDE}.csv").read_bytes()
    assert body.startswith("\ufeffregion_set;region_id;".encode())
    text = body.decode("utf-8-sig")
    assert "Helse- og oppvekstfag;" in text
    row = next(line for line in text.splitlines() if ";50;county;50;HS;" in line)
    # 102 of the county's shortage, its bounds scaled: a comma before the decimals.
    assert re.search(r";\d+,\d+;", row)
    assert not re.search(r";\d+\.\d+;", row)


def test_the_workbook_has_its_sheets_frozen_and_labelled(book: Workbook) -> None:
    assert book.sheetnames == SHEETS
    assert book.active.title == "Forside"
    for name in SHEETS:
        sheet = book[name]
        assert "OPPDIKTEDE TALL" in str(sheet["A2"].value), name
        assert "OPPDIKTEDE TALL" in str(sheet.oddHeader.center.text), name
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    frozen = {name: book[name].freeze_panes for name in SHEETS}
    assert frozen.pop("Forside") is None
    assert all(str(cell).endswith("5") for cell in frozen.values())
    assert book["Yrkesfag"].freeze_panes == "E5"


def test_no_cell_is_a_formula_or_an_error(book: Workbook) -> None:
    wrong = [
        (sheet.title, cell.coordinate)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type in {"f", "e"} or str(cell.value).lower() in {"nan", "none_", "inf"}
    ]
    assert wrong == []


def test_figures_are_numbers_with_a_format_and_blanks_have_a_note(book: Workbook) -> None:
    sheet = book["Yrkesfag"]
    head = {cell.value: cell.column for cell in sheet[4]}
    county = next(
        r for r in sheet.iter_rows(min_row=5)
        if (r[0].value, r[2].value) == ("Trøndelag", "HS")
    )  # fmt: skip
    sought = county[head["Søkere per 1. mars"] - 1]
    assert (sought.value, sought.number_format) == (300, "#,##0")
    share = county[head["Fullførte på 5/6 år, %"] - 1]
    assert (share.value, share.number_format) == (75, "#,##0.0")
    assert county[head["Fullførte på 5/6 år, %, periode"] - 1].value == "2020"
    retired = county[head["Avgang fra yrkene"] - 1].value
    assert re.fullmatch("–[⁰¹²³⁴⁵⁶⁷⁸⁹]+", retired)
    number = "".join(str("⁰¹²³⁴⁵⁶⁷⁸⁹".index(digit)) for digit in retired[1:])
    notes = {row[0].value: row[1].value for row in book["Merknader"].iter_rows(min_row=5)}
    assert "alder på sysselsatte" in notes[number]
    supply = county[head["Ventes å fullføre, per år"] - 1]
    assert (supply.value, supply.font.italic) == (90, True)


def test_cohorts_of_regions_stand_on_their_sheet(book: Workbook) -> None:
    rows = {(r[0].value, r[1].value): [c.value for c in r[2:]]
            for r in book["Årskull"].iter_rows(min_row=5)}  # fmt: skip
    assert rows["Vest", "2031"] == [90, 86, 90, 96]
    assert rows["Øst", "2036"][2] == 40


def test_made_up_and_published_figures_never_lie_in_one_folder(
    tmp_path: Path, export: Path
) -> None:
    there = tmp_path / "shared"
    shutil.copytree(export, there)
    before = sorted(path for path in there.rglob("*") if path.is_file())
    release = publish(release_tables(), tmp_path / "root", origin="published")
    with pytest.raises(files.MixedFigures, match="Choose another folder"):
        dimension_export.write(release, "trondelag", there)
    assert sorted(path for path in there.rglob("*") if path.is_file()) == before


def test_the_same_release_gives_the_same_files(
    small_release: Path, export: Path, tmp_path: Path
) -> None:
    again = dimension_export.write(small_release, "trondelag", tmp_path)
    for path in again:
        assert path.read_bytes() == (export / path.relative_to(tmp_path)).read_bytes(), path.name


def test_the_command_names_the_files(
    small_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("KOMPETANSE_DATA", str(small_root))
    call = ["dimension", "--county", "trondelag", "export", "--to", str(tmp_path / "out")]
    assert main(call) == 0
    told = capsys.readouterr()
    assert "OPPDIKTEDE TALL" in told.err
    paths = [Path(line) for line in told.out.splitlines()]
    assert len(paths) == 2 * len(files.TABLES) + 1
    assert all(path.is_file() for path in paths)


def test_a_folder_that_cannot_be_written_is_told(small_release: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(files.UnwritableFolder, match="Choose another"):
        dimension_export.write(small_release, "trondelag", tmp_path / "file" / "in")


def test_the_docs_sql_answers(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    rows = duckdb.sql(example("sql")).fetchall()
    assert ("2026-27", 300.0, None) in rows


def test_the_docs_python_answers(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(example("python"), str(DOCS), "exec"), {})
    assert re.search(r"2026-27\s+300", printed.getvalue())


def test_the_docs_r_answers(desk: Path) -> None:
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("R is not installed: the example for R's arrow is not run")
    has_arrow = [rscript, "-e", "quit(status = !requireNamespace('arrow', quietly = TRUE))"]
    if subprocess.run(has_arrow, check=False, capture_output=True).returncode:
        pytest.skip("R has no package arrow: the example is not run")
    done = subprocess.run(
        [rscript, "-e", example("r")], cwd=desk, check=True, capture_output=True, text=True
    )
    assert re.search(r"2026-27\s+300", done.stdout)


def test_the_docs_power_query_names_what_there_is(desk: Path) -> None:
    text = example("powerquery")
    (named,) = re.findall(r'File = "([^"]+)"', text)
    path = desk / named.replace("\\", "/")
    columns = set(pq.read_schema(path).names)
    used = set(re.findall(r"\[(\w+)\]", text))
    (listed,) = re.findall(r"\{([^}]+)\}", text)
    used |= set(re.findall(r'"(\w+)"', listed))
    assert used <= columns
    assert len(used) == 5


def test_the_docs_commands_are_understood() -> None:
    import shlex

    from pipeline.cli import parser

    bodies = [b for name, b in FENCE.findall(DOCS.read_text(encoding="utf-8")) if name == "console"]
    lines = [line for body in bodies for line in body.splitlines()]
    assert len(lines) > 4
    for line in lines:
        parser().parse_args(shlex.split(line.removeprefix("$ .venv/bin/kompetanse ")))


def test_the_docs_county_file_is_one_that_can_be_read(tmp_path: Path) -> None:
    from tests.warehouse.test_counties import GOOD
    from warehouse import counties

    (tmp_path / "prove.yaml").write_text(GOOD + example("yaml"), encoding="utf-8")
    own = counties.load("prove", tmp_path).dimensioning
    assert len(own.parameters) == 5
    assert own.source

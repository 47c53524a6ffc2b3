"""DBH's answers: status line, texts, figures hidden behind "0", and zeros that are zeros."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from sources import registry, translate, validate
from sources.model import AnswerContext, UnreadableAnswer
from sources.readers import dbh
from sources.readers.options import InvalidOptions
from tests.sources.reader_kit import answer, cell, spec

if TYPE_CHECKING:
    from pathlib import Path

    from sources.model import Cube

OPTIONS = {
    "keys": ["Fagskole", "Årstall"],
    "total": "totalt",
    "parts": ["kvinner", "menn"],
    "labels": {"Fagskole": "Fagskolens navn"},
}


def row(school: str, total: str, women: str, men: str, **more: str) -> dict[str, Any]:
    counts = {"Antall totalt": total, "Antall kvinner": women, "Antall menn": men}
    return {"Fagskole": school, "Årstall": "2025", **counts, **more}


def reply(*rows: Any, **status: Any) -> bytes:
    line = {
        "tabell_id": 947, "api_versjon": 1, "leveransenr": 7, "leveringstid": "2026-10-15",
        "antall": len(rows), "returkode": 0, "melding": "", **status,
    }  # fmt: skip
    return json.dumps([{"status": line}, *rows]).encode()


def read(body: bytes, **options: Any) -> Cube:
    return dbh.read(body, spec("dbh", OPTIONS | options), answer("all.json"))


def completed(cube: Cube) -> pa.Table:
    """The cube with what the pipeline adds: the region that it leaves out, and its vintage."""
    country = pa.array(["0"] * cube.table.num_rows).dictionary_encode()
    return cube.table.append_column("region", country).append_column("vintage_id", country)


def test_a_zero_that_the_sum_needs_is_no_zero() -> None:
    cube = read(reply(row("A", "12", "0", "10"), row("B", "3", "0", "0"), row("C", "9", "0", "9")))
    assert cell(cube, Fagskole="A", kjønn="kvinner") == (None, "0")
    assert cell(cube, Fagskole="A", kjønn="menn") == (10.0, None)
    assert cell(cube, Fagskole="A", kjønn="totalt") == (12.0, None)
    assert cell(cube, Fagskole="B", kjønn="kvinner") == cell(cube, Fagskole="B", kjønn="menn")
    assert cell(cube, Fagskole="B", kjønn="menn") == (None, "0")
    assert cube.notes == ('3 figures are hidden behind "0" (the parts are less than their total)',)


def test_a_zero_that_adds_up_stays_zero() -> None:
    cube = read(reply(row("C", "9", "0", "9"), row("D", "0", "0", "0")))
    assert cell(cube, Fagskole="C", kjønn="kvinner") == (0.0, None)
    assert cell(cube, Fagskole="D", kjønn="totalt") == (0.0, None)
    assert cell(cube, Fagskole="D", kjønn="menn") == (0.0, None)
    assert cube.notes == ()


def test_parts_below_the_total_without_a_zero_are_kept() -> None:
    cube = read(reply(row("A", "12", "4", "7")))
    assert cell(cube, Fagskole="A", kjønn="kvinner") == (4.0, None)


def test_without_a_total_no_zero_is_trusted() -> None:
    cube = read(reply(row("A", "", "0", "7")))
    assert cell(cube, Fagskole="A", kjønn="totalt") == (None, "")
    assert cell(cube, Fagskole="A", kjønn="kvinner") == (None, "0")
    assert cell(cube, Fagskole="A", kjønn="menn") == (7.0, None)


def test_names_of_codes_become_labels_and_the_count_of_dbh_is_told() -> None:
    named = row("A", "9", "4", "5") | {"Fagskolens navn": "Oppdiktet fagskole"}
    cube = read(reply(named, **{"antall linjer anonymisert": 2}))
    assert cube.labels["Fagskole"] == {"A": "Oppdiktet fagskole"}
    assert cube.labels["antall"] == {"antall": "Antall"}
    assert cube.notes == ("2 rows were anonymised by DBH, by its own count",)
    assert cube.extension == {"delivery": "7", "delivered": "2026-10-15"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (reply(row("A", "5", "4", "7")), "kvinner + menn is 11, more than the total 5"),
        (reply(row("A", "9", "4", "5"), antall=2), "1 rows came, the status line says 2"),
        (reply(row("A", "1 kr", "4", "5")), "'1 kr' is no figure"),
        (reply(row("A", "9", "4", "5"), row("A", "9", "4", "5")), "stand more than once"),
        (reply(row("", "9", "4", "5")), "row 1: no code"),
        (reply(row("A", "9", "4", "5", Campus="X")), "`options` does not name: Campus"),
        (reply({"Fagskole": "A", "Antall totalt": "9"}), "missing: Årstall"),
        (reply({"Fagskole": "A", "Årstall": "2025", "Antall menn": "9"}), "totalt, kvinner"),
        (reply(row("A", "9", "4", "5", **{"Nye totalt": "1"})), "several kinds of figures"),
        (reply(row("A", "9", "4", "5"), {"Fagskole": "B"}), "other columns than the first: 2"),
        (reply(row("A", "9", "4", "5") | {"Årstall": 2025}), "no texts: Årstall"),
        (reply("A"), "no objects: 1"),
        (reply(), "there are no rows"),
        (reply(row("A", "9", "4", "5"), returkode=3, melding="Ukjent tabell"), "Ukjent tabell"),
        (reply(row("A", "9", "4", "5"), antall=None), "DBH refused"),
        (b'{"melding": "Feil i filter"}', "DBH refused: {'melding': 'Feil i filter'}"),
        (b"[]", "no status line"),
        (json.dumps([row("A", "9", "4", "5")]).encode(), "statuslinje"),
        (b"<html>log in</html>", "found an HTML page"),
        (reply(row("A", "9", "4", "5"))[:-9], "cut off or damaged"),
    ],
)
def test_what_cannot_be_trusted_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(UnreadableAnswer, match=r"nav/example, answer all\.json") as refused:
        read(body)
    assert said in str(refused.value)


def test_columns_can_be_ignored_by_name() -> None:
    body = reply(row("A", "9", "4", "5", Campus="X") | {"Nye totalt": "1"})
    cube = read(body, ignore_columns=["Campus", "Nye totalt"])
    assert cube.table.num_rows == 3


def test_a_code_list_keeps_columns_nobody_knew_of() -> None:
    body = reply(
        {"Fagskolenummer": "F1", "Studiested": "Her"}, {"Fagskolenummer": "", "Studiested": None}
    )
    cube = dbh.read(body, spec("dbh", {"plain": {"Fagskolenummer": "school"}}), answer())
    assert cube.dimensions == ()
    assert cube.table.to_pylist() == [
        {"school": "F1", "Studiested": "Her"},
        {"school": "", "Studiested": None},
    ]
    with pytest.raises(UnreadableAnswer, match="missing: Emne"):
        dbh.read(body, spec("dbh", {"plain": {"Emne": "subject"}}), answer())
    with pytest.raises(UnreadableAnswer, match="given twice: Studiested"):
        dbh.read(body, spec("dbh", {"plain": {"Fagskolenummer": "Studiested"}}), answer())


def test_options_are_checked() -> None:
    with pytest.raises(InvalidOptions, match=r"(?s)keys.*total.*parts.*surprise"):
        dbh.read(reply(), spec("dbh", {"surprise": "x"}), answer())


@pytest.mark.parametrize("name", ["students", "applicants", "programmes"])
def test_made_up_answers_match_their_yaml(made_up_folder: Path, name: str) -> None:
    table = registry.table(f"dbh/fagskole_{name}")
    file = made_up_folder / "dbh" / f"fagskole_{name}" / "all.json"
    assert "MADE-UP FIGURES" in file.read_text(encoding="utf-8")
    cube = dbh.read(file.read_bytes(), table, AnswerContext("", file.name))
    validate.check(table, cube, vintage="made up", where="")
    assert validate.warn(table, cube) == []


def test_students_are_counted_in_autumn_with_hidden_figures_as_suppressed(
    made_up_folder: Path,
) -> None:
    table = registry.table("dbh/fagskole_students")
    body = (made_up_folder / "dbh" / "fagskole_students" / "all.json").read_bytes()
    cube = dbh.read(body, table, AnswerContext("", ""))
    done = translate.translate(completed(cube), table)
    rows = done.table.to_pylist()
    assert {row["semester"] for row in rows} == {"3"}
    assert [name for name in done.ignored if name.startswith("Semesternavn=Vår")]
    by_status = {status: [r for r in rows if r["obs_status"] == status] for status in "AQ"}
    assert all(r["value"] is None and r["sex"] != "_T" for r in by_status["Q"])
    assert by_status["Q"]
    zeros = [r for r in by_status["A"] if r["value"] == 0]
    assert {r["programme"] for r in zeros} == {"Sveiseteknikk"}

"""Mart definitions: what the YAML beside a mart's SQL must say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from tests.marts import small
from warehouse import engine, mart, marts

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
id: small
title: {nb: Liten, en: Small}
table: {nb: "Én rad per kode.", en: "One row per code."}
key: [code]
columns: {code: {nb: Kode, en: Code}}
"""
# What Nav's file of 2017 calls an occupation where STYRK-08 says otherwise, by the same code.
EXCEPTIONS = {
    "Renholdere i bedrifter": "9112",
    "Ledere av bygge- og": "1323",
    "Rådgivere/forskere, samfunns-vitenskap": "2632",
    "Lagermedarbeidere og materialforvaltere": "4321",
    "Dyrepassere og –trenere mv.": "5164",
}


def folder(tmp_path: Path, text: str) -> Path:
    (tmp_path / "small.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "small.sql").write_text("select 'a' as code", encoding="utf-8")
    return tmp_path


def test_a_mart_is_one_sql_and_one_yaml(tmp_path: Path) -> None:
    (found,) = mart.load(folder(tmp_path, GOOD)).values()
    assert found.comments["columns"]["code"] == {"nb": "Kode", "en": "Code"}
    assert found.rules == {"key": ["code"]}


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    wrong = GOOD.replace("id: small", "id: other").replace("key: [code]", "key: [kode]")
    wrong += "conformed: [ssb/99999]\nseeds: [nowhere]\nmarts: [absent]\n"
    with pytest.raises(mart.InvalidMart) as told:
        mart.load(folder(tmp_path, wrong))
    for part in ("does not equal", "kode is no column", "ssb/99999", "nowhere.csv", "absent"):
        assert part in str(told.value)


def test_a_column_without_a_description_stops_the_mart() -> None:
    wanted = mart.load()["dimensioning_cohort"]
    fewer = {n: t for n, t in wanted.columns.items() if n != "evidence"}
    with pytest.raises(marts.MartColumnsDiffer, match="evidence: in the table, not described"):
        marts.compute(replace(wanted, columns=fewer), small.world())


def test_marts_come_after_those_they_read() -> None:
    order = list(mart.load())
    for name, wanted in mart.load().items():
        assert all(order.index(other) < order.index(name) for other in wanted.marts)


def test_a_code_list_without_an_answer_has_its_columns_and_no_rows() -> None:
    nothing = pa.table({"value": pa.array([], pa.float64())})
    assert marts.code_list(nothing, ("code", "name")).to_pydict() == {"code": [], "name": []}


def test_the_exceptions_are_nav_s_own_words_for_known_codes() -> None:
    seed = {
        r["label"]: r["occupation"] for r in engine.seed("marts/seeds/nav_label.csv").to_pylist()
    }
    assert EXCEPTIONS.items() <= seed.items()


def test_labels_of_2017_are_styrk_08_or_an_exception(real: Path) -> None:
    import csv

    def rows(name: str, delimiter: str) -> list[dict[str, str]]:
        text = (real / name).read_text(encoding="utf-8-sig")
        return list(csv.DictReader(text.splitlines(), delimiter=delimiter))

    names = {r["code"]: r["name"] for r in rows("codes/styrk08.csv", ",")}
    survey = rows("nav/bedriftsundersokelse_2017_mangel_yrke_fylke.csv", ";")
    differing = {r["yrke"]: r["yrkekode"] for r in survey if names[r["yrkekode"]] != r["yrke"]}
    assert differing == EXCEPTIONS


def test_every_reason_and_measure_that_is_used_is_described() -> None:
    reasons = {r["code"] for r in engine.seed("marts/seeds/dimensioning_reason.csv").to_pylist()}
    measures = engine.seed("marts/seeds/dimensioning_measure_list.csv").to_pylist()
    fields = engine.seed("marts/seeds/occupation_field.csv").to_pylist()
    used = {m["blank_reason"] for m in measures} | {f["reason"] for f in fields if f["reason"]}
    made = small.made(small.world())
    for table in made.values():
        names = [n for n in table.column_names if n == "reason" or n.endswith("_reason")]
        used |= {code for n in names for code in table[n].to_pylist() if code}
    assert used - reasons == set()

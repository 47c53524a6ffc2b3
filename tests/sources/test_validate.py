"""An answer that no longer matches its YAML is refused, with everything that is wrong."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from sources import registry, validate
from sources.model import Cube, SourceChanged, Unit

TABLE = "ssb/09429"
ROW = {"Region": "5001", "Nivaa": "01", "Kjonn": "0", "ContentsCode": "Personer", "Tid": "2024"}


def cube(*changes: dict[str, Any], cells: int = 60, leave_out: str = "") -> Cube:
    """`cells` good cells, and one cell per change on top."""
    rows = [ROW | {"value": 1.0, "status": None} for _ in range(cells)]
    rows += [ROW | {"value": None, "status": "."} | change for change in changes]
    names = [n for n in dict.fromkeys(n for row in rows for n in row) if n != leave_out]
    columns = {}
    for name in names:
        texts = pa.array([row.get(name) for row in rows])
        columns[name] = texts.cast(pa.float64()) if name == "value" else texts.cast(pa.string())
        if name != "value":
            columns[name] = columns[name].dictionary_encode()
    dimensions = tuple(n for n in names if n not in ("value", "status"))
    return Cube(table=pa.table(columns), dimensions=dimensions)


def refusal(answer: Cube) -> str:
    with pytest.raises(SourceChanged) as caught:
        validate.check(registry.table(TABLE), answer, vintage="2026-06-17", where="data/archive")
    return str(caught.value)


def test_a_good_answer_passes() -> None:
    validate.check(registry.table(TABLE), cube(), vintage="2026-06-17", where="data/archive")


def test_a_dimension_left_out_passes_only_where_the_yaml_says_what_it_means() -> None:
    validate.check(registry.table(TABLE), cube(leave_out="Kjonn"), "2026-06-17", "data/archive")
    assert "missing dimensions: Nivaa" in refusal(cube(leave_out="Nivaa"))


def test_unknown_codes_are_all_listed() -> None:
    said = refusal(cube({"Nivaa": "12"}, {"Nivaa": "13"}, {"Region": "K-5001"}, {"Tid": "2024K1"}))
    assert "Nivaa: unknown codes 12, 13" in said
    assert "Region: unknown codes K-5001" in said
    assert "Tid: unknown codes 2024K1" in said
    assert "ignore" in said


def test_ignored_codes_and_aliases_are_known() -> None:
    validate.check(registry.table(TABLE), cube({"Region": "21"}), "2026-06-17", "data/archive")


def test_unknown_status_symbols_are_listed() -> None:
    assert "unknown status symbols *, ''" in refusal(cube({"status": "*"}, {"status": ""}))


def test_an_unknown_dimension_is_named() -> None:
    assert "unknown dimensions: Alder" in refusal(cube({"Alder": "20"}))


def test_a_blank_without_a_symbol_is_refused() -> None:
    assert "1 cells have neither figure nor symbol" in refusal(cube({"status": None}))


def test_a_cut_answer_is_refused() -> None:
    assert "at least 60 expected, 59 found" in refusal(cube(cells=59))


def test_everything_is_said_at_once_with_vintage_and_place() -> None:
    said = refusal(cube({"Nivaa": "12", "status": "*"}, {"Alder": "20"}, cells=1))
    assert said.startswith(
        "ssb/09429 (vintage 2026-06-17) no longer matches sources/ssb/09429.yaml"
    )
    for part in ("unknown dimensions", "unknown codes 12", "symbols *", "60 expected, 3 found"):
        assert part in said
    assert said.endswith(
        "Nothing was published from this answer. Its bytes lie unchanged in data/archive."
    )


def test_warnings_are_about_size_and_decimals() -> None:
    table = registry.table("ssb/05375")
    units = {"Levetid": Unit("år", 1)}
    answer = Cube(pa.table({"value": pa.nulls(800_001, pa.float64())}), (), units=units)
    said = validate.warn(table, answer)
    assert said == [
        "ssb/05375: 800001 cells, at most 800000 expected",
        "ssb/05375: Levetid has 1 decimals, the YAML says 2",
    ]
    assert validate.warn(registry.table(TABLE), cube()) == []


def test_distinct_reads_dictionaries_and_plain_columns() -> None:
    first, second = (pa.array(texts).dictionary_encode() for texts in (["a", "b"], ["b", "c"]))
    assert validate.distinct(pa.chunked_array([first, second])) == ["a", "b", "c"]
    assert validate.distinct(pa.chunked_array([pa.array(["b", None, "b"])])) == ["b"]


def test_a_code_list_is_judged_by_its_size_alone() -> None:
    codes = Cube(table=pa.table({"code": ["0301"]}), dimensions=())
    with pytest.raises(SourceChanged, match="at least 357 expected, 1 found"):
        validate.check(registry.table("klass/131_codes"), codes, "2025-01-20", "data/archive")

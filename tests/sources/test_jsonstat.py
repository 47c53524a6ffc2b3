"""The JSON-stat reader: what it gives back, what it refuses, and that it never invents a 0."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sources.model import AnswerContext, Unit, UnreadableAnswer
from sources.readers import jsonstat
from sources.readers.jsonstat import decode
from tests.sources.jsonstat_kit import MARKS, answer, cube, first_generation, refusal, rows

REPOSITORY = Path(__file__).resolve().parents[2]
REAL = REPOSITORY.parent / "shared" / "real" / "ssb"


def test_shape_and_metadata() -> None:
    found = cube()
    assert found.dimensions == ("Region", "ContentsCode")
    assert found.table.column_names == ["Region", "ContentsCode", "value", "status"]
    assert found.table.schema.field("value").type == pa.float64()
    assert found.table.schema.field("status").type == pa.dictionary(pa.int8(), pa.string())
    assert found.table.schema.field("Region").type == pa.dictionary(pa.int8(), pa.string())
    assert found.labels == {"Region": {"0301": "Oslo"}, "ContentsCode": {}}
    assert found.units == {"a": Unit("personer", 0), "b": Unit("kr", None)}
    assert found.roles == {"geo": ("Region",), "metric": ("ContentsCode",)}
    assert found.updated == datetime(2026, 6, 11, 6, tzinfo=UTC)
    assert found.notes == ("one", "Region: changed borders", "ContentsCode b: rounded")
    assert found.extension == {"px": {"tableid": "00000"}}
    assert (found.title, found.source) == ("OPPDIKTEDE TALL / MADE-UP FIGURES", "test")


def test_cells_follow_positions_not_key_order() -> None:
    found = rows(cube())
    assert found["0301", "a"] == (1.0, None)
    assert found["0301", "b"] == (None, ".")
    assert found["0302", "a"] == (0.0, None)
    assert found["0302", "c"] == (float(2**60), None)


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("form", ["object", "array", "string"])
def test_zero_under_a_mark_is_no_figure(mark: str, form: str) -> None:
    status = {"object": {"3": mark}, "array": [None, None, None, mark, None, None], "string": mark}
    found = cube(status=status[form])
    assert rows(found)["0302", "a"] == (None, mark)
    assert rows(found)["0301", "a"][0] == 1.0


def test_zero_under_another_symbol_stays() -> None:
    assert rows(cube(status={"3": "p"}))["0302", "a"] == (0.0, "p")


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-06-11", datetime(2026, 6, 11, tzinfo=UTC)),
        ("2026-06-11T08:00:00+02:00", datetime(2026, 6, 11, 6, tzinfo=UTC)),
        ("2026-06-11T06:00:00", datetime(2026, 6, 11, 6, tzinfo=UTC)),
        (..., None),
    ],
)
def test_stamp_is_aware(written: Any, utc: datetime | None) -> None:
    assert cube(updated=written).updated == utc


def test_one_category_may_have_only_a_label() -> None:
    dimension = {"Region": {"category": {"label": {"0301": "Oslo"}}}}
    found = cube(id=["Region"], size=[1], dimension=dimension, value=[7], status=..., role=...)
    assert rows(found) == {("0301",): (7.0, None)}


@pytest.mark.parametrize(("codes", "width"), [(128, pa.int8()), (129, pa.int16())])
def test_smallest_index_type(codes: int, width: pa.DataType) -> None:
    index = [f"{n:04d}" for n in range(codes)]
    found = cube(
        id=["Region"],
        size=[codes],
        dimension={"Region": {"category": {"index": index}}},
        value=list(range(codes)),
        status=...,
        role=...,
    )
    assert found.table.schema.field("Region").type.index_type == width
    assert found.table["Region"].to_pylist() == index


def test_first_generation_reads_the_same() -> None:
    old = decode(json.dumps({"dataset": first_generation(answer())}).encode())
    new = cube()
    assert old.table.equals(new.table)
    assert (old.roles, old.units, old.notes) == (new.roles, new.units, new.notes)


def test_bundle_needs_a_choice() -> None:
    two = {"pop": first_generation(answer()), "emp": first_generation(answer(value=[0] * 6))}
    assert "pop, emp" in refusal(two)
    assert "pop, emp" in refusal(two, "other")
    chosen = decode(json.dumps(two).encode(), "emp")
    assert chosen.table["value"].to_pylist() == [0, None, 0, 0, None, 0]


def test_read_takes_the_dataset_from_the_options_and_names_the_answer() -> None:
    where = AnswerContext(url="https://example.org/x", name="x.json")
    body = json.dumps({"pop": {"value": []}, "emp": first_generation(answer())}).encode()
    spec: Any = SimpleNamespace(options={"dataset": "emp"})
    assert jsonstat.read(body, spec, where).table.num_rows == 6
    with pytest.raises(UnreadableAnswer, match=r"x\.json from https://example\.org/x"):
        jsonstat.read(b"<html>", spec, where)


def test_every_fault_is_listed_at_once() -> None:
    dimension = answer()["dimension"] | {"Region": {"category": {"index": {"a": 0, "b": 2}}}}
    text = refusal(answer(value=[1, "2", True], status=["."], dimension=dimension, updated="x"))
    for part in ("3 figures", "6 cells", "string", "boolean", "1 symbols", "b=2", "updated"):
        assert part in text


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"value": [1, 2]}, "2 figures, but size 2 x 3 = 6 cells"),
        ({"value": []}, "0 figures, but size 2 x 3 = 6 cells"),
        ({"value": ...}, "value: an array or an object"),
        ({"value": [1, 2, 3, 4, 5, "6"]}, "1 of kind string"),
        ({"value": [True, 2, 3, 4, 5, 6]}, "1 of kind boolean"),
        ({"value": [[], 2, 3, 4, 5, {}]}, "kind array"),
        ({"value": {"0": True}}, "kind boolean"),
        ({"value": {"6": 1}}, "outside the 6 cells: 6"),
        ({"value": {"-1": 1}}, "outside the 6 cells: -1"),
        ({"value": {"01": 1, "1": 2}}, "'01'"),
        ({"value": {"0x1": 1}}, "'0x1'"),
        ({"value": {"1.0": 1}}, "'1.0'"),
        ({"status": {"6": "."}}, "outside the 6 cells: 6"),
        ({"status": [".", ".."]}, "2 symbols for 6 cells"),
        ({"status": {"1": 5}}, "1 of kind number"),
        ({"status": {"1": []}}, "1 of kind array"),
        ({"status": 5}, "found number"),
        ({"size": [2, 4]}, "3 codes, but size says 4"),
        ({"size": [2]}, "1 numbers for the 2 dimensions"),
        ({"size": [2, True]}, "whole numbers"),
        ({"size": ...}, "size: an array"),
        ({"id": ["Region", "Region"]}, "more than once: Region"),
        ({"id": []}, "id: an array"),
        ({"id": ["Region", "Tid"]}, "dimension.Tid: listed in id"),
        ({"id": ["Region", "value"]}, "a column of ours"),
        ({"id": ["Region"], "size": [2]}, "not listed in id: ContentsCode"),
        ({"role": {"time": ["Tid"]}}, "role.time"),
        ({"role": {"time": "Tid"}}, "role.time"),
        ({"label": 5}, "label: a string"),
        ({"note": 5}, "note: a string"),
        ({"version": "3.0"}, "version: 1.x or 2.0"),
        ({"updated": "0001-01-01T00:00:00+01:00"}, "updated"),
    ],
)
def test_refusals(changes: dict[str, Any], part: str) -> None:
    assert part in refusal(answer(**changes))


@pytest.mark.parametrize(
    ("category", "part"),
    [
        ({"index": {"a": 0, "b": 0, "c": 2}}, "a=0, b=0"),
        ({"index": {"a": 0, "b": 1, "c": 3}}, "c=3"),
        ({"index": {"a": 0, "b": True, "c": 2}}, "b=True"),
        ({"index": ["a", "b", "a"]}, "more than once: a"),
        ({"index": ["a", "b", 3]}, "must be strings"),
        ({"index": "a"}, "found string"),
        ({"label": {"a": "A", "b": "B", "c": "C"}}, "not just one label"),
        ({"index": ["a", "b", "c"], "label": {"a": 1}}, "not a string for a"),
        ({"index": ["a", "b", "c"], "unit": {"a": {"decimals": "0"}}}, "unit.a"),
    ],
)
def test_category_refusals(category: dict[str, Any], part: str) -> None:
    dimension = answer()["dimension"] | {"ContentsCode": {"category": category}}
    assert part in refusal(answer(dimension=dimension))


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"", "JSON expected"),
        (b"<!DOCTYPE html><html><body>Service unavailable", "HTML"),
        (b'{"version":"2.0","class":"dataset","value":[1,2', "stop inside"),
        (b'{"value":[NaN],"dimension":{}}', "JSON expected"),
        (b'{"value":[1e999],"dimension":{}}', "JSON expected"),
        (b"\xff\xfe\x00", "JSON expected"),
        (b"[1,2]", "found array"),
        (b'{"version":"2.0","class":"collection"}', "found 'collection'"),
        (b"null", "found null"),
        (b'{"type":"Parameter error","title":"Non-existent table","status":404}', "Non-existent"),
        (b'{"error":[{"status":"404","label":"no such cube"}]}', "404 no such cube"),
        (b"[" * 5000, "JSON expected"),
    ],
)
def test_bodies_that_are_no_dataset(body: bytes, part: str) -> None:
    assert part in refusal(body)


def test_sparse_answer_cannot_ask_for_any_memory() -> None:
    size = 20_000
    index = {"category": {"index": [str(n) for n in range(size)]}}
    names = ["a", "b", "c"]
    huge = answer(
        id=names,
        size=[size] * 3,
        dimension=dict.fromkeys(names, index),
        value={"0": 1},
        status=...,
        role=...,
    )
    assert "20000 x 20000 x 20000 = 8000000000000 cells" in refusal(huge)


def test_byte_order_mark_and_loose_booleans_are_no_obstacle() -> None:
    body = json.dumps(answer(extension={"flags": [True, False], "text": ", true"})).encode()
    assert decode(b"\xef\xbb\xbf" + body).table.equals(cube().table)


def real_files() -> list[Path]:
    return sorted(REAL.glob("**/data*.json"))


@pytest.mark.skipif(not REAL.is_dir(), reason="the real answers (../shared/real) are not here")
def test_real_answers_agree_with_pyjstat() -> None:
    from pyjstat import pyjstat

    assert len(real_files()) > 30
    for path in real_files():
        body = path.read_bytes()
        found = decode(body)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame = pyjstat.Dataset.read(body.decode()).write("dataframe", naming="id")
        for name in found.dimensions:
            assert found.table[name].to_pylist() == frame[name].tolist(), path
        ours, theirs = found.table["value"].to_numpy(), frame["value"].to_numpy(dtype=float)
        assert np.array_equal(ours, theirs, equal_nan=True), path
        marks = enumerate(found.table["status"].to_pylist())
        stated = {str(n): mark for n, mark in marks if mark is not None}
        assert stated == json.loads(body).get("status", {}), path


def test_benchmark_runs() -> None:
    command = [sys.executable, "-m", "bench.jsonstat", "--quick"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "x orjson.loads" in done.stdout
    assert "peak memory" in done.stdout

"""The JSON-stat reader: what it gives back, what it refuses, and that it never invents a 0."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import warnings
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.model import AnswerContext, Cube, Unit, UnreadableAnswer
from sources.readers import jsonstat
from sources.readers.jsonstat import decode

REPOSITORY = Path(__file__).resolve().parents[2]
REAL = REPOSITORY.parent / "shared" / "real" / "ssb"
MARKS = [".", "..", ":"]


def answer(**changes: Any) -> dict[str, Any]:
    """A small 2.0 answer with two dimensions of 2 and 3 codes; made-up figures."""
    base: dict[str, Any] = {
        "version": "2.0",
        "class": "dataset",
        "label": "OPPDIKTEDE TALL / MADE-UP FIGURES",
        "source": "test",
        "updated": "2026-06-11T06:00:00Z",
        "note": "one",
        "role": {"geo": ["Region"], "metric": ["ContentsCode"]},
        "id": ["Region", "ContentsCode"],
        "size": [2, 3],
        "dimension": {
            "Region": {
                "note": ["changed borders"],
                "category": {"index": {"0302": 1, "0301": 0}, "label": {"0301": "Oslo"}},
            },
            "ContentsCode": {
                "category": {
                    "index": ["a", "b", "c"],
                    "unit": {"a": {"base": "personer", "decimals": 0}, "b": {"label": "kr"}},
                    "note": {"b": ["rounded"]},
                },
            },
        },
        "extension": {"px": {"tableid": "00000"}},
        "value": [1, None, 2.5, 0, None, 2**60],
        "status": {"1": ".", "4": ":"},
    }
    return {k: v for k, v in (base | changes).items() if v is not ...}


def cube(**changes: Any) -> Cube:
    return decode(json.dumps(answer(**changes)).encode())


def refusal(body: bytes | dict[str, Any], dataset: str | None = None) -> str:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(UnreadableAnswer) as caught:
        decode(raw, dataset)
    return str(caught.value)


def first_generation(modern: dict[str, Any]) -> dict[str, Any]:
    """The same dataset as JSON-stat 1.x writes it: id, size and role inside dimension."""
    old = {k: v for k, v in modern.items() if k not in {"version", "class", "id", "size", "role"}}
    inside = {k: modern[k] for k in ("id", "size", "role") if k in modern}
    return old | {"dimension": inside | modern["dimension"]}


def rows(found: Cube) -> dict[tuple[str, ...], tuple[float | None, str | None]]:
    columns = [found.table[name].to_pylist() for name in found.dimensions]
    cells = zip(found.table["value"].to_pylist(), found.table["status"].to_pylist(), strict=True)
    return dict(zip(zip(*columns, strict=True), cells, strict=True))


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


CODES = st.text(st.characters(codec="utf-8"), max_size=4)
FIGURES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
)


@st.composite
def cubes(draw: st.DrawFn) -> tuple[dict[str, Any], dict[tuple[str, ...], tuple[Any, Any]]]:
    """A random answer in a random form, and the cells it must give."""
    names = draw(
        st.lists(CODES.filter(lambda n: n not in RESERVED), min_size=1, max_size=4, unique=True)
    )
    axes = [draw(st.lists(CODES, min_size=1, max_size=4, unique=True)) for _ in names]
    count = math.prod(map(len, axes))
    figures = draw(st.lists(FIGURES, min_size=count, max_size=count))
    status = draw(statuses(count))
    if isinstance(status, str):
        marks: list[str | None] = [status] * count
    else:
        marks = list(status) if isinstance(status, list) else [None] * count
        for key, mark in status.items() if isinstance(status, dict) else ():
            marks[int(key)] = mark
    dimension = {n: {"category": draw(categories(c))} for n, c in zip(names, axes, strict=True)}
    modern: dict[str, Any] = {
        "version": "2.0",
        "class": "dataset",
        "id": names,
        "dimension": dimension,
    }
    modern |= {"size": [len(codes) for codes in axes], "value": draw(written(figures))}
    modern |= {} if status is None else {"status": status}
    whole: dict[str, Any] = draw(st.sampled_from([modern, {"any name": first_generation(modern)}]))
    keys = [
        tuple(codes[n] for codes, n in zip(axes, place, strict=True))
        for place in np.ndindex(*map(len, axes))
    ]
    cells = [
        (None if f is None or (f == 0 and m in MARKS) else float(f), m)
        for f, m in zip(figures, marks, strict=True)
    ]
    return whole, dict(zip(keys, cells, strict=True))


RESERVED = {"value", "status", "id", "size", "role"}


def statuses(count: int) -> st.SearchStrategy[Any]:
    symbol = st.sampled_from([*MARKS, "p", ""])
    positions = st.integers(0, count - 1).map(str)
    each = st.lists(st.one_of(st.none(), symbol), min_size=count, max_size=count)
    return st.one_of(st.none(), symbol, each, st.dictionaries(positions, symbol))


@st.composite
def categories(draw: st.DrawFn, codes: list[str]) -> dict[str, Any]:
    if len(codes) == 1 and draw(st.booleans()):
        return {"label": {codes[0]: "only"}}
    if draw(st.booleans()):
        return {"index": codes}
    return {"index": {code: codes.index(code) for code in draw(st.permutations(codes))}}


@st.composite
def written(draw: st.DrawFn, figures: list[Any]) -> Any:
    if draw(st.booleans()):
        return figures
    held = [(str(n), f) for n, f in enumerate(figures) if f is not None or draw(st.booleans())]
    return dict(draw(st.permutations(held)))


@settings(max_examples=150, deadline=None)
@given(cubes())
def test_round_trip(case: tuple[dict[str, Any], dict[tuple[str, ...], tuple[Any, Any]]]) -> None:
    whole, cells = case
    found = decode(json.dumps(whole).encode())
    assert rows(found) == cells
    for figure, mark in rows(found).values():
        assert not (mark in MARKS and figure == 0)


@settings(max_examples=150, deadline=None)
@given(cubes(), st.data())
def test_any_cut_is_refused(case: tuple[dict[str, Any], Any], data: st.DataObject) -> None:
    body = json.dumps(case[0]).encode()
    length = data.draw(st.integers(0, len(body) - 1))
    refusal(body[:length])


def test_every_cut_of_one_answer_is_refused() -> None:
    body = json.dumps(answer()).encode()
    for length in range(len(body)):
        refusal(body[:length])


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(answer())), JSON, st.booleans())
def test_foreign_content_is_refused_or_read_but_never_crashes(
    key: str, content: Any, old: bool
) -> None:
    whole = answer(**{key: content})
    body = json.dumps({"dataset": first_generation(whole)} if old and key != "dimension" else whole)
    with suppress(UnreadableAnswer):
        assert decode(body.encode()).table.num_rows == 6


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

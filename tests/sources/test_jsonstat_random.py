"""The JSON-stat reader on random, cut and foreign answers: right, or refused, never a crash."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.model import UnreadableAnswer
from sources.readers.jsonstat import decode
from tests.sources.jsonstat_kit import MARKS, answer, first_generation, refusal, rows

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

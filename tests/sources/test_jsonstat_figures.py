"""Figures read from the text are those that parsing gives, or the text is left to parsing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.model import UnreadableAnswer
from sources.readers import jsonstat_figures
from sources.readers.jsonstat import decode

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True, scope="module")
def _lift_short_arrays_too() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonstat_figures, "SHORTEST", 0)
        yield


def answer(figures: str, count: int, extra: str = "") -> bytes:
    codes = json.dumps([f"c{n}" for n in range(count)])
    return (
        f'{{"class":"dataset","id":["A"],"size":[{count}],{extra}'
        f'"dimension":{{"A":{{"category":{{"index":{codes}}}}}}},"value":[{figures}]}}'
    ).encode()


numbers = st.one_of(
    st.none(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
)


@given(st.lists(numbers, min_size=1, max_size=40))
def test_lifted_figures_are_the_parsed_ones(figures: list[float | None]) -> None:
    text = json.dumps(figures, separators=(",", ":"))[1:-1]
    body = answer(text, len(figures))
    lifted = jsonstat_figures.lift(body)
    assert lifted is not None
    expected = [None if f is None else float(f) for f in figures]
    assert lifted[1].to_pylist() == expected
    assert decode(body).table["value"].to_pylist() == expected


@pytest.mark.parametrize(
    "figures",
    ["1,01", "1,+1", "1,.5", "5.,1", "1,5.", "1,,2", ",1", "1,", "NaN,1", "1,-Infinity", "true,1",
     '"5",1', "1,-01", "nul,1", "1,e5", "1e,1", "1.e5,1", "--1,1", "1 2,3"],
)  # fmt: skip
def test_what_json_would_not_take_is_left_to_parsing_and_refused(figures: str) -> None:
    body = answer(figures, 2)
    assert jsonstat_figures.lift(body) is None
    with pytest.raises(UnreadableAnswer):
        decode(body)


def test_blanks_and_huge_exponents_are_left_to_parsing() -> None:
    assert jsonstat_figures.lift(answer("1, 2", 2)) is None
    assert decode(answer("1, 2", 2)).table["value"].to_pylist() == [1, 2]
    assert jsonstat_figures.lift(answer("1e400,2", 2)) is None


def test_an_array_of_the_same_name_elsewhere_is_not_taken_for_the_figures() -> None:
    inside = '"extension":{"value":[9,9]},'
    assert jsonstat_figures.lift(answer("1,2", 2, inside)) is None
    assert decode(answer("1,2", 2, inside)).table["value"].to_pylist() == [1, 2]
    sparse = answer("1,2", 2, '"extension":{"value":[9,9]},').replace(
        b'"value":[1,2]}', b'"values":[1,2]}'
    )
    with pytest.raises(UnreadableAnswer, match="value"):
        decode(sparse)


def test_one_figure_short_is_told_with_both_numbers() -> None:
    with pytest.raises(UnreadableAnswer, match="1 figures, but size 2 = 2 cells"):
        decode(answer("1", 2))

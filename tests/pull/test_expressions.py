"""Selection expressions mean what the service means by them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.pull.expressions import BadExpression, expand
from tests.pull import bankselect

YEARS = ["2019", "2020", "2021", "2022"]
LEVELS = ["01", "02a", "03A", "11", "K-0301", "K-4601"]


@pytest.mark.parametrize(
    ("item", "codes"),
    [
        ("*", YEARS),
        ("top(1)", ["2022"]),
        ("TOP(2,1)", ["2020", "2021"]),
        ("bottom(1)", ["2019"]),
        ("bottom(2,1)", ["2020", "2021"]),
        ("top(9)", YEARS),
        ("from(2021)", ["2021", "2022"]),
        ("to(2020)", ["2019", "2020"]),
        ("range(2022,2020)", ["2020", "2021", "2022"]),
        ("202?", ["2020", "2021", "2022"]),
        ("2021", ["2021"]),
    ],
)
def test_time_is_counted_from_the_newest_period(item: str, codes: list[str]) -> None:
    assert list(expand(item, YEARS, is_time=True)) == codes


@pytest.mark.parametrize(
    ("item", "codes"),
    [
        ("top(1)", ["01"]),
        ("bottom(1)", ["K-4601"]),
        ("02A", ["02a"]),
        ("03a", ["03A"]),
        ("k-*", ["K-0301", "K-4601"]),
        ("*01", ["01", "K-0301", "K-4601"]),
        ("*0*", ["01", "02a", "03A", "K-0301", "K-4601"]),
        ("?1", ["01", "11"]),
    ],
)
def test_other_axes_are_counted_from_the_first_code(item: str, codes: list[str]) -> None:
    assert list(expand(item, LEVELS, is_time=False)) == codes


@pytest.mark.parametrize(
    "item",
    [
        *("", "2030", "top(x)", "top(0)", "top(1,)", "top( 1)", "top(1,9)"),
        *("from(2030)", "from()", "from(2019,2020)", "range(2019)", "range(2019,2030)"),
        *("2*2", "19*", "9???", "**2*"),
    ],
)
def test_what_the_service_refuses_or_leaves_empty_is_an_error(item: str) -> None:
    with pytest.raises(BadExpression):
        expand(item, YEARS, is_time=True)


codes_of = st.lists(st.text("01aA-", min_size=1, max_size=3), min_size=1, max_size=6).map(
    lambda codes: list({code.casefold(): code for code in codes}.values())
)
items_of = st.one_of(
    st.text("01aA?*-", min_size=1, max_size=4),
    st.builds("{}({})".format, st.sampled_from(["top", "BOTTOM", "from", "to"]), st.text("012a,")),
    st.builds("range({},{})".format, st.text("01a", max_size=2), st.text("01a", max_size=2)),
)


@given(codes_of, items_of, st.booleans())
def test_client_and_service_agree_on_every_expression(
    codes: list[str], item: str, time: bool
) -> None:
    try:
        asked: list[str] | None = list(expand(item, codes, is_time=time))
    except BadExpression:
        asked = None
    try:
        answered = bankselect.expand(item, codes, time) or None
    except bankselect.Problem:
        answered = None
    assert asked == answered

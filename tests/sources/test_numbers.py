"""Figures as Norwegian publishers write them: a number, a symbol, or an error, never a guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.readers.numbers import NotANumber, figure

BLANKS = " \u00a0\u202f\u2009\u2007"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("38 101", 38101.0),
        ("1\u00a0400", 1400.0),
        ("81,8", 81.8),
        ("0", 0.0),
        ("-149", -149.0),
        ("−2,5", -2.5),
        ("29 %", 29.0),
        ("12%", 12.0),
        ("1 234 567,25", 1234567.25),
        ("  7 ", 7.0),
    ],
)
def test_figures_with_decimal_comma(text: str, expected: float) -> None:
    assert figure(text, ",") == (expected, None)


@pytest.mark.parametrize("symbol", ["*", ".", "..", "...", ":", "-", "–", "x", "%"])
def test_texts_without_a_digit_are_kept_as_the_symbol(symbol: str) -> None:
    assert figure(symbol, ",") == (None, symbol)
    assert figure(f" {symbol} ", ".") == (None, symbol)


@pytest.mark.parametrize("text", ["", " ", "\u00a0"])
def test_an_empty_text_is_the_empty_symbol_and_not_zero(text: str) -> None:
    assert figure(text, ",") == (None, "")


@pytest.mark.parametrize(
    "text", ["1.400", "1 40", "12 34", "1,2,3", "4*", "=B2+B3", "=SUM(B:B)", "2024-01", "1e5", ",5"]
)
def test_a_text_with_digits_that_is_no_number_is_an_error_never_missing(text: str) -> None:
    with pytest.raises(NotANumber):
        figure(text, ",")


def test_decimal_point_refuses_the_comma_and_reads_exponents() -> None:
    assert figure("0.0171606864274571", ".") == (0.0171606864274571, None)
    assert figure("1.5e-05", ".") == (1.5e-05, None)
    for text in ("1,5", "1e999"):
        with pytest.raises(NotANumber):
            figure(text, ".")


@given(
    number=st.integers(-(10**12), 10**12),
    hundredths=st.integers(0, 99) | st.none(),
    blank=st.sampled_from(["", *BLANKS]),
    decimal=st.sampled_from([",", "."]),
    tail=st.sampled_from(["", " %", "%", " "]),
)
def test_every_written_figure_reads_back_exactly(
    number: int, hundredths: int | None, blank: str, decimal: str, tail: str
) -> None:
    written = f"{number:,}".replace(",", blank)
    expected = str(number)
    if hundredths is not None:
        written += f"{decimal}{hundredths:02}"
        expected += f".{hundredths:02}"
    assert figure(written + tail, decimal) == (float(expected), None)


@given(st.text(max_size=12), st.sampled_from([",", "."]))
def test_any_text_gives_a_number_or_a_symbol_or_is_refused(text: str, decimal: str) -> None:
    try:
        value, symbol = figure(text, decimal)
    except NotANumber:
        return
    assert (value is None) != (symbol is None)
    if symbol is not None:
        assert not any(character.isdecimal() for character in symbol)

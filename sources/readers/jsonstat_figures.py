"""The figures of a dense JSON-stat `value`, read from the text of the answer.

Parsing 800,000 figures as JSON makes as many Python objects, only to unmake them again. Here
Arrow reads them straight from the bytes, rounded as correctly. That is done only where the text
leaves no doubt: anything unusual gives None, and jsonstat.py parses the whole answer the plain
way, which also says what is wrong with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

if TYPE_CHECKING:
    import numpy.typing as npt

KEY = b'"value"'
# Short arrays cost nothing either way, and the plain way tells more of what is wrong.
SHORTEST = 20_000
_PLAIN = b"0123456789-+.eEnul,"
_COMMA, _ZERO, _NINE, _PLUS, _MINUS, _POINT, _EXPONENT = b",09+-.e"
_LOWER = 0x20  # the bit that tells e from E


def lift(body: bytes) -> tuple[bytes, pa.DoubleArray] | None:
    """Take the figures out of an answer: the answer with an empty `value`, and its figures.

    body: the bytes as answered. Returns None unless there is exactly one key `value`, its array
    is dense and holds JSON numbers and null without blanks, and every figure is finite.
    """
    found = _array(body)
    if found is None:
        return None
    start, end = found
    text = body[start:end]
    if text.translate(None, _PLAIN) or not _are_json_numbers(text):
        return None
    figures = _read(text)
    if figures is None or len(figures) != text.count(b",") + 1:
        return None
    return body[:start] + body[end:], figures


def _array(body: bytes) -> tuple[int, int] | None:
    key = body.find(KEY)
    if key < 0 or body.find(KEY, key + 1) >= 0:
        return None
    opening = body.find(b"[", key)
    if opening < 0 or body[key + len(KEY) : opening].strip() != b":":
        return None
    end = body.find(b"]", opening)
    return (opening + 1, end) if end - opening > SHORTEST else None


def _are_json_numbers(text: bytes) -> bool:
    """Whether no figure is written as Arrow would take it but JSON would not: 01, +1, .5, 5."""
    letters = np.frombuffer(b"," + text + b",", dtype=np.uint8)
    inner = letters[1:-1]
    zeros, points = np.flatnonzero(inner == _ZERO) + 1, np.flatnonzero(inner == _POINT) + 1
    before = letters[zeros - 1]
    # A minus may stand before an exponent too, and there zeros may lead.
    negative = (before == _MINUS) & (letters[zeros - 2] == _COMMA)
    leading = zeros[(before == _COMMA) | negative]
    pluses = np.flatnonzero(inner == _PLUS) + 1
    return not bool(
        np.any(_digit(letters[leading + 1]))
        or not np.all(_digit(letters[points - 1]) & _digit(letters[points + 1]))
        or not np.all((letters[pluses - 1] | _LOWER) == _EXPONENT)
    )


def _digit(letters: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    return (letters >= _ZERO) & (letters <= _NINE)


def _read(text: bytes) -> pa.DoubleArray | None:
    try:
        table = csv.read_csv(
            pa.BufferReader(text.replace(b",", b"\n")),
            read_options=csv.ReadOptions(column_names=["value"]),
            parse_options=csv.ParseOptions(ignore_empty_lines=False),
            convert_options=csv.ConvertOptions(
                column_types={"value": pa.float64()}, null_values=["null"]
            ),
        )
    except pa.ArrowInvalid:
        return None
    figures = table["value"].combine_chunks()
    return figures if pc.all(pc.is_finite(figures)).as_py() in (True, None) else None

"""Selection expressions of PxWebApi v2, worked out against a list of codes.

The meaning is the server's: a code written out goes before an expression, case does not count,
and `top` of a time variable takes the newest. Which expressions a table is asked with is said
in the source YAML; brackets around commas belong to the address (plan.py).
Source: PxTools/PxWebApi, Code/Api2/DataSelection.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_CALL = re.compile(r"(top|bottom|from|to|range)\((.*)\)", re.IGNORECASE)
_COUNT = re.compile(r"([1-9][0-9]*)(?:,([0-9]+))?")
_PAIR = re.compile(r"([^,]+),([^,)]+)")


class BadExpression(ValueError):
    """An expression that is misspelled or selects nothing; the message says which and why."""


def expand(item: str, codes: Sequence[str], *, is_time: bool) -> tuple[str, ...]:
    """Work out one entry of a selection: the codes it selects, in the order of `codes`.

    item: a code, `*`, `46*`, `*6`, `*6*`, `20??`, top(n[,offset]), bottom(n[,offset]),
    from(code), to(code) or range(code,code).
    Raises BadExpression where the server would refuse, or would quietly select nothing.
    """
    place = _place(item, codes)
    if place is not None:
        return (codes[place],)
    if call := _CALL.fullmatch(item):
        found = _called(call[1].casefold(), call[2], codes, is_time)
    elif "*" in item:
        found = _starred(item, codes)
    elif "?" in item:
        pattern = re.escape(item).replace(r"\?", ".")
        found = [code for code in codes if re.fullmatch(pattern, code, re.IGNORECASE)]
    else:
        raise BadExpression(f"no code {item!r}")
    # The service takes an empty selection for "leave the variable out" and sums over it.
    if not found:
        raise BadExpression(f"{item} selects nothing")
    return tuple(found)


def is_code(item: str, codes: Sequence[str]) -> bool:
    """Tell whether an entry of a selection is a code written out, in any case."""
    return _place(item, codes) is not None


def _place(item: str, codes: Sequence[str]) -> int | None:
    wanted = item.casefold()
    return next((n for n, code in enumerate(codes) if code.casefold() == wanted), None)


def _called(name: str, inside: str, codes: Sequence[str], is_time: bool) -> Sequence[str]:
    if name in ("top", "bottom"):
        return _counted(name, inside, codes, is_time)
    if name == "range":
        ends = _PAIR.fullmatch(inside)
        if ends is None:
            raise BadExpression(f"range({inside}): two codes with a comma between expected")
        # The service takes the two ends in any order.
        first, last = sorted((_known(ends[1], codes), _known(ends[2], codes)))
        return codes[first : last + 1]
    if not inside or "," in inside:
        raise BadExpression(f"{name}({inside}): one code expected")
    place = _known(inside, codes)
    return codes[place:] if name == "from" else codes[: place + 1]


def _counted(name: str, inside: str, codes: Sequence[str], is_time: bool) -> Sequence[str]:
    numbers = _COUNT.fullmatch(inside)
    if numbers is None:
        raise BadExpression(f"{name}({inside}): a number from 1, or two with a comma, expected")
    count, offset = int(numbers[1]), int(numbers[2] or 0)
    # The top of a list is its first entry, but the top of a time axis is its newest period.
    if (name == "top") is not is_time:
        return codes[offset : offset + count]
    end = max(len(codes) - offset, 0)
    return codes[max(end - count, 0) : end]


def _known(code: str, codes: Sequence[str]) -> int:
    place = _place(code, codes)
    if place is None:
        raise BadExpression(
            f"no code {code!r} to count from; the codes run from {codes[0]} to {codes[-1]}"
        )
    return place


def _starred(item: str, codes: Sequence[str]) -> list[str]:
    inner = item.removeprefix("*").removesuffix("*")
    if "*" in inner:
        raise BadExpression(f"{item}: a star may stand first or last only")
    pattern = re.escape(inner)
    pattern = (".*" if item[0] == "*" else "") + pattern + (".*" if item[-1] == "*" else "")
    return [code for code in codes if re.fullmatch(pattern, code, re.IGNORECASE | re.DOTALL)]

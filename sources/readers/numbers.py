"""Numbers: figures as Norwegian publishers write them.

Here lives the one place where a text in a figure's place becomes a number or a status symbol.
Which symbol means what is said in `missing` of the source YAML.
Sources: Udir's report API replies ("38 101", "81,8", "*", ""), NAV's files ("1 400", "29 %").
"""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache

# Blank, no-break space, narrow no-break space, thin space, figure space.
_BLANK = "[ \u00a0\u202f\u2009\u2007]"
_DIGIT = re.compile(r"\d")


class NotANumber(ValueError):
    """A text that holds digits but is no figure; it must never pass as a missing value."""


@lru_cache(maxsize=65_536)
def figure(text: str, decimal: str = ",") -> tuple[float | None, str | None]:
    """Read one figure: (number, None), or (None, the source's symbol) where there is none.

    Blanks of any kind may part groups of three digits; "%" behind the number is dropped (29 % is
    29.0). An empty text is the symbol "". A text without a digit is kept as the symbol.
    Raises NotANumber for anything else that holds a digit, the other decimal mark included.
    """
    bare = text.strip()
    # A formula is no symbol even where it holds no digit.
    if not _DIGIT.search(bare) and not bare.startswith("="):
        return None, bare
    if _pattern(decimal).fullmatch(bare) is None:
        raise NotANumber(bare)
    digits = re.sub(rf"{_BLANK}|%", "", bare).replace("−", "-").replace(decimal, ".")
    number = float(digits)
    # 1e999 parses to infinity, which would poison every sum.
    if not math.isfinite(number):
        raise NotANumber(bare)
    return number, None


@cache
def _pattern(decimal: str) -> re.Pattern[str]:
    if decimal not in {",", "."}:
        raise ValueError(f"decimal mark must be ',' or '.', not {decimal!r}")
    # Exponents come from spreadsheet programs that write a decimal point.
    exponent = r"(?:[eE][+-]?[0-9]{1,3})?" if decimal == "." else ""
    # Groups of three exactly: "1 40" is a figure that lost a digit, not 140.
    whole = rf"(?:[0-9]{{1,3}}(?:{_BLANK}[0-9]{{3}})+|[0-9]+)"
    return re.compile(rf"[+\-−]?{whole}(?:{re.escape(decimal)}[0-9]+)?{exponent}{_BLANK}*%?")

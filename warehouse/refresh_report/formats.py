"""How numbers, dates and periods are written for people, in bokmål and English.

Only writing: rounding is half away from zero, as the sources do.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

MONTHS = {
    "nb": (
        "januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september",
        "oktober", "november", "desember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ),
}  # fmt: skip
_MARKS = {"nb": ("\u00a0", ","), "en": (",", ".")}


def rounded(value: float, decimals: int) -> Decimal:
    """Round half away from zero, as the sources do; 0 has no sign."""
    # Nine decimals first: a float a hair below a half must not go down where SSB goes up.
    step = Decimal(1).scaleb(-decimals)
    return Decimal(repr(round(value, 9))).quantize(step, ROUND_HALF_UP) + 0


def number(value: float, decimals: int, language: str) -> str:
    """Write a number: 1 234,5 in bokmål, 1,234.5 in English; a true minus sign."""
    thousands, point = _MARKS[language]
    marks = str.maketrans({",": thousands, ".": point, "-": "\u2212"})
    return f"{rounded(value, decimals):,}".translate(marks)


def signed(value: float, decimals: int, language: str) -> str:
    """Write a change with its sign, and 0 without."""
    text = number(value, decimals, language)
    return f"+{text}" if value > 0 and re.search("[1-9]", text) else text


def month(year: int, number_of_month: int, language: str) -> str:
    """Write a month: juni 2026, June 2026."""
    return f"{MONTHS[language][number_of_month - 1]} {year}"


def date(text: str, language: str) -> str:
    """Write an ISO date, or a beginning of one: 22. november 2026, 22 November 2026."""
    parts = [int(part) for part in re.findall(r"\d+", text)[:3]]
    if len(parts) < 2:  # noqa: PLR2004
        return text
    if len(parts) == 2:  # noqa: PLR2004
        return month(parts[0], parts[1], language)
    day = f"{parts[2]}." if language == "nb" else str(parts[2])
    return f"{day} {month(parts[0], parts[1], language)}"


def moment(at: datetime, language: str) -> str:
    """Write a time with its date and, where it has one, its zone."""
    clock = f"{at:%H.%M}" if language == "nb" else f"{at:%H:%M}"
    word = " kl. " if language == "nb" else ", "
    zone = f" {at.tzname()}" if at.tzinfo else ""
    return f"{date(at.date().isoformat(), language)}{word}{clock}{zone}"


def period(text: str, language: str) -> str:
    """Write a period; months by name, others as the source does."""
    found = re.fullmatch(r"(\d{4})M(\d{2})", text)
    return month(int(found[1]), int(found[2]), language) if found else text


def periods(first: str, last: str, language: str) -> str:
    """Write one period, or the first and the last of several."""
    if first == last:
        return period(first, language)
    return f"{period(first, language)}\u2013{period(last, language)}"

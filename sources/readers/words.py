"""Words: texts in headings and title cells of Norwegian workbooks and CSV files.

Here live month names, footnote digits and years in titles; nothing here knows a protocol.
"""

from __future__ import annotations

import re
import unicodedata

MONTHS = (
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
)
_NUMBER = {name: number for number, name in enumerate(MONTHS, 1)}
# Superscript digits only; ordinary digits belong to the heading.
_FOOTNOTE = re.compile("[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]")
# A year alone, or followed by a month (and day) as in 202210; never part of a longer number.
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?=$|[^0-9]|(?:0[1-9]|1[0-2])(?:[0-3][0-9])?(?![0-9]))")


def plain(text: str) -> str:
    """A heading without footnote digits, with single blanks: "Antall² " becomes "Antall"."""
    # Some programs write å as a and a ring; the two forms look alike and must be alike.
    return " ".join(unicodedata.normalize("NFC", _FOOTNOTE.sub("", text)).split())


def same(text: str) -> str:
    """A heading in the form in which headings are compared: plain, without case."""
    return plain(text).casefold()


def month_number(text: str) -> int | None:
    """1 to 12 for a Norwegian month name in any case, else None."""
    return _NUMBER.get(same(text))


def years_in(text: str) -> tuple[str, ...]:
    """Years 2000 to 2099 named in a text, in order: "HL060_202210.xlsx" names 2022."""
    return tuple(dict.fromkeys(_YEAR.findall(text)))

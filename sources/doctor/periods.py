"""Periods of a table: holes in the series, and whether new figures are overdue.

Which periods a table is asked for is said in its YAML; that they come is judged with the
figures, in sources/validate.py and expectations/.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PLACES = {
    "year": re.compile(r"([0-9]{4})"),
    "school_year": re.compile(r"([0-9]{4})-[0-9]{2}(?:[0-9]{2})?"),
    "cohort": re.compile(r"([0-9]{4})-[0-9]{4}"),
    "interval": re.compile(r"([0-9]{4})-[0-9]{4}"),
    "quarter": re.compile(r"([0-9]{4})K([1-4])"),
    "month": re.compile(r"([0-9]{4})M(0[1-9]|1[0-2])"),
}
_PER_YEAR = {"quarter": 4, "month": 12}
# Rhythm -> longest time between two releases, with room for one that comes late.
_LONGEST = {
    "annual": timedelta(days=450),
    "quarterly": timedelta(days=180),
    "monthly": timedelta(days=75),
}


# StatBank gives stamps such as 0003-10-13 for odd tables.
_FIRST_CREDIBLE = 1990


def holes(periods: Iterable[str], period_type: str | None) -> list[str]:
    """Return pairs "2018 to 2021" of neighbours in the series between which periods are lacking.

    Codes that are not of the type are left to the check of codes.
    """
    pattern = _PLACES.get(period_type or "")
    if pattern is None:
        return []
    placed = sorted(
        (_place(found, period_type or ""), code)
        for code in periods
        if (found := pattern.fullmatch(code))
    )
    return [
        f"{before} to {after}"
        for (place, before), (next_place, after) in pairwise(placed)
        if next_place > place + 1
    ]


def overdue(updated: str | None, frequency: str, now: datetime) -> int | None:
    """Return the days since the table was updated, if its rhythm promises more; else None."""
    longest = _LONGEST.get(frequency)
    if longest is None or not updated:
        return None
    try:
        moment = datetime.fromisoformat(updated)
    except ValueError:
        return None
    if moment.year < _FIRST_CREDIBLE:
        return None
    since = now - (moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return since.days if since > longest else None


def span(periods: Sequence[str]) -> str:
    """First and newest period, for a message."""
    return f"{periods[0]} to {periods[-1]}" if periods else "no periods"


def _place(found: re.Match[str], period_type: str) -> int:
    parts = [int(part) for part in found.groups()]
    return parts[0] * _PER_YEAR.get(period_type, 1) + (parts[1] if len(parts) > 1 else 0)

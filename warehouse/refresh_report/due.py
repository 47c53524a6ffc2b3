"""When the sources are due next: reckoned from the rhythm in each source's YAML, no more.

A source whose YAML gives no frequency that repeats, or no month, has no due date here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sources import registry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sources.registry import Rhythm

# An answer that came up to this many months before the usual month is that year's.
_EARLY = 1
_STEP = {"monthly": 1, "quarterly": 3}


@dataclass(frozen=True)
class Due:
    """A source table that is due: in which month, and whether that month has passed already."""

    source_table_id: str
    year: int
    month: int
    overdue: bool


def expected(
    sources: Iterable[dict[str, Any]], answers: Iterable[dict[str, Any]], now: datetime
) -> tuple[Due, ...]:
    """Source tables that are due, the earliest first.

    sources, answers: rows of source_table and vintage; now: when the release was built.
    """
    newest: dict[str, str] = {}
    for answer in answers:
        table, stamp = answer["source_table_id"], answer["updated"] or answer["as_of"] or ""
        newest[table] = max(newest.get(table, ""), stamp[:7])
    known = registry.load()
    found = []
    for row in sources:
        table = row["source_table_id"]
        month = _next(known[table].rhythm, newest.get(table, "")) if table in known else None
        if month is not None:
            year, month_of_year = divmod(month, 12)
            overdue = month < now.year * 12 + now.month - 1
            found.append(Due(table, year, month_of_year + 1, overdue))
    return tuple(sorted(found, key=lambda d: (d.year, d.month, d.source_table_id)))


def _next(rhythm: Rhythm, newest: str) -> int | None:
    """Month that is due, counted from year 0, after the month of the newest answer."""
    try:
        year, month = (int(part) for part in newest.split("-"))
    except ValueError:
        return None
    last = year * 12 + month - 1
    if rhythm.frequency in _STEP:
        return last + _STEP[rhythm.frequency]
    if rhythm.frequency != "annual" or rhythm.month is None:
        return None
    usual = year * 12 + rhythm.month - 1
    return usual if usual - last > _EARLY else usual + 12

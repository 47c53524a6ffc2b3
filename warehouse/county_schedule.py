"""County schedule: at which times a county's cron line runs, and which lines are refused.

Times are reckoned in Oslo as Dagster reckons them: a time that the spring leaves out becomes the
next one that exists, one that the autumn has twice counts the second time. Runs are started by
pipeline/schedules.py. Reading the county's file is warehouse/counties.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sources.pull.hours import CLOSED_FROM, OPEN_AGAIN, OSLO

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIELDS = ("minute", "hour", "day", "month", "weekday")
_RANGES = {"minute": (0, 59), "hour": (0, 23), "day": (1, 31), "month": (1, 12), "weekday": (0, 7)}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_NAMES = {
    "month": {name: number for number, name in enumerate(_MONTHS, 1)},
    "weekday": {name: number for number, name in enumerate(_WEEKDAYS)},
}
# Leap days return within eight years, also around 2100; what does not come by then never does.
_FAR = timedelta(days=8 * 366)


class InvalidCron(ValueError):
    """A cron line cannot be read: says which field, and what may stand there."""


@dataclass(frozen=True)
class Cron:
    """A cron line taken apart: the values of each field; weekdays from Sunday, 0.

    by_day, by_weekday: whether that field says anything; where both do, either is enough.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    by_day: bool
    by_weekday: bool

    @property
    def times(self) -> tuple[time, ...]:
        """Times of the day, early first."""
        return tuple(time(hour, minute) for hour in self.hours for minute in self.minutes)

    def holds_on(self, day: date) -> bool:
        """Whether there are runs on a day."""
        if day.month not in self.months:
            return False
        by_day, by_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        if self.by_day and self.by_weekday:
            return by_day or by_weekday
        return by_day and by_weekday


def read(line: str) -> Cron:
    """Take a cron line apart: minute hour day month weekday. Raises InvalidCron."""
    fields = line.split()
    if len(fields) != len(_FIELDS):
        raise InvalidCron(f"{line!r} has {len(fields)} fields, not {len(_FIELDS)}")
    found = {name: _values(name, text) for name, text in zip(_FIELDS, fields, strict=True)}
    return Cron(
        minutes=tuple(sorted(found["minute"])),
        hours=tuple(sorted(found["hour"])),
        days=found["day"],
        months=found["month"],
        weekdays=frozenset(day % 7 for day in found["weekday"]),
        by_day=fields[2] != "*",
        by_weekday=fields[4] != "*",
    )


def closed_times(cron: Cron) -> tuple[time, ...]:
    """Times of the day that lie in the hours when StatBank must not be asked for figures."""
    return tuple(at for at in cron.times if CLOSED_FROM <= at < OPEN_AGAIN)


def times(line: str, start: datetime) -> Iterator[datetime]:
    """Run times of a cron line at or after a moment (with an offset), in Oslo, early first.

    Ends if there is none for eight years. Raises InvalidCron.
    """
    cron = read(line)
    begin = start.astimezone(UTC)
    day = last = start.astimezone(OSLO).date()
    while day - last < _FAR:
        if cron.holds_on(day):
            last = day
            # Two times that the spring leaves out become the same one.
            for moment in dict.fromkeys(_moment(day, at) for at in cron.times):
                if moment >= begin:
                    yield moment.astimezone(OSLO)
        day += timedelta(days=1)


def _moment(day: date, at: time) -> datetime:
    """A local time of a day in UTC, as Dagster understands it."""
    local = datetime.combine(day, at, OSLO)
    first, second = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    if first <= second:
        return second
    # Left out in spring: what the clock shows next is the full hour after the gap.
    return first.astimezone(OSLO).replace(minute=0, second=0).astimezone(UTC)


def _values(name: str, text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.lower().split(","):
        span, _, step = part.partition("/")
        low, high = _span(name, span, open_ended=bool(step))
        if step and not (step.isdecimal() and int(step)):
            raise InvalidCron(f"{name} {text!r}: {step!r} is no step")
        found |= set(range(low, high + 1, int(step or 1)))
    return frozenset(found)


def _span(name: str, text: str, *, open_ended: bool) -> tuple[int, int]:
    least, most = _RANGES[name]
    if text == "*":
        return least, most
    first, dash, end = text.partition("-")
    low = _number(name, first)
    high = _number(name, end) if dash else most if open_ended else low
    if not least <= low <= high <= most:
        raise InvalidCron(f"{name} {text!r} is not within {least}-{most}")
    return low, high


def _number(name: str, text: str) -> int:
    number = _NAMES.get(name, {}).get(text)
    if number is None and not text.isdecimal():
        raise InvalidCron(f"{name}: {text!r} is no {name}")
    return int(text) if number is None else number

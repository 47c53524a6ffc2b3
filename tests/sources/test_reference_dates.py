"""The day on which region codes count, by the way a source writes its periods."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from sources import registry
from sources.translate import reference_date


@pytest.mark.parametrize(
    ("reference", "period", "day"),
    [
        ("last", "2026K1", dt.date(2026, 3, 31)),
        ("last", "2026K4", dt.date(2026, 12, 31)),
        ("last", "2024M02", dt.date(2024, 2, 29)),
        ("last", "2026M12", dt.date(2026, 12, 31)),
        ("10-01", "2019-2025", dt.date(2019, 10, 1)),
        ("2024-01-01", "2017", dt.date(2024, 1, 1)),
    ],
)
def test_day_of_a_period(reference: str, period: str, day: dt.date) -> None:
    (time,) = registry.table("ssb/11587").by_role("time")
    assert reference_date(period, dataclasses.replace(time, reference=reference)) == day


def test_vacancies_of_a_quarter_stand_on_its_last_day() -> None:
    (time,) = registry.table("ssb/11587").by_role("time")
    assert reference_date("2026K2", time) == dt.date(2026, 6, 30)

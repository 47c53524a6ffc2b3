"""Conformed tables small enough to write down, on the municipalities of hand_worked.

Rolls an indicator of the project up over them. What the figures should be is said in the tests.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sources import registry
from tests.warehouse import hand_worked
from warehouse import definition
from warehouse.indicator import compute

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Row = dict[str, Any]


def cell(code: str, period: str, value: float | None, **dimensions: Any) -> Row:
    """One conformed cell of a municipality; obs_status and the like may be given too."""
    level = {1: "country", 2: "county", 4: "municipality"}[len(code)]
    base: Row = {
        "geo_level": level, "geo_code": code, "period": period, "period_type": "year",
        "reference_date": dt.date(int(period), 6, 1), "value": value, "obs_status": "A",
        "source_symbol": None, "vintage_id": "v1",
    }  # fmt: skip
    return base | dimensions


def table(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """The cells as a typed table."""
    listed = [dict(row) for row in rows]
    types = {"reference_date": pa.date32(), "value": pa.float64()}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in listed[0]])
    return pa.Table.from_pylist(listed, schema)


def rolled_up(
    indicator_id: str, period: str, rows: Iterable[Mapping[str, Any]], **breakdown: str
) -> dict[str, Row]:
    """Region id -> value row of an indicator with one source, at its headline or a breakdown."""
    wanted = definition.load()[indicator_id]
    (source,) = wanted.sources
    # The value table always has breakdown columns of other indicators too.
    made = compute(
        wanted,
        breakdowns=(*wanted.breakdowns, "other"),
        conformed={registry.table(source).view: table(rows)},
        geography=hand_worked.geography(),
        data_origin="published",
    )
    codes = {**wanted.headline, **breakdown}
    return {
        row["region_id"]: row
        for row in made.to_pylist()
        if row["period"] == period and all(row[name] == code for name, code in codes.items())
    }

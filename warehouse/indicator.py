"""Indicators: run a definition's SQL and the generic roll-up over conformed parquet.

The statistics are in sql/indicators/ and sql/roll_up/; here their inputs are named and their
steps put in order. A definition's own SQL runs in warehouse/sandbox.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from warehouse import engine, parquet, sandbox
from warehouse.definition import TOTAL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from warehouse.definition import Indicator

GEOGRAPHY = ("geo_weight", "region", "series_break", "coverage")


def compute(
    indicator: Indicator,
    *,
    breakdowns: Sequence[str],
    conformed: Mapping[str, pa.Table | Path],
    geography: Mapping[str, pa.Table | Path],
    data_origin: str,
) -> pa.Table:
    """Compute one indicator for every region of a county.

    breakdowns:  breakdown columns of the value table (those of all indicators).
    conformed:   view name ("ssb_09429") -> conformed table, or its parquet.
    geography:   "geo_weight", "region", "series_break", "coverage".
    data_origin: "published" or "made_up"; stands in every row.
    Returns one row per region x period x breakdown, as sql/roll_up/values.sql says; no rows
    where the sources have no answer.
    """
    kind = "flows" if indicator.aggregation == "flow" else "parts"
    declared = {**conformed, **{name: geography[name] for name in indicator.geography}}
    steps = {
        "shape": engine.text(f"roll_up/shape_of_{kind}.sql"),
        "lowest": lowest_sql(indicator, breakdowns),
        "cells": engine.text("roll_up/cells.sql"),
        "sums": engine.text(f"roll_up/sums_of_{kind}.sql"),
        "rolled_up": engine.text("roll_up/values.sql"),
    }
    inputs: dict[str, pa.Table] = {
        **{name: _in_memory(geography[name]) for name in GEOGRAPHY},
        "definition": definition_row(indicator, breakdowns, data_origin),
        "reason": engine.seed("roll_up/reasons.csv"),
    }
    with sandbox.opened(indicator.id, indicator.sql, declared) as connection:
        return engine.run_steps_in(connection, steps, inputs)


def _in_memory(table: pa.Table | Path) -> pa.Table:
    """A small table that is read several times, in a connection that may open no file."""
    return table if not isinstance(table, Path) else parquet.read(table)


def lowest_sql(indicator: Indicator, breakdowns: Sequence[str]) -> str:
    """Bring an indicator's own columns into the roll-up's form: one struct of all breakdowns.

    Columns of the shape that the indicator does not give are null. Names come from definitions
    whose schema allows [a-z0-9_] only.
    """
    fields = ", ".join(
        f"'{b}': cast({b} as varchar)" if b in indicator.breakdowns else f"'{b}': '{TOTAL}'"
        for b in breakdowns
    )
    own = f"exclude ({', '.join(indicator.breakdowns)})" if indicator.breakdowns else ""
    return (
        f"select * {own}, {{{fields}}} as breakdown "  # noqa: S608
        "from (from shape union all by name from stated)"
    )


def definition_row(indicator: Indicator, breakdowns: Sequence[str], data_origin: str) -> pa.Table:
    """Put what the roll-up needs of a definition in a table of one row."""
    import pyarrow as pa

    reason = indicator.level_reason
    row = {
        "indicator_id": indicator.id,
        "definition_version": indicator.version,
        "aggregation": indicator.aggregation,
        "flow": indicator.flow,
        "multiplier": indicator.multiplier,
        "counts_rounded": indicator.counts_rounded,
        "unit": indicator.unit,
        "decimals": indicator.decimals,
        "levels": list(indicator.levels),
        "level_reason_nb": reason.nb if reason else None,
        "level_reason_en": reason.en if reason else None,
        "headline": {b: indicator.headline.get(b, TOTAL) for b in breakdowns},
        "data_origin": data_origin,
    }
    types = {"flow": pa.string(), "level_reason_nb": pa.string(), "level_reason_en": pa.string()}
    arrays = {key: pa.array([value], types.get(key)) for key, value in row.items()}
    arrays["vintage_ids"] = pa.array([[]], pa.list_(pa.string()))
    return pa.table(arrays)

"""Indicators: run a definition's SQL and the generic roll-up over conformed parquet.

The statistics are in sql/indicators/ and sql/roll_up/; here their inputs are named and their
steps put in order. A definition's own SQL runs in warehouse/sandbox.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from warehouse import engine, parquet, sandbox, suppression
from warehouse.definition import TOTAL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import pyarrow as pa

    from warehouse.definition import Indicator

GEOGRAPHY = ("geo_weight", "region", "series_break", "coverage", "region_membership")
# Region sets whose figures are the same for every county that is compared with them.
COMPARED = ("centrality", "country", "other_counties")
# What the roll-up is made of: period x breakdown, sums of regions, and how much of them is missing.
SUMMED = ("cells", "sums", "missing")
INDEX = "index_of_sums"
_TOTAL = f"'{TOTAL}'"
_KINDS = {"flow": "flows", INDEX: "index"}


def compute(
    indicator: Indicator,
    *,
    breakdowns: Sequence[str],
    conformed: Mapping[str, pa.Table | Path],
    geography: Mapping[str, pa.Table | Path],
    data_origin: str,
    shared: Mapping[str, Path] | None = None,
) -> pa.Table:
    """Compute one indicator for every region of a county.

    breakdowns:  breakdown columns of the value table (those of all indicators).
    conformed:   view name ("ssb_09429") -> conformed table, or its parquet.
    geography:   the tables named in GEOGRAPHY.
    data_origin: "published" or "made_up"; stands in every row.
    shared:      parquet of what compared() gave of the same tables; then only the county's own
                 regions are summed. The figures are the same without.
    Returns one row per region x period x breakdown, as sql/roll_up/values.sql and shown.sql say;
    no rows where the sources have no answer.
    """
    if shared is None:
        declared = {**conformed, **{name: geography[name] for name in indicator.geography}}
        with sandbox.opened(indicator.id, indicator.sql, declared) as connection:
            summed = _summed(connection, indicator, breakdowns, geography)
    else:
        summed = _own_beside(shared, indicator, breakdowns, geography)
    inputs: dict[str, pa.Table | Path] = {
        **{name: geography[name] for name in GEOGRAPHY},
        **summed,
        "definition": definition_row(indicator, breakdowns, data_origin),
        "reason": engine.seed("roll_up/reasons.csv"),
    }
    steps = {
        "rolled_up": engine.text("roll_up/values.sql"),
        "counted": engine.text("roll_up/counted.sql"),
        "at_risk": "select count(*) as counts from counted",
    }
    with engine.opened() as connection:
        at_risk = engine.run_steps_in(connection, steps, inputs)
        hidden = _withheld(
            connection, indicator, breakdowns, nothing=not at_risk["counts"][0].as_py()
        )
        shown = {"shown": engine.text("roll_up/shown.sql")}
        return engine.run_steps_in(connection, shown, {"withheld": hidden})


def compared(
    indicator: Indicator,
    *,
    breakdowns: Sequence[str],
    conformed: Mapping[str, pa.Table | Path],
    geography: Mapping[str, pa.Table | Path],
) -> dict[str, pa.Table]:
    """Work out what of an indicator is the same for every county.

    geography: "region" and "geo_weight" of the region sets in COMPARED, of all counties.
    Returns the rows that the indicator's SQL gives ("stated") and the tables named in SUMMED. Not
    for an indicator whose SQL reads a county's own geography.
    """
    with sandbox.opened(indicator.id, indicator.sql, conformed) as connection:
        summed = _summed(connection, indicator, breakdowns, geography)
        return {sandbox.STATED: connection.table(sandbox.STATED).to_arrow_table(), **summed}


def _summed(
    connection: duckdb.DuckDBPyConnection,
    indicator: Indicator,
    breakdowns: Sequence[str],
    geography: Mapping[str, pa.Table | Path],
) -> dict[str, pa.Table]:
    """Add what the indicator's SQL gave in this connection up to the regions of geo_weight."""
    kind = _KINDS.get(indicator.aggregation, "parts")
    steps = {
        "shape": engine.text(f"roll_up/shape_of_{kind}.sql"),
        "lowest": lowest_sql(indicator, breakdowns),
        **_summing(kind),
        "missing": engine.text(f"roll_up/missing_of_{'parts' if kind == 'parts' else 'flows'}.sql"),
    }
    inputs = {
        "geo_weight": _in_memory(geography["geo_weight"]),
        "region": _in_memory(geography["region"]),
        "definition": definition_row(indicator, breakdowns),
    }
    *before, last = SUMMED
    missing = engine.run_steps_in(connection, steps, inputs)
    return {name: connection.table(name).to_arrow_table() for name in before} | {last: missing}


def _own_beside(
    shared: Mapping[str, Path],
    indicator: Indicator,
    breakdowns: Sequence[str],
    geography: Mapping[str, pa.Table | Path],
) -> dict[str, pa.Table]:
    """Add up the county's own regions, and put what is the same for all counties beside them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    weights = _in_memory(geography["geo_weight"])
    elsewhere = pc.is_in(weights["region_set"], pa.array(COMPARED))
    weights = weights.filter(pc.invert(elsewhere))
    with engine.opened() as connection:
        connection.register(sandbox.STATED, _of_codes(shared[sandbox.STATED], weights["geo_code"]))
        own = _summed(connection, indicator, breakdowns, {**geography, "geo_weight": weights})
    others = {name: parquet.read(shared[name]) for name in SUMMED}
    joined = {
        name: pa.concat_tables([own[name], others[name].cast(own[name].schema)])
        for name in ("sums", "missing")
    }
    return {"cells": others["cells"], **joined}


def _of_codes(stated: Path, codes: pa.ChunkedArray) -> pa.Table:
    """Rows of the indicator's SQL about some codes, in their order; of flows, either end."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    columns = {"geo_code", "residence_code", "workplace_code"} & {*pq.read_schema(stated).names}
    wanted = codes.unique()
    met = [pc.field(name).cast("string").isin(wanted) for name in sorted(columns)]
    return pq.read_table(stated, filters=met[0] if len(met) == 1 else met[0] | met[1])


def _withheld(
    connection: duckdb.DuckDBPyConnection,
    indicator: Indicator,
    breakdowns: Sequence[str],
    *,
    nothing: bool,
) -> pa.Table:
    """Rows to hold back, by row_id, of what the roll-up has left in the connection."""
    import pyarrow as pa

    if nothing:
        return pa.table({"row_id": pa.array([], pa.int64())})
    over = engine.text("roll_up/sums_over_codes.sql")
    sums = [
        engine.run_steps_in(connection, {"s": engine.text("roll_up/sums_over_regions.sql")}, {})
    ]
    for name in indicator.breakdowns:
        coded = connection.sql(coded_sql(name, breakdowns)).to_arrow_table()
        sums.append(engine.run_steps_in(connection, {f"over_{name}": over}, {"coded": coded}))
    counted = connection.table("counted").to_arrow_table()
    return suppression.withheld(counted, pa.concat_tables(sums))


def coded_sql(name: str, breakdowns: Sequence[str]) -> str:
    """Rows of `counted` with the code of one breakdown beside all other breakdowns.

    Names come from definitions whose schema allows [a-z0-9_] only.
    """
    fields = ", ".join(f"'{b}': {_TOTAL if b == name else f'breakdown.{b}'}" for b in breakdowns)
    return f"select *, breakdown.{name} as code, {{{fields}}} as others from counted"  # noqa: S608


def _summing(kind: str) -> dict[str, str]:
    """Steps that give `cells` and `sums`, in order."""
    if kind == "index":
        return {
            "cells": engine.text("roll_up/cells_of_index.sql"),
            "sums_by_part": engine.text("roll_up/sums_of_parts.sql"),
            "sums": engine.text("roll_up/sums_of_index.sql"),
        }
    return {
        "cells": engine.text("roll_up/cells.sql"),
        "sums": engine.text(f"roll_up/sums_of_{kind}.sql"),
    }


def _in_memory(table: pa.Table | Path) -> pa.Table:
    """A small table that is read several times, in a connection that may open no file."""
    return table if not isinstance(table, Path) else parquet.read(table)


def lowest_sql(indicator: Indicator, breakdowns: Sequence[str]) -> str:
    """Bring an indicator's own columns into the roll-up's form: one struct of all breakdowns.

    Columns of the shape that the indicator does not give are null. Names come from definitions
    whose schema allows [a-z0-9_] only. The parts of an index stand beside its breakdowns, so that
    they are added like breakdowns before the index is taken of them.
    """
    fields = ", ".join(
        f"'{b}': cast({b} as varchar)" if b in indicator.breakdowns else f"'{b}': '{TOTAL}'"
        for b in breakdowns
    )
    breakdown = f"{{{fields}}}"
    columns = list(indicator.breakdowns)
    if indicator.aggregation == INDEX:
        breakdown = f"{{'whole': {breakdown}, 'part': part}}"
        columns.append("part")
    own = f"exclude ({', '.join(columns)})" if columns else ""
    return (
        f"select * {own}, {breakdown} as breakdown "  # noqa: S608
        "from (from shape union all by name from stated)"
    )


def definition_row(
    indicator: Indicator, breakdowns: Sequence[str], data_origin: str = ""
) -> pa.Table:
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
        "is_share": indicator.is_share,
        "guarded": indicator.is_guarded,
        "minimum_denominator": indicator.minimum_denominator,
        "missing_share_estimate": indicator.missing_share_estimate,
        "level_reason_nb": reason.nb if reason else None,
        "level_reason_en": reason.en if reason else None,
        "headline": {b: indicator.headline.get(b, TOTAL) for b in breakdowns},
        "data_origin": data_origin,
    }
    types = {
        "flow": pa.string(), "level_reason_nb": pa.string(), "level_reason_en": pa.string(),
        "minimum_denominator": pa.float64(),
    }  # fmt: skip
    arrays = {key: pa.array([value], types.get(key)) for key, value in row.items()}
    arrays["vintage_ids"] = pa.array([[]], pa.list_(pa.string()))
    return pa.table(arrays)

"""Columns and tables that rules look at but no step makes: keys as text, finiteness, definitions.

They exist only at the gates; nothing of it reaches a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa

    from sources.registry import SourceTable
    from warehouse.definition import Indicator

ALL = "_T"
FIGURES = ("numerator", "denominator", "value", "published_value", "lower", "upper")


def conformed_columns(spec: SourceTable) -> list[str]:
    """Columns that a conformed table of this source must have."""
    always = (
        "period", "period_type", "reference_date", "value", "obs_status", "source_symbol",
        "unit", "decimals", "vintage_id",
    )  # fmt: skip
    return list(dict.fromkeys([*_dimension_columns(spec), *always]))


def conformed(table: pa.Table, spec: SourceTable) -> pa.Table:
    """Add to a conformed table what its rules look at.

    key:    every dimension's code, as text.
    place:  level and code of every geo dimension; null where there is none.
    measure_code: code of the measure, null for a table without one.
    figures_are_finite: whether the value is no figure or a finite number.
    """
    import pyarrow as pa

    geo = [f"{d.name}_{part}" for d in spec.by_role("geo") for part in ("level", "code")]
    measures = [d.name for d in spec.by_role("measure")]
    measure = table[measures[0]] if measures else pa.nulls(table.num_rows, pa.string())
    # A table of the country alone has no column that says so.
    place = joined(table, geo) if geo else pa.nulls(table.num_rows, pa.string())
    return (
        table.append_column("key", joined(table, _dimension_columns(spec)))
        .append_column("place", place)
        .append_column("measure_code", measure)
        .append_column("figures_are_finite", finite(table, ["value"]))
    )


def values(table: pa.Table, breakdowns: Sequence[str]) -> pa.Table:
    """Add to the value table what its rules look at.

    breakdown: "sex=1 age=15-74", the breakdowns that are not the total; "" for the total.
    figures_are_finite: whether every figure of the row is null or a finite number.
    """
    return table.append_column("breakdown", breakdown_text(table, breakdowns)).append_column(
        "figures_are_finite", finite(table, FIGURES)
    )


def definitions(indicators: Iterable[Indicator]) -> pa.Table:
    """One row per indicator: what the checks need of its definition."""
    import pyarrow as pa

    rows = list(indicators)
    return pa.table(
        {
            "indicator_id": pa.array([d.id for d in rows], pa.string()),
            "aggregation": pa.array([d.aggregation for d in rows], pa.string()),
            "flow": pa.array([d.flow for d in rows], pa.string()),
            "multiplier": pa.array([d.multiplier for d in rows], pa.float64()),
            "published_tolerance": pa.array([d.published_tolerance for d in rows], pa.float64()),
        }
    )


def joined(table: pa.Table, columns: Sequence[str]) -> pa.ChunkedArray:
    """Texts of several columns with a space between; a missing one shows as (null)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = [table[c].cast(pa.string()) for c in columns]
    return pc.binary_join_element_wise(
        *texts, " ", null_handling="replace", null_replacement="(null)"
    )


def breakdown_text(table: pa.Table, breakdowns: Sequence[str]) -> pa.ChunkedArray:
    """Name and code of each breakdown that is not the total, with a space between."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = [pa.chunked_array([pa.repeat("", table.num_rows)])]
    for name in breakdowns:
        codes = pc.fill_null(table[name].cast(pa.string()), "(null)")
        told = pc.binary_join_element_wise(f" {name}", codes, "=")
        parts.append(pc.if_else(pc.equal(codes, ALL), "", told))
    # Totals are joined as "", not skipped as null: skipping drops rows that are null throughout.
    return pc.utf8_ltrim_whitespace(pc.binary_join_element_wise(*parts, ""))


def finite(table: pa.Table, columns: Sequence[str]) -> pa.ChunkedArray:
    """Whether every one of the columns is null or a finite number; NaN is not a missing value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    good = pa.scalar(value=True)
    for name in columns:
        known = pc.is_finite(table[name].cast(pa.float64()))
        good = pc.and_(good, pc.fill_null(known, fill_value=True))
    return good


def _dimension_columns(spec: SourceTable) -> list[str]:
    return [
        column
        for d in spec.dimensions.values()
        for column in ([f"{d.name}_level", f"{d.name}_code"] if d.role == "geo" else [d.name])
    ]

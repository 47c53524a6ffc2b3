"""Columns and tables that rules look at but no step makes: places as text, breakdowns, definitions.

They exist only at the gates; nothing of it reaches a file. Names of columns come from source YAMLs
and definitions, whose schemas allow letters, digits and _ only.
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


def key_columns(spec: SourceTable) -> list[str]:
    """Columns that tell the cells of a conformed table apart: level and code, or the code."""
    return [
        column
        for d in spec.dimensions.values()
        for column in ([f"{d.name}_level", f"{d.name}_code"] if d.role == "geo" else [d.name])
    ]


def conformed_columns(spec: SourceTable) -> list[str]:
    """Columns that a conformed table of this source must have."""
    always = (
        "period", "period_type", "reference_date", "value", "obs_status", "source_symbol",
        "unit", "decimals", "vintage_id",
    )  # fmt: skip
    return list(dict.fromkeys([*key_columns(spec), *always]))


def conformed(spec: SourceTable) -> str:
    """SQL of a conformed table with what its rules look at.

    place: level and code of every geo dimension; null where there is none.
    measure_code: code of the measure, null for a table without one.
    """
    geo = [f"{d.name}_{part}" for d in spec.by_role("geo") for part in ("level", "code")]
    told = ", ".join(f"coalesce(cast(\"{c}\" as varchar), '(null)')" for c in geo)
    # A table of the country alone has no column that says so.
    place = f"concat_ws(' ', {told})" if geo else "cast(null as varchar)"
    measures = [f'cast("{d.name}" as varchar)' for d in spec.by_role("measure")]
    measure = measures[0] if measures else "cast(null as varchar)"
    return (
        'select * replace (cast("value" as double) as "value"), '  # noqa: S608
        f"{place} as place, {measure} as measure_code from given_conformed"
    )


def values(table: pa.Table, breakdowns: Sequence[str]) -> str:
    """SQL of a value table with what its rules look at.

    breakdown: "sex=1 age=15-74", the breakdowns that are not the total; "" for the total.
    vintage_ids: as text with blanks between, also where the table has lists.
    """
    import pyarrow as pa

    casts = [f'cast("{name}" as double) as "{name}"' for name in FIGURES]
    if pa.types.is_list(table.schema.field("vintage_ids").type):
        casts.append("array_to_string(vintage_ids, ' ') as vintage_ids")
    return (
        f"select * replace ({', '.join(casts)}), {breakdown_text(breakdowns)} as breakdown "  # noqa: S608
        "from given_indicator_value"
    )


def breakdown_text(breakdowns: Iterable[str]) -> str:
    """SQL of name and code of each breakdown that is not the total, with a space between."""
    told = ", ".join(
        f"case when \"{b}\" is distinct from '{ALL}' "
        f"then '{b}=' || coalesce(cast(\"{b}\" as varchar), '(null)') end"
        for b in breakdowns
    )
    return f"concat_ws(' ', {told})" if told else "''"


def parts(indicator: Indicator) -> str:
    """SQL of what is compared with a whole: one row per value x breakdown that divides everyone.

    partition, code: the breakdown and its code. others: text of the other breakdowns.
    """
    each = [
        f"select region_set, region_id, period, '{name}' as partition, "  # noqa: S608
        f'cast("{name}" as varchar) as code, '
        f"{breakdown_text(b for b in indicator.breakdowns if b != name)} as others, "
        "numerator, denominator, value, vintage_ids from indicator_value"
        for name in indicator.partitions
    ]
    return " union all ".join(each)


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
            "is_share": pa.array([d.is_share for d in rows], pa.bool_()),
            "may_be_negative": pa.array([d.may_be_negative for d in rows], pa.bool_()),
            "jump_points": pa.array([d.jump_points for d in rows], pa.float64()),
            "jump_percent": pa.array([d.jump_percent for d in rows], pa.float64()),
            "counts_rounded": pa.array([d.counts_rounded for d in rows], pa.bool_()),
        }
    )

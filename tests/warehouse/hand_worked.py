"""A county small enough to work out by hand, and indicators over it.

County 90 has three municipalities today: 9001 and 9002 make region `north`, 9003 is `south`.
Until 2020 there was 9010, which was divided: 30 % went to 9001 and 70 % to 9003, so it lies
across the two regions; and 9011, which was divided between 9001 and 9002 and lies whole in
`north`. Region set `whole` has one region with everything in it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sources.registry import Text
from warehouse.definition import Indicator
from warehouse.indicator import compute

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DAY = dt.date(2020, 1, 1)
MEMBERS = {"north": ("9001", "9002"), "south": ("9003",), "everything": ("9001", "9002", "9003")}
SETS = {"north": "halves", "south": "halves", "everything": "whole"}
TARGETS = {
    "9001": {"9001": 1.0}, "9002": {"9002": 1.0}, "9003": {"9003": 1.0},
    "9010": {"9001": 0.3, "9003": 0.7}, "9011": {"9001": 0.4, "9002": 0.6},
}  # fmt: skip
OLD = ("9010", "9011")


def weights() -> pa.Table:
    """geo_weight of the county, written out from the description above."""
    rows: list[dict[str, Any]] = []

    def add(level: str, code: str, region: tuple[str, str], weight: float, part: bool) -> None:
        start, end = (None, None)
        if code in ("9001", "9002"):
            start = DAY
        if code in OLD:
            end = DAY
        rows.append(
            {
                "geo_level": level,
                "geo_code": code,
                "valid_from": start,
                "valid_to": end,
                "region_set": region[0],
                "region_id": region[1],
                "weight": weight,
                "apportioned": part,
                "area_complete": True,
            }
        )

    for code, targets in TARGETS.items():
        for target, share in targets.items():
            add("municipality", code, ("municipality", target), share, len(targets) > 1)
        for region, members in MEMBERS.items():
            inside = [share for target, share in targets.items() if target in members]
            if inside:
                whole = len(inside) == len(targets)
                share = 1.0 if whole else sum(inside)
                add("municipality", code, (SETS[region], region), share, not whole)
        add("municipality", code, ("county", "90"), 1.0, False)
        add("municipality", code, ("country", "0"), 1.0, False)
    add("county", "90", ("county", "90"), 1.0, False)
    add("country", "0", ("country", "0"), 1.0, False)
    types = [
        ("geo_level", pa.string()), ("geo_code", pa.string()), ("valid_from", pa.date32()),
        ("valid_to", pa.date32()), ("region_set", pa.string()), ("region_id", pa.string()),
        ("weight", pa.float64()), ("apportioned", pa.bool_()), ("area_complete", pa.bool_()),
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, pa.schema(types))


def regions() -> pa.Table:
    """Every region of the county."""
    named = [("municipality", code, "municipality") for code in ("9001", "9002", "9003")]
    named += [(SETS[region], region, "region") for region in MEMBERS]
    named += [("county", "90", "county"), ("country", "0", "country")]
    return pa.table(
        {
            "region_set": [n[0] for n in named],
            "region_id": [n[1] for n in named],
            "region_level": [n[2] for n in named],
            "valid_from": pa.nulls(len(named), pa.date32()),
            "valid_to": pa.nulls(len(named), pa.date32()),
        }
    )


def memberships() -> pa.Table:
    """The municipalities of every region; the country holds one more that has no row here."""
    named = [("municipality", code, code) for code in ("9001", "9002", "9003")]
    named += [(SETS[region], region, code) for region, codes in MEMBERS.items() for code in codes]
    named += [("county", "90", code) for code in ("9001", "9002", "9003")]
    named += [("country", "0", code) for code in ("9001", "9002", "9003", "9101")]
    names = ("region_set", "region_id", "municipality_code")
    return pa.Table.from_pylist([dict(zip(names, each, strict=True)) for each in named])


def geography() -> dict[str, pa.Table]:
    """The tables that the roll-up places figures by; a border moved around `south` in 2020."""
    return {
        "geo_weight": weights(),
        "region": regions(),
        "series_break": pa.table(
            {"region_set": ["halves"], "region_id": ["south"], "date": pa.array([DAY])}
        ),
        "coverage": pa.table({"first_date": pa.array([dt.date(2015, 1, 1)])}),
        "region_membership": memberships(),
    }


def indicator(**changes: Any) -> Indicator:
    """An indicator that passes on the rows of a table called `given`."""
    base: dict[str, Any] = {
        "id": "tried", "version": "1.0.0", "theme": 1, "rki": "own addition",
        "title": Text("Prøvd", "Tried"), "definition": Text("Prøvd", "Tried"), "caveats": None,
        "unit": "percent", "decimals": 1, "multiplier": 100.0, "aggregation": "ratio_of_sums",
        "flow": None, "levels": ("municipality", "region", "county", "country"),
        "level_reason": None, "sources": (), "breakdowns": (), "codes": {}, "headline": {},
        "headline_period": None, "counts_rounded": False, "published_tolerance": 0.0,
        "sql": "select * from given", "open_counts": Text("Oppdiktet", "Made up"),
    }  # fmt: skip
    return Indicator(**(base | changes))


def row(level: str, code: str, period: str, **given: Any) -> dict[str, Any]:
    """One row as an indicator's SQL gives it."""
    base: dict[str, Any] = {
        "geo_level": level, "geo_code": code, "period": period, "period_type": "year",
        "reference_date": dt.date(int(period), 6, 1), "numerator": None, "denominator": None,
        "published": None, "lower": None, "upper": None, "obs_status": "A",
        "source_symbol": None, "vintage_ids": ["v1"],
    }  # fmt: skip
    return base | given


COUNTS = {"numerator", "denominator", "published", "lower", "upper", "persons"}


def table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """The rows as a typed table."""
    names = list(rows[0])
    types = {
        "reference_date": pa.date32(), "vintage_ids": pa.list_(pa.string()),
        **dict.fromkeys(COUNTS, pa.float64()),
    }  # fmt: skip
    schema = pa.schema([(n, types.get(n, pa.string())) for n in names])
    return pa.Table.from_pylist([dict(r) for r in rows], schema)


def values(
    rows: Sequence[Mapping[str, Any]],
    places: Mapping[str, pa.Table] | None = None,
    **changes: Any,
) -> dict[tuple[str, str], dict[str, Any]]:
    """Roll the rows up; (region id, period) -> value row. For indicators without breakdowns.

    places: geography other than that of the county above.
    """
    made = compute(
        indicator(**changes),
        breakdowns=("sex",),
        conformed={"given": table(rows)},
        geography=places or geography(),
        data_origin="published",
    )
    return {(r["region_id"], r["period"]): r for r in made.to_pylist()}

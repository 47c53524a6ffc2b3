"""A release of two counties, six municipalities and one overlapping region, worked by hand.

Every figure stands in VALUES; the tests say what the views must make of them.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa

from warehouse import database, history

BUILT_AT = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
BREAKDOWNS = ("sex",)
NUMBERS = {
    "numerator", "denominator", "value", "published_value", "lower", "upper", "missing_share",
}  # fmt: skip
INTEGERS = {"decimals", "theme", "figures", "parts", "parts_with_figure"}
TRUTHS = {"series_break", "is_headline", "disjoint"}

INDICATORS = [
    {"indicator_id": "rate", "unit": "percent", "aggregation": "ratio_of_sums", "decimals": 1,
     "headline": "sex=_T", "sources": "ssb/1, ssb/2"},
    {"indicator_id": "people", "unit": "persons", "aggregation": "sum", "decimals": 0,
     "headline": "sex=_T", "sources": "ssb/1"},
    {"indicator_id": "net", "unit": "persons", "aggregation": "flow", "decimals": 0,
     "headline": "sex=_T", "sources": "ssb/1"},
    {"indicator_id": "monthly", "unit": "persons", "aggregation": "sum", "decimals": 0,
     "headline": "sex=_T", "sources": "ssb/1"},
    # Of its own: changes over breaks and years, ranks and distances with intervals.
    {"indicator_id": "spread", "unit": "percent", "aggregation": "ratio_of_sums", "decimals": 1,
     "headline": "sex=_T", "sources": "ssb/1", "direction": "lower is better"},
]  # fmt: skip
LEVELS = {"county": "county", "country": "country", "municipality": "municipality", "own": "region"}
REGIONS = {
    ("county", "1"): ["0101", "0102", "0103", "0104", "0105"],
    ("county", "2"): ["0201"],
    ("country", "0"): ["0101", "0102", "0201", "9901"],
    ("municipality", "0101"): ["0101"],
    ("municipality", "0102"): ["0102"],
    ("municipality", "0103"): ["0103"],
    ("municipality", "0104"): ["0104"],
    ("municipality", "0105"): ["0105"],
    ("municipality", "0201"): ["0201"],
    ("own", "across"): ["0102", "0201"],
}
# indicator, set, region, period, numerator, denominator, value, further columns
BREAKS = [
    {"indicator_id": "spread", "period": "2022", "reason_nb": "Ny metode.", "reason_en": "New."}
]
VALUES: list[
    tuple[str, str, str, str, float | None, float | None, float | None, dict[str, Any]]
] = [
    ("rate", "municipality", "0101", "2023", 10, 100, 10.0, {}),
    ("rate", "municipality", "0101", "2024", 15, 100, 15.0, {}),
    ("rate", "municipality", "0102", "2024", None, None, None, {"reason": "suppressed"}),
    ("rate", "municipality", "0201", "2023", 30, 100, 30.0, {}),
    ("rate", "municipality", "0201", "2024", 20, 100, 20.0, {"series_break": True}),
    ("rate", "county", "1", "2023", 10, 100, 10.0, {}),
    ("rate", "county", "1", "2024", None, None, None, {"reason": "parts_without_figure"}),
    ("rate", "county", "2", "2024", 20, 100, 20.0, {}),
    ("rate", "country", "0", "2024", 240, 1000, 24.0, {}),
    ("rate", "own", "across", "2024", 36, 200, 18.0, {}),
    ("people", "municipality", "0101", "2024", 60, None, 60.0, {}),
    ("people", "municipality", "0102", "2024", 40, None, 40.0, {}),
    ("people", "county", "1", "2023", 80, None, 80.0, {}),
    ("people", "county", "1", "2024", 100, None, 100.0, {}),
    ("people", "county", "2", "2024", 0, None, 0.0, {}),
    ("people", "municipality", "0201", "2024", 0, None, 0.0, {}),
    ("people", "country", "0", "2024", 400, None, 400.0, {}),
    ("people", "own", "across", "2024", 40, None, 40.0, {}),
    ("net", "municipality", "0101", "2022", 4, None, 4.0, {}),
    ("net", "municipality", "0101", "2024", -5, None, -5.0, {}),
    ("net", "county", "1", "2024", 8, None, 8.0, {}),
    ("monthly", "county", "1", "2023M01", 50, None, 50.0, {"period_type": "month"}),
    ("monthly", "county", "1", "2023M12", 90, None, 90.0, {"period_type": "month"}),
    ("monthly", "county", "1", "2024M01", 40, None, 40.0, {"period_type": "month"}),
    ("spread", "municipality", "0101", "2017", None, None, 11.0, {"lower": 10, "upper": 12}),
    ("spread", "municipality", "0101", "2020", None, None, 12.0, {"lower": 11, "upper": 13}),
    ("spread", "municipality", "0101", "2021", None, None, 20.0, {"lower": 19, "upper": 21}),
    ("spread", "municipality", "0101", "2022", None, None, 30.0, {"lower": 28, "upper": 32}),
    ("spread", "municipality", "0101", "2023", None, None, 31.0, {"lower": 29, "upper": 33}),
    (
        "spread",
        "municipality",
        "0101",
        "2023",
        None,
        None,
        40.0,
        {"sex": "1", "is_headline": False},
    ),
    (
        "spread",
        "municipality",
        "0101",
        "2022",
        None,
        None,
        38.0,
        {"sex": "1", "is_headline": False},
    ),
    ("spread", "municipality", "0102", "2023", None, None, 31.04, {"lower": 29, "upper": 33}),
    ("spread", "municipality", "0103", "2023", None, None, 20.0, {"lower": 19, "upper": 28}),
    ("spread", "municipality", "0104", "2023", None, None, 28.5, {"lower": 27, "upper": 30}),
    ("spread", "municipality", "0105", "2023", None, None, None, {"reason": "suppressed"}),
    ("spread", "county", "1", "2023", None, None, 27.0, {"lower": 26, "upper": 28.0}),
    ("spread", "country", "0", "2023", None, None, 28.0, {"lower": 27.5, "upper": 28.5}),
]


def build(folder: Path) -> Path:
    """Write the release's DuckDB file into a folder and return its path."""
    file = folder / "kompetanse.duckdb"
    database.build(file, tables(), BREAKDOWNS, BUILT_AT)
    return file


def tables() -> dict[str, pa.Table]:
    """Every table that the views read."""
    values = _table("indicator_value", [_value(*row) for row in VALUES], BREAKDOWNS)
    told = history.build(Path(), [], values, "r1", BREAKDOWNS)
    return {
        "indicator_value": values,
        "indicator": _table("indicator", INDICATORS),
        "indicator_breakdown": _table(
            "indicator_breakdown",
            [{"indicator_id": "rate", "breakdown": "sex", "code": "1", "label_nb": "Menn"}],
        ),
        "indicator_break": _table("indicator_break", BREAKS),
        "region": _table(
            "region",
            [
                {"region_set": s, "region_id": r, "region_level": LEVELS[s], "name_nb": f"Navn {r}"}
                for s, r in REGIONS
            ],
        ),
        "region_membership": _table(
            "region_membership",
            [
                {"region_set": s, "region_id": r, "municipality_code": code}
                for (s, r), codes in REGIONS.items()
                for code in codes
            ],
        ),
        "source_table": _table(
            "source_table",
            [
                {"source_table_id": "ssb/1", "state": "current"},
                {"source_table_id": "ssb/2", "state": "failed", "stale_since": "2025-12-01",
                 "stale_reason": "no answer"},
            ],
        ),
        database.HISTORY: told.values,
        history.LOG: told.log,
    }  # fmt: skip


def _value(
    indicator: str, region_set: str, region: str, period: str,
    numerator: float | None, denominator: float | None, value: float | None, more: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    unit = next(i["unit"] for i in INDICATORS if i["indicator_id"] == indicator)
    return {
        "indicator_id": indicator, "region_set": region_set, "region_id": region,
        "region_level": LEVELS[region_set], "period": period, "period_type": "year",
        "numerator": numerator, "denominator": denominator, "value": value, "unit": unit,
        "decimals": 1, "obs_status": "A" if value is not None else "Q", "sex": "_T",
        "series_break": False, "is_headline": True, "data_origin": "made_up",
        "definition_version": "1.0.0", "vintage_ids": "v1", **more,
    }  # fmt: skip


def _table(name: str, rows: list[dict[str, Any]], more: tuple[str, ...] = ()) -> pa.Table:
    columns = [*database.comments()[name]["columns"], *more]
    return pa.table({c: pa.array([row.get(c) for row in rows], _type(c)) for c in columns})


def _type(column: str) -> pa.DataType:
    if column in NUMBERS:
        return pa.float64()
    if column in INTEGERS:
        return pa.int64()
    return pa.bool_() if column in TRUTHS else pa.string()

"""A county of two municipalities, small enough to check by hand; every figure is made up.

5001 is region a and 5006 region b of the disjoint set `halves`; in the set `overlapping` region w
holds both and v holds 5001 once more. County 16 ended before the only period, 2024.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sources.registry import Code, Dimension, Text
from tests.sources.reader_kit import spec
from warehouse.definition import Indicator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sources.registry import SourceTable

Row = dict[str, Any]

VINTAGE = "ssb/00001@2025#aaaa0001"
COMMUTING_VINTAGE = "ssb/00002@2025#bbbb0002"
PARTS = {
    ("municipality", "5001"): ["5001"],
    ("municipality", "5006"): ["5006"],
    ("halves", "a"): ["5001"],
    ("halves", "b"): ["5006"],
    ("overlapping", "w"): ["5001", "5006"],
    ("overlapping", "v"): ["5001"],
    ("county", "50"): ["5001", "5006"],
    ("country", "0"): ["5001", "5006", "0301"],
}
LEVELS = {"halves": "region", "overlapping": "region"}
RESIDENTS = {"5001": 200.0, "5006": 100.0, "0301": 700.0}
STUDENTS = {"5001": 50.0, "5006": 20.0, "0301": 300.0}
WORKPLACES = {"5001": 240.0, "5006": 60.0, "0301": 700.0}
FLOWS = {
    ("5001", "5001"): 150.0,
    ("5001", "5006"): 10.0,
    ("5001", "_O"): 5.0,
    ("5006", "5001"): 30.0,
    ("5006", "5006"): 60.0,
    ("5006", "_O"): 2.0,
    ("_O", "5001"): 7.0,
    ("_O", "5006"): 3.0,
    ("_O", "_O"): 400.0,
}
HALVES = {"5001": "a", "5006": "b", "_O": "_O"}


def definitions() -> dict[str, Indicator]:
    """Four indicators: a sum, a share, a ratio above 100 and a balance."""
    return {
        d.id: d
        for d in (
            _definition("population", "persons", "sum"),
            _definition("share", "percent", "ratio_of_sums", multiplier=100, breakdowns=("sex",)),
            _definition(
                "workplace_coverage",
                "percent",
                "ratio_of_sums",
                multiplier=100,
                bounds="not negative",
            ),
            _definition("net_commuting", "persons", "flow", flow="net"),
        )
    }


def release() -> dict[str, pa.Table]:
    """Tables of a release that keeps every rule."""
    values = [row for place in PARTS for row in _values(place)]
    tables = {
        "indicator_value": values,
        "indicator": [
            {
                "indicator_id": i,
                "title_nb": i,
                "title_en": i,
                "unit": d.unit,
                "figures": 8,
                "status": "figures",
            }
            for i, d in definitions().items()
        ],
        "region": [*(_region(*place) for place in PARTS), _historical()],
        "region_membership": [
            {"region_set": s, "region_id": r, "municipality_code": code}
            for (s, r), codes in PARTS.items()
            for code in codes
        ],
        "commuting_flow": _flows(),
        "vintage": [
            {"vintage_id": v, "source_table_id": v[:9], "sha256": v[-8:], "fidelity": "made_up"}
            for v in (VINTAGE, COMMUTING_VINTAGE)
        ],
    }
    return {name: pa.Table.from_pylist(rows) for name, rows in tables.items()}


def changed(table: pa.Table, where: Mapping[str, Any], **new: Any) -> pa.Table:
    """The table with new values in the rows that `where` describes; there must be one at least."""
    rows = table.to_pylist()
    hit = [row for row in rows if all(row[k] == v for k, v in where.items())]
    assert hit, f"no row where {where}"
    for row in hit:
        row.update(new)
    return pa.Table.from_pylist(rows, table.schema)


def twice(table: pa.Table, where: Mapping[str, Any]) -> pa.Table:
    """The table with the one row that `where` describes standing twice."""
    rows = table.to_pylist()
    (row,) = [row for row in rows if all(row[k] == v for k, v in where.items())]
    return pa.Table.from_pylist([*rows, row], table.schema)


def without(table: pa.Table, where: Mapping[str, Any]) -> pa.Table:
    """The table without the rows that `where` describes; there must be one at least."""
    rows = table.to_pylist()
    kept = [row for row in rows if not all(row[k] == v for k, v in where.items())]
    assert len(kept) < len(rows), f"no row where {where}"
    return pa.Table.from_pylist(kept, table.schema)


def source() -> SourceTable:
    """A source with two geo dimensions, a breakdown and four measures."""
    text = Text("Eksempel", "Example")
    measures = {
        code: Code(code, text, unit, 1)
        for code, unit in (
            ("number", "persons"),
            ("percent", "percent"),
            ("change_persons", "persons"),
            ("change_percent", "percent"),
        )
    }
    dimensions = (
        Dimension("Bosted", "geo", "residence"),
        Dimension("Arbeidssted", "geo", "workplace"),
        Dimension("Kjonn", "breakdown", "sex"),
        Dimension("ContentsCode", "measure", "measure", codes=measures),
        Dimension("Tid", "time", "period"),
    )
    return replace(
        spec("json-stat", {}),
        id="ssb/00001",
        use="indicator",
        dimensions={d.source_name: d for d in dimensions},
    )


def conformed() -> pa.Table:
    """A conformed table that keeps every rule, with one row of each kind of status."""
    rows = [
        _cell("1", "number", 12.0),
        _cell("2", "number", 0.0, status="P"),
        _cell("3", "number", None, status="Q", symbol=":"),
        _cell("4", "number", None, status="M", symbol="."),
        _cell("5", "number", None, status="O"),
        _cell("1", "percent", 100.0, status="B"),
        _cell("2", "percent", 0.0, status="E"),
        _cell("1", "change_persons", -40.0),
        _cell("1", "change_percent", 140.0),
        _cell("6", "number", 1.0) | {"residence_level": "country", "residence_code": "0"},
        _cell("7", "number", 1.0) | {"workplace_level": "county", "workplace_code": "50"},
    ]
    return pa.Table.from_pylist(rows)


def _cell(
    sex: str, measure: str, value: float | None, status: str = "A", symbol: str | None = None
) -> Row:
    return {
        "residence_level": "municipality",
        "residence_code": "5001",
        "workplace_level": "municipality",
        "workplace_code": "5006",
        "sex": sex,
        "measure": measure,
        "period": "2024",
        "period_type": "year",
        "reference_date": dt.date(2024, 12, 31),
        "value": value,
        "obs_status": status,
        "source_symbol": symbol,
        "unit": "percent" if "percent" in measure else "persons",
        "decimals": 1,
        "vintage_id": VINTAGE,
    }


def _definition(name: str, unit: str, aggregation: str, **other: Any) -> Indicator:
    text = Text(name, name)
    common: dict[str, Any] = {
        "version": "1.0.0",
        "theme": 1,
        "rki": "own addition",
        "caveats": None,
        "decimals": 1,
        "multiplier": 1.0,
        "flow": None,
        "levels": ("municipality", "region", "county", "country"),
        "level_reason": None,
        "sources": (),
        "breakdowns": (),
        "codes": {},
        "headline": {},
        "headline_period": None,
        "counts_rounded": False,
        "published_tolerance": 0.0,
        "sql": "",
    }
    named = {"id": name, "title": text, "definition": text, "unit": unit}
    return Indicator(**common | named | {"aggregation": aggregation} | other)


def _values(place: tuple[str, str]) -> list[Row]:
    def total(of: Mapping[str, float]) -> float:
        return sum(of[code] for code in PARTS[place])

    residents, students, workplaces = total(RESIDENTS), total(STUDENTS), total(WORKPLACES)
    share = 100 * students / residents
    blank: Row = {"numerator": None, "denominator": None, "value": None, "computed_from": None}
    suppressed = blank | {"obs_status": "Q", "source_symbol": ":", "reason": "suppressed"}
    not_carried = blank | {"obs_status": "L", "reason": "level_not_carried"}
    net = _net(PARTS[place])
    return [
        _value(place, "population", "persons", residents, numerator=residents),
        _value(
            place,
            "share",
            "percent",
            share,
            numerator=students,
            denominator=residents,
            published_value=round(share, 1),
        ),
        _value(place, "share", "percent", 0, sex="1") | suppressed,
        _value(
            place,
            "workplace_coverage",
            "percent",
            100 * workplaces / residents,
            numerator=workplaces,
            denominator=residents,
        ),
        _value(place, "net_commuting", "persons", net, numerator=net)
        | {"vintage_ids": COMMUTING_VINTAGE}
        | (not_carried if place[0] == "country" else {}),
    ]


def _value(place: tuple[str, str], indicator: str, unit: str, value: float, **other: Any) -> Row:
    row: Row = {
        "indicator_id": indicator,
        "definition_version": "1.0.0",
        "region_set": place[0],
        "region_id": place[1],
        "region_level": LEVELS.get(place[0], place[0]),
        "period": "2024",
        "period_type": "year",
        "reference_date": dt.date(2024, 10, 1),
        "sex": "_T",
        "numerator": None,
        "denominator": None,
        "value": float(value),
        "published_value": None,
        "unit": unit,
        "decimals": 1,
        "obs_status": "A",
        "source_symbol": None,
        "lower": None,
        "upper": None,
        "interval_method": None,
        "missing_share": None,
        "series_break": False,
        "parts": 1,
        "parts_with_figure": 1,
        "computed_from": "municipality",
        "reason": None,
        "reason_nb": None,
        "reason_en": None,
        "is_headline": True,
        "data_origin": "made_up",
        "vintage_ids": VINTAGE,
    }
    # Columns of nulls only need a type, or nothing could be put into them.
    typed = {"lower": 0.0, "missing_share": 0.0, "interval_method": "source_95"}
    return row | (typed if place[0] == "country" else {}) | other


def _net(codes: list[str]) -> float:
    arriving = sum(n for (home, work), n in FLOWS.items() if work in codes and home not in codes)
    leaving = sum(n for (home, work), n in FLOWS.items() if home in codes and work not in codes)
    return arriving - leaving


def _flows() -> list[Row]:
    names: dict[str, Callable[[str], str]] = {"municipality": str, "halves": HALVES.__getitem__}
    return [
        {
            "region_set": region_set,
            "residence_region_id": name(home),
            "workplace_region_id": name(work),
            "period": "2024",
            "persons": persons,
            "obs_status": "A",
            "data_origin": "made_up",
            "vintage_ids": COMMUTING_VINTAGE,
        }
        for region_set, name in names.items()
        for (home, work), persons in FLOWS.items()
    ]


def _region(region_set: str, region_id: str) -> Row:
    return {
        "region_set": region_set,
        "region_id": region_id,
        "region_level": LEVELS.get(region_set, region_set),
        "name_nb": region_id,
        "name_en": region_id,
        "disjoint": region_set != "overlapping",
        "valid_from": None,
        "valid_to": None,
    }


def _historical() -> Row:
    return _region("county_historical", "16") | {
        "disjoint": False,
        "valid_from": dt.date(1838, 1, 1),
        "valid_to": dt.date(2018, 1, 1),
    }

"""A hand-made release of a few rows, with every trap that a catalogue or CSV must survive."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sources.registry import Text
from warehouse import parquet
from warehouse.catalogues import Check, ReleaseAbout

if TYPE_CHECKING:
    from pathlib import Path

PUBLISHED_LABEL = "Tall fra kildene / figures of the sources"
MADE_UP_LABEL = "OPPDIKTEDE TALL / MADE-UP FIGURES"
FORMULA = "=cmd|' /C calc'!A0"
TYPES = {
    "reference_date": pa.date32(), "change_date": pa.date32(), "valid_from": pa.date32(),
    "valid_to": pa.date32(), "numerator": pa.float64(), "denominator": pa.float64(),
    "value": pa.float64(), "decimals": pa.int8(), "series_break": pa.bool_(),
    "parts": pa.int32(), "is_headline": pa.bool_(), "disjoint": pa.bool_(), "theme": pa.int64(),
    "weight": pa.float64(),
}  # fmt: skip
CHECKS = (
    Check("release", "region_known", "consistency", True, 0, Text("Regionen finnes.", "Known.")),
    Check("release", "value_given", "completeness", False, 3, Text("Verdier mangler.", "Blank.")),
)


def about(**changes: Any) -> ReleaseAbout:
    """What the small release says of itself."""
    said: dict[str, Any] = {
        "id": "trondelag-2026-09-11-0123456789ab",
        "county": "trondelag",
        "label": PUBLISHED_LABEL,
        "built_at": "2026-11-22T06:58:37+00:00",
        "data_origin": "published",
        "checks": CHECKS,
    }
    return ReleaseAbout(**(said | changes))


def made_up(**changes: Any) -> ReleaseAbout:
    """The same, of made-up figures."""
    ident = "demo-trondelag-2026-09-11-0123456789ab"
    return about(id=ident, label=MADE_UP_LABEL, data_origin="made_up", **changes)


def write(folder: Path, origin: str = "published", values: int = 3) -> Path:
    """Write the parquet files of the small release, `values` rows in the value table."""
    for name, rows in tables(origin, values).items():
        parquet.write(_table(rows), folder / "parquet" / f"{name}.parquet")
    return folder


def tables(origin: str, values: int) -> dict[str, list[dict[str, Any]]]:
    """Rows of each table of the small release."""
    regions = [("municipality", "0301"), ("municipality", "5001"), ("county", "50")]
    return {
        "indicator_value": [_value(n, *regions[n % 3], origin) for n in range(values)],
        "indicator": [INDICATOR],
        "indicator_breakdown": [
            {"indicator_id": "higher_education", "breakdown": "sex", "code": code,
             "label_nb": nb, "label_en": en}
            for code, nb, en in (("1", "Menn; «gutter»", 'Men "boys"'), ("_T", "Alle", "All"))
        ],
        "region": [
            {"region_set": s, "region_id": i, "region_level": s, "name_nb": "Trööndelage",
             "name_en": FORMULA, "disjoint": True, "valid_from": None,
             "valid_to": dt.date(2030, 1, 1), "source": "-", "confidence": "+\nlow"}
            for s, i in regions
        ],
        "source_table": [
            _source("nav/survey_county", "Nav", "CC BY 4.0 (second-hand statement)"),
            _source("ssb/09429", "Statistisk sentralbyrå", "CC BY 4.0"),
            _source("udir/completion_county", "Utdanningsdirektoratet", "NLOD"),
        ],
        "vintage": [
            _vintage("nav/survey_county", origin, "CC BY 4.0 (second-hand statement)"),
            _vintage("ssb/09429", origin, "CC BY 4.0"),
            _vintage("udir/completion_county", origin, "NLOD"),
        ],
    }  # fmt: skip


INDICATOR = {
    "indicator_id": "higher_education", "definition_version": "1.0.0", "theme": 1,
    "title_nb": "Høyere utdanning", "title_en": "Higher education",
    "definition_nb": "Andel med høyere utdanning.", "definition_en": "Share with a degree.",
    "unit": "percent", "decimals": 1, "aggregation": "ratio_of_sums", "breakdowns": "age, sex",
    "status": "figures",
}  # fmt: skip


def _value(number: int, region_set: str, region: str, origin: str) -> dict[str, Any]:
    blank = number == 2
    return {
        "indicator_id": "higher_education", "definition_version": "1.0.0",
        "region_set": region_set, "region_id": region, "region_level": region_set,
        "period": str(2000 + number // 3), "period_type": "year",
        "reference_date": dt.date(2000 + number // 3 % 50, 1, 1), "age": "_T", "sex": "_T",
        "numerator": None if blank else 81.0, "denominator": None if blank else 1000.5,
        "value": None if blank else -8.0959, "unit": "percent", "decimals": 1,
        "obs_status": "Q" if blank else "A", "source_symbol": ":" if blank else None,
        "series_break": number == 1, "parts": None if blank else 1,
        "reason": "suppressed" if blank else None,
        "reason_nb": "Skjermet av kilden." if blank else None, "is_headline": not blank,
        "data_origin": origin, "vintage_ids": "ssb/09429@2026#1",
    }  # fmt: skip


def _source(ident: str, owner: str, licence: str) -> dict[str, Any]:
    return {
        "source_table_id": ident, "title_nb": f"Tabell av {owner}", "title_en": f"Table, {owner}",
        "page": "https://www.ssb.no/" if ident.startswith("ssb") else "",
        "licence_source": licence, "licence_release": "CC BY 4.0",
        "attribution_nb": f"Kilde: {owner}", "attribution_en": f"Source: {owner}",
        "frequency": "annual" if ident.startswith("ssb") else "closed",
    }  # fmt: skip


def _vintage(table: str, origin: str, licence: str) -> dict[str, Any]:
    made = origin == "made_up" and not table.startswith("ssb")
    return {
        "vintage_id": f"{table}@2026#1", "source_table_id": table, "sha256": "0" * 64,
        "licence": "made-up figures: no licence of the source applies" if made else licence,
        "fidelity": "made_up" if origin == "made_up" else "live",
    }  # fmt: skip


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    names = list(rows[0]) if rows else []
    return pa.table({n: pa.array([r[n] for r in rows], TYPES.get(n, pa.string())) for n in names})


def rewrite(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    """Write one table of the small release again."""
    parquet.write(_table(rows), folder / "parquet" / f"{name}.parquet")

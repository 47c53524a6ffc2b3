"""A small world to work dimensioning out by hand: a county, two regions, two programmes.

Tables are conformed cells and code lists with only what the hand-worked example needs; every other
table has no rows, as where a source has no answer.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sources import registry
from sources.translate import translate
from warehouse import counties, county_choices, mart, marts
from warehouse.conform import empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Row = dict[str, Any]
VINTAGE = "made@2026#1"
MUNICIPALITIES = {"west": "5001", "east": "5002"}
# Under 40 by education and occupation; 9996 is not working.
PEOPLE = {
    ("3699", "5321"): 300.0, ("3699", "5120"): 20.0, ("3699", "9996"): 80.0,
    ("3581", "5120"): 80.0, ("3581", "2223"): 20.0,
}  # fmt: skip
NAMES = {"5321": "Helsefagarbeidere", "5120": "Kokker", "2223": "Sykepleiere"}
# Shortage and bounds in the country 2026, and of the county; "I alt" holds 400 not listed.
SHORTAGE = {
    "Helsefagarbeidere": (1000.0, 800.0, 1200.0), "Kokker": (100.0, 50.0, 150.0),
    "Sykepleiere": (500.0, 400.0, 600.0), "_T": (2000.0, 1800.0, 2200.0),
}  # fmt: skip
COUNTY_SHORTAGE = (200.0, 150.0, 260.0)
# Residents on 1 January 2026 by age: west, east.
RESIDENTS = {"015": (100, 50), "010": (90, 48), "005": (80, 46), "000": (70, 44)}
# Aged 16 in the projection: year -> low, main, high of west; east has half of it.
PROJECTED = {"2027": (98, 100, 102), "2032": (86, 90, 96), "2037": (74, 80, 92)}


def table(source: str, rows: Iterable[Row]) -> pa.Table:
    """Conformed table of a source; what a row does not say is the country, the total, normal."""
    spec = registry.table(source)
    schema = translate(empty(spec), spec).table.schema
    plain = pa.schema(
        [(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type) for f in schema]
    )
    usual: Row = {name: "_T" for name, kind in zip(plain.names, plain.types, strict=True)
                  if kind == pa.string()}  # fmt: skip
    usual |= {
        "geo_level": "country", "geo_code": "0", "period_type": "year", "obs_status": "A",
        "reference_date": dt.date(2026, 1, 1), "source_symbol": None, "vintage_id": VINTAGE,
    }  # fmt: skip
    return pa.Table.from_pylist([{n: (usual | row).get(n) for n in plain.names} for row in rows],
                                schema=plain)  # fmt: skip


def geography() -> dict[str, pa.Table]:
    """Region tables: two regions of one municipality each, the county and the country."""
    west, east = MUNICIPALITIES.values()
    regions = [("two", "west", "region"), ("two", "east", "region"), ("county", "50", "county"),
               ("country", "0", "country")]  # fmt: skip
    members = [("two", "west", west), ("two", "east", east), ("county", "50", west),
               ("county", "50", east)]  # fmt: skip
    weights = [("municipality", west, "two", "west"), ("municipality", east, "two", "east"),
               ("county", "50", "county", "50"), ("country", "0", "country", "0")]  # fmt: skip
    return {
        "region": pa.Table.from_pylist(
            [{"region_set": s, "region_id": r, "region_level": level, "disjoint": True}
             for s, r, level in regions]
        ),
        "region_membership": pa.Table.from_pylist(
            [{"region_set": s, "region_id": r, "municipality_code": m} for s, r, m in members]
        ),
        "geo_weight": pa.table(
            {
                "geo_level": [w[0] for w in weights], "geo_code": [w[1] for w in weights],
                "region_set": [w[2] for w in weights], "region_id": [w[3] for w in weights],
                "weight": [1.0] * 4, "apportioned": [False] * 4, "area_complete": [True] * 4,
                "valid_from": pa.nulls(4, pa.date32()), "valid_to": pa.nulls(4, pa.date32()),
            }
        ),
    }  # fmt: skip


def lists(people: Mapping[tuple[str, str], float] = PEOPLE) -> dict[str, pa.Table]:
    """Code lists, with utdanning.no's people by education and occupation."""
    counts = [
        {"nus": nus, "styrk08": code, "period": "2025", "measure": measure, "value": n * times,
         "vintage_id": VINTAGE}
        for (nus, code), n in people.items()
        for measure, times in (("antall_40", 1), ("antall_personer", 2))
    ]  # fmt: skip
    areas = [("HSHSF1----", "3699"), ("RMRMF1----", "3581"), ("STUSP1----", None)]
    styrk = [{"code": c, "level": "4", "name": n, "vintage_id": VINTAGE} for c, n in NAMES.items()]
    none = {n: pa.array([], pa.string()) for n in ("programme_area", "nus4", "vintage_id")}
    groups = ("isco", "occupation", "coarse_group", "fine_group", "last_year", "vintage_id")
    return {
        "utdanning_education_occupation": pa.Table.from_pylist(counts),
        "utdanning_programme_areas": pa.Table.from_pylist(
            [{"programme_area": a, "active": "true", "nus": n, "vintage_id": VINTAGE}
             for a, n in areas]
        ),
        "codes_programme_nus": pa.table(none),
        "codes_styrk08": pa.Table.from_pylist(styrk),
        "codes_nav_occupation_groups": pa.table({n: pa.array([], pa.string()) for n in groups}),
    }  # fmt: skip


def surveys() -> dict[str, pa.Table]:
    """Nav's survey of 2026: occupations of the country, and the county's total."""
    bounds = ("shortage", "lower", "upper")
    listed = [
        {"occupation_name": label, "period": "2026", "measure": measure, "value": value}
        for label, values in SHORTAGE.items()
        for measure, value in zip(bounds, values, strict=True)
    ]
    county = [
        {"geo_level": "county", "geo_code": "50", "period": "2026", "measure": measure,
         "value": value}
        for measure, value in zip(bounds, COUNTY_SHORTAGE, strict=True)
    ]  # fmt: skip
    return {
        "nav_survey_occupation": table("nav/survey_occupation", listed),
        "nav_survey_county": table("nav/survey_county", county),
    }


def schools() -> dict[str, pa.Table]:
    """Udir's figures of the county for HS: applicants, pupils, completion."""
    county: Row = {"geo_level": "county", "geo_code": "50", "programme": "HS"}
    sought = {"_T": 300.0, "school": 240.0, "apprenticeship": 60.0}
    pupils = {"Vg1": 120.0, "Vg2": 100.0, "Vg3": 20.0}
    # 70 of 100 completed, then 60 of 80.
    completed = {"2019": (70.0, 100.0, 70.0), "2020": (60.0, 80.0, 75.0)}
    return {
        "udir_applicants_programme": table("udir/applicants_programme", [
            county | {"applied_for": code, "period": "2026", "measure": "Antall søkere", "value": n}
            for code, n in sought.items()
        ]),
        "udir_pupils_programme_level": table("udir/pupils_programme_level", [
            county | {"stage": stage, "period": "2026-27", "period_type": "school_year",
                      "measure": "Antall elever", "value": n}
            for stage, n in pupils.items()
        ]),
        "udir_completion_programme": table("udir/completion_programme", [
            county | {"completion": "25.201", "period": cohort, "period_type": "cohort",
                      "measure": measure, "value": value}
            for cohort, values in completed.items()
            for measure, value in zip(("Teller", "Nevner", "Prosent"), values, strict=True)
        ]),
    }  # fmt: skip


def people() -> dict[str, pa.Table]:
    """Residents by age, women and men, and the projection of those aged 16."""
    west, east = MUNICIPALITIES.values()
    living = [
        {"geo_level": level, "geo_code": code, "sex": sex, "age": age, "period": "2026",
         "measure": "Personer1", "value": float(n) if sex == "1" else 0.0}
        for age, (w, e) in RESIDENTS.items()
        for level, code, n in (("municipality", west, w), ("municipality", east, e),
                               ("county", "50", w + e), ("country", "0", 10 * (w + e)))
        for sex in ("1", "2")
    ]  # fmt: skip
    ahead = [
        {"geo_level": level, "geo_code": code, "age": "016", "period": year, "measure": measure,
         "value": n * times}
        for year, values in PROJECTED.items()
        for measure, n in zip(("Personer1", "Personer", "Personer2"), values, strict=True)
        for level, code, times in (("municipality", west, 1), ("municipality", east, 0.5),
                                   ("county", "50", 1.5), ("country", "0", 15))
    ]  # fmt: skip
    return {
        "ssb_07459": table("ssb/07459", living),
        "ssb_14746_ages": table("ssb/14746_ages", ahead),
    }


def workers() -> dict[str, pa.Table]:
    """Employed aged 55-66 by residence, and all employed by residence and place of work."""
    west, east = MUNICIPALITIES.values()
    older = {west: 120.0, east: 48.0, "50": 168.0}
    residents, jobs = {west: 1000.0, east: 500.0, "50": 1500.0}, {west: 1250.0, east: 400.0,
                                                                 "50": 1650.0}  # fmt: skip
    levels = {west: "municipality", east: "municipality", "50": "county"}
    place: Row = {"period": "2025", "reference_date": dt.date(2025, 12, 31)}
    return {
        "ssb_07984": table("ssb/07984", [
            place | {"geo_level": level, "geo_code": code, "sex": sex, "age": "55-66",
                     "measure": "Sysselsatte", "value": older[code] / 2}
            for code, level in levels.items() for sex in ("1", "2")
        ]),
        "ssb_11618": table("ssb/11618", [
            place | {"geo_level": level, "geo_code": code, "age": "15-74", "measure": measure,
                     "value": value[code]}
            for code, level in levels.items()
            for measure, value in (("SysselBosted", residents), ("SysselArbsted", jobs))
        ]),
    }  # fmt: skip


def parameters(**own: str) -> pa.Table:
    """Parameters of a county that sets these aside of the defaults."""
    choices = counties.Dimensioning(own, "county council, case 1/26")
    return county_choices.parameters(replace(counties.load("trondelag"), dimensioning=choices))


def world(**instead: pa.Table) -> dict[str, pa.Table]:
    """Every table that the marts read; instead: tables to take in place of the usual ones."""
    given = {**geography(), **lists(), **surveys(), **schools(), **people(), **workers()}
    given |= {"dimensioning_parameter": parameters(), **instead}
    tables = registry.load()
    named = {t for wanted in mart.load().values() for t in wanted.conformed}
    absent = {tables[t].view: table(t, ()) for t in named if tables[t].view not in given}
    return {"data_origin": pa.table({"name": ["made_up"]}), **absent, **given}


def made(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Every mart with a YAML, made of these tables."""
    found = dict(tables)
    for name, wanted in mart.load().items():
        found[name] = marts.compute(wanted, found)
    return {name: found[name] for name in mart.load()}

"""Codes and names are SSB's; areas never change."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from sources.made_up import centrality, klass
from sources.made_up.folder import LABEL
from sources.made_up.geography import FIRST, YEARS, Regions, load

SHARED = Path(__file__).resolve().parents[3] / "shared"


def published(path: str) -> Path:
    if not (SHARED / path).exists():
        pytest.skip(f"the published lists (../shared/{path}) are not on this machine")
    return SHARED / path


def test_codes_in_force_each_year_are_those_published() -> None:
    path = published("geo/municipality_list_by_year_2015_2026.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["code"] != "9999"]
    geography = load()
    for year in YEARS:
        names = {row["code"]: row["name"] for row in rows if row["year"] == str(year)}
        assert {c: geography.name(c, year) for c in names} == names
        assert set(geography.codes_between(year, year, None)) == set(names)


def test_changes_are_those_published() -> None:
    path = published("real/klass/131_changes_2015-01-01_2026-01-01.json")
    real = json.loads(path.read_bytes())["codeChanges"]
    ours = json.loads(klass.answers(load())[1].content)["codeChanges"]
    assert sorted(map(str, ours)) == sorted(map(str, real))


def test_codes_are_those_published_but_for_three_taken_over_unchanged() -> None:
    path = published("real/klass/131_codes_2015-01-01_2026-01-01.json")
    real = json.loads(path.read_bytes())["codes"]
    ours = json.loads(klass.answers(load())[0].content)["codes"]
    # The published list cuts these three where they took others in, though nothing changed.
    cut = ("0704", "1103", "5001")
    for rows in (ours, real):
        rows[:] = [row for row in rows if row["code"] not in cut]
    assert sorted(map(str, ours)) == sorted(map(str, real))


def test_only_three_municipalities_are_cut_and_their_shares_add_up() -> None:
    geography = load()
    start = geography.codes[:, 0].tolist()
    cut = {code for code in start if start.count(code) > 1}
    assert cut == {"0720", "1613", "1850"}
    for code in cut:
        assert geography.share[geography.codes[:, 0] == code].sum() == pytest.approx(1)
    whole = [share for code, share in zip(start, geography.share, strict=True) if code not in cut]
    assert set(whole) == {1.0}


def test_haram_comes_back_whole_and_the_rest_stays_aalesund() -> None:
    geography = load()
    way = {row[0]: (row[2020 - FIRST], row[-1]) for row in geography.codes.tolist()}
    assert way["1534"] == ("1507", "1580")
    for code in ("1504", "1523", "1529", "1546"):
        assert way[code] == ("1507", "1508")


def test_county_50_is_asked_with_every_generation_of_its_codes() -> None:
    codes = load().codes_between(2015, 2026, ["50"])
    assert len(codes) == len(set(codes))
    assert {"5001", "1601", "1702", "5012", "1613", "1567", "1571", "5061"} <= set(codes)
    assert not {"1576", "0301"} & set(codes)
    assert codes[:38] == sorted(codes[:38])


def test_every_area_is_in_one_county_and_the_country_every_year() -> None:
    geography = load()
    counties = geography.counties_between(2015, 2026)
    regions = Regions(geography, ["0", *counties], 2026)
    for year in YEARS:
        member = regions.member(year)
        assert (member[0] == 1).all()
        assert (member[1:].sum(axis=0) == 1).all()


def test_every_municipality_of_today_has_one_class_which_says_that_it_is_made_up() -> None:
    (answer,) = centrality.answers(load())
    items = json.loads(answer.content)["correspondenceItems"]
    assert sorted(i["targetCode"] for i in items) == sorted(load().codes_between(2026, 2026, None))
    assert all(LABEL in i["sourceName"] for i in items)
    assert len({i["sourceCode"] for i in items}) == centrality.CLASSES

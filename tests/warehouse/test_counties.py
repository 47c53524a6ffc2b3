"""A county's YAML is taken as it stands or refused with everything that is wrong with it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from sources.readers.klass import decode_codes
from tests.geo.worlds import codes_table
from warehouse import counties
from warehouse.counties import InvalidCounty
from warehouse.county_klass import Klass

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
id: prove
code: "11"
name: {nb: Prøve, en: Test}
default_region_set: parts
schedule: {cron: "0 9 * * 1-5", timezone: Europe/Oslo}
region_sets:
  - id: parts
    title: {nb: Deler, en: Parts}
    status: project_choice
    disjoint: true
    covers_county: true
    source: test
    confidence: high
    regions:
      - id: north
        name: {nb: Nord, en: North}
        municipalities: ["1101", {code: "1102", valid_from: "2020-01-01"}]
      - id: south
        name: {nb: Sør, en: South}
        confidence: low
        municipalities: ["1103"]
"""
CODES = codes_table(
    ("1101", None, None), ("1102", None, None), ("1103", None, None), ("1201", None, None)
)
TODAY = date(2024, 1, 1)


def _refused(folder: Path, *changes: tuple[str, str]) -> str:
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "prove.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidCounty) as error:
        counties.load("prove", folder).check_against(CODES, TODAY)
    return str(error.value)


def test_a_good_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "prove.yaml").write_text(GOOD, encoding="utf-8")
    county = counties.load("prove", tmp_path)
    county.check_against(CODES, TODAY)
    north, south = county.region_sets[0].regions
    assert [member.code for member in north.members] == ["1101", "1102"]
    assert north.members[1].valid_from == date(2020, 1, 1)
    assert (north.confidence, south.confidence) == ("high", "low")
    assert county.schedule.timezone == "Europe/Oslo"


def test_the_countys_own_files_are_good() -> None:
    assert {"telemark", "trondelag"} <= set(counties.available())
    trondelag, telemark = counties.load("trondelag"), counties.load("telemark")
    assert trondelag.default_region_set == "forum_7"
    assert [region.id for region in trondelag.region_sets[0].regions] == [
        "trondheimsregionen",
        "innherred",
        "namdalen",
        "fosen",
        "vaernesregionen",
        "trondelag_sor",
        "trondelag_sorvest",
    ]
    assert sum(len(r.members) for r in trondelag.region_sets[0].regions) == 38
    assert sum(len(r.members) for r in telemark.region_sets[0].regions) == 17


def test_unknown_keys_and_missing_ones_are_all_named(tmp_path: Path) -> None:
    told = _refused(
        tmp_path, ("disjoint: true", "disjunct: true"), ("id: prove", "id: prove\nkapital: Bø")
    )
    assert "'kapital' was unexpected" in told
    assert "'disjunct' was unexpected" in told
    assert "'disjoint' is a required property" in told


def test_codes_and_dates_without_quotes_are_explained(tmp_path: Path) -> None:
    told = _refused(tmp_path, ('"1103"', "0301"), ('"2020-01-01"', "2020-01-01"))
    assert told.count("put codes and dates in quotes") == 2


def test_a_set_declared_disjoint_says_who_is_in_two(tmp_path: Path) -> None:
    told = _refused(tmp_path, ('["1103"]', '["1103", "1101"]'))
    assert "parts: declared disjoint, but 1101 is in north and south" in told


def test_a_municipality_listed_twice_in_a_region_is_refused(tmp_path: Path) -> None:
    told = _refused(tmp_path, ('["1103"]', '["1103", "1103"]'))
    assert "1103 is listed twice in south" in told


def test_codes_that_klass_does_not_know_or_has_ended(tmp_path: Path) -> None:
    old = codes_table(("1101", None, None), ("1102", None, date(2020, 1, 1)), ("1103", None, None))
    text = GOOD.replace('["1103"]', '["1103", "1155"]').replace(', valid_from: "2020-01-01"', "")
    (tmp_path / "prove.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidCounty) as error:
        counties.load("prove", tmp_path).check_against(old, TODAY)
    assert "parts/north: 1102 ended 2020-01-01; use the codes of 2024-01-01" in str(error.value)
    assert "parts/south: 1155 is not in KLASS 131" in str(error.value)


def test_a_set_that_is_to_cover_the_county_says_who_is_left_out(tmp_path: Path) -> None:
    told = _refused(tmp_path, ('["1103"]', '["1201"]'))
    assert "parts: declared to cover the county, but misses 1103 By 1103" in told


def test_a_county_code_that_no_municipality_has(tmp_path: Path) -> None:
    assert "no municipality of 2024-01-01 begins with 77" in _refused(
        tmp_path, ('code: "11"', 'code: "77"')
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("id: prove", "id: other", "the file is named prove.yaml"),
        ("default_region_set: parts", "default_region_set: forum", "forum is none of parts"),
        ("id: parts", "id: county", "region_sets.0.id"),
        ("id: south", "id: north", "region north is declared twice"),
        ("2020-01-01", "2020-13-01", "valid_from 2020-13-01 is no date"),
        ('valid_from: "2020', 'valid_to: "2010-01-01", valid_from: "2020', "is not after"),
        ("0 9 * * 1-5", "every day", "schedule.cron"),
        ("Europe/Oslo", "UTC", "schedule.timezone"),
        ('code: "11"', 'code: "11"\ncode: "12"', "key code is given twice"),
        ("regions:", "regions: [", "not readable as YAML"),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert told in _refused(tmp_path, (old, new))


def test_a_county_that_is_not_there_tells_which_are() -> None:
    with pytest.raises(
        InvalidCounty, match=f"no such county; there is {', '.join(counties.available())}"
    ):
        counties.load("viken")


# Norway's counties of 2024; every one has a file.
COUNTIES_OF_2024 = {
    "03", "11", "15", "18", "31", "32", "33", "34", "39", "40", "42", "46", "50", "55", "56",
}  # fmt: skip


def test_every_county_has_one_file() -> None:
    codes = [counties.load(each).code for each in counties.available()]
    assert sorted(codes) == sorted(COUNTIES_OF_2024)


def test_economic_regions_hold_every_municipality_of_the_country_once(real: Path) -> None:
    known = _klass(real)
    held = [
        member.code
        for each in counties.available()
        for region_set in counties.load(each).region_sets
        if region_set.id.startswith("ssb_economic")
        for region in region_set.regions
        for member in region.members
    ]
    unknown_place = {"9999"}
    assert sorted(held) == sorted(known.names.keys() - unknown_place)


def test_no_countys_file_is_wrong_by_klass(real: Path) -> None:
    known = _klass(real)
    for each in counties.available():
        counties.load(each).check_against(known.codes, known.day)


def test_region_names_of_the_economic_regions_have_the_countys_code() -> None:
    for each in counties.available():
        county = counties.load(each)
        for region_set in county.region_sets:
            if region_set.id.startswith("ssb_economic"):
                ids = [region.id for region in region_set.regions]
                assert ids == [f"{county.code}{n:03}" for n in range(1, len(ids) + 1)]


def _klass(real: Path) -> Klass:
    borders = (date(2015, 1, 1), date(2026, 1, 1))
    body = (real / "klass" / "131_codes_2015-01-01_2026-01-01.json").read_bytes()
    return Klass(decode_codes(body, borders), TODAY)

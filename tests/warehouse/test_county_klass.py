"""What is wrong with a county's regions, and what is worth knowing, is said in plain words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from tests.geo.worlds import CHANGES, codes_table
from warehouse import counties, county_klass
from warehouse.county_file import (
    Grouping,
    NewCounty,
    UnreadableRegions,
    economic_regions,
    id_of,
    own_regions,
    text,
)
from warehouse.county_klass import Klass

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2024, 1, 1)
CODES = codes_table(
    ("1101", None, None),
    ("1102", None, date(2027, 1, 1)),
    ("1103", None, None),
    ("1104", None, date(2020, 1, 1)),
    ("1201", None, None),
)
BECAME = pa.Table.from_pylist(
    [
        {"old_code": "1104", "new_code": code, "new_name": code, "change_date": date(2020, 1, 1)}
        for code in ("1103", "1201")
    ],
    CHANGES,
)
COUNTY = """
id: prove
code: "11"
name: {nb: Prøve, en: Test}
default_region_set: %(chosen)s
schedule: {cron: "0 9 * * 1-5", timezone: Europe/Oslo}
region_sets:
  - id: parts
    title: {nb: Deler, en: Parts}
    status: council
    disjoint: %(disjoint)s
    covers_county: %(covers)s
    source: test
    confidence: high
    regions:
      - {id: north, name: {nb: Nord, en: North}, municipalities: %(north)s}
      - {id: south, name: {nb: Sør, en: South}, municipalities: %(south)s}
"""
GOOD = {
    "chosen": "parts",
    "disjoint": "true",
    "covers": "true",
    "north": '["1101", "1102"]',
    "south": '["1103"]',
}
USE = "use the codes of 2024-01-01"
KNOWN = Klass(CODES, DAY, BECAME)


def found(folder: Path, language: str = "en", **changes: str) -> tuple[list[str], list[str]]:
    """What is wrong with the county when it is changed so, and what is noted."""
    (folder / "prove.yaml").write_text(COUNTY % (GOOD | changes), encoding="utf-8")
    county, findings = counties.read("prove", folder)
    wrong = [*findings, *county_klass.wrong(county, KNOWN)]
    noted = county_klass.notes(county, KNOWN)
    return [f.line(language) for f in wrong], [f.line(language) for f in noted]


def test_a_good_file_has_nothing_wrong_and_tells_of_a_code_that_will_end(tmp_path: Path) -> None:
    wrong, noted = found(tmp_path)
    assert wrong == []
    assert noted == ["parts: 1102 By 1102 ends 2027-01-01: mend the file before that"]


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    wrong, _ = found(
        tmp_path,
        chosen="forum",
        north='["1101", "1104", {code: "1102", valid_from: "2020-02-30"}]',
        south='["1155", "1101"]',
    )
    assert wrong == [
        "default_region_set: forum is none of parts, municipality, county",
        "parts/north/1102: valid_from 2020-02-30 is no date",
        "parts: declared disjoint, but 1101 is in north and south",
        f"parts/north: 1104 ended 2020-01-01; {USE} (it became 1103 By 1103, 1201 By 1201)",
        f"parts/south: 1155 is not in KLASS 131; {USE}",
        "parts: declared to cover the county, but misses 1103 By 1103",
    ]


@pytest.mark.parametrize(
    ("changes", "nb", "en"),
    [
        (
            {"disjoint": "false", "south": '["1103", "1101"]'},
            "kan ikke summeres til fylket: 1101 By 1101 er i north og south",
            "cannot be added up to the county: 1101 By 1101 is in north and south",
        ),
        ({"disjoint": "false"}, "kan føres som disjoint: true", "could be declared disjoint: true"),
        (
            {"covers": "false", "south": '["1201"]'},
            "kommuner som ikke er i noen region: 1 (1103 By 1103)",
            "municipalities that are in no region: 1 (1103 By 1103)",
        ),
        ({"covers": "false"}, "kan føres som covers_county", "could be declared covers_county"),
        (
            {"south": '["1103", "1201"]'},
            "kommuner i et annet fylke er med: 1201 By 1201",
            "municipalities of another county are in it: 1201 By 1201",
        ),
        (
            {"south": '["1103", {code: "1104", valid_to: "2020-01-01"}]'},
            "1104 regnes ikke med per 2024-01-01: medlem […, 2020-01-01)",
            "1104 is not counted on 2024-01-01: member […, 2020-01-01)",
        ),
    ],
)
def test_what_is_allowed_is_noted_in_both_languages(
    tmp_path: Path, changes: dict[str, str], nb: str, en: str
) -> None:
    for language, expected in (("nb", nb), ("en", en)):
        wrong, noted = found(tmp_path, language, **changes)
        assert wrong == []
        assert [line for line in noted if expected in line], noted


def test_a_region_that_does_not_hold_today_and_one_that_is_unsure(tmp_path: Path) -> None:
    changed = COUNTY % GOOD
    for old, new in (("{id: north", "{id: north, valid_to: '2023-01-01'"),
                     ("{id: south", "{id: south, confidence: low")):  # fmt: skip
        changed = changed.replace(old, new)
    (tmp_path / "prove.yaml").write_text(changed, encoding="utf-8")
    noted = [f.line("en") for f in county_klass.notes(counties.load("prove", tmp_path), KNOWN)]
    assert "parts/north: not shown on 2024-01-01: holds […, 2023-01-01)" in noted
    assert "parts: the members are stated with low confidence: south" in noted


@pytest.mark.parametrize("turned", [False, True])
def test_economic_regions_are_read_in_either_direction(turned: bool) -> None:
    pairs = [("11001", "Nord", "1101"), ("11002", "Sør", "1103"), ("11001", "Nord", "1102")]
    rows = [{"source_code": r, "source_name": n, "target_code": m, "target_name": f"By {m}",
             "valid_to": None} for r, n, m in pairs]  # fmt: skip
    rows.append({**rows[0], "source_code": "11009", "valid_to": date(2020, 1, 1)})
    if turned:
        rows = [
            row
            | {f"{a}_{k}": row[f"{b}_{k}"] for k in ("code", "name")
               for a, b in (("source", "target"), ("target", "source"))}
            for row in rows
        ]  # fmt: skip
    made = economic_regions(pa.Table.from_pylist(rows), {"1101", "1102", "1103"}, "test")
    assert made is not None
    assert made.regions == {"11001": ("Nord", ("1101", "1102")), "11002": ("Sør", ("1103",))}
    # A list that leaves a municipality out, or has it twice, says nothing for sure.
    assert economic_regions(pa.Table.from_pylist(rows[:2]), {"1101", "1102"}, "test") is None
    twice = pa.Table.from_pylist([*rows, rows[0]])
    assert economic_regions(twice, {"1101", "1102", "1103"}, "test") is None


def test_own_regions_are_read_or_refused_with_every_line() -> None:
    made = own_regions(["Indre Sør: 1101, 1102", "Ålen: 1103"], "Egne", "Own", "fylket")
    assert made.regions == {
        "indre_sor": ("Indre Sør", ("1101", "1102")),
        "alen": ("Ålen", ("1103",)),
    }
    with pytest.raises(UnreadableRegions) as error:
        own_regions(["Nord 1101", "Sør: 110", "Sør: 1101", "SØR: 1102"], "a", "b", "c")
    told = str(error.value)
    assert "'Nord 1101' is not like" in told
    assert "'Sør: 110' is not like" in told
    assert "there is a region sor already" in told


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Møre og Romsdal", "more_og_romsdal"),
        ("Ærø / Å", "aero_a"),
        ("50", ""),
        ("Østfold", "ostfold"),
    ],
)
def test_ids(name: str, expected: str) -> None:
    assert id_of(name) == expected


@pytest.mark.parametrize(
    ("north", "disjoint", "covers"),
    [(("1101", "1102"), True, True), (("1101", "1103"), False, False)],
)
def test_a_new_file_states_what_its_regions_are(
    tmp_path: Path, north: tuple[str, ...], disjoint: bool, covers: bool
) -> None:
    regions = {"nord": ('Nord "ved" elva: #1', north), "sor": ("Sør", ("1103",))}
    own = Grouping("own_regions", "Egne", "Own", "project_choice", "no", "medium", regions)
    county = NewCounty("prove", "11", "Prøve", "Test", "own_regions", "30 8 * * 1-5",
                       frozenset({"1101", "1102", "1103"}), (own,),
                       contact={"email": "a@b.no"})  # fmt: skip
    (tmp_path / "prove.yaml").write_text(text(county), encoding="utf-8")
    read = counties.load("prove", tmp_path)
    assert (read.region_sets[0].disjoint, read.region_sets[0].covers_county) == (disjoint, covers)
    assert read.region_sets[0].source == "no"
    assert read.region_sets[0].regions[0].name["nb"] == 'Nord "ved" elva: #1'
    assert read.contact == {"email": "a@b.no"}

"""A county with overlapping regions, a divided municipality and a moved one, worked out by hand.

County 11 has 1101, 1102, 1103 and 1104 today. Until 2020 there was 1110, of whose residents 30 %
went to 1101 and 70 % to 1103. Until 2018, 1104 was 1205 in county 12, where 1201 is left. Region
set `halves` has north = 1101 + 1102 and south = 1103 + 1104, so 1110 lay across them. The councils
overlap in 1103 and leave 1104 out: coast = 1101 + 1103, where all of 1110 lay, and inland =
1102 + 1103, where 70 % did. The real rules of geography and roll-up lead every figure there.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from tests.geo.worlds import changes_table, codes_table, seeds, split
from tests.warehouse.hand_worked import indicator, row, table
from warehouse import county_findings, geography
from warehouse.counties import County, Member, Region, RegionSet, Schedule
from warehouse.indicator import GEOGRAPHY, compute

MOVED, DIVIDED = dt.date(2018, 1, 1), dt.date(2020, 1, 1)
TEXT = {"nb": "Prøve", "en": "Test"}
CODES = codes_table(
    ("1101", None, None), ("1102", None, None), ("1103", None, None), ("1104", MOVED, None),
    ("1110", None, DIVIDED), ("1201", None, None), ("1205", None, MOVED),
)  # fmt: skip
CHANGES = changes_table(
    ("1205", "1104", MOVED), ("1110", "1101", DIVIDED), ("1110", "1103", DIVIDED)
)
SEEDS = seeds(split("1110", DIVIDED, c1101=30, c1103=70))
HALVES = {"north": ("1101", "1102"), "south": ("1103", "1104")}
COUNCILS = {"coast": ("1101", "1103"), "inland": ("1102", "1103")}
# Year -> code of the time -> persons counted, of persons in all.
FIGURES = {
    "2016": {"1101": (10, 100), "1102": (20, 100), "1103": (30, 200), "1110": (40, 100),
             "1205": (5, 50), "1201": (7, 70)},
    "2019": {"1101": (12, 100), "1102": (20, 100), "1103": (30, 200), "1110": (40, 100),
             "1104": (6, 50), "1201": (7, 70)},
    "2024": {"1101": (25, 140), "1102": (20, 100), "1103": (60, 260), "1104": (8, 50),
             "1201": (7, 70)},
}  # fmt: skip
Found = dict[tuple[str, str], dict[str, Any]]


def county(*, councils_overlap: bool = True) -> County:
    """The county; councils_overlap: whether its file admits that the councils do."""

    def regions(members: dict[str, tuple[str, ...]]) -> tuple[Region, ...]:
        return tuple(
            Region(name, TEXT, tuple(map(Member, codes)), "test", "high")
            for name, codes in members.items()
        )

    sets = (
        RegionSet("halves", TEXT, "project_choice", True, True, "test", "high", regions(HALVES)),
        RegionSet(
            "councils", TEXT, "project_choice", not councils_overlap, False, "test", "high",
            regions(COUNCILS),
        ),
    )  # fmt: skip
    return County("test", "11", TEXT, "halves", sets, Schedule("0 6 * * *", "Europe/Oslo"))


def rolled_up(*more: dict[str, Any]) -> Found:
    """The figures, and further rows, led to every region: (region id, period) -> value row."""
    built = geography.build(CODES, CHANGES, county(), None, SEEDS)
    places = {name: getattr(built, name) for name in GEOGRAPHY if hasattr(built, name)}
    places["coverage"] = pa.table({"first_date": [dt.date(2015, 1, 1)]})
    rows = [
        row("municipality", code, year, numerator=counted, denominator=of)
        for year, figures in FIGURES.items()
        for code, (counted, of) in figures.items()
    ]
    made = compute(
        indicator(),
        breakdowns=("sex",),
        conformed={"given": table([*rows, *more])},
        geography=places,
        data_origin="published",
    )
    return {(r["region_id"], r["period"]): r for r in made.to_pylist()}


@pytest.fixture(scope="module")
def found() -> Found:
    return rolled_up()


@pytest.mark.parametrize(
    ("region", "year", "numerator", "denominator", "status"),
    [
        # Today's municipalities: 30 % of 1110 in 1101, 70 % in 1103, 1205 is 1104.
        ("1101", "2016", 22, 130, "E"),  # 10 + 0.3 x 40 of 100 + 0.3 x 100
        ("1103", "2016", 58, 270, "E"),  # 30 + 0.7 x 40 of 200 + 0.7 x 100
        ("1104", "2016", 5, 50, "A"),  # what 1205 had in the other county
        ("1104", "2019", 6, 50, "A"),
        ("1102", "2016", 20, 100, "A"),
        # Halves: 1110 lay across them.
        ("north", "2016", 42, 230, "E"),  # 10 + 20 + 12 of 100 + 100 + 30
        ("south", "2016", 63, 320, "E"),  # 30 + 28 + 5 of 200 + 70 + 50
        ("north", "2019", 44, 230, "E"),  # 12 + 20 + 12
        ("south", "2019", 64, 320, "E"),  # 30 + 28 + 6
        ("north", "2024", 45, 240, "A"),  # 25 + 20 of 140 + 100
        ("south", "2024", 68, 310, "A"),  # 60 + 8 of 260 + 50
        # Councils: all of 1110 lay in coast, so nothing is apportioned there.
        ("coast", "2016", 80, 400, "A"),  # 10 + 30 + 40 of 100 + 200 + 100
        ("inland", "2016", 78, 370, "E"),  # 20 + 30 + 28 of 100 + 200 + 70
        ("coast", "2019", 82, 400, "A"),  # 12 + 30 + 40
        ("coast", "2024", 85, 400, "A"),  # 25 + 60 of 140 + 260
        ("inland", "2024", 80, 360, "A"),  # 20 + 60 of 100 + 260
        # The county of today in every year: 1104 belongs to it, also when it was 1205.
        ("11", "2016", 105, 550, "A"),  # 10 + 20 + 30 + 40 + 5 of 100 + 100 + 200 + 100 + 50
        ("11", "2019", 108, 550, "A"),  # 12 + 20 + 30 + 40 + 6
        ("11", "2024", 113, 550, "A"),  # 25 + 20 + 60 + 8 of 140 + 100 + 260 + 50
        ("0", "2016", 112, 620, "A"),  # the county and the 7 of 70 of 1201
    ],
)
def test_every_figure_is_that_on_paper(
    found: Found, region: str, year: str, numerator: float, denominator: float, status: str
) -> None:
    value = found[region, year]
    assert value["numerator"] == pytest.approx(numerator)
    assert value["denominator"] == pytest.approx(denominator)
    assert value["value"] == pytest.approx(100 * numerator / denominator)
    assert value["obs_status"] == status


@pytest.mark.parametrize("year", FIGURES)
def test_regions_that_share_nothing_add_up_and_overlapping_ones_do_not(
    found: Found, year: str
) -> None:
    whole = found["11", year]["denominator"]
    assert sum(found[name, year]["denominator"] for name in HALVES) == pytest.approx(whole)
    # 1103 counts in both councils and 1104 in none: 270 - 50 more than the county until 2020.
    more = {"2016": 220, "2019": 220, "2024": 210}
    together = sum(found[name, year]["denominator"] for name in COUNCILS)
    assert together - whole == pytest.approx(more[year])


def test_the_mean_of_percentages_is_another_figure(found: Found) -> None:
    # 22 of 130 and 20 of 100 are 16.9 and 20.0 per cent, 18.5 on average; 42 of 230 is 18.3.
    assert found["north", "2016"]["value"] == pytest.approx(18.2609, abs=1e-4)
    mean = (found["1101", "2016"]["value"] + found["1102", "2016"]["value"]) / 2
    assert mean == pytest.approx(18.4615, abs=1e-4)


def test_what_the_source_says_of_the_county_of_the_time_is_not_todays_county() -> None:
    own = [
        row("county", "11", "2016", numerator=100, denominator=500),  # without 1205
        row("county", "11", "2024", numerator=114, denominator=550),  # all of today's county
    ]
    found = rolled_up(*own)
    assert (found["11", "2016"]["numerator"], found["11", "2016"]["computed_from"]) == (
        105, "municipality",
    )  # fmt: skip
    assert (found["11", "2024"]["numerator"], found["11", "2024"]["computed_from"]) == (
        114, "county",
    )  # fmt: skip


def test_a_file_that_hides_the_overlap_is_told_where_it_is() -> None:
    def told(*, councils_overlap: bool) -> list[str]:
        sets = county(councils_overlap=councils_overlap).region_sets
        return [found.line("en") for each in sets for found in county_findings.overlaps(each)]

    assert told(councils_overlap=True) == []
    (line,) = told(councils_overlap=False)
    assert "declared disjoint, but 1103 is in coast and inland" in line

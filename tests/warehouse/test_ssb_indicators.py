"""Indicators of StatBank's tables, worked out by hand: counts first, then the share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.warehouse.small_tables import cell, rolled_up

if TYPE_CHECKING:
    from collections.abc import Iterator

STATUSES = ("A.01", "A.09", "U.01", "U.03", "U.04-U.05", "U.06-U.07", "U.90A")
PUBLIC, PRIVATE = ("6100", "6500.6", "6500.7", "A+B+D+E.5-7"), "A+B+D+E.0-1+9"
INDUSTRIES = ("01-03", "05-09", "10-33", "35-39", "41-43", "45-47", "49-53", "55-56", "58-63",
              "64-66", "68-75", "77-82", "84", "85", "86-88", "90-99")  # fmt: skip

Rows = list[dict[str, Any]]


def by_status(code: str, age: str, counts: tuple[int, ...]) -> Rows:
    return [
        cell(code, "2022", float(n), age=age, attachment=status, immigration="A-G",
             measure="Bosatte")
        for status, n in zip(STATUSES, counts, strict=True)
    ]  # fmt: skip


RESIDENTS = [
    *by_status("9001", "15-29", (60, 5, 5, 20, 4, 0, 6)),
    *by_status("9001", "30-61", (240, 10, 5, 5, 25, 5, 10)),
    *by_status("9002", "15-29", (100, 20, 10, 50, 10, 0, 10)),
    *by_status("9002", "30-61", (300, 50, 0, 0, 40, 0, 10)),
]


def test_labour_force_is_the_employed_and_the_unemployed() -> None:
    found = rolled_up("labour_force_share", "2022", RESIDENTS)
    assert (found["9001"]["numerator"], found["9001"]["denominator"]) == (315, 400)
    assert found["north"]["value"] == pytest.approx(100 * (315 + 470) / (400 + 600))
    young = rolled_up("labour_force_share", "2022", RESIDENTS, age="15-29")
    assert (young["north"]["numerator"], young["north"]["denominator"]) == (185, 300)


def test_a_place_without_residents_or_statuses_has_no_labour_force() -> None:
    hole = [*by_status("9003", "15-29", (0,) * 7), *by_status("9003", "30-61", (0,) * 7)]
    found = rolled_up("labour_force_share", "2022", [*RESIDENTS, *hole])
    assert found["9003"]["value"] is None
    assert found["9003"]["obs_status"] == "M"
    assert found["90"]["reason"] == "parts_without_figure"
    found = rolled_up("labour_force_share", "2022", RESIDENTS[1:])
    assert found["9001"]["value"] is None
    assert found["9002"]["value"] is not None


def outside(code: str, everyone: tuple[int, int], immigrants: tuple[int, int]) -> Rows:
    others = tuple(a - b for a, b in zip(everyone, immigrants, strict=True))
    return [
        cell(code, "2022", float(n), age="15-29", attachment=attachment, immigration=category)
        for category, counts in (("A-G", everyone), ("B", immigrants), ("A_C-G", others))
        for attachment, n in zip(("TOT3", "NEET2"), counts, strict=True)
    ]


def test_immigrants_outside_are_a_share_of_immigrants() -> None:
    rows = [*outside("9001", (900, 90), (200, 50)), *outside("9002", (1000, 60), (300, 40))]
    found = rolled_up("neet_immigrants", "2022", rows)
    assert (found["north"]["numerator"], found["north"]["denominator"]) == (90, 500)
    assert found["north"]["value"] == pytest.approx(18.0)
    others = rolled_up("neet_immigrants", "2022", rows, immigration="A_C-G")
    assert others["north"]["value"] == pytest.approx(100 * 60 / 1400)


def test_a_place_without_immigrants_is_not_a_hole() -> None:
    rows = [
        *outside("9001", (900, 90), (200, 50)),
        *outside("9002", (1000, 60), (0, 0)),
        *outside("9003", (0, 0), (0, 0)),
    ]
    found = rolled_up("neet_immigrants", "2022", rows)
    assert found["north"]["value"] == pytest.approx(25.0)
    assert found["9003"]["obs_status"] == "M"
    assert found["90"]["value"] is None


def by_age(code: str, persons: int) -> Iterator[dict[str, Any]]:
    """As many persons of each sex and each age from 0 to 105 and over."""
    for sex in ("1", "2"):
        for age in range(106):
            text = "105+" if age == 105 else f"{age:03d}"
            yield cell(code, "2022", float(persons), sex=sex, age=text)


def test_working_age_is_twenty_to_sixty_six_of_all_ages() -> None:
    rows = [*by_age("9001", 2), *by_age("9002", 5)]
    found = rolled_up("working_age_share", "2022", rows)
    assert (found["9001"]["numerator"], found["9001"]["denominator"]) == (47 * 4, 106 * 4)
    assert found["north"]["value"] == pytest.approx(100 * 47 * 14 / (106 * 14))
    without = [row for row in rows if (row["geo_code"], row["age"]) != ("9001", "020")]
    assert rolled_up("working_age_share", "2022", without)["9001"]["value"] is None


def test_elderly_are_set_against_the_working_age() -> None:
    rows = [*by_age("9001", 2), *by_age("9002", 5)]
    found = rolled_up("elderly_per_working_age", "2022", rows)
    assert found["north"]["value"] == pytest.approx(100 * 39 / 47)
    assert found["9002"]["numerator"] == 39 * 10
    oldest = rolled_up("elderly_per_working_age", "2022", rows, age_group="80+")
    assert oldest["north"]["value"] == pytest.approx(100 * 26 / 47)


def projected(code: str, by_year: dict[str, tuple[int, ...]], **of: str) -> Rows:
    name, groups = next((k, v.split(",")) for k, v in of.items())
    return [
        cell(code, year, float(n + extra), measure=measure, sex="_T", **{name: group})
        for year, counts in by_year.items()
        for group, n in zip(groups, counts, strict=True)
        for measure, extra in (("Personer", 0), ("Personer2", 10 * (year != "2026")))
    ]


def test_projected_change_is_of_the_sums_and_can_be_a_decline() -> None:
    groups = "F315,F316,F317"
    rows = [
        *projected("9001", {"2026": (9, 100, 100), "2036": (9, 90, 95)}, age_group=groups),
        *projected("9002", {"2026": (9, 150, 150), "2036": (9, 200, 130)}, age_group=groups),
    ]
    found = rolled_up("projected_change_working_age", "2026", rows)
    assert (found["9001"]["numerator"], found["9001"]["denominator"]) == (-15, 200)
    assert found["9001"]["value"] == pytest.approx(-7.5)
    assert found["north"]["value"] == pytest.approx(100 * (-15 + 30) / 500)
    high = rolled_up("projected_change_working_age", "2026", rows, alternative="high")
    assert high["9001"]["numerator"] == -15 + 2 * 10
    assert rolled_up("projected_change_working_age", "2026", rows, horizon="5") == {}


def test_projected_change_of_the_young_needs_all_three_ages() -> None:
    by_year = {"2026": (50, 40, 60), "2031": (40, 40, 40), "2041": (70, 60, 80)}
    rows = [
        *projected("9001", by_year, age="016,017,018"),
        *projected("9002", {"2026": (60, 60), "2041": (70, 60)}, age="016,017"),
    ]
    found = rolled_up("projected_change_16_18", "2026", rows, horizon="5")
    assert found["9001"]["value"] == pytest.approx(-20.0)
    found = rolled_up("projected_change_16_18", "2026", rows, horizon="15")
    assert found["9001"]["value"] == pytest.approx(40.0)
    assert found["9002"]["value"] is None
    assert found["north"]["value"] is None


def by_sector(code: str, counts: tuple[int, ...]) -> Rows:
    return [
        cell(code, "2022", float(n), sector=sector, industry="00-99", measure="SysselEtterArbste")
        for sector, n in zip((*PUBLIC, PRIVATE), counts, strict=True)
    ]


def test_public_sector_is_four_groups_of_five() -> None:
    rows = [*by_sector("9001", (10, 5, 70, 15, 100)), *by_sector("9002", (0, 0, 100, 0, 200))]
    found = rolled_up("public_sector_share", "2022", rows)
    assert found["9001"]["value"] == pytest.approx(50.0)
    assert found["north"]["value"] == pytest.approx(100 * 200 / 500)
    private = [row for row in rows if row["sector"] == PRIVATE]
    assert rolled_up("public_sector_share", "2022", private) == {}


def by_industry(code: str, counts: tuple[int, ...], unspecified: int = 0) -> Rows:
    stated = zip((*INDUSTRIES, "00"), (*counts, unspecified), strict=True)
    return [
        cell(code, "2022", float(n), industry=industry, measure="SysselsatteArb")
        for industry, n in stated
    ]


def test_concentration_is_of_the_regions_own_sums() -> None:
    rows = [
        *by_industry("9001", (10,) * 16, unspecified=500),
        *by_industry("9002", (160, *(0,) * 15)),
    ]
    found = rolled_up("industry_concentration", "2022", rows)
    assert found["9001"]["value"] == pytest.approx(625)
    assert found["9002"]["value"] == pytest.approx(10_000)
    # 170 and fifteen times 10 of 320; the mean of the two would be 5312.5.
    assert found["north"]["value"] == pytest.approx(10_000 * (170**2 + 15 * 10**2) / 320**2)
    assert found["north"]["value"] == pytest.approx(
        10_000 * found["north"]["numerator"] / found["north"]["denominator"]
    )


def test_concentration_needs_every_industry_of_every_part() -> None:
    rows = [*by_industry("9001", (10,) * 16), *by_industry("9002", (160, *(0,) * 15))]
    assert rolled_up("industry_concentration", "2022", rows[:20])["9002"]["value"] is None
    rows[3] |= {"value": None, "obs_status": "Q", "source_symbol": ":"}
    found = rolled_up("industry_concentration", "2022", rows)
    assert found["9001"]["value"] is None
    assert found["north"]["reason"] == "suppressed"
    assert found["9002"]["value"] == pytest.approx(10_000)

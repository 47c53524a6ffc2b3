"""The generic roll-up, worked out by hand: what a county official would get on paper."""

from __future__ import annotations

import pytest

from tests.warehouse.hand_worked import row, values

TODAY = [
    row("municipality", "9001", "2022", numerator=10, denominator=100),
    row("municipality", "9002", "2022", numerator=60, denominator=300),
    row("municipality", "9003", "2022", numerator=5, denominator=50),
]


def test_a_region_is_the_ratio_of_sums_never_the_mean_of_percentages() -> None:
    found = values(TODAY)
    assert found["9001", "2022"]["value"] == 10.0
    assert found["9002", "2022"]["value"] == 20.0
    assert found["north", "2022"]["value"] == 17.5  # 70 of 400; the mean would be 15
    assert found["north", "2022"]["numerator"] == 70
    assert found["north", "2022"]["denominator"] == 400
    assert found["90", "2022"]["value"] == pytest.approx(100 * 75 / 450)
    assert found["everything", "2022"]["obs_status"] == "A"


def test_a_divided_municipality_is_whole_where_all_its_parts_lie() -> None:
    then = [
        row("municipality", "9003", "2019", numerator=5, denominator=50),
        row("municipality", "9010", "2019", numerator=20, denominator=100),
        row("municipality", "9011", "2019", numerator=7, denominator=10),
    ]
    found = values(then)
    everything = found["everything", "2019"]
    assert (everything["numerator"], everything["denominator"]) == (32, 160)
    assert everything["obs_status"] == "A"
    north = found["north", "2019"]  # all of 9011 and 30 % of 9010
    assert (north["numerator"], north["denominator"]) == (pytest.approx(13), pytest.approx(40))
    assert north["obs_status"] == "E"
    south = found["south", "2019"]
    assert south["numerator"] + north["numerator"] == pytest.approx(32)
    assert found["90", "2019"]["numerator"] == 32


@pytest.mark.parametrize(
    ("status", "symbol", "reason", "inherited"),
    [
        ("Q", ":", "suppressed", "Q"),
        ("O", "..", "parts_without_figure", "O"),
        ("M", ".", "parts_without_figure", "M"),
    ],
)
def test_a_sum_with_a_missing_part_is_not_the_sum(
    status: str, symbol: str, reason: str, inherited: str
) -> None:
    rows = [*TODAY]
    rows[1] = row("municipality", "9002", "2022", obs_status=status, source_symbol=symbol)
    found = values(rows)
    assert found["9002", "2022"]["value"] is None
    for region in ("north", "everything", "90"):
        assert found[region, "2022"]["value"] is None
        assert found[region, "2022"]["numerator"] is None
        assert found[region, "2022"]["reason"] == reason
        assert found[region, "2022"]["obs_status"] == inherited
        assert found[region, "2022"]["source_symbol"] == symbol
    assert found["south", "2022"]["value"] == 10.0


def test_a_part_that_is_not_in_the_answer_leaves_the_region_blank() -> None:
    found = values(TODAY[:2])
    assert found["north", "2022"]["value"] == 17.5
    assert found["south", "2022"]["reason"] == "not_in_answer"
    assert found["90", "2022"]["reason"] == "parts_not_in_answer"
    assert (found["90", "2022"]["parts"], found["90", "2022"]["parts_with_figure"]) == (3, 2)


def test_the_sources_own_county_figure_stands_in_for_missing_parts() -> None:
    own = row("county", "90", "2022", numerator=80, denominator=460)
    found = values([*TODAY[:2], own])
    assert found["90", "2022"]["value"] == pytest.approx(100 * 80 / 460)
    assert found["90", "2022"]["computed_from"] == "county"
    assert found["north", "2022"]["computed_from"] == "municipality"


def test_what_the_source_counts_for_the_area_itself_goes_before_the_sum() -> None:
    country = row("country", "0", "2022", numerator=90, denominator=500)
    found = values([*TODAY, country])
    assert found["0", "2022"]["value"] == 18.0
    assert found["everything", "2022"]["value"] == pytest.approx(100 * 75 / 450)


def test_percentages_of_parts_are_never_combined() -> None:
    rows = [
        row("municipality", "9001", "2022", published=10.0),
        row("municipality", "9002", "2022", published=20.0),
        row("county", "90", "2022", published=17.0, lower=16.0, upper=18.0),
    ]
    found = values(rows, aggregation="published_only")
    assert found["9001", "2022"]["value"] == 10.0
    assert found["north", "2022"]["value"] is None
    assert found["north", "2022"]["reason"] == "not_additive"
    assert found["90", "2022"]["value"] == 17.0
    assert (found["90", "2022"]["lower"], found["90", "2022"]["upper"]) == (16.0, 18.0)


def test_percentages_in_the_place_of_counts_are_not_missing_figures() -> None:
    rows = [row("municipality", code, "2022", published=10.0) for code in ("9001", "9002", "9003")]
    found = values(rows)
    assert found["9001", "2022"]["value"] == 10.0
    assert found["north", "2022"]["reason"] == "not_additive"


def test_a_divided_municipality_passes_no_percentage_on() -> None:
    found = values(
        [row("municipality", "9010", "2019", published=10.0)], aggregation="published_only"
    )
    assert found["9001", "2019"]["value"] is None
    assert found["9003", "2019"]["value"] is None


def test_a_level_the_source_does_not_carry_is_a_row_with_a_reason() -> None:
    rows = [row("county", "90", "2022", published=17.0)]
    found = values(rows, aggregation="published_only", levels=("county",))
    for region in ("9001", "north", "0"):
        assert found[region, "2022"]["value"] is None
        assert found[region, "2022"]["reason"] == "level_not_carried"
        assert found[region, "2022"]["obs_status"] == "L"
        assert found[region, "2022"]["reason_nb"]
        assert found[region, "2022"]["reason_en"]


def test_nobody_in_the_denominator_is_not_zero_per_cent() -> None:
    rows = [row("municipality", "9003", "2022", numerator=0, denominator=0), *TODAY[:2]]
    found = values(rows)
    assert found["9003", "2022"]["value"] is None
    assert found["9003", "2022"]["reason"] == "denominator_zero"
    assert found["90", "2022"]["value"] == pytest.approx(100 * 70 / 400)


def test_a_real_zero_stays_a_zero() -> None:
    rows = [row("municipality", "9003", "2022", numerator=0, denominator=50), *TODAY[:2]]
    assert values(rows)["9003", "2022"]["value"] == 0.0


def test_a_moved_border_marks_the_year() -> None:
    rows = [
        row("municipality", code, "2020", numerator=1, denominator=2)
        for code in ("9001", "9002", "9003")
    ]
    found = values(rows)
    assert found["south", "2020"]["series_break"] is True
    assert found["south", "2020"]["obs_status"] == "B"
    assert found["north", "2020"]["obs_status"] == "A"


def test_provisional_parts_make_a_provisional_region() -> None:
    rows = [*TODAY]
    rows[0] = row("municipality", "9001", "2022", numerator=10, denominator=100, obs_status="P")
    assert values(rows)["north", "2022"]["obs_status"] == "P"
    assert values(rows)["south", "2022"]["obs_status"] == "A"


def test_years_before_the_code_lists_are_not_put_together() -> None:
    rows = [row("municipality", "9003", "2010", numerator=1, denominator=2)]
    rows += [
        row("municipality", code, "2010", numerator=1, denominator=2) for code in ("9010", "9011")
    ]
    found = values(rows)
    assert found["9003", "2010"]["value"] is None  # a part of 9010 belongs to it
    assert found["90", "2010"]["reason"] == "before_code_lists"


def test_counts_are_added_without_a_denominator() -> None:
    rows = [
        row("municipality", code, "2022", numerator=n)
        for code, n in (("9001", 3), ("9002", 4), ("9003", 5))
    ]
    found = values(rows, aggregation="sum", multiplier=1.0, unit="persons")
    assert found["north", "2022"]["value"] == 7
    assert found["north", "2022"]["denominator"] is None


def flow(home: str, work: str, persons: float | None, **given: object) -> dict[str, object]:
    base = row("municipality", home, "2022", **given)
    for name in (
        "geo_level",
        "geo_code",
        "numerator",
        "denominator",
        "published",
        "lower",
        "upper",
    ):
        base.pop(name)
    return base | {"residence_code": home, "workplace_code": work, "persons": persons}


MATRIX = [
    flow("9001", "9001", 50), flow("9001", "9002", 30), flow("9001", "9003", 20),
    flow("9002", "9001", 5), flow("9002", "9002", 60), flow("9002", "9003", 15),
    flow("9003", "9001", 0), flow("9003", "9002", 8), flow("9003", "9003", 40),
]  # fmt: skip
FLOW = {"aggregation": "flow", "levels": ("municipality", "region", "county")}


def test_commuting_inside_a_region_is_not_commuting_out_of_it() -> None:
    found = values(MATRIX, flow="out_share", **FLOW)
    assert found["9001", "2022"]["value"] == 50.0  # 50 of 100 leave
    north = found["north", "2022"]  # 35 of 180 leave the region
    assert (north["numerator"], north["denominator"]) == (35, 180)
    assert found["everything", "2022"]["value"] == 0.0


def test_net_commuting_is_workers_less_residents() -> None:
    found = values(MATRIX, flow="net", multiplier=1.0, unit="persons", **FLOW)
    assert found["9001", "2022"]["value"] == 55 - 100
    assert found["north", "2022"]["value"] == 153 - 180
    assert found["south", "2022"]["value"] == 75 - 48
    assert found["north", "2022"]["value"] + found["south", "2022"]["value"] == 0


def test_a_suppressed_flow_leaves_what_it_touches_blank() -> None:
    rows = [*MATRIX]
    rows[2] = flow("9001", "9003", None, obs_status="Q", source_symbol=":")
    found = values(rows, flow="net", multiplier=1.0, unit="persons", **FLOW)
    assert found["9001", "2022"]["value"] is None
    assert found["north", "2022"]["value"] is None
    assert found["9003", "2022"]["value"] is None  # workers there are not known either
    assert found["9002", "2022"]["value"] is not None


def test_rounded_counts_do_not_go_before_what_the_source_prints() -> None:
    own = row("county", "90", "2022", numerator=9, denominator=117, published=6.8)
    found = values([own], counts_rounded=True)
    assert found["90", "2022"]["value"] == 6.8
    assert values([own])["90", "2022"]["value"] == pytest.approx(100 * 9 / 117)


def test_a_printed_value_is_not_marked_by_a_suppressed_count() -> None:
    own = row("municipality", "9003", "2022", published=22.9, obs_status="Q")
    found = values([own])["9003", "2022"]
    assert (found["value"], found["obs_status"], found["reason"]) == (22.9, "A", None)


def test_a_share_of_too_few_is_not_shown_and_the_sources_own_is_kept_beside() -> None:
    rows = [*TODAY[:2], row("municipality", "9003", "2022", numerator=5, denominator=49)]
    rows[2]["published"] = 10.2
    found = values(rows, minimum_denominator=50)
    south = found["9003", "2022"]
    assert (south["value"], south["numerator"], south["denominator"]) == (None, None, None)
    assert (south["obs_status"], south["reason"]) == ("Q", "denominator_small")
    assert south["published_value"] == 10.2
    assert found["90", "2022"]["value"] == pytest.approx(100 * 75 / 449)
    assert values(TODAY, minimum_denominator=50)["9003", "2022"]["value"] == 10.0


def test_what_the_source_alone_prints_stands_without_a_denominator() -> None:
    own = row("municipality", "9003", "2022", published=10.2)
    assert values([own], minimum_denominator=50)["9003", "2022"]["value"] == 10.2


def test_little_missing_makes_an_estimate_that_says_how_much() -> None:
    rows = [*TODAY]
    rows[2] = row("municipality", "9003", "2022", denominator=50, obs_status="Q", source_symbol=":")
    county = values(rows, missing_share_estimate=0.2)["90", "2022"]
    assert county["value"] == 17.5  # 70 of the 400 that are known
    assert (county["numerator"], county["denominator"]) == (70, 400)
    assert (county["obs_status"], county["source_symbol"], county["reason"]) == ("E", None, None)
    assert county["missing_share"] == pytest.approx(50 / 450)
    for allowed in (0.0, 0.1):
        county = values(rows, missing_share_estimate=allowed)["90", "2022"]
        assert (county["value"], county["obs_status"]) == (None, "Q")
        assert county["missing_share"] == pytest.approx(50 / 450)


def test_what_is_missing_is_measured_by_another_year_or_not_at_all() -> None:
    earlier = [
        row("municipality", code, "2021", numerator=1, denominator=size)
        for code, size in (("9001", 100), ("9002", 300), ("9003", 100))
    ]
    found = values([*TODAY[:2], *earlier], missing_share_estimate=0.2)
    assert found["90", "2022"]["missing_share"] == pytest.approx(100 / 500)
    assert found["90", "2022"]["obs_status"] == "E"
    alone = values(TODAY[:2], missing_share_estimate=0.2)["90", "2022"]
    assert (alone["value"], alone["missing_share"]) == (None, None)


def test_a_count_with_a_missing_part_is_never_scaled_up() -> None:
    rows = [
        row("municipality", code, "2022", numerator=n)
        for code, n in (("9001", 30), ("9002", 40), ("9003", None))
    ]
    rows.append(row("municipality", "9003", "2021", numerator=5))
    county = values(rows, aggregation="sum", unit="persons", missing_share_estimate=0.2)
    assert county["90", "2022"]["value"] is None
    assert county["90", "2022"]["missing_share"] == pytest.approx(5 / 75)


def test_a_share_has_wilsons_interval_and_a_survey_its_own() -> None:
    found = values(TODAY)["9001", "2022"]
    # Ten of a hundred: Wilson (1927) gives 5.52 to 17.44 per cent.
    assert found["lower"] == pytest.approx(5.5229, abs=1e-4)
    assert found["upper"] == pytest.approx(17.4366, abs=1e-4)
    assert found["interval_method"] == "wilson_95"
    nobody = row("municipality", "9003", "2022", numerator=0, denominator=50)
    assert values([nobody])["9003", "2022"]["lower"] == 0.0
    survey = row("county", "90", "2022", published=17.0, lower=16.0, upper=18.0)
    own = values([survey], aggregation="published_only")["90", "2022"]
    assert (own["lower"], own["upper"], own["interval_method"]) == (16.0, 18.0, "source_95")


def test_what_is_no_part_of_its_denominator_has_no_interval() -> None:
    found = values(TODAY, bounds="not negative")["9001", "2022"]
    assert (found["lower"], found["upper"], found["interval_method"]) == (None, None, None)

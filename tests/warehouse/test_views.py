"""Views and macros say what they must of a small release that is worked by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from tests.warehouse import small_release
from warehouse import engine

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    file = small_release.build(tmp_path_factory.mktemp("small"))
    with duckdb.connect(str(file), read_only=True) as connection:
        yield connection


def rows(release: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return release.execute(sql).fetchall()


def test_a_region_across_a_county_border_has_no_county(release: duckdb.DuckDBPyConnection) -> None:
    found = dict(
        rows(release, "select region_set || '/' || region_id, county_id from region_county")
    )
    assert found == {
        "county/1": "1", "county/2": "2",
        "municipality/0101": "1", "municipality/0102": "1", "municipality/0103": "1",
        "municipality/0104": "1", "municipality/0105": "1", "municipality/0201": "2",
    }  # fmt: skip


def test_change_is_from_the_year_before_and_not_over_a_break(
    release: duckdb.DuckDBPyConnection,
) -> None:
    asked = "select value_year_before, change, change_unit, change_pct from series where "
    where = "indicator_id = '{}' and region_id = '{}' and period = '{}'"
    answers = {
        ("rate", "0101", "2024"): (10.0, 5.0, "percentage points", None),
        ("rate", "0201", "2024"): (30.0, None, "percentage points", None),
        ("rate", "0101", "2023"): (None, None, "percentage points", None),
        ("people", "1", "2024"): (80.0, 20.0, "persons", 25.0),
        # 2023 is not there, and 2022 is not the year before; a net flow has no percentage.
        ("net", "0101", "2024"): (None, None, "persons", None),
        ("monthly", "1", "2024M01"): (50.0, -10.0, "persons", -20.0),
    }
    for key, answer in answers.items():
        assert rows(release, asked + where.format(*key)) == [answer], key


def test_a_missing_value_keeps_its_row_and_reason_and_is_never_zero(
    release: duckdb.DuckDBPyConnection,
) -> None:
    for view in ("series", "headline_value", "newest_value", "region_comparison"):
        found = rows(
            release,
            f"select value, reason from {view} where indicator_id = 'rate' "
            "and region_id = '0102' and period = '2024'",
        )
        assert found == [(None, "suppressed")], view
    compared = rows(
        release,
        "select rank_in_set, ranked_in_set, difference_from_county, difference_from_country "
        "from region_comparison where indicator_id = 'rate' and region_id = '0102'",
    )
    assert compared == [(None, 2, None, None)]


def test_percentages_differ_in_points_and_counts_have_shares(
    release: duckdb.DuckDBPyConnection,
) -> None:
    asked = (
        "select county_value, country_value, difference_from_county, difference_from_country, "
        "difference_unit, share_of_county_pct, rank_in_set from region_comparison "
        "where indicator_id = '{}' and region_id = '{}'"
    )
    answers = {
        ("rate", "0201"): (20.0, 24.0, 0.0, -4.0, "percentage points", None, 1),
        # The county has no value, so there is nothing to differ from.
        ("rate", "0101"): (None, 24.0, None, -9.0, "percentage points", None, 2),
        ("rate", "across"): (None, 24.0, None, -6.0, "percentage points", None, 1),
        ("people", "0101"): (100.0, 400.0, None, None, None, 60.0, 1),
        # A share of a county of nobody, or of one that the region is not in, means nothing.
        ("people", "0201"): (0.0, 400.0, None, None, None, None, 3),
        ("people", "across"): (None, 400.0, None, None, None, None, 1),
        ("net", "0101"): (8.0, None, None, None, None, None, 1),
    }
    for key, answer in answers.items():
        assert rows(release, asked.format(*key)) == [answer], key


def test_county_beside_country_gives_each_its_reason(release: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        release,
        "select county_id, period, county_value, country_value, difference_from_country, "
        "share_of_country_pct, county_obs_status from county_and_country "
        "where indicator_id in ('rate', 'people') order by indicator_id, county_id, period",
    )
    assert found == [
        ("1", "2023", 80.0, None, None, None, "A"),
        ("1", "2024", 100.0, 400.0, None, 25.0, "A"),
        ("2", "2024", 0.0, 400.0, None, 0.0, "A"),
        ("1", "2023", 10.0, None, None, None, "A"),
        ("1", "2024", None, 24.0, None, None, "Q"),
        ("2", "2024", 20.0, 24.0, -4.0, None, "A"),
    ]


def test_stale_indicators_are_those_with_a_stale_source(
    release: duckdb.DuckDBPyConnection,
) -> None:
    found = rows(
        release,
        "select indicator_id, source_table_id, state, stale_since, stale_reason "
        "from stale_indicator",
    )
    assert found == [("rate", "ssb/2", "failed", "2025-12-01", "no answer")]


def test_percentages_of_sums_are_sums_and_unknown_if_a_part_is(
    release: duckdb.DuckDBPyConnection,
) -> None:
    asked = (
        "select percent_of_sums(numerator, denominator) from indicator_value "
        "where indicator_id = 'rate' and region_level = 'municipality' and period = '{}'"
    )
    assert rows(release, asked.format("2023")) == [(20.0,)]
    assert rows(release, asked.format("2024")) == [(None,)]
    assert rows(release, "select percent_of_sums(n, d) from (values (0, 0)) as t(n, d)") == [
        (None,)
    ]


def test_shown_rounds_halves_away_from_zero(release: duckdb.DuckDBPyConnection) -> None:
    given = "(values (2.25, 1), (-2.25, 1), (0.5, 0), (1.005, 2), (null, 1)) as t(v, d)"
    assert rows(release, f"select shown(v, d) from {given}") == [
        (2.3,), (-2.3,), (1.0,), (1.01,), (None,),
    ]  # fmt: skip


def test_table_macros_take_region_set_and_period_by_name(
    release: duckdb.DuckDBPyConnection,
) -> None:
    assert rows(release, "select period, value from series_of('rate', '0101')") == [
        ("2023", 10.0), ("2024", 15.0),
    ]  # fmt: skip
    assert rows(release, "from series_of('rate', '0101', wanted_set := 'own')") == []
    compared = rows(release, "select region_id, value from compare_regions('rate', 'municipality')")
    assert compared == [("0201", 20.0), ("0101", 15.0), ("0102", None), ("2", 20.0), ("1", None),
                        ("0", 24.0)]  # fmt: skip
    asked = "select value from figures_of('rate', '0101', wanted_period := '2023')"
    assert rows(release, asked) == [(10.0,)]
    labels = "select breakdown_label_nb('rate', 'sex', '1'), breakdown_label_nb('rate', 'sex', '9')"
    assert rows(release, labels) == [("Menn", None)]


def of(view: str, columns: str, **where: object) -> str:
    such = " and ".join(f"{column} = '{value}'" for column, value in where.items())
    return f"select {columns} from {view} where {such}"


def test_change_over_one_year_and_five_is_of_the_same_cell(
    release: duckdb.DuckDBPyConnection,
) -> None:
    asked = "years, earlier_period, change, change_unit, change_pct, no_change_because"
    answers = {
        ("rate", "0101", "2024", "_T"): [
            (1, "2023", 5.0, "percentage points", None, None),
            (5, None, None, "percentage points", None, "no_earlier_value"),
        ],
        ("people", "1", "2024", "_T"): [
            (1, "2023", 20.0, "persons", 25.0, None),
            (5, None, None, "persons", None, "no_earlier_value"),
        ],
        ("monthly", "1", "2024M01", "_T"): [
            (1, "2023M01", -10.0, "persons", -20.0, None),
            (5, None, None, "persons", None, "no_earlier_value"),
        ],
        ("spread", "0101", "2023", "1"): [
            (1, "2022", 2.0, "percentage points", None, None),
            (5, None, None, "percentage points", None, "no_earlier_value"),
        ],
        # The border moved in 2024.
        ("rate", "0201", "2024", "_T"): [
            (1, "2023", None, "percentage points", None, "border_changed"),
            (5, None, None, "percentage points", None, "no_earlier_value"),
        ],
        ("rate", "0102", "2024", "_T"): [
            (1, None, None, "percentage points", None, "no_value"),
            (5, None, None, "percentage points", None, "no_value"),
        ],
    }
    for (indicator, region, period, sex), answer in answers.items():
        query = of(
            "change", asked, indicator_id=indicator, region_id=region, period=period, sex=sex
        )
        assert rows(release, f"{query} order by years") == answer, (indicator, region)


def test_a_declared_break_leaves_no_change_and_intervals_say_what_can_be_told_apart(
    release: duckdb.DuckDBPyConnection,
) -> None:
    asked = of(
        "change", "period, years, change, distinguishable, no_change_because",
        indicator_id="spread", region_id="0101", sex="_T",
    )  # fmt: skip
    found = {row[:2]: row[2:] for row in rows(release, asked)}
    assert found["2021", 1] == (8.0, True, None)
    # The series breaks in 2022, so 2022 compares with nothing before it.
    assert found["2022", 1] == (None, None, "break_declared")
    assert found["2022", 5] == (None, None, "break_declared")
    assert found["2023", 1] == (1.0, False, None)
    told = of(
        "change", "no_change_because_nb, no_change_because_en",
        indicator_id="spread", region_id="0101", sex="_T", period="2022", years=1,
    )  # fmt: skip
    assert rows(release, told) == [
        (
            "Serien har et kjent brudd i mellomtiden, se indicator_break.",
            "The series has a known break in between, see indicator_break.",
        )
    ]


def test_rank_has_ties_direction_and_places_that_intervals_allow(
    release: duckdb.DuckDBPyConnection,
) -> None:
    asked = of(
        "rank_municipalities",
        "region_id, rank, rank_of, rank_low, rank_high, distinguishable_from_next, reason",
        indicator_id="spread", period="2023",
    )  # fmt: skip
    # Lower is better: 20.0 (19-28), 28.5 (27-30), then 31.0 and 31.04, shown alike (29-33).
    assert rows(release, f"{asked} order by rank nulls last, region_id") == [
        ("0103", 1, 4, 1, 2, False, None),
        ("0104", 2, 4, 1, 4, False, None),
        ("0101", 3, 4, 2, 4, False, None),
        ("0102", 3, 4, 2, 4, None, None),
        ("0105", None, 4, None, None, None, "suppressed"),
    ]


def test_rank_without_intervals_is_by_the_figures_shown(
    release: duckdb.DuckDBPyConnection,
) -> None:
    columns = "region_id, rank, rank_of, rank_low, rank_high, distinguishable_from_next"
    counties = of("rank_counties", columns, indicator_id="people", period="2024")
    assert rows(release, f"{counties} order by rank") == [
        ("1", 1, 2, 1, 1, None), ("2", 2, 2, 2, 2, None),
    ]  # fmt: skip
    municipalities = of(
        "rank_municipalities", "region_id, county_id, rank, rank_of",
        indicator_id="people", period="2024",
    )  # fmt: skip
    assert rows(release, f"{municipalities} order by region_id") == [
        ("0101", "1", 1, 2), ("0102", "1", 2, 2), ("0201", "2", 1, 1),
    ]  # fmt: skip


def test_distance_to_the_country_is_for_what_can_be_compared(
    release: duckdb.DuckDBPyConnection,
) -> None:
    columns = "region_id, country_value, distance, distance_unit, distinguishable"
    asked = of(
        "distance_to_country", columns, indicator_id="spread", period="2023", sex="_T"
    )  # fmt: skip
    found = {row[0]: row[1:] for row in rows(release, asked)}
    assert found["0101"] == (28.0, 3.0, "percentage points", True)
    assert found["1"] == (28.0, -1.0, "percentage points", False)
    assert found["0105"] == (28.0, None, "percentage points", None)
    assert "0" not in found
    of_counts = of("distance_to_country", columns, indicator_id="people", region_id="0101")
    assert rows(release, of_counts) == [("0101", 400.0, None, None, None)]


def test_the_view_that_joins_cells_by_name_leaves_out_every_column_that_is_no_key(
    release: duckdb.DuckDBPyConnection,
) -> None:
    """A new column of indicator_value must be left out of one side of the natural join."""
    key = {"indicator_id", "region_set", "region_id", "region_level", "period", "period_type"}
    others = set(release.table("indicator_value").columns) - key - set(small_release.BREAKDOWNS)
    text = engine.text("views/distance_to_country.sql").split("country as (")[1]
    assert others <= set(re.findall(r"\w+", text.split("exclude (")[1].split(")")[0]))

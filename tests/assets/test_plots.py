"""Plots: what is missing is a gap, what is made up says so, and the page draws it at once."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pyarrow as pa
import pytest

from assets import plots
from warehouse import counties
from warehouse.release import LABEL

if TYPE_CHECKING:
    from collections.abc import Mapping

SVG = "{http://www.w3.org/2000/svg}"
NAMES = {"county": "Trøndelag", "country": "Norge"}
MADE_UP = LABEL["made_up"]


def rows(**levels: Mapping[str, float | None]) -> pa.Table:
    """Headline rows of the value table: level -> period -> value."""
    return pa.Table.from_pylist([
        {"region_set": level, "period": period, "value": value, "decimals": 1, "is_headline": True}
        for level, values in levels.items()
        for period, value in values.items()
    ])  # fmt: skip


def drawn(markdown: str | None) -> ElementTree.Element:
    """The picture in the markdown, as a browser would parse it."""
    assert markdown is not None
    found = re.fullmatch(r"!\[\]\(<data:image/svg\+xml,(.*)>\)", markdown)
    assert found is not None
    text = found[1].replace("\\<", "<").replace("\\>", ">")
    return ElementTree.fromstring(text.replace("%23", "#").replace("%25", "%"))


def paths(picture: ElementTree.Element) -> list[str]:
    return [path.get("d", "") for path in picture.iter(f"{SVG}path")]


def said(picture: ElementTree.Element) -> str:
    return " ".join("".join(text.itertext()) for text in picture.iter(f"{SVG}text"))


def test_what_is_missing_is_a_gap_whether_it_has_a_row_or_not() -> None:
    values = {"2019": 1.0, "2020": 2.0, "2021": None, "2022": 2.5, "2023": 3.0, "2025": 1.5}
    (line,) = paths(drawn(plots.headline(rows(county=values), NAMES, "percent", "")))
    assert line.count("M") == 3
    assert line.count("l") == 2
    # 2025 stands alone, and is a dash instead of nothing.
    assert line.endswith("h3")


def test_lines_go_where_the_values_are() -> None:
    values = {"2020": 10.0, "2021": 30.0, "2022": 20.0}
    (line,) = paths(drawn(plots.headline(rows(county=values), NAMES, "percent", "")))
    middle = (plots.LEFT + plots.RIGHT) // 2
    half = (plots.BOTTOM - plots.TOP) // 2
    step = middle - plots.LEFT
    assert line == f"M{plots.LEFT} {plots.BOTTOM}l{step}-{2 * half}l{step} {half}"


def test_values_periods_and_names_are_told() -> None:
    table = rows(county={"2024": 12.34, "2025": 11.0}, country={"2024": 13.0, "2025": 12.0})
    picture = drawn(plots.headline(table, NAMES, "per_1000", ""))
    assert len(paths(picture)) == 2
    for word in ("13,0", "11,0", "2024 – 2025", "Trøndelag", "Norge", "per_1000"):
        assert word in said(picture)
    assert MADE_UP not in said(picture)


def test_counts_of_county_and_country_have_an_axis_each() -> None:
    table = rows(county={"2024": 400.0, "2025": 500.0}, country={"2024": 9000.0, "2025": 9500.0})
    picture = drawn(plots.headline(table, NAMES, "persons", MADE_UP))
    assert picture.get("height") == str(2 * plots.PANEL)
    assert [word in said(picture) for word in ("500,0", "9\u00a0500,0")] == [True, True]


def test_made_up_figures_say_so_in_the_picture() -> None:
    picture = drawn(plots.headline(rows(county={"2025": 1.0}), NAMES, "percent", MADE_UP))
    assert MADE_UP in said(picture)


@pytest.mark.parametrize(
    "values", [{"2024": None, "2025": None}, {"senere": 1.0}, {}], ids=["none", "when", "no rows"]
)
def test_there_is_no_picture_of_nothing(values: dict[str, float | None]) -> None:
    table = rows(county=values) if values else rows(county={"2025": 1.0}).slice(0, 0)
    assert plots.headline(table, NAMES, "percent", MADE_UP) is None


def mart(**figures: tuple[float | None, float | None]) -> pa.Table:
    """County rows of a mart: programme and year -> supply and demand; one row of the country."""
    rows = [
        {
            "region_set": "county",
            "what": name[:2],
            "year": name[2:],
            "made": made,
            "lacking": lacking,
        }
        for name, (made, lacking) in figures.items()
    ]
    return pa.Table.from_pylist([*rows, rows[0] | {"region_set": "country", "made": 9e6}])


def test_two_columns_of_a_mart_stand_beside_each_other_on_one_scale_from_0() -> None:
    table = mart(HS2025=(100.0, 50.0), EL2025=(25.0, 0.0), HS2024=(7.0, 7.0), _T2025=(500.0, 500.0))
    found = plots.pairs(table, "what", "year", ("made", "lacking"), MADE_UP)
    picture = drawn(found)
    lengths = [[int(n) for n in re.findall("h([0-9]+)", path)] for path in paths(picture)]
    whole = plots.RIGHT - plots.LEFT
    assert lengths == [[whole // 4, whole], [0, whole // 2]]
    for word in ("2025", "EL", "HS", "made", "lacking", "0 – 100", MADE_UP):
        assert word in said(picture)
    assert len(str(found)) < plots.INLINE


def test_a_row_that_lacks_one_of_two_figures_is_not_drawn_as_0() -> None:
    table = mart(HS2026=(None, 50.0), EL2026=(25.0, None), BA2025=(10.0, 20.0))
    picture = drawn(plots.pairs(table, "what", "year", ("made", "lacking"), ""))
    assert "2025" in said(picture)
    assert "HS" not in said(picture)
    nothing = mart(HS2026=(None, 50.0))
    assert plots.pairs(nothing, "what", "year", ("made", "lacking"), "") is None


def test_a_name_cannot_break_the_picture() -> None:
    names = {"county": "A&B <i>100%</i> #1'>)", "country": "Norge"}
    assert names["county"] in said(
        drawn(plots.headline(rows(county={"2025": 1.0}), names, "%", ""))
    )


@pytest.mark.parametrize("county", counties.available())
def test_the_longest_series_is_drawn_without_a_click(county: str) -> None:
    months = [f"{year}M{month:02}" for year, month in product(range(2015, 2027), range(1, 13))]
    # Up and down by the whole height at every step: the longest way to say it.
    wild = {month: 41000.0 + 900.0 * (n % 2) for n, month in enumerate(months)}
    table = rows(county=wild, country={month: 10 * value for month, value in wild.items()})
    names = {"county": counties.load(county).name["nb"], "country": "Norge"}
    found = plots.headline(table, names, "positions", MADE_UP)
    assert found is not None
    assert len(found) < plots.INLINE
    assert f"{months[-plots.PERIODS]} – {months[-1]}" in said(drawn(found))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2024", "2025"), ("2024M12", "2025M01"), ("2024K4", "2025K1"), ("2024-25", "2025-26"),
        ("2018-2024", "2019-2025"),
    ],
)  # fmt: skip
def test_neighbours_in_time_are_one_apart(before: str, after: str) -> None:
    first, second = plots.place(before), plots.place(after)
    assert first is not None
    assert second == first + 1

"""Figures of centrality classes, worked out by hand: the municipalities of a class put together.

County 11 has 1101 and 1102; 1201 and 1202 are in another county. Class 1 is 1101, 1201 and 1202,
class 2 is 1102 alone.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from sources import recorded, registry
from sources.archive import Archive
from tests.conftest import part_of
from tests.geo.worlds import changes_table, classes_table, codes_table, county_of, seeds
from tests.warehouse import hand_worked
from tests.warehouse.hand_worked import row
from warehouse import centrality, steps
from warehouse.geography import build
from warehouse.indicator import GEOGRAPHY
from warehouse.workspace import MADE_UP, Workspace

if TYPE_CHECKING:
    from pathlib import Path

CODES = codes_table(*((code, None, None) for code in ("1101", "1102", "1201", "1202")))
CLASSES = classes_table(("1", "1101"), ("1", "1201"), ("1", "1202"), ("2", "1102"))
COUNTS = {"1101": (10, 100), "1102": (30, 200), "1201": (60, 300), "1202": (5, 50)}


def places(correspondence: pa.Table | None = CLASSES) -> dict[str, pa.Table]:
    made = build(
        CODES,
        changes_table(),
        county_of(["1101", "1102"]),
        date(2023, 1, 1),
        seeds(),
        correspondence,
    )
    known = {name: getattr(made, name) for name in GEOGRAPHY if name != "coverage"}
    return known | {"coverage": pa.table({"first_date": pa.array([date(2015, 1, 1)])})}


def reported(period: str = "2022", **counts: tuple[float, float]) -> list[dict[str, Any]]:
    held = COUNTS | {code[1:]: pair for code, pair in counts.items()}
    return [
        row("municipality", code, period, numerator=n, denominator=of)
        for code, (n, of) in held.items()
    ]


def values(rows: list[dict[str, Any]], **changes: Any) -> dict[tuple[str, str], dict[str, Any]]:
    return hand_worked.values(rows, places(), **changes)


def test_a_class_is_the_ratio_of_sums_of_its_municipalities_in_the_whole_country() -> None:
    found = values(reported())
    first = found["centrality_1", "2022"]
    assert (first["numerator"], first["denominator"]) == (75, 450)
    assert first["value"] == pytest.approx(100 * 75 / 450)  # the mean of shares would be 13.3
    assert (first["region_level"], first["obs_status"], first["parts"]) == (
        "centrality_class",
        "A",
        3,
    )
    assert found["centrality_2", "2022"]["value"] == 15.0


def test_what_holds_the_countys_municipalities_only_gives_no_class_that_goes_beyond_it() -> None:
    found = values([r for r in reported() if r["geo_code"].startswith("11")])
    assert found["centrality_1", "2022"]["value"] is None
    assert found["centrality_1", "2022"]["reason"] == "parts_not_in_answer"
    assert found["centrality_2", "2022"]["value"] == 15.0


SUPPRESSED = row("municipality", "1202", "2022", obs_status="Q", source_symbol=":")


@pytest.mark.parametrize(
    ("declared", "value", "status"), [(0.0, None, "Q"), (0.1, None, "Q"), (0.12, 17.5, "E")]
)
def test_a_class_that_lacks_a_municipality_is_marked_as_the_definition_declares(
    declared: float, value: float | None, status: str
) -> None:
    rows = [r for r in reported() if r["geo_code"] != "1202"] + [SUPPRESSED, *reported("2021")]
    found = values(rows, missing_share_estimate=declared)["centrality_1", "2022"]
    assert (found["value"], found["obs_status"]) == (value, status)
    assert found["missing_share"] == pytest.approx(50 / 450)
    assert found["reason"] == (None if value else "suppressed")


def test_without_classes_no_row_is_about_one() -> None:
    found = hand_worked.values(reported(), places(None))
    assert {region for region, _ in found} == {
        "1101", "1102", "r0", "11", "12", "0",
    }  # fmt: skip


def test_percentages_of_municipalities_are_not_combined_to_a_class() -> None:
    rows = [row("municipality", code, "2022", published=10.0) for code in COUNTS]
    found = values(rows, aggregation="published_only")
    assert found["centrality_1", "2022"]["reason"] == "not_additive"


def test_a_source_without_municipalities_gives_no_class() -> None:
    found = values(
        [row("country", "0", "2022", published=10.0)],
        aggregation="published_only",
        levels=("county", "country"),
    )
    assert found["centrality_1", "2022"]["reason"] == "level_not_carried"


def test_an_index_of_a_class_would_only_say_that_it_is_large() -> None:
    rows = [r | {"part": "a"} for r in reported()]
    found = values(rows, aggregation="index_of_sums", unit="points")
    for region in ("centrality_1", "centrality_2"):
        assert found[region, "2022"]["value"] is None
        assert found[region, "2022"]["obs_status"] == "L"
        assert found[region, "2022"]["reason"] == "depends_on_size"
    assert found["r0", "2022"]["value"] is not None


LEFT_OUT = ("geo_level", "geo_code", "numerator", "denominator", "published", "lower", "upper")


def flows() -> list[dict[str, Any]]:
    base = {k: v for k, v in row("municipality", "", "2022").items() if k not in LEFT_OUT}
    return [
        base | {"residence_code": home, "workplace_code": work, "persons": 10.0 * (1 + number)}
        for number, (home, work) in enumerate((h, w) for h in COUNTS for w in COUNTS)
    ]


@pytest.mark.parametrize("flow", ["out_share", "in_share"])
def test_commuting_across_the_border_of_a_class_is_no_municipalitys_commuting(flow: str) -> None:
    found = values(
        flows(), aggregation="flow", flow=flow, levels=("municipality", "region", "county")
    )
    assert found["centrality_1", "2022"]["value"] is None
    assert found["centrality_1", "2022"]["reason"] == "depends_on_size"
    assert found["r0", "2022"]["value"] is not None


def test_net_commuting_of_a_class_is_that_of_its_municipalities_together() -> None:
    found = values(
        flows(), aggregation="flow", flow="net", levels=("municipality", "region", "county"),
        multiplier=1.0, unit="persons",
    )  # fmt: skip
    # Those who work in 1102, less those who live there; who do both are in both.
    assert found["centrality_2", "2022"]["value"] == 20 + 60 + 100 + 140 - (50 + 60 + 70 + 80)
    assert found["centrality_1", "2022"]["value"] == -found["centrality_2", "2022"]["value"]


def test_a_small_count_of_a_class_does_not_follow_from_the_country_and_the_other_classes() -> None:
    rows = [*reported(c1102=(2, 200)), row("country", "0", "2022", numerator=77, denominator=650)]
    found = values(rows, open_counts=None)
    assert found["centrality_2", "2022"]["reason"] == "small_count"
    others = [found[region, "2022"]["reason"] for region in ("centrality_1", "0")]
    assert "small_count" in others


def test_a_small_count_of_another_county_does_not_follow_from_the_country_and_the_county() -> None:
    rows = [
        row("county", "11", "2022", numerator=40, denominator=300),
        row("county", "12", "2022", numerator=2, denominator=350),
        row("country", "0", "2022", numerator=42, denominator=650),
    ]
    found = hand_worked.values(rows, places(None), open_counts=None)
    assert found["12", "2022"]["reason"] == "small_count"
    assert "small_count" in [found[region, "2022"]["reason"] for region in ("11", "0")]


@pytest.mark.parametrize("there", [True, False])
def test_a_county_is_worked_out_with_classes_or_without(
    made_up_folder: Path, tmp_path: Path, there: bool
) -> None:
    starts = ("klass/131", "klass/128") if there else ("klass/131",)
    place = Workspace("trondelag", MADE_UP, tmp_path / "data")
    folder = part_of(made_up_folder, tmp_path / "recorded", *starts)
    recorded.import_folder(Archive(place.archive), folder, registry.load().values())
    for table in steps.PLACING:
        steps.raw(place, table)
    made = steps.geography(place)["region"]
    assert ("centrality" in made.table["region_set"].to_pylist()) is there
    said = made.facts["centrality"]
    assert str(said).startswith("6 centrality classes" if there else "no centrality classes")
    used = {row["source_table_id"] for row in steps.vintages_in_use(place)}
    assert (centrality.TABLE in used) is there

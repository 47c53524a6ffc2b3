"""Which centrality class a municipality of the day is in, in histories small enough to write."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from tests.geo.worlds import changes_table, classes_table, codes_table, county_of, seeds, split
from warehouse import centrality
from warehouse.geography import build, changes_to

Y18, Y20 = date(2018, 1, 1), date(2020, 1, 1)
TODAY = codes_table(("1101", None, None), ("1102", None, None), ("1201", None, None))
SAME = changes_table()
DAY = date(2021, 1, 1)


def turned(table: pa.Table) -> pa.Table:
    """The same correspondence from the municipality to the class."""
    ends = {"source": "target", "target": "source"}
    names = [
        f"{ends[end]}_{what}" if (end := name.partition("_")[0]) in ends else name
        for name in table.column_names
        for what in [name.partition("_")[2]]
    ]
    return table.rename_columns(names)


def placed(
    correspondence: pa.Table | None,
    codes: pa.Table = TODAY,
    changes: pa.Table = SAME,
    splits: list[dict[str, object]] | None = None,
) -> centrality.Centrality:
    return centrality.classes(correspondence, changes_to(codes, changes, DAY, seeds(splits)))


def members(found: centrality.Centrality) -> dict[str, str]:
    assert found.left_out is None
    return {row["municipality_code"]: row["class_code"] for row in found.members.to_pylist()}


EACH = classes_table(("01", "1101"), ("02", "1102"), ("01", "1201"))
PLACED = {"1101": "01", "1102": "02", "1201": "01"}


@pytest.mark.parametrize("answer", [EACH, turned(EACH)], ids=["from classes", "to classes"])
def test_the_direction_is_told_by_the_municipality_codes(answer: pa.Table) -> None:
    found = placed(answer)
    assert members(found) == PLACED
    assert set(found.members["class_name"].to_pylist()) == {"Klasse 01", "Klasse 02"}
    assert found.said.en == "2 centrality classes of 3 municipalities"


def test_without_an_answer_there_are_no_classes_and_it_is_said_how_to_get_them() -> None:
    found = placed(None)
    assert found.members.num_rows == 0
    assert found.left_out is not None
    assert "kompetanse pull --table klass/128_corresponds_131" in found.left_out.nb


def test_a_table_that_lacks_a_municipality_gives_no_class_at_all() -> None:
    found = placed(classes_table(("01", "1101"), ("02", "1102")))
    assert found.members.num_rows == 0
    assert found.left_out is not None
    assert "Without: 1201. In several: none." in found.left_out.en


def test_a_municipality_in_two_classes_is_put_in_neither() -> None:
    found = placed(pa.concat_tables([EACH, classes_table(("02", "1101"))]))
    assert found.members.num_rows == 0
    assert found.left_out is not None
    assert "Uten klasse: ingen. I flere: 1101." in found.left_out.nb


def test_a_class_that_holds_on_another_day_is_not_todays() -> None:
    earlier = classes_table(("03", "1101"), until=Y20)
    later = classes_table(("04", "1102"), since=date(2022, 1, 1))
    assert members(placed(pa.concat_tables([EACH, earlier, later]))) == PLACED
    ended = classes_table(("01", "1101"), ("02", "1102"), ("01", "1201"), until=Y20)
    assert placed(ended).members.num_rows == 0


def test_classes_may_be_as_of_any_code_that_became_a_municipality_of_today() -> None:
    codes = codes_table(
        ("1101", None, Y20), ("1103", None, Y20), ("1104", Y20, None),
        ("1102", None, Y20), ("1105", Y20, None), ("1106", Y20, None), ("1201", None, None),
    )  # fmt: skip
    changes = changes_table(
        ("1101", "1104", Y20), ("1103", "1104", Y20), ("1102", "1105", Y20), ("1102", "1106", Y20)
    )
    shares = split("1102", Y20, c1105=30, c1106=70)
    answer = classes_table(("01", "1101"), ("01", "1103"), ("02", "1102"), ("03", "1201"))
    found = members(placed(answer, codes, changes, shares))
    assert found == {"1104": "01", "1105": "02", "1106": "02", "1201": "03"}


def test_who_was_put_together_of_two_classes_has_none_until_the_table_says_so() -> None:
    codes = codes_table(
        ("1101", None, Y18), ("1102", None, Y18), ("1103", Y18, None), ("1201", None, None)
    )
    changes = changes_table(("1101", "1103", Y18), ("1102", "1103", Y18))
    found = placed(EACH, codes, changes)
    assert found.left_out is not None
    assert "In several: 1103." in found.left_out.en
    told = pa.concat_tables([EACH, classes_table(("02", "1103"))])
    assert members(placed(told, codes, changes)) == {"1103": "02", "1201": "01"}


def test_a_class_holds_municipalities_of_the_whole_country() -> None:
    made = build(TODAY, SAME, county_of(["1101"]), DAY, seeds(), EACH)
    regions = [r for r in made.region.to_pylist() if r["region_set"] == "centrality"]
    assert [(r["region_id"], r["region_level"], r["name_nb"]) for r in regions] == [
        ("centrality_01", "centrality_class", "Klasse 01"),
        ("centrality_02", "centrality_class", "Klasse 02"),
    ]
    assert [r["name_en"] for r in regions] == [
        "Centrality class 01: Klasse 01", "Centrality class 02: Klasse 02",
    ]  # fmt: skip
    assert all(r["disjoint"] for r in regions)
    inside = [r for r in made.region_membership.to_pylist() if r["region_set"] == "centrality"]
    assert {r["municipality_code"]: r["region_id"] for r in inside} == {
        "1101": "centrality_01", "1102": "centrality_02", "1201": "centrality_01",
    }  # fmt: skip


def test_without_classes_the_rest_of_the_geography_is_the_same() -> None:
    with_classes, without = (
        build(TODAY, SAME, county_of(["1101"]), DAY, seeds(), answer) for answer in (EACH, None)
    )
    for name in ("region", "region_membership", "geo_weight"):
        rest = [
            r for r in getattr(with_classes, name).to_pylist() if r["region_set"] != "centrality"
        ]
        assert rest == getattr(without, name).to_pylist()
    assert without.centrality.left_out is not None

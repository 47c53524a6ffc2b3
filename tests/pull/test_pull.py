"""Pulls from the local StatBank: few requests, the whole cube, and no other cube."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.model import UnreadableAnswer
from sources.pull import ImpossibleRequest, NotWhole, Pulled, pull
from sources.readers import jsonstat
from sources.registry import load
from tests.pull.banktable import BankTable
from tests.pull.kit import ALL, noon, pulled, request, spec, world
from tests.pull.statbank import InMemory, OverHttp, StatBank, serving

if TYPE_CHECKING:
    from pathlib import Path


def figures(found: Pulled) -> tuple[np.ndarray[Any, Any], dict[int, str]]:
    values = found.cube.table["value"].to_numpy()
    status = found.cube.table["status"].to_pylist()
    return values, {n: mark for n, mark in enumerate(status) if mark is not None}


def test_parts_are_joined_to_the_whole_table_over_http() -> None:
    bank = world()
    with serving(bank) as base:
        found = pull(spec(request(ALL)), OverHttp(base), now=noon)
    values, marks = figures(found)
    np.testing.assert_array_equal(values, bank.tables[0].values.ravel())
    assert marks == bank.tables[0].marks
    assert found.cube.dimensions == ("Region", "Kjonn", "ContentsCode", "Tid")
    assert found.cube.labels["Region"]["R003"] == "R003!"
    assert found.table.last_period == "2004"
    assert len(found.answers) == 5
    assert bank.complaints == []
    # Config, table and metadata come before the first question, and nothing comes besides.
    paths = [target.removeprefix("/api/pxwebapi/v2").partition("?")[0] for _, target in bank.log]
    before = ["/config", "/tables/09429", "/tables/09429/metadata"]
    assert paths == before + ["/tables/09429/data"] * 5
    assert [answer.url.partition("/api")[2] for answer in found.documents] == [
        target.partition("/api")[2] for _, target in bank.log[:3]
    ]


def test_long_selections_are_posted_and_short_ones_are_not() -> None:
    bank = world(800, Region=400, Kjonn=2, Tid=3)
    with serving(bank) as base:
        found = pull(spec(request(ALL)), OverHttp(base), now=noon)
    assert found.cube.table.num_rows == 2400
    assert {q.method for q, _ in found.answers} == {"GET"}
    bank.log.clear()
    codes = [f"R{n:03}" for n in range(399)]
    with serving(bank) as base:
        found = pull(spec(request({"Region": codes, "Kjonn": ["*"]})), OverHttp(base), now=noon)
    assert found.cube.table.num_rows == 2394
    assert {method for method, target in bank.log if "/data" in target} == {"POST"}
    assert bank.complaints == []


@given(
    st.tuples(st.integers(1, 12), st.integers(1, 3), st.integers(1, 6)),
    st.integers(1, 40),
    st.sampled_from(["*", "top(2)", "from(2000)", "2000"]),
)
@settings(deadline=None, max_examples=40)
def test_any_cube_comes_whole_whatever_the_limit(
    sizes: tuple[int, int, int], limit: int, time: str
) -> None:
    regions, sexes, years = sizes
    bank = world(limit, Region=regions, Kjonn=sexes, Tid=years)
    found = pulled(bank, request(ALL | {"Tid": [time]}))
    table = bank.tables[0]
    places = [table.axes["Tid"].index(code) for code in found.cube.labels["Tid"]]
    values, _ = figures(found)
    np.testing.assert_array_equal(values, table.values[..., places].ravel())
    assert max(bank.cells) <= limit
    assert bank.complaints == []


def test_code_lists_come_as_one_cube_of_all_of_them() -> None:
    bank = world(12)
    table = bank.tables[0]
    regions = table.axes["Region"]
    counties = {"K-1": regions[:2], "K-2": regions[2:4]}
    table.lists = {"Region": {"agg_KommSummer": counties, "vs_Landet": {"R000": ["R000"]}}}
    asked = request(ALL, {"Region": ["agg_KommSummer", "vs_Landet"]})
    found = pulled(bank, asked)
    assert found.cube.table["Region"].unique().to_pylist() == ["K-1", "K-2", "R000"]
    assert found.cube.table.num_rows == 3 * 2 * 5
    assert len(bank.asked("/codelists/")) == 2
    assert len(found.answers) == 3
    (wrong,) = request(ALL, {"Region": ["agg_kommsummer"]}).codelists["Region"]
    with pytest.raises(ImpossibleRequest, match="agg_KommSummer"):
        pulled(bank, request(ALL, {"Region": [wrong]}))


def test_left_out_variables_are_summed_by_the_service_not_by_us() -> None:
    bank = world(60)
    bank.tables[0].totals = {"Kjonn": None}
    found = pulled(bank, request({"Region": ["*"]}))
    assert found.cube.dimensions == ("Region", "ContentsCode", "Tid")
    assert found.cube.table.num_rows == 100


def test_made_up_answers_are_pulled_again_as_they_were(made_up_folder: Path) -> None:
    """Tables of the demonstration, served and pulled, decode as the files they came from."""
    for table_id in ("09429", "14746"):
        body = (made_up_folder / f"ssb/{table_id}/data.json").read_bytes()
        table = BankTable.from_answer(table_id, body)
        asked = load()[f"ssb/{table_id}"]
        bank = StatBank([table], max_cells=table.values.size // 3)
        every = request({name: ["*"] for name in table.axes}, table_id=table_id)
        found = pull(spec(every, id=asked.id), InMemory(bank), now=noon)
        expected = jsonstat.decode(body).table
        assert found.cube.table.column_names == expected.column_names
        for name in expected.column_names:
            assert found.cube.table[name].to_pylist() == expected[name].to_pylist()
        assert len(found.answers) in (3, 4)


def drop_code(document: dict[str, Any]) -> dict[str, Any]:
    category = document["dimension"]["Region"]["category"]
    last = max(category["index"], key=category["index"].__getitem__)
    del category["index"][last], category["label"][last]
    document["size"][0] -= 1
    lost = len(document["value"]) // (document["size"][0] + 1)
    document["value"] = document["value"][:-lost]
    document.pop("status", None)
    return document


def rename_code(document: dict[str, Any]) -> dict[str, Any]:
    index = document["dimension"]["Region"]["category"]["index"]
    index["R999"] = index.pop("R019")
    return document


def renew(document: dict[str, Any]) -> dict[str, Any]:
    return document | {"updated": "2026-09-10T06:00:00Z"}


def lose_variable(document: dict[str, Any]) -> dict[str, Any]:
    place = document["id"].index("ContentsCode")
    del document["id"][place], document["size"][place], document["dimension"]["ContentsCode"]
    document["role"] = {}
    return document


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (drop_code, "Region: 1 of 20 codes did not come: R019"),
        (rename_code, "came that were not asked for: R999"),
        (renew, "renewed in the middle"),
        (lose_variable, "variables Region, Kjonn, ContentsCode, Tid asked"),
    ],
)
def test_a_part_that_is_not_what_was_asked_for_is_refused(change: Any, said: str) -> None:
    bank = world()
    bank.twist = lambda number, document: change(document) if number == 3 else document
    with pytest.raises(NotWhole, match=said) as error:
        pulled(bank)
    assert "ssb/09429" in str(error.value)
    assert "valueCodes" in str(error.value)


def test_an_answer_to_another_question_cannot_fill_the_cube() -> None:
    """The third answer is the second once more: cells twice, others missing."""
    bank = world()
    kept: list[dict[str, Any]] = []

    def repeat(number: int, document: dict[str, Any]) -> dict[str, Any]:
        kept.append(document)
        return kept[1] if number == 3 else document

    bank.twist = repeat
    with pytest.raises(NotWhole, match="Tid: 1 of 1 codes did not come"):
        pulled(bank)


def test_cells_twice_and_cells_missing_are_found_by_the_join_itself() -> None:
    from sources.pull.join import Whole

    found = pulled(world())
    cubes = [(question, jsonstat.decode(answer.body)) for question, answer in found.answers]
    axes = {name: tuple(own) for name, own in found.cube.labels.items()}
    whole = Whole("a test", axes)
    for question, cube in cubes[:-1]:
        whole.add(question, cube)
    with pytest.raises(NotWhole, match="40 of 200 cells are missing, such as Region R000"):
        whole.cube()
    with pytest.raises(NotWhole, match="40 cells stand twice"):
        whole.add(*cubes[0])


def test_the_order_in_which_a_source_answers_does_not_matter() -> None:
    def turned(number: int, document: dict[str, Any]) -> dict[str, Any]:
        shape = document["size"]
        values = np.array(document["value"], dtype=object).reshape(shape)
        marks = np.full(values.size, "", dtype=object)
        for place, mark in document.pop("status", {}).items():
            marks[int(place)] = mark
        flags = {
            str(n): mark for n, mark in enumerate(marks.reshape(shape).transpose().ravel()) if mark
        }
        turned_values = values.transpose().ravel().tolist()
        parts = {"id": document["id"][::-1], "size": shape[::-1], "value": turned_values}
        return document | parts | {"status": flags}

    bank = world()
    bank.twist = turned
    values, marks = figures(pulled(bank))
    np.testing.assert_array_equal(values, bank.tables[0].values.ravel())
    assert marks == bank.tables[0].marks


@pytest.mark.parametrize("where", [0.1, 0.5, 0.9, 0.999])
def test_a_cut_body_is_asked_for_once_more(where: float) -> None:
    bank = world()

    def cut(number: int, document: dict[str, Any]) -> dict[str, Any] | bytes:
        body = json.dumps(document).encode()
        return body[: int(len(body) * where)] if number == 3 else document

    bank.twist = cut
    assert pulled(bank).cube.table.num_rows == 200
    assert len(bank.cells) == 6
    bank.twist = lambda number, document: b'{"class": "dataset", "value": [1,'
    with pytest.raises(UnreadableAnswer, match="ssb/09429"):
        pulled(bank)

"""Commuting of regions is counted in the matrix anew; a seeded matrix is added up in Python too."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from tests.warehouse import hand_worked
from tests.warehouse.hand_worked import MEMBERS, TARGETS, row, values

SHARE = {"aggregation": "flow", "levels": ("municipality", "region", "county")}
NET = {**SHARE, "flow": "net", "multiplier": 1.0, "unit": "persons"}
Matrix = dict[tuple[str, str], int]

TODAY: Matrix = {
    ("9001", "9001"): 50, ("9001", "9002"): 30, ("9001", "9003"): 20,
    ("9002", "9001"): 5, ("9002", "9002"): 60, ("9002", "9003"): 15,
    ("9003", "9001"): 0, ("9003", "9002"): 8, ("9003", "9003"): 40,
}  # fmt: skip
LEFT_OUT = ("geo_level", "geo_code", "numerator", "denominator", "published", "lower", "upper")


def rows(matrix: Matrix, period: str = "2022", **unknown: str) -> list[dict[str, object]]:
    """Flows as the SQL of a commuting indicator gives them; unknown: home="9001", work=..."""
    found = []
    for (home, work), persons in matrix.items():
        hidden = bool(unknown) and (home, work) == (unknown["home"], unknown["work"])
        status = {"obs_status": "Q", "source_symbol": ":"} if hidden else {}
        base = row("municipality", home, period, **status)
        for name in LEFT_OUT:
            base.pop(name)
        amount = None if hidden else float(persons)
        found.append(base | {"residence_code": home, "workplace_code": work, "persons": amount})
    return found


def test_commuting_inside_a_region_is_not_commuting_into_it() -> None:
    found = values(rows(TODAY), flow="in_share", **SHARE)
    assert found["9001", "2022"]["value"] == pytest.approx(100 * 5 / 55)
    north = found["north", "2022"]  # 8 of 153 workers live in the south
    assert (north["numerator"], north["denominator"]) == (8, 153)
    assert found["everything", "2022"]["value"] == 0.0


def test_a_suppressed_flow_hides_in_commuting_of_the_workplace_only() -> None:
    found = values(rows(TODAY, home="9001", work="9003"), flow="in_share", **SHARE)
    assert found["9003", "2022"]["value"] is None
    assert found["9003", "2022"]["reason"] == "suppressed"
    assert found["everything", "2022"]["value"] is None
    assert found["north", "2022"]["value"] == pytest.approx(100 * 8 / 153)


@pytest.mark.parametrize("flow", ["out_share", "in_share"])
def test_who_stays_is_not_known_without_the_other_end(flow: str) -> None:
    end = 1 if flow == "out_share" else 0
    cut = {pair: persons for pair, persons in TODAY.items() if pair[end] != "9003"}
    found = values(rows(cut), flow=flow, **SHARE)
    assert found["9003", "2022"]["value"] is None
    assert found["everything", "2022"]["value"] is None
    assert found["north", "2022"]["value"] is not None


@pytest.mark.parametrize(
    ("flow", "across", "all_told"), [("in_share", 35, 75), ("out_share", 8, 48)]
)
def test_who_stays_in_another_county_does_not_commute_out_of_it(
    flow: str, across: int, all_told: int
) -> None:
    region = hand_worked.regions().to_pylist()
    other = [
        r | ({"region_level": "other_county"} if r["region_id"] == "south" else {}) for r in region
    ]
    places = hand_worked.geography() | {
        "region": pa.Table.from_pylist(other, hand_worked.regions().schema)
    }
    found = values(rows(TODAY), places, flow=flow, **SHARE)["south", "2022"]
    assert (found["numerator"], found["denominator"]) == (across, all_told)


@pytest.mark.parametrize("seed", range(3))
def test_every_region_is_what_its_weighted_flows_add_up_to(seed: int) -> None:
    draw = random.Random(seed)
    codes = ("9010", "9011", "9003")
    matrix = {(h, w): draw.choice([0, 0, draw.randint(10, 900)]) for h in codes for w in codes}
    matrix |= {(c, c): draw.randint(50, 500) for c in codes}
    found = {
        name: values(rows(matrix, "2019"), **{**SHARE, "flow": name})
        for name in ("out_share", "in_share")
    }
    net = values(rows(matrix, "2019"), **NET)
    for region in ("north", "south", "everything"):
        weight = {c: sum(TARGETS[c].get(m, 0.0) for m in MEMBERS[region]) for c in codes}
        residents = sum(n * weight[h] for (h, _), n in matrix.items())
        workers = sum(n * weight[w] for (_, w), n in matrix.items())
        stay = sum(n * weight[h] * weight[w] for (h, w), n in matrix.items())
        out, into = found["out_share"][region, "2019"], found["in_share"][region, "2019"]
        assert out["numerator"] == pytest.approx(residents - stay)
        assert out["denominator"] == pytest.approx(residents)
        assert into["numerator"] == pytest.approx(workers - stay)
        assert into["denominator"] == pytest.approx(workers)
        assert net[region, "2019"]["value"] == pytest.approx(workers - residents)
    balance = net["north", "2019"]["value"] + net["south", "2019"]["value"]
    assert balance == pytest.approx(0, abs=1e-9)

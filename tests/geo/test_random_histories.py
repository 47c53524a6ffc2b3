"""Whatever becomes of municipalities, nobody is lost, counted twice or moved without need."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.geo.worlds import OWN, World, county_of, worlds
from warehouse.geography import Geography, build, changes_to

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.geo.worlds import Spell

TODAY = date(2020, 1, 1)
few = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def _built(world: World, data: st.DataObject) -> tuple[Geography, list[list[str]]]:
    own = sorted(code for code in world.living if code.startswith(OWN))
    assume(own)
    sides = [data.draw(st.integers(0, 2)) for _ in own]
    regions = [[c for c, side in zip(own, sides, strict=True) if side == n] for n in range(2)]
    codes, changes, seeds = world.tables()
    return build(codes, changes, county_of(*regions), TODAY, seeds), regions


def _crosswalk(world: World) -> dict[tuple[str, date | None], dict[str, dict[str, Any]]]:
    codes, changes, seeds = world.tables()
    found: dict[tuple[str, date | None], dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in changes_to(codes, changes, TODAY, seeds).municipality_crosswalk.to_pylist():
        found[row["code"], row["valid_from"]][row["target_code"]] = row
    return found


@few
@given(worlds())
def test_the_crosswalk_is_the_true_one_and_every_code_sums_to_one(world: World) -> None:
    found = _crosswalk(world)
    assert found.keys() == world.flows.keys()
    for spell, flow in world.flows.items():
        rows = found[spell]
        assert rows.keys() == flow.keys()
        assert sum(row["weight"] for row in rows.values()) == pytest.approx(1, abs=1e-12)
        assert {row["is_split"] for row in rows.values()} == {len(flow) > 1}
        for target, share in flow.items():
            assert rows[target]["weight"] == pytest.approx(float(share), abs=1e-12)
            assert rows[target]["valid_to"] == world.ended.get(spell)
        if len(flow) == 1:
            assert next(iter(rows.values()))["weight"] == 1.0


@few
@given(worlds(), st.integers(0, 2**32))
def test_the_order_of_rows_is_irrelevant(world: World, seed: int) -> None:
    codes, changes, seeds = world.tables()

    def shuffled(table: pa.Table) -> pa.Table:
        order = list(range(table.num_rows))
        random.Random(seed).shuffle(order)
        return table.take(pa.array(order, pa.int64()))

    straight = changes_to(codes, changes, TODAY, seeds)
    mixed = changes_to(shuffled(codes), shuffled(changes), TODAY, seeds)
    assert mixed.municipality_crosswalk.equals(straight.municipality_crosswalk)
    assert mixed.municipality_change.equals(straight.municipality_change)


@few
@given(worlds(), st.data())
def test_a_region_counts_a_code_whole_exactly_when_it_holds_all_of_it(
    world: World, data: st.DataObject
) -> None:
    geography, regions = _built(world, data)
    rows = {
        (row["geo_code"], row["valid_from"], row["region_id"]): row
        for row in geography.geo_weight.to_pylist()
        if row["region_set"] == "parts"
    }
    for spell, flow in world.flows.items():
        for number, held in enumerate(regions):
            inside = sum((share for code, share in flow.items() if code in held), Fraction(0))
            row = rows.pop((*spell, f"r{number}"), None)
            assert (row is None) == (inside == 0)
            if row is not None:
                assert row["apportioned"] == (set(flow) - set(held) != set())
                assert row["weight"] == pytest.approx(float(inside), abs=1e-12)
                assert row["apportioned"] or row["weight"] == 1.0
    assert not rows


@few
@given(worlds(), st.data())
def test_totals_are_conserved_to_the_person_and_whole_regions_exactly(
    world: World, data: st.DataObject
) -> None:
    geography, _ = _built(world, data)
    day = date(data.draw(st.integers(2014, 2019)), 6, 1)
    persons = {spell: data.draw(st.integers(0, 10**6)) for spell in world.in_force(day)}
    total: dict[str, float] = defaultdict(float)
    apportioned: dict[str, bool] = defaultdict(bool)
    exact: dict[str, int] = defaultdict(int)
    for row in geography.geo_weight.to_pylist():
        counted = persons.get((row["geo_code"], row["valid_from"]))
        if counted is None or row["geo_level"] != "municipality":
            continue
        key = f"{row['region_set']}/{row['region_id']}"
        total[key] += row["weight"] * counted
        exact[key] += counted
        apportioned[key] |= row["apportioned"]
    assert total["country/0"] == sum(persons.values())
    assert all(total[key] == exact[key] for key in total if not apportioned[key])
    county = sum(
        n * share
        for spell, n in persons.items()
        for code, share in world.flows[spell].items()
        if code.startswith(OWN)
    )
    municipalities = sum(n for key, n in total.items() if key.startswith("municipality/"))
    assert total["county/11"] == pytest.approx(float(county), abs=1e-6)
    assert municipalities == pytest.approx(float(county), abs=1e-6)


def _own_of(world: World, spells: Iterable[Spell]) -> set[str]:
    """Present municipalities of the county that are made of these codes of the time."""
    return {c for spell in spells for c in world.flows[spell] if c.startswith(OWN)}


@few
@given(worlds(), st.data())
def test_a_county_of_the_time_is_mapped_only_whole_and_where_little_of_the_county_is_missing(
    world: World, data: st.DataObject
) -> None:
    geography, _ = _built(world, data)
    rows = [
        row
        for row in geography.geo_weight.to_pylist()
        if row["geo_level"] == "county" and row["region_set"] == "county"
    ]
    for year in range(2015, 2020):
        day = date(year, 6, 1)
        spells = world.in_force(day)
        whole = {spell[0][:2] for spell in spells} - {
            spell[0][:2]
            for spell in spells
            if any(not code.startswith(OWN) for code in world.flows[spell])
        }
        touching = {
            spell[0][:2]
            for spell in spells
            if any(code.startswith(OWN) for code in world.flows[spell])
        }
        counted = {
            row["geo_code"]: row["area_complete"]
            for row in rows
            if (row["valid_from"] or date.min) <= day < (row["valid_to"] or date.max)
        }
        present = _own_of(world, spells)
        elsewhere = _own_of(world, [spell for spell in spells if spell[0][:2] not in whole])
        stands = 10 * len(present - elsewhere) >= 9 * len(present)
        assert counted == (dict.fromkeys(whole, touching <= whole) if stands else {})

"""Random small worlds with counts of 1 to 3 persons, and a reader who solves for what is hidden.

A world has municipalities, two region sets that overlap each other, one set whose regions overlap,
and a county. The reader knows every published numerator and denominator and that levels and sexes
add up; nothing here uses the code that chooses what to hide.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from tests.warehouse.hand_worked import indicator, row, table
from warehouse.indicator import compute

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

SEXES, LEVELS = ("1", "2"), ("a", "b", "c")
Row = dict[str, Any]


@dataclass(frozen=True)
class World:
    """counts: (municipality, sex, level) -> persons. regions: (set, id) -> municipalities."""

    counts: dict[tuple[str, str, str], int]
    regions: dict[tuple[str, str], tuple[str, ...]]

    @property
    def municipalities(self) -> list[str]:
        """Codes, in order."""
        return sorted({code for code, _, _ in self.counts})


def world(seed: int, sizes: tuple[int, ...] = (0, 1, 2, 3, 4, 6, 9, 30, 80)) -> World:
    """A world whose counts are drawn from sizes."""
    chance = random.Random(seed)
    codes = [f"90{number:02}" for number in range(1, chance.randint(4, 7))]
    keys = itertools.product(codes, SEXES, LEVELS)
    counts = {key: chance.choice(sizes) for key in keys}
    cut, other = chance.randint(1, len(codes) - 1), chance.randint(1, len(codes) - 1)
    mixed = chance.sample(codes, len(codes))
    regions = {
        ("halves", "north"): codes[:cut], ("halves", "south"): codes[cut:],
        ("markets", "one"): mixed[:other], ("markets", "two"): mixed[other:],
        ("loose", "most"): chance.sample(codes, len(codes) - 1),
        ("loose", "some"): chance.sample(codes, 2),
        ("county", "90"): codes,
    }  # fmt: skip
    alone = {("municipality", code): (code,) for code in codes}
    return World(counts, alone | {key: tuple(sorted(m)) for key, m in regions.items()})


def geography(made: World) -> dict[str, pa.Table]:
    """The tables that the roll-up places the world's figures by."""
    members = [(*key, code) for key, codes in made.regions.items() for code in codes]
    levels = {"municipality": "municipality", "county": "county"}
    weights = pa.table(
        {
            "geo_level": ["municipality"] * len(members),
            "geo_code": [m[2] for m in members],
            "valid_from": pa.nulls(len(members), pa.date32()),
            "valid_to": pa.nulls(len(members), pa.date32()),
            "region_set": [m[0] for m in members],
            "region_id": [m[1] for m in members],
            "weight": [1.0] * len(members),
            "apportioned": [False] * len(members),
            "area_complete": [True] * len(members),
        }
    )
    dates = {name: pa.nulls(len(made.regions), pa.date32()) for name in ("valid_from", "valid_to")}
    return {
        "geo_weight": weights,
        "region": pa.table(
            {
                "region_set": [key[0] for key in made.regions],
                "region_id": [key[1] for key in made.regions],
                "region_level": [levels.get(key[0], "region") for key in made.regions],
                **dates,
            }
        ),
        "region_membership": pa.table(
            {
                "region_set": [m[0] for m in members],
                "region_id": [m[1] for m in members],
                "municipality_code": [m[2] for m in members],
            }
        ),
        "series_break": pa.table(
            {"region_set": [""], "region_id": [""], "date": pa.nulls(1, pa.date32())}
        ),
        "coverage": pa.table({"first_date": pa.array([None], pa.date32())}),
    }


def published(made: World, aggregation: str) -> list[Row]:
    """The value rows of the world: shares of all levels, or counts, by sex and level."""
    rows = []
    for code, sex in itertools.product(made.municipalities, (*SEXES, "_T")):
        own = {level: _persons(made, (code,), sex, level) for level in LEVELS}
        for level in LEVELS:
            given: Row = {"numerator": float(own[level])}
            if aggregation == "ratio_of_sums":
                given["denominator"] = float(sum(own.values()))
            base = row("municipality", code, "2022", **given)
            rows.append(base | {"sex": sex, "level": level})
    percent = aggregation == "ratio_of_sums"
    values = compute(
        indicator(
            aggregation=aggregation, unit="percent" if percent else "persons",
            multiplier=100.0 if percent else 1.0, breakdowns=("sex", "level"), open_counts=None,
            headline={"sex": "_T", "level": "a"},
        ),
        breakdowns=("sex", "level"), conformed={"given": table(rows)},
        geography=geography(made), data_origin="published",
    )  # fmt: skip
    return values.to_pylist()


def truth(made: World, shown: Row) -> tuple[int, int]:
    """Numerator and denominator of a row as they are."""
    codes = made.regions[shown["region_set"], shown["region_id"]]
    own = [_persons(made, codes, shown["sex"], level) for level in LEVELS]
    return own[LEVELS.index(shown["level"])], sum(own)


def at_risk(made: World, rows: list[Row], aggregation: str) -> Iterator[npt.NDArray[np.float64]]:
    """What must not be found out: each count of 1 to 3, as a sum of the world's counts."""
    for shown in rows:
        numerator, denominator = truth(made, shown)
        part, whole = _sums(made, shown)
        if 1 <= numerator <= 3:
            yield part
        if aggregation == "ratio_of_sums" and 1 <= denominator - numerator <= 3:
            yield whole - part
        if aggregation == "ratio_of_sums" and 1 <= denominator <= 3:
            yield whole


def knowledge(
    made: World, rows: list[Row]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Every published count as a sum of the world's counts, and what it comes to."""
    known, amounts = [np.zeros(len(made.counts))], [0.0]
    for shown in rows:
        for name, equation in zip(("numerator", "denominator"), _sums(made, shown), strict=True):
            if shown[name] is not None:
                known.append(equation)
                amounts.append(shown[name])
    return np.array(known), np.array(amounts)


def _sums(made: World, shown: Row) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    codes = made.regions[shown["region_set"], shown["region_id"]]
    inside = [
        (code in codes and shown["sex"] in (sex, "_T"), level) for code, sex, level in made.counts
    ]
    part = np.array([float(here and level == shown["level"]) for here, level in inside])
    return part, np.array([float(here) for here, _ in inside])


def _persons(made: World, codes: tuple[str, ...], sex: str, level: str) -> int:
    return sum(
        persons
        for (code, own, of), persons in made.counts.items()
        if code in codes and sex in (own, "_T") and of == level
    )

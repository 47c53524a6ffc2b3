"""Small counts: none of 1 to 3 persons can be read, or solved for from all that is published."""

from __future__ import annotations

import numpy as np
import pytest

from tests.warehouse import small_counts
from tests.warehouse.hand_worked import row, values
from warehouse import linear

SPARSE = (2, 5, 0, 20, 30, 40, 50, 60, 70, 80, 90, 100, 33, 44, 55, 66, 77, 88, 99, 120, 150)
GUARDED = {"open_counts": None}


@pytest.mark.parametrize("aggregation", ["sum", "ratio_of_sums"])
@pytest.mark.parametrize("seed", range(7))
def test_no_small_count_follows_from_what_is_published(seed: int, aggregation: str) -> None:
    sizes = {"sizes": SPARSE} if seed % 2 else {}
    made = small_counts.world(seed, **sizes)
    rows = small_counts.published(made, aggregation)
    known, amounts = small_counts.knowledge(made, rows)
    assert np.allclose(known @ np.array(list(made.counts.values()), float), amounts)
    rank = np.linalg.matrix_rank(known)
    secrets = list(small_counts.at_risk(made, rows, aggregation))
    assert secrets
    for secret in secrets:
        assert np.linalg.matrix_rank(np.vstack([known, secret])) == rank + 1


@pytest.mark.parametrize("seed", [1, 3, 5])
def test_most_of_a_world_with_few_small_counts_is_still_shown(seed: int) -> None:
    rows = small_counts.published(small_counts.world(seed, SPARSE), "sum")
    assert sum(r["value"] is not None for r in rows) > len(rows) / 2


def counts(*numerators: float) -> list[dict[str, object]]:
    codes = ("9001", "9002", "9003")
    return [
        row("municipality", code, "2022", numerator=n, denominator=400.0)
        for code, n in zip(codes, numerators, strict=True)
    ]


@pytest.mark.parametrize(("small", "hidden"), [(1, True), (3, True), (0, False), (4, False)])
def test_one_to_three_persons_are_suppressed_and_nobody_is_not(small: int, hidden: bool) -> None:
    found = values(counts(40, 60, small), **GUARDED)["9003", "2022"]
    assert (found["value"] is None) is hidden
    assert (found["obs_status"], found["reason"]) == (
        ("Q", "small_count") if hidden else ("A", None)
    )
    blank = [found[n] for n in ("numerator", "denominator", "published_value", "lower", "upper")]
    assert (blank == [None] * 5) is hidden


def test_all_but_a_few_tells_of_the_few() -> None:
    assert values(counts(40, 60, 398), **GUARDED)["9003", "2022"]["reason"] == "small_count"


def test_the_difference_to_the_county_does_not_give_a_count_back() -> None:
    found = values(counts(40, 60, 2), **GUARDED)
    assert found["90", "2022"]["numerator"] == 102
    others = [found[code, "2022"]["reason"] for code in ("9001", "9002")]
    assert "small_count" in others
    assert found["south", "2022"]["reason"] == "small_count"
    assert found["north", "2022"]["reason"] == "small_count"  # county less north is south


def test_what_the_definition_says_is_open_is_shown() -> None:
    assert values(counts(40, 60, 2))["9003", "2022"]["numerator"] == 2


def test_balances_and_positions_are_no_counts_of_persons() -> None:
    rows = counts(40, 60, 2)
    assert values(rows, bounds="none", **GUARDED)["9003", "2022"]["numerator"] == 2
    assert values(rows, unit="positions", **GUARDED)["9003", "2022"]["numerator"] == 2


def test_unknowns_with_one_solution_are_told_from_those_with_many() -> None:
    assert linear.solved([{0: 1, 1: 1}, {1: 1, 2: 1}]) == {}
    found = linear.solved([{0: 1, 1: 1}, {0: 1}, {}])
    assert list(found) == [0, 1]
    assert found[1] == pytest.approx({0: 1, 1: -1})  # the first less the second


@pytest.mark.parametrize("seed", range(20))
def test_solving_agrees_with_the_rank_of_all_equations_together(seed: int) -> None:
    chance = np.random.default_rng(seed)
    matrix = chance.choice([-1.0, 0.0, 0.0, 0.0, 1.0], size=(chance.integers(3, 14), 12))
    found = linear.solved([{int(u): row[u] for u in np.flatnonzero(row)} for row in matrix])
    rank = np.linalg.matrix_rank(matrix)
    for unknown, direction in enumerate(np.eye(12)):
        told = np.linalg.matrix_rank(np.vstack([matrix, direction])) == rank
        assert told == (unknown in found)
    for unknown, shares in found.items():
        put_together = sum((share * matrix[n] for n, share in shares.items()), np.zeros(12))
        assert put_together == pytest.approx(np.eye(12)[unknown])

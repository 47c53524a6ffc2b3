"""Boxes cover every cell once, stay below the limit and are as few as can be."""

from __future__ import annotations

import math
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.pull.split import Box, boxes

small = st.lists(st.integers(1, 7), min_size=1, max_size=4)


@cache
def fewest(sizes: tuple[int, ...], limit: int) -> int:
    """The fewest boxes by cuts from edge to edge, found by trying every cut."""
    if math.prod(sizes) <= limit:
        return 1
    halves = (
        ((*sizes[:n], at, *sizes[n + 1 :]), (*sizes[:n], size - at, *sizes[n + 1 :]))
        for n, size in enumerate(sizes)
        for at in range(1, size // 2 + 1)
    )
    return min(fewest(a, limit) + fewest(b, limit) for a, b in halves)


def along_one(sizes: list[int], limit: int) -> list[int]:
    """Numbers of boxes of all cuts along one dimension only."""
    rests = [math.prod(sizes) // size for size in sizes]
    return [
        min(math.ceil(size / width) for width in range(1, size + 1) if width * rest <= limit)
        for size, rest in zip(sizes, rests, strict=True)
        if rest <= limit
    ]


def cut(sizes: list[int], limit: int) -> tuple[Box, ...]:
    found = boxes(sizes, limit, range(len(sizes)))
    assert found is not None
    return found


@given(small, st.integers(1, 60))
@settings(deadline=None)
def test_every_cell_is_in_exactly_one_box(sizes: list[int], limit: int) -> None:
    found = cut(sizes, limit)
    cells = [cell for box in found for cell in product(*box)]
    assert sorted(cells) == sorted(product(*map(range, sizes)))
    assert all(math.prod(map(len, box)) <= limit for box in found)


@given(small, st.integers(1, 60))
@settings(deadline=None)
def test_never_more_boxes_than_the_best_cut_along_one_dimension(
    sizes: list[int], limit: int
) -> None:
    assert len(cut(sizes, limit)) <= min(along_one(sizes, limit), default=10**9)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=3), st.integers(1, 60))
@settings(deadline=None)
def test_small_cubes_get_the_fewest_boxes_there_are(sizes: list[int], limit: int) -> None:
    assert len(cut(sizes, limit)) == fewest(tuple(sizes), limit)


@pytest.mark.parametrize(
    ("sizes", "least"),
    [
        # 12451 unfiltered, 07459 from 1986, the 4 million cells of the benchmark.
        ([937, 3, 9, 105], 4),
        ([556, 2, 106, 1, 41], 7),
        ([400, 10, 10, 10, 10], 5),
        ([356, 356, 3, 26], 13),
        ([800_001], 2),
        ([1000, 1000, 10], 13),
    ],
)
def test_tables_of_real_size_reach_the_lower_bound(sizes: list[int], least: int) -> None:
    assert len(cut(sizes, 800_000)) == math.ceil(math.prod(sizes) / 800_000) == least


@given(st.lists(st.integers(1, 2000), min_size=2, max_size=5), st.integers(1_000, 800_000))
@settings(deadline=None, max_examples=60)
def test_big_cubes_are_cut_without_a_long_search(sizes: list[int], limit: int) -> None:
    while math.prod(sizes) > 2_000 * limit:
        sizes[sizes.index(max(sizes))] = max(max(sizes) // 2, 1)
    found = cut(sizes, limit)
    assert sum(math.prod(map(len, box)) for box in found) == math.prod(sizes)
    assert len(found) <= min(along_one_big(sizes, limit), default=10**9)


def along_one_big(sizes: list[int], limit: int) -> list[int]:
    rests = [math.prod(sizes) // size for size in sizes]
    pairs = zip(sizes, rests, strict=True)
    return [math.ceil(size / (limit // rest)) for size, rest in pairs if rest <= limit]


def test_the_first_dimension_of_the_order_is_cut_where_it_costs_no_more() -> None:
    assert boxes([4, 4], 8, [1, 0]) == ((range(4), range(2)), (range(4), range(2, 4)))
    assert boxes([4, 4], 8, [0, 1]) == ((range(2), range(4)), (range(2, 4), range(4)))


def test_dimensions_outside_the_order_are_never_cut() -> None:
    found = boxes([6, 6], 12, [1])
    assert found is not None
    assert {box[0] for box in found} == {range(6)}
    assert boxes([6, 6], 5, [1]) is None

"""Parquet files are cut so that one indicator and region is read in one row group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse import parquet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest


def table(counts: Sequence[Sequence[int]]) -> pa.Table:
    """counts: per indicator the number of rows of each region."""
    keys = [
        (f"i{i:03}", f"r{r:03}")
        for i, regions in enumerate(counts)
        for r, rows in enumerate(regions)
        for _ in range(rows)
    ]
    return pa.table(
        {
            "indicator_id": pa.array([i for i, _ in keys], pa.string()),
            "region_id": pa.array([r for _, r in keys], pa.string()),
            "value": pa.array(range(len(keys)), pa.int64()),
        }
    )


def touched(file: Path, **wanted: str) -> int:
    """Row groups whose statistics do not rule the filter out, as a reader decides."""
    metadata = pq.read_metadata(file)
    places = {metadata.schema.column(i).name: i for i in range(metadata.num_columns)}
    groups = (metadata.row_group(g) for g in range(metadata.num_row_groups))
    return sum(
        all(
            (s := group.column(places[name]).statistics).min <= value <= s.max
            for name, value in wanted.items()
        )
        for group in groups
    )


def pairs(values: pa.Table) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        values.group_by(["indicator_id", "region_id"]).aggregate([]).to_pylist()
    )
    return found


@given(st.lists(st.lists(st.integers(0, 9), max_size=8), max_size=8))
@settings(max_examples=200, deadline=None)
def test_groups_cover_every_row_once_and_none_is_too_large(counts: list[list[int]]) -> None:
    groups = parquet.row_groups(table(counts), size=10)
    covered = [row for begin, end in groups for row in range(begin, end)]
    assert covered == list(range(sum(map(sum, counts))))
    assert all(0 < end - begin <= 10 for begin, end in groups)


@given(st.lists(st.lists(st.integers(0, 9), max_size=8), max_size=8))
@settings(max_examples=100, deadline=None)
def test_one_indicator_and_region_is_in_one_group(counts: list[list[int]]) -> None:
    values = table(counts)
    groups = [values.slice(b, e - b) for b, e in parquet.row_groups(values, size=10)]
    for pair in pairs(values):
        ranges = [
            all(
                min(group[key].to_pylist()) <= pair[key] <= max(group[key].to_pylist())
                for key in pair
            )
            for group in groups
        ]
        assert sum(ranges) == 1, pair


def test_a_region_larger_than_a_group_is_cut() -> None:
    assert parquet.row_groups(table([[3], [25]]), size=10) == [(0, 3), (3, 13), (13, 23), (23, 28)]


def test_a_filter_touches_one_row_group_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP", 10)
    values = table([[4, 4, 4, 4], [2], [3, 3], [9, 9]])
    file = tmp_path / "values.parquet"
    parquet.write(values, file)
    assert pq.read_metadata(file).num_row_groups > 4
    assert [touched(file, **pair) for pair in pairs(values)] == [1] * len(pairs(values))
    # Rows in the order that a period gives would not do.
    by_row = values.take(pa.array(sorted(range(len(values)), key=lambda n: (n % 7, n))))
    parquet.write(by_row, file)
    assert max(touched(file, **pair) for pair in pairs(values)) > 1


def test_a_release_is_sorted_so_and_says_its_pages(made_up_release: Path) -> None:
    file = made_up_release / "parquet" / "indicator_value.parquet"
    every = pairs(pq.read_table(file, columns=["indicator_id", "region_id"]))
    assert len(every) > 1000
    assert {touched(file, **pair) for pair in every} == {1}
    column = pq.read_metadata(file).row_group(0).column(0)
    assert column.has_offset_index
    assert column.has_column_index
    assert column.compression == "ZSTD"

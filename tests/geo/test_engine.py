"""The engine gives back what the SQL says, and says which SQL failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse import engine

if TYPE_CHECKING:
    from pathlib import Path


def test_steps_see_arrow_parquet_and_each_other(tmp_path: Path) -> None:
    pq.write_table(pa.table({"code": ["a", "b"], "persons": [3, 4]}), tmp_path / "counts.parquet")
    steps = {
        "doubled": "select code, 2 * persons as persons from counts",
        "kept": "select doubled.persons from doubled inner join wanted using (code)",
    }
    tables = {"counts": tmp_path / "counts.parquet", "wanted": pa.table({"code": ["b"]})}
    assert engine.run_steps(steps, tables).to_pydict() == {"persons": [8]}


def test_a_failing_query_says_where_and_what_it_was_given() -> None:
    with pytest.raises(duckdb.Error) as error:
        engine.run("conform/geo_spell.sql", {"codes": pa.table({"code": ["1101"]})})
    assert "conform/geo_spell.sql" in error.value.__notes__[0]
    assert "codes" in error.value.__notes__[0]


def test_a_python_variable_is_not_taken_for_a_table() -> None:
    lying_about = pa.table({"code": ["1101"]})
    assert lying_about.num_rows == 1
    with pytest.raises(duckdb.CatalogException):
        engine.run_steps({"kept": "select code from lying_about"}, {})


def test_codes_in_seeds_keep_their_leading_zero_and_blanks_are_null() -> None:
    moves = engine.seed("conform/seeds/boundary_moves.csv", {"persons": pa.int64()})
    assert "0716" in moves["old_code"].to_pylist()
    assert moves["persons"].null_count == 4

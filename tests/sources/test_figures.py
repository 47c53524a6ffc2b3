"""The content of a table as one hash: blind to order and cut, and to nothing else."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.figures import Change, compare, doubled, fingerprint

codes = st.sampled_from(["a", "b", "æ", "", "a b"])
values = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))
rows = st.dictionaries(st.tuples(codes, codes), values, max_size=12)
Rows = dict[tuple[str, str], float | None]


def table(cells: Rows, vintage: str = "v", *, plain: bool = False) -> pa.Table:
    columns = {
        "x": pa.array([x for x, _ in cells], pa.string()),
        "y": pa.array([y for _, y in cells], pa.string()),
        "status": pa.array(["." if v is None else None for v in cells.values()], pa.string()),
        "vintage_id": pa.array([vintage] * len(cells), pa.string()),
    }
    if not plain:
        columns = {name: column.dictionary_encode() for name, column in columns.items()}
    return pa.table(columns | {"value": pa.array(list(cells.values()), pa.float64())})


@given(rows, st.randoms(), st.integers(0, 12))
def test_order_cut_and_encoding_do_not_count(cells: Rows, random: object, cut: int) -> None:
    shuffled = list(cells.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    parts = [table(dict(shuffled[:cut]), "v1"), table(dict(shuffled[cut:]), "v2")]
    assert fingerprint(pa.concat_tables(parts)) == fingerprint(table(cells))
    assert fingerprint(table(cells, plain=True)) == fingerprint(table(cells))
    assert compare(pa.concat_tables(parts), table(cells)) == Change(0, 0, 0)


@given(rows, rows)
def test_the_hash_and_the_comparison_agree(one: Rows, other: Rows) -> None:
    same = one == other
    assert (fingerprint(table(one)) == fingerprint(table(other))) is same
    change = compare(table(one), table(other))
    assert change == Change(
        added=len(one.keys() - other.keys()),
        gone=len(other.keys() - one.keys()),
        changed=sum(one[k] != other[k] for k in one.keys() & other.keys()),
    )
    assert change.nothing is same


def test_a_figure_that_became_a_blank_and_another_symbol_are_changes() -> None:
    one, blank = table({("a", "b"): 1.0}), table({("a", "b"): None})
    assert compare(blank, one) == Change(0, 0, 1)
    other = blank.set_column(
        blank.column_names.index("status"), "status", pa.array([":"]).dictionary_encode()
    )
    assert compare(other, blank) == Change(0, 0, 1)
    assert len({fingerprint(t) for t in (one, blank, other)}) == 3


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_zero_is_not_blank(zero: float) -> None:
    assert fingerprint(table({("a", "b"): zero})) == fingerprint(table({("a", "b"): 0.0}))
    assert fingerprint(table({("a", "b"): zero})) != fingerprint(table({("a", "b"): None}))


def test_codes_do_not_run_into_each_other() -> None:
    assert fingerprint(table({("a", "a b"): 1.0})) != fingerprint(table({("a a", "b"): 1.0}))


def test_more_combinations_than_a_number_holds_are_still_told_apart() -> None:
    wide = {f"d{n}": pa.array([str(i * (n + 1)) for i in range(300)]) for n in range(12)}
    one = pa.table(wide | {"value": pa.array([1.0] * 300), "status": pa.nulls(300, pa.string())})
    assert doubled(one) == 0
    assert doubled(pa.concat_tables([one, one.slice(5, 1)])) == 1
    assert compare(one.slice(3), one) == Change(0, 3, 0)
    assert fingerprint(one.take(list(reversed(range(300))))) == fingerprint(one)


def test_code_lists_are_hashed_by_all_their_columns() -> None:
    one = pa.table({"code": ["1", "2"], "valid_to": pa.array([None, "2024-01-01"], pa.string())})
    other = one.set_column(1, "valid_to", pa.array([None, "2025-01-01"], pa.string()))
    assert fingerprint(one) != fingerprint(other)
    assert fingerprint(one.take([1, 0])) == fingerprint(one)
    assert compare(other, one) == Change(1, 1, 0)

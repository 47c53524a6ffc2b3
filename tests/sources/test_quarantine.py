"""What looks wrong is named; what sources do every year is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from sources import registry
from sources.quarantine import suspicions
from sources.vintages import RawTable
from tests.sources.vintage_kit import DIMENSIONS, NOON, SPEC

if TYPE_CHECKING:
    from collections.abc import Sequence

REGIONS, PERIODS = ["5000", "3400", "EAFK"], ["2023", "2024", "2025"]
FULL = {(r, p): 100.0 * (n + 1) for n, r in enumerate(REGIONS) for p in PERIODS}


def table(cells: dict[tuple[str, str], float | None]) -> RawTable:
    columns: dict[str, Any] = {name: [codes[0]] * len(cells) for name, codes in DIMENSIONS.items()}
    columns["KOKfylkesregion0000"] = [region for region, _ in cells]
    columns["Tid"] = [period for _, period in cells]
    words = {name: pa.array(column).dictionary_encode() for name, column in columns.items()}
    values = pa.array(list(cells.values()), pa.float64())
    status = pa.array([None if v is not None else "." for v in cells.values()], pa.string())
    return RawTable(
        pa.table({**words, "value": values, "status": status.dictionary_encode()}), (), {}, ()
    )


def doubts(
    new: dict[tuple[str, str], float | None],
    old: dict[tuple[str, str], float | None] | None = None,
    at: datetime = NOON,
    **spec: Any,
) -> list[str]:
    before = table(old if old is not None else dict(FULL))
    return suspicions(replace(SPEC, **spec), table(new), before, at)


def test_the_same_and_a_new_year_are_not_suspicious() -> None:
    assert doubts(dict(FULL)) == []
    assert doubts(FULL | {(r, "2026"): 500.0 for r in REGIONS}) == []
    assert suspicions(SPEC, table(dict(FULL)), None, NOON) == []


def test_more_cells_than_expected() -> None:
    (said,) = doubts(dict(FULL), size=registry.Size(1, 8))
    assert "9 cells, at most 8 expected" in said


def test_cells_that_stand_twice() -> None:
    once = table(dict(FULL))
    twice = replace(once, table=pa.concat_tables([once.table, once.table.slice(0, 2)]))
    (said,) = suspicions(SPEC, twice, once, NOON)
    assert "2 cells stand more than once" in said


def test_a_period_that_is_gone() -> None:
    (said,) = doubts({k: v for k, v in FULL.items() if k[1] != "2023"})
    assert said == "ssb/12274: 1 periods are gone: 2023"


@pytest.mark.parametrize("left", [None, 0.0, "no row"])
def test_a_region_that_has_no_figures_any_more(left: float | str | None) -> None:
    new = {k: v for k, v in FULL.items() if k[0] != "3400"}
    if not isinstance(left, str):
        new |= {("3400", p): left for p in PERIODS}
    wide = registry.Tolerance(jump_pct=1000)
    said, *_ = doubts(new, tolerance=wide)
    assert "1 codes of KOKfylkesregion0000 had figures and have none: 3400" in said


def test_a_region_without_figures_before_may_go() -> None:
    old = FULL | {("2100", p): 0.0 for p in PERIODS} | {("2200", p): None for p in PERIODS}
    assert doubts(dict(FULL), old) == []


def test_a_region_of_a_withdrawn_period_is_told_as_the_period_alone() -> None:
    old = FULL | {("1601", "2022"): 7.0}
    (said,) = doubts(dict(FULL), old)
    assert said == "ssb/12274: 1 periods are gone: 2022"


@pytest.mark.parametrize(("factor", "suspicious"), [(1.19, False), (1.21, True), (0.79, True)])
def test_a_total_that_jumped(factor: float, *, suspicious: bool) -> None:
    found = doubts({k: v * factor if k[1] == "2025" else v for k, v in FULL.items()})
    assert bool(found) is suspicious
    if suspicious:
        assert "2025 (KOSand16180000): the sum of the same cells went from 600 to" in found[0]


def test_new_regions_do_not_make_a_total_jump() -> None:
    assert doubts(FULL | {("0300", p): 90_000.0 for p in PERIODS}) == []


def test_without_a_declared_tolerance_totals_are_not_compared() -> None:
    assert doubts({k: v * 3 for k, v in FULL.items()}, tolerance=None) == []


def test_figures_that_became_blank() -> None:
    new = FULL | {("5000", "2025"): None, ("EAFK", "2025"): None}
    (said,) = doubts(new)
    assert "2025 (KOSand16180000): 2 of 3 figures have gone or become blank" in said


def zeros(period: str) -> dict[tuple[str, str], float | None]:
    return {k: 0.0 if k[1] == period else v for k, v in FULL.items()}


def test_a_newest_period_of_zeros_is_named_with_the_hour() -> None:
    without = FULL | {(r, "2026"): 0.0 for r in REGIONS}
    (said,) = doubts(without)
    assert said == "ssb/12274: every figure of 2026 is 0"
    # 06:30 in Oslo, in summer and in winter.
    for at in (datetime(2026, 7, 1, 4, 30, tzinfo=UTC), datetime(2026, 1, 5, 5, 30, tzinfo=UTC)):
        (said,) = doubts(without, at=at)
        assert "06:30 in Oslo" in said
        assert "after 08:15" in said
    assert any("every figure of 2025" in said for said in doubts(zeros("2025")))


def test_zeros_are_found_in_a_first_pull_too() -> None:
    (said,) = suspicions(SPEC, table(dict.fromkeys(FULL, 0.0)), None, NOON)
    assert said == "ssb/12274: every figure of 2025 is 0"
    (said,) = suspicions(SPEC, table(zeros("2025")), None, NOON)
    assert "every figure of 2025" in said


def test_one_measure_of_zeros_is_found_among_others() -> None:
    def measures(two: float) -> RawTable:
        one, other = table(dict(FULL)), table(zeros("2025") if two else dict.fromkeys(FULL, 0.0))
        place = one.table.column_names.index("ContentsCode")
        second = pa.array(["second"] * other.table.num_rows).dictionary_encode()
        changed = other.table.set_column(place, "ContentsCode", second)
        return replace(one, table=pa.concat_tables([one.table, changed]))

    (said,) = suspicions(SPEC, measures(1), None, NOON)
    assert said == "ssb/12274: every figure of 2025 (second) is 0"
    assert suspicions(SPEC, measures(0), None, NOON) == []


def test_a_newest_period_of_blanks() -> None:
    (said,) = doubts(FULL | {(r, "2026"): None for r in REGIONS})
    assert "all 3 cells of 2026 are blank" in said


def test_a_code_list_that_lost_many_rows() -> None:
    def codes(names: Sequence[str]) -> RawTable:
        rows = pa.table({"code": pa.array(names), "valid_from": pa.array([None] * len(names))})
        return RawTable(rows, (), {}, ())

    many = [str(n) for n in range(100)]
    assert suspicions(SPEC, codes(many[:90]), codes(many), NOON) == []
    (said,) = suspicions(SPEC, codes(many[:70]), codes(many), NOON)
    assert "70 rows, 100 before: 30 % gone" in said
    wide = replace(SPEC, size=registry.Size(1, 1000))
    (said,) = suspicions(wide, codes([*many, "1"]), codes(many), NOON)
    assert "1 cells stand more than once" in said


def test_other_columns_than_before() -> None:
    old = table(dict(FULL))
    old = replace(old, table=old.table.drop_columns(["KOKutdstatus0000"]))
    (said,) = suspicions(SPEC, table(dict(FULL)), old, NOON)
    assert "columns are not those" in said


def test_every_table_in_use_declares_how_far_its_totals_may_move() -> None:
    without = [t.id for t in registry.load().values() if t.in_use and t.tolerance is None]
    assert without == []


def test_a_code_that_has_no_cells_in_one_period() -> None:
    new = {k: v for k, v in FULL.items() if k != ("3400", "2025")}
    said = doubts(new, tolerance=registry.Tolerance(jump_pct=1000))
    assert said == [
        "ssb/12274: KOKfylkesregion0000 had figures and has no cells any more: 3400 2025"
    ]


def test_figures_that_fall_below_zero() -> None:
    key = next(iter(FULL))
    said = doubts(FULL | {key: -1.0}, tolerance=registry.Tolerance(jump_pct=1000))
    assert said == ["ssb/12274: figures below 0 (KOSand16180000), down to -1; none before"]

"""Quarantine: what makes a new vintage look wrong, though it is readable and fits its YAML.

Pure judgement on decoded tables: a suspicion is a sentence for the person who must accept or
reject the vintage. What becomes of it is decided in sources/pull/keep.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sources import figures
from sources.model import VALUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    import pyarrow as pa

    from sources.figures import Ints
    from sources.registry import SourceTable
    from sources.vintages import RawTable

    # Rows of the new and of the old table that are the same cells.
    Same = tuple[Ints, Ints]

_SHOWN = 12
_PER_CENT = 100.0
# Of a total: more than a revision moves from cell to cell, less than codes mixed up do, even
# where half of the total stands in sums that they leave alone.
_SCATTERED = 20.0


@dataclass(frozen=True)
class _Total:
    """One measure in one period, over cells that had a figure before.

    was, now: sums of cells with a figure both times; size: of their absolute figures before,
    apart: of the absolute differences. had, lost: cells with a figure before, and with none now.
    """

    measure: str
    period: str
    was: float
    now: float
    size: float
    apart: float
    had: int
    lost: int


def suspicions(spec: SourceTable, new: RawTable, old: RawTable | None, at: datetime) -> list[str]:
    """Say what looks wrong with a new vintage, against the YAML and the good one before it.

    Looked for: more cells than size.max_cells; cells that stand twice; a newest period with
    nothing but zeros and blanks; periods gone, and codes of any dimension, altogether or in one
    period; measures that fell below 0; totals of the same cells, per measure and period, that
    moved more than `tolerance`, as many figures that went, and figures that changed places while
    their total stood.
    old: None where there is none on the same request; at: when the new one was fetched.
    Returns sentences; empty if nothing looks wrong.
    """
    table = new.table
    found = list(_size(spec, table))
    if VALUE not in table.column_names:
        return found + (list(_shorter(spec, table, old.table)) if old else [])
    found += _zeros(spec, table, at)
    if old is None:
        return found
    if figures.keys(table) != figures.keys(old.table):
        return [*found, f"{spec.id}: its columns are not those of the vintage before"]
    same = figures.shared(table, old.table)
    return [
        *found,
        *_gone(spec, table, old.table),
        *_holes(spec, table, old.table, same),
        *_negative(spec, table, old.table),
        *_moved(spec, table, old.table, same),
    ]


def periods(spec: SourceTable, table: pa.Table) -> set[str]:
    """Periods that a table holds; empty for code lists and tables without time."""
    names = [d.source_name for d in spec.by_role("time") if d.source_name in table.column_names]
    return set(_words(table, names[0])) if names else set()


def _size(spec: SourceTable, table: pa.Table) -> Iterator[str]:
    largest = spec.size.max_cells
    if largest is not None and table.num_rows > largest:
        yield f"{spec.id}: {table.num_rows} cells, at most {largest} expected (size.max_cells)"
    twice = figures.doubled(table)
    if twice:
        yield f"{spec.id}: {twice} cells stand more than once"


def _shorter(spec: SourceTable, new: pa.Table, old: pa.Table) -> Iterator[str]:
    lost = _PER_CENT * (old.num_rows - new.num_rows) / max(old.num_rows, 1)
    if spec.tolerance and lost > spec.tolerance.jump_pct:
        yield (
            f"{spec.id}: {new.num_rows} rows, {old.num_rows} before: {lost:.0f} % gone, "
            f"{spec.tolerance.jump_pct:g} % tolerated"
        )


def _zeros(spec: SourceTable, table: pa.Table, at: datetime) -> Iterator[str]:
    """Measures whose newest period says nothing: only zeros, or (all measures) only blanks."""
    import pyarrow.compute as pc

    known = periods(spec, table)
    if not known:
        return
    newest, (time_name, *_) = max(known), _names(spec, "time")
    latest = table.filter(pc.equal(_plain(table, time_name), newest))
    if latest[VALUE].null_count == latest.num_rows:
        yield f"{spec.id}: all {latest.num_rows} cells of {newest} are blank"
        return
    largest, ever = _largest(spec, latest), _largest(spec, table)
    if not any(largest.values()):
        yield f"{spec.id}: every figure of {newest} is 0{_hour(at)}"
        return
    for measure, figure in sorted(largest.items()):
        # A measure that was always 0 may well be; one that became 0 everywhere may not.
        if figure == 0 and ever[measure]:
            yield f"{spec.id}: every figure of {newest}{_called(measure)} is 0{_hour(at)}"


def _hour(at: datetime) -> str:
    from sources.pull.hours import OSLO, is_closed

    if not is_closed(at):
        return ""
    return (
        f"; it was fetched at {at.astimezone(OSLO):%H:%M} in Oslo, when the source fills its "
        "tables and shows zeros: pull again after 08:15"
    )


def _gone(spec: SourceTable, new: pa.Table, old: pa.Table) -> Iterator[str]:
    """Periods, and codes of the other dimensions, that had figures and have none any more."""
    import pyarrow as pa

    lost = sorted(periods(spec, old) - periods(spec, new))
    if lost and not (spec.tolerance and spec.tolerance.newest_only):
        yield f"{spec.id}: {len(lost)} periods are gone: {_listed(lost)}"
    shared = pa.array(sorted(periods(spec, old) & periods(spec, new)), pa.string())
    for name in _coded(spec):
        before = _with_figures(spec, old, name, shared)
        after = _with_figures(spec, new, name, shared)
        missing = sorted(before - after)
        if missing:
            yield (
                f"{spec.id}: {len(missing)} codes of {name} had figures and have none: "
                f"{_listed(missing)}"
            )


def _holes(spec: SourceTable, new: pa.Table, old: pa.Table, same: Same) -> Iterator[str]:
    """Codes that had figures in a period and have no cell there, though the period has others."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lost = old.take(pa.array(_absent(spec, new, old, same[1])))
    if not lost.num_rows:
        return
    times = _names(spec, "time")[:1]
    for name in _coded(spec):
        held = set(pc.unique(_joined(new, [name, *times])).to_pylist())
        gone = sorted(set(pc.unique(_joined(lost, [name, *times])).to_pylist()) - held)
        if gone:
            yield f"{spec.id}: {name} had figures and has no cells any more: {_listed(gone)}"


def _negative(spec: SourceTable, new: pa.Table, old: pa.Table) -> Iterator[str]:
    """Measures that never were below 0 and are now."""
    before, after = _smallest(spec, old), _smallest(spec, new)
    for measure, figure in sorted(after.items()):
        was = before.get(measure)
        if figure is not None and figure < 0 and was is not None and was >= 0:
            yield f"{spec.id}: figures below 0{_called(measure)}, down to {figure:g}; none before"


def _moved(spec: SourceTable, new: pa.Table, old: pa.Table, same: Same) -> Iterator[str]:
    """Totals of the same cells that moved, and figures that went, beyond what is tolerated."""
    if spec.tolerance is None:
        return
    for total in _totals(spec, new, old, same):
        where = f"{spec.id}: {total.period}{_called(total.measure)}"
        moved = _PER_CENT * (total.now - total.was) / abs(total.was) if total.was else 0.0
        if abs(moved) > spec.tolerance.jump_pct:
            yield (
                f"{where}: the sum of the same cells went from {total.was:g} to {total.now:g} "
                f"({moved:+.1f} %), {spec.tolerance.jump_pct:g} % tolerated"
            )
        elif total.apart > max(spec.tolerance.jump_pct, _SCATTERED) / _PER_CENT * total.size:
            yield (
                f"{where}: the sum of the same cells stands, but {total.apart:g} of "
                f"{total.size:g} lie in other cells than before, as if codes were mixed up"
            )
        if _PER_CENT * total.lost / total.had > spec.tolerance.jump_pct:
            yield f"{where}: {total.lost} of {total.had} figures have gone or become blank"


def _totals(spec: SourceTable, new: pa.Table, old: pa.Table, same: Same) -> list[_Total]:
    """Totals per measure and period, where a cell had a figure before."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    here, there = same
    gone = _absent(spec, new, old, there)
    there = np.concatenate([there, gone])
    now = pa.chunked_array(
        [new[VALUE].take(pa.array(here)).combine_chunks(), pa.nulls(len(gone), pa.float64())]
    )
    was = old[VALUE].take(pa.array(there))
    had, both = pc.is_valid(was), pc.and_(pc.is_valid(was), pc.is_valid(now))
    was, now = pc.if_else(both, was, 0.0), pc.if_else(both, now, 0.0)
    columns = {
        "measure": _joined(old, _names(spec, "measure")).take(pa.array(there)),
        "period": _joined(old, _names(spec, "time")).take(pa.array(there)),
        "was": was,
        "now": now,
        "size": pc.abs(was),
        "apart": pc.abs(pc.subtract(now, was)),
        "had": had.cast(pa.int64()),
        "lost": pc.and_(had, pc.invert(both)).cast(pa.int64()),
    }
    sums = [name for name in columns if name not in ("measure", "period")]
    rows = (
        pa.table(columns)
        .group_by(["measure", "period"])
        .aggregate([(name, "sum") for name in sums])
        .sort_by([("measure", "ascending"), ("period", "ascending")])
        .to_pylist()
    )
    found = [{name.removesuffix("_sum"): value for name, value in row.items()} for row in rows]
    return [_Total(**row) for row in found if row["had"]]


def _absent(spec: SourceTable, new: pa.Table, old: pa.Table, shared: Ints) -> Ints:
    """Rows of the old table with a figure but 0 whose cell is gone, though its period is not."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    left = pc.fill_null(pc.not_equal(old[VALUE], 0.0), fill_value=False).to_numpy()
    left = left.copy()
    left[shared] = False
    for name in _names(spec, "time")[:1]:
        still = pa.array(sorted(periods(spec, new)), pa.string())
        left &= pc.is_in(_plain(old, name), value_set=still).to_numpy()
    found: Ints = np.flatnonzero(left)
    return found


def _with_figures(spec: SourceTable, table: pa.Table, name: str, among: pa.Array) -> set[str]:
    """Codes of a dimension with a figure other than 0 in these periods.

    A source that writes zero for areas not in force has nothing to lose there.
    """
    import pyarrow.compute as pc

    wanted = pc.fill_null(pc.not_equal(table[VALUE], 0.0), fill_value=False)
    for time_name in _names(spec, "time")[:1]:
        wanted = pc.and_(wanted, pc.is_in(_plain(table, time_name), value_set=among))
    return set(_words(table.select([name]).filter(wanted), name))


def _largest(spec: SourceTable, table: pa.Table) -> dict[str, float | None]:
    """Largest absolute figure of each measure; None where a measure has none."""
    import pyarrow.compute as pc

    return _extreme(spec, table, pc.abs(table[VALUE]), "max")


def _smallest(spec: SourceTable, table: pa.Table) -> dict[str, float | None]:
    """Smallest figure of each measure; None where a measure has none."""
    return _extreme(spec, table, table[VALUE], "min")


def _extreme(
    spec: SourceTable, table: pa.Table, sizes: pa.ChunkedArray, which: str
) -> dict[str, float | None]:
    import pyarrow as pa

    columns = {"measure": _joined(table, _names(spec, "measure")), "size": sizes}
    found = pa.table(columns).group_by("measure").aggregate([("size", which)]).to_pylist()
    return {row["measure"]: row[f"size_{which}"] for row in found}


def _joined(table: pa.Table, names: Iterable[str]) -> pa.ChunkedArray:
    """Codes of several dimensions as one text per row; empty texts without dimensions."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = [_plain(table, name) for name in names]
    if not columns:
        return pa.chunked_array([pa.array([""] * table.num_rows, pa.string())])
    return columns[0] if len(columns) == 1 else pc.binary_join_element_wise(*columns, " ")


def _plain(table: pa.Table, name: str) -> pa.ChunkedArray:
    import pyarrow as pa

    return table[name].cast(pa.string())


def _words(table: pa.Table, name: str) -> list[str]:
    import pyarrow.compute as pc

    return [word for word in pc.unique(_plain(table, name)).to_pylist() if word is not None]


def _names(spec: SourceTable, role: str) -> list[str]:
    return [dimension.source_name for dimension in spec.by_role(role)]


def _coded(spec: SourceTable) -> list[str]:
    """Dimensions whose codes should not go: all but time."""
    return [name for role in ("geo", "breakdown", "measure") for name in _names(spec, role)]


def _called(measure: str) -> str:
    return f" ({measure})" if measure else ""


def _listed(words: list[str]) -> str:
    more = f" ... {len(words)} in all" if len(words) > _SHOWN else ""
    return ", ".join(words[:_SHOWN]) + more

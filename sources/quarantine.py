"""Quarantine: what makes a new vintage look wrong, though it is readable and fits its YAML.

Pure judgement on decoded tables: a suspicion is a sentence for the person who must accept or
reject the vintage. What becomes of it is decided in sources/pull/keep.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sources import figures
from sources.model import VALUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    import pyarrow as pa

    from sources.registry import SourceTable
    from sources.vintages import RawTable

_SHOWN = 12
_PER_CENT = 100.0


def suspicions(spec: SourceTable, new: RawTable, old: RawTable | None, at: datetime) -> list[str]:
    """Say what looks wrong with a new vintage, against the YAML and the good one before it.

    Looked for: more cells than size.max_cells; cells that stand twice; a newest period with
    nothing but zeros and blanks; periods and regions gone; totals of the same cells, per measure
    and period, that moved more than `tolerance`, and as many figures that became blank.
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
    return [*found, *_gone(spec, table, old.table), *_moved(spec, table, old.table)]


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
    """Periods and regions with figures that the new table does not have any more."""
    import pyarrow as pa

    lost = sorted(periods(spec, old) - periods(spec, new))
    if lost and not (spec.tolerance and spec.tolerance.newest_only):
        yield f"{spec.id}: {len(lost)} periods are gone: {_listed(lost)}"
    shared = pa.array(sorted(periods(spec, old) & periods(spec, new)), pa.string())
    for name in _names(spec, "geo"):
        before = _with_figures(spec, old, name, shared)
        after = _with_figures(spec, new, name, shared)
        missing = sorted(before - after)
        if missing:
            yield (
                f"{spec.id}: {len(missing)} codes of {name} had figures and have none: "
                f"{_listed(missing)}"
            )


def _moved(spec: SourceTable, new: pa.Table, old: pa.Table) -> Iterator[str]:
    """Totals of the same cells that moved, and figures that became blank, beyond tolerance."""
    if spec.tolerance is None:
        return
    for measure, period, was, now, had, lost in _totals(spec, new, old):
        where = f"{spec.id}: {period}{_called(measure)}"
        moved = _PER_CENT * (now - was) / abs(was) if was else 0.0
        if abs(moved) > spec.tolerance.jump_pct:
            yield (
                f"{where}: the sum of the same cells went from {was:g} to {now:g} "
                f"({moved:+.1f} %), {spec.tolerance.jump_pct:g} % tolerated"
            )
        if _PER_CENT * lost / had > spec.tolerance.jump_pct:
            yield f"{where}: {lost} of {had} figures have become blank"


def _totals(
    spec: SourceTable, new: pa.Table, old: pa.Table
) -> list[tuple[str, str, float, float, int, int]]:
    """Per measure and period, of cells with a figure before: sums, figures, how many are lost."""
    import pyarrow as pa
    import pyarrow.compute as pc

    here, there = figures.shared(new, old)
    now, was = new[VALUE].take(pa.array(here)), old[VALUE].take(pa.array(there))
    had, both = pc.is_valid(was), pc.and_(pc.is_valid(was), pc.is_valid(now))
    columns = {
        "measure": _joined(old, _names(spec, "measure")).take(pa.array(there)),
        "period": _joined(old, _names(spec, "time")).take(pa.array(there)),
        "was": pc.if_else(both, was, 0.0),
        "now": pc.if_else(both, now, 0.0),
        "had": had.cast(pa.int64()),
        "lost": pc.and_(had, pc.is_null(now)).cast(pa.int64()),
    }
    sums = (
        pa.table(columns)
        .group_by(["measure", "period"])
        .aggregate([(name, "sum") for name in ("was", "now", "had", "lost")])
        .sort_by([("measure", "ascending"), ("period", "ascending")])
        .to_pylist()
    )
    names = ("measure", "period", "was_sum", "now_sum", "had_sum", "lost_sum")
    return [tuple(row[name] for name in names) for row in sums if row["had_sum"]]


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
    import pyarrow as pa
    import pyarrow.compute as pc

    figures = {"measure": _joined(table, _names(spec, "measure")), "size": pc.abs(table[VALUE])}
    found = pa.table(figures).group_by("measure").aggregate([("size", "max")]).to_pylist()
    return {row["measure"]: row["size_max"] for row in found}


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


def _called(measure: str) -> str:
    return f" ({measure})" if measure else ""


def _listed(words: list[str]) -> str:
    more = f" ... {len(words)} in all" if len(words) > _SHOWN else ""
    return ", ".join(words[:_SHOWN]) + more

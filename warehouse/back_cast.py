"""Back-cast: SSB's own sums on today's municipalities, held against ours.

SSB gives some tables on a list that carries the municipalities of 2024 backwards
(agg_KommSummer). The list has holes, so it is used for no figure where the counts of each year's
municipalities are to be had; here it only checks the crosswalk. Rules are in sql/back_cast/.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sources import registry
from sources.archive import Archive
from warehouse import engine, parquet, steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from sources.registry import SourceTable
    from warehouse.workspace import Workspace

LIST = "agg_KommSummer"
SUFFIX = "_backcast"
# Verdicts that a person has to look at; the others are agreement, or a difference that is known.
UNEXPECTED = ("hole", "different")
_COLUMNS = ("geo_code", "period", "cell", "reference_date", "value")


@dataclass(frozen=True)
class Compared:
    """What one table on the back-cast list says beside our own sums.

    rows: one per municipality of today and period: geo_code, period, cells, cells_equal,
    their_total and our_total (all cells together), verdict. verdicts: how many of each.
    """

    table_id: str
    rows: tuple[Mapping[str, Any], ...]

    @property
    def verdicts(self) -> Counter[str]:
        """Verdict -> number of municipalities x periods."""
        return Counter(row["verdict"] for row in self.rows)

    @property
    def unexpected(self) -> tuple[Mapping[str, Any], ...]:
        """Rows that neither agree nor differ for a reason that is known."""
        return tuple(row for row in self.rows if row["verdict"] in UNEXPECTED)


def compare(workspace: Workspace) -> tuple[Compared, ...]:
    """Compare every table that has an answer on the list, for the municipalities of a county.

    Tables whose figures in use come from the list itself are looked through for holes.
    Raises NothingWorkedOut where the county has not been worked out, and what decoding raises.
    """
    return tuple(_compared(workspace, *pair) for pair in _pairs(workspace))


def _pairs(workspace: Workspace) -> Iterator[tuple[str, pa.Table, pa.Table]]:
    """Table id, its cells on the list, and our own cells (no rows where there are none)."""
    tables = registry.load()
    for spec in tables.values():
        if spec.id.endswith(SUFFIX):
            sibling = tables[spec.id.removesuffix(SUFFIX)]
            theirs = _answered(workspace, spec)
            if theirs is not None:
                yield spec.id, theirs, _in_use(workspace, sibling)
        elif spec.in_use and spec.request and LIST in spec.request.codelists.get("Region", ()):
            theirs = _in_use(workspace, spec)
            yield spec.id, theirs, theirs.slice(0, 0)


def _answered(workspace: Workspace, spec: SourceTable) -> pa.Table | None:
    """Cells of the newest answer on the list, conformed; None where there is no answer."""
    from sources import vintages
    from warehouse.conform import conform

    try:
        found = vintages.decode(Archive(workspace.archive), spec, made_up=workspace.made_up)
    except vintages.NoAnswer:
        return None
    places = {name: _conformed(workspace, f"geography/{name}") for name in _PLACES}
    return _cells(conform(found.table, spec, places).table, spec)


_PLACES = ("code_in_force", "coverage")


def _in_use(workspace: Workspace, spec: SourceTable) -> pa.Table:
    return _cells(parquet.read(_conformed(workspace, spec.id)), spec)


def _cells(table: pa.Table, spec: SourceTable) -> pa.Table:
    """Municipalities only, with all breakdowns and the measure as one text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kept = table.filter(pc.equal(table["geo_level"].cast(pa.string()), "municipality"))
    names = [d.name for d in spec.dimensions.values() if d.role in ("breakdown", "measure")]
    texts = [kept[name].cast(pa.string()) for name in names]
    cell = pc.binary_join_element_wise(*texts, " ", null_handling="replace", null_replacement="-")
    plain = {name: kept[name].cast(pa.string()) for name in ("geo_code", "period")}
    days = {name: kept[name] for name in ("reference_date", "value")}
    return pa.table({**plain, "cell": cell, **days}).select(_COLUMNS)


def _compared(workspace: Workspace, table_id: str, theirs: pa.Table, ours: pa.Table) -> Compared:
    inputs: dict[str, pa.Table | Path] = {
        "theirs": theirs,
        "ours": ours,
        "geo_weight": _conformed(workspace, "geography/geo_weight"),
        "left_out": engine.seed("back_cast/left_out.csv"),
    }
    rows: Sequence[Mapping[str, Any]] = engine.run("back_cast/compared.sql", inputs).to_pylist()
    return Compared(table_id, tuple(rows))


def _conformed(workspace: Workspace, name: str) -> Path:
    path = workspace.step("conformed", name)
    if not path.exists():
        raise steps.NothingWorkedOut(
            f"{path} is not there: {name} has not been worked out for {workspace.county}. "
            "Run `kompetanse refresh` (or `kompetanse demo` for made-up figures) first."
        )
    return path

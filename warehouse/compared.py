"""Compared: what of an indicator is the same for every county, worked out by the first that asks.

The country, the other counties and the centrality classes stand in every county's release with the
same figures. Their sums are kept beside the steps that counties share (warehouse/shared.py); how
they are made is said by warehouse/indicator.py and warehouse/geography.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse import geography, indicator, parquet, shared, versions
from warehouse.steps import PLACING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from warehouse.definition import Indicator
    from warehouse.workspace import Workspace

GEOGRAPHY = "compared_geography"


def files(
    workspace: Workspace,
    wanted: Indicator,
    breakdowns: Sequence[str],
    conformed: Mapping[str, pa.Table | Path],
) -> dict[str, Path] | None:
    """Parquet of the tables that warehouse/indicator.compared() gives, made if nobody has yet.

    breakdowns, conformed: as there. None for an indicator that reads the county's own geography,
    and where it is not recorded what an earlier step was made of.
    """
    placing = _recorded(workspace, [f"raw/{table}" for table in PLACING])
    sources = _recorded(workspace, [f"conformed/{source}" for source in wanted.sources])
    if wanted.geography or placing is None or sources is None:
        return None
    step = f"{versions.COMPARED}/{wanted.id}"
    version = versions.derived(workspace, step, placing | sources)

    def make() -> dict[str, pa.Table]:
        places = versions.derived(workspace, GEOGRAPHY, placing)
        return indicator.compared(
            wanted,
            breakdowns=breakdowns,
            conformed=conformed,
            geography=shared.keep(workspace, GEOGRAPHY, places, lambda: _geography(workspace)),
        )

    return shared.keep(workspace, step, version, make)


def _recorded(workspace: Workspace, steps: Sequence[str]) -> dict[str, str] | None:
    found = {step: versions.recorded(workspace, step) for step in steps}
    known = {step: version for step, version in found.items() if version}
    return known if len(known) == len(found) else None


def _geography(workspace: Workspace) -> dict[str, pa.Table]:
    codes, changes, classes = (parquet.read(workspace.step("raw", table)) for table in PLACING)
    made = geography.compared(
        geography.changes_to(codes, changes), classes if classes.num_rows else None
    )
    return {"region": made.region, "geo_weight": made.geo_weight}

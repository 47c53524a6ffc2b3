"""Mart layer: tables for a decision, made of conformed tables, code lists and earlier marts.

One asset per YAML in sql/marts/ with the gate behind it (expectations/marts/), and the commuting
matrix, which has neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

from assets.conformed import GEOGRAPHY, conformed_key
from assets.raw import raw_key
from assets.resources import WorkspaceResource
from assets.shown import OWNERS, references, table_columns
from assets.step import name, run
from warehouse import mart
from warehouse.mart import Mart

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.steps import Done
    from warehouse.workspace import Workspace

COMMUTING_FLOW = dg.AssetKey(["mart", "commuting_flow"])
# Mart -> column with what a row is about, when, and supply and demand.
DRAWN = {
    "dimensioning_upper_secondary": (
        "programme", "school_year", ("expected_newly_qualified_persons", "shortage_persons"),
    ),
}  # fmt: skip
COMMUTING_DEPS = (GEOGRAPHY, conformed_key("ssb/03321"))


@dg.asset(
    key=COMMUTING_FLOW,
    group_name="marts",
    owners=OWNERS,
    kinds={"duckdb", "parquet"},
    metadata=references(mart.FOLDER / "commuting_flow.sql"),
    deps=COMMUTING_DEPS,
    description=(
        "Employed persons by region of residence and region of work; a set adds up to the "
        "whole matrix.\n\nSysselsatte etter bostedsregion og arbeidsstedsregion."
    ),
)
def commuting_flow(workspace: WorkspaceResource) -> dg.MaterializeResult[None]:
    """Add up the commuting matrix between regions."""
    from warehouse import steps

    columns = table_columns(COMMUTING_FLOW.path[-1])
    return run(workspace, COMMUTING_FLOW, COMMUTING_DEPS, steps.commuting_flow, columns=columns)


def mart_key(mart_id: str) -> dg.AssetKey:
    """Asset key of a mart."""
    return dg.AssetKey(["mart", mart_id])


def mart_deps(wanted: Mart) -> list[dg.AssetKey]:
    """Steps whose results a mart reads."""
    return [
        *([GEOGRAPHY] if wanted.geography else []),
        *(conformed_key(table) for table in wanted.conformed),
        *(raw_key(table) for table in wanted.lists),
        *(mart_key(other) for other in wanted.marts),
    ]


def mart_asset(wanted: Mart) -> dg.AssetsDefinition:
    """Make the asset of one mart that has a YAML."""
    key, deps = mart_key(wanted.id), mart_deps(wanted)

    @dg.asset(
        key=key,
        group_name="marts",
        owners=OWNERS,
        kinds={"duckdb", "parquet"},
        metadata=references(*_files(wanted)),
        deps=deps,
        description=(
            f"{wanted.title.en}\n\n{wanted.grain.en}\n\n{wanted.title.nb}: {wanted.grain.nb}"
        ),
    )
    def make(workspace: WorkspaceResource) -> dg.MaterializeResult[None]:
        from warehouse import marts

        return run(
            workspace,
            key,
            deps,
            lambda place: marts.make(place, wanted.id),
            gated=True,
            columns=table_columns(wanted.id),
            more=lambda place, done: _plot(place, done, wanted),
        )

    return make


def _plot(place: Workspace, done: Done, wanted: Mart) -> dict[str, dg.MarkdownMetadataValue]:
    """Supply beside demand, for the marts in which a person looks for it."""
    from assets import plots
    from warehouse.release import LABEL

    if wanted.id not in DRAWN:
        return {}
    label = LABEL[place.figures] if place.made_up else ""
    drawn = plots.pairs(done.table, *DRAWN[wanted.id], label)
    return {"plot": dg.MetadataValue.md(drawn)} if drawn else {}


def _files(wanted: Mart) -> list[Path]:
    steps = (mart.FOLDER / "steps" / f"{file}.sql" for file in wanted.steps.values())
    return [mart.FOLDER / f"{wanted.id}.yaml", mart.FOLDER / f"{wanted.id}.sql", *steps]


def mart_check(wanted: Mart) -> dg.AssetChecksDefinition:
    """Make the blocking check of one mart against what it was made of."""

    @dg.asset_check(
        asset=mart_key(wanted.id),
        name="mart_contract",
        blocking=True,
        description=f"Great Expectations suite expectations/marts/{wanted.id}.yaml",
    )
    def contract(workspace: WorkspaceResource) -> dg.AssetCheckResult:
        from assets.gates import hold
        from expectations import gates
        from warehouse import marts

        return hold(
            workspace,
            name(mart_key(wanted.id)),
            lambda place: gates.check_mart(
                wanted.id, marts.read(place, wanted, gates.mart_reads(wanted.id))
            ),
        )

    return contract


mart_assets = [commuting_flow, *(mart_asset(wanted) for wanted in mart.load().values())]
mart_checks = [mart_check(wanted) for wanted in mart.load().values()]

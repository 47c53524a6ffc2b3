"""Mart layer: tables for a decision, made of conformed tables, code lists and earlier marts.

One asset per YAML in sql/marts/ with the gate behind it (expectations/marts/), and the commuting
matrix, which has neither.
"""

from __future__ import annotations

import dagster as dg

from assets.conformed import GEOGRAPHY, conformed_key
from assets.raw import raw_key
from assets.resources import WorkspaceResource
from assets.shown import OWNERS
from assets.step import passed, run
from warehouse import mart
from warehouse.mart import Mart

COMMUTING_FLOW = dg.AssetKey(["mart", "commuting_flow"])
COMMUTING_DEPS = (GEOGRAPHY, conformed_key("ssb/03321"))


@dg.asset(
    key=COMMUTING_FLOW,
    group_name="marts",
    owners=OWNERS,
    kinds={"duckdb", "parquet"},
    deps=COMMUTING_DEPS,
    description=(
        "Employed persons by region of residence and region of work; a set adds up to the "
        "whole matrix.\n\nSysselsatte etter bostedsregion og arbeidsstedsregion."
    ),
)
def commuting_flow(workspace: WorkspaceResource) -> dg.MaterializeResult[None]:
    """Add up the commuting matrix between regions."""
    from warehouse import steps

    return run(workspace, COMMUTING_FLOW, COMMUTING_DEPS, steps.commuting_flow)


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
        deps=deps,
        description=(
            f"{wanted.title.en}\n\n{wanted.grain.en}\n\n{wanted.title.nb}: {wanted.grain.nb}"
        ),
    )
    def make(workspace: WorkspaceResource) -> dg.MaterializeResult[None]:
        from warehouse import marts

        return run(workspace, key, deps, lambda place: marts.make(place, wanted.id), gated=True)

    return make


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
            lambda place: gates.check_mart(
                wanted.id, marts.read(place, wanted, gates.mart_reads(wanted.id))
            ),
            lambda place: passed(place, mart_key(wanted.id), mart_deps(wanted)),
        )

    return contract


mart_assets = [commuting_flow, *(mart_asset(wanted) for wanted in mart.load().values())]
mart_checks = [mart_check(wanted) for wanted in mart.load().values()]

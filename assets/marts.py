"""Mart layer: tables for a decision, made of conformed tables and indicators."""

from __future__ import annotations

import dagster as dg

from assets.conformed import GEOGRAPHY, conformed_key
from assets.resources import WorkspaceResource
from assets.shown import OWNERS, plain_errors, result

COMMUTING_FLOW = dg.AssetKey(["mart", "commuting_flow"])


@dg.asset(
    key=COMMUTING_FLOW,
    group_name="marts",
    owners=OWNERS,
    kinds={"duckdb", "parquet"},
    deps=[GEOGRAPHY, conformed_key("ssb/03321")],
    description=(
        "Employed persons by region of residence and region of work; a set adds up to the "
        "whole matrix.\n\nSysselsatte etter bostedsregion og arbeidsstedsregion."
    ),
)
def commuting_flow(workspace: WorkspaceResource) -> dg.MaterializeResult[None]:
    """Add up the commuting matrix between regions."""
    from warehouse import steps

    place = workspace.workspace()
    with plain_errors():
        return result(steps.commuting_flow(place), place)


mart_assets = [commuting_flow]

"""Mart layer: tables for a decision, made of conformed tables and indicators."""

from __future__ import annotations

import dagster as dg

from assets.conformed import GEOGRAPHY, conformed_key
from assets.resources import WorkspaceResource
from assets.shown import OWNERS
from assets.step import run

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


mart_assets = [commuting_flow]

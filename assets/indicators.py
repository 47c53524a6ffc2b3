"""Indicator layer: one asset per definition in sql/indicators/."""

from __future__ import annotations

import dagster as dg

from assets.conformed import GEOGRAPHY, conformed_key
from assets.resources import WorkspaceResource
from assets.shown import OWNERS
from assets.step import run
from warehouse import definition
from warehouse.definition import Indicator


def indicator_key(indicator_id: str) -> dg.AssetKey:
    """Asset key of an indicator."""
    return dg.AssetKey(["indicator", indicator_id])


def indicator_asset(indicator: Indicator) -> dg.AssetsDefinition:
    """Make the asset that computes one indicator for every region."""
    key = indicator_key(indicator.id)
    deps = [GEOGRAPHY, *(conformed_key(source) for source in indicator.sources)]

    @dg.asset(
        key=key,
        group_name="indicators",
        owners=OWNERS,
        kinds={"duckdb", "parquet"},
        tags={"theme": str(indicator.theme)},
        deps=deps,
        code_version=indicator.version,
        description=(
            f"{indicator.title.en}\n\n{indicator.definition.en}\n\n"
            f"{indicator.title.nb}: {indicator.definition.nb}"
        ),
    )
    def compute(workspace: WorkspaceResource) -> dg.MaterializeResult[None]:
        from warehouse import steps

        return run(workspace, key, deps, lambda place: steps.indicator(place, indicator.id))

    return compute


indicator_assets = [indicator_asset(indicator) for indicator in definition.load().values()]

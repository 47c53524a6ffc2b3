"""Indicator layer: one asset per definition in sql/indicators/, and the gate behind it.

The rules of the gate are generated from the definition: expectations/generated.py.
"""

from __future__ import annotations

import dagster as dg

from assets.conformed import GEOGRAPHY, conformed_key
from assets.resources import WorkspaceResource
from assets.shown import OWNERS
from assets.step import passed, run
from warehouse import definition
from warehouse.definition import Indicator


def indicator_key(indicator_id: str) -> dg.AssetKey:
    """Asset key of an indicator."""
    return dg.AssetKey(["indicator", indicator_id])


def indicator_asset(indicator: Indicator) -> dg.AssetsDefinition:
    """Make the asset that computes one indicator for every region."""
    key, deps = indicator_key(indicator.id), _deps(indicator)

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

        return run(
            workspace, key, deps, lambda place: steps.indicator(place, indicator.id), gated=True
        )

    return compute


def _deps(indicator: Indicator) -> list[dg.AssetKey]:
    return [GEOGRAPHY, *(conformed_key(source) for source in indicator.sources)]


def indicator_check(indicator: Indicator) -> dg.AssetChecksDefinition:
    """Make the blocking check of what the definition promises of its own figures."""

    @dg.asset_check(
        asset=indicator_key(indicator.id),
        name="indicator_contract",
        blocking=True,
        description="Rules generated from the definition by expectations/generated.py",
    )
    def contract(workspace: WorkspaceResource) -> dg.AssetCheckResult:
        from assets.gates import hold
        from expectations import gates
        from warehouse import parquet

        return hold(
            workspace,
            lambda place: gates.check_indicator(
                parquet.read(place.step("indicators", indicator.id)),
                indicator,
                {
                    name: parquet.read(place.step("conformed", f"geography/{name}"))
                    for name in ("region", "region_membership")
                },
                definition.breakdown_names(definition.load()),
            ),
            lambda place: passed(place, indicator_key(indicator.id), _deps(indicator)),
        )

    return contract


indicator_assets = [indicator_asset(indicator) for indicator in definition.load().values()]
indicator_checks = [indicator_check(indicator) for indicator in definition.load().values()]

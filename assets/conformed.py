"""Conformed layer: geography, and each source table in the project's own words.

The gate of the conformed contract stands here: a table that breaks it goes no further.
"""

from __future__ import annotations

import dagster as dg

from assets.raw import raw_key, used_tables
from assets.resources import WorkspaceResource
from assets.shown import OWNERS, plain_errors, preview, result
from sources.registry import SourceTable

GEOGRAPHY = dg.AssetKey(["conformed", "geography"])


def conformed_key(table_id: str) -> dg.AssetKey:
    """Asset key of a conformed table: ssb/09429 -> conformed/ssb/09429."""
    return dg.AssetKey(["conformed", *table_id.split("/")])


@dg.asset(
    key=GEOGRAPHY,
    group_name="conformed",
    owners=OWNERS,
    kinds={"duckdb", "parquet"},
    deps=[raw_key(t.id) for t in used_tables() if t.use == "geography"],
    description=(
        "Regions of the county, and how the municipality codes of any year lead to them.\n\n"
        "Regioner i fylket og veien fra kommunenummer i alle år til dagens områder."
    ),
)
def geography(workspace: WorkspaceResource) -> dg.MaterializeResult[None]:
    """Work out regions, crosswalk and weights from KLASS and the county's file."""
    from warehouse import steps

    with plain_errors():
        made = steps.geography(workspace.workspace())
    weights = made["geo_weight"].table
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": weights.num_rows,
            "tables": ", ".join(f"{name} {d.table.num_rows}" for name, d in made.items()),
            "regions": dg.MetadataValue.md(preview(made["region"].table, rows=20)),
        }
    )


def conformed_asset(spec: SourceTable) -> dg.AssetsDefinition:
    """Make the asset that conforms one source table."""

    @dg.asset(
        key=conformed_key(spec.id),
        group_name="conformed",
        owners=OWNERS,
        kinds={"duckdb", "parquet"},
        tags={"provider": spec.provider},
        deps=[raw_key(spec.id), GEOGRAPHY],
        description=f"{spec.title.en}, conformed.\n\n{spec.title.nb}, tilpasset.",
    )
    def conformed(workspace: WorkspaceResource) -> dg.MaterializeResult[None]:
        from warehouse import steps

        place = workspace.workspace()
        with plain_errors():
            return result(steps.conformed(place, spec.id), place)

    return conformed


def conformed_check(spec: SourceTable) -> dg.AssetChecksDefinition:
    """Make the blocking check of the conformed contract for one table."""

    @dg.asset_check(
        asset=conformed_key(spec.id),
        name="conformed_contract",
        blocking=True,
        description="Great Expectations suite expectations/conformed.yaml",
    )
    def contract(workspace: WorkspaceResource) -> dg.AssetCheckResult:
        from assets.gates import check_result
        from expectations import gates
        from warehouse import parquet

        table = parquet.read(workspace.workspace().step("conformed", spec.id))
        return check_result(gates.check_conformed(table, spec))

    return contract


indicator_tables = [spec for spec in used_tables() if spec.use != "geography"]
conformed_assets = [geography, *(conformed_asset(spec) for spec in indicator_tables)]
conformed_checks = [conformed_check(spec) for spec in indicator_tables]

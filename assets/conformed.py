"""Conformed layer: geography, and each source table in the project's own words.

The gate of the conformed contract stands here: a table that breaks it goes no further.
"""

from __future__ import annotations

import dagster as dg

from assets import standing
from assets.raw import raw_key, used_tables
from assets.resources import WorkspaceResource
from assets.shown import OWNERS, plain_errors, preview, references, source_columns, table_columns
from assets.step import begin, name, run, version
from sources import registry
from sources.registry import SourceTable
from warehouse import mart, versions
from warehouse.engine import SQL
from warehouse.steps import Done
from warehouse.workspace import PROJECT, Workspace

GROUP = "conformed"
CODE_LISTS = dg.AssetKey(["conformed", "code_lists"])
GEOGRAPHY = dg.AssetKey(["conformed", "geography"])
CODE_LIST_DEPS = [raw_key(t.id) for t in used_tables() if t.use == "geography"]
GEOGRAPHY_DEPS = [
    *CODE_LIST_DEPS,
    *(raw_key(t.id) for t in used_tables() if t.use == "comparison"),
]


def conformed_key(table_id: str) -> dg.AssetKey:
    """Asset key of a conformed table: ssb/09429 -> conformed/ssb/09429."""
    return dg.AssetKey(["conformed", *table_id.split("/")])


@dg.asset(
    key=CODE_LISTS,
    group_name=f"{GROUP}/geography",
    owners=OWNERS,
    kinds={"duckdb", "parquet"},
    metadata=references(SQL / "conform" / "code_in_force.sql", SQL / "conform" / "coverage.sql"),
    deps=CODE_LIST_DEPS,
    description=(
        "When each municipality and county code was in force; the same for every county.\n\n"
        "Når hvert kommune- og fylkesnummer gjaldt; likt for alle fylker."
    ),
)
def code_lists(workspace: WorkspaceResource) -> dg.MaterializeResult[None]:
    """Work out from KLASS which codes were in force when."""
    from warehouse import steps

    def work(place: Workspace) -> Done:
        return steps.code_lists(place)["code_in_force"]

    return run(workspace, CODE_LISTS, CODE_LIST_DEPS, work)


@dg.asset(
    key=GEOGRAPHY,
    group_name=f"{GROUP}/geography",
    owners=OWNERS,
    kinds={"duckdb", "parquet"},
    metadata=references(SQL / "conform" / "geo_region.sql", SQL / "conform" / "geo_weight.sql"),
    deps=GEOGRAPHY_DEPS,
    description=(
        "Regions of the county, and how the municipality codes of any year lead to them.\n\n"
        "Regioner i fylket og veien fra kommunenummer i alle år til dagens områder."
    ),
)
def geography(workspace: WorkspaceResource) -> dg.MaterializeResult[None]:
    """Work out regions, crosswalk and weights from KLASS and the county's file."""
    from warehouse import steps

    with plain_errors(), workspace.at_hand() as place:
        begin(place, name(GEOGRAPHY), map(name, GEOGRAPHY_DEPS))
        made_of = version(place, GEOGRAPHY, GEOGRAPHY_DEPS)
        made = steps.geography(place)
        versions.record(place, name(GEOGRAPHY), made_of)
    weights = made["geo_weight"].table
    return dg.MaterializeResult(
        data_version=dg.DataVersion(made_of),
        metadata={
            "dagster/row_count": weights.num_rows,
            "tables": ", ".join(f"{name} {d.table.num_rows}" for name, d in made.items()),
            **made["region"].facts,
            "regions": preview(made["region"].table, table_columns("region"), 20),
        },
    )


def conformed_asset(spec: SourceTable) -> dg.AssetsDefinition:
    """Make the asset that conforms one source table."""

    @dg.asset(
        key=conformed_key(spec.id),
        group_name=f"{GROUP}/{spec.provider}",
        owners=OWNERS,
        kinds={"duckdb", "parquet"},
        tags={"provider": spec.provider, "use": spec.use},
        metadata=references(registry.FOLDER / f"{spec.id}.yaml", PROJECT / "warehouse/conform.py"),
        deps=_deps(spec),
        description=f"{spec.title.en}, conformed.\n\n{spec.title.nb}, tilpasset.",
    )
    def conformed(workspace: WorkspaceResource) -> dg.MaterializeResult[None]:
        from warehouse import steps

        return run(
            workspace,
            conformed_key(spec.id),
            _deps(spec),
            lambda place: steps.conformed(place, spec.id),
            gated=True,
            columns=source_columns(spec),
            more=lambda place, _: standing.of_sources(place, [spec.id]),
        )

    return conformed


def _deps(spec: SourceTable) -> list[dg.AssetKey]:
    return [raw_key(spec.id), CODE_LISTS]


def conformed_check(spec: SourceTable) -> dg.AssetChecksDefinition:
    """Make the blocking check of the conformed contract for one table."""

    @dg.asset_check(
        asset=conformed_key(spec.id),
        name="conformed_contract",
        blocking=True,
        description="Great Expectations suite expectations/conformed.yaml",
    )
    def contract(workspace: WorkspaceResource) -> dg.AssetCheckResult:
        from assets.gates import hold
        from expectations import gates
        from warehouse import parquet

        return hold(
            workspace,
            name(conformed_key(spec.id)),
            lambda place: gates.check_conformed(
                parquet.read(place.step("conformed", spec.id)),
                spec,
                answered=parquet.rows(place.step("raw", spec.id)) > 0,
            ),
        )

    return contract


# What neither indicator nor mart reads yet is decoded and held to its YAML, and conformed later.
figure_tables = [t for t in used_tables() if t.use == "indicator" or t.id in mart.sources()]
conformed_assets = [code_lists, geography, *(conformed_asset(spec) for spec in figure_tables)]
conformed_checks = [conformed_check(spec) for spec in figure_tables]

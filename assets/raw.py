"""Raw layer: the newest archived answers of each source table, decoded and held to its YAML.

One asset per source table that the indicators, the geography or the dimensioning need, and the
gate behind it: what breaks the raw contract goes no further.
"""

from __future__ import annotations

import dagster as dg

from assets import standing
from assets.resources import WorkspaceResource
from assets.shown import OWNERS, plain_errors, references, result, source_columns
from assets.sources import source_key
from assets.step import begin, name
from sources import registry
from sources.pull import live
from sources.registry import SourceTable
from warehouse import store, versions


def raw_key(table_id: str) -> dg.AssetKey:
    """Asset key of a raw table: ssb/09429 -> raw/ssb/09429."""
    return dg.AssetKey(["raw", *table_id.split("/")])


def raw_asset(spec: SourceTable) -> dg.AssetsDefinition:
    """Make the asset that decodes one source table."""

    @dg.asset(
        key=raw_key(spec.id),
        group_name=f"raw/{spec.provider}",
        owners=OWNERS,
        kinds={spec.provider, "parquet"},
        tags={"provider": spec.provider, "use": spec.use, "rhythm": spec.rhythm.frequency},
        metadata=references(registry.FOLDER / f"{spec.id}.yaml"),
        deps=[source_key(spec.id)] if spec.is_due and live.pullable(spec) else [],
        description=f"{spec.title.en}\n\n{spec.title.nb}. {spec.attribution.nb}.",
    )
    def raw(workspace: WorkspaceResource) -> dg.MaterializeResult[None]:
        from warehouse import steps

        step = name(raw_key(spec.id))
        with plain_errors(), workspace.at_hand(store.ARCHIVE) as place:
            made_of = steps.raw_version(place, spec.id)
            begin(place, step)
            done = steps.raw(place, spec.id)
            # What it is made of is known only while the archive is at hand; the gate says if it
            # is good.
            versions.propose(place, step, made_of)
            columns, more = source_columns(spec), standing.of_raw(place, spec)
            return result(done, place, made_of, columns, more)

    return raw


def raw_check(spec: SourceTable) -> dg.AssetChecksDefinition:
    """Make the blocking check of the raw contract for one table."""

    @dg.asset_check(
        asset=raw_key(spec.id),
        name="raw_contract",
        blocking=True,
        description="Rules generated from the source's YAML by expectations/raw.py",
    )
    def contract(workspace: WorkspaceResource) -> dg.AssetCheckResult:
        from assets.gates import hold
        from expectations import gates
        from warehouse import parquet, steps

        return hold(
            workspace,
            name(raw_key(spec.id)),
            lambda place: gates.check_raw(
                parquet.read(place.step("raw", spec.id)),
                spec,
                steps.answers_noted(place, spec.id),
                made_up=place.made_up,
            ),
        )

    return contract


def used_tables() -> list[SourceTable]:
    """Source tables that the pipeline reads, where there is an answer."""
    return [t for t in registry.load().values() if t.in_use]


raw_assets = [raw_asset(spec) for spec in used_tables()]
raw_checks = [raw_check(spec) for spec in used_tables()]

"""Indicator layer: one asset per definition in sql/indicators/, and the gate behind it.

The rules of the gate are generated from the definition: expectations/generated.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg

from assets import standing
from assets.conformed import GEOGRAPHY, conformed_key
from assets.resources import WorkspaceResource
from assets.shown import OWNERS, references, value_columns
from assets.step import name, run
from warehouse import definition
from warehouse.definition import Indicator

if TYPE_CHECKING:
    from warehouse.steps import Done
    from warehouse.workspace import Workspace

# Themes of Regionale kompetanseindikatorer, as names of groups short enough for the graph.
THEMES = {
    1: "1_labour_force",
    2: "2_labour_market",
    3: "3_competence",
    4: "4_adult_learning",
    5: "5_weak_attachment",
}


def indicator_key(indicator_id: str) -> dg.AssetKey:
    """Asset key of an indicator."""
    return dg.AssetKey(["indicator", indicator_id])


def indicator_asset(indicator: Indicator) -> dg.AssetsDefinition:
    """Make the asset that computes one indicator for every region."""
    key, deps = indicator_key(indicator.id), _deps(indicator)

    @dg.asset(
        key=key,
        group_name=f"indicators/{THEMES[indicator.theme]}",
        owners=OWNERS,
        kinds={"duckdb", "parquet"},
        tags={"theme": str(indicator.theme), "rki": indicator.rki.replace(" ", "_")},
        metadata=references(*(indicator.folder / f"{indicator.id}.{e}" for e in ("yaml", "sql"))),
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
            workspace,
            key,
            deps,
            lambda place: steps.indicator(place, indicator.id),
            gated=True,
            columns=value_columns(),
            # All indicators have the same columns, and a list of them would hide the plot.
            listed=False,
            more=lambda place, done: _more(place, done, indicator),
        )

    return compute


def _more(place: Workspace, done: Done, indicator: Indicator) -> dict[str, Any]:
    """The headline as a picture and in words, and how new its sources are."""
    from assets import plots
    from warehouse import parquet
    from warehouse.release import LABEL

    regions = parquet.read(place.step("conformed", "geography/region")).to_pylist()
    names = {r["region_set"]: r["name_nb"] for r in regions if r["region_set"] in plots.COLOURS}
    label = LABEL[place.figures] if place.made_up else ""
    drawn = plots.headline(done.table, names, indicator.unit, label)
    labels = definition.breakdown_labels(indicator)
    headline = [
        labels[name, code].nb if (name, code) in labels else code
        for name, code in indicator.headline.items()
        if code != "_T"
    ]
    return {
        "title": indicator.title.nb,
        **({"headline": ", ".join(headline)} if headline else {}),
        **({"plot": dg.MetadataValue.md(drawn)} if drawn else {}),
        **standing.of_sources(place, indicator.sources),
    }


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
            name(indicator_key(indicator.id)),
            lambda place: gates.check_indicator(
                parquet.read(place.step("indicators", indicator.id)),
                indicator,
                {
                    table: parquet.read(place.step("conformed", f"geography/{table}"))
                    for table in ("region", "region_membership")
                },
                definition.breakdown_names(definition.load()),
            ),
        )

    return contract


indicator_assets = [indicator_asset(indicator) for indicator in definition.load().values()]
indicator_checks = [indicator_check(indicator) for indicator in definition.load().values()]

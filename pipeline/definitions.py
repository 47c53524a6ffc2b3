"""The Dagster code location: every asset, check and job of the project.

Only wiring; `workspace.yaml` and `kompetanse refresh` load the same definitions.
"""

from __future__ import annotations

import dagster as dg

from assets.conformed import conformed_assets, conformed_checks
from assets.indicators import indicator_assets
from assets.marts import mart_assets
from assets.raw import raw_assets
from assets.release import release_assets, release_checks
from assets.resources import WorkspaceResource

ASSETS = [*raw_assets, *conformed_assets, *indicator_assets, *mart_assets, *release_assets]
CHECKS = [*conformed_checks, *release_checks]

refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all(),
    description="From archived answers to a published release / Fra svar i arkivet til utgivelse",
)

defs = dg.Definitions(
    assets=ASSETS,
    asset_checks=CHECKS,
    jobs=[refresh],
    resources={"workspace": WorkspaceResource()},
    # Tables are small: a process per step would cost many times the work itself.
    executor=dg.in_process_executor,
)

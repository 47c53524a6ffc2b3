"""The Dagster code location: every asset, check, job, schedule and sensor of the project.

ASSETS and CHECKS are the steps of a refresh; sources are asked by a job of their own. Only
wiring; `workspace.yaml` and `kompetanse refresh` load the same definitions.
"""

from __future__ import annotations

import dagster as dg

from assets.conformed import conformed_assets, conformed_checks
from assets.indicators import indicator_assets, indicator_checks
from assets.marts import mart_assets, mart_checks
from assets.raw import raw_assets, raw_checks
from assets.release import release_assets, release_checks
from assets.resources import WorkspaceResource
from assets.sources import source_assets
from pipeline import executors, jobs
from pipeline.alarms import alarms
from pipeline.schedules import schedules
from pipeline.sensors import sensors

ASSETS = [*raw_assets, *conformed_assets, *indicator_assets, *mart_assets, *release_assets]
CHECKS = [*raw_checks, *conformed_checks, *indicator_checks, *mart_checks, *release_checks]

defs = dg.Definitions(
    assets=[*source_assets, *ASSETS],
    asset_checks=CHECKS,
    jobs=[jobs.pull, jobs.refresh],
    schedules=schedules,
    sensors=[*sensors, *alarms],
    resources={"workspace": WorkspaceResource()},
    executor=executors.chosen(),
)

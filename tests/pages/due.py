"""A code location as the project's own, in which a county's schedule is due every minute.

Started by test_daemon.py in a process of its own. The county, its job and the sensor that follows
a pull are the real ones; only the cron line is another, and they are on although the figures are
made up: nobody is asked.
"""

from __future__ import annotations

from dataclasses import replace

import dagster as dg

from pipeline import jobs
from warehouse import counties

COUNTY = "trondelag"
jobs.runs_by_itself = lambda county: county == COUNTY

from pipeline import definitions, schedules, sensors  # noqa: E402 - made with the line above

county = counties.load(COUNTY)
due = replace(county, schedule=replace(county.schedule, cron="* * * * *"))

defs = dg.Definitions(
    assets=definitions.defs.assets,
    asset_checks=definitions.defs.asset_checks,
    jobs=definitions.defs.jobs,
    schedules=[schedules.of_county(due)],
    sensors=[sensors.refresh_after_pull],
    resources=definitions.defs.resources,
    executor=definitions.defs.executor,
)

"""Schedules: one per county file, which asks the sources at the times that its `schedule` says.

Reading and refusing cron lines is warehouse/county_schedule.py; what follows a pull is sensors.py.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import dagster as dg

from pipeline import jobs
from warehouse import counties
from warehouse.workspace import Workspace

if TYPE_CHECKING:
    from warehouse.counties import County


def of_county(county: County) -> dg.ScheduleDefinition:
    """Make the schedule of one county; it is on only where the environment names the county."""
    when, note = county.schedule, county.schedule.note

    @dg.schedule(
        name=f"pull_{county.id}",
        job=jobs.pull,
        cron_schedule=when.cron,
        execution_timezone=when.timezone,
        description=f"{note['en']}\n\n{note['nb']}" if note else f"{when.cron}, {when.timezone}",
        default_status=dg.DefaultScheduleStatus.RUNNING
        if jobs.runs_by_itself(county.id)
        else dg.DefaultScheduleStatus.STOPPED,
    )
    def schedule(_: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        place = replace(Workspace.from_environment(), county=county.id)
        return dg.RunRequest(run_config=jobs.run_config(place), tags=jobs.tags(place))

    return schedule


def of_counties() -> list[dg.ScheduleDefinition]:
    """Schedules of all counties whose file can be used; of the others the log says what is wrong.

    A mistake in one county's file must not take the page from the others.
    """
    found = []
    for county_id in counties.available():
        try:
            found.append(of_county(counties.load(county_id)))
        except counties.InvalidCounty as error:
            dg.get_dagster_logger().warning("No schedule: %s", error)
    return found


schedules = of_counties()

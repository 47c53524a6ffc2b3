"""Alarms: the sensors that see how runs ended and tell people; the hourly digest of what waited.

What is said is pipeline/notify/message.py. Off where no channel is set in the environment.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import dagster as dg

from pipeline import jobs
from pipeline.notify import after, message, settings, telling
from sources.http.errors import InvalidSetting
from warehouse.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.notify.message import Notice

HOUR = 3600
WILL_RETRY = "dagster/will_retry"


def _status() -> dg.DefaultSensorStatus:
    try:
        on = bool(settings.channels(os.environ))
    except InvalidSetting:
        # The first message tells in the sensor's log what is wrong with the setting.
        on = True
    return dg.DefaultSensorStatus.RUNNING if on else dg.DefaultSensorStatus.STOPPED


@dg.run_failure_sensor(
    monitored_jobs=[jobs.pull, jobs.refresh],
    default_status=_status(),
    description="Tells people of a run that failed / Melder fra om en kjøring som feilet",
)
def tell_of_failure(context: dg.RunFailureSensorContext) -> dg.SkipReason | None:
    """Tell what failed in a run, unless Dagster is going to run it again by itself."""
    run = context.dagster_run
    if run.tags.get(WILL_RETRY) == "true":
        return dg.SkipReason("It is run again first.")
    problems = {
        event.step_key or run.job_name: reason(event) for event in context.get_step_failure_events()
    }
    problems = problems or {run.job_name: context.failure_event.message or "the run ended"}
    place = _place(run)
    return _told(place, [message.failed(place, problems)])


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[jobs.pull],
    default_status=_status(),
    description="Tells people which sources fail / Melder fra om kilder som svikter",
)
def tell_of_sources(context: dg.RunStatusSensorContext) -> dg.SkipReason | None:
    """Tell which sources failed, or gave figures that are held back, after a pull."""
    place = _place(context.dagster_run)
    return _told(place, [None if place.made_up else message.stale(place)])


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[jobs.refresh],
    default_status=_status(),
    description="Tells people of a new release / Melder fra om en ny utgivelse",
)
def tell_of_release(context: dg.RunStatusSensorContext) -> dg.SkipReason | None:
    """Tell that a release was published, what is new in it, and what is stale."""
    place = _place(context.dagster_run)
    return _told(place, [after.published(place)])


@dg.sensor(
    minimum_interval_seconds=HOUR,
    default_status=_status(),
    description="Tells what was held back, once there is room / Sender det som ble holdt tilbake",
)
def tell_what_waited(_: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Send the digest of messages that were held back."""
    place = Workspace.from_environment()
    return _told(place, []) or dg.SkipReason("Nothing waits, or it was sent.")


def reason(event: dg.DagsterEvent) -> str:
    """What went wrong in a step: the text of the project's own error, else the innermost one."""
    data = event.step_failure_data
    if data.user_failure_data and data.user_failure_data.description:
        return str(data.user_failure_data.description)
    error = data.error
    while error and error.cause:
        error = error.cause
    return error.message.strip() if error else "the step failed"


def _told(place: Workspace, notices: Iterable[Notice | None]) -> dg.SkipReason | None:
    problems = telling.tell(place.root, notices)
    return dg.SkipReason("; ".join(problems)) if problems else None


def _place(run: dg.DagsterRun) -> Workspace:
    usual = Workspace.from_environment()
    county = run.tags.get(jobs.COUNTY, usual.county)
    return replace(usual, county=county, figures=run.tags.get("figures", usual.figures))


alarms = [tell_of_failure, tell_of_sources, tell_of_release, tell_what_waited]

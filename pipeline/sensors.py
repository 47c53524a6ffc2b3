"""Sensors: cheap questions whether a source has news, and the refresh that follows a pull.

They request runs and do no work themselves. How a source is asked is sources/pull/news.py, which
steps a refresh needs pipeline/plan.py; messages to people are pipeline/alarms.py.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from assets.release import STAGED
from assets.sources import source_key
from pipeline import jobs
from sources.model import KompetanseError
from sources.pull.hours import is_closed
from warehouse import expected, store
from warehouse.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sources.archive import Archive
    from sources.pull.client import Asking
    from sources.registry import SourceTable

HOUR = 3600
# Seconds for one question: a sensor that takes longer than a minute is ended by Dagster.
PATIENCE = 20.0
STATBANK = "json-stat"


def _status() -> dg.DefaultSensorStatus:
    on = jobs.runs_by_itself(Workspace.from_environment().county)
    return dg.DefaultSensorStatus.RUNNING if on else dg.DefaultSensorStatus.STOPPED


@dg.sensor(
    job=jobs.pull,
    minimum_interval_seconds=HOUR,
    default_status=_status(),
    description="SSB's list of updated tables, once an hour / SSBs liste over oppdaterte tabeller",
)
def ssb_catalogue(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Ask SSB what was updated since the last look, and request a pull of just those tables."""
    from sources.pull import news

    place, now = Workspace.from_environment(), _now()
    if place.made_up:
        return dg.SkipReason("Made-up figures: no source is asked.")
    if is_closed(now):
        return dg.SkipReason("SSB is left alone between 05:00 and 08:15 in Oslo.")
    archive, asking = _desk(place)
    specs = [s for s in expected.pullable() if s.protocol == STATBANK]
    since = datetime.fromisoformat(context.cursor) if context.cursor else None
    try:
        found = news.of_statbank(archive, specs, asking, since)
    except KompetanseError as error:
        return dg.SkipReason(f"{type(error).__name__}: {error}")
    skip = None if found else "SSB has updated none of the tables in use."
    return dg.SensorResult(_requests(place, found), skip_reason=skip, cursor=now.isoformat())


@dg.sensor(
    job=jobs.pull,
    minimum_interval_seconds=6 * HOUR,
    default_status=_status(),
    description="Nav's pages and the ETag of its newest files / Navs sider og filer",
)
def nav_news(_: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Ask Nav whether a file is new, and request a pull of its table."""
    return _asked_one_by_one("nav")


@dg.sensor(
    job=jobs.pull,
    minimum_interval_seconds=12 * HOUR,
    default_status=_status(),
    description="ETags of Udir's reports / Udirs rapporter",
)
def udir_news(_: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Ask Udir whether a report is another than it was, and request a pull of its table."""
    return _asked_one_by_one("udir")


@dg.sensor(
    job=jobs.refresh,
    minimum_interval_seconds=60,
    default_status=_status(),
    description="Works out what a pull brought / Regner ut det som er hentet",
)
def refresh_after_pull(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Request a refresh of every county that a pull has ended for, if it has anything to do.

    One refresh a day and county is requested for the same answers and the same code: one that a
    gate stopped is tried again the day after, and not every minute.
    """
    ended = _pulls_since(context)
    if not ended:
        return dg.SkipReason("No pull has ended since the last look.")
    usual = Workspace.from_environment()
    counties = dict.fromkeys(r.dagster_run.tags.get(jobs.COUNTY, usual.county) for r in ended)
    cursor = ended[-1].update_timestamp.isoformat()
    requests, settled = [], []
    for county in counties:
        request = _refresh(replace(usual, county=county))
        if request is None:
            settled.append(county)
        else:
            requests.append(request)
    skip = None
    if not requests:
        skip = f"Nothing has changed since the current release of {', '.join(settled)}."
    return dg.SensorResult(requests, skip_reason=skip, cursor=cursor)


def _refresh(place: Workspace) -> dg.RunRequest | None:
    from pipeline import plan

    with store.at_hand(place, store.ARCHIVE, store.RELEASES, store.PUBLICATIONS):
        keys = plan.outdated(place)
        version = plan.expected(place)[STAGED] if keys else ""
    if not keys:
        return None
    return dg.RunRequest(
        run_key=f"{place.channel} {version} {_now():%Y-%m-%d}",
        run_config=jobs.run_config(place),
        tags=jobs.tags(place),
        asset_selection=keys,
    )


def _pulls_since(context: dg.SensorEvaluationContext) -> list[dg.RunRecord]:
    """Pulls that have ended well since the cursor, in the order of their ends."""
    since = datetime.fromisoformat(context.cursor) if context.cursor else None
    wanted = dg.RunsFilter(
        job_name=jobs.pull.name, statuses=[dg.DagsterRunStatus.SUCCESS], updated_after=since
    )
    records = context.instance.get_run_records(wanted, limit=50)
    records = [r for r in records if since is None or r.update_timestamp > since]
    return sorted(records, key=lambda record: record.update_timestamp)


def _asked_one_by_one(provider: str) -> dg.SensorResult | dg.SkipReason:
    from sources.pull import news

    place = Workspace.from_environment()
    if place.made_up:
        return dg.SkipReason("Made-up figures: no source is asked.")
    archive, asking = _desk(place)
    specs: Iterable[SourceTable] = [s for s in expected.pullable() if s.provider == provider]
    found, problems = news.by_questions(archive, specs, asking)
    told = "; ".join(f"{table}: {problem}" for table, problem in problems.items())
    if not found:
        return dg.SkipReason(told or f"Nothing new at {provider}.")
    # The answer bears no stamp: the day keeps a table that fails from being requested all day.
    day = f"{_now():%Y-%m-%d}"
    return dg.SensorResult(_requests(place, dict.fromkeys(found, day)))


def _requests(place: Workspace, found: Mapping[str, str]) -> list[dg.RunRequest]:
    """One run for all tables with news: table -> what tells this news from the next."""
    if not found:
        return []
    mark = hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()[:16]
    keys = [source_key(table) for table in found]
    return [
        dg.RunRequest(
            run_key=f"{place.channel} {mark}",
            run_config=jobs.run_config(place),
            tags=jobs.tags(place),
            asset_selection=keys,
        )
    ]


def _desk(place: Workspace) -> tuple[Archive, Asking]:
    from sources.archive import Archive
    from sources.http import Limits
    from sources.pull.client import Asking

    limits = Limits(total=PATIENCE, turn=PATIENCE)
    return Archive(place.archive), Asking(place.root / "http", now=_now, limits=limits)


def _now() -> datetime:
    return datetime.now(UTC)


sensors = [ssb_catalogue, nav_news, udir_news, refresh_after_pull]

"""Sensors and source assets: cheap questions, one request for one piece of news, no more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from assets.release import PUBLISHED as RELEASED
from assets.release import STAGED
from assets.resources import WorkspaceResource
from assets.sources import ANSWERED, ON_TIME, source_key, sources
from pipeline import alarms, jobs, plan, sensors
from pipeline.definitions import ASSETS, defs
from pipeline.notify import after
from sources import registry
from tests.pull.conftest import STATBANK, bank_of_tables, live  # noqa: F401 - fixtures
from warehouse import expected
from warehouse.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pull.conftest import Live

TABLE = "ssb/12274"


@pytest.fixture
def desk(live: Live, monkeypatch: pytest.MonkeyPatch) -> Live:  # noqa: F811
    """The local services, a data root, and only StatBank's few tables to ask for."""
    monkeypatch.setenv("KOMPETANSE_DATA", str(live.root))
    monkeypatch.setenv("KOMPETANSE_COUNTY", "trondelag")
    monkeypatch.setenv("KOMPETANSE_FIGURES", "published")
    monkeypatch.setenv("KOMPETANSE_SSB_CALLS", "10000")
    monkeypatch.setattr(sensors, "_now", lambda: live.now)
    specs = [registry.table(table) for table in STATBANK]
    monkeypatch.setattr(expected, "pullable", lambda: specs)
    return live


def look(cursor: str | None = None) -> dg.SensorResult | dg.SkipReason:
    found = sensors.ssb_catalogue(dg.build_sensor_context(cursor=cursor))
    assert isinstance(found, dg.SensorResult | dg.SkipReason)
    return found


def test_the_two_jobs_share_no_asset() -> None:
    repository = defs.get_repository_def()
    refresh, pull = (repository.get_job(n).asset_layer for n in ("refresh", "pull"))
    assert set(refresh.selected_asset_keys) == {spec.key for a in ASSETS for spec in a.specs}
    assert {key.path[0] for key in pull.selected_asset_keys} == {"source"}
    assert len(pull.selected_asset_keys) == len(expected.pullable())


def test_every_source_leads_to_its_raw_table_and_can_be_overdue() -> None:
    graph = defs.get_repository_def().asset_graph
    for spec in expected.pullable():
        node = graph.get(source_key(spec.id))
        assert dg.AssetKey(["raw", *spec.id.split("/")]) in node.child_keys
        assert node.freshness_policy is not None


def test_only_tables_that_ssb_updated_are_requested_and_once(desk: Live) -> None:
    desk.run(*STATBANK)
    desk.later(days=1)
    desk.forget()
    first = look()
    assert isinstance(first, dg.SensorResult)
    assert not first.run_requests
    assert len(desk.at.log) == 1
    desk.renew("12274")
    desk.later(hours=1)
    found, again = look(first.cursor), look(first.cursor)
    assert isinstance(found, dg.SensorResult)
    assert isinstance(again, dg.SensorResult)
    (request,), (same,) = found.run_requests or (), again.run_requests or ()
    assert request.asset_selection == [source_key(TABLE)]
    assert request.run_key == same.run_key
    assert request.tags[jobs.COUNTY] == "trondelag"
    assert desk.asked("/data") == []
    # Once it is pulled it is no news any more.
    desk.run(TABLE)
    taken = look(found.cursor)
    assert isinstance(taken, dg.SensorResult)
    assert not taken.run_requests


def test_ssb_is_not_asked_in_the_closed_hours_nor_for_made_up_figures(
    desk: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.now = datetime(2026, 9, 11, 4, 0, tzinfo=UTC)
    assert "05:00" in str(look())
    desk.later(hours=6)
    monkeypatch.setenv("KOMPETANSE_FIGURES", "made_up")
    for found in (look(), sensors._asked_one_by_one("nav"), sensors._asked_one_by_one("udir")):
        assert "Made-up figures" in str(found)
    assert desk.at.log == []


def test_a_list_that_cannot_be_relied_on_requests_nothing(desk: Live) -> None:
    from tests.services.server import Reply

    desk.run(TABLE)
    desk.twist = lambda _n, _asked, _reply: Reply(404, b"", {})
    found = look(desk.now.isoformat())
    assert isinstance(found, dg.SkipReason)
    assert "CatalogueSilent" in str(found)


def materialized(root: Path, *tables: str) -> dg.ExecuteInProcessResult:
    selection = [source_key(table) for table in tables]
    return dg.materialize(
        [sources],
        selection=dg.AssetSelection.assets(*selection),
        resources={"workspace": WorkspaceResource(county="trondelag", root=str(root))},
        raise_on_error=False,
    )


def test_a_pull_shows_every_table_and_one_that_fails_stops_no_other(
    desk: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    from functools import partial

    from sources.pull.client import Asking

    monkeypatch.setattr("sources.pull.client.Asking", partial(Asking, now=lambda: desk.now))
    first = materialized(desk.root, *STATBANK)
    assert first.success
    assert [e.passed for e in first.get_asset_check_evaluations() if e.check_name == ANSWERED] == [
        True
    ] * len(STATBANK)
    desk.later(days=1)
    desk.ssb.bank.tables = [t for t in desk.ssb.bank.tables if t.id != "12274"]
    desk.ledger.failed(TABLE, "an earlier failure", desk.now)
    second = materialized(desk.root, TABLE, "ssb/07495")
    assert second.success
    events = second.get_asset_materialization_events()
    shown = {event.asset_key: event.materialization for event in events}
    assert set(shown) == {source_key(TABLE), source_key("ssb/07495")}
    states = {"/".join(k.path[1:]): m.metadata["state"].value for k, m in shown.items() if k}
    assert states == {TABLE: "failed", "ssb/07495": "nothing new"}
    checks = {(e.asset_key.path[-1], e.check_name): e for e in second.get_asset_check_evaluations()}
    failed = checks["12274", ANSWERED]
    assert (failed.passed, failed.blocking) == (False, False)
    assert "request.url" in str(failed.description)
    assert checks["07495", ANSWERED].passed
    assert ("07495", ON_TIME) in checks
    versions = [
        {m.asset_key: m.tags["dagster/data_version"] for m in found}
        for found in (
            [e.materialization for e in r.get_asset_materialization_events()]
            for r in (first, second)
        )
    ]
    assert versions[1].items() <= versions[0].items()


def test_made_up_figures_ask_nobody(desk: Live) -> None:
    resource = WorkspaceResource(county="trondelag", figures="made_up", root=str(desk.root))
    found = dg.materialize([sources], selection=dg.AssetSelection.assets(source_key(TABLE)),
                           resources={"workspace": resource})  # fmt: skip
    assert found.success
    assert desk.at.log == []


@pytest.fixture
def instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.ephemeral()


def pulled(instance: dg.DagsterInstance, county: str) -> None:
    run = dg.DagsterRun(job_name="pull", tags={jobs.COUNTY: county})
    instance.add_run(run)
    event = dg.DagsterEvent("PIPELINE_SUCCESS", "pull")
    instance.report_dagster_event(event, run.run_id)


def follow(instance: dg.DagsterInstance, cursor: str | None = None) -> dg.SensorResult:
    found = sensors.refresh_after_pull(dg.build_sensor_context(instance, cursor=cursor))
    if isinstance(found, dg.SkipReason):
        return dg.SensorResult(skip_reason=found, cursor=cursor)
    assert isinstance(found, dg.SensorResult)
    return found


def test_a_refresh_follows_a_pull_for_what_is_outdated(
    instance: dg.DagsterInstance, desk: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    outdated = {"trondelag": [STAGED, RELEASED], "telemark": []}
    monkeypatch.setattr(plan, "outdated", lambda place: outdated[place.county])
    monkeypatch.setattr(plan, "expected", lambda _: {STAGED: "version-1"})
    assert not follow(instance).run_requests
    for county in outdated:
        pulled(instance, county)
    found = follow(instance)
    (request,) = found.run_requests or ()
    assert request.asset_selection == [STAGED, RELEASED]
    assert request.tags[jobs.COUNTY] == "trondelag"
    assert "version-1" in str(request.run_key)
    config = request.run_config["resources"]["workspace"]["config"]
    assert (config["county"], config["root"]) == ("trondelag", "")
    # What was seen is not looked at again; nothing outdated is said.
    assert not follow(instance, found.cursor).run_requests
    pulled(instance, "telemark")
    last = follow(instance, found.cursor)
    assert not last.run_requests
    assert "Nothing has changed since the current release of telemark" in str(last.skip_reason)


def test_the_run_that_is_requested_can_be_made(desk: Live) -> None:
    """Selection, checks and settings of the request fit the job."""
    job = defs.get_repository_def().get_job("refresh")
    subset = job.get_subset(asset_selection={STAGED, RELEASED})
    place = Workspace("telemark", root=desk.root)
    assert dg.validate_run_config(subset, jobs.run_config(place).to_config_dict())
    assert len(subset.asset_layer.selected_asset_keys) == 2


def test_a_failed_run_is_told_in_plain_words_unless_it_is_run_again(
    instance: dg.DagsterInstance, desk: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    @dg.op
    def step() -> None:
        raise dg.Failure(description="SourceChanged: https://me:secret@data.ssb.no/x changed")

    @dg.job(tags={jobs.COUNTY: "trondelag"})
    def broken() -> None:
        step()

    monkeypatch.setenv("KOMPETANSE_NOTIFY_FILE", str(desk.root / "told.txt"))
    for again in ("true", "false"):
        result = broken.execute_in_process(
            instance=instance, raise_on_error=False, tags={"dagster/will_retry": again}
        )
        context = dg.build_run_status_sensor_context(
            sensor_name="tell_of_failure", dagster_instance=instance,
            dagster_run=result.dagster_run, dagster_event=result.all_events[-1],
        ).for_run_failure()  # fmt: skip
        alarms.tell_of_failure(context)
    told = (desk.root / "told.txt").read_text(encoding="utf-8")
    assert told.count("=== ") == 1
    assert "Tallene for Trøndelag ble ikke oppdatert" in told
    assert "SourceChanged: https://***@data.ssb.no/x changed" in told
    assert "Det finnes ingen tidligere utgivelse" in told
    assert "secret" not in told


def test_sources_that_fail_are_told_of_with_what_to_do(
    desk: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOMPETANSE_NOTIFY_FILE", str(desk.root / "told.txt"))
    place = Workspace("trondelag", root=desk.root)
    assert after.refresh(place, {}, None) == []
    desk.ledger.failed(TABLE, "TableGone: StatBank has no table 12274 any more", desk.now)
    desk.ledger.suspected("ssb/07495", "v-1", "the total moved by 40 per cent", desk.now)
    assert after.refresh(place, {}, None) == []
    assert after.refresh(place, {}, None) == []
    told = (desk.root / "told.txt").read_text(encoding="utf-8")
    assert told.count("=== ") == 1
    assert "2 kilder til tallene for Trøndelag svikter" in told
    assert "siden 2026-09-10" in told
    assert "Sammenlign med kandidatene" in told
    assert "archive accept" in told

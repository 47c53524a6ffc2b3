"""Running a refresh from the command line: the Dagster job, in this process, with progress.

The assets are those of the Dagster page; here they are executed, watched and summed up.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import dagster as dg

    from warehouse.workspace import Workspace

HOME_VARIABLE = "DAGSTER_HOME"
# No telemetry, no invitation to sign up, and no capture of what steps print (they print nothing,
# and capturing takes the terminal away from the progress bar). A run whose process was killed is
# run again; one that failed by what it met is not, as it would meet the same again. Two pulls at
# once, or two runs of a county, would do the same work twice.
SETTINGS = """\
telemetry:
  enabled: false
nux:
  enabled: false
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
freshness:
  enabled: true
run_monitoring:
  enabled: true
  start_timeout_seconds: 300
  max_runtime_seconds: 14400
run_retries:
  enabled: true
  max_retries: 2
  retry_on_asset_or_op_failure: false
concurrency:
  runs:
    max_concurrent_runs: 2
    tag_concurrency_limits:
      - key: kompetanse/asks
        limit: 1
      - key: county
        value: {applyLimitPerUniqueValue: true}
        limit: 1
"""

Watch = Callable[[str, str], None]


@dataclass(frozen=True)
class Outcome:
    """What a refresh came to: whether all went well, what failed and why, the release.

    failures: step -> error text. skipped: number of steps that needed what failed.
    ran: number of steps that were not up to date. seconds: how long all took, checking those of
    the steps that were checks.
    """

    success: bool
    failures: dict[str, str]
    skipped: int
    release: Path | None
    ran: int = 0
    seconds: float = 0.0
    checking: float = 0.0


def dagster_home(root: Path) -> Path:
    """Make Dagster's folder below the data root, telemetry and sign-up off, and use it."""
    home = root / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "dagster.yaml"
    if not settings.exists():
        settings.write_text(SETTINGS, encoding="utf-8")
    os.environ[HOME_VARIABLE] = str(home)
    return home


def refresh(
    workspace: Workspace, watch: Watch, keys: Sequence[dg.AssetKey] | None = None
) -> Outcome:
    """Run the steps that are not up to date; a failed step stops only what needs it.

    keys: the steps to run instead, for who has asked pipeline/plan.py already.
    watch: called with (step, "start" | "success" | "failure" | "skipped") as the run goes on.
    """
    import dagster as dg

    from assets.resources import WorkspaceResource
    from assets.step import name
    from pipeline import plan, run_history
    from pipeline.definitions import ASSETS, CHECKS
    from warehouse import release, shared

    before = release.current(workspace)
    keys = plan.outdated(workspace) if keys is None else keys
    if not keys:
        return Outcome(success=True, failures={}, skipped=0, release=before)
    dagster_home(workspace.root)
    resource = WorkspaceResource(
        county=workspace.county,
        figures=workspace.figures,
        root=str(workspace.root),
        lock=str(workspace.lock or ""),
    )
    definitions = dg.Definitions(
        assets=ASSETS,
        asset_checks=CHECKS,
        jobs=[dg.define_asset_job("refresh", selection=dg.AssetSelection.assets(*keys))],
        resources={"workspace": resource},
        executor=dg.in_process_executor,
        loggers={"watch": watching(watch)},
    )
    start = time.perf_counter()
    with run_history.held_open(), dg.DagsterInstance.get() as instance:
        result = definitions.resolve_job_def("refresh").execute_in_process(
            run_config={"loggers": {"watch": {"config": {}}}},
            instance=instance,
            raise_on_error=False,
            tags={"county": workspace.county, "figures": workspace.figures},
        )
    for key in keys:
        shared.offer(workspace, name(key))
    seconds = time.perf_counter() - start
    outcome = _outcome(result, workspace, before, step_count(keys))
    return replace(outcome, seconds=seconds, checking=_checking(result))


def step_count(keys: Sequence[dg.AssetKey]) -> int:
    """Number of steps of a run of these assets, with their checks."""
    from pipeline.definitions import CHECKS

    gates = [key for check in CHECKS for key in check.check_keys if key.asset_key in keys]
    return len(keys) + len(gates)


def watching(watch: Watch) -> dg.LoggerDefinition:
    """Make a Dagster logger that passes step events on and prints nothing."""
    import dagster as dg

    words = {
        dg.DagsterEventType.STEP_START: "start",
        dg.DagsterEventType.STEP_SUCCESS: "success",
        dg.DagsterEventType.STEP_FAILURE: "failure",
        dg.DagsterEventType.STEP_SKIPPED: "skipped",
    }

    class Handler(logging.Handler):
        """Passes on the step events among the log records."""

        def emit(self, record: logging.LogRecord) -> None:
            event = getattr(record, "dagster_meta", {}).get("dagster_event")
            if event is not None and event.event_type in words and event.step_key:
                watch(event.step_key, words[event.event_type])

    @dg.logger({}, description="Passes step events on to whoever watches the run")
    def watcher(_: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.getLogger("kompetanse.watch")
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        logger.handlers = [Handler()]
        return logger

    return watcher


def _outcome(
    result: dg.ExecuteInProcessResult, workspace: Workspace, before: Path | None, planned: int
) -> Outcome:
    from warehouse import release

    failures = {
        event.step_key: _reason(event)
        for event in result.all_events
        if event.is_step_failure and event.step_key
    }
    started = {event.step_key for event in result.all_events if event.is_step_start}
    # A broken gate fails its own step too; the check says which rule and rows.
    broken = _broken_checks(result)
    failures = {k: v for k, v in failures.items() if k not in broken} | broken
    now = release.current(workspace)
    success = result.success and not failures
    skipped = planned - len(started)
    return Outcome(success, failures, skipped, now if success else before, len(started))


def _checking(result: dg.ExecuteInProcessResult) -> float:
    """Seconds of the steps that judged something, with reading and all that Dagster does."""
    import dagster as dg

    judged = {
        event.step_key
        for event in result.all_events
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION
    }
    durations = [
        event.step_success_data.duration_ms
        for event in result.all_events
        if event.is_step_success and event.step_key in judged
    ]
    return sum(durations) / 1000


def _reason(event: dg.DagsterEvent) -> str:
    data = event.step_failure_data
    if data.user_failure_data and data.user_failure_data.description:
        return str(data.user_failure_data.description)
    error = data.error
    while error and error.cause:
        error = error.cause
    return error.to_string().strip().splitlines()[0] if error else data.error_display_string


def _broken_checks(result: dg.ExecuteInProcessResult) -> dict[str, str]:
    return {
        "__".join([*check.asset_key.path]) + f"_{check.check_name}": str(check.description)
        for check in result.get_asset_check_evaluations()
        if not check.passed and check.severity.value == "ERROR"
    }

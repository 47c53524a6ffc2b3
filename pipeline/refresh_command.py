"""`kompetanse pull` and `kompetanse refresh`: ask the sources, work out what changed, publish.

What is asked and kept is decided in sources/pull/, what has to run in pipeline/plan.py, how it
runs in pipeline/run.py; here they are put in order, shown, and summed up in an exit code.
"""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from pipeline.all_counties import ALL
from warehouse.workspace import PUBLISHED, Workspace, data_root

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    from sources.archive import Archive
    from sources.pull.events import Tell
    from sources.pull.refresh import Report
    from sources.registry import SourceTable

# All went well; nothing could be published; published, with older figures of what failed.
WELL, FAILED, STALE = 0, 1, 3


def pull(arguments: argparse.Namespace) -> int:
    """Ask the sources for what is new and keep it; one that fails stops no other."""
    report = _pull(arguments, data_root())
    return _code(report, arguments)


def refresh(arguments: argparse.Namespace) -> int:
    """Ask the sources, work out what has changed, and publish a county's release."""
    from pipeline import progress
    from warehouse import counties
    from warehouse.turn import turn

    if arguments.county == ALL:
        return _refresh_all(arguments)
    counties.load(arguments.county)
    workspace = Workspace(arguments.county, PUBLISHED, data_root(), arguments.lock)
    with turn(workspace, progress.say, arguments.wait):
        if arguments.recorded is not None:
            from pipeline.archive_commands import take_folder

            take_folder(arguments.recorded)
        offline = arguments.offline or arguments.recorded or arguments.lock
        report = None if offline else _pull(arguments, workspace.root)
        code = work_out(workspace, quiet=arguments.json)
    if arguments.json:
        print(json.dumps(_outcome(workspace, code)))
    return code or (_code(report, arguments) if report else WELL)


def _refresh_all(arguments: argparse.Namespace) -> int:
    """Ask the sources once, and publish every county's release of what there is then."""
    from pipeline import all_counties

    places = all_counties.workspaces(PUBLISHED, data_root(), arguments.lock)
    if arguments.recorded is not None:
        from pipeline.archive_commands import take_folder

        take_folder(arguments.recorded)
    offline = arguments.offline or arguments.recorded or arguments.lock
    report = None if offline else _pull(arguments, data_root())
    failed = all_counties.work_out(places, arguments.wait)
    if arguments.json:
        for place in places:
            code = FAILED if place.county in failed else WELL
            print(json.dumps(_outcome(place, code)))
    return FAILED if failed else _code(report, arguments) if report else WELL


def work_out(workspace: Workspace, *, quiet: bool = False) -> int:
    """Run what is not up to date and show the current release; the exit code says how it went."""
    from pipeline import plan, progress, report, run

    with progress.step("Looking for what has changed"):
        keys = plan.outdated(workspace)
    if not keys:
        progress.say("Nothing has changed since the current release: nothing was worked out.")
    with progress.bar("Refreshing", lambda: run.step_count(keys)) as watch:
        outcome = run.refresh(workspace, watch, keys)
    if not outcome.success:
        report.failure(outcome)
        return FAILED
    assert outcome.release is not None
    if not quiet:
        report.newest_values(outcome.release, workspace)
    return WELL


def _pull(arguments: argparse.Namespace, root: Path) -> Report:
    from sources import registry
    from sources.archive import Archive
    from sources.pull import refresh as pulls
    from sources.pull.client import Asking

    tables = [registry.table(t) for t in arguments.table or ()] or _in_use()
    archive = Archive(root / "archive")
    asking = Asking(root / "http", at_any_time=arguments.at_any_time)
    if arguments.replay is not None:
        from sources.pull import replay

        tables = [registry.table(t) for t in replay.tables(arguments.replay)]
        asking = replay.replay(arguments.replay, archive)
    with _told(arguments, archive) as tell:
        return pulls.run(tables, archive, asking, tell)


def _in_use() -> list[SourceTable]:
    from sources import registry

    return [spec for spec in registry.load().values() if spec.in_use]


@contextmanager
def _told(arguments: argparse.Namespace, archive: Archive) -> Iterator[Tell]:
    """Tell the events of a run to the terminal, or as JSON lines, and to a log on request."""
    from pipeline import progress
    from sources.pull.events import JsonLines, Log, several

    with ExitStack() as stack:
        tells = [
            JsonLines(sys.stdout) if arguments.json else stack.enter_context(progress.pulling())
        ]
        if arguments.log is not None:
            tells.append(stack.enter_context(Log(arguments.log, archive)))
        yield several(tells)


def _code(report: Report, arguments: argparse.Namespace) -> int:
    from pipeline import report as printed

    if not arguments.json:
        printed.pulled(report)
    return STALE if report.failed or report.interrupted else WELL


def _outcome(workspace: Workspace, code: int) -> dict[str, object]:
    from warehouse import release

    current = release.current(workspace)
    return {
        "event": "WorkedOut",
        "county": workspace.county,
        "published": code == WELL,
        "release": current.name if current else None,
    }

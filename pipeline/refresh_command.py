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
from sources.model import KompetanseError
from warehouse.workspace import PUBLISHED, Workspace, data_root

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from sources.archive import Archive
    from sources.pull.events import Tell
    from sources.pull.refresh import Report
    from sources.registry import SourceTable

# All went well; nothing could be published; published, with older figures of what failed.
WELL, FAILED, STALE = 0, 1, 3


def pull(arguments: argparse.Namespace) -> int:
    """Ask the sources for what is new and keep it; one that fails stops no other."""
    from warehouse import store

    with store.at_hand(Workspace.from_environment(), store.ARCHIVE):
        report = _pull(arguments, data_root())
    return _code(report, arguments)


def refresh(arguments: argparse.Namespace) -> int:
    """Ask the sources, work out what has changed, and publish a county's release."""
    from warehouse import release

    if arguments.dry_run:
        return _dry_run(arguments)
    try:
        return (_refresh_all if arguments.county == ALL else _refresh)(arguments)
    except KompetanseError as error:
        if arguments.notify and arguments.county != ALL:
            place = Workspace(arguments.county, PUBLISHED, data_root())
            why = {"refresh": f"{type(error).__name__}: {error}"}
            _notify(place, why, release.current(place))
        raise


def _refresh(arguments: argparse.Namespace) -> int:
    from pipeline import progress
    from warehouse import counties, store
    from warehouse.turn import turn

    counties.load(arguments.county)
    workspace = Workspace(arguments.county, PUBLISHED, data_root(), arguments.lock)
    with (
        turn(workspace, progress.say, arguments.wait),
        store.at_hand(workspace, *store.KEPT),
    ):
        if arguments.recorded is not None:
            from pipeline.archive_commands import take_folder

            take_folder(arguments.recorded)
        offline = arguments.offline or arguments.recorded or arguments.lock
        report = None if offline else _pull(arguments, workspace.root)
        code = work_out(workspace, quiet=arguments.json, notify=arguments.notify)
    if arguments.json:
        print(json.dumps(_outcome(workspace, code)))
    return code or (_code(report, arguments) if report else WELL)


def _dry_run(arguments: argparse.Namespace) -> int:
    """Show what would be published of the archived answers; nobody is asked."""
    from pipeline import all_counties, dry_run, progress
    from warehouse import counties
    from warehouse.turn import turn

    named = [Workspace(arguments.county, PUBLISHED, data_root(), arguments.lock)]
    every = arguments.county == ALL
    places = all_counties.workspaces(PUBLISHED, data_root(), arguments.lock) if every else named
    codes = []
    for place in places:
        counties.load(place.county)
        with turn(place, progress.say, arguments.wait):
            codes.append(dry_run.show(place, as_json=arguments.json))
    return max(codes)


def _refresh_all(arguments: argparse.Namespace) -> int:
    """Ask the sources once, and publish every county's release of what there is then."""
    from pipeline import all_counties
    from warehouse import store

    places = all_counties.workspaces(PUBLISHED, data_root(), arguments.lock)
    with ExitStack() as stack:
        for place in places:
            stack.enter_context(store.at_hand(place, *store.KEPT))
        return _refresh_every(arguments, places)


def _refresh_every(arguments: argparse.Namespace, places: Sequence[Workspace]) -> int:
    from pipeline import all_counties
    from warehouse import release

    if arguments.recorded is not None:
        from pipeline.archive_commands import take_folder

        take_folder(arguments.recorded)
    offline = arguments.offline or arguments.recorded or arguments.lock
    report = None if offline else _pull(arguments, data_root())
    before = [release.current(place) for place in places]
    failed = all_counties.work_out(places, arguments.wait)
    if arguments.notify:
        for place, earlier in zip(places, before, strict=True):
            why = {"refresh": "see what the run printed"} if place.county in failed else {}
            _notify(place, why, earlier)
    if arguments.json:
        for place in places:
            code = FAILED if place.county in failed else WELL
            print(json.dumps(_outcome(place, code)))
    return FAILED if failed else _code(report, arguments) if report else WELL


def work_out(workspace: Workspace, *, quiet: bool = False, notify: bool = False) -> int:
    """Run what is not up to date and show the current release; the exit code says how it went.

    notify: tell people of it too, by the channels of the environment.
    """
    from pipeline import plan, progress, report, run
    from warehouse import release

    before = release.current(workspace)
    with progress.step("Looking for what has changed"):
        keys = plan.outdated(workspace)
    if not keys:
        progress.say("Nothing has changed since the current release: nothing was worked out.")
    with progress.bar("Refreshing", lambda: run.step_count(keys)) as watch:
        outcome = run.refresh(workspace, watch, keys)
    if notify:
        _notify(workspace, outcome.failures, before)
    if not outcome.success:
        report.failure(outcome)
        return FAILED
    report.cost(outcome)
    assert outcome.release is not None
    if not quiet:
        report.newest_values(outcome.release, workspace)
    return WELL


def _notify(place: Workspace, failures: Mapping[str, str], before: Path | None) -> None:
    from pipeline import progress
    from pipeline.notify import after

    for problem in after.refresh(place, failures, before):
        progress.say(f"A message could not be sent: {problem}")


def _pull(arguments: argparse.Namespace, root: Path) -> Report:
    from sources import registry
    from sources.archive import Archive
    from sources.pull import refresh as pulls
    from sources.pull.client import Asking

    tables = [registry.table(t) for t in arguments.table or ()] or _due()
    archive = Archive(root / "archive")
    asking = Asking(root / "http", at_any_time=arguments.at_any_time)
    if arguments.replay is not None:
        from sources.pull import replay

        tables = [registry.table(t) for t in replay.tables(arguments.replay)]
        asking = replay.replay(arguments.replay, archive)
    with _told(arguments, archive) as tell:
        return pulls.run(tables, archive, asking, tell)


def _due() -> list[SourceTable]:
    from sources import registry

    return [spec for spec in registry.load().values() if spec.is_due]


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

"""All counties: every county's refresh, with what is the same for all worked out once.

The first county's run makes what has no county in it, and the others take it over
(warehouse/shared.py), two at a time. A county that fails stops no other. Asking the sources is not
done here.
"""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from pipeline.run import Outcome
    from warehouse.workspace import Workspace

ALL = "all"
# Two counties take below 4 GiB together; more are for machines that have it.
PROCESSES = min(2, os.cpu_count() or 1)


def workspaces(figures: str, root: Path, lock: Path | None = None) -> list[Workspace]:
    """The workspace of every county that has a file, each file read and checked.

    Raises InvalidCounty for the first that cannot be used, before anything is worked out.
    """
    from warehouse import counties
    from warehouse.workspace import Workspace

    return [Workspace(counties.load(each).id, figures, root, lock) for each in counties.available()]


def work_out(places: Sequence[Workspace], wait: float) -> list[str]:
    """Refresh every county from what is archived; gives the ids of those that failed.

    wait: seconds to wait for another refresh of the same county.
    """
    from pipeline import progress, report

    failed = []
    for number, (place, outcome) in enumerate(_each(places, wait), 1):
        done = f"[{number}/{len(places)}] {place.county}"
        if isinstance(outcome, str):
            progress.say(f"{done}: {outcome}")
            failed.append(place.county)
        elif outcome.success:
            release = outcome.release.name if outcome.release else "no release"
            progress.say(f"{done}: {release}, {outcome.ran} steps worked out")
            report.cost(outcome)
        else:
            progress.say(f"{done}:")
            report.failure(outcome)
            failed.append(place.county)
    progress.say(f"{len(places) - len(failed)} of {len(places)} counties are up to date.")
    if failed:
        progress.say(f"Failed: {', '.join(failed)}. Their earlier releases stay in use.")
    return failed


def _each(places: Sequence[Workspace], wait: float) -> Iterator[tuple[Workspace, Outcome | str]]:
    """What became of each county, or why nothing did; the first before the others begin.

    Each process keeps what it has loaded, and gives its memory back at the end.
    """
    from pipeline import progress

    if len(places) < 2 or PROCESSES < 2:  # noqa: PLR2004
        yield from ((place, _one(place, wait)) for place in places)
        return
    first, *others = places
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        progress.say(f"{first.county}, and with it what is the same for all counties")
        yield first, _of(pool.submit(_one, first, wait))
        running = {pool.submit(_one, place, wait): place for place in others}
        for ended in as_completed(running):
            yield running[ended], _of(ended)


def _of(work: Future[Outcome | str]) -> Outcome | str:
    try:
        return work.result()
    except BrokenProcessPool:
        return "its process died, perhaps for want of memory. Run it again by itself."


def _one(place: Workspace, wait: float) -> Outcome | str:
    """Refresh one county; gives its outcome, or in words what stood in the way."""
    from pipeline import plan, progress, run
    from sources.model import KompetanseError
    from warehouse.turn import turn

    try:
        with turn(place, progress.say, wait):
            return run.refresh(place, lambda _step, _word: None, plan.outdated(place))
    except KompetanseError as error:
        return f"{type(error).__name__}: {error}"

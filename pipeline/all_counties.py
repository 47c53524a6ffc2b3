"""All counties: one refresh after another, so that what is the same for all is worked out once.

The first county's run makes what has no county in it, and the others take it over
(warehouse/shared.py). A county that fails stops no other. Asking the sources is not done here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.run import Outcome
    from warehouse.workspace import Workspace

ALL = "all"


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
    from sources.model import KompetanseError

    failed = []
    for number, place in enumerate(places, 1):
        progress.say(f"[{number}/{len(places)}] {place.county}")
        try:
            outcome = _one(place, wait)
        except KompetanseError as error:
            progress.say(f"{place.county}: {type(error).__name__}: {error}")
            failed.append(place.county)
            continue
        if outcome.success:
            release = outcome.release.name if outcome.release else "no release"
            progress.say(f"{place.county}: {release}, {outcome.ran} steps worked out")
            report.cost(outcome)
        else:
            report.failure(outcome)
            failed.append(place.county)
    progress.say(f"{len(places) - len(failed)} of {len(places)} counties are up to date.")
    if failed:
        progress.say(f"Failed: {', '.join(failed)}. Their earlier releases stay in use.")
    return failed


def _one(place: Workspace, wait: float) -> Outcome:
    from pipeline import plan, progress, run
    from warehouse.turn import turn

    with turn(place, progress.say, wait):
        keys = plan.outdated(place)
        with progress.bar(place.county, lambda: run.step_count(keys)) as watch:
            return run.refresh(place, watch, keys)

"""Dry run: what a refresh would work out and publish now, shown and then thrown away.

Nobody is asked and nothing is published. Steps between the archive and the release are worked
out in the work folder, where the next refresh finds them; the release is built aside, held to its
contract, compared with the current one, and removed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import dagster as dg

    from warehouse.workspace import Workspace

WELL, FAILED = 0, 1
RUN = "dry-run"


def show(place: Workspace, *, as_json: bool = False) -> int:
    """Print what would change; 1 if a step or a gate would stop the release, else 0."""
    from assets.release import PUBLISHED, STAGED
    from pipeline import plan, progress, report, run
    from warehouse import folders, release, staging

    keys = plan.outdated(place)
    if not keys:
        progress.say("Nothing has changed since the current release: nothing would be published.")
        return WELL
    steps = [key for key in keys if key not in (STAGED, PUBLISHED)]
    progress.say(_planned(steps))
    with progress.bar("Working out", lambda: run.step_count(steps)) as watch:
        outcome = run.refresh(place, watch, steps)
    if not outcome.success:
        report.failure(outcome)
        return FAILED
    try:
        folder = staging.stage(place, "", RUN)
        return _compared(release.current(place), folder, as_json=as_json)
    finally:
        folders.remove(release.staging(place, RUN))


def _planned(steps: Sequence[dg.AssetKey]) -> str:
    from assets.step import name

    lines = [f"{len(steps)} steps have to be worked out:", *(f"  {name(key)}" for key in steps)]
    return "\n".join(lines) if steps else "Every step is worked out; only the release is not."


def _compared(current: Path | None, folder: Path, *, as_json: bool) -> int:
    from expectations import gates
    from pipeline import diff_command, progress
    from warehouse import difference, parquet, release

    tables = {path.stem: parquet.read(path) for path in sorted((folder / "parquet").glob("*"))}
    verdict = gates.check_release(tables)
    release_id = release.read_manifest(folder)["release_id"]
    if not verdict.passed:
        progress.say(gates.message(verdict))
        progress.say("The release would not be published.")
    if current is None:
        progress.say(f"{release_id} would be the first release: nothing to compare it with.")
    else:
        found = difference.between(current, folder, release_id)
        if as_json:
            print(json.dumps(found.as_json(), ensure_ascii=False, default=str))
        else:
            diff_command.show(found, "nb", diff_command.region_names(folder, "nb"))
    progress.say("Nothing was published.")
    return WELL if verdict.passed else FAILED

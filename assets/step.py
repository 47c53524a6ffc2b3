"""Step: how an asset runs, so that its data version says what the result was made of.

The versions are those of warehouse/versions.py; Dagster is told them, so that its page knows what
is out of date by the same rule as `kompetanse refresh`. That nothing is made of what failed, or
of what a gate has not passed, is seen to here too: Dagster leaves out such steps, but an executor
may not (dagster-dask runs on).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assets.shown import plain_errors, result
from sources import ledger
from warehouse import store, versions
from warehouse.steps import NothingWorkedOut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import dagster as dg

    from assets.resources import WorkspaceResource
    from warehouse.steps import Done
    from warehouse.workspace import Workspace


LEDGER = f"{store.ARCHIVE}/{ledger.FOLDER}"


def name(key: dg.AssetKey) -> str:
    """Name of a step in warehouse/versions.py: the asset key with slashes."""
    return "/".join(key.path)


def version(place: Workspace, key: dg.AssetKey, deps: Iterable[dg.AssetKey], **more: str) -> str:
    """Version that a step's result has if it is made now, of what lies there; more: its inputs."""
    inputs = {name(dep): versions.recorded(place, name(dep)) or "none" for dep in deps} | more
    return versions.derived(place, name(key), inputs)


def begin(place: Workspace, step: str, needs: Iterable[str] = ()) -> None:
    """Say that a step is being made anew: until it is recorded, there is no good result of it.

    Raises NothingWorkedOut if one that it needs has no good result either.
    """
    versions.forget(place, step)
    require(place, step, needs)


def require(place: Workspace, step: str, needs: Iterable[str]) -> None:
    """Raise NothingWorkedOut with those of the needed steps that have no good result."""
    lacking = [need for need in needs if versions.recorded(place, need) is None]
    if lacking:
        raise NothingWorkedOut(
            f"{step} was not made: {', '.join(lacking)} has no good result, as its step has "
            "failed, or has not run, or its gate was not passed. See to that one, and run it again."
        )


def run(
    workspace: WorkspaceResource,
    key: dg.AssetKey,
    deps: Iterable[dg.AssetKey],
    work: Callable[[Workspace], Done],
    *,
    gated: bool = False,
    columns: Mapping[str, str] | None = None,
    more: Callable[[Workspace, Done], Mapping[str, Any]] | None = None,
    listed: bool = True,
) -> dg.MaterializeResult[None]:
    """Run a step made of others and record its version; gated: its check will record it.

    columns: what the columns mean; listed: whether the page lists them all. more: what else it is
    to show.
    """
    # Which sources are stale is known to the ledger alone.
    with plain_errors(), workspace.at_hand(LEDGER) as place:
        begin(place, name(key), map(name, deps))
        made_of = version(place, key, deps)
        done = work(place)
        say = versions.propose if gated else versions.record
        say(place, name(key), made_of)
        told = more(place, done) if more else None
        return result(done, place, made_of, columns, told, listed=listed)

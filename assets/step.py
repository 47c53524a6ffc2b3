"""Step: how an asset runs, so that its data version says what the result was made of.

The versions are those of warehouse/versions.py; Dagster is told them, so that its page knows what
is out of date by the same rule as `kompetanse refresh`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.shown import plain_errors, result
from warehouse import versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import dagster as dg

    from assets.resources import WorkspaceResource
    from warehouse.steps import Done
    from warehouse.workspace import Workspace


def name(key: dg.AssetKey) -> str:
    """Name of a step in warehouse/versions.py: the asset key with slashes."""
    return "/".join(key.path)


def version(place: Workspace, key: dg.AssetKey, deps: Iterable[dg.AssetKey], **more: str) -> str:
    """Version that a step's result has if it is made now, of what lies there; more: its inputs."""
    inputs = {name(dep): versions.recorded(place, name(dep)) or "none" for dep in deps} | more
    return versions.derived(place, name(key), inputs)


def run(
    workspace: WorkspaceResource,
    key: dg.AssetKey,
    deps: Iterable[dg.AssetKey],
    work: Callable[[Workspace], Done],
    *,
    gated: bool = False,
) -> dg.MaterializeResult[None]:
    """Run a step made of others and record its version; gated: its check will record it."""
    with plain_errors(), workspace.at_hand() as place:
        made_of = version(place, key, deps)
        versions.forget(place, name(key))
        done = work(place)
        if not gated:
            versions.record(place, name(key), made_of)
        return result(done, place, made_of)


def passed(place: Workspace, key: dg.AssetKey, deps: Iterable[dg.AssetKey]) -> None:
    """Record the version of a gated step, whose check has passed."""
    versions.record(place, name(key), version(place, key, deps))

"""Plan: which steps a refresh has to run, so that nothing is worked out twice.

A step is left out if a good result lies there that was made of the very same code, answers and
earlier results. What the steps do is in assets/, how they run in pipeline/run.py.
"""

from __future__ import annotations

import json
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from assets.release import PUBLISHED, STAGED
from assets.step import name
from pipeline.definitions import ASSETS
from warehouse import publish, release, shared, steps, versions

if TYPE_CHECKING:
    import dagster as dg

    from warehouse.workspace import Workspace


def expected(workspace: Workspace) -> dict[dg.AssetKey, str]:
    """Version of every step's result if all were made now: asset key -> version."""
    specs = {spec.key: spec for asset in ASSETS for spec in asset.specs}
    # Sources are asked, not worked out: what they gave is in the version of a raw table.
    deps = {key: [d.asset_key for d in s.deps if d.asset_key in specs] for key, s in specs.items()}
    found: dict[dg.AssetKey, str] = {}
    for key in TopologicalSorter(deps).static_order():
        inputs = {name(dep): found[dep] for dep in deps[key]}
        if key.path[0] == "raw":
            found[key] = steps.raw_version(workspace, "/".join(key.path[1:]))
        elif key == PUBLISHED:
            found[key] = found[STAGED]
        else:
            if key == STAGED:
                inputs["stale"] = steps.stale_mark(workspace)
            found[key] = versions.derived(workspace, name(key), inputs)
    return found


def outdated(workspace: Workspace) -> list[dg.AssetKey]:
    """Steps to run, in order; empty if the current release is made of what there is now.

    What another county's run has made of the very same is taken over first, and not run again.
    """
    wanted = expected(workspace)
    if _published(workspace, wanted[STAGED]):
        return []
    found = [
        key
        for key, version in wanted.items()
        if key not in (STAGED, PUBLISHED)
        and versions.recorded(workspace, name(key)) != version
        and not shared.take(workspace, name(key), version)
    ]
    return [*found, STAGED, PUBLISHED]


def _published(workspace: Workspace, version: str) -> bool:
    folder = release.current(workspace)
    if folder is None or not (folder / release.MANIFEST).exists():
        return False
    # The same figures may have been published before, of other code: then only the work folder
    # knows that nothing has changed since.
    manifest = json.loads((folder / release.MANIFEST).read_bytes())
    known = (manifest.get("made_of"), versions.recorded(workspace, name(PUBLISHED)))
    return version in known or publish.settled(workspace, version)

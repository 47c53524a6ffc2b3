"""Publications: which release of a county stood when, in the order in which they were published.

A release that was current twice (a rollback) is there twice. Only reading: publishing is
warehouse/publish.py, what values stood in a publication is warehouse/history.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from warehouse.release import MANIFEST, current

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from warehouse.workspace import Workspace


@dataclass(frozen=True)
class Publication:
    """A release was made current at a moment (UTC, without zone, as the release keeps it)."""

    release_id: str
    published_at: datetime


def past(workspace: Workspace) -> tuple[Publication, ...]:
    """Every publication of the workspace's county, oldest first; none before the first release.

    Read from the manifests of the releases that are kept, each taken to have been published when
    it was built; where the current release is an earlier one, it was published once more when
    the switch was last turned.
    """
    found = sorted(_of_manifests(workspace), key=lambda p: (p.published_at, p.release_id))
    stands = current(workspace)
    if stands is not None and found and found[-1].release_id != stands.name:
        switch = workspace.releases / f"current-{workspace.channel}"
        turned = datetime.fromtimestamp(switch.lstat().st_mtime, UTC)
        found.append(Publication(stands.name, _plain(turned)))
    return tuple(found)


def previous(publications: Sequence[Publication], release_id: str) -> str | None:
    """Id of the release that stood before this one was last published, if one did."""
    ids = [p.release_id for p in publications]
    if release_id not in ids:
        return ids[-1] if ids else None
    last = len(ids) - 1 - ids[::-1].index(release_id)
    return next((i for i in reversed(ids[:last]) if i != release_id), None)


def moment(text: str) -> datetime:
    """Read an ISO 8601 time; with a zone it is brought to UTC. Returned without zone."""
    return _plain(datetime.fromisoformat(text))


def _plain(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at


def _of_manifests(workspace: Workspace) -> list[Publication]:
    found = []
    for path in workspace.releases.glob(f"{workspace.channel}-*/{MANIFEST}"):
        manifest = _read(path)
        if (manifest["county"], manifest["data_origin"]) == (workspace.county, workspace.figures):
            found.append(Publication(manifest["release_id"], moment(manifest["built_at"])))
    return found


def _read(path: Path) -> dict[str, str]:
    manifest: dict[str, str] = json.loads(path.read_bytes())
    return manifest

"""After a refresh: which messages follow from how it went.

For the command line and for pipeline/alarms.py alike; the words are message.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.notify import message, telling
from warehouse import publication_log, release

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from pipeline.notify.message import Notice
    from warehouse.workspace import Workspace


def refresh(
    place: Workspace,
    failures: Mapping[str, str],
    before: Path | None,
    now: datetime | None = None,
) -> list[str]:
    """Tell how a refresh went; returns what could not be told.

    failures: step -> what went wrong, empty if all went well. before: release that was current.
    now: the clock, where it is not the machine's.
    """
    notices = [message.failed(place, failures) if failures else None]
    if release.current(place) != before:
        notices.append(published(place))
    if not place.made_up:
        notices.append(message.stale(place))
    return telling.tell(place.root, notices, now)


def published(place: Workspace) -> Notice | None:
    """The message of the current release; None if there is none."""
    folder = release.current(place)
    if folder is None:
        return None
    earlier = publication_log.previous(place)
    return message.published(place, folder, place.releases / earlier if earlier else None)

"""News: cheap questions whether a source has something new, without taking it.

For sensors, which ask often. What a question means for a protocol is said in its client, taking
what is new is refresh.py's. A table that was never taken has no news here: the next pull takes it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from sources.ledger import Ledger
from sources.model import KompetanseError
from sources.pull import keep
from sources.pull.catalogue import updated_lately
from sources.pull.live import CLIENTS
from sources.pull.plan import address
from sources.pull.statbank import LANG, LONGEST_GAP, stamp_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sources.archive import Archive
    from sources.pull.client import Asking, Known
    from sources.registry import SourceTable

# The index behind the catalogue is renewed some hours after the tables.
_MARGIN_DAYS = 2


class CatalogueSilent(KompetanseError):
    """StatBank's list of updated tables cannot be relied on this time."""


class _Newsworthy(Protocol):
    def news(self, spec: SourceTable, asking: Asking, known: Known) -> bool:
        """Whether the source has something new."""


def of_statbank(
    archive: Archive, specs: Iterable[SourceTable], asking: Asking, since: datetime | None
) -> Mapping[str, str]:
    """Tables of StatBank that were updated since, by their list: table id -> the new stamp.

    since: when the list was last read; None, or too long ago, for as far back as it goes.
    Raises CatalogueSilent, and what sources/http raises.
    """
    ledger, now = Ledger(archive.root), asking.now()
    first = max(since, now - LONGEST_GAP) if since else now - LONGEST_GAP
    days = (now.date() - first.date()).days + _MARGIN_DAYS
    listed = updated_lately(asking.service("ssb"), days, LANG)
    if listed is None:
        raise CatalogueSilent(
            "StatBank's list of updated tables is empty or incomplete. Nothing was requested; "
            "the next pull asks every table itself."
        )
    found = {}
    for spec in specs:
        standing = ledger.standing(spec.id)
        number = address(spec.request)[1] if spec.request else ""
        stamp = stamp_of(listed[number].updated) if number in listed else ""
        if standing.vintage and stamp and stamp != standing.stamp:
            found[spec.id] = stamp
    return found


def by_questions(
    archive: Archive, specs: Iterable[SourceTable], asking: Asking
) -> tuple[list[str], dict[str, str]]:
    """Ask the tables' sources one by one: ids of those with news, and problems by table id.

    A table whose source does not answer is a problem of its own and stops no other.
    """
    ledger = Ledger(archive.root)
    found, problems = [], {}
    for spec in specs:
        known = keep.known(archive, ledger, spec)
        client = cast("_Newsworthy", import_module(f"sources.pull.{CLIENTS[spec.protocol]}"))
        try:
            if known is not None and client.news(spec, asking, known):
                found.append(spec.id)
        except KompetanseError as error:
            problems[spec.id] = f"{type(error).__name__}: {error}"
    return found, problems

"""Live: which client speaks a table's protocol, and one table taken from its source.

What is asked is said in the client's module, what is kept and judged in keep.py, the run over
all tables in refresh.py. A table without a client or without a request is taken from recorded
folders only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

from sources.model import KompetanseError

if TYPE_CHECKING:
    from sources.archive import Archive
    from sources.ledger import Ledger
    from sources.pull.client import Asking, Client, Known
    from sources.records import Judged
    from sources.registry import SourceTable

CLIENTS = {
    "json-stat": "statbank",
    "klass-codes": "klass",
    "klass-changes": "klass",
    "klass-correspondence": "klass",
    "udir-report": "udir",
    "nav-unemployed": "nav",
    "nav-survey": "nav",
    "nav-table": "nav",
    "dbh": "dbh",
    "utdanning-counts": "utdanning",
    "utdanning-areas": "utdanning",
}
NOTHING_NEW, QUARANTINED = "nothing new", "quarantined"


class NotPullable(KompetanseError):
    """Nobody has built how this table is asked for, or its YAML says nothing of it."""


@dataclass(frozen=True)
class Taken:
    """What a pull of one table left in the archive.

    state: "nothing new" (the source says so), "known" (the same answers came again), "same
    figures" (under a new stamp), "new", "revised", or "quarantined" with its reasons.
    new, known: answers that were not there before, and that were. cells: of the whole vintage.
    changed_cells: figures that the vintage before had otherwise. notes: sentences for people.
    """

    table: str
    state: str
    vintage: str | None = None
    new: int = 0
    known: int = 0
    cells: int = 0
    changed_cells: int = 0
    notes: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def pullable(spec: SourceTable) -> bool:
    """Whether `take` knows how to ask for the table."""
    return spec.request is not None and _module(spec.protocol) is not None


def take(archive: Archive, ledger: Ledger, spec: SourceTable, asking: Asking) -> Taken:
    """Ask for what is new of one table, keep it and judge it.

    Raises NotPullable, and what the client and keep raise; the ledger learns of failures from
    keep, or from whoever catches them.
    """
    from sources.pull import keep

    client = _client(spec)
    suspect = _suspect(archive, ledger, spec)
    brought = None
    if suspect:
        judged, known = suspect
        brought = client.bring(spec, asking, known)
        if brought is None:
            return _still_quarantined(judged)
    # Answers that only add to a table must be those that its good vintage lacks.
    if brought is None or not brought.whole:
        brought = client.bring(spec, asking, keep.known(archive, ledger, spec))
    if brought is None:
        ledger.checked(spec.id, asking.now())
        return Taken(spec.id, NOTHING_NEW)
    kept = keep.keep(archive, ledger, spec, brought, asking.now())
    return Taken(
        spec.id, kept.state, kept.vintage_id, kept.new_answers, kept.known_answers, kept.cells,
        kept.changed_cells, tuple(dict.fromkeys((*brought.notes, *kept.notes))),
        tuple(kept.reasons),
    )  # fmt: skip


def _suspect(archive: Archive, ledger: Ledger, spec: SourceTable) -> tuple[Judged, Known] | None:
    """The vintage in quarantine, if pulling it again would bring nothing but the same.

    Figures of StatBank's closed hours are not waited upon: the right ones bear the same stamp.
    """
    from datetime import datetime

    from sources.archive import DamagedArchive
    from sources.pull.client import Known
    from sources.pull.hours import is_closed
    from sources.records import Records, asked
    from sources.vintages import entries_of

    standing = ledger.standing(spec.id)
    if standing.kind != QUARANTINED or standing.suspect is None:
        return None
    judged = Records(archive.root).get(spec.id, standing.suspect)
    if judged is None or judged.verdict.state != QUARANTINED or judged.record.asked != asked(spec):
        return None
    if is_closed(datetime.fromisoformat(judged.verdict.seen_at)):
        return None
    try:
        return judged, Known(judged.record.stamp, entries_of(archive, judged))
    except DamagedArchive:
        return None


def _still_quarantined(judged: Judged) -> Taken:
    verdict, record = judged.verdict, judged.record
    return Taken(
        record.table, QUARANTINED, record.id, cells=verdict.cells, reasons=verdict.reasons,
        known=len(record.entries),
    )  # fmt: skip


def _client(spec: SourceTable) -> Client:
    name = _module(spec.protocol)
    if name is None or spec.request is None:
        why = "its YAML has no request" if spec.request is None else f"protocol {spec.protocol}"
        raise NotPullable(
            f"{spec.id} cannot be asked for ({why}). Take it from a recorded folder: "
            "kompetanse archive import FOLDER."
        )
    return cast("Client", import_module(name))


@cache
def _module(protocol: str) -> str | None:
    name = f"sources.pull.{CLIENTS.get(protocol, '')}"
    return name if protocol in CLIENTS and find_spec(name) else None

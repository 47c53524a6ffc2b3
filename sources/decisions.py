"""Decisions: what a person says of a vintage, written beside what the machine thought of it.

A decision needs a name and a reason, is never removed, and stands above the machine's judgement
until the person says otherwise.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sources import files
from sources.ledger import utc_text
from sources.model import KompetanseError
from sources.records import Records

if TYPE_CHECKING:
    from datetime import datetime

    from sources.archive import Archive
    from sources.ledger import Ledger
    from sources.records import Judged, State


class CannotDecide(KompetanseError):
    """A vintage cannot be accepted or rejected as it was asked for."""


def accept(
    archive: Archive, ledger: Ledger, prefix: str, *, by: str, because: str, at: datetime
) -> Judged:
    """Release a quarantined or rejected vintage for use.

    prefix: beginning of its id. Raises UnknownVintage, or CannotDecide for one that cannot be
    read and where name or reason are missing. An older vintage than the one in use becomes
    usable, but the newer one stays in use.
    """
    found = _found(archive, prefix, by, because)
    if found.verdict.state == "refused":
        raise CannotDecide(
            f"{_named(found)} could not be read or does not match its YAML, so there is nothing "
            f"to accept:\n{'; '.join(found.verdict.reasons)}\nMend the YAML and pull again."
        )
    decided = _decide(archive, found, "good", by, because, at)
    if Records(archive.root).good(found.record.table)[0].record.id == found.record.id:
        record = found.record
        ledger.took(record.table, at, vintage=record.id, stamp=record.stamp, asked=record.asked)
    return decided


def reject(
    archive: Archive, ledger: Ledger, prefix: str, *, by: str, because: str, at: datetime
) -> Judged:
    """Keep a vintage from being used, also one in use now; the good one before it is used again.

    Raises UnknownVintage, or CannotDecide where name or reason are missing.
    """
    found = _found(archive, prefix, by, because)
    used = Records(archive.root).good(found.record.table)
    decided = _decide(archive, found, "rejected", by, because, at)
    if used and used[0].record.id == found.record.id:
        problem = decided.verdict.reasons[0]
        ledger.suspected(found.record.table, found.record.id, problem, at)
    return decided


def _found(archive: Archive, prefix: str, by: str, because: str) -> Judged:
    missing = [word for word, given in (("who", by), ("why", because)) if not given.strip()]
    if missing:
        raise CannotDecide(f"Say {' and '.join(missing)}: a decision is kept with name and reason.")
    return Records(archive.root).find(prefix)


def _decide(
    archive: Archive, found: Judged, state: State, by: str, because: str, at: datetime
) -> Judged:
    reasons = found.verdict.reasons
    if state == "rejected":
        reasons = (f"rejected by {by}: {because}", *reasons)
    verdict = replace(
        found.verdict, state=state, at=utc_text(at), by=by, because=because, reasons=reasons
    )
    with files.held(archive.root / "locks" / f"{found.record.table}.lock"):
        Records(archive.root).judge(found.record, verdict)
    return replace(found, verdict=verdict)


def _named(judged: Judged) -> str:
    return f"{judged.record.table}, vintage {judged.record.id}"

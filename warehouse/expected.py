"""Expected: what each source table has, when its next figures should come, and what is overdue.

Read from the archive, so that it is known between releases too. The reckoning is that of the
refresh report (warehouse/refresh_report/due.py); asking the sources is not done here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sources import registry
from sources.archive import Archive
from sources.doctor import periods
from sources.ledger import Ledger
from sources.records import Records
from warehouse.refresh_report import due

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sources.ledger import Standing
    from sources.registry import SourceTable
    from warehouse.workspace import Workspace


@dataclass(frozen=True)
class Expected:
    """How a table stands: what it has, and when more should come.

    vintage: newest good one. updated: the source's word on how new it is, or the day of the
    answer. month: first day of the month in which figures are due, None where the YAML's rhythm
    does not say. overdue: whether they should be here. standing: of the ledger.
    """

    table: str
    vintage: str | None
    updated: str
    month: date | None
    overdue: bool
    standing: Standing


def of(workspace: Workspace, specs: Iterable[SourceTable], now: datetime) -> list[Expected]:
    """How tables stand at a moment, in the order given."""
    return [_of(workspace, spec, now) for spec in specs]


def _of(workspace: Workspace, spec: SourceTable, now: datetime) -> Expected:
    archive = Archive(workspace.archive)
    good = Records(archive.root).good(spec.id)
    record = good[0].record if good else None
    updated = (record.updated or record.fetched_at) if record else ""
    row = {"source_table_id": spec.id, "updated": updated, "as_of": None}
    found = next(iter(due.expected([row], [row], now)), None) if updated else None
    late = periods.overdue(updated, spec.rhythm.frequency, now) is not None
    return Expected(
        table=spec.id,
        vintage=record.id if record else None,
        updated=updated,
        month=date(found.year, found.month, 1) if found else None,
        overdue=late or bool(found and found.overdue),
        standing=Ledger(archive.root).standing(spec.id),
    )


def pullable() -> list[SourceTable]:
    """Tables that a pull asks for without being told which."""
    from sources.pull import live

    return [t for t in registry.load().values() if t.is_due and live.pullable(t)]

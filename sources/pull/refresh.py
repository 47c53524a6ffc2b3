"""Refresh: one run over many tables, each service by itself, so that a failure stays alone.

Tables of one host are asked one after the other, the hosts side by side. What is asked of a
table is said in its client, what is kept in keep.py; computing and publishing come later and
elsewhere.
"""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sources.http import SERVICES, SourceUnreachable
from sources.ledger import Ledger
from sources.model import KompetanseError
from sources.pull import advice, live
from sources.pull.events import Failed, Kept, RunEnded, RunStarted, TableStarted, several
from sources.pull.problems import NotNow
from sources.pull.watch import Stopped, Watch, Watched

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sources.archive import Archive
    from sources.http import Fetcher
    from sources.pull.client import Asking
    from sources.pull.events import Tell
    from sources.registry import SourceTable, Text

NEWS = ("new", "revised", "same figures")
FAILED, NOT_NOW, NOT_ASKED = "failed", "not now", "not asked"
RECORDED_ONLY = "recorded only"
# Tables in a row without an answer, after which the others of the host are not waited for.
_PATIENCE = 2


@dataclass(frozen=True)
class TableReport:
    """How a table fared.

    state:   new, revised, same figures (under a new stamp), known (the same answers again),
             nothing new (says the source), quarantined, failed, not now (closed hours), not asked
             (stopped by hand) or recorded only.
    cells:   of the vintage that came; changed_cells: that the vintage before had otherwise.
    problem: what went wrong; since: first of the failures in a row (ISO, UTC); todo: next step.
    """

    table: str
    state: str
    cells: int = 0
    changed_cells: int = 0
    requests: int = 0
    seconds: float = 0.0
    vintage: str | None = None
    problem: str = ""
    since: str | None = None
    todo: Text | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """How a run went. requests: sent to all services, tries and redirects counted."""

    tables: tuple[TableReport, ...]
    requests: int
    seconds: float
    interrupted: bool = False

    @property
    def nothing_new(self) -> bool:
        """Whether no table brought an answer that was not there before."""
        return not any(table.state in NEWS for table in self.tables)

    @property
    def failed(self) -> tuple[TableReport, ...]:
        """Tables whose older figures stay in use because something is wrong."""
        return tuple(t for t in self.tables if t.state in (FAILED, live.QUARANTINED))

    @property
    def states(self) -> dict[str, int]:
        """State -> number of tables, in the order met."""
        return dict(Counter(table.state for table in self.tables))


def run(
    tables: Iterable[SourceTable], archive: Archive, asking: Asking, tell: Tell = lambda _: None
) -> Report:
    """Ask every table's source what is new, keep and judge it, and report.

    tell: takes the events of the run, one at a time. Failures are told, reported and noted in
    the ledger, and stop no other table; two tables in a row without an answer end the turn of
    their host. Ctrl-C ends the run after the questions under way; the report says so.
    """
    specs = tuple(tables)
    ledger, began = Ledger(archive.root), time.monotonic()
    watch = Watch(several([tell]), asking.now)
    asking = _watched(asking, watch, _checked(ledger, specs))
    pulled = [spec for spec in specs if live.pullable(spec)]
    checked = {table: at.isoformat() for table, at in asking.checked.items()}
    names = tuple(spec.id for spec in pulled)
    watch.tell(RunStarted(watch.at(), names, checked, asking.at_any_time))
    worker = _Worker(archive, ledger, asking, watch)
    found = {
        spec.id: TableReport(spec.id, RECORDED_ONLY) for spec in specs if not live.pullable(spec)
    }
    found |= worker.side_by_side(_by_host(pulled))
    report = Report(
        tables=tuple(found[spec.id] for spec in specs),
        requests=watch.requests.total(),
        seconds=round(time.monotonic() - began, 3),
        interrupted=watch.stop.is_set(),
    )
    watch.tell(
        RunEnded(watch.at(), report.states, report.requests, report.seconds, report.interrupted)
    )
    return report


@dataclass(frozen=True)
class _Worker:
    archive: Archive
    ledger: Ledger
    asking: Asking
    watch: Watch

    def side_by_side(self, hosts: Sequence[Sequence[SourceTable]]) -> dict[str, TableReport]:
        """Take the tables of every host in a thread of its own."""
        found: dict[str, TableReport] = {}
        with ThreadPoolExecutor(max(len(hosts), 1), thread_name_prefix="pull") as threads:
            waiting = [threads.submit(self.one_by_one, specs, found) for specs in hosts]
            try:
                for future in waiting:
                    future.result()
            except KeyboardInterrupt:
                self.watch.stop.set()
        for spec in (spec for specs in hosts for spec in specs if spec.id not in found):
            found[spec.id] = self._failed(spec, Stopped("The run was stopped by hand."), 0.0)
        return found

    def one_by_one(self, specs: Sequence[SourceTable], found: dict[str, TableReport]) -> None:
        """Take the tables of one host in turn; reports go into `found`."""
        silent = 0
        for spec in specs:
            if self.watch.stop.is_set():
                return
            began = time.monotonic()
            self.watch.turn(spec.id)
            self.watch.tell(TableStarted(self.watch.at(), spec.id, spec.provider))
            try:
                if silent >= _PATIENCE:
                    raise SourceUnreachable(
                        f"{spec.id} was not asked: {SERVICES[spec.provider].title} gave no whole "
                        f"answer to the {_PATIENCE} tables before it. Ask again later."
                    )
                taken = live.take(self.archive, self.ledger, spec, self.asking)
            except KompetanseError as error:
                silent = silent + 1 if isinstance(error, SourceUnreachable) else 0
                found[spec.id] = self._failed(spec, error, time.monotonic() - began)
            else:
                silent = 0
                found[spec.id] = self._kept(taken, time.monotonic() - began)

    def _kept(self, taken: live.Taken, seconds: float) -> TableReport:
        wrong = taken.state == live.QUARANTINED
        report = TableReport(
            table=taken.table,
            state=taken.state,
            cells=taken.cells,
            changed_cells=taken.changed_cells,
            requests=self.watch.requests[taken.table],
            seconds=round(seconds, 3),
            vintage=taken.vintage,
            problem="\n".join(taken.reasons),
            since=self.ledger.standing(taken.table).failed_since if wrong else None,
            todo=advice.QUARANTINED if wrong else None,
            notes=taken.notes,
        )
        self._tell(report)
        return report

    def _failed(self, spec: SourceTable, error: KompetanseError, seconds: float) -> TableReport:
        state = _state(error)
        # What the HTTP layer says names an address, and several tables may share one.
        named = "" if spec.id in str(error) else f"{spec.id}: "
        problem = f"{type(error).__name__}: {named}{error}"
        if state == FAILED:
            self.ledger.failed(spec.id, problem, self.asking.now())
        report = TableReport(
            table=spec.id,
            state=state,
            requests=self.watch.requests[spec.id],
            seconds=round(seconds, 3),
            problem=problem,
            since=self.ledger.standing(spec.id).failed_since,
            todo=advice.next_step(error),
        )
        self._tell(report)
        return report

    def _tell(self, report: TableReport) -> None:
        event: Failed | Kept
        at, spent = self.watch.at(), (report.requests, report.seconds)
        if report.problem:
            problem = (report.problem, report.since)
            event = Failed(at, report.table, report.state, *problem, *spent, report.vintage)
        else:
            size = (report.cells, report.changed_cells)
            event = Kept(
                at, report.table, report.state, *size, *spent, report.vintage, report.notes
            )
        self.watch.tell(event)


def _state(error: KompetanseError) -> str:
    if isinstance(error, NotNow):
        return NOT_NOW
    return NOT_ASKED if isinstance(error, Stopped) else FAILED


def _watched(asking: Asking, watch: Watch, checked: dict[str, datetime]) -> Asking:
    def fetcher(name: str) -> Fetcher:
        return Watched(name, watch, state=asking.state, limits=asking.limits)

    return replace(asking, fetcher=asking.fetcher or fetcher, checked=asking.checked or checked)


def _checked(ledger: Ledger, specs: Iterable[SourceTable]) -> dict[str, datetime]:
    """When each table's source was last asked with success; those that failed since are left out.

    A list of what changed since then would not tell what the failed question would have told.
    """
    standings = [ledger.standing(spec.id) for spec in specs]
    return {
        found.table: datetime.fromisoformat(found.checked_at)
        for found in standings
        if found.checked_at and found.kind is None
    }


def _by_host(specs: Sequence[SourceTable]) -> list[list[SourceTable]]:
    found: dict[str, list[SourceTable]] = {}
    for spec in specs:
        found.setdefault(SERVICES[spec.provider].hosts[0], []).append(spec)
    return list(found.values())

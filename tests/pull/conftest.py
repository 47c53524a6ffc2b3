"""Local StatBank and KLASS with made-up tables, an empty archive, a clock that is set by hand."""

from __future__ import annotations

import copy
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sources import registry
from sources.archive import Archive
from sources.http import SERVICES, Limits, Rate
from sources.ledger import Ledger
from sources.pull import refresh
from sources.pull.client import Asking
from tests.services.klass import Klass
from tests.services.server import serving
from tests.services.ssb import Ssb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sources.pull.events import Event
    from sources.registry import SourceTable
    from tests.http.server import Act, Asked
    from tests.services.server import Reply, Running

NOON = datetime(2026, 9, 10, 10, 0, tzinfo=UTC)
STATBANK = ("ssb/07495", "ssb/11618", "ssb/12274", "ssb/13563")
KLASS = ("klass/131_changes", "klass/131_codes")
QUICK = Limits(rate=Rate(10_000, 60.0), total=1.0, backoff=0.01)


@dataclass
class Live:
    """The services, and what a run needs; runs share an archive, each has an asking of its own."""

    ssb: Ssb
    klass: Klass
    root: Path
    at: Running
    klass_at: Running
    untouched: Ssb
    now: datetime = NOON
    events: list[Event] = field(default_factory=list)
    twist: Callable[[int, Asked, Reply], Reply | Act] | None = None

    @property
    def archive(self) -> Archive:
        return Archive(self.root / "archive")

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.archive.root)

    def asking(self, **changes: Any) -> Asking:
        given: dict[str, Any] = {
            "state": self.root / "http",
            "now": lambda: self.now,
            "limits": QUICK,
        }
        return Asking(**(given | changes))

    def run(self, *tables: str, **changes: Any) -> refresh.Report:
        """Refresh these tables (all of them by default), with an empty log of the services."""
        self.forget()
        self.events.clear()
        specs = [table(t) for t in tables or (*STATBANK, *KLASS)]
        return refresh.run(specs, self.archive, self.asking(**changes), self.events.append)

    def forget(self) -> None:
        self.at.log.clear()
        self.klass_at.log.clear()

    def asked(self, word: str = "") -> list[str]:
        """Paths asked of StatBank since the log was emptied."""
        return [a.path.removeprefix(self.ssb.prefix) for a in self.at.log if word in a.path]

    def later(self, **step: float) -> None:
        self.now += timedelta(**step)

    def renew(self, table_id: str) -> Any:
        """Let StatBank publish a table anew this morning; gives the table."""
        found = self.ssb.table(table_id)
        found.updated = self.now.strftime("%Y-%m-%dT06:00:00Z")
        return found


def table(table_id: str) -> SourceTable:
    return registry.table(table_id)


@pytest.fixture(scope="session")
def bank_of_tables(made_up_folder: Path) -> Ssb:
    only = tuple(t.partition("/")[2] for t in STATBANK)
    return Ssb.from_folder(made_up_folder, only=only, now=NOON, calls=10_000)


@pytest.fixture
def live(
    bank_of_tables: Ssb,
    made_up_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Live]:
    """Services in which every test may change what it likes; nothing they complain of is let by."""
    for service in SERVICES.values():
        monkeypatch.delenv(service.variable, raising=False)
    ssb, klass = copy.deepcopy(bank_of_tables), Klass.from_folder(made_up_folder)
    found: list[Live] = []

    def twist(number: int, asked: Asked, reply: Reply) -> Reply | Act:
        chosen = found[0].twist
        return chosen(number, asked, reply) if chosen else reply

    with ExitStack() as stack:
        at, klass_at = (stack.enter_context(serving(service, twist)) for service in (ssb, klass))
        monkeypatch.setenv("KOMPETANSE_SSB_BASE", at.base)
        monkeypatch.setenv("KOMPETANSE_KLASS_BASE", klass_at.base)
        found.append(Live(ssb, klass, tmp_path, at, klass_at, bank_of_tables))
        yield found[0]
    assert ssb.complaints == []
    assert klass.complaints == []

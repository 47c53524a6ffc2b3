"""A content fault: what a service does with its answers, and how the run must end.

One entry is one case of test_faults.py; the entries stand in one module per service. What can
go wrong on the wire, whatever is asked, is the table of tests/http/faults.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from sources.registry import SourceTable
    from tests.http.server import Act, Asked
    from tests.services.server import Reply, Service

Cells = dict[tuple[Any, ...], Any]

FIRST_DAY = datetime(2026, 9, 10, 10, 0, tzinfo=UTC)
SECOND_DAY = datetime(2026, 9, 17, 10, 0, tzinfo=UTC)

# States of a table after a run. With the first two, the figures of the first day stay in use and
# are marked stale; with the next three they stay and nothing is wrong; else the new ones are in.
FAILED, QUARANTINED = "failed", "quarantined"
NOTHING_NEW, NOT_NOW = "nothing new", "not now"
REVISED = "revised"
STALE = (FAILED, QUARANTINED)


@dataclass(frozen=True)
class Fault:
    """One fault of a service on the second day; the first day went well.

    ends:   state of the faulty table after the run.
    says:   what the problem must name besides the table; of NOTHING_NEW and REVISED, nothing.
    reply:  given an answer, what is sent instead. where: part of the path of the answers meant,
            by default those with figures of the faulty table. first, times: from which of them on
            and how often; for ever if 0.
    source: changes the service before anything is asked.
    clock:  given whether it is the faulty table's turn, and how many of its answers with
            figures were sent, the time; stands still at noon if not given.
    at_any_time: the run asks in closed hours too.
    """

    name: str
    ends: str
    says: tuple[str, ...] = ()
    reply: Callable[[Reply], Reply | Act] | None = None
    where: str = ""
    first: int = 1
    times: int = 0
    source: Callable[[Any], None] | None = None
    clock: Callable[[bool, int], datetime] | None = None
    at_any_time: bool = False


class World(Protocol):
    """A service and two of its tables, of which the faults befall the first.

    base: name of the variable that leads to the service. figures: part of the path by which
    figures of the faulty table are asked for.
    """

    base: str
    figures: str
    faulty: SourceTable
    other: SourceTable

    def service(self, day: int) -> Service:
        """The service as it is on day 1 or 2: every figure of both tables has changed between."""

    def is_figures(self, asked: Asked) -> bool:
        """Whether figures of the faulty table are asked for."""

    def axes(self, table: str) -> tuple[str, ...]:
        """The columns that tell the cells of a table apart; of none, all of them."""

    def cells(self, table: str, day: int) -> Cells | None:
        """What a table holds on a day, by its axes: figure, or symbol if none.

        None where that is to be taken from a run without a fault.
        """


class CleanWorld:
    """A world whose figures are told by a run without a fault; the readers have their own tests."""

    figures: str

    def is_figures(self, asked: Asked) -> bool:
        """Whether figures of the faulty table are asked for."""
        return self.figures in asked.path

    def axes(self, table: str) -> tuple[str, ...]:
        """All columns count."""
        return ()

    def cells(self, table: str, day: int) -> Cells | None:
        """Not known apart from the client."""
        return None

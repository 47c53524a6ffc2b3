"""Walks the table of content faults: the run ends, nothing wrong is used, the rest is complete."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from sources.archive import Archive
from sources.figures import keys
from sources.http import Limits, Rate
from sources.ledger import Ledger
from sources.model import STATUS, VALUE
from sources.pull import refresh
from sources.pull.client import Asking
from sources.pull.events import TableStarted
from sources.vintages import decode
from tests.faults.every import FAULTS, WORLDS
from tests.faults.fault import FIRST_DAY, REVISED, SECOND_DAY, STALE, Fault
from tests.services.server import serving

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sources.pull.refresh import Report
    from sources.registry import SourceTable
    from tests.faults.fault import Cells, World
    from tests.http.server import Act, Asked
    from tests.services.server import Reply

# Pauses that soon grow past the deadline, so that a fault that lasts for ever is over soon.
QUICK = Limits(connect=2.0, read=2.0, total=1.5, backoff=0.02, rate=Rate(10_000, 60.0))
CASES = [
    pytest.param(name, fault, id=f"{name}: {fault.name}")
    for name, faults in FAULTS.items()
    for fault in faults
]


@dataclass
class Day:
    """One run on one day: puts the fault into the answers and tells the time."""

    world: World
    number: int
    fault: Fault | None = None
    turn: str = ""
    asked: int = 0
    met: int = 0
    broken: int = 0

    def twist(self, number: int, asked: Asked, reply: Reply) -> Reply | Act:
        figures = self.world.is_figures(asked)
        self.asked += figures
        fault = self.fault
        if fault is None or fault.reply is None:
            return reply
        if not (fault.where in asked.path if fault.where else figures):
            return reply
        self.met += 1
        if self.met < fault.first or (fault.times and self.met >= fault.first + fault.times):
            return reply
        # An exception here would only break the connection, which is another fault.
        self.broken += 1
        sent = fault.reply(reply)
        self.broken -= 1
        return sent

    def now(self) -> datetime:
        if self.fault and self.fault.clock:
            return self.fault.clock(self.turn == self.world.faulty.id, self.asked)
        return FIRST_DAY if self.number == 1 else SECOND_DAY

    def tell(self, event: object) -> None:
        if isinstance(event, TableStarted):
            self.turn = event.table

    def run(self, root: Path, patch: pytest.MonkeyPatch) -> Report:
        service = self.world.service(self.number)
        if self.fault and self.fault.source:
            self.fault.source(service)
        any_time = bool(self.fault and self.fault.at_any_time)
        with serving(service, self.twist) as running:
            patch.setenv(self.world.base, running.base)
            asking = Asking(root.parent / "state", any_time, self.now, QUICK)
            tables = (self.world.faulty, self.world.other)
            return refresh.run(tables, Archive(root), asking, self.tell)


@pytest.fixture(scope="session")
def worlds(made_up_folder: Path) -> dict[str, World]:
    return {name: world(made_up_folder) for name, world in WORLDS.items()}


@pytest.fixture(scope="session")
def after_first_day(
    worlds: dict[str, World], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Per service, an archive in which the first day went well."""
    roots = {}
    with pytest.MonkeyPatch.context() as patch:
        for name, world in worlds.items():
            root = roots[name] = tmp_path_factory.mktemp("first") / "archive"
            assert Day(world, 1).run(root, patch).states == {"new": 2}
    return roots


@pytest.fixture(scope="session")
def right(
    worlds: dict[str, World],
    after_first_day: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, dict[tuple[str, int], Cells]]:
    """Per service, what each table holds on each day; the second day without a fault, too."""
    found: dict[str, dict[tuple[str, int], Cells]] = {}
    with pytest.MonkeyPatch.context() as patch:
        for name, world in worlds.items():
            root, tables = after_first_day[name], (world.faulty, world.other)
            first = {(spec.id, 1): in_use(world, root, spec) for spec in tables}
            second = tmp_path_factory.mktemp("second") / "archive"
            shutil.copytree(root, second)
            assert Day(world, 2).run(second, patch).states == {REVISED: 2}
            both = first | {(spec.id, 2): in_use(world, second, spec) for spec in tables}
            assert {why for _, why in both.values()} == {None}
            found[name] = {key: cells for key, (cells, _) in both.items()}
    return found


def in_use(world: World, root: Path, spec: SourceTable) -> tuple[Cells, str | None]:
    """What a table holds, by its codes: figure, or symbol if there is none; of a list, None.

    And why it is stale, None if it is not.
    """
    found = decode(Archive(root), spec, made_up=False)
    names = world.axes(spec.id) or tuple(keys(found.table))
    values = [name for name in (VALUE, STATUS) if name in found.table.column_names]
    rows = found.table.select([*names, *values]).to_pylist()
    held = {
        tuple(row[name] for name in names): (
            row.get(STATUS) if row.get(VALUE) is None else row[VALUE]
        )
        for row in rows
    }
    assert len(held) == len(rows)
    return held, found.stale.kind if found.stale else None


@pytest.mark.parametrize("name", WORLDS)
def test_without_a_fault_each_day_is_taken_whole(
    name: str, worlds: dict[str, World], right: dict[str, dict[tuple[str, int], Cells]]
) -> None:
    """The second day differs from the first, and both are what the service holds."""
    world, held = worlds[name], right[name]
    for spec in (world.faulty, world.other):
        first, second = held[spec.id, 1], held[spec.id, 2]
        assert first != second
        for day, cells in ((1, first), (2, second)):
            assert world.cells(spec.id, day) in (None, cells)


@pytest.mark.parametrize(("name", "fault"), CASES)
def test_a_fault_stays_alone_and_no_wrong_figure_is_used(
    name: str, fault: Fault, worlds: dict[str, World], after_first_day: dict[str, Path],
    right: dict[str, dict[tuple[str, int], Cells]], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    world, root = worlds[name], tmp_path / "archive"
    shutil.copytree(after_first_day[name], root)
    day = Day(world, 2, fault)
    faulty, other = day.run(root, monkeypatch).tables
    assert day.broken == 0
    assert fault.reply is None or day.met >= fault.first
    assert (faulty.state, other.state) == (fault.ends, REVISED), faulty.problem
    assert Archive(root).verify() > 0
    why = fault.ends if fault.ends in STALE else None
    assert in_use(world, root, world.other) == (right[name][other.table, 2], None)
    newest = 2 if fault.ends == REVISED else 1
    assert in_use(world, root, world.faulty) == (right[name][faulty.table, newest], why)
    if fault.ends in STALE:
        assert Ledger(root).standing(faulty.table).failed_since == faulty.since is not None
        number = faulty.table.rpartition("/")[2]
        assert [w for w in (number, *fault.says) if w not in faulty.problem] == [], faulty.problem
        assert faulty.todo is not None
        assert faulty.todo.nb
        assert faulty.todo.en

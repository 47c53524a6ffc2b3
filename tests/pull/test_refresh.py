"""A run over several tables: a failure stays alone, and nothing new costs next to nothing."""

from __future__ import annotations

import signal
import threading
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sources.model import STATUS, VALUE
from sources.pull import refresh
from sources.pull.events import Event, Failed, Kept, RunEnded, RunStarted, TableStarted
from sources.pull.watch import Watch
from sources.records import Records
from sources.vintages import decode
from tests.pull.conftest import KLASS, QUICK, STATBANK, Live, table

if TYPE_CHECKING:
    import pytest

SCHOOL, POINTS = "ssb/12274", "ssb/07495"
TABLES = (*STATBANK, *KLASS)


def states(report: refresh.Report) -> dict[str, str]:
    return {t.table: t.state for t in report.tables}


def figures(world: Live, table_id: str) -> list[Any]:
    raw = decode(world.archive, table(table_id), made_up=False).table
    return raw.select([n for n in raw.column_names if n != "vintage_id"]).to_pylist()


def test_a_first_run_takes_all_tables_and_a_second_has_nothing_to_do(live: Live) -> None:
    first = live.run()
    assert states(first) == dict.fromkeys(TABLES, "new")
    assert first.requests == len(live.at.log) + len(live.klass_at.log)
    assert sum(t.requests for t in first.tables) == first.requests
    assert not first.nothing_new
    assert first.failed == ()
    count = live.archive.verify()
    live.later(days=1)
    second = live.run()
    assert states(second) == dict.fromkeys(TABLES, "nothing new")
    assert second.nothing_new
    # One for all StatBank tables, and one for each of KLASS.
    assert second.requests == len(live.at.log) + len(live.klass_at.log) == 1 + len(KLASS)
    assert live.archive.verify() == count


def test_one_table_new_means_that_one_is_pulled(live: Live) -> None:
    live.run()
    live.later(days=1)
    changed = live.renew("12274")
    place = tuple(np.argwhere(~np.isnan(changed.values))[0])
    changed.values[place] += 1
    report = live.run()
    assert states(report) == dict.fromkeys(TABLES, "nothing new") | {SCHOOL: "revised"}
    (school,) = [t for t in report.tables if t.table == SCHOOL]
    assert (school.changed_cells, school.cells) == (1, changed.values.size)
    assert not report.nothing_new
    live.later(days=1)
    live.renew("12274")
    assert states(live.run())[SCHOOL] == "same figures"


def test_a_table_that_fails_stops_no_other_and_keeps_its_figures(live: Live) -> None:
    live.run()
    before = figures(live, SCHOOL)
    live.later(days=1)
    gone, live.ssb.bank.tables = live.ssb.table("12274"), [
        t for t in live.ssb.bank.tables if t.id != "12274"
    ]  # fmt: skip
    live.renew("07495").values[0, 0, 0, 0, 0] = 40.1
    # Only a table that is asked itself can be seen to be gone.
    live.ledger.failed(SCHOOL, "an earlier failure", live.now)
    since = live.ledger.standing(SCHOOL).failed_since
    live.later(hours=1)
    report = live.run()
    assert states(report) == dict.fromkeys(TABLES, "nothing new") | {
        SCHOOL: "failed",
        POINTS: "revised",
    }
    (failed,) = report.failed
    assert "TableGone" in failed.problem
    assert "no table 12274" in failed.problem
    assert failed.since == since
    assert failed.todo is not None
    assert "request.url" in failed.todo.en
    assert figures(live, SCHOOL) == before
    live.archive.verify()
    live.ssb.bank.tables.append(gone)
    live.later(days=1)
    assert states(live.run())[SCHOOL] == "nothing new"
    assert live.ledger.standing(SCHOOL).failed_since is None


def test_an_answer_that_does_not_match_its_yaml_is_kept_and_not_used(live: Live) -> None:
    live.run(SCHOOL)
    before = figures(live, SCHOOL)
    live.later(days=1)
    codes = live.renew("12274").axes["KOKinnvandringka0000"]
    codes[codes.index("J")] = "X"
    report = live.run(SCHOOL, POINTS)
    assert states(report) == {SCHOOL: "failed", POINTS: "new"}
    assert "unknown codes X" in report.failed[0].problem
    assert figures(live, SCHOOL) == before
    verdicts = [j.verdict.state for j in Records(live.archive.root).of(SCHOOL)]
    assert verdicts == ["good", "refused"]


def test_figures_that_look_wrong_are_quarantined_and_not_pulled_again(live: Live) -> None:
    live.run()
    before = figures(live, SCHOOL)
    live.later(days=1)
    changed = live.renew("12274")
    changed.values[~np.isnan(changed.values)] = 0.0
    report = live.run()
    assert states(report)[SCHOOL] == "quarantined"
    (wrong,) = report.failed
    assert wrong.problem
    assert wrong.vintage == live.ledger.standing(SCHOOL).suspect
    assert any(isinstance(e, Failed) and e.vintage == wrong.vintage for e in live.events)
    assert wrong.since == live.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert wrong.todo is not None
    assert "archive accept" in wrong.todo.nb
    assert figures(live, SCHOOL) == before
    live.later(days=1)
    again = live.run()
    assert states(again)[SCHOOL] == "quarantined"
    assert again.nothing_new
    assert again.failed[0].problem == wrong.problem
    assert live.asked("/data") == []
    # The source mends it: out of quarantine by itself.
    live.later(days=1)
    mended = live.renew("12274")
    mended.values = next(t for t in pristine(live) if t.id == "12274").values
    assert states(live.run())[SCHOOL] == "same figures"
    assert live.ledger.standing(SCHOOL).kind is None


def pristine(world: Live) -> Any:
    """The tables as they were before a test changed them."""
    return world.untouched.bank.tables


def test_figures_of_the_closed_hours_are_asked_for_again(live: Live) -> None:
    live.run(SCHOOL)
    live.now = datetime(2026, 9, 11, 4, 0, tzinfo=UTC)
    changed = live.renew("12274")
    right = changed.values.copy()
    changed.values[~np.isnan(right)] = 0.0
    assert states(live.run(SCHOOL, at_any_time=True)) == {SCHOOL: "quarantined"}
    # The right figures come under the same stamp.
    live.now = datetime(2026, 9, 11, 8, 0, tzinfo=UTC)
    changed.values = right
    assert states(live.run(SCHOOL)) == {SCHOOL: "same figures"}


def test_the_closed_hours_are_no_failure(live: Live) -> None:
    live.run()
    before = [live.ledger.standing(t) for t in STATBANK]
    live.now = datetime(2026, 9, 11, 4, 30, tzinfo=UTC)
    report = live.run()
    assert states(report) == dict.fromkeys(STATBANK, "not now") | dict.fromkeys(
        KLASS, "nothing new"
    )
    assert report.failed == ()
    assert report.nothing_new
    assert live.asked() == []
    assert [live.ledger.standing(t) for t in STATBANK] == before
    assert all("08:15" in t.problem for t in report.tables if t.state == "not now")


def test_a_host_that_is_silent_is_not_waited_for_table_by_table(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody listens there: the port is free again once the socket is closed.
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("KOMPETANSE_SSB_BASE", f"http://127.0.0.1:{port}/api/pxwebapi/v2")
    limits = replace(QUICK, total=0.05)
    report = live.run(*STATBANK, limits=limits)
    assert states(report) == dict.fromkeys(STATBANK, "failed")
    asked = [t.requests for t in report.tables]
    assert all(asked[:2])
    assert asked[2:] == [0, 0]
    assert "was not asked" in report.tables[-1].problem
    assert live.ledger.standing(STATBANK[-1]).failed_since is not None


def test_ctrl_c_ends_the_run_with_what_was_kept(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    main, stop = threading.main_thread().ident, threading.Event()
    assert main is not None
    told: list[Event] = []

    def tell(event: Event) -> None:
        told.append(event)
        if isinstance(event, Kept):
            signal.pthread_kill(main, signal.SIGINT)
            assert stop.wait(10)

    monkeypatch.setattr(refresh, "Watch", partial(Watch, stop=stop))
    specs = [table(t) for t in STATBANK]
    report = refresh.run(specs, live.archive, live.asking(), tell)
    assert report.interrupted
    assert [t.state for t in report.tables] == ["new", "not asked", "not asked", "not asked"]
    assert live.archive.verify() > 0
    assert live.ledger.standing(STATBANK[1]).failed_since is None
    assert isinstance(told[-1], RunEnded)
    assert told[-1].interrupted


def test_events_tell_the_run_in_order(live: Live) -> None:
    report = live.run(SCHOOL, "ssb/13563_derived")
    assert states(report) == {SCHOOL: "new", "ssb/13563_derived": "recorded only"}
    kinds = [type(event) for event in live.events]
    assert kinds[:2] == [RunStarted, TableStarted]
    assert kinds[-2:] == [Kept, RunEnded]
    assert Failed not in kinds
    (kept,) = [e for e in live.events if isinstance(e, Kept)]
    assert (kept.table, kept.requests) == (SCHOOL, report.requests)
    assert live.events[-1] == RunEnded(
        live.now.strftime("%Y-%m-%dT%H:%M:%SZ"), report.states, report.requests, report.seconds,
        interrupted=False,
    )  # fmt: skip


def test_tables_of_one_host_are_asked_one_after_the_other(live: Live) -> None:
    live.run()
    turns = [e for e in live.events if isinstance(e, TableStarted | Kept)]
    assert [type(e) for e in turns] == [TableStarted, Kept] * len(TABLES)
    assert [e.table for e in turns[::2]] == [e.table for e in turns[1::2]] == list(TABLES)
    others = [replace(table(SCHOOL), id=f"{p}/x", provider=p) for p in ("udir", "nav", "dbh")]
    specs = [others[0], *map(table, TABLES), *others[1:], replace(others[0], id="udir/y")]
    hosts = [[spec.id for spec in of_one] for of_one in refresh._by_host(specs)]
    assert hosts == [["udir/x", "udir/y"], list(TABLES), ["nav/x"], ["dbh/x"]]


def test_missing_figures_stay_missing(live: Live) -> None:
    """A blank that was pulled is a blank with its symbol, never a zero."""
    live.run("ssb/12274", "ssb/11618")
    for table_id in ("11618", "12274"):
        served = live.ssb.table(table_id)
        raw = decode(live.archive, table(f"ssb/{table_id}"), made_up=False).table
        blank = [
            s
            for v, s in zip(raw[VALUE].to_pylist(), raw[STATUS].to_pylist(), strict=True)
            if v is None
        ]
        assert sorted(blank) == sorted(served.marks.values())

"""Turns: never more calls than the rate in any window, whoever asks, whatever the clock does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.http import Rate, SourceUnreachable, StateUnusable
from sources.http.pace import Pace, State
from sources.http.retry import Told, backoff, retry_after, told
from tests.http.conftest import START, Clock
from tests.http.server import Server, answer

if TYPE_CHECKING:
    from tests.http.conftest import Bench

RATE = Rate(30, 60.0)
HOST = "data.ssb.no:443"


def most_in_any_window(times: list[float], window: float) -> int:
    return max((sum(t <= u < t + window for u in times) for t in times), default=0)


@given(
    calls=st.integers(1, 6),
    window=st.sampled_from([1.0, 7.5, 60.0]),
    delays=st.lists(st.floats(0, 90), min_size=1, max_size=40),
    pauses=st.lists(st.floats(0, 20), min_size=40, max_size=40),
)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_window_at_the_service_ever_holds_more(
    calls: int, window: float, delays: list[float], pauses: list[float]
) -> None:
    """Calls reach the service up to 90 s after they got their turn, in any order."""
    rate, state, now = Rate(calls, window), State(), 0.0
    under_way: list[tuple[float, str]] = []
    arrived: list[float] = []

    def land(until: float) -> None:
        for at, ticket in sorted(under_way):
            if at <= until:
                arrived.append(at)
                state.settle(ticket, at, None, rate)
                under_way.remove((at, ticket))

    for delay, pause in zip(delays, pauses, strict=False):
        while True:
            land(now)
            turn = state.turn(now, rate)
            if turn.ticket is not None:
                under_way.append((now + delay, turn.ticket))
                break
            assert turn.wait > 0
            # Nobody looks again before there is something to see.
            now = max(now + turn.wait, min([at for at, _ in under_way] or [0.0]))
        now += pause
    land(float("inf"))
    assert most_in_any_window(arrived, window) <= calls


def test_thirty_calls_at_once_and_the_next_after_a_minute(bench: Bench) -> None:
    script = bench.play("data", answer())
    fetcher = bench.fetcher()
    for _ in range(31):
        fetcher.get("data")
    assert len(script.asked) == 31
    assert sum(bench.clock.slept) == pytest.approx(60.0, abs=0.01)


def test_waiting_for_a_turn_is_not_the_services_fault(bench: Bench) -> None:
    """Ninety calls take two minutes of waiting; a deadline of ten seconds is not touched."""
    bench.play("data", answer())
    fetcher = bench.fetcher(total=10.0)
    assert {fetcher.get("data").status for _ in range(90)} == {200}
    with pytest.raises(SourceUnreachable, match=r"no turn within 5 s. Not tried"):
        bench.fetcher(turn=5.0).get("data")


def test_ssb_and_klass_share_the_turns_of_their_host(bench: Bench) -> None:
    bench.play("data", answer())
    for service in ("ssb", "klass") * 15:
        bench.fetcher(service).get("data")
    assert not bench.clock.slept
    bench.fetcher("klass").get("data")
    assert bench.clock.slept


def test_hosts_do_not_wait_for_each_other(tmp_path: Path, clock: Clock) -> None:
    rate = Rate(1, 60.0)
    assert Pace(tmp_path, HOST, rate, clock).ask().ticket
    assert Pace(tmp_path, "www.nav.no:443", rate, clock).ask().ticket
    assert Pace(tmp_path, HOST, rate, clock).ask().wait > 0


@pytest.mark.parametrize(
    ("headers", "in_a_minute"),
    [
        ({}, 30),
        ({"x-ratelimit-policy": "40;w=60s", "x-ratelimit-limit": "40"}, 30),
        ({"x-ratelimit-policy": "10;w=60s"}, 10),
        ({"x-ratelimit-limit": "12"}, 12),
        ({"ratelimit-policy": "40;w=60, 5;w=600"}, 5),
        ({"x-ratelimit-remaining": "3"}, 30),
        ({"x-ratelimit-remaining": "0"}, 1),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "20"}, 3),
        ({"x-ratelimit-policy": "0;w=60s", "x-ratelimit-limit": "-4"}, 30),
        ({"x-ratelimit-policy": "many", "x-ratelimit-remaining": "x"}, 30),
        ({"x-ratelimit-policy": "5;w=99999999"}, 30),
    ],
)
def test_headers_can_only_slow_down(
    headers: dict[str, str], in_a_minute: int, tmp_path: Path, clock: Clock
) -> None:
    pace, start, made = Pace(tmp_path, HOST, RATE, clock), clock.now, 0
    while True:
        turn = pace.ask()
        if turn.ticket is None:
            clock.now += turn.wait
            if clock.now - start >= 60.0:
                break
            continue
        made += 1
        pace.settle(turn.ticket, told(headers, RATE.window))
    assert made == in_a_minute


def test_a_fetcher_heeds_the_headers_of_its_answers(bench: Bench) -> None:
    bench.play("data", answer(X_RateLimit_Policy="2;w=60s"))
    fetcher = bench.fetcher()
    for _ in range(3):
        fetcher.get("data")
    assert sum(bench.clock.slept) == pytest.approx(60.0)


def test_no_more_calls_are_under_way_than_the_service_has_left(
    tmp_path: Path, clock: Clock
) -> None:
    pace = Pace(tmp_path, HOST, RATE, clock)
    pace.settle(pace.ask().ticket or "", told({"x-ratelimit-remaining": "3"}, RATE.window))
    assert [bool(pace.ask().ticket) for _ in range(5)] == [True, True, True, False, False]
    clock.now += 60.0
    assert pace.ask().ticket


def test_a_full_window_is_waited_for_from_its_oldest_call(tmp_path: Path, clock: Clock) -> None:
    """A service of three calls a minute that does not say when a place is free again."""
    pace, start = Pace(tmp_path, HOST, RATE, clock), clock.now
    for left in ("2", "1", "0"):
        pace.settle(pace.ask().ticket or "", told({"x-ratelimit-remaining": left}, RATE.window))
        clock.now += 10.0
    turn = pace.ask()
    assert (turn.ticket, turn.wait) == (None, pytest.approx(start + 60.0 - clock.now))
    clock.now += turn.wait
    # One place is free, until the service has said what it thinks of that call.
    assert [bool(pace.ask().ticket) for _ in range(3)] == [True, False, False]


@given(
    limit=st.integers(1, 5),
    pauses=st.lists(st.floats(0, 40), min_size=5, max_size=30),
    ways=st.lists(st.tuples(st.floats(0, 9), st.floats(0, 9)), min_size=30, max_size=30),
)
@settings(max_examples=150, deadline=None)
def test_a_service_that_only_counts_down_never_gets_a_call_too_many(
    limit: int, pauses: list[float], ways: list[tuple[float, float]]
) -> None:
    """It counts any 60 s together, and says how many are left, neither its rate nor a reset."""
    state, now, arrived = State(), 0.0, list[float]()
    for pause, (there, back) in zip(pauses, ways, strict=False):
        now += pause
        while (turn := state.turn(now, RATE)).ticket is None:
            now += turn.wait
        arrived.append(now + there)
        left = limit - sum(now + there - 60.0 < t for t in arrived)
        now += there + back
        state.settle(turn.ticket, now, Told(left=max(left, 0)), RATE)
    assert most_in_any_window(arrived, 59.99) <= limit


def test_retry_after_holds_for_everybody(bench: Bench) -> None:
    busy = bench.play("busy", answer(429, b"", Retry_After="50"), answer())
    free = bench.play("free", answer())
    with pytest.raises(SourceUnreachable, match="asks to wait until 2026-11-22 12:00 UTC"):
        bench.fetcher(total=20.0).get("busy")
    with pytest.raises(
        SourceUnreachable, match=r"left alone until 2026-11-22 12:00 UTC. Not tried"
    ):
        bench.fetcher(total=20.0).get("free")
    assert (len(busy.asked), len(free.asked)) == (1, 0)
    assert bench.fetcher(total=60.0).get("free").status == 200
    assert sum(bench.clock.slept) == pytest.approx(50.0)


def test_an_absurd_wait_does_not_close_the_host_for_ever(bench: Bench) -> None:
    script = bench.play("data", answer(503, b"", Retry_After="315360000"), answer())
    for _ in range(2):
        with pytest.raises(SourceUnreachable):
            bench.fetcher().get("data")
    assert len(script.asked) == 1
    bench.clock.now += 3601
    assert bench.fetcher().get("data").status == 200


def test_a_reboot_costs_at_most_one_window(tmp_path: Path, clock: Clock) -> None:
    clock.now = 1e6
    pace = Pace(tmp_path, HOST, RATE, clock)
    for _ in range(30):
        pace.settle(pace.ask().ticket or "", Told(left=0))
    pace.close(3000)
    clock.now = 5.0
    turn = pace.ask()
    assert turn.ticket is None
    assert not turn.closed
    assert turn.wait <= 60.0
    clock.now += turn.wait
    assert pace.ask().ticket


def test_the_place_of_a_process_that_died_is_free_again(tmp_path: Path, clock: Clock) -> None:
    pace = Pace(tmp_path, HOST, Rate(1, 60.0), clock)
    assert pace.ask().ticket
    clock.now += 120
    assert pace.ask().ticket is None
    clock.now += 900
    assert pace.ask().ticket


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"made": 1}', b"\x00\xff", b'{"open": []}']
)
def test_a_damaged_file_makes_slow_and_not_bold(
    content: bytes, tmp_path: Path, clock: Clock
) -> None:
    pace = Pace(tmp_path, HOST, RATE, clock)
    pace.ask()
    pace.path.write_bytes(content)
    assert pace.ask().wait == pytest.approx(60.0)
    clock.now += 60.0
    assert pace.ask().ticket
    assert json.loads(pace.path.read_bytes())["open"]


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "http").write_text("a file where the folder should be")
    with pytest.raises(StateUnusable, match=r"http.*Make the folder writable"):
        Pace(tmp_path / "http", HOST, RATE, clock).ask()


def test_two_processes_together_keep_the_rate(server: Server, tmp_path: Path) -> None:
    """Real clocks, real processes with two threads each, a window of 0.4 s."""
    script = server.play("/shared/data", answer())
    caller = Path(__file__).with_name("caller.py")
    command = [sys.executable, str(caller), f"{server.base}/shared", str(tmp_path), "8", "4", "0.4"]
    running = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(20) for process in running] == [0, 0]
    times = [asked.time for asked in script.asked]
    assert len(times) == 16
    assert most_in_any_window(times, 0.4) <= 4


def test_backoff_doubles_with_jitter_up_to_its_longest() -> None:
    assert [backoff(n, 1.0, 60.0, 1.0) for n in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert backoff(3, 1.0, 60.0, 0.0) == 2.0
    assert backoff(10**6, 1.0, 60.0, 1.0) == 60.0


@given(st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_no_header_text_breaks_the_reading(text: str) -> None:
    wait = retry_after({"retry-after": text, "date": text}, START)
    assert wait is None or wait >= 0
    said = told({"x-ratelimit-policy": text, "x-ratelimit-remaining": text}, 60.0)
    assert all(rate.calls > 0 and rate.window > 0 for rate in said.rates)

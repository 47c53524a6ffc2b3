"""The scripted server, a clock that only moves when told, and a fetcher that uses both."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sources.http import SERVICES, Fetcher, Limits
from tests.http.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.http.server import Act, Script

STARTED = 1000.0
START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
# Real timeouts of the wire, short; the deadline is of the clock that the test moves.
QUICK = Limits(connect=2.0, read=0.15, total=60.0, compressed=100_000, decompressed=1_000_000)


class Clock:
    """Seconds that pass when somebody sleeps, and by `tick` whenever somebody looks."""

    def __init__(self, tick: float = 0.0) -> None:
        self.now = STARTED
        self.tick = tick
        self.slept: list[float] = []

    def __call__(self) -> float:
        self.now += self.tick
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def date(self) -> datetime:
        return START + timedelta(seconds=self.now - STARTED)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for service in SERVICES.values():
        monkeypatch.delenv(service.variable, raising=False)
    monkeypatch.delenv("KOMPETANSE_CONTACT", raising=False)


_ROOMS = itertools.count()


class Bench:
    """One test's corner of the server: its own paths, its own state folder, its own clock."""

    def __init__(self, server: Server, clock: Clock, state: Path, env: pytest.MonkeyPatch) -> None:
        self.server, self.clock, self.state = server, clock, state
        self._env = env
        self.room = f"/room{next(_ROOMS)}"

    @property
    def base(self) -> str:
        return self.server.base + self.room

    def play(self, path: str, *acts: Act) -> Script:
        return self.server.play(f"{self.room}/{path}", *acts)

    def fetcher(self, service: str = "ssb", base: str | None = None, **changes: Any) -> Fetcher:
        self._env.setenv(SERVICES[service].variable, base or self.base)
        return Fetcher(
            service, state=self.state, limits=replace(QUICK, **changes), clock=self.clock,
            sleep=self.clock.sleep, now=self.clock.date, jitter=lambda: 1.0,
        )  # fmt: skip


@pytest.fixture
def bench(server: Server, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(server, clock, tmp_path / "http", monkeypatch)

"""A fast StatBank for benchmarks, in a process of its own: `python -m bench.statbank_server`.

Selections are judged by the strict service of the tests; here are one table of 4 million made-up
cells, answers kept as bytes once made, a rate limit, and a fault at the third question for data.
Prints its port; POST /begin with a Scenario (JSON) starts a run, GET /report says what was asked.
"""

from __future__ import annotations

import json
import math
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from tests.http.server import Server, answer, raw, reset
from tests.pull.banktable import BankTable
from tests.pull.statbank import PREFIX, StatBank

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from tests.http.server import Act, Asked

TABLE = "09429"
AXES = {
    "Region": [f"{1000 + n:05d}" for n in range(2000)],
    "Nivaa": [f"{n:02d}a" for n in range(10)],
    "Kjonn": ["1", "2"],
    "ContentsCode": ["Personer", "PersonerProsent"],
    "Tid": [str(1976 + n) for n in range(50)],
}
MISSING_SHARE = 0.05
SYMBOLS = (".", "..", ":")
FAULTY_QUESTION = 3


@dataclass(frozen=True)
class Scenario:
    """How the service behaves in one run.

    max_cells: of one answer. calls, window: calls in so many seconds, 429 beyond; 0 for no limit.
    told: the calls that /config announces, 0 as at SSB. fault: see `broken`; empty for none.
    """

    max_cells: int = 800_000
    calls: int = 0
    window: int = 0
    told: int = 0
    fault: str = ""


@dataclass
class Report:
    """What was asked since the run began, and what the service did not like to see."""

    requests: int = 0
    for_data: int = 0
    turned_away: int = 0
    complaints: list[str] = field(default_factory=list)


def figures() -> npt.NDArray[np.float64]:
    """The made-up figures of the table in the order of its axes; not-a-number where missing.

    Counts and percentages with one decimal in turn, as bench/jsonstat.py has them.
    """
    rng = np.random.default_rng(9429)
    shape = [len(codes) for codes in AXES.values()]
    values = rng.integers(0, 10_000, shape).astype(float)
    values[..., 1, :] = np.round(values[..., 1, :] / 100, 1)
    values[rng.random(shape) < MISSING_SHARE] = np.nan
    return values


class _Table(BankTable):
    def extract(self, chosen: Mapping[str, Any]) -> Any:
        """The answer as bytes; a list of 800,000 floats would have to be looked at one by one."""
        axes = {name: chosen[name][1] for name in self.axes}
        places = [[self.axes[name].index(code) for code in codes] for name, codes in axes.items()]
        block = self.values[np.ix_(*places)]
        found: dict[str, Any] = self.document(axes, metadata=False)
        whole = block.astype(object)
        # Half of a StatBank table is counts, and those are written without a decimal point.
        counts = places[3].index(0) if 0 in places[3] else None
        if counts is not None:
            part = block[..., counts, :]
            whole[..., counts, :] = np.nan_to_num(part).astype(int).astype(object)
        missing = np.isnan(block)
        whole[missing] = None
        found["value"] = whole.ravel().tolist()
        spots = np.flatnonzero(missing).tolist()
        found["status"] = {str(spot): SYMBOLS[spot % len(SYMBOLS)] for spot in spots}
        return orjson.dumps(found)


class _Bank(StatBank):
    told = (0, 0)

    def _config(self) -> dict[str, Any]:
        calls, window = self.told
        return super()._config() | {"maxCallsPerTimeWindow": calls, "timeWindow": window}


class BenchServer(Server):
    """Answers from the strict service, once asked from memory; limits calls and breaks answers."""

    def __init__(self) -> None:
        self.bank = _Bank([_Table(TABLE, "Utdanningsnivå, OPPDIKTEDE TALL", AXES, figures())])
        self.scenario, self.report = Scenario(), Report()
        self.recent: deque[float] = deque()
        self.kept: dict[tuple[Any, ...], tuple[int, bytes]] = {}
        self.guard = threading.Lock()
        super().__init__()

    def next_act(self, asked: Asked) -> Act:
        if asked.path == "/begin":
            return self._begin(Scenario(**json.loads(asked.body)))
        if asked.path == "/report":
            return answer(200, orjson.dumps(asdict(self.report)))
        with self.guard:
            self.report.requests += 1
            refused, headers = self._limited()
            is_data = "/data" in asked.path.partition("?")[0]
            self.report.for_data += is_data
            number = self.report.for_data
        if refused:
            return refused
        if is_data and number == FAULTY_QUESTION and self.scenario.fault:
            return broken(self.scenario.fault, self._answered(asked)[1])
        status, body = self._answered(asked)
        return answer(status, body, Content_Type="application/json; charset=utf-8", **headers)

    def _begin(self, scenario: Scenario) -> Act:
        self.scenario, self.report = scenario, Report(complaints=self.bank.complaints)
        self.bank.max_cells, self.bank.told = scenario.max_cells, (scenario.told, scenario.window)
        self.bank.complaints.clear()
        self.recent.clear()
        return answer(200, b"{}")

    def _limited(self) -> tuple[Act | None, dict[str, str]]:
        calls, window, now = self.scenario.calls, self.scenario.window, time.monotonic()
        if not calls:
            return None, {}
        while self.recent and self.recent[0] <= now - window:
            self.recent.popleft()
        told = {"x-ratelimit-limit": str(calls), "x-ratelimit-policy": f"{calls};w={window}s"}
        if len(self.recent) >= calls:
            self.report.turned_away += 1
            wait = math.ceil(self.recent[0] + window - now)
            return answer(429, b"", Retry_After=str(wait), **told), {}
        self.recent.append(now)
        return None, told | {"x-ratelimit-remaining": str(calls - len(self.recent))}

    def _answered(self, asked: Asked) -> tuple[int, bytes]:
        key = (self.bank.max_cells, self.bank.told, asked.path, asked.body)
        if key not in self.kept:
            with self.guard:
                self.kept[key] = self.bank.answer(asked.method, asked.path, asked.body)
        return self.kept[key]


def broken(fault: str, body: bytes) -> Act:
    """What the service does instead of answering; raises KeyError for an unknown fault."""
    half = body[: len(body) // 2]
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    return {
        "429": answer(429, b"", Retry_After="1"),
        "503": answer(503, b"<html>Vedlikehold</html>", Retry_After="1"),
        "reset": reset(head + half),
        "cut body": raw(200, {"Content-Length": str(len(body))}, half),
        "cut body, length fits": answer(200, half),
    }[fault]


def main() -> None:
    """Serve until standard input is closed, so that it never outlives whoever started it."""
    import sys

    server = BenchServer()
    print(f"{server.base}{PREFIX}", flush=True)
    sys.stdin.read()
    server.close()


if __name__ == "__main__":
    main()

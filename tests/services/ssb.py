"""StatBank as a service: the strict bank of tests/pull/statbank.py behind SSB's rate headers.

`from_folder` feeds it from a folder of answers. The catalogue also lists other tables, updated
lately, as the real one always does.
"""

from __future__ import annotations

import json
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, urlsplit

import numpy as np

from tests.pull.banktable import BankTable
from tests.pull.statbank import PREFIX, StatBank
from tests.services.server import Reply

if TYPE_CHECKING:
    from pathlib import Path

    from tests.http.server import Asked

WINDOW = 60.0


@dataclass
class Ssb:
    """The service. calls: announced and enforced per minute."""

    bank: StatBank
    calls: int = 40
    prefix: str = PREFIX
    _made: deque[float] = field(default_factory=deque)

    @classmethod
    def from_folder(
        cls,
        folder: Path,
        *,
        only: tuple[str, ...] = (),
        now: datetime | None = None,
        calls: int = 40,
    ) -> Self:
        """Serve the tables whose answers lie in folder/ssb/<id>/data*.json.

        only: ids, instead of all. now: when the catalogue lists other tables as just updated.
        """
        index = json.loads((folder / "index.json").read_bytes())
        found: dict[str, list[tuple[dict[str, str], dict[str, Any]]]] = {}
        for entry in index:
            parts = entry["body"].split("/")
            if parts[0] != "ssb" or len(parts) != 3 or (only and parts[1] not in only):
                continue
            if parts[2].startswith("data"):
                document = json.loads((folder / entry["body"]).read_bytes())
                found.setdefault(parts[1], []).append((_lists(entry), document))
        tables = [_table(table_id, answers) for table_id, answers in found.items()]
        return cls(StatBank([*tables, *_others(now or datetime.now(UTC))]), calls)

    @property
    def complaints(self) -> list[str]:
        """What a careful client would not have done."""
        return self.bank.complaints

    def table(self, table_id: str) -> BankTable:
        """A table, for a test that changes it."""
        return next(table for table in self.bank.tables if table.id == table_id)

    def answer(self, asked: Asked) -> Reply:
        """Answer as the bank does, with SSB's headers; 429 beyond the announced calls."""
        now = time.monotonic()
        while self._made and now - self._made[0] >= WINDOW:
            self._made.popleft()
        left = self.calls - len(self._made) - 1
        headers = {
            "x-ratelimit-policy": f"{self.calls};w=60s",
            "x-ratelimit-limit": str(self.calls),
            "x-ratelimit-remaining": str(max(left, 0)),
            "x-ratelimit-resource": "SB_API_1MIN",
        }
        if left < 0:
            self.complaints.append("more calls a minute than announced")
            return Reply(429, b"", headers | {"Retry-After": "1"})
        self._made.append(now)
        kind = asked.headers.get("content-type", "").partition(";")[0]
        if asked.method == "POST" and kind != "application/json":
            self.complaints.append("a POST whose body is not declared as JSON")
        status, body = self.bank.answer(asked.method, asked.path, asked.body)
        kind = "application/json" if status == 200 else "application/problem+json"
        return Reply(status, body, headers | {"Content-Type": f"{kind}; charset=utf-8"})


def _lists(entry: dict[str, Any]) -> dict[str, str]:
    """Code lists by variable, as the question of an answer named them."""
    query = parse_qsl(urlsplit(entry["url"] or "").query)
    named = {key[9:-1]: value for key, value in query if key.startswith("codelist[")}
    selection = (entry.get("request_body") or {}).get("selection", [])
    return named | {s["variableCode"]: s["codelist"] for s in selection if s.get("codelist")}


def _table(table_id: str, answers: list[tuple[dict[str, str], dict[str, Any]]]) -> BankTable:
    """One table that holds the cells of all answers with most variables; "." elsewhere."""
    most = max(len(document["id"]) for _, document in answers)
    answers = [(lists, document) for lists, document in answers if len(document["id"]) == most]
    times = [tuple(document["dimension"]["Tid"]["category"]["index"]) for _, document in answers]
    # Of a table that came year by year (all pairs of municipalities) the newest is enough.
    newest = max(times) if all(len(codes) == 1 for codes in times) else None
    answers = [a for a, codes in zip(answers, times, strict=True) if newest in (None, codes)]
    parts = [
        (lists, BankTable.from_answer(table_id, json.dumps(d).encode())) for lists, d in answers
    ]
    first = parts[0][1]
    axes = {
        name: list(dict.fromkeys(c for _, part in parts for c in part.axes[name]))
        for name in first.axes
    }
    axes["Tid"].sort()
    shape = [len(codes) for codes in axes.values()]
    values, symbols = np.full(shape, np.nan), np.full(shape, ".", dtype="<U3")
    lists: dict[str, dict[str, dict[str, list[str]]]] = {}
    for named, part in parts:
        place = np.ix_(*[[axes[n].index(c) for c in codes] for n, codes in part.axes.items()])
        values[place], symbols[place] = part.values, part._symbols()
        for name, list_id in named.items():
            lists.setdefault(name, {})[list_id] = {code: [code] for code in part.axes[name]}
    marks = {int(n): str(symbols.flat[n]) for n in np.flatnonzero(symbols.ravel() != "")}
    return BankTable(
        table_id, first.title, axes, values, marks, first.totals, lists, first.updated
    )  # fmt: skip


def _others(now: datetime, count: int = 130) -> list[BankTable]:
    """Tables of no interest to us, updated in the days before `now`, at 08:00 in summer Oslo."""
    at = now.astimezone(UTC).replace(hour=6, minute=0, second=0)
    return [
        BankTable(
            f"{90000 + n}", f"En annen tabell {n}", {"ContentsCode": ["A"], "Tid": ["2025"]},
            np.zeros((1, 1)), updated=(at - timedelta(days=n // 10)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
        for n in range(count)
    ]  # fmt: skip

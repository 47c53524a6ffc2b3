"""The local StatBank and KLASS are strict: what a careful client never does is noted or refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sources.http import AnswerTooLarge, SourceRefused, SourceUnreachable
from sources.model import KompetanseError, SourceChanged, UnreadableAnswer
from sources.pull import ImpossibleRequest, NotNow, NotWhole, advice
from sources.pull.watch import Stopped
from tests.http.server import Asked
from tests.pull.conftest import NOON
from tests.services.klass import Klass
from tests.services.ssb import Ssb

if TYPE_CHECKING:
    from pathlib import Path

JSON = {"accept": "application/json"}
BASE = "/api/klass/v1/classifications/131"


def asked(path: str, headers: dict[str, str] | None = None, method: str = "GET") -> Asked:
    return Asked(method, path, headers or {}, b"", 0.0)


@pytest.fixture
def klass(made_up_folder: Path) -> Klass:
    return Klass.from_folder(made_up_folder)


def codes(klass: Klass, query: str) -> dict[str, list[tuple[str | None, str | None]]]:
    reply = klass.answer(asked(f"{BASE}/codes?{query}", JSON))
    found: dict[str, list[tuple[str | None, str | None]]] = {}
    for row in json.loads(reply.body)["codes"]:
        ends = (row["validFromInRequestedRange"], row["validToInRequestedRange"])
        found.setdefault(row["code"], []).append(ends)
    return found


def test_klass_clips_validity_and_takes_the_end_as_exclusive(klass: Klass) -> None:
    # Trondheim was 1601 until 2018.
    assert codes(klass, "from=2016-01-01&to=2018-01-01")["1601"] == [("2016-01-01", "2018-01-01")]
    assert "5001" not in codes(klass, "from=2016-01-01&to=2018-01-01")
    assert codes(klass, "from=2017-06-01&to=2018-01-02")["5001"] == [("2018-01-01", "2018-01-02")]
    assert codes(klass, "from=2015-01-01")["5001"][-1][1] is None
    rows = json.loads(
        klass.answer(asked(f"{BASE}/changes?from=2017-01-02&to=2018-01-01", JSON)).body
    )
    assert [r for r in rows["codeChanges"] if r["changeOccurred"] >= "2018-01-01"] == []


@pytest.mark.parametrize(
    ("path", "headers", "status", "complaint"),
    [
        ("/codes?from=2015-01-01", {}, 200, "JSON was not asked for"),
        ("/codes.json?from=2015-01-01", JSON, 404, "deprecated"),
        ("/codes?from=2015-01-01&too=2016-01-01", JSON, 200, "too is unknown"),
        ("/codes", JSON, 400, ""),
        ("/codes?from=2016-01-01&to=2016-01-01", JSON, 400, ""),
        ("/codes?from=yesterday", JSON, 400, ""),
        ("/nothing", JSON, 404, ""),
        ("/corresponds?targetClassificationId=104&from=2015-01-01", JSON, 404, ""),
    ],
)
def test_klass_is_strict(
    klass: Klass, path: str, headers: dict[str, str], status: int, complaint: str
) -> None:
    reply = klass.answer(asked(BASE + path, headers))
    assert reply.status == status
    assert [complaint in text for text in klass.complaints] == ([True] if complaint else [])
    assert (b"<?xml" in reply.body) is (not headers)


def test_statbank_announces_its_rate_and_refuses_calls_beyond(made_up_folder: Path) -> None:
    bank = Ssb.from_folder(made_up_folder, only=("12274",), now=NOON, calls=2)
    replies = [bank.answer(asked(f"{bank.prefix}/config")) for _ in range(3)]
    assert [r.status for r in replies] == [200, 200, 429]
    assert [r.headers["x-ratelimit-remaining"] for r in replies] == ["1", "0", "0"]
    assert replies[0].headers["x-ratelimit-policy"] == "2;w=60s"
    assert bank.complaints == ["more calls a minute than announced"]


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (NotNow("x"), "08:15"),
        (Stopped("x"), "the rest"),
        (SourceUnreachable("x"), "later"),
        (SourceRefused("x"), "doctor"),
        (AnswerTooLarge("x"), "doctor"),
        (ImpossibleRequest("x"), "doctor"),
        (SourceChanged("x"), "doctor"),
        (NotWhole("x"), "archive"),
        (UnreadableAnswer("x"), "archive"),
        (KompetanseError("x"), "message"),
    ],
)
def test_every_failure_has_a_next_step(error: KompetanseError, word: str) -> None:
    step = advice.next_step(error)
    assert word in step.en
    assert step.nb != step.en

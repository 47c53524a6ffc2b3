"""Refusals, closed hours and tables that are gone: each says what it means and what to do."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from sources.model import KompetanseError
from sources.pull import ImpossibleRequest, NotNow, QuestionRefused, TableGone, pull
from sources.pull.hours import is_closed
from sources.pull.problems import checked, is_missing_table
from tests.pull.banktable import BankTable
from tests.pull.kit import ALL, bank_table, noon, pulled, request, spec, world
from tests.pull.statbank import Got, InMemory, StatBank

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, b'{"title": "Non-existent value", "status": 400}', "%2B"),
        (400, b'{"title": "Non-existent codelist", "status": 400}', "case-sensitive"),
        (400, b'{"title": "Illegal selection expression", "status": 400}', "brackets"),
        (400, b'{"title": "Too many cells selected", "status": 400}', "lower max_cells"),
        (400, b'{"title": "Something new", "status": 400}', "Something new"),
        (403, b"", "blocks"),
        (404, b"", "not an answer this client knows"),
        (429, b"slow down", "wait a minute"),
        (500, b"", "stands twice"),
        (503, b"<html>vedlikehold</html>", "08:15"),
    ],
)
def test_each_refusal_says_what_it_means(status: int, body: bytes, said: str) -> None:
    bank = world()
    bank.refuse = lambda number: (status, body) if number == 2 else None
    with pytest.raises(QuestionRefused) as error:
        pulled(bank)
    assert said in str(error.value)
    assert f"HTTP {status}" in str(error.value)
    assert error.value.answer.status == status


def test_a_404_for_a_long_address_is_not_taken_for_a_missing_table() -> None:
    path = "/tables/09429/data?lang=no&valueCodes[Region]=" + "R000," * 430
    answer = InMemory(world()).get(path)
    assert (answer.status, answer.body) == (404, b"")
    assert not is_missing_table(answer)
    with pytest.raises(QuestionRefused, match="too long for GET -> ask by POST"):
        checked(answer, "a test")


def test_a_layer_that_raises_refusals_is_understood_as_one_that_returns_them() -> None:
    class Refused(KompetanseError):
        status: int
        url: str
        body: bytes

    class Raising(InMemory):
        def get(self, path: str) -> Got:
            answer = super().get(path)
            if answer.status != 200:
                error = Refused("the layer refuses")
                error.status, error.url, error.body = answer.status, answer.url, answer.body
                raise error
            return answer

    with pytest.raises(TableGone):
        pull(spec(request(ALL, table_id="99999")), Raising(world()), now=noon)
    busy = world()
    busy.refuse = lambda number: (429, b"slow down")
    with pytest.raises(Refused, match="the layer refuses"):
        pull(spec(request(ALL)), Raising(busy), now=noon)


def test_a_table_that_is_gone_names_what_may_have_taken_its_place() -> None:
    bank = world()
    bank.tables += [
        BankTable("14867", "Utdanningsnivå, etter region", {"Tid": ["2025"]}, np.ones(1)),
        BankTable("00001", "Fiske", {"Tid": ["2025"]}, np.ones(1)),
    ]
    asked = request(ALL, table_id="12971")
    with pytest.raises(TableGone) as error:
        pulled(bank, asked)
    assert "no table 12971" in str(error.value)
    assert "14867: Utdanningsnivå" in str(error.value)
    assert "Fiske" not in str(error.value)
    assert "includeDiscontinued=true" in bank.log[-1][1]


def test_a_table_that_goes_in_the_middle_is_said_to_be_gone_too() -> None:
    """The data endpoint says so as HTTP 400 with the status 404 inside."""
    bank = world()

    def refuse(number: int) -> tuple[int, bytes] | None:
        body = b'{"type":"Parameter error","title":"Non-existent table","status":404}'
        return (400, body) if number == 2 else None

    bank.refuse = refuse
    with pytest.raises(TableGone, match="closed or given a new number"):
        pulled(bank)


def test_a_discontinued_table_is_pulled_and_said_to_be_so() -> None:
    bank = world()
    assert pulled(bank).notes == ()
    bank.tables[0].discontinued = True
    bank.tables.append(BankTable("14867", "Utdanningsnivå", {"Tid": ["2026"]}, np.ones(1)))
    (note,) = pulled(bank).notes
    assert "discontinued, last period 2004" in note
    assert "id 14867, 2026 to 2026" in note
    closed = pull(spec(request(ALL), frequency="closed"), InMemory(bank), now=noon)
    assert closed.notes == ()


@pytest.mark.parametrize(
    ("clock", "closed"),
    [
        ("2026-01-15T03:59:59+00:00", False),
        ("2026-01-15T04:00:00+00:00", True),
        ("2026-01-15T07:14:59+00:00", True),
        ("2026-01-15T07:15:00+00:00", False),
        # Summer time: the same hours in Oslo are an hour earlier in UTC.
        ("2026-07-15T02:59:59+00:00", False),
        ("2026-07-15T03:00:00+00:00", True),
        ("2026-07-15T06:14:59+00:00", True),
        ("2026-07-15T06:15:00+00:00", False),
        # The mornings on which the clock is moved.
        ("2026-03-29T03:00:00+00:00", True),
        ("2026-10-25T03:30:00+00:00", False),
        ("2026-10-25T04:00:00+00:00", True),
    ],
)
def test_the_closed_hours_are_those_of_oslo(clock: str, closed: bool) -> None:
    assert is_closed(datetime.fromisoformat(clock)) is closed


def test_nothing_is_asked_in_the_closed_hours_unless_told_to() -> None:
    bank = world()
    early = datetime(2026, 9, 10, 7, 30, tzinfo=ZoneInfo("Europe/Oslo"))
    with pytest.raises(NotNow, match="07:30 in Oslo"):
        pulled(bank, now=lambda: early)
    assert bank.log == []
    assert pulled(bank, now=lambda: early, at_any_time=True).cube.table.num_rows == 200
    naive = early.replace(tzinfo=None)
    with pytest.raises(ValueError, match="offset"):
        pulled(bank, now=lambda: naive)


def test_a_pull_that_runs_into_the_closed_hours_stops() -> None:
    bank = world()
    night = datetime(2026, 9, 10, 4, 58, tzinfo=ZoneInfo("Europe/Oslo"))

    def clock() -> datetime:
        return night.replace(hour=5, minute=0) if len(bank.cells) >= 2 else night

    with pytest.raises(NotNow):
        pulled(bank, now=clock)
    assert len(bank.cells) == 2


def test_a_lower_limit_and_the_language_are_heeded() -> None:
    bank = world(800_000)
    assert len(pulled(bank, max_cells=40).answers) == 5
    assert len(pulled(bank).answers) == 1
    assert pulled(bank, lang="en").documents[1].url.endswith("lang=en")
    with pytest.raises(QuestionRefused, match="Unsupported language"):
        pulled(bank, lang="dk")
    with pytest.raises(ImpossibleRequest, match="no request"):
        pull(spec(None), InMemory(bank), now=noon)


def test_the_local_service_refuses_in_the_words_of_the_real_one(real: Path) -> None:
    """Error bodies of the bank are those recorded from the service, byte order apart."""
    bank = StatBank([bank_table(Region=3, Kjonn=2, Tid=2)], max_cells=5)
    data = "/api/pxwebapi/v2/tables/09429/data?lang=no&outputFormat=json-stat2"
    rest = "&valueCodes[Kjonn]=*&valueCodes[ContentsCode]=*&valueCodes[Tid]="
    asked = {
        "400_illegal-selection-expression": f"{data}&valueCodes[Region]=*{rest}top(x)",
        "400_missing-selection": f"{data}&valueCodes[Region]=*",
        "400_nonexistent-codelist": f"{data}&codelist[Region]=agg_x&valueCodes[Region]=*{rest}*",
        "400_nonexistent-value": f"{data}&valueCodes[Region]=9998{rest}*",
        "400_nonexistent-variable": f"{data}&valueCodes[Finnesikke]=1",
        "400_too-many-cells": f"{data}&valueCodes[Region]=*{rest}*",
        "400_unsupported-output-format": f"{data}&outputFormatParams=UseCodes",
        "404_nonexistent-page": "/api/pxwebapi/v2/tables?lang=no&pageNumber=99999",
        "404_nonexistent-table": "/api/pxwebapi/v2/tables/99999/metadata?lang=no",
    }
    for name, target in asked.items():
        status, body = bank.answer("GET", target)
        assert status == int(name[:3])
        assert json.loads(body) == json.loads((real / f"ssb/errors/{name}.json").read_bytes())
    assert bank.answer("GET", f"{data}&valueCodes[Region]=R000,R000{rest}2000") == (500, b"")
    assert bank.answer("GET", f"{data}&valueCodes[Region]={'R000,' * 500}")[0] == 404

"""The client of DBH against a strict local service: whole tables, newness, refusals."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from sources import registry
from sources.http import Limits, Rate
from sources.model import AnswerContext, SourceChanged
from sources.pull import dbh
from sources.pull.client import Asking, Known
from sources.pull.problems import NotWhole, QuestionRefused
from tests.http.server import Asked
from tests.services.dbh import Dbh
from tests.services.server import Reply, serving

if TYPE_CHECKING:
    from pathlib import Path

    from sources.pull.client import Brought
    from sources.registry import SourceTable
    from tests.services.server import Twist

STUDENTS = "dbh/fagskole_students"
FAST = Limits(rate=Rate(10_000, 60.0))
Cells = Counter[tuple[Any, ...]]


@pytest.fixture
def service(made_up_folder: Path) -> Dbh:
    return Dbh.from_folder(made_up_folder)


class Desk:
    """Asks a service as a run would; keeps the log of what was asked."""

    def __init__(self, state: Path, env: pytest.MonkeyPatch) -> None:
        self.state, self.env = state, env
        self.log: list[dict[str, Any]] = []

    def bring(
        self,
        service: Dbh,
        table: SourceTable | str = STUDENTS,
        known: Known | None = None,
        twist: Twist | None = None,
    ) -> Brought | None:
        spec = registry.table(table) if isinstance(table, str) else table
        with serving(service, twist) as running:
            self.env.setenv("KOMPETANSE_DBH_BASE", running.base)
            try:
                return dbh.bring(spec, Asking(self.state, limits=FAST), known)
            finally:
                self.log = [json.loads(a.body) for a in running.log if a.method == "POST"]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path / "http", monkeypatch)


def cells(table: str, bodies: list[bytes]) -> Cells:
    spec = registry.table(table)
    read = registry.reader(spec.protocol)
    tables = [read(body, spec, AnswerContext("", "")).table for body in bodies]
    return Counter(tuple(row.values()) for t in tables for row in t.to_pylist())


def brought_cells(brought: Brought | None, table: str = STUDENTS) -> Cells:
    assert brought is not None
    return cells(table, [piece.answer.body for piece in brought.pieces])


def expected(folder: Path, table: str = STUDENTS) -> Cells:
    return cells(table, [(folder / table / "all.json").read_bytes()])


@pytest.mark.parametrize("name", ["students", "applicants", "programmes"])
def test_a_table_comes_whole_in_one_question(
    desk: Desk, service: Dbh, made_up_folder: Path, name: str
) -> None:
    table = f"dbh/fagskole_{name}"
    brought = desk.bring(service, table)
    assert brought_cells(brought, table) == expected(made_up_folder, table)
    assert brought is not None
    (piece,) = brought.pieces
    assert piece.url == "https://dbh.hkdir.no/api/Tabeller/hentJSONTabellData"
    assert (piece.method, piece.as_of) == ("POST", "2026-10-15")
    assert piece.request_body == desk.log[0]
    assert len(desk.log) == 1
    assert brought.whole
    assert brought.stamp == "100 2026-10-15T06:00:00"
    assert [d.name for d in brought.documents] == ["dbh/contents.csv", "dbh/variables.csv"]
    assert service.complaints == []


def test_nothing_new_costs_one_question_for_one_row(desk: Desk, service: Dbh) -> None:
    first = desk.bring(service)
    assert first is not None
    assert desk.bring(service, known=Known(first.stamp, ())) is None
    assert [question["begrensning"] for question in desk.log] == ["1"]
    assert service.answered == 4  # table, two lists, and the one row


def test_a_new_delivery_is_brought(desk: Desk, service: Dbh) -> None:
    first = desk.bring(service)
    assert first is not None
    service.delivery += 1
    again = desk.bring(service, known=Known(first.stamp, ()))
    assert again is not None
    assert again.stamp == "101 2026-10-15T06:00:00"
    assert len(desk.log) == 2


def test_the_lists_of_tables_are_asked_for_once_in_a_run(
    service: Dbh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(service) as running:
        monkeypatch.setenv("KOMPETANSE_DBH_BASE", running.base)
        asking = Asking(tmp_path, limits=FAST)
        for name in ("students", "applicants", "programmes"):
            assert dbh.bring(registry.table(f"dbh/fagskole_{name}"), asking, None)
    assert Counter(a.method for a in running.log) == {"POST": 3, "GET": 2}


def test_more_rows_than_asked_for_are_asked_for_with_a_higher_limit(
    desk: Desk, service: Dbh, made_up_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dbh, "ROWS", 50)
    rows = len(service.tables[947])
    brought = desk.bring(service)
    assert [question["begrensning"] for question in desk.log] == ["50", str(rows + 1)]
    assert brought_cells(brought) == expected(made_up_folder)


@pytest.mark.parametrize("counts_all", [True, False])
@pytest.mark.parametrize("rows", [1000, 100_000])
def test_a_table_that_the_service_cuts_comes_in_parts(
    desk: Desk,
    service: Dbh,
    made_up_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    counts_all: bool,
    rows: int,
) -> None:
    monkeypatch.setattr(dbh, "ROWS", rows)
    service.cap, service.counts_all = 1000, counts_all
    brought = desk.bring(service)
    assert brought is not None
    assert [p.name for p in brought.pieces] == [f"{STUDENTS}/{y}.json" for y in range(2015, 2026)]
    assert brought_cells(brought) == expected(made_up_folder)
    assert len({json.dumps(p.request_body) for p in brought.pieces}) == len(brought.pieces)
    assert service.complaints == []


def test_a_part_that_is_cut_too_is_refused(desk: Desk, service: Dbh) -> None:
    service.cap = 20
    with pytest.raises(NotWhole, match=r"did not come whole: Årstall 2015: 20 rows came of \d\d"):
        desk.bring(service)


def test_a_cut_table_without_a_way_to_split_it_is_refused(desk: Desk, service: Dbh) -> None:
    service.cap = 5
    with pytest.raises(NotWhole, match="no split_by is given"):
        desk.bring(service, "dbh/fagskole_programmes")


def test_a_part_that_loses_rows_on_the_way_is_missed(desk: Desk, service: Dbh) -> None:
    service.cap = 200

    def twist(number: int, asked: Asked, reply: Reply) -> Reply:
        if b'"2019"' not in asked.body:
            return reply
        found = json.loads(reply.body)[:-1]
        found[0]["status"]["antall"] -= 1
        return replace(reply, body=json.dumps(found).encode())

    rows = len(service.tables[947])
    with pytest.raises(NotWhole, match=f"hold {rows - 1} rows, {rows} were promised"):
        desk.bring(service, twist=twist)


def test_a_filter_that_did_not_work_is_seen(desk: Desk, service: Dbh) -> None:
    service.cap = 200

    def twist(number: int, asked: Asked, reply: Reply) -> Reply:
        if b'"2019"' not in asked.body:
            return reply
        return service.answer(replace(asked, body=asked.body.replace(b'"2019"', b'"2020"')))

    with pytest.raises(NotWhole, match=r"Årstall 2019: rows of 2020 came"):
        desk.bring(service, twist=twist)


def test_a_delivery_in_between_is_asked_for_anew(
    desk: Desk, service: Dbh, made_up_folder: Path
) -> None:
    service.cap = 200

    def twist(number: int, asked: Asked, reply: Reply) -> Reply:
        if number == 6:
            service.delivery += 1
        return reply

    brought = desk.bring(service, twist=twist)
    assert brought is not None
    assert brought.stamp.startswith("101 ")
    assert brought.notes == ()
    assert brought_cells(brought) == expected(made_up_folder)


def test_answers_with_a_stamp_each_say_nothing_of_newness(desk: Desk, service: Dbh) -> None:
    service.cap, service.stamped_anew = 200, True
    brought = desk.bring(service)
    assert brought is not None
    assert brought.stamp == ""
    assert "stamps every answer anew" in brought.notes[0]
    again = desk.bring(service, known=Known("", ()))
    assert again is not None


def test_no_rows_is_not_a_table_of_zeros(desk: Desk, service: Dbh) -> None:
    service.tables[947] = [row | {"Årstall": ""} for row in service.tables[947]]
    with pytest.raises(SourceChanged, match=r"no rows for table 947 as asked \(HTTP 204\)"):
        desk.bring(service)


def with_how(**changes: Any) -> SourceTable:
    spec = registry.table(STUDENTS)
    assert spec.request is not None
    return replace(spec, request=replace(spec.request, how={**spec.request.how, **changes}))


def test_what_dbh_objects_to_is_told(desk: Desk, service: Dbh) -> None:
    with pytest.raises(QuestionRefused, match="Feil i spørringen: groupBy") as refused:
        desk.bring(service, with_how(group_by=["Studiested", "Årstall"]))
    assert "Nothing was taken" in str(refused.value)
    assert "dbh/fagskole_students (DBH table 947)" in str(refused.value)
    with pytest.raises(QuestionRefused, match="no table 999"):
        desk.bring(service, with_how(table=999))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (Reply(200, b"<html>log in</html>"), "found an HTML page"),
        (Reply(400, b'{"melding": "Ugyldig"}'), 'HTTP 400, \'{"melding": "Ugyldig"}\''),
        (Reply(200, b'[{"status": {"tabell_id": 104, "antall": 0, "returkode": 0}}]'), "table 104"),
        (Reply(200, b'[{"status": {"antall": 0, "returkode": 8, "melding": "X"}}]'), "'X'"),
        (Reply(200, b"[]"), "no status line"),
        (Reply(200, b""), "an empty body"),
    ],
)
def test_other_answers_are_refused(desk: Desk, service: Dbh, sent: Reply, said: str) -> None:
    with pytest.raises(QuestionRefused) as refused:
        desk.bring(service, twist=lambda n, asked, reply: sent)
    assert said in str(refused.value)


def test_figures_do_not_wait_for_the_lists(desk: Desk, service: Dbh, made_up_folder: Path) -> None:
    brought = desk.bring(
        service, twist=lambda n, asked, reply: Reply(404, b"") if asked.method == "GET" else reply
    )
    assert brought_cells(brought) == expected(made_up_folder)
    assert brought is not None
    assert brought.documents == ()
    assert "dbh/variables.csv could not be had" in brought.notes[1]


class Lists:
    """Documents as the live service gives them."""

    def __init__(self, running_base: str, state: Path, env: pytest.MonkeyPatch) -> None:
        env.setenv("KOMPETANSE_DBH_BASE", running_base)
        self.fetch = Asking(state, limits=FAST).service("dbh")

    def get(self, url: str) -> Any:
        return self.fetch.get(url)


def test_describe_lists_variables_and_what_is_not_asked_for(
    service: Dbh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for row in service.tables[947]:
        row["Studiested"] = "Her"
    with serving(service) as running:
        lists = Lists(running.base, tmp_path, monkeypatch)
        found = dbh.describe(registry.table(STUDENTS), lists)
        assert set(found.dimensions) == set(registry.table(STUDENTS).dimensions)
        assert found.title == "Fagskolestudenter – aktive studenter"
        assert found.notes == ("variables that are not asked for: Studiested",)
        assert found.dimensions["antall"] == {"antall": "Antall studenter"}
        assert not found.gone
        wrong = dbh.describe(with_how(group_by=["Campus", "Årstall"]), lists)
        assert wrong.unaskable == ("request.how.group_by: DBH has no Campus",)
        assert dbh.describe(with_how(table=948), lists).gone
        assert dbh.describe(registry.table("dbh/fagskole_programmes"), lists).dimensions == {}
    assert service.complaints == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"begrensning": 1000}, "begrensning must be str"),
        ({"begrensning": "0"}, "begrensning '0'"),
        ({"tabell_id": "947"}, "tabell_id must be int"),
        ({"statuslinje": None}, "statuslinje must be str"),
        ({"variabler": ["*"]}, "either groupBy or variabler"),
        ({"groupBy": ["Antall studenter totalt"]}, "unknown or no groups"),
        ({"filter": [{"variabel": "Fylke", "selection": {}}]}, "no variable 'Fylke'"),
        ({"rader": 3}, "unknown: {'rader'}"),
    ],
)
def test_the_local_service_takes_no_careless_question(
    desk: Desk, service: Dbh, change: dict[str, Any], said: str
) -> None:
    desk.bring(service)
    body = json.dumps(desk.log[0] | change).encode()
    reply = service.answer(Asked("POST", "/api/Tabeller/hentJSONTabellData", {}, body, 0.0))
    assert said in json.loads(reply.body)["melding"]
    assert said in service.complaints[0]

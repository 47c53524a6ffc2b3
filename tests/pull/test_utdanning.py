"""The client of utdanning.no against a strict local service: every code once, newness, refusals."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sources import registry
from sources.archive import Archive
from sources.http import Limits, Rate, SourceRefused
from sources.model import AnswerContext, SourceChanged, UnreadableAnswer
from sources.pull import utdanning
from sources.pull.client import Asking, Known
from tests.services.server import Reply, serving
from tests.services.utdanning import Utdanning

if TYPE_CHECKING:
    from pathlib import Path

    from sources.archive import Entry
    from sources.pull.client import Brought, Piece
    from tests.services.server import Twist

COUNTS, AREAS = "utdanning/education_occupation", "utdanning/programme_areas"
PUBLIC = "https://v3.api.utdanning.no/sammenligning/arbeidsmarked"
VG1 = ["3571", "3551", "3165", "3699", "3169", "3541", "3799", "3581", "3429", "3559"]
FAST = Limits(rate=Rate(10_000, 60.0))


@pytest.fixture
def service(made_up_folder: Path) -> Utdanning:
    return Utdanning.from_folder(made_up_folder)


class Desk:
    """Asks a service as a run would; keeps the paths that were asked."""

    def __init__(self, state: Path, env: pytest.MonkeyPatch) -> None:
        self.state, self.env = state, env
        self.log: list[str] = []

    def bring(
        self,
        service: Utdanning,
        table: str = COUNTS,
        known: Known | None = None,
        twist: Twist | None = None,
    ) -> Brought | None:
        with serving(service, twist) as running:
            self.env.setenv("KOMPETANSE_UTDANNING_BASE", running.base)
            asking = Asking(self.state / "http", limits=FAST)
            try:
                return utdanning.bring(registry.table(table), asking, known)
            finally:
                self.log = [a.path for a in running.log]

    def known(self, brought: Brought) -> Known:
        archive = Archive(self.state / "archive")
        return Known(brought.stamp, tuple(kept(archive, piece) for piece in brought.pieces))


def kept(archive: Archive, piece: Piece) -> Entry:
    described = {
        "source": "utdanning", "table": COUNTS, "what": "", "method": piece.method,
        "url": piece.url, "request_body": piece.request_body, "status": piece.answer.status,
        "content_type": "", "headers": {}, "as_of": piece.as_of, "fetched_at": None,
        "name": piece.name, "licence": "", "origin": "live", "fidelity": "live", "note": "",
    }  # fmt: skip
    return archive.add(piece.answer.body, described)[0]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


def test_every_code_of_programmes_and_active_areas_is_asked_for_once(
    desk: Desk, service: Utdanning, made_up_folder: Path
) -> None:
    brought = desk.bring(service)
    assert brought is not None
    assert [p.url for p in brought.pieces] == [
        f"{PUBLIC}?nus={nus}&retning=nus2styrk08&vis_alt=true" for nus in [*VG1, "455238"]
    ]
    assert len(desk.log) == len(set(desk.log)) == 12
    assert {p.as_of for p in brought.pieces} == {"2025-11-15"}
    (document,) = brought.documents
    assert document.url == "https://api.utdanning.no/nav_export/programomraader"
    assert brought.notes == ()
    assert service.complaints == []
    spec = registry.table(COUNTS)
    for piece, nus in zip(brought.pieces, [*VG1, "455238"], strict=True):
        context = AnswerContext(piece.url, piece.name)
        cube = registry.reader(spec.protocol)(piece.answer.body, spec, context)
        file = made_up_folder / COUNTS / f"{nus}.json"
        same = registry.reader(spec.protocol)(file.read_bytes(), spec, context)
        assert cube.table.equals(same.table)


def test_nothing_new_costs_two_questions(desk: Desk, service: Utdanning) -> None:
    first = desk.bring(service)
    assert first is not None
    assert desk.bring(service, known=desk.known(first)) is None
    assert len(desk.log) == 2


def test_a_code_without_people_is_left_out_and_no_measure_of_newness(
    desk: Desk, service: Utdanning
) -> None:
    del service.docs["3571"]
    first = desk.bring(service)
    assert first is not None
    assert first.pieces[0].name == f"{COUNTS}/3551.json"
    assert first.notes == (f"{COUNTS}: utdanning.no has no people for 1 NUS codes: 3571",)
    known = desk.known(first)
    assert desk.bring(service, known=known) is None
    service.docs["3551"][0]["antall_personer"] += 1
    assert desk.bring(service, known=known) is not None


def test_another_code_in_the_areas_is_news(desk: Desk, service: Utdanning) -> None:
    first = desk.bring(service)
    assert first is not None
    service.areas[0]["nus"] += [{"nus_kode": "357199", "nus_navn_nb": "Ny"}]
    again = desk.bring(service, known=desk.known(first))
    assert again is not None
    assert "357199" in again.notes[0]


def test_what_became_of_a_lost_archive_is_asked_for_in_full(desk: Desk, service: Utdanning) -> None:
    first = desk.bring(service)
    assert first is not None
    assert desk.bring(service, known=Known(first.stamp, ())) is not None
    assert len(desk.log) == 12


def test_no_people_at_all_is_refused(desk: Desk, service: Utdanning) -> None:
    service.docs.clear()
    with pytest.raises(SourceChanged, match="none of 11 NUS codes has any people"):
        desk.bring(service)


def test_half_an_answer_stops_the_pull(desk: Desk, service: Utdanning) -> None:
    def twist(number: int, asked: Any, reply: Reply) -> Reply:
        if "nus=3799" not in asked.path:
            return reply
        found = json.loads(reply.body)
        found["response"]["docs"].pop()
        return Reply(200, json.dumps(found).encode())

    with pytest.raises(UnreadableAnswer, match=r"(?s)NUS 3799.*not the whole.*last good answer"):
        desk.bring(service, twist=twist)


def test_a_page_instead_of_figures_is_refused(desk: Desk, service: Utdanning) -> None:
    page = Reply(200, b"<html>maintenance</html>")
    with pytest.raises(UnreadableAnswer, match="an HTML page"):
        desk.bring(service, twist=lambda n, asked, reply: page)
    with pytest.raises(SourceRefused, match=r"utdanning\.no refused"):
        desk.bring(service, twist=lambda n, asked, reply: Reply(404, b""))


def test_programme_areas_are_one_question_each_time(desk: Desk, service: Utdanning) -> None:
    first = desk.bring(service, AREAS)
    assert first is not None
    (piece,) = first.pieces
    assert piece.url == "https://api.utdanning.no/nav_export/programomraader"
    assert desk.bring(service, AREAS, Known(first.stamp, ())) is None
    assert len(desk.log) == 1
    service.areas[0]["aktiv"] = False
    assert desk.bring(service, AREAS, Known(first.stamp, ())) is not None
    assert service.complaints == []


def test_both_tables_of_a_run_share_the_areas(
    service: Utdanning, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(service) as running:
        monkeypatch.setenv("KOMPETANSE_UTDANNING_BASE", running.base)
        asking = Asking(tmp_path, limits=FAST)
        assert utdanning.bring(registry.table(AREAS), asking, None)
        assert utdanning.bring(registry.table(COUNTS), asking, None)
    assert max(service.asked.values()) == 1


def test_describe(service: Utdanning, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(service) as running:
        monkeypatch.setenv("KOMPETANSE_UTDANNING_BASE", running.base)
        fetch = Asking(tmp_path, limits=FAST).service("utdanning")
        counts = utdanning.describe(registry.table(COUNTS), fetch)
        assert set(counts.dimensions) == set(registry.table(COUNTS).dimensions)
        assert (counts.dimensions["styrk08"] or {})["0210"] == "Oppdiktet yrke 0210"
        assert set(counts.dimensions["measure"] or {}) == {
            *(registry.table(COUNTS).dimensions["measure"].codes or {})
        }
        assert counts.periods == ("2025",)
        assert counts.updated == "2025-11-15T00:00:00Z"
        for area in service.areas:
            del area["calculated_status"]
        areas = utdanning.describe(registry.table(AREAS), fetch)
        assert areas.unaskable == ("options.plain: no area has calculated_status",)
        assert "13 programme areas" in areas.notes[0]
    assert service.complaints == []

"""News: cheap questions of Nav and Udir; no workbook and no report is taken for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sources import registry
from sources.archive import Archive
from sources.http import Limits
from sources.pull import live, nav, news, udir
from sources.pull.client import Asking
from sources.pull.live import CLIENTS
from tests.pull import udir_kit
from tests.pull.nav_kit import Serving, brought, known
from tests.services.nav import Nav
from tests.services.server import Reply
from tests.services.udir import Udir
from tests.sources.reader_kit import workbook

if TYPE_CHECKING:
    from pathlib import Path

HL060 = registry.table("nav/unemployed_hl060")


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Serving:
    return Serving(monkeypatch)


def test_nav_has_news_when_a_file_is_another(
    made_up_folder: Path, served: Serving, tmp_path: Path
) -> None:
    site = Nav.from_folder(made_up_folder)
    with served(site) as running:
        first = known(brought(HL060, Asking(tmp_path)))
        running.log.clear()
        assert not nav.news(HL060, Asking(tmp_path), first)
        files = [asked for asked in running.log if "xlsx" in asked.path]
        assert [bool(asked.headers.get("if-none-match")) for asked in files] == [True]
        site.replace(
            "HL060_202609_helt_ledige_fylke_kommune.xlsx", workbook({"Ny": [["Helt ledige"]]})
        )
        assert nav.news(HL060, Asking(tmp_path), first)
    assert site.complaints == []


def test_udir_has_news_when_an_answer_is_another(made_up_folder: Path) -> None:
    spec = registry.table(udir_kit.COMPLETION)
    with udir_kit.serve(Udir.from_folder(made_up_folder)) as (running, asking):
        first = udir_kit.known(udir_kit.bring(udir_kit.COMPLETION, asking))
        running.log.clear()
        assert not udir.news(spec, Asking(asking.state, limits=asking.limits), first)
        figures = [asked for asked in running.log if "/data" in asked.path]
        assert figures
        assert all(asked.headers.get("if-none-match") for asked in figures)

    def changed(_number: int, asked: object, reply: Reply) -> Reply:
        figures = "/data" in getattr(asked, "path", "")
        return Reply(reply.status, reply.body + b" ", reply.headers) if figures else reply

    with udir_kit.serve(Udir.from_folder(made_up_folder), changed) as (_, asking):
        assert udir.news(spec, asking, first)


def test_a_source_that_is_away_is_a_problem_of_its_table_alone(
    made_up_folder: Path, served: Serving, tmp_path: Path
) -> None:
    archive = Archive(tmp_path / "archive")
    site = Nav.from_folder(made_up_folder)

    def asking() -> Asking:
        return Asking(tmp_path / "http", limits=Limits(total=0.2, backoff=0.01))

    specs = [HL060, registry.table("nav/survey_county")]
    with served(site):
        # Never taken: nothing to compare with, and the next pull takes it.
        assert news.by_questions(archive, specs, asking()) == ([], {})
        from sources.ledger import Ledger

        for spec in specs:
            assert live.take(archive, Ledger(archive.root), spec, asking()).state == "new"
        assert news.by_questions(archive, specs, asking()) == ([], {})

    def gone(_number: int, asked: object, reply: Reply) -> Reply:
        survey = "bedriftsundersokelsen" in getattr(asked, "path", "")
        return Reply(404, b"", {"Content-Type": "text/html"}) if survey else reply

    with served(site, gone):
        found, problems = news.by_questions(archive, specs, asking())
    assert found == []
    assert list(problems) == ["nav/survey_county"]
    assert "SourceRefused" in problems["nav/survey_county"]


def test_every_protocol_of_a_sensor_can_be_asked_cheaply() -> None:
    from importlib import import_module

    asked = {t.protocol for t in registry.load().values() if t.provider in ("nav", "udir")}
    for protocol in asked & set(CLIENTS):
        assert callable(import_module(f"sources.pull.{CLIENTS[protocol]}").news)

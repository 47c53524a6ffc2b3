"""What Udir's client does when pages, filters, figures or versions are not what they were."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from sources import registry
from sources.http import SourceRefused
from sources.model import UnreadableAnswer
from sources.pull import udir
from sources.pull.problems import ImpossibleRequest
from tests.pull.udir_kit import COMPLETION, PROGRAMME, bring, cubes, serve, with_select
from tests.services.server import Reply
from tests.services.udir import Udir
from tests.services.udir_reports import REPORTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.http.server import Asked


def test_an_endpoint_that_moved_within_the_run_is_resolved_again(made_up_folder: Path) -> None:
    service = Udir.from_folder(made_up_folder)
    with serve(service) as (_, asking):
        bring(COMPLETION, asking)
        service.versions = 1
        moved = bring(PROGRAMME, asking)
    assert all("GjennomfoeringV/1/2/data" in p.url for p in moved.pieces)
    assert service.complaints == []


def test_figures_that_are_gone_for_good_name_the_report(made_up_folder: Path) -> None:
    def gone(number: int, asked: Asked, reply: Reply) -> Reply:
        return Reply(404, b"") if "/data?" in asked.path else reply

    with serve(Udir.from_folder(made_up_folder), gone) as (running, asking):
        with pytest.raises(udir.ReportGone, match="VGO_Gjennomfoering_Fylk is still listed"):
            bring(COMPLETION, asking)
        assert len(running.log) == 7  # twice page, filters, figures; then the list


def test_a_report_that_is_gone_names_those_like_it(made_up_folder: Path) -> None:
    spec = registry.table(COMPLETION)
    assert spec.request is not None
    how = {**spec.request.how, "report": "VGO_Gjennomfoering_Fylke"}
    spec = replace(spec, request=replace(spec.request, how=how))
    with (
        serve(Udir.from_folder(made_up_folder)) as (_, asking),
        pytest.raises(udir.ReportGone) as refused,
    ):
        udir.bring(spec, asking, None)
    assert "but VGO_Gjennomfoering_Fylk, FOY_Gjennomfoering_Fylk" in str(refused.value)


def test_everything_that_is_missing_is_listed_with_what_there_is(made_up_folder: Path) -> None:
    service = Udir.from_folder(made_up_folder)
    wrong = with_select(
        COMPLETION, IndikatorID=("25.99",), KjoennID=("X", "level(7)"), ElevID=("1",)
    )
    with serve(service) as (running, asking):
        with pytest.raises(ImpossibleRequest) as refused:
            udir.bring(wrong, asking, None)
        assert not [a for a in running.log if "/data?" in a.path]
    said = str(refused.value)
    assert "4 problem(s)" in said
    assert "ElevID: no such filter -> there are TidID" in said
    assert "IndikatorID: no value '25.99' -> there are * (Fiktivt allenivå), 25.201" in said
    assert "KjoennID: no value 'X' -> there are A (Alle kjønn)" in said
    assert "KjoennID: level(7) selects nothing" in said


def test_a_renamed_filter_is_one_clear_error(made_up_folder: Path) -> None:
    def renamed(number: int, asked: Asked, reply: Reply) -> Reply:
        if not asked.path.endswith("filterVerdier"):
            return reply
        return replace(reply, body=reply.body.replace(b'"KjoennID"', b'"SexID"'))

    said = r"1 problem\(s\)\s+KjoennID: no such filter .*SexID"
    with (
        serve(Udir.from_folder(made_up_folder), renamed) as (_, asking),
        pytest.raises(ImpossibleRequest, match=said),
    ):
        bring(COMPLETION, asking)


def test_a_question_without_a_period_is_not_asked(made_up_folder: Path) -> None:
    with (
        serve(Udir.from_folder(made_up_folder)) as (_, asking),
        pytest.raises(ImpossibleRequest, match="no period is selected -> select TidID"),
    ):
        udir.bring(with_select(COMPLETION, TidID=()), asking, None)


PAGES: Mapping[str, Callable[[bytes], bytes]] = {
    "html": lambda body: b"<html><body>Vedlikehold</body></html>",
    "nan": lambda body: body.replace(b"121", b"NaN"),
    "cut": lambda body: body[: len(body) // 2],
    "elsewhere": lambda body: body.replace(b'"rest/v1/Statistikk', b'"https://evil.example'),
    "upwards": lambda body: body.replace(b"/data", b"/../../Altinn/data"),
    "no element": lambda body: body.replace(b"rapportElementer", b"elementer"),
    "row path": lambda body: body.replace(b'"*.*"', b'"*&filter=X"'),
}


@pytest.mark.parametrize("fault", PAGES)
def test_a_page_in_another_shape_leads_nowhere(fault: str, made_up_folder: Path) -> None:
    def twisted(number: int, asked: Asked, reply: Reply) -> Reply:
        page = "/Rapportside/" in asked.path
        return replace(reply, body=PAGES[fault](reply.body)) if page else reply

    with serve(Udir.from_folder(made_up_folder), twisted) as (running, asking):
        with pytest.raises(UnreadableAnswer, match="report VGO_Gjennomfoering_Fylk"):
            bring(COMPLETION, asking)
        assert len(running.log) == 1


FILTERS: Mapping[str, Callable[[Any], Any]] = {
    "list": lambda found: [found],
    "empty": lambda found: {},
    "no kode": lambda found: {**found, "TidID": [{"id": 1, "navn": "2019"}]},
    "id is text": lambda found: {**found, "TidID": [{"id": "1", "kode": "1", "navn": "2019"}]},
    "id twice": lambda found: {**found, "TidID": found["TidID"][:1] * 2},
    "odd name": lambda found: {**found, "Tid&ID": found["TidID"]},
}


@pytest.mark.parametrize("fault", FILTERS)
def test_filters_in_another_shape_are_refused(fault: str, made_up_folder: Path) -> None:
    def twisted(number: int, asked: Asked, reply: Reply) -> Reply:
        if not asked.path.endswith("filterVerdier"):
            return reply
        return replace(reply, body=json.dumps(FILTERS[fault](json.loads(reply.body))).encode())

    with serve(Udir.from_folder(made_up_folder), twisted) as (running, asking):
        with pytest.raises(UnreadableAnswer, match="VGO_Gjennomfoering_Fylk"):
            bring(COMPLETION, asking)
        assert len(running.log) == 2


def changed(change: Callable[[Any], None]) -> Callable[[bytes], bytes]:
    def twisted(body: bytes) -> bytes:
        found = json.loads(body)
        change(found)
        return json.dumps(found).encode()

    return twisted


FIGURES: Mapping[str, tuple[Callable[[bytes], bytes], str]] = {
    "html": (lambda body: b"<html>Vedlikehold</html>", "found an HTML page"),
    "nan": (lambda body: body.replace(b'"data": ["', b'"data": [NaN, "', 1), "damaged"),
    "cut": (lambda body: body[:-40], "cut off or damaged"),
    "counts": (
        changed(lambda d: d["metadata"]["columns"][0][0].update(columnCount=2)),
        "header levels have",
    ),
    "short row": (changed(lambda d: d["rows"][1]["data"].pop()), "figures in each row"),
    "row twice": (changed(lambda d: d["rows"].append(d["rows"][1])), "stand more than once"),
    "no rows": (changed(lambda d: d.update(rows=[])), "there are no rows"),
    "numbers": (changed(lambda d: d["rows"][0].update(data=[1.0] * 6)), "texts navn, kode"),
}


@pytest.mark.parametrize("fault", FIGURES)
def test_damaged_figures_are_never_read(fault: str, made_up_folder: Path) -> None:
    damage, said = FIGURES[fault]

    def twisted(number: int, asked: Asked, reply: Reply) -> Reply:
        return replace(reply, body=damage(reply.body)) if "/data?" in asked.path else reply

    with serve(Udir.from_folder(made_up_folder), twisted) as (_, asking):
        brought = bring(COMPLETION, asking)
    with pytest.raises(UnreadableAnswer, match=said):
        cubes(COMPLETION, brought)


def test_a_refusal_is_passed_on(made_up_folder: Path) -> None:
    def refused(number: int, asked: Asked, reply: Reply) -> Reply:
        return Reply(400, b'{"melding": "Feil format"}') if "/data?" in asked.path else reply

    with (
        serve(Udir.from_folder(made_up_folder), refused) as (_, asking),
        pytest.raises(SourceRefused),
    ):
        bring(COMPLETION, asking)


def test_a_filter_nobody_named_is_asked_by_default_and_told(made_up_folder: Path) -> None:
    service = Udir.from_folder(made_up_folder)
    spec = registry.table(COMPLETION)
    assert spec.request is not None
    select = {k: v for k, v in spec.request.how["select"].items() if k != "EierformID"}
    spec = replace(spec, request=replace(spec.request, how={**spec.request.how, "select": select}))
    with serve(service) as (_, asking):
        brought = udir.bring(spec, asking, None)
    assert brought is not None
    assert "EierformID(-10)" in brought.pieces[0].url
    assert "EierformID (by default) asked" in brought.notes[0]
    assert service.complaints == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("radSti=*.*&inkluderKoder=true", "Filter må oppgis"),
        ("filter=KjoennID(-10)&inkluderKoder=true", "TidID er obligatorisk"),
        ("filter=TidID(201906,201806)&inkluderKoder=true", "Feil format"),
        ("filter=TidID(201906)_KjoennID(4711)&inkluderKoder=true", "Ukjent verdi"),
        ("filter=TidID(201906)_ElevID(1)&inkluderKoder=true", "Filteret ElevID er ukjent"),
    ],
)
def test_the_service_is_strict(path: str, said: str, made_up_folder: Path) -> None:
    service = Udir.from_folder(made_up_folder)
    endpoint = service.endpoint(REPORTS["VGO_Gjennomfoering_Fylk"])
    with serve(service) as (_, asking), pytest.raises(SourceRefused, match=said):
        asking.service("udir").get(f"rest/v1/Statistikk/{endpoint}/data?{path}")
    assert any(said in complaint for complaint in service.complaints)

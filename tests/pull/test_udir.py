"""Udir's client against a local service that enforces the grammar of questions."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from sources import registry
from sources.pull import udir
from sources.pull.udir_documents import Page, read_filters, read_page
from sources.pull.udir_selection import How, how_of, questions, selected
from tests.pull.udir_kit import (
    COMPLETION,
    LIVE,
    PROGRAMME,
    PUPILS,
    bring,
    cells,
    cubes,
    known,
    serve,
    with_select,
)
from tests.services.udir import Udir

if TYPE_CHECKING:
    from pathlib import Path

    from sources.pull.client import Asking
    from tests.http.server import Asked
    from tests.services.server import Reply


@pytest.mark.parametrize("table", LIVE)
def test_every_table_is_brought_and_fits_its_yaml(table: str, made_up_folder: Path) -> None:
    service = Udir.from_folder(made_up_folder)
    with serve(service) as (running, asking):
        brought = bring(table, asking)
        assert all(cube.table.num_rows for cube in cubes(table, brought))
    assert service.complaints == []
    assert brought.whole
    assert brought.notes == ()
    assert len(running.log) == len(brought.pieces) + 2
    assert all(p.url.startswith("https://statistikkportalen.udir.no/") for p in brought.pieces)
    assert {p.name for p in brought.documents} == {"page.json", "filters.json"}
    assert len({p.url for p in brought.pieces}) == len(brought.pieces)


@pytest.mark.parametrize("table", LIVE)
def test_ids_that_mean_another_kode_tomorrow_change_no_cell(
    table: str, made_up_folder: Path
) -> None:
    with serve(Udir.from_folder(made_up_folder)) as (_, asking):
        today = bring(table, asking)
    tomorrow = Udir.from_folder(made_up_folder, ids=1, versions=3)
    with serve(tomorrow) as (_, asking):
        again = bring(table, asking, known(today))
    assert tomorrow.complaints == []
    assert [p.url for p in again.pieces] != [p.url for p in today.pieces]
    assert cells(table, again) == cells(table, today)
    assert again.stamp != today.stamp


def test_figures_are_those_of_the_service(made_up_folder: Path) -> None:
    stored = json.loads(
        (made_up_folder / "udir/pupils_programme_level/EnhetID-34.json").read_bytes()
    )
    with serve(Udir.from_folder(made_up_folder)) as (_, asking):
        brought = bring(PUPILS, asking)
        programme = cells(PROGRAMME, bring(PROGRAMME, asking))
        county = cells(COMPLETION, bring(COMPLETION, asking))
    piece = next(p for p in brought.pieces if p.url.endswith("#EnhetID=34"))
    assert [r["data"] for r in json.loads(piece.answer.body)["rows"]] == [
        r["data"] for r in stored["rows"]
    ]
    asked = {p.url.partition("#EnhetID=")[2] for p in brought.pieces}
    assert len(asked) == 16
    assert not asked & {"01", "30"}  # these have ended
    share = {cohort: cell for (unit, cohort, *_), cell in county.items() if unit == "50"}
    assert share
    for cohort, cell in share.items():
        key = ("50", "25.201", "Alle kjønn", "Alle utdanningsprogram", cohort, "Prosent")
        assert programme[key] == cell


def test_nothing_new_by_etag_and_by_bytes(made_up_folder: Path) -> None:
    service = Udir.from_folder(made_up_folder)
    with serve(service) as (_, asking):
        first = bring(PUPILS, asking)
    with serve(service) as (running, asking):
        assert udir.bring(registry.table(PUPILS), asking, known(first)) is None
    conditional = [a for a in running.log if "if-none-match" in a.headers]
    assert len(conditional) == len(first.pieces)

    def without(number: int, asked: Asked, reply: Reply) -> Reply:
        return replace(reply, headers={**reply.headers, "ETag": f'"{number}"'})

    with serve(service, without) as (running, asking):
        assert udir.bring(registry.table(PUPILS), asking, known(first)) is None
        assert len(running.log) == len(first.pieces) + 2


def test_one_revised_county_brings_the_whole_table(made_up_folder: Path) -> None:
    service = Udir.from_folder(made_up_folder)
    with serve(service) as (_, asking):
        first = bring(PUPILS, asking)
    stored = service.documents["pupils_programme_level"]
    revised = json.loads(json.dumps(stored["EnhetID=50"]))
    revised["rows"][0]["data"][-1] = "4 127"
    changed = Udir(
        {**service.documents, "pupils_programme_level": {**stored, "EnhetID=50": revised}}
    )
    with serve(changed) as (_, asking):
        second = bring(PUPILS, asking, known(first))
    assert len(second.pieces) == len(first.pieces)
    assert all(p.answer.body for p in second.pieces)
    before, after = cells(PUPILS, first), cells(PUPILS, second)
    different = [key for key in after if after[key] != before[key]]
    assert [after[key] for key in different] == [(4127.0, None)]
    with serve(changed) as (_, asking):
        assert udir.bring(registry.table(PUPILS), asking, known(second)) is None


class Live:
    """Documents for `describe`, from the service itself."""

    def __init__(self, asking: Asking) -> None:
        self.fetch = asking.service("udir")

    def get(self, url: str) -> Any:
        return self.fetch.get(url)


@pytest.mark.parametrize("table", LIVE)
def test_described_fits_every_yaml(table: str, made_up_folder: Path) -> None:
    spec = registry.table(table)
    with serve(Udir.from_folder(made_up_folder)) as (running, asking):
        described = udir.describe(spec, Live(asking))
        assert len(running.log) == 2
        assert described.questions == len(bring(table, asking).pieces)
    assert described.unaskable == ()
    assert described.periods
    assert set(described.dimensions) == set(spec.dimensions)
    compared = [name for name, codes in described.dimensions.items() if codes]
    assert compared
    for name in compared:
        unknown = [
            c for c in described.dimensions[name] or () if not spec.dimensions[name].knows(c)
        ]
        assert unknown == [], name


def test_described_says_what_cannot_be_asked(made_up_folder: Path) -> None:
    wrong = with_select(COMPLETION, IndikatorID=("25.99",))
    with serve(Udir.from_folder(made_up_folder)) as (_, asking):
        described = udir.describe(wrong, Live(asking))
    assert "no value '25.99'" in described.unaskable[0]
    assert described.periods[-1] == "2019"


def completion_page() -> Page:
    """The page of the completion report as the recorded page of another report is shaped."""
    endpoint = "rest/v1/Statistikk/VGO/GjennomfoeringV/1/1/data"
    return Page("VGO_Gjennomfoering_Fylk", "Gjennomføring", endpoint, "*.*", {})


def test_recorded_page_leads_to_its_figures(real: Path) -> None:
    body = (real / "udir" / "Rapportside_GSK_Elev_Skol.json").read_bytes()
    page = read_page(body, "GSK_Elev_Skol")
    assert page.endpoint == "rest/v1/Statistikk/GSK/GSI/1/8/data"
    assert page.values_endpoint == "rest/v1/Statistikk/GSK/GSI/1/8/filterVerdier"
    assert (page.row_path, page.defaults["SpoersmaalID"]) == ("*.*", (1, 2, 3, 5))


@pytest.mark.parametrize("table", [COMPLETION, PROGRAMME])
def test_recorded_filters_hold_everything_that_is_asked(table: str, real: Path) -> None:
    body = (real / "udir" / "GjennomfoeringV-1-1_filterVerdier.json").read_bytes()
    filters, how = read_filters(body, table), how_of(registry.table(table))
    asked = questions(how, completion_page(), filters, table)
    # The facts give this id for completed within two years after normal time, in this table.
    assert "_IndikatorID(-174)_" in asked[0].path
    assert "_TidID(201906_201806_201706_201606_201506_201406)_" in asked[0].path
    assert "filter=EierformID(-10)_EnhetID(-12)_" in asked[0].path
    spec = registry.table(table)
    for name, values in selected(how, completion_page(), filters, table).items():
        if name in spec.dimensions and name not in ("EnhetID", *how.each):
            assert all(spec.dimensions[name].knows(value.name) for value in values), name


def test_words_select_by_hierarchy_and_by_age(real: Path) -> None:
    body = (real / "udir" / "GjennomfoeringV-1-1_filterVerdier.json").read_bytes()
    filters = read_filters(body, "completion")

    def chosen(name: str, *words: str) -> list[str]:
        how = How("x", None, {"TidID": ("*",), name: words}, ())
        return [v.kode for v in selected(how, completion_page(), filters, "test")[name]]

    assert chosen("ProgramomraadeID", "level(1)") == ["SFB", "YRK"]
    assert chosen("ProgramomraadeID", "children(SFB)") == ["ID", "KD", "ME", "MD", "ST"]
    assert chosen("ProgramomraadeID", "total", "Naturbruk") == ["Alle", "NA"]
    assert chosen("EnhetID", "current(I)") == ["15", "18", "03", "11", "50"]
    assert chosen("TidID", "newest(2)") == ["201906", "201806"]
    assert "*" not in chosen("IndikatorID", "*")

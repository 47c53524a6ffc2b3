"""Nav: files found by their labels, asked for once and only when new; pages that have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from sources import registry, vintages
from sources.archive import Archive
from sources.doctor.compare import compare
from sources.http import SourceRefused
from sources.ledger import Ledger
from sources.model import UnreadableAnswer
from sources.pull import live, nav
from sources.pull.client import Asking, Known
from sources.pull.nav_links import LinkNotFound
from sources.readers.xlsx import open_workbook
from tests.pull.nav_kit import (
    FILES,
    Copies,
    Serving,
    brought,
    decoded,
    entry,
    known,
    renamed,
    twisted,
)
from tests.services.nav import Nav
from tests.services.server import Reply
from tests.sources.reader_kit import workbook

if TYPE_CHECKING:
    from pathlib import Path

    from tests.http.server import Asked

SURVEY = [table for table in FILES if table.startswith("nav/survey")]
COUNTY, HL060 = registry.table("nav/survey_county"), registry.table("nav/unemployed_hl060")


@pytest.fixture
def site(made_up_folder: Path) -> Nav:
    return Nav.from_folder(made_up_folder)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Serving:
    return Serving(monkeypatch)


@pytest.fixture
def asking(tmp_path: Path) -> Asking:
    return Asking(state=tmp_path)


def test_every_table_of_nav_that_the_pipeline_uses_can_be_pulled_or_is_closed() -> None:
    used = {t.id for t in registry.load().values() if t.provider == "nav" and t.in_use}
    pulled = {i for i in used if (request := registry.table(i).request) and request.how}
    assert pulled == set(FILES)
    assert {registry.table(i).rhythm.frequency for i in used - pulled} == {"closed"}


@pytest.mark.parametrize("table", FILES)
def test_a_table_is_brought_whole_and_fits_its_yaml(
    table: str, site: Nav, served: Serving, asking: Asking
) -> None:
    spec = registry.table(table)
    with served(site):
        found = brought(spec, asking)
    assert len(found.pieces) == FILES[table]
    assert not found.whole
    assert found.notes == ()
    years = [decoded(spec, piece).table[period].unique().to_pylist() for piece in found.pieces
             for period in [spec.by_role("time")[0].source_name]]  # fmt: skip
    named = [piece.name.removesuffix(".xlsx")[-4:] for piece in found.pieces]
    assert [{code[:4] for code in codes} for codes in years] == [{year} for year in named]
    assert named == sorted(set(named))
    for piece in (*found.pieces, *found.documents):
        assert piece.url.startswith("https://www.nav.no/")
    assert site.complaints == []


def test_tables_of_one_workbook_ask_for_page_and_file_once(
    site: Nav, served: Serving, asking: Asking
) -> None:
    with served(site) as running:
        for table in SURVEY:
            brought(registry.table(table), asking)
    assert len(running.log) == 1 + 6
    assert len({asked.path for asked in running.log}) == len(running.log)
    assert site.complaints == []


def test_nothing_new_takes_a_page_and_one_conditional_question(
    site: Nav, served: Serving, asking: Asking, tmp_path: Path
) -> None:
    with served(site) as running:
        first = brought(COUNTY, asking)
        before = len(running.log)
        assert nav.bring(COUNTY, Asking(state=tmp_path), known(first)) is None
        page, newest = running.log[before:]
    assert page.path.endswith("bedriftsundersokelsen")
    assert "2026" in unquote(newest.path)
    assert newest.headers["if-none-match"]
    assert site.complaints == []


def test_a_file_that_was_replaced_is_all_that_is_brought(
    site: Nav, served: Serving, asking: Asking, tmp_path: Path
) -> None:
    with served(site):
        first = brought(HL060, asking)
        old = next(p for p in first.pieces if p.name == "HL060_2026.xlsx")
        # A new month: the same name at another address, the old one gone.
        new = workbook({"Ny": [["Helt ledige"]]})
        site.replace("HL060_202609_helt_ledige_fylke_kommune.xlsx", new)
        second = brought(HL060, Asking(state=tmp_path), known(first))
        (piece,) = second.pieces
        assert (piece.name, piece.answer.body) == (old.name, new)
        assert piece.url != old.url
        assert second.stamp != first.stamp
        assert second.replaces == (old.url,)
        # A corrected older year is found as well, by its new address.
        site.replace("HL060_201612_helt_ledige_fylke_kommune.xlsx", new)
        entries = (*known(first).entries, *known(second).entries)
        third = brought(HL060, Asking(state=tmp_path), Known(second.stamp, entries))
        assert [p.name for p in third.pieces] == ["HL060_2016.xlsx"]
    assert site.complaints == []


def test_other_bytes_at_the_newest_address_are_noticed(
    site: Nav, served: Serving, asking: Asking, tmp_path: Path
) -> None:
    def changed(_number: int, asked: Asked, reply: Reply) -> Reply:
        newest = "2026" in unquote(asked.path)
        return Reply(200, reply.body + b"\0", reply.headers) if newest else reply

    with served(site):
        first = brought(COUNTY, asking)
    with served(site, changed):
        second = brought(COUNTY, Asking(state=tmp_path), known(first))
    assert [p.name for p in second.pieces] == ["bedriftsundersokelse_2026.xlsx"]
    assert second.stamp != first.stamp
    # The archive knows the older bytes by the same address.
    assert second.replaces == ()


def test_without_an_etag_equal_bytes_are_nothing_new(
    site: Nav, served: Serving, asking: Asking, tmp_path: Path
) -> None:
    with served(site):
        first = brought(COUNTY, asking)
        entries = [entry(piece) for piece in first.pieces]
        for kept in entries:
            kept.headers.pop("etag")
        assert nav.bring(COUNTY, Asking(state=tmp_path), Known("", tuple(entries))) is None
    (complaint,) = site.complaints
    assert "asked for again without its ETag" in complaint


def test_a_missing_archive_link_is_noted_and_the_newest_years_are_brought(
    site: Nav, served: Serving, asking: Asking
) -> None:
    with served(site, twisted("Arkiv:", "Historikk:")):
        found = brought(HL060, asking)
    assert [p.name for p in found.pieces] == ["HL060_2025.xlsx", "HL060_2026.xlsx"]
    assert "has no link labelled 'Arkiv': no earlier years" in found.notes[0]


def test_an_archive_that_is_gone_or_endless_does_not_stop_the_newest_years(
    site: Nav, served: Serving, asking: Asking, tmp_path: Path
) -> None:
    with served(site, twisted("/arkiv", "/borte")):
        gone = brought(HL060, asking)
    assert [p.name for p in gone.pieces] == ["HL060_2025.xlsx", "HL060_2026.xlsx"]
    (note,) = gone.notes
    assert "earlier years was not read" in note
    assert "404" in note
    many = "".join(f"<a href='?side={n}'>Arkiv {n}</a>" for n in range(40)) + "<h1>"
    with served(site, twisted("<h1>", many)) as running:
        endless = brought(HL060, Asking(state=tmp_path))
    assert len([asked for asked in running.log if "attachment" not in asked.path]) == 1 + 5
    assert "of 41 pages of the archive 5 were read" in endless.notes[-1]


def test_a_reworded_label_lists_the_labels_that_were_there(
    site: Nav, served: Serving, asking: Asking
) -> None:
    with (
        served(site, twisted("Fylke og kommune", "Geografi")) as running,
        pytest.raises(LinkNotFound) as refused,
    ):
        nav.bring(HL060, asking, None)
    said = str(refused.value)
    assert "nav/unemployed_hl060" in said
    assert "labelled with 'Helt ledige' and 'Fylke og kommune', without 'Årsgjennomsnitt'" in said
    assert "'Helt ledige. Geografi. Tidsserie måned 2026'" in said
    assert "mend `label`" in said
    assert not any("attachment" in asked.path for asked in running.log)


@pytest.mark.parametrize("body", [b"", b"%PDF-1.7", b"<html><body>Vedlikehold</body></html>"])
def test_a_page_without_links_is_no_page(
    body: bytes, site: Nav, served: Serving, asking: Asking
) -> None:
    def down(_number: int, _asked: Asked, _reply: Reply) -> Reply:
        return Reply(200, body, {"Content-Type": "text/html"})

    with served(site, down), pytest.raises(UnreadableAnswer, match=r"bedriftsunders.* no links"):
        nav.bring(COUNTY, asking, None)


def test_a_notice_in_the_place_of_a_workbook_is_refused_by_the_reader(
    site: Nav, served: Serving, asking: Asking
) -> None:
    def notice(_number: int, asked: Asked, reply: Reply) -> Reply:
        html = Reply(200, b"<html>Logg inn</html>", {"Content-Type": "text/html"})
        return html if "attachment" in asked.path else reply

    with served(site, notice):
        found = brought(COUNTY, asking)
    with pytest.raises(UnreadableAnswer, match=r"nav/survey_county.*expected an \.xlsx"):
        decoded(COUNTY, found.pieces[0])


def test_a_link_that_leads_nowhere_fails_with_its_address(
    site: Nav, served: Serving, asking: Asking
) -> None:
    with (
        served(site, twisted("Bedriftsunders", "Borte")),
        pytest.raises(SourceRefused, match="404"),
    ):
        nav.bring(COUNTY, asking, None)


def test_a_workbook_of_another_year_than_its_label_is_refused(
    site: Nav, served: Serving, asking: Asking
) -> None:
    older = next(file for file in site.files if file.year == 2023 and "igurer" in file.label)
    newest = next(file for file in site.files if file.year == 2026 and "igurer" in file.label)
    newest.content = older.content
    with served(site):
        found = brought(COUNTY, asking)
    with pytest.raises(UnreadableAnswer, match="states 2023, the file name 2026"):
        decoded(COUNTY, found.pieces[-1])


def test_what_nav_says_of_a_table_comes_from_page_and_newest_file(
    site: Nav, served: Serving, asking: Asking
) -> None:
    with served(site):
        survey, monthly = brought(COUNTY, asking), brought(HL060, asking)
    said = nav.describe(COUNTY, Copies(survey))
    assert said.periods == ("2021", "2022", "2023", "2024", "2025", "2026")
    assert "Trøndelag" in (said.dimensions["region_name"] or {})
    assert set(said.dimensions["measure"] or {}) == set(COUNTY.dimensions["measure"].codes or {})
    assert said.notes == ("newest file: Bedriftsundersøkelsen 2026 – figurer og tabeller",)
    of_months = nav.describe(HL060, Copies(monthly))
    assert of_months.periods == tuple(f"2026M{month:02}" for month in range(1, 10))
    assert (of_months.dimensions["region"] or {})["50"] == "Trøndelag - Trööndelage"


@pytest.mark.parametrize("table", FILES)
def test_the_doctor_finds_nothing_wrong_with_what_the_yaml_describes(
    table: str, site: Nav, served: Serving, asking: Asking
) -> None:
    spec = registry.table(table)
    with served(site):
        said = nav.describe(spec, Copies(brought(spec, asking)))
    assert compare(spec, said) == ()


def test_the_doctor_is_told_of_a_new_region(site: Nav, served: Serving, asking: Asking) -> None:
    newest = next(file for file in site.files if file.year == 2026 and "igurer" in file.label)
    newest.content = renamed(newest.content, "Agder", "Sørlandet")
    with served(site):
        said = nav.describe(COUNTY, Copies(brought(COUNTY, asking)))
    assert [finding.text for finding in compare(COUNTY, said)] == [
        "region_name: new codes Sørlandet (Sørlandet)"
    ]


def test_what_was_brought_is_kept_and_the_next_run_finds_nothing_new(
    site: Nav, served: Serving, tmp_path: Path
) -> None:
    tables = ("nav/survey_county", "nav/survey_industry", "nav/survey_education")
    archive = Archive(tmp_path / "archive")
    ledger = Ledger(archive.root)
    with served(site):
        asking = Asking(state=tmp_path)
        first = {t: live.take(archive, ledger, registry.table(t), asking) for t in tables}
        again = Asking(state=tmp_path)
        second = {t: live.take(archive, ledger, registry.table(t), again) for t in tables}
    assert {t: taken.reasons for t, taken in first.items()} == dict.fromkeys(tables, ())
    assert {taken.state for taken in second.values()} == {live.NOTHING_NEW}
    # Three tables stand in six workbooks: the bytes are kept once, the page once.
    assert archive.verify() == 6 + 1
    for table in tables:
        raw = vintages.decode(archive, registry.table(table), made_up=False)
        assert len(raw.vintages) == FILES[table]
        assert raw.table.num_rows == first[table].cells
    assert site.complaints == []


def test_a_table_without_a_page_is_not_asked_for(asking: Asking) -> None:
    closed = registry.table("nav/tightness_vestfold_telemark")
    with pytest.raises(nav.NoPage, match=r"nav/tightness_vestfold_telemark\.yaml has no request"):
        nav.bring(closed, asking, None)


def test_the_fake_site_serves_workbooks_and_complains_of_the_careless(site: Nav) -> None:
    from tests.http.server import Asked

    path = site.files[0].path
    careful = {"user-agent": "kompetanse"}
    reply = site.answer(Asked("GET", path, careful, b"", 0.0))
    assert open_workbook(reply.body)
    assert site.complaints == []
    site.answer(Asked("GET", path, careful, b"", 0.0))
    site.answer(Asked("POST", "/no/ukjent", {}, b"", 0.0))
    assert len(site.complaints) == 4

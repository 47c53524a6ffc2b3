"""Documents from the services and from the archive, and what a witness is worth."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sources.archive import Archive
from sources.doctor import Archived, Live, Unanswered, Verdict, examine, fix
from sources.http import Limits, Rate, SourceUnreachable
from sources.pull.client import Asking, NotArchived
from tests.doctor.kit import Bank, bank_table, spec_of
from tests.pull.statbank import PUBLIC, StatBank, serving

if TYPE_CHECKING:
    from pathlib import Path

QUICK = Limits(connect=1, read=1, total=1, backoff=0.05, rate=Rate(10_000, 60.0))
LISTED = ("/config", "/tables/09429", "/tables/09429/metadata", "/codelists/agg_Kommuner")


def archived(archive: Archive, url: str, body: bytes = b"{}", **changes: Any) -> None:
    described = {
        "source": "ssb",
        "table": None,
        "what": "document",
        "method": "GET",
        "url": url,
        "request_body": None,
        "status": 200,
        "content_type": "application/json",
        "headers": {},
        "as_of": "2026-07-01",
        "fetched_at": None,
        "name": "document.json",
        "licence": "CC BY 4.0",
        "origin": "",
        "fidelity": "genuine",
        "note": "",
    }
    archive.add(body, described | changes)


def whole_archive(root: Path, bank: Bank, **changes: Any) -> Archive:
    """An archive with all documents of the table."""
    archive = Archive(root)
    for path in LISTED:
        url = PUBLIC + path + ("" if path == "/config" else "?lang=no")
        archived(archive, url, bank.get(url).body, **changes)
    return archive


def offline(folder: Path, archive: Archive) -> tuple[Verdict, str, str]:
    (found,) = examine([spec_of(folder)], Archived(archive))
    return found.verdict, str(found.witness), found.problem


def test_offline_the_archived_copies_are_looked_at(folder: Path, tmp_path: Path) -> None:
    archive = whole_archive(tmp_path / "archive", Bank([bank_table()]))
    assert offline(folder, archive) == ("ok", "archived 2026-07-01, genuine", "")


def test_offline_a_weak_witness_says_so(folder: Path, tmp_path: Path) -> None:
    bank = Bank([bank_table(Nivaa=["01", "02a"])])
    root = tmp_path / "archive"
    archive = whole_archive(root, bank, fidelity="reshaped", note="cut to two levels")
    (found,) = examine([spec_of(folder)], Archived(archive))
    assert (found.verdict, [f.kind for f in found.open]) == ("ok", ["code gone", "request"])
    assert found.witness is not None
    assert found.witness.notes == ("cut to two levels",)


def test_offline_without_a_copy_the_table_is_unreachable(folder: Path, tmp_path: Path) -> None:
    verdict, _, problem = offline(folder, Archive(tmp_path / "archive"))
    assert verdict == "unreachable"
    assert problem.startswith("NotArchived")
    assert "archive import" in problem


def test_offline_no_norwegian_label_passes_for_an_english_one(folder: Path, tmp_path: Path) -> None:
    bank = Bank([bank_table(Kjonn=["0", "2", "1", "3"])])
    documents = Archived(whole_archive(tmp_path / "archive", bank))
    (found,) = examine([spec_of(folder)], documents)
    fixed = fix(found, documents, folder)
    text = fixed.path.read_text(encoding="utf-8")
    assert "# new at the source, label in one language only: 3" in text
    assert '"3": {nb: "3!", en: "3!"}' in text


def test_offline_without_config_licence_and_limit_are_left_open(
    folder: Path, tmp_path: Path
) -> None:
    archive = Archive(tmp_path / "archive")
    for path in LISTED[1:]:
        url = f"{PUBLIC}{path}?lang=no"
        archived(archive, url, Bank([bank_table()]).get(url).body)
    (found,) = examine([spec_of(folder)], Archived(archive))
    assert found.verdict == "ok"
    assert "licence and limit of cells not looked at" in found.notes[0]


def test_a_page_in_the_place_of_config_is_the_tables_problem(folder: Path, tmp_path: Path) -> None:
    archive = whole_archive(tmp_path / "archive", Bank([bank_table()]))
    archived(archive, f"{PUBLIC}/config", b"<html>Log in</html>", as_of="2026-08-01")
    verdict, _, problem = offline(folder, archive)
    assert (verdict, problem.partition(":")[0]) == ("unreachable", "UnreadableAnswer")


def test_the_newest_copy_counts_and_made_up_ones_never_do(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    url = f"{PUBLIC}/tables/09429?lang=no"
    archived(archive, url, b"old", as_of="2025-01-01")
    archived(archive, url, b"new", as_of="2026-01-01")
    archived(archive, url, b"made up", as_of="2026-12-01", fidelity="made_up")
    assert Archived(archive).get(url).body == b"new"
    archived(archive, f"{PUBLIC}/config", b"made up", fidelity="made_up")
    with pytest.raises(NotArchived):
        Archived(archive).get(f"{PUBLIC}/config")


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        ("codeLists/agg_X?lang=no", "codelists/agg_X?lang=no"),
        ("tables/1?pageSize=5&lang=no", "tables/1?lang=no&pageSize=5"),
        ("tables/1/metadata?lang=en", "tables/1/metadata?lang=no"),
        ("tables/1/metadata?lang=no&codelist%5BA%5D=agg_X", "tables/1/metadata?lang=no"),
        ("classifications/1/codes?from=2015&to=2026", "classifications/1/codes?from=2015"),
    ],
)
def test_a_copy_is_found_by_what_was_asked(tmp_path: Path, kept: str, asked: str) -> None:
    archive = Archive(tmp_path / "archive")
    archived(archive, f"{PUBLIC}/{kept}", b"copy")
    assert Archived(archive).get(f"{PUBLIC}/{asked}").body == b"copy"


@pytest.mark.parametrize("asked", ["codelists/AGG_X?lang=no", "codelists/agg_X", "codelists/agg_Y"])
def test_another_question_is_not_answered(tmp_path: Path, asked: str) -> None:
    archive = Archive(tmp_path / "archive")
    archived(archive, f"{PUBLIC}/codelists/agg_X?lang=no")
    with pytest.raises(NotArchived):
        Archived(archive).get(f"{PUBLIC}/{asked}")


def test_live_each_document_is_asked_for_once(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = StatBank([bank_table()])
    spec = spec_of(folder)
    with serving(bank) as base:
        monkeypatch.setenv("KOMPETANSE_SSB_BASE", base)
        found = list(examine([spec, spec], Live(Asking(tmp_path / "http", limits=QUICK))))
    assert [c.verdict for c in found] == ["ok", "ok"]
    assert len(bank.log) == 4
    assert bank.complaints == []
    assert not bank.asked("/data")


def test_live_a_silent_service_is_not_waited_for_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A port where nobody listens.
    monkeypatch.setenv("KOMPETANSE_SSB_BASE", "http://127.0.0.1:9/api/pxwebapi/v2")
    live = Live(Asking(tmp_path / "http", limits=QUICK))
    with pytest.raises(SourceUnreachable):
        live.get(f"{PUBLIC}/config")
    with pytest.raises(Unanswered, match="not asked, since ssb was silent"):
        live.get(f"{PUBLIC}/tables/09429?lang=no")


def test_live_nobody_but_the_declared_services_is_asked(tmp_path: Path) -> None:
    with pytest.raises(Unanswered, match="belongs to no service"):
        Live(Asking(tmp_path / "http", limits=QUICK)).get("https://example.org/tables")


def test_klass_is_looked_at_by_its_own_reader(tmp_path: Path) -> None:
    from sources import registry

    spec = registry.table("klass/131_changes")
    assert spec.request is not None
    row = {
        "oldCode": "5012", "oldName": "Snillfjord", "newCode": "5055", "newName": "Heim",
        "changeOccurred": "2020-01-01",
    }  # fmt: skip
    archive = Archive(tmp_path / "archive")
    archived(archive, spec.request.url, json.dumps({"codeChanges": [row]}).encode())
    (found,) = examine([spec], Archived(archive))
    assert (found.verdict, found.notes) == ("ok", ("1 rows",))
    assert found.described is not None
    assert found.described.periods == ("2020-01-01",)
    archived(archive, spec.request.url, b'{"codeChanges": []}', as_of="2026-09-01")
    (found,) = examine([spec], Archived(archive))
    assert [f.text for f in found.differences] == ["0 rows, at least 1 expected"]

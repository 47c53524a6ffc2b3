"""Which answers make up a table, and how they are joined."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from sources import registry
from sources.archive import Archive
from sources.model import SourceChanged, UnreadableAnswer
from sources.vintages import NoAnswer, choose, decode
from tests.sources.vintage_kit import answer

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://data.ssb.no/api/pxwebapi/v2/tables/12274/data?n="


def put(archive: Archive, body: bytes, **changes: Any) -> None:
    described = {
        "source": "ssb", "table": "ssb/12274", "what": "x", "method": "GET", "url": URL + "1",
        "request_body": None, "status": 200, "content_type": "application/json", "headers": {},
        "as_of": "2026-06-15", "fetched_at": None, "name": "ssb/12274/data.json",
        "licence": "CC BY 4.0", "origin": "", "fidelity": "genuine", "note": "",
    }  # fmt: skip
    archive.add(body, described | changes)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


# Answers here are a few cells; the size that the YAML asks for is tested elsewhere.
SPEC = replace(registry.table("ssb/12274"), size=registry.Size(min_cells=1))


def cells(archive: Archive) -> dict[tuple[str, str], float | None]:
    rows = decode(archive, SPEC, made_up=False).table.to_pylist()
    return {(r["KOKfylkesregion0000"], r["Tid"]): r["value"] for r in rows}


def test_the_newest_answer_to_a_question_is_used(archive: Archive) -> None:
    put(archive, answer([1, 2, 3, 4]), as_of="2026-06-15")
    put(archive, answer([5, 6, 7, 8]), as_of="2026-07-01")
    used, unused = choose(archive.entries(), SPEC, made_up=False)
    assert [e.as_of for e in used] == ["2026-07-01"]
    assert list(unused.values()) == [f"older than {used[0].vintage_id}"]
    assert cells(archive)["5000", "2024"] == 5


def test_answers_to_different_questions_are_joined(archive: Archive) -> None:
    put(archive, answer([1, 2, 3, 4]))
    put(archive, answer([9, 10], KOKfylkesregion0000=["4000"]), url=URL + "2")
    assert cells(archive) == {
        ("5000", "2024"): 1, ("5000", "2025"): 2, ("EAFK", "2024"): 3, ("EAFK", "2025"): 4,
        ("4000", "2024"): 9, ("4000", "2025"): 10,
    }  # fmt: skip


def test_a_cell_in_two_answers_is_the_newer_ones(archive: Archive) -> None:
    put(archive, answer([1, 2, 3, 4], updated="2026-06-15T06:00:00Z"))
    put(
        archive,
        answer([9], updated="2026-07-15T06:00:00Z", KOKfylkesregion0000=["5000"], Tid=["2025"]),
        url=URL + "2",
    )
    found = cells(archive)
    assert found["5000", "2025"] == 9
    assert len(found) == 4


def test_equal_answers_do_not_double_a_cell(archive: Archive) -> None:
    put(archive, answer([1, 2, None, 4]))
    put(archive, answer([1, 2, None, 4]), url=URL + "2")
    assert len(cells(archive)) == 4


def test_answers_of_one_age_that_contradict_each_other_are_refused(archive: Archive) -> None:
    put(archive, answer([1, 2, 3, 4]))
    put(archive, answer([1, 2, 3.5, None]), url=URL + "2")
    with pytest.raises(SourceChanged) as caught:
        decode(archive, SPEC, made_up=False)
    message = str(caught.value)
    assert "contradict each other in 2 cells" in message
    assert "'EAFK'" in message
    assert "Nothing was published" in message


def test_an_answer_asked_with_another_code_list_is_not_used(archive: Archive) -> None:
    put(archive, answer([1, 2, 3, 4]))
    put(archive, answer([9, 9, 9, 9]), url=URL + "2&codelist[KOKfylkesregion0000]=agg_x")
    post = {"selection": [{"variableCode": "Tid", "valueCodes": ["*"], "codelist": "agg_y"}]}
    put(archive, answer([8, 8, 8, 8]), url=URL + "3", method="POST", request_body=post)
    _, unused = choose(archive.entries(), SPEC, made_up=False)
    assert sorted(unused.values()) == [
        "asked with another code list: KOKfylkesregion0000=agg_x",
        "asked with another code list: Tid=agg_y",
    ]
    assert cells(archive)["5000", "2024"] == 1


def test_an_error_answer_is_not_used(archive: Archive) -> None:
    put(archive, answer([1, 2, 3, 4]))
    put(archive, b"{}", url=URL + "2", status=404, as_of="2027")
    _, unused = choose(archive.entries(), SPEC, made_up=False)
    assert list(unused.values()) == ["HTTP status 404"]


def test_made_up_and_published_answers_never_meet(archive: Archive) -> None:
    put(archive, answer([1, 2, 3, 4]))
    put(archive, answer([9, 9, 9, 9]), fidelity="made_up", as_of="2030", url=URL + "2")
    assert set(cells(archive).values()) == {1, 2, 3, 4}
    made_up = decode(archive, SPEC, made_up=True)
    assert set(made_up.table["value"].to_pylist()) == {9}


def test_no_answer_says_what_to_do(archive: Archive) -> None:
    with pytest.raises(NoAnswer, match="kompetanse archive import"):
        decode(archive, SPEC, made_up=False)


def test_an_unreadable_answer_is_named_with_its_vintage(archive: Archive) -> None:
    put(archive, answer([1, 2, 3, 4])[:-40])
    with pytest.raises(UnreadableAnswer) as caught:
        decode(archive, SPEC, made_up=False)
    assert "ssb/12274@2026-06-15#" in str(caught.value)
    assert "The bytes stay in the archive" in str(caught.value)


def test_a_bad_newer_answer_gives_way_to_the_older_one_and_says_so(archive: Archive) -> None:
    put(archive, answer([1, 2, 3, 4]), as_of="2026-06-15")
    put(archive, answer([5, 6, 7, 8])[:-40], as_of="2026-07-01")
    raw = decode(archive, SPEC, made_up=False)
    assert set(raw.table["value"].to_pylist()) == {1, 2, 3, 4}
    assert raw.stale is not None
    assert (raw.stale.since, raw.stale.as_of) == ("2026-07-01", "2026-06-15")
    assert "ssb/12274@2026-07-01#" in raw.stale.why
    assert any("cannot be used" in why for why in raw.unused.values())


def test_a_bad_answer_that_nothing_stands_in_for_stops_the_table(archive: Archive) -> None:
    put(archive, answer([1, 2, 3, 4]), as_of="2026-06-15")
    put(archive, answer([5, 6, 7, 8])[:-40], as_of="2026-07-01", url=URL + "2")
    with pytest.raises(UnreadableAnswer):
        decode(archive, SPEC, made_up=False)


def test_a_pulled_answer_without_a_good_vintage_is_not_used(archive: Archive) -> None:
    put(archive, answer([1, 2, 3, 4]), as_of="2026-06-15")
    put(archive, answer([5, 6, 7, 8]), as_of="2026-07-01", fidelity="live")
    assert set(cells(archive).values()) == {1, 2, 3, 4}

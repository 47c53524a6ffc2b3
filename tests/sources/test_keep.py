"""A pull is kept whole, judged once, and never used half, wrong or twice."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from sources.model import SourceChanged, UnreadableAnswer
from sources.pull.client import Brought, Piece
from sources.pull.keep import keep, known
from sources.records import Records
from sources.vintages import NoAnswer, decode
from tests.sources.vintage_kit import NOON, SPEC, URL, Came, Room, answer, brought, split

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_the_first_pull_is_new_and_used(room: Room) -> None:
    kept = room.pull(*split([1, 2, 3, 4]))
    assert (kept.state, kept.new_answers, kept.known_answers, kept.cells) == ("new", 2, 0, 4)
    assert room.cells()["EAFK", "2025"] == 4
    standing = room.ledger.standing(SPEC.id)
    assert (standing.vintage, standing.stamp, standing.kind) == (kept.vintage_id, "s1", None)


def test_identical_bytes_never_become_a_second_vintage(room: Room) -> None:
    first = room.pull(answer([1, 2, 3, 4]))
    again = room.pull(answer([1, 2, 3, 4]), stamp="s2")
    assert (again.state, again.vintage_id) == ("known", first.vintage_id)
    assert (again.new_answers, again.known_answers, again.changed_cells) == (0, 1, 0)
    assert len(Records(room.archive.root).of(SPEC.id)) == 1
    found = known(room.archive, room.ledger, SPEC)
    assert found is not None
    assert found.stamp == "s2"


def test_the_same_figures_under_a_new_stamp_are_told_from_revised_ones(room: Room) -> None:
    room.pull(answer([1, 2, 3, None]))
    stamped = room.pull(answer([1, 2, 3, None], updated="2026-07-15T06:00:00Z"))
    assert (stamped.state, stamped.changed_cells) == ("same figures", 0)
    revised = room.pull(answer([1, 2.1, 3, None], updated="2026-08-15T06:00:00Z"))
    assert (revised.state, revised.changed_cells) == ("revised", 1)
    assert "1 earlier cells read otherwise or are gone" in revised.notes


def test_new_periods_are_named_and_are_no_revision(room: Room) -> None:
    room.pull(answer([1, 2, 3, 4]))
    kept = room.pull(answer([1, 2, 5, 3, 4, 6], Tid=["2024", "2025", "2026"]))
    assert (kept.state, kept.changed_cells) == ("new", 0)
    assert "new periods: 2026" in kept.notes


def test_the_hash_of_the_figures_does_not_depend_on_how_the_pull_was_cut(
    room: Room, tmp_path: Path
) -> None:
    other = Room(tmp_path / "other")
    one, two = room.pull(answer([1, 2, None, 4])), other.pull(*split([1, 2, None, 4]))
    figures = [Records(r.archive.root).good(SPEC.id)[0].verdict.figures for r in (room, other)]
    assert figures[0] == figures[1]
    assert one.vintage_id != two.vintage_id
    recut = room.pull(*split([1, 2, None, 4]))
    assert recut.state == "same figures"


def test_answers_that_add_to_a_table_join_those_of_the_vintage_before(room: Room) -> None:
    first, second = split([1, 2, 3, 4])
    room.pull(first, whole=False)
    kept = room.pull(second, whole=False, first=1)
    assert kept.cells == 4
    assert len(room.cells()) == 4
    newer = answer([7, 8], KOKfylkesregion0000=["5000"], updated="2026-08-01T06:00:00Z")
    spec = replace(SPEC, tolerance=None)
    assert room.pull(newer, whole=False, spec=spec).state == "revised"
    assert room.cells() == {
        ("5000", "2024"): 7, ("5000", "2025"): 8, ("EAFK", "2024"): 3, ("EAFK", "2025"): 4,
    }  # fmt: skip


def test_a_whole_vintage_supersedes_what_was_asked_otherwise(room: Room) -> None:
    room.pull(*split([1, 2, 3, 4]))
    room.pull(answer([1, 2, 3, 4.5]), first=9)
    assert room.cells()["EAFK", "2025"] == 4.5


def test_recorded_answers_count_only_where_they_are_newer(room: Room) -> None:
    described = {
        "source": "ssb", "table": SPEC.id, "what": "x", "method": "GET", "url": URL + "?r",
        "request_body": None, "status": 200, "content_type": "", "headers": {},
        "as_of": "2025-06-15", "fetched_at": None, "name": "ssb/12274/data.json",
        "licence": "CC BY 4.0", "origin": "", "fidelity": "genuine", "note": "",
    }  # fmt: skip
    old = answer([9, 9, 9, 9, 9, 9], "2025-06-15T06:00:00Z", Tid=["2023", "2024", "2025"])
    room.archive.add(old, described)
    room.pull(answer([1, 2, 3, 4]))
    assert len(room.cells()) == 4
    new = answer([5], "2026-09-01T06:00:00Z", KOKfylkesregion0000=["5000"], Tid=["2025"])
    room.archive.add(new, described | {"as_of": "2026-09-01", "url": URL + "?q"})
    assert room.cells()["5000", "2025"] == 5
    room.archive.add(b"<html>", described | {"as_of": "2026-09-02", "url": URL + "?p"})
    raw = decode(room.archive, SPEC, made_up=False)
    assert raw.stale is not None
    assert "newer recorded answers cannot be used" in raw.stale.why
    assert raw.table.num_rows == 4


def test_answers_that_cannot_be_read_are_kept_and_older_figures_stay(room: Room) -> None:
    room.pull(answer([1, 2, 3, 4]))
    with pytest.raises(UnreadableAnswer, match=r"kept as vintage .*objects"):
        room.pull(answer([1, 2, 3, 4])[:-40])
    assert room.cells()["5000", "2024"] == 1


def test_an_unknown_code_refuses_the_whole_pull_until_the_yaml_knows_it(room: Room) -> None:
    room.pull(answer([1, 2, 3, 4]))
    odd = answer([5, 6], KOKutdstatus0000=["X"], KOKfylkesregion0000=["5000"])
    good = answer([1, 2, 3, 4], "2026-08-01T06:00:00Z")
    with pytest.raises(SourceChanged, match="unknown codes X"):
        room.pull(good, odd)
    since = room.ledger.standing(SPEC.id).failed_since
    with pytest.raises(SourceChanged, match="are not used"):
        room.pull(good, odd)
    standing = room.ledger.standing(SPEC.id)
    assert (standing.kind, standing.failed_since) == ("failed", since)
    assert standing.failed_at != since
    raw = decode(room.archive, SPEC, made_up=False)
    assert raw.table.num_rows == 4
    assert raw.stale is not None
    assert (raw.stale.kind, raw.stale.since, raw.stale.as_of) == ("failed", since, "2026-06-15")
    assert "unknown codes X" in raw.stale.why
    status = SPEC.dimensions["KOKutdstatus0000"]
    codes = dict(status.codes or {}) | {"X": next(iter((status.codes or {}).values()))}
    mended = replace(
        SPEC, dimensions={**SPEC.dimensions, "KOKutdstatus0000": replace(status, codes=codes)}
    )
    assert room.pull(good, odd, spec=mended).state == "new"
    assert decode(room.archive, mended, made_up=False).stale is None


def test_answers_of_one_pull_that_contradict_each_other_are_refused(room: Room) -> None:
    with pytest.raises(SourceChanged, match="contradict"):
        room.pull(answer([1, 2, 3, 4]), answer([1, 2, 3, 5]))
    with pytest.raises(NoAnswer):
        room.cells()


def test_the_size_of_a_pull_is_that_of_its_answers_together(room: Room) -> None:
    spec = replace(SPEC, size=replace(SPEC.size, min_cells=4))
    assert room.pull(*split([1, 2, 3, 4]), spec=spec).state == "new"
    with pytest.raises(SourceChanged, match="at least 5 expected, 4 found"):
        room.pull(*split([1, 2, 3, 9]), spec=replace(spec, size=replace(SPEC.size, min_cells=5)))


def test_nothing_brought_is_an_error_and_changes_nothing(room: Room) -> None:
    room.pull(answer([1, 2, 3, 4]))
    with pytest.raises(NoAnswer, match="nothing to keep"):
        room.pull()
    assert room.pull(whole=False).state == "known"
    assert len(room.cells()) == 4


def test_a_changed_request_means_that_nothing_is_known(room: Room) -> None:
    room.pull(answer([1, 2, 3, 4]))
    assert SPEC.request is not None
    other = replace(SPEC, request=replace(SPEC.request, select={"Tid": ("*",)}))
    assert known(room.archive, room.ledger, other) is None
    # The new request happens to bring the same bytes: now they are known under it.
    assert room.pull(answer([1, 2, 3, 4]), spec=other).state == "known"
    assert known(room.archive, room.ledger, other) is not None
    # What a narrower request does not bring is not taken for gone.
    narrow = room.pull(answer([2, 4], Tid=["2025"]))
    assert narrow.state == "revised"
    assert any("request has changed" in note for note in narrow.notes)


def test_a_source_that_goes_back_is_followed(room: Room) -> None:
    first = room.pull(answer([1, 2, 3, 4]))
    room.pull(answer([1, 2, 3, 4.2]))
    back = room.pull(answer([1, 2, 3, 4]))
    assert (back.state, back.vintage_id) == ("revised", first.vintage_id)
    assert room.cells()["EAFK", "2025"] == 4


def test_a_suspicious_vintage_is_kept_and_not_used(room: Room) -> None:
    room.pull(answer([1, 2, 3, 4]))
    kept = room.pull(answer([1, 0, 3, 0]))
    assert kept.state == "quarantined"
    assert any("every figure of 2025" in reason for reason in kept.reasons)
    raw = decode(room.archive, SPEC, made_up=False)
    assert raw.stale is not None
    assert (raw.stale.kind, raw.stale.as_of) == ("quarantined", "2026-06-15")
    assert room.cells()["EAFK", "2025"] == 4
    assert room.pull(answer([1, 0, 3, 0])).state == "quarantined"
    assert (
        len(
            list(
                Records(room.archive.root)
                .path(SPEC.id, kept.vintage_id)
                .with_suffix("")
                .glob("*.json")
            )
        )
        == 1
    )
    assert room.pull(answer([1, 2, 3, 4])).state == "known"
    assert decode(room.archive, SPEC, made_up=False).stale is None


def test_a_mirror_can_be_seen_and_documents_are_found_by_address(room: Room) -> None:
    body = answer([1, 2, 3, 4])
    piece = Piece("GET", URL, None, Came(body, url="http://127.0.0.1:9/px/x"), "2026-06-15")
    document = Piece("GET", URL + "/metadata", None, Came(b"{}"), "2026-06-15")
    keep(room.archive, room.ledger, SPEC, Brought((piece,), "s", (document,)), NOON)
    kept = {e.url: e for e in room.archive.entries()}
    assert kept[URL].origin == "http://127.0.0.1:9"
    found = room.archive.newest(URL + "/metadata")
    assert found is not None
    assert (found.table, found.name) == (None, "ssb/12274/0.json")
    assert room.archive.newest(URL + "/other") is None


def test_made_up_bytes_from_a_service_stay_apart_from_the_made_up_answers(room: Room) -> None:
    body = answer([1, 2, 3, 4])
    what = brought(body).pieces[0]
    made_up = {
        "source": "ssb", "table": SPEC.id, "what": "x", "method": "GET", "url": what.url,
        "request_body": None, "status": 200, "content_type": "", "headers": {},
        "as_of": "2026-06-15", "fetched_at": None, "name": "ssb/12274/data.json",
        "licence": "", "origin": "", "fidelity": "made_up", "note": "",
    }  # fmt: skip
    room.archive.add(body, made_up)
    room.pull(body)
    used = decode(room.archive, SPEC, made_up=False).vintages
    assert [v.entry.fidelity for v in used] == ["live"]
    used = decode(room.archive, SPEC, made_up=True).vintages
    assert [v.entry.fidelity for v in used] == ["made_up"]
    assert room.archive.verify() == 2


def test_times_are_kept_in_utc(room: Room) -> None:
    room.ledger.failed(SPEC.id, "x", datetime(2026, 7, 1, 12, tzinfo=UTC))
    stored = json.loads((room.archive.root / "ledger" / f"{SPEC.id}.json").read_bytes())
    assert stored["failed_since"] == "2026-07-01T12:00:00Z"
    with pytest.raises(ValueError, match="time zone"):
        room.ledger.failed(SPEC.id, "x", datetime(2026, 7, 1, 12))  # noqa: DTZ001

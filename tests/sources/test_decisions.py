"""What a person says of a vintage stands, with name and reason; what nobody needs is removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sources import decisions, lock, pruning
from sources.archive import DamagedArchive
from sources.decisions import CannotDecide
from sources.model import SourceChanged
from sources.pull.client import Brought, Piece
from sources.pull.keep import keep
from sources.records import Records, UnknownVintage
from sources.upkeep import inspect
from sources.vintages import decode
from tests.sources.vintage_kit import SPEC, URL, Came, Room, answer

if TYPE_CHECKING:
    from pathlib import Path

WITHDRAWN = [2.0, 4.0]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """A table whose source withdrew the year 2024, so that its newest vintage is quarantined."""
    room = Room(tmp_path)
    room.pull(answer([1, 2, 3, 4]))
    assert room.pull(answer(WITHDRAWN, Tid=["2025"])).state == "quarantined"
    return room


def suspect(room: Room) -> str:
    found = room.ledger.standing(SPEC.id).suspect
    assert found is not None
    return found


def decide(room: Room, how: str, vintage: str, because: str = "they withdrew it") -> None:
    named = {"accept": decisions.accept, "reject": decisions.reject}[how]
    named(room.archive, room.ledger, vintage, by="Kari", because=because, at=room.day)


def test_an_accepted_vintage_is_used_and_stays_accepted(room: Room) -> None:
    decide(room, "accept", suspect(room)[:8])
    raw = decode(room.archive, SPEC, made_up=False)
    assert raw.stale is None
    assert raw.table.num_rows == 2
    verdict = Records(room.archive.root).good(SPEC.id)[0].verdict
    assert (verdict.by, verdict.because) == ("Kari", "they withdrew it")
    assert any("periods are gone: 2024" in reason for reason in verdict.reasons)
    assert room.pull(answer(WITHDRAWN, Tid=["2025"])).state == "known"
    # The next one is measured by what was accepted.
    assert room.pull(answer([2.0, 4.1], Tid=["2025"])).state == "revised"


def test_a_rejected_vintage_stays_rejected_when_it_comes_again(room: Room) -> None:
    vintage = suspect(room)
    decide(room, "reject", vintage)
    again = room.pull(answer(WITHDRAWN, Tid=["2025"]))
    assert (again.state, again.vintage_id) == ("quarantined", vintage)
    assert again.reasons[0] == "rejected by Kari: they withdrew it"
    assert decode(room.archive, SPEC, made_up=False).table.num_rows == 4


def test_rejecting_what_is_in_use_brings_the_one_before_back(room: Room) -> None:
    kept = room.pull(answer([1, 2, 3, 4.4]))
    decide(room, "reject", kept.vintage_id, "row 4 is wrong")
    raw = decode(room.archive, SPEC, made_up=False)
    assert room.cells()["EAFK", "2025"] == 4
    assert raw.stale is not None
    assert raw.stale.kind == "quarantined"
    assert "rejected by Kari: row 4 is wrong" in raw.stale.why
    decide(room, "accept", kept.vintage_id, "it was right after all")
    assert room.cells()["EAFK", "2025"] == 4.4
    assert len(Records(room.archive.root).verdicts(SPEC.id, kept.vintage_id)) == 3


def test_accepting_an_older_vintage_does_not_push_out_the_newer_one(room: Room) -> None:
    old = suspect(room)
    room.pull(answer([1, 2, 3, 4.4]))
    decide(room, "accept", old)
    assert room.cells()["EAFK", "2025"] == 4.4
    assert room.ledger.standing(SPEC.id).vintage != old


def test_a_source_that_went_back_is_not_overruled_by_an_old_acceptance(room: Room) -> None:
    old = suspect(room)
    assert room.pull(answer([1, 2, 3, 4])).state == "known"
    decide(room, "accept", old)
    assert len(room.cells()) == 4


@pytest.mark.parametrize(("by", "because"), [("", "x"), ("x", " "), ("", "")])
def test_a_decision_needs_name_and_reason(room: Room, by: str, because: str) -> None:
    with pytest.raises(CannotDecide, match="Say"):
        decisions.accept(
            room.archive, room.ledger, suspect(room), by=by, because=because, at=room.day
        )


def test_what_cannot_be_read_cannot_be_accepted_and_unknown_ids_are_named(room: Room) -> None:
    with pytest.raises(SourceChanged):
        room.pull(answer([1, 2], KOKutdstatus0000=["X"], KOKfylkesregion0000=["5000"]))
    refused = Records(room.archive.root).of(SPEC.id)[-1]
    with pytest.raises(CannotDecide, match="unknown codes X"):
        decide(room, "accept", refused.record.id)
    for prefix in ("", "zzz"):
        with pytest.raises(UnknownVintage, match="begin with"):
            decide(room, "accept", prefix)


def pulls(room: Room, number: int) -> list[str]:
    return [
        room.pull(answer([1, 2, 3, 4 + n / 100], f"2026-08-{n:02}T06:00:00Z")).vintage_id
        for n in range(1, number + 1)
    ]


def test_pruning_keeps_what_is_used_doubted_or_pinned(room: Room) -> None:
    doubted = suspect(room)
    first = pulls(room, 1)
    locked = lock.lock_of(room.archive, [SPEC], made_up=False)
    before = decode(room.archive, SPEC, made_up=False, lock=locked).table
    rest = pulls(room, 5)[1:]
    tell = pruning.prune(room.archive, [locked], grace=-1)
    assert inspect(room.archive).vintages == 7
    done = pruning.prune(room.archive, [locked], remove=True, grace=-1)
    assert done == tell
    assert len(done.vintages) == len(done.answers) == len(done.files) == 3
    assert done.size > 0
    left = {j.record.id for j in Records(room.archive.root).of(SPEC.id)}
    assert left == {doubted, *first, *rest[-2:]}
    found = inspect(room.archive)
    assert (found.problems, found.unused) == ((), ())
    assert found.entries == 4
    assert decode(room.archive, SPEC, made_up=False, lock=locked).table.equals(before)
    again = pruning.prune(room.archive, [locked], remove=True, grace=-1)
    assert (again.vintages, again.answers, again.files) == ((), (), ())


def test_pruning_leaves_recorded_answers_and_what_is_young(room: Room) -> None:
    described = {
        "source": "ssb", "table": SPEC.id, "what": "x", "method": "GET", "url": URL + "?r",
        "request_body": None, "status": 200, "content_type": "", "headers": {},
        "as_of": "2001", "fetched_at": None, "name": "ssb/12274/data.json",
        "licence": "CC BY 4.0", "origin": "", "fidelity": "genuine", "note": "",
    }  # fmt: skip
    recorded, _ = room.archive.add(b"{}", described)
    pulls(room, 4)
    pruning.prune(room.archive, [], remove=True)
    assert inspect(room.archive).entries == 2 + 4 + 1
    pruning.prune(room.archive, [], remove=True, grace=-1)
    assert room.archive.body(recorded) == b"{}"
    assert inspect(room.archive).problems == ()


def test_pruning_keeps_the_newest_copy_of_a_document(room: Room) -> None:
    for n in range(3):
        body = answer([1, 2, 3, 4 + n / 10], f"2026-08-0{n + 1}T06:00:00Z")
        document = Came(b"%d" % n, fetched_at=f"2026-08-0{n + 1}T07:00:00Z")
        brought = Brought(
            (Piece("GET", URL, None, Came(body), f"2026-08-0{n + 1}"),),
            "s",
            (Piece("GET", URL + "/metadata", None, document, ""),),
        )
        keep(room.archive, room.ledger, SPEC, brought, room.day)
    pruning.prune(room.archive, [], remove=True, grace=-1)
    newest = room.archive.newest(URL + "/metadata")
    assert newest is not None
    assert room.archive.body(newest) == b"2"
    copies = [e for e in room.archive.entries() if e.url.endswith("/metadata")]
    assert copies == [newest]


def test_half_written_files_and_loose_bytes_are_told_and_pruned(room: Room) -> None:
    folder = room.archive.root / "objects" / "ab"
    folder.mkdir()
    (folder / ".new-x").write_bytes(b"half")
    (folder / ("ab" + "0" * 62)).write_bytes(b"loose")
    found = inspect(room.archive)
    assert (len(found.unused), len(found.half_written), found.problems) == (1, 1, ())
    assert pruning.prune(room.archive, [], grace=-1).size == len(b"half") + len(b"loose")
    pruning.prune(room.archive, [], remove=True, grace=-1)
    found = inspect(room.archive)
    assert (found.unused, found.half_written) == ((), ())


def test_nothing_is_pruned_while_something_cannot_be_read(room: Room) -> None:
    (record, *_) = (room.archive.root / "vintages" / SPEC.id).glob("*.json")
    record.write_bytes(b"{")
    assert any(str(record) in problem for problem in inspect(room.archive).problems)
    with pytest.raises(DamagedArchive, match="cannot be read"):
        pruning.prune(room.archive, [], remove=True, grace=-1)
    assert len(list((room.archive.root / "entries").iterdir())) == 2


def test_a_vintage_whose_answer_is_gone_is_damage(room: Room) -> None:
    entry = next(room.archive.entries())
    room.archive.entry_path(entry.id).unlink()
    (problem,) = inspect(room.archive).problems
    assert "1 of its 1 answers are gone" in problem
    assert entry.id in problem

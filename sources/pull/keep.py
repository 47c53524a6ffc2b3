"""Keep: what a client brought becomes answers in the archive, and a judged vintage.

The order is what makes it safe: bytes first, then the record of the pull with its verdict, then
the ledger. A process that dies in between leaves answers that nothing uses yet, and the next
pull of the same bytes goes on from there. Asking is the client's business, use of vintages that
of sources/vintages.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, NoReturn
from urllib.parse import urlsplit

from sources import figures, files, quarantine
from sources.archive import LIVE, DamagedArchive
from sources.ledger import utc_text
from sources.model import KompetanseError
from sources.pull.client import Known
from sources.records import MACHINE, Record, Records, Verdict, asked, vintage_id
from sources.vintages import UNUSABLE, Choice, NoAnswer, RawTable, entries_of, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sources.archive import Archive, Entry
    from sources.ledger import Ledger
    from sources.pull.client import Brought, Piece
    from sources.records import Judged
    from sources.registry import SourceTable

State = Literal["new", "revised", "same figures", "known", "quarantined"]


@dataclass(frozen=True)
class Kept:
    """What became of a pull.

    state: "known" (the answers in use came again), "same figures" (only the stamp is new), "new"
    (the first vintage, or cells were added and none changed), "revised" (cells changed or went),
    "quarantined" (kept and not used, see reasons).
    new_answers, known_answers: answers with figures that were not in the archive, and that were.
    cells: of the whole vintage. changed_cells: cells of the vintage before that read otherwise
    or are gone. notes: sentences for people.
    """

    state: State
    vintage_id: str
    new_answers: int
    known_answers: int
    cells: int
    changed_cells: int
    notes: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _Pull:
    """One pull on its way: its record, answers, how many were new, and its turn."""

    record: Record
    entries: tuple[Entry, ...]
    new: int
    known: int
    at: str
    turn: str


def known(archive: Archive, ledger: Ledger, spec: SourceTable) -> Known | None:
    """Return what the archive has of a table: stamp and answers of the newest good vintage.

    None if there is none, if the request has changed since, or if an answer is damaged: the
    table is then pulled anew, which mends it.
    """
    good = Records(archive.root).good(spec.id)
    if not good or _asked(ledger, good[0]) != asked(spec):
        return None
    try:
        entries = entries_of(archive, good[0])
    except DamagedArchive:
        return None
    if archive.damage(entries):
        return None
    standing = ledger.standing(spec.id)
    # The source may have stamped the same bytes anew; only the ledger learns of that.
    same = standing.vintage == good[0].record.id
    return Known(standing.stamp if same else good[0].record.stamp, entries)


def keep(
    archive: Archive, ledger: Ledger, spec: SourceTable, brought: Brought, at: datetime
) -> Kept:
    """Archive what was brought, decode and judge it, and say in the ledger how the table stands.

    Raises UnreadableAnswer or SourceChanged if the answers cannot be read or do not match the
    YAML: they stay archived, the vintage is refused, the ledger says so, older figures stay.
    NoAnswer if nothing was brought.
    """
    with files.held(archive.root / "locks" / f"{spec.id}.lock"):
        records = Records(archive.root)
        good = next(iter(records.good(spec.id)), None)
        turn = records.turn(spec.id, utc_text(at))
        pull = _archived(archive, spec, brought, good, at, turn)
        if good is not None and good.record.id == pull.record.id:
            if records.of(spec.id)[-1].record.id != good.record.id:
                # The source has gone back to it, past a vintage that was not used.
                seen = replace(good.verdict, seen_at=pull.at, at=pull.at, turn=pull.turn)
                records.judge(good.record, seen)
            _took(ledger, pull, at)
            return _kept("known", pull, good.verdict, brought.notes)
        try:
            entries = tuple(archive.entry(e) for e in pull.record.entries)
            choice = Choice(entries, frozenset(pull.record.entries), {})
            found = read(archive, spec, choice)
        except KompetanseError as error:
            _refuse(archive, ledger, records, pull, error, at)
        before, notes = _before(archive, spec, good)
        comparable = good is not None and _asked(ledger, good) == pull.record.asked
        verdict = _judged(spec, pull, found, before, comparable=comparable)
        verdict = replace(verdict, previous=good.record.id if good else None)
        verdict = _as_a_person_said(records, pull, verdict)
        _put(records, pull, verdict)
        if before is not None:
            notes += _told(verdict, request_changed=not comparable)
        notes = (*brought.notes, *found.notes, *notes)
        if verdict.state != "good":
            ledger.suspected(spec.id, pull.record.id, "; ".join(verdict.reasons), at)
            return _kept("quarantined", pull, verdict, notes)
        _took(ledger, pull, at)
        return _kept(_state(verdict), pull, verdict, notes)


def _archived(
    archive: Archive, spec: SourceTable, brought: Brought, good: Judged | None, at: datetime,
    turn: str,
) -> _Pull:  # fmt: skip
    """Put pieces and documents into the archive, and name the vintage that they make."""
    added = [archive.add(p.answer.body, _described(spec, p, spec.id)) for p in brought.pieces]
    for number, piece in enumerate(brought.documents):
        named = piece if piece.name != _UNNAMED else replace(piece, name=f"{number}.json")
        archive.add(piece.answer.body, _described(spec, named, None))
    entries = tuple(entry for entry, _ in added)
    if not brought.whole and good is not None:
        questions = {entry.question for entry in entries}
        earlier = [
            entry
            for entry in _still_there(archive, good)
            if entry.question not in questions and entry.url not in brought.replaces
        ]
        entries = (*earlier, *entries)
    entries = tuple({e.id: e for e in entries}.values())
    if not entries:
        raise NoAnswer(
            f"{spec.id}: the client brought no answer with figures, so there is nothing to keep. "
            "The vintage before stays in use; compare `request` in the YAML with the source."
        )
    new = sum(is_new for _, is_new in added)
    record = Record(
        id=vintage_id(spec.id, (e.id for e in entries)),
        table=spec.id,
        entries=tuple(e.id for e in entries),
        stamp=brought.stamp,
        updated=max((p.as_of for p in brought.pieces), default=None),
        fetched_at=max((p.answer.fetched_at for p in brought.pieces), default=utc_text(at)),
        asked=asked(spec),
        whole=brought.whole,
    )
    return _Pull(record, entries, new, len(added) - new, utc_text(at), turn)


def _still_there(archive: Archive, good: Judged) -> tuple[Entry, ...]:
    """Answers of the vintage before that are whole; known() asks for all where one is not."""
    found = []
    for entry_id in good.record.entries:
        try:
            entry = archive.entry(entry_id)
        except DamagedArchive:
            continue
        found += [] if archive.damage([entry]) else [entry]
    return tuple(found)


def _judged(
    spec: SourceTable, pull: _Pull, found: RawTable, before: RawTable | None, *, comparable: bool
) -> Verdict:
    """Judge what was decoded against the good vintage before, if both answer one request."""
    at = datetime.fromisoformat(pull.at)
    doubts = tuple(quarantine.suspicions(spec, found, before if comparable else None, at))
    verdict = Verdict(
        state="quarantined" if doubts else "good", seen_at=pull.at, at=pull.at, reasons=doubts,
        cells=found.table.num_rows, figures=figures.fingerprint(found.table), change="first",
        turn=pull.turn,
    )  # fmt: skip
    return verdict if before is None else _compared(spec, verdict, found, before)


def _as_a_person_said(records: Records, pull: _Pull, verdict: Verdict) -> Verdict:
    """Hold what a person has said of these very answers above what the machine thinks."""
    earlier = records.get(pull.record.table, pull.record.id)
    if earlier is None or earlier.verdict.by == MACHINE:
        return verdict
    said = earlier.verdict
    verdict = replace(verdict, state=said.state, by=said.by, because=said.because)
    if said.state != "rejected":
        return verdict
    doubts = tuple(d for d in verdict.reasons if d not in said.reasons)
    return replace(verdict, reasons=(*said.reasons, *doubts))


def _put(records: Records, pull: _Pull, verdict: Verdict) -> None:
    """Write record and verdict, unless the same was thought of the same answers just before."""
    earlier = records.get(pull.record.table, pull.record.id)
    told = earlier and (earlier.verdict.state, earlier.verdict.reasons)
    if verdict.state == "good" or told != (verdict.state, verdict.reasons):
        records.put(pull.record, verdict)


def _asked(ledger: Ledger, judged: Judged) -> str:
    """The request that last brought a vintage: another one may have brought the same answers."""
    standing = ledger.standing(judged.record.table)
    return standing.asked if standing.vintage == judged.record.id else judged.record.asked


def _before(
    archive: Archive, spec: SourceTable, good: Judged | None
) -> tuple[RawTable | None, tuple[str, ...]]:
    if good is None:
        return None, ()
    try:
        entries = entries_of(archive, good)
        return read(archive, spec, Choice(entries, frozenset(good.record.entries), {})), ()
    except UNUSABLE as error:
        return None, (f"the vintage before ({good.record.id}) cannot be compared: {error}",)


def _compared(spec: SourceTable, verdict: Verdict, new: RawTable, old: RawTable) -> Verdict:
    change = figures.compare(new.table, old.table)
    came = quarantine.periods(spec, new.table) - quarantine.periods(spec, old.table)
    if change.nothing:
        word = "same figures"
    else:
        word = "revised" if change.changed or change.gone else "new"
    return replace(
        verdict,
        change=word,
        new_periods=tuple(sorted(came)),
        changed_cells=change.changed + change.gone,
    )


def _told(verdict: Verdict, *, request_changed: bool) -> tuple[str, ...]:
    found = []
    if request_changed:
        found.append("the request has changed, so what is gone or moved was not judged")
    if verdict.new_periods:
        found.append(f"new periods: {', '.join(verdict.new_periods)}")
    if verdict.changed_cells:
        found.append(f"{verdict.changed_cells} earlier cells read otherwise or are gone")
    return tuple(found)


def _refuse(
    archive: Archive, ledger: Ledger, records: Records, pull: _Pull, error: KompetanseError,
    at: datetime,
) -> NoReturn:  # fmt: skip
    """Say in record and ledger that these answers cannot be used, and raise the error on."""
    verdict = Verdict(
        state="refused", seen_at=pull.at, at=pull.at, reasons=(str(error),), turn=pull.turn
    )
    _put(records, pull, verdict)
    ledger.failed(pull.record.table, str(error), at)
    lie = ", ".join(str(archive.object_path(e.sha256)) for e in pull.entries[:3])
    more = f" and {len(pull.entries) - 3} more" if len(pull.entries) > 3 else ""  # noqa: PLR2004
    text = (
        f"{error}\nThe answers are kept as vintage {pull.record.id} and are not used: {lie}{more}."
    )
    raise type(error)(text) from error


def _took(ledger: Ledger, pull: _Pull, at: datetime) -> None:
    record = pull.record
    ledger.took(record.table, at, vintage=record.id, stamp=record.stamp, asked=record.asked)


def _state(verdict: Verdict) -> State:
    if verdict.change == "revised":
        return "revised"
    return "same figures" if verdict.change == "same figures" else "new"


def _kept(state: State, pull: _Pull, verdict: Verdict, notes: Sequence[str]) -> Kept:
    changed = 0 if state == "known" else verdict.changed_cells
    reasons = verdict.reasons if state == "quarantined" else ()
    return Kept(
        state, pull.record.id, pull.new, pull.known, verdict.cells, changed,
        tuple(dict.fromkeys(notes)), reasons,
    )  # fmt: skip


_UNNAMED = "live.json"


def _described(spec: SourceTable, piece: Piece, table: str | None) -> dict[str, Any]:
    asked_at = urlsplit(piece.answer.url)
    name = piece.name if piece.name.startswith(f"{spec.id}/") else f"{spec.id}/{piece.name}"
    return {
        "source": spec.provider,
        "table": table,
        "what": spec.title.nb,
        "method": piece.method,
        "url": piece.url,
        "request_body": piece.request_body,
        "status": piece.answer.status,
        "content_type": piece.answer.headers.get("content-type", ""),
        "headers": dict(piece.answer.headers),
        "as_of": piece.as_of,
        "fetched_at": piece.answer.fetched_at,
        "name": name,
        "licence": spec.licence.theirs,
        "origin": f"{asked_at.scheme}://{asked_at.netloc}" if asked_at.netloc else "",
        "fidelity": LIVE,
        "note": "",
    }

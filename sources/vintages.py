"""Vintages: which archived answers make up a source table now, and their decoding.

A pulled table is the newest good vintage: all answers of one pull. A table from recorded folders
is the union of the newest answer to each question that was asked about it (sources/choice.py).
Decoding and joining the answers is in sources/assembly.py, judging a pull in
sources/quarantine.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sources.archive import DamagedArchive
from sources.assembly import Vintage, assemble, decode_one
from sources.choice import choose, oldest_first
from sources.figures import VINTAGE, fingerprint
from sources.ledger import Ledger
from sources.model import KompetanseError, SourceChanged, UnreadableAnswer
from sources.records import Records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from sources.archive import Archive, Entry
    from sources.lock import Pin
    from sources.records import Judged
    from sources.registry import SourceTable

__all__ = ["VINTAGE", "NoAnswer", "RawTable", "Stale", "Vintage", "choose", "decode"]

# What makes one vintage unusable while an older one may still be good.
UNUSABLE = (DamagedArchive, UnreadableAnswer, SourceChanged)


class NoAnswer(KompetanseError):
    """The archive holds no usable answer for a table."""


@dataclass(frozen=True)
class Stale:
    """Why the figures in use are older than they should be.

    since: when the source first failed (or what is not used was brought), ISO 8601 or a date.
    kind:  "failed", "quarantined" or "damaged". as_of, fetched_at: of what is used instead.
    """

    since: str | None
    why: str
    kind: str
    as_of: str | None
    fetched_at: str | None


@dataclass(frozen=True)
class RawTable:
    """A source table as decoded: one row per cell of the answers in use.

    table: one dictionary<string> column per dimension of the YAML (dimensions that an answer
    left out are filled with `absent`), then value, status and vintage_id. Code lists keep
    their own columns and get vintage_id alone.
    unused: vintage ids of answers that were not taken, with the reason.
    notes: warnings for people, such as a size above the expected.
    stale: why something newer is not used; None if this is all there is.
    pulled: whether one pull brought the answers (False: taken from recorded folders).
    """

    table: pa.Table
    vintages: tuple[Vintage, ...]
    unused: dict[str, str]
    notes: tuple[str, ...]
    stale: Stale | None = None
    pulled: bool = False

    @property
    def as_of(self) -> str | None:
        """How new the newest answer in use says it is."""
        return max((v.entry.as_of for v in self.vintages if v.entry.as_of), default=None)

    @property
    def fetched_at(self) -> str | None:
        """When the newest answer in use was fetched, where that is known."""
        return max((v.entry.fetched_at for v in self.vintages if v.entry.fetched_at), default=None)


@dataclass(frozen=True)
class Choice:
    """Answers to use: oldest first, which of them one pull brought, and why others are not."""

    entries: tuple[Entry, ...]
    pulled: frozenset[str]
    unused: dict[str, str]
    notes: tuple[str, ...] = ()


def decode(
    archive: Archive,
    spec: SourceTable,
    *,
    made_up: bool,
    lock: Mapping[str, Pin] | None = None,
) -> RawTable:
    """Decode the answers in use, hold each against the YAML and join them.

    Used is the newest good vintage, with recorded answers that are newer still; where that is
    damaged or no longer decodes, the next older one, and `stale` says so. lock: pins by table
    id; then exactly the answers that it names, and none for a table that it does not name.
    Raises NoAnswer; DamagedArchive, UnreadableAnswer or SourceChanged if nothing can be used;
    with a lock DamagedArchive if an answer that it names is missing or of the other kind.
    """
    if lock is not None:
        return _locked(archive, spec, lock, made_up=made_up)
    if made_up:
        return _recorded(archive, spec, made_up=True)
    problems: list[tuple[Judged, KompetanseError]] = []
    for judged in Records(archive.root).good(spec.id):
        try:
            found = _through(archive, spec, judged)
        except UNUSABLE as error:
            problems.append((judged, error))
            continue
        return _with_stale(archive, spec, found, problems)
    try:
        found = _recorded(archive, spec, made_up=False)
    except (NoAnswer, *UNUSABLE):
        if problems:
            raise problems[0][1] from None
        raise
    return _with_stale(archive, spec, found, problems)


def inputs(
    archive: Archive,
    spec: SourceTable,
    *,
    made_up: bool,
    lock: Mapping[str, Pin] | None = None,
) -> list[str]:
    """Ids of all that `decode` looks at: equal lists decode to equal tables. Reads no figures."""
    if lock is not None:
        return [f"{i}@{as_of}" for i, as_of in lock[spec.id].entries] if spec.id in lock else []
    everything, _ = archive.readable()
    recorded, _ = choose(everything, spec, made_up=made_up)
    pulled = [] if made_up else [j.record.id for j in Records(archive.root).good(spec.id)]
    return [*pulled, *(entry.id for entry in recorded)]


def entries_of(archive: Archive, judged: Judged) -> tuple[Entry, ...]:
    """Answers of a vintage, oldest first; raises DamagedArchive that names every missing one."""
    found: list[Entry] = []
    problems: list[str] = []
    for entry_id in judged.record.entries:
        try:
            found.append(archive.entry(entry_id))
        except DamagedArchive as error:
            problems += error.problems
    problems += [f"{e.id} ({e.vintage_id}): made up, so never pulled" for e in found if e.made_up]
    if problems:
        raise DamagedArchive.of(problems)
    return tuple(sorted(found, key=oldest_first))


def read(archive: Archive, spec: SourceTable, choice: Choice) -> RawTable:
    """Decode and join the answers of a choice; raises as `decode`."""
    done = assemble(archive, spec, choice.entries, choice.pulled)
    return RawTable(
        table=done.table,
        vintages=done.vintages,
        unused=choice.unused,
        notes=(*choice.notes, *done.notes),
        pulled=bool(choice.pulled),
    )


def _through(archive: Archive, spec: SourceTable, judged: Judged) -> RawTable:
    """Read a pulled vintage together with newer recorded answers, or alone if those are bad."""
    pulled = entries_of(archive, judged)
    ids = frozenset(e.id for e in pulled)
    everything, damaged = archive.readable()
    recorded, unused = choose(everything, spec, made_up=False)
    newer = [e for e in recorded if e.id not in ids and _adds(e, pulled, whole=judged.record.whole)]
    unused |= {
        e.vintage_id: f"superseded by vintage {judged.record.id}"
        for e in recorded
        if e.id not in ids | {n.id for n in newer}
    }
    notes = tuple(f"{spec.id}: an archive entry is damaged: {what}" for what in damaged)
    alone = Choice(pulled, ids, unused, notes)
    if not newer:
        return read(archive, spec, alone)
    together = tuple(sorted([*pulled, *newer], key=oldest_first))
    try:
        return read(archive, spec, replace(alone, entries=together))
    except UNUSABLE as error:
        found = read(archive, spec, alone)
        why = f"newer recorded answers cannot be used: {error}"
        return replace(found, stale=_stale(found, newer[-1].as_of, why, "damaged"))


def _adds(recorded: Entry, pulled: Sequence[Entry], *, whole: bool) -> bool:
    """Tell whether a recorded answer says something that the pulled ones do not."""
    if whole:
        return (recorded.as_of or "") > max(e.as_of or "" for e in pulled)
    same = [e.as_of or "" for e in pulled if e.question == recorded.question]
    return all((recorded.as_of or "") > as_of for as_of in same)


def _recorded(archive: Archive, spec: SourceTable, *, made_up: bool) -> RawTable:
    """Read the newest recorded answers; a bad one gives way to an older one to its question."""
    everything, damaged = archive.readable()
    if damaged:
        raise DamagedArchive.of(damaged)
    pool, bad_ones = list(everything), dict[str, str]()
    stale: Stale | None = None
    while True:
        used, unused = choose(pool, spec, made_up=made_up)
        if not used:
            raise _no_answer(archive, spec)
        try:
            found = read(archive, spec, Choice(tuple(used), frozenset(), unused | bad_ones))
        except UNUSABLE as error:
            bad = _replaceable(archive, spec, used, pool)
            if not bad:
                raise
            pool = [e for e in pool if e.id not in {old.id for old, _ in bad}]
            bad_ones |= {e.vintage_id: f"cannot be used: {why}" for e, why in bad}
            first = bad[0][0]
            stale = Stale(first.fetched_at or first.as_of, str(error), "damaged", None, None)
            continue
        if stale is None:
            return found
        return replace(found, stale=_stale(found, stale.since, stale.why, stale.kind))


def _replaceable(
    archive: Archive, spec: SourceTable, used: Sequence[Entry], pool: Sequence[Entry]
) -> list[tuple[Entry, str]]:
    """Bad answers among those used to whose question there is an older answer, with the reason.

    Empty if one of the bad ones has no older answer: then the table cannot be had whole.
    """
    bad: list[tuple[Entry, str]] = []
    for entry in used:
        try:
            decode_one(archive, spec, entry)
        except UNUSABLE as error:
            older = [
                e
                for e in pool
                if e.question == entry.question
                and (e.as_of or "", e.id) < (entry.as_of or "", entry.id)
                and choose([e], spec, made_up=entry.made_up)[0]
            ]
            if not older:
                return []
            bad.append((entry, str(error)))
    return bad


def _locked(
    archive: Archive, spec: SourceTable, lock: Mapping[str, Pin], *, made_up: bool
) -> RawTable:
    if spec.id not in lock:
        raise NoAnswer(
            f"The lock has no line for {spec.id} ({spec.title['nb']}). "
            "Make a lock anew, or run without one to use the newest answers."
        )
    pin = lock[spec.id]
    entries: list[Entry] = []
    problems: list[str] = []
    for entry_id, as_of in pin.entries:
        try:
            # The day may have been noted otherwise where the same bytes were fetched again.
            entries.append(replace(archive.entry(entry_id), as_of=as_of))
        except DamagedArchive as error:
            problems += error.problems
    problems += archive.damage(entries)
    problems += [
        f"{e.id} ({e.vintage_id}): {'made up' if e.made_up else 'not made up'}, unlike this run"
        for e in entries
        if e.made_up is not made_up
    ]
    if problems:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise DamagedArchive(
            f"{spec.id}: the lock pins vintage {pin.vintage} (as of {pin.as_of}), and "
            f"{len(problems)} of its {len(pin.entries)} answers cannot be had:\n{lines}\n"
            "Import the archive that was exported with this lock: kompetanse archive import FILE.",
            problems,
        )
    pulled = frozenset(i for i, _ in pin.entries) if pin.pulled else frozenset[str]()
    choice = Choice(tuple(sorted(entries, key=oldest_first)), pulled, {})
    found = read(archive, spec, choice)
    if fingerprint(found.table) == pin.figures:
        return found
    note = f"{spec.id}: decodes to other figures than when the lock was made; has the YAML changed?"
    return replace(found, notes=(*found.notes, note))


def _with_stale(
    archive: Archive,
    spec: SourceTable,
    found: RawTable,
    problems: Sequence[tuple[Judged, KompetanseError]],
) -> RawTable:
    """Say why the newest is not used: what could not be read, else what the ledger says."""
    if problems:
        judged, error = problems[0]
        why = f"vintage {judged.record.id} cannot be used: {error}"
        return replace(found, stale=_stale(found, judged.verdict.seen_at, why, "damaged"))
    standing = Ledger(archive.root).standing(spec.id)
    taken = standing.vintage
    if taken and all(j.record.id != taken for j in Records(archive.root).of(spec.id)):
        why = f"the record of vintage {taken} is damaged or gone; pull the table again"
        return replace(found, stale=_stale(found, standing.checked_at, why, "damaged"))
    if standing.kind is None:
        return found
    return replace(
        found, stale=_stale(found, standing.failed_since, standing.problem, standing.kind)
    )


def _stale(found: RawTable, since: str | None, why: str, kind: str) -> Stale:
    return Stale(since, why, kind, found.as_of, found.fetched_at)


def _no_answer(archive: Archive, spec: SourceTable) -> NoAnswer:
    return NoAnswer(
        f"No answer for {spec.id} ({spec.title['nb']}) is in the archive {archive.root}. "
        f"Ask the source with `kompetanse pull --table {spec.id}`, or import a folder of recorded "
        "answers with `kompetanse archive import FOLDER`."
    )

"""Pruning: removing pulled answers that nothing in use, in doubt or pinned needs any more.

Answers from recorded folders are never removed: nobody can ask for them again. What is to be
kept is said by vintages and locks; looking for damage is sources/upkeep.py.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sources import files, upkeep
from sources.archive import DamagedArchive
from sources.records import Records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from sources.archive import Archive, Entry
    from sources.lock import Pin
    from sources.records import Judged

# Good vintages that stay per table: the one in use, and the one to fall back to.
_GOOD = 2
# What is younger may belong to a pull or an import that is under way.
GRACE_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class Pruned:
    """What was removed, or would be: vintages, answers, files of bytes, and how many bytes."""

    vintages: tuple[str, ...]
    answers: tuple[str, ...]
    files: tuple[Path, ...]
    size: int


def prune(
    archive: Archive,
    locks: Sequence[Mapping[str, Pin]],
    *,
    remove: bool = False,
    grace: float = GRACE_SECONDS,
) -> Pruned:
    """Remove what nothing needs; without `remove` only say what that is.

    Kept: per table the two newest good vintages, quarantined ones, and all that was seen since
    the newest good one; what the locks name; recorded answers; the newest copy of every
    document; files younger than `grace` seconds.
    Raises DamagedArchive while an entry or record cannot be read: it cannot be told what it is.
    """
    with _all_tables_held(archive):
        entries, problems = archive.readable()
        records = Records(archive.root)
        problems += records.damage()
        if problems:
            raise DamagedArchive.of(problems)
        judged = {t: records.of(t) for t in records.tables()}
        pinned = {pin.vintage for lock in locks for pin in lock.values()}
        old = [j for of_table in judged.values() for j in _superseded(of_table, pinned)]
        gone = {j.record.id for j in old}
        needed = {i for lock in locks for pin in lock.values() for i, _ in pin.entries}
        for of_table in judged.values():
            needed |= {i for j in of_table if j.record.id not in gone for i in j.record.entries}
        needed |= _newest_documents(entries)
        before = time.time() - grace
        useless = [
            e
            for e in entries
            if e.live and e.id not in needed and _older(archive.entry_path(e.id), before)
        ]
        found = _sum_up(archive, entries, old, useless, before)
        if remove:
            _remove(archive, records, old, useless, found.files)
        return found


@contextmanager
def _all_tables_held(archive: Archive) -> Iterator[None]:
    """Hold every table, so that no pull comes to need what is being removed."""
    folder = archive.root / "locks"
    tables = {p.relative_to(folder).with_suffix("").as_posix() for p in folder.rglob("*.lock")}
    with ExitStack() as stack:
        # Always in the same order, so that two prunes never wait for each other.
        for table in sorted(tables | set(Records(archive.root).tables())):
            stack.enter_context(files.held(folder / f"{table}.lock"))
        yield


def _superseded(of_table: Sequence[Judged], pinned: set[str]) -> list[Judged]:
    """Vintages of one table, oldest first, that nothing needs."""
    good = [j for j in of_table if j.good]
    if not good:
        return []
    kept = {j.record.id for j in good[-_GOOD:]} | pinned
    return [
        j
        for j in of_table
        if j.record.id not in kept and j.verdict.state != "quarantined" and j.order < good[-1].order
    ]


def _newest_documents(entries: Iterable[Entry]) -> set[str]:
    newest: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda e: (e.fetched_at or "", e.id)):
        if entry.live and entry.table is None:
            newest[entry.question] = entry
    return {entry.id for entry in newest.values()}


def _sum_up(
    archive: Archive,
    entries: Sequence[Entry],
    old: Sequence[Judged],
    useless: Sequence[Entry],
    before: float,
) -> Pruned:
    dropped = {e.id for e in useless}
    left = [e for e in entries if e.id not in dropped]
    loose = [*upkeep.unused_objects(archive, left), *upkeep.half_written(archive)]
    paths = tuple(path for path in loose if _older(path, before))
    return Pruned(
        vintages=tuple(f"{j.record.table} {j.record.id}" for j in old),
        answers=tuple(e.id for e in useless),
        files=paths,
        size=sum(path.stat().st_size for path in paths),
    )


def _remove(
    archive: Archive,
    records: Records,
    old: Sequence[Judged],
    useless: Sequence[Entry],
    paths: Iterable[Path],
) -> None:
    # From what names to what is named: a crash leaves things that nothing names, no damage.
    for judged in old:
        record = records.path(judged.record.table, judged.record.id)
        record.unlink()
        folder = record.with_suffix("")
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
    for entry in useless:
        archive.entry_path(entry.id).unlink()
    for path in paths:
        if path.is_dir():
            continue
        path.unlink(missing_ok=True)


def _older(path: Path, moment: float) -> bool:
    return path.stat().st_mtime < moment

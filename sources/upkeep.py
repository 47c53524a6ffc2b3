"""Upkeep: whether the archive is whole, and what in it nothing needs any more.

Looks at bytes, entries and records together; decodes nothing. Removing is sources/pruning.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sources.files import TEMPORARY
from sources.records import FOLDER, Records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sources.archive import Archive, Entry

_FOLDERS = ("objects", "entries", FOLDER, "ledger")


@dataclass(frozen=True)
class Inspection:
    """What was found in an archive.

    entries, vintages: how many there are. problems: damage, a sentence each.
    unused: objects that no entry names, left by a crash or a prune; half_written: temporary
    files. Neither is damage: `kompetanse archive prune` removes them.
    """

    entries: int
    vintages: int
    problems: tuple[str, ...]
    unused: tuple[Path, ...]
    half_written: tuple[Path, ...]


def inspect(archive: Archive) -> Inspection:
    """Read every byte of an archive and hold records, entries and objects against each other."""
    entries, problems = archive.readable()
    records = Records(archive.root)
    problems += archive.damage(entries)
    problems += records.damage()
    ids = {entry.id for entry in entries}
    judged = [j for table in records.tables() for j in records.of(table)]
    for one in judged:
        gone = [entry_id for entry_id in one.record.entries if entry_id not in ids]
        if gone:
            problems.append(
                f"{one.record.table}, vintage {one.record.id}: {len(gone)} of its "
                f"{len(one.record.entries)} answers are gone or unreadable: {', '.join(gone)}"
            )
    return Inspection(
        entries=len(entries),
        vintages=len(judged),
        problems=tuple(problems),
        unused=tuple(unused_objects(archive, entries)),
        half_written=tuple(half_written(archive)),
    )


def unused_objects(archive: Archive, entries: Iterable[Entry]) -> Iterator[Path]:
    """Bytes that none of these entries names."""
    named = {entry.sha256 for entry in entries}
    for path in sorted((archive.root / "objects").glob("*/*")):
        if path.name not in named and not path.name.startswith(TEMPORARY):
            yield path


def half_written(archive: Archive) -> Iterator[Path]:
    """Temporary files of writes that never ended, or that are under way now."""
    for folder in _FOLDERS:
        yield from sorted((archive.root / folder).rglob(f"{TEMPORARY}*"))

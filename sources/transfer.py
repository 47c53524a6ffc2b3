"""Transfer: what a lock names, as one file that another machine can take in.

A plain tar (USTAR, no compression, no times, no owners), so that the same lock over the same
archive is the same file, byte for byte, whatever the library's version. Nothing of it is
believed: every hash is worked out anew, and all is taken or nothing.
"""

from __future__ import annotations

import io
import re
import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sources import files, lock
from sources.archive import DamagedArchive, parsed
from sources.model import KompetanseError
from sources.records import FOLDER, Records, read_record, read_verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sources.archive import Archive, Entry
    from sources.lock import Pin

LARGEST_ANSWER = 512 * 1024 * 1024
LARGEST_FILE = 32 * 1024 * 1024 * 1024
_SMALL = 8 * 1024 * 1024
_ID = r"[a-z]+/[A-Za-z0-9_]+/[0-9a-f]{16}"
# In the order in which they are put in place: bytes, what describes them, what names those.
_KINDS = {
    "object": (re.compile(r"objects/([0-9a-f]{2})/(\1[0-9a-f]{62})"), LARGEST_ANSWER),
    "entry": (re.compile(r"entries/[0-9a-f]{20}\.json"), _SMALL),
    "record": (re.compile(rf"{FOLDER}/{_ID}\.json"), _SMALL),
    "verdict": (re.compile(rf"{FOLDER}/{_ID}/[0-9]{{6}}\.json"), _SMALL),
    "lock": (re.compile(re.escape(lock.NAME)), lock.LARGEST),
}


class UnusableExport(KompetanseError):
    """An exported archive cannot be taken in; lists every problem."""


@dataclass(frozen=True)
class Received:
    """What an import did: answers new and known, vintages named, and the lock that came along."""

    added: int
    known: int
    vintages: int
    pins: Mapping[str, Pin]


def export(archive: Archive, pins: Mapping[str, Pin], path: Path) -> int:
    """Write everything that a lock names to one file; return the number of answers in it.

    Raises DamagedArchive with every answer that is missing or damaged; then nothing is written.
    """
    entries, problems = _named(archive, pins)
    problems += archive.damage(entries)
    if problems:
        raise DamagedArchive.of(problems)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=files.TEMPORARY) as folder:
        made = Path(folder) / "export.tar"
        with tarfile.open(made, "w", format=tarfile.USTAR_FORMAT) as tar:
            for name, body in _members(archive, pins, entries):
                info = tarfile.TarInfo(name)
                info.size = len(body)
                tar.addfile(info, io.BytesIO(body))
        made.replace(path)
    return len(entries)


def take_in(archive: Archive, path: Path) -> Received:
    """Take an exported archive in: all of it, or nothing and UnusableExport with every problem.

    What is there already stays as it is; damaged bytes are mended.
    """
    archive.root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=archive.root, prefix=files.TEMPORARY))
    try:
        names = _unpacked(path, folder)
        entries, problems = _entries(folder, names)
        problems += [*_objects(folder, names, entries), *_records(folder, names, entries)]
        pins = _lock(folder, names, entries, problems)
        if problems:
            raise _unusable(path, problems)
        fresh = [e for e in entries if not archive.entry_path(e).exists()]
        _put_in_place(archive, folder, names)
    finally:
        shutil.rmtree(folder)
    return Received(len(fresh), len(entries) - len(fresh), len(names["record"]), pins)


def _named(archive: Archive, pins: Mapping[str, Pin]) -> tuple[list[Entry], list[str]]:
    found: dict[str, Entry] = {}
    problems: list[str] = []
    for table, pin in sorted(pins.items()):
        for entry_id, _ in pin.entries:
            try:
                found[entry_id] = archive.entry(entry_id)
            except DamagedArchive as error:
                problems += [f"{table}: {problem}" for problem in error.problems]
    return [found[entry_id] for entry_id in sorted(found)], problems


def _members(
    archive: Archive, pins: Mapping[str, Pin], entries: list[Entry]
) -> Iterator[tuple[str, bytes]]:
    yield lock.NAME, lock.text(pins).encode()
    for entry in entries:
        path = archive.entry_path(entry.id)
        yield path.relative_to(archive.root).as_posix(), path.read_bytes()
    for sha256, entry in sorted({entry.sha256: entry for entry in entries}.items()):
        path = archive.object_path(sha256)
        yield path.relative_to(archive.root).as_posix(), archive.body(entry)
    records = Records(archive.root)
    for table, pin in sorted(pins.items()):
        path = records.path(table, pin.vintage)
        for file in [path, *sorted(path.with_suffix("").glob("*.json"))] if path.exists() else []:
            yield file.relative_to(archive.root).as_posix(), file.read_bytes()


def _unpacked(path: Path, folder: Path) -> dict[str, list[str]]:
    """Write the members that may stand in an export into a folder; kind -> names."""
    names: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    problems = []
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UnusableExport(f"{path} is larger than {LARGEST_FILE} bytes; nothing was taken.")
        with tarfile.open(path, "r:") as tar:
            for member in tar:
                kind = _kind(member)
                target = folder / member.name
                if kind is None or target.exists():
                    problems.append(f"{member.name[:120]!r} may not stand in an export")
                    continue
                body = tar.extractfile(member)
                assert body is not None  # _kind lets regular files through only
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(body.read())
                names[kind].append(member.name)
    except (OSError, tarfile.TarError) as error:
        raise UnusableExport(
            f"{path} is no exported archive: {error}. Nothing was taken."
        ) from error
    if problems:
        raise _unusable(path, problems)
    return names


def _kind(member: tarfile.TarInfo) -> str | None:
    """Which kind of file a member is; None for links, foreign names and what is too large."""
    for kind, (pattern, largest) in _KINDS.items():
        if pattern.fullmatch(member.name):
            return kind if member.isreg() and member.size <= largest else None
    return None


def _entries(folder: Path, names: dict[str, list[str]]) -> tuple[dict[str, Entry], list[str]]:
    found, problems = {}, []
    for name in names["entry"]:
        path = folder / name
        try:
            found[path.stem] = parsed(path.read_bytes(), path.stem)
        except (ValueError, KeyError, TypeError) as error:
            problems.append(f"{name}: {error}")
    return found, problems


def _objects(
    folder: Path, names: dict[str, list[str]], entries: Mapping[str, Entry]
) -> Iterator[str]:
    brought = {Path(name).name: folder / name for name in names["object"]}
    wanted = {entry.sha256: entry for entry in entries.values()}
    for sha256 in sorted(brought.keys() - wanted.keys()):
        yield f"object {sha256[:12]}: no answer names it"
    for sha256, entry in sorted(wanted.items()):
        if sha256 not in brought:
            yield f"answer {entry.id}: its bytes are not there"
        elif (found := files.digest(brought[sha256].read_bytes())) != sha256:
            yield f"answer {entry.id}: bytes hash to {found[:12]}, not to {sha256[:12]}"
        elif brought[sha256].stat().st_size != entry.size:
            yield f"answer {entry.id}: the bytes are not as many as it says"


def _records(
    folder: Path, names: dict[str, list[str]], entries: Mapping[str, Entry]
) -> Iterator[str]:
    for name in names["record"]:
        try:
            record = read_record(folder / name)
        except DamagedArchive as error:
            yield from error.problems
            continue
        if f"{FOLDER}/{record.table}/{record.id}.json" != name:
            yield f"{name}: the record is of table {record.table!r}"
        gone = [entry_id for entry_id in record.entries if entry_id not in entries]
        if gone:
            yield f"{name}: answers are not there: {', '.join(gone)}"
    for name in names["verdict"]:
        if f"{Path(name).parent.as_posix()}.json" not in names["record"]:
            yield f"{name}: a verdict without its record"
        try:
            read_verdict(folder / name)
        except DamagedArchive as error:
            yield from error.problems


def _lock(
    folder: Path, names: dict[str, list[str]], entries: Mapping[str, Entry], problems: list[str]
) -> dict[str, Pin]:
    """Read the lock that came along, and note answers that it names and that are not there."""
    if not names["lock"]:
        problems.append(f"it has no {lock.NAME}")
        return {}
    try:
        pins = lock.read(folder / lock.NAME)
    except lock.UnusableLock as error:
        problems.append(str(error))
        return {}
    for table, pin in pins.items():
        gone = [entry_id for entry_id, _ in pin.entries if entry_id not in entries]
        problems += [f"{table}: the lock names answers that are not there: {gone}"] if gone else []
    return pins


def _put_in_place(archive: Archive, folder: Path, names: dict[str, list[str]]) -> None:
    # A crash in between leaves bytes and answers that nothing names yet, which is no damage.
    for name in names["object"]:
        files.write_once(archive.root / name, (folder / name).read_bytes())
    # What was thought of a vintage on this machine stands; only new ones bring their verdicts.
    judged = {name for name in names["verdict"] if any((archive.root / name).parent.glob("*.json"))}
    for kind in ("entry", "record", "verdict"):
        for name in sorted(set(names[kind]) - judged):
            if not (archive.root / name).exists():
                files.write(archive.root / name, (folder / name).read_bytes())


def _unusable(path: Path, problems: list[str]) -> UnusableExport:
    lines = "\n".join(f"  {problem}" for problem in problems)
    return UnusableExport(
        f"{path} cannot be taken in, {len(problems)} problems; nothing was taken:\n{lines}\n"
        "Export it again with `kompetanse archive export`, and compare the two files."
    )

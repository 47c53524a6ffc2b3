"""Raw archive: what a source answered, byte for byte, and when.

Nothing here decodes or judges an answer. Decoding lives in the reader of the protocol,
judging in sources/validate.py and expectations/. Entries are never changed or removed.

Layout: `objects/ab/<sha256>` holds the bytes, `entries/<id>.json` says what was asked, of whom
and what came with the answer. Equal bytes are stored once; the same answer to the same
question is one entry. What was thought of them lies beside: `vintages/` (sources/records.py)
and `ledger/` (sources/ledger.py).
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.files import digest, write_once
from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["LIVE", "MADE_UP", "Archive", "DamagedArchive", "Entry", "digest"]

LIVE = "live"
MADE_UP = "made_up"
# Entries never change, so one that was read stays read; more than this are read again.
_REMEMBERED = 65_536
_OK = 200


class DamagedArchive(KompetanseError):
    """Bytes in the archive are not those that were put there; lists every damaged entry."""

    def __init__(self, message: str, problems: Iterable[str] = ()) -> None:
        """Say what is damaged; problems: the same, one sentence per entry."""
        super().__init__(message)
        self.problems = tuple(problems)

    @classmethod
    def of(cls, problems: Sequence[str]) -> DamagedArchive:
        """Name every damaged entry and what to do."""
        lines = "\n".join(f"  {p}" for p in problems)
        return cls(
            f"{len(problems)} damaged entries in the raw archive:\n{lines}\n"
            "They are not used. Import or pull those answers again; the rest of the archive is "
            "whole.",
            problems,
        )


@dataclass(frozen=True)
class Entry:
    """One archived answer.

    id:       hash of question and bytes. table: source table that claims it ("ssb/09429"),
              or None for documents (code lists, metadata, error bodies).
    url, method, request_body: the question. status, content_type, headers: what came with it.
    as_of:    the source's own statement of how new the figures are (date or part of one).
    fetched_at: when it was fetched, None for recorded answers whose time is not known.
    sha256, size: of the bytes. fidelity: live, genuine, reshaped or made_up.
    origin:   of live answers the base address that was asked, so that a mirror can be seen.
    """

    id: str
    source: str
    table: str | None
    what: str
    method: str
    url: str
    request_body: Any
    status: int
    content_type: str
    headers: dict[str, str]
    as_of: str | None
    fetched_at: str | None
    name: str
    sha256: str
    size: int
    licence: str
    origin: str
    fidelity: str
    note: str

    @property
    def made_up(self) -> bool:
        """Whether the figures in the answer are made up."""
        return self.fidelity == MADE_UP

    @property
    def live(self) -> bool:
        """Whether the answer was pulled, and so is used only through a good vintage."""
        return self.fidelity == LIVE

    @property
    def question(self) -> str:
        """What was asked, as one comparable text."""
        return _canonical({"m": self.method, "u": self.url, "b": self.request_body})

    @property
    def vintage_id(self) -> str:
        """Short name of this answer for rows and messages: table@as_of#hash."""
        return f"{self.table or self.source}@{self.as_of or 'undated'}#{self.sha256[:8]}"


class Archive:
    """Content-addressed store of answers below one folder."""

    def __init__(self, root: Path) -> None:
        """Use the archive at root; the folder is made when the first answer is added."""
        self.root = root

    def add(self, body: bytes, described: dict[str, Any]) -> tuple[Entry, bool]:
        """Store an answer; return its entry and whether it was new.

        described: the fields of Entry except id, sha256 and size.
        """
        sha256 = digest(body)
        question = _canonical(
            {"m": described["method"], "u": described["url"], "b": described["request_body"]}
        )
        made_up = described["fidelity"] == MADE_UP
        path, known = self._place(f"{question}\n{sha256}", made_up=made_up)
        # Bytes before entry: a crash in between leaves an unused object, never a dangling entry.
        # Also for a known entry: taking it again mends damaged bytes.
        write_once(self.object_path(sha256), body)
        if known is not None:
            return known, False
        entry = Entry(id=path.stem, sha256=sha256, size=len(body), **described)
        text = json.dumps(asdict(entry), ensure_ascii=False, indent=1, sort_keys=True)
        write_once(path, text.encode())
        return entry, True

    def entries(self, *, table: str | None = None, made_up: bool | None = None) -> Iterator[Entry]:
        """Entries in order of table, as_of and id; optionally of one table or one kind.

        Raises DamagedArchive with every entry that cannot be read.
        """
        found, problems = self.readable()
        if problems:
            raise DamagedArchive.of(problems)
        for entry in found:
            if (table is None or entry.table == table) and made_up in (None, entry.made_up):
                yield entry

    def readable(self) -> tuple[list[Entry], list[str]]:
        """Every entry that can be read, in the order of `entries`, and what is wrong with others.

        A file is read once per process as long as neither its time nor its size changes.
        """
        found: list[Entry] = []
        problems: list[str] = []
        try:
            listed = sorted(os.scandir(self.root / "entries"), key=lambda f: f.name)
        except FileNotFoundError:
            listed = []
        for file in listed:
            if file.name.endswith(".json"):
                try:
                    status = file.stat()
                    found.append(_entry(file.path, status.st_mtime_ns, status.st_size))
                except DamagedArchive as error:
                    problems += error.problems
                except FileNotFoundError:  # pruned by another process since it was listed
                    continue
        return sorted(found, key=lambda e: (e.table or "", e.as_of or "", e.id)), problems

    def entry(self, entry_id: str) -> Entry:
        """Return the entry of this id; raises DamagedArchive if it is gone or unreadable."""
        path = self.entry_path(entry_id)
        try:
            status = path.stat()
            return _entry(str(path), status.st_mtime_ns, status.st_size)
        except FileNotFoundError as error:
            raise DamagedArchive.of([f"{entry_id}: the entry is gone from {path}"]) from error

    def newest(self, url: str) -> Entry | None:
        """Return the newest successful answer to a GET of this address; None if there is none.

        Newest by when it was fetched, then by the source's own date; made-up ones are left out.
        """
        found, _ = self.readable()
        hits = [
            e
            for e in found
            if e.url == url and e.method == "GET" and e.status == _OK and not e.made_up
        ]
        return max(hits, key=lambda e: (e.fetched_at or "", e.as_of or "", e.id), default=None)

    def find(self, prefix: str) -> Entry:
        """Return the one entry whose id or bytes' hash begins with prefix."""
        hits = [
            e for e in self.entries() if prefix in (e.id[: len(prefix)], e.sha256[: len(prefix)])
        ]
        if len(hits) != 1:
            names = ", ".join(e.id for e in hits[:10]) or "none"
            raise KompetanseError(
                f"{len(hits)} entries of the archive begin with {prefix!r}: {names}. "
                "List them with `kompetanse archive list`."
            )
        return hits[0]

    def body(self, entry: Entry) -> bytes:
        """Return the archived bytes; raises DamagedArchive if they are not those put there."""
        body, problem = self._checked(entry)
        if problem:
            raise DamagedArchive.of([problem])
        return body

    def verify(self) -> int:
        """Check every entry's bytes; return their number, or raise DamagedArchive with all."""
        entries, problems = self.readable()
        problems += self.damage(entries)
        if problems:
            raise DamagedArchive.of(problems)
        return len(entries)

    def damage(self, entries: Iterable[Entry]) -> list[str]:
        """What is wrong with the bytes of these entries, a sentence each; empty if all is well."""
        return [problem for _, problem in map(self._checked, entries) if problem]

    def _place(self, key: str, *, made_up: bool) -> tuple[Path, Entry | None]:
        """Return where an answer belongs, and the entry if there is a readable one."""
        path = self.entry_path(_id(key))
        known = _readable_at(path)
        if known is not None and known.made_up is not made_up:
            # A test service may answer with made-up bytes: the two kinds never share an entry.
            path = self.entry_path(_id(f"{key}\n{made_up}"))
            known = _readable_at(path)
        return path, known

    def _checked(self, entry: Entry) -> tuple[bytes, str | None]:
        path = self.object_path(entry.sha256)
        try:
            body = path.read_bytes()
        except FileNotFoundError:
            gone = f"{entry.id} ({entry.vintage_id}): the bytes are gone, expected in {path}"
            return b"", gone
        found = digest(body)
        if found != entry.sha256:
            return b"", f"{entry.id} ({entry.vintage_id}): bytes hash to {found[:12]}, in {path}"
        return body, None

    def object_path(self, sha256: str) -> Path:
        """Where the bytes of this hash lie."""
        return self.root / "objects" / sha256[:2] / sha256

    def entry_path(self, entry_id: str) -> Path:
        """Where the description of this answer lies."""
        return self.root / "entries" / f"{entry_id}.json"


def parsed(text: bytes, entry_id: str) -> Entry:
    """Read the description of an answer; raises ValueError, KeyError or TypeError if it is not."""
    stored = json.loads(text)
    entry = Entry(**{f.name: stored[f.name] for f in fields(Entry)})
    if entry.id != entry_id or entry.id not in ids(entry):
        raise ValueError(f"it describes another answer ({entry.id})")
    return entry


def ids(entry: Entry) -> tuple[str, str]:
    """Return the ids that an answer may have: the plain one, and the one beside its other kind."""
    key = f"{entry.question}\n{entry.sha256}"
    return _id(key), _id(f"{key}\n{entry.made_up}")


def _id(key: str) -> str:
    return digest(key.encode())[:20]


@lru_cache(maxsize=_REMEMBERED)
def _entry(path: str, mtime_ns: int, size: int) -> Entry:  # noqa: ARG001 - the cache's key
    try:
        return parsed(Path(path).read_bytes(), Path(path).stem)
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedArchive.of([f"{path} cannot be read: {error}"]) from error


def _readable_at(path: Path) -> Entry | None:
    try:
        status = path.stat()
        return _entry(str(path), status.st_mtime_ns, status.st_size)
    except (FileNotFoundError, DamagedArchive):
        return None


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

"""Raw archive: what a source answered, byte for byte, and when.

Nothing here decodes or judges an answer. Decoding lives in the reader of the protocol,
judging in sources/validate.py and expectations/. Entries are never changed or removed.

Layout: `objects/ab/<sha256>` holds the bytes, `entries/<id>.json` says what was asked, of whom
and what came with the answer. Equal bytes are stored once; the same answer to the same
question is one entry.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MADE_UP = "made_up"


class DamagedArchive(KompetanseError):
    """Bytes in the archive are not those that were put there; lists every damaged entry."""


@dataclass(frozen=True)
class Entry:
    """One archived answer.

    id:       hash of question and bytes. table: source table that claims it ("ssb/09429"),
              or None for documents (code lists, metadata, error bodies).
    url, method, request_body: the question. status, content_type, headers: what came with it.
    as_of:    the source's own statement of how new the figures are (date or part of one).
    fetched_at: when it was fetched, None for recorded answers whose time is not known.
    sha256, size: of the bytes. fidelity: live, genuine, reshaped or made_up.
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
    def question(self) -> str:
        """What was asked, as one comparable text."""
        return _canonical({"m": self.method, "u": self.url, "b": self.request_body})

    @property
    def vintage_id(self) -> str:
        """Short name of this answer for rows and messages: table@as_of#hash."""
        return f"{self.table or self.source}@{self.as_of or 'undated'}#{self.sha256[:8]}"


def digest(body: bytes) -> str:
    """Return the SHA-256 of the bytes as hexadecimal text."""
    return hashlib.sha256(body).hexdigest()


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
        entry_id = digest(f"{question}\n{sha256}".encode())[:20]
        entry = Entry(id=entry_id, sha256=sha256, size=len(body), **described)
        path = self._entry_path(entry_id)
        # Bytes before entry: a crash in between leaves an unused object, never a dangling entry.
        # Also for a known entry: importing it again mends damaged bytes.
        _write_once(self._object_path(sha256), body)
        if path.exists():
            return self._load(path), False
        text = json.dumps(asdict(entry), ensure_ascii=False, indent=1, sort_keys=True)
        _write_once(path, text.encode())
        return entry, True

    def entries(self, *, table: str | None = None, made_up: bool | None = None) -> Iterator[Entry]:
        """Entries in order of table, as_of and id; optionally of one table or one kind."""
        found = [self._load(p) for p in (self.root / "entries").glob("*.json")]
        for entry in sorted(found, key=lambda e: (e.table or "", e.as_of or "", e.id)):
            if (table is None or entry.table == table) and made_up in (None, entry.made_up):
                yield entry

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
        problem = self._problem(entry)
        if problem:
            raise DamagedArchive(_damage([problem]))
        return self._object_path(entry.sha256).read_bytes()

    def verify(self) -> int:
        """Check every entry's bytes; return their number, or raise DamagedArchive with all."""
        entries = list(self.entries())
        problems = [p for p in map(self._problem, entries) if p]
        if problems:
            raise DamagedArchive(_damage(problems))
        return len(entries)

    def _problem(self, entry: Entry) -> str | None:
        path = self._object_path(entry.sha256)
        if not path.exists():
            return f"{entry.id} ({entry.vintage_id}): the bytes are gone, expected in {path}"
        found = digest(path.read_bytes())
        if found != entry.sha256:
            return f"{entry.id} ({entry.vintage_id}): bytes hash to {found[:12]}, in {path}"
        return None

    def _load(self, path: Path) -> Entry:
        try:
            stored = json.loads(path.read_bytes())
            return Entry(**{f.name: stored[f.name] for f in fields(Entry)})
        except (ValueError, KeyError) as error:
            raise DamagedArchive(_damage([f"{path} cannot be read: {error}"])) from error

    def _object_path(self, sha256: str) -> Path:
        return self.root / "objects" / sha256[:2] / sha256

    def _entry_path(self, entry_id: str) -> Path:
        return self.root / "entries" / f"{entry_id}.json"


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _damage(problems: list[str]) -> str:
    lines = "\n".join(f"  {p}" for p in problems)
    return (
        f"{len(problems)} damaged entries in the raw archive:\n{lines}\n"
        "They are not used. Import or pull those answers again; the rest of the archive is whole."
    )


def _write_once(path: Path, body: bytes) -> None:
    if path.exists() and digest(path.read_bytes()) == digest(body):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)  # noqa: PTH105 - pathlib's own calls this
    except OSError:
        os.unlink(temporary)  # noqa: PTH108
        raise

"""Records: which answers one pull of a table brought, and what was thought of them.

`vintages/<table>/<id>.json` says what a pull brought and never changes; its id is a hash of the
table and the answers. Beside it, in `vintages/<table>/<id>/`, stands one verdict per judgement,
numbered; the last one counts. Nothing here decodes or judges.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from sources import files
from sources.archive import DamagedArchive
from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sources.registry import SourceTable

FOLDER = "vintages"
MACHINE = "kompetanse"
_TURN = re.compile(r"(\S+ [0-9]{6,})?")

State = Literal["good", "quarantined", "refused", "rejected"]


class UnknownVintage(KompetanseError):
    """Somebody named a vintage that the archive does not have, or not just one."""


@dataclass(frozen=True)
class Record:
    """What one pull brought.

    entries: ids of the answers, those kept from the vintage before included.
    stamp:   the source's word on how new they are. updated: its own time stamp, if it has one.
    asked:   hash of the request. whole: whether the answers are the whole table.
    """

    id: str
    table: str
    entries: tuple[str, ...]
    stamp: str
    updated: str | None
    fetched_at: str
    asked: str
    whole: bool


@dataclass(frozen=True)
class Verdict:
    """What was thought of a vintage.

    seen_at: when the source said this (a vintage may come back); at: when it was judged.
    by, because: who judged, and why; reasons: what is wrong with it.
    cells, figures: number and hash of the decoded cells; 0 and "" where nothing was decoded.
    change:  first, new, revised or same figures, against the good vintage before it (`previous`).
    new_periods, changed_cells: periods that were not there before, cells that read otherwise.
    turn: sorts the vintages of a table by when they were seen, see Records.turn.
    """

    state: State
    seen_at: str
    at: str
    by: str = MACHINE
    because: str = ""
    reasons: tuple[str, ...] = ()
    cells: int = 0
    figures: str = ""
    change: str = ""
    new_periods: tuple[str, ...] = ()
    changed_cells: int = 0
    previous: str | None = None
    turn: str = ""


@dataclass(frozen=True)
class Judged:
    """A record with the verdict that counts."""

    record: Record
    verdict: Verdict

    @property
    def good(self) -> bool:
        """Whether the vintage may be used."""
        return self.verdict.state == "good"

    @property
    def order(self) -> tuple[str, str, str]:
        """What vintages of a table are sorted by: the newest is the one seen last."""
        verdict = self.verdict
        # Verdicts from before there were turns go by the clock alone.
        return verdict.turn or _turn(verdict.seen_at, 0), verdict.at, self.record.id


class Records:
    """Records and verdicts of the archive at root."""

    def __init__(self, root: Path) -> None:
        """Use the records below `vintages/` of the archive at root."""
        self.root = root / FOLDER

    def of(self, table: str) -> list[Judged]:
        """Judged vintages of a table, oldest first; damaged records are left out, see `damage`."""
        found = []
        for path in sorted((self.root / table).glob("*.json")):
            try:
                judged = self._judged(path)
            except DamagedArchive:
                continue
            # Without a verdict: the process died in between, and the next pull judges it.
            found += [judged] if judged else []
        return sorted(found, key=lambda j: j.order)

    def good(self, table: str) -> list[Judged]:
        """Usable vintages of a table, newest first."""
        return [judged for judged in reversed(self.of(table)) if judged.good]

    def get(self, table: str, vintage_id: str) -> Judged | None:
        """One vintage of a table; None if there is none that can be read and was judged."""
        return next((j for j in self.of(table) if j.record.id == vintage_id), None)

    def find(self, prefix: str) -> Judged:
        """Return the one vintage of any table whose id begins so; raises UnknownVintage."""
        hits = [j for t in self.tables() for j in self.of(t) if j.record.id.startswith(prefix)]
        if len(hits) != 1 or not prefix:
            named = ", ".join(f"{j.record.table} {j.record.id}" for j in hits[:10]) or "none"
            raise UnknownVintage(
                f"{len(hits)} vintages of the archive begin with {prefix!r}: {named}. "
                "List them with `kompetanse archive vintages`."
            )
        return hits[0]

    def tables(self) -> list[str]:
        """Tables that have records, sorted."""
        found = {p.parent.relative_to(self.root).as_posix() for p in self.root.glob("*/*/*.json")}
        return sorted(found)

    def turn(self, table: str, at: str) -> str:
        """The turn of a vintage seen now: after that of every other vintage of the table.

        at: the time by this machine's clock, which may have gone back: the turn then has the
        time of the one before, and a higher number. The caller holds the table's lock.
        """
        last = max((judged.order[0] for judged in self.of(table)), default=_turn(at, 0))
        time, _, number = last.partition(" ")
        return _turn(max(at, time), int(number) + 1)

    def put(self, record: Record, verdict: Verdict) -> None:
        """Write a record that is not there yet, then its newest verdict."""
        path = self.path(record.table, record.id)
        if not path.exists() or self._record(path) is None:
            files.write(path, _text(record))
        self.judge(record, verdict)

    def judge(self, record: Record, verdict: Verdict) -> None:
        """Add a verdict to a record; the earlier ones stay."""
        folder = self.path(record.table, record.id).with_suffix("")
        folder.mkdir(parents=True, exist_ok=True)
        with files.held(folder / ".lock"):
            number = max((int(p.stem) for p in folder.glob("*.json")), default=0) + 1
            files.write(folder / f"{number:06}.json", _text(verdict))

    def verdicts(self, table: str, vintage_id: str) -> list[Verdict]:
        """Every verdict on a vintage, oldest first; raises DamagedArchive."""
        folder = self.path(table, vintage_id).with_suffix("")
        return [read_verdict(path) for path in sorted(folder.glob("*.json"))]

    def damage(self) -> list[str]:
        """What is wrong with records and verdicts, a sentence each."""
        problems: list[str] = []
        for path in sorted(self.root.glob("*/*/*.json")):
            try:
                self._judged(path)
            except DamagedArchive as error:
                problems += error.problems
        return problems

    def path(self, table: str, vintage_id: str) -> Path:
        """Where the record of a vintage lies; its verdicts lie in the folder of its name."""
        return self.root / table / f"{vintage_id}.json"

    def _judged(self, path: Path) -> Judged | None:
        record = read_record(path)
        newest = max(path.with_suffix("").glob("*.json"), default=None)
        return Judged(record, read_verdict(newest)) if newest else None

    def _record(self, path: Path) -> Record | None:
        try:
            return read_record(path)
        except DamagedArchive:
            return None


def _turn(at: str, number: int) -> str:
    return f"{at} {number:06}"


def vintage_id(table: str, entries: Iterable[str]) -> str:
    """Return the id of the vintage of a table that these answers make, in whatever order."""
    return files.digest("\n".join([table, *sorted(entries)]).encode())[:16]


def asked(spec: SourceTable) -> str:
    """Return the hash of what is asked of a table: another request brings another vintage."""
    request = spec.request
    what = [request.url, request.select, request.codelists, request.how] if request else []
    text = json.dumps([spec.protocol, *what], ensure_ascii=False, sort_keys=True, default=list)
    return files.digest(text.encode())[:16]


def read_record(path: Path) -> Record:
    """Read a record; raises DamagedArchive if its id is not that of what it names."""
    stored = _load(path, Record)
    record = Record(**stored | {"entries": tuple(stored["entries"])})
    if record.id != path.stem or record.id != vintage_id(record.table, record.entries):
        raise DamagedArchive.of([f"{path}: the record does not name the answers of its id"])
    return record


def read_verdict(path: Path) -> Verdict:
    """Read a verdict; raises DamagedArchive if it cannot be read."""
    stored = _load(path, Verdict)
    lists = {name: tuple(stored[name]) for name in ("reasons", "new_periods")}
    if not _TURN.fullmatch(str(stored["turn"])):
        raise DamagedArchive.of([f"{path}: {stored['turn']!r} is no turn"])
    return Verdict(**stored | lists)


def _load(path: Path, shape: type[Record | Verdict]) -> dict[str, Any]:
    try:
        stored = {"turn": ""} | json.loads(path.read_bytes())
        return {f.name: stored[f.name] for f in fields(shape)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedArchive.of([f"{path} cannot be read: {error}"]) from error


def _text(what: Record | Verdict) -> bytes:
    return json.dumps(asdict(what), ensure_ascii=False, indent=1, sort_keys=True).encode()

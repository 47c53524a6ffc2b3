"""Ledger: how each source table stands: last asked, last taken, failing since.

One small file per table below `ledger/` of the archive. It is the only part of the archive that
changes, and losing it loses no figure: what a source said is in the entries, what was thought of
it in sources/records.py.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from sources import files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOLDER = "ledger"


@dataclass(frozen=True)
class Standing:
    """How a table stands; times are ISO 8601 in UTC, None where it has not happened.

    checked_at:   when the source was last asked with success, also if nothing was new.
    vintage:      id of the vintage last taken. stamp: the source's word on how new it is.
    asked:        hash of the request that brought it.
    failed_since: the first of the failures in a row, failed_at: the last; problem: its text.
    kind:         "failed" (no answer, or none that could be read) or "quarantined".
    suspect:      id of the quarantined vintage.
    """

    table: str
    checked_at: str | None = None
    vintage: str | None = None
    stamp: str = ""
    asked: str = ""
    failed_since: str | None = None
    failed_at: str | None = None
    problem: str = ""
    kind: Literal["failed", "quarantined"] | None = None
    suspect: str | None = None


class Ledger:
    """Standings of all tables of the archive at root. Safe for several threads and processes."""

    def __init__(self, root: Path) -> None:
        """Use the ledger of the archive at root; its folder is made by the first change."""
        self.root = root / FOLDER

    def standing(self, table: str) -> Standing:
        """How a table stands; a blank standing if it was never asked or its file is damaged."""
        try:
            stored = json.loads(self._path(table).read_bytes())
            found = Standing(**{f.name: stored[f.name] for f in fields(Standing)})
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            # A damaged standing tells nothing: the table is then asked again in full.
            return Standing(table)
        return found if found.table == table else Standing(table)

    def checked(self, table: str, at: datetime) -> Standing:
        """Note that the source was asked and has nothing new; ends a failure."""
        return self._change(table, lambda old: _well(old, at))

    def took(self, table: str, at: datetime, *, vintage: str, stamp: str, asked: str) -> Standing:
        """Note that a vintage was taken into use; ends a failure."""
        return self._change(
            table,
            lambda old: replace(_well(old, at), vintage=vintage, stamp=stamp, asked=asked),
        )

    def failed(self, table: str, problem: str, at: datetime) -> Standing:
        """Note a failure; `failed_since` stays at the first of several in a row."""
        return self._change(table, lambda old: replace(_ill(old, problem, at), kind="failed"))

    def suspected(self, table: str, vintage: str, problem: str, at: datetime) -> Standing:
        """Note that a vintage was put into quarantine, so that an older one stays in use."""
        return self._change(
            table,
            lambda old: replace(_ill(old, problem, at), kind="quarantined", suspect=vintage),
        )

    def _change(self, table: str, change: Callable[[Standing], Standing]) -> Standing:
        path = self._path(table)
        with files.held(path.with_suffix(".lock")):
            new = change(self.standing(table))
            text = json.dumps(asdict(new), ensure_ascii=False, indent=1, sort_keys=True)
            files.write(path, text.encode())
        return new

    def _path(self, table: str) -> Path:
        return self.root / f"{table}.json"


def utc_text(at: datetime) -> str:
    """Return a time as "2026-11-22T07:33:41Z". Raises ValueError for one without a time zone."""
    if at.tzinfo is None:
        raise ValueError(f"{at!r} needs a time zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _well(old: Standing, at: datetime) -> Standing:
    return replace(
        old, checked_at=utc_text(at), failed_since=None, failed_at=None, problem="", kind=None,
        suspect=None,
    )  # fmt: skip


def _ill(old: Standing, problem: str, at: datetime) -> Standing:
    now = utc_text(at)
    return replace(old, failed_since=old.failed_since or now, failed_at=now, problem=problem)

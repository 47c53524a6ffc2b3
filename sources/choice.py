"""Choice: which recorded answers make up a table, going by what was asked and how new it is.

Reads no bytes: an answer is chosen by its description alone. Pulled answers are chosen by the
record of their pull, see sources/vintages.py.
"""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sources.archive import Entry
    from sources.registry import SourceTable


def choose(
    entries: Iterable[Entry], spec: SourceTable, *, made_up: bool
) -> tuple[list[Entry], dict[str, str]]:
    """Pick the newest recorded answer to each question about a table.

    Returns the entries in use, oldest first, and why each other one is not used. Pulled answers
    are never among them: they are used through a good vintage only, see `decode`.
    """
    unused: dict[str, str] = {}
    newest: dict[str, Entry] = {}
    for entry in entries:
        if entry.live or entry.made_up is not made_up or not _claims(spec, entry):
            continue
        reason = _unfit(entry, spec)
        if reason:
            unused[entry.vintage_id] = reason
            continue
        older = newest.get(entry.question)
        if older is not None and (older.as_of or "") > (entry.as_of or ""):
            older, entry = entry, older  # noqa: PLW2901
        if older is not None:
            unused[older.vintage_id] = f"older than {entry.vintage_id}"
        newest[entry.question] = entry
    return sorted(newest.values(), key=oldest_first), unused


def oldest_first(entry: Entry) -> tuple[str, str]:
    """Key that sorts answers by age, those of one age always alike."""
    return entry.as_of or "", entry.id


def _claims(spec: SourceTable, entry: Entry) -> bool:
    # By name too: a table may come to claim answers that were archived before it existed.
    return entry.table == spec.id or any(
        fnmatch.fnmatchcase(entry.name, glob) for glob in spec.recorded
    )


def _unfit(entry: Entry, spec: SourceTable) -> str | None:
    if entry.status != 200:  # noqa: PLR2004
        return f"HTTP status {entry.status}"
    wanted = spec.request.codelists if spec.request else {}
    others = [
        f"{name}={asked}"
        for name, asked in sorted(_codelists(entry).items())
        if asked not in wanted.get(name, ())
    ]
    return f"asked with another code list: {', '.join(others)}" if others else None


def _codelists(entry: Entry) -> dict[str, str]:
    """Code lists by dimension, as the question named them (query or POST body)."""
    asked = {
        key[len("codelist[") : -1]: value
        for key, value in parse_qsl(urlsplit(entry.url).query)
        if key.lower().startswith("codelist[")
    }
    selection = (entry.request_body or {}).get("selection") or []
    return asked | {s["variableCode"]: s["codelist"] for s in selection if s.get("codelist")}

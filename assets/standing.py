"""Standing: how new the figures of a step are, in the words of its page.

Read from what was noted beside the raw tables, and from the archive's records and ledger. What is
overdue by the rhythm of a source is told at the source (assets/sources.py).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sources.registry import SourceTable
    from warehouse.workspace import Workspace


def of_raw(place: Workspace, spec: SourceTable) -> dict[str, str | int]:
    """What the source says of how new a raw table is, and what it has otherwise than before.

    `changed cells` counts cells of the vintage before that read otherwise now or are gone; it is
    not known of recorded and made-up answers, which replace no vintage.
    """
    noted = _noted(place, spec.id)
    told: dict[str, str | int] = {"source updated": _updated(noted)}
    told |= _change(place, spec.id, noted) | _stale(place, spec.id, noted)
    if noted.get("corrections"):
        told["corrected cells"] = len(noted["corrections"])
    return {name: value for name, value in told.items() if value != ""}


def of_sources(place: Workspace, tables: Iterable[str]) -> dict[str, str]:
    """How new the source tables of a step are, and which of them are stale as it runs."""
    noted = {table: _noted(place, table) for table in tables}
    updated = "; ".join(f"{table} {_updated(found)[:10]}" for table, found in noted.items())
    stale = "; ".join(
        f"{table} since {found['stale since']}"
        for table in noted
        if (found := _stale(place, table, noted[table]))
    )
    return {"sources updated": updated} | ({"stale": stale} if stale else {})


def _noted(place: Workspace, table: str) -> dict[str, Any]:
    from warehouse.steps import SIDECAR

    path = place.step("raw", table).with_suffix(SIDECAR)
    found: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
    return found


def _updated(noted: dict[str, Any]) -> str:
    """The newest stamp of the answers in use, else their day; "" if there is none."""
    return max((v["updated"] or v["as_of"] or "" for v in noted.get("vintages", ())), default="")


def _change(place: Workspace, table: str, noted: dict[str, Any]) -> dict[str, str | int]:
    from sources.records import Records

    if not noted.get("pin"):
        return {}
    vintage = noted["pin"].split("\t")[1]
    judged = Records(place.archive).get(table, vintage)
    if judged is None or not judged.verdict.previous:
        return {}
    verdict = judged.verdict
    return {
        "changed cells": verdict.changed_cells,
        "new periods": ", ".join(verdict.new_periods),
        "compared with vintage": verdict.previous or "",
    }


def _stale(place: Workspace, table: str, noted: dict[str, Any]) -> dict[str, str | int]:
    from sources.ledger import Ledger

    if found := noted.get("stale"):
        return {"stale since": found["since"], "stale because": found["why"]}
    # Made-up answers have no source that could fail; a lock has what it pins.
    if place.made_up or place.lock:
        return {}
    standing = Ledger(place.archive).standing(table)
    if standing.kind and standing.failed_since:
        return {"stale since": standing.failed_since, "stale because": standing.problem}
    return {}

"""Pulls of a few cells, for the tests of vintages: what a client would bring, and keeping it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sources import registry
from sources.archive import Archive
from sources.ledger import Ledger
from sources.pull.client import Brought, Piece
from sources.pull.keep import Kept, keep
from sources.vintages import decode

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://data.ssb.no/api/pxwebapi/v2/tables/12274/data"
DIMENSIONS = {
    "KOKfylkesregion0000": ["5000", "EAFK"],
    "KOKinnvandringka0000": ["0"],
    "KOKutdstatus0000": ["I"],
    "ContentsCode": ["KOSand16180000"],
    "Tid": ["2024", "2025"],
}
# Answers here are a few cells; the size that the YAML asks for is tested elsewhere.
SPEC = replace(
    registry.table("ssb/12274"),
    size=registry.Size(min_cells=1, max_cells=100),
    tolerance=registry.Tolerance(jump_pct=20),
)
NOON = datetime(2026, 7, 1, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Came:
    """An answer as an HTTP layer gives it."""

    body: bytes
    url: str = URL
    status: int = 200
    fetched_at: str = "2026-07-01T10:00:00Z"
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})


def answer(
    values: list[float | None], updated: str = "2026-06-15T06:00:00Z", **codes: list[str]
) -> bytes:
    """A JSON-stat answer of table 12274."""
    dimensions = DIMENSIONS | codes
    document = {
        "version": "2.0", "class": "dataset", "label": "x", "updated": updated,
        "id": list(dimensions), "size": [len(c) for c in dimensions.values()],
        "dimension": {
            name: {"category": {"index": codes, "label": {c: c for c in codes}}}
            for name, codes in dimensions.items()
        },
        "role": {"time": ["Tid"], "geo": ["KOKfylkesregion0000"], "metric": ["ContentsCode"]},
        "value": values,
        "status": {str(i): "." for i, v in enumerate(values) if v is None},
    }  # fmt: skip
    return json.dumps(document).encode()


def brought(*bodies: bytes, stamp: str = "s1", whole: bool = True, first: int = 0) -> Brought:
    """What a client brings: each body is the answer to a question of its own."""
    pieces = tuple(
        Piece("GET", f"{URL}?n={n}", None, Came(body), _updated(body))
        for n, body in enumerate(bodies, first)
    )
    return Brought(pieces, stamp, whole=whole)


def _updated(body: bytes) -> str:
    found = re.search(rb'"updated": "([0-9-]{10})', body)
    return found[1].decode() if found else ""


class Room:
    """An archive with its ledger; every pull comes a day after the one before."""

    def __init__(self, root: Path) -> None:
        self.archive = Archive(root)
        self.ledger = Ledger(root)
        self.day = NOON

    def pull(self, *bodies: bytes, spec: registry.SourceTable = SPEC, **how: object) -> Kept:
        self.day += timedelta(days=1)
        what = brought(*bodies, **how)  # type: ignore[arg-type]
        return keep(self.archive, self.ledger, spec, what, self.day)

    def cells(self) -> dict[tuple[str, str], float | None]:
        rows = decode(self.archive, SPEC, made_up=False).table.to_pylist()
        return {(r["KOKfylkesregion0000"], r["Tid"]): r["value"] for r in rows}


def split(values: list[float | None], **how: Any) -> tuple[bytes, bytes]:
    """The same cells as answer(values), in two answers."""
    return tuple(  # type: ignore[return-value]
        answer(values[i * 2 : i * 2 + 2], KOKfylkesregion0000=[code], **how)
        for i, code in enumerate(("5000", "EAFK"))
    )

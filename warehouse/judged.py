"""Judged: what the gates said of the tables in use, kept for the report, pages and catalogues.

One small file per gate and subject in the work folder, replaced when the gate judges anew. Judging
is expectations/; here its results are only remembered, as plain rows.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sources.registry import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from warehouse.workspace import Workspace

GATES = ("raw", "conformed", "indicator", "mart", "release")


@dataclass(frozen=True)
class Result:
    """What became of one rule.

    dimension: quality dimension of ISO/IEC 25012. rows: how many break the rule; examples: the
    first of them, column -> value; vintages: the answers behind all of them.
    """

    rule: str
    dimension: str
    passed: bool
    blocking: bool
    rows: int
    nb: str
    en: str
    examples: tuple[Mapping[str, Any], ...] = ()
    vintages: tuple[str, ...] = ()

    @property
    def text(self) -> Text:
        """What the rule says."""
        return Text(self.nb, self.en)


@dataclass(frozen=True)
class Judged:
    """What one gate said of one table.

    subject: id of a source table, an indicator or a mart; nothing for a release.
    run:     id of the Dagster run that judged, which need not be the one that publishes.
    seconds: how long that took, with reading the table. size: rows of the table.
    """

    gate: str
    subject: str
    run: str
    seconds: float
    size: int
    results: tuple[Result, ...]

    @property
    def broken(self) -> tuple[Result, ...]:
        """Rules that do not hold, or could not be judged."""
        return tuple(result for result in self.results if not result.passed)


@dataclass(frozen=True)
class Cost:
    """What checking took in one run: gates and rules judged, their seconds, and those of the run.

    of: seconds from the beginning of the run until it was known, that is, until publishing.
    """

    gates: int
    rules: int
    seconds: float
    of: float

    @property
    def share(self) -> float:
        """Per cent of the run that went to checking."""
        return 100 * self.seconds / self.of if self.of else 0.0


def cost(found: Iterable[Judged], run: str, of: float) -> Cost | None:
    """What the gates of one run took; None where it judged nothing, or its length is not known."""
    own = [verdict for verdict in found if verdict.run == run]
    if not own or not of:
        return None
    rules = sum(len(verdict.results) for verdict in own)
    return Cost(len(own), rules, sum(verdict.seconds for verdict in own), of)


def path(workspace: Workspace, gate: str, subject: str) -> Path:
    """File in which the last verdict of a gate on a subject is kept."""
    return workspace.work / "verdicts" / gate / f"{subject or 'all'}.json"


def record(workspace: Workspace, found: Judged) -> None:
    """Remember a verdict; an earlier one of the same gate and subject is replaced."""
    file = path(workspace, found.gate, found.subject)
    file.parent.mkdir(parents=True, exist_ok=True)
    # It may be a link to what other counties share, which is never written over.
    file.unlink(missing_ok=True)
    text = json.dumps(asdict(found), ensure_ascii=False, default=str)
    file.write_text(text, encoding="utf-8")


def read(workspace: Workspace) -> list[Judged]:
    """Every remembered verdict, by gate as figures travel, and by subject."""
    found = [
        _judged(json.loads(file.read_bytes()))
        for file in (workspace.work / "verdicts").rglob("*.json")
    ]
    return sorted(found, key=lambda j: (GATES.index(j.gate), j.subject))


def _judged(raw: dict[str, Any]) -> Judged:
    results = tuple(
        Result(**r | {"examples": tuple(r["examples"]), "vintages": tuple(r["vintages"])})
        for r in raw["results"]
    )
    return Judged(**raw | {"results": results})

"""Judged: what the gates said of the tables of a run, kept for the report and the catalogues.

One small file per gate and subject in the work folder. Judging is expectations/; here its results
are only remembered, as plain rows.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sources.registry import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from warehouse.workspace import Workspace


@dataclass(frozen=True)
class Result:
    """What became of one rule.

    gate, subject: "conformed" and a source table, or "release" and nothing.
    dimension: quality dimension of ISO/IEC 25012. rows: how many break the rule.
    """

    gate: str
    subject: str
    rule: str
    dimension: str
    passed: bool
    blocking: bool
    rows: int
    nb: str
    en: str

    @property
    def text(self) -> Text:
        """What the rule says."""
        return Text(self.nb, self.en)


def record(workspace: Workspace, gate: str, subject: str, results: Sequence[Result]) -> None:
    """Remember the results of one gate; those of the same gate and subject are replaced."""
    path = workspace.work / "judged" / gate / f"{subject or 'all'}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [asdict(result) for result in results]
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")


def results(workspace: Workspace) -> list[Result]:
    """Every remembered result, in order of gate, subject and rule."""
    return [
        Result(**row)
        for path in sorted((workspace.work / "judged").rglob("*.json"))
        for row in json.loads(path.read_bytes())
    ]

"""Code lists in the made-up folder: STYRK-08, and Nav's groups of its occupations.

Codes, names and groups are real and whole (SSB and Nav, CC BY 4.0), from the two CSV files beside
this one. No figure is in them.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from sources.made_up.folder import LABEL, Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sources.made_up.scope import Scope

NOTE = (
    "OPPDIKTEDE TALL / MADE-UP FIGURES elsewhere in this folder; codes, names and groups are real"
)
LICENCE = "CC BY 4.0 (Statistisk sentralbyrå, Nav)"
HERE = Path(__file__).parent


def answers(scope: Scope) -> list[Answer]:
    """Return both lists, as the recorded files have them."""
    # Only names of level 4 are matched with others, so the mark stands in those of level 1.
    styrk = [
        (code, str(len(code)), code[:-1], name if len(code) > 1 else f"{name} - {LABEL}")
        for code, name in _rows("styrk08")
    ]
    groups = [
        (isco, code, f"{name} - {LABEL}", *rest)
        for isco, code, name, *rest in _rows("nav_occupations")
    ]
    head = (
        "isco_versjon", "yrkeskode", "yrke", "nav_yrke_grovgruppe", "nav_yrke_fingruppe",
        "siste_aar",
    )  # fmt: skip
    return [
        _answer("styrk08", ("code", "level", "parentCode", "name"), styrk, scope),
        _answer("nav_yrkesgruppe_per_styrk", head, groups, scope),
    ]


def _rows(name: str) -> list[list[str]]:
    """Rows of a CSV file of this folder, without its head."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter=";"))[1:]


def _answer(name: str, head: Sequence[str], rows: Iterable[Sequence[str]], scope: Scope) -> Answer:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    return Answer(
        source="codes",
        what=f"code list {name} (codes are real)",
        body=f"codes/{name}.csv",
        content=text.getvalue().encode(),
        as_of=scope.published("01-01"),
        content_type="text/csv; charset=utf-8",
        note=NOTE,
        licence=LICENCE,
    )

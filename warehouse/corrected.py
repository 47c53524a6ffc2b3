"""Corrected figures in a release: which cells of the sources were put right, and what marks them.

Rows only; which errors there are is declared in sources/corrections/, and they are put right by
sources/corrected.py before a table is worked with.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sources.corrections import cell_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pyarrow as pa

    from sources.corrected import CorrectedCell
    from sources.registry import Text

COLUMNS = (
    "correction_id", "source_table_id", "vintage_id", "cell", "published_value",
    "published_symbol", "corrected_value", "corrected_symbol", "what_nb", "what_en", "why_nb",
    "why_en", "reported_on", "reported_to", "first_as_of", "last_as_of",
)  # fmt: skip
FIGURES = frozenset({"published_value", "corrected_value"})


def rows(cells: Iterable[CorrectedCell]) -> list[dict[str, Any]]:
    """Rows of the table `correction`, one per corrected cell of a source."""
    return [_row(cell) for cell in cells]


def marked(
    vintages: Iterable[Mapping[str, Any]], cells: Sequence[CorrectedCell]
) -> list[dict[str, Any]]:
    """Rows of the table `vintage` for the marked ids: the answer, with a note of what was done.

    vintages: the rows of the answers that the cells stand in.
    """
    answers = {row["vintage_id"]: row for row in vintages}
    counted = Counter(cell.marked for cell in cells)
    first = {cell.marked: cell for cell in reversed(cells)}
    return [
        {
            **answers[first[mark].vintage_id],
            "vintage_id": mark,
            "cells": counted[mark],
            "note": _note(answers[first[mark].vintage_id]["note"], first[mark].correction.what),
        }
        for mark in sorted(counted)
    ]


def correction_table(noted: Iterable[Mapping[str, Any]]) -> pa.Table:
    """One row per corrected cell; noted: as `rows` gave them. Of no rows where nothing is wrong."""
    import pyarrow as pa

    ordered = sorted(noted, key=lambda r: (r["correction_id"], r["cell"]))
    types = {name: pa.float64() if name in FIGURES else pa.string() for name in COLUMNS}
    return pa.table({n: pa.array([r[n] for r in ordered], types[n]) for n in COLUMNS})


def _note(of_the_answer: str, what: Text) -> str:
    return f"{of_the_answer} Rettet / corrected: {what.nb} / {what.en}".strip()


def _row(cell: CorrectedCell) -> dict[str, Any]:
    correction, block = cell.correction, cell.block
    because = {n: f" {block.because[n]}" if block.because else "" for n in ("nb", "en")}
    return {
        "correction_id": correction.id,
        "source_table_id": correction.table,
        "vintage_id": cell.marked,
        "cell": cell_text(cell.cell),
        "published_value": block.published.value,
        "published_symbol": block.published.symbol,
        "corrected_value": block.correct.value,
        "corrected_symbol": block.correct.symbol,
        "what_nb": correction.what.nb,
        "what_en": correction.what.en,
        "why_nb": correction.why.nb + because["nb"],
        "why_en": correction.why.en + because["en"],
        "reported_on": correction.reported_on,
        "reported_to": correction.reported_to,
        "first_as_of": correction.first_as_of,
        "last_as_of": correction.last_as_of,
    }

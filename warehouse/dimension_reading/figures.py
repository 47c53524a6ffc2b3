"""Figures: which columns of the decision table are read by people, in which order and words.

The list is figures.yaml; choosing rows is gather.py, writing them rendering.py and, for a
workbook, warehouse/dimension_export/.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sources.registry import Text

LIST = Path(__file__).parent / "figures.yaml"
SCHOOL_YEAR = "school_year"


@dataclass(frozen=True)
class Column:
    """One figure of dimensioning_upper_secondary and the columns that stand beside it.

    period: column with the figure's own period. period_kind: "cohort" where that is the year in
    which a cohort began. lower, upper: columns of its range, None without one.
    same: a column that must be the same in two rows that compare. base: column with the period of
    what the figure was reckoned with.
    """

    id: str
    column: str
    title: Text
    decimals: int = 0
    period: str = SCHOOL_YEAR
    period_kind: str = ""
    lower: str | None = None
    upper: str | None = None
    evidence: str | None = None
    same: str | None = None
    base: str | None = None

    @property
    def reason(self) -> str:
        """Column with the code for why the figure is blank."""
        return f"{self.id}_reason"


@cache
def columns() -> tuple[Column, ...]:
    """Every figure that people read, in order."""
    import yaml

    listed = yaml.safe_load(LIST.read_text(encoding="utf-8"))
    return tuple(
        Column(title=Text(row.pop("nb"), row.pop("en")), **row) for row in map(dict, listed)
    )


@cache
def reasons() -> dict[str, Text]:
    """Why a figure is blank: code -> text."""
    from warehouse import engine

    rows = engine.seed("marts/seeds/dimensioning_reason.csv").to_pylist()
    return {row["code"]: Text(row["nb"], row["en"]) for row in rows}

"""Difference: what one release gives otherwise than another, value by value and counted.

Two releases are compared by what their files hold; the rules are in sql/history/. What stood in
all releases is warehouse/history.py, words for people are pipeline/diff_command.py and
warehouse/refresh_report/.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from warehouse import engine, parquet
from warehouse.history import KEY, VALUES, VERSION, breakdown_columns, indicators, of, same

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

KINDS = ("new", "revised", "redefined", "gone", "status")
ABOUT = ("unit", "decimals", "is_headline", "period_type", "series_break")
ALL = "_T"
Row = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """What the later of two releases gives otherwise than the earlier.

    changes:       one row per value that differs, as sql/history/changes.sql says.
    by_indicator:  rows indicator_id, kind, scope, values_changed, periods, first and last period.
    by_source:     rows source_table_id, kind, values_changed; "" where no new answer explains it.
    definitions:   rows indicator_id, title_nb, title_en, earlier_version, later_version (None:
                   the indicator is new, or gone).
    answers:       rows source_table_id, vintage_id, as_of, updated: answers that are new.
    """

    earlier: str
    later: str
    breakdowns: tuple[str, ...]
    changes: pa.Table
    by_indicator: list[Row]
    by_source: list[Row]
    definitions: list[Row]
    answers: list[Row]

    def counted(self) -> dict[str, int]:
        """Number of changed values of each kind, also of those that there are none of."""
        counts = dict.fromkeys(KINDS, 0)
        for row in self.by_indicator:
            counts[row["kind"]] += row["values_changed"]
        return counts

    def as_json(self) -> Row:
        """Everything as JSON knows it: counts, definitions, answers and every changed value."""
        return {
            "earlier": self.earlier,
            "later": self.later,
            "counts": self.counted(),
            "by_indicator": self.by_indicator,
            "by_source": self.by_source,
            "definitions": self.definitions,
            "answers": self.answers,
            "changes": self.changes.to_pylist(),
        }


def between(earlier: Path, later: Path, later_id: str = "") -> Difference:
    """Compare two releases by the parquet files in their folders.

    later_id: id of the later one, where its folder is not named by it (a staged release).
    A figure is a value that is not blank; a blank that comes or goes is no change, and one whose
    status changes is. Values that differ by less than a billionth are the same.
    """
    breakdowns = tuple(sorted({*breakdown_columns(earlier), *breakdown_columns(later)}))
    changes = _changes(_values(earlier, breakdowns), _values(later, breakdowns))
    counted = {"changes": changes}
    return Difference(
        earlier=earlier.name,
        later=later_id or later.name,
        breakdowns=breakdowns,
        changes=changes,
        by_indicator=engine.run("history/changes_by_indicator.sql", counted).to_pylist(),
        by_source=engine.run("history/changes_by_source.sql", counted).to_pylist(),
        definitions=_beside("changed_definitions", "indicator", earlier, later),
        answers=_beside("new_answers", "vintage", earlier, later),
    )


def _changes(earlier: pa.Table, later: pa.Table) -> pa.Table:
    import pyarrow as pa

    nothing = {"earlier": earlier.slice(0, 0), "later": later.slice(0, 0)}
    found = [engine.run("history/changes.sql", nothing)]
    # By indicator: most are as they were, and all at once would need several gigabytes.
    for i in indicators(earlier, later):
        sides = {"earlier": of(earlier, i), "later": of(later, i)}
        if not same(sides["earlier"], sides["later"]):
            found.append(engine.run("history/changes.sql", sides))
    return pa.concat_tables(found)


def _values(folder: Path, breakdowns: tuple[str, ...]) -> pa.Table:
    import pyarrow as pa

    table = parquet.read(folder / "parquet" / f"{VALUES}.parquet")
    # A breakdown that a release does not have yet, or no more, is the total there.
    total = pa.repeat(pa.scalar(ALL), table.num_rows)
    columns = {n: table[n] for n in KEY}
    columns |= {n: table[n] if n in table.column_names else total for n in breakdowns}
    return pa.table(columns | {n: table[n] for n in (*VERSION, *ABOUT)})


def _beside(query: str, table: str, earlier: Path, later: Path) -> list[Row]:
    file = f"{table}.parquet"
    places: dict[str, pa.Table | Path] = {
        "earlier": earlier / "parquet" / file,
        "later": later / "parquet" / file,
    }
    rows: list[Row] = engine.run(f"history/{query}.sql", places).to_pylist()
    return rows

"""Centrality: which class of SSB's centrality (KLASS 128) each municipality of the day is in.

The classes are groups to compare municipalities with, and nobody has to have them: what is missing
or unclear leaves them out, with the reason. Which codes and names a class has is said by the answer
alone; the rules are in sql/conform/centrality_class.sql. How groups get figures is not known here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sources.registry import Text
from warehouse import engine

if TYPE_CHECKING:
    from datetime import date

    import pyarrow as pa

    from warehouse.geography import Changes

TABLE = "klass/128_corresponds_131"
_SHOWN = 8


@dataclass(frozen=True)
class Centrality:
    """The classes of a day, or why there are none.

    members: municipality_code, class_code, class_name (null where the answer names none); one row
             per municipality of the day, or no rows at all.
    left_out: None where there are rows.
    """

    members: pa.Table
    left_out: Text | None

    @property
    def said(self) -> Text:
        """One sentence on what there is."""
        if self.left_out:
            return self.left_out
        classes = len(self.members["class_code"].unique())
        number = self.members.num_rows
        return Text(
            f"{classes} sentralitetsklasser med {number} kommuner",
            f"{classes} centrality classes of {number} municipalities",
        )


def classes(correspondence: pa.Table | None, followed: Changes) -> Centrality:
    """Place every municipality of followed.target_date in its class.

    correspondence: KLASS 128 with 131 in either direction: source_code, source_name, target_code,
                    target_name, valid_from, valid_to (null = open). None: no answer.
    All or nothing: the sum of a class that lacks a municipality would not be the sum of the class.
    """
    if correspondence is None:
        return Centrality(
            _nobody(),
            Text(
                f"ingen sentralitetsklasser: arkivet har ikke {TABLE} "
                f"(hent med kompetanse pull --table {TABLE})",
                f"no centrality classes: the archive has no {TABLE} "
                f"(ask with kompetanse pull --table {TABLE})",
            ),
        )
    import pyarrow as pa

    day = pa.table({"target_date": pa.array([followed.target_date], pa.date32())})
    found = engine.run(
        "conform/centrality_class.sql",
        {
            "correspondence": correspondence,
            "spell": followed.spell,
            "target": day,
            "municipality_crosswalk": followed.municipality_crosswalk,
        },
    )
    left_out = _unplaced(found, followed.target_date)
    return Centrality(_nobody() if left_out else found, left_out)


def _unplaced(found: pa.Table, day: date) -> Text | None:
    """Say which municipalities have no class, or two; None if there is no such."""
    times = Counter(found["municipality_code"].to_pylist())
    without = {r["municipality_code"] for r in found.to_pylist() if r["class_code"] is None}
    several = {code for code, number in times.items() if number > 1}
    if not without and not several:
        return None
    return Text(
        f"ingen sentralitetsklasser: {TABLE} plasserer ikke hver kommune per {day} i én klasse. "
        f"Uten klasse: {_named(without, 'ingen')}. I flere: {_named(several, 'ingen')}.",
        f"no centrality classes: {TABLE} does not place each municipality of {day} in one class. "
        f"Without: {_named(without, 'none')}. In several: {_named(several, 'none')}.",
    )


def _named(codes: set[str], nobody: str) -> str:
    listed = sorted(codes)
    more = f" (+{len(listed) - _SHOWN})" if len(listed) > _SHOWN else ""
    return (", ".join(listed[:_SHOWN]) or nobody) + more


def _nobody() -> pa.Table:
    import pyarrow as pa

    names = ("municipality_code", "class_code", "class_name")
    return pa.schema([(name, pa.string()) for name in names]).empty_table()

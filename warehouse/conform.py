"""Conform: a raw table in the project's words, with only regions that existed at the time.

Codes stay those of the time: the roll-up takes each of them to today's regions in one step, so
a region that holds all parts of a divided municipality keeps whole figures. The rules are in
sql/conform/; here they are run per region column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sources.model import STATUS, VALUE, SourceChanged
from sources.translate import Translated, translate
from sources.vintages import VINTAGE
from warehouse import engine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pyarrow as pa

    from sources.registry import SourceTable

SHOWN = 20


def conform(
    raw: pa.Table | None, spec: SourceTable, geography: Mapping[str, pa.Table | Path]
) -> Translated:
    """Translate a raw table and keep the rows whose region code was in force.

    raw:       as sources/vintages.py gives it; None where the archive has no answer, which
               gives a table of no rows with the right columns.
    geography: "code_in_force" (code, valid_from, valid_to), "coverage" (first_date).
    Raises SourceChanged naming every region code with figures outside its validity.
    """
    translated = translate(empty(spec) if raw is None else raw, spec)
    table = translated.table
    for dimension in spec.dimensions.values():
        if dimension.role == "geo":
            table = _in_force(table, dimension.name, spec, geography)
    return Translated(table, translated.ignored)


def empty(spec: SourceTable) -> pa.Table:
    """Return a raw table of no rows: the dimensions of the YAML, value, status, vintage_id."""
    import pyarrow as pa

    words = pa.dictionary(pa.int8(), pa.string())
    names = [*spec.dimensions, VALUE, STATUS, VINTAGE]
    types = [pa.float64() if name == VALUE else words for name in names]
    return pa.schema(list(zip(names, types, strict=True))).empty_table()


def _in_force(
    table: pa.Table, name: str, spec: SourceTable, geography: Mapping[str, pa.Table | Path]
) -> pa.Table:
    plain = {f"{name}_level": "geo_level", f"{name}_code": "geo_code"}
    cells = table.rename_columns([plain.get(n, n) for n in table.column_names])
    if spec.not_in_force == "figure":
        cells = engine.run("conform/nearest_day.sql", {"cells": cells, **geography})
    inputs = {"cells": cells, **geography}
    _refuse_outside(inputs, spec, name)
    kept = engine.run("conform/in_force.sql", inputs)
    return kept.rename_columns(table.column_names)


def _refuse_outside(inputs: Mapping[str, pa.Table | Path], spec: SourceTable, name: str) -> None:
    import pyarrow as pa

    flag = pa.table({"flag": [spec.not_in_force == "zero"]})
    found = engine.run(
        "conform/outside_code_lists.sql", {**inputs, "zero_means_none": flag}
    ).to_pylist()
    if not found:
        return
    lines = [
        f"  {row['geo_code']}: {row['cell_count']} figures {row['first_period']} to "
        f"{row['last_period']}, "
        + ("a code KLASS does not know" if row["unknown_code"] else "not in force then")
        for row in found[:SHOWN]
    ]
    more = f"\n  and {len(found) - SHOWN} more codes" if len(found) > SHOWN else ""
    raise SourceChanged(
        f"{spec.id}: {len(found)} region codes of {name} have figures outside the time they were "
        "in force:\n" + "\n".join(lines) + more + "\n"
        "Fetch newer KLASS code lists, or map or ignore the codes in "
        f"sources/{spec.id}.yaml. Nothing was published."
    )

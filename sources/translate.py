"""From a source's own words to the project's: names, codes, units and observation status.

A dictionary look-up per column, driven by the table's YAML; never a loop over cells. Whether a
region code was in force, and what region it belongs to now, is decided in sql/conform/.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sources.model import STATUS, VALUE, SourceChanged
from sources.vintages import VINTAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pyarrow as pa

    from sources.registry import Dimension, SourceTable

NORMAL = "A"
UNSPECIFIED = "O"
COUNTRY, COUNTY, MUNICIPALITY = "country", "county", "municipality"
LEVEL_BY_LENGTH = {1: COUNTRY, 2: COUNTY, 4: MUNICIPALITY}


@dataclass(frozen=True)
class Translated:
    """A table in the project's words, and how many rows were left out for which reason.

    table: per geo dimension `<name>_level` and `<name>_code` (the code of the time), the other
    dimensions under their own names, `period_type`, `reference_date` (DATE: the day on which
    region codes count), `value`, `obs_status` (SDMX), `source_symbol`, `unit`, `decimals`,
    `vintage_id`.
    """

    table: pa.Table
    ignored: Mapping[str, int]


def translate(raw: pa.Table, spec: SourceTable) -> Translated:
    """Rename, recode and type a raw table by its YAML; drop rows the YAML says to ignore.

    Raises SourceChanged for a region code that is neither country, county nor municipality.
    """
    kept, ignored = _drop_ignored(raw, spec)
    columns: dict[str, pa.Array | pa.ChunkedArray] = {}
    for name, dimension in spec.dimensions.items():
        codes = _recode(kept[name], lambda code, d=dimension: plain_code(code, d))  # type: ignore[misc]
        columns |= _columns_of(dimension, codes, kept[name], spec)
    columns[VALUE] = kept[VALUE].combine_chunks()
    columns["obs_status"] = _status(kept, spec)
    columns["source_symbol"] = kept[STATUS].combine_chunks()
    columns |= _units(kept, spec)
    columns[VINTAGE] = kept[VINTAGE].combine_chunks()
    import pyarrow as pa

    return Translated(pa.table(columns), ignored)


def plain_code(code: str, dimension: Dimension) -> str:
    """Give a source's code in the project's form: aliases, K-/F- prefixes, KOSTRA counties."""
    if code in dimension.aliases:
        return dimension.aliases[code]
    if dimension.role != "geo":
        return code
    if dimension.form == "kostra-county" and re.fullmatch(r"\d{2}00", code):
        return code[:2]
    return re.sub(r"^[KF][-._]", "", code)


def reference_date(period: str, dimension: Dimension) -> dt.date:
    """Day on which region codes count, by the YAML's `reference`.

    "MM-DD" is that day in the (first) year of the period, "last" the last day of the month or
    quarter, and a whole date stands for every period (series on areas that the source fixes).
    """
    reference = dimension.reference or "12-31"
    if reference == "last":
        year, number = int(period[:4]), int(period[5:7])
        month = number * 3 if period[4] == "K" else number
        return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
    whole = len(reference) > len("MM-DD")
    return dt.date.fromisoformat(reference if whole else f"{period[:4]}-{reference}")


def _drop_ignored(raw: pa.Table, spec: SourceTable) -> tuple[pa.Table, dict[str, int]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    ignored: dict[str, int] = {}
    for name, dimension in spec.dimensions.items():
        for code, reason in dimension.ignore.items():
            hit = pc.equal(raw[name].cast(pa.string()), code)
            count = pc.sum(hit).as_py() or 0
            if count:
                ignored[f"{name}={code}: {reason['en']}"] = count
                raw = raw.filter(pc.invert(hit))
    return raw, ignored


def _columns_of(
    dimension: Dimension, codes: pa.DictionaryArray, source: pa.ChunkedArray, spec: SourceTable
) -> dict[str, pa.Array]:
    name = dimension.name
    if dimension.role == "geo":
        levels = _recode(codes, lambda code: _level(code, spec, dimension))
        return {f"{name}_level": levels, f"{name}_code": codes}
    if dimension.role == "time":
        dates = _recode(source, lambda p: reference_date(p, dimension).isoformat())
        import pyarrow as pa

        period_type = dimension.period_type or "year"
        return {
            name: codes,
            "period_type": _recode(codes, lambda _: period_type),
            "reference_date": dates.cast(pa.string()).cast(pa.date32()),
        }
    return {name: codes}


def _level(code: str, spec: SourceTable, dimension: Dimension) -> str:
    if code.isdigit() and len(code) in LEVEL_BY_LENGTH and (len(code) > 1 or code == "0"):
        return LEVEL_BY_LENGTH[len(code)]
    raise SourceChanged(
        f"{spec.id}: the code {code!r} of {dimension.name} is neither the country (0), a county "
        "(two digits) nor a municipality (four digits). Map it under `aliases` or list it under "
        f"`ignore` with a reason in sources/{spec.id}.yaml. Nothing was published."
    )


def _status(kept: pa.Table, spec: SourceTable) -> pa.Array:
    """SDMX status: the YAML's for a symbol; without one, A with a figure and O without."""
    import pyarrow.compute as pc

    by_symbol = _recode(kept[STATUS], lambda symbol: spec.missing[symbol])
    without = pc.if_else(pc.is_valid(kept[VALUE]), NORMAL, UNSPECIFIED)
    import pyarrow as pa

    joined = pc.coalesce(by_symbol.cast(pa.string()), without.combine_chunks())
    return joined.dictionary_encode()


def _units(kept: pa.Table, spec: SourceTable) -> dict[str, pa.Array]:
    import pyarrow as pa

    measures = [(n, d) for n, d in spec.dimensions.items() if d.role == "measure"]
    if not measures:
        rows = kept.num_rows
        return {"unit": pa.nulls(rows, pa.string()), "decimals": pa.nulls(rows, pa.int8())}
    name, dimension = measures[0]
    codes = dimension.codes or {}
    unit = _recode(kept[name], lambda c: codes[c].unit or "" if c in codes else "")
    decimals = _recode(kept[name], lambda c: str((codes[c].decimals or 0) if c in codes else 0))
    return {"unit": unit, "decimals": decimals.cast(pa.string()).cast(pa.int8())}


def _recode(column: pa.ChunkedArray | pa.Array, change: Callable[[str], str]) -> pa.DictionaryArray:
    """Map the distinct codes of a dictionary column; equal results become one code."""
    import pyarrow as pa

    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):  # a chunked array without chunks stays chunked
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    used = set(array.indices.unique().to_pylist())
    words = [change(w) if i in used else None for i, w in enumerate(array.dictionary.to_pylist())]
    distinct = sorted({w for w in words if w is not None})
    place: dict[str | None, int] = {word: i for i, word in enumerate(distinct)}
    moved = pa.array([place.get(w) for w in words], pa.int32())
    indices = moved.take(array.indices)
    return pa.DictionaryArray.from_arrays(indices, pa.array(distinct, pa.string()))

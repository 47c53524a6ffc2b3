"""Assembly: given answers of one table, decoded, held against its YAML and joined.

Which answers those are is decided in sources/vintages.py; what the figures mean for a region,
later, in sql/.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sources.figures import VINTAGE
from sources.model import STATUS, VALUE, AnswerContext, KompetanseError, SourceChanged

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    import pyarrow as pa

    from sources.archive import Archive, Entry
    from sources.model import Cube
    from sources.registry import SourceTable

SHOWN = 10


@dataclass(frozen=True)
class Vintage:
    """One answer in use: its archive entry, the source's own stamp, cells held."""

    entry: Entry
    updated: datetime | None
    cells: int


@dataclass(frozen=True)
class Assembled:
    """Answers joined; table and notes as in RawTable of sources/vintages.py."""

    table: pa.Table
    vintages: tuple[Vintage, ...]
    notes: tuple[str, ...]


def assemble(
    archive: Archive, spec: SourceTable, entries: Sequence[Entry], pulled: frozenset[str]
) -> Assembled:
    """Decode answers, hold each against the YAML and join them, oldest first.

    pulled: ids of those that one pull brought: their size is judged together, since a pull is
    cut into as many answers as the service wants.
    Raises DamagedArchive, UnreadableAnswer (which answer, what stood there) or SourceChanged
    (every mismatch; also two answers of one age that contradict each other).
    """
    from sources import validate

    parts, vintages, notes = [], [], []
    # One workbook may hold several tables, and is archived under the first that asked for it.
    for entry in (replace(e, table=spec.id) for e in entries):
        cube = decode_one(archive, spec, entry, alone=entry.id not in pulled)
        part = _complete(cube, spec)
        parts.append(part.append_column(VINTAGE, _constant(entry.vintage_id, part.num_rows)))
        vintages.append(Vintage(entry, cube.updated, cube.table.num_rows))
        notes += validate.warn(spec, cube)
    table = join(parts, spec, vintages)
    if pulled:
        rows = sum(v.cells for v in vintages if v.entry.id in pulled)
        named = ", ".join(v.entry.vintage_id for v in vintages if v.entry.id in pulled)
        validate.check_size(spec, rows, vintage=named, where=str(archive.root / "objects"))
    return Assembled(table, tuple(vintages), tuple(dict.fromkeys(notes)))


def decode_one(archive: Archive, spec: SourceTable, entry: Entry, *, alone: bool = True) -> Cube:
    """Decode one answer and hold it against the YAML; alone: also its size. Raises as assemble."""
    from sources import registry, validate

    reader = registry.reader(spec.protocol)
    body = archive.body(entry)
    try:
        cube = reader(body, spec, AnswerContext(url=entry.url, name=entry.name))
    except KompetanseError as error:
        raise type(error)(
            f"{spec.id}, answer {entry.vintage_id} ({entry.name}): {error}\n"
            "The bytes stay in the archive; nothing was published from them."
        ) from error
    where = str(archive.root / "objects")
    validate.check(spec, cube, vintage=entry.vintage_id, where=where, size=alone)
    return cube


def join(parts: list[pa.Table], spec: SourceTable, vintages: list[Vintage]) -> pa.Table:
    """Put the answers of one table together; a cell in several is taken from the newest.

    Raises SourceChanged if two answers of the same age give different figures for a cell.
    """
    import pyarrow as pa

    table = pa.concat_tables([_widened(part) for part in parts]).unify_dictionaries()
    if VALUE not in table.column_names:
        return _without_repeats(table)
    if len(parts) == 1:
        return table
    import duckdb

    ages = pa.table(
        {
            VINTAGE: [v.entry.vintage_id for v in vintages],
            "age": [_age(v) for v in vintages],
            "place": list(range(len(vintages))),
        }
    )
    keys = [n for n in table.column_names if n not in (VALUE, STATUS, VINTAGE)]
    # One thread keeps the order of rows the same from run to run.
    with duckdb.connect(config={"threads": 1}) as connection:
        cells = connection.from_arrow(table).set_alias("cells")
        dated = cells.join(connection.from_arrow(ages).set_alias("ages"), VINTAGE)
        _refuse_contradictions(dated, keys, spec)
        window = f"partition by {_quoted(keys)} order by age desc, place desc"
        ranked = dated.project(f"*, row_number() over ({window}) as newest")
        wanted = ranked.filter("newest = 1").project(_quoted(table.column_names))
        joined = wanted.order(_quoted(keys)).to_arrow_table()
    return joined.cast(table.schema)


def _complete(cube: Cube, spec: SourceTable) -> pa.Table:
    """Fill in the dimensions that the answer left out, in the YAML's order."""
    if VALUE not in cube.table.column_names:
        return cube.table
    table = cube.table
    for name, dimension in spec.dimensions.items():
        if name not in table.column_names:
            assert dimension.absent is not None  # validate.check has refused it otherwise
            table = table.append_column(name, _constant(dimension.absent, table.num_rows))
    return table.select([*spec.dimensions, VALUE, STATUS])


def _age(vintage: Vintage) -> str:
    return vintage.updated.isoformat() if vintage.updated else vintage.entry.as_of or ""


def _refuse_contradictions(dated: object, keys: list[str], spec: SourceTable) -> None:
    import duckdb

    assert isinstance(dated, duckdb.DuckDBPyRelation)
    rows = dated.aggregate(
        f"{_quoted(keys)}, age, list(distinct vintage_id) as answers, "
        f"list(distinct coalesce(cast({VALUE} as varchar), {STATUS}, 'null')) as figures",
        f"{_quoted(keys)}, age",
    )
    found = rows.filter("len(figures) > 1").fetchall()
    if found:
        lines = [
            f"  {dict(zip(keys, row, strict=False))}: {' / '.join(row[-1])} in {', '.join(row[-2])}"
            for row in found[:SHOWN]
        ]
        raise SourceChanged(
            f"{spec.id}: answers of the same age contradict each other in {len(found)} cells "
            f"(the first {len(lines)}):\n" + "\n".join(lines) + "\n"
            "Nothing was published. Find out which answer is right and archive a newer one."
        )


def _widened(part: pa.Table) -> pa.Table:
    """Give dictionary columns one index type, so that answers of any size can be joined."""
    import pyarrow as pa

    words = pa.dictionary(pa.int32(), pa.string())
    return part.cast(
        pa.schema(
            [f.with_type(words) if pa.types.is_dictionary(f.type) else f for f in part.schema]
        )
    )


def _without_repeats(table: pa.Table) -> pa.Table:
    import pyarrow as pa

    place = table.column_names.index(VINTAGE)
    table = table.set_column(place, VINTAGE, table[VINTAGE].cast(pa.string()))
    keys = [n for n in table.column_names if n != VINTAGE]
    return table.group_by(keys).aggregate([(VINTAGE, "max")]).rename_columns([*keys, VINTAGE])


def _constant(text: str, rows: int) -> pa.DictionaryArray:
    import numpy as np
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(np.zeros(rows, dtype=np.int8), [text])


def _quoted(names: Iterable[str]) -> str:
    # Column names come from our own YAML files; quoting keeps any of them a name.
    return ", ".join('"' + name.replace('"', '""') + '"' for name in names)

"""Vintages: which archived answers make up a source table now, and their decoding.

A table is the union of the newest answer to each question that was asked about it. Here the
answers are chosen, decoded, held against the table's YAML and joined; what the figures mean
for a region is decided later, in sql/.
"""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from sources.model import STATUS, VALUE, AnswerContext, KompetanseError, SourceChanged

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    import pyarrow as pa

    from sources.archive import Archive, Entry
    from sources.model import Cube
    from sources.registry import SourceTable

VINTAGE = "vintage_id"
SHOWN = 10


class NoAnswer(KompetanseError):
    """The archive holds no usable answer for a table."""


@dataclass(frozen=True)
class Vintage:
    """One answer in use: its archive entry, the source's own stamp, cells held."""

    entry: Entry
    updated: datetime | None
    cells: int


@dataclass(frozen=True)
class RawTable:
    """A source table as decoded: one row per cell of the union of its newest answers.

    table: one dictionary<string> column per dimension of the YAML (dimensions that an answer
    left out are filled with `absent`), then value, status and vintage_id. Code lists keep
    their own columns and get vintage_id alone.
    unused: vintage ids of answers that were not taken, with the reason.
    notes: warnings for people, such as a size above the expected.
    """

    table: pa.Table
    vintages: tuple[Vintage, ...]
    unused: dict[str, str]
    notes: tuple[str, ...]


def choose(
    entries: Iterable[Entry], spec: SourceTable, *, made_up: bool
) -> tuple[list[Entry], dict[str, str]]:
    """Pick the newest answer to each question about a table.

    Returns the entries in use, oldest first, and why each other one is not used.
    """
    unused: dict[str, str] = {}
    newest: dict[str, Entry] = {}
    for entry in entries:
        if entry.made_up is not made_up or not _claims(spec, entry):
            continue
        reason = _unfit(entry, spec)
        if reason:
            unused[entry.vintage_id] = reason
            continue
        older = newest.get(entry.question)
        if older is not None and (older.as_of or "") > (entry.as_of or ""):
            older, entry = entry, older  # noqa: PLW2901
        if older is not None:
            unused[older.vintage_id] = f"older than {entry.vintage_id}"
        newest[entry.question] = entry
    return sorted(newest.values(), key=lambda e: (e.as_of or "", e.id)), unused


def decode(archive: Archive, spec: SourceTable, *, made_up: bool) -> RawTable:
    """Decode the answers in use, hold each against the YAML and join them.

    Raises NoAnswer, DamagedArchive, UnreadableAnswer (which answer, what stood there) or
    SourceChanged (every mismatch; also two answers of one age that contradict each other).
    """
    entries, unused = choose(archive.entries(), spec, made_up=made_up)
    if not entries:
        raise NoAnswer(
            f"No answer for {spec.id} ({spec.title['nb']}) is in the archive {archive.root}. "
            "Import a folder of recorded answers with `kompetanse archive import FOLDER`."
        )
    parts, vintages, notes = [], [], []
    for entry in entries:
        cube, warnings = _decode_one(archive, spec, entry)
        part = _complete(cube, spec)
        parts.append(part.append_column(VINTAGE, _constant(entry.vintage_id, part.num_rows)))
        vintages.append(Vintage(entry, cube.updated, cube.table.num_rows))
        notes += warnings
    table = join(parts, spec, vintages)
    return RawTable(table, tuple(vintages), unused, tuple(notes))


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


def _decode_one(archive: Archive, spec: SourceTable, entry: Entry) -> tuple[Cube, list[str]]:
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
    validate.check(spec, cube, vintage=entry.vintage_id, where=str(archive.root / "objects"))
    return cube, list(validate.warn(spec, cube))


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


def _claims(spec: SourceTable, entry: Entry) -> bool:
    # By name too: a table may come to claim answers that were archived before it existed.
    return entry.table == spec.id or any(
        fnmatch.fnmatchcase(entry.name, glob) for glob in spec.recorded
    )


def _unfit(entry: Entry, spec: SourceTable) -> str | None:
    if entry.status != 200:  # noqa: PLR2004
        return f"HTTP status {entry.status}"
    wanted = spec.request.codelists if spec.request else {}
    others = [
        f"{name}={asked}"
        for name, asked in sorted(_codelists(entry).items())
        if asked not in wanted.get(name, ())
    ]
    return f"asked with another code list: {', '.join(others)}" if others else None


def _codelists(entry: Entry) -> dict[str, str]:
    """Code lists by dimension, as the question named them (query or POST body)."""
    asked = {
        key[len("codelist[") : -1]: value
        for key, value in parse_qsl(urlsplit(entry.url).query)
        if key.lower().startswith("codelist[")
    }
    selection = (entry.request_body or {}).get("selection") or []
    return asked | {s["variableCode"]: s["codelist"] for s in selection if s.get("codelist")}


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

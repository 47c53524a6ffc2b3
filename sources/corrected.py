"""Corrected: a decoded table with the declared errors of its source put right and marked.

The guard is here too: a cell that no longer says what its correction declares as wrong is never
written over, and stops the table. What is declared is read by sources/corrections.py; the archive
and its vintages keep what the source said.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sources.corrections import Reading, cell_text
from sources.figures import VINTAGE
from sources.model import STATUS, VALUE, KompetanseError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from sources.assembly import Vintage
    from sources.corrections import Block, Correction
    from sources.vintages import RawTable

    Rows = npt.NDArray[np.int64]

SHOWN = 10


class CorrectionOutdated(KompetanseError):
    """A source no longer has an error that is declared; names every such file and cell."""


@dataclass(frozen=True)
class CorrectedCell:
    """One cell that was put right.

    row: its place in the table. cell: dimension -> code, as the source writes them.
    vintage_id: the answer it stands in.
    """

    row: int
    cell: Mapping[str, str]
    vintage_id: str
    correction: Correction
    block: Block

    @property
    def marked(self) -> str:
        """Vintage id that the cell has after the correction."""
        return self.correction.marked(self.vintage_id)


@dataclass(frozen=True)
class Corrected:
    """A raw table with its corrections in place, and the cells they are in."""

    raw: RawTable
    cells: tuple[CorrectedCell, ...]


@dataclass(frozen=True)
class _Found:
    """A declared cell in the table: what it says now, and whether its answer has the error."""

    cell: CorrectedCell
    says: Reading
    covered: bool

    @property
    def as_declared(self) -> bool:
        """Whether the cell says what is declared as wrong."""
        return self.says == self.cell.block.published


def apply(raw: RawTable, table_id: str, declared: Sequence[Correction]) -> Corrected:
    """Put declared errors right in the cells whose answer has them.

    Corrected cells have the right figure and symbol, and a vintage_id that names the correction;
    answers outside a correction's `in_error` are left as they are, and `notes` say so where
    they have the error nevertheless.
    Raises CorrectionOutdated, naming every cell that is gone, is there twice, or no longer says
    what is declared as wrong.
    """
    if not declared:
        return Corrected(raw, ())
    raw = replace(raw, table=raw.table.unify_dictionaries())
    cells: list[CorrectedCell] = []
    notes: list[str] = []
    problems: dict[str, list[str]] = {}
    for correction in declared:
        wrong = list(_not_there(raw, correction))
        found = list(_found(raw, correction))
        wrong += [_moved(f) for f in found if f.covered and not f.as_declared]
        notes += [_not_covered(f) for f in found if f.as_declared and not f.covered]
        right = [f.cell for f in found if f.covered and f.as_declared]
        notes += [_told(correction, len(right))] if right else []
        cells += right
        if wrong:
            problems[correction.file] = wrong
    if problems:
        raise _outdated(raw, table_id, problems)
    done = replace(raw, table=_written(raw.table, cells), notes=(*raw.notes, *notes))
    return Corrected(done, tuple(cells))


def _found(raw: RawTable, correction: Correction) -> Iterator[_Found]:
    days = {v.entry.vintage_id: _day(v) for v in raw.vintages}
    for block in correction.blocks:
        rows = _rows(raw.table, block)
        for row, values in zip(rows.tolist(), raw.table.take(rows).to_pylist(), strict=True):
            vintage = values[VINTAGE]
            cell = {name: values[name] for name in block.codes}
            yield _Found(
                CorrectedCell(row, cell, vintage, correction, block),
                Reading(values[VALUE], values[STATUS]),
                correction.covers(days[vintage]),
            )


def _not_there(raw: RawTable, correction: Correction) -> Iterator[str]:
    """Say which declared cells the table does not hold exactly once, if its answers should."""
    if not correction.covers(max(map(_day, raw.vintages), default="")):
        return
    for block in correction.blocks:
        rows = raw.table.select(list(block.codes)).take(_rows(raw.table, block)).to_pylist()
        counted = Counter(tuple(row.values()) for row in rows)
        for codes in block.cells():
            if counted[codes] != 1:
                named = cell_text(dict(zip(block.codes, codes, strict=True)))
                there = f"is there {counted[codes]} times" if counted[codes] else "is not there"
                yield f"{named}: {there} -> look at what the source has changed"


def _rows(table: pa.Table, block: Block) -> Rows:
    """Places of the rows of a block; only dictionaries are searched for its codes."""
    import numpy as np

    hit = np.ones(table.num_rows, dtype=bool)
    for name, codes in block.codes.items():
        hit &= _is_one_of(table[name], codes)
    return np.flatnonzero(hit)


def _is_one_of(column: pa.ChunkedArray, codes: Sequence[str]) -> npt.NDArray[np.bool_]:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = pa.array(codes, pa.string())
    parts = [
        pc.is_in(chunk.dictionary, wanted).take(chunk.indices).fill_null(False)
        for chunk in column.chunks
    ]
    arrays = [part.to_numpy(zero_copy_only=False) for part in parts]
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=bool)


def _written(table: pa.Table, cells: Sequence[CorrectedCell]) -> pa.Table:
    """Copy of the table with the right readings in the cells, each marked."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if not cells:
        return table
    ordered = sorted(cells, key=lambda c: c.row)
    correct = [c.block.correct for c in ordered]
    mask = np.zeros(table.num_rows, dtype=bool)
    mask[[c.row for c in ordered]] = True
    figures = pa.array([reading.value for reading in correct], pa.float64())
    changed = {
        VALUE: pc.replace_with_mask(table[VALUE].combine_chunks(), mask, figures),
        STATUS: _rewritten(table[STATUS], mask, [reading.symbol for reading in correct]),
        VINTAGE: _rewritten(table[VINTAGE], mask, [c.marked for c in ordered]),
    }
    return pa.table({name: changed.get(name, table[name]) for name in table.column_names})


def _rewritten(
    column: pa.ChunkedArray, mask: npt.NDArray[np.bool_], texts: Sequence[str | None]
) -> pa.DictionaryArray:
    """Dictionary column with new texts, in order, where the mask is set."""
    import pyarrow as pa
    import pyarrow.compute as pc

    array = column.combine_chunks()
    words = array.dictionary.to_pylist()
    # An empty text is a symbol too; only None is none.
    words += sorted({text for text in texts if text is not None} - set(words))
    place: dict[str | None, int] = {word: i for i, word in enumerate(words)}
    new = pa.array([place.get(text) for text in texts], pa.int32())
    indices = pc.replace_with_mask(array.indices.cast(pa.int32()), mask, new)
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string()))


def _day(vintage: Vintage) -> str:
    """How new an answer says it is; empty where it does not."""
    stamp = vintage.updated.date().isoformat() if vintage.updated else ""
    return vintage.entry.as_of or stamp


def _moved(found: _Found) -> str:
    block = found.cell.block
    fixed = found.says == block.correct
    return (
        f"{cell_text(found.cell.cell)}: declared wrong {block.published}, the source now says "
        f"{found.says} in {found.cell.vintage_id} -> "
        + ("it has fixed the error" if fixed else f"it has changed it, not to {block.correct}")
    )


def _not_covered(found: _Found) -> str:
    return (
        f"{found.cell.correction.file}: {cell_text(found.cell.cell)} has the error "
        f"({found.says}) in {found.cell.vintage_id} too, which `in_error` leaves out; it was not "
        "corrected there"
    )


def _told(correction: Correction, cells: int) -> str:
    return f"{cells} cells corrected by {correction.file}: {correction.what.en}"


def _outdated(
    raw: RawTable, table_id: str, problems: Mapping[str, Sequence[str]]
) -> CorrectionOutdated:
    answers = f"{table_id} (as of {raw.as_of or 'unknown'})"
    lines = [f"{answers}: {len(problems)} correction(s) of errors that the source no longer has"]
    for file, wrong in problems.items():
        lines += [f"  {file}", *(f"    {text}" for text in wrong[:SHOWN])]
        lines += [f"    and {len(wrong) - SHOWN} more cells"] if len(wrong) > SHOWN else []
        lines.append(
            f"    Remove {file}, or give its in_error.last_as_of the day of the last answer with "
            "the error, so that rebuilds of older releases stay corrected."
        )
    lines.append(
        "The source's own figures were not written over. Nothing was published from this table."
    )
    return CorrectionOutdated("\n".join(lines))

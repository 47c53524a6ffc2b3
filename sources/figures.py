"""Figures: the decoded content of a table as one hash, and how two contents differ.

Labels, stamps, the order of rows and how a pull was cut into answers do not count here; codes,
figures and symbols do. Nothing here knows files or sources.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sources.model import STATUS, VALUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    Ints = npt.NDArray[np.int64]

VINTAGE = "vintage_id"
_LARGEST = 2**62


@dataclass(frozen=True)
class Cells:
    """Rows of two tables with the same columns, told apart by one number per cell.

    new, old: the number of each row's cell, equal where the cell is the same.
    """

    new: Ints
    old: Ints


@dataclass(frozen=True)
class Change:
    """How a table differs from an older one, in cells (rows of a code list).

    added: only in the new one; gone: only in the old one; changed: in both, read otherwise.
    """

    added: int
    gone: int
    changed: int

    @property
    def nothing(self) -> bool:
        """Whether every cell reads as before."""
        return not (self.added or self.gone or self.changed)


def keys(table: pa.Table) -> list[str]:
    """Columns that tell one cell from another; of a code list all but the vintage."""
    return sorted(n for n in table.column_names if n not in (VALUE, STATUS, VINTAGE))


def fingerprint(table: pa.Table) -> str:
    """Hash of the content: equal for equal cells, whatever the order of rows and columns."""
    import numpy as np

    hashed = hashlib.sha256()
    ranks = []
    # Status is a key here only to be hashed like one: a cell has one status.
    columns = [*keys(table), *([STATUS] if VALUE in table.column_names else [])]
    for name in columns:
        words, (places,) = _ranked([table[name]])
        hashed.update(f"{name}\n{len(words)}\n".encode())
        hashed.update("\x1f".join("" if w is None else f"={w}" for w in words).encode())
        ranks.append((places, len(words)))
    order = np.argsort(_numbered(ranks, table.num_rows), kind="stable")
    for places, _ in ranks:
        hashed.update(places[order].astype("<i4").tobytes())
    if VALUE in table.column_names:
        figures, blank = _figures(table)
        hashed.update(figures[order].astype("<f8").tobytes() + blank[order].tobytes())
    return hashed.hexdigest()[:16]


def cells(new: pa.Table, old: pa.Table) -> Cells:
    """Number the cells of two tables alike; raises KeyError if their columns differ."""
    ranks = []
    for name in keys(new):
        words, places = _ranked([new[name], old[name]])
        ranks.append((_joined(places), len(words)))
    numbers = _numbered(ranks, new.num_rows + old.num_rows)
    return Cells(numbers[: new.num_rows], numbers[new.num_rows :])


def compare(new: pa.Table, old: pa.Table) -> Change:
    """Count cells that came, went, or read otherwise. A table with other columns shares none."""
    import numpy as np

    if keys(new) != keys(old):
        return Change(new.num_rows, old.num_rows, 0)
    numbered = cells(new, old)
    _, here, there = np.intersect1d(numbered.new, numbered.old, return_indices=True)
    changed = 0
    if VALUE in new.column_names:
        changed = int(_differ(new, old, here, there).sum())
    return Change(new.num_rows - len(here), old.num_rows - len(there), changed)


def shared(new: pa.Table, old: pa.Table) -> tuple[Ints, Ints]:
    """Rows of the new and of the old table that are the same cells, pair by pair."""
    import numpy as np

    numbered = cells(new, old)
    _, here, there = np.intersect1d(numbered.new, numbered.old, return_indices=True)
    return here, there


def doubled(table: pa.Table) -> int:
    """Number of rows that stand for a cell which another row stands for too."""
    import numpy as np

    numbers = np.sort(cells(table, table.slice(0, 0)).new)
    return int(np.count_nonzero(numbers[1:] == numbers[:-1]))


def _differ(new: pa.Table, old: pa.Table, here: Ints, there: Ints) -> npt.NDArray[np.bool_]:
    value, blank = _figures(new)
    other, other_blank = _figures(old)
    _, (status, other_status) = _ranked([new[STATUS], old[STATUS]])
    same = (
        (value[here] == other[there])
        & (blank[here] == other_blank[there])
        & (status[here] == other_status[there])
    )
    different: npt.NDArray[np.bool_] = ~same
    return different


def _figures(table: pa.Table) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    import pyarrow.compute as pc

    column = table[VALUE]
    # Adding zero makes -0.0 the same figure as 0.0.
    figures = pc.fill_null(column, 0.0).to_numpy() + 0.0
    return figures, pc.is_null(column).to_numpy(zero_copy_only=False)


def _ranked(columns: Sequence[pa.ChunkedArray]) -> tuple[list[str | None], list[Ints]]:
    """Sorted distinct texts of columns together, and per column each row's place among them."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = [_encoded(column) for column in columns]
    found: set[str | None] = set()
    for text in texts:
        used = pc.unique(text.indices.fill_null(-1)).to_pylist()
        listed = text.dictionary.to_pylist()
        found |= {None if i < 0 else listed[i] for i in used}
    words = sorted(found, key=lambda w: (w is not None, w or ""))
    place = {word: rank for rank, word in enumerate(words)}
    ranked = []
    for text in texts:
        lookup = [place.get(word, 0) for word in text.dictionary.to_pylist()]
        # The last slot is for nulls, whose index is filled with -1.
        table = np.array([*lookup, place.get(None, 0)], dtype=np.int64)
        ranked.append(table[text.indices.fill_null(pa.scalar(-1, text.indices.type)).to_numpy()])
    return words, ranked


def _encoded(column: pa.ChunkedArray) -> Any:
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    return column.cast(pa.dictionary(pa.int32(), pa.string())).combine_chunks()


def _joined(places: Sequence[Ints]) -> Ints:
    import numpy as np

    return np.concatenate(places)


def _numbered(ranks: Sequence[tuple[Ints, int]], rows: int) -> Ints:
    """One number per combination of places, in the order of the combinations."""
    import numpy as np

    numbers: Ints = np.zeros(rows, dtype=np.int64)
    size = 1
    for places, count in ranks:
        if size * max(count, 1) >= _LARGEST:
            _, numbers = np.unique(numbers, return_inverse=True)
            size = rows
        numbers = numbers * count + places
        size *= max(count, 1)
    return numbers

"""The cells of a JSON-stat cube as Arrow columns: codes, figures and status symbols.

No Python loop runs over cells here: an answer may hold 800,000 of them, and parsing the JSON
is the yardstick. Axes are read in jsonstat_axes.py, the envelope in jsonstat.py.
Every function appends what is wrong to `problems` and goes on, so that one error lists all.
Protocol: JSON-stat 2.0 specification, https://json-stat.org/full/
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.readers.jsonstat_axes import kind, some

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from sources.readers.jsonstat_axes import Axis

# A sparse object may claim any size with two figures in it; memory has to be asked for first.
MAX_CELLS = 100_000_000
MAX_SYMBOLS = 127
# StatBank's marks for "there is no figure here".
NO_FIGURE = (".", "..", ":")
_FIGURES: frozenset[type] = frozenset({int, float, type(None)})
_SYMBOLS: frozenset[type] = frozenset({str, type(None)})


@dataclass(frozen=True)
class Status:
    """The status of every cell: its place among `symbols`, or -1 for none (int8, one per cell)."""

    codes: npt.NDArray[np.int8]
    symbols: tuple[str, ...]


def cell_count(sizes: Sequence[int], raw: object, problems: list[str]) -> int | None:
    """Return the product of `sizes`; None, and a problem, where no memory would hold it."""
    cells = math.prod(sizes)
    if cells <= MAX_CELLS:
        return cells
    held = len(raw) if isinstance(raw, (list, dict, pa.DoubleArray)) else 0
    problems.append(
        f"size: {_product(sizes)} = {cells} cells, more than the {MAX_CELLS} this reader takes; "
        f"value holds {held} -> ask for fewer at a time"
    )
    return None


def dimension_columns(axes: Sequence[Axis]) -> dict[str, pa.DictionaryArray]:
    """Return one dictionary<int8|int16|int32, string> column per axis, the last one fastest."""
    sizes = [len(axis.codes) for axis in axes]
    columns = {}
    for place, axis in enumerate(axes):
        outer, inner = math.prod(sizes[:place]), math.prod(sizes[place + 1 :])
        own = np.arange(sizes[place], dtype=_index_type(sizes[place]))
        cube = np.broadcast_to(own[None, :, None], (outer, sizes[place], inner))
        columns[axis.name] = _dictionary(pa.array(cube.reshape(-1)), axis.codes)
    return columns


def read_values(
    raw: object,
    sizes: Sequence[int] | None,
    cells: int | None,
    booleans: bool,
    problems: list[str],
) -> pa.DoubleArray | None:
    """Return `value` as float64, null where there is no figure; None if it is no good.

    raw: a dense array (or its figures, read already), or a sparse object of flat positions.
    cells: how many to expect.
    booleans: whether the body may hold some; if not, the figures need not be looked at twice.
    """
    if isinstance(raw, (list, pa.DoubleArray)):
        if cells is not None and sizes is not None and len(raw) != cells:
            problems.append(
                f"value: {len(raw)} figures, but size {_product(sizes)} = {cells} cells "
                "-> the answer is cut, padded, or of another kind (metadata hold no figures)"
            )
        return raw if isinstance(raw, pa.DoubleArray) else _floats(raw, booleans, problems)
    if isinstance(raw, dict):
        positions = _positions(raw, "value", cells, problems)
        figures = _floats(list(raw.values()), True, problems)
        if positions is None or figures is None or cells is None:
            return None
        dense = np.full(cells, np.nan)
        dense[positions] = figures.to_numpy(zero_copy_only=False)
        return pa.array(dense, from_pandas=True)
    problems.append(f"value: an array or an object expected, found {kind(raw)}")
    return None


def read_status(raw: object, cells: int | None, problems: list[str]) -> Status | None:
    """Return `status`, the source's own symbols, for every cell.

    raw: an object of flat positions, an array as long as the cube, one string for every cell,
    or None. Returns None if it is no good or `cells` is not known.
    """
    if isinstance(raw, dict):
        return _sparse_status(raw, cells, problems)
    if isinstance(raw, list) and cells is not None and len(raw) != cells:
        problems.append(f"status: {len(raw)} symbols for {cells} cells")
        return None
    if raw is not None and not isinstance(raw, (list, str)):
        problems.append(f"status: an object, an array or a string expected, found {kind(raw)}")
        return None
    status = _symbols(raw if isinstance(raw, list) else [raw], problems)
    if status is None or cells is None or isinstance(raw, list):
        return status
    return Status(np.repeat(status.codes, cells), status.symbols)


def status_column(status: Status) -> pa.DictionaryArray:
    """Return the status as dictionary<int8, string>, null where there is none."""
    return _dictionary(pa.array(status.codes, mask=status.codes < 0), status.symbols)


def without_padding(values: pa.DoubleArray, status: Status) -> pa.DoubleArray:
    """Return `values` with null for every 0 that stands under `.`, `..` or `:`.

    Such a 0 fills a place and is no figure. Any other figure is left for validation to judge.
    """
    marks = [place for place, symbol in enumerate(status.symbols) if symbol in NO_FIGURE]
    flagged = np.flatnonzero(status.codes >= 0)
    marked = flagged[np.isin(status.codes[flagged], marks)]
    padding = pc.fill_null(pc.equal(values.take(pa.array(marked)), 0.0), False)
    if not pc.any(padding).as_py():
        return values
    dropped = np.zeros(len(values), dtype=np.bool_)
    dropped[marked] = padding.to_numpy(zero_copy_only=False)
    return pc.if_else(pa.array(dropped), pa.scalar(None, pa.float64()), values)


def _dictionary(indices: pa.Array, words: Sequence[str]) -> pa.DictionaryArray:
    # Unchecked: the indices were counted here, and checking them costs as much as making them.
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, type=pa.string()), safe=False)


def _product(sizes: Sequence[int]) -> str:
    return " x ".join(map(str, sizes))


def _index_type(codes: int) -> type[np.signedinteger[Any]]:
    for candidate in (np.int8, np.int16):
        if codes <= np.iinfo(candidate).max + 1:
            return candidate
    return np.int32


def _floats(
    figures: list[Any],
    booleans: bool,
    problems: list[str],
) -> pa.DoubleArray | None:
    if not booleans:
        try:
            return pa.array(figures, type=pa.float64())
        except pa.ArrowException:
            # A wrong kind, or a whole number beyond 2**53; told apart below.
            pass
    if _foreign(figures, _FIGURES, "value: figures must be numbers or null", problems):
        return None
    return pa.array(np.array(figures, dtype=np.float64), from_pandas=True)


def _foreign(members: list[Any], allowed: frozenset[type], rule: str, problems: list[str]) -> bool:
    """Tell whether members of another type stand in the list, with one example of each."""
    foreign = set(map(type, members)) - allowed
    types = list(map(type, members)) if foreign else []
    examples = [
        f"{types.count(odd)} of kind {kind(odd)} (first: member {types.index(odd)}, "
        f"{str(members[types.index(odd)])[:80]!r})"
        for odd in sorted(foreign, key=types.index)
    ]
    if examples:
        problems.append(f"{rule}, found {some(examples)}")
    return bool(examples)


def _positions(
    raw: Mapping[str, Any], word: str, cells: int | None, problems: list[str]
) -> npt.NDArray[np.int64] | None:
    """Return the keys of a sparse object as flat positions."""
    keys = pa.array(list(raw), type=pa.string())
    try:
        positions = keys.cast(pa.int64())
    except pa.ArrowInvalid:
        positions = None
    # Written back and compared, so that "01" or "0x1" cannot become a second way to cell 1.
    if positions is None or not positions.cast(pa.string()).equals(keys):
        plain = pc.match_substring_regex(keys, "^(0|[1-9][0-9]{0,17})$")
        odd = keys.filter(pc.invert(plain)).to_pylist()
        problems.append(f"{word}: keys must be positions 0, 1, 2 ..., found {some(map(repr, odd))}")
        return None
    flat: npt.NDArray[np.int64] = positions.to_numpy()
    outside = flat[(flat < 0) | (flat >= cells)] if cells is not None else flat[:0]
    if outside.size:
        problems.append(f"{word}: positions outside the {cells} cells: {some(outside)}")
        return None
    return flat


def _sparse_status(raw: Mapping[str, Any], cells: int | None, problems: list[str]) -> Status | None:
    positions = _positions(raw, "status", cells, problems)
    given = _symbols(list(raw.values()), problems)
    if positions is None or given is None or cells is None:
        return None
    codes = np.full(cells, -1, dtype=np.int8)
    codes[positions] = given.codes
    return Status(codes, given.symbols)


def _symbols(symbols: list[Any], problems: list[str]) -> Status | None:
    if _foreign(symbols, _SYMBOLS, "status: symbols must be strings or null", problems):
        return None
    different = sorted(set(symbols) - {None})
    if len(different) > MAX_SYMBOLS:
        problems.append(
            f"status: {len(different)} different symbols, at most {MAX_SYMBOLS} expected: "
            f"{some(different)}"
        )
        return None
    place: dict[str | None, int] = {symbol: n for n, symbol in enumerate(different)}
    codes = map((place | {None: -1}).__getitem__, symbols)
    return Status(np.fromiter(codes, dtype=np.int8, count=len(symbols)), tuple(different))

"""Validation: an answer held against its source YAML, before any figure of it is used.

Nothing here decodes or mends: every dimension, code and status symbol that the YAML does not
know is an error, and all of them are listed at once. Checks of the figures themselves live in
expectations/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sources.model import STATUS, VALUE, SourceChanged

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from sources.model import Cube
    from sources.registry import SourceTable

_WIDTH = 46


def check(spec: SourceTable, cube: Cube, vintage: str, where: str, *, size: bool = True) -> None:
    """Raise SourceChanged, listing every mismatch between an answer and its YAML.

    Mismatches: unknown dimensions, missing ones that have no `absent`, unknown codes, unknown
    status symbols, cells with neither figure nor symbol, fewer cells than size.min_cells.
    vintage: which answer, for the message. where: where its bytes lie. size: whether the answer
    must be a table of full size; a part of one need not, see check_size.
    Reads dictionaries only, so the number of cells costs next to nothing.
    """
    found = list(_mismatches(spec, cube))
    if size:
        found += _size(spec, cube.table.num_rows)
    _refuse(spec, found, vintage, where)


def check_size(spec: SourceTable, rows: int, vintage: str, where: str) -> None:
    """Raise SourceChanged if the answers of one pull hold fewer cells than size.min_cells."""
    _refuse(spec, list(_size(spec, rows)), vintage, where)


def warn(spec: SourceTable, cube: Cube) -> list[str]:
    """What a person should look at though the answer can be used: its size, its decimals.

    Returns sentences that name the table; empty if there is nothing to say.
    """
    found = []
    rows, largest = cube.table.num_rows, spec.size.max_cells
    if largest is not None and rows > largest:
        found.append(f"{spec.id}: {rows} cells, at most {largest} expected")
    for dimension in spec.by_role("measure"):
        for code, entry in (dimension.codes or {}).items():
            stated = cube.units[code].decimals if code in cube.units else None
            if stated is not None and stated != entry.decimals:
                found.append(
                    f"{spec.id}: {code} has {stated} decimals, the YAML says {entry.decimals}"
                )
    return found


def distinct(column: pa.ChunkedArray) -> list[str]:
    """Distinct texts of a column, nulls left out, in order of appearance.

    Of a dictionary column only the dictionaries are read, so a code without cells is listed too.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(column.type):
        return [text for text in pc.unique(column).to_pylist() if text is not None]
    texts = (text for chunk in column.chunks for text in chunk.dictionary.to_pylist())
    return [text for text in dict.fromkeys(texts) if text is not None]


def _mismatches(spec: SourceTable, cube: Cube) -> Iterator[tuple[str, str]]:
    """Pairs of problem and advice; none for code lists, which have only their size."""
    if VALUE in cube.table.column_names:
        yield from _dimensions(spec, cube)
        yield from _codes(spec, cube)
        yield from _symbols(spec, cube.table)


def _size(spec: SourceTable, rows: int) -> Iterator[tuple[str, str]]:
    if rows < spec.size.min_cells:
        yield (
            f"cells: at least {spec.size.min_cells} expected, {rows} found",
            "the query may have been cut; ask again, or lower size.min_cells",
        )


def _refuse(spec: SourceTable, found: list[tuple[str, str]], vintage: str, where: str) -> None:
    if not found:
        return
    lines = [f"  {problem:<{_WIDTH}} -> {advice}" for problem, advice in found]
    raise SourceChanged(
        f"{spec.id} (vintage {vintage}) no longer matches sources/{spec.id}.yaml\n"
        + "\n".join(lines)
        + f"\nNothing was published from this answer. Its bytes lie unchanged in {where}."
    )


def _dimensions(spec: SourceTable, cube: Cube) -> Iterator[tuple[str, str]]:
    unknown = [name for name in cube.dimensions if name not in spec.dimensions]
    if unknown:
        yield (f"unknown dimensions: {', '.join(unknown)}", "describe them under `dimensions`")
    missing = [
        name
        for name, dimension in spec.dimensions.items()
        if name not in cube.dimensions and dimension.absent is None
    ]
    if missing:
        yield (
            f"missing dimensions: {', '.join(missing)}",
            "ask for them, or say under `absent` what their absence means",
        )


def _codes(spec: SourceTable, cube: Cube) -> Iterator[tuple[str, str]]:
    for name in cube.dimensions:
        dimension = spec.dimensions.get(name)
        if dimension is None:
            continue
        unknown = [c for c in distinct(cube.table.column(name)) if not dimension.knows(c)]
        if unknown:
            yield (
                f"{name}: unknown codes {', '.join(map(_shown, unknown))}",
                "map them, or list them under `ignore` with a reason",
            )


def _symbols(spec: SourceTable, table: pa.Table) -> Iterator[tuple[str, str]]:
    import pyarrow.compute as pc

    unknown = [s for s in distinct(table.column(STATUS)) if s not in spec.missing]
    if unknown:
        yield (
            f"unknown status symbols {', '.join(map(_shown, unknown))}",
            "find out what they mean and list them under `missing`",
        )
    bare = pc.and_(pc.is_null(table.column(VALUE)), pc.is_null(table.column(STATUS)))
    cells = pc.sum(bare).as_py() or 0
    if cells:
        yield (
            f"{cells} cells have neither figure nor symbol",
            "the answer may be damaged; nobody can say why they are blank",
        )


def _shown(text: str) -> str:
    return text if text.strip() == text and text else repr(text)

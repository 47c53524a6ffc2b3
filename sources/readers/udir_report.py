"""Udir's JSON reply: rows with a kode, and texts under a header of several levels.

Here lives the decoding of …/Statistikk/{endpoint}/data and nothing about its options, which are
read in udir.py. What a header level is, is decided in udir_levels.py.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from sources.model import Cube, UnreadableAnswer
from sources.readers.bodies import listed, parse_json, refuse
from sources.readers.cells import Cells, refuse_duplicates
from sources.readers.numbers import NotANumber, figure
from sources.readers.udir_levels import codes_of, dimension_names, level_problems

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sources.readers.udir_levels import Headers, Level

ADVICE = (
    "Udir's report API changes without notice: resolve the endpoint anew from the report page, "
    "compare the reply with `options`, and fetch again."
)
SOURCE = "Utdanningsdirektoratet"
# Udir writes it before the period of figures that are not final.
PROVISIONAL = "Foreløpige tall"


@dataclass(frozen=True)
class Layout:
    """How the rows of a reply are read.

    row_path: dimension of the kode at each depth of the rows; None where it is none. Rows of
              another depth are left out if there are several, as they are sums over the last.
    level_dimension: gets the word of rowHierarchy that the row stands under.
    skip:     rows whose kode it matches are left out. asked: codes that hold for every row.
    """

    row_path: tuple[str | None, ...]
    level_dimension: str | None = None
    skip: re.Pattern[str] | None = None
    asked: Mapping[str, str] = field(default_factory=dict)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Names of the dimensions that stand in the rows, in the order of the cube."""
        named = [*self.asked, *self.row_path, self.level_dimension]
        return tuple(name for name in named if name)


def decode(
    body: bytes, layout: Layout, levels: Sequence[Level] | Callable[[Headers], Sequence[Level]]
) -> Cube:
    """Decode a JSON reply: one cell per row and leaf column.

    levels: what the header levels are, or a function that tells it from the columns' names.
    Dimensions: those of the layout, then the named header levels. Rows left out are in notes.
    Figures of a period that is called provisional have the symbol "Foreløpige tall".
    Raises UnreadableAnswer for other shapes, a row whose data are not one per leaf column,
    header levels that are not what `levels` says, texts that are no figures, double cells.
    """
    hierarchy, columns, rows = _parts(parse_json(body, "a JSON reply of Udir's report API", ADVICE))
    named = _expand(columns)
    provisional = [any(name.startswith(PROVISIONAL) for name in parts) for parts in named]
    headers = [tuple(n.removeprefix(PROVISIONAL).strip() for n in parts) for parts in named]
    if callable(levels):
        levels = levels(headers)
    # Before any cell is read: a moved column would give plausible wrong figures.
    refuse(level_problems(headers, levels) + _row_problems(rows, len(headers)), ADVICE)
    cells = Cells((*layout.dimensions, *dimension_names(levels)))
    column_codes = [codes_of(parts, levels) for parts in headers]
    problems: list[str] = []
    left_out: Counter[str] = Counter()
    for codes, row in _coded(rows, layout, hierarchy, cells, left_out, problems):
        add_row(cells, codes, column_codes, row["data"], problems, provisional)
    refuse(problems, ADVICE)
    notes = [f"{n} rows left out: {why}" for why, n in left_out.items()]
    # A break belongs to the column, the figure stays: it is told, not judged, here.
    breaks = [e["name"] for e in chain.from_iterable(columns) if e.get("erbrudd")]
    return cube(cells, dict.fromkeys(breaks, "brudd i tidsserien"), notes)


def add_row(
    cells: Cells,
    row_codes: tuple[str, ...],
    column_codes: Sequence[tuple[str, ...]],
    texts: Sequence[str],
    problems: list[str],
    provisional: Sequence[bool] = (),
) -> None:
    """Add the cells of one row; texts that are no figures go to `problems`."""
    for place, (codes, text) in enumerate(zip(column_codes, texts, strict=True)):
        try:
            value, symbol = figure(text, ",")
        except NotANumber:
            problems.append(f"{', '.join((*row_codes, *codes))}: {text!r} is no figure")
            continue
        if value is not None and provisional and provisional[place]:
            symbol = PROVISIONAL
        cells.add((*row_codes, *codes), value, symbol)


def cube(cells: Cells, breaks: Mapping[str, str], notes: Sequence[str] = ()) -> Cube:
    """The cells as a cube; breaks: column name -> what Udir says of the break."""
    table = cells.table()
    refuse_duplicates(table, cells.dimensions)
    return Cube(
        table=table,
        dimensions=cells.dimensions,
        labels=cells.labels,
        source=SOURCE,
        notes=(*(f"{header}: {text}" for header, text in breaks.items()), *notes),
        extension={"breaks": list(breaks)},
    )


def _coded(
    rows: Sequence[Mapping[str, Any]],
    layout: Layout,
    hierarchy: Sequence[str],
    cells: Cells,
    left_out: Counter[str],
    problems: list[str],
) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Give every row that is read with its codes, in the order of the layout's dimensions."""
    by_id = {row["id"]: row["kode"].strip() for row in rows}
    deep = len(layout.row_path)
    for row in rows:
        kode, steps = row["kode"].strip(), row["id"].split(".")
        if layout.skip and layout.skip.fullmatch(kode):
            left_out[f"kode matches {layout.skip.pattern}"] += 1
        elif deep > 1 and len(steps) != deep:
            left_out[f"not at depth {deep}"] += 1
        else:
            path = _path(row, steps, by_id, problems) if deep > 1 else (kode,)
            named = [(n, c) for n, c in zip(layout.row_path, path, strict=True) if n]
            if layout.row_path[-1]:
                cells.label(layout.row_path[-1], kode, row["navn"].strip())
            depth = _depth(row, hierarchy, problems) if layout.level_dimension else ()
            yield (*layout.asked.values(), *(code for _, code in named), *depth), row


def _path(
    row: Mapping[str, Any], steps: Sequence[str], by_id: Mapping[str, str], problems: list[str]
) -> tuple[str, ...]:
    above = [".".join(steps[:n]) for n in range(1, len(steps))]
    # The ids are only used to find the rows above: their numbers differ from table to table.
    missing = [place for place in above if place not in by_id]
    if missing:
        problems.append(f"row {row['kode']}: no row has the id {missing[0]} that it stands under")
    return (*(by_id.get(place, "") for place in above), row["kode"].strip())


def _parts(
    reply: Any,
) -> tuple[list[str], list[list[dict[str, Any]]], list[dict[str, Any]]]:
    metadata = reply.get("metadata") if isinstance(reply, dict) else None
    if not isinstance(metadata, dict) or not isinstance(reply.get("rows"), list):
        found = sorted(reply) if isinstance(reply, dict) else type(reply).__name__
        raise UnreadableAnswer(
            f"expected an object with metadata and rows, found {found}\n{ADVICE}"
        )
    hierarchy, columns, rows = metadata.get("rowHierarchy"), metadata.get("columns"), reply["rows"]
    if not isinstance(hierarchy, list) or not isinstance(columns, list) or not columns:
        raise UnreadableAnswer(
            "expected metadata.rowHierarchy and metadata.columns, "
            f"found {sorted(metadata)}\n{ADVICE}"
        )
    wrong_level = [n for n, level in enumerate(columns, 1) if not _is_level(level)]
    wrong_row = [n for n, row in enumerate(rows, 1) if not _is_row(row)]
    said = (
        (wrong_level, "header levels that are not a list of {name, columnCount}"),
        (wrong_row, "rows without the texts navn, kode (inkluderKoder=true), id and data"),
    )
    refuse([f"{what}: {listed(found)}" for found, what in said if found], ADVICE)
    return hierarchy, columns, rows


def _texts(found: object) -> bool:
    return isinstance(found, list) and all(isinstance(text, str) for text in found)


# Shapes are checked by hand: `data` without `kode` would be read without region codes.
def _is_level(level: object) -> bool:
    return isinstance(level, list) and all(
        isinstance(entry, dict)
        and isinstance(entry.get("name"), str)
        and isinstance(entry.get("columnCount"), int)
        for entry in level
    )


def _is_row(row: object) -> bool:
    return (
        isinstance(row, dict)
        and all(isinstance(row.get(name), str) for name in ("navn", "kode", "id"))
        and _texts(row.get("data"))
    )


def _expand(columns: Sequence[Sequence[Mapping[str, Any]]]) -> list[tuple[str, ...]]:
    levels = [
        list(chain.from_iterable(repeat(e["name"], e["columnCount"]) for e in level))
        for level in columns
    ]
    lengths = [len(level) for level in levels]
    if len(set(lengths)) != 1:
        raise UnreadableAnswer(
            f"header levels have {lengths} leaf columns, not one number\n{ADVICE}"
        )
    return list(zip(*levels, strict=True))


def _row_problems(rows: Sequence[Mapping[str, Any]], leaves: int) -> list[str]:
    problems = [] if rows else ["there are no rows"]
    wrong = [f"{r['kode']} ({len(r['data'])})" for r in rows if len(r["data"]) != leaves]
    if wrong:
        problems.append(f"expected {leaves} figures in each row, found others in {listed(wrong)}")
    return problems


def _depth(row: Mapping[str, Any], words: Sequence[str], problems: list[str]) -> tuple[str]:
    # The id is only used for its depth: its numbers differ from table to table.
    depth = len(row["id"].split("."))
    if depth > len(words):
        problems.append(f"row {row['kode']}: id {row['id']} is deeper than rowHierarchy {words}")
        return ("",)
    return (words[depth - 1],)

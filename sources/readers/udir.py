"""Udir: the report API behind udir.no's statistics pages, as JSON and as CSV.

Here live the readers of protocols udir-report (…/Statistikk/{endpoint}/data) and udir-csv
(…/data.csv, the export). The API is not documented for others and may change without notice;
these readers follow its replies and refuse whatever they have not seen. Internal ids differ per
table and are never used: rows are named by `kode`.

Options of udir-report: `row_dimension` (name for the rows' `kode`), `levels` (one entry per
header level, outermost first: a dimension's name, {is: text} for a level that must be that
constant, null for one that may be any constant), `level_dimension` (optional: name for the word
of rowHierarchy that the row stands under, by the depth of its id).

Options of udir-csv: `keys` (column -> dimension), `header` (parts of the dotted column names,
same grammar as `levels`), `labels` (optional: code column -> label column), `ignore_columns`.

Breaks in the series (`erbrudd`, columns ending ".Brudd") go to Cube.notes and to
Cube.extension["breaks"].
"""

from __future__ import annotations

import csv
import io
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from sources.model import Cube, UnreadableAnswer
from sources.readers.bodies import listed, located, parse_json, refuse
from sources.readers.cells import Cells, refuse_duplicates
from sources.readers.numbers import NotANumber, figure
from sources.readers.options import Options
from sources.readers.udir_levels import (
    Level,
    codes_of,
    dimension_names,
    level_problems,
    levels_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sources.model import AnswerContext
    from sources.registry import SourceTable

_ADVICE = (
    "Udir's report API changes without notice: resolve the endpoint anew from the report page, "
    "compare the reply with `options`, and fetch again."
)
_SOURCE = "Utdanningsdirektoratet"
_BREAK = ".Brudd"
_SEPARATORS = ("sep=\t", "sep=;", "sep=,")


def read(body: bytes, spec: SourceTable, answer: AnswerContext) -> Cube:
    """Decode one answer of protocol udir-report or udir-csv."""
    options = Options(spec.options, spec.id)
    # Two protocols, one service: same codes, same breaks, other clothes.
    if spec.protocol == "udir-report":
        row, level = options.text("row_dimension"), options.text("level_dimension", "")
        levels = levels_of(options, "levels")
        options.check_dimensions((row, *filter(None, [level]), *dimension_names(levels)))
        options.done()
        with located(spec, answer):
            return decode_report(body, row, levels, level or None)
    keys, labels = options.mapping("keys"), options.mapping("labels", {})
    header, ignored = levels_of(options, "header"), options.texts("ignore_columns", ())
    options.check_dimensions((*keys.values(), *dimension_names(header)))
    options.done()
    with located(spec, answer):
        return decode_export(body, keys, header, labels, ignored)


def decode_report(
    body: bytes, row_dimension: str, levels: Sequence[Level], level_dimension: str | None = None
) -> Cube:
    """Decode a JSON reply: one cell per row and leaf column.

    Dimensions: row_dimension, level_dimension if asked for, then the named header levels.
    Raises UnreadableAnswer for other shapes, a row whose data are not one per leaf column,
    header levels that are not what `levels` says, texts that are no figures, double cells.
    """
    reply = parse_json(body, "a JSON reply of Udir's report API", _ADVICE)
    hierarchy, columns, rows = _parts(reply)
    headers = _expand(columns)
    # Before any cell is read: a moved column would give plausible wrong figures.
    refuse(level_problems(headers, levels) + _row_problems(rows, len(headers)), _ADVICE)
    extra = (level_dimension,) if level_dimension else ()
    cells = Cells((row_dimension, *extra, *dimension_names(levels)))
    column_codes = [codes_of(parts, levels) for parts in headers]
    problems: list[str] = []
    for row in rows:
        depth = _depth(row, hierarchy, problems) if level_dimension else ()
        cells.label(row_dimension, row["kode"].strip(), row["navn"].strip())
        row_codes = (row["kode"].strip(), *depth)
        _add_row(cells, row_codes, column_codes, row["data"], problems)
    refuse(problems, _ADVICE)
    # A break belongs to the column, the figure stays: it is told, not judged, here.
    breaks = [e["name"] for e in chain.from_iterable(columns) if e.get("erbrudd")]
    return _cube(cells, dict.fromkeys(breaks, "brudd i tidsserien"))


def decode_export(
    body: bytes,
    keys: Mapping[str, str],
    header: Sequence[Level],
    labels: Mapping[str, str],
    ignored: Sequence[str],
) -> Cube:
    """Decode a CSV export (UTF-16LE with or without BOM, "sep=" line, tab, decimal comma).

    One cell per row and dotted column; blanks around codes are cut ("I " is "I").
    Raises UnreadableAnswer for other shapes; lists all columns that no option names.
    """
    names, rows = _export_rows(body)
    # Names of figures are dotted, names of units are not; a new plain column is unknown.
    dotted = [n for n in names if "." in n and n not in {*keys, *labels.values(), *ignored}]
    figures = [name for name in dotted if not name.endswith(_BREAK)]
    headers = [name.split(".") for name in figures]
    refuse(_column_problems(names, dotted, keys, labels, ignored), _ADVICE)
    refuse(level_problems(headers, header), _ADVICE)
    cells = Cells((*keys.values(), *dimension_names(header)))
    column_codes = [codes_of(parts, header) for parts in headers]
    problems: list[str] = []
    for row in rows:
        entry = dict(zip(names, row, strict=True))
        for column, text in labels.items():
            cells.label(keys[column], entry[column].strip(), entry[text].strip())
        # Codes carry blanks at the end in some columns ("I ").
        row_codes = tuple(entry[column].strip() for column in keys)
        _add_row(cells, row_codes, column_codes, [entry[n] for n in figures], problems)
    refuse(problems, _ADVICE)
    return _cube(cells, dict(_export_breaks(names, rows)))


def _parts(
    reply: Any,
) -> tuple[list[str], list[list[dict[str, Any]]], list[dict[str, Any]]]:
    metadata = reply.get("metadata") if isinstance(reply, dict) else None
    if not isinstance(metadata, dict) or not isinstance(reply.get("rows"), list):
        found = sorted(reply) if isinstance(reply, dict) else type(reply).__name__
        raise UnreadableAnswer(
            f"expected an object with metadata and rows, found {found}\n{_ADVICE}"
        )
    hierarchy, columns, rows = metadata.get("rowHierarchy"), metadata.get("columns"), reply["rows"]
    if not isinstance(hierarchy, list) or not isinstance(columns, list) or not columns:
        raise UnreadableAnswer(
            "expected metadata.rowHierarchy and metadata.columns, "
            f"found {sorted(metadata)}\n{_ADVICE}"
        )
    wrong_level = [n for n, level in enumerate(columns, 1) if not _is_level(level)]
    wrong_row = [n for n, row in enumerate(rows, 1) if not _is_row(row)]
    said = (
        (wrong_level, "header levels that are not a list of {name, columnCount}"),
        (wrong_row, "rows without the texts navn, kode (inkluderKoder=true), id and data"),
    )
    refuse([f"{what}: {listed(found)}" for found, what in said if found], _ADVICE)
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
            f"header levels have {lengths} leaf columns, not one number\n{_ADVICE}"
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


def _add_row(
    cells: Cells,
    row_codes: tuple[str, ...],
    column_codes: Sequence[tuple[str, ...]],
    texts: Sequence[str],
    problems: list[str],
) -> None:
    for codes, text in zip(column_codes, texts, strict=True):
        try:
            cells.add((*row_codes, *codes), *figure(text, ","))
        except NotANumber:
            problems.append(f"{', '.join((*row_codes, *codes))}: {text!r} is no figure")


def _export_rows(body: bytes) -> tuple[list[str], list[list[str]]]:
    first, _, rest = _export_text(body).partition("\n")
    if first.rstrip("\r") not in _SEPARATORS:
        raise UnreadableAnswer(f"expected a first line sep=<tab>, found {first[:80]!r}\n{_ADVICE}")
    table = list(csv.reader(io.StringIO(rest, newline=""), delimiter=first[4]))
    if len(table) < 2:  # noqa: PLR2004 - a header and a row
        raise UnreadableAnswer(
            f"expected a header line and rows, found {len(table)} line(s)\n{_ADVICE}"
        )
    names, rows = table[0], table[1:]
    wrong = [f"{n} ({len(row)})" for n, row in enumerate(rows, 3) if len(row) != len(names)]
    refuse(
        [f"expected {len(names)} columns, not so in line {listed(wrong)}"] if wrong else [], _ADVICE
    )
    return names, rows


def _export_text(body: bytes) -> str:
    # UTF-16 has a zero byte beside every latin letter; UTF-8 has none.
    if body.startswith(b"\xef\xbb\xbf") or b"\x00" not in body[:200]:
        encoding = "utf-8-sig"
    else:
        encoding = "utf-16-le"
    try:
        return body.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as wrong:
        raise UnreadableAnswer(f"the export is not whole {encoding}: {wrong}\n{_ADVICE}") from wrong


def _column_problems(
    names: Sequence[str],
    dotted: Sequence[str],
    keys: Mapping[str, str],
    labels: Mapping[str, str],
    ignored: Sequence[str],
) -> list[str]:
    named = {*keys, *labels, *labels.values(), *ignored}
    unknown = [n for n in names if n not in named and n not in dotted]
    missing = sorted(named - set(names))
    twice = sorted({n for n in names if names.count(n) > 1})
    said = (
        (unknown, "columns that `options` does not name"),
        (missing, f"columns that are missing (found: {listed(names)})"),
        (twice, "columns that stand twice"),
        ([] if dotted else ["none"], "columns with figures (dotted names)"),
    )
    return [f"{what}: {listed(found)}" for found, what in said if found]


def _export_breaks(
    names: Sequence[str], rows: Sequence[Sequence[str]]
) -> Iterator[tuple[str, str]]:
    for place, name in enumerate(names):
        if name.endswith(_BREAK):
            # The same remark stands on every row; one is enough, other remarks are kept.
            texts = dict.fromkeys(row[place].strip() for row in rows)
            texts.pop("", None)
            if texts:
                yield name.removesuffix(_BREAK), " | ".join(texts)


def _cube(cells: Cells, breaks: Mapping[str, str]) -> Cube:
    table = cells.table()
    refuse_duplicates(table, cells.dimensions)
    return Cube(
        table=table,
        dimensions=cells.dimensions,
        labels=cells.labels,
        source=_SOURCE,
        notes=tuple(f"{header}: {text}" for header, text in breaks.items()),
        extension={"breaks": list(breaks)},
    )

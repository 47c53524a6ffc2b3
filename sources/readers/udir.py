"""Udir: the report API behind udir.no's statistics pages, as JSON and as CSV.

Here live the options of protocols udir-report (…/Statistikk/{endpoint}/data, decoded in
udir_report.py) and udir-csv (…/data.csv, the export, decoded here). The API is not documented
for others and may change without notice; these readers follow its replies and refuse whatever
they have not seen. Internal ids differ per table and are never used: rows are named by `kode`.

Options of udir-report: `row_dimension` (name for the rows' `kode`) or `row_path` (a name or null
for the kode at each depth, the last one named), `levels` (one entry per header level, outermost
first: a dimension's name, {is: text} for a level that must be that constant, null for one that
may be any constant; or the word "by_words": each level is the dimension that knows its words),
`level_dimension` (optional: name for the word of rowHierarchy that the row stands under, by the
depth of its id), `skip_rows` (optional: pattern of kodes whose rows are left out), `asked`
(optional: dimensions that only the question says, after the # of its address), `recorded_as`
(file -> dimension -> code, for recorded answers whose address does not say it).

Options of udir-csv: `keys` (column -> dimension), `header` (parts of the dotted column names,
same grammar as `levels`), `labels` (optional: code column -> label column), `ignore_columns`.

Breaks in the series (`erbrudd`, columns ending ".Brudd") go to Cube.notes and to
Cube.extension["breaks"].
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from sources.model import UnreadableAnswer
from sources.readers.bodies import listed, located, refuse
from sources.readers.cells import Cells
from sources.readers.options import Options
from sources.readers.udir_levels import (
    Level,
    codes_of,
    dimension_names,
    level_problems,
    levels_by_words,
    levels_of,
)
from sources.readers.udir_report import ADVICE, Layout, add_row, cube, decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sources.model import AnswerContext, Cube
    from sources.registry import SourceTable

_BREAK = ".Brudd"
BY_WORDS = "by_words"
_SEPARATORS = ("sep=\t", "sep=;", "sep=,")


def read(body: bytes, spec: SourceTable, answer: AnswerContext) -> Cube:
    """Decode one answer of protocol udir-report or udir-csv."""
    # Two protocols, one service: same codes, same breaks, other clothes.
    if spec.protocol == "udir-report":
        return _read_report(body, spec, answer)
    options = Options(spec.options, spec.id)
    keys, labels = options.mapping("keys"), options.mapping("labels", {})
    header, ignored = levels_of(options, "header"), options.texts("ignore_columns", ())
    options.check_dimensions((*keys.values(), *dimension_names(header)))
    options.done()
    with located(spec, answer):
        return decode_export(body, keys, header, labels, ignored)


def _read_report(body: bytes, spec: SourceTable, answer: AnswerContext) -> Cube:
    options = Options(spec.options, spec.id)
    path = _row_path(options)
    level, skip = options.text("level_dimension", ""), options.text("skip_rows", "")
    asked_names = options.texts("asked", ())
    files = _recorded_as(options)
    by_words = spec.options.get("levels") == BY_WORDS
    levels = () if by_words else levels_of(options, "levels")
    options.anything("levels")
    rows = (*asked_names, *filter(None, (*path, level)))
    options.check_dimensions((*rows, *dimension_names(levels)))
    pattern = _pattern(options, skip)
    options.done()
    header = {name: d for name, d in spec.dimensions.items() if name not in rows}
    with located(spec, answer):
        asked = _asked(asked_names, answer, files)
        layout = Layout(path, level or None, pattern, asked)
        told = (lambda found: levels_by_words(found, header)) if by_words else levels
        return decode(body, layout, told)


def _row_path(options: Options) -> tuple[str | None, ...]:
    path = options.anything("row_path")
    if path is None:
        return (options.text("row_dimension"),)
    if not isinstance(path, list) or not all(n is None or isinstance(n, str) for n in path):
        options.fault("row_path: expected a list with a name or null for each depth of the rows")
        return ()
    return tuple(path)


def _pattern(options: Options, skip: str) -> re.Pattern[str] | None:
    try:
        return re.compile(skip) if skip else None
    except re.error as wrong:
        options.fault(f"skip_rows: not a regular expression: {wrong}")
        return None


def _recorded_as(options: Options) -> dict[str, dict[str, str]]:
    files = options.anything("recorded_as", {})
    if isinstance(files, dict) and all(isinstance(codes, dict) for codes in files.values()):
        return files
    options.fault("recorded_as: expected file -> dimension -> code")
    return {}


def _asked(
    names: Sequence[str], answer: AnswerContext, files: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """What only the question says, from behind the # of the address or from `recorded_as`."""
    said = dict(parse_qsl(urlsplit(answer.url).fragment)) or files.get(answer.name, {})
    missing = [name for name in names if name not in said]
    if missing:
        raise UnreadableAnswer(
            f"neither the address (after #) nor `recorded_as` says which {', '.join(missing)} "
            "the answer is about; the answer itself does not\nPull the table, or list the file."
        )
    return {name: said[name] for name in names}


def decode_report(
    body: bytes, row_dimension: str, levels: Sequence[Level], level_dimension: str | None = None
) -> Cube:
    """Decode a JSON reply whose rows are one dimension; see udir_report.decode."""
    return decode(body, Layout((row_dimension,), level_dimension), levels)


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
    refuse(_column_problems(names, dotted, keys, labels, ignored), ADVICE)
    refuse(level_problems(headers, header), ADVICE)
    cells = Cells((*keys.values(), *dimension_names(header)))
    column_codes = [codes_of(parts, header) for parts in headers]
    problems: list[str] = []
    for row in rows:
        entry = dict(zip(names, row, strict=True))
        for column, text in labels.items():
            cells.label(keys[column], entry[column].strip(), entry[text].strip())
        # Codes carry blanks at the end in some columns ("I ").
        row_codes = tuple(entry[column].strip() for column in keys)
        add_row(cells, row_codes, column_codes, [entry[n] for n in figures], problems)
    refuse(problems, ADVICE)
    return cube(cells, dict(_export_breaks(names, rows)))


def _export_rows(body: bytes) -> tuple[list[str], list[list[str]]]:
    first, _, rest = _export_text(body).partition("\n")
    if first.rstrip("\r") not in _SEPARATORS:
        raise UnreadableAnswer(f"expected a first line sep=<tab>, found {first[:80]!r}\n{ADVICE}")
    table = list(csv.reader(io.StringIO(rest, newline=""), delimiter=first[4]))
    if len(table) < 2:  # noqa: PLR2004 - a header and a row
        raise UnreadableAnswer(
            f"expected a header line and rows, found {len(table)} line(s)\n{ADVICE}"
        )
    names, rows = table[0], table[1:]
    wrong = [f"{n} ({len(row)})" for n, row in enumerate(rows, 3) if len(row) != len(names)]
    refuse(
        [f"expected {len(names)} columns, not so in line {listed(wrong)}"] if wrong else [], ADVICE
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
        raise UnreadableAnswer(f"the export is not whole {encoding}: {wrong}\n{ADVICE}") from wrong


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

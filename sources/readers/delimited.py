"""CSV: delimited text files, with figures or as plain code lists.

Here lives the reader of protocol csv: encoding, delimiter and shape of the file. What its
columns mean is read by tabular.py, whose docstring lists the options of columns.
Sources: NAV's CSV files ("Helt ledige etter fylke og kommune" and the like: `;` or `,`, UTF-8
with or without BOM, or cp1252; decimal comma), with RFC 4180 quoting.

Options, besides those of tabular.py:
  delimiter: "," (default), ";" or a tab.
  encodings: tried in order; default [utf-8-sig, cp1252].
  plain:     column -> our column name, for files without figures, instead of keys and values:
             gives plain string columns (empty text = null) and neither value nor status.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from sources.model import Cube, UnreadableAnswer
from sources.readers.bodies import beginning, decode_text, listed, located, refuse
from sources.readers.cells import Cells, refuse_duplicates
from sources.readers.options import Options
from sources.readers.tabular import ADVICE, Layout, add_rows, layout_of, refuse_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from sources.model import AnswerContext
    from sources.registry import SourceTable

ENCODINGS = ("utf-8-sig", "cp1252")


def read(body: bytes, spec: SourceTable, answer: AnswerContext) -> Cube:
    """Decode one CSV file into a cube of cells, or, with `plain`, into plain columns."""
    options = Options(spec.options, spec.id)
    delimiter = options.text("delimiter", ",")
    encodings = options.texts("encodings", ENCODINGS)
    # Code lists have no figures: a cube of them would have no values.
    if "plain" in spec.options:
        names, ignored = options.mapping("plain"), options.texts("ignore_columns", ())
        options.done()
        with located(spec, answer):
            table = decode_plain(body, delimiter, encodings, names, ignored)
            return Cube(table=table, dimensions=())
    layout = layout_of(options)
    options.done()
    with located(spec, answer):
        return decode(body, delimiter, encodings, layout)


def decode(body: bytes, delimiter: str, encodings: Sequence[str], layout: Layout) -> Cube:
    """Decode a file with figures: one cell per row and value column.

    Raises UnreadableAnswer for another shape, columns that are missing or not named, texts with
    digits that are no figure, and cells that stand twice.
    """
    header, rows = parse(body, delimiter, encodings)
    refuse_columns(header, layout)
    cells = Cells(layout.dimensions)
    add_rows(cells, layout, header, rows, ("row", 2))
    table = cells.table()
    refuse_duplicates(table, layout.dimensions)
    return Cube(table=table, dimensions=layout.dimensions, labels=cells.labels)


def decode_plain(
    body: bytes,
    delimiter: str,
    encodings: Sequence[str],
    names: Mapping[str, str],
    ignored: Sequence[str] = (),
) -> pa.Table:
    """Decode a file without figures: string columns renamed by `names`, empty text = null."""
    import pyarrow as pa

    header, rows = parse(body, delimiter, encodings)
    refuse_columns(header, Layout(keys=names, values={}, ignored=frozenset(ignored)))
    # An empty text is an empty code or name; null says so to every later join.
    return pa.table(
        {
            name: pa.array([row[header.index(column)].strip() or None for row in rows], pa.string())
            for column, name in names.items()
        }
    )


def parse(
    body: bytes, delimiter: str, encodings: Sequence[str]
) -> tuple[list[str], list[list[str]]]:
    """Split a file into header (without blanks around the names) and rows.

    Empty lines are skipped. Raises UnreadableAnswer for web pages, files without rows, and rows
    that do not have one field per column (the last row of a file that was cut off).
    """
    text = decode_text(body, encodings, ADVICE)
    # A web page has commas too and would pass as a table of one odd column.
    if text.lstrip()[:1] in {"<", "{"}:
        raise UnreadableAnswer(f"expected a CSV file, found {beginning(body)}\n{ADVICE}")
    try:
        # strict: an unclosed quote would swallow the rest of the file into one field.
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        table = [row for row in lines if row]
    except csv.Error as wrong:
        raise UnreadableAnswer(
            f"the quoting is broken or the file cut off: {wrong}\n{ADVICE}"
        ) from wrong
    if len(table) < 2:  # noqa: PLR2004 - a header and a row
        raise UnreadableAnswer(
            f"expected a header line and rows, found {len(table)} line(s): {beginning(body)}\n"
            f"{ADVICE}"
        )
    header = [name.strip() for name in table[0]]
    # A row one field short would move every figure one column to the left.
    wrong_rows = [f"{n} ({len(r)})" for n, r in enumerate(table[1:], 2) if len(r) != len(header)]
    problem = f"expected {len(header)} fields ({delimiter!r} between), not so in row "
    refuse([problem + listed(wrong_rows)] if wrong_rows else [], ADVICE)
    return header, table[1:]

"""Tables with a header row: from columns named in `options` to cells.

Here lives what protocols csv and nav-table share once header and rows are found: which column
is a code, which a figure, which makes the period. Decoding of bytes lives in delimited.py,
finding a table in a workbook in nav_table.py.

Options (both protocols):
  keys:             column -> dimension. A column without a header is named "".
  values:           column -> code in the dimension `columns_are` (which may be left out if there
                    is one such column: then there is no such dimension).
  columns_are:      name of the dimension of the value columns.
  constants:        dimension -> its only code, for dimensions that stand in no column.
  period:           {dimension, year, month}: year column and column of month names;
                    or {dimension, column, form}: form YYYYMM or YYYY-MM-DD. Gives "2012M12".
  code_and_name:    key columns that hold "50 Trøndelag": code "50", the rest is its label; a
                    text without leading digits is code and label at once.
  labels:           code column -> label column.
  skip_rows:        column -> pattern of rows without figures; such a row with a figure is refused.
  ignore_columns:   columns that are not read. Any other column not named is refused.
  optional_columns: named columns that some editions do not have.
  decimal:          "." (default) or ",".
Dimensions come in the order keys, constants, period, columns_are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sources.readers.bodies import listed, refuse
from sources.readers.numbers import NotANumber
from sources.readers.words import month_number, plain
from sources.readers.xlsx import Cell, cell_figure, cell_text

if TYPE_CHECKING:
    from sources.readers.cells import Cells
    from sources.readers.options import Options

ADVICE = "Compare the file with `options` of the table; a new edition may have other columns."
_CODE_AND_NAME = re.compile(r"([0-9]+)\s+(\S.*)")
# The day is always the first; only the month counts.
_PERIOD_FORMS = {
    "YYYYMM": re.compile(r"(?P<year>[0-9]{4})(?P<month>0[1-9]|1[0-2])"),
    "YYYY-MM-DD": re.compile(r"(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])-[0-3][0-9]"),
}


@dataclass(frozen=True)
class Period:
    """How a row states its month: two columns (year, month name), or one column and its form."""

    dimension: str
    columns: tuple[str, ...]
    form: str | None

    def code(self, texts: Sequence[str]) -> str | None:
        """The month as "2012M12", or None if the texts are not of the form."""
        if self.form is None:
            month = month_number(texts[1])
            year = texts[0] if re.fullmatch("[0-9]{4}", texts[0]) else None
            return f"{year}M{month:02}" if year and month else None
        parts = _PERIOD_FORMS[self.form].fullmatch(texts[0])
        return f"{parts['year']}M{parts['month']}" if parts else None


@dataclass(frozen=True)
class Layout:
    """The columns of a table, as `options` name them."""

    keys: Mapping[str, str]
    values: Mapping[str, str]
    columns_are: str | None = None
    constants: Mapping[str, str] = field(default_factory=dict)
    period: Period | None = None
    code_and_name: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)
    skip_rows: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    decimal: str = "."

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Dimension names in the order of the cells' codes."""
        period = (self.period.dimension,) if self.period else ()
        measure = (self.columns_are,) if self.columns_are else ()
        return (*self.keys.values(), *self.constants, *period, *measure)

    @property
    def named(self) -> tuple[str, ...]:
        """Columns that are read, in the order of the options, each once."""
        period = self.period.columns if self.period else ()
        skip = self.skip_rows
        every = (*self.keys, *self.labels, *self.labels.values(), *period, *self.values, *skip)
        return tuple(dict.fromkeys(every))

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that every edition has."""
        return tuple(name for name in self.named if name not in self.optional)


def layout_of(options: Options) -> Layout:
    """Read the options that csv and nav-table share; faults are left in `options`."""
    keys, values = options.mapping("keys"), options.mapping("values")
    columns_are = options.text("columns_are", "")
    if len(values) > 1 and not columns_are:
        options.fault("columns_are: needed to tell several value columns apart")
    found = Layout(
        keys=keys,
        values=values,
        columns_are=columns_are or None,
        constants=options.mapping("constants", {}),
        period=_period_of(options),
        code_and_name=frozenset(options.texts("code_and_name", ())),
        labels=options.mapping("labels", {}),
        skip_rows=_patterns(options),
        ignored=frozenset(options.texts("ignore_columns", ())),
        optional=frozenset(options.texts("optional_columns", ())),
        decimal=options.text("decimal", "."),
    )
    # Labels and code_and_name speak of key columns only.
    strangers = sorted((found.code_and_name | set(found.labels)) - set(keys))
    if strangers:
        options.fault(f"code_and_name, labels: not among `keys`: {listed(strangers)}")
    options.check_dimensions(found.dimensions)
    if found.decimal not in {".", ","}:
        options.fault(f"decimal: expected '.' or ',', found {found.decimal!r}")
    return found


def refuse_columns(header: Sequence[str], layout: Layout) -> None:
    """Raise UnreadableAnswer listing every column that is missing, unknown or there twice."""
    known = {*layout.named, *layout.ignored}
    # All three kinds at once: one renamed column is both missing and unknown.
    missing = [repr(name) for name in layout.required if name not in header]
    unknown = [repr(name) for name in header if name not in known]
    counted = [n for n in dict.fromkeys(header) if header.count(n) > 1 and n not in layout.ignored]
    found = f"(found: {listed([repr(name) for name in header], 40)})"
    said = (
        (missing, f"columns that are missing {found}"),
        (unknown, "columns that `options` does not name"),
        (counted, "columns that stand twice"),
    )
    refuse([f"{what}: {listed(names, 40)}" for names, what in said if names], ADVICE)


def add_rows(
    cells: Cells,
    layout: Layout,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    place: tuple[str, int],
) -> None:
    """Add the cells of every row; `place` is, for messages, a word and the first row's number.

    Raises UnreadableAnswer listing all rows with an unreadable figure or period.
    """
    at = {name: header.index(name) for name in layout.named if name in header}
    # Optional columns that this edition lacks give no cells rather than empty ones.
    values = [(at[name], code) for name, code in layout.values.items() if name in at]
    # Collected, not raised one by one: a new edition is mended in one go.
    problems: list[str] = []
    for number, row in enumerate(rows):
        where = f"{place[0]} {place[1] + number}"
        if _skipped(row, at, layout):
            _refuse_figures(row, values, layout.decimal, where, problems)
            continue
        # A row without a month would land on some other month's cell.
        codes = _row_codes(cells, layout, row, at)
        if codes is None:
            problems.append(f"{where}: no month in {_period_texts(layout, row, at)}")
            continue
        for column, measure in values:
            own = (*codes, measure) if layout.columns_are else codes
            try:
                cells.add(own, *cell_figure(row[column], layout.decimal))
            except NotANumber as wrong:
                problems.append(f"{where}, {header[column]!r}: {wrong} is no figure")
    refuse(problems, ADVICE)


def _row_codes(
    cells: Cells, layout: Layout, row: Sequence[Cell], at: Mapping[str, int]
) -> tuple[str, ...] | None:
    codes = []
    for column, dimension in layout.keys.items():
        text = cell_text(row[at[column]]) if column in at else ""
        code, name = _split(text) if column in layout.code_and_name else (text, None)
        label = layout.labels.get(column)
        if label is not None:
            name = cell_text(row[at[label]])
        if name:
            cells.label(dimension, code, name)
        codes.append(code)
    codes += layout.constants.values()
    if layout.period:
        month = layout.period.code(_period_texts(layout, row, at))
        if month is None:
            return None
        codes.append(month)
    return tuple(codes)


def _period_texts(layout: Layout, row: Sequence[Cell], at: Mapping[str, int]) -> list[str]:
    columns = layout.period.columns if layout.period else ()
    return [cell_text(row[at[column]]) for column in columns]


def _split(text: str) -> tuple[str, str]:
    parts = _CODE_AND_NAME.fullmatch(text)
    return (parts[1], plain(parts[2])) if parts else (text, text)


def _skipped(row: Sequence[Cell], at: Mapping[str, int], layout: Layout) -> bool:
    return any(
        pattern.fullmatch(cell_text(row[at[name]])) for name, pattern in layout.skip_rows.items()
    )


def _refuse_figures(
    row: Sequence[Cell],
    values: Sequence[tuple[int, str]],
    decimal: str,
    where: str,
    problems: list[str],
) -> None:
    for column, _ in values:
        try:
            value, symbol = cell_figure(row[column], decimal)
        except NotANumber as wrong:
            value, symbol = None, str(wrong)
        if value is not None or symbol:
            problems.append(f"{where}: is of `skip_rows`, yet holds {row[column]!r}")


def _period_of(options: Options) -> Period | None:
    given = options.anything("period")
    if given is None:
        return None
    if isinstance(given, Mapping) and all(isinstance(text, str) for text in given.values()):
        if set(given) == {"dimension", "year", "month"}:
            return Period(given["dimension"], (given["year"], given["month"]), None)
        if set(given) == {"dimension", "column", "form"} and given["form"] in _PERIOD_FORMS:
            return Period(given["dimension"], (given["column"],), given["form"])
    options.fault(
        "period: expected {dimension, year, month} or {dimension, column, form} with form "
        f"{listed(list(_PERIOD_FORMS))}; found {given!r}"
    )
    return None


def _patterns(options: Options) -> dict[str, re.Pattern[str]]:
    patterns = {}
    for column, pattern in options.mapping("skip_rows", {}).items():
        try:
            patterns[column] = re.compile(pattern)
        except re.error as wrong:
            options.fault(f"skip_rows, {column}: {wrong}")
    return patterns

"""NAV Bedriftsundersøkelsen: one table of the yearly workbook "Figurer og tabeller".

Here lives the reader of protocol nav-survey: choosing the right table and turning it into cells.
NAV moves, renames and renumbers the sheets every year, and several tables (county, industry,
occupation) have the same header words. So a table is found by its header words, then chosen by
words of its title and by names that its first column must hold. How candidates are found on a
sheet lives in nav_survey_tables.

Options:
  table:            a word for messages ("county").
  row_dimensions:   dimensions of the columns left of the figures; all but the last are filled
                    down, and a level without a name in the last is "I alt". Names come out
                    without a "'" at the end; sub-industries as "- Name".
  title_words:      words that the title must hold.
  measures:         measure code -> word that its header cell holds.
  optional_measures: codes of `measures` that some editions have no column for.
  columns_are:      dimension of the figure columns where they are not measures (counties side by
                    side): `measures` then holds its codes and words, every header to the right
                    must be among them, and `measure` is the one measure of all figures.
  first_column:     names that the last row dimension must hold.
  not_first_column: names that it must not hold (optional).
  total:            names of which one must be there; default [I alt, Totalt]; [] asks for none.
Dimensions: row_dimensions, columns_are, year (from the title, checked against the file name),
measure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sources.model import Cube, UnreadableAnswer
from sources.readers.bodies import listed, located, refuse
from sources.readers.cells import Cells, refuse_duplicates
from sources.readers.nav_survey_tables import Candidate, candidates
from sources.readers.numbers import NotANumber
from sources.readers.options import Options
from sources.readers.words import same, years_in
from sources.readers.xlsx import address, cell_figure, open_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sources.model import AnswerContext
    from sources.readers.xlsx import Sheet
    from sources.registry import SourceTable

_ADVICE = (
    "NAV moves and renames the sheets every year: open the workbook, find the table, and mend "
    "`title_words`, `measures` or `first_column` of the table's options."
)


@dataclass(frozen=True)
class Wanted:
    """What the table to be read looks like; fields as in the module's options."""

    table: str
    row_dimensions: tuple[str, ...]
    title_words: tuple[str, ...]
    measures: Mapping[str, str]
    first_column: tuple[str, ...]
    not_first_column: tuple[str, ...] = ()
    total: tuple[str, ...] = ("I alt", "Totalt")
    optional: tuple[str, ...] = ()
    columns_are: str = ""
    measure: str = ""

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Dimension names in the order of the cells' codes."""
        columns = (self.columns_are,) if self.columns_are else ()
        return (*self.row_dimensions, *columns, "year", "measure")

    def codes(self, names: tuple[str, ...], column: str, year: str) -> tuple[str, ...]:
        """Codes of the cell in a row and the column of this code, in that order."""
        if self.columns_are:
            return (*names, column, year, self.measure)
        return (*names, year, column)


def read(body: bytes, spec: SourceTable, answer: AnswerContext) -> Cube:
    """Decode one table of a survey workbook; the year must agree with answer.name."""
    options = Options(spec.options, spec.id)
    wanted = Wanted(
        table=options.text("table"),
        row_dimensions=options.texts("row_dimensions"),
        title_words=options.texts("title_words"),
        measures=options.mapping("measures"),
        first_column=options.texts("first_column"),
        not_first_column=options.texts("not_first_column", ()),
        total=options.texts("total", ("I alt", "Totalt")),
        optional=options.texts("optional_measures", ()),
        columns_are=options.text("columns_are", ""),
        measure=options.text("measure", ""),
    )
    if bool(wanted.columns_are) != bool(wanted.measure):
        options.fault("columns_are, measure: give both or neither")
    strangers = sorted(set(wanted.optional) - set(wanted.measures))
    if strangers:
        options.fault(f"optional_measures: not among `measures`: {listed(strangers)}")
    options.check_dimensions(wanted.dimensions)
    options.done()
    with located(spec, answer):
        return decode(body, wanted, years_in(answer.name))


def decode(body: bytes, wanted: Wanted, file_years: Sequence[str] = ()) -> Cube:
    """Decode the one table of a workbook that is as `wanted`: one cell per row and measure.

    file_years: years that the file name states, empty if none.
    Raises UnreadableAnswer if no table or more than one fits (says why each one does not), if
    the title has no year or another one than the file name, for formulas without a stored value
    and other texts that are no figure (lists the cells), and for names that stand twice.
    """
    sheets = open_workbook(body)
    found = _choose(candidates(sheets, wanted.measures, wanted.optional), sheets, wanted)
    year = _year(found, file_years)
    cells = Cells(wanted.dimensions)
    problems: list[str] = []
    for row in found.rows:
        for measure, column in found.columns.items():
            try:
                figure = cell_figure(row.cells[column])
            except NotANumber as wrong:
                problems.append(f"sheet {found.sheet!r} {address(row.number, column)}: {wrong}")
                continue
            # An empty cell is a cell without a figure (symbol ""), not a missing row.
            cells.add(wanted.codes(row.names, measure, year), *figure)
    refuse(problems, f"Open the workbook in a spreadsheet program and save it. {_ADVICE}")
    table = cells.table()
    refuse_duplicates(table, wanted.dimensions)
    return Cube(
        table=table,
        dimensions=wanted.dimensions,
        roles={"time": ("year",), "metric": ("measure",)},
        title=found.title,
        source="Nav",
        notes=found.notes,
    )


def _choose(found: Sequence[Candidate], sheets: Sequence[Sheet], wanted: Wanted) -> Candidate:
    if not found:
        words = [word for code, word in wanted.measures.items() if code not in wanted.optional]
        seen = listed([repr(sheet.name) for sheet in sheets], 40)
        raise UnreadableAnswer(
            f"no sheet has a row with the header words {listed(words, 20)} of table "
            f"{wanted.table!r}; sheets seen: {seen}\n{_ADVICE}"
        )
    reasons = [(candidate, _unfit(candidate, wanted)) for candidate in found]
    fit = [candidate for candidate, reason in reasons if not reason]
    # Never the first that fits: county and industry tables look alike.
    if len(fit) == 1:
        return fit[0]
    if fit:
        problems = [f"sheet {c.sheet!r}, titled {c.title!r}" for c in fit]
        raise UnreadableAnswer(
            f"{len(fit)} tables fit table {wanted.table!r}: {listed(problems)}\n{_ADVICE}"
        )
    refuse([f"sheet {c.sheet!r}, titled {c.title!r}: {'; '.join(r)}" for c, r in reasons], _ADVICE)
    raise AssertionError  # refuse has raised: every reason is filled


def _unfit(candidate: Candidate, wanted: Wanted) -> list[str]:
    reasons = list(candidate.problems)
    title = same(candidate.title)
    # Every reason is collected: the person who mends the options needs all of them.
    absent = [word for word in wanted.title_words if same(word) not in title]
    if absent:
        reasons.append(f"the title lacks {listed(absent)}")
    if wanted.columns_are and candidate.unnamed:
        reasons.append(f"columns that `measures` does not name: {listed(candidate.unnamed, 20)}")
    depth = len(wanted.row_dimensions)
    if candidate.depth != depth:
        reasons.append(f"{candidate.depth} columns of names, expected {depth}")
    names = {same(row.names[-1]) for row in candidate.rows}
    lacking = [name for name in wanted.first_column if same(name) not in names]
    if lacking:
        reasons.append(f"the first column lacks {listed(lacking)}")
    strange = [name for name in wanted.not_first_column if same(name) in names]
    if strange:
        reasons.append(f"the first column holds {listed(strange)}")
    if wanted.total and not any(same(total) in names for total in wanted.total):
        reasons.append(f"there is no total ({' or '.join(wanted.total)})")
    return reasons


def _year(found: Candidate, file_years: Sequence[str]) -> str:
    stated = years_in(found.title)
    where = f"the title of sheet {found.sheet!r}, {found.title!r},"
    if not stated:
        raise UnreadableAnswer(f"{where} states no year, so the table's year is unknown\n{_ADVICE}")
    if not file_years:
        if len(stated) == 1:
            return stated[0]
        raise UnreadableAnswer(f"{where} states {listed(stated)}, the file name no year\n{_ADVICE}")
    # The year stands in the title and in the file name; if they differ, nobody knows it.
    common = [year for year in stated if year in file_years]
    if len(common) != 1:
        raise UnreadableAnswer(
            f"{where} states {listed(stated)}, the file name {listed(file_years)}: one of them "
            "belongs to another year\nFetch the workbook of the right year; archive both."
        )
    return common[0]

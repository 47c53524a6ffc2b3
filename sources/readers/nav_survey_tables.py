"""Tables in a Bedriftsundersøkelsen workbook: every place with the header words asked for.

Here lives the search: header row, title above it, columns of names to the left, rows below.
Which of the tables found is the one wanted is decided in nav_survey.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sources.readers.bodies import listed
from sources.readers.words import plain, same
from sources.readers.xlsx import Cell, Sheet, cell_text, is_empty

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

# Title and perhaps a subtitle and a unit stand in the rows just above the header.
_TITLE_ROWS = 3
# Name of a row that stands for all the rows of its block.
WHOLE = "I alt"


@dataclass(frozen=True)
class NamedRow:
    """One row of a table: its place on the sheet (from 0), its names, all its cells."""

    number: int
    names: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Candidate:
    """One table with the header words: where, how titled, measure -> column, its rows.

    depth: columns of names left of the figures. problems: why it cannot be read at all.
    unnamed: header texts from the first figure column on that no word was found in.
    """

    sheet: str
    title: str
    columns: Mapping[str, int]
    depth: int
    rows: tuple[NamedRow, ...]
    notes: tuple[str, ...]
    problems: tuple[str, ...]
    unnamed: tuple[str, ...] = ()


def candidates(
    sheets: Iterable[Sheet], measures: Mapping[str, str], optional: Collection[str] = ()
) -> list[Candidate]:
    """Every table of a workbook whose header row holds all words of `measures`.

    optional: measures that some editions have no column for.
    """
    return [found for sheet in sheets for found in _on_sheet(sheet, measures, optional)]


def clean_name(cell: Cell) -> str:
    """A row's name: no blanks or "'" around it; a sub-industry as "- Name"."""
    name = plain(cell_text(cell)).rstrip("'’ ")
    return f"- {name[1:].strip()}" if name[:1] in {"-", "–"} and len(name) > 1 else name


def _on_sheet(
    sheet: Sheet, measures: Mapping[str, str], optional: Collection[str]
) -> Iterator[Candidate]:
    # Wholly empty rows come and go between the editions and mean nothing.
    rows = [(number, row) for number, row in enumerate(sheet.rows) if not is_empty(row)]
    headers = [
        (place, matched)
        for place, (_, row) in enumerate(rows)
        if (matched := _match(row, measures, optional)) is not None
    ]
    ends = [place for place, _ in headers[1:]] + [len(rows)] * bool(headers)
    for (place, (columns, problems)), end in zip(headers, ends, strict=True):
        title = _title([row for _, row in rows[:place]])
        unnamed = _unnamed(rows[place][1], columns)
        yield _candidate(sheet.name, title, columns, rows[place + 1 : end], problems, unnamed)


def _match(
    row: Sequence[Cell], measures: Mapping[str, str], optional: Collection[str]
) -> tuple[dict[str, int], list[str]] | None:
    """Measure -> column, if every word stands in some cell of the row, else None.

    A word of `optional` may be missing.

    Words may overlap ("mangel på arbeidskraft" in the heading of another column): the word with
    fewest places chooses first. Two places left for one word is a problem, not a guess.
    """
    # Numbers in a header row (years) are no header words.
    texts = [same(cell) if isinstance(cell, str) else "" for cell in row]
    places = {
        measure: [p for p, text in enumerate(texts) if same(word) in text]
        for measure, word in measures.items()
    }
    columns: dict[str, int] = {}
    problems = []
    for measure in sorted(places, key=lambda m: len(places[m])):
        free = [place for place in places[measure] if place not in columns.values()]
        if not free and measure not in optional:
            return None
        if not free:
            continue
        if len(free) > 1:
            problems.append(f"{measures[measure]!r} stands in {len(free)} header cells")
        columns[measure] = free[0]
    if not columns:
        return None
    return {measure: columns[measure] for measure in measures if measure in columns}, problems


def _unnamed(header: Sequence[Cell], columns: Mapping[str, int]) -> tuple[str, ...]:
    named = set(columns.values())
    places = [place for place in range(min(named), len(header)) if place not in named]
    return tuple(plain(text) for place in places if (text := cell_text(header[place])))


def _title(above: Sequence[Sequence[Cell]]) -> str:
    """The texts that stand alone in the rows just above the header, uppermost first."""
    lines: list[str] = []
    for row in reversed(above[-_TITLE_ROWS:]):
        texts = [cell_text(cell) for cell in row if cell_text(cell)]
        # A row with several texts is a table above, not a title.
        if len(texts) != 1:
            break
        lines.insert(0, plain(texts[0]))
    return ". ".join(lines)


def _candidate(
    sheet: str,
    title: str,
    columns: Mapping[str, int],
    rows: Sequence[tuple[int, tuple[Cell, ...]]],
    problems: Sequence[str],
    unnamed: tuple[str, ...],
) -> Candidate:
    left = range(min(columns.values()))
    # Names may stand in any column left of the figures; empty columns come and go.
    filled, notes = _without_footnotes(rows, columns.values())
    name_columns = [c for c in left if any(cell_text(row[c]) for _, row in filled)]
    named = _named(filled, name_columns)
    nameless = [str(row.number + 1) for row in named if not all(row.names)]
    found = [*problems]
    if not name_columns:
        found.append("no names left of the figures")
    elif nameless:
        found.append(f"figures without a name in row {listed(nameless)}")
    return Candidate(
        sheet, title, columns, len(name_columns), tuple(named), tuple(notes), tuple(found), unnamed
    )


def _without_footnotes(
    rows: Sequence[tuple[int, tuple[Cell, ...]]], figures: Iterable[int]
) -> tuple[list[tuple[int, tuple[Cell, ...]]], list[str]]:
    """Cut the rows without any figure at the end: notes, or the title of the next table."""
    columns = list(figures)
    kept = list(rows)
    notes: list[str] = []
    while kept and is_empty([kept[-1][1][column] for column in columns]):
        _, row = kept.pop()
        notes.insert(0, " ".join(text for text in map(cell_text, row) if text))
    return kept, notes


def _named(rows: Sequence[tuple[int, tuple[Cell, ...]]], columns: Sequence[int]) -> list[NamedRow]:
    named: list[NamedRow] = []
    above = [""] * len(columns)
    for number, row in rows:
        names = [clean_name(row[column]) for column in columns]
        # Merged cells keep their text in the first row only; the last name is never filled.
        opens = len(columns) > 1 and bool(names[0])
        for place in range(len(columns) - 1):
            names[place] = names[place] or above[place]
        # A level that stands without a field is the level as a whole.
        if opens and not names[-1]:
            names[-1] = WHOLE
        above = names
        named.append(NamedRow(number, tuple(names), row))
    return named

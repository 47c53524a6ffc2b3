"""DBH: HK-dir's tables, as hentJSONTabellData answers them.

Here lives the reader of protocol dbh. An answer is an array: first {"status": ..}, then one
object per row, every value a text. Without a token DBH hides small figures by sex as "0", which
looks like any other 0; only the sum tells: where the parts add up to less than the total, their
zeros are hidden figures and get the source's symbol "0" instead of a value. Where they add up
to the total, 0 is 0.

Options of a table with figures: `keys` (columns that are dimensions, under their own names),
`total` and `parts` (last words of the figure columns: "Antall kandidater totalt" ends with
totalt), `labels` (optional: code column -> column with its name, which may be absent),
`ignore_columns`. The last word becomes the dimension kjønn; what stands before it is the same
in all figure columns, and becomes the dimension antall with the one code antall.

Options of a code list: `plain` (column -> our name); other columns keep the source's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sources.model import Cube, UnreadableAnswer
from sources.readers.bodies import listed, located, parse_json, refuse
from sources.readers.cells import Cells, refuse_duplicates
from sources.readers.numbers import NotANumber, figure
from sources.readers.options import Options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from sources.model import AnswerContext
    from sources.registry import SourceTable

SEX, MEASURE = "kjønn", "antall"
HIDDEN = "0"
_SOURCE = "Direktoratet for høyere utdanning og kompetanse (DBH)"
_ADVICE = (
    "Compare the answer with `options` and `request.how`; the variables of every table stand in "
    "https://dbh.hkdir.no/api/Tabeller/bulk-csv?rptNr=002."
)
_SHOWN = 200

Row = dict[str, str | None]
Figure = tuple[float | None, str | None]


@dataclass(frozen=True)
class Reply:
    """A decoded answer: the status line, and the rows with every value as text (or null).

    table: table number. delivery, delivered: leveransenr and leveringstid as texts. stated:
    antall, the number of rows that the answer should have. anonymised: rows that DBH says it
    changed, None where it does not say.
    """

    table: int | None
    delivery: str
    delivered: str
    stated: int
    anonymised: int | None
    rows: tuple[Row, ...]

    @property
    def stamp(self) -> str:
        """The source's own word on how new the figures are."""
        return f"{self.delivery} {self.delivered}".strip()


@dataclass(frozen=True)
class Layout:
    """Which columns are what: see the module docstring."""

    keys: tuple[str, ...]
    total: str
    parts: tuple[str, ...]
    labels: Mapping[str, str]
    ignored: tuple[str, ...]


def read(body: bytes, spec: SourceTable, answer: AnswerContext) -> Cube:
    """Decode one answer of protocol dbh."""
    options = Options(spec.options, spec.id)
    plain = options.mapping("plain", {})
    fallback = () if plain else None
    layout = Layout(
        keys=options.texts("keys", fallback),
        total=options.text("total", "" if plain else None),
        parts=options.texts("parts", fallback),
        labels=options.mapping("labels", {}),
        ignored=options.texts("ignore_columns", ()),
    )
    options.check_dimensions((*layout.keys, SEX, MEASURE))
    options.done()
    with located(spec, answer):
        reply = parse(body)
        refuse(_size_problems(reply), _ADVICE)
        if plain:
            return Cube(decode_list(reply, plain), (), source=_SOURCE, extension=_said(reply))
        return decode(reply, layout)


def parse(body: bytes) -> Reply:
    """Read the status line and the rows of an answer; nothing is said of their number.

    Raises UnreadableAnswer for anything but an array with a status line: an object is DBH's
    way to refuse, and its message is told; also for a return code other than 0, for values that
    are no texts, and for rows that do not have the same columns.
    """
    found = parse_json(body, "a JSON array of DBH", _ADVICE)
    if not isinstance(found, list):
        raise UnreadableAnswer(f"DBH refused: {str(found)[:_SHOWN]}\n{_ADVICE}")
    status = found[0].get("status") if found and isinstance(found[0], dict) else None
    if not isinstance(status, dict):
        raise UnreadableAnswer(
            f"the first entry is no status line: {str(found[:1])[:_SHOWN]}\n"
            'Ask with "statuslinje": "J".'
        )
    code, stated = _number(status.get("returkode")), _number(status.get("antall"))
    if code != 0 or stated is None:
        raise UnreadableAnswer(f"DBH refused: {str(status)[:_SHOWN]}\n{_ADVICE}")
    refuse(_row_problems(found[1:]), _ADVICE)
    return Reply(
        table=_number(status.get("tabell_id")),
        delivery=str(status.get("leveransenr") or ""),
        delivered=str(status.get("leveringstid") or ""),
        stated=stated,
        anonymised=_number(status.get("antall linjer anonymisert")),
        rows=tuple(found[1:]),
    )


def decode(reply: Reply, layout: Layout) -> Cube:
    """Decode rows with figures: one cell per row and figure column.

    Dimensions: the keys, then kjønn (last word of the column) and antall.
    Raises UnreadableAnswer for missing or unknown columns, several kinds of figures, texts that
    are no figures, empty keys, parts that add up to more than the total, and double cells.
    """
    columns = list(reply.rows[0]) if reply.rows else []
    figures = {_last_word(c): c for c in columns if _is_figure(c, layout)}
    refuse(_column_problems(columns, figures, layout), _ADVICE)
    cells = Cells((*layout.keys, SEX, MEASURE))
    kind = figures[layout.total].rsplit(" ", 1)[0]
    cells.label(MEASURE, MEASURE, kind)
    problems: list[str] = []
    for number, row in enumerate(reply.rows, 1):
        codes = tuple((row[key] or "").strip() for key in layout.keys)
        if not all(codes):
            problems.append(f"row {number}: no code in one of {listed(layout.keys)}")
            continue
        for column, name in layout.labels.items():
            if name in row:
                cells.label(column, (row[column] or "").strip(), (row[name] or "").strip())
        read_figures = _figures(row, codes, figures, layout, problems)
        for word, (value, symbol) in read_figures.items():
            cells.add((*codes, word, MEASURE), value, symbol)
    refuse(problems, _ADVICE)
    return _cube(cells, reply)


def decode_list(reply: Reply, plain: Mapping[str, str]) -> pa.Table:
    """Decode a code list: one row per entry, plain text columns, those of `plain` renamed.

    Raises UnreadableAnswer if a column of `plain` is missing or two columns get one name.
    """
    import pyarrow as pa

    columns = list(reply.rows[0]) if reply.rows else []
    missing = [name for name in plain if name not in columns]
    names = [plain.get(name, name) for name in columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    said = ((missing, "columns that are missing"), (twice, "names given twice"))
    refuse([f"{what}: {listed(found)}" for found, what in said if found], _ADVICE)
    arrays = [pa.array([row[name] for row in reply.rows], pa.string()) for name in columns]
    return pa.table(arrays, names=names)


def _number(value: object) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() else None


def _size_problems(reply: Reply) -> list[str]:
    if len(reply.rows) == reply.stated:
        return []
    return [f"{len(reply.rows)} rows came, the status line says {reply.stated}: not the whole"]


def _row_problems(rows: Sequence[Any]) -> list[str]:
    odd = [n for n, row in enumerate(rows, 1) if not isinstance(row, dict)]
    if odd:
        return [f"rows that are no objects: {listed(odd)}"]
    columns = set(rows[0]) if rows else set()
    uneven = [n for n, row in enumerate(rows, 1) if set(row) != columns]
    # A code that came as a number may have lost its zeros in front, so it is not guessed at.
    typed = {
        name
        for row in rows
        for name, value in row.items()
        if value is not None and not isinstance(value, str)
    }
    said = (
        (uneven, "rows with other columns than the first"),
        (sorted(typed), "columns with values that are no texts"),
    )
    return [f"{what}: {listed(found)}" for found, what in said if found]


def _last_word(column: str) -> str:
    return column.rsplit(" ", 1)[-1].casefold()


def _is_figure(column: str, layout: Layout) -> bool:
    named = {*layout.keys, *layout.labels.values(), *layout.ignored}
    return column not in named and _last_word(column) in (layout.total, *layout.parts)


def _column_problems(
    columns: Sequence[str], figures: Mapping[str, str], layout: Layout
) -> list[str]:
    if not columns:
        return ["there are no rows"]
    named = {*layout.keys, *layout.labels.values(), *layout.ignored}
    matching = [c for c in columns if _is_figure(c, layout)]
    kinds = {column.rsplit(" ", 1)[0] for column in matching}
    words = (layout.total, *layout.parts)
    said = (
        ([key for key in layout.keys if key not in columns], "columns that are missing"),
        (
            [c for c in columns if c not in named and c not in matching],
            "columns that `options` does not name",
        ),
        (
            [word for word in words if word not in figures],
            "last words that no figure column has (without a total no 0 can be trusted)",
        ),
        (sorted(kinds) if len(kinds) > 1 else [], "several kinds of figures, ignore all but one"),
    )
    return [f"{what}: {listed(found)}" for found, what in said if found]


def _figures(
    row: Row,
    codes: tuple[str, ...],
    figures: Mapping[str, str],
    layout: Layout,
    problems: list[str],
) -> dict[str, Figure]:
    """Read the figures of a row by last word, hidden ones as the symbol "0"."""
    found: dict[str, Figure] = {}
    for word, column in figures.items():
        try:
            found[word] = figure(row[column] or "", ".")
        except NotANumber:
            problems.append(f"{', '.join(codes)}: {column} {row[column]!r} is no figure")
            return {}
    total = found[layout.total][0]
    parts = {word: found[word][0] for word in layout.parts}
    known = sum(value for value in parts.values() if value is not None)
    if total is not None and known > total:
        problems.append(
            f"{', '.join(codes)}: {' + '.join(layout.parts)} is {known:g}, more than the total "
            f"{total:g} (rounded figures cannot be held against each other)"
        )
    # Without a total nobody can say that a 0 is none, and a missing figure is never 0.
    if total is None or known < total:
        found |= {word: (None, HIDDEN) for word, value in parts.items() if value == 0}
    return found


def _cube(cells: Cells, reply: Reply) -> Cube:
    table = cells.table()
    refuse_duplicates(table, cells.dimensions)
    hidden = cells.symbols.count(HIDDEN)
    said = (
        (hidden, 'figures are hidden behind "0" (the parts are less than their total)'),
        (reply.anonymised or 0, "rows were anonymised by DBH, by its own count"),
    )
    return Cube(
        table=table,
        dimensions=cells.dimensions,
        labels=cells.labels,
        source=_SOURCE,
        notes=tuple(f"{count} {what}" for count, what in said if count),
        extension=_said(reply),
    )


def _said(reply: Reply) -> dict[str, object]:
    return {"delivery": reply.delivery, "delivered": reply.delivered}

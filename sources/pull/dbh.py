"""DBH: the client of HK-dir's tables (hentJSONTabellData), protocol dbh.

Here are the questions, the proof that the answers are all of the table, and what DBH says of its
variables. Decoding is sources/readers/dbh.py, and so is finding figures hidden behind "0".

`request.how`: `table` (number), then either `group_by` (variables of an aggregated table) or
`variables` (["*"] of any other); `filter` (optional: variable -> {filter, values}) and
`split_by` (optional: the variable by which a table is asked for in parts if it does not come
whole).

What the row count of the status line (`antall`) means is not documented. So an answer is taken
for whole only if it holds as many rows as it says and fewer than were allowed, which is right
both if it counts the rows that there are and if it counts those that came. A round number of
thousands may be the server's own limit, and is asked for again in parts.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError, SourceChanged, UnreadableAnswer
from sources.pull.client import Brought, Described, Piece
from sources.pull.fetch import ask
from sources.pull.problems import OK, NotWhole, QuestionRefused
from sources.readers.bodies import beginning, decode_text, listed
from sources.readers.dbh import MEASURE, SEX, Reply, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sources.http import Fetcher
    from sources.pull.client import Asking, Documents, Known
    from sources.pull.fetch import Answer
    from sources.registry import SourceTable

# Rows asked for at first: more than any table of fagskole can have by school, offer and year.
ROWS = 100_000
BULK = "https://dbh.hkdir.no/api/Tabeller/bulk-csv?rptNr="
CONTENTS, VARIABLES = f"{BULK}001", f"{BULK}002"
_EMPTY = 204
_ROUND = 1000
_NEXT = "Nothing was taken; the last good answer stays in use."


@dataclass(frozen=True)
class _Part:
    """One whole answer and the question that brought it; what: the code of the part."""

    what: str
    question: dict[str, Any]
    answer: Answer
    reply: Reply


def bring(spec: SourceTable, asking: Asking, known: Known | None) -> Brought | None:
    """Bring a table of DBH, or None if its delivery is the one that is known.

    Newness is leveransenr and leveringstid of the status line, asked for with one row. Raises
    NotWhole if neither one answer nor the parts hold all rows, SourceChanged if there are none,
    QuestionRefused for anything that is no answer, and what sources/http raises.
    """
    pull = _Pull(spec, asking.service("dbh"))
    if known is not None and known.stamp and pull.stamp() == known.stamp:
        return None
    parts = pull.parts()
    stamps = {part.reply.stamp for part in parts}
    notes: tuple[str, ...] = ()
    if len(stamps) > 1:
        # Twice in a row is no delivery that came in between: each answer has a stamp of its own.
        parts = pull.parts()
        stamps = {part.reply.stamp for part in parts}
    if len(stamps) > 1:
        notes = (f"{spec.id}: DBH stamps every answer anew, so what is new cannot be asked for",)
    documents, missed = asking.once("dbh documents", partial(_documents, asking.service("dbh")))
    return Brought(
        pieces=tuple(_piece(spec, part) for part in parts),
        stamp="" if len(stamps) > 1 else stamps.pop(),
        documents=documents,
        notes=notes + missed,
    )


def describe(spec: SourceTable, documents: Documents) -> Described:
    """What DBH's lists of tables (rptNr=001) and of variables (002) say of a table.

    Dimensions are the variables that the request groups by, and those that the reader makes of
    the figure columns. Variables that the request does not use are told in the notes.
    """
    number = _how(spec)["table"]
    rows = [r for r in _rows(documents.get(VARIABLES)) if _is_of(r, number)]
    named = [r for r in _rows(documents.get(CONTENTS)) if _is_of(r, number)]
    title = named[0].get("Tabellnavn", "") if named else ""
    if not rows:
        return Described(title, {}, gone=not named)
    variables = list(dict.fromkeys(row.get("Variabel navn", "") for row in rows))
    asked = [name for name in _how(spec).get("group_by", ()) if name in variables]
    words = {str(spec.options.get("total", "")), *spec.options.get("parts", ())} - {""}
    figures = {
        word: name for name in variables if (word := name.split(" ")[-1].casefold()) in words
    }
    # What every answer leaves out and the YAML fills in (the country) is not gone.
    filled = [name for name, dimension in spec.dimensions.items() if dimension.absent is not None]
    made: dict[str, Mapping[str, str] | None] = dict.fromkeys([*asked, *filled])
    if figures:
        kind = next(iter(figures.values())).rsplit(" ", 1)[0]
        made |= {SEX: figures, MEASURE: {MEASURE: kind}}
    others = [name for name in variables if name not in asked and name not in figures.values()]
    missing = [name for name in _how(spec).get("group_by", ()) if name not in variables]
    return Described(
        title,
        made,
        notes=(f"variables that are not asked for: {listed(others, 40)}",) if others else (),
        unaskable=(f"request.how.group_by: DBH has no {listed(missing)}",) if missing else (),
    )


class _Pull:
    """One table being asked for."""

    def __init__(self, spec: SourceTable, fetch: Fetcher) -> None:
        self.spec, self.fetch, self.how = spec, fetch, _how(spec)

    def stamp(self) -> str:
        """The stamp of the delivery, by the cheapest question there is."""
        found = self._ask(self._question(1))
        return found[1].stamp if found else ""

    def parts(self) -> list[_Part]:
        """The table as one whole answer, or as one per code of split_by."""
        found = self._largest("all", {})
        if found is None:
            raise SourceChanged(
                f"{self.spec.id}: DBH has no rows for table {self.how['table']} as asked (HTTP "
                f"204)\nCompare request.how with the table's variables, {VARIABLES}. {_NEXT}"
            )
        round_number = found.reply.stated % _ROUND == 0 and "split_by" in self.how
        return [found] if _whole(found) and not round_number else self._split(found)

    def _split(self, cut: _Part) -> list[_Part]:
        """Ask code by code of split_by; the parts must make up what the cut answer promised."""
        by = self.how.get("split_by")
        if not by:
            raise self._not_whole(f"{_size(cut)}, and no split_by is given")
        codes = self._codes(by)
        parts = [self._part(by, code) for code in codes]
        rows = sum(len(part.reply.rows) for part in parts)
        promised = cut.reply.stated
        # A count above what came is of all rows; any other only tells that there are no fewer.
        exact = promised > len(cut.reply.rows)
        capped = [p.what for p in parts if len(p.reply.rows) == len(cut.reply.rows)]
        if capped:
            raise self._not_whole(f"{by} {listed(capped)} has as many rows as all, {_size(cut)}")
        if rows < promised or (exact and rows != promised):
            raise self._not_whole(
                f"the {len(parts)} parts by {by} hold {rows} rows, {promised} were promised"
            )
        return parts

    def _codes(self, by: str) -> list[str]:
        listing = self._largest("codes", {}, group_by=[by])
        if listing is None or not _whole(listing):
            raise self._not_whole(f"the codes of {by} did not come whole")
        codes = [row.get(by) or "" for row in listing.reply.rows]
        if not all(codes) or len(set(codes)) != len(codes):
            raise self._not_whole(f"the codes of {by} are empty or stand twice: {listed(codes)}")
        return sorted(codes)

    def _part(self, by: str, code: str) -> _Part:
        found = self._largest(code, {by: {"filter": "item", "values": [code]}})
        if found is None or not _whole(found):
            said = _size(found) if found else "HTTP 204, no rows"
            raise self._not_whole(f"{by} {code}: {said}")
        others = {row.get(by) for row in found.reply.rows} - {code}
        if others:
            raise self._not_whole(f"{by} {code}: rows of {listed(sorted(map(str, others)))} came")
        return found

    def _largest(
        self, what: str, chosen: Mapping[str, Any], group_by: list[str] | None = None
    ) -> _Part | None:
        """Ask, and once more with a higher limit if there are more rows; None for no rows."""
        limit = ROWS
        for _ in range(2):
            question = self._question(limit, chosen, group_by)
            found = self._ask(question)
            if found is None:
                return None
            part = _Part(what, question, *found)
            if part.reply.stated < limit:
                break
            limit = part.reply.stated + 1
        return part

    def _question(
        self, limit: int, chosen: Mapping[str, Any] | None = None, group_by: list[str] | None = None
    ) -> dict[str, Any]:
        groups = group_by or self.how.get("group_by")
        filters = {**self.how.get("filter", {}), **(chosen or {})}
        columns = {"groupBy": groups} if groups else {"variabler": list(self.how["variables"])}
        return {
            "tabell_id": self.how["table"],
            "api_versjon": 1,
            "statuslinje": "J",
            "begrensning": str(limit),
            "kodetekst": "J",
            "desimal_separator": ".",
            **columns,
            "sortBy": list(groups or ()),
            "filter": [
                {
                    "variabel": name,
                    "selection": {
                        "filter": given["filter"],
                        "values": list(given["values"]),
                        "exclude": [""],
                    },
                }
                for name, given in filters.items()
            ],
        }

    def _ask(self, question: dict[str, Any]) -> tuple[Answer, Reply] | None:
        assert self.spec.request is not None  # _how has said so
        answer = ask(self.fetch, self.spec.request.url, question)
        where = f"{self.spec.id} (DBH table {self.how['table']})"
        if answer.status == _EMPTY:
            return None
        if answer.status != OK:
            said = beginning(answer.body) if answer.body else "an empty body"
            raise QuestionRefused(f"{where}: HTTP {answer.status}, {said}\n{_NEXT}", answer)
        try:
            reply = parse(answer.body)
        except UnreadableAnswer as error:
            raise QuestionRefused(f"{where}: {error}\n{_NEXT}", answer) from error
        if reply.table not in (None, self.how["table"]):
            raise QuestionRefused(f"{where}: table {reply.table} came instead\n{_NEXT}", answer)
        return answer, reply

    def _not_whole(self, said: str) -> NotWhole:
        return NotWhole(
            f"{self.spec.id} (DBH table {self.how['table']}) did not come whole: {said}\n"
            f"Ask for less with request.how.filter, or split by another variable. {_NEXT}"
        )


def _how(spec: SourceTable) -> Mapping[str, Any]:
    if spec.request is None:
        raise KompetanseError(f"{spec.id}: no request in sources/{spec.id}.yaml, nothing to ask")
    return spec.request.how


def _whole(part: _Part) -> bool:
    return len(part.reply.rows) == part.reply.stated < int(part.question["begrensning"])


def _size(part: _Part) -> str:
    return (
        f"{len(part.reply.rows)} rows came of {part.reply.stated}, "
        f"{part.question['begrensning']} were allowed"
    )


def _piece(spec: SourceTable, part: _Part) -> Piece:
    assert spec.request is not None  # _how has said so
    return Piece(
        method="POST",
        url=spec.request.url,
        request_body=part.question,
        answer=part.answer,
        as_of=(part.reply.delivered or part.answer.fetched_at)[:10],
        name=f"{spec.id}/{part.what}.json",
    )


def _documents(fetch: Fetcher) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """The lists of tables and variables, kept for `doctor`; figures do not depend on them."""
    pieces, missed = [], []
    for url, name in ((CONTENTS, "dbh/contents.csv"), (VARIABLES, "dbh/variables.csv")):
        try:
            answer = fetch.get(url)
        except KompetanseError as error:
            missed.append(f"DBH's list {name} could not be had: {error}")
            continue
        pieces.append(Piece("GET", url, None, answer, answer.fetched_at[:10], name))
    return tuple(pieces), tuple(missed)


def _rows(answer: Answer) -> list[dict[str, str]]:
    text = decode_text(answer.body, ("utf-8-sig", "cp1252"), "Fetch the list anew.")
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    if not found or "Tabell id" not in found[0]:
        raise UnreadableAnswer(
            f"{answer.url}: expected a CSV with the column Tabell id, found "
            f"{beginning(answer.body)}\nDBH may have moved its lists: look at {CONTENTS}."
        )
    return [{name: value or "" for name, value in row.items() if name} for row in found]


def _is_of(row: Mapping[str, str], number: int) -> bool:
    text = row["Tabell id"].strip()
    return text.isdigit() and int(text) == number

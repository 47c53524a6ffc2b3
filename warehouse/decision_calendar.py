"""Decision calendar: which decision comes when, and what each will know of the figures by then.

Decisions are the county's (warehouse/county_choices.py), the figures that they rest on
sql/marts/seeds/decision_source.csv, when figures come next is reckoned as in the refresh report
(warehouse/refresh_report/due.py). A month is all that is known of a publication, so figures due in
a month of the decision itself may come before or after it. Showing it is
pipeline/calendar_command.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal

from sources import registry
from sources.registry import Text
from warehouse import counties, county_choices, engine
from warehouse.refresh_report import due

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa

    from warehouse.counties import County

Timing = Literal["late", "before", "during", "after", "unknown", "none"]
Basis = Literal["stated month", "a year after the newest"]
COLUMNS = (
    "as_of", "decision", "offer", "title_nb", "title_en", "first_day", "last_day", "set_by",
    "decision_source_nb", "decision_source_en", "source_table_id", "what_nb", "what_en",
    "newest_vintage_id", "newest_as_of", "newest_fetched_at", "due_month", "due_basis", "timing",
    "data_origin",
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """An answer of a source table: its name in a release, the source's own date, when fetched.

    as_of: a date or the first part of one; fetched_at: ISO 8601, None where it is not known.
    """

    source_table_id: str
    vintage_id: str
    as_of: str
    fetched_at: str | None


@dataclass(frozen=True)
class Decision:
    """A decision with the days on which it is made next."""

    id: str
    offer: str
    title: Text
    first: date
    last: date
    source: Text
    set_by: str


@dataclass(frozen=True)
class Need:
    """A source table that a decision rests on.

    newest: the newest answer known, None without one. due: first day of the month in which the
    next figures are due, None where nobody says. basis: what that month was reckoned from.
    timing: `late` (due before today and not here), `before`, `during` or `after` the decision,
    `unknown` (no month), `none` (no answer yet).
    """

    decision: Decision
    source_table_id: str
    what: Text
    newest: Answer | None
    due: date | None
    basis: Basis | None
    timing: Timing


def decisions(county: County, day: date) -> list[Decision]:
    """Each decision of the county as it comes next, on the day itself too; the earliest first."""
    found = []
    for row in county_choices.decisions(county).to_pylist():
        last = date.fromisoformat(f"{day.year}-{row['last']}")
        year = day.year if last >= day else day.year + 1
        found.append(
            Decision(
                id=row["decision"],
                offer=row["offer"],
                title=Text(row["title_nb"], row["title_en"]),
                first=date.fromisoformat(f"{year}-{row['first']}"),
                last=date.fromisoformat(f"{year}-{row['last']}"),
                source=Text(row["source_nb"], row["source_en"]),
                set_by=row["set_by"],
            )
        )
    return sorted(found, key=lambda decision: (decision.first, decision.id))


def needs(county: County, answers: Iterable[Answer], day: date) -> list[Need]:
    """What each decision rests on as seen on a day; answers that came after it are left out."""
    newest = known(answers, day)
    listed = engine.seed("marts/seeds/decision_source.csv").to_pylist()
    return [
        _need(decision, row, newest.get(row["source_table_id"]), day)
        for decision in decisions(county, day)
        for row in listed
        if row["offer"] == decision.offer
    ]


def known(answers: Iterable[Answer], day: date) -> dict[str, Answer]:
    """The newest answer of each table that the source had given by a day."""
    text = day.isoformat()
    there = [answer for answer in answers if answer.as_of[:10] <= text[: len(answer.as_of)]]
    ordered = sorted(there, key=lambda answer: (answer.as_of, answer.vintage_id))
    return {answer.source_table_id: answer for answer in ordered}


def table(county_id: str, vintages: Iterable[Mapping[str, Any]], data_origin: str) -> pa.Table:
    """The calendar as a table of a release, as of the newest answer in it.

    vintages: rows of the release's table vintage. One row per decision x source table.
    """
    import pyarrow as pa

    answers = [
        Answer(row["source_table_id"], row["vintage_id"], row["as_of"], row["fetched_at"])
        for row in vintages
        if row["as_of"]
    ]
    # Today's date would make another release of the same figures every day.
    day = max((_first_day(answer.as_of) for answer in answers), default=None)
    found = needs(counties.load(county_id), answers, day) if day else []
    rows = [_row(need, day, data_origin) for need in found]
    return pa.table({n: pa.array([row[n] for row in rows], pa.string()) for n in COLUMNS})


def _need(decision: Decision, row: Mapping[str, str], newest: Answer | None, day: date) -> Need:
    table_id = row["source_table_id"]
    month, basis = _due(table_id, newest, day) if newest else (None, None)
    what = Text(row["what_nb"], row["what_en"])
    timing = _timing(decision, month, day) if newest else "none"
    return Need(decision, table_id, what, newest, month, basis, timing)


def _due(table_id: str, newest: Answer, day: date) -> tuple[date | None, Basis | None]:
    rhythm = registry.table(table_id).rhythm
    row = {"source_table_id": table_id, "updated": None, "as_of": newest.as_of}
    found = due.expected([row], [row], datetime(day.year, day.month, day.day, tzinfo=UTC))
    if found:
        return date(found[0].year, found[0].month, 1), "stated month"
    if rhythm.frequency == "annual" and rhythm.month is None and "-" in newest.as_of:
        last = _first_day(newest.as_of)
        return date(last.year + 1, last.month, 1), "a year after the newest"
    return None, None


def _timing(decision: Decision, month: date | None, day: date) -> Timing:
    if month is None:
        return "unknown"
    if month < day.replace(day=1):
        return "late"
    if month < decision.first.replace(day=1):
        return "before"
    return "during" if month <= decision.last else "after"


def _first_day(as_of: str) -> date:
    """First day of a date or part of one: 2026, 2026-05 and 2026-05-01."""
    year, month, day = [*as_of[:10].split("-"), "01", "01"][:3]
    return date(int(year), int(month), int(day))


def _row(need: Need, day: date | None, data_origin: str) -> dict[str, str | None]:
    decision, newest = need.decision, need.newest
    said = (
        day.isoformat() if day else None, decision.id, decision.offer, decision.title.nb,
        decision.title.en, decision.first.isoformat(), decision.last.isoformat(), decision.set_by,
        decision.source.nb, decision.source.en, need.source_table_id, need.what.nb, need.what.en,
        newest.vintage_id if newest else None, newest.as_of if newest else None,
        newest.fetched_at if newest else None, f"{need.due:%Y-%m}" if need.due else None,
        need.basis, need.timing, data_origin,
    )  # fmt: skip
    return dict(zip(COLUMNS, said, strict=True))

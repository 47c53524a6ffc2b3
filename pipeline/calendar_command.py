"""`kompetanse calendar`: which decision comes when, and what will be known of the figures by then.

The reckoning is warehouse/decision_calendar.py; here answers are found in the archive and the
calendar is shown. Nobody is asked.
"""

from __future__ import annotations

import json
import textwrap
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError
from warehouse.workspace import data_root

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from warehouse.decision_calendar import Answer, Decision, Need
    from warehouse.workspace import Workspace

TIMINGS = ("late", "before", "during", "after", "unknown", "none")
WORDS = {
    "nb": {
        "title": "Beslutninger i {county}, sett fra {day}",
        "stood": "Utgivelsen som gjaldt da: {release}, publisert {at}.",
        "no_release": "Ingen utgivelse var publisert da.",
        "when": "Når: {source} ({set_by}).",
        "default": "standard, ikke satt av fylket", "county": "satt i fylkets fil",
        "late": "Skulle ha kommet:", "before": "Nye tall ventes før beslutningen:",
        "during": "Ventes i samme måned; kan komme for sent:",
        "after": "Beslutningen bygger på det nyeste som finnes nå; neste tall kommer for sent:",
        "unknown": "Ingen vet når neste tall kommer; regn med det nyeste som finnes nå:",
        "none": "Ikke noe svar fra den dagen eller før:",
        "newest": "nyeste fra {as_of}", "fetched": ", hentet {day}", "due": ", ventes {month}",
        "guess": " (antatt: et år etter det nyeste)",
    },
    "en": {
        "title": "Decisions in {county}, seen from {day}",
        "stood": "The release that stood then: {release}, published {at}.",
        "no_release": "No release had been published then.",
        "when": "When: {source} ({set_by}).",
        "default": "default, not set by the county", "county": "set in the county's file",
        "late": "Should have come:", "before": "New figures are due before the decision:",
        "during": "Due in the same month; may come too late:",
        "after": "The decision rests on the newest there is now; the next come too late:",
        "unknown": "Nobody knows when the next come; count on the newest there is now:",
        "none": "No answer of that day or before:",
        "newest": "newest of {as_of}", "fetched": ", fetched {day}", "due": ", due {month}",
        "guess": " (assumed: a year after the newest)",
    },
}  # fmt: skip


class InvalidDay(KompetanseError):
    """--as-of is no date."""


def arguments(command: argparse.ArgumentParser) -> None:
    """Describe the arguments, but for --county."""
    command.add_argument(
        "--as-of", metavar="DATE", help="as it was seen on this day, e.g. 2025-11-15"
    )
    command.add_argument("--lang", choices=("nb", "en"), default="nb")
    command.add_argument("--json", action="store_true", help="as JSON instead of text for people")


def calendar(arguments: argparse.Namespace) -> int:
    """Print each decision that comes next with the figures that it rests on."""
    from warehouse import counties, decision_calendar, reader, release

    county = counties.load(arguments.county)
    at = day(arguments.as_of)
    place = reader.usual(data_root(), county.id)
    found = decision_calendar.needs(county, answers(place), at)
    if arguments.json:
        print(json.dumps([_plain(need) for need in found], ensure_ascii=False))
        return 0
    words, language = WORDS[arguments.lang], arguments.lang
    print(words["title"].format(county=county.name[language], day=_date(at, language)))
    if place.made_up:
        print(release.LABEL[place.figures])
    print(_stood(place, at, language))
    for decision in dict.fromkeys(need.decision for need in found):
        _show(decision, [need for need in found if need.decision == decision], language)
    return 0


def day(text: str | None) -> date:
    """The day of --as-of, today without one; raises InvalidDay."""
    if not text:
        from sources.pull.hours import OSLO

        return datetime.now(OSLO).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidDay(f"--as-of {text!r} is no date; it looks like 2025-11-15.") from None


def answers(place: Workspace) -> Iterator[Answer]:
    """Answers in the archive of the workspace's kind that may be used, with their dates."""
    from sources.archive import Archive
    from sources.records import Records
    from warehouse.decision_calendar import Answer

    records = Records(place.archive)
    good = {
        entry for t in records.tables() for judged in records.good(t)
        for entry in judged.record.entries
    }  # fmt: skip
    for entry in Archive(place.archive).entries(made_up=place.made_up):
        dated = entry.as_of or entry.fetched_at
        if entry.table and dated and (not entry.live or entry.id in good):
            yield Answer(entry.table, entry.vintage_id, dated, entry.fetched_at)


def _stood(place: Workspace, at: date, language: str) -> str:
    from warehouse import publication_log

    words = WORDS[language]
    entry = publication_log.at(place, at)
    if entry is None:
        return words["no_release"]
    return words["stood"].format(release=entry.release_id, at=entry.published_at[:10])


def _show(decision: Decision, needs: Sequence[Need], language: str) -> None:
    words = WORDS[language]
    days = dict.fromkeys([_date(decision.first, language), _date(decision.last, language)])
    print(f"\n{decision.title[language]}: {'–'.join(days)}")
    print(
        f"  {words['when'].format(source=decision.source[language], set_by=words[decision.set_by])}"
    )
    for timing in TIMINGS:
        of_it = [need for need in needs if need.timing == timing]
        if of_it and timing == "none":
            named = ", ".join(need.what[language] for need in of_it)
            print(textwrap.fill(f"  {words[timing]} {named}.", 100, subsequent_indent="    "))
        elif of_it:
            print(f"  {words[timing]}")
            print("\n".join(_line(need, language) for need in of_it))


def _line(need: Need, language: str) -> str:
    from warehouse.refresh_report import formats

    words, said = WORDS[language], f"    {need.what[language]} ({need.source_table_id})"
    if need.newest is None:
        return said
    said += f": {words['newest'].format(as_of=formats.date(need.newest.as_of[:10], language))}"
    if need.newest.fetched_at:
        fetched = formats.date(need.newest.fetched_at[:10], language)
        said += words["fetched"].format(day=fetched)
    if need.due:
        month = formats.month(need.due.year, need.due.month, language)
        said += words["due"].format(month=month)
        said += words["guess"] if need.basis != "stated month" else ""
    return said


def _date(at: date, language: str) -> str:
    from warehouse.refresh_report import formats

    return formats.date(at.isoformat(), language)


def _plain(need: Need) -> dict[str, Any]:
    newest = need.newest
    return {
        "decision": need.decision.id,
        "offer": need.decision.offer,
        "title": {"nb": need.decision.title.nb, "en": need.decision.title.en},
        "first_day": need.decision.first.isoformat(),
        "last_day": need.decision.last.isoformat(),
        "source": {"nb": need.decision.source.nb, "en": need.decision.source.en},
        "set_by": need.decision.set_by,
        "source_table_id": need.source_table_id,
        "newest_as_of": newest.as_of if newest else None,
        "newest_fetched_at": newest.fetched_at if newest else None,
        "due_month": f"{need.due:%Y-%m}" if need.due else None,
        "due_basis": need.basis,
        "timing": need.timing,
    }

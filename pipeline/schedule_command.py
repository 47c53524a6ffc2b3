"""`kompetanse schedule`: when a county's figures are refreshed, what should come, what is late.

Run times are reckoned in warehouse/county_schedule.py, what is expected in warehouse/expected.py;
here they are shown. Nobody is asked, and nothing is started.
"""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from sources.model import KompetanseError
from warehouse.workspace import PUBLISHED, Workspace, data_root

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from warehouse.expected import Expected

SHOWN = 10
WEEKDAYS = {
    "nb": ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
WORDS = {
    "nb": {
        "runs": "Neste kjøringer for {county} ({cron}, norsk tid):", "never": "  aldri",
        "due": "Ventes innen {day}:", "late": "Skulle ha kommet:", "bad": "Svikter nå:",
        "none": "  ingen", "of": "nyeste fra", "in": "ventet", "since": "siden",
        "empty": "{n} tabeller er aldri hentet.",
    },
    "en": {
        "runs": "Next runs of {county} ({cron}, Norwegian time):", "never": "  never",
        "due": "Expected by {day}:", "late": "Should have come:", "bad": "Fails now:",
        "none": "  none", "of": "newest of", "in": "expected", "since": "since",
        "empty": "{n} tables have never been pulled.",
    },
}  # fmt: skip


class InvalidMoment(KompetanseError):
    """--from is no date or time."""


def arguments(command: argparse.ArgumentParser) -> None:
    """Describe the arguments, but for --county."""
    command.add_argument(
        "--from", dest="start", metavar="TIME", help="reckon from 2026-10-24 or 2026-10-24T09:00"
    )
    command.add_argument("--language", choices=("nb", "en"), default="nb")


def schedule(arguments: argparse.Namespace) -> int:
    """Print the next run times, the figures expected by the last of them, and those overdue."""
    from warehouse import counties, county_schedule, expected

    county = counties.load(arguments.county)
    start = moment(arguments.start)
    words, cron = WORDS[arguments.language], county.schedule.cron
    name = county.name[arguments.language]
    runs = list(islice(county_schedule.times(cron, start), SHOWN))
    print(words["runs"].format(county=name, cron=cron))
    print("\n".join(shown(at, arguments.language) for at in runs) or words["never"])
    place = Workspace(county.id, PUBLISHED, data_root())
    known = expected.of(place, expected.pullable(), start)
    until = (runs[-1] if runs else start).date()
    due = [e for e in known if e.month and e.month <= until and not e.overdue]
    print(f"\n{words['due'].format(day=until)}")
    _list([_due(each, words) for each in sorted(due, key=_month)], words)
    print(f"\n{words['late']}")
    late = [each for each in known if each.overdue]
    _list([_due(each, words) for each in sorted(late, key=_month)], words)
    print(f"\n{words['bad']}")
    _list([_bad(each, words) for each in known if each.standing.kind], words)
    if empty := sum(each.vintage is None for each in known):
        print(f"\n{words['empty'].format(n=empty)}")
    return 0


def moment(text: str | None) -> datetime:
    """A moment in Oslo from a date or time; now where there is none. Raises InvalidMoment."""
    from sources.pull.hours import OSLO

    if not text:
        return datetime.now(OSLO)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidMoment(
            f"--from {text!r} is no time; it looks like 2026-10-24 or 2026-10-24T09:00."
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=OSLO)


def shown(at: datetime, language: str) -> str:
    """A run time with weekday and offset: "  mandag 2026-10-26 09:10 (UTC+01:00)"."""
    offset = f"{at:%z}"
    weekday = WEEKDAYS[language][at.weekday()]
    return f"  {weekday} {at:%Y-%m-%d %H:%M} (UTC{offset[:3]}:{offset[3:]})"


def _list(lines: Sequence[str], words: dict[str, str]) -> None:
    print("\n".join(lines) or words["none"])


def _due(each: Expected, words: dict[str, str]) -> str:
    month = f", {words['in']} {each.month:%Y-%m}" if each.month else ""
    return f"  {each.table}: {words['of']} {each.updated[:10]}{month}"


def _bad(each: Expected, words: dict[str, str]) -> str:
    since = (each.standing.failed_since or "")[:10]
    first = next(iter(each.standing.problem.splitlines()), "")
    return f"  {each.table}: {each.standing.kind}, {words['since']} {since}: {first}"


def _month(each: Expected) -> str:
    return f"{each.month:%Y-%m}" if each.month else ""

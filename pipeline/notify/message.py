"""Messages: what happened to a county's figures, in words that a committee member understands.

Only the words, in bokmål and English, with nothing secret in them; sending is channels.py, how
often limit.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sources import registry
from sources.http.addresses import redact
from sources.model import KompetanseError
from sources.pull import advice
from sources.pull.hours import OSLO
from sources.registry import Text
from warehouse import counties, expected, release

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sources.ledger import Standing
    from warehouse.workspace import Workspace

FAILED, STALE, PUBLISHED, DIGEST = "failed", "stale", "published", "digest"
_SHOWN = 400
_MOST = 12
_WHAT = {
    "failed": Text(
        "kilden svarte ikke, eller svaret kunne ikke leses",
        "the source did not answer, or not with anything that can be read",
    ),
    "quarantined": Text(
        "de nye tallene ser feil ut og er holdt tilbake",
        "the new figures look wrong and are held back",
    ),
}
_RUN_AGAIN = Text(
    "Les meldingen over. Kjør `kompetanse refresh --county {county}` når årsaken er rettet.",
    "Read the message above. Run `kompetanse refresh --county {county}` once it is mended.",
)


@dataclass(frozen=True)
class Notice:
    """One message: what it is about, and the words.

    keys: the problems it tells of; it is a repetition only if all of them were told lately.
    """

    keys: tuple[str, ...]
    kind: str
    county: str
    title: Text
    body: Text

    def text(self) -> str:
        """Both languages, bokmål first."""
        return f"{self.title.nb}\n\n{self.body.nb}\n\n— — —\n\n{self.title.en}\n\n{self.body.en}\n"


def failed(place: Workspace, problems: Mapping[str, str]) -> Notice:
    """Say that a refresh could not publish: step -> what went wrong, and what stays in use."""
    name, stays = _name(place), _in_use(place)
    listed = "\n".join(f"– {step}: {_short(problems[step])}" for step in list(problems)[:_MOST])
    return Notice(
        keys=tuple(f"{place.channel} {step} {_short(why)}" for step, why in problems.items()),
        kind=FAILED,
        county=place.county,
        title=Text(
            f"Tallene for {name.nb} ble ikke oppdatert", f"Figures of {name.en} were not refreshed"
        ),
        body=Text(
            f"Dette gikk galt:\n{listed}\n\nIngenting er publisert. {stays.nb}\n\n"
            f"Hva du kan gjøre: {_RUN_AGAIN.nb.format(county=place.county)}",
            f"What went wrong:\n{listed}\n\nNothing was published. {stays.en}\n\n"
            f"What you can do: {_RUN_AGAIN.en.format(county=place.county)}",
        ),
    )


def stale(place: Workspace) -> Notice | None:
    """Say which sources failed or gave figures that are held back; None if all is well."""
    found = {t.id: t for t in expected.pullable()}
    standings = [s.standing for s in expected.of(place, found.values(), _now()) if s.standing.kind]
    if not standings:
        return None
    name, stays = _name(place), _in_use(place)
    number = len(standings)
    body = {
        language: "\n".join(
            _of_source(s, found[s.table].title, language) for s in standings[:_MOST]
        )
        for language in ("nb", "en")
    }
    more = number - _MOST
    left = Text(f"\n… og {more} til.", f"\n… and {more} more.") if more > 0 else Text("", "")
    return Notice(
        keys=tuple(f"{s.table} {s.kind} {s.failed_since}" for s in standings),
        kind=STALE,
        county=place.county,
        title=Text(
            f"{number} {'kilde' if number == 1 else 'kilder'} til tallene for {name.nb} svikter",
            f"{number} source{'' if number == 1 else 's'} of the figures of {name.en} "
            f"{'fails' if number == 1 else 'fail'}",
        ),
        body=Text(
            f"{body['nb']}{left.nb}\n\nDe siste gode tallene er fortsatt i bruk og er merket f "
            f"(foreldet). {stays.nb}",
            f"{body['en']}{left.en}\n\nThe last good figures stay in use, marked f (stale). "
            f"{stays.en}",
        ),
    )


def published(place: Workspace, folder: Path, earlier: Path | None) -> Notice:
    """Say that a release is current, which sources are new in it, and which are stale."""
    name, manifest = _name(place), _manifest(folder)
    news = _new_sources(manifest, _manifest(earlier) if earlier else {})
    old = _stale_in(folder)
    marked = Text(
        f"\n\nForeldet, fordi kilden svikter: {', '.join(old)}." if old else "",
        f"\n\nStale, since the source fails: {', '.join(old)}." if old else "",
    )
    return Notice(
        keys=(f"{place.channel} {folder.name}",),
        kind=PUBLISHED,
        county=place.county,
        title=Text(f"Nye tall for {name.nb}", f"New figures of {name.en}"),
        body=Text(
            f"Utgivelsen {folder.name} er publisert. {_listed(news, 'nb')}{marked.nb}\n\n"
            "REPORT.html i utgivelsen sier hva som er nytt, og hva som er rettet.",
            f"Release {folder.name} was published. {_listed(news, 'en')}{marked.en}\n\n"
            "REPORT.html in the release says what is new, and what was revised.",
        ),
    )


def digest(county: str, titles: Sequence[Text], left_out: int) -> Notice:
    """Say in one message what was held back. left_out: how many more there is no room for."""
    number = len(titles) + left_out
    listed = {lang: "\n".join(f"– {t[lang]}" for t in titles) for lang in ("nb", "en")}
    return Notice(
        keys=(),
        kind=DIGEST,
        county=county,
        title=Text(
            f"{number} {'melding' if number == 1 else 'meldinger'} ble holdt tilbake",
            f"{number} {'message was' if number == 1 else 'messages were'} held back",
        ),
        body=Text(
            f"{listed['nb']}\n\nDe kom tettere enn innstillingen tillater, eller kunne ikke sendes "
            "da. `kompetanse schedule` viser hvordan det står til nå.",
            f"{listed['en']}\n\nThey came closer together than the settings allow, or could not be "
            "sent then. `kompetanse schedule` shows how things stand now.",
        ),
    )


def _of_source(standing: Standing, title: Text, language: str) -> str:
    what = _WHAT[standing.kind or "failed"][language]
    since = _day(standing.failed_since or "")
    todo = advice.for_problem(standing.kind or "", standing.problem)[language]
    words = {"nb": ("siden", "Melding", "Gjør"), "en": ("since", "Message", "Do")}[language]
    return (
        f"– {standing.table} ({title[language]}): {what}, {words[0]} {since}.\n"
        f"  {words[1]}: {_short(standing.problem)}\n  {words[2]}: {todo}"
    )


def _in_use(place: Workspace) -> Text:
    folder = release.current(place)
    if folder is None:
        return Text("Det finnes ingen tidligere utgivelse.", "There is no earlier release.")
    day = _day(str(_manifest(folder).get("built_at", "")))
    return Text(
        f"Utgivelsen {folder.name} fra {day} er i bruk.",
        f"Release {folder.name} of {day} is in use.",
    )


def _new_sources(now: Mapping[str, Any], before: Mapping[str, Any]) -> list[str]:
    known = {vintage["vintage_id"] for vintage in before.get("vintages", ())}
    return sorted(
        {v["source_table_id"] for v in now.get("vintages", ()) if v["vintage_id"] not in known}
    )


def _listed(tables: Sequence[str], language: str) -> str:
    known = registry.load()
    words = {
        "nb": ("Ingen kilde har nye svar.", "Nye svar fra:"),
        "en": ("No source has new answers.", "New answers from:"),
    }[language]
    if not tables:
        return words[0]
    titles = [f"\n– {t} ({known[t].title[language]})" if t in known else f"\n– {t}" for t in tables]
    more = [f"\n– … ({len(titles) - _MOST})"] if len(titles) > _MOST else []
    return "".join([words[1], *titles[:_MOST], *more])


def _stale_in(folder: Path) -> list[str]:
    path = folder / "stale.json"
    return sorted(json.loads(path.read_bytes())) if path.exists() else []


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        return release.read_manifest(folder)
    except (KompetanseError, OSError):
        # A message must go out also where a release is damaged; `verify` tells of that.
        return {}


def _name(place: Workspace) -> Text:
    try:
        name = counties.load(place.county).name
    except counties.InvalidCounty:
        # That its file cannot be used may be what is told.
        name = {"nb": place.county, "en": place.county}
    made_up = Text(" (OPPDIKTEDE TALL)", " (MADE-UP FIGURES)") if place.made_up else Text("", "")
    return Text(name["nb"] + made_up.nb, name["en"] + made_up.en)


def _short(text: str) -> str:
    """First line of an error, without credentials, cut."""
    line = redact(next(iter(text.strip().splitlines()), ""))
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def _day(stamp: str) -> str:
    try:
        return f"{datetime.fromisoformat(stamp).astimezone(OSLO):%Y-%m-%d}"
    except ValueError:
        return stamp[:10]


def _now() -> datetime:
    return datetime.now(OSLO)

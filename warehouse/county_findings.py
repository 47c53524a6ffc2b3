"""County findings: what a county's YAML shows by itself to be wrong, in plain words nb and en.

Here are mistakes that need no other file to be seen: ids, dates, overlaps. What only KLASS can tell
(codes, gaps) is in warehouse/county_klass.py; reading the YAML is in warehouse/counties.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sources.pull.hours import CLOSED_FROM, OPEN_AGAIN
from warehouse import county_schedule, engine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from warehouse.counties import Region, RegionSet

BUILT_IN_SETS = ("municipality", "county")


@dataclass(frozen=True)
class Finding:
    """One thing found in a county's file.

    where: key, "set", "set/region" or "set/region/code" that it is about.
    wrong: True if the file cannot be used so; False for what is worth knowing.
    """

    where: str
    nb: str
    en: str
    wrong: bool = True

    def line(self, language: str) -> str:
        """Say it on one line, in "nb" or "en"."""
        return f"{self.where}: {self.nb if language == 'nb' else self.en}"


def of_content(raw: Mapping[str, Any], county_id: str) -> Iterator[Finding]:
    """Find ids that do not agree or are used twice, impossible dates, and a schedule not allowed.

    raw: the YAML's content, which follows county.schema.json.
    """
    if raw["id"] != county_id:
        yield Finding(
            "id",
            f"er {raw['id']}, men fila heter {county_id}.yaml",
            f"is {raw['id']}, but the file is named {county_id}.yaml",
        )
    sets = [region_set["id"] for region_set in raw["region_sets"]]
    yield from _twice("region_sets", "", sets)
    if raw["default_region_set"] not in {*sets, *BUILT_IN_SETS}:
        chosen, offered = raw["default_region_set"], ", ".join([*sets, *BUILT_IN_SETS])
        yield Finding(
            "default_region_set",
            f"{chosen} er ingen av {offered}",
            f"{chosen} is none of {offered}",
        )
    yield from _of_schedule(raw["schedule"]["cron"])
    yield from _of_decisions(raw.get("dimensioning", {}).get("decisions", ()))
    for region_set in raw["region_sets"]:
        yield from _of_set(region_set)


def overlaps(region_set: RegionSet) -> Iterator[Finding]:
    """Find municipalities listed twice in a region, or in two regions of a disjoint set."""
    for code, regions in sorted(homes(region_set.regions).items()):
        if len(set(regions)) < len(regions):
            region = _repeated(regions)[0]
            yield Finding(
                region_set.id,
                f"{code} står to ganger i {region}",
                f"{code} is listed twice in {region}",
            )
        elif region_set.disjoint and len(regions) > 1:
            yield Finding(
                region_set.id,
                f"skal være uten overlapp (disjoint), men {code} er i {' og '.join(regions)}",
                f"declared disjoint, but {code} is in {' and '.join(regions)}",
            )


def homes(regions: Iterable[Region]) -> dict[str, list[str]]:
    """Ids of the regions that list each municipality code, whatever the dates."""
    found: dict[str, list[str]] = {}
    for region in regions:
        for member in region.members:
            found.setdefault(member.code, []).append(region.id)
    return found


def _of_schedule(line: str) -> Iterator[Finding]:
    try:
        cron = county_schedule.read(line)
    except county_schedule.InvalidCron as error:
        yield Finding("schedule.cron", f"kan ikke leses ({error})", f"cannot be read ({error})")
        return
    closed = [f"{at:%H:%M}" for at in county_schedule.closed_times(cron)]
    if closed:
        hours = f"{CLOSED_FROM:%H:%M}–{OPEN_AGAIN:%H:%M}"
        first, more = closed[0], len(closed) - 1
        yield Finding(
            "schedule.cron",
            f"{line!r} gir kjøring klokka {first}{f' og {more} til' if more else ''} mellom "
            f"{hours} i Oslo, da SSBs tall kan vise 0; velg 08:15 eller senere, eller før 05:00",
            f"{line!r} runs at {first}{f' and {more} more times' if more else ''} within {hours} "
            "in Oslo, when SSB's figures may show 0; choose 08:15 or later, or before 05:00",
        )


def _of_decisions(decisions: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    listed = list(decisions)
    if not listed:
        return
    known = engine.seed("marts/seeds/decision.csv")["decision"].to_pylist()
    where = "dimensioning.decisions"
    yield from _twice(where, "", [decision["id"] for decision in listed])
    for decision in listed:
        name = decision["id"]
        days = [_day_of_year(decision[key]) for key in ("first", "last")]
        if None in days or days != sorted(days, key=lambda day: day or date.min):
            said = f"{decision['first']}–{decision['last']}"
            yield Finding(
                where,
                f"{name}: {said} er ikke to dager i samme år, den første først",
                f"{name}: {said} is not two days of one year, the first one first",
            )
        if name not in known and not {"title", "offer"} <= decision.keys():
            yield Finding(
                where,
                f"{name} er ingen av {', '.join(known)}, og trenger da title og offer",
                f"{name} is none of {', '.join(known)}, and so needs title and offer",
            )


def _day_of_year(text: str) -> date | None:
    # Of a year without a leap day: a decision has its days every year.
    try:
        return date.fromisoformat(f"2001-{text}")
    except ValueError:
        return None


def _of_set(region_set: Mapping[str, Any]) -> Iterator[Finding]:
    where = region_set["id"]
    regions = [region["id"] for region in region_set["regions"]]
    yield from _twice(where, "region ", regions)
    for region in region_set["regions"]:
        yield from _dates(region, f"{where}/{region['id']}")
        for member in region["municipalities"]:
            if isinstance(member, dict):
                yield from _dates(member, f"{where}/{region['id']}/{member['code']}")


def _twice(where: str, what: str, ids: Iterable[str]) -> Iterator[Finding]:
    for each in _repeated(ids):
        yield Finding(
            where, f"{what}{each} er ført opp to ganger", f"{what}{each} is declared twice"
        )


def _dates(entry: Mapping[str, Any], where: str) -> Iterator[Finding]:
    days = {}
    for key in ("valid_from", "valid_to"):
        try:
            days[key] = date.fromisoformat(entry[key]) if key in entry else None
        except ValueError:
            text = f"{key} {entry[key]}"
            yield Finding(where, f"{text} er ingen dato", f"{text} is no date")
            return
    first, end = days["valid_from"], days["valid_to"]
    if first and end and first >= end:
        yield Finding(
            where,
            f"valid_to {end} er ikke etter valid_from {first}",
            f"valid_to {end} is not after valid_from {first}",
        )


def _repeated(values: Iterable[str]) -> list[str]:
    seen = list(values)
    return sorted({each for each in seen if seen.count(each) > 1})

"""Counties: reads counties/<id>.yaml into frozen dataclasses and says all that is wrong with it.

Here live loading and checking only. What a county holds is written in the YAML, what follows from
it for a figure in sql/conform/. Municipalities are checked against KLASS by `check_against`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError
from sources.registry_checks import read_yaml, schema_problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pyarrow as pa

COUNTIES = Path(__file__).resolve().parent.parent / "counties"
SCHEMA = COUNTIES / "county.schema.json"
BUILT_IN_SETS = ("municipality", "county")


class InvalidCounty(KompetanseError):
    """A county's YAML cannot be used as it stands; lists every problem found."""

    def __init__(self, county: str, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        listed = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(
            f"counties/{county}.yaml cannot be used:\n{listed}\nMend it and try again."
        )


@dataclass(frozen=True)
class Member:
    """A municipality of a region, by its code of today; valid_to is the first day outside."""

    code: str
    valid_from: date | None = None
    valid_to: date | None = None
    source: str | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the membership counts on this day."""
        return (self.valid_from or date.min) <= day < (self.valid_to or date.max)


@dataclass(frozen=True)
class Region:
    """One region of a region set; source and confidence are the set's where not its own."""

    id: str
    name: Mapping[str, str]
    members: tuple[Member, ...]
    source: str
    confidence: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class RegionSet:
    """A named division of the county; status is official, council, project_choice or legal."""

    id: str
    title: Mapping[str, str]
    status: str
    disjoint: bool
    covers_county: bool
    source: str
    confidence: str
    regions: tuple[Region, ...]
    note: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Schedule:
    """When the county's figures are refreshed: a cron line and the time zone it is meant in."""

    cron: str
    timezone: str
    note: Mapping[str, str] | None = None


@dataclass(frozen=True)
class County:
    """One county as its YAML states it."""

    id: str
    code: str
    name: Mapping[str, str]
    default_region_set: str
    region_sets: tuple[RegionSet, ...]
    schedule: Schedule
    contact: Mapping[str, str] | None = None

    def check_against(self, codes: pa.Table, day: date) -> None:
        """Check every municipality against KLASS 131.

        codes: columns code, name, valid_from, valid_to, as sources/readers/klass.py gives them.
        day:   the day whose codes the YAML is to be written in (half-open validity).
        Raises InvalidCounty for codes not in force, and for a set that declares that it covers
        the county and leaves a municipality out.
        """
        names = _in_force(codes, day)
        own = {code for code in names if code.startswith(self.code)}
        problems = [] if own else [f"code: no municipality of {day} begins with {self.code}"]
        for region_set in self.region_sets:
            problems += _unknown_members(region_set, codes, names, day)
            if region_set.covers_county:
                problems += _left_out(region_set, own, names, day)
        if problems:
            raise InvalidCounty(self.id, problems)


def available(folder: Path = COUNTIES) -> list[str]:
    """Ids of the counties that have a YAML, in alphabetical order."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def load(county_id: str, folder: Path = COUNTIES) -> County:
    """Read and check one county.

    Raises InvalidCounty with all problems: no such file, YAML that cannot be read, keys given
    twice, breaches of county.schema.json, ids used twice, impossible dates, and a region set
    declared disjoint that holds a municipality twice.
    """
    path = folder / f"{county_id}.yaml"
    if county_id not in available(folder):
        known = ", ".join(available(folder)) or "none"
        raise InvalidCounty(county_id, [f"no such county; there is {known}"])
    raw, problems = read_yaml(path)
    problems = problems or list(_numbers(raw, "")) or schema_problems(raw, SCHEMA)
    problems = problems or list(_content_problems(raw, county_id))
    if problems:
        raise InvalidCounty(county_id, problems)
    county = _county(raw)
    overlaps = [line for each in county.region_sets for line in _overlaps(each)]
    if overlaps:
        raise InvalidCounty(county_id, overlaps)
    return county


def _numbers(raw: object, where: str) -> Iterator[str]:
    """Codes and dates written without quotes: YAML reads 0301 as 193 and drops leading zeros."""
    if isinstance(raw, dict):
        for key, value in raw.items():
            yield from _numbers(value, f"{where}.{key}".removeprefix("."))
    elif isinstance(raw, list):
        for place, value in enumerate(raw):
            yield from _numbers(value, f"{where}.{place}")
    elif not isinstance(raw, (str, bool)) and raw is not None:
        yield f"{where}: {raw} is not text -> put codes and dates in quotes"


def _content_problems(raw: Any, county_id: str) -> Iterator[str]:
    if raw["id"] != county_id:
        yield f"id: is {raw['id']}, but the file is named {county_id}.yaml"
    sets = [region_set["id"] for region_set in raw["region_sets"]]
    yield from (f"region_sets: {each} is declared twice" for each in _repeated(sets))
    if raw["default_region_set"] not in {*sets, *BUILT_IN_SETS}:
        offered = ", ".join([*sets, *BUILT_IN_SETS])
        yield f"default_region_set: {raw['default_region_set']} is none of {offered}"
    for region_set in raw["region_sets"]:
        regions = [region["id"] for region in region_set["regions"]]
        where = region_set["id"]
        yield from (f"{where}: region {each} is declared twice" for each in _repeated(regions))
        for region in region_set["regions"]:
            yield from _date_problems(region, f"{where}/{region['id']}")
            for member in region["municipalities"]:
                if isinstance(member, dict):
                    yield from _date_problems(member, f"{where}/{region['id']}/{member['code']}")


def _date_problems(entry: Mapping[str, Any], where: str) -> Iterator[str]:
    days = []
    for key in ("valid_from", "valid_to"):
        try:
            days.append(_day(entry.get(key)))
        except ValueError:
            yield f"{where}: {key} {entry[key]} is no date"
            return
    if days[0] and days[1] and days[0] >= days[1]:
        yield f"{where}: valid_to {days[1]} is not after valid_from {days[0]}"


def _repeated(values: Iterable[str]) -> list[str]:
    seen = list(values)
    return sorted({each for each in seen if seen.count(each) > 1})


def _overlaps(region_set: RegionSet) -> Iterator[str]:
    homes: dict[str, list[str]] = {}
    for region in region_set.regions:
        for member in region.members:
            homes.setdefault(member.code, []).append(region.id)
    for code, regions in sorted(homes.items()):
        if len(set(regions)) < len(regions):
            yield f"{region_set.id}: {code} is listed twice in {_repeated(regions)[0]}"
        elif region_set.disjoint and len(regions) > 1:
            yield f"{region_set.id}: declared disjoint, but {code} is in {' and '.join(regions)}"


def _in_force(codes: pa.Table, day: date) -> dict[str, str]:
    return {
        row["code"]: row["name"]
        for row in codes.select(["code", "name", "valid_from", "valid_to"]).to_pylist()
        if Member(row["code"], row["valid_from"], row["valid_to"]).holds_on(day)
    }


def _unknown_members(
    region_set: RegionSet, codes: pa.Table, names: Mapping[str, str], day: date
) -> Iterator[str]:
    ends = dict(zip(codes["code"].to_pylist(), codes["valid_to"].to_pylist(), strict=True))
    for region in region_set.regions:
        for member in region.members:
            if member.code not in names and member.holds_on(day):
                end = ends.get(member.code)
                why = f"ended {end}" if end and end <= day else "is not in KLASS 131"
                yield f"{region_set.id}/{region.id}: {member.code} {why}; use the codes of {day}"


def _left_out(
    region_set: RegionSet, own: set[str], names: Mapping[str, str], day: date
) -> Iterator[str]:
    held = {m.code for region in region_set.regions for m in region.members if m.holds_on(day)}
    for code in sorted(own - held):
        yield f"{region_set.id}: declared to cover the county, but misses {code} {names[code]}"


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _county(raw: Any) -> County:
    return County(
        id=raw["id"],
        code=raw["code"],
        name=raw["name"],
        default_region_set=raw["default_region_set"],
        region_sets=tuple(_region_set(each) for each in raw["region_sets"]),
        schedule=Schedule(**raw["schedule"]),
        contact=raw.get("contact"),
    )


def _region_set(raw: Mapping[str, Any]) -> RegionSet:
    plain = {key: value for key, value in raw.items() if key != "regions"}
    return RegionSet(**plain, regions=tuple(_region(each, raw) for each in raw["regions"]))


def _region(raw: Mapping[str, Any], region_set: Mapping[str, Any]) -> Region:
    return Region(
        id=raw["id"],
        name=raw["name"],
        members=tuple(_member(each) for each in raw["municipalities"]),
        source=raw.get("source", region_set["source"]),
        confidence=raw.get("confidence", region_set["confidence"]),
        valid_from=_day(raw.get("valid_from")),
        valid_to=_day(raw.get("valid_to")),
    )


def _member(raw: str | Mapping[str, str]) -> Member:
    if isinstance(raw, str):
        return Member(raw)
    first, last = _day(raw.get("valid_from")), _day(raw.get("valid_to"))
    return Member(raw["code"], first, last, raw.get("source"))

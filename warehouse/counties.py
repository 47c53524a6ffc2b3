"""Counties: reads counties/<id>.yaml into frozen dataclasses and says all that is wrong with it.

Here live the shapes and the reading. What a county holds is written in the YAML, what follows from
it for a figure in sql/conform/; what is wrong with it is found in warehouse/county_findings.py and,
with KLASS, in warehouse/county_klass.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError
from sources.registry_checks import read_yaml, schema_problems
from warehouse import county_findings, county_klass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pyarrow as pa

    from warehouse.county_findings import Finding

COUNTIES = Path(__file__).resolve().parent.parent / "counties"
SCHEMA = COUNTIES / "county.schema.json"


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
class Dimensioning:
    """What a county sets aside of the defaults of dimensioning (warehouse/county_choices.py).

    parameters: parameter -> value as text. source: who decided them.
    decisions: entries as the YAML states them: id, first, last, source, title, offer.
    """

    parameters: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    decisions: tuple[Mapping[str, Any], ...] = ()


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
    dimensioning: Dimensioning = field(default_factory=Dimensioning)

    def check_against(self, codes: pa.Table, day: date) -> None:
        """Check every municipality against KLASS 131.

        codes: columns code, name, valid_from, valid_to, as sources/readers/klass.py gives them.
        day:   the day whose codes the YAML is to be written in (half-open validity).
        Raises InvalidCounty for codes not in force, and for a set that declares that it covers
        the county and leaves a municipality out.
        """
        found = county_klass.wrong(self, county_klass.Klass(codes, day))
        problems = [finding.line("en") for finding in found]
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
    county, findings = read(county_id, folder)
    if findings:
        raise InvalidCounty(county_id, [finding.line("en") for finding in findings])
    return county


def read(county_id: str, folder: Path = COUNTIES) -> tuple[County, list[Finding]]:
    """Read one county with all that its file shows to be wrong; an impossible date is left out.

    Raises InvalidCounty where no county can be made of the file: it is not there, is no YAML or
    does not follow county.schema.json.
    """
    path = folder / f"{county_id}.yaml"
    if county_id not in available(folder):
        known = ", ".join(available(folder)) or "none"
        raise InvalidCounty(county_id, [f"no such county; there is {known}"])
    raw, problems = read_yaml(path)
    problems = problems or list(_numbers(raw, "")) or schema_problems(raw, SCHEMA)
    if problems:
        raise InvalidCounty(county_id, problems)
    county = _county(raw)
    findings = list(county_findings.of_content(raw, county_id))
    for region_set in county.region_sets:
        findings += county_findings.overlaps(region_set)
    return county, findings


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


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:  # told as a finding
        return None


def _county(raw: Any) -> County:
    return County(
        id=raw["id"],
        code=raw["code"],
        name=raw["name"],
        default_region_set=raw["default_region_set"],
        region_sets=tuple(_region_set(each) for each in raw["region_sets"]),
        schedule=Schedule(**raw["schedule"]),
        contact=raw.get("contact"),
        dimensioning=_dimensioning(raw.get("dimensioning", {})),
    )


def _dimensioning(raw: Mapping[str, Any]) -> Dimensioning:
    stated = dict(raw.get("parameters", {}))
    source = stated.pop("source", "")
    return Dimensioning(stated, source, tuple(raw.get("decisions", ())))


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

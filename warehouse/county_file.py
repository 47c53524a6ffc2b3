"""County file: the text of a new counties/<id>.yaml, from code lists and a person's answers.

Here only the text is composed. Who is asked, and where the file goes, is in
pipeline/county_command.py; whether it is right, warehouse/county_klass.py tells.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa

ECONOMIC, OWN = "ssb_economic", "own_regions"
MUNICIPALITY_DIGITS, REGION_DIGITS = 4, 5
_SPELLED = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "á": "a"})


class UnreadableRegions(KompetanseError):
    """Regions that a person stated cannot be understood; lists every line."""


@dataclass(frozen=True)
class Grouping:
    """Regions with their municipalities, as they are to stand in a file.

    regions: id -> (name, codes). problems with the codes are not looked for here.
    """

    id: str
    title_nb: str
    title_en: str
    status: str
    source: str
    confidence: str
    regions: Mapping[str, tuple[str, tuple[str, ...]]]


@dataclass(frozen=True)
class NewCounty:
    """What a new file is to say; own: codes of the county's municipalities today."""

    id: str
    code: str
    name_nb: str
    name_en: str
    default_region_set: str
    cron: str
    own: frozenset[str]
    groupings: tuple[Grouping, ...] = ()
    contact: Mapping[str, str] = field(default_factory=dict)
    left_out: str = ""


def id_of(name: str) -> str:
    """Id for a name: "Møre og Romsdal" -> more_og_romsdal; empty if nothing is left."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower().translate(_SPELLED)).strip("_")
    return plain if plain[:1].isalpha() else ""


def economic_regions(table: pa.Table, own: Iterable[str], source: str) -> Grouping | None:
    """Group a county's municipalities by SSB's economic regions (KLASS 108), as of the newest rows.

    table: a correspondence between KLASS 108 and 131, in either direction: source_code,
           source_name, target_code, target_name, valid_to (null = open).
    Returns None unless every municipality of the county is in exactly one region there: a file
    must not say more than the list does.
    """
    wanted, regions = set(own), dict[str, tuple[str, set[str]]]()
    placed: list[str] = []
    for row in table.to_pylist():
        ends = [(row["source_code"], row["source_name"]), (row["target_code"], row["target_name"])]
        (code, _), (region, name) = sorted(ends, key=lambda end: len(end[0]))
        right = (len(code), len(region)) == (MUNICIPALITY_DIGITS, REGION_DIGITS)
        if right and code in wanted and row["valid_to"] is None:
            regions.setdefault(region, (name or region, set()))[1].add(code)
            placed.append(code)
    if sorted(placed) != sorted(wanted):
        return None
    listed = {r: (name, tuple(sorted(codes))) for r, (name, codes) in sorted(regions.items())}
    titles = ("SSBs økonomiske regioner", "Economic regions of Statistics Norway")
    return Grouping(ECONOMIC, *titles, "official", source, "high", listed)


def own_regions(lines: Iterable[str], title_nb: str, title_en: str, source: str) -> Grouping:
    """Read regions stated one per line: "Namdalen: 5007, 5042".

    Raises UnreadableRegions with every line that is not a name, a colon and codes of four digits,
    and for two names that would have the same id.
    """
    regions: dict[str, tuple[str, tuple[str, ...]]] = {}
    problems = []
    for line in lines:
        name, colon, listed = line.partition(":")
        codes = tuple(re.split(r"[,\s]+", listed.strip()))
        region = id_of(name)
        if not colon or not region or not all(re.fullmatch(r"[0-9]{4}", c) for c in codes):
            problems.append(f"  {line!r} is not like 'Namdalen: 5007, 5042'")
        elif region in regions:
            problems.append(f"  {line!r}: there is a region {region} already")
        else:
            regions[region] = (name.strip(), codes)
    if problems:
        told = "\n".join(problems)
        raise UnreadableRegions(f"The county's own regions:\n{told}\nState them again.")
    return Grouping(OWN, title_nb, title_en, "project_choice", source, "medium", regions)


def text(county: NewCounty) -> str:
    """Compose the file. Whether sets overlap and cover the county is worked out, not asked."""
    lines = [
        "# yaml-language-server: $schema=county.schema.json",
        f"id: {county.id}",
        f"code: {_said(county.code)}",
        f"name: {_both(county.name_nb, county.name_en)}",
    ]
    if county.contact:
        stated = ", ".join(f"{key}: {_said(value)}" for key, value in county.contact.items())
        lines.append(f"contact: {{{stated}}}")
    lines += [f"default_region_set: {county.default_region_set}", ""]
    lines += ["schedule:", f"  cron: {_said(county.cron)}", "  timezone: Europe/Oslo", ""]
    if county.left_out:
        lines.append(f"# {county.left_out}")
    lines.append("region_sets:" if county.groupings else "region_sets: []")
    for grouping in county.groupings:
        lines += _grouping(grouping, county.own)
    return "\n".join(lines) + "\n"


def _grouping(grouping: Grouping, own: frozenset[str]) -> list[str]:
    listed = [code for _, codes in grouping.regions.values() for code in codes]
    lines = [
        f"  - id: {grouping.id}",
        f"    title: {_both(grouping.title_nb, grouping.title_en)}",
        f"    status: {grouping.status}",
        f"    disjoint: {_said(len(listed) == len(set(listed)))}",
        f"    covers_county: {_said(own <= set(listed))}",
        f"    source: {_said(grouping.source)}",
        f"    confidence: {grouping.confidence}",
        "    regions:",
    ]
    for region, (name, codes) in grouping.regions.items():
        lines += [
            f"      - id: {_said(region)}",
            f"        name: {_both(name, name)}",
            f"        municipalities: [{', '.join(_said(code) for code in codes)}]",
        ]
    return lines


def _both(nb: str, en: str) -> str:
    return f"{{nb: {_said(nb)}, en: {_said(en)}}}"


def _said(value: Any) -> str:
    """A YAML scalar; JSON's are YAML's, and quotes keep 0301 and "no" as they are."""
    return json.dumps(value, ensure_ascii=False)

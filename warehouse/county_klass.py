"""County and KLASS: which codes, gaps and overlaps a county's regions have on a day.

What is wrong stops a refresh; what is only worth knowing (regions that overlap, municipalities
left out, codes about to end) is for who reads `kompetanse county check`. Mistakes that the file
shows by itself are in warehouse/county_findings.py; nothing here reads a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from warehouse.county_findings import Finding, homes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pyarrow as pa

    from warehouse.counties import County, Region, RegionSet


@dataclass(frozen=True)
class Klass:
    """KLASS 131 as a county's file is held against it.

    codes:   code, name, valid_from, valid_to (half-open; null = open as far as KLASS was asked).
    changes: old_code, new_code, new_name, change_date; None where they are not needed.
    day:     the day whose codes the file is to be written in.
    """

    codes: pa.Table
    day: date
    changes: pa.Table | None = None

    @cached_property
    def names(self) -> dict[str, str]:
        """Name of every municipality in force on the day."""
        return {
            row["code"]: row["name"]
            for row in self.codes.select(["code", "name", "valid_from", "valid_to"]).to_pylist()
            if (row["valid_from"] or date.min) <= self.day < (row["valid_to"] or date.max)
        }

    @cached_property
    def ends(self) -> dict[str, date | None]:
        """Last end of every code ever listed; null = open."""
        found: dict[str, date | None] = {}
        for row in self.codes.select(["code", "valid_to"]).to_pylist():
            earlier = found.get(row["code"], date.min)
            end = row["valid_to"]
            found[row["code"]] = None if end is None or earlier is None else max(earlier, end)
        return found

    def own(self, county_code: str) -> set[str]:
        """Codes of the county's municipalities on the day."""
        return {code for code in self.names if code.startswith(county_code)}

    def named(self, codes: Iterable[str]) -> str:
        """List codes with their names: "5001 Trondheim, 5006 Steinkjer"."""
        return ", ".join(f"{c} {self.names[c]}" if c in self.names else c for c in sorted(codes))

    def successors(self, code: str) -> dict[str, str]:
        """What an ended code became, as far as the changes tell: code -> name."""
        rows = self.changes.to_pylist() if self.changes else []
        became = {row["new_code"] for row in rows if row["old_code"] == code} - {code, None}
        return {c: self.names[c] for c in sorted(became) if c in self.names}


def wrong(county: County, klass: Klass) -> Iterator[Finding]:
    """Find what a refresh cannot do with: no municipalities, unknown and ended codes, gaps."""
    own = klass.own(county.code)
    if not own:
        yield Finding(
            "code",
            f"ingen kommuner per {klass.day} begynner på {county.code}",
            f"no municipality of {klass.day} begins with {county.code}",
        )
    for region_set in county.region_sets:
        for region in region_set.regions:
            yield from _unusable_members(f"{region_set.id}/{region.id}", region, klass)
        if region_set.covers_county:
            yield from _left_out(region_set, own, klass)


def notes(county: County, klass: Klass) -> Iterator[Finding]:
    """Find what is allowed and still worth knowing, set by set."""
    for region_set in county.region_sets:
        yield from _overlapping(region_set, klass)
        yield from _gaps(region_set, klass.own(county.code), klass)
        yield from _from_elsewhere(region_set, county.code, klass)
        yield from _not_counted(region_set, klass)
        yield from _ending(region_set, klass)
        yield from _unsure(region_set)


def _unusable_members(where: str, region: Region, klass: Klass) -> Iterator[Finding]:
    for member in region.members:
        if member.code in klass.names or not member.holds_on(klass.day):
            continue
        end = klass.ends.get(member.code)
        if end is None or end > klass.day:
            yield Finding(
                where,
                f"{member.code} finnes ikke i KLASS 131; bruk kodene per {klass.day}",
                f"{member.code} is not in KLASS 131; use the codes of {klass.day}",
            )
            continue
        became = klass.named(klass.successors(member.code))
        yield Finding(
            where,
            f"{member.code} opphørte {end}; bruk kodene per {klass.day}"
            + (f" (den ble til {became})" if became else ""),
            f"{member.code} ended {end}; use the codes of {klass.day}"
            + (f" (it became {became})" if became else ""),
        )


def _left_out(region_set: RegionSet, own: set[str], klass: Klass) -> Iterator[Finding]:
    for code in sorted(own - _held(region_set, klass.day)):
        who = klass.named([code])
        yield Finding(
            region_set.id,
            f"skal dekke fylket (covers_county), men mangler {who}",
            f"declared to cover the county, but misses {who}",
        )


def _overlapping(region_set: RegionSet, klass: Klass) -> Iterator[Finding]:
    shared = {c: r for c, r in homes(region_set.regions).items() if len(set(r)) > 1}
    if region_set.disjoint:
        return
    if not shared:
        yield _note(
            region_set.id,
            "ingen kommune er i to regioner: settet kan føres som disjoint: true",
            "no municipality is in two regions: the set could be declared disjoint: true",
        )
        return
    listed = [(klass.named([code]), regions) for code, regions in sorted(shared.items())]
    yield _note(
        region_set.id,
        "regionene overlapper og kan ikke summeres til fylket: "
        + "; ".join(f"{who} er i {' og '.join(regions)}" for who, regions in listed),
        "the regions overlap and cannot be added up to the county: "
        + "; ".join(f"{who} is in {' and '.join(regions)}" for who, regions in listed),
    )


def _gaps(region_set: RegionSet, own: set[str], klass: Klass) -> Iterator[Finding]:
    if region_set.covers_county:
        return
    missing = own - _held(region_set, klass.day)
    if not missing:
        yield _note(
            region_set.id,
            "alle kommunene i fylket er med: settet kan føres som covers_county: true",
            "no municipality is left out: the set could be declared covers_county: true",
        )
        return
    who = f"{len(missing)} ({klass.named(missing)})"
    yield _note(
        region_set.id,
        f"kommuner som ikke er i noen region: {who}",
        f"municipalities that are in no region: {who}",
    )


def _from_elsewhere(region_set: RegionSet, code: str, klass: Klass) -> Iterator[Finding]:
    others = {c for c in _held(region_set, klass.day) & klass.names.keys() if c[:2] != code}
    if others:
        who = klass.named(others)
        yield _note(
            region_set.id,
            f"kommuner i et annet fylke er med: {who}",
            f"municipalities of another county are in it: {who}",
        )


def _not_counted(region_set: RegionSet, klass: Klass) -> Iterator[Finding]:
    day = klass.day
    for region in region_set.regions:
        where = f"{region_set.id}/{region.id}"
        if not _holds(region.valid_from, region.valid_to, day):
            span = _span(region.valid_from, region.valid_to)
            yield _note(
                where, f"vises ikke per {day}: gjelder {span}", f"not shown on {day}: holds {span}"
            )
        for member in region.members:
            if not member.holds_on(day):
                span = _span(member.valid_from, member.valid_to)
                who = klass.named([member.code])
                yield _note(
                    where,
                    f"{who} regnes ikke med per {day}: medlem {span}",
                    f"{who} is not counted on {day}: member {span}",
                )


def _ending(region_set: RegionSet, klass: Klass) -> Iterator[Finding]:
    for code in sorted(_held(region_set, klass.day) & klass.names.keys()):
        end = klass.ends.get(code)
        if end:
            who = klass.named([code])
            yield _note(
                region_set.id,
                f"{who} opphører {end}: rett fila før det",
                f"{who} ends {end}: mend the file before that",
            )


def _unsure(region_set: RegionSet) -> Iterator[Finding]:
    levels: Mapping[str, str] = {"medium": "middels", "low": "lav"}
    for level, word in levels.items():
        regions = [r.id for r in region_set.regions if r.confidence == level]
        if regions:
            whole = len(regions) == len(region_set.regions)
            yield _note(
                region_set.id,
                f"medlemmene er oppgitt med {word} sikkerhet: "
                + ("alle regioner" if whole else ", ".join(regions)),
                f"the members are stated with {level} confidence: "
                + ("all regions" if whole else ", ".join(regions)),
            )


def _note(where: str, nb: str, en: str) -> Finding:
    return Finding(where, nb, en, wrong=False)


def _held(region_set: RegionSet, day: date) -> set[str]:
    return {m.code for region in region_set.regions for m in region.members if m.holds_on(day)}


def _holds(first: date | None, end: date | None, day: date) -> bool:
    return (first or date.min) <= day < (end or date.max)


def _span(first: date | None, end: date | None) -> str:
    return f"[{first or '…'}, {end or '…'})"

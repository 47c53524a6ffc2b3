"""Real municipalities and counties 2015-2026, and the smallest areas that never change.

An area ("atom") is a municipality of 2015, cut where it was split later, so that every code of
every year is a sum of whole areas. Codes and changes: KLASS 131 (SSB, CC BY 4.0), restated in
municipalities.csv; weights of the splits: SSB 06913 and 07459. No figures live here.

A successor is written `code:share`, or `code:share:origin` when the successor has the borders
of an earlier municipality: Haram (1580, 2024) is Haram (1534) again, so nobody need be shared
out between 1507's successors.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

FIRST, LAST = 2015, 2026
YEARS = tuple(range(FIRST, LAST + 1))
COUNTRY = "0"
UNSTATED = "9999"
COUNTIES = {
    "31": "Østfold", "32": "Akershus", "03": "Oslo - Oslove", "34": "Innlandet",
    "33": "Buskerud", "39": "Vestfold", "40": "Telemark", "42": "Agder", "11": "Rogaland",
    "46": "Vestland", "15": "Møre og Romsdal", "50": "Trøndelag - Trööndelage",
    "18": "Nordland - Nordlánnda", "55": "Troms - Romsa - Tromssa",
    "56": "Finnmark - Finnmárku - Finmarkku",
}  # fmt: skip
FORMER_COUNTIES = {
    "30": "Viken", "38": "Vestfold og Telemark", "54": "Troms og Finnmark - Romsa ja Finnmárku",
    "01": "Østfold", "02": "Akershus", "04": "Hedmark", "05": "Oppland", "06": "Buskerud",
    "07": "Vestfold", "08": "Telemark", "09": "Aust-Agder", "10": "Vest-Agder",
    "12": "Hordaland", "14": "Sogn og Fjordane", "16": "Sør-Trøndelag", "17": "Nord-Trøndelag",
    "19": "Troms - Romsa", "20": "Finnmark - Finnmárku",
}  # fmt: skip


@dataclass(frozen=True)
class Successor:
    """Where a code went: share of its people, and the earlier code it has the borders of."""

    code: str
    share: float
    origin: str | None


@dataclass(frozen=True)
class Version:
    """One code with one name; valid_from "" = before 2015, valid_to "" = still in force."""

    code: str
    name: str
    valid_from: str
    valid_to: str
    successors: tuple[Successor, ...]

    def in_force(self, day: str) -> bool:
        """Tell whether the code had this name on a day (YYYY-MM-DD)."""
        return self.valid_from <= day and (not self.valid_to or day < self.valid_to)


@dataclass(frozen=True)
class Geography:
    """The areas: `codes` (areas x years) is the code of the year that each one belongs to.

    share: part of the municipality of 2015 that the area is, by population.
    """

    versions: tuple[Version, ...]
    codes: NDArray[np.str_]
    share: NDArray[np.float64]

    @property
    def size(self) -> int:
        """Number of areas."""
        return len(self.share)

    @cached_property
    def county(self) -> NDArray[np.str_]:
        """County of 2026 of every area."""
        return self.codes[:, -1].astype("<U2")

    def restored(self) -> Iterator[tuple[str, int, Successor]]:
        """Codes that were divided along the border of an earlier one: last year, and that part."""
        for version in self.versions:
            for successor in version.successors:
                if successor.origin:
                    yield version.code, int(version.valid_to[:4]) - 1, successor

    def codes_between(self, first: int, last: int, counties: Sequence[str] | None) -> list[str]:
        """Municipality codes in force in some year, those of the last year first.

        counties: keep the codes of all generations that cover a part of these counties of 2026.
        """
        here = np.ones(self.size, bool) if counties is None else np.isin(self.county, counties)
        # A dict keeps the order of first mention, which a set would lose.
        order: dict[str, None] = {}
        for year in range(last, first - 1, -1):
            order |= dict.fromkeys(sorted(set(self.codes[here, year - FIRST].tolist())))
        return list(order)

    def counties_between(self, first: int, last: int) -> list[str]:
        """County codes in force in some year, those of 2024 first."""
        found = set(self.codes[:, first - FIRST : last + 1 - FIRST].astype("<U2").ravel().tolist())
        return [code for code in (*COUNTIES, *FORMER_COUNTIES) if code in found]

    def name(self, code: str, year: int) -> str:
        """Name of a municipality, county or the country in a year (or when it was last used)."""
        if code == COUNTRY:
            return "Hele landet"
        if len(code) == len("00"):
            return {**COUNTIES, **FORMER_COUNTIES}[code]
        named = [v for v in self.versions if v.code == code and v.valid_from <= f"{year}-01-01"]
        return named[-1].name

    def label(self, code: str, year: int) -> str:
        """Name the way SSB's tables write it: ended codes carry their years."""
        # SSB tells generations of one name apart by the years, "Vinje (2020-2023)".
        used = self.years_of(code)
        if used[-1] >= year:
            return self.name(code, year)
        start = "" if used[0] == FIRST else str(used[0])
        return f"{self.name(code, used[-1])} ({start}-{used[-1]})"

    def years_of(self, code: str) -> list[int]:
        """Years 2015-2026 in which a code was in force."""
        if code == COUNTRY:
            return list(YEARS)
        codes = self.codes.astype(f"<U{len(code)}")
        return [year for i, year in enumerate(YEARS) if (codes[:, i] == code).any()]


class Regions:
    """A list of region codes of any level and time, and which areas make each one up."""

    def __init__(
        self,
        geography: Geography,
        codes: Sequence[str],
        year: int,
        labels: Sequence[str] | None = None,
    ) -> None:
        self.codes = tuple(codes)
        self.labels = tuple(labels or (geography.label(code, year) for code in codes))
        wanted = np.array(codes)[:, None]
        self._member = np.stack(
            [
                (wanted == COUNTRY) | (wanted == column) | (wanted == column.astype("<U2"))
                for column in geography.codes.T
            ]
        )

    def sums(self, figures: NDArray[np.int64], years: Sequence[int]) -> NDArray[np.int64]:
        """Add areas up: (areas, years, ...) -> (regions, ..., years), persons."""
        # Whole persons below 2**53 come out of a float product exactly, and much faster.
        parts = [
            self.member(year) @ figures[:, i].reshape(len(figures), -1).astype(np.float64)
            for i, year in enumerate(years)
        ]
        shape = (len(self.codes), *figures.shape[2:], len(years))
        return np.rint(np.stack(parts, axis=-1)).astype(np.int64).reshape(shape)

    def member(self, year: int) -> NDArray[np.float64]:
        """Return regions x areas, 1.0 where the area is in the region that year."""
        return np.asarray(self._member[year - FIRST], dtype=np.float64)

    def in_force(self, years: Sequence[int]) -> NDArray[np.bool_]:
        """Return regions x years: whether the code was in force."""
        return np.stack([self._member[year - FIRST].any(axis=1) for year in years], axis=1)


@cache
def load() -> Geography:
    """Read municipalities.csv and follow every municipality of 2015 to 2026."""
    versions = _versions()
    paths: list[tuple[list[str], float]] = []
    for start in sorted({v.code for v in versions if v.in_force(f"{FIRST}-01-01")} - {UNSTATED}):
        paths += _follow([start], 1.0, {(v.code, v.valid_to): v.successors for v in versions})
    codes = np.array([path for path, _ in paths], dtype="<U4")
    return Geography(versions, codes, np.array([share for _, share in paths]))


def _versions() -> tuple[Version, ...]:
    path = Path(__file__).with_name("municipalities.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    return tuple(
        Version(
            row["code"],
            row["name"],
            row["valid_from"],
            row["valid_to"],
            tuple(_successor(part) for part in row["successors"].split("|") if part),
        )
        for row in rows
    )


def _successor(text: str) -> Successor:
    code, share, *origin = text.split(":")
    return Successor(code, float(share), origin[0] if origin else None)


def _follow(
    path: list[str], share: float, ended: dict[tuple[str, str], tuple[Successor, ...]]
) -> Iterator[tuple[list[str], float]]:
    year = FIRST + len(path)
    if year > LAST:
        yield path, share
        return
    # A code without a change that day goes on as it is.
    default = (Successor(path[-1], 1.0, None),)
    successors = ended.get((path[-1], f"{year}-01-01"), default)
    for successor, part in _parts(successors, path):
        yield from _follow([*path, successor], share * part, ended)


def _parts(successors: tuple[Successor, ...], path: list[str]) -> list[tuple[str, float]]:
    known = [s for s in successors if s.origin is not None]
    if not known:
        return [(s.code, s.share) for s in successors]
    back = [s for s in known if s.origin in path]
    # Shares of the others are of all people of the old code; they must add up to 1 again.
    left = back or [s for s in successors if s.origin is None]
    return [(s.code, s.share / sum(o.share for o in left)) for s in left]

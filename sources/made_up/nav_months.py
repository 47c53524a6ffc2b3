"""A year of registered unemployed by month and region, and what NAV's monthly workbooks share.

Figures come from work.py. The layout of HL060 is in nav_unemployed.py, that of the workbooks by
education, by occupation and of vacancies in nav_groups.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sources.made_up.geography import COUNTRY, LAST, YEARS, Regions
from sources.made_up.jsonstat import per_cent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sources.made_up.scope import Scope
    from sources.made_up.workbook import Sheet

PAGES = "https://www.nav.no/no/nav-og-samfunn/statistikk/arbeidssokere-og-stillinger-statistikk/"
MONTHS = (
    "Januar", "Februar", "Mars", "April", "Mai", "Juni", "Juli", "August", "September",
    "Oktober", "November", "Desember",
)  # fmt: skip
LATEST_MONTH = 9
FEW = 4
OTHER, SVALBARD, UNKNOWN = "99", "2100", "Ukjent"
OTHER_NAMES = {OTHER: "Øvrige områder", UNKNOWN: UNKNOWN, COUNTRY: "I alt"}

Cell = int | float | str


def starred(people: Iterable[int]) -> list[Cell]:
    """Counts as NAV shows them: "*" for fewer than four."""
    return ["*" if n < FEW else n for n in people]


def heading(sheet: Sheet, year: Year, title: str, subtitle: str, column: int) -> None:
    """Write source, title, subtitle (the last two in `column`) and period above a table."""
    sheet.write(1, 1, "Kilde: NAV")
    sheet.write(1, column, title)
    sheet.write(2, column, subtitle)
    sheet.write(5, 1, year.period)


@dataclass(frozen=True)
class Year:
    """One workbook's figures: rows of cells by region code, counts or per cent."""

    scope: Scope
    year: int

    @property
    def months(self) -> int:
        """Months published: the latest year goes to September."""
        return LATEST_MONTH if self.year == LAST else len(MONTHS)

    @property
    def period(self) -> str:
        """Text of the period cell, the only place on a sheet that says the year."""
        return f"Januar - {MONTHS[self.months - 1].lower()} {self.year}"

    @cached_property
    def counties(self) -> list[str]:
        """County codes of the year."""
        return sorted(self.scope.model.geography.counties_between(self.year, self.year))

    @cached_property
    def towns(self) -> dict[str, list[str]]:
        """County -> its municipalities, for the counties that the scope asks for."""
        geography = self.scope.model.geography
        asked = geography.codes_between(self.year, self.year, self.scope.counties)
        every = geography.codes_between(self.year, self.year, None)
        # Whole counties of the time, so that each block adds up to its total.
        wanted = {code[:2] for code in asked}
        return {c: [t for t in every if t[:2] == c] for c in self.counties if c in wanted}

    @cached_property
    def elsewhere(self) -> dict[str, NDArray[np.int64]]:
        """People on Svalbard (as other areas too) and of unknown residence, by month."""
        random = self.scope.model.random(f"elsewhere {self.year}")
        other, unknown = random.integers(2, 30, (2, self.months))
        return {OTHER: other, SVALBARD: other, UNKNOWN: unknown}

    @cached_property
    def _figures(self) -> dict[str, tuple[NDArray[np.int64], int]]:
        """Region code -> people by month, labour force."""
        codes = [*self.counties, *(t for towns in self.towns.values() for t in towns), COUNTRY]
        regions = Regions(self.scope.model.geography, codes, self.year)
        i = YEARS.index(self.year)
        work = self.scope.work
        people = regions.sums(work.unemployed[:, [i], : self.months], [self.year])[..., 0]
        force = regions.sums(work.labour_force[:, [i]], [self.year])[..., 0]
        found = {c: (people[n], int(force[n])) for n, c in enumerate(codes)}
        everyone, whole = found[COUNTRY]
        # "I alt" is everybody, so it is more than the sum of the counties.
        added = self.elsewhere[OTHER] + self.elsewhere[UNKNOWN]
        found[COUNTRY] = (everyone + added, whole)
        return found

    def people(self, code: str) -> NDArray[np.int64]:
        """Registered unemployed of a region by month."""
        return self.elsewhere[code] if code in self.elsewhere else self._figures[code][0]

    def cells(self, code: str, *, share: bool) -> list[Cell]:
        """Figures of a region by month, "*" for few people and for per cent without a base."""
        if code in self.elsewhere:
            people, force = self.elsewhere[code], 0
        else:
            people, force = self._figures[code]
        if not share:
            return starred(people.tolist())
        rates = per_cent(people, np.full(people.shape, force)).tolist()
        pairs = zip(people.tolist(), rates, strict=True)
        return ["*" if n < FEW or not force else rate for n, rate in pairs]

    def name(self, code: str) -> str:
        """Name of a county or municipality in the year, of the country or of other areas."""
        if code in OTHER_NAMES:
            return OTHER_NAMES[code]
        return self.scope.model.geography.name(code, self.year)

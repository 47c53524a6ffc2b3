"""Made-up HL060 of NAV: registered unemployed by county and municipality, one workbook a year.

The layout is NAV's with its quirks: January over two columns on the county sheets, a repeated
month header per county, one blank row more on the sheet of per cent, "*" for fewer than four.
Figures come from work.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sources.made_up.folder import LABEL, Answer
from sources.made_up.geography import COUNTRY, LAST, YEARS, Regions
from sources.made_up.jsonstat import per_cent
from sources.made_up.workbook import XLSX, workbook

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sources.made_up.scope import Scope
    from sources.made_up.workbook import Sheet

PAGE = (
    "https://www.nav.no/no/nav-og-samfunn/statistikk/arbeidssokere-og-stillinger-statistikk/"
    "helt-ledige"
)
MONTHS = (
    "Januar", "Februar", "Mars", "April", "Mai", "Juni", "Juli", "August", "September",
    "Oktober", "November", "Desember",
)  # fmt: skip
TITLE = f"Helt ledige. Fylke og kommune. Tidsserie måned. {LABEL}"
LATEST_MONTH = 9
FEW = 4
OTHER, SVALBARD, UNKNOWN = "99", "2100", "Ukjent"
OTHER_NAME = "Øvrige områder"

Cell = int | float | str


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

    def cells(self, code: str, *, share: bool) -> list[Cell]:
        """Figures of a region by month, "*" for few people and for per cent without a base."""
        if code in self.elsewhere:
            people, force = self.elsewhere[code], 0
        else:
            people, force = self._figures[code]
        if not share:
            return ["*" if n < FEW else n for n in people.tolist()]
        rates = per_cent(people, np.full(people.shape, force)).tolist()
        pairs = zip(people.tolist(), rates, strict=True)
        return ["*" if n < FEW or not force else rate for n, rate in pairs]

    def name(self, code: str) -> str:
        """Name of a county or municipality in the year."""
        return self.scope.model.geography.name(code, self.year)


def answers(scope: Scope) -> list[Answer]:
    """Return one workbook for every year."""
    return [_answer(Year(scope, year)) for year in scope.stocks]


def _answer(year: Year) -> Answer:
    content = workbook(
        {
            "0. Om tabellene": lambda sheet: _about(sheet, year),
            "1. Fylke Antall": lambda sheet: _counties(sheet, year, share=False),
            "2. Fylke Prosent av arbeidsstyr": lambda sheet: _counties(sheet, year, share=True),
            "3. Kommune Antall": lambda sheet: _towns(sheet, year, share=False),
            "4. Kommune Prosent av arbeidsst": lambda sheet: _towns(sheet, year, share=True),
        }
    )
    stamp = f"{year.year}{year.months:02}"
    return Answer(
        source="nav",
        what=f"HL060 {year.period}, counties and municipalities",
        body=f"nav/HL060_{stamp}_helt_ledige_fylke_kommune.xlsx",
        content=content,
        as_of=f"{year.year}-{year.months:02}",
        content_type=XLSX,
        page=PAGE,
    )


def _about(sheet: Sheet, year: Year) -> None:
    sheet.write(1, 1, "Kilde: NAV")
    sheet.write(1, 11, TITLE)
    sheet.write(2, 11, "Om tabellene")
    sheet.write(5, 1, year.period)
    sheet.write(9, 1, "Celler der tallene er mindre enn 4 er erstattet med «*».")


def _heading(sheet: Sheet, year: Year, column: int, subtitle: str) -> None:
    sheet.write(1, 1, "Kilde: NAV")
    sheet.write(1, column, TITLE)
    sheet.write(2, column, subtitle)
    sheet.write(5, 1, year.period)


def _counties(sheet: Sheet, year: Year, *, share: bool) -> None:
    measure = "Prosent av arbeidsstyrken²" if share else "Antall²"
    _heading(sheet, year, 4, f"Fylke. {measure}")
    for month in range(year.months):
        sheet.write(7, 3 if month == 0 else 4 + month, MONTHS[month])
    named = [(code, code, year.name(code)) for code in year.counties]
    rows = [(COUNTRY, "", "I alt"), *named, (OTHER, OTHER, OTHER_NAME), (UNKNOWN,) * 3]
    for place, (code, shown, name) in enumerate(rows, 8):
        if shown:
            sheet.write_string(place, 1, shown)
        sheet.write(place, 2, name)
        january, *rest = year.cells(code, share=share)
        # NAV merges January on the rows of figures, not on the header.
        sheet.merge_range(place, 3, place, 4, january)
        sheet.write_row(place, 5, rest)


def _towns(sheet: Sheet, year: Year, *, share: bool) -> None:
    measure = "Prosent av arbeidsstyrken²" if share else "Antall²"
    _heading(sheet, year, 2, f"Kommune¹. {measure}")
    blocks = [
        (code, year.name(code), [(town, f"{town} {year.name(town)}") for town in towns])
        for code, towns in year.towns.items()
    ]
    blocks.append((OTHER, OTHER_NAME, [(SVALBARD, "2100 Svalbard")]))
    blocks.append((UNKNOWN, UNKNOWN, [(UNKNOWN, UNKNOWN)]))
    place = 6
    for number, (code, name, rows) in enumerate(blocks):
        # The first block of counts has no blank row after it, that of per cent has.
        place += number > 1 or (number == 1 and share)
        sheet.write(place, 1, name)
        sheet.write_row(place + 1, 2, MONTHS[: year.months])
        for row, label in [(code, f"I alt {name}"), *rows]:
            sheet.write(place + 2, 1, label)
            sheet.write_row(place + 2, 2, year.cells(row, share=share))
            place += 1
        place += 2

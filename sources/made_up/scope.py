"""What is asked for: counties, years, and the region lists that tables use for them.

Figures are always made for all of Norway; a scope only says what of them is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sources.made_up.geography import COUNTIES, COUNTRY, FIRST, LAST, Regions

if TYPE_CHECKING:
    from sources.made_up.model import Model
    from sources.made_up.work import Work


@dataclass(frozen=True)
class Scope:
    """One order: the model, the counties of 2026 to write (None = all), first and last year."""

    model: Model
    work: Work
    counties: tuple[str, ...] | None
    first_year: int
    last_year: int

    def __post_init__(self) -> None:
        problems = [
            f"county {code} is none of {', '.join(COUNTIES)}"
            for code in self.counties or ()
            if code not in COUNTIES
        ]
        if not FIRST <= self.first_year < self.last_year <= LAST:
            problems.append(f"years {self.first_year}-{self.last_year}: within {FIRST}-{LAST}")
        if problems:
            raise ValueError("\n".join(problems))

    @property
    def stocks(self) -> list[int]:
        """Years of tables that describe 1 January."""
        return list(range(self.first_year, self.last_year + 1))

    @property
    def years(self) -> list[int]:
        """Years of tables that describe a day late in the year: to the year before the last."""
        return list(range(self.first_year, self.last_year))

    @cached_property
    def municipalities(self) -> Regions:
        """Municipalities of all generations of the counties asked for."""
        return self._regions(self._codes)

    @cached_property
    def everything(self) -> Regions:
        """Country, every county of all generations, municipalities of the counties asked for."""
        counties = self.model.geography.counties_between(self.first_year, self.last_year)
        return self._regions([COUNTRY, *counties, *self._codes])

    @cached_property
    def today(self) -> Regions:
        """Country, counties and municipalities of the last year."""
        codes = self.model.geography.codes_between(self.last_year, self.last_year, self.counties)
        counties = self.model.geography.counties_between(self.last_year, self.last_year)
        return self._regions([COUNTRY, *counties, *codes])

    @cached_property
    def _codes(self) -> list[str]:
        geography = self.model.geography
        return geography.codes_between(self.first_year, self.last_year, self.counties)

    def _regions(self, codes: list[str]) -> Regions:
        return Regions(self.model.geography, codes, self.last_year)

    def published(self, month_day: str, year: int | None = None) -> str:
        """Return the day of publication in the last year: "02-25" -> "2026-02-25"."""
        return f"{year or self.last_year}-{month_day}"

"""Made-up employer survey of NAV (Bedriftsundersøkelsen): workbooks 2021-2026.

Sheets move and are renamed every year as NAV's are, with wholly empty rows in between. How many
people are lacking comes from the jobs of work.py; the file of occupations by county 2017 and
the tightness of Vestfold and Telemark are in nav_history.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sources.made_up.folder import Answer
from sources.made_up.geography import COUNTIES, FIRST
from sources.made_up.model import split
from sources.made_up.nav_survey_detail import Total, education, occupation
from sources.made_up.ssb_work import INDUSTRIES
from sources.made_up.workbook import XLSX, titled, workbook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sources.made_up.scope import Scope
    from sources.made_up.workbook import Fill, Sheet

PAGE = (
    "https://www.nav.no/no/nav-og-samfunn/kunnskap/analyser-fra-nav/arbeid-og-velferd/"
    "arbeid-og-velferd/bedriftsundersokelsen"
)
FIRST_SURVEY = 2021
# Until this year the survey had regions of NAV's own for the counties of 2020.
LAST_OWN_REGIONS = 2023
OWN_REGIONS = {
    "Øst-Viken": ("31", "32"), "Oslo": ("03",), "Innlandet": ("34",), "Vest-Viken": ("33",),
    "Vestfold og Telemark": ("39", "40"), "Agder": ("42",), "Rogaland": ("11",),
    "Vestland": ("46",), "Møre og Romsdal": ("15",), "Trøndelag": ("50",), "Nordland": ("18",),
    "Troms og Finnmark": ("55", "56"),
}  # fmt: skip
# Sheet names by year: county, occupation group, barometer, barometer by industry, industry.
SHEETS = {
    2021: ("Tabell 1", "Tabell 2", "Tabell 3", "Tabell 5", "Tabell 7"),
    2022: ("Tabell 1", "Tabell 2", "Tabell 3", "Tabell 4", "Tabell V1"),
    2023: ("Tabell 1", "Tabell 2", "Tabell 3", "Tabell 4", "Tabell V1"),
    2024: ("Tabell 1", "Tabell 2", "Tabell 3", "Tabell 4", "Tabell 5"),
    2025: ("Tabell 1", "Tabell 2", "Tabell 4", "Tabell 5", "Tabell 6"),
    2026: ("Tabell 1 - 26", "Tabell 2 - 26", "Figur 1 - 26", "Figur 6 - 26 ", "Tabell 5 - 26"),
}
BY_COUNTY_SHEET = "Tabell V1 - 26"
# Sheets by occupation and by education, by year.
DETAIL_SHEETS = {
    2025: ("Tabell V2", "Tabell V3"),
    2026: ("Tabell V2 - 26 ", "Tabell V3 - 26"),
}
HEADER = (
    "Estimert mangel på arbeidskraft", "Nedre grense", "Øvre grense", "Stramhetsindikator",
    "Andel bedrifter med alvorlige rekrutteringsproblemer",
)  # fmt: skip
GROUPS = (
    "Ledere", "Ingeniør- og ikt-fag", "Undervisning", "Akademiske yrker",
    "Helse, pleie og omsorg", "Barne- og ungdomsarbeid", "Meglere og konsulenter",
    "Kontorarbeid", "Butikk- og salgsarbeid", "Jordbruk, skogbruk og fiske", "Bygg og anlegg",
    "Industriarbeid", "Reiseliv og transport", "Serviceyrker og annet arbeid",
)  # fmt: skip


@dataclass(frozen=True)
class Survey:
    """One year's figures by row name: shortage in persons and jobs, share of firms in trouble."""

    names: tuple[str, ...]
    shortage: NDArray[np.int64]
    jobs: NDArray[np.int64]
    serious: NDArray[np.int64]

    def rows(self) -> list[list[str | int | float]]:
        """Return name, shortage, lower, upper, tightness, serious; the total last."""
        shortage = np.append(self.shortage, self.shortage.sum())
        jobs = np.append(self.jobs, self.jobs.sum())
        serious = np.append(self.serious, round(float(self.serious.mean())))
        # Uncertainty grows with the square root of what is estimated.
        margin = np.ceil(1.6 * np.sqrt(shortage * 12) / 10).astype(np.int64) * 10
        tightness = np.round(100 * shortage / (jobs + shortage), 1)
        columns = (shortage, np.maximum(shortage - margin, 0), shortage + margin)
        cells = zip(*(c.tolist() for c in (*columns, tightness, serious)), strict=True)
        return [[n, *row] for n, row in zip((*self.names, "I alt"), cells, strict=True)]

    @property
    def total(self) -> Total:
        """Shortage, lower, upper and tightness of the last row."""
        _, shortage, lower, upper, tightness, _ = self.rows()[-1]
        return int(shortage), int(lower), int(upper), float(tightness)


def answers(scope: Scope) -> list[Answer]:
    """Return one workbook for every year of the survey in its present form."""
    return [_answer(scope, year) for year in scope.stocks if year >= FIRST_SURVEY]


def _answer(scope: Scope, year: int) -> Answer:
    sheets = dict(zip(SHEETS[year], _fills(scope, year), strict=True))
    if year in DETAIL_SHEETS:
        random = scope.model.random(f"survey detail {year}")
        by_occupation, by_education = DETAIL_SHEETS[year]
        total = by_region(scope, year).total
        sheets[by_occupation] = partial(occupation, random=random, year=year, total=total)
        sheets[by_education] = partial(education, random=random, year=year, total=total)
    if year == max(SHEETS):
        sheets[BY_COUNTY_SHEET] = partial(_by_county, scope=scope, year=year)
    return Answer(
        source="nav",
        what=f"Bedriftsundersøkelsen {year}, Figurer og tabeller",
        body=f"nav/bedriftsundersokelse_{year}_figurer_og_tabeller.xlsx",
        content=workbook(sheets),
        as_of=f"{year}-05",
        content_type=XLSX,
        page=PAGE,
    )


def regions(year: int) -> dict[str, tuple[str, ...]]:
    """Region names of a year's survey, each with its counties of 2026."""
    if year <= LAST_OWN_REGIONS:
        return OWN_REGIONS
    return {name.split(" - ")[0]: (code,) for code, name in COUNTIES.items()}


def by_region(scope: Scope, year: int) -> Survey:
    """Shortage of a year by region, from the jobs of the autumn before."""
    named = regions(year)
    jobs = scope.work.jobs[:, year - 1 - FIRST]
    county = scope.model.geography.county
    held = np.array([jobs[np.isin(county, codes)].sum() for codes in named.values()])
    return _drawn(scope, f"region {year}", tuple(named), held, year)


def _drawn(
    scope: Scope, purpose: str, names: tuple[str, ...], jobs: NDArray[np.int64], year: int
) -> Survey:
    random = scope.model.random(f"survey {purpose}")
    level = 0.018 + 0.006 * np.sin(year)
    share = level * np.exp(0.25 * random.standard_normal(len(names)))
    shortage = np.rint(jobs * share / 10).astype(np.int64) * 10
    return Survey(names, shortage, jobs, random.integers(9, 24, len(names)))


def _by_industry(scope: Scope, year: int) -> Survey:
    jobs = scope.work.industry[:, year - 1 - FIRST, :-1].sum(axis=0)
    drawn = _drawn(scope, f"industry {year}", tuple(INDUSTRIES.values())[:-1], jobs, year)
    # The same survey as by county, so the same shortage of the country.
    tens = by_region(scope, year).shortage.sum(keepdims=True) // 10
    shares = drawn.shortage[None, :] / drawn.shortage.sum()
    return replace(drawn, shortage=10 * split(tens, shares, np.zeros(1))[0])


def _fills(scope: Scope, year: int) -> Sequence[Fill]:
    county, industry = by_region(scope, year), _by_industry(scope, year)
    random = scope.model.random(f"barometer {year}")
    shortage = np.rint(county.shortage.sum() * random.dirichlet(np.full(len(GROUPS), 4)))
    groups: list[list[str | int | float]] = [
        [name, int(n), int(n * k)]
        for name, n, k in zip(GROUPS, shortage, random.uniform(0.5, 4, len(GROUPS)), strict=True)
    ]
    groups.append(["I alt", *(sum(int(row[place]) for row in groups) for place in (1, 2))])
    barometer: list[list[str | int | float]] = [
        [y, *_outlook(random)] for y in range(2003, year + 1)
    ]
    outlook: list[list[str | int | float]] = [[name, *_outlook(random)] for name in industry.names]
    shares = ("Positiv", "Negativ", "Nettoandel")
    return [
        partial(titled, title=f"Tabell 1. Mangel etter fylke. {year}", head=("", *HEADER),
                rows=county.rows()),
        partial(titled, title=f"Tabell 2. Mangel etter yrkesgruppe. {year}",
                head=("Yrkesgruppe", "Estimert mangel", "Ledige og på tiltak"), rows=groups),
        partial(titled, title=f"Barometer. {year}", head=("År", *shares), rows=barometer),
        partial(titled, title=f"Barometer etter næring. {year}", head=("Næring", *shares),
                rows=outlook),
        partial(titled, title=f"Mangel etter næring, hele landet. {year}",
                head=("95% konf.int.", *HEADER), rows=industry.rows()),
    ]  # fmt: skip


def _outlook(random: np.random.Generator) -> list[int]:
    positive, negative = (int(n) for n in random.integers(8, 35, 2))
    return [positive, negative, positive - negative]


def _by_county(sheet: Sheet, *, scope: Scope, year: int) -> None:
    """Write shortage by county and industry: counties side by side, as NAV has had it once."""
    jobs = scope.work.industry[:, year - 1 - FIRST, :-1]
    county = scope.model.geography.county
    named = regions(year)
    held = np.stack([jobs[np.isin(county, codes)].sum(axis=0) for codes in named.values()], axis=1)
    share = held * np.exp(0.3 * scope.model.random("by county").standard_normal(held.shape))
    whole = by_region(scope, year).shortage
    lacking = (np.rint(whole * share / share.sum(axis=0) / 25) * 25).astype(np.int64)
    names = [*list(INDUSTRIES.values())[:-1], "I alt"]
    lacking = np.vstack([lacking, whole])
    rows = [[n, *r] for n, r in zip(names, lacking.tolist(), strict=True)]
    titled(sheet, title=f"Tabell V1. Mangel etter fylke og næring. {year}",
           head=("Næring", *named), rows=rows)  # fmt: skip

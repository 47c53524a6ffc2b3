"""Made-up answers of SSB about work: employment, commuting, industry, sector, outside work.

Tables 11618, 03321, 13470, 13472, 13556 and 13563. People come from model.py and work.py,
the form from jsonstat.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sources.made_up.geography import FIRST, Regions
from sources.made_up.jsonstat import (
    Axis,
    Table,
    answer,
    not_in_force,
    per_cent,
    region_axis,
    time_axis,
)
from sources.made_up.model import YOUTH_AGES
from sources.made_up.ssb_people import BOTH_SEXES, PER_CENT, PERSONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sources.made_up.folder import Answer
    from sources.made_up.scope import Scope

INDUSTRIES = {
    "01-03": "Jordbruk, skogbruk og fiske",
    "05-09": "Bergverksdrift og utvinning",
    "10-33": "Industri",
    "35-39": "Elektrisitet, vann og renovasjon",
    "41-43": "Bygge- og anleggsvirksomhet",
    "45-47": "Varehandel, reparasjon av motorvogner",
    "49-53": "Transport og lagring",
    "55-56": "Overnattings- og serveringsvirksomhet",
    "58-63": "Informasjon og kommunikasjon",
    "64-66": "Finansiering og forsikring",
    "68-75": "Teknisk tjenesteyting, eiendomsdrift",
    "77-82": "Forretningsmessig tjenesteyting",
    "84": "Off.adm., forsvar, sosialforsikring",
    "85": "Undervisning",
    "86-88": "Helse- og sosialtjenester",
    "90-99": "Personlig tjenesteyting",
    "00": "Uoppgitt",
}
SECTORS = {"6100": "6100", "6500.6": "6500.6", "6500.7": "6500.7", "A+B+D+E.5-7": "A+B+D+E.5-7"}
PRIVATE = {"A+B+D+E.0-1+9": "Privat sektor"}
STATUS = "Utenfor arbeid, utdanning og arbeidsmarkedstiltak"
# First year of the tables of industry and sector.
INDUSTRY_FROM = 2016
# Workplaces outside the county that a county's commuting always shows.
OUTSIDE = ("0301", "1101")


def answers(scope: Scope) -> list[Answer]:
    """Return the answers of all six tables."""
    result = [employment(scope), *commuting(scope), status(scope)]
    if scope.last_year > INDUSTRY_FROM:
        result += [industry(scope), sector(scope)]
    return result


def _measure(codes: dict[str, str], unit: tuple[str, int] = PERSONS) -> Axis:
    return Axis("ContentsCode", "statistikkvariabel", codes, units=dict.fromkeys(codes, unit))


def _window(figures: NDArray[np.int64], years: list[int]) -> NDArray[np.int64]:
    return figures[:, years[0] - FIRST : years[-1] + 1 - FIRST]


def employment(scope: Scope) -> Answer:
    """11618: people and employed of 15-74; codes not in force in a year stand as 0."""
    work, years, regions = scope.work, scope.years, scope.everything
    figures = np.stack([work.working_age, work.employed_at_home, work.jobs], axis=-1)
    sums = regions.sums(_window(figures, years), years)
    contents = {
        "BefolkningBosted": "Befolkning etter bosted",
        "SysselBosted": "Sysselsatte etter bosted",
        "SysselArbsted": "Sysselsatte etter arbeidssted",
    }
    axes = [
        region_axis(regions),
        Axis("Kjonn", "kjønn", {"0": "Begge kjønn"}, total="0"),
        Axis("Alder", "alder", {"15-74": "15-74 år"}, total="15-74"),
        _measure(contents),
        time_axis(years),
    ]
    title = "Befolkning og sysselsatte per 4. kvartal, etter bosted og arbeidssted (K)"
    return answer(Table("11618", title, scope.published("02-26")), axes, sums[:, None, None])


def commuting(scope: Scope) -> list[Answer]:
    """03321: one matrix a year on that year's codes, zeros explicit."""
    title = "Sysselsatte per 4. kvartal, etter arbeidssteds- og bostedskommune (K)"
    table = Table("03321", title, scope.published("02-26"))
    return [_matrix(scope, table, year) for year in scope.years]


def _matrix(scope: Scope, table: Table, year: int) -> Answer:
    geography = scope.model.geography
    codes = set(geography.codes_between(year, year, scope.counties))
    # A county alone would show no commuting across its border.
    extra = OUTSIDE if scope.counties is not None else ()
    regions = Regions(geography, sorted(codes.union(extra)), year)
    member = regions.member(year)
    # Whole persons below 2**53: the float product is exact.
    trips = scope.work.commuting[:, year - FIRST].astype(np.float64)
    figures = np.rint(member @ trips.T @ member.T).astype(np.int64)
    axes = [
        region_axis(regions, "ArbstedKomm", "arbeidsstedskommune"),
        region_axis(regions, "Bokommuen", "bostedskommune"),
        _measure({"Sysselsatte": "Sysselsatte"}),
        time_axis([year], whole=False),
    ]
    return answer(table, axes, figures[:, :, None, None], name=f"data_{year}")


def industry(scope: Scope) -> Answer:
    """13470: jobs by industry; adds up to the jobs of 11618."""
    years = [year for year in scope.years if year >= INDUSTRY_FROM]
    regions = scope.everything
    sums = regions.sums(_window(scope.work.industry, years), years)
    axes = [
        region_axis(regions),
        Axis("NACE2007", "næring (SN2007)", INDUSTRIES, codelist="agg_NACE2007arb11"),
        _measure({"SysselsatteArb": "Sysselsatte personer etter arbeidssted"}),
        time_axis(years),
    ]
    table = Table("13470", "Næringsfordeling blant sysselsatte (K)", scope.published("02-26"))
    return answer(table, axes, sums[:, :, None], not_in_force(regions, years, 4))


def sector(scope: Scope) -> Answer:
    """13472: jobs by sector; adds up to the jobs of 11618 but for a few persons."""
    years = [year for year in scope.years if year >= INDUSTRY_FROM]
    regions = scope.everything
    sums = regions.sums(_window(scope.work.sector, years), years)
    axes = [
        region_axis(regions),
        Axis("Sektor", "sektor", SECTORS | PRIVATE),
        _measure({"SysselEtterArbste": "Sysselsatte personer etter arbeidssted"}),
        time_axis(years),
    ]
    table = Table("13472", "Sysselsatte, etter sektor (K)", scope.published("02-26"))
    return answer(table, axes, sums[:, :, None], not_in_force(regions, years, 4))


def status(scope: Scope) -> Answer:
    """13556: young people outside work and education, counts and per cent."""
    years, regions, model = scope.years, scope.everything, scope.model
    people = np.stack([model.aged(*ages) for ages in YOUTH_AGES], axis=-1)
    outside, everyone = (
        _totals(regions.sums(_window(figures, years), years)) for figures in (model.neet, people)
    )
    figures = np.stack([outside.astype(float), per_cent(outside, everyone)], axis=3)
    ages = ["15-29", *(f"{low}-{high}" for low, high in YOUTH_AGES)]
    axes = [
        region_axis(regions),
        Axis("HovArbStyrkStatus", "prioritert arbeidsstyrkestatus", {"NEET": STATUS}),
        Axis("Alder", "alder", {age: f"{age} år" for age in ages}, total="15-29"),
        Axis("Kjonn", "kjønn", BOTH_SEXES, total="0"),
        Axis(
            "ContentsCode",
            "statistikkvariabel",
            {"Bosatte": "Bosatte", "BosatteProsent": "Bosatte (prosent)"},
            units={"Bosatte": PERSONS, "BosatteProsent": PER_CENT},
        ),
        time_axis(years),
    ]
    title = "Tilknytning til arbeid, utdanning og velferdsordninger (K)"
    table = Table("13556", title, scope.published("09-04"))
    return answer(table, axes, figures[:, None], not_in_force(regions, years, 6))


def _totals(sums: NDArray[np.int64]) -> NDArray[np.int64]:
    """(regions, sex, age, years) -> (regions, total and ages, total and sexes, years)."""
    by_age = np.concatenate([sums.sum(axis=2, keepdims=True), sums], axis=2)
    by_sex = np.concatenate([by_age.sum(axis=1, keepdims=True), by_age], axis=1)
    return by_sex.swapaxes(1, 2)

"""Made-up answers of SSB about employed residents: by age, education and country background.

Tables 07984, 11615, 11930 and 11607. People come from employment.py, the form from jsonstat.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sources.made_up.employment import AGES, Employment
from sources.made_up.geography import COUNTRY, FIRST, Regions
from sources.made_up.jsonstat import (
    CONFIDENTIAL,
    Axis,
    Table,
    answer,
    not_in_force,
    per_cent,
    region_axis,
    time_axis,
)
from sources.made_up.ssb_people import PER_CENT, PERSONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sources.made_up.folder import Answer
    from sources.made_up.scope import Scope

# The tables are asked for women and men; the model has them in this order.
SEXES = {"2": "Kvinner", "1": "Menn"}
LEVELS = {
    "1": "Grunnskolenivå",
    "2": "Videregående skolenivå",
    "3": "Universitets- og høgskolenivå, kort",
    "4": "Universitets- og høgskolenivå, lang",
}
ALL_FIELDS = {"00": "Alle fagfelt"}
BACKGROUNDS = {
    "tot": "I alt",
    "abc": "Befolkningen eksklusive innvandrere",
    "zzz": "Innvandrere i alt",
    "ddd": "Norden utenom Norge, EU/EFTA, Storbritannia, USA, Canada, Australia, New Zealand",
    "eee": "Europa utenom EU/EFTA og Storbritannia, Afrika, Asia, Amerika utenom USA og Canada, "
    "Oseania utenom Australia og New Zealand, polare områder",
}
# Groups with fewer people are confidential.
FEW = 10


def answers(scope: Scope) -> list[Answer]:
    """Return the answers of all four tables."""
    employment = Employment(scope)
    return [
        by_age(scope, employment),
        by_level(scope, employment),
        rate_by_level(scope, employment),
        rate_by_background(scope, employment),
    ]


def _window(figures: NDArray[np.int64], years: list[int]) -> NDArray[np.int64]:
    return figures[:, years[0] - FIRST : years[-1] + 1 - FIRST]


def _measure(code: str, label: str, unit: tuple[str, int]) -> Axis:
    return Axis("ContentsCode", "statistikkvariabel", {code: label}, units={code: unit})


def by_age(scope: Scope, employment: Employment) -> Answer:
    """07984: employed people; adds up to those of 11618. Codes not in force stand as 0."""
    regions, years = scope.everything, scope.years
    sums = regions.sums(_window(employment.by_age, years), years)
    ages = {f"{low}-{high}": f"{low}-{high} år" for low, high in AGES}
    axes = [
        region_axis(regions),
        Axis("Kjonn", "kjønn", SEXES),
        Axis("Alder", "alder", ages),
        _measure("Sysselsatte", "Sysselsatte personer etter bosted", PERSONS),
        time_axis(years),
    ]
    title = "Sysselsatte per 4. kvartal, etter bosted, arbeidssted, kjønn og alder (K)"
    return answer(Table("07984", title, scope.published("02-26")), axes, sums[:, :, :, None])


def by_level(scope: Scope, employment: Employment) -> Answer:
    """11615: employed people of known level of education. Codes not in force stand as 0."""
    regions, years = scope.everything, scope.years
    known = employment.by_level[..., : len(LEVELS)]
    sums = regions.sums(_window(known, years), years)
    axes = [
        region_axis(regions),
        Axis("Kjonn", "kjønn", SEXES),
        Axis("Fagfelt", "fagfelt", ALL_FIELDS, total="00"),
        Axis("UtdNivaa", "utdanningsnivå", LEVELS),
        _measure("SysselsatteBosted", "Sysselsatte personer etter bosted", PERSONS),
        time_axis(years),
    ]
    title = "Sysselsatte per 4. kvartal, etter fagfelt og utdanningsnivå (K)"
    table = Table("11615", title, scope.published("02-26"))
    return answer(table, axes, sums[:, :, None, :, None])


def rate_by_level(scope: Scope, employment: Employment) -> Answer:
    """11930: employed per cent of people of 20-66, by level; counties and the country only."""
    counties = scope.model.geography.counties_between(scope.first_year, scope.last_year)
    regions = Regions(scope.model.geography, [COUNTRY, *counties], scope.last_year)
    years = scope.years
    at_work, people = (regions.sums(_window(f, years), years) for f in employment.core_by_level)
    rates = per_cent(at_work, people)[:, : len(LEVELS)]
    axes = [
        region_axis(regions),
        Axis("Kjonn", "kjønn", {"0": "Begge kjønn"}, total="0"),
        Axis("Alder", "alder", {"20-66": "20-66 år"}),
        Axis("Fagfelt", "fagfelt", ALL_FIELDS, total="00"),
        Axis("UtdNivaa", "utdanningsnivå", LEVELS),
        _measure("SysselsatteBefolk", "Sysselsatte i prosent av befolkningen", PER_CENT),
        time_axis(years),
    ]
    title = "Sysselsatte, etter bosted, alder, fagfelt og utdanningsnivå (prosent) (F)"
    table = Table("11930", title, scope.published("02-26"))
    return answer(table, axes, rates[:, None, None, None, :, None])


def rate_by_background(scope: Scope, employment: Employment) -> Answer:
    """11607: employed per cent of people of 15-74, by country background; "." for codes gone."""
    regions, years = scope.everything, scope.years
    at_work, people = (
        _totals(regions.sums(_window(figures, years), years))
        for figures in employment.by_background
    )
    marks = np.where((people < FEW), CONFIDENTIAL, 0).astype(np.uint8)[:, :, None, :, None]
    gone = not_in_force(regions, years, 6)
    axes = [
        region_axis(regions),
        Axis("Landbakgrunn", "landbakgrunn", BACKGROUNDS, total="tot"),
        Axis("Alder", "alder", {"15-74": "15-74 år"}),
        Axis("Kjonn", "kjønn", {"0": "Begge kjønn"} | SEXES, total="0"),
        _measure("Sysselsatte2", "Sysselsatte i prosent av befolkningen", PER_CENT),
        time_axis(years),
    ]
    title = "Landbakgrunn, alder og kjønn blant sysselsatte. 4. kvartal (K)"
    table = Table("11607", title, scope.published("03-05"))
    rates = per_cent(at_work, people)[:, :, None, :, None]
    return answer(table, axes, rates, np.where(gone > 0, gone, marks))


def _totals(sums: NDArray[np.int64]) -> NDArray[np.int64]:
    """(regions, sex, background, years) -> (regions, BACKGROUNDS, total and sexes, years)."""
    by_sex = np.concatenate([sums.sum(axis=1, keepdims=True), sums], axis=1)
    others, near, far = np.moveaxis(by_sex, 2, 0)
    groups = (others + near + far, others, near + far, near, far)
    return np.stack(groups, axis=1)

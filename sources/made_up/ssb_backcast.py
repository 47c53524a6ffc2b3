"""Made-up answers of SSB on back-cast code lists: table 13563 with K-, F- and country codes.

agg_KommSummer carries the municipalities of 2024 backwards, with SSB's own holes: split
municipalities and those they merged with stand under K-Rest before 2020, and all of 1507 stands
on K-1508. People come from work.py, the form from jsonstat.py.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from sources.made_up.geography import COUNTIES, COUNTRY, FIRST, YEARS, Regions
from sources.made_up.jsonstat import Axis, Table, answer, region_axis, time_axis
from sources.made_up.ssb_people import PERSONS
from sources.made_up.ssb_work import STATUS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sources.made_up.folder import Answer
    from sources.made_up.geography import Geography
    from sources.made_up.scope import Scope

REST = "Rest"
REST_LABEL = "Delte kommuner og uoppgitt"
# Codes that agg_KommSummer leaves in K-Rest (facts of SSB's list).
LEFT_OUT = (
    "0720", "1571", "1612", "1613", "1617", "1622", "1636", "1638", "1805", "1849", "1850",
    "1854", "5011", "5012", "5013", "5016", "5023", "5024",
)  # fmt: skip
AALESUND = ("1507", "1534")


def answers(scope: Scope) -> list[Answer]:
    """Return 13563 by municipality (K-), county (F-) and for the country."""
    geography, year = scope.model.geography, scope.last_year
    towns = geography.codes_between(year, year, scope.counties)
    labels = [*(geography.label(code, year) for code in towns), REST_LABEL]
    constant = np.repeat(geography.county[:, None], len(YEARS), axis=1)
    by_town = dataclasses.replace(geography, codes=_targets(geography))
    by_county = dataclasses.replace(geography, codes=constant)
    return [
        _answer(scope, "agg_KommSummer", "K-", Regions(by_town, [*towns, REST], year, labels)),
        _answer(scope, "agg_KommFylker", "F-", Regions(by_county, list(COUNTIES), year)),
        _answer(scope, "vs_Landet", "", Regions(geography, [COUNTRY], year)),
    ]


def _targets(geography: Geography) -> NDArray[np.str_]:
    """Areas x years: the code of today that agg_KommSummer puts each area on."""
    today = np.repeat(geography.codes[:, -1:], len(YEARS), axis=1)
    today[np.isin(geography.codes, AALESUND)] = "1508"
    today[np.isin(geography.codes, LEFT_OUT)] = REST
    return today


def _answer(scope: Scope, codelist: str, prefix: str, regions: Regions) -> Answer:
    years = scope.years
    people = scope.work.attachment[:, years[0] - FIRST : years[-1] + 1 - FIRST]
    sums = regions.sums(people, years)  # regions x age x immigration x status x years
    by_origin = np.concatenate([sums.sum(axis=2, keepdims=True), sums], axis=2)
    figures = np.moveaxis(by_origin, 3, 1)[:, :, :, :, None]
    # Only the municipalities are cut to the counties asked for.
    asked = None if prefix == "K-" and scope.counties is not None else "*"
    axis = region_axis(regions)
    codes = {f"{prefix}{code}": label for code, label in axis.codes.items()}
    axes = [
        dataclasses.replace(axis, codes=codes, codelist=codelist, asked=asked),
        Axis(
            "HovArbStyrkStatus",
            "prioritert arbeidsstyrkestatus",
            {"TOT3": "I alt", "NEET2": STATUS},
            codelist="vs_ArbStatus2018niva4a",
        ),
        Axis("Alder", "alder", {"15-29": "15-29 år", "30-61": "30-61 år"}),
        Axis(
            "InnvandrKat",
            "innvandringskategori",
            {"A-G": "Alle", "B": "Innvandrere", "A_C-G": "Andre enn innvandrere"},
        ),
        Axis(
            "ContentsCode", "statistikkvariabel", {"Bosatte": "Bosatte"}, units={"Bosatte": PERSONS}
        ),
        time_axis(years),
    ]
    title = "Tilknytning til arbeid, utdanning og velferdsordninger (K)"
    table = Table("13563", title, scope.published("09-04"))
    return answer(table, axes, figures, name=f"data_{codelist}")

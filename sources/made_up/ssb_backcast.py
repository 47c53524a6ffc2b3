"""Made-up answers of SSB on back-cast code lists: 13563, and 13470 to hold against our own sums.

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
from sources.made_up.ssb_work import INDUSTRIES, INDUSTRY_FROM, STATUS
from sources.made_up.work import STATUSES

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
TITLE = "Tilknytning til arbeid, utdanning og velferdsordninger (K)"
STATUS_LABELS = (
    "Sysselsatte", "Arbeidsledige", "Arbeidsmarkedstiltak", "Utdanning",
    "Mottakere av arbeidsavklaringspenger / uføretrygd", "AFP/Alderspensjon", "Andre",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class _List:
    """A code list with its regions: codes as the list has them, and what a question says."""

    id: str
    prefix: str
    regions: Regions

    def axis(self, scope: Scope) -> Axis:
        """Region under this code list."""
        # Only the municipalities are cut to the counties asked for.
        asked = None if self.prefix == "K-" and scope.counties is not None else "*"
        axis = region_axis(self.regions)
        codes = {f"{self.prefix}{code}": label for code, label in axis.codes.items()}
        return dataclasses.replace(axis, codes=codes, codelist=self.id, asked=asked)


def answers(scope: Scope) -> list[Answer]:
    """Return 13563 by municipality (K-), county (F-) and country, and 13470 by K- codes."""
    geography, year = scope.model.geography, scope.last_year
    constant = np.repeat(geography.county[:, None], len(YEARS), axis=1)
    by_county = dataclasses.replace(geography, codes=constant)
    lists = [
        municipalities(scope),
        _List("agg_KommFylker", "F-", Regions(by_county, list(COUNTIES), year)),
        _List("vs_Landet", "", Regions(geography, [COUNTRY], year)),
    ]
    found = [make(scope, one) for make in (_outside, _statuses) for one in lists]
    return [*found, industry(scope)] if scope.last_year > INDUSTRY_FROM else found


def municipalities(scope: Scope) -> _List:
    """agg_KommSummer: the municipalities asked for, and the rest."""
    geography, year = scope.model.geography, scope.last_year
    towns = geography.codes_between(year, year, scope.counties)
    labels = [*(geography.label(code, year) for code in towns), REST_LABEL]
    by_town = dataclasses.replace(geography, codes=_targets(geography))
    return _List("agg_KommSummer", "K-", Regions(by_town, [*towns, REST], year, labels))


def _targets(geography: Geography) -> NDArray[np.str_]:
    """Areas x years: the code of today that agg_KommSummer puts each area on."""
    today = np.repeat(geography.codes[:, -1:], len(YEARS), axis=1)
    today[np.isin(geography.codes, AALESUND)] = "1508"
    today[np.isin(geography.codes, LEFT_OUT)] = REST
    return today


def _sums(scope: Scope, one: _List, figures: NDArray[np.int64], first: int) -> NDArray[np.int64]:
    """Sums over the list's regions from a year on: regions x breakdowns x years."""
    years = [year for year in scope.years if year >= first]
    return one.regions.sums(figures[:, years[0] - FIRST : years[-1] + 1 - FIRST], years)


def _outside(scope: Scope, one: _List) -> Answer:
    """13563: residents and those outside, by age and immigration category."""
    # regions x age x immigration x (all, outside) x years
    sums = _sums(scope, one, scope.work.attachment, FIRST)
    by_origin = np.concatenate([sums.sum(axis=2, keepdims=True), sums], axis=2)
    status = {"TOT3": "I alt", "NEET2": STATUS}
    groups = {"A-G": "Alle", "B": "Innvandrere", "A_C-G": "Andre enn innvandrere"}
    axes = _axes(scope, one, (status, "vs_ArbStatus2018niva4a"), groups)
    figures = np.moveaxis(by_origin, 3, 1)[:, :, :, :, None]
    table = Table("13563", TITLE, scope.published("09-04"))
    return answer(table, axes, figures, name=f"data_{one.id}")


def _statuses(scope: Scope, one: _List) -> Answer:
    """13563: residents by main status and age."""
    sums = _sums(scope, one, scope.work.statuses, FIRST)  # regions x age x status x years
    status = dict(zip(STATUSES, STATUS_LABELS, strict=True))
    axes = _axes(scope, one, (status, "vs_ArbStatus2018niva2a"), {"A-G": "Alle"})
    figures = sums.swapaxes(1, 2)[:, :, :, None, None]
    table = Table("13563", TITLE, scope.published("09-04"))
    return answer(table, axes, figures, name=f"data_status_{one.id}")


def _axes(
    scope: Scope, one: _List, status: tuple[dict[str, str], str], groups: dict[str, str]
) -> list[Axis]:
    codes, codelist = status
    return [
        one.axis(scope),
        Axis("HovArbStyrkStatus", "prioritert arbeidsstyrkestatus", codes, codelist=codelist),
        Axis("Alder", "alder", {"15-29": "15-29 år", "30-61": "30-61 år"}),
        Axis("InnvandrKat", "innvandringskategori", groups),
        _measure({"Bosatte": "Bosatte"}),
        time_axis(scope.years),
    ]


def _measure(codes: dict[str, str]) -> Axis:
    return Axis("ContentsCode", "statistikkvariabel", codes, units=dict.fromkeys(codes, PERSONS))


def industry(scope: Scope) -> Answer:
    """13470 on the list's municipalities, to hold against our own sums; used for no figure."""
    one = municipalities(scope)
    axes = [
        one.axis(scope),
        Axis("NACE2007", "næring (SN2007)", INDUSTRIES, codelist="agg_NACE2007arb11"),
        _measure({"SysselsatteArb": "Sysselsatte personer etter arbeidssted"}),
        time_axis([year for year in scope.years if year >= INDUSTRY_FROM]),
    ]
    sums = _sums(scope, one, scope.work.industry, INDUSTRY_FROM)
    table = Table("13470", "Næringsfordeling blant sysselsatte (K)", scope.published("02-26"))
    return answer(table, axes, sums[:, :, None], name="backcast_agg_KommSummer")

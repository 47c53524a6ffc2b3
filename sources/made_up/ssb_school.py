"""Made-up answers of SSB about school: tables 14882, 12274 and 07495, all by county.

Completion comes from school.py, people from model.py, the form from jsonstat.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sources.made_up.geography import COUNTIES, COUNTRY, FIRST, Regions
from sources.made_up.jsonstat import (
    NOT_APPLICABLE,
    Axis,
    Table,
    answer,
    not_in_force,
    per_cent,
    region_axis,
    rounded,
    time_axis,
)
from sources.made_up.school import YEARS_TO_MEASURE, School
from sources.made_up.ssb_people import BOTH_SEXES, PER_CENT, PERSONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sources.made_up.folder import Answer
    from sources.made_up.scope import Scope

OUTCOMES = {
    "5": "I alt",
    "1a": "Fullført med studie- eller yrkeskompetanse på normert tid",
    "2a": "Fullført med studie- eller yrkeskompetanse på mer enn normert tid",
    "4b": "Fullført planlagt grunnkompetanse innen fem/seks år",
    "003a": "Fortsatt i videregående opplæring etter fem/seks år, uten fullføring",
    "8b": "Gjennomført siste skoleår eller gått opp til fagprøve, ikke bestått",
    "9": "Sluttet før eller i siste skoleår",
}
POINTS = {
    "01-09": "Alle karakterer",
    "01+02": "10-29 poeng",
    "03+04": "30-39 poeng",
    "05+06": "40-49 poeng",
    "07+08": "50 poeng eller mer",
    "09": "Mangler grunnskolepoeng",
}
POINTS_FROM = 2019


def answers(scope: Scope) -> list[Answer]:
    """Return 14882 and 07495 where their years allow, and 12274."""
    school = School(scope)
    result = [completion(scope, school)] if school.cohorts else []
    result.append(enrolled(scope))
    return [*result, points(scope)] if scope.last_year >= POINTS_FROM else result


def completion(scope: Scope, school: School) -> Answer:
    """14882: pupils (rounded to 3) and per cent by outcome; "." where there was no county."""
    figures = np.moveaxis(school.completion, 1, -1)  # county x sex x points x outcome x cohort
    figures = _with_total(_with_total(_with_total(figures, 1), 2), 3)
    figures = np.concatenate([figures.sum(axis=0, keepdims=True), figures])
    figures = np.moveaxis(figures, 3, 1)  # region x outcome x sex x points x cohort
    # Per cent come from the counts before they were rounded.
    cells = np.stack([_to_three(figures), per_cent(figures, figures[:, :1])], axis=4)
    # Before 2018 Trøndelag has nobody, afterwards its two parts have nobody.
    gone = (figures[:, 0, 0, 0] == 0)[:, None, None, None, None]
    codes = {"01-99": "I alt"} | {c: school.label(c) for c in school.counties.codes}
    periods = [f"{year}-{year + YEARS_TO_MEASURE}" for year in school.cohorts]
    axes = [
        Axis("Region", "region", codes, total="01-99"),
        Axis("FullforingVGO", "fullføringsgrad", OUTCOMES, total="5"),
        Axis("Kjonn", "kjønn", BOTH_SEXES, total="0"),
        Axis("Poeng", "grunnskolepoeng", POINTS, total="01-09"),
        Axis(
            "ContentsCode",
            "statistikkvariabel",
            {"Personer": "Elever", "Prosent": "Elever (prosent)"},
            units={"Personer": PERSONS, "Prosent": PER_CENT},
        ),
        time_axis(periods, "intervall (år)", whole=False),
    ]
    title = "Gjennomføring i videregående opplæring, etter grunnskolepoeng (F)"
    table = Table("14882", title, scope.published("06-04"))
    return answer(table, axes, cells, np.where(gone, NOT_APPLICABLE, 0).astype(np.uint8))


def _with_total(figures: NDArray[np.int64], axis: int) -> NDArray[np.int64]:
    return np.concatenate([figures.sum(axis=axis, keepdims=True), figures], axis=axis)


def _to_three(figures: NDArray[np.int64]) -> NDArray[np.float64]:
    return 3 * rounded(figures / 3, 0)


def _counties(scope: Scope) -> Regions:
    return Regions(scope.model.geography, [COUNTRY, *COUNTIES], scope.last_year)


def enrolled(scope: Scope) -> Answer:
    """12274: share of those of 16-18 in upper secondary, counties of 2024 only."""
    regions, years, model = _counties(scope), scope.years, scope.model
    young = model.aged(16, 18).sum(axis=-1)[:, years[0] - FIRST : years[-1] + 1 - FIRST]
    share = np.array([0.22, 0.78])
    odd = model.uniform("odd enrolled", 2)
    people = np.floor(young[..., None] * share + odd[:, 0, None, None]).astype(np.int64)
    rate = np.array([0.865, 0.932]) * np.exp(0.012 * model.normal("enrolled", 1, 1))
    pupils = np.floor(people * np.minimum(rate, 1) + odd[:, 1, None, None]).astype(np.int64)
    inside, everyone = (_with_total(regions.sums(f, years), 1) for f in (pupils, people))
    codes = {
        "EAFK" if code == COUNTRY else f"{code}00": "Landet" if code == COUNTRY else label
        for code, label in zip(regions.codes, regions.labels, strict=True)
    }
    measure = "KOSand16180000"
    axes = [
        Axis("KOKfylkesregion0000", "region", codes),
        Axis(
            "KOKinnvandringka0000",
            "innvandringsbakgrunn",
            {"0": "Alle", "J": "Med innvandringsbakgrunn", "N": "Uten innvandringsbakgrunn"},
        ),
        Axis("KOKutdstatus0000", "utdanningsstatus", {"I": "I videregående opplæring"}),
        Axis(
            "ContentsCode",
            "statistikkvariabel",
            {measure: "Andel 16-18 år (prosent)"},
            units={measure: PER_CENT},
        ),
        time_axis(years),
    ]
    cells = per_cent(np.minimum(inside, everyone), everyone)[:, :, None, None]
    title = "Ungdom 16-18 år i videregående opplæring (F)"
    table = Table("12274", title, scope.published("06-15"))
    return answer(table, axes, cells, not_in_force(regions, years, 5))


def points(scope: Scope) -> Answer:
    """07495: average lower secondary points; 0, not a mark, where there was no county."""
    regions, years = _counties(scope), [y for y in scope.stocks if y >= POINTS_FROM]
    random = scope.model.random("points")
    county = 0.5 * random.standard_normal((len(regions.codes), 1, 1))
    county[0] = 0
    sex = np.array([0.0, -2.1, 2.1])[:, None]
    wave = 0.35 * np.sin(np.arange(len(years)))
    average = rounded(42.3 + county + sex + wave + 0.1 * random.standard_normal(county.shape))
    # SSB writes 0 here; a reader must know that it is no average.
    average = average * regions.in_force(years)[:, None]
    axes = [
        region_axis(regions, total=COUNTRY),
        Axis("Kjonn", "kjønn", {"0": "Begge kjønn", "10": "Gutter", "11": "Jenter"}, total="0"),
        Axis("ForeldrUtd", "foreldrenes utdanningsnivå", {"00": "I alt"}, total="00"),
        Axis(
            "ContentsCode",
            "statistikkvariabel",
            {"Grunnskolepoeng": "Grunnskolepoeng"},
            units={"Grunnskolepoeng": ("poeng", 1)},
        ),
        time_axis(years),
    ]
    table = Table("07495", "Grunnskolepoeng (F)", scope.published("08-25"))
    return answer(table, axes, average[:, :, None, None])

"""Made-up answers of SSB about people: population, projection, education level.

Tables 07459, 14746 and 09429. People come from model.py, the form from jsonstat.py.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from sources.made_up.geography import FIRST, LAST
from sources.made_up.jsonstat import (
    CONFIDENTIAL,
    LIMIT,
    NOT_APPLICABLE,
    NOT_AVAILABLE,
    Axis,
    Table,
    answer,
    not_in_force,
    per_cent,
    region_axis,
    time_axis,
)
from sources.made_up.model import AGES, LAST_PROJECTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sources.made_up.folder import Answer
    from sources.made_up.scope import Scope

PERSONS = ("personer", 0)
PER_CENT = ("prosent", 1)
BOTH_SEXES = {"0": "Begge kjønn", "2": "Kvinner", "1": "Menn"}
LEVELS = {
    "01": "Grunnskolenivå",
    "02a": "Videregående skolenivå",
    "11": "Fagskolenivå",
    "03a": "Universitets- og høgskolenivå, kort",
    "04a": "Universitets- og høgskolenivå, lang",
    "09a": "Uoppgitt eller ingen fullført utdanning",
}
VOCATIONAL, UNSTATED = 2, 5
# From this year per cent of 09429 include unstated level, before that they leave it out.
WHOLE_BASE = 2025
AGE_GROUPS = {
    "F311": (0, 0), "F312": (1, 5), "F313": (6, 12), "F314": (13, 15), "F315": (16, 19),
    "F316": (20, 44), "F317": (45, 66), "F318": (67, 79), "F319": (80, 89), "F320": (90, 105),
}  # fmt: skip
SCHOOL_AGES = (16, 17, 18)
# Growth a year beyond the trend of the main, low and high alternative.
ALTERNATIVES = {
    "Personer": ("Hovedalternativet (MMMM)", 0.0),
    "Personer1": ("Lav nasjonal vekst (LLML)", -0.005),
    "Personer2": ("Høy nasjonal vekst (HHMH)", 0.005),
}
TINY = 700


def answers(scope: Scope) -> list[Answer]:
    """Return the answers of 07459, both vintages of 09429, and 14746 if it is out by then."""
    result = [*population(scope), *education(scope)]
    return [*result, *projections(scope)] if scope.last_year == LAST else result


def population(scope: Scope) -> list[Answer]:
    """07459: totals in one answer, then by sex and age in as many as the cell limit asks for."""
    table = Table("07459", "Befolkning", scope.published("02-25"))
    measure = Axis(
        "ContentsCode",
        "statistikkvariabel",
        {"Personer1": "Personer"},
        units={"Personer1": ("antall", 0)},
    )
    regions, years = scope.everything, scope.stocks
    people = scope.model.population[:, years[0] - FIRST : years[-1] + 1 - FIRST]
    sums = regions.sums(people, years)
    axis = region_axis(regions)
    totals = sums.sum(axis=(1, 2))[:, None]
    marks = not_in_force(regions, years, 3)
    result = [answer(table, [axis, measure, time_axis(years)], totals, marks, "data_i_alt")]
    # The real table has no code for both sexes or all ages: leaving them out adds them up.
    sex = Axis("Kjonn", "kjønn", {"2": "Kvinner", "1": "Menn"})
    age = Axis("Alder", "alder", {_age_code(a): _age_label(a) for a in range(AGES)})
    step = max(1, LIMIT // (len(regions.codes) * 2 * AGES))
    for start in range(0, len(years), step):
        part = years[start : start + step]
        axes = [axis, sex, age, measure, time_axis(part, whole=False)]
        figures = sums[..., start : start + step][:, :, :, None]
        marks = not_in_force(regions, part, 5)
        name = f"data_alder_kjonn_{part[0]}-{part[-1]}"
        result.append(answer(table, axes, figures, marks, name))
    return result


def _age_code(age: int) -> str:
    return "105+" if age == AGES - 1 else f"{age:03d}"


def _age_label(age: int) -> str:
    return "105 år eller eldre" if age == AGES - 1 else f"{age} år"


def projections(scope: Scope) -> list[Answer]:
    """14746: functional age groups, then the ages of upper secondary education one by one."""
    # Three alternatives of every area, year and age are costly: made once for both answers.
    people = [scope.model.projection(growth) for _, growth in ALTERNATIVES.values()]
    labels = {code: _group_label(*ages) for code, ages in AGE_GROUPS.items()}
    groups = Axis("Alder", "alder", labels, codelist="agg_Funksjonell4")
    ages = Axis("Alder", "alder", {_age_code(age): _age_label(age) for age in SCHOOL_AGES})
    return [
        _projection(scope, people, groups, list(AGE_GROUPS.values()), "data"),
        _projection(scope, people, ages, [(age, age) for age in SCHOOL_AGES], "data_ages"),
    ]


def _projection(
    scope: Scope,
    people: Sequence[NDArray[np.int64]],
    groups: Axis,
    spans: Sequence[tuple[int, int]],
    name: str,
) -> Answer:
    """Country, counties and municipalities by year, alternative and the spans of ages."""
    years = list(range(LAST, LAST_PROJECTED + 1))
    by_group = [
        np.stack([of_one[..., low : high + 1].sum(axis=-1) for low, high in spans], axis=-1)
        for of_one in people
    ]
    figures = np.stack(by_group, axis=-1)
    regions = scope.today
    # Every projected year is on the codes of 2026.
    sums = regions.sums(figures.reshape(len(figures), 1, -1), [LAST])
    sums = sums.reshape(len(regions.codes), len(years), len(spans), len(ALTERNATIVES))
    axes = [
        region_axis(regions),
        groups,
        Axis(
            "ContentsCode",
            "statistikkvariabel",
            {code: label for code, (label, _) in ALTERNATIVES.items()},
            units=dict.fromkeys(ALTERNATIVES, PERSONS),
        ),
        time_axis(years),
    ]
    table = Table("14746", "Framskrevet folkemengde (K)", scope.published("06-12"))
    return answer(table, axes, np.moveaxis(sums, 1, -1), name=name)


def _group_label(low: int, high: int) -> str:
    if high == AGES - 1:
        return f"{low} år eller eldre"
    return f"{low} år" if low == high else f"{low}-{high} år"


def education(scope: Scope) -> list[Answer]:
    """09429 as last published, and as published ten months earlier, a year shorter.

    A few counts of the earlier vintage were revised since.
    """
    title = "Utdanningsnivå, etter kommune og kjønn (K)"
    newest = Table("09429", title, scope.published("07-03"))
    earlier = Table("09429", title, scope.published("08-28", scope.last_year - 1))
    counts = scope.model.education[:, scope.first_year - FIRST : scope.last_year - FIRST]
    found = [_education(scope, newest, scope.years, counts)]
    if len(scope.years) > 1:
        name = f"vintages/{earlier.as_of}/data"
        before = _education(scope, earlier, scope.years[:-1], _unrevised(scope, counts[:, :-1]))
        found.append(dataclasses.replace(before, body=f"ssb/09429/{name}.json"))
    return found


def _unrevised(scope: Scope, counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Move a few people of the last year between two levels in one area in twenty."""
    # Moved between levels, so that no total changes.
    before = counts.copy()
    few = scope.model.uniform("revised") < 1 / 20
    moved = np.minimum(3, before[few, -1, :, 0])
    before[few, -1, :, 0] -= moved
    before[few, -1, :, 1] += moved
    return before


def _education(scope: Scope, table: Table, years: list[int], counts: NDArray[np.int64]) -> Answer:
    regions = scope.everything
    sums = regions.sums(counts, years)  # regions x sex x level x years
    sums = np.stack([sums.sum(axis=1), sums[:, 0], sums[:, 1]], axis=2)
    base = sums.sum(axis=1, keepdims=True)
    # SSB's own base: per cent of those with known level, until the base was widened.
    known = base - sums[:, UNSTATED:]
    whole = np.array([year >= WHOLE_BASE for year in years])
    shares = per_cent(sums, np.where(whole, base, known))
    marks = np.zeros((*sums.shape[:3], 2, len(years)), np.uint8)
    hidden = _hidden(sums, base)
    marks[hidden[:, :, :, None, :].repeat(2, axis=3)] = CONFIDENTIAL
    marks[:, UNSTATED, :, 1, ~whole] = NOT_APPLICABLE
    # SSB has both marks in this table; here the women's cells carry the rarer one.
    marks[:, UNSTATED, 1, 0][hidden[:, UNSTATED, 1]] = NOT_AVAILABLE
    marks = np.maximum(marks * (1 - (gone := not_in_force(regions, years, 5))), gone)
    contents = {
        "Personer": "Personer 16 år og over",
        "PersonerProsent": "Personer 16 år og over (prosent)",
    }
    units = {"Personer": PERSONS, "PersonerProsent": PER_CENT}
    axes = [
        region_axis(regions),
        Axis("Nivaa", "utdanningsnivå", LEVELS),
        Axis("Kjonn", "kjønn", BOTH_SEXES, total="0"),
        Axis("ContentsCode", "statistikkvariabel", contents, units=units),
        # Both vintages answer one question, so that the newer replaces the older.
        time_axis(range(scope.first_year, scope.last_year)[: len(years)]),
    ]
    return answer(table, axes, np.stack([sums.astype(float), shares], axis=3), marks)


def _hidden(sums: NDArray[np.int64], base: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Counts of one or two persons by sex in tiny municipalities are confidential."""
    hidden = (sums > 0) & (sums < 3) & (base < TINY)  # noqa: PLR2004
    # Totals and the large levels are always shown, so that little is lost.
    hidden[:, :, 0] = False
    hidden[:, [0, 1, 3, 4]] = False
    return hidden

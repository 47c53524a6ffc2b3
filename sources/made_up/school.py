"""Upper secondary education in the made-up Norway, per county of the time.

Completion by county, sex, lower secondary points and outcome, pupils and applicants by county of
today, all split over programmes, in whole persons. Tables of SSB and Udir are made from it in
ssb_school.py, udir.py and udir_reports.py.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sources.made_up.geography import COUNTIES, COUNTRY, FIRST, LAST, Regions
from sources.made_up.model import split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sources.made_up.scope import Scope

    Ints = NDArray[np.int64]

COHORTS = tuple(range(2014, 2020))
YEARS_TO_MEASURE = 6
COUNTIES_THEN = (
    "50", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "14", "15",
    "16", "17", "18", "19", "20",
)  # fmt: skip
# Shares by points (10-29, 30-39, 40-49, 50 and more, missing), girls then boys.
POINTS = np.array([[0.05, 0.22, 0.46, 0.24, 0.03], [0.11, 0.32, 0.41, 0.13, 0.03]])
# Outcome by points: on time, later, basic competence, still in, failed, dropped out.
OUTCOMES = np.array(
    [
        [0.17, 0.17, 0.08, 0.06, 0.12, 0.40],
        [0.48, 0.22, 0.02, 0.04, 0.08, 0.16],
        [0.79, 0.13, 0.00, 0.02, 0.03, 0.03],
        [0.93, 0.05, 0.00, 0.01, 0.00, 0.01],
        [0.28, 0.15, 0.06, 0.07, 0.10, 0.34],
    ]
)
GENERAL = ("ID", "KD", "ME", "MD", "PB", "ST")
VOCATIONAL = ("BA", "DH", "EL", "FD", "HS", "DT", "IM", "MK", "NA", "RM", "SR", "SS", "TP")
PROGRAMMES = (*GENERAL, *VOCATIONAL)
# Share of all pupils who choose a programme; of those that exist in a year, in proportion.
POPULARITY = {
    "ID": 0.07, "KD": 0.02, "ME": 0.02, "MD": 0.03, "PB": 0.02, "ST": 0.36,
    "BA": 0.06, "DH": 0.02, "EL": 0.08, "FD": 0.02, "HS": 0.12, "DT": 0.01, "IM": 0.03,
    "MK": 0.02, "NA": 0.03, "RM": 0.02, "SR": 0.05, "SS": 0.03, "TP": 0.09,
}  # fmt: skip
REFORM = 2020
ENDED, BEGUN = frozenset({"DH", "MK", "SS"}), frozenset({"FD", "DT", "IM", "SR"})
STAGES = ("Vg1", "Vg2", "Vg3")
# Of the people of 16, 17 and 18 years: pupils in general and in vocational programmes.
IN_SCHOOL = ((0.50, 0.46), (0.50, 0.41), (0.71, 0.041))


def offered(year: int, programmes: Sequence[str] = PROGRAMMES) -> NDArray[np.float64]:
    """Share of each programme in a (school) year; 0 for those of the other side of the reform."""
    gone = ENDED if year >= REFORM else BEGUN
    shares = np.array([0.0 if code in gone else POPULARITY[code] for code in programmes])
    return np.asarray(shares / shares.sum())


class School:
    """Completion of the cohorts that a last year can know."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        newest = min(COHORTS[-1], scope.last_year - 1 - YEARS_TO_MEASURE)
        oldest = max(COHORTS[0], scope.first_year - 1)
        self.cohorts = list(range(oldest, newest + 1))
        # The model has no 2014: that cohort is as large as the next.
        self._years = [max(year, FIRST) for year in self.cohorts]

    @cached_property
    def counties(self) -> Regions:
        """The counties of 2014-2019; Trøndelag from 2018, its two parts before."""
        return Regions(self.scope.model.geography, COUNTIES_THEN, self.scope.last_year)

    @cached_property
    def completion(self) -> Ints:
        """Pupils: counties x cohorts x sex x points x outcome; 0 where there was no county."""
        model = self.scope.model
        years = [year - FIRST for year in self._years]
        young = self.counties.sums(model.population[:, years][..., 16], self._years)
        pupils = np.moveaxis(young, -1, 1)  # counties x cohorts x sex
        # Counties differ, and a little more complete for every cohort.
        random = model.random("completion")
        size = (len(COUNTIES_THEN), 1, 1, 1, 1)
        lean = 0.25 * random.standard_normal(size) + 0.02 * np.arange(len(self.cohorts)).reshape(
            -1, 1, 1, 1
        )
        good = np.array([1, 0.5, 0, 0, -0.5, -1])
        shares = POINTS[:, :, None] * OUTCOMES * np.exp(lean * good)
        flat = np.broadcast_to(shares, (*pupils.shape, *OUTCOMES.shape))
        odd = np.broadcast_to(random.random((len(COUNTIES_THEN), 1, 2)), pupils.shape)
        parts = split(pupils, flat.reshape(*pupils.shape, -1), odd)
        return parts.reshape(flat.shape)

    def label(self, code: str) -> str:
        """Name of a county as SSB's completion table writes it."""
        geography = self.scope.model.geography
        return "I alt" if code == COUNTRY else geography.label(code, self.scope.last_year)

    @cached_property
    def outcomes(self) -> Ints:
        """Completion split over PROGRAMMES: counties x cohorts x sex x outcome x programme."""
        people = self.completion.sum(axis=3)
        general = np.isin(PROGRAMMES, GENERAL)
        # Those in general programmes complete on time more often.
        lean = np.where(general, 1.0, -1.0) * np.array([0.4, 0.1, -1.5, -0.3, -0.2, -0.4])[:, None]
        shares = offered(self.cohorts[-1]) * np.exp(lean)
        odd = self.scope.model.random("outcomes").random((len(COUNTIES_THEN), 1, 2, 1))
        wide = np.broadcast_to(shares, (*people.shape, len(PROGRAMMES)))
        return split(people, wide, np.broadcast_to(odd, people.shape))

    @cached_property
    def counties_now(self) -> tuple[str, ...]:
        """Counties of today, which also stand for the years before they were made."""
        return tuple(COUNTIES)

    def people(self, low: int, high: int, years: Sequence[int]) -> Ints:
        """People of low-high years: counties of today x years, on the areas of today."""
        model = self.scope.model
        now = Regions(model.geography, self.counties_now, LAST).member(LAST)
        young = model.aged(low, high).sum(axis=-1)[:, [year - FIRST for year in years]]
        return np.asarray(np.rint(now @ young), dtype=np.int64)

    def pupils(self, years: Sequence[int]) -> Ints:
        """Pupils: counties of today x years x STAGES x PROGRAMMES."""
        stages = []
        for age, (general, vocational) in zip((16, 17, 18), IN_SCHOOL, strict=True):
            young = self.people(age, age, years)
            parts = [
                self.spread(np.floor(young * share).astype(np.int64), years, programmes, name)
                for share, programmes, name in (
                    (general, GENERAL, f"general {age}"),
                    (vocational, VOCATIONAL, f"vocational {age}"),
                )
            ]
            stages.append(np.concatenate(parts, axis=-1))
        return np.stack(stages, axis=2)

    def spread(
        self, people: Ints, years: Sequence[int], programmes: Sequence[str], name: str
    ) -> Ints:
        """Split counties x years over programmes, each county with a taste of its own."""
        random = self.scope.model.random(name)
        taste = np.exp(0.2 * random.standard_normal((len(people), 1, len(programmes))))
        shares = np.stack([offered(year, programmes) for year in years]) * taste
        odd = random.random((len(people), 1))
        return split(people, shares, np.broadcast_to(odd, people.shape))

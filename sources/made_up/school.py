"""Upper secondary education in the made-up Norway, per county of the time.

Completion by county, sex, lower secondary points and outcome, in whole pupils. Tables of SSB
and Udir are made from it in ssb_school.py and udir.py.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sources.made_up.geography import COUNTRY, FIRST, Regions
from sources.made_up.model import split

if TYPE_CHECKING:
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

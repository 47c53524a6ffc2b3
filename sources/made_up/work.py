"""Work in the made-up Norway: who works where, in what, and who is without.

Per area and year like model.py, which holds the people. Whole persons; how a table looks is
said by the modules of the services.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sources.made_up.geography import YEARS
from sources.made_up.model import split

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sources.made_up.model import Model

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

# Shares of jobs by the 16 groups of SN2007 that SSB publishes, and unstated.
INDUSTRY = np.array(
    [24, 22, 78, 12, 85, 128, 48, 35, 42, 17, 85, 48, 64, 84, 208, 40, 6], dtype=np.float64
)  # fmt: skip
# Shares of the public jobs by sector 6100, 6500.6, 6500.7, A+B+D+E.5-7.
SECTOR = np.array([0.30, 0.07, 0.55, 0.08])
FEW_JOBS = 2000
# Main statuses of table 13563, those that count as outside, and how the young and the adults who
# are active (work, measures, education) and outside divide on them.
STATUSES = ("A.01", "A.09", "U.01", "U.03", "U.04-U.05", "U.06-U.07", "U.90A")
OUTSIDE_STATUSES = ("A.09", "U.04-U.05", "U.06-U.07", "U.90A")
ACTIVE = np.array([[0.61, 0.02, 0.37], [0.955, 0.015, 0.03]])
OUTSIDE = np.array([[0.22, 0.24, 0.001, 0.539], [0.13, 0.61, 0.03, 0.23]])
# Share without work by year, and how it moves through the months.
UNEMPLOYED = (3.0, 3.0, 2.7, 2.4, 2.2, 5.0, 3.2, 1.8, 1.8, 2.0, 2.1, 2.1)
SEASON = (1.16, 1.12, 1.05, 1.0, 0.94, 0.93, 1.0, 1.0, 0.95, 0.94, 0.94, 0.99)


class Work:
    """Jobs, commuting and unemployment of the people of a model."""

    def __init__(self, model: Model) -> None:
        self.model = model

    @cached_property
    def working_age(self) -> Ints:
        """People of 15-74 years: areas x years."""
        return np.asarray(self.model.aged(15, 74).sum(axis=-1))

    @cached_property
    def employed(self) -> Ints:
        """Employed people of 15-74 by home: areas x years."""
        rate = 0.672 + 0.02 * self.model.normal("employed")[:, None]
        by_year = rate + np.interp(YEARS, (2015, 2019, 2020, 2022, 2026), (0, 5, -9, 12, 10)) / 1e3
        odd = self.model.uniform("odd employed", 1)
        return np.floor(self.working_age * by_year + odd).astype(np.int64)

    @cached_property
    def commuting(self) -> Ints:
        """Employed people by home, year and place of work: areas x years x areas."""
        pull = self._pull()
        odd = np.broadcast_to(self.model.uniform("odd commuter", 1), self.employed.shape)
        return split(self.employed, pull[:, None, :], odd)

    def _pull(self) -> Floats:
        county = self.model.geography.county
        # Neighbours have neighbouring codes, near enough.
        order = np.lexsort((self.model.geography.codes[:, 0], self.model.geography.codes[:, -1]))
        place = np.empty(len(order))
        place[order] = np.arange(len(order))
        same = county[:, None] == county[None, :]
        near = np.where(same, np.exp(-np.abs(place[:, None] - place[None, :]) / 5) + 0.01, 0.001)
        pull = near * self.model.start[None, :] ** 1.05
        capital = self.model.geography.codes[:, 0] == "0301"
        # The capital draws people from all around it, as no distance in codes would.
        pull[:, capital] *= np.where(np.isin(county, ("31", "32", "33", "34")), 60, 8)[:, None]
        np.fill_diagonal(pull, 0)
        # Most people work where they live, the more so the larger the place.
        stay = np.clip(0.50 + 0.07 * np.log(self.model.start / 2500), 0.42, 0.90)
        pull *= ((1 - stay) / pull.sum(axis=1))[:, None]
        np.fill_diagonal(pull, stay)
        return np.asarray(pull)

    @cached_property
    def jobs(self) -> Ints:
        """Employed people by place of work: areas x years; equals the sums of `commuting`."""
        return np.asarray(self.commuting.sum(axis=0).T)

    @cached_property
    def employed_at_home(self) -> Ints:
        """Employed by home as the table of employment has them: a few work off the map."""
        odd = self.model.uniform("off the map", 1)
        return self.employed + np.floor(0.0015 * self.employed + odd).astype(np.int64)

    @cached_property
    def industry(self) -> Ints:
        """Jobs by industry: areas x years x 17."""
        shares = INDUSTRY * np.exp(0.45 * self.model.normal("industry", len(INDUSTRY)))
        # Farming and fishing weigh more where few people live.
        shares[:, 0] *= np.exp(-0.9 * (np.log(self.model.start) - 9))
        trend = np.outer(np.arange(len(YEARS)), np.linspace(-0.006, 0.008, len(INDUSTRY)))
        by_year = shares[:, None, :] * np.exp(trend)
        odd = np.broadcast_to(self.model.uniform("odd industry", 1), self.jobs.shape)
        return split(self.jobs, by_year, odd)

    @cached_property
    def sector(self) -> Ints:
        """Jobs by sector: areas x years x (four public sectors, private)."""
        private = np.clip(0.64 + 0.05 * self.model.normal("private"), 0.4, 0.85)[:, None]
        shares = np.hstack([(1 - private) * SECTOR, private])
        odd = np.broadcast_to(self.model.uniform("odd sector", 1), self.jobs.shape)
        # The two tables were drawn on different days: a few jobs are in one of them only.
        jobs = self.jobs - (self.jobs > FEW_JOBS) * (self.model.uniform("late", 1) < 1 / 3)
        return split(jobs, shares[:, None], odd)

    @cached_property
    def attachment(self) -> Ints:
        """Residents: areas x years x (15-29, 30-61) x (immigrants, others) x (all, outside)."""
        model = self.model
        people = np.stack([model.aged(15, 29).sum(-1), model.aged(30, 61).sum(-1)], axis=-1)
        rate = 0.14 * np.exp(0.15 * model.normal("outside", 1))
        adults = np.floor(people[..., 1] * rate + model.uniform("odd outside", 1))
        # The young are those of model.neet, so that both tables of SSB agree.
        outside = np.stack([model.neet.sum(axis=(2, 3)), adults.astype(np.int64)], axis=-1)
        share = np.array([0.17, 0.24]) * np.exp(0.2 * model.normal("immigrants", 1, 1))
        odd = model.uniform("odd immigrants", 1, 2, 2)
        immigrants = np.floor(people * share + odd[..., 0]).astype(np.int64)
        others = people - immigrants
        # No group can have more people outside than it has people.
        part = np.floor(outside * share * 1.4 + odd[..., 1]).astype(np.int64)
        part = np.clip(part, np.maximum(0, outside - others), np.minimum(immigrants, outside))
        groups = [np.stack([immigrants, part], -1), np.stack([others, outside - part], -1)]
        return np.stack(groups, axis=-2)

    @cached_property
    def statuses(self) -> Ints:
        """Residents by main status: areas x years x (15-29, 30-61) x the seven of STATUSES.

        Those outside work, education and measures are the same persons as in `attachment`.
        """
        everyone = self.attachment.sum(axis=-2)
        people, outside = everyone[..., 0], everyone[..., 1]
        odd = np.broadcast_to(self.model.uniform("odd status", 1, 2), people.shape)
        active = split(people - outside, np.broadcast_to(ACTIVE, (*people.shape, 3)), odd)
        others = split(outside, np.broadcast_to(OUTSIDE, (*people.shape, 4)), odd)
        parts = {"A.01": active[..., 0], "U.01": active[..., 1], "U.03": active[..., 2]}
        parts |= dict(zip(OUTSIDE_STATUSES, np.moveaxis(others, -1, 0), strict=True))
        return np.stack([parts[status] for status in STATUSES], axis=-1)

    @cached_property
    def unemployed(self) -> Ints:
        """People registered as wholly unemployed: areas x years x months."""
        rate = np.outer(UNEMPLOYED, SEASON) / 100
        # The pandemic began in March 2020, not in January.
        rate[YEARS.index(2020), :2] = 0.025
        rate[YEARS.index(2020), 2:4] = 0.10
        local = np.exp(0.25 * self.model.normal("unemployed"))[:, None, None]
        wobble = np.exp(0.05 * self.model.normal("month", len(YEARS), 12))
        people = self.employed[:, :, None] * rate * local * wobble
        return np.floor(people + self.model.uniform("odd month", 1, 1)).astype(np.int64)

    @cached_property
    def labour_force(self) -> Ints:
        """Employed people and the unemployed of January: areas x years."""
        return np.asarray(self.employed + self.unemployed[:, :, 0])

"""Who works in the made-up Norway: employed people by sex, age, education and background.

Splits the employed of work.py, so every table of SSB on employed residents adds up to the same
people. How the tables look is said in ssb_employment.py.

Axes: areas, years 2015-2026, sex (0 women, 1 men), then the breakdown. Whole persons.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sources.made_up.model import split

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sources.made_up.scope import Scope

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

AGES = ((15, 19), (20, 24), (25, 39), (40, 54), (55, 66), (67, 74))
# The four age groups that are 20-66 together.
CORE = slice(1, 5)
# Share at work by age, women then men.
RATES = np.array([[0.41, 0.68, 0.79, 0.80, 0.64, 0.15], [0.36, 0.67, 0.83, 0.84, 0.71, 0.23]])
# Share at work by level: basic, upper secondary, short and long higher education, unstated.
LEVEL_RATES = np.array([0.55, 0.74, 0.82, 0.86, 0.50])
# Without immigrants; from the Nordic countries, EU and so on; from the rest of the world.
BACKGROUND = np.array([0.83, 0.08, 0.09])
BACKGROUND_RATES = np.array([0.69, 0.70, 0.55])


class Employment:
    """Employed residents of a scope, and the people they are a share of."""

    def __init__(self, scope: Scope) -> None:
        self._model, self._work = scope.model, scope.work

    @cached_property
    def people(self) -> Ints:
        """People by age group: areas x years x sex x AGES."""
        return np.stack([self._model.aged(*ages) for ages in AGES], axis=-1)

    @cached_property
    def by_age(self) -> Ints:
        """Employed people: areas x years x sex x AGES; adds up to work.employed_at_home."""
        shares = (self.people * RATES).reshape(*self.people.shape[:2], -1)
        odd = np.broadcast_to(self._model.uniform("odd age", 1), shares.shape[:2])
        return split(self._work.employed_at_home, shares, odd).reshape(self.people.shape)

    @cached_property
    def _levels(self) -> Floats:
        """Share of people of each level: vocational college counts as upper secondary."""
        people = self._model.education.astype(np.float64)
        known = np.stack(
            [people[..., 0], people[..., 1] + people[..., 2], *np.moveaxis(people[..., 3:], -1, 0)],
            axis=-1,
        )
        return np.asarray(known / known.sum(axis=-1, keepdims=True))

    def _at_level(self, people: Ints, name: str, rates: Floats) -> Ints:
        odd = np.broadcast_to(self._model.uniform(name, 1, 2), people.shape)
        return split(people, self._levels * rates, odd)

    @cached_property
    def by_level(self) -> Ints:
        """Employed people of 15-74: areas x years x sex x level (five of LEVEL_RATES)."""
        return self._at_level(self.by_age.sum(axis=-1), "odd employed level", LEVEL_RATES)

    @cached_property
    def core_by_level(self) -> tuple[Ints, Ints]:
        """Employed people and all people of 20-66, each areas x years x level."""
        employed = self.by_age[..., CORE].sum(axis=-1)
        people = self.people[..., CORE].sum(axis=-1)
        at_work = self._at_level(employed, "odd core employed", LEVEL_RATES)
        everyone = self._at_level(people, "odd core people", np.ones(len(LEVEL_RATES)))
        return at_work.sum(axis=2), everyone.sum(axis=2)

    @cached_property
    def by_background(self) -> tuple[Ints, Ints]:
        """Employed and all of 15-74, each areas x years x sex x (three of BACKGROUND)."""
        local = np.exp(0.2 * self._model.normal("background", 1, 1, len(BACKGROUND)))
        shares = np.broadcast_to(BACKGROUND * local, (*self.people.shape[:3], len(BACKGROUND)))
        odd = np.broadcast_to(self._model.uniform("odd background", 1, 2), self.people.shape[:3])
        employed = split(self.by_age.sum(axis=-1), shares * BACKGROUND_RATES, odd)
        return employed, split(self.people.sum(axis=-1), shares, odd)

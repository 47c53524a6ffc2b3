"""People of the made-up Norway, per area (sources/made_up/geography.py) and year.

Everything is whole persons, drawn once from a seed, so that every published figure is a sum of
areas. How a table looks, rounds or hides figures is said by the modules of the services.

Axes: areas, years 2015-2026, then the breakdown. Sex 0 is women, 1 is men. Sizes are of the
right order (Trondheim is large, Utsira small), nothing more is meant to be true.
"""

from __future__ import annotations

import zlib
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sources.made_up.geography import FIRST, LAST, YEARS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sources.made_up.geography import Geography

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

AGES = 106
LAST_PROJECTED = 2050
# About how many thousand people live in the municipalities of 2015 that everybody knows to be
# large, and in some known to be small; the rest are drawn.
KNOWN = {
    "0301": 640, "1201": 270, "1601": 180, "1103": 130, "0219": 120, "1001": 85, "0106": 78,
    "1102": 72, "1902": 72, "0602": 66, "0220": 60, "0105": 54, "0806": 54, "0231": 52,
    "1804": 50, "1504": 46, "0706": 45, "0709": 43, "1149": 41, "0704": 42, "0906": 44,
    "1106": 37, "0805": 35, "0230": 36, "0104": 32, "0101": 30, "0403": 30, "0501": 27,
    "0412": 33, "0502": 30, "1502": 26, "1833": 26, "1505": 24, "1714": 23, "1702": 21,
    "1719": 19, "1721": 15, "1703": 13, "1653": 15, "1663": 13, "1638": 11, "1901": 24,
    "2012": 20, "0427": 20, "0235": 33, "0213": 30, "1124": 25, "1247": 28, "1246": 25,
    "1567": 2, "1571": 1.6, "1612": 4.2, "1613": 1, "1617": 4.6, "1620": 4.7, "1621": 5.2,
    "1622": 1.7, "1624": 6.6, "1627": 4.8, "1630": 3.3, "1632": 1, "1633": 1, "1634": 7,
    "1635": 2.5, "1636": 4, "1640": 5.6, "1644": 2, "1648": 6.3, "1657": 7.7, "1662": 6,
    "1664": 4, "1665": 0.9, "1711": 2.5, "1717": 2.6, "1718": 3.5, "1724": 2.5, "1725": 1.6,
    "1736": 2.1, "1738": 1.4, "1739": 0.5, "1740": 0.9, "1742": 2.4, "1743": 1.2, "1744": 3.8,
    "1748": 0.6, "1749": 1.1, "1750": 4.4, "1751": 5.1, "1755": 0.6, "1756": 6.7, "1144": 0.5,
    "1151": 0.2, "1252": 0.4, "1265": 0.6, "1835": 0.5, "1856": 0.6, "1857": 0.8, "2014": 1,
}  # fmt: skip
# Shares of people of 16 and over: basic, upper secondary, vocational college, short and long
# higher education, unstated. Women, then men.
LEVELS = np.array(
    [[0.240, 0.345, 0.020, 0.290, 0.095, 0.010], [0.265, 0.405, 0.040, 0.180, 0.100, 0.010]]
)
YOUTH_AGES = ((15, 19), (20, 24), (25, 29))


def split(total: Ints, shares: Floats, offset: Floats) -> Ints:
    """Split whole persons by shares so that the parts add up to the total exactly.

    total (...), shares (..., parts) adding up to 1, offset (...) in [0, 1) decides where the
    odd persons go. Returns (..., parts).
    """
    # Rounding the running sums, not the parts, is what keeps the total.
    edges = np.cumsum(shares, axis=-1)
    edges /= edges[..., -1:]
    cut = np.floor(edges * total[..., None] + offset[..., None]).astype(np.int64)
    return np.diff(cut, axis=-1, prepend=0)


class Model:
    """The made-up population; every array is computed once, when first asked for."""

    def __init__(self, geography: Geography, seed: int) -> None:
        self.geography = geography
        self._seed = seed

    def random(self, name: str) -> np.random.Generator:
        """Return a generator of its own for one purpose, so that no order matters."""
        entropy = [self._seed, zlib.crc32(name.encode())]
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy)))

    def uniform(self, name: str, *shape: int) -> Floats:
        """Return numbers in [0, 1), one set for every area: (areas, *shape)."""
        return self.random(name).random((self.geography.size, *shape))

    def normal(self, name: str, *shape: int) -> Floats:
        """Return standard normal numbers, one set for every area: (areas, *shape)."""
        return self.random(name).standard_normal((self.geography.size, *shape))

    @cached_property
    def start(self) -> Floats:
        """People of every area in 2015, not yet whole."""
        size = np.clip(np.exp(8.35 + 0.85 * self.normal("size")), 215, 18_000)
        first = self.geography.codes[:, 0]
        known = np.array([KNOWN.get(code, 0) * 1000.0 for code in first.tolist()])
        size = np.where(known > 0, known * (0.95 + 0.1 * self.uniform("known")), size)
        # Parts of one municipality take their size from its first part.
        parent = np.searchsorted(first, first)
        size = size[parent] * self.geography.share
        for code, year, successor in self.geography.restored():
            inside = self.geography.codes[:, year - FIRST] == code
            again = inside & (first == successor.origin)
            whole = size[inside].sum()
            for part, share in ((again, successor.share), (inside & ~again, 1 - successor.share)):
                size[part] *= share * whole / size[part].sum()
        return np.asarray(size)

    def _expected(self, years: NDArray[np.int64], growth: float) -> Floats:
        since = (years - FIRST)[None, :]
        local = 0.004 + 0.004 * (np.log(self.start) - 9) / 2 + 0.004 * self.normal("growth")
        size = self.start[:, None] * np.exp(np.clip(local, -0.015, 0.02)[:, None] * since)
        # Alternatives of the projection part only after the last known year.
        beyond = np.clip(years - LAST, 0, None)[None, :]
        size *= np.exp(growth * beyond)
        # Even up to retirement, then falling; a wave makes the cohorts unequal.
        ages = np.arange(AGES)
        shape = 1 / (1 + np.exp((ages - 79) / 6.5)) * (1 + 0.12 * np.sin(ages / 9))
        old = 0.25 * self.normal("age") - 0.12 * (np.log(self.start) - 8.5) / 2
        tilt = old[:, None] + 0.009 * since
        profile = shape * np.exp(tilt[:, :, None] * (ages - 40) / 40)
        profile /= profile.sum(axis=-1, keepdims=True)
        # Fewer girls are born, more women grow old.
        women = 0.487 + 0.0022 * np.clip(ages - 55, 0, None)
        by_sex = np.stack([profile * women, profile * (1 - women)], axis=2)
        return np.asarray(size[:, :, None, None] * by_sex)

    @cached_property
    def population(self) -> Ints:
        """People on 1 January: areas x years x sex x age 0-105."""
        return self._whole(np.array(YEARS), 0.0)

    def projection(self, growth: float) -> Ints:
        """People 2026-2050 by area, year and age if they grow `growth` a year beyond trend."""
        years = np.arange(LAST, LAST_PROJECTED + 1)
        return np.asarray(self._whole(years, growth).sum(axis=2))

    def _whole(self, years: NDArray[np.int64], growth: float) -> Ints:
        # One threshold per cell for all years keeps the series smooth.
        odd = self.uniform("people", 2, AGES)[:, None]
        return np.floor(self._expected(years, growth) + odd).astype(np.int64)

    def aged(self, low: int, high: int) -> Ints:
        """People of low-high years: areas x years x sex."""
        return np.asarray(self.population[..., low : high + 1].sum(axis=-1))

    @cached_property
    def education(self) -> Ints:
        """People of 16 and over on 1 October: areas x years x sex x level (six of LEVELS)."""
        since = (np.array(YEARS) - FIRST)[None, :, None]
        urban = (np.log(self.start) - 8.5)[:, None, None] / 2
        drift = np.stack([-0.018 * since, -0.004 * since, 0.012 * since], axis=-1)
        drift = np.concatenate([drift, 0.016 * since[..., None], 0.03 * since[..., None]], axis=-1)
        lean = urban[..., None] * np.array([-0.12, -0.06, 0.0, 0.10, 0.28])
        wobble = 0.05 * self.normal("level", 1, 2, 5)
        shares = LEVELS[:, :5] * np.exp(drift + lean + wobble)
        unstated = np.broadcast_to(LEVELS[:, 5:], (*shares.shape[:-1], 1))
        shares = np.concatenate([shares, unstated], axis=-1)
        # The level was first told apart in 2016; before that it was counted as upper secondary.
        shares[:, 0, :, 1] += shares[:, 0, :, 2]
        shares[:, 0, :, 2] = 0
        odd = np.broadcast_to(self.uniform("odd level", 1, 2), shares.shape[:-1])
        return split(self.aged(16, AGES - 1), shares, odd)

    @cached_property
    def neet(self) -> Ints:
        """People outside work and education: areas x years x sex x (15-19, 20-24, 25-29)."""
        years = len(YEARS)
        base = np.array([0.050, 0.108, 0.125]) * np.exp(0.18 * self.normal("neet", 1, 1, 3))
        # A slow decline over the years, a little more common among men.
        slope = np.linspace(1.12, 0.98, years)[:, None, None]
        sex = np.array([0.96, 1.04])[:, None]
        people = np.stack([self.aged(*ages) for ages in YOUTH_AGES], axis=-1)
        odd = self.uniform("odd neet", 1, 2, 3)
        counts = np.floor(np.minimum(people, people * base * slope * sex + odd))
        return np.asarray(counts, dtype=np.int64)

"""Where things lie, and which county and answers a run is about.

Only paths and choices: nothing is read or written here. Every folder is under one data root
(`KOMPETANSE_DATA`, else `data/` beside the code), so a run never writes anywhere else.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DATA_VARIABLE = "KOMPETANSE_DATA"
COUNTY_VARIABLE = "KOMPETANSE_COUNTY"
FIGURES_VARIABLE = "KOMPETANSE_FIGURES"

PUBLISHED = "published"
MADE_UP = "made_up"
DEMO = "demo-"  # before the county in the name of a channel of made-up figures


def data_root() -> Path:
    """Folder that holds everything the project makes."""
    return Path(os.environ.get(DATA_VARIABLE) or PROJECT / "data").resolve()


@dataclass(frozen=True)
class Workspace:
    """One county's run: which county, which figures, and the folders it uses.

    figures: "published" (answers of the services) or "made_up" (the demonstration's).
    The two never meet in one run: answers are chosen by it, and work folders and
    releases carry it in their names.
    lock: a sources.lock that says which answers to use; None means the newest good ones.
    """

    county: str
    figures: str = PUBLISHED
    root: Path = Path()
    lock: Path | None = None

    @classmethod
    def from_environment(cls) -> Workspace:
        """The workspace that the Dagster page and jobs use when nothing else is said."""
        return cls(
            county=os.environ.get(COUNTY_VARIABLE) or "trondelag",
            figures=os.environ.get(FIGURES_VARIABLE) or PUBLISHED,
            root=data_root(),
        )

    @classmethod
    def of_channel(cls, channel: str, root: Path) -> Workspace:
        """The workspace whose releases are those of a channel ("demo-trondelag")."""
        county = channel.removeprefix(DEMO)
        return cls(county, PUBLISHED if county == channel else MADE_UP, root)

    @property
    def made_up(self) -> bool:
        """Whether the figures of this workspace are made up."""
        return self.figures == MADE_UP

    @property
    def channel(self) -> str:
        """Name of the series of releases: the county, with "demo-" before made-up figures."""
        return f"{DEMO}{self.county}" if self.made_up else self.county

    @property
    def archive(self) -> Path:
        """Raw archive, shared by all counties."""
        return self.root / "archive"

    @property
    def work(self) -> Path:
        """Parquet between the steps; may be thrown away at any time."""
        return self.root / "work" / self.channel

    @property
    def shared(self) -> Path:
        """Results in work that are the same for every county (warehouse/shared.py)."""
        return self.root / "work" / f"shared-{self.figures}"

    @property
    def releases(self) -> Path:
        """Published releases of all counties."""
        return self.root / "releases"

    def step(self, layer: str, name: str) -> Path:
        """Parquet file of one step: layer "raw", name "ssb/09429" -> work/raw/ssb/09429.parquet."""
        return self.work / layer / f"{name}.parquet"

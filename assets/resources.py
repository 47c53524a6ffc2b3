"""Dagster resources: which workspace an asset works in.

The one thing assets are given from outside; set on the Dagster page, by the command line, or
from the environment.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from warehouse import store
from warehouse.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator


class WorkspaceResource(dg.ConfigurableResource[Workspace]):
    """County, kind of figures and data root of a run; empty means: as the environment says.

    lock: a sources.lock whose answers are used; empty means the newest good ones.
    """

    county: str = ""
    figures: str = ""
    root: str = ""
    lock: str = ""

    def workspace(self) -> Workspace:
        """Return the workspace that this run is about."""
        usual = Workspace.from_environment()
        return Workspace(
            county=self.county or usual.county,
            figures=self.figures or usual.figures,
            root=Path(self.root) if self.root else usual.root,
            lock=Path(self.lock) if self.lock else None,
        )

    @contextmanager
    def at_hand(self, *more: str) -> Iterator[Workspace]:
        """Give the workspace, its files brought from the store, if there is one, and sent after.

        more: what the step needs beside the work folder, see warehouse/store.py.
        """
        place = self.workspace()
        with store.at_hand(place, *more):
            yield place

"""Jobs: asking the sources, and working out a county's release of what is archived.

Which steps a job runs, and with which tags; when they run is schedules.py and sensors.py.
"""

from __future__ import annotations

import os

import dagster as dg

from assets.resources import WorkspaceResource
from assets.sources import LAYER
from warehouse.workspace import COUNTY_VARIABLE, Workspace, data_root

COUNTY, ASKS = "county", "kompetanse/asks"
SOURCES = dg.AssetSelection.key_prefixes(LAYER)

pull = dg.define_asset_job(
    "pull",
    selection=SOURCES,
    # One step, which asks for the tables of its run: dagster-dask would ask for all.
    executor_def=dg.in_process_executor,
    # dagster.yaml lets one such run go at a time, so that no source is asked twice at once.
    tags={ASKS: "sources"},
    description="Ask the sources what is new, and keep it / Spør kildene, og ta vare på svarene",
)

refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all() - SOURCES,
    description="From archived answers to a published release / Fra svar i arkivet til utgivelse",
)


def tags(place: Workspace) -> dict[str, str]:
    """Tags of a run of a county: dagster.yaml lets one of each job go at a time per county."""
    return {COUNTY: place.county, "figures": place.figures}


def run_config(place: Workspace) -> dg.RunConfig:
    """Settings of a run: which county, figures and data root.

    The usual data root is not named: each machine that works on the run has its own.
    """
    workspace = WorkspaceResource(
        county=place.county,
        figures=place.figures,
        root="" if place.root == data_root() else str(place.root),
        lock=str(place.lock or ""),
    )
    return dg.RunConfig(resources={"workspace": workspace})


def runs_by_itself(county: str) -> bool:
    """Whether schedules and sensors of a county are on when the page is first opened.

    Only where the environment names the county and its figures are real: nobody is asked because
    somebody had a look at the page.
    """
    usual = Workspace.from_environment()
    return os.environ.get(COUNTY_VARIABLE) == county and not usual.made_up

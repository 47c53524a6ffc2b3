"""The daemon beside the page: a due schedule runs, and what it starts ends in a release."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from pipeline import jobs
from pipeline.run import HOME_VARIABLE, dagster_home
from tests.pages import page as dagster_page
from tests.pages.conftest import copied
from warehouse import release
from warehouse.workspace import COUNTY_VARIABLE, FIGURES_VARIABLE, MADE_UP, PROJECT, Workspace

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


def test_a_due_schedule_ends_in_a_release(
    made_up_root: Path, made_up_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copied(made_up_root, tmp_path / "data")
    place = Workspace("trondelag", MADE_UP, root)
    # With the release gone there is something to do after the pull, and little of it.
    (root / "releases" / f"current-{place.channel}").unlink()
    assert release.current(place) is None
    monkeypatch.setenv(HOME_VARIABLE, "")
    home = dagster_home(root)
    code = [
        "--python-file",
        str(PROJECT / "tests/pages/due.py"),
        "--working-directory",
        str(PROJECT),
    ]
    listen = ["--host", "127.0.0.1", "--port", "{port}"]
    told = {HOME_VARIABLE: str(home), COUNTY_VARIABLE: place.county, FIGURES_VARIABLE: MADE_UP}
    command = [sys.executable, "-m", "dagster", "dev", *code, *listen]
    with dagster_page.started(command, root, told) as page:
        by_schedule = {"key": "dagster/schedule_name", "value": f"pull_{place.county}"}
        pulled = page.ended(tags=[by_schedule])
        assert (pulled["jobName"], pulled["status"]) == (jobs.pull.name, "SUCCESS")
        by_sensor = {"key": "dagster/sensor_name", "value": "refresh_after_pull"}
        refreshed = page.ended(tags=[by_sensor])
        assert (refreshed["jobName"], refreshed["status"]) == (jobs.refresh.name, "SUCCESS")
    assert release.current(place).name == made_up_release.name

"""What each `kompetanse` command does: one function per command, text for people.

Arguments come from pipeline/cli.py; the work is done in sources/, warehouse/ and pipeline/run.py.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from warehouse.workspace import MADE_UP, Workspace, data_root

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def demo(arguments: argparse.Namespace) -> int:
    """Make up answers, run the whole pipeline on them, show the newest values."""
    from pipeline import all_counties, progress
    from pipeline.refresh_command import work_out
    from warehouse.turn import WAIT, turn

    workspace = Workspace(arguments.county, MADE_UP, data_root())
    if arguments.county == all_counties.ALL:
        places = all_counties.workspaces(MADE_UP, workspace.root)
        _make_up(workspace, "norway")
        return int(bool(all_counties.work_out(places, WAIT)))

    with turn(workspace, progress.say):
        _make_up(workspace, arguments.scale)
        return work_out(workspace)


def dagster(arguments: argparse.Namespace) -> int:
    """Start Dagster's page for one county; made-up answers are made if they are asked for."""
    import os
    import subprocess

    from pipeline import run
    from warehouse.workspace import COUNTY_VARIABLE, FIGURES_VARIABLE, PROJECT

    workspace = Workspace(arguments.county, arguments.figures, data_root())
    if workspace.made_up and not _is_made_up(workspace, "county"):
        _make_up(workspace, "county")
    run.dagster_home(workspace.root)
    chosen = {COUNTY_VARIABLE: arguments.county, FIGURES_VARIABLE: arguments.figures}
    command = ["-m", "dagster", "dev", "--workspace", str(PROJECT / "workspace.yaml")]
    listen = ["--host", "127.0.0.1", "--port", str(arguments.port)]
    return subprocess.run(  # noqa: S603 - our own interpreter and fixed words
        [sys.executable, *command, *listen], env=os.environ | chosen, cwd=PROJECT, check=False
    ).returncode


def _make_up(workspace: Workspace, scale: str) -> None:
    from pipeline import progress
    from pipeline.archive_commands import take_folder
    from sources import made_up
    from sources.archive import Archive
    from warehouse import versions

    chosen = None if scale == "norway" else (_county_code(workspace.county),)
    folder, taken = _made_up_folder(workspace, scale)
    taken.unlink(missing_ok=True)
    with progress.step("Making up answers of every source"):
        made_up.write(folder, counties=chosen)
    take_folder(folder, Archive(workspace.archive))
    taken.write_text(versions.code(), encoding="utf-8")


def _is_made_up(workspace: Workspace, scale: str) -> bool:
    """Whether this very code has made up the answers before, and they are in the archive."""
    from warehouse import versions

    _, taken = _made_up_folder(workspace, scale)
    if not taken.exists() or not workspace.archive.exists():
        return False
    return taken.read_text(encoding="utf-8") == versions.code()


def _made_up_folder(workspace: Workspace, scale: str) -> tuple[Path, Path]:
    """Folder of the made-up answers, and the file that says by which code they were taken in."""
    folder = workspace.root / "made_up"
    name = f"{workspace.county}-{scale}"
    return folder / name, folder / f"{name}.taken"


def _county_code(county: str) -> str:
    from warehouse import counties

    return counties.load(county).code

"""What each `kompetanse` command does: one function per command, text for people.

Arguments come from pipeline/cli.py; the work is done in sources/, warehouse/ and pipeline/run.py.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from warehouse.workspace import MADE_UP, PUBLISHED, Workspace, data_root

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from sources.archive import Archive


def demo(arguments: argparse.Namespace) -> int:
    """Make up answers, run the whole pipeline on them, show the newest values."""
    workspace = Workspace(arguments.county, MADE_UP, data_root())
    _make_up(workspace, arguments.scale)
    return _refresh(workspace)


def pull(arguments: argparse.Namespace) -> int:
    """Ask the services for the tables that can be asked for; one that fails stops no other."""
    from sources import registry
    from sources.model import KompetanseError
    from sources.pull import live

    used = [t for t in registry.load().values() if t.in_use]
    named = [registry.table(table) for table in arguments.table or ()]
    failed = 0
    for spec in named or [t for t in used if live.pullable(t)]:
        try:
            taken = live.take(
                _archive(), spec, data_root() / "http", at_any_time=arguments.at_any_time
            )
        except KompetanseError as error:
            failed += 1
            print(f"{spec.id}: {type(error).__name__}: {error}", file=sys.stderr)
            continue
        notes = "".join(f"\n  {note}" for note in taken.notes)
        print(
            f"{spec.id}: {taken.new} new answers, {taken.known} known, {taken.cells} cells{notes}"
        )
    left = [t.id for t in used if not live.pullable(t)]
    if left and not named:
        print(f"From recorded folders only, so far: {', '.join(left)}")
    return int(failed > 0)


def refresh(arguments: argparse.Namespace) -> int:
    """Work out and publish a county's release from archived (or just recorded) answers."""
    _county_code(arguments.county)
    workspace = Workspace(arguments.county, PUBLISHED, data_root())
    if arguments.recorded is not None:
        _import(_archive(), arguments.recorded)
    return _refresh(workspace)


def archive_import(arguments: argparse.Namespace) -> int:
    """Take a folder of recorded answers into the archive."""
    _import(_archive(), arguments.folder)
    return 0


def archive_list(arguments: argparse.Namespace) -> int:
    """Print a line per archived answer."""
    for entry in _archive().entries(table=arguments.table):
        print(
            f"{entry.id}  {entry.table or '-':32} {entry.as_of or '-':12} "
            f"{entry.size:>9}  {entry.fidelity:9} {entry.what}"
        )
    return 0


def archive_show(arguments: argparse.Namespace) -> int:
    """Print what is known of one answer, or its bytes."""
    from dataclasses import asdict

    archive = _archive()
    entry = archive.find(arguments.entry)
    if arguments.body:
        sys.stdout.buffer.write(archive.body(entry))
        return 0
    print(json.dumps(asdict(entry), ensure_ascii=False, indent=2))
    return 0


def archive_verify(_: argparse.Namespace) -> int:
    """Check every answer's bytes against their hash."""
    print(f"{_archive().verify()} answers, all as they came.")
    return 0


def releases(_: argparse.Namespace) -> int:
    """Print the releases on disk; the current one of each county is marked."""
    root = data_root() / "releases"
    current = {p.resolve().name for p in root.glob("current-*")}
    for folder in sorted(p for p in root.glob("[!.]*") if p.is_dir() and not p.is_symlink()):
        print(f"{'*' if folder.name in current else ' '} {folder.name}  {folder}")
    return 0


def dagster(arguments: argparse.Namespace) -> int:
    """Start Dagster's page for one county; made-up answers are made if they are asked for."""
    import os
    import subprocess

    from pipeline import run
    from warehouse.workspace import COUNTY_VARIABLE, FIGURES_VARIABLE, PROJECT

    workspace = Workspace(arguments.county, arguments.figures, data_root())
    if workspace.made_up:
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
    from sources import made_up
    from sources.archive import Archive

    code = _county_code(workspace.county)
    folder = workspace.root / "made_up" / f"{workspace.county}-{scale}"
    with progress.step("Making up answers of every source"):
        made_up.write(folder, counties=None if scale == "norway" else (code,))
    _import(Archive(workspace.archive), folder)


def _refresh(workspace: Workspace) -> int:
    from pipeline import plan, progress, report, run

    with progress.step("Looking for what is new"):
        keys = plan.outdated(workspace)
    if not keys:
        print("Nothing is new since the current release: nothing was worked out.")
    with progress.bar("Refreshing", lambda: run.step_count(keys)) as watch:
        outcome = run.refresh(workspace, watch, keys)
    if not outcome.success:
        report.failure(outcome)
        return 1
    assert outcome.release is not None
    report.newest_values(outcome.release, workspace)
    return 0


def _import(archive: Archive, folder: Path) -> None:
    from sources import recorded, registry

    done = recorded.import_folder(archive, folder, registry.load().values())
    print(
        f"{done.added} new answers, {done.known} known; "
        f"{done.documents} of them are documents that no source table claims."
    )


def _archive() -> Archive:
    from sources.archive import Archive

    return Archive(data_root() / "archive")


def _county_code(county: str) -> str:
    from warehouse import counties

    return counties.load(county).code

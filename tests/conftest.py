"""Fixtures that several rooms' tests share: recorded answers, made-up answers, a release."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Callable

    from warehouse.workspace import Workspace

# The suite never writes into the data root of whoever runs it.
os.environ.pop("KOMPETANSE_DATA", None)
os.environ["GX_ANALYTICS_ENABLED"] = "false"

PROJECT = Path(__file__).resolve().parent.parent
SHARED = PROJECT.parent / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files so that no process waits for a release that another one is making.

    One file for each shared release begins and makes it; the others that read it come last.
    """
    needs: dict[Path, set[str]] = {}
    for item in items:
        needs.setdefault(item.path, set()).update(getattr(item, "fixturenames", ()))
    shared = ("real_root", "made_up_root")
    makers = [next((p for p in needs if root in needs[p]), None) for root in shared]

    def turn(item: pytest.Item) -> int:
        if item.path in makers:
            return makers.index(item.path)
        if needs[item.path].intersection(shared):
            return 4
        return 2 if "made_up_folder" in needs[item.path] else 3

    items.sort(key=turn)


@pytest.fixture(scope="session")
def real() -> Path:
    """Folder of recorded real answers; tests that need it are skipped where it is absent."""
    folder = SHARED / "real"
    if not (folder / "index.json").exists():
        pytest.skip("the recorded real answers (../shared/real) are not beside this checkout")
    return folder


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Make a folder once for a whole run of the suite, however many processes share it."""
    base = factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, made = base / name, base / f"{name}.made"
    with FileLock(base / f"{name}.lock"):
        if not made.exists():
            make(folder)
            made.touch()
    return folder


def part_of(recorded_in: Path, folder: Path, *starts: str) -> Path:
    """Copy those answers of a recorded folder whose files begin so ("klass/131"), with an index."""
    index = json.loads((recorded_in / "index.json").read_bytes())
    kept = [entry for entry in index if entry["body"].startswith(starts)]
    for entry in kept:
        body = folder / entry["body"]
        body.parent.mkdir(parents=True, exist_ok=True)
        body.write_bytes((recorded_in / entry["body"]).read_bytes())
    (folder / "index.json").write_text(json.dumps(kept), encoding="utf-8")
    return folder


def worked_out(workspace: Workspace, recorded_in: Path) -> None:
    """Publish a release of what a recorded folder holds."""
    from pipeline import run
    from sources import recorded, registry
    from sources.archive import Archive

    recorded.import_folder(Archive(workspace.archive), recorded_in, registry.load().values())
    outcome = run.refresh(workspace, lambda step, word: None)
    assert outcome.success, outcome.failures


@pytest.fixture(scope="session")
def made_up_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made-up answers for Trøndelag in the services' own formats."""
    from sources import made_up

    def make(folder: Path) -> None:
        made_up.write(folder, counties=("50",))

    return once(tmp_path_factory, "made_up", make)


@pytest.fixture(scope="session")
def made_up_root(made_up_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data root in which the made-up release of Trøndelag has been published."""
    from warehouse.workspace import MADE_UP, Workspace

    def make(folder: Path) -> None:
        worked_out(Workspace("trondelag", MADE_UP, folder), made_up_folder)

    return once(tmp_path_factory, "root", make)


@pytest.fixture(scope="session")
def made_up_release(made_up_root: Path) -> Path:
    """Folder of the made-up release of Trøndelag."""
    return (made_up_root / "releases" / "current-demo-trondelag").resolve()


@pytest.fixture(scope="session")
def real_root(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data root with the releases of both counties from the recorded real answers."""
    from warehouse.workspace import PUBLISHED, Workspace

    def make(folder: Path) -> None:
        for county in ("trondelag", "telemark"):
            worked_out(Workspace(county, PUBLISHED, folder), real)

    return once(tmp_path_factory, "real_root", make)

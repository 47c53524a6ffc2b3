"""Fixtures that several rooms' tests share: recorded answers, made-up answers, a release."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# The suite never writes into the data root of whoever runs it.
os.environ.pop("KOMPETANSE_DATA", None)
os.environ["GX_ANALYTICS_ENABLED"] = "false"

PROJECT = Path(__file__).resolve().parent.parent
SHARED = PROJECT.parent / "shared"


@pytest.fixture(scope="session")
def real() -> Path:
    """Folder of recorded real answers; tests that need it are skipped where it is absent."""
    folder = SHARED / "real"
    if not (folder / "index.json").exists():
        pytest.skip("the recorded real answers (../shared/real) are not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def made_up_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made-up answers for Trøndelag in the services' own formats."""
    from sources import made_up

    folder = tmp_path_factory.mktemp("made_up")
    made_up.write(folder, counties=("50",))
    return folder


@pytest.fixture(scope="session")
def made_up_root(made_up_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data root in which the made-up release of Trøndelag has been published."""
    from pipeline import run
    from sources import recorded, registry
    from sources.archive import Archive
    from warehouse.workspace import MADE_UP, Workspace

    workspace = Workspace("trondelag", MADE_UP, tmp_path_factory.mktemp("root"))
    recorded.import_folder(Archive(workspace.archive), made_up_folder, registry.load().values())
    outcome = run.refresh(workspace, lambda step, word: None)
    assert outcome.success, outcome.failures
    return workspace.root


@pytest.fixture(scope="session")
def made_up_release(made_up_root: Path) -> Path:
    """Folder of the made-up release of Trøndelag."""
    return (made_up_root / "releases" / "current-demo-trondelag").resolve()


@pytest.fixture(scope="session")
def real_root(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data root with the releases of both counties from the recorded real answers."""
    from pipeline import run
    from sources import recorded, registry
    from sources.archive import Archive
    from warehouse.workspace import PUBLISHED, Workspace

    root = tmp_path_factory.mktemp("real_root")
    for county in ("trondelag", "telemark"):
        workspace = Workspace(county, PUBLISHED, root)
        recorded.import_folder(Archive(workspace.archive), real, registry.load().values())
        outcome = run.refresh(workspace, lambda step, word: None)
        assert outcome.success, outcome.failures
    return root

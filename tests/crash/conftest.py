"""Fixtures of the tests of publishing: a fast disk, and a data root with one small release."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.crash import operations, processes, small
from warehouse import folders, publish, release

if TYPE_CHECKING:
    from collections.abc import Iterator

    from warehouse.workspace import Workspace

MEMORY = Path("/dev/shm")


@pytest.fixture
def disk() -> Iterator[Path]:
    """A folder in memory where there is one: what is synced there costs nothing."""
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    found = Path(tempfile.mkdtemp(dir=place, prefix="kompetanse-"))
    yield found
    folders.remove(found)


@pytest.fixture(params=[True, False], ids=["link", "pointer file"])
def links(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the file system has symbolic links."""
    if not request.param:
        monkeypatch.setattr("os.symlink", operations.without_links)
    return bool(request.param)


@pytest.fixture
def workspace(disk: Path, links: bool, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A data root with one release, and little that retention keeps."""
    monkeypatch.setattr(
        "warehouse.retention.Keep.from_environment", classmethod(lambda cls: cls(1, 0, 0))
    )
    found = processes.place(disk)
    small.stage(found, 0)
    publish.publish(found)
    assert release.pointer(found).is_symlink() is links
    return found

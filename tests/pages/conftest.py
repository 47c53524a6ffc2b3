"""Fixtures of the pages: a data root of their own, the running page, a browser, a folder."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.pages import browser as chromium
from tests.pages import page as dagster_page

if TYPE_CHECKING:
    from collections.abc import Iterator

PICTURES = "KOMPETANSE_PICTURES"


def copied(root: Path, to: Path) -> Path:
    """A data root of its own: records copied, files of figures linked, which nobody changes."""

    def copy(source: str, target: str) -> None:
        kept = Path(source).relative_to(root).parts[0] in ("archive", "releases", "work")
        (os.link if kept else shutil.copy2)(source, target)

    shutil.copytree(root, to, symlinks=True, copy_function=copy)
    return to


@pytest.fixture(scope="module")
def root(made_up_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(made_up_root, tmp_path_factory.mktemp("pages") / "data")


@pytest.fixture(scope="module")
def page(root: Path) -> Iterator[dagster_page.Page]:
    """The page as `make dagster` opens it, on made-up figures."""
    command = [sys.executable, "-m", "pipeline", "dagster", "--port", "{port}"]
    with dagster_page.started(command, root, {}) as found:
        yield found


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Browser]:
    program = chromium.found()
    if program is None:
        pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
    with chromium.Browser(program, tmp_path_factory.mktemp("chromium")) as found:
        yield found


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder that KOMPETANSE_PICTURES names, else one that pytest keeps for a while."""
    named = os.environ.get(PICTURES)
    return Path(named).resolve() if named else tmp_path_factory.mktemp("pictures")

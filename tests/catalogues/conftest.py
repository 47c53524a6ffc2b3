"""Fixtures: the small release with its catalogues, of published and of made-up figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalogues import small
from warehouse import catalogues

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def published(tmp_path: Path) -> Path:
    folder = small.write(tmp_path / "published")
    catalogues.write(folder, small.about())
    return folder


@pytest.fixture
def invented(tmp_path: Path) -> Path:
    folder = small.write(tmp_path / "invented", "made_up")
    catalogues.write(folder, small.made_up())
    return folder


@pytest.fixture(params=["published", "invented"])
def either(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue(request.param)
    return folder

"""One made-up folder for Trøndelag, written once for all tests of this room."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sources.made_up import write
from sources.made_up.geography import load
from sources.made_up.model import Model
from sources.made_up.scope import Scope
from sources.made_up.work import Work

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made_up")
    write(folder)
    return folder


@pytest.fixture(scope="session")
def index(made: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((made / "index.json").read_bytes())
    return entries


@pytest.fixture(scope="session")
def scope() -> Scope:
    """All of Norway, two years on both sides of the reform of 2020."""
    model = Model(load(), 2026)
    return Scope(model, Work(model), None, 2019, 2021)


@pytest.fixture(scope="session")
def county() -> Scope:
    """Trøndelag, all years."""
    model = Model(load(), 2026)
    return Scope(model, Work(model), ("50",), 2015, 2026)

"""Published KLASS 131 lists and the tables made of them; absent beside the project, tests skip."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sources.readers import klass
from warehouse import counties, geography

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
NEEDED = (SHARED / "real" / "klass", SHARED / "geo")
ASKED = (date(2015, 1, 1), date(2026, 1, 1))
Rows = list[dict[str, str]]


@pytest.fixture(scope="session")
def shared() -> Path:
    if not all(folder.is_dir() for folder in NEEDED):
        pytest.skip("the published figures (../shared/real, ../shared/geo) are not on this machine")
    return SHARED


@pytest.fixture(scope="session")
def klass_tables(shared: Path) -> tuple[pa.Table, pa.Table]:
    folder = shared / "real" / "klass"
    codes = (folder / "131_codes_2015-01-01_2026-01-01.json").read_bytes()
    changes = (folder / "131_changes_2015-01-01_2026-01-01.json").read_bytes()
    return klass.decode_codes(codes, ASKED), klass.decode_changes(changes)


@pytest.fixture(scope="session")
def trondelag(klass_tables: tuple[pa.Table, pa.Table]) -> geography.Geography:
    return geography.build(*klass_tables, counties.load("trondelag"))


@pytest.fixture(scope="session")
def innlandet(klass_tables: tuple[pa.Table, pa.Table]) -> geography.Geography:
    return geography.build(*klass_tables, counties.load("innlandet"))


@pytest.fixture(scope="session")
def akershus(klass_tables: tuple[pa.Table, pa.Table]) -> geography.Geography:
    return geography.build(*klass_tables, counties.load("akershus"))


@pytest.fixture(scope="session")
def telemark(klass_tables: tuple[pa.Table, pa.Table]) -> geography.Geography:
    return geography.build(*klass_tables, counties.load("telemark"))


@pytest.fixture(scope="session")
def listed(shared: Path) -> Callable[[str], Rows]:
    def read(name: str) -> Rows:
        with (shared / "geo" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read


@pytest.fixture(scope="session")
def population(shared: Path) -> dict[tuple[str, int], int]:
    """07459: (code of the time, year) -> persons on 1 January; codes not in force are left out."""
    import orjson

    body = shared / "real" / "ssb" / "07459" / "data_trondelag_2015-2026.json"
    cube: dict[str, Any] = orjson.loads(body.read_bytes())
    dimension = cube["dimension"]
    codes = list(dimension["Region"]["category"]["index"])
    years = list(dimension["Tid"]["category"]["index"])
    cells = [(code, int(year)) for code in codes for year in years]
    figures = zip(cells, cube["value"], strict=True)
    return {cell: value for cell, value in figures if value is not None}

"""A small release for tests of publishing: two tables that all say the number of their release."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from typing import TYPE_CHECKING, Any

import duckdb

from warehouse import folders, release

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.workspace import Workspace

TABLES = ("value", "vintage")
ROWS = 300
# More than retention keeps in the tests, so that each is removed before it comes again.
VARIANTS = 4


def stage(workspace: Workspace, number: int, run: str = "", made_of: str = "") -> Path:
    """Put release `number` in its staging folder; it is built once and then copied."""
    built = workspace.root / "built" / f"{workspace.channel} {number} {made_of}"
    if not built.exists():
        aside = built.with_name(f"{built.name}.{os.getpid()}")
        folders.remove(aside)
        _build(workspace, aside, number, made_of)
        aside.rename(built)
    folder = release.staging(workspace, run)
    folders.remove(folder)
    shutil.copytree(built, folder)
    return folder


def _build(workspace: Workspace, folder: Path, number: int, made_of: str) -> None:
    (folder / "parquet").mkdir(parents=True)
    with duckdb.connect(str(folder / release.DATABASE), config={"threads": 1}) as connection:
        for name in TABLES:
            connection.execute(
                f"create table {name} as select {int(number)} as number, i from range({ROWS}) t(i)"
            )
            connection.table(name).write_parquet(str(folder / "parquet" / f"{name}.parquet"))
        connection.execute("create view newest as select max(number) as number from value")
    names = [release.DATABASE, *(f"parquet/{name}.parquet" for name in TABLES)]
    manifest = {
        "release_id": name_of(workspace, number),
        "made_of": made_of or f"version {number}",
        "data_origin": workspace.figures,
        "files": {name: _described(folder / name) for name in names},
        "tables": dict.fromkeys(TABLES, ROWS),
    }
    (folder / release.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def name_of(workspace: Workspace, number: int) -> str:
    return f"{workspace.channel}-2026-09-11-{number:012x}"


def number_of(folder: Path) -> int:
    return int(folder.name[-12:], 16)


def read(folder: Path) -> int:
    """Read every table in both forms; return the one number that all of it says."""
    found: set[int] = set()
    with duckdb.connect(
        str(folder / release.DATABASE), read_only=True, config={"threads": 1}
    ) as connection:
        connection.execute("set enable_progress_bar = false")
        for name in TABLES:
            file = str(folder / "parquet" / f"{name}.parquet")
            for relation in (connection.table(name), connection.read_parquet(file)):
                rows, low, high = relation.aggregate(
                    "count(*), min(number), max(number)"
                ).fetchall()[0]
                assert rows == ROWS, (folder, name, rows)
                found |= {low, high}
    assert len(found) == 1, (folder, found)
    return found.pop()


def _described(path: Path) -> dict[str, Any]:
    body = path.read_bytes()
    return {"sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body), "rows": ROWS}

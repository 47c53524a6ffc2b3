"""Release: where a published release lies, and whether it is what its manifest says.

A release is complete or absent. It is built by warehouse/staging.py and made current by
warehouse/publish.py; here it is found and held against its manifest.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sources.archive import digest
from sources.model import KompetanseError
from warehouse import database

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from warehouse.workspace import Workspace

DATABASE = "kompetanse.duckdb"
MANIFEST = "manifest.json"
LABEL = {
    "published": "Tall fra kildene / figures of the sources",
    "made_up": "OPPDIKTEDE TALL / MADE-UP FIGURES",
}


class BrokenRelease(KompetanseError):
    """A release on disk is not what its manifest says; lists every difference."""


def current(workspace: Workspace) -> Path | None:
    """Return the folder of the current release of the workspace's county, if there is one."""
    link = pointer(workspace)
    if link.is_symlink():
        return workspace.releases / link.readlink().name
    if link.is_file():
        return workspace.releases / link.read_text(encoding="utf-8").strip()
    return None


def verify(folder: Path) -> dict[str, Any]:
    """Open a release again and compare it with its manifest; return the manifest.

    Checks bytes and hash of each file, rows of each table in parquet and in DuckDB, and that
    every view answers. Raises BrokenRelease with every difference.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, ValueError) as error:
        raise BrokenRelease(f"{folder} has no readable {MANIFEST}: {error}") from error
    problems = [p for n, f in manifest["files"].items() if (p := _file_problem(folder, n, f))]
    problems = problems or _table_problems(folder, manifest)
    if problems:
        lines = "\n".join(f"  {p}" for p in problems)
        raise BrokenRelease(
            f"{folder} is not what its manifest says:\n{lines}\n"
            "It was not published. The release that was current stays current."
        )
    return manifest


def staging(workspace: Workspace) -> Path:
    """Folder in which the next release of the workspace is built."""
    return workspace.releases / f".staging-{workspace.channel}"


def _file_problem(folder: Path, name: str, described: Mapping[str, Any]) -> str | None:
    path = folder / name
    if not path.is_file():
        return f"{name}: missing"
    found = digest(path.read_bytes())
    if found != described["sha256"]:
        return f"{name}: hash {found[:12]}, manifest says {described['sha256'][:12]}"
    return None


def _table_problems(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    import duckdb
    import pyarrow.parquet as pq

    problems = []
    with duckdb.connect(str(folder / DATABASE), read_only=True) as connection:
        for name, rows in manifest["tables"].items():
            in_file = pq.read_metadata(folder / "parquet" / f"{name}.parquet").num_rows
            counted = connection.table(name).count("*").fetchall()[0][0]
            if (in_file, counted) != (rows, rows):
                problems.append(
                    f"{name}: {in_file} rows in parquet, {counted} in DuckDB, manifest says {rows}"
                )
        for view in database.VIEWS:
            connection.view(view).limit(1).fetchall()
    return problems


def pointer(workspace: Workspace) -> Path:
    """Path of the switch: a link to the current release, or a file with its id."""
    return workspace.releases / f"current-{workspace.channel}"

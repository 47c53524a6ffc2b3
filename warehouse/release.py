"""Release: where a published release lies, and whether it is what its manifest says.

A release is complete or absent. It is built by warehouse/staging.py and made current by
warehouse/publish.py; here it is found, held against its manifest, and held on to by readers.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError
from warehouse import constraints, folders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from warehouse.workspace import Workspace

DATABASE = "kompetanse.duckdb"
MANIFEST = "manifest.json"
SIGNATURE = f"{MANIFEST}.minisig"
LABEL = {
    "published": "Tall fra kildene / figures of the sources",
    "made_up": "OPPDIKTEDE TALL / MADE-UP FIGURES",
}
# Channel, the newest date of the figures (or part of one), mark of the contents.
_ID = re.compile(r"(?P<channel>[a-z].*?)-(?:undated|[0-9][^-]*(?:-[0-9]{2}){0,2})-[0-9a-f]{12}")


class BrokenRelease(KompetanseError):
    """A release on disk is not what its manifest says; lists every difference."""


class NoSuchRelease(KompetanseError):
    """A release that was named, or the current one, is not on disk; lists those that are."""


def current(workspace: Workspace) -> Path | None:
    """Return the folder of the current release of the workspace's county, if there is one."""
    link = pointer(workspace)
    if link.is_symlink():
        return workspace.releases / link.readlink().name
    if link.is_file():
        return workspace.releases / PurePosixPath(link.read_text(encoding="utf-8").strip()).name
    return None


def pointer(workspace: Workspace) -> Path:
    """Path of the switch: a link to the current release, or a file with its id."""
    return workspace.releases / f"current-{workspace.channel}"


def staging(workspace: Workspace, run: str = "") -> Path:
    """Folder in which the next release is built; run: id of a run, so that none share one."""
    return workspace.releases / f".staging-{workspace.channel}{'.' if run else ''}{run}"


def channel_of(release_id: str) -> str | None:
    """Channel in the name of a release ("demo-trondelag"), or None if it is not such a name."""
    found = _ID.fullmatch(release_id)
    return found["channel"] if found else None


def on_disk(workspace: Workspace) -> list[Path]:
    """Folders of the workspace's releases, by name; what is being built or removed is none."""
    if not workspace.releases.is_dir():
        return []
    return sorted(
        path
        for path in workspace.releases.iterdir()
        if channel_of(path.name) == workspace.channel and path.is_dir() and not path.is_symlink()
    )


def find(workspace: Workspace, release_id: str) -> Path:
    """Folder of a named release; raises NoSuchRelease with those that there are."""
    found = {path.name: path for path in on_disk(workspace)}
    if release_id not in found:
        raise NoSuchRelease(
            f"There is no release {release_id} of {workspace.channel} in {workspace.releases}. "
            f"There are: {', '.join(found) or 'none'}."
        )
    return found[release_id]


@contextmanager
def hold(workspace: Workspace) -> Iterator[Path]:
    """Give the folder of the current release, and keep retention from removing it meanwhile.

    Raises NoSuchRelease if nothing has been published, or what is current is not there.
    """
    while True:
        folder = current(workspace)
        if folder is None:
            raise NoSuchRelease(
                f"No release of {workspace.channel} in {workspace.releases} yet. "
                "`kompetanse releases` lists those that there are."
            )
        try:
            file = (folder / MANIFEST).open("rb")
        except FileNotFoundError:
            if folder == current(workspace):
                raise NoSuchRelease(f"{folder} is current and not there; roll back.") from None
            continue
        with file:
            _share(file.fileno())
            # It may have been renamed away between finding and holding it.
            if folder.is_dir():
                yield folder
                return


def read_manifest(folder: Path) -> dict[str, Any]:
    """Manifest of a release; raises BrokenRelease if there is none that can be read."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError) as error:
        raise BrokenRelease(f"{folder} has no readable {MANIFEST}: {error}") from error
    wanted = {"release_id": str, "files": dict, "tables": dict}
    if not isinstance(manifest, dict) or any(
        not isinstance(manifest.get(key), kind) for key, kind in wanted.items()
    ):
        raise BrokenRelease(f"{folder} has no readable {MANIFEST}: {', '.join(wanted)} are not in")
    return manifest


def verify(folder: Path) -> dict[str, Any]:
    """Open a release again and compare it with its manifest; return the manifest.

    Checks its name, bytes and hash of each file, that there are no others, rows of each table in
    parquet and in DuckDB, that the tables keep the constraints that the manifest declares
    (warehouse/constraints.py), and that every view answers. Raises BrokenRelease with every
    difference.
    """
    manifest = read_manifest(folder)
    problems = _set_problems(folder, manifest)
    problems += [p for n, f in manifest["files"].items() if (p := _file_problem(folder, n, f))]
    _refuse(folder, problems or _table_problems(folder, manifest))
    return manifest


def glance(folder: Path) -> dict[str, Any]:
    """Compare names and sizes with the manifest, without reading; return the manifest.

    Raises BrokenRelease with every difference.
    """
    manifest = read_manifest(folder)
    problems = _set_problems(folder, manifest)
    for name, described in manifest["files"].items():
        path = folder / name
        if path.is_file() and path.stat().st_size != described["bytes"]:
            size = path.stat().st_size
            problems.append(f"{name}: {size} bytes, manifest says {described['bytes']}")
    _refuse(folder, problems)
    return manifest


def _refuse(folder: Path, problems: list[str]) -> None:
    if problems:
        lines = "\n".join(f"  {p}" for p in problems)
        raise BrokenRelease(f"{folder} is not what its manifest says:\n{lines}")


def _set_problems(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    named, found = set(manifest["files"]), set()
    for path in folder.rglob("*"):
        if not path.is_dir() or path.is_symlink():
            found.add(path.relative_to(folder).as_posix())
    problems = [f"{name}: missing" for name in sorted(named - found)]
    problems += [
        f"{name}: the manifest does not name it"
        for name in sorted(found - named - {MANIFEST, SIGNATURE})
    ]
    if channel_of(folder.name) and folder.name != manifest["release_id"]:
        problems.append(f"{MANIFEST}: is of {manifest['release_id']}")
    return problems


def _file_problem(folder: Path, name: str, described: Mapping[str, Any]) -> str | None:
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        return f"{name}: leads out of the release"
    try:
        with (folder / name).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None  # said by _set_problems
    except OSError as error:
        return f"{name}: cannot be read: {error}"
    if found != described["sha256"]:
        return f"{name}: hash {found[:12]}, manifest says {described['sha256'][:12]}"
    return None


def _table_problems(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    import duckdb
    import pyarrow.parquet as pq

    problems = []
    try:
        with duckdb.connect(str(folder / DATABASE), read_only=True) as connection:
            # A bar would stand among what a command prints.
            connection.execute("set enable_progress_bar = false")
            for name, rows in manifest["tables"].items():
                in_file = pq.read_metadata(folder / "parquet" / f"{name}.parquet").num_rows
                counted = connection.table(name).count("*").fetchall()[0][0]
                if (in_file, counted) != (rows, rows):
                    problems.append(
                        f"{name}: {in_file} rows in parquet, {counted} in DuckDB, "
                        f"manifest says {rows}"
                    )
            # Those of its own manifest: an earlier release keeps the constraints of its own time.
            problems += constraints.problems(connection, manifest.get("constraints", {}))
            # As the file has them: an earlier release has the views of its own time.
            views = "select view_name from duckdb_views() where not internal order by 1"
            for (view,) in connection.execute(views).fetchall():
                connection.view(view).limit(1).fetchall()
    except (duckdb.Error, OSError) as error:
        problems.append(f"{DATABASE}: {error}")
    return problems


def _share(handle: int) -> None:
    if not folders.WINDOWS:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_SH)

"""Reading a release: which one is meant, its DuckDB file opened read-only, queries within limits.

Any number of processes may read at once; a refresh never touches a release that stands. Printing
and files of the answer are pipeline/answers.py.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError
from warehouse import release
from warehouse.workspace import MADE_UP, PUBLISHED, Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb
    import pyarrow as pa


class NoSuchRelease(KompetanseError):
    """No release is there, or none of that id; lists those that are."""


class QueryFailed(KompetanseError):
    """DuckDB could not answer a query; one line, with a hint what to try."""


@dataclass(frozen=True)
class Limits:
    """What one query may use.

    memory: as DuckDB writes it ("2GB"). seconds: wall time, 0 for no limit.
    files: whether SQL may read and write other files than the release.
    """

    memory: str = "2GB"
    seconds: float = 60.0
    files: bool = False


def find(root: Path, county: str, release_id: str | None = None) -> Path:
    """Folder of a release: the one named, else the county's current one.

    A county without published figures is answered by its release of made-up figures, if it has
    one. The folder is that of the release itself, not the link to it, so that everything read of
    it is of one release. Raises NoSuchRelease.
    """
    releases = root / "releases"
    if release_id is not None:
        known = sorted(p.name for p in releases.glob("[!.]*") if p.is_dir() and not p.is_symlink())
        if release_id not in known:
            raise NoSuchRelease(
                f"There is no release {release_id} in {releases}. "
                f"There are: {', '.join(known) or 'none'}."
            )
        return releases / release_id
    folder = release.current(usual(root, county))
    if folder is not None and (folder / release.DATABASE).is_file():
        return folder
    raise NoSuchRelease(
        f"There is no release of {county} in {releases}. `kompetanse refresh --county {county}` "
        f"makes one of the sources' figures, `kompetanse demo --county {county}` a made-up one."
    )


def usual(root: Path, county: str, figures: str | None = None) -> Workspace:
    """Where a county's releases of these figures are.

    figures: None for the published ones, or the made-up ones of a county that has no others.
    """
    if figures is not None:
        return Workspace(county, figures, root)
    published, made_up = (Workspace(county, figures, root) for figures in (PUBLISHED, MADE_UP))
    folders = [release.current(workspace) for workspace in (published, made_up)]
    there = [folder is not None and (folder / release.DATABASE).is_file() for folder in folders]
    return made_up if there == [False, True] else published


def label(folder: Path) -> str | None:
    """What a reader must be told of a release's figures: the label of made-up ones, else None."""
    manifest = json.loads((folder / release.MANIFEST).read_bytes())
    return release.LABEL[MADE_UP] if manifest["data_origin"] == MADE_UP else None


def connect(folder: Path, limits: Limits | None = None) -> duckdb.DuckDBPyConnection:
    """Open the DuckDB file of a release read-only; raises QueryFailed if it cannot be.

    SQL cannot change the limits, nor load extensions.
    """
    import duckdb

    given = limits or Limits()
    settings: dict[str, Any] = {
        "memory_limit": given.memory,
        # Beside the release, where DuckDB would put it, nobody may write.
        "temp_directory": str(Path(tempfile.gettempdir()) / f"kompetanse-query-{os.getpid()}"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,
    }
    try:
        opened = duckdb.connect(str(folder / release.DATABASE), read_only=True, config=settings)
        if not given.files:
            opened.execute("set enable_external_access = false")
        opened.execute("set lock_configuration = true")
    except duckdb.Error as error:
        raise QueryFailed(f"{folder / release.DATABASE} cannot be read: {_line(error)}") from error
    return opened


def ask(connection: duckdb.DuckDBPyConnection, sql: str, seconds: float = 0.0) -> pa.Table:
    """Run SQL and return the rows of its last statement; no columns where it has no answer.

    seconds: wall time after which it is stopped; 0 for no limit.
    Raises QueryFailed with one line and a hint.
    """
    import duckdb
    import pyarrow as pa

    timer = threading.Timer(seconds, connection.interrupt) if seconds else None
    if timer:
        timer.daemon = True
        timer.start()
    try:
        answer = connection.sql(sql)
        return pa.table({}) if answer is None else answer.to_arrow_table()
    except duckdb.InterruptException as error:
        raise QueryFailed(
            f"The query was stopped after {seconds:g} seconds. Ask for less, or raise --seconds."
        ) from error
    except duckdb.Error as error:
        hint = _hint(connection, error)
        raise QueryFailed(f"{_line(error)}{' ' + hint if hint else ''}") from error
    finally:
        if timer:
            timer.cancel()


def names(connection: duckdb.DuckDBPyConnection) -> Mapping[str, tuple[str, ...]]:
    """What can be asked of: table, view or macro -> its columns, or a macro's parameters."""
    found: dict[str, tuple[str, ...]] = {}
    for table, columns in connection.execute(
        "select table_name, list(column_name order by column_index) from duckdb_columns() "
        "where not internal group by table_name order by table_name"
    ).fetchall():
        found[table] = tuple(columns)
    for macro, parameters in connection.execute(
        "select function_name, parameters from duckdb_functions() "
        "where not internal order by function_name"
    ).fetchall():
        found[macro] = tuple(parameters)
    return found


def _line(error: Exception) -> str:
    """DuckDB's message on one line, without the repeated SQL."""
    return " ".join(str(error).partition("LINE ")[0].split())


def _hint(connection: duckdb.DuckDBPyConnection, error: Exception) -> str:
    import duckdb

    text = str(error)
    if isinstance(error, duckdb.CatalogException):
        return f"There are: {', '.join(names(connection))}."
    if isinstance(error, duckdb.OutOfMemoryException):
        return "Ask for fewer rows or columns, or raise --memory."
    if "read-only" in text or "read only" in text:
        return "A release is never changed; make tables in a database of your own."
    if isinstance(error, duckdb.PermissionException):
        return "Other files than the release are read and written with --files only."
    return ""

"""Shared: results that are the same for every county, so that the second county need not make them.

What a source answered and how it was conformed has nothing of a county in it. A good result of such
a step is kept under its version (warehouse/versions.py) for the counties of the same data root, by
hard link, so that it takes no room; a kept file is never changed. What depends on the county's own
regions is not shared. Like all of work/, the kept may be thrown away at any time.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING
from uuid import uuid4

from warehouse import judged, parquet, versions
from warehouse.steps import SIDECAR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pyarrow as pa

    from warehouse.workspace import Workspace

# The newest result of a step, and one more for who works with an older lock.
KEPT = 2
OWN = "conformed/geography"
CODE_LISTS = "conformed/code_lists"
CODE_LIST_TABLES = ("code_in_force", "coverage")


def files(workspace: Workspace, step: str) -> list[Path]:
    """Files that a step leaves in the work folder, if every county would have the same; else none.

    step: name as in warehouse/versions.py ("raw/ssb/09429").
    """
    layer, _, name = step.partition("/")
    if step == OWN or layer not in ("raw", "conformed"):
        return []
    if step == CODE_LISTS:
        return [workspace.step(layer, f"geography/{table}") for table in CODE_LIST_TABLES]
    # With what the gate said of it, which every release tells.
    path, verdict = workspace.step(layer, name), judged.path(workspace, layer, name)
    return [path, path.with_suffix(SIDECAR), verdict] if layer == "raw" else [path, verdict]


def offer(workspace: Workspace, step: str) -> None:
    """Keep the good result of a step for other counties; nothing if there is none."""
    version, made = versions.recorded(workspace, step), files(workspace, step)
    if version is None or not made:
        return
    folder = _folder(workspace, step)
    if (folder / version).exists():
        return
    aside = folder / f".{uuid4().hex}"
    aside.mkdir(parents=True)
    try:
        for number, path in enumerate(made):
            _link(path, aside / str(number))
        aside.rename(folder / version)
    except OSError:
        # Another county's run was quicker, or a file is gone: nothing is lost by not sharing.
        shutil.rmtree(aside, ignore_errors=True)
    _forget_older(folder)


def take(workspace: Workspace, step: str, version: str) -> bool:
    """Take over what another county's run has made of the very same; tells whether it was there."""
    made = files(workspace, step)
    folder = _folder(workspace, step) / version
    if not made or not folder.exists():
        return False
    versions.forget(workspace, step)
    try:
        for number, path in enumerate(made):
            path.parent.mkdir(parents=True, exist_ok=True)
            new = path.with_name(f".{path.name}.{os.getpid()}.taken")
            new.unlink(missing_ok=True)
            _link(folder / str(number), new)
            new.replace(path)
    except FileNotFoundError:  # removed in the meantime, in favour of a newer one
        return False
    versions.record(workspace, step, version)
    return True


def keep(
    workspace: Workspace, step: str, version: str, make: Callable[[], Mapping[str, pa.Table]]
) -> dict[str, Path]:
    """Parquet files of tables that every county would have the same: name -> file.

    Made and kept under their version, unless another county's run has done so.
    """
    folder = _folder(workspace, step) / version
    if not folder.exists():
        aside = folder.with_name(f".{uuid4().hex}")
        try:
            for name, table in make().items():
                parquet.write(table, aside / f"{name}.parquet")
            aside.rename(folder)
        except OSError:
            # Another county's run may have been quicker; anything else is told of.
            if not folder.exists():
                raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        _forget_older(folder.parent)
    return {path.stem: path for path in sorted(folder.glob("*.parquet"))}


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except FileNotFoundError:
        raise
    except OSError:  # not every shared storage has hard links
        shutil.copyfile(source, target)


def _forget_older(folder: Path) -> None:
    kept = [path for path in folder.iterdir() if not path.name.startswith(".")]
    for path in sorted(kept, key=lambda p: p.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(path, ignore_errors=True)


def _folder(workspace: Workspace, step: str) -> Path:
    return workspace.shared / step

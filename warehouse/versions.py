"""Versions: what each step's result was made of, so that no step is done again for nothing.

A step's version is a hash of the code and of the versions of all that it reads; a raw table's, of
the answers in use. It is known before the step runs. A version is recorded when the result is
good: after its gate, where it has one. Nothing here computes or reads a figure.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING

from warehouse.workspace import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from warehouse.workspace import Workspace

# Rooms whose files make figures; the command line and the tests do not.
ROOMS = ("assets", "expectations", "sources", "sql", "warehouse")
KINDS = frozenset({".py", ".sql", ".yaml", ".csv", ".json"})
STAGED = "release/staged"
# Before the version of a result that waits for its gate.
_PROPOSED = "proposed "
# What of an indicator is the same for every county: no step of its own, but with a version.
COMPARED = "compared"


def raw(table_id: str, answers: Iterable[str]) -> str:
    """Version of a raw table: its YAML, the code, and the ids of the answers in use, in order."""
    return _hash([code(), _file(f"sources/{table_id}.yaml"), *answers])


def derived(workspace: Workspace, step: str, inputs: Mapping[str, str]) -> str:
    """Version of a step ("indicator/population") made of others: step name -> their version."""
    return _hash([code(), step, _own(workspace, step), json.dumps(inputs, sort_keys=True)])


def recorded(workspace: Workspace, step: str) -> str | None:
    """Version of the good result that lies in the work folder, or None if there is none."""
    text = _text(workspace, step)
    return None if text is None or text.startswith(_PROPOSED) else text


def made(workspace: Workspace, step: str) -> str | None:
    """Version of the result that lies there, good or still to be judged, or None."""
    text = _text(workspace, step)
    return None if text is None else text.removeprefix(_PROPOSED)


def record(workspace: Workspace, step: str, version: str) -> None:
    """Say that the step's result is good, and what it was made of."""
    path = _path(workspace, step)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(version, encoding="utf-8")


def propose(workspace: Workspace, step: str, version: str) -> None:
    """Say what the step's result is made of, for whoever judges whether it is good."""
    record(workspace, step, f"{_PROPOSED}{version}")


def accept(workspace: Workspace, step: str) -> None:
    """Say that the step's result is good, made of what was proposed; nothing if nothing was."""
    if version := made(workspace, step):
        record(workspace, step, version)


def forget(workspace: Workspace, step: str) -> None:
    """Say that the step's result is being made anew: until it is recorded, there is none."""
    _path(workspace, step).unlink(missing_ok=True)


@cache
def code() -> str:
    """Hash of the code that every step shares: all but the files that belong to single steps."""
    hashed = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((PROJECT / room).rglob("*")):
            name = path.relative_to(PROJECT).as_posix()
            if path.suffix in KINDS and not _is_of_one_step(name):
                hashed.update(name.encode() + path.read_bytes())
    return hashed.hexdigest()


def _own(workspace: Workspace, step: str) -> str:
    """Hash of the files that belong to this step alone."""
    layer, _, name = step.partition("/")
    if step == "conformed/geography":
        return _file(f"counties/{workspace.county}.yaml")
    if layer == "conformed":
        return _file(f"sources/{name}.yaml")
    if layer in ("indicator", COMPARED):
        from warehouse import definition

        # Every indicator has the breakdown columns of all of them.
        definitions = definition.load()
        columns = definition.breakdown_names(definitions)
        return _hash([definitions[name].sha256, *columns])
    if layer == "mart":
        from warehouse import county_choices

        return county_choices.mark(workspace.county)
    if step == STAGED:
        from warehouse import wanted

        return _hash(w.sha256 for w in wanted.load().values())
    return ""


def _is_of_one_step(name: str) -> bool:
    parts = name.split("/")
    of_a_table = parts[0] == "sources" and len(parts) == 3 and name.endswith(".yaml")  # noqa: PLR2004
    return of_a_table or (parts[:2] == ["sql", "indicators"] and name.endswith((".yaml", ".sql")))


def _file(name: str) -> str:
    path = PROJECT / name
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _text(workspace: Workspace, step: str) -> str | None:
    path = _path(workspace, step)
    return path.read_text(encoding="utf-8") if path.exists() else None


def _path(workspace: Workspace, step: str) -> Path:
    return workspace.work / "versions" / f"{step}.version"

"""Wanted indicators: those of the shared set that no open source gives figures for, and why.

They stand in the catalogue beside the others, so that none is silently left out, and are computed
nowhere. One YAML each in sql/indicators/wanted/; indicators with figures are definition.py.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.registry import Text
from sources.registry_checks import read_yaml, schema_problems
from warehouse import definition
from warehouse.definition import Change, InvalidDefinition

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = "wanted"
SCHEMA = definition.FOLDER / FOLDER / "wanted.schema.json"
STATUS = "wanted"


@dataclass(frozen=True)
class Wanted:
    """One indicator without a source: what it would be, and why there is no figure.

    sha256: of the YAML file, as it was read from folder.
    """

    id: str
    version: str
    theme: int
    rki: str
    title: Text
    definition: Text
    reason: Text
    changelog: tuple[Change, ...]
    sha256: str
    folder: Path


def load(folder: Path | None = None) -> dict[str, Wanted]:
    """Read every wanted indicator that goes with a folder of definitions, by id.

    folder: default is what KOMPETANSE_DEFINITIONS pins (warehouse/definitions_package.py), or else
            the project's own.
    Raises InvalidDefinition with every problem of every file: schema errors, an id that is not
    the file's name, an indicator that is computed too.
    """
    pin = os.environ.get(definition.PIN_VARIABLE)
    if folder is None and pin:
        from warehouse import definitions_package

        return definitions_package.pinned_wanted(Path(pin))
    return _load(folder or definition.FOLDER)


@cache
def _load(folder: Path) -> dict[str, Wanted]:
    found: dict[str, Wanted] = {}
    problems: list[str] = []
    for path in sorted((folder / FOLDER).glob("*.yaml")):
        raw, wrong = read_yaml(path)
        wrong = wrong or _problems(raw, path)
        problems += [f"{FOLDER}/{path.name}: {problem}" for problem in wrong]
        if not wrong:
            found[raw["id"]] = _wanted(raw, path)
    if problems:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise InvalidDefinition(
            f"{len(problems)} problems in the wanted indicators of {folder}:\n{lines}\n"
            f"Nothing was published. Mend the files; {SCHEMA.name} says what each key means."
        )
    return found


def _problems(raw: Mapping[str, Any], path: Path) -> list[str]:
    problems = schema_problems(raw, SCHEMA)
    if problems:
        return problems
    if raw["id"] != path.stem:
        problems.append(f"id: {raw['id']} does not equal the file's name")
    if raw["changelog"][-1]["version"] != raw["version"]:
        problems.append("changelog: the last entry must be of the present version")
    if (path.parent.parent / path.name).exists():
        problems.append(f"{path.name} one folder up computes it -> remove the wanted one")
    return problems


def _wanted(raw: Mapping[str, Any], path: Path) -> Wanted:
    return Wanted(
        id=raw["id"],
        version=raw["version"],
        theme=raw["theme"],
        rki=raw["rki"],
        title=Text(**raw["title"]),
        definition=Text(**raw["definition"]),
        reason=Text(**raw["wanted"]),
        changelog=tuple(Change(**change) for change in raw["changelog"]),
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        folder=path.parent,
    )

"""Definitions package: the catalogue of indicators as files that another checkout can use.

A package has the YAML and SQL of every indicator, the YAML of every wanted one
(warehouse/wanted.py), one JSON of all, a page per indicator and language
(warehouse/definition_pages.py), and a manifest with a version and the sha256 of every file.
Whoever uses one pins it in a small file, which KOMPETANSE_DEFINITIONS names:

    package: ../shared/definitions    # folder, seen from the file
    version: 1.0.0
    sha256: 5d1c...                   # of the package's manifest.json
    own: my_definitions               # optional: a folder that overrides and adds

What a definition is, is warehouse/definition.py; all SQL runs in warehouse/sandbox.py, so that of
others too. Nothing is fetched here.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError
from sources.registry_checks import read_yaml
from warehouse import definition, definition_pages, wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from warehouse.definition import Indicator
    from warehouse.wanted import Wanted

MANIFEST = "manifest.json"
DEFINITIONS = "definitions"
FORMAT = "kompetanse-definitions/1"
LARGEST, MOST = 1_000_000, 5_000
_KEYS = {"package", "version", "sha256", "own"}
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")


class CannotExport(KompetanseError):
    """The package cannot be written where or as it was asked for."""


class WrongDefinitions(KompetanseError):
    """A package is not the one that was pinned, or the pin is wrong; nothing of it is used."""


def export(folder: Path, version: str) -> str:
    """Write the definitions in use as a package; returns the sha256 to pin.

    Raises CannotExport if there is something in the folder or the version is not like 1.0.0.
    """
    if not _VERSION.fullmatch(version):
        raise CannotExport(f"{version} is no version: give three numbers, like 1.0.0.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CannotExport(f"{folder} is not empty: a package is written once. Name a new folder.")
    files = dict(_files(definition.load(), wanted.load()))
    hashes = {name: _sha256(body) for name, body in sorted(files.items())}
    manifest = _json({"format": FORMAT, "version": version, "files": hashes})
    for name, body in {**files, MANIFEST: manifest}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return _sha256(manifest)


@cache
def pinned(pin: Path) -> dict[str, Indicator]:
    """Definitions of the package that a file pins, with those of its `own` folder over them.

    Raises WrongDefinitions with every difference from what is pinned, and InvalidDefinition.
    """
    pins = _read_pin(pin)
    package = (pin.parent / pins["package"]).resolve()
    _refuse(package, [*_differences(package, pins)], pin)
    found = definition.load(package / DEFINITIONS)
    if "own" in pins:
        found = found | definition.load((pin.parent / pins["own"]).resolve())
    return dict(sorted(found.items()))


@cache
def pinned_wanted(pin: Path) -> dict[str, Wanted]:
    """Wanted indicators of the pinned package and of its `own` folder, without what is computed.

    Raises what `pinned` raises.
    """
    computed = pinned(pin)
    pins = _read_pin(pin)
    found = wanted.load((pin.parent / pins["package"]).resolve() / DEFINITIONS)
    if "own" in pins:
        found = found | wanted.load((pin.parent / pins["own"]).resolve())
    return {name: found[name] for name in sorted(found) if name not in computed}


def _files(
    definitions: Mapping[str, Indicator], without: Mapping[str, Wanted]
) -> Iterator[tuple[str, bytes]]:
    folders = {d.id: d.folder for d in definitions.values()}
    for name, folder in folders.items():
        for kind in ("yaml", "sql"):
            yield f"{DEFINITIONS}/{name}.{kind}", (folder / f"{name}.{kind}").read_bytes()
    for name, one in without.items():
        file = f"{name}.yaml"
        yield f"{DEFINITIONS}/{wanted.FOLDER}/{file}", (one.folder / file).read_bytes()
    for schema in (definition.SCHEMA, wanted.SCHEMA):
        path = schema.relative_to(definition.FOLDER).as_posix()
        yield f"{DEFINITIONS}/{path}", schema.read_bytes()
    entries = [*map(_entry, definitions.values()), *map(_wanted_entry, without.values())]
    yield "catalogue.json", _json(entries)
    for path, text in definition_pages.pages(definitions, without).items():
        yield f"pages/{path}", text.encode()


def _entry(indicator: Indicator) -> dict[str, Any]:
    raw, _ = read_yaml(indicator.folder / f"{indicator.id}.yaml")
    return {**raw, "sql": indicator.sql, "sha256": indicator.sha256}


def _wanted_entry(one: Wanted) -> dict[str, Any]:
    raw, _ = read_yaml(one.folder / f"{one.id}.yaml")
    return {**raw, "sha256": one.sha256}


def _read_pin(pin: Path) -> dict[str, str]:
    try:
        raw, problems = read_yaml(pin)
    except OSError as error:
        raise WrongDefinitions(
            f"{definition.PIN_VARIABLE} names {pin}, which cannot be read: {error}"
        ) from error
    problems += [f"{key}: unknown key" for key in sorted(set(raw) - _KEYS)]
    problems += [f"{key}: is missing" for key in sorted(_KEYS - {"own"} - set(raw))]
    problems += [f"{k}: is not text" for k, v in raw.items() if not isinstance(v, str)]
    if problems:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise WrongDefinitions(f"{pin} does not pin a package of definitions:\n{lines}")
    return raw


def _differences(package: Path, pins: Mapping[str, str]) -> Iterator[str]:
    """Ways in which a package is not what is pinned; files are looked at only if its list is."""
    body = _bytes(package, MANIFEST)
    if body is None:
        yield f"{MANIFEST} is not there, or is too large"
        return
    if _sha256(body) != pins["sha256"]:
        yield f"{MANIFEST} has sha256 {_sha256(body)}, pinned is {pins['sha256']}"
        return
    manifest = json.loads(body)
    if manifest["format"] != FORMAT:
        yield f"its format is {manifest['format']}, this project reads {FORMAT}"
    if manifest["version"] != pins["version"]:
        yield f"its version is {manifest['version']}, pinned is {pins['version']}"
    yield from _file_differences(package, manifest["files"])


def _file_differences(package: Path, hashes: Mapping[str, str]) -> Iterator[str]:
    if len(hashes) > MOST:
        yield f"it lists {len(hashes)} files, at most {MOST} are read"
        return
    for name, sha256 in hashes.items():
        body = _bytes(package, name)
        if body is None:
            yield f"{name} is not there, is too large, or lies outside the package"
        elif _sha256(body) != sha256:
            yield f"{name} is not the file that the manifest lists"
        elif name.endswith(".yaml") and _has_alias(body):
            yield f"{name} uses an alias of YAML, which may be written out to any size"
    files = (path for path in (package / DEFINITIONS).rglob("*") if not path.is_dir())
    there = (path.relative_to(package).as_posix() for path in files)
    yield from (f"{name} is not in the manifest" for name in sorted(set(there) - set(hashes)))


def _bytes(package: Path, name: str) -> bytes | None:
    path = (package / name).resolve()
    if not path.is_relative_to(package) or not path.is_file() or path.stat().st_size > LARGEST:
        return None
    return path.read_bytes()


def _has_alias(body: bytes) -> bool:
    import yaml

    try:
        return any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(body))
    except yaml.YAMLError:
        return False  # the definition's own reading says what is wrong with it


def _refuse(package: Path, problems: list[str], pin: Path) -> None:
    if problems:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise WrongDefinitions(
            f"{package} is not the package that {pin} pins:\n{lines}\n"
            "Nothing of it is used. Get the pinned version again, or look at what changed and pin "
            "the new one."
        )


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _json(content: object) -> bytes:
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, default=str)
    return (text + "\n").encode()

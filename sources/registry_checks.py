"""Checks on source YAMLs before they become tables: text, schema, and what a schema cannot say.

Every function gives back a list of problems in words, each led by its path in the file;
nothing raises here. The shapes themselves live in sources/registry.py.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

TOTAL = "_T"
TAKEN = frozenset({"value", "status", "vintage_id"})
_EXPRESSION = re.compile(r"[*?]|^(top|bottom|from|to|range)\(")
_GEO = re.compile(r"0|[0-9]{2}|[0-9]{4}")


def read_yaml(file: Path) -> tuple[dict[str, Any], list[str]]:
    """Read one YAML file: its mapping, and the problems of its text.

    Problems: no mapping, a key given twice (YAML keeps the last without a word), and a key that
    is not text: an unquoted 01 is a number, an unquoted no is false.
    """
    import yaml

    problems: list[str] = []

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """Safe loader that notes keys given twice and keys that are not text."""

    def mapping(loader: Loader, node: yaml.MappingNode) -> dict[str, Any]:
        keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
        line = node.start_mark.line + 1
        twice = [key for key, n in Counter(map(str, keys)).items() if n > 1]
        problems.extend(f"line {line}: key {key} is given twice" for key in twice)
        odd = [key for key in keys if not isinstance(key, str)]
        problems.extend(f"line {line}: key {key} is not text -> put it in quotes" for key in odd)
        return {str(k): v for k, v in loader.construct_mapping(node, deep=True).items()}

    Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    try:
        found = yaml.load(file.read_text(encoding="utf-8"), Loader)  # noqa: S506  # a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return {}, [f"not readable as YAML: {error}"]
    if not isinstance(found, dict):
        return {}, ["holds no mapping at its top"]
    return found, problems


@cache
def _validator(schema: Path) -> Draft202012Validator:
    import json

    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))


def schema_problems(raw: Mapping[str, Any], schema: Path) -> list[str]:
    """Every way in which one file breaks the JSON Schema, led by the YAML path."""
    errors = sorted(_validator(schema).iter_errors(raw), key=lambda e: e.json_path)
    return [f"{_path(error)}: {error.message}" for error in errors]


def _path(error: ValidationError) -> str:
    return ".".join(map(str, error.absolute_path)) or "(top)"


def table_problems(raw: Mapping[str, Any], path: str, warnings: frozenset[str]) -> list[str]:
    """Cross-checks inside one file that already fits the schema."""
    return [
        *_identity(raw, path),
        *_request(raw),
        *_roles(raw),
        *(
            f"warnings: {w} is not in warnings.yaml"
            for w in raw.get("warnings", ())
            if w not in warnings
        ),
        *(
            f"dimensions.{name}{problem}"
            for name, dimension in raw.get("dimensions", {}).items()
            for problem in _dimension(dimension)
        ),
    ]


def problems_between(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """Problems that only several files together have: one SQL name for two tables."""
    views: dict[str, list[str]] = {}
    for path, raw in tables.items():
        views.setdefault(re.sub(r"\W", "_", raw["id"], flags=re.ASCII).lower(), []).append(path)
    return {
        path: [
            f"id: gives the SQL name {view}, as does {other}" for other in paths if other != path
        ]
        for view, paths in views.items()
        for path in paths
        if len(paths) > 1
    }


def _identity(raw: Mapping[str, Any], path: str) -> Iterator[str]:
    if raw["id"] != path:
        yield f"id: {raw['id']} stands in {path}.yaml -> the two must be equal"
    if (raw["protocol"] == "none") != ("reason" in raw):
        yield "reason: give one if, and only if, protocol is none"
    size = raw["size"]
    if size["min_cells"] > size.get("max_cells", size["min_cells"]):
        yield "size: min_cells is larger than max_cells"


def _request(raw: Mapping[str, Any]) -> Iterator[str]:
    request, dimensions = raw.get("request", {}), raw.get("dimensions", {})
    for part in ("select", "codelists"):
        for name in sorted(set(request.get(part, ())) - set(dimensions)):
            yield f"request.{part}.{name}: is not a dimension of the table"
    for name, codes in request.get("select", {}).items():
        dimension = dimensions.get(name, {})
        if "codes" not in dimension:
            continue
        listed = {*dimension["codes"], *dimension.get("aliases", {})}
        unknown = [c for c in codes if c not in listed and not _EXPRESSION.search(c)]
        if unknown:
            yield f"request.select.{name}: {', '.join(unknown)} not among the codes"


def _roles(raw: Mapping[str, Any]) -> Iterator[str]:
    dimensions = raw.get("dimensions", {})
    twice = [n for n, k in Counter(d["name"] for d in dimensions.values()).items() if k > 1]
    yield from (f"dimensions: two are named {name}" for name in twice)
    names = {*dimensions, *(d["name"] for d in dimensions.values())}
    yield from (f"dimensions: {name} is a column of every table" for name in sorted(names & TAKEN))
    roles = Counter(d["role"] for d in dimensions.values())
    for role in ("time", "measure"):
        if dimensions and roles[role] != 1:
            yield f"dimensions: one of role {role} is needed, {roles[role]} given"
    if roles["geo"] and "not_in_force" not in raw:
        yield "not_in_force: say what stands for a region code that does not exist in a period"


def _dimension(raw: Mapping[str, Any]) -> Iterator[str]:
    """Problems of one dimension, each starting with "." or ":"."""
    if ("codes" in raw) == ("pattern" in raw):
        yield ": give either codes (closed list) or pattern (open list)"
        return
    try:
        pattern = re.compile(raw["pattern"]) if "pattern" in raw else None
    except re.error as error:
        yield f".pattern: not a regular expression: {error}"
        return
    yield from _by_role(raw)
    listed = raw.get("codes", {})
    for key in ("aliases", "ignore"):
        yield from (
            f".{key}.{code}: is also listed in codes"
            for code in set(raw.get(key, ())) & set(listed)
        )
    yield from (
        f".aliases.{code}: is also ignored"
        for code in set(raw.get("aliases", ())) & set(raw.get("ignore", ()))
    )
    geo = raw["role"] == "geo"
    targets = [(f".aliases.{code}", target) for code, target in raw.get("aliases", {}).items()]
    targets += [(".absent", raw["absent"])] if "absent" in raw else []
    for where, target in targets:
        if not _known(target, listed, pattern, geo=geo):
            yield f"{where}: {target} is no code of the dimension"


def _known(code: str, listed: Iterable[str], pattern: re.Pattern[str] | None, *, geo: bool) -> bool:
    if code == TOTAL or code in listed or (geo and _GEO.fullmatch(code)):
        return True
    return pattern is not None and pattern.fullmatch(code) is not None


def _by_role(raw: Mapping[str, Any]) -> Iterator[str]:
    role = raw["role"]
    if role == "measure" and "codes" not in raw:
        yield ".codes: a measure needs a closed list, with unit and decimals"
    for code, entry in raw.get("codes", {}).items():
        stated = {"unit", "decimals"} & set(entry)
        if role == "measure" and len(stated) != 2:  # noqa: PLR2004  # both of them
            yield f".codes.{code}: a measure needs unit and decimals"
        if role != "measure" and stated:
            yield f".codes.{code}: only a measure has unit and decimals"
    if (role == "time") != ("period_type" in raw):
        yield ".period_type: give it for role time, and only there"
    if "reference" in raw and role != "time":
        yield ".reference: only the time dimension says on which day region codes count"
    if "form" in raw and role != "geo":
        yield ".form: only a geo dimension has one"

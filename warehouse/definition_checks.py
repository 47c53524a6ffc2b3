"""Checks of one indicator definition that its schema cannot make.

Every function gives back a list of problems in words; nothing is raised and nothing computed here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sources.registry_checks import schema_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

# What a skeleton holds where somebody has yet to say something.
TO_SAY = "TO SAY"
COUNTS = frozenset({"persons", "positions"})
RATIOS = frozenset({"percent", "per_1000", "per_position"})


def problems(raw: Mapping[str, Any], path: Path, schema: Path) -> list[str]:
    """Everything that is wrong with, or still to be said in, a definition's YAML and SQL."""
    from sources import registry

    found = schema_problems(raw, schema)
    if found:
        return found
    if raw["id"] != path.stem:
        found.append(f"id: {raw['id']} does not equal the file's name")
    if not path.with_suffix(".sql").exists():
        found.append(f"no {path.stem}.sql beside it")
    unknown = sorted(set(raw["sources"]) - set(registry.load()))
    if unknown:
        found.append(f"sources: no YAML describes {', '.join(unknown)}")
    if set(raw["headline"]) != set(raw["breakdowns"]):
        found.append("headline: needs one code for each breakdown, and no other")
    if raw["changelog"][-1]["version"] != raw["version"]:
        found.append("changelog: the last entry must be of the present version")
    sql = path.with_suffix(".sql")
    to_say = _said_as_to_do(raw, sql.read_text(encoding="utf-8") if sql.exists() else "")
    return [*found, *_misplaced(raw), *to_say]


def _misplaced(raw: Mapping[str, Any]) -> list[str]:
    """Keys that stand without the aggregation or unit they belong to, or are missing beside it."""
    aggregation, unit = raw["aggregation"], raw["unit"]
    computed = unit == "percent" and aggregation != "published_only"
    belongs = (
        ("flow", aggregation == "flow", "to aggregation flow, and only there"),
        ("weight", aggregation == "weighted", "to aggregation weighted, and only there"),
        ("denominator", unit in RATIOS, "to units that are one count over another, and only there"),
        ("minimum_denominator", computed, "to percentages that are computed, and only there"),
    )
    found = [f"{key}: belongs {where}" for key, wanted, where in belongs if wanted != (key in raw)]
    if "missing_share_estimate" in raw and aggregation != "ratio_of_sums":
        found.append("missing_share_estimate: belongs to aggregation ratio_of_sums, and only there")
    found += [
        f"partitions: {name} is no breakdown of the indicator"
        for name in sorted(set(raw.get("partitions", ())) - set(raw["breakdowns"]))
    ]
    if unit != "points" and "numerator" not in raw:
        found.append("numerator: say in words what is counted")
    tolerance = raw["jump_tolerance"]
    if isinstance(tolerance, dict) and ("percent" in tolerance) != (unit in COUNTS):
        found.append("jump_tolerance: percent for counts, points for every other unit")
    return found


def _said_as_to_do(raw: Mapping[str, Any], sql: str) -> list[str]:
    """What a skeleton left to be said: a definition with some of it is not yet one."""
    found = [
        f"{path}: still to be said: {text.removeprefix(TO_SAY).strip(': ')}"
        for path, text in _texts(raw, "")
        if text.startswith(TO_SAY)
    ]
    lines = [line.partition(TO_SAY)[2].strip(": '") for line in sql.splitlines() if TO_SAY in line]
    return [*found, *(f"SQL: still to be said: {line}" for line in lines)]


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{path}.{number}")

"""Indicator definitions: the YAML beside each indicator's SQL, read and checked.

Only reading: computing lives in warehouse/indicator.py, the rules in sql/.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError
from sources.registry import Text
from sources.registry_checks import read_yaml, schema_problems

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent.parent / "sql" / "indicators"
TOTAL = "_T"


class InvalidDefinition(KompetanseError):
    """Indicator definitions are wrong; the message lists every problem of every file."""


@dataclass(frozen=True)
class Indicator:
    """One indicator as its YAML defines it; see sql/indicators/indicator.schema.json.

    sql: the text of the SQL file beside it. codes: breakdown -> code -> label, for codes that
    the SQL itself makes. headline: breakdown -> code that is shown first; headline_period: the
    period shown first where that is not the newest.
    """

    id: str
    version: str
    theme: int
    rki: str
    title: Text
    definition: Text
    caveats: Text | None
    unit: str
    decimals: int
    multiplier: float
    aggregation: str
    flow: str | None
    levels: tuple[str, ...]
    level_reason: Text | None
    sources: tuple[str, ...]
    breakdowns: tuple[str, ...]
    codes: Mapping[str, Mapping[str, Text]]
    headline: Mapping[str, str]
    headline_period: str | None
    counts_rounded: bool
    published_tolerance: float
    sql: str


@cache
def load(folder: Path = FOLDER) -> dict[str, Indicator]:
    """Read every definition in the folder, by id.

    Raises InvalidDefinition with every problem of every file: schema errors, an id that is not
    the file's name, a missing SQL file, a source that no YAML describes.
    """
    definitions: dict[str, Indicator] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        raw, found = read_yaml(path)
        found = found or _problems(raw, path)
        problems += [f"{path.name}: {problem}" for problem in found]
        if not found:
            definitions[raw["id"]] = _indicator(raw, path)
    if problems:
        lines = "\n".join(f"  {p}" for p in problems)
        raise InvalidDefinition(
            f"{len(problems)} problems in the indicator definitions of {folder}:\n{lines}\n"
            "Nothing was computed. Mend the files; indicator.schema.json says what each key means."
        )
    return definitions


def breakdown_names(definitions: Mapping[str, Indicator]) -> tuple[str, ...]:
    """Names of all breakdowns of all indicators: the breakdown columns of the value table."""
    return tuple(sorted({b for d in definitions.values() for b in d.breakdowns}))


def breakdown_labels(indicator: Indicator) -> dict[tuple[str, str], Text]:
    """Labels of an indicator's breakdown codes: the sources' and those its SQL makes."""
    from sources import registry

    labels: dict[tuple[str, str], Text] = {}
    tables = registry.load()
    for source in indicator.sources:
        for dimension in tables[source].dimensions.values():
            if dimension.name in indicator.breakdowns:
                for code, described in (dimension.codes or {}).items():
                    ours = dimension.aliases.get(code, code)
                    labels[dimension.name, ours] = described.label
    for name, codes in indicator.codes.items():
        labels |= {(name, code): label for code, label in codes.items()}
    return labels


def _problems(raw: Mapping[str, Any], path: Path) -> list[str]:
    from sources import registry

    problems = schema_problems(raw, path.parent / "indicator.schema.json")
    if problems:
        return problems
    if raw["id"] != path.stem:
        problems.append(f"id: {raw['id']} does not equal the file's name")
    if not path.with_suffix(".sql").exists():
        problems.append(f"no {path.stem}.sql beside it")
    unknown = sorted(set(raw["sources"]) - set(registry.load()))
    if unknown:
        problems.append(f"sources: no YAML describes {', '.join(unknown)}")
    if set(raw["headline"]) != set(raw["breakdowns"]):
        problems.append("headline: needs one code for each breakdown, and no other")
    if (raw["aggregation"] == "flow") != ("flow" in raw):
        problems.append("flow: belongs to aggregation flow, and only there")
    if raw["changelog"][-1]["version"] != raw["version"]:
        problems.append("changelog: the last entry must be of the present version")
    return problems


def _indicator(raw: dict[str, Any], path: Path) -> Indicator:
    def text(key: str) -> Text | None:
        return Text(**raw[key]) if key in raw else None

    codes = {
        name: {code: Text(**label) for code, label in labels.items()}
        for name, labels in raw.get("codes", {}).items()
    }
    return Indicator(
        id=raw["id"],
        version=raw["version"],
        theme=raw["theme"],
        rki=raw["rki"],
        title=Text(**raw["title"]),
        definition=Text(**raw["definition"]),
        caveats=text("caveats"),
        unit=raw["unit"],
        decimals=raw["decimals"],
        multiplier=float(raw.get("multiplier", 1)),
        aggregation=raw["aggregation"],
        flow=raw.get("flow"),
        levels=tuple(raw["levels"]),
        level_reason=text("level_reason"),
        sources=tuple(raw["sources"]),
        breakdowns=tuple(raw["breakdowns"]),
        codes=codes,
        headline=raw["headline"],
        headline_period=raw.get("headline_period"),
        counts_rounded=raw.get("counts_rounded", False),
        published_tolerance=float(raw.get("published_tolerance", 0)),
        sql=path.with_suffix(".sql").read_text(encoding="utf-8"),
    )

"""Indicator definitions: the YAML beside each indicator's SQL, read.

What is wrong with one is said in definition_checks.py. Computing lives in warehouse/indicator.py,
the rules in sql/.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError
from sources.registry import Text
from sources.registry_checks import read_yaml
from warehouse import definition_checks

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent.parent / "sql" / "indicators"
SCHEMA = FOLDER / "indicator.schema.json"
PIN_VARIABLE = "KOMPETANSE_DEFINITIONS"
TOTAL = "_T"
NOT_MAPPED = "not mapped"
NOT_SET = "not set"


class InvalidDefinition(KompetanseError):
    """Indicator definitions are wrong; the message lists every problem of every file."""


@dataclass(frozen=True)
class Meaning:
    """What a definition says for people, beyond title, definition and caveats.

    goals: goals of the strategy that the figure follows; None where nobody has mapped them.
    direction: "neutral", "higher is better" or "lower is better". email: None if none is given.
    """

    interpretation: Text
    numerator: Text | None
    denominator: Text | None
    population: Text
    age: str
    reference_time: Text
    goals: tuple[str, ...] | None
    direction: str
    contact: Text
    email: str | None


@dataclass(frozen=True)
class Break:
    """A break in the series: from this period on figures do not compare with earlier ones."""

    period: str
    reason: Text


@dataclass(frozen=True)
class Change:
    """One entry of a definition's changelog; date is "YYYY-MM-DD"."""

    version: str
    date: str
    what: str


@dataclass(frozen=True)
class Indicator:
    """One indicator as its YAML defines it; see sql/indicators/indicator.schema.json.

    sql: the text of the SQL file beside it. codes: breakdown -> code -> label, for codes that
    the SQL itself makes. headline: breakdown -> code that is shown first; headline_period: the
    period shown first where that is not the newest. geography: tables of the regions that the SQL
    reads. minimum_denominator: in persons, below it no share is shown. jump_points and
    jump_percent: the change from one period to the next, at county and country, that is asked
    about: in units of the value, or in per cent of the earlier value. weight: what `weighted`
    weighs by. missing_share_estimate: how much of a region may be missing for its ratio to be given
    as an estimate. open_counts: why counts of 1 to 3 persons need no protection, if they do not;
    ask is_guarded. bounds: which values are possible, where unit and flow do not say it;
    ask is_share and may_be_negative. partitions: breakdowns whose codes divide everyone.
    sha256: of the YAML and the SQL file, as they were read from folder.
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
    geography: tuple[str, ...] = ()
    meaning: Meaning | None = None
    minimum_denominator: float | None = None
    jump_points: float | None = None
    jump_percent: float | None = None
    weight: Text | None = None
    breaks: tuple[Break, ...] = ()
    changelog: tuple[Change, ...] = ()
    bounds: str | None = None
    partitions: tuple[str, ...] = ()
    missing_share_estimate: float = 0
    open_counts: Text | None = None
    sha256: str = ""
    folder: Path = FOLDER

    @property
    def is_share(self) -> bool:
        """Whether the value is a part of a whole in per cent: 0 to 100."""
        return (self.bounds or self.unit) in ("share", "percent")

    @property
    def is_guarded(self) -> bool:
        """Whether its counts are of persons and so small ones are suppressed on output."""
        counts = self.aggregation in ("ratio_of_sums", "sum", "flow") or self.unit == "persons"
        protected = self.counts_rounded or self.open_counts is not None
        return counts and not (protected or self.may_be_negative or self.unit == "positions")

    @property
    def may_be_negative(self) -> bool:
        """Whether the value is a balance or a change, which may be below 0."""
        return (self.bounds or self.flow) in ("none", "net")


def load(folder: Path | None = None) -> dict[str, Indicator]:
    """Read every definition in a folder, by id.

    folder: default is what KOMPETANSE_DEFINITIONS pins (warehouse/definitions_package.py), or else
            the project's own.
    Raises InvalidDefinition with every problem of every file: schema errors, an id that is not
    the file's name, a missing SQL file, a source that no YAML describes.
    """
    pin = os.environ.get(PIN_VARIABLE)
    if folder is None and pin:
        from warehouse import definitions_package

        return definitions_package.pinned(Path(pin))
    return _load(folder or FOLDER)


@cache
def _load(folder: Path) -> dict[str, Indicator]:
    definitions: dict[str, Indicator] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        raw, found = read_yaml(path)
        found = found or definition_checks.problems(raw, path, SCHEMA)
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


def problems_of(path: Path) -> list[str]:
    """Everything that is wrong with, or still to be said in, one definition's YAML and SQL."""
    raw, found = read_yaml(path)
    return found or definition_checks.problems(raw, path, SCHEMA)


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


def _indicator(raw: dict[str, Any], path: Path) -> Indicator:
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
        caveats=_text(raw, "caveats"),
        unit=raw["unit"],
        decimals=raw["decimals"],
        multiplier=float(raw.get("multiplier", 1)),
        aggregation=raw["aggregation"],
        flow=raw.get("flow"),
        levels=tuple(raw["levels"]),
        level_reason=_text(raw, "level_reason"),
        sources=tuple(raw["sources"]),
        breakdowns=tuple(raw["breakdowns"]),
        codes=codes,
        headline=raw["headline"],
        headline_period=raw.get("headline_period"),
        counts_rounded=raw.get("counts_rounded", False),
        published_tolerance=float(raw.get("published_tolerance", 0)),
        sql=path.with_suffix(".sql").read_text(encoding="utf-8"),
        sha256=_sha256(path),
        folder=path.parent,
        **_rules(raw),
    )


def _rules(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What a definition says of reading its figures, by the names of Indicator's fields."""
    tolerance = {} if raw["jump_tolerance"] == NOT_SET else raw["jump_tolerance"]
    return {
        "geography": tuple(raw.get("geography", ())),
        "meaning": _meaning(raw),
        "minimum_denominator": raw.get("minimum_denominator"),
        "jump_points": tolerance.get("points"),
        "jump_percent": tolerance.get("percent"),
        "weight": _text(raw, "weight"),
        "bounds": raw.get("bounds"),
        "partitions": tuple(raw.get("partitions", ())),
        "missing_share_estimate": float(raw.get("missing_share_estimate", 0)),
        "open_counts": _text(raw, "open_counts"),
        "breaks": tuple(Break(b["period"], Text(**b["reason"])) for b in raw["breaks"]),
        "changelog": tuple(Change(**change) for change in raw["changelog"]),
    }


def _meaning(raw: Mapping[str, Any]) -> Meaning:
    goals = raw["goals"]
    return Meaning(
        interpretation=Text(**raw["interpretation"]),
        numerator=_text(raw, "numerator"),
        denominator=_text(raw, "denominator"),
        population=Text(**raw["population"]),
        age=raw["age"],
        reference_time=Text(**raw["reference_time"]),
        goals=None if goals == NOT_MAPPED else tuple(goals),
        direction=raw["direction"],
        contact=Text(**raw["contact"]["name"]),
        email=raw["contact"].get("email"),
    )


def _sha256(path: Path) -> str:
    both = path.read_bytes() + b"\0" + path.with_suffix(".sql").read_bytes()
    return hashlib.sha256(both).hexdigest()


def _text(raw: Mapping[str, Any], key: str) -> Text | None:
    return Text(**raw[key]) if key in raw else None

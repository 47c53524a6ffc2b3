"""Mart definitions: the YAML beside each mart's SQL, read and checked.

Only reading: making a mart is warehouse/marts.py, its rules are in sql/marts/. The oldest mart,
commuting_flow, has no YAML: it is described in comments.yaml.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError
from sources.registry import Text
from sources.registry_checks import read_yaml, schema_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDER = Path(__file__).parent.parent / "sql" / "marts"
SCHEMA = FOLDER / "mart.schema.json"


class InvalidMart(KompetanseError):
    """Mart definitions are wrong; the message lists every problem of every file."""


@dataclass(frozen=True)
class Mart:
    """One mart as its YAML defines it; see sql/marts/mart.schema.json.

    grain: one row per what. lists: source table -> the raw columns that are read.
    steps: name -> SQL file below sql/marts/steps/, without ".sql".
    refuse: the step whose rows are problems, and what to do about them.
    rules: key, required, values and refers, as warehouse/constraints.py takes them.
    """

    id: str
    title: Text
    grain: Text
    conformed: tuple[str, ...]
    lists: Mapping[str, tuple[str, ...]]
    geography: tuple[str, ...]
    marts: tuple[str, ...]
    seeds: tuple[str, ...]
    steps: Mapping[str, str]
    refuse: tuple[str, str] | None
    columns: Mapping[str, Text]
    rules: Mapping[str, Any]

    @property
    def comments(self) -> dict[str, Any]:
        """What the table and its columns mean, in the form of warehouse/comments.yaml."""
        return {
            "table": {"nb": self.grain.nb, "en": self.grain.en},
            "columns": {name: {"nb": t.nb, "en": t.en} for name, t in self.columns.items()},
        }


@cache
def load(folder: Path = FOLDER) -> dict[str, Mart]:
    """Read every mart of a folder, by id, each after those that it reads.

    Raises InvalidMart with every problem of every file: schema errors, an id that is not the
    file's name, a file or source table that is not there, marts that read each other in a ring.
    """
    marts: dict[str, Mart] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        raw, found = read_yaml(path)
        found = found or schema_problems(raw, SCHEMA) or list(_problems(raw, path))
        problems += [f"{path.name}: {problem}" for problem in found]
        if not found:
            marts[raw["id"]] = _mart(raw)
    if problems:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise InvalidMart(
            f"{len(problems)} problems in the mart definitions of {folder}:\n{lines}\n"
            "Nothing was made. Mend the files; mart.schema.json says what each key means."
        )
    order = TopologicalSorter({mart.id: mart.marts for mart in marts.values()})
    return {name: marts[name] for name in order.static_order()}


def sources() -> frozenset[str]:
    """Ids of all source tables whose conformed cells some mart reads."""
    return frozenset(table for mart in load().values() for table in mart.conformed)


def _problems(raw: Mapping[str, Any], path: Path) -> Iterator[str]:
    from sources import registry

    if raw["id"] != path.stem:
        yield f"id: {raw['id']} does not equal the file's name"
    files = [
        path.with_suffix(".sql"),
        *(path.parent / f"{name}.yaml" for name in raw.get("marts", ())),
        *(path.parent / "seeds" / f"{name}.csv" for name in raw.get("seeds", ())),
        *(path.parent / "steps" / f"{name}.sql" for name in _steps(raw).values()),
    ]
    yield from (f"no {file.relative_to(path.parent)}" for file in files if not file.exists())
    named = {*raw.get("conformed", ()), *raw.get("lists", {})}
    unknown = sorted(named - registry.load().keys())
    yield from (f"no source YAML describes {table}" for table in unknown)
    known = raw["columns"].keys()
    for rule in ("key", "required", "values"):
        lost = sorted(set(raw.get(rule, ())) - known)
        yield from (f"{rule}: {column} is no column" for column in lost)
    step = raw.get("refuse", {}).get("step")
    if step and step not in _steps(raw):
        yield f"refuse: {step} is no step"


def _rules(raw: Mapping[str, Any]) -> dict[str, Any]:
    rules = {rule: raw[rule] for rule in ("key", "required", "values") if rule in raw}
    region = ["region_set", "region_id"]
    if set(region) <= raw["columns"].keys():
        rules["refers"] = [{"columns": region, "table": "region", "their": region}]
    return rules


def _steps(raw: Mapping[str, Any]) -> dict[str, str]:
    steps: dict[str, str] = {}
    for step in raw.get("steps", ()):
        steps |= step if isinstance(step, dict) else {step: step}
    return steps


def _mart(raw: Mapping[str, Any]) -> Mart:
    refuse = raw.get("refuse")
    return Mart(
        id=raw["id"],
        title=Text(**raw["title"]),
        grain=Text(**raw["table"]),
        conformed=tuple(raw.get("conformed", ())),
        lists={table: tuple(columns) for table, columns in raw.get("lists", {}).items()},
        geography=tuple(raw.get("geography", ())),
        marts=tuple(raw.get("marts", ())),
        seeds=tuple(raw.get("seeds", ())),
        steps=_steps(raw),
        refuse=(refuse["step"], refuse["advice"]) if refuse else None,
        columns={name: Text(**text) for name, text in raw["columns"].items()},
        rules=_rules(raw),
    )

"""Suite files: Great Expectations suites as YAML, read and checked before they are used.

Great Expectations logs and drops an expectation whose type it does not know, so a misspelt rule
would pass for ever. What a suite file may hold is therefore checked here and in judge.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent
COLUMNS = "expect_table_columns_to_match_set"


class BrokenSuite(KompetanseError):
    """A suite file or one of its rules cannot be used; the message lists every problem."""


@dataclass(frozen=True)
class Rule:
    """One named rule of a suite.

    reads:       tables the rule looks at; a rule without `check` looks at exactly one.
    check:       SQL file below sql/ whose rows are the problems; None for a rule on a table.
    expectation: type, kwargs and meta as Great Expectations takes them.
    """

    name: str
    blocking: bool
    reads: tuple[str, ...]
    check: str | None
    text_nb: str
    text_en: str
    expectation: Mapping[str, Any]

    @property
    def is_shape(self) -> bool:
        """Whether the rule is about which columns a table has."""
        return bool(self.expectation["type"] == COLUMNS)


@dataclass(frozen=True)
class Suite:
    """One suite file: its gate, its rules in order, and columns that messages leave out."""

    name: str
    rules: tuple[Rule, ...]
    quiet: frozenset[str]


@cache
def load(name: str, folder: Path = FOLDER) -> Suite:
    """Read `<name>.yaml`; raises BrokenSuite with every rule that lacks something."""
    import yaml

    raw = yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8"))
    problems = [p for e in raw["expectations"] for p in _problems(e)]
    names = [e.get("meta", {}).get("rule") for e in raw["expectations"]]
    problems += [
        f"{n}: the name stands twice" for n in sorted({n for n in names if names.count(n) > 1})
    ]
    if problems:
        lines = "\n".join(f"  {p}" for p in problems)
        raise BrokenSuite(
            f"{len(problems)} problems in expectations/{name}.yaml:\n{lines}\n"
            "Nothing was judged and nothing was published. Mend the suite file."
        )
    rules = tuple(_rule(e) for e in raw["expectations"])
    return Suite(raw["name"], rules, frozenset(raw["meta"]["quiet_columns"]))


def _problems(raw: Mapping[str, Any]) -> list[str]:
    from warehouse.engine import SQL

    meta = raw.get("meta", {})
    name = meta.get("rule", f"a rule of type {raw.get('type')}")
    problems = [
        f"{name}: meta.{key} is missing"
        for key in ("rule", "reads", "blocking", "nb", "en")
        if meta.get(key) in (None, "", [])
    ]
    check = meta.get("check")
    if check is None and len(meta.get("reads") or []) > 1:
        problems.append(f"{name}: a rule without a check reads one table")
    if check is not None and not (SQL / check).is_file():
        problems.append(f"{name}: there is no sql/{check}")
    if not isinstance(meta.get("blocking", True), bool):
        problems.append(f"{name}: meta.blocking is true or false")
    return problems


def _rule(raw: Mapping[str, Any]) -> Rule:
    meta = raw["meta"]
    return Rule(
        name=meta["rule"],
        blocking=meta["blocking"],
        reads=tuple(meta["reads"]),
        check=meta.get("check"),
        text_nb=meta["nb"],
        text_en=meta["en"],
        expectation=raw,
    )

"""Suite files: the rules of the gates as YAML, read and checked before they are used.

A rule names what breaks it in one of five ways (KINDS). How rows are counted is in judge.py, how
Great Expectations judges the counts in validator.py; rules made of definitions are generated.py's.
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
# columns: that the table must have. filled: the table has rows. unique: columns that tell rows
# apart. broken: SQL condition of a row that breaks the rule. check: SQL file whose rows do.
KINDS = ("columns", "filled", "unique", "broken", "check")
# What kind of quality a rule is about, in the words of ISO/IEC 25012.
DIMENSIONS = ("completeness", "accuracy", "consistency")


class BrokenSuite(KompetanseError):
    """A suite file or one of its rules cannot be used; the message lists every problem."""


@dataclass(frozen=True)
class Rule:
    """One named rule of a suite.

    reads: tables the rule looks at; a rule without `check` looks at exactly one.
    kind:  one of KINDS. what: what the kind says of it: columns (a name with "$" before it is a
           parameter of the gate), an SQL condition, or a file below sql/.
    """

    name: str
    blocking: bool
    reads: tuple[str, ...]
    text_nb: str
    text_en: str
    kind: str
    what: str | tuple[str, ...] = ""
    dimension: str = "consistency"

    @property
    def is_shape(self) -> bool:
        """Whether the rule is about which columns a table has."""
        return self.kind == "columns"


@dataclass(frozen=True)
class Suite:
    """The rules of one gate, in order, and columns that messages leave out."""

    name: str
    rules: tuple[Rule, ...]
    quiet: frozenset[str]


@cache
def load(name: str, folder: Path = FOLDER) -> Suite:
    """Read `<name>.yaml`; raises BrokenSuite with every rule that lacks something."""
    import yaml

    raw = yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8"))
    problems = [p for rule in raw["rules"] for p in _problems(rule)]
    names = [rule.get("rule") for rule in raw["rules"]]
    problems += [
        f"{n}: the name stands twice" for n in sorted({n for n in names if names.count(n) > 1})
    ]
    if problems:
        lines = "\n".join(f"  {p}" for p in problems)
        raise BrokenSuite(
            f"{len(problems)} problems in expectations/{name}.yaml:\n{lines}\n"
            "Nothing was judged and nothing was published. Mend the suite file."
        )
    rules = tuple(_rule(rule) for rule in raw["rules"])
    return Suite(raw["name"], rules, frozenset(raw["quiet_columns"]))


def _problems(raw: Mapping[str, Any]) -> list[str]:
    from warehouse.engine import SQL

    kinds = [kind for kind in KINDS if kind in raw]
    name = raw.get("rule", f"a rule with {', '.join(kinds) or 'nothing'}")
    problems = [
        f"{name}: {key} is missing"
        for key in ("rule", "reads", "blocking", "nb", "en")
        if raw.get(key) in (None, "", [])
    ]
    if len(kinds) != 1:
        problems.append(f"{name}: needs one of {', '.join(KINDS)}, and has {len(kinds)}")
    if "check" not in raw and len(raw.get("reads") or []) > 1:
        problems.append(f"{name}: a rule without a check reads one table")
    if "check" in raw and not (SQL / raw["check"]).is_file():
        problems.append(f"{name}: there is no sql/{raw['check']}")
    if not isinstance(raw.get("blocking", True), bool):
        problems.append(f"{name}: blocking is true or false")
    known = {"rule", "reads", "blocking", "nb", "en", "dimension", *KINDS}
    problems += [f"{name}: unknown key {key}" for key in sorted(raw.keys() - known)]
    if raw.get("dimension", DIMENSIONS[0]) not in DIMENSIONS:
        problems.append(f"{name}: dimension is one of {', '.join(DIMENSIONS)}")
    return problems


def _rule(raw: Mapping[str, Any]) -> Rule:
    kind = next(kind for kind in KINDS if kind in raw)
    what = raw[kind]
    return Rule(
        name=raw["rule"],
        blocking=raw["blocking"],
        reads=tuple(raw["reads"]),
        text_nb=raw["nb"],
        text_en=raw["en"],
        kind=kind,
        what=tuple(what) if isinstance(what, list) else str(what),
        dimension=raw.get("dimension", "consistency"),
    )

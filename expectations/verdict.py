"""Verdict: what a gate found, and the message a person reads when it says no.

Only shapes and words; the rules stand in the suite files, judging in expectations/judge.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from expectations.suite import Rule

SHOWN = 5
VINTAGES_SHOWN = 10
NEXT = (
    "Compare the rows with the vintages named, mend the source YAML, the SQL or the county file "
    "that made them, and run the refresh again.\n"
    "Nothing was published. The release that was current stays current."
)
ALL = "_T"


class ExpectationFailed(KompetanseError):
    """A gate found a blocking rule broken; the message lists every broken rule."""


@dataclass(frozen=True)
class Failure:
    """One broken rule.

    rows:     number of offending rows; of missing columns where columns are missing.
    examples: the first five offending rows, column -> value as JSON knows it.
    vintages: ids of every answer behind the offending rows.
    """

    rule: str
    blocking: bool
    rows: int
    examples: list[dict[str, Any]]
    vintages: tuple[str, ...]
    text_nb: str
    text_en: str


@dataclass(frozen=True)
class Verdict:
    """What one gate said of one table or release.

    passed:     no blocking rule is broken and every rule could be judged.
    rules:      the rules of the gate.
    seconds:    time of judging, without the import of Great Expectations.
    subject:    what was judged: id of a source table or an indicator, or "" for a release.
    not_judged: rules that need a column or table that is missing.
    quiet:      columns that the message leaves out.
    size:       rows of the table that was judged; of the value table for a release.
    """

    gate: str
    passed: bool
    rules: tuple[Rule, ...]
    failures: tuple[Failure, ...]
    seconds: float
    subject: str = ""
    not_judged: tuple[str, ...] = ()
    quiet: frozenset[str] = frozenset()
    size: int = 0


def raise_if_failed(verdict: Verdict) -> None:
    """Raise ExpectationFailed if the verdict did not pass; otherwise do nothing."""
    if not verdict.passed:
        raise ExpectationFailed(message(verdict))


def message(verdict: Verdict) -> str:
    """Say in words what is broken, in which rows and vintages, and what to do next."""
    of = f" of {verdict.subject}" if verdict.subject else ""
    broken = len(verdict.failures)
    lines = [f"Gate {verdict.gate}{of}: {broken} of {len(verdict.rules)} rules are broken"]
    for failure in sorted(verdict.failures, key=lambda f: not f.blocking):
        lines += _lines(failure, verdict.quiet)
    if verdict.not_judged:
        lines.append(f"  Not judged until the columns are there: {', '.join(verdict.not_judged)}")
    if verdict.passed:
        return "\n".join(lines)
    return "\n".join([*lines, NEXT])


def _lines(failure: Failure, quiet: frozenset[str]) -> list[str]:
    kind = "blocking" if failure.blocking else "warning"
    more = failure.rows - len(failure.examples)
    lines = [
        f"  {failure.rule} ({kind}): {failure.rows} rows",
        f"    {failure.text_en}",
        f"    {failure.text_nb}",
        f"    vintages: {_few(failure.vintages)}",
        *(f"    - {_row(row, quiet)}" for row in failure.examples),
    ]
    return [*lines, f"    - and {more} more"] if more > 0 else lines


def _few(vintages: tuple[str, ...]) -> str:
    more = len(vintages) - VINTAGES_SHOWN
    shown = ", ".join(vintages[:VINTAGES_SHOWN]) or "none named in these rows"
    return f"{shown} and {more} more" if more > 0 else shown


def told(row: Mapping[str, Any], quiet: frozenset[str]) -> dict[str, Any]:
    """What is worth telling of an offending row: no quiet column, no blank, no total."""
    return {k: v for k, v in row.items() if k not in quiet and v not in (None, "", ALL)}


def _row(row: Mapping[str, Any], quiet: frozenset[str]) -> str:
    return ", ".join(f"{k}={v}" for k, v in told(row, quiet).items())

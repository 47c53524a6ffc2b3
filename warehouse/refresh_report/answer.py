"""Can we use it? The first lines of the report, by fixed rules, each with its reason.

No: the figures are made up, there are none, or a blocking check is broken. Yes, but: something
that a reader must know before using them. Else yes. The words are in texts.yaml.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warehouse.refresh_report.facts import Facts

YES, BUT, NO = "yes", "yes_but", "no"


@dataclass(frozen=True)
class Reason:
    """Why the answer is what it is: key of the sentence in texts.yaml, and the number in it."""

    key: str
    number: int = 0


@dataclass(frozen=True)
class Answer:
    """The answer, with its reasons; notes: what is worth knowing whatever the answer."""

    word: str
    reasons: tuple[Reason, ...]
    notes: tuple[Reason, ...]


def can_we_use_it(facts: Facts) -> Answer:
    """Answer for a release; yes needs that nothing at all speaks against it."""
    against, doubts = _against(facts), _doubts(facts)
    word = NO if against else BUT if doubts else YES
    reasons = (*against, *doubts) or (Reason("all_well"),)
    return Answer(word, reasons, _notes(facts))


def _against(facts: Facts) -> tuple[Reason, ...]:
    blocking = sum(check.blocking for check in facts.about.checks or ())
    found = [
        Reason("made_up", int(facts.about.made_up)),
        Reason("no_figures", int(facts.figures == 0)),
        Reason("blocking", blocking),
    ]
    return tuple(reason for reason in found if reason.number)


def _doubts(facts: Facts) -> tuple[Reason, ...]:
    warned = sum(not check.blocking for check in facts.about.checks or ())
    redefined = sum(bool(d["earlier_version"] and d["later_version"]) for d in facts.definitions)
    found = [
        Reason("stale", len(facts.stale)),
        Reason("warned", warned),
        Reason("redefined", redefined),
        Reason("unexplained", facts.unexplained),
        Reason("gone", facts.counts.get("gone", 0)),
        Reason("without_figures", len(facts.without_figures) if facts.figures else 0),
        Reason("overdue", sum(due.overdue for due in facts.due)),
    ]
    return tuple(reason for reason in found if reason.number)


def _notes(facts: Facts) -> tuple[Reason, ...]:
    if facts.previous is None:
        return (Reason("first"),)
    revised = facts.counts["revised"] - facts.unexplained
    found = [Reason("new", facts.counts["new"]), Reason("revised", revised)]
    told = tuple(reason for reason in found if reason.number)
    return told if any(facts.counts.values()) else (Reason("nothing_new"),)

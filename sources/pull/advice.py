"""Advice: what a person can do about a table that failed, in one sentence and both languages.

The errors themselves say what happened and where; here is only the next step.
"""

from __future__ import annotations

from sources.http import (
    AnswerTooLarge,
    ForeignAddress,
    InsecureAddress,
    InvalidSetting,
    SourceRefused,
    SourceUnreachable,
    StateUnusable,
)
from sources.model import KompetanseError, SourceChanged, UnreadableAnswer
from sources.pull.live import NotPullable
from sources.pull.problems import (
    ImpossibleRequest,
    NotNow,
    NotWhole,
    QuestionRefused,
    TableGone,
)
from sources.pull.watch import Stopped
from sources.registry import Text

QUARANTINED = Text(
    "Se på tallene, og slipp dem inn med `kompetanse archive accept` eller avvis dem med "
    "`kompetanse archive reject`.",
    "Look at the figures, then let them in with `kompetanse archive accept` or turn them away "
    "with `kompetanse archive reject`.",
)
_LATER = Text(
    "Kjør på nytt senere; kilden svarte ikke.", "Run again later; the source did not answer."
)
_AGAIN = Text(
    "Kjør på nytt; blir det likt, se på svaret i arkivet.",
    "Run again; if it stays so, look at the answer in the archive.",
)
_SETTING = Text(
    "Rett innstillingen som meldingen nevner.", "Mend the setting that the message names."
)
_COMPARE = Text(
    "Kjør `kompetanse doctor` for tabellen, og rett YAML-filen dens.",
    "Run `kompetanse doctor` for the table, and mend its YAML.",
)
_READ = Text("Les meldingen; den sier hva som må gjøres.", "Read the message; it says what to do.")
# In this order: the first class that fits.
_STEPS: tuple[tuple[type[KompetanseError], Text], ...] = (
    (NotNow, Text("Kjør på nytt etter 08.15.", "Run again after 08:15 in Oslo.")),
    (Stopped, Text("Kjør på nytt for resten.", "Run again for the rest.")),
    (
        TableGone,
        Text(
            "Sammenlign med kandidatene, og sett request.url i tabellens YAML-fil.",
            "Compare with the candidates, and set request.url in the table's YAML.",
        ),
    ),
    (
        NotPullable,
        Text(
            "Hent tabellen fra en mappe med `kompetanse archive import`.",
            "Take the table from a folder with `kompetanse archive import`.",
        ),
    ),
    (SourceUnreachable, _LATER),
    (StateUnusable, _SETTING),
    (InvalidSetting, _SETTING),
    (InsecureAddress, _SETTING),
    (ForeignAddress, _COMPARE),
    (AnswerTooLarge, _COMPARE),
    (NotWhole, _AGAIN),
    (UnreadableAnswer, _AGAIN),
    (SourceChanged, _COMPARE),
    (SourceRefused, _COMPARE),
    (QuestionRefused, _COMPARE),
    (ImpossibleRequest, _COMPARE),
)


def next_step(error: KompetanseError) -> Text:
    """What to do about an error of a pull."""
    return next((text for kind, text in _STEPS if isinstance(error, kind)), _READ)


def for_problem(kind: str, problem: str) -> Text:
    """What to do about a problem of the ledger, whose text begins with the name of its error."""
    if kind == "quarantined":
        return QUARANTINED
    name = problem.partition(":")[0]
    return next((text for known, text in _STEPS if known.__name__ == name), _READ)

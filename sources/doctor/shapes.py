"""Shapes of a checkup: what was found of one table, and how good the witness is.

Only dataclasses. What is a finding is decided in compare.py, what becomes of it in propose.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sources.pull.client import Described
    from sources.registry import SourceTable

Verdict = Literal["ok", "differs", "unreachable", "recorded only"]
Kind = Literal[
    "gone",
    "discontinued",
    "title",
    "dimension renamed",
    "dimension gone",
    "new dimension",
    "code gone",
    "new code",
    "decimals",
    "unit",
    "licence",
    "request",
    "periods",
]


@dataclass(frozen=True)
class Witness:
    """Who says it: the service now, or the archive's newest copies of its documents.

    said: age of the oldest copy used, and their fidelity.
    weak: at least one copy is a reshaped extract; that something is not in it proves nothing.
    notes: what is known of how the copies were made.
    """

    live: bool
    said: str = ""
    weak: bool = False
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The witness in a few words."""
        return "live" if self.live else f"archived {self.said}"


@dataclass(frozen=True)
class Finding:
    """One thing that the source says otherwise than the YAML.

    where: the dimension, or "". codes: those that are gone or new. found: what the source has in
    the place of what the YAML has. proven: False where the witness is too weak to say so.
    """

    kind: Kind
    text: str
    where: str = ""
    codes: tuple[str, ...] = ()
    found: str = ""
    proven: bool = True


@dataclass(frozen=True)
class Checkup:
    """One table looked at. problem: why it could not be looked at; described: None then."""

    spec: SourceTable
    verdict: Verdict
    witness: Witness | None = None
    findings: tuple[Finding, ...] = ()
    described: Described | None = None
    problem: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def differences(self) -> tuple[Finding, ...]:
        """What certainly differs."""
        return tuple(finding for finding in self.findings if finding.proven)

    @property
    def open(self) -> tuple[Finding, ...]:
        """What a better witness would have to say."""
        return tuple(finding for finding in self.findings if not finding.proven)

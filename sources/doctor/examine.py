"""Examining: every table in turn, each with its own verdict; one that fails stops no other."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from sources.doctor.compare import compare
from sources.doctor.shapes import Checkup
from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sources.doctor.shapes import Verdict, Witness
    from sources.pull.client import Described, Documents
    from sources.registry import SourceTable

# Protocol -> module of sources/pull/ whose `describe` says what the source says.
DESCRIBERS = {
    "json-stat": "statbank_about",
    "klass-codes": "klass_about",
    "klass-changes": "klass_about",
    "klass-correspondence": "klass_about",
    "udir-report": "udir",
    "udir-csv": "udir",
    "nav-unemployed": "nav",
    "nav-survey": "nav",
    "nav-table": "nav",
    "dbh": "dbh",
    "utdanning-counts": "utdanning",
    "utdanning-areas": "utdanning",
}


class Looking(Protocol):
    """Documents that also say how good a witness they are."""

    def get(self, url: str) -> object:
        """The document at a public address."""

    def witness(self) -> Witness:
        """How good the documents used since `forget` are."""

    def forget(self) -> None:
        """Begin with the next table."""


class _Describer(Protocol):
    def describe(self, spec: SourceTable, documents: Documents) -> Described:
        """What the source says of the table."""


def tables_to_look_at(tables: Iterable[SourceTable]) -> list[SourceTable]:
    """Tables with a request, and those in use without one, which are told as recorded only."""
    return [t for t in tables if t.request is not None or t.in_use]


def examine(
    tables: Iterable[SourceTable], documents: Looking, *, now: datetime | None = None
) -> Iterator[Checkup]:
    """Look at each table and say what differs, one checkup per table, as it is done.

    now: the time, for live documents; None for archived ones, whose age proves nothing.
    """
    for spec in tables:
        documents.forget()
        yield checkup(spec, documents, now=now)


def checkup(spec: SourceTable, documents: Looking, *, now: datetime | None = None) -> Checkup:
    """Look at one table. No KompetanseError gets out: it becomes the verdict."""
    if spec.request is None:
        return Checkup(spec, "recorded only", problem="its YAML has no request")
    client = describer(spec)
    if client is None:
        why = f"cannot be looked at yet: nobody has built how ({spec.protocol})"
        return Checkup(spec, "recorded only", problem=why)
    try:
        described = client.describe(spec, cast("Documents", documents))
    except KompetanseError as error:
        return Checkup(spec, "unreachable", problem=f"{type(error).__name__}: {error}")
    witness = documents.witness()
    findings = compare(spec, described, weak=witness.weak, now=now)
    differs = any(finding.proven for finding in findings)
    verdict: Verdict = "differs" if differs else "ok"
    return Checkup(spec, verdict, witness, findings, described, notes=described.notes)


def describer(spec: SourceTable) -> _Describer | None:
    """The module whose `describe` speaks the protocol of a table; None if there is none yet."""
    name = DESCRIBERS.get(spec.protocol)
    if name is None:
        return None
    full = f"sources.pull.{name}"
    try:
        module = import_module(full)
    except ModuleNotFoundError as error:
        # Another module that is lacking is a fault and must be heard.
        if error.name != full:
            raise
        return None
    return cast("_Describer", module) if hasattr(module, "describe") else None

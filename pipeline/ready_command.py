"""`kompetanse ready`: what a server has and lacks, said before anything is started on it.

It asks no source and changes nothing but one empty file that it writes and removes. What the
sources say now is `kompetanse doctor`.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sources.model import KompetanseError
from warehouse.workspace import DATA_VARIABLE, Workspace

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

GOOD, NOTE, MISSING = "ok", "note", "missing"
# A release of a county takes some 20 MiB; a pull of all tables, and the work beside it, the rest.
ROOM = 2 << 30
ANSWERS_WITHIN = 5.0


@dataclass(frozen=True)
class Finding:
    """One thing looked at. state: ok, note (works without it) or missing (does not)."""

    state: str
    what: str
    said: str


def ready(_: argparse.Namespace) -> int:
    """Say what is there and what is missing; 1 if something that is needed is missing."""
    found = findings(Workspace.from_environment())
    width = max(len(finding.what) for finding in found)
    for finding in found:
        print(f"{finding.state:8} {finding.what:{width}}  {finding.said}")
    missing = [finding for finding in found if finding.state == MISSING]
    if missing:
        print(f"\n{len(missing)} missing: see above. Nothing was started.")
    return 1 if missing else 0


def findings(place: Workspace) -> list[Finding]:
    """Look at everything that a run of this workspace needs; every problem, not the first."""
    checks: dict[str, Callable[[Workspace], Finding | None]] = {
        "county": _county,
        "data root": _data_root,
        "room on disk": _room,
        "storage": _storage,
        "executor": _executor,
        "definitions": _definitions,
        "Dagster": _dagster,
        "code lists": _code_lists,
        "signature": _signature,
        "messages": _messages,
        "contact": _contact,
        "hosts asked": _hosts,
    }
    return [found for what, check in checks.items() if (found := _held(what, check, place))]


def _held(
    what: str, check: Callable[[Workspace], Finding | None], place: Workspace
) -> Finding | None:
    try:
        return check(place)
    except (KompetanseError, OSError) as error:
        return Finding(MISSING, what, str(error))


def _county(place: Workspace) -> Finding:
    from warehouse import counties

    county = counties.load(place.county)
    return Finding(GOOD, "county", f"{county.name['nb']} ({place.county}), {place.figures} figures")


def _data_root(place: Workspace) -> Finding:
    try:
        place.root.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.root, prefix=".ready-"):
            return Finding(GOOD, "data root", str(place.root))
    except OSError as error:
        said = f"{place.root} cannot be written ({error.strerror}): mend it, or set {DATA_VARIABLE}"
        return Finding(MISSING, "data root", said)


def _room(place: Workspace) -> Finding | None:
    if not place.root.exists():
        return None  # said by _data_root
    free = shutil.disk_usage(place.root).free
    said = f"{free / 2**30:.1f} GiB free; {ROOM >> 30} GiB are wanted"
    return Finding(GOOD if free >= ROOM else MISSING, "room on disk", said)


def _storage(place: Workspace) -> Finding:
    from warehouse import store

    mirror = store.of(place.root)
    if mirror is None:
        return Finding(GOOD, "storage", f"the local disk ({store.VARIABLE} is not set)")
    mirror.ask()
    return Finding(GOOD, "storage", f"{store.VARIABLE} answers")


def _executor(_: Workspace) -> Finding:
    from pipeline import executors

    name = executors.chosen().name
    address = os.environ.get(executors.DASK_VARIABLE)
    if name != executors.DASK:
        return Finding(GOOD, "executor", name)
    if not address:
        return Finding(GOOD, "executor", "dask, with workers on this machine")
    try:
        host, port = address.rpartition("//")[2].rsplit(":", 1)
        socket.create_connection((host, int(port)), ANSWERS_WITHIN).close()
    except (OSError, ValueError) as error:
        said = f"dask: no scheduler answers at {executors.DASK_VARIABLE}={address} ({error})"
        return Finding(MISSING, "executor", said)
    return Finding(GOOD, "executor", f"dask, whose scheduler at {address} answers")


def _definitions(_: Workspace) -> Finding:
    from warehouse import definition, no_network

    count = len(definition.load())
    if no_network.enforced():
        said = f"{count}; an offline refresh runs their SQL without a network"
        return Finding(GOOD, "definitions", said)
    said = f"{count}; this machine cannot keep a process off the network, DuckDB's locks alone do"
    return Finding(NOTE, "definitions", said)


def _dagster(place: Workspace) -> Finding:
    from pipeline.run import HOME_VARIABLE

    home = os.environ.get(HOME_VARIABLE)
    if not home:
        said = f"{HOME_VARIABLE} is not set; the command line uses {place.root / 'dagster'}"
        return Finding(NOTE, "Dagster", said)
    return _dagster_answers(home)


def _dagster_answers(home: str) -> Finding:
    import dagster as dg
    from dagster_shared.check import CheckError
    from sqlalchemy.exc import SQLAlchemyError

    # What is wrong with a database comes as an error of that database's own library, and a
    # library that is not installed (dagster-postgres) as a CheckError.
    try:
        with dg.DagsterInstance.get() as instance:
            runs = instance.get_runs_count()
    except (dg.DagsterError, SQLAlchemyError, ImportError, CheckError) as error:
        first = str(error).strip().splitlines()[0]
        return Finding(MISSING, "Dagster", f"{home}: its records cannot be opened: {first}")
    return Finding(GOOD, "Dagster", f"{home}: {runs} runs on record")


def _code_lists(place: Workspace) -> Finding:
    from sources.archive import Archive
    from warehouse.steps import CHANGES, CODES

    known = {entry.table for entry in Archive(place.archive).entries()}
    lacking = [table for table in (CODES, CHANGES) if table not in known]
    if lacking:
        said = f"{', '.join(lacking)} not in the archive yet; the first pull brings them"
        return Finding(NOTE, "code lists", said)
    return Finding(GOOD, "code lists", "in the archive")


def _signature(_: Workspace) -> Finding:
    from warehouse import signature

    if signature.key_from_environment() is None:
        said = f"releases are not signed ({signature.KEY_VARIABLE} is not set)"
        return Finding(NOTE, "signature", said)
    return Finding(GOOD, "signature", "releases are signed")


def _messages(_: Workspace) -> Finding:
    from pipeline.notify import settings

    channels = settings.channels(os.environ)
    if not channels:
        return Finding(NOTE, "messages", "nobody is told of failures (docs/operation.md)")
    return Finding(GOOD, "messages", ", ".join(type(c).__name__.lower() for c in channels))


def _contact(_: Workspace) -> Finding:
    from sources.http.fetch import CONTACT

    if not os.environ.get(CONTACT, "").strip():
        return Finding(NOTE, "contact", f"{CONTACT} is not set: the services cannot reach you")
    return Finding(GOOD, "contact", "stands in the User-Agent")


def _hosts(_: Workspace) -> Finding:
    from sources.http import SERVICES

    hosts = sorted({host for service in SERVICES.values() for host in service.hosts})
    return Finding(GOOD, "hosts asked", f"let the firewall permit {', '.join(hosts)}")

"""Steps: what each asset does, from archived answers to indicator values, on parquet files.

One function per kind of step, each reading and writing files of one workspace, so that a step
can run in any process. The order is Dagster's business (assets/), the rules are in sql/.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sources import registry
from sources.archive import Archive
from sources.ledger import Ledger
from sources.model import KompetanseError
from warehouse import centrality, definition, engine, parquet, versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from sources.corrected import CorrectedCell
    from sources.lock import Pin
    from sources.registry import SourceTable
    from sources.vintages import RawTable
    from warehouse.workspace import Workspace

# What the code lists alone say, and what they say together with the county's own regions.
CODE_LIST_TABLES = ("municipality_change", "municipality_crosswalk")
GEOGRAPHY_TABLES = (
    "municipality_change", "municipality_crosswalk", "region", "region_membership",
    "geo_weight", "series_break",
)  # fmt: skip
CODES, CHANGES = "klass/131_codes", "klass/131_changes"
# Tables that place every municipality, whichever county asks.
PLACING = (CODES, CHANGES, centrality.TABLE)
COMMUTING = "ssb/03321"
SIDECAR = ".noted.json"
STALE = "stale.json"


class NothingWorkedOut(KompetanseError):
    """A step needs the result of an earlier one that is not there."""


@dataclass(frozen=True)
class Done:
    """What a step made: rows, the table for a preview, and facts worth showing."""

    table: pa.Table
    path: Path
    facts: Mapping[str, str | int] = field(default_factory=dict)


def raw(workspace: Workspace, table_id: str) -> Done:
    """Decode the newest answers of one table; without any, leave a table of no rows.

    Raises what sources/vintages.decode raises, NoAnswer only for geography, which nothing
    can be done without; and CorrectionOutdated if a declared error of the source is no more.
    """
    from sources import corrected, corrections, vintages
    from warehouse.conform import empty

    spec = registry.table(table_id)
    archive = Archive(workspace.archive)
    path = workspace.step("raw", table_id)
    # If decoding fails, nothing older may be taken for today's: later steps and the release
    # contract then miss this table instead of using it unawares.
    for old in (path, _sidecar(path)):
        old.unlink(missing_ok=True)
    try:
        decoded = vintages.decode(archive, spec, made_up=workspace.made_up, lock=_lock(workspace))
    except vintages.NoAnswer as error:
        if spec.use == "geography":
            raise
        nothing: dict[str, Any] = {"vintages": [], "stale": None, "pin": None, "corrections": []}
        _write(empty(spec), path, nothing)
        return Done(empty(spec), path, {"rows": 0, "note": str(error)})
    done = corrected.apply(decoded, spec.id, corrections.of(spec.id, made_up=workspace.made_up))
    _write(done.raw.table, path, _noted(decoded, spec, done.cells))
    return Done(done.raw.table, path, _raw_facts(done.raw))


def raw_version(workspace: Workspace, table_id: str) -> str:
    """Version of the raw table that `raw` makes of the archive as it is now."""
    from sources import corrections, vintages

    spec = registry.table(table_id)
    found = vintages.inputs(
        Archive(workspace.archive), spec, made_up=workspace.made_up, lock=_lock(workspace)
    )
    declared = corrections.of(table_id, made_up=workspace.made_up)
    return versions.raw(table_id, [*found, *(correction.sha256 for correction in declared)])


def _lock(workspace: Workspace) -> Mapping[str, Pin] | None:
    from sources import lock

    return lock.read(workspace.lock) if workspace.lock else None


def code_lists(workspace: Workspace) -> dict[str, Done]:
    """Work out from KLASS which codes were in force when, for every county alike."""
    from warehouse import geography as rules

    made = rules.changes_to(
        parquet.read(workspace.step("raw", CODES)), parquet.read(workspace.step("raw", CHANGES))
    )
    known = {name: getattr(made, name) for name in CODE_LIST_TABLES}
    tables = {
        "code_in_force": engine.run("conform/code_in_force.sql", known),
        "coverage": engine.run("conform/coverage.sql", known),
    }
    return {name: _store(workspace, f"geography/{name}", table) for name, table in tables.items()}


def geography(workspace: Workspace) -> dict[str, Done]:
    """Work out regions, crosswalk and weights of the workspace's county from KLASS."""
    from warehouse import counties
    from warehouse import geography as rules

    classes = parquet.read(_existing(workspace.step("raw", centrality.TABLE)))
    made = rules.build(
        parquet.read(workspace.step("raw", CODES)),
        parquet.read(workspace.step("raw", CHANGES)),
        counties.load(workspace.county),
        correspondence=classes if classes.num_rows else None,
    )
    facts = {"region": {"centrality": made.centrality.said.en}}
    tables = {name: getattr(made, name) for name in GEOGRAPHY_TABLES}
    return {
        name: _store(workspace, f"geography/{name}", table, facts.get(name))
        for name, table in tables.items()
    }


def conformed(workspace: Workspace, table_id: str) -> Done:
    """Put one raw table into the project's words and drop codes that were not in force."""
    from warehouse.conform import conform

    spec = registry.table(table_id)
    raw_table = parquet.read(_existing(workspace.step("raw", table_id)))
    places = {n: _geography(workspace, n) for n in ("code_in_force", "coverage")}
    done = conform(raw_table, spec, places)
    facts = {"left out": "; ".join(f"{n} cells {why}" for why, n in done.ignored.items())}
    return _store(workspace, table_id, done.table, facts)


def indicator(workspace: Workspace, indicator_id: str) -> Done:
    """Compute one indicator for every region of the county."""
    from warehouse import compared
    from warehouse.indicator import GEOGRAPHY, compute

    definitions = definition.load()
    wanted = definitions[indicator_id]
    breakdowns = definition.breakdown_names(definitions)
    tables = registry.load()
    conformed: dict[str, pa.Table | Path] = {
        tables[s].view: _existing(workspace.step("conformed", s)) for s in wanted.sources
    }
    values = compute(
        wanted,
        breakdowns=breakdowns,
        conformed=conformed,
        geography={name: _geography(workspace, name) for name in GEOGRAPHY},
        data_origin=workspace.figures,
        shared=compared.files(workspace, wanted, breakdowns, conformed),
    )
    path = workspace.step("indicators", indicator_id)
    parquet.write(values, path)
    figures = values.num_rows - values["value"].null_count
    return Done(values, path, {"figures": figures, "version": wanted.version})


def commuting_flow(workspace: Workspace) -> Done:
    """Add up the commuting matrix between regions of every disjoint region set."""
    import pyarrow as pa

    names = ("geo_weight", "region", "code_in_force")
    inputs: dict[str, pa.Table | Path] = {n: _geography(workspace, n) for n in names}
    inputs[registry.table(COMMUTING).view] = _existing(workspace.step("conformed", COMMUTING))
    inputs["data_origin"] = pa.table({"name": [workspace.figures]})
    table = engine.run("marts/commuting_flow.sql", inputs)
    path = workspace.step("marts", "commuting_flow")
    parquet.write(table, path)
    return Done(table, path)


def vintages_in_use(workspace: Workspace) -> list[dict[str, Any]]:
    """Every answer that the raw tables were decoded from, as rows for the release."""
    return [row for sidecar in _sidecars(workspace).values() for row in sidecar["vintages"]]


def answers_noted(workspace: Workspace, table_id: str) -> list[dict[str, Any]]:
    """Answers that one raw table was decoded from, as noted beside it: rows for the release."""
    noted = json.loads(_existing(_sidecar(workspace.step("raw", table_id))).read_bytes())
    answers: list[dict[str, Any]] = noted["vintages"]
    return answers


def corrections_in_use(workspace: Workspace) -> list[dict[str, Any]]:
    """Every cell of a source that was put right, as rows for the release."""
    return [
        row for sidecar in _sidecars(workspace).values() for row in sidecar.get("corrections", ())
    ]


def stale_sources(workspace: Workspace) -> dict[str, dict[str, str]]:
    """Source tables whose figures are older than they should be: table -> since, kind, why.

    kind: "failed", "quarantined" (the newest answer is not trusted) or "damaged". Known from the
    ledger of the sources and from the last decoding; of a locked run from the file beside the
    lock, so that a rebuild says what the release said.
    """
    if workspace.lock:
        return _stale_beside(workspace.lock)
    found = {t: s["stale"] for t, s in _sidecars(workspace).items() if s["stale"]}
    ledger = Ledger(workspace.archive)
    # Made-up answers have no source that could fail.
    for table_id in () if workspace.made_up else _in_use():
        standing = ledger.standing(table_id)
        if standing.kind and standing.failed_since:
            since, why = standing.failed_since, standing.problem
            found[table_id] = {"since": since, "kind": standing.kind, "why": why}
    return found


def _stale_beside(lock: Path) -> dict[str, dict[str, str]]:
    path = lock.with_name(STALE)
    found: dict[str, dict[str, str]] = json.loads(path.read_bytes()) if path.exists() else {}
    return found


def lock_text(workspace: Workspace) -> str:
    """The sources.lock of what the raw tables were decoded from."""
    from sources import lock

    return lock.joined(s["pin"] for s in _sidecars(workspace).values() if s["pin"])


def stale_mark(workspace: Workspace) -> str:
    """Which sources are stale, since when and how: what makes a release another one.

    Without the reason, whose words (tries, seconds) are others at every pull: a source that stays
    silent must not give a release a day.
    """
    found = {t: [s["since"], s["kind"]] for t, s in stale_sources(workspace).items()}
    return json.dumps(found, sort_keys=True)


def stale_text(workspace: Workspace) -> str:
    """What a release says of stale sources, as one comparable text."""
    return json.dumps(stale_sources(workspace), ensure_ascii=False, sort_keys=True)


def _in_use() -> list[str]:
    return [spec.id for spec in registry.load().values() if spec.in_use]


def _sidecars(workspace: Workspace) -> dict[str, dict[str, Any]]:
    """What was noted beside each raw table: table id -> vintages, stale."""
    root = workspace.work / "raw"
    return {
        path.relative_to(root).as_posix().removesuffix(SIDECAR): json.loads(path.read_bytes())
        for path in sorted(root.rglob(f"*{SIDECAR}"))
    }


def _store(
    workspace: Workspace, name: str, table: pa.Table, facts: Mapping[str, str | int] | None = None
) -> Done:
    path = workspace.step("conformed", name)
    parquet.write(table, path)
    return Done(table, path, facts or {})


def _geography(workspace: Workspace, name: str) -> Path:
    return _existing(workspace.step("conformed", f"geography/{name}"))


def _existing(path: Path) -> Path:
    if not path.exists():
        raise NothingWorkedOut(
            f"{path} is not there: an earlier step has not run or has failed. "
            "Run the whole refresh, or materialize the assets upstream of this one."
        )
    return path


def _write(table: pa.Table, path: Path, noted: Mapping[str, Any]) -> None:
    parquet.write(table, path)
    text = json.dumps(noted, ensure_ascii=False, indent=1, sort_keys=True)
    _sidecar(path).write_text(text, encoding="utf-8")


def _noted(decoded: RawTable, spec: SourceTable, cells: Sequence[CorrectedCell]) -> dict[str, Any]:
    """What stands beside a raw table: answers, line of the lock, damage, cells put right."""
    from sources import lock
    from warehouse import corrected

    # Only what is damaged is seen in decoding; how the source stands is asked of the ledger.
    stale = decoded.stale if decoded.stale and decoded.stale.kind == "damaged" else None
    answers = _vintage_rows(decoded, spec.id)
    return {
        "vintages": [*answers, *corrected.marked(answers, cells)],
        "corrections": corrected.rows(cells),
        "pin": lock.line(spec.id, lock.pin_of(spec, decoded)),
        "stale": {"since": stale.since or "", "kind": stale.kind, "why": stale.why}
        if stale
        else None,
    }


def _sidecar(path: Path) -> Path:
    return path.with_suffix(SIDECAR)


def _vintage_rows(decoded: RawTable, table_id: str) -> list[dict[str, Any]]:
    return [
        {
            "vintage_id": v.entry.vintage_id,
            "source_table_id": table_id,
            "as_of": v.entry.as_of,
            "updated": v.updated.isoformat() if v.updated else None,
            "fetched_at": v.entry.fetched_at,
            "method": v.entry.method,
            "url": v.entry.url,
            "request_body": json.dumps(v.entry.request_body) if v.entry.request_body else None,
            "sha256": v.entry.sha256,
            "bytes": v.entry.size,
            "cells": v.cells,
            "licence": v.entry.licence,
            "origin": v.entry.origin,
            "fidelity": v.entry.fidelity,
            "note": v.entry.note,
        }
        for v in decoded.vintages
    ]


def _raw_facts(decoded: RawTable) -> dict[str, str | int]:
    return {
        "vintages": ", ".join(v.entry.vintage_id for v in decoded.vintages),
        "not used": "; ".join(f"{k}: {v}" for k, v in decoded.unused.items()),
        "warnings": "; ".join(decoded.notes),
    }

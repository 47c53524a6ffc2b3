"""Staging: put a county's tables together in a folder aside, with a manifest of what they are.

Nothing here is visible to readers; making a staged release current is warehouse/publish.py.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from itertools import count
from typing import TYPE_CHECKING, Any

from sources import registry
from sources.archive import digest
from sources.model import KompetanseError
from warehouse import (
    catalogue,
    constraints,
    corrected,
    database,
    decision_calendar,
    definition,
    folders,
    history,
    marts,
    parquet,
    publication_log,
    steps,
    versions,
    wanted,
)
from warehouse.release import DATABASE, LABEL, MANIFEST, staging

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import pyarrow as pa

    from warehouse.workspace import Workspace


class MixedFigures(KompetanseError):
    """Made-up figures and published figures were about to stand in one release."""


def stage(workspace: Workspace, made_of: str = "", run: str = "") -> Path:
    """Build the release of a workspace in its staging folder and return that folder.

    made_of: version of all that it is made of (warehouse/versions.py). run: id of the run that
    stages and will publish it, so that two at once never share a folder.

    Raises MixedFigures if a vintage or row is not of the workspace's kind of figures.
    """
    folder = staging(workspace, run)
    folders.remove(folder)
    tables = release_tables(workspace)
    _refuse_mixture(workspace, tables)
    files = _write_tables(workspace, folder, tables)
    stood = publication_log.log(workspace)
    # The id is the contents' alone: what stood before, and when, is written after it is known.
    release_id = publication_log.own_id(stood, _names(workspace, tables, files))
    built_at = dt.datetime.now(dt.UTC).replace(microsecond=0)
    breakdowns = definition.breakdown_names(definition.load())
    told = history.build(workspace.releases, stood, tables[history.VALUES], release_id, breakdowns)
    since = {database.HISTORY: told.values, history.LOG: told.log}
    files |= _write_tables(workspace, folder, since)
    tables |= since
    database.build(folder / DATABASE, tables, breakdowns, built_at)
    files[DATABASE] = _described(folder / DATABASE, sum(t.num_rows for t in tables.values()))
    manifest = _manifest(workspace, release_id, built_at, tables, files, made_of)
    _write_json(folder / MANIFEST, manifest)
    return folder


def _write_tables(
    workspace: Workspace, folder: Path, tables: Mapping[str, pa.Table]
) -> dict[str, dict[str, Any]]:
    files = {}
    for name, table in tables.items():
        path = folder / "parquet" / f"{name}.parquet"
        parquet.write(table, path, _file_metadata(workspace, name))
        files[f"parquet/{name}.parquet"] = _described(path, table.num_rows)
    return files


def _names(
    workspace: Workspace, tables: Mapping[str, pa.Table], files: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """Ids that these contents can have, endlessly; the first is that of all but odd cases."""
    contents: dict[str, Any] = {name: file["sha256"] for name, file in files.items()}
    dates = tables["vintage"]["as_of"].to_pylist()
    newest = max(((date or "")[:10] for date in dates), default="") or "undated"
    for again in count():
        # Only a number above 0 is part of the mark, so that usually it is that of the files.
        said = contents | ({"again": again} if again else {})
        mark = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]
        yield f"{workspace.channel}-{newest}-{mark}"


def release_tables(workspace: Workspace) -> dict[str, pa.Table]:
    """Every table of the release, in order, each sorted as its file will be."""
    import pyarrow as pa

    definitions = definition.load()
    stale = steps.stale_sources(workspace)
    values = {
        i: _dated(parquet.read(workspace.step("indicators", i)), d.sources, stale)
        for i, d in definitions.items()
    }
    figures = {i: v.num_rows - v["value"].null_count for i, v in values.items()}
    vintages = steps.vintages_in_use(workspace)
    used = {row["source_table_id"] for row in vintages}
    sources = [t for t in registry.load().values() if t.id in used]
    geography = {
        name: parquet.read(workspace.step("conformed", f"geography/{name}"))
        for name in (
            "region", "region_membership", "municipality_change", "municipality_crosswalk"
        )
    }  # fmt: skip
    return {
        "indicator_value": _plain(pa.concat_tables(list(values.values()))),
        "indicator": catalogue.indicator_table(
            definitions.values(), figures, wanted.load().values()
        ),
        "indicator_breakdown": catalogue.breakdown_table(definitions.values()),
        "indicator_break": catalogue.break_table(definitions.values()),
        **geography,
        "commuting_flow": _plain(parquet.read(workspace.step("marts", "commuting_flow"))),
        **marts.release_tables(workspace),
        "decision_calendar": decision_calendar.table(workspace.county, vintages, workspace.figures),
        "source_table": catalogue.source_table(sources, stale),
        "vintage": catalogue.vintage_table(vintages),
        "correction": corrected.correction_table(steps.corrections_in_use(workspace)),
    }


def _dated(
    values: pa.Table, sources: Iterable[str], stale: Mapping[str, Mapping[str, str]]
) -> pa.Table:
    """Say in every row since when a source of the indicator has failed, if one has."""
    import pyarrow as pa

    since = min((stale[s]["since"][:10] for s in sources if s in stale), default=None)
    return values.append_column(
        "stale_since", pa.repeat(pa.scalar(since, pa.string()), len(values))
    )


def _plain(table: pa.Table) -> pa.Table:
    """Join lists of vintages to text, which every reader of parquet and DuckDB understands."""
    import pyarrow.compute as pc

    place = table.column_names.index("vintage_ids")
    return table.set_column(place, "vintage_ids", pc.binary_join(table["vintage_ids"], " "))


def _refuse_mixture(workspace: Workspace, tables: Mapping[str, pa.Table]) -> None:
    wrong = [
        row["vintage_id"]
        for row in tables["vintage"].to_pylist()
        if (row["fidelity"] == "made_up") is not workspace.made_up
    ]
    origins = set(tables["indicator_value"]["data_origin"].unique().to_pylist())
    if wrong or origins - {workspace.figures}:
        raise MixedFigures(
            f"The release of {workspace.channel} would mix made-up and published figures: "
            f"answers {', '.join(wrong) or 'none'}; rows marked {', '.join(sorted(origins))}. "
            "Nothing was published. Remove the work folder and run the refresh again."
        )


def _manifest(
    workspace: Workspace,
    release_id: str,
    built_at: dt.datetime,
    tables: Mapping[str, pa.Table],
    files: dict[str, dict[str, Any]],
    made_of: str,
) -> dict[str, Any]:
    vintages = tables["vintage"].to_pylist()
    return {
        "release_id": release_id,
        "county": workspace.county,
        "data_origin": workspace.figures,
        "label": LABEL[workspace.figures],
        "built_at": built_at.isoformat(),
        "code_version": code_version(),
        "made_of": made_of,
        "files": files,
        "tables": {name: table.num_rows for name, table in tables.items()},
        "constraints": constraints.declared({n: t.column_names for n, t in tables.items()}),
        "definitions": {d.id: d.version for d in definition.load().values()},
        "vintages": [
            {k: v[k] for k in ("vintage_id", "source_table_id", "as_of", "sha256", "fidelity")}
            for v in vintages
        ],
    }


def code_version() -> str:
    """Version of the package and a hash of the code that made the figures."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        number = version("kompetanse")
    except PackageNotFoundError:
        number = "0"
    return f"{number}+{versions.code()[:12]}"


def _file_metadata(workspace: Workspace, name: str) -> dict[str, str]:
    columns = database.comments()[name]["columns"]
    about = {
        "table": name,
        "grain": database.comments()[name]["table"],
        "columns": columns,
        "data_origin": workspace.figures,
        "label": LABEL[workspace.figures],
        "county": workspace.county,
        "attribution": sorted(
            {t.attribution.nb for t in registry.load().values() if t.use == "indicator"}
        ),
    }
    return {"kompetanse": json.dumps(about, ensure_ascii=False, sort_keys=True)}


def _described(path: Path, rows: int) -> dict[str, Any]:
    return {"sha256": digest(path.read_bytes()), "bytes": path.stat().st_size, "rows": rows}


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")

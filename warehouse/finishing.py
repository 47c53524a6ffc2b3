"""Finishing: what a staged release says of itself, once the gate has judged it.

The lock of its answers, the report to the committee, the pages of the checks, the catalogues, and
the manifest that names every file. The tables are built by warehouse/staging.py, made current by
warehouse/publish.py.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from sources import registry
from sources.archive import digest
from sources.registry import Text
from warehouse import (
    catalogues,
    check_pages,
    counties,
    definition,
    judged,
    mart,
    parquet,
    publication_log,
    refresh_report,
    release,
    steps,
)
from warehouse.difference import between

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from warehouse.workspace import Workspace

LOCK = "sources.lock"


def finish(workspace: Workspace, folder: Path, run: str = "", seconds: float = 0.0) -> None:
    """Write lock, report, check pages and catalogues, and name them in the manifest.

    run: id of the run that publishes; seconds: how long it has taken, 0 where that is not known.
    """
    path = folder / release.MANIFEST
    manifest: dict[str, Any] = json.loads(path.read_bytes())
    titles = _titles()
    # A table, indicator or mart that is no more may have left its verdict in the work folder.
    found = [verdict for verdict in judged.read(workspace) if verdict.subject in {"", *titles}]
    cost = judged.cost(found, run, seconds)
    written = [
        *_lock(workspace, folder),
        *_report(workspace, folder, manifest, found, cost),
        *check_pages.write(folder, _pages(workspace, folder, manifest, titles, cost), found),
        *catalogues.write(folder, _about(manifest, found)),
    ]
    manifest["files"] |= {
        file.relative_to(folder).as_posix(): {
            "sha256": digest(file.read_bytes()),
            "bytes": file.stat().st_size,
        }
        for file in written
    }
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")


def _lock(workspace: Workspace, folder: Path) -> Iterable[Path]:
    # What was stale is part of the rows, so a rebuild from the lock needs it too.
    for name, text in ((LOCK, steps.lock_text), (steps.STALE, steps.stale_text)):
        (folder / name).write_text(text(workspace), encoding="utf-8")
        yield folder / name


def _titles() -> dict[str, Text]:
    """Title of everything that a gate judges by itself, by id."""
    return {
        **{t.id: t.title for t in registry.load().values() if t.in_use},
        **{d.id: d.title for d in definition.load().values()},
        **{m.id: m.title for m in mart.load().values()},
    }


def _pages(
    workspace: Workspace,
    folder: Path,
    manifest: dict[str, Any],
    titles: dict[str, Text],
    cost: judged.Cost | None,
) -> check_pages.PagesAbout:
    return check_pages.PagesAbout(
        release_id=manifest["release_id"],
        county=_county(workspace),
        made_up=workspace.made_up,
        titles=titles,
        vintages=_answers(folder),
        cost=cost,
    )


def _county(workspace: Workspace) -> Text:
    county = counties.load(workspace.county)
    return Text(county.name["nb"], county.name["en"])


def _answers(folder: Path) -> dict[str, Sequence[str]]:
    """Answers behind each table, indicator and mart of a staged release; all of them under ""."""
    rows = parquet.read(folder / "parquet" / "vintage.parquet").to_pylist()
    of_table: dict[str, list[str]] = {}
    for row in rows:
        of_table.setdefault(row["source_table_id"], []).append(row["vintage_id"])
    found: dict[str, Sequence[str]] = {"": [row["vintage_id"] for row in rows], **of_table}
    read = {d.id: set(d.sources) for d in definition.load().values()}
    for one in mart.load().values():  # each after those that it reads
        own = {*one.conformed, *one.lists}
        read[one.id] = own.union(*(read[other] for other in one.marts if other in read))
    of_others = {
        subject: [v for table in sorted(tables) for v in of_table.get(table, ())]
        for subject, tables in read.items()
    }
    return found | of_others


def _report(
    workspace: Workspace,
    folder: Path,
    manifest: dict[str, Any],
    found: Iterable[judged.Judged],
    cost: judged.Cost | None,
) -> Iterable[Path]:
    broken = tuple(
        refresh_report.Check(_of_subject(verdict, result), result.rows, result.blocking)
        for verdict in found
        for result in verdict.broken
    )
    about = refresh_report.ReportAbout(
        release_id=manifest["release_id"],
        county=_county(workspace),
        built_at=dt.datetime.fromisoformat(manifest["built_at"]),
        made_up=workspace.made_up,
        region_set=counties.load(workspace.county).default_region_set,
        checks=broken,
        check_pages=check_pages.FOLDER,
        cost=cost,
    )
    earlier = _earlier(workspace, manifest["release_id"])
    told = between(earlier, folder, manifest["release_id"]) if earlier else None
    return refresh_report.write(folder, refresh_report.gather(folder, about, told))


def _of_subject(verdict: judged.Judged, result: judged.Result) -> Text:
    """What a rule says, and of which table or indicator."""
    before = f"{verdict.subject}: " if verdict.subject else ""
    return Text(f"{before}{result.nb}", f"{before}{result.en}")


def _earlier(workspace: Workspace, release_id: str) -> Path | None:
    """The release published last before this one, if it is still kept."""
    published = [workspace.releases / p.release_id for p in publication_log.log(workspace)]
    kept = [f for f in published if f.name != release_id and (f / "parquet").is_dir()]
    return kept[-1] if kept else None


def _about(manifest: dict[str, Any], found: Iterable[judged.Judged]) -> catalogues.ReleaseAbout:
    return catalogues.ReleaseAbout(
        id=manifest["release_id"],
        county=manifest["county"],
        label=manifest["label"],
        built_at=manifest["built_at"],
        data_origin=manifest["data_origin"],
        base_url=catalogues.public_url(),
        checks=tuple(_measured(found)),
    )


def _measured(found: Iterable[judged.Judged]) -> Iterable[catalogues.Check]:
    """Results by rule: all tables that a gate judged by it taken together."""
    rules: dict[tuple[str, str], list[judged.Result]] = {}
    for verdict in found:
        for result in verdict.results:
            rules.setdefault((verdict.gate, result.rule), []).append(result)
    for (gate, rule), results in rules.items():
        one = results[0]
        passed, rows = all(r.passed for r in results), sum(r.rows for r in results)
        yield catalogues.Check(gate, rule, one.dimension, passed, rows, one.text)

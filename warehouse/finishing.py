"""Finishing: what a staged release says of itself, once the gate has judged it.

The lock of its answers, the report to the committee, the catalogues, and the manifest that names
every file. The tables are built by warehouse/staging.py, made current by warehouse/publish.py.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from sources.archive import digest
from sources.registry import Text
from warehouse import (
    catalogues,
    counties,
    judged,
    publication_log,
    refresh_report,
    release,
    steps,
)
from warehouse.difference import between

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from warehouse.workspace import Workspace

LOCK = "sources.lock"


def finish(workspace: Workspace, folder: Path) -> None:
    """Write lock, report and catalogues into a staged release and name them in its manifest."""
    path = folder / release.MANIFEST
    manifest: dict[str, Any] = json.loads(path.read_bytes())
    found = judged.results(workspace)
    written = [
        *_lock(workspace, folder),
        *_report(workspace, folder, manifest, found),
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


def _report(
    workspace: Workspace, folder: Path, manifest: dict[str, Any], found: Iterable[judged.Result]
) -> Iterable[Path]:
    county = counties.load(workspace.county)
    broken = tuple(
        refresh_report.Check(_of_subject(r), r.rows, r.blocking) for r in found if not r.passed
    )
    about = refresh_report.ReportAbout(
        release_id=manifest["release_id"],
        county=Text(county.name["nb"], county.name["en"]),
        built_at=dt.datetime.fromisoformat(manifest["built_at"]),
        made_up=workspace.made_up,
        region_set=county.default_region_set,
        checks=broken,
    )
    earlier = _earlier(workspace, manifest["release_id"])
    told = between(earlier, folder, manifest["release_id"]) if earlier else None
    return refresh_report.write(folder, refresh_report.gather(folder, about, told))


def _of_subject(result: judged.Result) -> Text:
    """What a rule says, and of which table or indicator."""
    before = f"{result.subject}: " if result.subject else ""
    return Text(f"{before}{result.nb}", f"{before}{result.en}")


def _earlier(workspace: Workspace, release_id: str) -> Path | None:
    """The release published last before this one, if it is still kept."""
    published = [workspace.releases / p.release_id for p in publication_log.log(workspace)]
    kept = [f for f in published if f.name != release_id and (f / "parquet").is_dir()]
    return kept[-1] if kept else None


def _about(manifest: dict[str, Any], found: Iterable[judged.Result]) -> catalogues.ReleaseAbout:
    return catalogues.ReleaseAbout(
        id=manifest["release_id"],
        county=manifest["county"],
        label=manifest["label"],
        built_at=manifest["built_at"],
        data_origin=manifest["data_origin"],
        base_url=catalogues.public_url(),
        checks=tuple(_measured(found)),
    )


def _measured(found: Iterable[judged.Result]) -> Iterable[catalogues.Check]:
    """Results by rule: all tables that a gate judged by it taken together."""
    rules: dict[tuple[str, str], list[judged.Result]] = {}
    for result in found:
        rules.setdefault((result.gate, result.rule), []).append(result)
    for (gate, rule), results in rules.items():
        one = results[0]
        passed, rows = all(r.passed for r in results), sum(r.rows for r in results)
        yield catalogues.Check(gate, rule, one.dimension, passed, rows, one.text)

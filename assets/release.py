"""Release layer: put together aside, check, publish by one switch.

The gate of the release contract stands between the two: what breaks it is never published.
"""

# Dagster looks at the type of `context` itself, so annotations are not put off here.
import json
import time
from pathlib import Path
from typing import Any

import dagster as dg

from assets.indicators import indicator_key
from assets.marts import COMMUTING_FLOW, mart_key
from assets.raw import raw_key, used_tables
from assets.resources import WorkspaceResource
from assets.shown import OWNERS, plain_errors, records, references
from assets.step import begin, name, require, version
from warehouse import definition, mart, steps, store, versions
from warehouse.workspace import PROJECT, Workspace

STAGED = dg.AssetKey(["release", "staged"])
PUBLISHED = dg.AssetKey(["release", "published"])
STAGED_DEPS = [
    *(indicator_key(i) for i in definition.load()),
    COMMUTING_FLOW,
    *(mart_key(m) for m in mart.load()),
    *(raw_key(t.id) for t in used_tables()),
]


@dg.asset(
    key=STAGED,
    group_name="release",
    owners=OWNERS,
    kinds={"duckdb", "parquet"},
    metadata=references(PROJECT / "warehouse/staging.py", PROJECT / "warehouse/comments.yaml"),
    deps=STAGED_DEPS,
    description="The next release, built aside.\n\nNeste utgivelse, bygd ved siden av.",
)
def staged(
    context: dg.AssetExecutionContext, workspace: WorkspaceResource
) -> dg.MaterializeResult[None]:
    """Build parquet, DuckDB file and manifest in the staging folder."""
    from warehouse import staging

    with plain_errors(), workspace.at_hand(*store.KEPT) as place:
        begin(place, _staged_by(context), map(name, STAGED_DEPS))
        made_of = _made_of(place)
        folder = staging.stage(place, made_of, _run(context))
        versions.propose(place, _staged_by(context), made_of)
    return dg.MaterializeResult(
        data_version=dg.DataVersion(made_of),
        metadata=_contents(folder),
    )


@dg.asset_check(
    asset=STAGED,
    name="release_contract",
    blocking=True,
    description="Great Expectations suite expectations/release.yaml",
)
def release_contract(
    context: dg.AssetCheckExecutionContext, workspace: WorkspaceResource
) -> dg.AssetCheckResult:
    """Hold the staged release to its contract."""
    from assets.gates import hold
    from expectations import gates
    from warehouse import parquet, release

    run = _run(context)

    def look(place: Workspace) -> "gates.Verdict":
        folder = release.staging(place, run) / "parquet"
        tables = {path.stem: parquet.read(path) for path in sorted(folder.glob("*.parquet"))}
        return gates.check_release(tables)

    return hold(workspace, _staged_by(context), look, *store.KEPT)


@dg.asset(
    key=PUBLISHED,
    group_name="release",
    owners=OWNERS,
    kinds={"duckdb", "parquet"},
    metadata=references(PROJECT / "warehouse/publish.py"),
    deps=[STAGED],
    description="The current release of the county.\n\nFylkets gjeldende utgivelse.",
)
def published(
    context: dg.AssetExecutionContext, workspace: WorkspaceResource
) -> dg.MaterializeResult[None]:
    """Add report and catalogues, verify the release by opening it again, and make it current."""
    from warehouse import finishing, publish, release
    from warehouse.refresh_report import rendering

    run = _run(context)
    with plain_errors(), workspace.at_hand(*store.KEPT) as place:
        require(place, name(PUBLISHED), [_staged_by(context)])
        finishing.finish(place, release.staging(place, run), run, _since_start(context))
        folder = publish.publish(place, run)
        made_of = _made_of(place)
        versions.record(place, name(PUBLISHED), made_of)
        versions.forget(place, _staged_by(context))
    return dg.MaterializeResult(
        data_version=dg.DataVersion(made_of),
        metadata={
            "release": folder.name,
            "report": dg.MetadataValue.md((folder / rendering.MARKDOWN).read_text("utf-8")),
            **_contents(folder),
        },
    )


def _contents(folder: Path) -> dict[str, Any]:
    """What lies in a release's folder: kind of figures, tables with their rows."""
    from warehouse.release import MANIFEST

    manifest = json.loads((folder / MANIFEST).read_bytes())
    rows = [{"table": name, "rows": count} for name, count in manifest["tables"].items()]
    return {
        "figures are": manifest["label"],
        "tables": records(rows, ["table", "rows"]),
        "folder": dg.MetadataValue.path(str(folder)),
    }


def _run(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> str:
    """Id that a run and its retries share, so that two runs at once never share a folder."""
    return context.run.root_run_id or context.run.run_id


def _staged_by(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> str:
    """Step that stages in this run: what another run has staged and judged is not published."""
    return f"{name(STAGED)}/{_run(context)}"


def _since_start(context: dg.AssetExecutionContext) -> float:
    """Seconds since the run began; 0 where its beginning is not recorded."""
    record = context.instance.get_run_record_by_id(context.run.run_id)
    return time.time() - record.start_time if record and record.start_time else 0.0


def _made_of(place: Workspace) -> str:
    return version(place, STAGED, STAGED_DEPS, stale=steps.stale_mark(place))


release_assets = [staged, published]
release_checks = [release_contract]

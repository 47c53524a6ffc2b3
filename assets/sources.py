"""Source layer: one asset per table that can be asked for; materializing it asks what is new.

Asking, keeping and judging are sources/pull/refresh.py's. A table that fails stays alone: its
last good figures stay in use, and its check `answered` says what to do. `kompetanse refresh` does
the same asking without these assets, and made-up figures have nobody to ask.
"""

# Dagster looks at the type of `context` itself, so annotations are not put off here.
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import dagster as dg

from assets.resources import WorkspaceResource
from assets.shown import OWNERS, plain_errors, references
from sources import registry
from sources.registry import SourceTable
from warehouse import expected, store
from warehouse.workspace import Workspace

if TYPE_CHECKING:
    from sources.pull.refresh import Report, TableReport
    from warehouse.expected import Expected

GROUP, LAYER = "sources", "source"
ANSWERED, ON_TIME = "answered", "on_time"
# How long ago a table may have been asked: a schedule that has stopped is seen by it. Whether the
# source itself is late is told by the check `on_time`, as asking makes an asset new either way.
ASKED_WITHIN = {"monthly": timedelta(days=8), "quarterly": timedelta(days=16)}
ASKED_AT_LEAST = timedelta(days=32)
BAD = ("failed", "quarantined")


def source_key(table_id: str) -> dg.AssetKey:
    """Asset key of a source: ssb/09429 -> source/ssb/09429."""
    return dg.AssetKey([LAYER, *table_id.split("/")])


def table_id(key: dg.AssetKey) -> str:
    """Table of a source's asset key."""
    return "/".join(key.path[1:])


def source_spec(spec: SourceTable) -> dg.AssetSpec:
    """Describe the asset of one table."""
    window = ASKED_WITHIN.get(spec.rhythm.frequency, ASKED_AT_LEAST)
    return dg.AssetSpec(
        source_key(spec.id),
        group_name=f"{GROUP}/{spec.provider}",
        owners=OWNERS,
        kinds={spec.provider},
        tags={"provider": spec.provider, "rhythm": spec.rhythm.frequency},
        description=(
            f"What {spec.provider} answers: {spec.title.en}\n\n{spec.title.nb}. Kilden selv."
        ),
        metadata=references(registry.FOLDER / f"{spec.id}.yaml")
        | ({"page": dg.MetadataValue.url(spec.page)} if spec.page else {}),
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=window),
    )


def checks(key: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    """Describe the two checks of a source; neither blocks, since older figures stay in use."""
    return [
        dg.AssetCheckSpec(
            ANSWERED, asset=key, description="The source gave an answer that is used / Svarte"
        ),
        dg.AssetCheckSpec(
            ON_TIME, asset=key, description="No figures are overdue by its rhythm / I rute"
        ),
    ]


source_specs = [source_spec(spec) for spec in expected.pullable()]


@dg.multi_asset(
    name="sources",
    specs=source_specs,
    check_specs=[check for spec in source_specs for check in checks(spec.key)],
    can_subset=True,
)
def sources(
    context: dg.AssetExecutionContext, workspace: WorkspaceResource
) -> Iterator[dg.MaterializeResult[None]]:
    """Ask the selected tables' sources what is new, side by side, and keep it."""
    specs = [s for s in expected.pullable() if source_key(s.id) in context.selected_asset_keys]
    with plain_errors(), workspace.at_hand(store.ARCHIVE) as place:
        report = None if place.made_up else _ask(context, place, specs)
        standings = expected.of(place, specs, datetime.now(UTC))
    found = {table.table: table for table in report.tables} if report else {}
    for stands in standings:
        yield result(stands, found.get(stands.table))
    if report and report.interrupted:
        raise dg.Failure(description="The pull was stopped by hand; the rest was not asked.")


def result(stands: "Expected", asked: "TableReport | None") -> dg.MaterializeResult[None]:
    """Show how a table stands, and what came of asking; None: made-up figures, nobody was asked."""
    return dg.MaterializeResult(
        asset_key=source_key(stands.table),
        data_version=dg.DataVersion(stands.vintage or "none"),
        metadata=_shown(stands, asked),
        check_results=[_answered(stands, asked), _on_time(stands)],
    )


def _ask(context: dg.AssetExecutionContext, place: Workspace, specs: list[SourceTable]) -> "Report":
    from sources.archive import Archive
    from sources.pull import refresh
    from sources.pull.client import Asking
    from sources.pull.events import Event, plain

    def tell(event: Event) -> None:
        if line := plain(event):
            context.log.info(line)

    return refresh.run(specs, Archive(place.archive), Asking(place.root / "http"), tell)


def _shown(stands: "Expected", asked: "TableReport | None") -> dict[str, str | int]:
    standing = stands.standing
    shown: dict[str, str | int] = {
        "state": asked.state if asked else "not asked: made-up figures",
        "vintage": stands.vintage or "none",
        "updated": stands.updated,
        "expected": f"{stands.month:%Y-%m}" if stands.month else "",
        "stale since": standing.failed_since or "",
        "last asked": standing.checked_at or "",
    }
    if asked:
        shown |= {
            "cells": asked.cells,
            "changed cells": asked.changed_cells,
            "requests": asked.requests,
            "notes": "; ".join(asked.notes),
        }
        if asked.todo:
            shown |= {"next step (nb)": asked.todo.nb, "next step (en)": asked.todo.en}
    return {name: value for name, value in shown.items() if value != ""}


def _answered(stands: "Expected", asked: "TableReport | None") -> dg.AssetCheckResult:
    bad = asked is not None and asked.state in BAD
    if not bad or asked is None:
        said = "nobody was asked: made-up figures" if asked is None else asked.state
    else:
        todo = f"\n\n{asked.todo.nb}\n\n{asked.todo.en}" if asked.todo else ""
        said = f"{asked.problem}{todo}\n\nThe last good figures stay in use, marked stale."
    return dg.AssetCheckResult(
        passed=not bad,
        asset_key=source_key(stands.table),
        check_name=ANSWERED,
        severity=dg.AssetCheckSeverity.WARN,
        description=said,
    )


def _on_time(stands: "Expected") -> dg.AssetCheckResult:
    due = f", expected {stands.month:%Y-%m}" if stands.month else ""
    return dg.AssetCheckResult(
        passed=not stands.overdue,
        asset_key=source_key(stands.table),
        check_name=ON_TIME,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"newest figures of {stands.updated[:10] or 'never'}{due}",
    )


source_assets = [sources]

"""`kompetanse diff`: what one release gives otherwise than another, for people and as JSON.

The comparison is warehouse/difference.py; here two releases are found and the result is shown.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError
from warehouse.workspace import MADE_UP, Workspace, data_root

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from pathlib import Path

    from rich.table import Table

    from warehouse.difference import Difference

SHOWN = 10
WORDS = {
    "nb": {
        "title": "Fra {a}\ntil {b}", "new": "nye tall", "revised": "rettede tall",
        "redefined": "tall med ny definisjon", "gone": "tall som er borte",
        "status": "tall med ny status", "one_new": "nytt tall", "one_revised": "rettet tall",
        "one_redefined": "tall med ny definisjon", "one_gone": "tall som er borte",
        "one_status": "tall med ny status", "same": "De to utgivelsene gir de samme tallene.",
        "indicator": "Indikator", "kind": "Hva", "count": "Antall", "periods": "Perioder",
        "source": "Kilde", "answers": "Nye svar", "most": "De største rettelsene",
        "region": "Region", "period": "Periode", "before": "Før", "now": "Nå",
        "vintage": "Nytt svar", "definitions": "Endrede definisjoner", "none": "–",
        "scope_indicator": "ny eller utgått indikator", "scope_period": "hele perioden",
        "scope_region": "hele regionen", "scope_cell": "enkelte tall",
    },
    "en": {
        "title": "From {a}\nto {b}", "new": "new figures", "revised": "revised figures",
        "redefined": "figures with a new definition", "gone": "figures that are gone",
        "status": "figures with a new status", "one_new": "new figure",
        "one_revised": "revised figure", "one_redefined": "figure with a new definition",
        "one_gone": "figure that is gone", "one_status": "figure with a new status",
        "same": "The two releases give the same figures.",
        "indicator": "Indicator", "kind": "What", "count": "Number", "periods": "Periods",
        "source": "Source", "answers": "New answers", "most": "Greatest revisions",
        "region": "Region", "period": "Period", "before": "Before", "now": "Now",
        "vintage": "New answer", "definitions": "Changed definitions", "none": "–",
        "scope_indicator": "new or withdrawn indicator", "scope_period": "the whole period",
        "scope_region": "the whole region", "scope_cell": "single figures",
    },
}  # fmt: skip


class NothingToCompare(KompetanseError):
    """There are not two releases to compare."""


def diff(arguments: argparse.Namespace) -> int:
    """Compare two releases: the two named, or the previous one and the current."""
    from warehouse import difference, release

    workspace = _workspace(arguments)
    earlier, later = _chosen(workspace, arguments.earlier, arguments.later)
    if workspace.made_up:
        print(f"{release.LABEL[MADE_UP]} ({later.name})", file=sys.stderr)
    found = difference.between(earlier, later)
    if arguments.json:
        print(json.dumps(found.as_json(), ensure_ascii=False, default=str))
    else:
        show(found, arguments.language, region_names(later, arguments.language))
    return 0


def show(found: Difference, language: str, regions: Mapping[tuple[str, str], str]) -> None:
    """Print a difference for people: counts, definitions, sources and the greatest revisions.

    regions: (region set, region id) -> name; one without a name is shown by its id.
    """
    from rich.console import Console

    from warehouse.refresh_report import formats

    words = WORDS[language]
    console = Console()
    console.print(words["title"].format(a=found.earlier, b=found.later), style="bold")
    for kind, number in found.counted().items():
        if number:
            counted = words["one_" + kind] if number == 1 else words[kind]
            console.print(f"  {formats.number(number, 0, language)} {counted}", highlight=False)
    if not any(found.counted().values()):
        console.print(words["same"])
    for table in (_indicators(found, words), _definitions(found, words), _sources(found, words),
                  _revisions(found, language, regions)):  # fmt: skip
        if table.rows:
            console.print(table)


def _workspace(arguments: argparse.Namespace) -> Workspace:
    """Where the releases are: of the figures asked for, else of the releases named."""
    from warehouse import reader, release

    named = release.channel_of(arguments.later or arguments.earlier or "")
    if arguments.figures or named is None:
        return reader.usual(data_root(), arguments.county, arguments.figures)
    return Workspace.of_channel(named, data_root())


def _chosen(workspace: Workspace, earlier: str | None, later: str | None) -> tuple[Path, Path]:
    from warehouse import publication_log, release

    current = release.current(workspace)
    now = release.find(workspace, later) if later else current
    if now is None:
        raise NothingToCompare(
            f"{workspace.channel} has no release yet: run `kompetanse refresh` first. "
            "`kompetanse releases` lists those of other counties."
        )
    before = earlier or (publication_log.previous(workspace) if now == current else None)
    if before is None:
        raise NothingToCompare(
            f"There is no release before {now.name}. Name two: kompetanse diff EARLIER LATER; "
            "`kompetanse releases` lists them."
        )
    return release.find(workspace, before), now


def _grid(title: str, columns: tuple[str, ...], right: tuple[str, ...] = ()) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left")
    return table


def _indicators(found: Difference, words: dict[str, str]) -> Table:
    columns = (words["indicator"], words["kind"], words["periods"], words["count"])
    table = _grid("", columns, (words["count"],))
    for row in found.by_indicator:
        scope = f" ({words['scope_' + row['scope']]})" if row["scope"] else ""
        first, last = row["first_period"], row["last_period"]
        periods = first if first == last else f"{first}–{last}"
        count = str(row["values_changed"])
        table.add_row(row["indicator_id"], words[row["kind"]] + scope, periods, count)
    return table


def _definitions(found: Difference, words: dict[str, str]) -> Table:
    columns = (words["indicator"], words["before"], words["now"])
    table = _grid(words["definitions"], columns)
    for row in found.definitions:
        versions = (row["earlier_version"], row["later_version"])
        table.add_row(row["indicator_id"], *(v or words["none"] for v in versions))
    return table


def _sources(found: Difference, words: dict[str, str]) -> Table:
    table = _grid(words["answers"], (words["source"], words["vintage"]))
    for row in found.answers:
        table.add_row(row["source_table_id"], row["vintage_id"])
    return table


def _revisions(found: Difference, language: str, regions: Mapping[tuple[str, str], str]) -> Table:
    from warehouse.refresh_report import formats

    words = WORDS[language]
    columns = tuple(words[w] for w in ("indicator", "region", "period", "before", "now", "vintage"))
    table = _grid(words["most"], columns, (words["before"], words["now"]))
    for row in _greatest(found):
        region = regions.get((row["region_set"], row["region_id"])) or row["region_id"]
        shown = [
            formats.number(row[side], row["decimals"], language)
            for side in ("earlier_value", "later_value")
        ]
        answer = row["new_vintage_ids"] or words["none"]
        table.add_row(_named(row, found.breakdowns), region, row["period"], *shown, answer)
    return table


def _greatest(found: Difference) -> list[dict[str, Any]]:
    import pyarrow.compute as pc

    changes = found.changes
    kept = changes.filter(pc.not_equal(pc.coalesce(changes["change"], 0.0), 0.0))
    share = pc.abs(pc.divide(kept["change"], pc.max_element_wise(pc.abs(kept["earlier_value"]), 1)))
    places = pc.sort_indices(share, sort_keys=[("", "descending")]) if len(kept) else []
    return kept.take(places[:SHOWN]).to_pylist() if len(kept) else []


def _named(row: dict[str, Any], breakdowns: tuple[str, ...]) -> str:
    parts = [f"{b}={row[b]}" for b in breakdowns if row[b] != "_T"]
    return " ".join([row["indicator_id"], *parts])


def region_names(folder: Path, language: str) -> dict[tuple[str, str], str]:
    """Names of a release's regions: (region set, region id) -> name in "nb" or "en"."""
    from warehouse import parquet

    file = folder / "parquet" / "region.parquet"
    rows = parquet.read(file).to_pylist() if file.is_file() else []
    return {(row["region_set"], row["region_id"]): row[f"name_{language}"] for row in rows}

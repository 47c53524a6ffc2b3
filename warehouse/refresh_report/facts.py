"""Facts of a refresh report: what is new, what moved, what failed, what is due; no words.

Read from the parquet files of the release and from the difference to the one before. Whether it
can be used is judged in answer.py, when sources are due in due.py, words are in texts.yaml.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sources.registry import Text
from warehouse import engine, parquet
from warehouse.history import ALL
from warehouse.refresh_report.due import Due, expected
from warehouse.wanted import STATUS as WANTED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from warehouse.difference import Difference
    from warehouse.judged import Cost

MOST_NEW, MOST_REVISED = 12, 10
Row = dict[str, Any]


@dataclass(frozen=True)
class Check:
    """A rule of a gate that was broken; blocking ones stop a release. rows: how many break it."""

    text: Text
    rows: int
    blocking: bool = False


@dataclass(frozen=True)
class ReportAbout:
    """What the report is about, as the manifest and the county file say.

    built_at:    when the release was built, with zone; all that is due is reckoned from it.
    region_set:  the set whose regions are told of, beside the county.
    checks:      broken rules; None where the checks have not been run yet.
    check_pages: folder of the pages that tell all of them; empty where there are none.
    cost:        what checking took in the run that publishes; None where it is not known.
    """

    release_id: str
    county: Text
    built_at: datetime
    made_up: bool
    region_set: str
    checks: tuple[Check, ...] | None = None
    check_pages: str = ""
    cost: Cost | None = None


@dataclass(frozen=True)
class Facts:
    """Everything the report tells, each list in the order of telling.

    new_periods, revisions: the greatest moves; new_periods_left, revisions_left: how many more.
    sources: rows of source_table with new answers (counts, periods); stale: those that failed;
    tables: all, by id.
    titles, headlines, regions: id -> text, for indicators, for the breakdown that each shows
    first, and for (region_set, region_id). unexplained: revised though no source answered anew.
    """

    about: ReportAbout
    previous: str | None
    counts: Mapping[str, int]
    unexplained: int
    figures: int
    without_figures: tuple[str, ...]
    sources: tuple[Row, ...]
    stale: tuple[Row, ...]
    new_periods: tuple[Row, ...]
    new_periods_left: int
    revisions: tuple[Row, ...]
    revisions_left: int
    gone: tuple[Row, ...]
    definitions: tuple[Row, ...]
    due: tuple[Due, ...]
    tables: Mapping[str, Row]
    titles: Mapping[str, Text]
    headlines: Mapping[str, Text]
    regions: Mapping[tuple[str, str], Text]
    reasons: Mapping[str, Text]


def gather(folder: Path, about: ReportAbout, difference: Difference | None) -> Facts:
    """Gather the facts of the release in a folder; difference: to the one before, if there is."""
    indicators = _rows(folder, "indicator")
    sources = _rows(folder, "source_table")
    answers = _rows(folder, "vintage")
    new, revised = _moves(folder, about, difference)
    return Facts(
        about=about,
        previous=difference.earlier if difference else None,
        counts=difference.counted() if difference else {},
        unexplained=_unexplained(difference) if difference else 0,
        figures=sum(row["figures"] for row in indicators),
        without_figures=tuple(
            r["indicator_id"] for r in indicators if not r["figures"] and r["status"] != WANTED
        ),
        sources=tuple(_news(sources, difference)) if difference else (),
        stale=tuple(row for row in sources if row["state"] != "current"),
        new_periods=tuple(new[:MOST_NEW]),
        new_periods_left=len(new[MOST_NEW:]),
        revisions=tuple(revised[:MOST_REVISED]),
        revisions_left=len(revised[MOST_REVISED:]),
        gone=tuple(_of(difference, "gone_by_indicator") if difference else ()),
        definitions=tuple(difference.definitions) if difference else (),
        tables={row["source_table_id"]: row for row in sources},
        due=expected(sources, answers, about.built_at),
        titles={r["indicator_id"]: Text(r["title_nb"], r["title_en"]) for r in indicators}
        | _gone_titles(difference, {r["indicator_id"] for r in indicators}),
        headlines=_headlines(indicators, _rows(folder, "indicator_breakdown")),
        regions={
            (r["region_set"], r["region_id"]): Text(r["name_nb"], r["name_en"])
            for r in _rows(folder, "region")
        },
        reasons={
            r["code"]: Text(r["nb"], r["en"])
            for r in engine.seed("roll_up/reasons.csv").to_pylist()
        },
    )


def _moves(
    folder: Path, about: ReportAbout, difference: Difference | None
) -> tuple[list[Row], list[Row]]:
    import pyarrow as pa

    if difference is None:
        return [], []
    tables = {
        "indicator_value": folder / "parquet" / "indicator_value.parquet",
        "indicator": folder / "parquet" / "indicator.parquet",
        "wanted": pa.table({"region_set": ["county", about.region_set]}),
    }
    return (
        _of(difference, "new_period_moves", **tables),
        _of(difference, "revision_moves", **tables),
    )


def _news(sources: list[Row], difference: Difference) -> list[Row]:
    """Source tables with new answers, and what these changed."""
    stamps: dict[str, list[str]] = {}
    for answer in difference.answers:
        stamp = answer["updated"] or answer["as_of"] or ""
        stamps.setdefault(answer["source_table_id"], []).append(stamp)
    found = []
    for row in sources:
        own = [r for r in difference.by_source if r["source_table_id"] == row["source_table_id"]]
        if row["source_table_id"] in stamps:
            new = next((r for r in own if r["kind"] == "new"), {})
            counts = {r["kind"]: r["values_changed"] for r in own}
            found.append(
                row
                | {
                    "updated": max(stamps[row["source_table_id"]])[:10],
                    "counts": counts,
                    "first": new.get("first_new_period"),
                    "last": new.get("last_new_period"),
                }
            )
    return found


def _unexplained(difference: Difference) -> int:
    return sum(
        r["values_changed"]
        for r in difference.by_source
        if (r["source_table_id"], r["kind"]) == ("", "revised")
    )


def _headlines(indicators: list[Row], breakdowns: list[Row]) -> dict[str, Text]:
    """Labels of the breakdown that an indicator shows first, without those that are a total."""
    labels = {
        (r["indicator_id"], f"{r['breakdown']}={r['code']}"): Text(r["label_nb"], r["label_en"])
        for r in breakdowns
        if r["code"] != ALL
    }
    found = {}
    for row in indicators:
        pairs = row["headline"].split(", ")
        own = [labels[row["indicator_id"], p] for p in pairs if (row["indicator_id"], p) in labels]
        if own:
            found[row["indicator_id"]] = Text(
                ", ".join(label.nb for label in own), ", ".join(label.en for label in own)
            )
    return found


def _gone_titles(difference: Difference | None, known: set[str]) -> dict[str, Text]:
    rows = difference.definitions if difference else []
    return {
        r["indicator_id"]: Text(r["title_nb"], r["title_en"])
        for r in rows
        if r["indicator_id"] not in known
    }


def _of(difference: Difference, query: str, **tables: Any) -> list[Row]:
    rows: list[Row] = engine.run(
        f"history/{query}.sql", {"changes": difference.changes, **tables}
    ).to_pylist()
    return rows


def _rows(folder: Path, table: str) -> list[Row]:
    rows: list[Row] = parquet.read(folder / "parquet" / f"{table}.parquet").to_pylist()
    return rows

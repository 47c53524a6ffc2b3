"""Workbook: what stands on each sheet, of one release, for the people of a county.

The look of a sheet is sheet.py, the words are words.yaml and the figures' own names
(warehouse/dimension_reading/figures.yaml). Every row and column is in the parquet files; here are
those that a decision is read from.
"""

from __future__ import annotations

import datetime as dt
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse import parquet
from warehouse.dimension_export.sheet import HEAD, Book, Value, table
from warehouse.dimension_reading import figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from warehouse.counties import County

    Row = Mapping[str, Any]

YEARS = 3
SOURCE_TEXT = 90  # letters of a column on the sheet of sources
LONG_LINE = 145  # letters of a line on the front page before it takes two
GROUPS = {"vocational": ("vocational",), "general": ("general",), "other": ("supplementary", "all")}


@cache
def _words() -> dict[str, Any]:
    import yaml

    text = (Path(__file__).parent / "words.yaml").read_text(encoding="utf-8")
    words: dict[str, Any] = yaml.safe_load(text)
    return words


class _Release:
    """The tables of a release as rows, and the areas that the workbook shows, in order."""

    def __init__(self, folder: Path, county: County) -> None:
        self.folder, self.county = folder, county
        shown = [("county", county.code), ("country", "0")]
        regions = [r for r in self.rows("region") if r["region_set"] == county.default_region_set]
        shown += sorted((r["region_set"], r["region_id"]) for r in regions)
        names = {(r["region_set"], r["region_id"]): r["name_nb"] for r in self.rows("region")}
        self.areas = {place: names[place] for place in dict.fromkeys(shown) if place in names}

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Rows of a table."""
        table = parquet.read(self.folder / "parquet" / f"{name}.parquet")
        rows: list[dict[str, Any]] = table.to_pylist()
        return rows

    def of_areas(self, name: str) -> list[dict[str, Any]]:
        """Rows of a table that are of the areas shown, in their order."""
        order = {place: number for number, place in enumerate(self.areas)}
        rows = [r for r in self.rows(name) if (r["region_set"], r["region_id"]) in order]
        return sorted(rows, key=lambda r: order[r["region_set"], r["region_id"]])

    def area(self, row: Row) -> str:
        """Name of the area of a row."""
        return str(self.areas[row["region_set"], row["region_id"]])


def write(folder: Path, county: County, manifest: Mapping[str, Any], path: Path) -> None:
    """Write the workbook of a release in one step: whoever opens it sees the old or the new."""
    import xlsxwriter

    words = _words()
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    built = dt.datetime.fromisoformat(manifest["built_at"])
    made_up = manifest["data_origin"] == "made_up"
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    try:
        with xlsxwriter.Workbook(fresh, options) as file:
            # The time of the release: the same release gives the same workbook.
            title = words["title"].format(county=county.name["nb"])
            file.set_properties({"title": title, "created": built.replace(tzinfo=None)})
            label = words["made_up" if made_up else "published"]
            book = Book(file, label, made_up, folder.name, words["page"])
            _sheets(book, _Release(folder, county), manifest)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _sheets(book: Book, release: _Release, manifest: Mapping[str, Any]) -> None:
    names = _words()["sheets"]
    _front(book, release, manifest)
    wide = release.of_areas("dimensioning_upper_secondary")
    for group, kinds in GROUPS.items():
        _group(book, release, group, [r for r in wide if r["programme_type"] in kinds])
    _fagskole(book, release)
    _cohort(book, release)
    _demand(book, release)
    _scenario(book, release)
    _calendar(book, release)
    _notes(book)
    _sources(book, release)
    book.file.get_worksheet_by_name(names["front"]).activate()


def _front(book: Book, release: _Release, manifest: Mapping[str, Any]) -> None:
    words, front = _words(), _words()["front"]
    county = release.county
    made = book.sheet(words["sheets"]["front"], words["title"].format(county=county.name["nb"]))
    for column, width in enumerate((30, 24, 14, 74)):
        made.set_column(column, column, width)
    titles = {s.id: s.title["nb"] for s in county.region_sets}
    facts = (
        (front["release"], release.folder.name),
        (front["figures"], book.label),
        (front["county"], f"{county.name['nb']} ({county.code})"),
        (front["regions"], titles.get(county.default_region_set, county.default_region_set)),
        (front["built"], str(manifest["built_at"])[:10]),
    )
    bold, plain = book.style(bold=True), book.style()
    for place, (name, fact) in enumerate(facts, HEAD):
        made.write_string(place, 0, name, bold)
        made.write_string(place, 1, fact, plain)
    first = HEAD + len(facts) + 1
    made.write_string(first, 0, front["read_title"], bold)
    for place, line in enumerate(front["read"], first + 1):
        made.merge_range(place, 0, place, 3, line, book.style(text_wrap=True))
        made.set_row(place, 32 if len(line) > LONG_LINE else 16)
    first += len(front["read"]) + 2
    made.write_string(first, 0, front["sheets_title"], bold)
    for place, (key, about) in enumerate(words["about"].items(), first + 1):
        name = words["sheets"][key]
        made.write_url(place, 0, f"internal:'{name}'!A1", book.style(font_color="#0563C1"), name)
        made.write_string(place, 1, about, plain)
    _parameters(book, made, release.rows("dimensioning_parameter"), first + len(words["about"]) + 2)


def _parameters(book: Book, made: Any, rows: Sequence[Row], first: int) -> None:
    front = _words()["front"]
    made.write_string(first, 0, front["parameters_title"], book.style(bold=True))
    for column, title in enumerate(front["parameters"]):
        made.write_string(first + 1, column, title, book.style(bold=True, bottom=1))
    for place, row in enumerate(rows, first + 2):
        value = front["values"].get(row["value"], row["value"]) or front["not_set"]
        cells = (row["label_nb"], value, front["set_by"][row["set_by"]], row["source_nb"])
        for column, cell in enumerate(cells):
            made.write_string(place, column, cell, book.style(text_wrap=column == len(cells) - 1))


def _group(book: Book, release: _Release, group: str, rows: Sequence[Row]) -> None:
    """A sheet of one kind of programmes: the newest school years, areas that have some figure."""
    words = _words()
    shown = [
        c for c in figures.columns() if group == "vocational" or any(r[c.column] for r in rows)
    ]
    newest = sorted({r["school_year"] for r in rows}, reverse=True)[:YEARS]
    kept = [
        r for r in rows
        if r["school_year"] in newest and any(r[c.column] is not None for c in shown)
    ]  # fmt: skip
    kept.sort(key=lambda r: r["school_year"], reverse=True)
    kept.sort(key=lambda r: r["programme_nb"])
    head = [words["area"], words["programme"], words["code"], words["school_year"]]
    for column in shown:
        head += _titles(column)
    cells = [
        [
            release.area(row), row["programme_nb"],
            "" if row["programme"] == "_T" else row["programme"], row["school_year"],
            *(cell for column in shown for cell in _cells(column, row)),
            str(book.number(row["warnings_nb"])) if row["warnings_nb"] else "",
        ]
        for row in kept
    ]  # fmt: skip
    made = book.sheet(words["sheets"][group], words["about"][group])
    table(book, made, [*head, words["warnings"]], cells, frozen=4)


def _titles(column: figures.Column) -> list[str]:
    words, title = _words(), column.title.nb
    own = [words["period"].format(title=title)] if column.period != figures.SCHOOL_YEAR else []
    ends = [words[end].format(title=title) for end in ("low", "high")] if column.lower else []
    return [title, *own, *ends]


def _cells(column: figures.Column, row: Row) -> list[Value | str]:
    evidence = row[column.evidence] if column.evidence else None
    reason, known = row[column.reason], row[column.column] is not None
    found: list[Value | str] = [Value(row[column.column], column.decimals, evidence, reason)]
    if column.period != figures.SCHOOL_YEAR:
        found.append(str(row[column.period] or "") if known else "")
    if column.lower and column.upper:
        missing = reason or "no_interval"
        found += [
            Value(row[end], column.decimals, evidence, missing)
            for end in (column.lower, column.upper)
        ]
    return found


def _fagskole(book: Book, release: _Release) -> None:
    words = _words()
    columns = words["fagskole_columns"]
    rows = release.of_areas("dimensioning_fagskole")
    newest = sorted({r["year"] for r in rows}, reverse=True)[:YEARS]
    numbers = [c for c in columns if c.endswith(("_persons", "_number"))]
    kept = [r for r in rows if r["year"] in newest and any(r[c] is not None for c in numbers)]
    kept.sort(key=lambda r: r["year"], reverse=True)
    kept.sort(key=lambda r: r["education_field"])
    cells = [[release.area(r), *(_fagskole_cell(r, c, numbers) for c in columns)] for r in kept]
    made = book.sheet(words["sheets"]["fagskole"], words["about"]["fagskole"])
    table(book, made, [words["area"], *columns.values()], cells, frozen=3)


def _fagskole_cell(row: Row, column: str, numbers: Iterable[str]) -> Value | str:
    if column not in numbers:
        text = row[column] or ""
        return str(_words()["all"]) if text == "_T" else str(text)
    part = column.removesuffix("_persons").removesuffix("_number")
    whole = part.removesuffix("_lower").removesuffix("_upper")
    reason = row[f"{whole}_reason"] or "no_interval"
    evidence = row.get(f"{whole.split('_')[0]}_evidence")
    return Value(row[column], 0, evidence, reason)


def _cohort(book: Book, release: _Release) -> None:
    words = _words()
    found: dict[tuple[str, str], dict[str, Row]] = {}
    for row in release.of_areas("dimensioning_cohort"):
        place = found.setdefault((release.area(row), row["cohort_year"]), {})
        place[row["alternative"]] = row
    first = min((y for (_, y), kinds in found.items() if "main" in kinds), default="")
    cells = [
        [area, year, *(_person(kinds.get(k)) for k in ("observed", "low", "main", "high"))]
        for (area, year), kinds in found.items()
        if year >= first
    ]
    made = book.sheet(words["sheets"]["cohort"], words["about"]["cohort"])
    table(book, made, words["cohort"], cells, frozen=2)


def _person(row: Row | None) -> Value:
    if row is None:
        return Value(None, reason="not_in_answer")
    return Value(row["persons"], 0, row["evidence"], row["reason"])


def _demand(book: Book, release: _Release) -> None:
    words = _words()
    rows = [
        r for r in release.rows("dimensioning_demand")
        if r["region_set"] == "county" and r["region_id"] == release.county.code
    ]  # fmt: skip
    newest = max((r["period"] for r in rows), default="")
    kept = [r for r in rows if r["period"] == newest and r["shortage_persons"] is not None]
    kept.sort(key=lambda r: (-(r["occupation_shortage_persons"] or 0), r["occupation"],
                             -r["weight"]))  # fmt: skip
    names = {
        r["target_code"]: r["origin_code"]
        for r in release.rows("dimensioning_crosswalk")
        if (r["origin_scheme"], r["target_scheme"]) == ("nav_label", "STYRK-08")
    } | {"_O": words["not_listed"]}
    programmes = {
        r["programme"]: r["programme_nb"] for r in release.of_areas("dimensioning_upper_secondary")
    } | {"_N": words["not_covered"]}
    cells = [
        [
            r["period"], names.get(r["occupation"], r["occupation"]),
            "" if r["occupation"] == "_O" else r["occupation"],
            programmes.get(r["programme"], r["programme"]),
            Value(r["weight"], 2), Value(r["occupation_shortage_persons"], 0, r["evidence"]),
            Value(r["shortage_persons"], 0, r["evidence"]), words["evidence"][r["evidence"]],
        ]
        for r in kept
    ]  # fmt: skip
    made = book.sheet(words["sheets"]["demand"], words["about"]["demand"])
    table(book, made, words["demand"], cells, frozen=2)


def _scenario(book: Book, release: _Release) -> None:
    """Cohorts and retirements of each area, of all programmes together, the newest school year."""
    words = _words()
    rows = [r for r in release.of_areas("dimensioning_scenario") if r["programme"] == "_T"]
    newest = max((r["school_year"] for r in rows), default="")
    kept = [r for r in rows if r["school_year"] == newest]
    years = next((str(r["planning_years"]) for r in kept), "")
    ahead = ("cohort_16_ahead_low_persons", "cohort_16_ahead_main_persons",
             "cohort_16_ahead_high_persons")  # fmt: skip
    cells = [
        [
            release.area(r), r["school_year"],
            Value(r["cohort_16_persons"], reason=r["cohort_change_reason"]),
            *(Value(r[c], 0, "assumption", r["cohort_change_reason"]) for c in ahead),
            Value(r["cohort_change_pct"], 1, "assumption", r["cohort_change_reason"]),
            Value(r["employed_55_66_persons"], reason=r["retirements_reason"]),
            r["employed_year"] or "",
            Value(r["retirements_persons"], 0, r["retirements_evidence"], r["retirements_reason"]),
        ]
        for r in kept
    ]  # fmt: skip
    made = book.sheet(words["sheets"]["scenario"], words["about"]["scenario"])
    table(book, made, [t.format(years=years) for t in words["scenario"]], cells, frozen=1)


def _calendar(book: Book, release: _Release) -> None:
    words = _words()
    cells = [
        [
            r["title_nb"], r["first_day"], r["last_day"], r["what_nb"], r["source_table_id"],
            r["newest_as_of"] or "", r["due_month"] or "", words["timing"][r["timing"]],
        ]
        for r in release.rows("decision_calendar")
    ]  # fmt: skip
    made = book.sheet(words["sheets"]["calendar"], words["about"]["calendar"])
    table(book, made, words["calendar"], cells, frozen=1)


def _notes(book: Book) -> None:
    """The reasons and warnings that the other sheets have numbered."""
    words, texts = _words(), figures.reasons()
    rows = [
        [str(number), texts[said].nb if said in texts else said]
        for said, number in book.reasons.items()
    ]
    made = book.sheet(words["sheets"]["notes"], words["about"]["notes"])
    table(book, made, words["notes"], rows, frozen=0, widest=LONG_LINE)


def _sources(book: Book, release: _Release) -> None:
    words = _words()
    used = {row["source_table_id"] for row in release.rows("decision_calendar")}
    used |= {r["source_table_id"] for r in release.rows("dimensioning_measure")}
    cells = [
        [
            r["source_table_id"], r["title_nb"], r["attribution_nb"], r["licence_source"],
            r["licence_release"], r["warnings_nb"],
        ]
        for r in release.rows("source_table")
        if r["source_table_id"] in used
    ]  # fmt: skip
    made = book.sheet(words["sheets"]["sources"], words["about"]["sources"])
    table(book, made, words["sources"], cells, frozen=1, widest=SOURCE_TEXT)

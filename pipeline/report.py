"""What a refresh says at its end: the newest values as a table, or what failed and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from warehouse.release import DATABASE, LABEL

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.run import Outcome
    from pipeline.settings import Workspace

STATUS_MARKS = {
    "B": "b brudd i serien / break in the series",
    "E": "e anslag / estimate",
    "P": "p foreløpig / provisional",
}
SHORTEST_LINE = 150
NEWEST = """
    select theme, indicator_id, title_nb, period, unit, decimals,
           region_set, region_id, region_name_nb, value, obs_status, lower, upper, reason,
           reason_nb
    from headline_value
    where region_set in ('county', 'country') or region_set = $chosen
    order by theme, indicator_id, region_set = 'country', region_set = 'county', region_name_nb
"""


def newest_values(folder: Path, workspace: Workspace) -> None:
    """Print the newest value of each indicator for each region, the county and the country."""
    import duckdb

    from pipeline import counties

    chosen = counties.load(workspace.county).default_region_set
    with duckdb.connect(str(folder / DATABASE), read_only=True) as connection:
        cursor = connection.execute(NEWEST, {"chosen": chosen})
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        missing = connection.execute(
            "select title_nb, sources from indicator where figures = 0 order by title_nb"
        ).fetchall()
    console = Console()
    console = Console(width=max(console.width, SHORTEST_LINE)) if rows else console
    _print_table(console, rows, LABEL[workspace.figures])
    for title, sources in missing:
        console.print(f"Ingen tall ennå / no figures yet: {title} ({sources})", highlight=False)
    console.print(f"\nUtgivelse / release: {folder}", highlight=False, soft_wrap=True)


def failure(outcome: Outcome) -> None:
    """Print every failed step with its message, and what is still in use."""
    console = Console(stderr=True)
    console.print("\nNothing was published / ingenting ble publisert.", style="bold red")
    for step, reason in outcome.failures.items():
        console.print(f"\n{step.replace('__', '/')}:", style="bold")
        console.print(reason, markup=False, highlight=False, soft_wrap=True)
    if outcome.skipped:
        console.print(f"\n{outcome.skipped} steps that needed these were left out.")
    still = outcome.release
    text = f"The release in use is still {still}." if still else "There is no earlier release."
    console.print(f"\n{text}", highlight=False, soft_wrap=True)


def _print_table(console: Console, rows: list[dict[str, Any]], label: str) -> None:
    regions = list(dict.fromkeys((r["region_set"], r["region_id"]) for r in rows))
    names = {(r["region_set"], r["region_id"]): r["region_name_nb"] for r in rows}
    table = Table(title=f"{label}\nNyeste verdier / newest values", title_style="bold")
    table.add_column("Indikator", min_width=34)
    table.add_column("Periode", no_wrap=True)
    for region in regions:
        table.add_column(names[region], justify="right")
    notes: dict[str, int] = {}
    marks: set[str] = set()
    for indicator in dict.fromkeys(r["indicator_id"] for r in rows):
        own = {(r["region_set"], r["region_id"]): r for r in rows if r["indicator_id"] == indicator}
        first = next(iter(own.values()))
        unit = {"percent": "%", "persons": "personer", "points": "poeng"}[first["unit"]]
        cells = [_cell(own[region], notes, marks) for region in regions]
        table.add_row(f"{first['title_nb']} ({unit})", first["period"], *cells)
    console.print(table)
    for mark in sorted(marks):
        console.print(STATUS_MARKS[mark], highlight=False)
    for text, number in notes.items():
        console.print(f"–{_raised(number)} {text}", highlight=False)


def _cell(row: dict[str, Any], notes: dict[str, int], marks: set[str]) -> str:
    if row["value"] is None:
        number = notes.setdefault(row["reason_nb"], len(notes) + 1)
        return f"–{_raised(number)}"
    text = _number(row["value"], row["decimals"])
    if row["lower"] is not None and row["upper"] is not None:
        low, high = _number(row["lower"], row["decimals"]), _number(row["upper"], row["decimals"])
        text += f"\n({low}–{high})"
    if row["obs_status"] in STATUS_MARKS:
        marks.add(row["obs_status"])
        text = (
            text.replace("\n", f" {row['obs_status'].lower()}\n", 1)
            if "\n" in text
            else (f"{text} {row['obs_status'].lower()}")
        )
    return text


def _number(value: float, decimals: int) -> str:
    """Write a number the Norwegian way: blank between thousands, decimal comma."""
    return f"{value:,.{decimals}f}".replace(",", "\u00a0").replace(".", ",").replace("-", "−")


def _raised(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))

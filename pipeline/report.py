"""What a refresh says at its end: the newest values as a table, or what failed and why."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table

from warehouse.release import DATABASE, LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipeline.run import Outcome
    from sources.pull.refresh import Report
    from warehouse.workspace import Workspace

STATUS_MARKS = {
    "B": "b = brudd i serien / break in the series",
    "E": "e = anslag / estimate",
    "P": "p = foreløpig / provisional",
    "stale": "f = foreldet: kilden sviktet, siste gode tall står / stale: the source failed",
}
STALE = "stale"
UNITS = {
    "percent": "%", "persons": "personer", "points": "poeng", "positions": "stillinger",
    "per_1000": "per 1\u00a0000", "per_position": "per stilling",
}  # fmt: skip
THEMES = {
    1: "Arbeidsstyrken / Labour force",
    2: "Arbeidsmarked / Labour market",
    3: "Tilgang på formell kompetanse / Access to formal competence",
    4: "Behov for mer etter- og videreutdanning / Further education",
    5: "Svak tilknytning til arbeidslivet / Weak attachment to working life",
}
TABLE_WIDTH = 156  # below this a terminal gets a list instead
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
NEWEST = """
    select theme, indicator_id, title_nb, breakdown_nb, period, unit, decimals,
           region_set || '/' || region_id as region, region_name_nb,
           value, obs_status, lower, upper, interval_method, reason_nb, stale_since
    from headline_value
    where region_set in ('county', 'country') or region_set = $chosen
    order by theme, title_nb, region_set = 'country', region_set = 'county', region_name_nb
"""
WITHOUT = """
    select title_nb, sources from indicator
    where figures = 0 and status <> 'wanted'
    order by title_nb
"""

Row = dict[str, Any]


def newest_values(folder: Path, workspace: Workspace) -> None:
    """Print the newest value of each indicator for each region, the county and the country.

    Regions are those of the county's default region set. A dash with a raised number has its
    reason below the table; letters behind a value are explained there too.
    """
    rows, without = _read(folder, workspace)
    console = Console()
    notes: dict[str, int] = {}
    marks: set[str] = set()
    if console.is_terminal and console.width < TABLE_WIDTH:
        _print_list(console, rows, LABEL[workspace.figures], notes, marks)
    else:
        console = Console(width=max(console.width, TABLE_WIDTH))
        console.print(_table(rows, LABEL[workspace.figures], notes, marks))
    lines = [STATUS_MARKS[mark] for mark in sorted(marks)]
    lines += [f"–{str(n).translate(RAISED)} {reason}" for reason, n in notes.items()]
    lines += [f"Ingen tall ennå / no figures yet: {title} ({table})" for title, table in without]
    lines += [f"\nUtgivelse / release: {folder}"]
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def pulled(report: Report) -> None:
    """Print what a pull came to, and for what went wrong: why, since when, what to do."""
    console = Console(stderr=True)
    states = ", ".join(f"{count} {state}" for state, count in report.states.items())
    console.print(
        f"\n{states}; {report.requests} requests, {report.seconds:.1f} s", highlight=False
    )
    if report.nothing_new and not report.failed:
        console.print("Ingenting nytt hos kildene / nothing new at the sources.")
    for table in report.failed:
        since = f" (since {table.since})" if table.since else ""
        console.print(f"\n{table.table}: {table.state}{since}", style="bold", highlight=False)
        console.print(table.problem, markup=False, highlight=False, soft_wrap=True)
        if table.todo:
            console.print(f"→ {table.todo.nb}\n→ {table.todo.en}", markup=False, soft_wrap=True)
    if report.failed:
        console.print(
            "\nThe figures of these tables that were good before stay in use, marked stale.",
            highlight=False,
        )


def cost(outcome: Outcome) -> None:
    """Print how long the run took, and how much of that went to checking; nothing if none ran."""
    if not outcome.seconds:
        return
    share = 100 * outcome.checking / outcome.seconds
    Console(stderr=True).print(
        f"Kontroller / checks: {outcome.checking:.1f} s av / of {outcome.seconds:.1f} s "
        f"({share:.0f} %)",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


def failure(outcome: Outcome) -> None:
    """Print every failed step with its message, and what is still in use."""
    console = Console(stderr=True)
    console.print("\nIngenting ble publisert / nothing was published.", style="bold red")
    for step, reason in outcome.failures.items():
        console.print(f"\n{step.replace('__', '/')}:", style="bold")
        console.print(reason, markup=False, highlight=False, soft_wrap=True)
    if outcome.skipped:
        console.print(f"\n{outcome.skipped} steps that needed these were left out.")
    still = outcome.release
    text = f"The release in use is still {still}." if still else "There is no earlier release."
    console.print(f"\n{text}", highlight=False, soft_wrap=True)


def _read(folder: Path, workspace: Workspace) -> tuple[list[Row], list[tuple[str, str]]]:
    import duckdb

    from warehouse import counties

    chosen = counties.load(workspace.county).default_region_set
    with duckdb.connect(str(folder / DATABASE), read_only=True) as connection:
        cursor = connection.execute(NEWEST, {"chosen": chosen})
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return rows, connection.execute(WITHOUT).fetchall()


def _table(rows: Sequence[Row], label: str, notes: dict[str, int], marks: set[str]) -> Table:
    regions = {row["region"]: row["region_name_nb"] for row in rows}
    table = Table(
        title=_heading(label), title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    table.add_column("Indikator", min_width=30)
    table.add_column("Periode", no_wrap=True)
    for name in regions.values():
        table.add_column(_broken(name), justify="right", no_wrap=True)
    theme = None
    for own in _by_indicator(rows):
        first = next(iter(own.values()))
        if first["theme"] != theme:
            theme = first["theme"]
            table.add_section()
            table.add_row(f"[bold]{THEMES[theme]}[/bold]")
        cells = [_cell(own[region], notes, marks) for region in regions]
        table.add_row(_title(first), first["period"], *cells)
    return table


def _print_list(
    console: Console, rows: Sequence[Row], label: str, notes: dict[str, int], marks: set[str]
) -> None:
    console.print(_heading(label), style="bold")
    for own in _by_indicator(rows):
        first = next(iter(own.values()))
        console.print(f"\n{_title(first)}, {first['period']}", style="bold", highlight=False)
        cells = [
            f"{row['region_name_nb']} {_cell(row, notes, marks)}".replace("\n", " ")
            for row in own.values()
        ]
        console.print("  " + " · ".join(cells), highlight=False)


def _heading(label: str) -> str:
    return f"{label}\nNyeste verdier / newest values"


def _by_indicator(rows: Sequence[Row]) -> Iterator[dict[str, Row]]:
    for indicator in dict.fromkeys(row["indicator_id"] for row in rows):
        yield {row["region"]: row for row in rows if row["indicator_id"] == indicator}


def _title(row: Row) -> str:
    shown = f": {row['breakdown_nb']}" if row["breakdown_nb"] else ""
    return f"{row['title_nb']}{shown} ({UNITS[row['unit']]})"


def _cell(row: Row, notes: dict[str, int], marks: set[str]) -> str:
    if row["value"] is None:
        number = notes.setdefault(row["reason_nb"], len(notes) + 1)
        return f"–{str(number).translate(RAISED)}"
    text = _number(row["value"], row["decimals"])
    if row["obs_status"] in STATUS_MARKS:
        marks.add(row["obs_status"])
        text += f" {row['obs_status'].lower()}"
    if row["stale_since"]:
        marks.add(STALE)
        text += " f"
    if row["interval_method"] == "source_95" and None not in (row["lower"], row["upper"]):
        low, high = _number(row["lower"], row["decimals"]), _number(row["upper"], row["decimals"])
        text += f"\n{low}–{high}"
    return text


def _number(value: float, decimals: int) -> str:
    """Write a number the Norwegian way: half rounded up, blank between thousands, comma."""
    step = Decimal(1).scaleb(-decimals)
    # Nine decimals first: a float a hair below a half must not go down where SSB goes up.
    number = Decimal(repr(round(value, 9))).quantize(step, ROUND_HALF_UP)
    return f"{number:,}".replace(",", "\u00a0").replace(".", ",").replace("-", "−")


def _broken(name: str) -> str:
    """Break a long region name where Norwegian would: between words, or before "regionen"."""
    if name.endswith("regionen"):
        return name.replace("regionen", "-\nregionen")
    return "\n".join(name.rsplit(" ", 1))

"""Made-up HL060 of NAV: registered unemployed by county and municipality, one workbook a year.

The layout is NAV's with its quirks: January over two columns on the county sheets, a repeated
month header per county, one blank row more on the sheet of per cent, "*" for fewer than four.
Figures and what the monthly workbooks share come from nav_months.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sources.made_up import nav_groups
from sources.made_up.folder import LABEL, Answer
from sources.made_up.geography import COUNTRY
from sources.made_up.nav_months import (
    MONTHS,
    OTHER,
    OTHER_NAMES,
    PAGES,
    SVALBARD,
    UNKNOWN,
    Year,
    heading,
)
from sources.made_up.workbook import XLSX, workbook

if TYPE_CHECKING:
    from sources.made_up.scope import Scope
    from sources.made_up.workbook import Sheet

PAGE = f"{PAGES}helt-ledige"
TITLE = f"Helt ledige. Fylke og kommune. Tidsserie måned. {LABEL}"


def answers(scope: Scope) -> list[Answer]:
    """Return HL060 for every year, and the workbooks of the other subjects."""
    years = [Year(scope, year) for year in scope.stocks]
    return [*map(_answer, years), *nav_groups.answers(years)]


def _answer(year: Year) -> Answer:
    content = workbook(
        {
            "0. Om tabellene": lambda sheet: _about(sheet, year),
            "1. Fylke Antall": lambda sheet: _counties(sheet, year, share=False),
            "2. Fylke Prosent av arbeidsstyr": lambda sheet: _counties(sheet, year, share=True),
            "3. Kommune Antall": lambda sheet: _towns(sheet, year, share=False),
            "4. Kommune Prosent av arbeidsst": lambda sheet: _towns(sheet, year, share=True),
        }
    )
    stamp = f"{year.year}{year.months:02}"
    return Answer(
        source="nav",
        what=f"HL060 {year.period}, counties and municipalities",
        body=f"nav/HL060_{stamp}_helt_ledige_fylke_kommune.xlsx",
        content=content,
        as_of=f"{year.year}-{year.months:02}",
        content_type=XLSX,
        page=PAGE,
    )


def _about(sheet: Sheet, year: Year) -> None:
    sheet.write(1, 1, "Kilde: NAV")
    sheet.write(1, 11, TITLE)
    sheet.write(2, 11, "Om tabellene")
    sheet.write(5, 1, year.period)
    sheet.write(9, 1, "Celler der tallene er mindre enn 4 er erstattet med «*».")


def _counties(sheet: Sheet, year: Year, *, share: bool) -> None:
    measure = "Prosent av arbeidsstyrken²" if share else "Antall²"
    heading(sheet, year, TITLE, f"Fylke. {measure}", 4)
    for month in range(year.months):
        sheet.write(7, 3 if month == 0 else 4 + month, MONTHS[month])
    named = [(code, code, year.name(code)) for code in year.counties]
    rows = [(COUNTRY, "", "I alt"), *named, (OTHER, OTHER, OTHER_NAMES[OTHER]), (UNKNOWN,) * 3]
    for place, (code, shown, name) in enumerate(rows, 8):
        if shown:
            sheet.write_string(place, 1, shown)
        sheet.write(place, 2, name)
        january, *rest = year.cells(code, share=share)
        # NAV merges January on the rows of figures, not on the header.
        sheet.merge_range(place, 3, place, 4, january)
        sheet.write_row(place, 5, rest)


def _towns(sheet: Sheet, year: Year, *, share: bool) -> None:
    measure = "Prosent av arbeidsstyrken²" if share else "Antall²"
    heading(sheet, year, TITLE, f"Kommune¹. {measure}", 2)
    blocks = [
        (code, year.name(code), [(town, f"{town} {year.name(town)}") for town in towns])
        for code, towns in year.towns.items()
    ]
    blocks.append((OTHER, OTHER_NAMES[OTHER], [(SVALBARD, "2100 Svalbard")]))
    blocks.append((UNKNOWN, UNKNOWN, [(UNKNOWN, UNKNOWN)]))
    place = 6
    for number, (code, name, rows) in enumerate(blocks):
        # The first block of counts has no blank row after it, that of per cent has.
        place += number > 1 or (number == 1 and share)
        sheet.write(place, 1, name)
        sheet.write_row(place + 1, 2, MONTHS[: year.months])
        for row, label in [(code, f"I alt {name}"), *rows]:
            sheet.write(place + 2, 1, label)
            sheet.write_row(place + 2, 2, year.cells(row, share=share))
            place += 1
        place += 2

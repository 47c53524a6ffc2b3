"""The worlds of Nav's content faults, monthly files and the employer survey, and their tables."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sources import registry
from sources.readers.xlsx import open_workbook
from tests.faults.answers import HTML, body, on_the_way, refused
from tests.faults.fault import FAILED, QUARANTINED, REVISED, CleanWorld, Fault
from tests.services.nav import Nav
from tests.sources.reader_kit import workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.services.server import Reply

    Sheets = dict[str, list[list[Any]]]

FIRST_YEAR, NEWEST = 2025, 2026
VACANCIES, SURVEY_FILE = "ledige_stillinger_fylke", "edriftsunders"
VACANCIES_PAGE, SURVEY_PAGE = "/ledige-stillinger", "/bedriftsundersokelsen"
# Smaller numbers are months and shares, those of this millennium's begin are years.
_SMALLEST, _YEARS = 100, range(1990, 2100)


class _NavWorld(CleanWorld):
    base = "KOMPETANSE_NAV_BASE"
    tables: tuple[str, str]

    def __init__(self, made_up_folder: Path) -> None:
        known = registry.load()
        self.faulty, self.other = (
            replace(known[f"nav/{table}"], size=registry.Size(1)) for table in self.tables
        )
        files = [
            file
            for file in Nav.from_folder(made_up_folder).files
            if file.year >= FIRST_YEAR and (VACANCIES in file.name or SURVEY_FILE in file.name)
        ]
        later = copy.deepcopy(files)
        for file in (file for file in later if file.year == NEWEST):
            file.content = _written(file.content, figures(lambda number: number + 10))
        self._days = {1: files, 2: later}

    def service(self, day: int) -> Nav:
        """The pages and the files of the two newest years, as they are on a day."""
        return Nav(copy.deepcopy(self._days[day]))


class MonthlyWorld(_NavWorld):
    """New vacancies by county and month; the employer survey must not suffer."""

    tables = ("vacancies_county", "survey_education")
    figures = f"{VACANCIES}_{NEWEST}"


class SurveyWorld(_NavWorld):
    """The employer survey by education; the monthly file must not suffer."""

    tables = ("survey_education", "vacancies_county")
    figures = f"kelse%20{NEWEST}"


def _written(content: bytes, change: Callable[[Sheets], Any]) -> bytes:
    sheets = {s.name: [list(row) for row in s.rows] for s in open_workbook(content)}
    change(sheets)
    return workbook(sheets)


def sheets(change: Callable[[Sheets], Any]) -> Callable[[Reply], Reply]:
    """Send the workbook after a change made in it: sheet -> rows of cells."""
    return body(lambda sent: _written(sent, change))


def figures(of: Callable[[Any], Any], rows: slice = slice(None)) -> Callable[[Sheets], None]:
    """Change every figure of some rows, in all sheets."""

    def change(found: Sheets) -> None:
        for sheet in found.values():
            for row in sheet[rows]:
                row[:] = [of(cell) if _is_figure(cell) else cell for cell in row]

    return change


def _is_figure(cell: Any) -> bool:
    return isinstance(cell, int | float) and cell >= _SMALLEST and cell not in _YEARS


def words(old: str, new: str) -> Callable[[Sheets], None]:
    """Put other words in the place of some, in the cells of all sheets."""

    def change(found: Sheets) -> None:
        before = str(found)
        for row in (row for sheet in found.values() for row in sheet):
            row[:] = [cell.replace(old, new) if isinstance(cell, str) else cell for cell in row]
        assert str(found) != before, old

    return change


def renamed(old: str, new: str) -> Callable[[Sheets], None]:
    """Rename the sheets whose name begins so."""

    def change(found: Sheets) -> None:
        for name in [name for name in found if name.startswith(old)]:
            found[new] = found.pop(name)

    return change


def _reversed(found: Sheets) -> None:
    for name in list(found)[::-1]:
        found[name] = found.pop(name)


def _extra(found: Sheets) -> None:
    first = dict(found)
    found.clear()
    found["Innhold"] = [["Innhold"], ["Tabellene står på de neste arkene"]]
    found |= first


def _on_row(word: str, change: Callable[[list[list[Any]], int], Any]) -> Callable[[Sheets], None]:
    """Change the rows in which a cell begins with a word, in every sheet that has one."""

    def changed(found: Sheets) -> None:
        for sheet in found.values():
            spots = [n for n, row in enumerate(sheet) if any(_begins(c, word) for c in row)]
            for spot in reversed(spots):
                change(sheet, spot)

    return changed


def _begins(cell: Any, word: str) -> bool:
    return isinstance(cell, str) and cell.startswith(word)


def _again(sheet: list[list[Any]], spot: int) -> None:
    sheet.insert(spot, list(sheet[spot]))


def _first_figure(of: Callable[[Any], Any]) -> Callable[[list[list[Any]], int], None]:
    def change(sheet: list[list[Any]], spot: int) -> None:
        row = sheet[spot]
        place = next((n for n, cell in enumerate(row) if _is_figure(cell)), None)
        if place is not None:
            row[place] = of(row[place])

    return change


def _second(found: Sheets) -> None:
    """The second of two rows of one county has other figures."""
    for sheet in found.values():
        spots = [n for n, row in enumerate(sheet) if any(_begins(c, "Østfold") for c in row)]
        for spot in spots[1:]:
            sheet[spot] = [c + 7 if _is_figure(c) else c for c in sheet[spot]]


def _lower(found: Sheets) -> None:
    for sheet in found.values():
        sheet[:0] = [[None], ["Denne fila er laget av Nav."], [None]]


def _reworded(old: str, new: str) -> Callable[[Reply], Reply]:
    """Send other words in the place of some, on the pages that have them."""
    return body(lambda sent: sent.replace(old.encode(), new.encode()))


def _both(*changes: Callable[[Sheets], Any]) -> Callable[[Sheets], None]:
    def change(found: Sheets) -> None:
        for one in changes:
            one(found)

    return change


def _page_faults(page: str, label: str, file: str, whole: str) -> list[Fault]:
    """Faults of a page with links.

    label: words of the newest file's, as the page writes them; file: begin of the name at the
    end of its address; whole: a label that the table takes.
    """
    return [
        Fault("HTML with 200, without links", FAILED, ("links",), body(lambda sent: HTML),
              where=page),
        Fault("an empty page", FAILED, ("links",), body(lambda sent: b""), where=page),
        Fault("the page is gone", FAILED, ("404",), refused(404), where=page),
        Fault("the page is an endless list of tags", FAILED, (), where=page,
              reply=body(lambda sent: b"<div>" * 20_000)),
        Fault("link labels renamed", FAILED, ("label",),
              _reworded(label, "Statistikk"), where=page),
        Fault("the link leads to another host", FAILED, (), where=page,
              reply=_reworded('href="/_/attachment', 'href="https://example.org/_/attachment')),
        Fault("another year in the file name than in the label", FAILED, (), where=page,
              reply=_reworded(f"{file}{NEWEST}", f"{file}2031")),
        Fault("two files of one year under one label", FAILED, ("2 links",), where=page,
              reply=_reworded("</main>",
                              f'<a href="/_/attachment/download/9:9/{file}{NEWEST}b.xlsx">'
                            f"{whole} {NEWEST}</a></main>")),
        Fault("the same link twice", REVISED, where=page,
              reply=body(lambda sent: sent.replace(b"</main>", sent + b"</main>"))),
    ]  # fmt: skip


def _file_faults(row: str) -> list[Fault]:
    """Faults of a workbook. row: begin of the heading of one row."""
    return [
        Fault("a workbook without sheets to speak of", FAILED, (),
              sheets(lambda found: [found.pop(n) for n in list(found)[1:]] and found.update(
                  {next(iter(found)): [["tom"]]}))),
        Fault("an old .xls", FAILED, (), body(lambda sent: b"\xd0\xcf\x11\xe0" + bytes(4000))),
        Fault("CSV in the place of a workbook", FAILED, (), body(lambda sent: b"a;b\n1;2\n")),
        Fault("a zip that is no workbook", FAILED, (),
              body(lambda sent: b"PK\x05\x06" + bytes(18))),
        Fault("sheets in another order", REVISED, reply=sheets(_reversed)),
        Fault("a sheet of contents in front", REVISED, reply=sheets(_extra)),
        Fault("the table some rows lower", REVISED, reply=sheets(_lower)),
        Fault("another year in the title", FAILED, (), sheets(words(str(NEWEST), "2024"))),
        Fault("a figure in words", FAILED, (),
              sheets(_on_row(row, _first_figure(lambda _: "mange")))),
        Fault("a figure negative", QUARANTINED, ("below 0",),
              sheets(_on_row(row, _first_figure(lambda n: -n)))),
        Fault("zero-filled figures", QUARANTINED, (), sheets(figures(lambda _: 0))),
        Fault("figures masked", QUARANTINED, (), sheets(figures(lambda _: "*"))),
        Fault("figures that doubled", QUARANTINED, ("%",), sheets(figures(lambda n: 2 * n))),
        Fault("figures in thousands", QUARANTINED, ("%",), sheets(figures(lambda n: n / 1000))),
        Fault("a code gone", QUARANTINED, (),
              sheets(_on_row(row, lambda sheet, spot: sheet.pop(spot)))),
    ]  # fmt: skip


MONTHLY = (
    *on_the_way(),
    *_page_faults(
        VACANCIES_PAGE, "Tilgang", f"{VACANCIES}_", "Tilgang ledige stillinger. Fylke. Tidsserie"
    ),
    Fault(
        "the archive page is gone", REVISED, reply=refused(404), where="/ledige-stillinger/arkiv"
    ),
    *_file_faults("Østfold"),
    Fault("heading and sheet renamed", FAILED, (),
          sheets(_both(words("Antall. Fylke", "Tall"), renamed("1. Antall", "Ark1")))),
    Fault("heading renamed", REVISED, reply=sheets(words("Antall. Fylke", "Antall pr. område"))),
    Fault("a row twice", REVISED, reply=sheets(_on_row("Østfold", _again))),
    Fault("a row twice, with other figures", FAILED, (), sheets(
        _both(_on_row("Østfold", _again), _second))),
    Fault("a new code", QUARANTINED, ("31",), sheets(words("31", "91"))),
    Fault("a county named otherwise beside its code", REVISED,
          reply=sheets(words("Østfold", "Østfold - Ostfold"))),
    Fault("sheet renamed", REVISED, reply=sheets(renamed("1. Antall", "Ark1"))),
)  # fmt: skip
SURVEY = (
    *on_the_way(),
    *_page_faults(SURVEY_PAGE, "figurer og tabeller", "Navs bedriftsundersøkelse ",
                  "Figurer og tabeller"),
    *_file_faults("Grunnskole"),
    Fault("heading renamed", FAILED, (), sheets(words("Mangel på arbeidskraft", "Behov"))),
    Fault("a row twice", FAILED, (), sheets(_on_row("Grunnskole", _again))),
    Fault("a new code", FAILED, ("Atlantis",), sheets(words("Grunnskole", "Atlantis"))),
    Fault("sheet renamed", REVISED, reply=sheets(renamed("Tabell V3", "Ark1"))),
    Fault("sheet gone", FAILED, (), sheets(lambda found: found.pop("Tabell V3 - 26"))),
)  # fmt: skip

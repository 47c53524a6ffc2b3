"""The world of DBH's content faults, and the table of them."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sources import registry
from tests.faults.answers import body, document, not_json, on_the_way, refused, swapped
from tests.faults.fault import FAILED, NOTHING_NEW, QUARANTINED, REVISED, CleanWorld, Fault
from tests.services.dbh import Dbh

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.http.server import Asked

    Row = dict[str, Any]

STUDENTS, APPLICANTS = 947, 555
YEARS = ("2023", "2024", "2025")
TOTAL, WOMEN, MEN = (f"Antall studenter {word}" for word in ("totalt", "kvinner", "menn"))
_OLD, _NEW = 100, 101


class DbhWorld(CleanWorld):
    """Students and applicants of fagskole; a delivery with other figures on the second day."""

    base = "KOMPETANSE_DBH_BASE"
    figures = "/Tabeller/hentJSONTabellData"

    def __init__(self, made_up_folder: Path) -> None:
        known, small = registry.load(), registry.Size(1)
        self.faulty = replace(known["dbh/fagskole_students"], size=small)
        self.other = replace(known["dbh/fagskole_applicants"], size=small)
        made = Dbh.from_folder(made_up_folder)
        made.tables = {
            number: [row for row in made.tables[number] if row["Årstall"] in YEARS]
            for number in (STUDENTS, APPLICANTS)
        }
        later = copy.deepcopy(made)
        later.delivery = _NEW
        for row in (row for rows in later.tables.values() for row in rows):
            _add(row, 1)
        self._days = {1: made, 2: later}

    def service(self, day: int) -> Dbh:
        """Both tables as they were delivered by a day."""
        return copy.deepcopy(self._days[day])

    def is_figures(self, asked: Asked) -> bool:
        """Both tables have one address; the question names the table."""
        return self.figures in asked.path and json.loads(asked.body)["tabell_id"] == STUDENTS


def _add(row: Row, number: int) -> None:
    """One more woman, and one more in all."""
    for name in row:
        if name.startswith("Antall") and not name.endswith("menn"):
            row[name] = str(int(row[name]) + number)


def _rows(change: Callable[[list[Row]], Any]) -> Callable[[Dbh], None]:
    return lambda service: change(service.tables[STUDENTS])


def _every(**figures: Callable[[str], str]) -> Callable[[list[Row]], None]:
    names = {"total": TOTAL, "women": WOMEN, "men": MEN}

    def change(rows: list[Row]) -> None:
        for row in rows:
            row |= {names[key]: of(row[names[key]]) for key, of in figures.items()}

    return change


def _only(keep: Callable[[Row], bool]) -> Callable[[list[Row]], None]:
    def change(rows: list[Row]) -> None:
        rows[:] = [row for row in rows if keep(row)]

    return change


def _status(**said: Any) -> Callable[[list[Row]], None]:
    return lambda found: found[0]["status"].update(said)


def _one(**figures: Any) -> Callable[[list[Row]], None]:
    names = {"total": TOTAL, "women": WOMEN, "men": MEN, "year": "Årstall"}
    return lambda found: found[1].update({names[key]: value for key, value in figures.items()})


def _counted_twice(found: list[Row]) -> None:
    found.append(found[1])
    _status(antall=len(found) - 1)(found)


def _delivered_anew(service: Dbh) -> None:
    service.stamped_anew = True


def _counts_what_came(service: Dbh) -> None:
    service.counts_all = False


def _capped(rows: int) -> Callable[[Dbh], None]:
    def change(service: Dbh) -> None:
        service.cap = rows

    return change


def _zero(text: str) -> str:
    return "0"


def _ten(text: str) -> str:
    return f"{text}0"


FAULTS = (
    *on_the_way(), *not_json(),
    Fault("204: no rows", FAILED, ("204",), refused(204), first=2),
    Fault("an object that says what is wrong", FAILED, ("Feil i",),
          body(lambda sent: '{"melding": "Feil i spørringen", "returkode": 1}'.encode())),
    Fault("no status line", FAILED, ("status",), document(lambda found: found.pop(0))),
    Fault("a return code other than 0", FAILED, ("returkode",), document(_status(returkode=7))),
    Fault("another table", FAILED, ("123",), document(_status(tabell_id=123))),
    Fault("antall too large", FAILED, ("whole",), document(_status(antall=9_999)), first=2),
    Fault("antall too small", FAILED, (), document(_status(antall=3)), first=2),
    Fault("antall is no number", FAILED, ("antall",), document(_status(antall="mange"))),
    Fault("antall counts what came", REVISED, source=_counts_what_came),
    Fault("fewer rows than asked for, whole by the year", REVISED, source=_capped(150)),
    Fault("fewer rows than a year has", FAILED, ("whole",),
          document(lambda found: found.__delitem__(slice(41, None)))),
    Fault("a stamp of its own on every answer", REVISED, source=_delivered_anew),
    Fault("the old delivery's number on new figures", NOTHING_NEW,
          reply=document(_status(leveransenr=_OLD))),
    Fault("a row twice", FAILED, ("whole",), document(lambda found: found.append(found[1])),
          first=2),
    Fault("a row twice, and counted", FAILED, (), document(_counted_twice), first=2),
    Fault("a row of its own shape", FAILED, ("columns",),
          document(lambda found: found[1].pop(MEN)), first=2),
    Fault("a number in the place of a text", FAILED, (TOTAL,), document(_one(total=12)), first=2),
    Fault("NaN as a figure", FAILED, (), swapped(f'"{TOTAL}": "', f'"{TOTAL}": NaN, "x": "', 1),
          first=2),
    Fault("a figure in words", FAILED, ("mange",), document(_one(total="mange")), first=2),
    Fault("a figure with a comma", FAILED, (), document(_one(total="12,5,1")), first=2),
    Fault("parts larger than their total", FAILED, ("total",), document(_one(total="1")), first=2),
    Fault("a year that is none", FAILED, ("20X5",), document(_one(year="20X5")), first=2),
    Fault("a column renamed", FAILED, ("kvinnelige",),
          swapped(WOMEN, "Antall kvinnelige studenter"),
          first=2),
    Fault("a column more", FAILED, ("Alder",), first=2,
          reply=document(lambda found: [row.update(Alder="20") for row in found[1:]])),
    Fault("masked zeros", QUARANTINED, ("blank",), source=_rows(_every(women=_zero))),
    Fault("masked zeros among men and women", QUARANTINED, ("blank",),
          source=_rows(_every(women=_zero, men=_zero))),
    Fault("zero-filled figures", QUARANTINED, ("0",),
          source=_rows(_every(total=_zero, women=_zero, men=_zero))),
    Fault("figures ten times as large", QUARANTINED, ("%",),
          source=_rows(_every(total=_ten, women=_ten, men=_ten))),
    Fault("the newest year gone", QUARANTINED, ("2025",),
          source=_rows(_only(lambda row: row["Årstall"] != "2025"))),
    Fault("the oldest year gone", QUARANTINED, ("2023",),
          source=_rows(_only(lambda row: row["Årstall"] != "2023"))),
    Fault("a programme gone", QUARANTINED, ("Elkraft",),
          source=_rows(_only(lambda row: row["Utdanningstilbudets navn"] != "Elkraft"))),
    Fault("no autumn any more", QUARANTINED, ("Høst",),
          source=_rows(_only(lambda row: row["Semesternavn"] != "Høst"))),
    Fault("an unknown semester", FAILED, ("Sommer",),
          source=_rows(lambda rows: rows[0].update(Semesternavn="Sommer"))),
)  # fmt: skip

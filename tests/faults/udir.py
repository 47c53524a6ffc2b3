"""The world of Udir's content faults, and the table of them."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

from sources import registry
from tests.faults.answers import (
    HTML,
    body,
    document,
    not_json,
    on_the_way,
    refused,
    swapped,
)
from tests.faults.fault import FAILED, QUARANTINED, REVISED, CleanWorld, Fault
from tests.services.udir import Udir

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Document = dict[str, Any]

FOLDER, OTHER_FOLDER = "leavers_county", "trade_certificates"
PAGE, FILTERS = "Rapportside/VGO_slutta", "SluttaV/1/1/filterVerdier"
_COUNT = re.compile(r"[1-9][0-9 ]*")
_SHARE = re.compile(r"[0-9]{1,2},[0-8]")


class UdirWorld(CleanWorld):
    """Two reports with made-up figures; all have changed on the second day."""

    base = "KOMPETANSE_UDIR_BASE"
    figures = "SluttaV/1/1/data"

    def __init__(self, made_up_folder: Path) -> None:
        known = registry.load()
        self.faulty, self.other = (
            known[f"udir/{FOLDER}"], known[f"udir/{OTHER_FOLDER}"],
        )  # fmt: skip
        folder = Udir.from_folder(made_up_folder)
        kept = {name: folder.documents[name] for name in (FOLDER, OTHER_FOLDER)}
        self._days = {1: {**folder.documents, **copy.deepcopy(kept)}}
        self._days[2] = {**folder.documents, **copy.deepcopy(kept)}
        for name in kept:
            for found in self._days[2][name].values():
                every(_later)(found)

    def service(self, day: int) -> Udir:
        """Both reports, as they are on a day."""
        return Udir(copy.deepcopy(self._days[day]))


def _later(text: str) -> str:
    """A figure as it is a week later: a little more."""
    if _COUNT.fullmatch(text):
        number = int(text.replace(" ", ""))
        return f"{number + max(number // 50, 1):,}".replace(",", " ")
    return f"{text[:-1]}{int(text[-1]) + 1}" if _SHARE.fullmatch(text) else text


def every(change: Callable[[str], str], where: slice = slice(None)) -> Callable[[Document], None]:
    """Change the figures of some columns in every row."""

    def changed(found: Document) -> None:
        for row in found["rows"]:
            row["data"][where] = [change(text) for text in row["data"][where]]

    return changed


def _zero(text: str) -> str:
    return "0,0" if "," in text else "0" if _COUNT.fullmatch(text) else text


def _first(of: Callable[[str], Any]) -> Callable[[Document], None]:
    def changed(found: Document) -> None:
        data = found["rows"][1]["data"]
        data[1] = of(data[1])

    return changed


def _rows(change: Callable[[list[Document]], Any]) -> Callable[[Document], None]:
    return lambda found: change(found["rows"])


def _columns(change: Callable[[list[list[Document]]], Any]) -> Callable[[Document], None]:
    return lambda found: change(found["metadata"]["columns"])


def _without_year(year: str) -> Callable[[Document], None]:
    """One school year is gone from the header and from every row."""

    def changed(found: Document) -> None:
        levels = found["metadata"]["columns"]
        wide = [[entry["name"] for entry in level for _ in range(entry["columnCount"])]
                for level in levels]  # fmt: skip
        kept = [n for n, name in enumerate(wide[0]) if name != year]
        assert len(kept) < len(wide[0])
        levels[:] = [[{"name": level[n], "columnCount": 1} for n in kept] for level in wide]
        for row in found["rows"]:
            row["data"] = [row["data"][n] for n in kept]

    return changed


def _moved(service: Udir) -> None:
    service.versions = 1


def _dealt_anew(service: Udir) -> None:
    service.ids = 7


def _source(change: Callable[[Document], None]) -> Callable[[Udir], None]:
    return lambda service: change(service.documents[FOLDER][""])


def _ways() -> list[Fault]:
    page = body(lambda sent: HTML)
    return [
        *on_the_way(), *not_json(),
        Fault("HTML with 200 for the report's page", FAILED, (), page, where=PAGE),
        Fault("HTML with 200 for the filters", FAILED, (), page, where=FILTERS),
        Fault("the report's page is gone", FAILED, ("VGO_slutta",), refused(404), where=PAGE),
        Fault("the version moved", REVISED, source=_moved),
        Fault("internal ids dealt out anew", REVISED, source=_dealt_anew),
        Fault("figures gone where the page says they lie", FAILED, ("VGO_slutta",), refused(404)),
        Fault("the page leads elsewhere", FAILED, ("dataEndepunkt",), where=PAGE,
              reply=swapped('"rest/v1/Statistikk', '"https://example.org')),
        Fault("a filter renamed", FAILED, ("TrinnID",), where=FILTERS,
              reply=swapped('"TrinnID"', '"NivaaID"')),
        Fault("a filter lists nothing of a kind", FAILED, ("Naturbruk",), where=FILTERS,
              reply=swapped('"Naturbruk"', '"Natur og bruk"')),
        Fault("204 without a body", FAILED, (), refused(204)),
    ]  # fmt: skip


def _figures() -> list[Fault]:
    return [
        Fault("NaN as a figure", FAILED, (), swapped('"data": ["', '"data": [NaN, "', 1)),
        Fault("a number in the place of a text", FAILED, (), document(_first(lambda _: 17))),
        Fault("a figure in words", FAILED, (), document(_first(lambda _: "mange"))),
        Fault("a figure with a point for a comma", FAILED, (),
              document(_first(lambda _: "12.345,6"))),
        Fault("a row one figure short", FAILED, (),
              document(_rows(lambda rows: rows[2]["data"].pop()))),
        Fault("a row one figure long", FAILED, (),
              document(_rows(lambda rows: rows[2]["data"].append("1")))),
        Fault("no rows", FAILED, (), document(_rows(lambda rows: rows.clear()))),
        Fault("no kode in the rows", FAILED, ("kode",),
              document(_rows(lambda rows: [row.pop("kode") for row in rows]))),
        Fault("a row twice, with other figures", FAILED, (),
              document(_rows(lambda rows: rows.append({**rows[3], "data": rows[4]["data"]})))),
        Fault("a row twice", FAILED, (), document(_rows(lambda rows: rows.append(rows[3])))),
        Fault("a new code", FAILED, ("F9",),
              document(_rows(lambda rows: rows[3].update(kode="F9")))),
        Fault("a code vanished", QUARANTINED, ("EnhetID",), source=_source(_rows(list.pop))),
        Fault("a new measure", FAILED, ("Snittalder",),
              swapped('"Antall sluttet"', '"Snittalder"')),
        Fault("a new programme in the header", FAILED, ("Romfart",),
              swapped('"Naturbruk"', '"Romfart"')),
        Fault("headings without their columns", FAILED, (),
              document(_columns(lambda levels: levels[-1].pop()))),
        Fault("the newest year gone", QUARANTINED, ("2024",),
              document(_without_year("2024-25"))),
        Fault("the oldest year gone", QUARANTINED, ("2020",),
              document(_without_year("2020-21"))),
        Fault("zero-filled figures", QUARANTINED, ("0",), document(every(_zero))),
        Fault("zero-filled newest year", QUARANTINED, ("0",),
              document(every(_zero, slice(-51, None)))),
        Fault("zero-filled oldest year", QUARANTINED, ("%",),
              document(every(_zero, slice(0, 51)))),
        Fault("all figures masked", QUARANTINED, ("blank",), document(every(lambda _: "*"))),
        Fault("figures ten times as large", QUARANTINED, ("%",),
              document(every(lambda t: f"{t}0".replace(" ", "") if _COUNT.fullmatch(t) else t))),
        Fault("the counties' names moved by one row", QUARANTINED, ("cells",),
              document(_rows(_turned))),
    ]  # fmt: skip


def _turned(rows: list[Document]) -> None:
    """Every county has the figures of the next one."""
    figures = [row["data"] for row in rows[2:]]
    for row, data in zip(rows[2:], [*figures[1:], figures[0]], strict=True):
        row["data"] = data


FAULTS = (*_ways(), *_figures())

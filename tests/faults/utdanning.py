"""The world of utdanning.no's content faults, and the table of them."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sources import registry
from tests.faults.answers import document, not_json, on_the_way, swapped
from tests.faults.fault import FAILED, QUARANTINED, CleanWorld, Fault
from tests.services.utdanning import COUNTS, Utdanning

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.services.server import Reply

    Document = dict[str, Any]

CODES, OCCUPATIONS = 3, 8


class UtdanningWorld(CleanWorld):
    """Counts by education and occupation, and programme areas; both change between the days."""

    base = "KOMPETANSE_UTDANNING_BASE"
    figures = COUNTS

    def __init__(self, made_up_folder: Path) -> None:
        known, small = registry.load(), registry.Size(1)
        self.faulty = replace(known["utdanning/education_occupation"], size=small)
        self.other = replace(known["utdanning/programme_areas"], size=small)
        made = Utdanning.from_folder(made_up_folder)
        made.docs = {
            code: docs[:OCCUPATIONS] for code, docs in list(made.docs.items())[:CODES] if docs
        }
        for doc in (doc for docs in made.docs.values() for doc in docs):
            doc["nus_navn"] = ["Oppdiktet utdanning på høyere nivå"]
        later = copy.deepcopy(made)
        later.areas[0]["programomrade_tittel"] = "Nytt navn"
        for doc in (doc for docs in later.docs.values() for doc in docs):
            doc |= {name: value + 1 for name, value in doc.items() if name.startswith("antall")}
        self._days = {1: made, 2: later}

    def service(self, day: int) -> Utdanning:
        """Counts and areas as they are on a day."""
        return copy.deepcopy(self._days[day])


def _docs(change: Callable[[list[Document]], Any]) -> Callable[[Document], None]:
    """Change the documents of an answer that has any, and what it says of their number."""

    def changed(found: Document) -> None:
        docs = found["response"]["docs"]
        if docs:
            change(docs)
        found["response"]["numFound"] = len(docs)

    return changed


def _first(**fields: Any) -> Callable[[Reply], Reply]:
    return document(_docs(lambda docs: docs[0].update(fields)))


def _every(of: Callable[[int], Any]) -> Callable[[Utdanning], None]:
    def change(service: Utdanning) -> None:
        for doc in (doc for docs in service.docs.values() for doc in docs):
            doc |= {name: of(value) for name, value in doc.items() if name.startswith("antall")}

    return change


def _source(change: Callable[[dict[str, list[Document]]], Any]) -> Callable[[Utdanning], None]:
    return lambda service: change(service.docs)


def _without(styrk08: str) -> Callable[[dict[str, list[Document]]], None]:
    def change(docs: dict[str, list[Document]]) -> None:
        for code, held in docs.items():
            docs[code] = [doc for doc in held if doc["styrk08"] != [styrk08]]

    return change


FAULTS = (
    *on_the_way(), *not_json(),
    Fault("numFound larger than what came", FAILED, ("numFound",),
          document(lambda found: found["response"].update(numFound=10_000))),
    Fault("no response in the answer", FAILED, ("response",), swapped('"response"', '"svar"')),
    Fault("documents that are no objects", FAILED, (),
          document(lambda found: found["response"].update(docs=[1, 2], numFound=2))),
    Fault("no people for any code", FAILED, ("people",),
          source=_source(lambda docs: docs.clear())),
    Fault("NaN as a count", FAILED, (), times=1,
          reply=swapped('"antall_personer": ', '"antall_personer": NaN, "x": ', 1)),
    Fault("a count in words", FAILED, ("mange",), _first(antall_personer="mange")),
    Fault("true as a count", FAILED, ("True",), _first(antall_personer=True)),
    Fault("a list as a count", FAILED, (), _first(antall_personer=[7])),
    Fault("a new count", FAILED, ("antall_nye",), _first(antall_nye=7)),
    Fault("an occupation as a number", FAILED, ("styrk08",), _first(styrk08=2411)),
    Fault("a document of another education", FAILED, ("999999",), _first(nus=["999999"])),
    Fault("a document without a date", FAILED, ("kildedato",), _first(kildedato=None)),
    Fault("an occupation that is none", FAILED, ("24X1",), _first(styrk08=["24X1"])),
    Fault("a document twice, with other counts", FAILED, (),
          document(_docs(lambda docs: docs.append({**docs[0], "antall_personer": 1})))),
    Fault("zero-filled counts", QUARANTINED, ("0",), source=_every(lambda count: 0)),
    Fault("counts ten times as large", QUARANTINED, ("%",),
          source=_every(lambda count: count * 10)),
    Fault("counts that are blank", QUARANTINED, ("blank",), source=_every(lambda count: None)),
    Fault("an occupation vanished", QUARANTINED, ("0210",), source=_source(_without("0210"))),
    Fault("an education vanished", QUARANTINED, ("nus",),
          source=_source(lambda docs: docs.pop(min(docs)))),
    Fault("the answer to another code", FAILED, (), times=1,
          reply=swapped('"nus": ["3', '"nus": ["9', 1)),
)  # fmt: skip

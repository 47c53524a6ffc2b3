"""The world of KLASS' content faults, and the table of them."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sources import registry
from tests.faults.answers import body, document, not_json, on_the_way, swapped
from tests.faults.fault import FAILED, QUARANTINED, REVISED, CleanWorld, Fault
from tests.services.klass import XML, Klass

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Document = dict[str, Any]

NUMBER, FIRST = "131", 40


class KlassWorld(CleanWorld):
    """Codes of municipalities and their changes; some are named otherwise on the second day."""

    base = "KOMPETANSE_KLASS_BASE"
    figures = f"/{NUMBER}/codes"

    def __init__(self, made_up_folder: Path) -> None:
        known, small = registry.load(), registry.Size(1)
        self.faulty = replace(known[f"klass/{NUMBER}_codes"], size=small)
        self.other = replace(known[f"klass/{NUMBER}_changes"], size=small)
        made = Klass.from_folder(made_up_folder)
        made.codes[NUMBER] = made.codes[NUMBER][:FIRST]
        made.changes[NUMBER] = made.changes[NUMBER][:FIRST]
        later = copy.deepcopy(made)
        later.codes[NUMBER][3] = replace(later.codes[NUMBER][3], name="Nytt navn")
        later.changes[NUMBER][3]["newName"] = "Nytt navn"
        self._days = {1: made, 2: later}

    def service(self, day: int) -> Klass:
        """Codes and changes as they are on a day."""
        return copy.deepcopy(self._days[day])


def _codes(change: Callable[[list[Document]], Any]) -> Callable[[Document], None]:
    return lambda found: change(found["codes"])


FAULTS = (
    *on_the_way(), *not_json(),
    Fault("a code twice, from two splits", REVISED,
          reply=document(_codes(lambda codes: codes.append(codes[2])))),
    Fault("codes under another name", FAILED, ("codes",), swapped('"codes"', '"koder"')),
    Fault("the codes are an object", FAILED, (),
          document(lambda found: found.update(codes={"0101": "Halden"}))),
    Fault("no codes at all", FAILED, (), document(_codes(lambda codes: codes.clear()))),
    Fault("a code without a name", FAILED, ("name",),
          document(_codes(lambda codes: codes[2].pop("name")))),
    Fault("a code that is null", FAILED, ("code",),
          document(_codes(lambda codes: codes[2].update(code=None)))),
    Fault("a code that came as a number", FAILED, (),
          document(_codes(lambda codes: codes[2].update(code=101)))),
    Fault("a day that is none", FAILED, ("2020-13-01",),
          document(_codes(lambda codes: codes[2].update(validFromInRequestedRange="2020-13-01")))),
    Fault("no validity", FAILED, ("validTo",),
          document(_codes(lambda codes: [c.pop("validToInRequestedRange") for c in codes]))),
    Fault("half of the codes gone", QUARANTINED, ("%",),
          document(_codes(lambda codes: codes.__delitem__(slice(20, None))))),
    Fault("NaN among the codes", FAILED, (), swapped('"parentCode": null', '"parentCode": NaN', 1)),
    Fault("an XML list with 200, called JSON", FAILED, (), body(lambda sent: XML)),
    Fault("changes in the place of codes", FAILED, ("codes",),
          body(lambda sent: b'{"codeChanges": []}')),
    Fault("a page of the list alone", FAILED, (),
          body(lambda sent: b'{"_embedded": {"classifications": []}, "page": {"size": 20}}')),
)  # fmt: skip

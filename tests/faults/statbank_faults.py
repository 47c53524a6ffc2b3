"""The table of content faults of StatBank. What is done to answers and tables is in statbank.py."""

from __future__ import annotations

import gzip
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.faults import statbank as bank
from tests.faults.fault import (
    FAILED,
    NOT_NOW,
    NOTHING_NEW,
    QUARANTINED,
    REVISED,
    SECOND_DAY,
    Fault,
)
from tests.http.server import answer
from tests.services.server import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.http.server import Act
    from tests.services.ssb import Ssb

    Sent = Callable[[Reply], Reply | Act]

AT_SIX = SECOND_DAY.replace(hour=4)

# Where a body is cut, with a length that fits, as a gateway cuts it.
CUTS: dict[str, Callable[[bytes], int]] = {
    "at 0 bytes": lambda raw: 0,
    "after the first byte": lambda raw: 1,
    "in a key": bank.behind(b'"dimen'),
    "in a text": bank.behind(b'"label": "1'),
    "in a letter of two bytes": bank.behind(b"Statistisk sentralbyr\xc3"),
    "before the figures": bank.behind(b'"value":'),
    "after the first bracket of the figures": bank.behind(b'"value": ['),
    "in a number": bank.behind(b'"value": [', more=2),
    "after a comma of the figures": lambda raw: raw.index(b",", raw.index(b'"value": [')) + 1,
    "half-way": lambda raw: len(raw) // 2,
    "before the status": lambda raw: raw.index(b'"status"'),
    "before the last brace": lambda raw: len(raw) - 1,
}


def _cuts() -> list[Fault]:
    found = []
    for where, place in CUTS.items():
        cut = bank.cut_at(place)
        found += [
            Fault(f"body cut {where}", FAILED, reply=cut, first=2),
            Fault(f"body cut {where}, once", REVISED, reply=cut, first=2, times=1),
        ]
    return found


def _not_json() -> list[Fault]:
    def html(raw: bytes) -> bytes:
        return bank.HTML

    page = bank.body(html)
    half = bank.cut_at(CUTS["half-way"])
    named = bank.body(html, Content_Type="text/html; charset=utf-8")
    return [
        Fault("HTML with 200", FAILED, ("DOCTYPE",), page, first=2),
        Fault("HTML with 200, once", REVISED, reply=page, first=2, times=1),
        Fault("HTML with 200, called HTML", FAILED, ("DOCTYPE",), named, first=2),
        Fault("HTML with 200 for the metadata", FAILED, ("metadata", "DOCTYPE"), page,
              where=bank.METADATA),
        Fault("metadata cut half-way", FAILED, ("metadata",), half, where=bank.METADATA),
        Fault("HTML with 200 for /config, once", REVISED, reply=page, where="/config", times=1),
        Fault("HTML with 200 for /config, for ever", REVISED, reply=page, where="/config",
              source=bank.without_limit),
        Fault("HTML with 200 for the list of what is new, once", REVISED, reply=page,
              where="pastDays", times=1),
        Fault("the right body, called text", REVISED,
              reply=bank.body(lambda raw: raw, Content_Type="text/plain")),
        Fault("CSV with 200", FAILED, (),
              bank.body(lambda raw: b"region;sektor;2025\n0;6100;1\n", Content_Type="text/csv")),
        Fault("a list in the place of a dataset", FAILED, (), bank.body(lambda raw: b"[1, 2]")),
        Fault("null in the place of a dataset", FAILED, (), bank.body(lambda raw: b"null")),
        Fault("brackets without end", FAILED, (), bank.body(lambda raw: b"[" * 200_000)),
        Fault("two datasets in a body", FAILED, (), bank.body(lambda raw: raw + raw)),
        Fault("rubbish behind the last brace", FAILED, (),
              bank.body(lambda raw: raw + b"<!-- -->")),
        Fault("a body in latin-1", FAILED, (),
              bank.body(lambda raw: raw.decode().encode("latin-1"))),
        Fault("gzip cut off, length right", FAILED, ("whole answer",), bank.gzip_cut, first=2),
        Fault("gzip cut off, length right, once", REVISED, reply=bank.gzip_cut, first=2, times=1),
        Fault("a byte order mark in front", REVISED,
              reply=bank.body(lambda raw: b"\xef\xbb\xbf" + raw)),
        Fault("gzip that is not called gzip", FAILED, (), bank.body(gzip.compress)),
    ]  # fmt: skip


def _figures() -> list[Fault]:
    def literal(word: bytes) -> Sent:
        return bank.body(lambda raw: raw.replace(b"null", word, 1))

    def longer(found: bank.Document) -> None:
        found["value"].append(1)

    def shorter(found: bank.Document) -> None:
        found["value"].pop()

    def twice(raw: bytes) -> bytes:
        return raw[:-1] + b', "value": [1, 2, 3]}'

    return [
        Fault("NaN among the figures", FAILED, (), literal(b"NaN")),
        Fault("Infinity among the figures", FAILED, (), literal(b"Infinity")),
        Fault("a figure too large for any number", FAILED, (), literal(b"1e999")),
        Fault("figures as strings", FAILED, ("value",), bank.figure(str)),
        Fault("a dash as a figure", FAILED, ("value",), bank.figure(lambda _: "-")),
        Fault("true as a figure", FAILED, ("value",), bank.figure(lambda _: True)),
        Fault("a list as a figure", FAILED, ("value",), bank.figure(lambda v: [v])),
        Fault("value array one short", FAILED, ("value",), bank.document(shorter), first=2),
        Fault("value array one long", FAILED, ("value",), bank.document(longer), first=2),
        Fault("value array twice", FAILED, ("value",), bank.body(twice)),
        Fault("no value array", FAILED, ("value",), bank.document(lambda d: d.pop("value"))),
        Fault("figures as an object, positions as a list", REVISED,
              reply=bank.document(bank.sparse)),
        Fault("unknown status symbol", FAILED, ("!",), source=bank.table(bank.marked("!"))),
        Fault("zero-filled figures", QUARANTINED, ("0",), source=bank.values(bank.zeros)),
        Fault("zero-filled newest period", QUARANTINED, ("0",),
              source=bank.values(bank.zeros_newest)),
        Fault("zero-filled oldest period", QUARANTINED, ("2016", "%"),
              source=bank.values(bank.zeros_oldest)),
        Fault("zero-filled newest period at six in the morning", QUARANTINED, ("06:00", "08:15"),
              source=bank.values(bank.zeros_newest), clock=lambda faulty, asked: AT_SIX,
              at_any_time=True),
        Fault("zero-filled figures at six in the morning", QUARANTINED, ("06:00", "08:15"),
              source=bank.values(bank.zeros), clock=lambda faulty, asked: AT_SIX,
              at_any_time=True),
        Fault("all dots", QUARANTINED, ("blank",), source=bank.table(bank.dots())),
        Fault("all dots in the newest period", QUARANTINED, ("blank",),
              source=bank.table(bank.dots((..., -1)))),
        Fault("a total that doubled", QUARANTINED, ("%", "20"),
              source=bank.values(bank.scaled(2))),
        Fault("a total in thousands", QUARANTINED, ("%",),
              source=bank.values(bank.scaled(0.001))),
        Fault("a total that jumped in one period", QUARANTINED, ("2020",),
              source=bank.values(bank.scaled(1.5, (..., 4)))),
    ]  # fmt: skip


def _axes() -> list[Fault]:
    def sizes(found: bank.Document) -> None:
        found["size"][0] += 1

    def negative(found: bank.Document) -> None:
        found["size"] = [-n for n in found["size"]]

    def swapped_names(found: bank.Document) -> None:
        found["id"][0], found["id"][1] = found["id"][1], found["id"][0]

    def swapped_axes(found: bank.Document) -> None:
        swapped_names(found)
        found["size"][0], found["size"][1] = found["size"][1], found["size"][0]

    def stray_status(found: bank.Document) -> None:
        found["status"] = found.get("status", {}) | {str(len(found["value"])): "."}

    def named_twice(found: bank.Document) -> None:
        found["id"][1] = found["id"][0]

    def without_dimension(found: bank.Document) -> None:
        found["dimension"].pop("Sektor")

    def other_class(found: bank.Document) -> None:
        found["class"] = "collection"

    return [
        Fault("dimension order swapped, figures too", REVISED,
              reply=bank.document(bank.transposed)),
        Fault("dimension order swapped in `id` alone", FAILED, ("size",),
              bank.document(swapped_names), first=2),
        Fault("`size` wrong", FAILED, ("size",), bank.document(sizes), first=2),
        Fault("`size` negative", FAILED, ("size",), bank.document(negative)),
        Fault("a dimension named twice", FAILED, ("Region",), bank.document(named_twice)),
        Fault("a dimension without its codes", FAILED, ("Sektor",),
              bank.document(without_dimension)),
        Fault("a dataset that calls itself a collection", REVISED,
              reply=bank.document(other_class)),
        Fault("dimension order swapped in `id` and `size`, not in the figures", FAILED, ("order",),
              bank.document(swapped_axes)),
        Fault("the same in one answer of several", FAILED, ("order",),
              bank.document(swapped_axes), first=2, times=1),
        Fault("the same in a table without blanks", FAILED, ("order",),
              bank.document(swapped_axes), source=bank.table(bank.filled)),
        Fault("every answer is that to the first question", FAILED, ("Region",),
              bank.first_again()),
        Fault("a status outside the table", FAILED, ("status",), bank.document(stray_status)),
        Fault("two codes in one place", FAILED, ("Sektor",), bank.document(bank.two_in_one_place)),
        Fault("a code vanished from an answer", FAILED, ("Sektor", "1 of 5"),
              bank.document(bank.lose_code), first=2),
        Fault("a new code in an answer", FAILED, ("Sektor", "NY"), bank.document(bank.rename_code),
              first=2),
        Fault("a new code in the table", FAILED, ("Sektor", "NY"),
              source=bank.table(bank.with_code("Sektor", "NY"))),
        Fault("a code vanished from the table", QUARANTINED, ("Sektor", "6100"),
              source=bank.table(bank.without_code("Sektor", "6100"))),
        Fault("a code without figures", QUARANTINED, ("Sektor", "6100"),
              source=bank.table(bank.dots_of("Sektor", "6100"))),
        Fault("two codes with each other's figures", QUARANTINED, ("other cells",),
              source=bank.values(bank.exchanged)),
        Fault("metadata promise a code that is not there", FAILED, ("Sektor", "NY"),
              bank.document(bank.promise_more), where=bank.METADATA),
        Fault("metadata lack a code that is there", FAILED, ("Sektor",),
              bank.document(bank.promise_less), where=bank.METADATA),
        Fault("the newest period gone", QUARANTINED, ("2025",),
              source=bank.table(bank.without_code("Tid", "2025"))),
        Fault("the oldest period gone", QUARANTINED, ("2016",),
              source=bank.table(bank.without_code("Tid", "2016"))),
        Fault("a region gone", QUARANTINED, ("50",),
              source=bank.table(bank.without_code("Region", "50"))),
        Fault("a region without figures", QUARANTINED, ("50",),
              source=bank.table(bank.dots((12,)))),
    ]  # fmt: skip


def _tables() -> list[Fault]:
    def problem(status: int, inside: int, title: str) -> Sent:
        text = f'{{"type":"Parameter error","title":"{title}","status":{inside}}}'
        return lambda reply: Reply(status, text.encode())

    def stamped(stamp: str) -> Sent:
        return bank.document(lambda found: found.update(updated=stamp))

    def backwards(service: Ssb) -> None:
        service.table(bank.FAULTY).updated = "2025-02-26T06:00:00Z"

    years_on = SECOND_DAY + timedelta(days=3 * 365)
    missing = problem(404, 404, "Non-existent table")
    gone = (bank.SUCCESSOR, "no table 13472")
    return [
        Fault("table renumbered", FAILED, gone, source=bank.renumbered,
              clock=lambda faulty, asked: years_on),
        Fault("table renumbered, and the list does not say so", NOTHING_NEW,
              source=bank.renumbered),
        Fault("table gone in the midst of a pull: 400 with status 404", FAILED,
              ("no table 13472",), problem(400, 404, "Non-existent table"), first=2),
        Fault("metadata gone: 404 with status 404", FAILED, ("no table 13472",), missing,
              where=bank.METADATA),
        Fault("404 without a word", FAILED, ("404",), lambda reply: Reply(404, b"")),
        Fault("500 without a word, for ever", FAILED, ("500",), lambda reply: Reply(500, b"")),
        Fault("too many cells, though /config allows them", FAILED, ("Too many cells",),
              problem(400, 400, "Too many cells selected"), first=2),
        Fault("`updated` going backwards, in the list too", NOTHING_NEW, source=backwards),
        Fault("answers older than the list says", FAILED, ("older", "2026-02-26"),
              stamped("2026-02-26T06:00:00Z")),
        Fault("an answer older than the list says, once", REVISED,
              reply=stamped("2026-02-26T06:00:00Z"), times=1),
        Fault("`updated` going backwards from one answer to the next, once", REVISED,
              reply=stamped("2025-02-26T06:00:00Z"), first=2, times=1),
        Fault("renewed in the midst of a pull", REVISED,
              reply=stamped("2026-09-17T06:00:00Z"), first=2, times=1),
        Fault("renewed in the midst of every pull", FAILED, ("renewed",),
              bank.document(bank.stamp_of_part)),
        Fault("the clock jumps into the closed hours", NOT_NOW, ("08:15",),
              clock=bank.closed_in_between),
        Fault("the clock goes back a year", REVISED,
              clock=lambda faulty, asked: SECOND_DAY - timedelta(days=365)),
        Fault("the clock goes on three years", REVISED, clock=lambda faulty, asked: years_on),
        Fault("the clock goes back and forth", REVISED,
              clock=lambda faulty, asked: SECOND_DAY + (-1) ** asked * timedelta(days=400)),
        Fault("a closed hour that is over before anything is asked", REVISED,
              clock=lambda faulty, asked: SECOND_DAY.replace(hour=6, minute=15)),
        Fault("a gateway's 504 with a page, once", REVISED,
              reply=lambda reply: answer(504, bank.HTML), first=2, times=1),
    ]  # fmt: skip


FAULTS = (*_cuts(), *_not_json(), *_figures(), *_axes(), *_tables())

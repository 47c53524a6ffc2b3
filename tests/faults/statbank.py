"""The world of StatBank's content faults: two tables, and what can be done to them.

Which faults there are is in statbank_faults.py. The faulty table takes three questions, so that
an answer can be bad in the midst of good ones.
"""

from __future__ import annotations

import copy
import gzip
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sources import registry
from tests.faults.fault import SECOND_DAY, Cells
from tests.http.server import answer
from tests.pull.statbank import StatBank
from tests.services.ssb import Ssb

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from tests.http.server import Act, Asked
    from tests.pull.banktable import BankTable
    from tests.services.server import Reply

FAULTY, OTHER, SUCCESSOR = "13472", "12274", "14999"
MAX_CELLS = 450
REGIONS = 20
RENEWED = "2026-09-15T06:00:00Z"
HTML = b"<!DOCTYPE html><html><head><title>Vedlikehold</title></head></html>"
METADATA = f"/tables/{FAULTY}/metadata"

Document = dict[str, Any]


class StatBankWorld:
    """Two StatBank tables with made-up figures; all have changed on the second day."""

    base = "KOMPETANSE_SSB_BASE"
    figures = f"/tables/{FAULTY}/data"

    def __init__(self, made_up_folder: Path) -> None:
        known, tables = registry.load(), Ssb.from_folder(made_up_folder)
        declared = registry.Tolerance(jump_pct=20)
        self.faulty = replace(known[f"ssb/{FAULTY}"], tolerance=declared)
        self.other = replace(known[f"ssb/{OTHER}"], tolerance=declared)
        self._days = {1: [_small(tables.table(name)) for name in (FAULTY, OTHER)]}
        self._days[2] = [
            replace(table, values=np.round(table.values * 1.01, 1), updated=RENEWED)
            for table in self._days[1]
        ]

    def service(self, day: int) -> Ssb:
        """Both tables behind the strict bank, as they are on a day."""
        return Ssb(StatBank(copy.deepcopy(self._days[day]), MAX_CELLS), calls=10_000)

    def is_figures(self, asked: Asked) -> bool:
        """Whether figures of the faulty table are asked for."""
        return self.figures in asked.path

    def axes(self, table: str) -> tuple[str, ...]:
        """The dimensions of a table, in its own order."""
        return tuple(self._table(table, 1).axes)

    def cells(self, table: str, day: int) -> Cells:
        """Figures or symbols by codes, in the order of the table's dimensions."""
        found = self._table(table, day)
        codes, symbols = list(found.axes.values()), found._symbols()
        return {
            tuple(of[n] for of, n in zip(codes, place, strict=True)): (
                str(symbols[place]) if np.isnan(value) else float(value)
            )
            for place, value in np.ndenumerate(found.values)
        }

    def _table(self, table: str, day: int) -> BankTable:
        return next(found for found in self._days[day] if table.endswith(found.id))


def _small(table: BankTable) -> BankTable:
    """The first regions of a table: enough for every fault."""
    first = next(iter(table.axes))
    axes = table.axes | {first: table.axes[first][:REGIONS]}
    symbols = table._symbols()[:REGIONS].ravel()
    marks = {int(n): str(symbols[n]) for n in np.flatnonzero(symbols != "")}
    return replace(table, axes=axes, values=table.values[:REGIONS], marks=marks)


def body(change: Callable[[bytes], bytes], **headers: str) -> Callable[[Reply], Reply]:
    """Send these bytes instead; what is changed has its letters in UTF-8, as SSB has them."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}

    def sent(reply: Reply) -> Reply:
        raw = json.dumps(json.loads(reply.body), ensure_ascii=False).encode()
        return replace(reply, body=change(raw), headers={**reply.headers, **named})

    return sent


def document(change: Callable[[Document], Any]) -> Callable[[Reply], Reply]:
    """Send the JSON after a change made in it."""

    def changed(raw: bytes) -> bytes:
        found = json.loads(raw)
        change(found)
        return json.dumps(found, ensure_ascii=False).encode()

    return body(changed)


def figure(of: Callable[[float], Any]) -> Callable[[Reply], Reply]:
    """Send one figure, the first that there is, as something else."""

    def change(found: Document) -> None:
        spot = next(n for n, value in enumerate(found["value"]) if value is not None)
        found["value"][spot] = of(found["value"][spot])

    return document(change)


def table(change: Callable[[BankTable], None]) -> Callable[[Ssb], None]:
    """Let the source itself hold something else of the faulty table."""
    return lambda service: change(service.table(FAULTY))


def cut_at(place: Callable[[bytes], int]) -> Callable[[Reply], Reply]:
    """Send only the beginning of the body, with a length that fits."""
    return body(lambda raw: raw[: place(raw)])


def behind(mark: bytes, more: int = 0) -> Callable[[bytes], int]:
    """The place behind the first of these bytes, and some further."""
    return lambda raw: raw.index(mark) + len(mark) + more


def gzip_cut(reply: Reply) -> Act:
    return answer(200, gzip.compress(reply.body)[:-6], Content_Encoding="gzip")


def without_code(axis: str, code: str) -> Callable[[BankTable], None]:
    def change(found: BankTable) -> None:
        place, number = list(found.axes).index(axis), found.axes[axis].index(code)
        symbols = np.delete(found._symbols(), number, axis=place).ravel()
        found.values = np.delete(found.values, number, axis=place)
        found.axes[axis] = [c for c in found.axes[axis] if c != code]
        found.marks = {int(n): str(symbols[n]) for n in np.flatnonzero(symbols != "")}

    return change


def with_code(axis: str, code: str) -> Callable[[BankTable], None]:
    def change(found: BankTable) -> None:
        place = list(found.axes).index(axis)
        last = np.take(found.values, [-1], axis=place)
        symbols = found._symbols()
        symbols = np.concatenate([symbols, np.take(symbols, [-1], axis=place)], axis=place).ravel()
        found.values = np.concatenate([found.values, last], axis=place)
        found.axes[axis] = [*found.axes[axis], code]
        found.marks = {int(n): str(symbols[n]) for n in np.flatnonzero(symbols != "")}

    return change


def values(change: Callable[[np.ndarray[Any, Any]], None]) -> Callable[[Ssb], None]:
    return table(lambda found: change(found.values))


def zeros(values: np.ndarray[Any, Any]) -> None:
    values[...] = np.where(np.isnan(values), np.nan, 0)


def zeros_newest(values: np.ndarray[Any, Any]) -> None:
    zeros(values[..., -1])


def zeros_oldest(values: np.ndarray[Any, Any]) -> None:
    zeros(values[..., 0])


def scaled(factor: float, where: Any = ...) -> Callable[[np.ndarray[Any, Any]], None]:
    def change(values: np.ndarray[Any, Any]) -> None:
        values[where] = np.round(values[where] * factor)

    return change


def dots(where: Any = ...) -> Callable[[BankTable], None]:
    def change(found: BankTable) -> None:
        symbols = found._symbols()
        symbols[where], found.values[where] = ".", np.nan
        flat = symbols.ravel()
        found.marks = {int(n): str(flat[n]) for n in np.flatnonzero(flat != "")}

    return change


def dots_of(axis: str, code: str) -> Callable[[BankTable], None]:
    def change(found: BankTable) -> None:
        place, number = list(found.axes).index(axis), found.axes[axis].index(code)
        dots((*[slice(None)] * place, number))(found)

    return change


def filled(found: BankTable) -> None:
    """Figures in every cell, so that no blank tells where a cell belongs."""
    found.values, found.marks = np.nan_to_num(found.values, nan=3.0), {}


def exchanged(values: np.ndarray[Any, Any]) -> None:
    """Two regions have each other's figures; neither has blanks, which would tell."""
    whole = np.flatnonzero(~np.isnan(values.reshape(len(values), -1)).any(axis=1))
    first, last = whole[0], whole[-1]
    values[[first, last]] = values[[last, first]]


def without_limit(service: Ssb) -> None:
    service.bank.max_cells = 800_000


def marked(symbol: str) -> Callable[[BankTable], None]:
    def change(found: BankTable) -> None:
        spot = int(np.flatnonzero(np.isnan(found.values))[0])
        found.marks[spot] = symbol

    return change


def renumbered(service: Ssb) -> None:
    service.table(FAULTY).id = SUCCESSOR


def transposed(found: Document) -> None:
    """The same figures with the first two dimensions the other way round: legal JSON-stat."""
    shape = found["size"]
    order = [1, 0, *range(2, len(shape))]
    values = np.array(found["value"], dtype=object).reshape(shape)
    symbols = np.full(values.size, None, dtype=object)
    for spot, symbol in found.get("status", {}).items():
        symbols[int(spot)] = symbol
    turned = symbols.reshape(shape).transpose(order).ravel()
    found["value"] = values.transpose(order).ravel().tolist()
    found["status"] = {str(n): s for n, s in enumerate(turned) if s is not None}
    found["id"], found["size"] = [found["id"][n] for n in order], [shape[n] for n in order]


def sparse(found: Document) -> None:
    """Figures and positions as objects and lists: the other legal forms of JSON-stat."""
    found["value"] = {str(n): v for n, v in enumerate(found["value"]) if v is not None}
    for dimension in found["dimension"].values():
        index = dimension["category"]["index"]
        dimension["category"]["index"] = sorted(index, key=index.__getitem__)


def _index(found: Document, name: str = "Sektor") -> dict[str, int]:
    index: dict[str, int] = found["dimension"][name]["category"]["index"]
    return index


def lose_code(found: Document) -> None:
    """One sector is gone from answer, size and figures."""
    place, shape = found["id"].index("Sektor"), found["size"]
    values = np.array(found["value"], dtype=object).reshape(shape)
    found["value"] = np.delete(values, -1, axis=place).ravel().tolist()
    found["size"][place] -= 1
    found.pop("status", None)
    index = _index(found)
    index.pop(max(index, key=index.__getitem__))


def rename_code(found: Document) -> None:
    index = _index(found)
    index["NY"] = index.pop(min(index))


def two_in_one_place(found: Document) -> None:
    index = _index(found)
    first, second, *_ = sorted(index)
    index[second] = index[first]


def promise_more(found: Document) -> None:
    index = _index(found)
    index["NY"] = len(index)
    found["size"][found["id"].index("Sektor")] += 1


def promise_less(found: Document) -> None:
    index = _index(found)
    index.pop(max(index, key=index.__getitem__))
    found["size"][found["id"].index("Sektor")] -= 1


def stamp_of_part(found: Document) -> None:
    """Another stamp for every part of the table, told from its years."""
    year = max(found["dimension"]["Tid"]["category"]["index"])
    found["updated"] = f"2026-09-17T06:{year[-2:]}:00Z"


def first_again() -> Callable[[Reply], Reply]:
    """Answer every question with the answer to the first."""
    had: list[Reply] = []

    def sent(reply: Reply) -> Reply:
        had.append(reply)
        return had[0]

    return sent


def closed_in_between(faulty: bool, asked: int) -> datetime:
    return SECOND_DAY.replace(hour=4) if faulty and asked else SECOND_DAY

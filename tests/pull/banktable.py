"""Tables of the local StatBank: axes and figures, and what an accepted selection gives.

How a selection is accepted or refused is in bankselect.py, the service itself in statbank.py.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Members = dict[str, list[str]]


@dataclass
class BankTable:
    """One table: its axes and figures (not-a-number = none), in the order of the axes.

    totals: variables that may be left out -> the code that then counts, None for the sum.
    lists: variable -> code list id -> its codes -> the codes of the table that each is made of.
    """

    id: str
    title: str
    axes: dict[str, list[str]]
    values: np.ndarray[Any, Any]
    marks: dict[int, str] = field(default_factory=dict)
    totals: dict[str, str | None] = field(default_factory=dict)
    lists: dict[str, dict[str, Members]] = field(default_factory=dict)
    updated: str = "2026-07-03T06:00:00Z"
    discontinued: bool | None = None
    time: str = "Tid"

    @classmethod
    def from_answer(cls, table_id: str, body: bytes) -> BankTable:
        """A table that holds exactly what a json-stat answer holds."""
        raw = json.loads(body)
        axes, totals = {}, {}
        for name in raw["id"]:
            index = raw["dimension"][name]["category"]["index"]
            axes[name] = sorted(index, key=index.__getitem__)
            own = raw["dimension"][name].get("extension", {})
            if own.get("elimination"):
                totals[name] = own.get("eliminationValueCode")
        values = np.array([np.nan if v is None else v for v in raw["value"]], dtype=float)
        marks = {int(k): v for k, v in raw.get("status", {}).items()}
        shaped = values.reshape(raw["size"])
        return cls(table_id, raw["label"], axes, shaped, marks, totals, updated=raw["updated"])

    @property
    def label(self) -> str:
        times = self.axes[self.time]
        return f"{self.id}: {self.title} {times[0]}-{times[-1]}"

    def entry(self) -> dict[str, Any]:
        times = self.axes[self.time]
        return {
            "id": self.id,
            "label": self.label,
            "description": "",
            "updated": self.updated,
            "firstPeriod": times[0],
            "lastPeriod": times[-1],
            "category": "public",
            "variableNames": [name.lower() for name in self.axes],
            "discontinued": self.discontinued,
            "source": "Statistisk sentralbyrå",
            "timeUnit": "Annual",
            "links": [],
        }

    def document(self, axes: Mapping[str, list[str]], *, metadata: bool) -> dict[str, Any]:
        """Everything of a dataset but its figures."""
        # Key order is not position order, as in the real answers.
        index = {n: {c: codes.index(c) for c in sorted(codes)} for n, codes in axes.items()}
        return {
            "version": "2.0",
            "class": "dataset",
            "label": self.label,
            "source": "Statistisk sentralbyrå",
            "updated": self.updated,
            "note": [f"Oppdiktede tall i {self.id}"],
            "role": {"time": [self.time], "metric": [n for n in axes if n == "ContentsCode"]},
            "id": list(axes),
            "size": [len(codes) for codes in axes.values()],
            "dimension": {
                name: {
                    "label": name.lower(),
                    "category": {"index": index[name], "label": {c: f"{c}!" for c in codes}},
                    "extension": self._extension(name) if metadata else {"elimination": False},
                }
                for name, codes in axes.items()
            },
            "extension": {"px": {"tableid": self.id}, "discontinued": self.discontinued},
            "value": [],
        }

    def _extension(self, name: str) -> dict[str, Any]:
        total = self.totals.get(name)
        return {
            "elimination": name in self.totals,
            **({"eliminationValueCode": total} if total is not None else {}),
            "codelists": [{"id": i, "label": i} for i in self.lists.get(name, {})],
        }

    def members(self, name: str, codelist: str | None) -> Members:
        if codelist is None:
            return {code: [code] for code in self.axes[name]}
        return self.lists[name][codelist]

    def extract(self, chosen: Mapping[str, tuple[Members, list[str]]]) -> dict[str, Any]:
        """The answer to an accepted selection: variable -> (members of each code, codes)."""
        block, symbols = self.values, self._symbols()
        for place, (name, codes) in enumerate(self.axes.items()):
            if name in chosen:
                members, wanted = chosen[name]
                groups = [[codes.index(m) for m in members[code]] for code in wanted]
            elif self.totals[name] is not None:
                groups = [[codes.index(str(self.totals[name]))]]
            else:
                groups = [list(range(len(codes)))]
            block = _grouped(block, groups, place, _sum)
            symbols = _grouped(symbols, groups, place, _first)
        axes = {name: chosen[name][1] for name in self.axes if name in chosen}
        found = self.document(axes, metadata=False)
        flat = block.ravel()
        found["value"] = [None if math.isnan(v) else v for v in flat.tolist()]
        flags = {str(n): str(s) for n, s in enumerate(symbols.ravel()) if s}
        return found | ({"status": flags} if flags else {})

    def _symbols(self) -> np.ndarray[Any, Any]:
        symbols = np.full(self.values.size, "", dtype="<U3")
        for place, mark in self.marks.items():
            symbols[place] = mark
        return symbols.reshape(self.values.shape)


def _grouped(
    block: np.ndarray[Any, Any],
    groups: list[list[int]],
    axis: int,
    how: Callable[[np.ndarray[Any, Any], int], np.ndarray[Any, Any]],
) -> np.ndarray[Any, Any]:
    if all(len(group) == 1 for group in groups):
        return np.take(block, [group[0] for group in groups], axis=axis)
    return np.stack([how(np.take(block, group, axis=axis), axis) for group in groups], axis=axis)


def _sum(block: np.ndarray[Any, Any], axis: int) -> np.ndarray[Any, Any]:
    summed: np.ndarray[Any, Any] = np.nansum(block, axis=axis)
    summed[np.isnan(block).all(axis=axis)] = np.nan
    return summed


def _first(block: np.ndarray[Any, Any], axis: int) -> np.ndarray[Any, Any]:
    first: np.ndarray[Any, Any] = np.take(block, 0, axis=axis)
    return first

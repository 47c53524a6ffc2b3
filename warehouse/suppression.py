"""Suppression: figures that are held back so that no count of 1 to 3 persons can be found out.

Works on counts and on the sums that tie them together; which these are is said by the SQL of
sql/roll_up/ and sql/marts/, as is what a row looks like once it is held back. Nothing here knows
of indicators or regions.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from warehouse.linear import NOISE, solved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pyarrow as pa

SMALLEST, LARGEST = 0.5, 3.5


class Cell(NamedTuple):
    """A count that may be known to a reader: numerator of a row, or the denominator of some.

    amount: persons; None where the source gives no figure, so that nobody knows it.
    remainder: those of the denominator who are not in the numerator; None where that is no count.
    """

    rows: tuple[int, ...]
    amount: float | None
    remainder: float | None
    at_risk: bool
    fixed: bool


class Sum(NamedTuple):
    """A whole and its parts, as numbers of cells. whole is None where there is no such cell."""

    whole: int | None
    parts: tuple[int, ...]
    judges_remainder: bool

    @property
    def cells(self) -> tuple[int, ...]:
        """The parts, and then the whole."""
        return self.parts if self.whole is None else (*self.parts, self.whole)


def is_small(amount: float | None) -> bool:
    """Whether an amount is a count of 1 to 3; shares of divided municipalities have decimals."""
    return amount is not None and SMALLEST <= amount < LARGEST


def withheld(counted: pa.Table, sums: pa.Table) -> pa.Table:
    """Choose the rows to hold back; one column row_id, in ascending order.

    counted: row_id, region_set, region_id, period, numerator, denominator, remainder, at_risk,
             fixed (known from elsewhere, so that it cannot be held back). One row per figure;
             all those of one region and period with the same denominator are taken to show the
             same one.
    sums:    sum_id, kind ("regions", "codes", "codes and wholes", "shares"), row_id, is_whole.
    Every row at risk is held back. In each sum that holds one, others follow until at least two are
    unknown and those unknown come to more than 3 persons together: those first that need fewest
    others in turn, then the smallest. Then, as long as the sums taken together still determine one
    at risk, one more of its neighbours. Guarded against is solving, not guessing within bounds.
    """
    import pyarrow as pa

    table = _Table.of(counted, sums)
    for number, cell in enumerate(table.cells):
        if cell.at_risk:
            table.hide(number)
    table.settle()
    while table.hide_next_to_determined():
        table.settle()
    return pa.table({"row_id": pa.array(sorted(table.hidden_rows), pa.int64())})


@dataclass
class _Table:
    """Cells, the sums between them, and what is hidden so far."""

    cells: list[Cell]
    sums: list[Sum]
    cells_of_row: dict[int, list[int]]
    sums_of_cell: dict[int, list[int]]
    hidden_rows: set[int]
    hidden: set[int]
    unsettled: list[int]
    waiting: set[int]
    unknown_in: list[int]
    judged: set[frozenset[int]]

    @classmethod
    def of(cls, counted: pa.Table, sums: pa.Table) -> _Table:
        """Numerators are the first cells, one per row; denominators follow."""
        cells, numerator, whole = _cells(counted)
        cells_of_row = defaultdict(list)
        for number, cell in enumerate(cells):
            for row in cell.rows:
                cells_of_row[row].append(number)
        made = _sums(sums, numerator, whole)
        # What no figure of a part is known of, tells nothing of the others.
        made = [each for each in made if any(cells[p].amount is not None for p in each.parts)]
        # The smallest first: what is hidden in a small sum mostly does for the sums around it.
        made.sort(key=lambda each: len(each.parts))
        sums_of_cell = defaultdict(list)
        for number, each in enumerate(made):
            for cell_number in each.cells:
                sums_of_cell[cell_number].append(number)
        unknown = [sum(cells[number].amount is None for number in each.cells) for each in made]
        return cls(cells, made, cells_of_row, sums_of_cell, set(), set(), [], set(), unknown, set())

    def hide(self, number: int) -> None:
        """Hide every row that shows the cell, and the cells that no row shows any more."""
        for row in self.cells[number].rows:
            self.hidden_rows.add(row)
            for touched in self.cells_of_row[row]:
                if touched not in self.hidden and self.hidden_rows.issuperset(
                    self.cells[touched].rows
                ):
                    self.hidden.add(touched)
                    for each in self.sums_of_cell[touched]:
                        self.unknown_in[each] += 1
                        if each not in self.waiting:
                            self.waiting.add(each)
                            heapq.heappush(self.unsettled, each)

    def settle(self) -> None:
        """Hide more until no sum by itself gives a small count back."""
        while self.unsettled:
            number = heapq.heappop(self.unsettled)
            self.waiting.discard(number)
            if self._gives_back(self.sums[number]):
                for chosen in self._order(self.sums[number].cells, self.sums[number].whole)[:1]:
                    self.hide(chosen)

    def _gives_back(self, total: Sum) -> bool:
        cells = [self.cells[number] for number in total.cells]
        if any(cell.amount is None for cell in cells):
            return False
        unknown = [self.cells[number] for number in total.cells if number in self.hidden]
        if not unknown or total.whole in self.hidden:
            return len(unknown) == 1
        together = sum(cell.amount or 0 for cell in unknown)
        rest = sum(cell.remainder or 0 for cell in unknown) if total.judges_remainder else None
        # Together nobody is as telling as one to three: then each of them is nobody.
        return len(unknown) == 1 or together < LARGEST or is_small(rest)

    def _order(self, numbers: Iterable[int], whole: int | None = None) -> list[int]:
        """Cells to be seen, in the order to hide them; the whole comes last."""
        shown = [
            ((number == whole, *self._cost(number)), number)
            for number in numbers
            if number not in self.hidden
            and self.cells[number].amount is not None
            and not self.cells[number].fixed
        ]
        return [number for _, number in sorted(shown)]

    def _cost(self, number: int) -> tuple[bool, int, float, int]:
        """What hiding a cell costs, to compare by; nobody at all is dearest, as it hides least."""
        amount = self.cells[number].amount or 0.0
        return amount < SMALLEST, self._burden(number), amount, number

    def _burden(self, number: int) -> int:
        """How many sums would need another one, less those that this one is the other one for."""
        unknown = [self.unknown_in[each] for each in self.sums_of_cell[number]]
        return unknown.count(0) - unknown.count(1)

    def hide_next_to_determined(self) -> bool:
        """Hide more where all sums together determine a cell at risk; tells whether any did."""
        new = [c for c in self._components() if frozenset(c) not in self.judged]
        self.judged.update(map(frozenset, new))
        chosen = [cell for component in new for cell in self._telling(component)]
        for number in chosen:
            self.hide(number)
        return bool(chosen)

    def _telling(self, component: Sequence[int]) -> Iterator[int]:
        """Few cells, of which each way of solving for one at risk needs at least one.

        Without it that way fails. One that many ways need is chosen before one that few do.
        """
        sums = sorted({each for number in component for each in self.sums_of_cell[number]})
        at_risk = [number for number in component if self.cells[number].at_risk]
        ways = [
            self._order(self._used(sums, shares))
            for shares in solved(self._equations(sums), at_risk).values()
        ]
        ways = [way for way in ways if way]
        while ways:
            needed = Counter(cell for way in ways for cell in way)
            chosen = min(needed, key=lambda cell: (-needed[cell], *self._cost(cell)))
            yield chosen
            ways = [way for way in ways if chosen not in way]

    def _used(self, sums: Sequence[int], shares: Mapping[int, float]) -> list[int]:
        """Cells that take part when the equations of these sums are put together."""
        used: dict[int, float] = defaultdict(float)
        for at, share in shares.items():
            each = self.sums[sums[at]]
            for cell in each.cells:
                used[cell] += -share if cell == each.whole else share
        return [cell for cell, share in used.items() if abs(share) > NOISE]

    def _unknown(self, number: int) -> bool:
        return number in self.hidden or self.cells[number].amount is None

    def _components(self) -> list[list[int]]:
        """Unknown cells that sums tie together, from each cell at risk on."""
        found, seen, walked = [], set(), set()
        for start in sorted(n for n in self.hidden if self.cells[n].at_risk):
            if start in seen:
                continue
            component, waiting = [], [start]
            seen.add(start)
            while waiting:
                number = waiting.pop()
                component.append(number)
                for each in (e for e in self.sums_of_cell[number] if e not in walked):
                    walked.add(each)
                    for other in self.sums[each].cells:
                        if other not in seen and self._unknown(other):
                            seen.add(other)
                            waiting.append(other)
            found.append(component)
        return found

    def _equations(self, sums: Iterable[int]) -> list[dict[int, float]]:
        return [
            {
                number: -1.0 if number == self.sums[each].whole else 1.0
                for number in self.sums[each].cells
                if self._unknown(number)
            }
            for each in sums
        ]


def _cells(counted: pa.Table) -> tuple[list[Cell], dict[int, int], dict[int, int]]:
    """Cells, and by row the number of its numerator's and of its denominator's."""
    rows = counted.to_pylist()
    cells = [
        Cell((r["row_id"],), r["numerator"], r["remainder"], r["at_risk"], r["fixed"]) for r in rows
    ]
    numerator = {r["row_id"]: number for number, r in enumerate(rows)}
    shared = defaultdict(list)
    for r in rows:
        if r["denominator"] is not None:
            shared[r["region_set"], r["region_id"], r["period"], r["denominator"]].append(r)
    whole: dict[int, int] = {}
    for (*_, amount), same in shared.items():
        ids = tuple(r["row_id"] for r in same)
        whole |= dict.fromkeys(ids, len(cells))
        cells.append(Cell(ids, amount, None, is_small(amount), fixed=False))
    return cells, numerator, whole


def _sums(sums: pa.Table, numerator: dict[int, int], whole: dict[int, int]) -> list[Sum]:
    parts, wholes, kinds = defaultdict(list), {}, {}
    for row in sums.to_pylist():
        kinds[row["sum_id"]] = row["kind"]
        if row["is_whole"]:
            wholes[row["sum_id"]] = row["row_id"]
        else:
            parts[row["sum_id"]].append(row["row_id"])
    found = []
    for sum_id in sorted(kinds):
        ids, kind, top = parts[sum_id], kinds[sum_id], wholes.get(sum_id)
        counts = tuple(numerator[row] for row in ids)
        if kind == "shares":
            found.append(Sum(whole.get(ids[0]), counts, judges_remainder=False))
            continue
        if top is None:
            continue
        found.append(Sum(numerator[top], counts, judges_remainder=kind == "regions"))
        below = tuple(dict.fromkeys(whole[row] for row in ids if row in whole))
        if kind != "codes" and len(below) == len(ids) and top in whole:
            found.append(Sum(whole[top], below, judges_remainder=False))
    return found

"""Splitting a cube into the fewest boxes that are each below a number of cells.

Pure arithmetic: sizes in, ranges of positions out. Nothing here knows codes or addresses.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Box = tuple[range, ...]
_Sizes = tuple[int, ...]
# All widths are tried up to this size, so small cubes get the best split there is.
_TRIED_IN_FULL = 16
# Shapes looked at before the best split found so far is taken.
_EFFORT = 3_000


def boxes(sizes: Sequence[int], limit: int, order: Sequence[int]) -> tuple[Box, ...] | None:
    """Cut a cube into boxes of at most `limit` cells that cover every cell exactly once.

    sizes: length of each dimension, from 1. order: the dimensions that may be cut, the ones to
    be cut first in front; of splits into equally many boxes the first found is taken.
    Returns the boxes, as one range of positions per dimension, or None if no cut is fine enough.
    Never more boxes than any cut along one dimension gives; the fewest possible by cuts from
    edge to edge where no dimension is longer than 16 (unless the search gives up first).
    """
    uncut = math.prod(size for place, size in enumerate(sizes) if place not in order)
    if uncut > limit:
        return None
    search = _Search(limit, tuple(order))
    return tuple(search.cut(tuple(sizes), tuple(0 for _ in sizes)))


class _Search:
    """Looks for the fewest boxes, remembering every shape once solved."""

    def __init__(self, limit: int, order: tuple[int, ...]) -> None:
        self.limit = limit
        self.order = order
        # Shape -> number of boxes, dimension cut, width of a slab; dimension -1 is no cut.
        self.solved: dict[_Sizes, tuple[int, int, int]] = {}

    def cut(self, sizes: _Sizes, start: _Sizes) -> Iterator[Box]:
        """Give the boxes of a block that begins at `start`."""
        _, place, width = self.best(sizes)
        if place < 0:
            yield tuple(range(a, a + n) for a, n in zip(start, sizes, strict=True))
            return
        for done in range(0, sizes[place], width):
            slab = min(width, sizes[place] - done)
            moved = _with(start, place, start[place] + done)
            yield from self.cut(_with(sizes, place, slab), moved)

    def best(self, sizes: _Sizes) -> tuple[int, int, int]:
        """Return how to cut a block of these sizes, as kept in `solved`."""
        if sizes not in self.solved:
            cells = math.prod(sizes)
            self.solved[sizes] = (1, -1, 0) if cells <= self.limit else self._search(sizes, cells)
        return self.solved[sizes]

    def _search(self, sizes: _Sizes, cells: int) -> tuple[int, int, int]:
        best = self._coarse(sizes, cells)
        for place, width in self._widths(sizes, cells):
            # Most tables end here at once: no split can do with fewer boxes than the limit asks.
            if best[0] == self._least(cells) or len(self.solved) > _EFFORT:
                break
            slabs, rest = divmod(sizes[place], width)
            other = cells // sizes[place]
            # Cheap bound first: most widths cannot win and need no search of their own.
            bound = slabs * self._least(width * other) + (self._least(rest * other) if rest else 0)
            if bound >= best[0]:
                continue
            count = slabs * self.best(_with(sizes, place, width))[0]
            count += self.best(_with(sizes, place, rest))[0] if rest else 0
            if count < best[0]:
                best = (count, place, width)
        return best

    def _coarse(self, sizes: _Sizes, cells: int) -> tuple[int, int, int]:
        """Return the best cut along one dimension, or, if none does, single codes of the longest.

        Cutting to single codes always leads on, to the next dimension.
        """
        found = []
        for rank, place in enumerate(self.order):
            width = self.limit // (cells // sizes[place])
            # Width 0: not even one code of this dimension fits, so others must be cut as well.
            if width:
                found.append((math.ceil(sizes[place] / width), rank, place, width))
        if found:
            count, _, place, width = min(found)
            return count, place, width
        place = max(self.order, key=lambda p: sizes[p])
        return sizes[place] * self.best(_with(sizes, place, 1))[0], place, 1

    def _widths(self, sizes: _Sizes, cells: int) -> Iterator[tuple[int, int]]:
        for place in self.order:
            size = sizes[place]
            if size <= _TRIED_IN_FULL:
                tried = list(range(size - 1, 0, -1))
            else:
                most = min(size, self._least(cells) + 1, _TRIED_IN_FULL)
                tried = sorted({-(-size // k) for k in range(2, most + 1)}, reverse=True)
            yield from ((place, width) for width in tried)

    def _least(self, cells: int) -> int:
        return -(-cells // self.limit)


def _with(sizes: _Sizes, place: int, size: int) -> _Sizes:
    return (*sizes[:place], size, *sizes[place + 1 :])

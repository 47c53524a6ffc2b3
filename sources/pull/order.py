"""Order: the proof that figures lie in the order in which an answer names its dimensions.

StatBank names them in the table's own order unless asked otherwise, and nobody asks. An answer
in another order may be right, or a service that names them wrongly; codes and sizes are the same
in both. So one cell that would differ is asked for alone, where no order can matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sources.model import VALUE
from sources.pull.plan import questions
from sources.pull.problems import NotWhole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sources.model import Cube
    from sources.pull.documents import Metadata
    from sources.pull.plan import Question
    from sources.pull.selection import Choice
    from sources.registry import Request


@dataclass(frozen=True)
class Probe:
    """One cell to ask for, and the figure that it has if the answer names its order rightly."""

    question: Question
    figure: float
    named: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    """The order of one table: as its metadata have it, and what can be asked of it.

    what: names the table in errors. chosen: as of selection.choices.
    """

    what: str
    chosen: Sequence[Sequence[Choice]]
    metadata: Metadata
    request: Request
    lang: str

    def probe(self, question: Question, part: Cube) -> Probe | None:
        """The cell that settles whether an answer names its order rightly.

        None if it is in the table's own order, is not what was asked at all, or if its figures
        would be the same in either order.
        """
        own, named = tuple(question.codes), part.dimensions
        if own == named or set(own) != set(named) or part.table.num_rows != question.cells:
            return None
        codes = {name: _codes(part, name) for name in own}
        flat = part.table[VALUE].to_numpy()
        shape = [len(codes[name]) for name in named]
        if np.prod(shape) != len(flat):
            return None
        as_named = flat.reshape(shape).transpose([named.index(name) for name in own])
        as_own = flat.reshape([len(codes[name]) for name in own])
        differ = (as_named != as_own) & ~(np.isnan(as_named) & np.isnan(as_own))
        # A figure tells more than a blank, which may stand for many things.
        spots = np.argwhere(differ & ~np.isnan(as_named))
        if not len(spots):
            return None
        spot = tuple(spots[0])
        cell = {name: codes[name][n] for name, n in zip(own, spot, strict=True)}
        return Probe(self._question(cell), float(as_named[spot]), named)

    def settle(self, probe: Probe, cell: Cube) -> None:
        """Raise NotWhole if the cell, asked for alone, has another figure than the answer gave."""
        found = cell.table[VALUE].to_pylist()
        if found != [probe.figure]:
            codes = ", ".join(f"{name} {code}" for name, (code,) in probe.question.codes.items())
            raise NotWhole(
                f"{self.what}: the answer names its dimensions in another order than its figures "
                f"lie in: {', '.join(probe.named)}\n  {codes}: {probe.figure:g} in the answer, "
                f"{found} asked for alone\nNothing was kept from this pull. Pull again; if it "
                "stays so, compare the answer with the table at ssb.no."
            )

    def _question(self, cell: dict[str, str]) -> Question:
        single = []
        for alternatives in self.chosen:
            code = cell[alternatives[0].variable]
            choice = next(choice for choice in alternatives if code in choice.codes)
            single.append((replace(choice, codes=(code,), words=(code,)),))
        (question,) = questions(single, self.metadata, self.request, 1, self.lang)
        return question


def _codes(part: Cube, name: str) -> list[str]:
    """Codes of a dimension of an answer, in the order of its positions."""
    (chunk,) = part.table[name].chunks
    found: list[str] = chunk.dictionary.to_pylist()
    return found

"""Joining the answers to a plan, and the proof that they are the whole cube.

Every row of every answer is put in its place by its own codes, never by where it stood, so
that the proof holds whatever order a source answers in. Figures are not looked at.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import pyarrow as pa

from sources.model import STATUS, VALUE, Cube
from sources.pull.problems import NotWhole, Renewed
from sources.readers.bodies import listed
from sources.readers.jsonstat_axes import Axis
from sources.readers.jsonstat_cells import Status, dimension_columns, status_column

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from sources.pull.plan import Question

_AGAIN = "Nothing was kept from this pull. Pull again; if it stays so, the table has changed."


class Whole:
    """The whole cube of a pull while its parts arrive.

    what: names the table in errors. axes: variable -> all codes that must come, in order.
    """

    def __init__(self, what: str, axes: Mapping[str, Sequence[str]]) -> None:
        self.what = what
        self.axes = {name: tuple(codes) for name, codes in axes.items()}
        self.shape = tuple(len(codes) for codes in self.axes.values())
        cells = math.prod(self.shape)
        self._values = np.full(cells, np.nan)
        self._marks = np.full(cells, -1, dtype=np.int8)
        self._seen = np.zeros(cells, dtype=np.bool_)
        self._symbols: list[str] = []
        self._parts: list[Cube] = []

    def add(self, question: Question, part: Cube) -> None:
        """Put the answer to a question in its place.

        Raises NotWhole, listing every difference, if the answer holds other variables or codes
        than were asked for, a cell twice or one that another answer has brought; Renewed if the
        source has changed the table since the first answer.
        """
        renewed = self._change(part)
        wrong = list(_differences(question, part)) + renewed
        if wrong:
            which = f"the answer to {question.method} {question.url}"
            self._refuse(which, wrong, Renewed if renewed else NotWhole)
        places = self._places(part)
        # Places taken before and after, against rows: a sort for doubles costs 20 times as much.
        before = int(np.count_nonzero(self._seen))
        self._seen[places] = True
        twice = before + part.table.num_rows - int(np.count_nonzero(self._seen))
        if twice:
            which = f"the answer to {question.method} {question.url}"
            self._refuse(which, [f"{twice} cells stand twice"])
        self._values[places] = part.table[VALUE].to_numpy()
        self._marks[places] = self._marked(part)
        # Only the description is needed from here on; the rows are in place.
        self._parts.append(_described(part))

    def cube(self) -> Cube:
        """The joined cube, last variable fastest; NotWhole, with examples, if cells are missing."""
        missing = np.flatnonzero(~self._seen)
        if len(missing):
            examples = [self._codes_at(int(place)) for place in missing[:3]]
            many = f"{len(missing)} of {len(self._seen)} cells are missing, such as"
            self._refuse("the answers together", [f"{many} {example}" for example in examples])
        labels = {name: self._labels(name) for name in self.axes}
        axes = [Axis(name, codes, labels[name], {}, ()) for name, codes in self.axes.items()]
        columns: dict[str, Any] = dimension_columns(axes)
        columns[VALUE] = pa.array(self._values, from_pandas=True)
        columns[STATUS] = status_column(Status(self._marks, tuple(self._symbols)))
        return self._joined(pa.table(columns), labels)

    def _joined(self, table: pa.Table, labels: Mapping[str, Mapping[str, str]]) -> Cube:
        first = self._parts[0]
        return Cube(
            table=table,
            dimensions=tuple(self.axes),
            labels=labels,
            units={code: unit for part in self._parts for code, unit in part.units.items()},
            roles=first.roles,
            title=first.title,
            source=first.source,
            updated=first.updated,
            notes=tuple(dict.fromkeys(note for part in self._parts for note in part.notes)),
            extension=first.extension,
        )

    def _labels(self, name: str) -> dict[str, str]:
        found = {c: text for part in self._parts for c, text in part.labels.get(name, {}).items()}
        return {code: found[code] for code in self.axes[name] if code in found}

    def _change(self, part: Cube) -> list[str]:
        # Every part may be whole and right, and the joined cube still be of two releases.
        if not self._parts or self._parts[0].updated == part.updated:
            return []
        first = self._parts[0].updated
        return [f"the figures were renewed in the middle: updated {first}, then {part.updated}"]

    def _places(self, part: Cube) -> npt.NDArray[np.int64]:
        flat = np.zeros(part.table.num_rows, dtype=np.int64)
        for name, codes in self.axes.items():
            own = {code: place for place, code in enumerate(codes)}
            column = part.table[name].combine_chunks()
            if isinstance(column, pa.ChunkedArray):
                column = column.chunk(0)
            lookup = np.array([own[code] for code in column.dictionary.to_pylist()])
            flat = flat * len(codes) + lookup[column.indices.to_numpy()]
        return flat

    def _marked(self, part: Cube) -> npt.NDArray[np.int8]:
        """The part's status as places among the symbols of the whole, -1 for none."""
        column = part.table[STATUS].combine_chunks()
        if isinstance(column, pa.ChunkedArray):
            column = column.chunk(0)
        own = column.dictionary.to_pylist()
        self._symbols += [symbol for symbol in own if symbol not in self._symbols]
        # The last entry is for cells without a symbol: place -1.
        lookup = np.array([*map(self._symbols.index, own), -1], dtype=np.int8)
        marks: npt.NDArray[np.int8] = lookup[column.indices.fill_null(len(own)).to_numpy()]
        return marks

    def _codes_at(self, place: int) -> str:
        spots = np.unravel_index(place, self.shape)
        pairs = zip(self.axes.items(), spots, strict=True)
        return ", ".join(f"{name} {codes[spot]}" for (name, codes), spot in pairs)

    def _refuse(
        self, which: str, wrong: Sequence[str], kind: type[NotWhole] = NotWhole
    ) -> NoReturn:
        lines = "".join(f"\n  {problem}" for problem in wrong)
        raise kind(f"{self.what}: {which} is not what was asked for{lines}\n{_AGAIN}")


def _differences(question: Question, part: Cube) -> Iterator[str]:
    """Say how the variables and codes of an answer differ from those asked for."""
    if set(part.dimensions) != set(question.codes):
        yield f"variables {listed(list(question.codes))} asked, {listed(part.dimensions)} answered"
        return
    for name, asked in question.codes.items():
        column = part.table[name]
        held = {code for chunk in column.chunks for code in chunk.dictionary.to_pylist()}
        lost = [code for code in asked if code not in held]
        extra = sorted(held - set(asked))
        if lost:
            yield f"{name}: {len(lost)} of {len(asked)} codes did not come: {listed(lost)}"
        if extra:
            yield f"{name}: {len(extra)} codes came that were not asked for: {listed(extra)}"
    if part.table.num_rows != question.cells:
        yield f"{question.cells} cells expected, {part.table.num_rows} came"


def _described(part: Cube) -> Cube:
    return replace(part, table=part.table.schema.empty_table())

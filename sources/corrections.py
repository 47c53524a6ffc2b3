"""Corrections: errors that a source has published, declared in sources/corrections/*.yaml.

Here live the shapes of a correction, their loading and what is wrong with a file. Putting them
into a decoded table, and the guard for errors that the source has fixed since, is in
sources/corrected.py. What a source leaves out or marks on purpose is no error: it is said in the
table's own YAML.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources import registry
from sources.files import digest
from sources.model import KompetanseError
from sources.registry import Text
from sources.registry_checks import read_yaml, schema_problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sources.registry import SourceTable

FOLDER = Path(__file__).parent / "corrections"
SCHEMA = Path(__file__).parent / "corrections.schema.json"
MARK = "+correction:"
_DAY = len("YYYY-MM-DD")


class InvalidCorrection(KompetanseError):
    """Correction files are wrong; the message lists every problem of every file."""


@dataclass(frozen=True)
class Reading:
    """What one cell says: a figure, the source's own symbol, or a figure with a symbol."""

    value: float | None
    symbol: str | None

    def __str__(self) -> str:
        """Figure and symbol as a person writes them."""
        figure = "no figure" if self.value is None else f"{self.value:.15g}"
        return figure if self.symbol is None else f"{figure} marked {self.symbol!r}"


@dataclass(frozen=True)
class Block:
    """Cells with the same error: every combination of the codes.

    codes:   dimension -> codes, both as the source writes them; every dimension of the table.
    because: why there is no right figure; given if, and only if, `correct` has none.
    """

    codes: Mapping[str, tuple[str, ...]]
    published: Reading
    correct: Reading
    because: Text | None

    def cells(self) -> Iterator[tuple[str, ...]]:
        """Codes of each cell, in the order of the dimensions in `codes`."""
        return product(*self.codes.values())


@dataclass(frozen=True)
class Correction:
    """One declared error of a source table.

    first_as_of, last_as_of: the answers that have it (YYYY-MM-DD, both included; last None
    while the source still has it). sha256: of the file.
    """

    id: str
    table: str
    what: Text
    why: Text
    reported_on: str
    reported_to: str
    first_as_of: str
    last_as_of: str | None
    blocks: tuple[Block, ...]
    sha256: str

    @property
    def file(self) -> str:
        """Path of the file, for messages."""
        return f"sources/corrections/{self.id}.yaml"

    def covers(self, as_of: str | None) -> bool:
        """Tell whether an answer of that day has the error; of an undated one it is expected.

        as_of: a date or the first part of one; a part is covered if any day of it is.
        """
        day = (as_of or "")[:_DAY]
        last = self.last_as_of or "9999-12-31"
        return self.first_as_of[: len(day)] <= day <= last[: len(day)]

    def marked(self, vintage_id: str) -> str:
        """Vintage id of a corrected cell: the answer that it stands in, and this correction."""
        return f"{vintage_id}{MARK}{self.id}"


@cache
def load(folder: Path = FOLDER) -> dict[str, Correction]:
    """Read and check every correction of a folder; id -> correction, sorted by id.

    Raises InvalidCorrection with every problem of every file: schema, names that are not the
    file's, impossible days, tables, dimensions, codes or symbols that the source YAMLs do not
    know, and a cell that two corrections change in one answer.
    """
    problems: dict[str, list[str]] = {}
    found: dict[str, Correction] = {}
    for file in sorted(folder.glob("*.yaml")):
        raw, wrong = read_yaml(file)
        wrong = wrong or schema_problems(raw, SCHEMA) or list(_problems(raw, file.stem))
        problems[file.name] = wrong
        if not wrong:
            found[file.stem] = _correction(raw, digest(file.read_bytes()))
    for name, twice in _overlaps(found.values()).items():
        problems[name] += twice
    _refuse(problems, folder)
    return found


def of(table_id: str, *, made_up: bool) -> tuple[Correction, ...]:
    """Corrections of one table; none for made-up figures, which no source has published."""
    return () if made_up else tuple(c for c in load().values() if c.table == table_id)


def _refuse(problems: Mapping[str, list[str]], folder: Path) -> None:
    wrong = {name: found for name, found in problems.items() if found}
    if not wrong:
        return
    lines = [f"{sum(map(len, wrong.values()))} problem(s) in {len(wrong)} correction file(s)"]
    for name, found in wrong.items():
        lines += [f"  {folder.name}/{name}", *(f"    {problem}" for problem in found)]
    lines.append(
        "Nothing was corrected. Mend the files; sources/corrections.schema.json says what may "
        "stand where. Codes and dates stand in quotes."
    )
    raise InvalidCorrection("\n".join(lines))


def _problems(raw: Mapping[str, Any], stem: str) -> Iterator[str]:
    """What a file that fits the schema says wrong."""
    if raw["id"] != stem:
        yield f"id: {raw['id']} stands in {stem}.yaml -> the two must be equal"
    yield from _days(raw)
    spec = registry.load().get(raw["table"])
    if spec is None:
        yield f"table: no source YAML for {raw['table']}"
    elif not spec.in_use or not spec.dimensions:
        why = "holds no cells" if spec.in_use else f"is not read by the pipeline ({spec.use})"
        yield f"table: {raw['table']} {why}, so nothing in it can be corrected"
    else:
        for n, block in enumerate(raw["cells"]):
            yield from (f"cells.{n}.{problem}" for problem in _block_problems(block, spec))


def _days(raw: Mapping[str, Any]) -> Iterator[str]:
    window = raw["in_error"]
    days = {"reported.date": raw["reported"]["date"]} | {
        f"in_error.{k}": d for k, d in window.items()
    }
    for where, day in days.items():
        try:
            dt.date.fromisoformat(day)
        except ValueError:
            yield f"{where}: {day} is no date"
    if window.get("last_as_of", window["first_as_of"]) < window["first_as_of"]:
        yield f"in_error: last_as_of is before first_as_of ({window['first_as_of']})"


def _block_problems(raw: Mapping[str, Any], spec: SourceTable) -> Iterator[str]:
    cell = raw["cell"]
    for name in sorted(set(cell) ^ set(spec.dimensions)):
        known = name in spec.dimensions
        yield f"cell: {name} {'is left out' if known else 'is no dimension'} of {spec.id}"
    for name, dimension in spec.dimensions.items():
        codes = _listed(cell.get(name, []))
        unknown = [c for c in codes if not (dimension.knows(c) or c == dimension.absent)]
        if unknown:
            yield f"cell.{name}: {', '.join(unknown)} not known to sources/{spec.id}.yaml"
        ignored = [c for c in codes if c in dimension.ignore]
        if ignored:
            yield f"cell.{name}: {', '.join(ignored)} is ignored anyway"
    for key in ("published", "correct"):
        yield from (f"{key}: {problem}" for problem in _reading_problems(raw[key], spec))
    if _reading(raw["published"]) == _reading(raw["correct"]):
        yield "correct: is what the source says already"


def _reading_problems(raw: Any, spec: SourceTable) -> Iterator[str]:
    reading = _reading(raw)
    if reading.value is not None and not math.isfinite(reading.value):
        yield f"{reading.value} is no figure"
    if reading.symbol is not None and reading.symbol not in spec.missing:
        known = ", ".join(map(repr, spec.missing)) or "none"
        yield f"symbol {reading.symbol!r} is none of {spec.id}'s ({known})"
    if reading.value is not None and isinstance(raw, dict) and "because" in raw:
        yield "because: says why there is no figure, and there is one -> use `why`"


def _overlaps(found: Iterable[Correction]) -> dict[str, list[str]]:
    """Cells that are corrected twice in one answer, by the name of the later file."""
    seen: dict[tuple[str, frozenset[tuple[str, str]]], list[Correction]] = {}
    twice: dict[str, list[str]] = {}
    for correction in found:
        for block in correction.blocks:
            for codes in block.cells():
                named = dict(zip(block.codes, codes, strict=True))
                others = seen.setdefault((correction.table, frozenset(named.items())), [])
                wrong = [o.id for o in others if _meet(o, correction)]
                if wrong:
                    text = f"cells: {cell_text(named)} is corrected by {wrong[0]}.yaml too"
                    twice.setdefault(f"{correction.id}.yaml", []).append(text)
                others.append(correction)
    return twice


def _meet(one: Correction, other: Correction) -> bool:
    return one.covers(other.first_as_of) or other.covers(one.first_as_of)


def cell_text(cell: Mapping[str, str]) -> str:
    """Name a cell for people: "Region=5001, Tid=2024"."""
    return ", ".join(f"{name}={code}" for name, code in cell.items())


def _correction(raw: Mapping[str, Any], sha256: str) -> Correction:
    names = tuple(registry.table(raw["table"]).dimensions)
    return Correction(
        id=raw["id"],
        table=raw["table"],
        what=Text(**raw["what"]),
        why=Text(**raw["why"]),
        reported_on=raw["reported"]["date"],
        reported_to=raw["reported"]["to"],
        first_as_of=raw["in_error"]["first_as_of"],
        last_as_of=raw["in_error"].get("last_as_of"),
        blocks=tuple(_block(block, names) for block in raw["cells"]),
        sha256=sha256,
    )


def _block(raw: Mapping[str, Any], names: tuple[str, ...]) -> Block:
    correct = raw["correct"]
    because = correct.get("because") if isinstance(correct, dict) else None
    return Block(
        codes={name: tuple(_listed(raw["cell"][name])) for name in names},
        published=_reading(raw["published"]),
        correct=_reading(correct),
        because=Text(**because) if because else None,
    )


def _reading(raw: Any) -> Reading:
    stated = raw if isinstance(raw, dict) else {"value": raw}
    value = stated.get("value")
    return Reading(None if value is None else float(value), stated.get("symbol"))


def _listed(codes: str | list[str]) -> list[str]:
    return [codes] if isinstance(codes, str) else codes

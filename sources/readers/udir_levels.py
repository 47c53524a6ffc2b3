"""Udir header levels: the parts of a column's name, and which of them are dimensions.

Here lives what the JSON reply and the CSV export of Udir's report API have in common: a column
is named by one part per header level, and the source YAML says for each level what it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sources.readers.bodies import listed

if TYPE_CHECKING:
    from sources.readers.options import Options


@dataclass(frozen=True)
class Level:
    """One header level: a dimension's name, or the constant text it must have (None = any)."""

    dimension: str | None
    constant: str | None


def levels_of(options: Options, key: str) -> tuple[Level, ...]:
    """Read a list of levels: a name (dimension), {is: text} (constant) or null (any constant)."""
    entries = options.anything(key)
    if not isinstance(entries, Sequence) or isinstance(entries, str) or not entries:
        options.fault(f"{key}: expected a list with one entry per header level")
        return ()
    levels = []
    for place, entry in enumerate(entries):
        if isinstance(entry, str):
            levels.append(Level(entry, None))
        elif entry is None:
            levels.append(Level(None, None))
        elif isinstance(entry, Mapping) and set(entry) == {"is"} and isinstance(entry["is"], str):
            levels.append(Level(None, entry["is"]))
        else:
            options.fault(f"{key}[{place}]: expected a name, null or {{is: text}}, found {entry!r}")
    return tuple(levels)


def dimension_names(levels: Sequence[Level]) -> tuple[str, ...]:
    """The names of those levels that are dimensions, outermost first."""
    return tuple(level.dimension for level in levels if level.dimension is not None)


def level_problems(headers: Sequence[Sequence[str]], levels: Sequence[Level]) -> list[str]:
    """What is wrong with `headers` (per column its parts): number of parts, constants.

    A level that is no dimension and yet varies would put two figures into one cell.
    """
    # Without the right number of parts the other checks would compare the wrong ones.
    wrong = [".".join(parts) for parts in headers if len(parts) != len(levels)]
    if wrong:
        return [f"expected {len(levels)} header levels, found other numbers in: {listed(wrong)}"]
    problems = []
    for place, level in enumerate(levels):
        found = list(dict.fromkeys(parts[place] for parts in headers))
        if level.constant is not None and found != [level.constant]:
            problems.append(
                f"header level {place + 1}: expected only {level.constant!r}, found {listed(found)}"
            )
        # Dropping a level that varies would put two figures into one cell.
        elif level.dimension is None and len(found) != 1:
            problems.append(
                f"header level {place + 1}: is dropped, so must be constant; found {listed(found)}"
            )
    return problems


def codes_of(parts: Sequence[str], levels: Sequence[Level]) -> tuple[str, ...]:
    """Codes of one column in the dimensions of `levels`."""
    pairs = zip(parts, levels, strict=True)
    return tuple(part for part, level in pairs if level.dimension is not None)

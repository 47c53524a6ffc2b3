"""Udir header levels: the parts of a column's name, and which of them are dimensions.

Here lives what the JSON reply and the CSV export of Udir's report API have in common: a column
is named by one part per header level. The source YAML says for each level what it is, or the
levels are told by their words, for replies whose order of levels nobody has seen. Rows and
figures are not read here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sources.model import UnreadableAnswer
from sources.readers.bodies import listed, refuse

if TYPE_CHECKING:
    from sources.readers.options import Options
    from sources.registry import Dimension

# Per column its parts, outermost header level first.
Headers = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Level:
    """One header level: a dimension's name, or the constant text it must have (None = any).

    follows: a level that may vary though it is no dimension, as the others tell it already.
    """

    dimension: str | None
    constant: str | None
    follows: bool = False


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


def level_problems(headers: Headers, levels: Sequence[Level]) -> list[str]:
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
        elif level.dimension is None and not level.follows and len(found) != 1:
            problems.append(
                f"header level {place + 1}: is dropped, so must be constant; found {listed(found)}"
            )
    return problems


def levels_by_words(headers: Headers, dimensions: Mapping[str, Dimension]) -> tuple[Level, ...]:
    """Tell what each header level is from its words: the dimension that knows all of them.

    dimensions: those that may stand in the header, by name. Of several levels that fit one
    dimension the innermost is taken (Udir puts the type of programme above the programme).
    Other levels are dropped if they are constant or follow from the levels taken. Raises
    UnreadableAnswer for one that does neither, with the words that the nearest dimension lacks.
    """
    depths = {len(parts) for parts in headers}
    if len(depths) != 1:
        raise UnreadableAnswer(f"header levels: {sorted(depths)} parts in one header")
    words = [list(dict.fromkeys(level)) for level in zip(*headers, strict=True)]
    taken: dict[int, str] = {}
    for name, dimension in dimensions.items():
        fitting = [n for n, found in enumerate(words) if all(map(dimension.knows, found))]
        if fitting:
            taken[fitting[-1]] = name
    keys = [tuple(parts[n] for n in sorted(taken)) for parts in headers]
    if len(set(keys)) != len(headers):
        loose = [n for n, found in enumerate(words) if n not in taken and len(found) > 1]
        refuse(
            [_nearest(n, words[n], dimensions) for n in loose] or ["columns stand twice"],
            "Name the words under `dimensions` of the source YAML, or ask for one of them only.",
        )
    return tuple(Level(taken.get(n), None, follows=n not in taken) for n in range(len(words)))


def _nearest(place: int, found: Sequence[str], dimensions: Mapping[str, Dimension]) -> str:
    unknown = {
        name: [word for word in found if not dimension.knows(word)]
        for name, dimension in dimensions.items()
    }
    nearest = min(unknown, key=lambda name: len(unknown[name]))
    return (
        f"header level {place + 1} ({listed(found, 4)}) is no dimension that is known; "
        f"nearest is {nearest}, which lacks {listed(unknown[nearest])}"
    )


def codes_of(parts: Sequence[str], levels: Sequence[Level]) -> tuple[str, ...]:
    """Codes of one column in the dimensions of `levels`."""
    pairs = zip(parts, levels, strict=True)
    return tuple(part for part, level in pairs if level.dimension is not None)

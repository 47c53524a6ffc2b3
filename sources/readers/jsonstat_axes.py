"""The axes of a JSON-stat cube: dimensions, codes in order, labels, units and notes.

Here stands what `id`, `size`, `dimension` and `category` mean, in 2.0 and in 1.x.
The figures are read in jsonstat_cells.py, the envelope around a dataset in jsonstat.py.
Every function appends what is wrong to `problems` and goes on, so that one error lists all.
Protocol: JSON-stat 2.0 specification, https://json-stat.org/full/
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sources.model import STATUS, VALUE, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SHOWN = 5
_KINDS = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
# JSON-stat 1.x keeps these beside the dimensions, in the same object.
_SHAPE_WORDS = frozenset({"id", "size", "role"})


@dataclass(frozen=True)
class Axis:
    """One dimension: its codes in the order of the cells, and what the source says of them.

    labels and units hold only the codes that the answer labels or gives a unit.
    """

    name: str
    codes: tuple[str, ...]
    labels: Mapping[str, str]
    units: Mapping[str, Unit]
    notes: tuple[str, ...]


def kind(kind_or_value: object) -> str:
    """Name a parsed JSON value, or its Python type, in JSON's own words."""
    python = kind_or_value if isinstance(kind_or_value, type) else type(kind_or_value)
    return _KINDS.get(python, "number")


def some(items: Iterable[object]) -> str:
    """Write the first few of `items`, and how many more there are."""
    texts = [str(item) for item in items]
    more = f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
    return ", ".join(texts[:SHOWN]) + more


def is_count(number: object) -> bool:
    """Tell whether `number` is a whole number from 0 (JSON's true is not)."""
    return type(number) is int and number >= 0


def read_object(
    node: Mapping[str, Any], key: str, where: str, problems: list[str]
) -> dict[str, Any]:
    """Return the object under `key`; empty where it is absent or null."""
    found = node.get(key)
    if found is None or isinstance(found, dict):
        return found or {}
    problems.append(f"{where}{key}: an object expected, found {kind(found)} {str(found)[:80]!r}")
    return {}


def read_notes(raw: object, where: str, problems: list[str]) -> tuple[str, ...]:
    """Return a `note` (a string, or an array of strings) as a tuple without empty ones."""
    notes = [raw] if isinstance(raw, str) else [] if raw is None else raw
    if isinstance(notes, list) and all(isinstance(note, str) for note in notes):
        return tuple(note for note in notes if note.strip())
    problems.append(f"{where}note: a string or an array of strings expected, found {kind(raw)}")
    return ()


def read_shape(
    dataset: Mapping[str, Any], problems: list[str]
) -> tuple[list[str], list[int] | None]:
    """Return the dimension names in order and their sizes; None where `size` is no good.

    2.0 has `id` and `size` in the dataset, 1.x inside `dimension`.
    """
    dimension = dataset.get("dimension")
    inside = "id" not in dataset and isinstance(dimension, dict)
    node = dimension if inside and dimension else dataset
    where = "dimension." if inside else ""
    names = _names(node.get("id"), where, problems)
    return names, _sizes(node.get("size"), len(names), where, problems)


def _names(raw: object, where: str, problems: list[str]) -> list[str]:
    if not isinstance(raw, list) or not raw or not all(isinstance(name, str) for name in raw):
        problems.append(f"{where}id: an array of dimension names expected, found {str(raw)[:80]!r}")
        return []
    names: list[str] = raw
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        problems.append(f"{where}id: named more than once: {some(twice)}")
    taken = [name for name in names if name in {VALUE, STATUS}]
    if taken:
        problems.append(f"{where}id: a dimension cannot be called {some(taken)}, a column of ours")
    return list(dict.fromkeys(names))


def _sizes(raw: object, expected: int, where: str, problems: list[str]) -> list[int] | None:
    if not isinstance(raw, list) or not all(is_count(size) for size in raw):
        problems.append(f"{where}size: an array of whole numbers expected, found {str(raw)[:80]!r}")
        return None
    if expected and len(raw) != expected:
        problems.append(f"{where}size: {len(raw)} numbers for the {expected} dimensions of id")
        return None
    return raw


def read_axes(
    dataset: Mapping[str, Any], names: Sequence[str], sizes: list[int] | None, problems: list[str]
) -> list[Axis]:
    """Return one Axis per name, in order; short of those that `problems` tells about.

    dataset: the dataset object. names, sizes: as read_shape returns them.
    """
    dimension = read_object(dataset, "dimension", "", problems)
    extra = [name for name in dimension if name not in names and name not in _SHAPE_WORDS]
    if names and extra:
        problems.append(f"dimension: described but not listed in id: {some(extra)}")
    expected: Sequence[int | None] = sizes if sizes is not None else [None] * len(names)
    axes = [
        _axis(name, dimension.get(name), size, problems)
        for name, size in zip(names, expected, strict=False)
    ]
    return [axis for axis in axes if axis is not None]


def _axis(name: str, node: object, size: int | None, problems: list[str]) -> Axis | None:
    where = f"dimension.{name}."
    category = node.get("category") if isinstance(node, dict) else None
    if not isinstance(node, dict) or not isinstance(category, dict):
        problems.append(f"dimension.{name}: listed in id, but has no object with a category")
        return None
    codes = _codes(category, where, problems)
    if codes is None:
        return None
    if size is not None and len(codes) != size:
        problems.append(
            f"{where}category: {len(codes)} codes, but size says {size} -> codes are missing, "
            "or one stands twice"
        )
    labels = _labels(category, where, problems)
    units = _units(category, where, problems)
    return Axis(
        name=name,
        codes=codes,
        labels={code: labels[code] for code in codes if code in labels},
        units={code: units[code] for code in codes if code in units},
        notes=_axis_notes(node, category, name, problems),
    )


def _codes(category: Mapping[str, Any], where: str, problems: list[str]) -> tuple[str, ...] | None:
    index, where = category.get("index"), f"{where}category.index"
    if isinstance(index, dict):
        return _codes_of_object(index, where, problems)
    if isinstance(index, list):
        return _codes_of_array(index, where, problems)
    label = category.get("label")
    # Only a dimension with one category may do without an index.
    if index is None and isinstance(label, dict) and len(label) == 1:
        return tuple(label)
    found = "nothing, and not just one label either" if index is None else kind(index)
    problems.append(f"{where}: an object or an array expected, found {found}")
    return None


def _codes_of_object(
    index: Mapping[str, Any], where: str, problems: list[str]
) -> tuple[str, ...] | None:
    # The order of keys in a JSON object means nothing; only the positions do.
    positions = list(index.values())
    if all(is_count(position) for position in positions):
        codes = tuple(sorted(index, key=index.__getitem__))
        if sorted(positions) == list(range(len(positions))):
            return codes
    wrong = {c: p for c, p in index.items() if not is_count(p) or p >= len(positions)}
    held = Counter(p for p in positions if is_count(p))
    shared = {c: p for c, p in index.items() if is_count(p) and held[p] > 1}
    entries = [f"{code}={position!r}" for code, position in (wrong | shared).items()]
    problems.append(
        f"{where}: positions must be 0 to {len(positions) - 1}, each once; look at {some(entries)}"
    )
    return None


def _codes_of_array(
    index: Sequence[Any], where: str, problems: list[str]
) -> tuple[str, ...] | None:
    odd = [code for code in index if not isinstance(code, str)]
    if odd:
        problems.append(f"{where}: codes must be strings, found {some(odd)}")
        return None
    twice = [code for code, times in Counter(index).items() if times > 1]
    if twice:
        problems.append(f"{where}: codes that stand more than once: {some(twice)}")
        return None
    return tuple(index)


def _labels(category: Mapping[str, Any], where: str, problems: list[str]) -> dict[str, str]:
    labels = read_object(category, "label", f"{where}category.", problems)
    odd = [code for code, label in labels.items() if not isinstance(label, str)]
    if odd:
        problems.append(f"{where}category.label: not a string for {some(odd)}")
    return labels


def _units(category: Mapping[str, Any], where: str, problems: list[str]) -> dict[str, Unit]:
    units = {}
    for code, raw in read_object(category, "unit", f"{where}category.", problems).items():
        decimals = raw.get("decimals") if isinstance(raw, dict) else None
        if not isinstance(raw, dict) or not (decimals is None or is_count(decimals)):
            problems.append(f"{where}category.unit.{code}: not a unit: {str(raw)[:80]!r}")
            continue
        # StatBank writes `base`; the specification's own examples write `label` or `symbol`.
        stated = (raw.get(key) for key in ("base", "label", "symbol"))
        units[code] = Unit(next((text for text in stated if isinstance(text, str)), ""), decimals)
    return units


def _axis_notes(
    node: Mapping[str, Any], category: Mapping[str, Any], name: str, problems: list[str]
) -> tuple[str, ...]:
    notes = [f"{name}: {note}" for note in read_notes(node.get("note"), f"{name}.", problems)]
    for code, raw in read_object(category, "note", f"dimension.{name}.category.", problems).items():
        here = f"{name} {code}"
        notes += [f"{here}: {note}" for note in read_notes(raw, f"{here}.", problems)]
    return tuple(notes)

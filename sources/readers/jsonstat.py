"""JSON-stat reader: from the bytes of an answer to a Cube, or one error that lists all faults.

Takes JSON-stat 2.0 (class "dataset") and 1.x (datasets wrapped in a named object, `id`, `size`
and `role` inside `dimension`). Here stands the envelope: JSON, errors in place of a dataset,
which dataset of several, title, source, stamp, roles. Axes are read in jsonstat_axes.py,
cells in jsonstat_cells.py, figures of large answers in jsonstat_figures.py. Codes are not judged
here; sources/validate.py does that.

Reader options in a source YAML: {dataset: name of the dataset in a 1.x answer with several};
a 2.0 answer is one dataset without a name, so the option does not matter there.

A dimension's notes come as "Region: text", a category's as "Region 0301: text".
A 0 under the status `.`, `..` or `:` is padding and comes out as null.
Protocol: JSON-stat 2.0 specification, https://json-stat.org/full/
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa

from sources.model import STATUS, VALUE, AnswerContext, Cube, UnreadableAnswer
from sources.readers import jsonstat_cells as cells_of
from sources.readers.jsonstat_axes import (
    Axis,
    kind,
    read_axes,
    read_notes,
    read_object,
    read_shape,
    some,
)
from sources.readers.jsonstat_figures import lift

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sources.registry import SourceTable

_BOM = b"\xef\xbb\xbf"
# Labels may hold a t or an f this often before the figures are looked at twice.
_FEW = 10_000


def decode(body: bytes, dataset: str | None = None) -> Cube:
    """Decode one JSON-stat answer.

    body:    the bytes as answered (UTF-8, with or without a byte order mark).
    dataset: which dataset to take from a 1.x answer that holds several.
    Returns a Cube with one row per cell of the whole cube, the last dimension fastest; cells
    that a sparse answer leaves out are rows with a null value. Figures keep the source's units.
    Raises UnreadableAnswer, listing every fault, if the bytes are not what the document says.
    Source: https://json-stat.org/full/
    """
    problems: list[str] = []
    lifted = lift(body)
    root = _parse(lifted[0] if lifted else body)
    node = _choose(root, dataset, problems)
    if node is None:
        raise _unreadable(problems)
    if lifted and node.get(VALUE) == []:
        node[VALUE] = lifted[1]
    elif lifted:  # the array was another one's
        node = _choose(_parse(body), dataset, problems)
        assert node is not None
    booleans = _may_hold_boolean(body, b"true") or _may_hold_boolean(body, b"false")
    # The parsed figures are the largest thing in memory: dropped before the columns are built.
    del root
    return _cube(node, booleans, problems)


def read(body: bytes, spec: SourceTable, answer: AnswerContext) -> Cube:
    """Decode the answer of one source table; see decode for shapes.

    spec: its options say which dataset to take. answer: names the answer in an error.
    Raises UnreadableAnswer with the address, the file name and every fault.
    """
    try:
        return decode(body, spec.options.get("dataset"))
    except UnreadableAnswer as error:
        raise UnreadableAnswer(f"{answer.name} from {answer.url}: {error}") from error


def _unreadable(problems: Sequence[str], updated: object = None) -> UnreadableAnswer:
    vintage = f" (updated {updated})" if isinstance(updated, str) else ""
    listed = "".join(f"\n  {problem}" for problem in problems)
    return UnreadableAnswer(
        f"not a readable JSON-stat answer{vintage}{listed}\n"
        "Nothing was decoded. Pull again; if the answer stays the same, the source has changed."
    )


def _parse(body: bytes) -> object:
    text = body.removeprefix(_BOM)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _unreadable([_not_json(text, error)]) from error


def _not_json(text: bytes, error: orjson.JSONDecodeError) -> str:
    start = text[:80].decode("utf-8", "replace")
    if text.lstrip()[:1] == b"<":
        return f"JSON expected, found HTML or XML: {start!r} -> a gateway or error page answered"
    if text.lstrip()[:1] in {b"{", b"["} and not text.rstrip().endswith((b"}", b"]")):
        return f"JSON expected, but the {len(text)} bytes stop inside it; they start {start!r}"
    return f"JSON expected, {error}, in {len(text)} bytes that start {start!r}"


def _may_hold_boolean(body: bytes, word: bytes) -> bool:
    """Tell whether `word` stands anywhere but after a colon, as a member of an array would.

    Arrow would read true as 1.0, and asking every figure for its type costs a third of the parse.
    """
    # One letter at a time: no digit and no null holds it, and a single byte is found fastest.
    at = body.find(word[:1])
    for _ in range(_FEW):
        if at < 0:
            return False
        if body.startswith(word, at) and body[max(at - 2, 0) : at].rstrip(b" ")[-1:] != b":":
            return True
        at = body.find(word[:1], at + 1)
    return True


def _choose(root: object, wanted: str | None, problems: list[str]) -> dict[str, Any] | None:
    if not isinstance(root, dict):
        problems.append(f"an object expected, found {kind(root)} {str(root)[:80]!r}")
        return None
    if "error" in root:
        problems.append(f"the service answered an error: {_error_text(root['error'])}")
        return None
    if root.get("class") == "dataset" or {"dimension", "value"} <= root.keys():
        return root
    if root.get("class") is not None:
        problems.append(f"class: 'dataset' expected, found {str(root['class'])[:80]!r}")
        return None
    return _choose_of_bundle(root, wanted, problems)


def _choose_of_bundle(
    root: dict[str, Any], wanted: str | None, problems: list[str]
) -> dict[str, Any] | None:
    datasets = {
        name: node
        for name, node in root.items()
        if isinstance(node, dict) and ("dimension" in node or "value" in node)
    }
    if not datasets:
        problems.append(f"a dataset expected, found {str(root)[:80]!r}")
    elif wanted is None and len(datasets) > 1:
        problems.append(f"{len(datasets)} datasets: {', '.join(datasets)} -> set options.dataset")
    elif wanted is not None and wanted not in datasets:
        problems.append(f"no dataset {wanted!r}; the answer holds {', '.join(datasets)}")
    else:
        return datasets[wanted if wanted is not None else next(iter(datasets))]
    return None


def _error_text(error: object) -> str:
    entries = error if isinstance(error, list) else [error]
    texts = [
        " ".join(str(text) for text in entry.values()) if isinstance(entry, dict) else str(entry)
        for entry in entries
    ]
    return some(text[:200] for text in texts)


def _cube(node: dict[str, Any], booleans: bool, problems: list[str]) -> Cube:
    raw = node.pop(VALUE, None)
    names, sizes = read_shape(node, problems)
    axes = read_axes(node, names, sizes, problems)
    cells = cells_of.cell_count(sizes, raw, problems) if sizes is not None else None
    values = cells_of.read_values(raw, sizes, cells, booleans, problems)
    del raw
    status = cells_of.read_status(node.pop(STATUS, None), cells, problems)
    described = _described(node, axes, names, problems)
    if problems or values is None or status is None:
        raise _unreadable(problems, node.get("updated"))
    columns = cells_of.dimension_columns(axes)
    columns[VALUE] = cells_of.without_padding(values, status)
    columns[STATUS] = cells_of.status_column(status)
    return Cube(table=pa.table(columns), dimensions=tuple(names), **described)


def _described(
    node: Mapping[str, Any], axes: Sequence[Axis], names: Sequence[str], problems: list[str]
) -> dict[str, Any]:
    """Return everything of a Cube that is not a cell."""
    version = str(node.get("version", "1."))
    if not version.startswith(("1.", "2.")):
        problems.append(f"version: 1.x or 2.0 expected, found {version[:80]!r}")
    notes = read_notes(node.get("note"), "", problems)
    return {
        "labels": {axis.name: axis.labels for axis in axes},
        "units": {code: unit for axis in reversed(axes) for code, unit in axis.units.items()},
        "roles": _roles(node, names, problems),
        "title": _text(node, "label", problems),
        "source": _text(node, "source", problems),
        "updated": _stamp(node.get("updated"), problems),
        "notes": notes + tuple(note for axis in axes for note in axis.notes),
        "extension": read_object(node, "extension", "", problems),
    }


def _text(node: Mapping[str, Any], key: str, problems: list[str]) -> str:
    found = node.get(key)
    if found is None or isinstance(found, str):
        return found or ""
    problems.append(f"{key}: a string expected, found {kind(found)} {str(found)[:80]!r}")
    return ""


def _roles(
    node: Mapping[str, Any], names: Sequence[str], problems: list[str]
) -> dict[str, tuple[str, ...]]:
    """Return the roles; 1.x has them inside `dimension`."""
    dimension = node.get("dimension")
    inside = "role" not in node and "id" not in node and isinstance(dimension, dict)
    roles = read_object(dimension if inside and dimension else node, "role", "", problems)
    for role, members in roles.items():
        if not isinstance(members, list) or not all(name in names for name in members):
            problems.append(f"role.{role}: dimensions of id expected, found {str(members)[:80]!r}")
    return {role: tuple(members) for role, members in roles.items() if isinstance(members, list)}


def _stamp(raw: object, problems: list[str]) -> datetime | None:
    """Return `updated` in UTC; a stamp without an offset is UTC, a date its first moment."""
    text = _text({"updated": raw}, "updated", problems).strip()
    if not text:
        return None
    try:
        stamp = datetime.fromisoformat(text)
        return (stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        problems.append(f"updated: an ISO 8601 stamp expected, found {text[:80]!r}")
        return None

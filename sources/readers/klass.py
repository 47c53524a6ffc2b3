"""KLASS: SSB's code lists, their changes and their correspondences.

Here live the readers of protocols klass-codes (/codes, /codesAt), klass-changes (/changes) and
klass-correspondence (/corresponds and /correspondencetables/{id}), as the KLASS API guide
(data.ssb.no/api/klass/v1, api-guide) describes them. Which code became which today is worked
out in the geography rooms, not here.

Options: none. The tables have plain columns, neither value nor status.

Two properties of the API shape these readers. XML is the default answer: JSON must be asked for
with `Accept: application/json`. And /codes and /corresponds clip validity to the range asked for
(`from` inclusive, `to` exclusive), so a date equal to a border of the range says nothing about
when the code began or ended: it becomes null, and from_clipped or to_clipped tells why.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from sources.model import Cube, UnreadableAnswer
from sources.readers.bodies import located, parse_json, refuse
from sources.readers.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa

    from sources.model import AnswerContext
    from sources.registry import SourceTable

_ADVICE = (
    "KLASS answers in XML unless told otherwise: ask with Accept: application/json; "
    "if that was done, fetch the answer anew."
)
# Fields that the API guide promises; a missing one means another resource or version.
_CODES = ("code", "parentCode", "level", "name")
_CHANGES = ("oldCode", "oldName", "newCode", "newName", "changeOccurred")
_PAIR = ("sourceCode", "sourceName", "targetCode", "targetName")


def read(body: bytes, spec: SourceTable, answer: AnswerContext) -> Cube:
    """Decode one KLASS answer; spec.protocol says which of the three kinds it must be."""
    Options(spec.options, spec.id).done()
    decoders: dict[str, Callable[[], pa.Table]] = {
        "klass-codes": lambda: decode_codes(body, asked_range(answer.url)),
        "klass-changes": lambda: decode_changes(body),
        "klass-correspondence": lambda: decode_correspondence(body, asked_range(answer.url)),
    }
    with located(spec, answer):
        return Cube(table=decoders[spec.protocol](), dimensions=(), source="Statistisk sentralbyrå")


def asked_range(url: str) -> tuple[date | None, date | None]:
    """The range that a KLASS address asks for: from (inclusive) and to (exclusive), if stated.

    Raises UnreadableAnswer if `from` or `to` is there but is no date.
    """
    asked = parse_qs(urlsplit(url).query)
    first, end = (asked.get(name, [None])[-1] for name in ("from", "to"))
    problems: list[str] = []
    borders = (_date(first, "from", problems), _date(end, "to", problems))
    refuse(problems, f"Mend the address of the request: {url}")
    return borders


def decode_codes(body: bytes, asked: tuple[date | None, date | None]) -> pa.Table:
    """Decode {"codes": [...]}: one row per code and period of validity.

    Columns code, parent_code, level, name, valid_from, valid_to (date or null: open, or beyond
    what was asked), from_clipped, to_clipped. Raises UnreadableAnswer for any other shape.
    """
    items = _items(body, ("codes",))
    # /codesAt has no range and its validity is not clipped; only /codes has the long names.
    ranged = any("validFromInRequestedRange" in item for item in items)
    suffix = "InRequestedRange" if ranged else ""
    names = (f"validFrom{suffix}", f"validTo{suffix}")
    _refuse_incomplete(items, (*_CODES, *names), required=("code", "name"))
    return _table(
        {
            "code": [item["code"] for item in items],
            "parent_code": [item["parentCode"] or None for item in items],
            "level": [item["level"] for item in items],
            "name": [item["name"] for item in items],
        },
        _validity(items, names, asked if ranged else (None, None)),
    )


def decode_changes(body: bytes) -> pa.Table:
    """Decode {"codeChanges": [...]}: one row per change, possibly none.

    Columns old_code, old_name, new_code, new_name (null where KLASS has an empty text: a code
    that is new, or that ended), change_date. Raises UnreadableAnswer for any other shape.
    """
    items = _items(body, ("codeChanges",))
    _refuse_incomplete(items, _CHANGES, required=("changeOccurred",))
    problems: list[str] = []
    dates = [_date(item["changeOccurred"], f"row {n}", problems) for n, item in enumerate(items)]
    # A change that names no code at all cannot be followed either way.
    problems += [
        f"row {n}: neither old nor new code"
        for n, item in enumerate(items)
        if not (item["oldCode"] or item["newCode"])
    ]
    refuse(problems, _ADVICE)
    columns = ("old_code", "old_name", "new_code", "new_name")
    texts = {
        column: [item[name] or None for item in items]
        for column, name in zip(columns, _CHANGES[:4], strict=True)
    }
    return _table(texts, {"change_date": dates})


def decode_correspondence(body: bytes, asked: tuple[date | None, date | None]) -> pa.Table:
    """Decode correspondenceItems (/corresponds) or correspondenceMaps (/correspondencetables).

    Columns source_code, source_name, target_code, target_name, valid_from, valid_to,
    from_clipped, to_clipped; a correspondence table has no dates of its own: null.
    """
    items = _items(body, ("correspondenceItems", "correspondenceMaps"))
    _refuse_incomplete(items, _PAIR, required=("sourceCode", "targetCode"))
    columns = ("source_code", "source_name", "target_code", "target_name")
    texts = {
        column: [item[name] or None for item in items]
        for column, name in zip(columns, _PAIR, strict=True)
    }
    return _table(texts, _validity(items, ("validFrom", "validTo"), asked))


def _items(body: bytes, names: Sequence[str]) -> list[dict[str, Any]]:
    wanted = " or ".join(f'"{name}"' for name in names)
    found = parse_json(body, f"a JSON object with {wanted}", _ADVICE)
    # Errors of KLASS are JSON objects too, with other keys.
    held = [name for name in names if isinstance(found, dict) and name in found]
    if not held:
        keys = sorted(found) if isinstance(found, dict) else type(found).__name__
        raise UnreadableAnswer(
            f"expected a JSON object with {wanted}, found {keys}\n"
            "This is another resource of KLASS, or a message of error: compare the address."
        )
    items = found[held[0]]
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise UnreadableAnswer(f"{held[0]} is not a list of objects\n{_ADVICE}")
    return items


def _refuse_incomplete(
    items: Sequence[Mapping[str, Any]], names: Sequence[str], required: Sequence[str]
) -> None:
    problems = []
    for number, item in enumerate(items):
        problems += [f"row {number}: no {name}" for name in names if name not in item]
        problems += [
            f"row {number}: {name} is empty" for name in required if item.get(name, 0) in ("", None)
        ]
        problems += [
            f"row {number}: {name} is {item[name]!r}, not a text"
            for name in names
            if name in item and not isinstance(item[name], str | None)
        ]
    refuse(problems, _ADVICE)


def _validity(
    items: Sequence[Mapping[str, Any]],
    names: tuple[str, str],
    asked: tuple[date | None, date | None],
) -> dict[str, list[Any]]:
    problems: list[str] = []
    columns: dict[str, list[Any]] = {}
    for short, name, border in zip(("from", "to"), names, asked, strict=True):
        dates = [_date(item.get(name), f"row {n} {name}", problems) for n, item in enumerate(items)]
        # Equal to the border asked for: KLASS cut it there, so the date is not known.
        clipped = [border is not None and day == border for day in dates]
        columns[f"valid_{short}"] = [
            None if cut else day for day, cut in zip(dates, clipped, strict=True)
        ]
        columns[f"{short}_clipped"] = clipped
    refuse(problems, _ADVICE)
    return columns


def _date(text: str | None, where: str, problems: list[str]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.append(f"{where}: {text!r} is no date yyyy-mm-dd")
        return None


def _table(texts: Mapping[str, list[Any]], rest: Mapping[str, list[Any]]) -> pa.Table:
    import pyarrow as pa

    columns = {name: pa.array(column, pa.string()) for name, column in texts.items()}
    for name, column in rest.items():
        kind = pa.bool_() if name.endswith("_clipped") else pa.date32()
        columns[name] = pa.array(column, kind)
    # Dates before flags, whatever order they were worked out in.
    order = ["valid_from", "valid_to", "from_clipped", "to_clipped", "change_date"]
    return pa.table({n: columns[n] for n in [*texts, *(o for o in order if o in rest)]})

"""Udir's documents before the figures: the page of a report, and the values of its filters.

Here bytes become small dataclasses, or one UnreadableAnswer. What is asked on the ground of
them is decided in udir_selection.py; figures are decoded in sources/readers/udir.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sources.model import UnreadableAnswer
from sources.readers.bodies import parse_json, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_AGAIN = "Nothing was asked on the ground of it. Pull again; if it stays so, the API has changed."
# What is said here becomes part of an address, so nothing else may stand in it.
_ENDPOINT = re.compile(r"rest/v1/Statistikk(?:/[A-Za-z0-9_]+)+/data")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
ROW_PATH = re.compile(r"[-0-9A-Za-z.*()_]+")
# Udir's own id for "all of it", the same in every table.
ALL = -10


@dataclass(frozen=True)
class Page:
    """What a report's page says: where its figures are, its rows and filters by default."""

    code: str
    title: str
    endpoint: str
    row_path: str
    defaults: Mapping[str, tuple[int, ...]]

    @property
    def values_endpoint(self) -> str:
        """Where the values of the filters are listed."""
        return f"{self.endpoint.removesuffix('/data')}/filterVerdier"


@dataclass(frozen=True)
class Value:
    """One value of a filter: the internal id that a question needs, and what a person knows.

    depth: level in the hierarchy, None where the filter has none. children: places in the list.
    """

    id: int
    kode: str
    name: str
    depth: int | None
    children: tuple[int, ...]


Filters = dict[str, tuple[Value, ...]]


def read_page(body: bytes, code: str) -> Page:
    """Read rest/v1/Rapportside/{code}.

    Raises UnreadableAnswer if it is no page, or if no element of it has figures at an address
    of the form rest/v1/Statistikk/…/data.
    """
    found = parse_json(body, f"the page of report {code}", _AGAIN)
    page = found.get("rappside") if isinstance(found, dict) else None
    elements = page.get("rapportElementer") if isinstance(page, dict) else None
    if not isinstance(page, dict) or not isinstance(elements, list):
        raise UnreadableAnswer(f"report {code}: no rappside.rapportElementer in its page\n{_AGAIN}")
    element = next((e for e in elements if isinstance(e, dict) and e.get("dataEndepunkt")), {})
    endpoint, row_path = element.get("dataEndepunkt"), element.get("defaultRadsti") or "*"
    if not isinstance(endpoint, str) or not _ENDPOINT.fullmatch(endpoint):
        raise UnreadableAnswer(
            f"report {code}: dataEndepunkt is {endpoint!r}, not rest/v1/Statistikk/…/data\n{_AGAIN}"
        )
    if not isinstance(row_path, str) or not ROW_PATH.fullmatch(row_path):
        raise UnreadableAnswer(f"report {code}: defaultRadsti is {row_path!r}\n{_AGAIN}")
    defaults = page.get("filterDefaultVerdier")
    chosen = defaults if isinstance(defaults, dict) else {}
    return Page(
        code=code,
        title=str(page.get("navn") or ""),
        endpoint=endpoint,
        row_path=row_path,
        defaults={name: _ids(ids) for name, ids in chosen.items() if isinstance(ids, list)},
    )


def read_filters(body: bytes, what: str) -> Filters:
    """Read filterVerdier: filter -> its values, in Udir's order.

    Raises UnreadableAnswer, listing every value that lacks id, kode or navn, and every filter
    in which one id stands twice.
    """
    found = parse_json(body, f"the filters of {what}", _AGAIN)
    if not isinstance(found, dict) or not found:
        raise UnreadableAnswer(f"{what}: the filters are no object with a list each\n{_AGAIN}")
    problems: list[str] = []
    filters: Filters = {}
    for name, entries in found.items():
        if not _NAME.fullmatch(name) or not isinstance(entries, list):
            problems.append(f"{name!r} is no filter with a list of values")
            continue
        values = [_value(entry) for entry in entries]
        filters[name] = tuple(value for value in values if value)
        if None in values:
            problems.append(f"{name}: {values.count(None)} values without id, kode and navn")
        if len({value.id for value in filters[name]}) != len(filters[name]):
            problems.append(f"{name}: an id stands twice")
    refuse([f"{what}: {problem}" for problem in problems], _AGAIN)
    return filters


def report_codes(body: bytes) -> list[str]:
    """Every report code that the list of reports names; empty if it is no such list.

    Nobody has seen the shape of the list, so codes are taken wherever they stand.
    """
    try:
        found = parse_json(body, "the list of reports", _AGAIN)
    except UnreadableAnswer:
        return []
    return sorted(set(_codes(found, 6)))


def _codes(found: Any, depth: int) -> Iterator[str]:
    if isinstance(found, list) and depth:
        for item in found:
            yield from _codes(item, depth - 1)
    elif isinstance(found, dict) and depth:
        if isinstance(found.get("kode"), str):
            yield found["kode"]
        for item in found.values():
            yield from _codes(item, depth - 1)


def _ids(found: list[Any]) -> tuple[int, ...]:
    return tuple(item for item in found if isinstance(item, int))


def _value(entry: Any) -> Value | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), int):
        return None
    kode, name, depth = entry.get("kode"), entry.get("navn"), entry.get("nivaa")
    if not isinstance(kode, str) or not isinstance(name, str):
        return None
    children = entry.get("barn")
    return Value(
        id=entry["id"],
        # Some codes are filled up with blanks ("PB        ").
        kode=kode.strip(),
        name=name.strip(),
        depth=depth if isinstance(depth, int) else None,
        children=_ids(children) if isinstance(children, list) else (),
    )

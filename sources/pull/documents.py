"""The documents of PxWebApi v2 that come before the figures: config, table, metadata, code list.

Here bytes become small dataclasses, or one UnreadableAnswer. What is asked on the ground of
them is decided in selection.py and plan.py; figures are decoded in sources/readers/jsonstat.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from sources.model import UnreadableAnswer
from sources.readers.bodies import beginning, refuse
from sources.readers.jsonstat_axes import read_axes, read_object, read_shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Stamps before StatBank opened are slips of the keyboard (table 04197: year 3).
_FIRST_YEAR = 1990
_AGAIN = "Nothing was asked on the ground of it. Pull again; if it stays so, the API has changed."


@dataclass(frozen=True)
class Config:
    """What /config promises: cells in one answer (None where unused), languages offered."""

    max_cells: int | None
    languages: tuple[str, ...]


@dataclass(frozen=True)
class TableEntry:
    """A table as the catalogue lists it; `updated` is the source's own text, in UTC."""

    id: str
    label: str
    updated: str | None
    first_period: str | None
    last_period: str | None
    discontinued: bool
    variables: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """One page of the catalogue, the number of pages and of tables on all of them."""

    entries: tuple[TableEntry, ...]
    pages: int
    total: int


@dataclass(frozen=True)
class Metadata:
    """A table without its figures; the fields a Cube has too mean the same there.

    codes:      variable -> its codes, in position order.
    eliminable: variables that a question may leave out.
    codelists:  variable -> ids of the code lists it may be asked with, as spelled.
    """

    dimensions: tuple[str, ...]
    codes: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    eliminable: frozenset[str] = frozenset()
    codelists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    title: str = ""
    updated: str | None = None
    discontinued: bool = False

    def spelled(self, variable: str) -> str | None:
        """The table's own spelling of a variable (case does not count); None if it has none."""
        return next((d for d in self.dimensions if d.casefold() == variable.casefold()), None)


def moment(text: str | None) -> datetime | None:
    """Return StatBank's own stamp as a time in UTC; None if it is no time, or a slip."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    if found.year < _FIRST_YEAR:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def read_config(body: bytes) -> Config:
    """Read /config; a maxDataCells of 0 means unused."""
    raw = read_document(body, "/config")
    # SSB writes 0 where it does not use a limit, so 0 must not become one.
    cells = raw.get("maxDataCells")
    languages = [entry.get("id") for entry in _objects(raw.get("languages"))]
    return Config(
        max_cells=cells if type(cells) is int and cells > 0 else None,
        languages=tuple(text for text in languages if isinstance(text, str)),
    )


def read_entry(body: bytes, what: str) -> TableEntry:
    """Read /tables/{id}."""
    return _entry(read_document(body, what), what)


def read_page(body: bytes, what: str) -> Page:
    """Read one page of /tables."""
    raw = read_document(body, what)
    entries = tuple(_entry(each, what) for each in _objects(raw.get("tables")))
    page = raw.get("page")
    pages, total = (_count(page, key) for key in ("totalPages", "totalElements"))
    return Page(entries, 1 if pages is None else pages, len(entries) if total is None else total)


def read_codelist(body: bytes, what: str) -> tuple[str, ...]:
    """Read /codelists/{id}: its codes, in order."""
    values = read_document(body, what).get("values")
    codes = [value.get("code") for value in _objects(values)]
    odd = [code for code in codes if not isinstance(code, str)]
    problems = [f"{what}: a code is not a string: {odd[0]!r}"] if odd else []
    problems += [] if codes else [f"{what}: no values in it: {beginning(body)}"]
    refuse(problems, _AGAIN)
    return tuple(code for code in codes if isinstance(code, str))


def read_metadata(body: bytes, what: str) -> Metadata:
    """Read /tables/{id}/metadata: a JSON-stat dataset whose `value` is empty.

    Raises UnreadableAnswer with every fault of its axes.
    """
    raw = read_document(body, what)
    problems: list[str] = []
    names, sizes = read_shape(raw, problems)
    axes = read_axes(raw, names, sizes, problems)
    roles = read_object(raw, "role", "", problems)
    extension = read_object(raw, "extension", "", problems)
    refuse([f"{what}: {problem}" for problem in problems], _AGAIN)
    # Only here does `elimination` mean "may be left out"; in data it means something else.
    own = {name: _extension(raw, name) for name in names}
    return Metadata(
        dimensions=tuple(names),
        codes={axis.name: axis.codes for axis in axes},
        labels={axis.name: axis.labels for axis in axes},
        eliminable=frozenset(name for name in names if own[name].get("elimination") is True),
        codelists={name: tuple(_list_ids(own[name])) for name in names},
        roles={role: tuple(members) for role, members in roles.items()},
        title=_text(raw.get("label")) or "",
        updated=_text(raw.get("updated")),
        discontinued=extension.get("discontinued") is True,
    )


def _extension(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = raw["dimension"][name].get("extension")
    return found if isinstance(found, dict) else {}


def _list_ids(extension: Mapping[str, Any]) -> Iterable[str]:
    # v2-beta wrote codeLists, and copies of its answers are still about.
    for entry in _objects(extension.get("codelists") or extension.get("codeLists")):
        if isinstance(entry.get("id"), str):
            yield entry["id"]


def _entry(raw: Mapping[str, Any], what: str) -> TableEntry:
    if not isinstance(raw.get("id"), str):
        raise UnreadableAnswer(f"{what}: a table with an id expected, found {str(raw)[:80]!r}")
    names = raw.get("variableNames")
    return TableEntry(
        id=raw["id"],
        label=_text(raw.get("label")) or "",
        updated=_text(raw.get("updated")),
        first_period=_text(raw.get("firstPeriod")),
        last_period=_text(raw.get("lastPeriod")),
        discontinued=raw.get("discontinued") is True,
        variables=tuple(map(str, names)) if isinstance(names, list) else (),
    )


def read_document(body: bytes, what: str) -> dict[str, Any]:
    """Return a document as the JSON object that it must be; raises UnreadableAnswer."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnreadableAnswer(
            f"{what}: JSON expected, {error}, in {len(body)} bytes that start {beginning(body)}\n"
            f"{_AGAIN}"
        ) from error
    if not isinstance(found, dict):
        raise UnreadableAnswer(f"{what}: an object expected, found {beginning(body)}\n{_AGAIN}")
    return found


def _objects(raw: object) -> list[dict[str, Any]]:
    return [entry for entry in raw if isinstance(entry, dict)] if isinstance(raw, list) else []


def _count(raw: object, key: str) -> int | None:
    found = raw.get(key) if isinstance(raw, dict) else None
    return found if type(found) is int and found >= 0 else None


def _text(raw: object) -> str | None:
    return raw if isinstance(raw, str) else None

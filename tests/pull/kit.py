"""Shared by the tests of pulls: tables, source tables and plans made small."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from sources.pull import Pulled, pull
from sources.pull.documents import Metadata, read_metadata
from sources.registry import (
    Confidence,
    Licence,
    Request,
    Rhythm,
    Size,
    SourceTable,
    Text,
)
from tests.pull.banktable import BankTable
from tests.pull.statbank import PUBLIC, InMemory, StatBank

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ALL = {"Region": ["*"], "Kjonn": ["*"]}
NOON = datetime(2026, 9, 10, 10, 0, tzinfo=UTC)


def noon() -> datetime:
    """A clock that stands in the open hours."""
    return NOON


def bank_table(**sizes: int) -> BankTable:
    """Table 09429 with codes like R000; every figure is its own position, some cells are marked."""
    years = sizes.pop("Tid", 3)
    axes = {name: [f"{name[0]}{n:03}" for n in range(size)] for name, size in sizes.items()}
    axes |= {"ContentsCode": ["Personer"], "Tid": [str(2000 + n) for n in range(years)]}
    shape = [len(codes) for codes in axes.values()]
    values = np.arange(np.prod(shape), dtype=float)
    marks = {n: (".", "..", ":")[n % 3] for n in range(5, len(values), 7)}
    values[list(marks)] = np.nan
    return BankTable("09429", "Utdanningsnivå, etter kommune", axes, values.reshape(shape), marks)


def metadata_of(table: BankTable) -> Metadata:
    """The metadata of a table, by way of the bytes that the service would send."""
    import orjson

    return read_metadata(orjson.dumps(table.document(table.axes, metadata=True)), table.id)


def request(
    select: Mapping[str, Sequence[str]],
    codelists: Mapping[str, Sequence[str]] | None = None,
    table_id: str = "09429",
) -> Request:
    return Request(
        url=f"{PUBLIC}/tables/{table_id}/data",
        select={name: tuple(items) for name, items in select.items()},
        codelists={name: tuple(ids) for name, ids in (codelists or {}).items()},
    )


def spec(asked: Request | None, frequency: str = "annual", **changes: Any) -> SourceTable:
    given: dict[str, Any] = {
        "id": "ssb/09429",
        "provider": "ssb",
        "protocol": "json-stat",
        "use": "reader-example",
        "title": Text("Utdanningsnivå, etter kommune", "Education level by municipality"),
        "page": None,
        "request": asked,
        "recorded": (),
        "options": {},
        "dimensions": {},
        "missing": {},
        "not_in_force": None,
        "licence": Licence("CC BY 4.0", "CC BY 4.0"),
        "attribution": Text("Kilde: SSB", "Source: SSB"),
        "rhythm": Rhythm(frequency),
        "size": Size(1),
        "warnings": (),
        "confidence": Confidence("low", "made for a test"),
        "reason": None,
    }
    return SourceTable(**(given | changes))


def world(limit: int = 40, **sizes: int) -> StatBank:
    """A bank with one table; by default 200 cells that take five questions."""
    return StatBank([bank_table(**(sizes or {"Region": 20, "Kjonn": 2, "Tid": 5}))], limit)


def pulled(bank: StatBank, asked: Request | None = None, **options: Any) -> Pulled:
    """Pull without a socket, at noon unless told otherwise."""
    return pull(spec(asked or request(ALL)), InMemory(bank), **({"now": noon} | options))

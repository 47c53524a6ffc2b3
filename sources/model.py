"""Shapes that the readers share: a decoded answer and where it came from.

Here live only the dataclasses that every reader returns or takes, and the errors they raise.
Decoding lives in sources/readers/, source tables as data in sources/registry.py,
bytes on disk in sources/archive.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import pyarrow as pa

VALUE = "value"
STATUS = "status"


class KompetanseError(Exception):
    """Base of every error that this project raises on purpose; the message is for people."""


class UnreadableAnswer(KompetanseError):
    """The bytes are not what the protocol's document says: cut off, HTML, wrong length."""


class SourceChanged(KompetanseError):
    """The answer is readable but does not match its source YAML; lists every mismatch."""


@dataclass(frozen=True)
class AnswerContext:
    """Where an answer came from, as far as a reader may need it.

    url: what was asked. name: file name (NAV puts the year and month there).
    """

    url: str
    name: str


@dataclass(frozen=True)
class Unit:
    """Unit of a measure as the source states it: base ("personer"), number of decimals."""

    base: str
    decimals: int | None = None


@dataclass(frozen=True)
class Cube:
    """One decoded answer: one row per cell that the answer holds.

    table:      one dictionary<string> column per dimension, in the answer's order, then
                `value` (float64, null where there is no figure) and
                `status` (dictionary<int8, string>, the source's own symbol, null where none).
                Code lists (KLASS) have their own plain columns and neither value nor status.
    dimensions: names of the dimension columns.
    labels:     dimension -> code -> the source's own label.
    units:      measure code -> unit, where the answer states it.
    roles:      role ("time", "geo", "metric") -> dimension names, where the answer states it.
    updated:    the source's own stamp, in UTC; None where the protocol has none.
    """

    table: pa.Table
    dimensions: tuple[str, ...]
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    title: str = ""
    source: str = ""
    updated: datetime | None = None
    notes: tuple[str, ...] = ()
    extension: Mapping[str, object] = field(default_factory=dict)

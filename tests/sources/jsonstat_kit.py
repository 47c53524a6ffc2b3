"""What the tests of the JSON-stat reader share: a small answer, and how it is read and refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sources.model import Cube, UnreadableAnswer
from sources.readers.jsonstat import decode

MARKS = [".", "..", ":"]


def answer(**changes: Any) -> dict[str, Any]:
    """A small 2.0 answer with two dimensions of 2 and 3 codes; made-up figures."""
    base: dict[str, Any] = {
        "version": "2.0",
        "class": "dataset",
        "label": "OPPDIKTEDE TALL / MADE-UP FIGURES",
        "source": "test",
        "updated": "2026-06-11T06:00:00Z",
        "note": "one",
        "role": {"geo": ["Region"], "metric": ["ContentsCode"]},
        "id": ["Region", "ContentsCode"],
        "size": [2, 3],
        "dimension": {
            "Region": {
                "note": ["changed borders"],
                "category": {"index": {"0302": 1, "0301": 0}, "label": {"0301": "Oslo"}},
            },
            "ContentsCode": {
                "category": {
                    "index": ["a", "b", "c"],
                    "unit": {"a": {"base": "personer", "decimals": 0}, "b": {"label": "kr"}},
                    "note": {"b": ["rounded"]},
                },
            },
        },
        "extension": {"px": {"tableid": "00000"}},
        "value": [1, None, 2.5, 0, None, 2**60],
        "status": {"1": ".", "4": ":"},
    }
    return {k: v for k, v in (base | changes).items() if v is not ...}


def cube(**changes: Any) -> Cube:
    return decode(json.dumps(answer(**changes)).encode())


def refusal(body: bytes | dict[str, Any], dataset: str | None = None) -> str:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(UnreadableAnswer) as caught:
        decode(raw, dataset)
    return str(caught.value)


def first_generation(modern: dict[str, Any]) -> dict[str, Any]:
    """The same dataset as JSON-stat 1.x writes it: id, size and role inside dimension."""
    old = {k: v for k, v in modern.items() if k not in {"version", "class", "id", "size", "role"}}
    inside = {k: modern[k] for k in ("id", "size", "role") if k in modern}
    return old | {"dimension": inside | modern["dimension"]}


def rows(found: Cube) -> dict[tuple[str, ...], tuple[float | None, str | None]]:
    columns = [found.table[name].to_pylist() for name in found.dimensions]
    cells = zip(found.table["value"].to_pylist(), found.table["status"].to_pylist(), strict=True)
    return dict(zip(zip(*columns, strict=True), cells, strict=True))

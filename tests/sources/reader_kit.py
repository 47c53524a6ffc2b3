"""Shared by the tests of the readers: real files, specs with options, workbooks made here."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sources.model import AnswerContext, Cube
from sources.registry import Confidence, Licence, Rhythm, Size, SourceTable, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REAL = Path(__file__).parents[3] / "shared" / "real"
MADE_UP = "OPPDIKTEDE TALL / MADE-UP FIGURES"


def real(path: str) -> bytes:
    """Bytes of a recorded answer; skips the test where the recordings are not at hand."""
    file = REAL / path
    if not file.exists():
        pytest.skip(f"recorded answers are not beside this checkout: {file} is absent")
    return file.read_bytes()


def spec(protocol: str, options: Mapping[str, Any]) -> SourceTable:
    return SourceTable(
        id="nav/example",
        provider="nav",
        protocol=protocol,
        use="reader-example",
        title=Text("Eksempel", "Example"),
        page=None,
        request=None,
        recorded=(),
        options=options,
        dimensions={},
        missing={},
        not_in_force=None,
        licence=Licence("CC BY 4.0", "CC BY 4.0"),
        attribution=Text("Kilde: Nav", "Source: Nav"),
        rhythm=Rhythm("unknown"),
        size=Size(1),
        warnings=(),
        confidence=Confidence("low", "made for a test"),
        reason=None,
    )


def answer(name: str = "", url: str = "https://example.org/answer") -> AnswerContext:
    return AnswerContext(url=url, name=name)


def cell(cube: Cube, **codes: str) -> tuple[float | None, str | None]:
    """Value and symbol of the one cell with these codes; the cells must be told apart by them."""
    rows = [
        row
        for row in cube.table.to_pylist()
        if all(row[dimension] == code for dimension, code in codes.items())
    ]
    assert len(rows) == 1, f"{len(rows)} cells for {codes}"
    return rows[0]["value"], rows[0]["status"]


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """An .xlsx with these sheets, cells from A1 on; a text beginning "=" is a formula."""
    import openpyxl

    book = openpyxl.Workbook()
    del book["Sheet"]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()

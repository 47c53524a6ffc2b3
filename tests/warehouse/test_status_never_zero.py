"""A cell with `.`, `..`, `:` or `*` never becomes 0, from the answer to the parquet file."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources import registry
from sources.archive import Archive
from sources.vintages import decode
from tests.warehouse.hand_worked import geography, indicator
from warehouse import parquet
from warehouse.conform import conform
from warehouse.indicator import compute

CODES = ("9001", "9002", "9003")
LEVELS = ("01", "02a", "03a", "04a", "11")
SYMBOLS = {".": "M", "..": "O", ":": "Q", "*": "Q"}
SPEC = replace(
    registry.table("ssb/09429"),
    missing=SYMBOLS,
    size=registry.Size(min_cells=1),
)
FORCE = {
    "code_in_force": pa.table(
        {
            "code": [*CODES, "90"],
            "valid_from": pa.nulls(4, pa.date32()),
            "valid_to": pa.nulls(4, pa.date32()),
        }
    ),
    "coverage": pa.table({"first_date": pa.array([dt.date(2015, 1, 1)])}),
}
cell = st.one_of(st.integers(0, 5000), st.sampled_from(sorted(SYMBOLS)))


def answer(cells: list[int | str]) -> bytes:
    axes = {
        "Region": CODES, "Nivaa": LEVELS, "Kjonn": ("0",), "ContentsCode": ("Personer",),
        "Tid": ("2022",),
    }  # fmt: skip
    document = {
        "version": "2.0", "class": "dataset", "label": "made up", "id": list(axes),
        "size": [len(codes) for codes in axes.values()],
        "dimension": {
            name: {"category": {"index": list(codes)}} for name, codes in axes.items()
        },
        "value": [c if isinstance(c, int) else None for c in cells],
        "status": {str(i): c for i, c in enumerate(cells) if isinstance(c, str)},
    }  # fmt: skip
    return json.dumps(document).encode()


def described() -> dict[str, Any]:
    return {
        "source": "ssb", "table": SPEC.id, "what": "x", "method": "GET", "url": "https://a",
        "request_body": None, "status": 200, "content_type": "", "headers": {}, "as_of": "2026",
        "fetched_at": None, "name": "x", "licence": "", "origin": "", "fidelity": "genuine",
        "note": "",
    }  # fmt: skip


def follow(
    cells: list[int | str], folder: Path, name: str = "education_level"
) -> list[dict[str, Any]]:
    """Take an answer through archive, raw, conformed and indicator to a parquet file."""
    archive = Archive(folder)
    archive.add(answer(cells), described())
    raw = decode(archive, SPEC, made_up=False).table
    conformed = folder / "conformed.parquet"
    parquet.write(conform(raw, SPEC, FORCE).table, conformed)
    sql = (registry.FOLDER.parent / f"sql/indicators/{name}.sql").read_text("utf-8")
    own = ("education_level", "sex") if name == "education_level" else ("sex",)
    values = compute(
        indicator(breakdowns=own, sql=sql),
        breakdowns=("education_level", "sex"),
        conformed={"ssb_09429": conformed},
        geography=geography(),
        data_origin="published",
    )
    parquet.write(values, folder / "values.parquet")
    return parquet.read(folder / "values.parquet").to_pylist()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cells=st.lists(cell, min_size=15, max_size=15))
def test_a_marked_cell_is_blank_all_the_way(cells: list[int | str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = follow(cells, Path(folder))
    found = {(r["region_id"], r["education_level"]): r for r in rows}
    by_code = {code: cells[i * 5 : i * 5 + 5] for i, code in enumerate(CODES)}
    for code, own in by_code.items():
        # '.' leaves a level out of the base; any other mark makes the base unknown.
        unknown = any(c in (":", "*", "..") for c in own)
        base = sum(c for c in own if isinstance(c, int))
        for level, content in zip(LEVELS, own, strict=True):
            row = found[code, level]
            if isinstance(content, str):
                assert row["value"] is None
                assert row["numerator"] is None
                assert row["reason"] is not None
            elif unknown or base == 0:
                assert row["value"] is None
            else:
                assert row["value"] == 100 * content / base
    for level_at, level in enumerate(LEVELS):
        column = [by_code[code][level_at] for code in CODES]
        county = found["90", level]
        if any(isinstance(c, str) for c in column):
            assert county["value"] is None
            assert county["numerator"] is None
        elif county["value"] is not None:
            assert county["numerator"] == sum(c for c in column if isinstance(c, int))


def test_a_sum_of_levels_that_cannot_exist_is_blank_not_zero(tmp_path: Path) -> None:
    # LEVELS: 01, 02a, 03a, 04a, 11; higher education is 03a and 04a.
    cells: list[int | str] = [10, 20, ".", ".", 5, 10, 20, 0, 0, 5, 10, 20, 3, ".", 5]
    rows = {r["region_id"]: r for r in follow(cells, tmp_path, "higher_education")}
    assert rows["9001"]["value"] is None
    assert rows["9001"]["numerator"] is None
    assert rows["9002"]["value"] == 0.0
    assert rows["9003"]["value"] == 100 * 3 / 38
    assert rows["90"]["value"] is None

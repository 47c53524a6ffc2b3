"""The long table of cells, its check for double cells, and code lists as JSON maps."""

from __future__ import annotations

import time

import numpy as np
import pyarrow as pa
import pytest

from sources.model import UnreadableAnswer
from sources.readers import json_map
from sources.readers.cells import Cells, collapse_equal, refuse_duplicates
from sources.readers.options import InvalidOptions
from tests.sources.reader_kit import answer, real, spec


def test_the_table_has_the_shape_that_a_cube_promises() -> None:
    cells = Cells(("region", "year"))
    cells.add(("50", "2024"), 1.0, None)
    cells.add(("50", "2025"), None, "*")
    table = cells.table()
    assert table.column_names == ["region", "year", "value", "status"]
    assert table.schema.field("status").type == pa.dictionary(pa.int8(), pa.string())
    assert table.schema.field("value").type == pa.float64()
    assert table["status"].to_pylist() == [None, "*"]
    assert Cells(("region",)).table().num_rows == 0


def test_double_cells_are_listed_up_to_ten_with_their_number() -> None:
    cells = Cells(("region",))
    for number in range(12):
        for value in (1.0, 2.0):
            cells.add((f"{number:02}",), value, None)
    with pytest.raises(UnreadableAnswer) as refused:
        refuse_duplicates(cells.table(), ("region",))
    message = str(refused.value)
    assert message.startswith("12 cell(s)")
    assert message.count(": 1 and 2") == 10
    assert "... 12 in all" in message


def test_equal_cells_collapse_in_order_whatever_their_status() -> None:
    cells = Cells(("region",))
    for code, value, symbol in (("b", 1.0, None), ("a", None, "*"), ("b", 1.0, None)):
        cells.add((code,), value, symbol)
    cells.add(("a",), None, "*")
    assert collapse_equal(cells.table(), ("region",)).to_pylist() == [
        {"region": "b", "value": 1.0, "status": None},
        {"region": "a", "value": None, "status": "*"},
    ]
    cells.add(("a",), None, ":")
    with pytest.raises(UnreadableAnswer, match=r"region=a: '\*' and ':'"):
        collapse_equal(cells.table(), ("region",))


def test_a_million_cells_are_checked_at_once() -> None:
    size = 1000
    names = pa.array([str(n) for n in range(size)])
    index = np.arange(size, dtype=np.int32)
    table = pa.table(
        {
            "a": pa.DictionaryArray.from_arrays(pa.array(np.repeat(index, size)), names),
            "b": pa.DictionaryArray.from_arrays(pa.array(np.tile(index, size)), names),
            "value": pa.array(np.zeros(size * size)),
        }
    )
    start = time.perf_counter()
    refuse_duplicates(table, ("a", "b"))
    assert time.perf_counter() - start < 5


def test_recorded_programme_areas() -> None:
    options = {"key": "code", "fields": ["nob", "nno", "eng"]}
    found = json_map.read(
        real("codes/grep_programomraader.json"), spec("json-map", options), answer()
    )
    assert found.dimensions == ()
    assert found.table.column_names == ["code", "nob", "nno", "eng"]
    assert found.table.num_rows == 497
    row = next(r for r in found.table.to_pylist() if r["code"] == "BABAT1----")
    assert row["eng"] == "Building and Construction"


@pytest.mark.parametrize(
    "bad",
    [b"", b"[]", b"{}", b'{"A": {"nob": "x"}', b'{"A": "x"}', b'{"A": {"nob": 1}}', b'{"A": {}}'],
)
def test_other_maps_are_refused(bad: bytes) -> None:
    with pytest.raises(UnreadableAnswer):
        json_map.decode(bad, "code", ("nob",))


def test_json_map_needs_its_fields() -> None:
    with pytest.raises(InvalidOptions, match="fields: expected a list of texts, found nothing"):
        json_map.read(b"{}", spec("json-map", {}), answer())

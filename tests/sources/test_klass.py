"""KLASS answers: codes, changes and correspondences, and what clipping does to validity."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from sources.model import UnreadableAnswer
from sources.readers import klass
from sources.readers.options import InvalidOptions
from tests.sources.reader_kit import answer, real, spec

BASE = "https://data.ssb.no/api/klass/v1/classifications/131/"
ASKED = (date(2015, 1, 1), date(2026, 1, 1))
OPEN = (None, None)


def code(**fields: object) -> dict[str, Any]:
    made = {"code": "5001", "parentCode": None, "level": "1", "name": "Trondheim"}
    return made | {"validFrom": None, "validTo": None} | fields


def body(kind: str, *items: dict[str, Any]) -> bytes:
    return json.dumps({kind: list(items)}).encode()


def test_recorded_codes_of_a_range_are_unclipped() -> None:
    read = klass.read(
        real("klass/131_codes_2015-01-01_2026-01-01.json"),
        spec("klass-codes", {}),
        answer(url=f"{BASE}codes?from=2015-01-01&to=2026-01-01"),
    )
    rows = [row for row in read.table.to_pylist() if row["code"] == "5001"]
    assert read.dimensions == ()
    assert read.table.num_rows == 868
    assert [(r["valid_from"], r["valid_to"], r["name"]) for r in rows] == [
        (date(2018, 1, 1), date(2020, 1, 1), "Trondheim"),
        (date(2020, 1, 1), date(2023, 1, 1), "Trondheim"),
        (date(2023, 1, 1), None, "Trondheim - Tråante"),
    ]
    assert [(r["from_clipped"], r["to_clipped"]) for r in rows][2] == (False, True)
    halden = next(r for r in read.table.to_pylist() if r["code"] == "0101")
    assert halden["valid_from"] is None
    assert halden["from_clipped"]


def test_recorded_codes_at_a_day_have_no_dates() -> None:
    read = klass.read(
        real("klass/131_codesAt_2024-01-01.json"),
        spec("klass-codes", {}),
        answer(url=f"{BASE}codesAt?date=2024-01-01"),
    )
    assert read.table.num_rows == 358
    assert read.table["valid_from"].null_count == 358
    assert not any(read.table["from_clipped"].to_pylist())


def test_recorded_changes_and_an_empty_answer() -> None:
    changes = klass.decode_changes(real("klass/131_changes_2015-01-01_2026-01-01.json"))
    merged = [r for r in changes.to_pylist() if r["new_code"] == "5054"]
    assert {r["old_code"] for r in merged} == {"1624", "1718"}
    assert {r["change_date"] for r in merged} == {date(2018, 1, 1)}
    empty = klass.decode_changes(real("klass/104_changes_2018-01-01_2019-01-01_empty.json"))
    assert empty.num_rows == 0
    assert empty.column_names == ["old_code", "old_name", "new_code", "new_name", "change_date"]


def test_both_shapes_of_correspondence() -> None:
    asked = (date(2016, 1, 1), date(2018, 1, 2))
    pairs = klass.decode_correspondence(
        real("klass/104_corresponds_131_2016-01-01_2018-01-02.json"), asked
    )
    assert pairs.num_rows == 485
    rissa = next(r for r in pairs.to_pylist() if r["target_code"] == "1624")
    assert (rissa["source_code"], rissa["valid_to"]) == ("16", date(2018, 1, 1))
    table = klass.decode_correspondence(real("klass/correspondencetable_1287.json"), OPEN)
    assert table["valid_from"].null_count == table.num_rows > 0
    assert table.column_names == pairs.column_names


def test_a_new_and_an_ended_code_have_null_on_the_empty_side() -> None:
    made = {"oldCode": "", "oldName": "", "newCode": "9999", "newName": "Ny"}
    ended = {"oldCode": "9998", "oldName": "Gammel", "newCode": "", "newName": ""}
    on = {"changeOccurred": "2020-01-01"}
    rows = klass.decode_changes(body("codeChanges", made | on, ended | on)).to_pylist()
    assert (rows[0]["old_code"], rows[0]["new_code"]) == (None, "9999")
    assert (rows[1]["old_code"], rows[1]["new_code"]) == ("9998", None)


def test_borders_inside_the_range_are_kept() -> None:
    item = code(validFromInRequestedRange="2018-01-01", validToInRequestedRange="2020-01-01")
    row = klass.decode_codes(body("codes", item), ASKED).to_pylist()[0]
    assert (row["valid_from"], row["valid_to"]) == (date(2018, 1, 1), date(2020, 1, 1))
    assert (row["from_clipped"], row["to_clipped"]) == (False, False)


@pytest.mark.parametrize(
    "bad",
    [
        b"<?xml version='1.0'?><codeList/>",
        b'"code","parentCode","level"\n"5001","50","1"\n',
        b"",
        b'{"codes":[{"code":"5001"',
        b'{"codeChanges":[]}',
        b'{"codes":{}}',
        b"[]",
    ],
)
def test_other_bodies_are_refused_with_what_to_do(bad: bytes) -> None:
    with pytest.raises(UnreadableAnswer) as refused:
        klass.read(bad, spec("klass-codes", {}), answer(url=f"{BASE}codes?from=2015-01-01"))
    assert "nav/example" in str(refused.value)
    assert (
        "JSON" in str(refused.value)
        or "resource" in str(refused.value)
        or "list" in str(refused.value)
    )


def test_xml_says_which_header_to_send() -> None:
    with pytest.raises(UnreadableAnswer, match="Accept: application/json"):
        klass.decode_changes(b"<changes/>")


def test_all_faults_of_an_answer_are_listed() -> None:
    faulty = body("codes", code(code=""), code(name=7), {"code": "1"}, code(validFrom="i fjor"))
    with pytest.raises(UnreadableAnswer) as refused:
        klass.decode_codes(faulty, OPEN)
    for part in ("row 0: code is empty", "row 1: name is 7", "row 2: no parentCode"):
        assert part in str(refused.value)
    with pytest.raises(UnreadableAnswer, match="'i fjor' is no date"):
        klass.decode_codes(body("codes", code(validFrom="i fjor")), OPEN)


def test_a_range_that_is_no_date_and_unknown_options_are_refused() -> None:
    with pytest.raises(UnreadableAnswer, match="'i går' is no date"):
        klass.asked_range(f"{BASE}codes?from=i%20g%C3%A5r")
    with pytest.raises(InvalidOptions, match="language: unknown option"):
        klass.read(b"{}", spec("klass-codes", {"language": "nb"}), answer())

"""utdanning.no: programme areas with NUS codes, and people by education and occupation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from sources import registry, translate, validate
from sources.model import AnswerContext, UnreadableAnswer
from sources.readers import utdanning
from sources.readers.options import InvalidOptions
from tests.sources.reader_kit import answer, cell, spec

if TYPE_CHECKING:
    from pathlib import Path

    from sources.model import Cube

URL = "https://v3.api.utdanning.no/sammenligning/arbeidsmarked?nus=3571&retning=nus2styrk08"
MEASURES = ["antall_personer", "antall_kvinner"]


def doc(styrk08: Any = "7115", people: Any = 40, **more: Any) -> dict[str, Any]:
    given = {"nus": ["3571"], "styrk08": styrk08, "kildedato": "2025-11-15", "id": "x"}
    return given | {"antall_personer": people, "antall_kvinner": 3} | more


def reply(*docs: Any, **response: Any) -> bytes:
    return json.dumps({"response": {"docs": docs, **response}}).encode()


def read(body: bytes, url: str = URL, **options: Any) -> Cube:
    given = spec("utdanning-counts", {"measures": MEASURES} | options)
    return utdanning.read(body, given, answer("3571.json", url))


def completed(cube: Cube) -> pa.Table:
    """The cube with what the pipeline adds: the region that it leaves out, and its vintage."""
    country = pa.array(["0"] * cube.table.num_rows).dictionary_encode()
    return cube.table.append_column("region", country).append_column("vintage_id", country)


def test_codes_are_texts_with_their_zeros_in_front() -> None:
    cube = read(reply(doc(["0210"], styrk08_navn="Befal"), doc("7115", "1 200")))
    assert cube.dimensions == ("nus", "styrk08", "period", "measure")
    assert cell(cube, styrk08="0210", measure="antall_personer") == (40.0, None)
    assert cell(cube, styrk08="7115", measure="antall_personer") == (1200.0, None)
    assert cube.labels["styrk08"] == {"0210": "Befal"}
    assert cube.table["period"].to_pylist() == ["2025"] * 4


def test_a_count_that_is_not_there_is_not_zero() -> None:
    hidden = doc("7115")
    del hidden["antall_kvinner"]
    cube = read(reply(hidden, doc("7126", None), doc("7411", 0)))
    assert cell(cube, styrk08="7115", measure="antall_kvinner") == (None, "")
    assert cell(cube, styrk08="7126", measure="antall_personer") == (None, "")
    assert cell(cube, styrk08="7411", measure="antall_personer") == (0.0, None)


def test_codes_below_the_one_asked_for_are_kept_apart() -> None:
    cube = read(reply(doc(nus=["357101"]), doc(nus="357102")))
    assert set(cube.table["nus"].to_pylist()) == {"357101", "357102"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (reply(doc(210)), "document 1: styrk08 210 is no code as text"),
        (reply(doc(["7115", "7126"])), "is no code as text"),
        (reply(doc(), doc(nus=["3551"])), "document 2: nus ['3551'] is not of the code asked for"),
        (reply(doc(kildedato=None)), "kildedato None names no year"),
        (reply(doc(people="mange 4")), "antall_personer mange 4 is no count"),
        (reply(doc(people=True)), "antall_personer True is no count"),
        (reply(doc(antall_nye=3)), "`options` does not name: antall_nye"),
        (reply(doc(), doc()), "stand more than once"),
        (reply(doc(), numFound=2), "1 documents came, numFound says 2"),
        (b'{"error": "nus"}', "expected response.docs"),
        (b'{"response": {"docs": [1]}}', "expected response.docs"),
        (b"<html></html>", "an HTML page"),
    ],
)
def test_what_cannot_be_trusted_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(UnreadableAnswer, match=r"answer 3571\.json") as refused:
        read(body)
    assert said in str(refused.value)


def test_the_address_must_say_which_code_was_asked_for() -> None:
    with pytest.raises(UnreadableAnswer, match="0 NUS codes"):
        read(reply(doc()), url="https://v3.api.utdanning.no/sammenligning/arbeidsmarked")


def area(code: str = "BABAT1----", **more: Any) -> dict[str, Any]:
    nus = [{"nus_kode": "3571", "nus_navn_nb": "Bygg"}, {"nus_kode": "357101", "nus_navn_nb": "B"}]
    return {"programomradekode10": code, "aktiv": True, "sluttkompetanse": None, "nus": nus} | more


def areas(body: bytes) -> Cube:
    plain = {"programomradekode10": "area", "aktiv": "active", "sluttkompetanse": "competence"}
    return utdanning.read(body, spec("utdanning-areas", {"plain": plain}), answer())


def test_an_area_is_a_row_per_nus_code_and_one_without_any() -> None:
    cube = areas(json.dumps([area(), area("STUSP1----", nus=[], aktiv=False)]).encode())
    names = ["area", "active", "competence", "nus", "nus_name"]
    rows = [
        ["BABAT1----", "true", None, "3571", "Bygg"],
        ["BABAT1----", "true", None, "357101", "B"],
        ["STUSP1----", "false", None, None, None],
    ]
    assert cube.table.to_pylist() == [dict(zip(names, row, strict=True)) for row in rows]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"[]", "expected a list of areas"),
        (b'{"areas": []}', "expected a list of areas"),
        (json.dumps([area(), area(nus=[{"nus_kode": 3571, "nus_navn_nb": "B"}])]), "_nb}: 2"),
        (json.dumps([area(nus=None)]), "_nb}: 1"),
        (json.dumps([area(aktiv=1)]), "no texts: aktiv"),
        (json.dumps([{k: v for k, v in area().items() if k != "aktiv"}]), "no area has: aktiv"),
    ],
)
def test_other_lists_of_areas_are_refused(body: bytes | str, said: str) -> None:
    with pytest.raises(UnreadableAnswer) as refused:
        areas(body.encode() if isinstance(body, str) else body)
    assert said in str(refused.value)


def test_options_are_checked() -> None:
    with pytest.raises(InvalidOptions, match=r"(?s)measures.*surprise"):
        utdanning.read(reply(), spec("utdanning-counts", {"surprise": "x"}), answer(url=URL))


def test_made_up_answers_match_their_yaml(made_up_folder: Path) -> None:
    files = sorted((made_up_folder / "utdanning").rglob("*.json"))
    assert len(files) == 12
    for file in files:
        assert "MADE-UP FIGURES" in file.read_text(encoding="utf-8")
        table = registry.table(f"utdanning/{file.parent.name}")
        url = f"{table.request.url}?nus={file.stem}" if table.request else ""
        cube = utdanning.read(file.read_bytes(), table, AnswerContext(url, file.name))
        validate.check(table, cube, vintage="made up", where="")
        assert validate.warn(table, cube) == []


def test_pseudo_codes_are_left_out_with_a_reason(made_up_folder: Path) -> None:
    table = registry.table("utdanning/education_occupation")
    body = (made_up_folder / "utdanning" / "education_occupation" / "3571.json").read_bytes()
    cube = utdanning.read(body, table, AnswerContext(URL, ""))
    done = translate.translate(completed(cube), table)
    assert "0210" in done.table["occupation"].to_pylist()
    assert not {"0000", "9994", "9996", "9999"} & set(done.table["occupation"].to_pylist())
    assert "styrk08=9997: Pseudo code: in education." in done.ignored

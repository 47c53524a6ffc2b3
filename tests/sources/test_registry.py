"""The source YAMLs themselves, and what the registry refuses in them."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from sources import registry
from sources.registry import FOLDER, InvalidSource, UnknownTable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Raw = dict[str, Any]
CAVEAT = {"nb": "Et forbehold.", "en": "A caveat."}


def valid() -> Raw:
    return {
        "id": "ssb/00001",
        "protocol": "json-stat",
        "use": "indicator",
        "title": {"nb": "Prøve", "en": "Sample"},
        "request": {
            "url": "https://data.ssb.no/api/pxwebapi/v2/tables/00001/data",
            "select": {"Nivaa": ["01"], "Region": ["*"], "Tid": ["from(2015)"]},
            "codelists": {"Region": ["agg_KommSummer", "vs_Landet"], "Nivaa": "vs_Nivaa"},
        },
        "recorded": ["ssb/00001/data*.json"],
        "dimensions": {
            "Region": {"role": "geo", "name": "geo", "pattern": "^[0-9]{4}$"},
            "Nivaa": {"role": "breakdown", "name": "level", "codes": {"01": CAVEAT}},
            "Tall": {
                "role": "measure",
                "name": "measure",
                "codes": {"N": CAVEAT | {"unit": "persons", "decimals": 0}},
            },
            "Tid": {
                "role": "time",
                "name": "period",
                "pattern": "^[0-9]{4}$",
                "period_type": "year",
                "reference": "10-01",
            },
        },
        "missing": {".": "M"},
        "not_in_force": "dot",
        "licence": {"theirs": "CC BY 4.0", "ours": "CC BY 4.0"},
        "attribution": {"nb": "Kilde: prøve", "en": "Source: sample"},
        "rhythm": {"frequency": "annual", "month": 6},
        "size": {"min_cells": 1, "max_cells": 10},
        "warnings": ["caveat"],
        "confidence": {"level": "high", "note": "made for a test"},
    }


def write(folder: Path, raw: Raw, name: str | None = None) -> None:
    (folder / "warnings.yaml").write_text(yaml.safe_dump({"caveat": CAVEAT}), encoding="utf-8")
    file = folder / f"{name or raw['id']}.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")


def refusal(folder: Path) -> str:
    with pytest.raises(InvalidSource) as caught:
        registry.load(folder)
    return str(caught.value)


def at(raw: Raw, path: str) -> Raw:
    for part in path.split("/"):
        raw = raw[part] if part else raw
    return raw


def test_every_yaml_of_the_project_is_valid() -> None:
    tables = registry.load()
    assert len(tables) == len(list(FOLDER.glob("*/*.yaml")))
    assert all(table.id == table_id for table_id, table in tables.items())


def test_views_are_sql_identifiers_and_differ() -> None:
    views = [table.view for table in registry.load().values()]
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", view) for view in views)
    assert len(set(views)) == len(views)
    assert registry.table("ssb/09429").view == "ssb_09429"


def test_every_caveat_of_the_vocabulary_is_used() -> None:
    used = {warning for table in registry.load().values() for warning in table.warnings}
    assert used == set(registry.warnings())


def test_indicator_tables_can_become_indicators() -> None:
    for table in registry.load().values():
        if table.use != "indicator":
            continue
        assert table.by_role("geo"), table.id
        assert all(d.title for d in table.dimensions.values()), table.id
        assert table.by_role("time")[0].reference, f"{table.id}: on which day do codes count?"
        assert table.missing, table.id


def test_commuting_has_two_geographic_dimensions() -> None:
    names = [d.name for d in registry.table("ssb/03321").by_role("geo")]
    assert names == ["workplace", "residence"]


def test_sex_has_the_same_codes_in_every_table() -> None:
    for table in registry.load().values():
        for dimension in table.dimensions.values():
            if dimension.name == "sex":
                targets = set(dimension.codes or {}) | set(dimension.aliases.values())
                assert targets <= {"_T", "1", "2"}, table.id


def test_protocols_of_the_schema_have_a_reader() -> None:
    schema = json.loads((FOLDER / "source.schema.json").read_text(encoding="utf-8"))
    for protocol in schema["properties"]["protocol"]["enum"]:
        if protocol != "none":
            assert callable(registry.reader(protocol)), protocol


def test_unknown_table_and_protocol_are_named_with_what_there_is() -> None:
    with pytest.raises(UnknownTable, match=r"ssb/99999.*ssb/09429"):
        registry.table("ssb/99999")
    with pytest.raises(UnknownTable, match=r"'none'.*json-stat"):
        registry.reader("none")


def test_a_valid_file_becomes_a_table(tmp_path: Path) -> None:
    write(tmp_path, valid())
    table = registry.load(tmp_path)["ssb/00001"]
    assert table.request is not None
    assert table.request.codelists["Region"] == ("agg_KommSummer", "vs_Landet")
    assert table.request.codelists["Nivaa"] == ("vs_Nivaa",)
    assert table.title["nb"] == table.title.nb == "Prøve"
    region = table.dimensions["Region"]
    assert region.knows("5001")
    assert not region.knows("50")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "title",
        "request",
        "licence",
        "attribution",
        "rhythm",
        "size",
        "confidence",
        "dimensions/Region",
        "dimensions/Nivaa/codes/01",
    ],
)
def test_unknown_keys_are_refused_everywhere(tmp_path: Path, path: str) -> None:
    raw = copy.deepcopy(valid())
    at(raw, path)["surprise"] = "x"
    write(tmp_path, raw)
    assert "surprise" in refusal(tmp_path)


@pytest.mark.parametrize("protocol", ["json-stat", "udir-report", "nav-survey", "csv", "none"])
def test_unknown_options_are_refused_per_protocol(tmp_path: Path, protocol: str) -> None:
    write(tmp_path, valid() | {"protocol": protocol, "options": {"surprise": "x"}})
    assert "surprise" in refusal(tmp_path)


@pytest.mark.parametrize("key", ["id", "title", "licence", "size", "recorded", "confidence"])
def test_required_keys_are_missed(tmp_path: Path, key: str) -> None:
    raw = valid()
    del raw[key]
    write(tmp_path, raw, name="ssb/00001")
    assert f"'{key}' is a required property" in refusal(tmp_path)


FAULTS: list[tuple[str, Callable[[Raw], object], str]] = [
    ("id", lambda r: r.update(id="ssb/00002"), "ssb/00002 stands in ssb/00001.yaml"),
    ("caveat", lambda r: r.update(warnings=["unheard-of"]), "unheard-of is not in warnings.yaml"),
    ("reason", lambda r: r.update(protocol="none", options={}), "reason: give one if, and only if"),
    ("size", lambda r: r["size"].update(min_cells=11), "min_cells is larger than max_cells"),
    ("selected", lambda r: at(r, "request/select").update(Nivaa=["7", "8"]), "7, 8 not among"),
    ("asked", lambda r: at(r, "request/select").update(Alder=["*"]), "Alder: is not a dimension"),
    ("name", lambda r: at(r, "dimensions/Nivaa").update(name="geo"), "two are named geo"),
    ("taken", lambda r: at(r, "dimensions/Nivaa").update(name="status"), "status is a column"),
    ("two", lambda r: at(r, "dimensions/Nivaa").update(pattern="^x$"), "either codes (closed"),
    ("regex", lambda r: at(r, "dimensions/Region").update(pattern="^[$"), "not a regular expr"),
    ("alias", lambda r: at(r, "dimensions/Nivaa").update(aliases={"x": "02"}), "02 is no code"),
    ("absent", lambda r: at(r, "dimensions/Nivaa").update(absent="02"), "absent: 02 is no code"),
    ("both", lambda r: at(r, "dimensions/Nivaa").update(ignore={"01": CAVEAT}), "also listed in"),
    ("unit", lambda r: at(r, "dimensions/Tall/codes/N").pop("unit"), "needs unit and decimals"),
    ("only", lambda r: at(r, "dimensions/Nivaa/codes/01").update(unit="x"), "only a measure has"),
    ("time", lambda r: at(r, "dimensions/Tid").pop("period_type"), "period_type: give it for"),
    ("role", lambda r: r["dimensions"].pop("Tall"), "one of role measure is needed, 0 given"),
    ("form", lambda r: at(r, "dimensions/Tid").update(form="kostra-county"), "form: only a geo"),
    ("force", lambda r: r.pop("not_in_force"), "not_in_force: say what stands for"),
]


@pytest.mark.parametrize(("change", "said"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_contradictions_inside_a_file_are_refused(
    tmp_path: Path, change: Callable[[Raw], object], said: str
) -> None:
    raw = copy.deepcopy(valid())
    change(raw)
    write(tmp_path, raw, name="ssb/00001")
    assert said in refusal(tmp_path)


def test_all_problems_of_all_files_are_listed_at_once(tmp_path: Path) -> None:
    write(tmp_path, valid() | {"warnings": ["a", "b"], "id": "ssb/00001"})
    write(tmp_path, valid() | {"use": "fun", "id": "nav/x"})
    said = refusal(tmp_path)
    assert "3 problem(s) in 2 source file(s)" in said
    assert all(part in said for part in ("nav/x.yaml", "use: 'fun'", "ssb/00001.yaml", "b is not"))


def test_two_tables_with_one_sql_name_are_refused(tmp_path: Path) -> None:
    for name in ("ssb/abc", "ssb/ABC"):
        write(tmp_path, valid() | {"id": name})
    assert "gives the SQL name ssb_abc" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("codes:\n  01: x\n", "key 1 is not text -> put it in quotes"),
        ("no: x\n", "key False is not text"),
        ("id: a\nid: b\n", "key id is given twice"),
        ("id: [\n", "not readable as YAML"),
        ("- a\n", "holds no mapping"),
    ],
)
def test_texts_that_yaml_would_bend_are_refused(tmp_path: Path, text: str, said: str) -> None:
    write(tmp_path, valid())
    (tmp_path / "ssb" / "bent.yaml").write_text(text, encoding="utf-8")
    assert said in refusal(tmp_path)

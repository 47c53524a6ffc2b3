"""Wanted indicators stand in every catalogue with their reason, and nowhere with a figure."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from warehouse import (
    catalogue,
    definition,
    definition_list,
    definition_pages,
    definition_skeleton,
    definitions_package,
    versions,
    wanted,
)
from warehouse.definition import InvalidDefinition
from warehouse.definition_list import BEGIN, END, NoPlaceForList, Span
from warehouse.explanation import NoSuchFigure, explain
from warehouse.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ONE = "low_income"


def changed(folder: Path, change: Callable[[dict[str, Any]], object], name: str = ONE) -> Path:
    """A folder of definitions with one wanted indicator, changed."""
    (folder / wanted.FOLDER).mkdir(parents=True, exist_ok=True)
    raw = yaml.safe_load((wanted.SCHEMA.parent / f"{ONE}.yaml").read_text("utf-8"))
    change(raw)
    text = yaml.safe_dump(raw, allow_unicode=True, sort_keys=False)
    (folder / wanted.FOLDER / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def rows() -> dict[str, dict[str, Any]]:
    table = catalogue.indicator_table(
        definition.load().values(), {"population": 7}, wanted.load().values()
    )
    return {row["indicator_id"]: row for row in table.to_pylist()}


def test_none_is_both_wanted_and_computed() -> None:
    found = wanted.load()
    assert found
    assert not set(found) & set(definition.load())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: raw.pop("wanted"), "wanted"),
        (lambda raw: raw.pop("rki"), "rki"),
        (lambda raw: raw.update(sources=["ssb/09429"]), "sources"),
        (lambda raw: raw.update(version="1.0.0"), "version"),
        (lambda raw: raw.update(version="0.2.0"), "changelog"),
        (lambda raw: raw.update(id="other"), "does not equal"),
        (lambda raw: raw["wanted"].pop("en"), "en"),
    ],
    ids=["reason", "rki", "source", "version", "changelog", "id", "language"],
)
def test_what_is_wrong_is_named(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    with pytest.raises(InvalidDefinition, match=said):
        wanted.load(changed(tmp_path, change))


def test_what_is_computed_is_no_longer_wanted(tmp_path: Path) -> None:
    folder = changed(tmp_path, lambda raw: raw.update(id="population"), "population")
    for kind in ("yaml", "sql"):
        shutil.copy(definition.FOLDER / f"population.{kind}", folder)
    with pytest.raises(InvalidDefinition, match="remove the wanted one"):
        wanted.load(folder)


def test_the_catalogue_says_what_has_figures_and_why_the_rest_has_none() -> None:
    found = rows()
    assert set(found) == {*definition.load(), *wanted.load()}
    assert (found["population"]["status"], found["population"]["reason_nb"]) == ("figures", "")
    silent = found["higher_education"]
    assert (silent["status"], silent["unit"]) == ("no answer from the source", "percent")
    assert silent["reason_en"] == "No answer has been fetched from the source."
    missing = found[ONE]
    assert (missing["status"], missing["figures"]) == ("wanted", 0)
    assert (missing["unit"], missing["aggregation"], missing["sources"]) == (None, None, "")
    assert missing["reason_nb"] == wanted.load()[ONE].reason.nb


def test_a_page_says_why_there_are_no_figures() -> None:
    pages = definition_pages.pages(definition.load(), wanted.load())
    one = wanted.load()[ONE]
    assert one.reason.nb in pages[f"nb/{ONE}.md"]
    assert "## Why there are no figures\n" in pages[f"en/{ONE}.md"]
    assert "## SQL" not in pages[f"en/{ONE}.md"]
    assert f"[{one.title.nb} (ønsket, uten åpen kilde)]({ONE}.md)" in pages["nb/index.md"]
    assert f"{ONE}.html" in pages["en/index.html"]


def test_explaining_it_tells_the_reason() -> None:
    with pytest.raises(NoSuchFigure) as caught:
        explain(Workspace("trondelag"), ONE, "50")
    assert wanted.load()[ONE].reason.en in str(caught.value)


def test_a_skeleton_does_not_stand_beside_what_is_wanted(tmp_path: Path) -> None:
    folder = changed(tmp_path, lambda raw: None)
    with pytest.raises(definition_skeleton.CannotStart, match="lists it as wanted"):
        definition_skeleton.write(folder, ONE, ["ssb/09429"], 5)
    assert [path.name for path in folder.iterdir()] == [wanted.FOLDER]


def test_a_release_is_made_anew_when_a_reason_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made_of() -> str:
        return versions.derived(Workspace("trondelag"), versions.STAGED, {})

    before = made_of()
    text = {"nb": "En annen grunn.", "en": "Another reason."}
    folder = changed(tmp_path, lambda raw: raw.update(wanted=text))
    monkeypatch.setattr(definition, "FOLDER", folder)
    assert made_of() != before


def test_a_package_holds_what_is_wanted_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, pin = tmp_path / "package", tmp_path / "pin.yaml"
    sha256 = definitions_package.export(package, "1.0.0")
    entries = json.loads((package / "catalogue.json").read_text("utf-8"))
    listed = {e["id"]: e["wanted"]["en"] for e in entries if "wanted" in e}
    assert listed == {name: one.reason.en for name, one in wanted.load().items()}
    assert (package / f"pages/nb/{ONE}.html").exists()
    own = changed(tmp_path / "own", lambda raw: raw.update(id="other"), "other")
    for kind in ("yaml", "sql"):
        text = (definition.FOLDER / f"population.{kind}").read_text("utf-8")
        text = text.replace("id: population\n", f"id: {ONE}\n")
        (own / f"{ONE}.{kind}").write_text(text, encoding="utf-8")
    pin.write_text(
        f"package: package\nversion: 1.0.0\nsha256: {sha256}\nown: own\n", encoding="utf-8"
    )
    computed = set(wanted.load())
    monkeypatch.setenv(definition.PIN_VARIABLE, str(pin))
    assert ONE in definition.load()
    assert set(wanted.load()) == (computed | {"other"}) - {ONE}


def test_a_stray_wanted_file_is_not_taken_from_a_package(tmp_path: Path) -> None:
    package, pin = tmp_path / "package", tmp_path / "pin.yaml"
    sha256 = definitions_package.export(package, "1.0.0")
    pin.write_text(f"package: package\nversion: 1.0.0\nsha256: {sha256}\n", encoding="utf-8")
    (package / "definitions" / wanted.FOLDER / "stray.yaml").write_text("id: stray\n", "utf-8")
    with pytest.raises(definitions_package.WrongDefinitions, match=r"wanted/stray\.yaml"):
        definitions_package.pinned_wanted(pin)


def test_the_list_has_a_line_for_each() -> None:
    spans = {"population": Span("2015", "2026"), "leavers": Span("2025-26", "2025-26")}
    table = definition_list.markdown(definition.load().values(), wanted.load().values(), spans)
    lines = table.splitlines()
    assert (
        "| 1 | Befolkning 1. januar | municipality | ssb/07459 | 2015 – 2026 | figures |" in lines
    )
    leavers = next(line for line in lines if "udir/leavers_county" in line)
    assert leavers.endswith("| county | udir/leavers_county | 2025-26 | figures |")
    assert (
        sum(line.endswith("| none | no answer |") for line in lines) == len(definition.load()) - 2
    )
    one = wanted.load()[ONE]
    assert f"| 5 | {one.title.nb} | {one.reason.en} |" in lines
    assert len(lines) == len(definition.load()) + len(wanted.load()) + 5


def test_the_list_is_put_between_its_marks() -> None:
    text = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert definition_list.put_in(text, "new\n", "x") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    for wrong in ("none", f"{BEGIN}\n", f"{END}\n{BEGIN}\n", text + text):
        with pytest.raises(NoPlaceForList, match=r"README\.md needs"):
            definition_list.put_in(wrong, "new\n", "README.md")


def test_periods_are_those_with_a_figure(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    (tmp_path / "parquet").mkdir()
    values = pa.table(
        {
            "indicator_id": ["a", "a", "a", "b"],
            "period": ["2014", "2015", "2016", "2016"],
            "value": [None, 1.0, 2.0, None],
        }
    )
    pq.write_table(values, tmp_path / "parquet" / "indicator_value.parquet")
    assert definition_list.spans(tmp_path) == {"a": Span("2015", "2016")}

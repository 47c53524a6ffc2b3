"""Definition files say all that they must; packages of others are used only as they were pinned."""

from __future__ import annotations

import argparse
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from pipeline import definition_commands
from tests.warehouse import hand_worked
from warehouse import (
    definition,
    definition_checks,
    definition_skeleton,
    definitions_package,
    versions,
)
from warehouse.definition import InvalidDefinition
from warehouse.definitions_package import WrongDefinitions
from warehouse.sandbox import UnsafeDefinition
from warehouse.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SHARE = "higher_education"
THEME_READ, EXAMPLE_READ = 5, "employed_upper_secondary"
PAGES = ("Definisjon", "Slik leses tallet", "Teller", "Nevner", "Brudd i tidsserien", "SQL")


def changed(folder: Path, change: Callable[[dict[str, Any]], None], name: str = SHARE) -> Path:
    """A folder with one definition, changed."""
    folder.mkdir(exist_ok=True)
    raw = yaml.safe_load((definition.FOLDER / f"{name}.yaml").read_text("utf-8"))
    change(raw)
    text = yaml.safe_dump(raw, allow_unicode=True, sort_keys=False)
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    shutil.copy(definition.FOLDER / f"{name}.sql", folder)
    return folder


@pytest.mark.parametrize(
    "key",
    ["interpretation", "numerator", "denominator", "population", "age", "reference_time",
     "minimum_denominator", "jump_tolerance", "breaks", "goals", "direction", "contact",
     "changelog", "rki", "aggregation"],
)  # fmt: skip
def test_what_is_missing_is_named(tmp_path: Path, key: str) -> None:
    folder = changed(tmp_path / "own", lambda raw: raw.pop(key))
    with pytest.raises(InvalidDefinition, match=key):
        definition.load(folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"colour": "blue"}, "colour"),
        ({"goals": ["5.1"]}, "goals"),
        ({"goals": "all"}, "goals"),
        ({"direction": "up"}, "direction"),
        ({"age": "grown up"}, "age"),
        ({"rki": "official"}, "rki"),
        ({"minimum_denominator": 0}, "minimum_denominator"),
        ({"jump_tolerance": {"percent": 5}}, "points for every other unit"),
        ({"jump_tolerance": {"points": 5, "percent": 5}}, "jump_tolerance"),
        ({"breaks": [{"period": "2014"}]}, "reason"),
        ({"breaks": [{"period": "soon", "reason": {"nb": "Hva", "en": "What"}}]}, "breaks"),
        ({"contact": {"name": {"nb": "Hvem", "en": "Who"}, "email": "nobody"}}, "contact"),
        ({"weight": {"nb": "Folketall", "en": "Population"}}, "weight: belongs"),
        ({"aggregation": "weighted"}, "weight: belongs"),
        ({"geography": ["secrets"]}, "geography"),
        ({"unit": "persons", "jump_tolerance": {"percent": 5}}, "denominator: belongs"),
        ({"version": "2.0.0"}, "changelog"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    folder = changed(tmp_path / "own", lambda raw: raw.update(change))
    with pytest.raises(InvalidDefinition, match=said):
        definition.load(folder)


def test_every_definition_of_the_project_says_what_it_is_about() -> None:
    found = definition.load()
    assert len(found) >= 26
    for indicator in found.values():
        assert indicator.meaning
        assert indicator.changelog[-1].version == indicator.version
        assert indicator.sha256
    # Names that RKI itself has published were read for theme 5, and one example of theme 1.
    confirmed = [d for d in found.values() if d.rki == "confirmed name"]
    assert {d.id for d in confirmed if d.theme != THEME_READ} <= {EXAMPLE_READ}


def test_weighted_is_a_ratio_of_figure_times_weight() -> None:
    """9001 has 10 per cent of 100 persons, 9002 has 40 of 300: together 32.5, not 25."""
    rows = [
        hand_worked.row("municipality", "9001", "2022", numerator=0.10 * 100, denominator=100.0),
        hand_worked.row("municipality", "9002", "2022", numerator=0.40 * 300, denominator=300.0),
        hand_worked.row("municipality", "9003", "2022", numerator=0.0, denominator=100.0),
    ]
    made = hand_worked.values(rows, aggregation="weighted")
    assert made["north", "2022"]["value"] == pytest.approx(32.5)


@pytest.fixture
def package(tmp_path: Path) -> tuple[Path, Path]:
    """An exported package and a file that pins it."""
    folder = tmp_path / "package"
    sha256 = definitions_package.export(folder, "1.2.0")
    pin = tmp_path / "pin.yaml"
    pin.write_text(f"package: package\nversion: 1.2.0\nsha256: {sha256}\n", encoding="utf-8")
    return folder, pin


def test_a_package_holds_the_whole_catalogue(package: tuple[Path, Path]) -> None:
    folder, _ = package
    own = definition.load(definition.FOLDER)
    listed = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert there == {*listed, "manifest.json"}
    entries = json.loads((folder / "catalogue.json").read_text("utf-8"))
    computed = {e["id"]: e["sql"] for e in entries if "sql" in e}
    assert computed == {d.id: d.sql for d in own.values()}
    for name, indicator in own.items():
        assert f"definitions/{name}.sql" in there
        for language in ("nb", "en"):
            page = (folder / f"pages/{language}/{name}.md").read_text("utf-8")
            assert page.startswith(f"# {indicator.title[language]}\n")
            assert indicator.definition[language] in page
            assert f"pages/{language}/{name}.html" in there
    page = (folder / f"pages/nb/{SHARE}.md").read_text("utf-8")
    assert [f"## {heading}" for heading in PAGES if f"## {heading}\n" not in page] == []
    web = (folder / f"pages/en/{SHARE}.html").read_text("utf-8")
    assert '<html lang="en">' in web
    assert "'03a'" not in web  # quotes and signs of the SQL are escaped
    assert "&lt;&gt; &#x27;M&#x27;" in web


def test_two_exports_are_equal(package: tuple[Path, Path], tmp_path: Path) -> None:
    again = definitions_package.export(tmp_path / "again", "1.2.0")
    assert f"sha256: {again}" in package[1].read_text("utf-8")


def test_a_pinned_package_is_used(
    package: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = definition.load()
    monkeypatch.setenv("KOMPETANSE_DEFINITIONS", str(package[1]))
    used = definition.load()
    assert {d.folder for d in used.values()} == {package[0].resolve() / "definitions"}
    assert {i: d.sha256 for i, d in used.items()} == {i: d.sha256 for i, d in own.items()}


def test_own_definitions_override_and_add(
    package: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = versions.derived(Workspace("trondelag"), f"indicator/{SHARE}", {})
    own = changed(tmp_path / "own", lambda raw: raw.update(decimals=2))
    added = changed(own, lambda raw: raw.update(id="added"))
    for kind in ("yaml", "sql"):
        shutil.move(added / f"{SHARE}.{kind}", added / f"added.{kind}")
    changed(own, lambda raw: raw.update(decimals=2))
    _, pin = package
    pin.write_text(pin.read_text("utf-8") + "own: own\n", encoding="utf-8")
    monkeypatch.setenv("KOMPETANSE_DEFINITIONS", str(pin))
    used = definition.load()
    assert used[SHARE].decimals == 2
    assert used["added"].folder == own.resolve()
    assert used["population"].folder == package[0].resolve() / "definitions"
    # What was computed by the other definition is not taken for this one's.
    assert versions.derived(Workspace("trondelag"), f"indicator/{SHARE}", {}) != before


def tamper_sql(folder: Path) -> None:
    with (folder / f"definitions/{SHARE}.sql").open("a") as file:
        file.write("-- more\n")


def tamper_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text("utf-8").replace("1.2.0", "1.2.1"), encoding="utf-8")


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (tamper_sql, f"definitions/{SHARE}.sql is not the file"),
        (tamper_manifest, "manifest.json has sha256"),
        (lambda f: (f / f"definitions/{SHARE}.yaml").unlink(), "is not there"),
        (lambda f: (f / "definitions/extra.yaml").write_text("id: extra"), "not in the manifest"),
        (lambda f: (f / "manifest.json").unlink(), "manifest.json is not there"),
    ],
)
def test_a_package_that_is_not_the_pinned_one_is_refused(
    package: tuple[Path, Path], tamper: Callable[[Path], None], said: str
) -> None:
    folder, pin = package
    tamper(folder)
    with pytest.raises(WrongDefinitions, match=said):
        definitions_package.pinned(pin)


def repinned(folder: Path, pin: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """A manifest that its sender has written otherwise, and whose hash somebody pinned."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    sha256 = definitions_package._sha256(path.read_bytes())
    pin.write_text(f"package: package\nversion: 1.2.0\nsha256: {sha256}\n", encoding="utf-8")


def test_a_package_reaches_no_file_outside_it(package: tuple[Path, Path], tmp_path: Path) -> None:
    folder, pin = package
    (tmp_path / "outside.yaml").write_text("secret", encoding="utf-8")
    repinned(folder, pin, lambda m: m["files"].update({"../outside.yaml": "00"}))
    with pytest.raises(WrongDefinitions, match="outside the package"):
        definitions_package.pinned(pin)


def test_an_alias_of_yaml_is_refused(package: tuple[Path, Path]) -> None:
    folder, pin = package
    bomb = b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    (folder / "definitions/bomb.yaml").write_bytes(bomb)
    repinned(
        folder, pin,
        lambda m: m["files"].update({"definitions/bomb.yaml": definitions_package._sha256(bomb)}),
    )  # fmt: skip
    with pytest.raises(WrongDefinitions, match="alias"):
        definitions_package.pinned(pin)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("package: package\n", "sha256: is missing"),
        ("package: package\nversion: 9.9.9\nsha256: {sha}\n", "version is 1.2.0, pinned is 9.9.9"),
        ("package: package\nversion: 1.2.0\nsha256: 00\nelse: 1\n", "else: unknown key"),
        ("package: nowhere\nversion: 1.2.0\nsha256: aa\n", "manifest.json is not there"),
    ],
)
def test_a_wrong_pin_is_refused(package: tuple[Path, Path], text: str, said: str) -> None:
    folder, pin = package
    sha256 = definitions_package._sha256((folder / "manifest.json").read_bytes())
    pin.write_text(text.replace("{sha}", sha256), encoding="utf-8")
    with pytest.raises(WrongDefinitions, match=said):
        definitions_package.pinned(pin)


def test_a_pin_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(WrongDefinitions, match="cannot be read"):
        definitions_package.pinned(tmp_path / "nothing.yaml")


def test_foreign_sql_runs_in_the_sandbox(package: tuple[Path, Path]) -> None:
    folder, pin = package
    evil = b"select * from read_text('/etc/hostname')\n"
    (folder / f"definitions/{SHARE}.sql").write_bytes(evil)
    hashes = {f"definitions/{SHARE}.sql": definitions_package._sha256(evil)}
    repinned(folder, pin, lambda m: m["files"].update(hashes))
    foreign = definitions_package.pinned(pin)[SHARE]
    rows = [hand_worked.row("municipality", "9001", "2022", numerator=1.0, denominator=2.0)]
    with pytest.raises(UnsafeDefinition, match=f"Indicator {SHARE}: "):
        hand_worked.values(rows, id=foreign.id, sql=foreign.sql)


def test_export_writes_only_into_a_new_folder(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("mine", encoding="utf-8")
    with pytest.raises(definitions_package.CannotExport, match="not empty"):
        definitions_package.export(tmp_path, "1.0.0")
    with pytest.raises(definitions_package.CannotExport, match="no version"):
        definitions_package.export(tmp_path / "new", "first")
    assert [p.name for p in tmp_path.iterdir()] == ["kept"]


def test_a_skeleton_says_what_is_still_to_be_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    definition_commands.indicator_arguments(parser)
    line = ["new", "my_share", "--source", "ssb/09429", "--theme", "3", "--folder", str(tmp_path)]
    assert definition_commands.indicator_new(parser.parse_args(line)) == 0
    printed = capsys.readouterr().out
    with pytest.raises(InvalidDefinition) as caught:
        definition.load(tmp_path)
    for what in ("title.nb", "definition.en", "numerator.nb", "contact.name.nb", "SQL"):
        assert f"{what}: still to be said" in str(caught.value)
        assert f"{what}: still to be said" in printed
    problems = definition.problems_of(tmp_path / "my_share.yaml")
    assert all("still to be said" in problem for problem in problems)


def test_a_skeleton_of_which_all_is_said_is_a_definition(tmp_path: Path) -> None:
    definition_skeleton.write(tmp_path, "my_share", ["ssb/09429"], 3)
    for path in tmp_path.iterdir():
        text = path.read_text("utf-8").replace(f"{definition_checks.TO_SAY}: ", "said ")
        path.write_text(text, encoding="utf-8")
    assert definition.load(tmp_path)["my_share"].theme == 3


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [("../evil", "ssb/09429", "no id"), ("Big", "ssb/09429", "no id"),
     ("fine", "ssb/00000", "no source"), ("taken", "ssb/09429", "there already")],
)  # fmt: skip
def test_a_skeleton_that_cannot_be_written(
    tmp_path: Path, name: str, source: str, said: str
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "taken.sql").write_text("select 1", encoding="utf-8")
    with pytest.raises(definition_skeleton.CannotStart, match=said):
        definition_skeleton.write(folder, name, [source], 1)
    assert [p.name for p in folder.iterdir()] == ["taken.sql"]
    assert [p.name for p in tmp_path.iterdir()] == ["own"]

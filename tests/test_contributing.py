"""CONTRIBUTING.md followed to the letter, in a copy of the project.

The files it shows are written, the commands it gives are run, and what it promises is looked
for. The last test is for contributors: it reads the answers they recorded.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parent.parent
ROOMS = ("assets", "counties", "expectations", "pipeline", "sources", "sql", "tests", "warehouse")
FENCE = re.compile(r"^( *)```(\w+)(?: (\S+))?\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
MOST_STEPS = 5
SECTIONS = ("Add a source", "Add an indicator", "Add a county")
NEW_INDICATOR, NEW_TABLE, NEW_COUNTY = "upper_secondary_or_fagskole", "ssb/12609", "agder"

# One county, one table and one indicator, step by step: the pipeline's own steps without the
# tables that the examples do not need.
STEPS = """
import json, sys
from pathlib import Path
from warehouse.workspace import MADE_UP, Workspace, data_root
from sources import made_up, recorded, registry
from sources.archive import Archive
from warehouse import steps

root = data_root()
workspace = Workspace("agder", MADE_UP, root)
made_up.write(root / "answers", counties=("42",))
recorded.import_folder(Archive(workspace.archive), root / "answers", registry.load().values())
for table in (*steps.PLACING, "ssb/09429", "ssb/12609"):
    steps.raw(workspace, table)
steps.code_lists(workspace)
steps.geography(workspace)
for table in ("ssb/09429", "ssb/12609"):
    steps.conformed(workspace, table)
values = steps.indicator(workspace, "upper_secondary_or_fagskole").table.to_pylist()
cells = steps.parquet.read(workspace.step("conformed", "ssb/12609")).to_pylist()
json.dump({"values": values, "cells": cells}, sys.stdout, default=str)
"""


@dataclass(frozen=True)
class Section:
    """One section of CONTRIBUTING.md: its numbered steps, files by path, commands."""

    steps: tuple[str, ...]
    files: dict[str, str]
    commands: tuple[str, ...]


def section(title: str) -> Section:
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    part = text.split(f"\n## {title}\n")[1].split("\n## ")[0]
    files, commands = {}, []
    for _, language, path, body in FENCE.findall(part):
        if path:
            files[path] = textwrap.dedent(body)
        elif language == "console":
            lines = textwrap.dedent(body).splitlines()
            commands += [line.removeprefix("$ ") for line in lines]
    return Section(tuple(re.findall(r"^\d+\. .*", part, re.MULTILINE)), files, tuple(commands))


class Copy:
    """A copy of the project's folders, with a data root of its own."""

    def __init__(self, folder: Path) -> None:
        self.project, self.data = folder / "project", folder / "data"
        ignore = shutil.ignore_patterns("__pycache__", ".*")
        for room in ROOMS:
            shutil.copytree(PROJECT / room, self.project / room, ignore=ignore)
        for file in ("CONTRIBUTING.md", "pyproject.toml"):
            shutil.copy(PROJECT / file, self.project / file)
        # The example is a county that has a file by now: followed as if it had none.
        (self.project / "counties" / f"{NEW_COUNTY}.yaml").unlink()

    def add(self, files: dict[str, str]) -> None:
        for path, text in files.items():
            target = self.project / path
            assert not target.exists(), f"{path} exists already: the example adds nothing"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")

    def python(self, *arguments: str) -> str:
        """Run the code of the copy, not that of the project, on the data root of the copy."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.project,
            env=os.environ
            | {"PYTHONPATH": str(self.project), "KOMPETANSE_DATA": str(self.data)}
            | {"PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    def command(self, line: str) -> str:
        """Run a line of CONTRIBUTING.md; .venv/bin is the Python that runs the tests."""
        program, *arguments = shlex.split(line)
        if program == "sha256sum":
            return hashlib.sha256((self.project / arguments[0]).read_bytes()).hexdigest()
        module = {".venv/bin/kompetanse": ["-m", "pipeline"], ".venv/bin/python": []}[program]
        return self.python(*module, *arguments)

    def hashes(self) -> dict[str, str]:
        files = (p for p in self.project.rglob("*") if p.is_file())
        return {
            p.relative_to(self.project).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in files
            if ".pytest_cache" not in p.parts and "__pycache__" not in p.parts
        }


@dataclass(frozen=True)
class Followed:
    """A copy in which all three sections have been followed, and what their steps made."""

    copy: Copy
    before: dict[str, str]
    values: list[dict[str, Any]]
    cells: list[dict[str, Any]]


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    copy = Copy(tmp_path_factory.mktemp("contributing"))
    before = copy.hashes()
    for title in SECTIONS:
        copy.add(section(title).files)
    for line in section("Add a source").commands:
        if " demo" not in line:
            copy.command(line)
    made = json.loads(copy.python("-c", STEPS))
    return Followed(copy, before, made["values"], made["cells"])


@pytest.mark.parametrize("title", SECTIONS)
def test_at_most_five_steps_in_order(title: str) -> None:
    numbers = [int(step.split(".")[0]) for step in section(title).steps]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) <= MOST_STEPS


@pytest.mark.parametrize(
    ("title", "places"),
    [
        ("Add a source", {"sources/ssb/12609.yaml", "tests/recorded/ssb_12609"}),
        ("Add an indicator", {f"sql/indicators/{NEW_INDICATOR}{end}" for end in (".sql", ".yaml")}),
        ("Add a county", {"counties/agder.yaml"}),
    ],
)
def test_places_touched(title: str, places: set[str]) -> None:
    """A source is a YAML and a recorded answer, an indicator YAML and SQL, a county a YAML."""
    files = section(title).files
    assert files
    assert all(any(f == p or f.startswith(f"{p}/") for p in places) for f in files)
    assert all(any(f == p or f.startswith(f"{p}/") for f in files) for p in places)


def test_nothing_else_was_touched(followed: Followed) -> None:
    after = followed.copy.hashes()
    added = {path for title in SECTIONS for path in section(title).files}
    assert set(after) - set(followed.before) == added
    assert {path: after.get(path) for path in followed.before} == followed.before


def test_sha256_is_that_of_the_answer(followed: Followed) -> None:
    source = section("Add a source")
    line = next(c for c in source.commands if c.startswith("sha256sum"))
    index = json.loads(source.files["tests/recorded/ssb_12609/index.json"])
    assert [entry["sha256"] for entry in index] == [followed.copy.command(line)]


def test_new_source_is_archived_and_conformed(followed: Followed) -> None:
    listed = followed.copy.command(f".venv/bin/kompetanse archive list --table {NEW_TABLE}")
    assert "made_up" in listed
    assert [(c["geo_level"], c["geo_code"], c["period"]) for c in followed.cells] == [
        ("country", "0", "2024"),
        ("country", "0", "2025"),
        ("county", "50", "2024"),
        ("county", "50", "2025"),
    ]
    assert [(c["value"], c["obs_status"]) for c in followed.cells] == [
        (11.1, "A"), (None, "O"), (22.2, "A"), (33.3, "A"),
    ]  # fmt: skip


def test_new_indicator_has_a_value_for_every_region(followed: Followed) -> None:
    rows = {
        row["region_id"]: row
        for row in followed.values
        if row["region_set"] == "ssb_economic_2024"
        and row["period"] == "2024"
        and row["sex"] == "_T"
    }
    assert sorted(rows) == [f"4200{number}" for number in range(1, 9)]
    for row in rows.values():
        assert row["value"] == pytest.approx(100 * row["numerator"] / row["denominator"])
        assert row["data_origin"] == "made_up"


def test_new_indicator_and_the_levels_it_was_made_of(followed: Followed) -> None:
    """The county is the sum of its municipalities, in the new county as in any other."""
    newest = [r for r in followed.values if r["period"] == "2024" and r["sex"] == "_T"]
    whole = next(r for r in newest if r["region_set"] == "county")
    parts = [r["numerator"] for r in newest if r["region_set"] == "municipality"]
    assert len(parts) == 25
    assert whole["region_id"] == "42"
    assert sum(parts) == pytest.approx(whole["numerator"], rel=0.01)


@pytest.mark.slow
def test_demonstration_publishes_what_was_added(followed: Followed) -> None:
    """The county's command, as written; the other sections' `demo` is the same for Trøndelag."""
    import duckdb

    demos = {line for title in SECTIONS for line in section(title).commands if " demo" in line}
    longest = max(demos, key=len)
    assert demos == {
        ".venv/bin/kompetanse demo",
        f".venv/bin/kompetanse demo --county {NEW_COUNTY}",
    }
    printed = followed.copy.command(longest)
    assert "Andel med videregående skole" in printed
    file = followed.copy.data / "releases" / f"current-demo-{NEW_COUNTY}" / "kompetanse.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute(
            "select (select figures > 0 from indicator where indicator_id = $indicator), "
            "(select count(*) from source_table where source_table_id = $table), "
            "(select count(*) from vintage where source_table_id = $table)",
            {"indicator": NEW_INDICATOR, "table": NEW_TABLE},
        ).fetchall()
    assert found == [(True, 1, 1)]


def test_recorded_answers_match_their_yaml(tmp_path: Path) -> None:
    """Every folder of tests/recorded/ can be taken into an archive, decoded and validated."""
    from sources import recorded, registry, vintages
    from sources.archive import Archive

    tables = registry.load()
    for index in sorted((PROJECT / "tests" / "recorded").glob("*/index.json")):
        archive = Archive(tmp_path / index.parent.name)
        done = recorded.import_folder(archive, index.parent, tables.values())
        assert done.documents == 0, f"no source YAML claims {done.documents} answers of {index}"
        claimed = {(entry.table or "", entry.made_up) for entry in archive.entries()}
        for table_id, made_up in sorted(claimed):
            assert vintages.decode(archive, tables[table_id], made_up=made_up).table.num_rows

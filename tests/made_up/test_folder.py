"""The folder as a whole: same bytes every time, the label everywhere, readable by the project."""

from __future__ import annotations

import fnmatch
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from sources import recorded, registry, validate, vintages
from sources.archive import Archive
from sources.made_up import write
from sources.model import AnswerContext

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "real"
Entries = list[dict[str, Any]]


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def text_of(path: Path) -> str:
    body = path.read_bytes()
    if path.suffix != ".xlsx":
        return body.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


def test_a_fresh_process_with_another_hash_seed_writes_the_same_bytes(
    made: Path, tmp_path: Path
) -> None:
    code = f"import pathlib, sources.made_up as m; m.write(pathlib.Path({str(tmp_path)!r}))"
    environment = os.environ | {"PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=environment)
    assert hashes(tmp_path) == hashes(made)


def test_another_seed_gives_other_figures_but_the_same_codes(made: Path, tmp_path: Path) -> None:
    write(tmp_path, seed=1, first_year=2022)
    write(tmp_path / "again", seed=1, first_year=2022)
    ours, theirs = hashes(tmp_path / "again"), hashes(made)
    assert ours == {k: v for k, v in hashes(tmp_path).items() if not k.startswith("again")}
    same = {name for name in ours if ours[name] == theirs.get(name)}
    assert same == {name for name in ours if name.startswith(("klass/", "codes/"))}


def test_every_file_and_every_entry_says_that_it_is_made_up(made: Path, index: Entries) -> None:
    unlabelled = [e["body"] for e in index if "MADE-UP FIGURES" not in text_of(made / e["body"])]
    assert unlabelled == []
    for entry in index:
        assert entry["fidelity"] == "made_up"
        assert "OPPDIKTEDE TALL / MADE-UP FIGURES" in entry["note"]
        assert entry["origin"] == "kompetanse made-up generator, seed 2026"
        if entry["source"] == "klass":
            assert "codes are real" in entry["note"]
    for path in made.glob("ssb/**/*.json"):
        document = json.loads(path.read_bytes())
        assert document["label"].startswith("OPPDIKTEDE TALL (MADE-UP FIGURES) ")
        assert document["note"]


def test_the_index_lists_every_file_with_its_hash(made: Path, index: Entries) -> None:
    found = hashes(made)
    assert {e["body"]: e["sha256"] for e in index} == {
        k: v for k, v in found.items() if k != "index.json"
    }


@pytest.mark.parametrize("part", ["ssb", "klass", "udir", "nav", "dbh", "utdanning"])
def test_every_answer_is_claimed_and_passes_the_checks_of_its_tables(
    made: Path, index: Entries, part: str
) -> None:
    tables = registry.load()
    for entry in (e for e in index if e["source"] == part):
        name = entry["body"]
        claims = [
            t for t in tables.values() if any(fnmatch.fnmatchcase(name, g) for g in t.recorded)
        ]
        # Only a workbook of Nav holds several tables.
        assert len(claims) == 1 or (part == "nav" and claims), (name, [t.id for t in claims])
        context = AnswerContext(url=entry["url"] or "", name=name)
        for table in claims:
            cube = registry.reader(table.protocol)((made / name).read_bytes(), table, context)
            validate.check(table, cube, vintage="made up", where=str(made))
            assert list(validate.warn(table, cube)) == []


def test_the_archive_takes_the_folder_and_prefers_the_newer_vintage(
    made: Path, tmp_path: Path
) -> None:
    archive = Archive(tmp_path)
    tables = registry.load()
    result = recorded.import_folder(archive, made, tables.values())
    assert result.documents == 0
    raw = vintages.decode(archive, tables["ssb/09429"], made_up=True)
    assert [v.entry.as_of for v in raw.vintages] == ["2026-07-03"]
    assert [name.split("#")[0] for name in raw.unused] == ["ssb/09429@2025-08-28"]
    three = vintages.decode(archive, tables["ssb/13563"], made_up=True)
    assert len(three.vintages) == 3
    with pytest.raises(vintages.NoAnswer):
        vintages.decode(archive, tables["ssb/09429"], made_up=False)


def test_no_file_is_a_copy_of_a_published_one(made: Path) -> None:
    if not REAL.is_dir():
        pytest.skip("the published answers (../shared/real) are not on this machine")
    ours = set(hashes(made).values()) | set(hashes(ROOT / "sources" / "made_up").values())
    assert ours.isdisjoint(hashes(REAL.parent).values())


def test_wrong_orders_are_refused_with_every_reason(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="county 99") as refused:
        write(tmp_path, counties=["50", "99", "16"], first_year=2010)
    assert "county 16" in str(refused.value)
    assert "2010-2026: within 2015-2026" in str(refused.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("first", "last"), [(2015, 2016), (2025, 2026), (2018, 2022)])
def test_short_spans_of_years_can_be_written(tmp_path: Path, first: int, last: int) -> None:
    summary = write(tmp_path, counties=["40", "15"], first_year=first, last_year=last)
    assert summary.answers == len(summary.files) > 10
    assert any("EnhetID-50" in name for name in summary.files), "all counties stand in Udir's"

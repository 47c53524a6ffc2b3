"""Bad input: a clear message, the other sources untouched, nothing published, nothing lost.

All faults are put into one folder of answers, so one refresh meets them all at once.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from pipeline import run
from sources import recorded, registry
from sources.archive import Archive
from warehouse import release
from warehouse.counties import InvalidCounty
from warehouse.workspace import MADE_UP, Workspace

if TYPE_CHECKING:
    from pathlib import Path

Spoil = Callable[[bytes], bytes]


def json_change(change: Callable[[dict[str, Any]], None]) -> Spoil:
    def spoil(body: bytes) -> bytes:
        document = json.loads(body)
        change(document)
        return json.dumps(document).encode()

    return spoil


def cut_off(body: bytes) -> bytes:
    return body[: len(body) // 2]


def html(_: bytes) -> bytes:
    return b"<!DOCTYPE html><html><body>Vedlikehold</body></html>"


def one_short(document: dict[str, Any]) -> None:
    document["value"] = document["value"][:-1]


def unknown_code(document: dict[str, Any]) -> None:
    category = document["dimension"]["KOKinnvandringka0000"]["category"]
    document["dimension"]["KOKinnvandringka0000"]["category"] = json.loads(
        json.dumps(category).replace('"J"', '"X"').replace('"N"', '"Y"')
    )


def unknown_symbol(document: dict[str, Any]) -> None:
    document["status"] = dict(document["status"])
    for index in [i for i, v in enumerate(document["value"]) if v is None][:3]:
        document["status"][str(index)] = "?!"


def without_header_words(body: bytes) -> bytes:
    workbook = openpyxl.load_workbook(io.BytesIO(body))
    for sheet in workbook:
        for cells in sheet.iter_rows():
            for cell in cells:
                if isinstance(cell.value, str) and cell.value in MONTHS:
                    cell.value = None
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def beyond_all(document: dict[str, Any]) -> None:
    """A percentage of 130: readable, known codes, and impossible."""
    sizes, axes = document["size"], document["id"]
    contents = document["dimension"]["ContentsCode"]["category"]["index"]
    place = (
        contents["BosatteProsent"]
        if isinstance(contents, dict)
        else contents.index("BosatteProsent")
    )
    step = 1
    for size in sizes[axes.index("ContentsCode") + 1 :]:
        step *= size
    document["value"][place * step] = 130.0


MONTHS = {
    "Januar", "Februar", "Mars", "April", "Mai", "Juni", "Juli", "August", "September",
    "Oktober", "November", "Desember",
}  # fmt: skip


def row_twice(body: bytes) -> bytes:
    lines = body.splitlines(keepends=True)
    return b"".join([*lines, lines[1]])


# table -> file of the answer, what is done to it, and what the message must say
FAULTS: dict[str, tuple[str, Spoil, tuple[str, ...]]] = {
    "ssb/09429": ("ssb/09429/**/data.json", cut_off, ("UnreadableAnswer", "ssb/09429@")),
    "ssb/11618": ("ssb/11618/data.json", html, ("UnreadableAnswer", "HTML")),
    "ssb/14882": (
        "ssb/14882/data.json",
        json_change(one_short),
        ("UnreadableAnswer", "31751 figures", "31752 cells"),
    ),
    "ssb/12274": (
        "ssb/12274/data.json",
        json_change(unknown_code),
        ("SourceChanged", "X", "Y", "KOKinnvandringka0000"),
    ),
    "ssb/13470": ("ssb/13470/data.json", json_change(unknown_symbol), ("SourceChanged", "?!")),
    "ssb/13556": (
        "ssb/13556/data.json",
        json_change(beyond_all),
        ("Gate conformed", "percent", "1 rows", "130", "ssb/13556@"),
    ),
    "nav/unemployed_hl060": (
        "nav/HL060_*.xlsx",
        without_header_words,
        ("UnreadableAnswer", "nav/unemployed_hl060@"),
    ),
    "nav/survey_occupation_2017": (
        "nav/bedriftsundersokelse_2017_mangel_yrke_fylke.csv",
        row_twice,
        ("UnreadableAnswer", "2017"),
    ),
}


@pytest.fixture(scope="module")
def outcome(
    made_up_folder: Path, made_up_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Workspace, run.Outcome, Path]:
    """The outcome of a refresh on spoiled answers, after a good release was published."""
    root = tmp_path_factory.mktemp("spoiled")
    shutil.copytree(made_up_root / "releases", root / "releases", symlinks=True)
    folder = root / "recorded"
    shutil.copytree(made_up_folder, folder)
    entries = json.loads((folder / "index.json").read_bytes())
    for glob, spoil, _ in FAULTS.values():
        # Every vintage, since an older good one would be used in the place of a bad one.
        for spoiled in folder.glob(glob):
            spoiled.write_bytes(spoil(spoiled.read_bytes()))
            name = spoiled.relative_to(folder).as_posix()
            digest = hashlib.sha256(spoiled.read_bytes()).hexdigest()
            for entry in entries:
                if entry["body"] == name:
                    entry["sha256"] = digest
    (folder / "index.json").write_text(json.dumps(entries), encoding="utf-8")
    workspace = Workspace("trondelag", MADE_UP, root)
    before = release.current(workspace)
    assert before is not None
    recorded.import_folder(Archive(workspace.archive), folder, registry.load().values())
    return workspace, run.refresh(workspace, lambda step, word: None), before


def step(table: str) -> str:
    name = table.replace("/", "__")
    gated = table == "ssb/13556"  # read without complaint, stopped by the gate
    return f"conformed__{name}_conformed_contract" if gated else f"raw__{name}"


@pytest.mark.parametrize("table", FAULTS)
def test_each_fault_is_named_with_what_where_and_which_answer(
    table: str, outcome: tuple[Workspace, run.Outcome, Path]
) -> None:
    message = outcome[1].failures[step(table)]
    print(message)
    for part in (*FAULTS[table][2], table):
        assert part in message
    assert "published" in message


def test_nothing_was_published_and_the_good_release_stays(
    outcome: tuple[Workspace, run.Outcome, Path],
) -> None:
    workspace, result, before = outcome
    assert not result.success
    assert release.current(workspace) == before == result.release
    release.verify(before)
    kept = sorted(p.name for p in workspace.releases.iterdir())
    assert kept == sorted(["current-demo-trondelag", before.name])


def test_no_answer_is_lost(outcome: tuple[Workspace, run.Outcome, Path]) -> None:
    archive = Archive(outcome[0].archive)
    entries = json.loads((outcome[0].root / "recorded" / "index.json").read_bytes())
    assert archive.verify() == len(entries)


def test_the_other_sources_were_worked_out(
    outcome: tuple[Workspace, run.Outcome, Path],
) -> None:
    workspace, result, _ = outcome
    assert set(result.failures) == {step(table) for table in FAULTS}
    assert result.skipped > 0
    for indicator in ("out_commuting_share", "labour_shortage", "neet_30_61"):
        assert workspace.step("indicators", indicator).exists()
    for indicator in ("education_level", "employment_rate_15_74"):
        assert not workspace.step("indicators", indicator).exists()


def test_an_older_table_is_never_taken_for_the_one_that_failed(
    outcome: tuple[Workspace, run.Outcome, Path], made_up_root: Path
) -> None:
    from sources.model import UnreadableAnswer
    from warehouse import steps

    workspace = outcome[0]
    left = workspace.step("raw", "ssb/09429")
    left.parent.mkdir(parents=True, exist_ok=True)
    for name in ("09429.parquet", "09429.noted.json"):
        shutil.copy(made_up_root / "work" / "demo-trondelag" / "raw" / "ssb" / name, left.parent)
    with pytest.raises(UnreadableAnswer):
        steps.raw(workspace, "ssb/09429")
    assert not left.exists()
    with pytest.raises(steps.NothingWorkedOut, match="an earlier step has not run or has failed"):
        steps.conformed(workspace, "ssb/09429")


def test_a_region_set_with_a_municipality_that_does_not_exist(
    tmp_path: Path, made_up_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from warehouse import counties, steps

    text = (counties.COUNTIES / "trondelag.yaml").read_text(encoding="utf-8")
    (tmp_path / "trondelag.yaml").write_text(text.replace("5057", "5999"), encoding="utf-8")
    load = counties.load
    monkeypatch.setattr(counties, "load", lambda county: load(county, folder=tmp_path))
    workspace = Workspace("trondelag", MADE_UP, tmp_path / "root")
    recorded.import_folder(Archive(workspace.archive), made_up_folder, registry.load().values())
    for table in steps.PLACING:
        steps.raw(workspace, table)
    with pytest.raises(InvalidCounty) as caught:
        steps.geography(workspace)
    assert "5999" in str(caught.value)
    assert "trondelag.yaml" in str(caught.value)
    assert not workspace.step("conformed", "geography/region").exists()

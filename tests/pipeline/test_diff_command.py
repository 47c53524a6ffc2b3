"""`kompetanse diff` shows people and machines the same difference, and says what it cannot find."""

from __future__ import annotations

import argparse
import json
import shutil
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from pipeline import diff_command
from tests.warehouse.history_kit import Channel, values
from warehouse import parquet, publication_log, release
from warehouse.workspace import MADE_UP, Workspace

if TYPE_CHECKING:
    from pathlib import Path

FIRST = {"period": "2024", "value": 110.0}
REVISED = {"period": "2024", "value": 112.0, "vintage_ids": "ssb/07459@2026#b"}
COMES = {"period": "2025", "value": 120.0, "vintage_ids": "ssb/07459@2026#b"}
A, B, C = (f"trondelag-2026-0{n}-01-{mark * 12}" for n, mark in ((1, "a"), (2, "b"), (3, "c")))


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A data root with three releases of a county, the last of them current."""
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")
    place = Workspace("trondelag", root=tmp_path)
    channel = Channel(place.releases)
    for release_id, rows in ((A, [FIRST]), (B, [REVISED]), (C, [REVISED, COMES])):
        channel.publish(release_id, values(*rows))
        (place.releases / release_id / "manifest.json").write_text(
            json.dumps({"release_id": release_id, "made_of": ""}), encoding="utf-8"
        )
        before = release.current(place)
        said = {"made_of": "", "previous": before.name if before else None}
        publication_log.remember(place, "published", release_id, **said)
        release.pointer(place).unlink(missing_ok=True)
        release.pointer(place).symlink_to(release_id, target_is_directory=True)
    return place


def asked(**given: Any) -> argparse.Namespace:
    usual = {
        "county": "trondelag", "figures": None, "earlier": None, "later": None,
        "json": False, "language": "nb",
    }  # fmt: skip
    return argparse.Namespace(**usual | given)


def test_the_previous_and_the_current_release_are_compared_unless_named(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff_command.diff(asked(json=True)) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["earlier"], told["later"]) == (B, C)
    assert [(r["kind"], r["period"], r["later_value"]) for r in told["changes"]] == [
        ("new", "2025", 120.0)
    ]
    assert diff_command.diff(asked(json=True, earlier=A, later=B)) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["counts"] == {"new": 0, "revised": 1, "redefined": 0, "gone": 0, "status": 0}
    (row,) = told["changes"]
    assert (row["earlier_value"], row["later_value"], row["new_vintage_ids"]) == (
        110.0, 112.0, "ssb/07459@2026#b",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "counted", "title"),
    [("nb", "1 rettet tall", "De største rettelsene"),
     ("en", "1 revised figure", "Greatest revisions")],
)  # fmt: skip
def test_people_read_it_in_their_language(
    workspace: Workspace,
    capsys: pytest.CaptureFixture[str],
    language: str,
    counted: str,
    title: str,
) -> None:
    assert diff_command.diff(asked(earlier=A, language=language)) == 0
    shown = capsys.readouterr().out
    assert A in shown
    assert counted in shown
    assert title in shown
    assert "112" in shown


def test_two_equal_releases_differ_in_nothing(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff_command.diff(asked(earlier=C, later=C)) == 0
    assert "de samme tallene" in capsys.readouterr().out


def test_an_unknown_release_lists_those_there_are(workspace: Workspace) -> None:
    with pytest.raises(release.NoSuchRelease) as caught:
        diff_command.diff(asked(earlier="trondelag-1999"))
    for known in (A, B, C):
        assert known in str(caught.value)


def test_without_an_earlier_release_it_says_what_to_do(workspace: Workspace) -> None:
    with pytest.raises(diff_command.NothingToCompare, match="kompetanse diff EARLIER LATER"):
        diff_command.diff(asked(later=A))
    shutil.rmtree(workspace.releases)
    with pytest.raises(diff_command.NothingToCompare, match="kompetanse refresh"):
        diff_command.diff(asked())


def test_made_up_figures_are_compared_where_there_are_no_others_and_are_called_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path))
    place = Workspace("trondelag", MADE_UP, tmp_path)
    channel = Channel(place.releases)
    first, second = f"demo-{A}", f"demo-{B}"
    for release_id, row in ((first, FIRST), (second, REVISED)):
        channel.publish(release_id, values(row))
        (place.releases / release_id / release.DATABASE).touch()
    release.pointer(place).symlink_to(second, target_is_directory=True)
    region = {"region_set": "county", "region_id": "50", "name_nb": "Trøndelag", "name_en": "T"}
    file = place.releases / second / "parquet" / "region.parquet"
    parquet.write(pa.Table.from_pylist([region]), file)
    assert diff_command.diff(asked(earlier=first)) == 0
    printed = capsys.readouterr()
    assert "OPPDIKTEDE TALL" in printed.err
    assert "1 rettet tall" in printed.out
    assert "Trøndelag" in printed.out
    # The name of a release says which figures it has.
    assert diff_command.diff(asked(earlier=first, later=second, county="telemark")) == 0
    with pytest.raises(diff_command.NothingToCompare, match="has no release yet"):
        diff_command.diff(asked(figures="published"))

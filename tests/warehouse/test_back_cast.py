"""SSB's back-cast sums agree with ours but for the holes that are known, and others are told of."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipeline import back_cast_command
from sources import recorded, registry
from sources.archive import Archive
from warehouse import back_cast, parquet, steps
from warehouse.workspace import MADE_UP, PUBLISHED, Workspace

if TYPE_CHECKING:
    from pathlib import Path

TABLES = ("ssb/13470", "ssb/13472", "ssb/07459", "ssb/13563", "ssb/13563_status")
HOLES = {"5055", "5056", "5059"}  # Heim, Hitra, Orkland: Snillfjord was divided between them


def prepared(workspace: Workspace, folder: Path) -> Workspace:
    """A county of which only what is compared has been worked out."""
    recorded.import_folder(Archive(workspace.archive), folder, registry.load().values())
    for table in (*steps.PLACING, *TABLES):
        steps.raw(workspace, table)
    steps.code_lists(workspace)
    steps.geography(workspace)
    for table in TABLES:
        steps.conformed(workspace, table)
    return workspace


@pytest.fixture(scope="module")
def workspace(made_up_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace("trondelag", MADE_UP, tmp_path_factory.mktemp("back_cast"))
    return prepared(made, made_up_folder)


def by_table(workspace: Workspace) -> dict[str, back_cast.Compared]:
    return {one.table_id: one for one in back_cast.compare(workspace)}


def test_known_holes_are_all_that_differs(workspace: Workspace) -> None:
    found = by_table(workspace)
    assert set(found) == {"ssb/13470_backcast", "ssb/13563", "ssb/13563_status"}
    for one in found.values():
        assert one.unexpected == ()
        holes = {(r["geo_code"], r["period"]) for r in one.rows if r["verdict"] == "known hole"}
        first = 2016 if one.table_id == "ssb/13470_backcast" else 2015
        assert holes == {(code, str(y)) for code in HOLES for y in range(first, 2020)}
    assert found["ssb/13470_backcast"].verdicts["equal"] == 38 * 10 - len(HOLES) * 4
    # Figures that are taken from the list have no other count beside them.
    assert found["ssb/13563"].verdicts["equal"] == 0


def changed(workspace: Workspace, root: Path, code: str, amount: float) -> Workspace:
    """The same county with our counts of one municipality of 2025 moved."""
    import shutil

    shutil.copytree(workspace.root, root)
    moved = replace(workspace, root=root)
    path = moved.step("conformed", "ssb/13470")
    table = parquet.read(path)
    hit = pc.and_(
        pc.equal(table["geo_code"].cast(pa.string()), code),
        pc.equal(table["period"].cast(pa.string()), "2025"),
    )
    value = pc.if_else(hit, pc.add(table["value"], amount), table["value"])
    parquet.write(table.set_column(table.column_names.index("value"), "value", value), path)
    return moved


def test_a_difference_nobody_knows_of_is_told(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    moved = changed(workspace, tmp_path / "moved", "5007", 3.0)
    (odd,) = by_table(moved)["ssb/13470_backcast"].unexpected
    assert (odd["geo_code"], odd["period"], odd["verdict"]) == ("5007", "2025", "different")
    assert odd["our_total"] - odd["their_total"] == pytest.approx(3.0 * odd["cells"])
    monkeypatch.setenv("KOMPETANSE_DATA", str(moved.root))
    asked = argparse.Namespace(county="trondelag", figures=MADE_UP, language="en")
    assert back_cast_command.back_cast(asked) == 1
    printed = capsys.readouterr().out
    assert "5007 2025: SSB" in printed
    assert "12 holes that are known" in printed


def test_nothing_worked_out_is_said(tmp_path: Path) -> None:
    with pytest.raises(steps.NothingWorkedOut, match="refresh"):
        back_cast.compare(Workspace("trondelag", MADE_UP, tmp_path))


def test_ssbs_own_sums_of_telemark_are_ours(real: Path, tmp_path: Path) -> None:
    """Real figures: 17 municipalities through the mergers and renumberings of 2020 and 2024."""
    found = by_table(prepared(Workspace("telemark", PUBLISHED, tmp_path), real))
    for table_id in ("ssb/13470_backcast", "ssb/13472_backcast"):
        one = found[table_id]
        # Only the sum of Bø and Sauherad is known before they merged into 4020.
        odd = {(r["geo_code"], r["period"]) for r in one.rows if r["verdict"] != "equal"}
        assert odd == {("4020", str(year)) for year in range(2016, 2020)}
    assert found["ssb/07459_backcast"].unexpected == ()
    assert found["ssb/07459_backcast"].verdicts["equal"] >= 100

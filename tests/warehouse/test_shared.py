"""What is the same for all counties is worked out once, and no county's own result is taken."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from assets.step import name
from pipeline import plan, run
from warehouse import judged, shared, versions
from warehouse.workspace import MADE_UP, Workspace

if TYPE_CHECKING:
    from pathlib import Path

STEP, OTHER = "conformed/ssb/12274", "raw/ssb/12274"


@pytest.fixture
def places(tmp_path: Path) -> tuple[Workspace, Workspace]:
    """Two counties on one empty data root."""
    return Workspace("trondelag", MADE_UP, tmp_path), Workspace("telemark", MADE_UP, tmp_path)


def make(workspace: Workspace, step: str, version: str, text: str) -> None:
    """Leave a good result of a step, of any bytes, in a county's work folder."""
    for path in shared.files(workspace, step):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(text, encoding="utf-8")
    versions.record(workspace, step, version)


def read(workspace: Workspace, step: str) -> list[str]:
    """What the files of a step say, each text once: `make` leaves the same in all of them."""
    found = {path.read_text(encoding="utf-8") for path in shared.files(workspace, step)}
    return sorted(found)


@pytest.mark.parametrize("step", [STEP, OTHER, shared.CODE_LISTS])
def test_a_result_is_taken_over_with_all_its_files(
    places: tuple[Workspace, Workspace], step: str
) -> None:
    one, other = places
    make(one, step, "v1", "figures")
    shared.offer(one, step)
    assert shared.take(other, step, "v1")
    assert read(other, step) == read(one, step)
    assert versions.recorded(other, step) == "v1"


def test_only_the_very_same_is_taken_over(places: tuple[Workspace, Workspace]) -> None:
    one, other = places
    make(one, STEP, "v1", "figures")
    shared.offer(one, STEP)
    make(other, STEP, "v0", "older")
    assert not shared.take(other, STEP, "v2")
    assert (read(other, STEP), versions.recorded(other, STEP)) == (["older"], "v0")


def test_made_up_and_published_figures_never_meet(places: tuple[Workspace, Workspace]) -> None:
    one, other = places
    make(one, STEP, "v1", "made up")
    shared.offer(one, STEP)
    assert not shared.take(Workspace(other.county, root=other.root), STEP, "v1")


def test_a_result_that_is_not_good_is_not_offered(places: tuple[Workspace, Workspace]) -> None:
    one, other = places
    make(one, STEP, "v1", "figures")
    versions.forget(one, STEP)
    shared.offer(one, STEP)
    assert not shared.take(other, STEP, "v1")


@pytest.mark.parametrize("step", [shared.OWN, "indicator/population", "mart/commuting_flow"])
def test_a_countys_own_results_are_never_shared(
    places: tuple[Workspace, Workspace], step: str
) -> None:
    one, other = places
    versions.record(one, step, "v1")
    shared.offer(one, step)
    assert not shared.take(other, step, "v1")
    assert not one.shared.exists()


def test_what_a_county_makes_anew_changes_nothing_for_others(
    places: tuple[Workspace, Workspace],
) -> None:
    import pyarrow as pa

    from warehouse import parquet

    one, other = places
    path = one.step("conformed", "ssb/12274")
    parquet.write(pa.table({"value": [1.0]}), path)
    judged.record(one, judged.Judged("conformed", "ssb/12274", "a run", 0.1, 1, ()))
    versions.record(one, STEP, "v1")
    shared.offer(one, STEP)
    assert shared.take(other, STEP, "v1")
    parquet.write(pa.table({"value": [2.0]}), path)
    judged.record(one, judged.Judged("conformed", "ssb/12274", "the next run", 0.1, 1, ()))
    assert parquet.read(other.step("conformed", "ssb/12274"))["value"].to_pylist() == [1.0]
    assert [verdict.run for verdict in judged.read(other)] == ["a run"]


def test_a_kept_result_that_lacks_a_file_is_no_result(
    places: tuple[Workspace, Workspace],
) -> None:
    one, other = places
    make(one, OTHER, "v1", "figures")
    shared.offer(one, OTHER)
    next((one.shared / OTHER / "v1").iterdir()).unlink()
    assert not shared.take(other, OTHER, "v1")
    assert versions.recorded(other, OTHER) is None


def test_older_results_do_not_pile_up(places: tuple[Workspace, Workspace]) -> None:
    for number in range(5):
        make(places[0], STEP, f"v{number}", f"figures {number}")
        shared.offer(places[0], STEP)
    kept = [path.name for path in (places[0].shared / STEP).iterdir()]
    assert len(kept) == shared.KEPT
    assert "v4" in kept
    assert read(places[0], STEP) == ["figures 4"]


def test_without_hard_links_the_bytes_are_copied(
    places: tuple[Workspace, Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError("no hard links here")

    monkeypatch.setattr("pathlib.Path.hardlink_to", refused)
    one, other = places
    make(one, STEP, "v1", "figures")
    shared.offer(one, STEP)
    assert shared.take(other, STEP, "v1")
    assert read(other, STEP) == ["figures"]


def test_a_second_county_works_out_only_what_is_its_own(made_up_root: Path, tmp_path: Path) -> None:
    shutil.copytree(made_up_root, tmp_path / "root", symlinks=True)
    second = Workspace("telemark", MADE_UP, tmp_path / "root")
    steps = {name(key).partition("/")[0] for key in plan.outdated(second)}
    assert steps == {"conformed", "indicator", "mart", "release"}
    conformed = [k for k in plan.outdated(second) if name(k).startswith("conformed/")]
    assert [name(key) for key in conformed] == [shared.OWN]
    first = Workspace("trondelag", MADE_UP, tmp_path / "root")
    mine = first.step("conformed", "ssb/07459").read_bytes()
    assert second.step("conformed", "ssb/07459").read_bytes() == mine
    assert versions.recorded(second, STEP) == versions.recorded(first, STEP)
    assert run.refresh(first, lambda step, word: None).ran == 0


def test_tables_that_are_the_same_for_all_counties_are_made_once(
    places: tuple[Workspace, Workspace],
) -> None:
    import pyarrow as pa

    from warehouse import parquet

    made: list[int] = []

    def make() -> dict[str, pa.Table]:
        made.append(len(made))
        return {"sums": pa.table({"value": [1.0 + len(made)]})}

    found = [shared.keep(place, "compared/x", "v1", make)["sums"] for place in places]
    assert found[0] == found[1]
    assert parquet.read(found[0])["value"].to_pylist() == [2.0]
    other = shared.keep(places[0], "compared/x", "v2", make)["sums"]
    assert (made, parquet.read(other)["value"].to_pylist()) == ([0, 1], [3.0])


def test_tables_that_cannot_be_made_leave_nothing_half_kept(
    places: tuple[Workspace, Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow as pa

    def full(*_: object) -> None:
        raise OSError("no space left")

    def make() -> dict[str, pa.Table]:
        return {"sums": pa.table({"value": [1.0]})}

    monkeypatch.setattr("warehouse.parquet.write", full)
    with pytest.raises(OSError, match="no space left"):
        shared.keep(places[0], "compared/x", "v1", make)
    monkeypatch.undo()
    assert shared.keep(places[0], "compared/x", "v1", make)["sums"].exists()

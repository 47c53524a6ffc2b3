"""Publishing: what is set aside, read-only, rolled back, held back, and written down."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat
from typing import TYPE_CHECKING

import pytest

from tests.crash import operations, processes, small
from warehouse import folders, publication_log, publish, release
from warehouse.turn import PublishingUnderWay, publishing

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.workspace import Workspace


@pytest.fixture(params=[True, False], ids=["link", "pointer file"])
def workspace(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Workspace:
    """An empty data root, with symbolic links and without."""
    if not request.param:
        monkeypatch.setattr("os.symlink", operations.without_links)
    return processes.place(tmp_path)


def published(workspace: Workspace, *numbers: int) -> list[Path]:
    found = []
    for number in numbers:
        small.stage(workspace, number)
        found.append(publish.publish(workspace))
    return found


def names(workspace: Workspace) -> list[int]:
    return [int(entry.release_id[-12:], 16) for entry in publish.log(workspace)]


def test_a_published_release_is_read_only_and_can_be_removed(workspace: Workspace) -> None:
    (folder,) = published(workspace, 1)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o555}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o444}
    folders.remove(folder)
    assert not folder.exists()


def test_a_target_that_does_not_verify_is_replaced_and_never_trusted(workspace: Workspace) -> None:
    first, second = published(workspace, 1, 2)
    target = workspace.releases / small.name_of(workspace, 3)
    target.mkdir()
    (target / release.MANIFEST).write_text("{", encoding="utf-8")
    assert published(workspace, 3) == [target] == [release.current(workspace)]
    release.verify(target)
    # The current one can be damaged as well; the same release made again mends it.
    damaged = target / release.DATABASE
    damaged.chmod(0o600)
    damaged.write_bytes(b"half")
    assert published(workspace, 3) == [target]
    release.verify(target)
    assert [path.name for path in release.on_disk(workspace)] == [
        first.name, second.name, target.name,
    ]  # fmt: skip
    assert names(workspace) == [1, 2, 3]
    assert not [path for path in workspace.releases.iterdir() if path.name.startswith(".")]


def test_two_runs_that_stage_at_once_do_not_share_a_folder(workspace: Workspace) -> None:
    small.stage(workspace, 1, run="a")
    small.stage(workspace, 2, run="b")
    assert publish.publish(workspace, "a").name == small.name_of(workspace, 1)
    assert publish.publish(workspace, "b").name == small.name_of(workspace, 2)
    with pytest.raises(publish.CannotPublish, match=r"staged in .*trondelag.c.*000002 is current"):
        publish.publish(workspace, "c")


def test_a_staged_release_of_a_run_that_died_is_cleared_after_hours(workspace: Workspace) -> None:
    dead, alive = small.stage(workspace, 1, run="dead"), small.stage(workspace, 2, run="alive")
    for path in [dead, *dead.rglob("*")]:
        os.utime(path, (0, 0))
    published(workspace, 3)
    assert (dead.exists(), alive.exists()) == (False, True)


def hold_lock(root: Path, held: multiprocessing.synchronize.Event) -> None:
    with publishing(processes.place(root)):
        held.set()
        held.wait(0)
        multiprocessing.Event().wait(60)


def test_a_second_publication_waits_and_says_so(workspace: Workspace) -> None:
    start = processes.context()
    held = start.Event()
    holder = start.Process(target=hold_lock, args=(workspace.root, held))
    holder.start()
    assert held.wait(60)
    with (
        pytest.raises(PublishingUnderWay, match=r"publishing demo-trondelag for 0 s"),
        publishing(workspace, wait=0.1),
    ):
        pass
    holder.kill()
    holder.join()
    published(workspace, 1)


def test_the_log_says_what_was_current_when(workspace: Workspace) -> None:
    published(workspace, 1, 2, 2)
    publish.roll_back(workspace, by="Kari", because="feil i kilden")
    first, second, back = publish.log(workspace)
    assert (first.previous, second.previous, back.previous) == (
        None, first.release_id, second.release_id,
    )  # fmt: skip
    assert (first.made_of, second.made_of, back.made_of) == ("version 1", "version 2", "version 1")
    assert first.published_at <= second.published_at <= back.published_at
    assert (second.rolled_back_by, second.rolled_back_at) == ("Kari", back.published_at)
    assert (back.by, back.because) == ("Kari", "feil i kilden")
    assert (first.rolled_back_by, back.rolled_back_by) == (None, None)


def test_a_log_that_is_lost_or_cut_off_begins_with_what_is_current(workspace: Workspace) -> None:
    published(workspace, 1, 2)
    path = publication_log.path(workspace)
    path.write_bytes(path.read_bytes() + b'{"event": "publ')
    assert names(workspace) == [1, 2]
    published(workspace, 3)
    assert names(workspace) == [1, 2, 3]
    assert [json.loads(line)["event"] for line in path.read_bytes().splitlines()] == [
        "published", "published", "published",
    ]  # fmt: skip
    path.unlink()
    assert names(workspace) == [3]
    published(workspace, 4)
    assert names(workspace) == [3, 4]
    path.write_bytes(b"what\n" + path.read_bytes())
    with pytest.raises(publication_log.DamagedLog, match="not JSON"):
        publish.log(workspace)


def test_no_refresh_undoes_a_rollback_until_figures_are_new(workspace: Workspace) -> None:
    first, second = published(workspace, 1, 2)
    assert publish.roll_back(workspace, by="Kari") == first == release.current(workspace)
    # The same figures again, made by newer code: a person has said no to them.
    small.stage(workspace, 2, made_of="newer code")
    assert publish.publish(workspace) == first == release.current(workspace)
    assert not release.staging(workspace).exists()
    assert publish.settled(workspace, "version 2")
    assert not publish.settled(workspace, "version 3")
    (third,) = published(workspace, 3)
    assert release.current(workspace) == third
    assert publication_log.previous(workspace) == first.name
    # A person can have it back.
    assert publish.roll_back(workspace, second.name, by="Ola") == second
    assert publication_log.withdrawn(publish.log(workspace)) == {third.name}


def test_figures_that_come_back_are_a_release_of_their_own(workspace: Workspace) -> None:
    def own(*names: str) -> str:
        return publication_log.own_id(publish.log(workspace), names)

    assert own("a", "a2") == "a"
    first, second, third = published(workspace, 1, 2, 3)
    assert own(third.name, "again") == third.name  # current: nothing has come in between
    assert own(first.name, "again") == "again"
    assert own(first.name, second.name, "twice") == "twice"
    publish.roll_back(workspace, second.name, by="Kari")
    assert own(third.name, "again") == third.name  # a person has said no to it
    assert own(second.name, "again") == second.name


def test_what_stays_after_a_rollback_is_replaced_if_it_is_damaged(workspace: Workspace) -> None:
    first, second = published(workspace, 1, 2)
    publish.roll_back(workspace, by="Kari")
    folders.remove(first)
    assert published(workspace, 2) == [second] == [release.current(workspace)]


def test_rolling_back_twice_goes_further_back(workspace: Workspace) -> None:
    first, second, _ = published(workspace, 1, 2, 3)
    assert publish.roll_back(workspace, by="Kari") == second
    assert publish.roll_back(workspace, by="Kari") == first
    with pytest.raises(publish.CannotRollBack, match=r"no earlier release .*0001 is current"):
        publish.roll_back(workspace, by="Kari")


def test_what_cannot_be_rolled_back_to_is_said(workspace: Workspace) -> None:
    first, second = published(workspace, 1, 2)
    with pytest.raises(publish.CannotRollBack, match="is the current release"):
        publish.roll_back(workspace, second.name, by="Kari")
    with pytest.raises(release.NoSuchRelease, match=f"There are: {first.name}, {second.name}"):
        publish.roll_back(workspace, small.name_of(workspace, 9), by="Kari")
    with pytest.raises(release.NoSuchRelease):
        publish.roll_back(workspace, "../../etc", by="Kari")
    damaged = first / "parquet" / "value.parquet"
    damaged.parent.chmod(0o700)
    damaged.unlink()
    with pytest.raises(release.BrokenRelease, match=r"value.parquet: missing"):
        publish.roll_back(workspace, by="Kari")
    assert release.current(workspace) == second


def test_a_file_that_the_manifest_does_not_name_is_told(workspace: Workspace) -> None:
    (folder,) = published(workspace, 1)
    folder.chmod(0o700)
    (folder / "more.csv").write_text("a", encoding="utf-8")
    for look in (release.verify, release.glance):
        with pytest.raises(release.BrokenRelease, match=r"more.csv: the manifest does not name"):
            look(folder)


def test_a_manifest_cannot_lead_out_of_the_release_or_be_of_another(workspace: Workspace) -> None:
    small.stage(workspace, 1)
    folder = release.staging(workspace)
    path = folder / release.MANIFEST
    manifest = json.loads(path.read_bytes())
    manifest["files"]["../../secret"] = {"sha256": "", "bytes": 0, "rows": 0}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(release.BrokenRelease, match="leads out of the release"):
        publish.publish(workspace)
    (good,) = published(workspace, 1)
    good.rename(good.with_name(small.name_of(workspace, 2)))
    with pytest.raises(release.BrokenRelease, match=r"manifest.json: is of .*0001"):
        release.verify(workspace.releases / small.name_of(workspace, 2))


@pytest.mark.parametrize(
    ("name", "channel"),
    [
        ("trondelag-2026-09-11-cc8be078a88f", "trondelag"),
        ("demo-more-og-romsdal-2026-09-11-cc8be078a88f", "demo-more-og-romsdal"),
        ("trondelag-undated-cc8be078a88f", "trondelag"),
        ("trondelag-2026-cc8be078a88f", "trondelag"),
        ("trondelag-2024K3-cc8be078a88f", "trondelag"),
        ("current-trondelag", None),
        (".gone-trondelag-2026-09-11-cc8be078a88f", None),
        ("trondelag-2026-09-11-cc8be078a88f/..", None),
    ],
)
def test_the_channel_stands_in_the_name(name: str, channel: str | None) -> None:
    assert release.channel_of(name) == channel

"""The mirror between a local data root and S3-compatible storage, against a local S3 server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from warehouse import release, store
from warehouse.store import Store, StoreUnreachable
from warehouse.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORK = "work/trondelag"
FOLDERS = (WORK, store.ARCHIVE, store.RELEASES, store.PUBLICATIONS)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    running = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"{host}:{port}"
    running.stop()


@pytest.fixture
def uri(server: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    import boto3

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "tests")
    bucket = request.node.name.replace("_", "-").lower()[:60].strip("-")
    boto3.client("s3", endpoint_url=f"http://{server}", region_name="us-east-1").create_bucket(
        Bucket=bucket
    )
    return f"s3://{bucket}/county?endpoint_override={server}&scheme=http&region=us-east-1"


def put(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def held(root: Path) -> dict[str, str]:
    """Every file below the data root, without what belongs to this machine alone."""
    own = (store.MARKS, store.LOCK)
    return {
        p.relative_to(root).as_posix(): p.read_text()
        for p in sorted(root.rglob("*"))
        if p.is_file() and p.relative_to(root).as_posix() not in own
    }


@pytest.fixture
def here(tmp_path: Path, uri: str) -> Store:
    return Store(uri, tmp_path / "here")


@pytest.fixture
def there(tmp_path: Path, uri: str) -> Store:
    return Store(uri, tmp_path / "there")


def test_what_one_machine_makes_the_other_has(here: Store, there: Store) -> None:
    put(here.root, f"{WORK}/raw/ssb/09429.parquet", "figures")
    put(here.root, f"{WORK}/versions/raw/ssb/09429.version", "v1")
    put(here.root, "archive/bodies/ab/cd", "an answer")

    assert here.send(FOLDERS) == 3
    assert there.bring(FOLDERS) == 3
    assert held(there.root) == held(here.root)


def test_nothing_is_sent_or_brought_twice(here: Store, there: Store) -> None:
    put(here.root, f"{WORK}/a", "1")
    here.send(FOLDERS)
    there.bring(FOLDERS)

    assert (here.send(FOLDERS), here.bring(FOLDERS)) == (0, 0)
    assert (there.send(FOLDERS), there.bring(FOLDERS)) == (0, 0)


def test_a_change_travels_both_ways(here: Store, there: Store) -> None:
    put(here.root, f"{WORK}/a", "1")
    here.send(FOLDERS)
    there.bring(FOLDERS)
    put(there.root, f"{WORK}/a", "changed there")
    there.send(FOLDERS)

    assert here.bring(FOLDERS) == 1
    assert held(here.root) == {f"{WORK}/a": "changed there"}


def test_a_version_that_was_forgotten_is_forgotten_everywhere(here: Store, there: Store) -> None:
    version = put(here.root, f"{WORK}/versions/indicator/a.version", "v1")
    here.send(FOLDERS)
    there.bring(FOLDERS)
    version.unlink()
    # Bringing in between must not bring the version back that was forgotten here.
    here.bring(FOLDERS)
    here.send(FOLDERS)
    there.bring(FOLDERS)

    assert held(here.root) == held(there.root) == {}


def test_removing_the_archive_here_does_not_remove_it_there(
    here: Store, tmp_path: Path, uri: str
) -> None:
    answer = put(here.root, "archive/bodies/ab/cd", "an answer")
    here.send(FOLDERS)
    answer.unlink()
    here.send(FOLDERS)

    fresh = Store(uri, tmp_path / "fresh")
    assert fresh.bring(FOLDERS) == 1
    assert held(fresh.root) == {"archive/bodies/ab/cd": "an answer"}


def test_what_another_machine_removes_meanwhile_is_left_out(
    here: Store, there: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Machines that work at once forget versions while others list them."""
    put(here.root, f"{WORK}/raw/a.parquet", "figures")
    gone = put(here.root, f"{WORK}/versions/raw/a.version", "v1")
    here.send(FOLDERS)
    listed = Store._listed

    def then_removed(self: Store, folder: str) -> dict[str, tuple[int, int]]:
        found = listed(self, folder)
        gone.unlink(missing_ok=True)
        here.send(FOLDERS)
        return found

    monkeypatch.setattr(Store, "_listed", then_removed)
    assert there.bring([WORK]) == 1
    assert held(there.root) == {f"{WORK}/raw/a.parquet": "figures"}


def test_an_emptied_bucket_does_not_empty_the_archive(here: Store, uri: str) -> None:
    from pyarrow import fs

    put(here.root, "archive/bodies/ab/cd", "an answer")
    put(here.root, f"{WORK}/a", "1")
    here.send(FOLDERS)
    remote, base = fs.FileSystem.from_uri(uri)
    remote.delete_dir_contents(base)
    here.bring(FOLDERS)

    assert held(here.root) == {"archive/bodies/ab/cd": "an answer"}


def test_what_says_that_a_result_is_good_is_sent_last(
    here: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "releases/current-trondelag",
        "publications/trondelag.jsonl",
        f"{WORK}/versions/z.version",
        f"{WORK}/zzz.parquet",
        "releases/trondelag-2026/manifest.json",
    ):
        put(here.root, name, "x")
    sent: list[str] = []
    upload = Store._upload

    def noted(self: Store, name: str, marks: dict[str, object]) -> None:
        sent.append(name)
        upload(self, name, marks)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "_upload", noted)
    here.send(FOLDERS)

    assert sent == [
        "releases/trondelag-2026/manifest.json",
        f"{WORK}/zzz.parquet",
        f"{WORK}/versions/z.version",
        "publications/trondelag.jsonl",
        "releases/current-trondelag",
    ]


def test_half_written_files_stay_here(here: Store) -> None:
    put(here.root, f"{WORK}/.a.parquet.77.new", "half")
    assert here.send(FOLDERS) == 0


def test_the_current_release_is_a_pointer_file_in_the_store(here: Store, there: Store) -> None:
    folder = put(here.root, "releases/trondelag-2026-10-15-0123456789ab/manifest.json", "{}").parent
    (here.root / "releases" / "current-trondelag").symlink_to(folder.name)
    here.send(FOLDERS)
    there.bring(FOLDERS)

    found = release.current(Workspace("trondelag", root=there.root))
    assert found == there.root / "releases" / folder.name


def test_a_storage_that_does_not_answer_is_said_so(tmp_path: Path) -> None:
    silent = Store(
        "s3://bucket/p?endpoint_override=127.0.0.1:9&scheme=http&region=us-east-1", tmp_path
    )
    with pytest.raises(StoreUnreachable, match=r"could not list work/trondelag"):
        silent.bring([WORK])


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreUnreachable, match="s3://bucket/prefix"):
        Store("bucket/prefix", tmp_path)


def test_a_step_that_fails_sends_what_it_forgot(
    here: Store, there: Store, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(store.VARIABLE, uri)
    place = Workspace("trondelag", root=here.root)
    version = put(here.root, f"{WORK}/versions/a.version", "v1")
    here.send(FOLDERS)

    def fail() -> None:
        with store.at_hand(place):
            version.unlink()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    there.bring(FOLDERS)
    assert held(there.root) == {}


def test_without_a_store_nothing_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(store.VARIABLE, raising=False)
    with store.at_hand(Workspace("trondelag", root=tmp_path), store.ARCHIVE):
        pass
    assert not list(tmp_path.iterdir())

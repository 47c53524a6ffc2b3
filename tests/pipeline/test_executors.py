"""Executors: one process, several, and several machines with a storage give the same bytes.

A small project (small_world.py) is run as a server runs it. The machines are processes of this
one, each with a data root of its own that is empty at first; the storage is a local S3 server.
"""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from pipeline import executors
from pipeline.definitions import defs
from sources.archive import Archive, digest
from tests.pipeline import small_world
from tests.pipeline.small_world import Machine
from warehouse import folders, no_network, publication_log, release, store
from warehouse.workspace import PROJECT, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REVISED, GATE = "ssb/07459", "conformed__ssb__07459_conformed_contract"


@dataclass
class Cluster:
    """Machines that share a storage: the one that starts runs, and those that work."""

    starts: Machine
    workers: dict[str, Path]
    pids: dict[str, int]
    variables: dict[str, str]


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_world.project(tmp_path_factory.mktemp("small") / "project")


@pytest.fixture(scope="module")
def archive(made_up_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_world.answers(made_up_folder, tmp_path_factory.mktemp("answers")).root


def machine(code: Path, archive: Path, root: Path, **more: str) -> Machine:
    """A machine of its own with the answers, where every step of a run went well."""
    root.mkdir(parents=True)
    (root / "archive").symlink_to(archive, target_is_directory=True)
    found = Machine(code, root, more)
    ran = found.refresh()
    assert ran.returncode == 0, ran.stderr[-4000:]
    return found


@pytest.fixture(scope="module")
def alone(code: Path, archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return machine(code, archive, tmp_path_factory.mktemp("alone") / "data")


@pytest.fixture(scope="module")
def cluster(
    code: Path, archive: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    """A Dask cluster and a storage with the answers; a run has ended well."""
    base = tmp_path_factory.mktemp("cluster")
    workers = {f"w{n}": base / f"worker-{n}" for n in range(small_world.WORKERS)}
    with small_world.storage("shared") as variables, pytest.MonkeyPatch.context() as env:
        for name, value in variables.items():
            env.setenv(name, value)
        send(archive)
        more = variables | {
            executors.VARIABLE: executors.DASK,
            executors.DASK_VARIABLE: f"tcp://127.0.0.1:{small_world.free_port()}",
        }
        starts = Machine(code, base / "starts", more)
        with small_world.cluster(starts, workers) as pids:
            assert not [p for root in workers.values() for p in root.iterdir()]
            ran = starts.refresh()
            assert ran.returncode == 0, ran.stderr[-4000:]
            yield Cluster(starts, workers, pids, variables)


def send(archive: Path) -> None:
    found = store.of(archive.parent)
    assert found is not None
    assert found.send([store.ARCHIVE])


def brought(cluster: Cluster, root: Path) -> Path:
    """The current release as a machine that took no part finds it in the storage."""
    found = store.Store(cluster.variables[store.VARIABLE], root)
    found.bring([store.RELEASES, store.PUBLICATIONS])
    folder = release.current(Workspace(cluster.starts.place.county, "made_up", root))
    assert folder is not None
    return folder


def parquet_files(folder: Path) -> dict[str, str]:
    return {p.name: digest(p.read_bytes()) for p in sorted((folder / "parquet").iterdir())}


def current(found: Machine) -> Path:
    folder = release.current(found.place)
    assert folder is not None
    return folder


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (executors.VARIABLE, executors.DASK_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize("name", ["in_process", "multiprocess", "dask"])
@pytest.mark.parametrize("address", ["", "tcp://127.0.0.1:8786"], ids=["here", "elsewhere"])
def test_a_run_without_settings_of_its_own_can_be_made(
    name: str, address: str, environment: pytest.MonkeyPatch
) -> None:
    """Schedules and sensors say nothing of the executor: what it needs must come from here."""
    environment.setenv(executors.VARIABLE, name)
    environment.setenv(executors.DASK_VARIABLE, address)

    @dg.job(executor_def=executors.chosen())
    def nothing() -> None:
        pass

    assert dg.validate_run_config(nothing, {})


def test_dask_works_where_the_environment_says(environment: pytest.MonkeyPatch) -> None:
    environment.setenv(executors.VARIABLE, executors.DASK)
    assert executors._cluster() == {"local": {}}
    environment.setenv(executors.DASK_VARIABLE, "tcp://scheduler:8786")
    assert executors._cluster() == {"existing": {"address": "tcp://scheduler:8786"}}


def test_an_executor_that_is_none_is_refused(environment: pytest.MonkeyPatch) -> None:
    environment.setenv(executors.VARIABLE, "magic")
    with pytest.raises(executors.NoSuchExecutor, match="in_process, multiprocess, dask, k8s"):
        executors.chosen()


def test_an_executor_that_is_not_installed_says_what_to_install(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv(executors.VARIABLE, "dask")
    environment.setitem(sys.modules, "dagster_dask", None)
    with pytest.raises(executors.NoSuchExecutor, match="pip install dagster-dask"):
        executors.chosen()


def test_the_sources_are_asked_by_one_process_whatever_the_executor() -> None:
    """dagster-dask forgets which tables a run was for, and would ask for all."""
    job = defs.resolve_job_def("pull")
    assert job.executor_def is dg.in_process_executor


def test_the_documented_command_is_the_one_that_is_tested() -> None:
    text = (PROJECT / "docs" / "operation.md").read_text(encoding="utf-8")
    assert f"$ .venv/bin/{' '.join(small_world.REFRESH[2:])}\n" in text


@pytest.mark.slow
def test_several_processes_give_the_same_bytes(
    alone: Machine, code: Path, archive: Path, tmp_path: Path
) -> None:
    chosen = {executors.VARIABLE: executors.MULTIPROCESS}
    several = machine(code, archive, tmp_path / "data", **chosen)
    assert len(set(alone.started_by().values())) == 1
    per_process = Counter(several.started_by().values())
    assert set(per_process.values()) == {1}
    assert set(several.started_by()) == set(alone.started_by())
    assert current(several).name == current(alone).name
    assert parquet_files(current(several)) == parquet_files(current(alone))


@pytest.mark.slow
@pytest.mark.skipif(
    not (sys.platform == "linux" and platform.machine() in no_network._MACHINES),
    reason="only Linux on x86-64 and ARM64 has the filter",
)
def test_a_whole_refresh_needs_no_network(
    alone: Machine, code: Path, archive: Path, tmp_path: Path
) -> None:
    """So whoever works out figures can be given none: deploy/systemd/kompetanse-refresh.service."""
    offline = Machine(code, tmp_path / "data", {})
    offline.prepare()
    (offline.root / "archive").symlink_to(archive, target_is_directory=True)
    program = f"from warehouse import no_network as n; n.close() or exit(9); {small_world.WORK_OUT}"
    subprocess.run(
        [sys.executable, "-c", program, str(offline.root)],
        cwd=code,
        env=offline.environment(),
        check=True,
        capture_output=True,
    )
    # By the command line or by the job, the release is the same.
    assert current(offline).name == current(alone).name


@pytest.mark.slow
def test_machines_that_share_only_a_storage_give_the_same_bytes(
    alone: Machine, cluster: Cluster, tmp_path: Path
) -> None:
    by = cluster.starts.started_by()
    assert set(by) == set(alone.started_by())
    assert set(by.values()) <= set(cluster.pids.values())
    assert len(set(by.values())) > 1
    # Whoever started the run has neither answers nor figures; who worked has both.
    own = {path.name for path in cluster.starts.root.iterdir()}
    assert not own & {store.ARCHIVE, store.RELEASES, "work"}
    for name, root in cluster.workers.items():
        if cluster.pids[name] in by.values():
            assert (root / store.MARKS).exists()
    folder = brought(cluster, tmp_path)
    assert folder.name == current(alone).name
    assert parquet_files(folder) == parquet_files(current(alone))
    release.verify(folder)


@pytest.mark.slow
def test_machines_publish_nothing_past_a_gate_that_failed(
    cluster: Cluster, archive: Path, tmp_path: Path
) -> None:
    before = brought(cluster, tmp_path / "before").name
    answers = tmp_path / "answers" / "archive"
    shutil.copytree(archive, answers)
    persons_below_zero(Archive(answers))
    with pytest.MonkeyPatch.context() as env:
        for name, value in cluster.variables.items():
            env.setenv(name, value)
        send(answers)
    assert cluster.starts.refresh().returncode != 0
    failed = {e.step_key: e for e in cluster.starts.events() if e.is_step_failure}
    # Dask goes on past a failure; the steps themselves must not.
    assert {GATE, "indicator__population", "release__staged", "release__published"} <= set(failed)
    assert "indicator__net_commuting" not in failed
    assert brought(cluster, tmp_path / "after").name == before
    log = publication_log.log(Workspace("trondelag", "made_up", tmp_path / "after"))
    assert [entry.release_id for entry in log] == [before]
    folders.remove(tmp_path / "after")


def persons_below_zero(archive: Archive) -> None:
    """Archive a newer answer in which the people of a place are fewer than none."""
    entry = next(archive.entries(table=REVISED))
    body = json.loads(archive.body(entry))
    first = next(n for n, value in enumerate(body["value"]) if value)
    body["value"][first] = -body["value"][first]
    described = {k: v for k, v in vars(entry).items() if k not in ("id", "sha256", "size")}
    archive.add(json.dumps(body).encode(), described | {"as_of": "2026-11-01"})

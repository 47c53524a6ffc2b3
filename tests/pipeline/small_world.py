"""A small project for tests and benchmarks of how runs are executed, and a way to run it.

It is this project with fewer files: a few source tables, four indicators, no mart of dimensioning.
So a run has tens of steps and not hundreds, and every line of code is the real one. Each run is
Dagster's own, in processes of its own, as on a server.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline import executors, run
from sources import recorded, registry
from sources.archive import Archive
from warehouse import store
from warehouse.workspace import (
    COUNTY_VARIABLE,
    DATA_VARIABLE,
    FIGURES_VARIABLE,
    MADE_UP,
    PROJECT,
    Workspace,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import dagster as dg

ROOMS = ("assets", "counties", "expectations", "pipeline", "sources", "sql", "warehouse")
FIGURES = ("ssb/03321", "ssb/07459", "ssb/09429")
INDICATORS = ("higher_education", "in_commuting_share", "net_commuting", "population")
COUNTY = "trondelag"
# Those of the machine would lead the run elsewhere.
OWN = ("KOMPETANSE_", "DAGSTER_", "AWS_")
WORKERS = 3
DAGSTER = (sys.executable, "-m", "dagster")
REFRESH = (*DAGSTER, "job", "execute", "-m", "pipeline.definitions", "-j", "refresh")
# What `kompetanse demo` does when its answers lie there: look, work out, publish, show.
WORK_OUT = (
    "from pathlib import Path; import sys; from pipeline.refresh_command import work_out; "
    "from warehouse.workspace import MADE_UP, Workspace; "
    "sys.exit(work_out(Workspace('trondelag', MADE_UP, Path(sys.argv[1]))))"
)
PATIENCE = 120.0


def tables() -> list[str]:
    """Source tables of the small project: the code lists of geography, and three of figures."""
    lists = [t.id for t in registry.load().values() if t.in_use and t.provider == "klass"]
    return [*lists, *FIGURES]


def project(to: Path) -> Path:
    """Write the small project; returns its folder."""
    kept = tables()
    for room in ROOMS:
        shutil.copytree(PROJECT / room, to / room, ignore=shutil.ignore_patterns("__pycache__"))
    for provider in registry.PROVIDERS:
        for path in (to / "sources" / provider).glob("*.yaml"):
            if f"{provider}/{path.stem}" not in kept:
                path.unlink()
    for path in (to / "sql" / "indicators").glob("*.*"):
        if path.suffix in (".yaml", ".sql") and path.stem not in INDICATORS:
            path.unlink()
    for folder in ("sql/marts", "sql/indicators/wanted"):
        for path in (to / folder).glob("*.yaml"):
            path.unlink()
    return to


def answers(made_up: Path, to: Path) -> Archive:
    """Take what the small project reads out of a folder of made-up answers."""
    specs = [registry.table(table) for table in tables()]
    listed = json.loads((made_up / "index.json").read_bytes())
    claims = [(glob, spec.id) for spec in specs for glob in spec.recorded]
    for item in [i for i in listed if recorded._claimant(i["body"], claims)]:
        path = to / "picked" / item["body"]
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made_up / item["body"], path)
    kept = [i for i in listed if (to / "picked" / i["body"]).exists()]
    (to / "picked" / "index.json").write_text(json.dumps(kept), encoding="utf-8")
    archive = Archive(to / "archive")
    recorded.import_folder(archive, to / "picked", specs)
    shutil.rmtree(to / "picked")
    return archive


@dataclass(frozen=True)
class Machine:
    """One machine that runs the small project: its code and its own data root.

    more: variables that it has beside the usual ones.
    """

    code: Path
    root: Path
    more: Mapping[str, str]

    @property
    def place(self) -> Workspace:
        """The county of the small world on this machine."""
        return Workspace(COUNTY, MADE_UP, self.root)

    @property
    def home(self) -> Path:
        """Folder of Dagster's own records."""
        return self.root / "dagster"

    def environment(self) -> dict[str, str]:
        """What a process of this machine sees."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(OWN)}
        own = {
            "PYTHONPATH": str(self.code),
            "DAGSTER_HOME": str(self.home),
            "GX_ANALYTICS_ENABLED": "false",
            DATA_VARIABLE: str(self.root),
            COUNTY_VARIABLE: COUNTY,
            FIGURES_VARIABLE: MADE_UP,
        }
        return kept | own | self.more

    def prepare(self) -> None:
        """Make its data root, and Dagster's folder in it."""
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "dagster.yaml").write_text(run.SETTINGS, encoding="utf-8")

    def refresh(self) -> subprocess.CompletedProcess[str]:
        """Run the job `refresh` as a server's operator would, with every step."""
        self.prepare()
        return subprocess.run(
            REFRESH,
            cwd=self.code,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def events(self) -> list[dg.DagsterEvent]:
        """Events of the newest run."""
        import dagster as dg

        with dg.DagsterInstance.from_config(str(self.home)) as instance:
            newest = instance.get_runs(limit=1)[0]
            logs = instance.all_logs(newest.run_id)
        return [entry.dagster_event for entry in logs if entry.dagster_event]

    def started_by(self) -> dict[str, int | None]:
        """Process that each step of the newest run worked in."""
        return {e.step_key: e.pid for e in self.events() if e.is_step_start and e.step_key}


@contextmanager
def cluster(machine: Machine, workers: Mapping[str, Path]) -> Iterator[dict[str, int]]:
    """Start a Dask scheduler, and a worker per data root; gives the process of each worker.

    The machine's own variables must name the address (KOMPETANSE_DASK).
    """
    address = machine.more[executors.DASK_VARIABLE]
    port = address.rpartition(":")[2]
    with ExitStack() as stack:
        here = ["--host", "127.0.0.1", "--no-dashboard"]
        stack.enter_context(_process(machine, "scheduler", "--port", port, *here))
        started = {
            name: stack.enter_context(
                _process(
                    Machine(machine.code, root, machine.more), "worker", address,
                    "--nthreads", "1", "--no-nanny", "--name", name, *here,
                )
            )
            for name, root in workers.items()
        }  # fmt: skip
        _wait_for_workers(address, len(started))
        yield {name: process.pid for name, process in started.items()}


@contextmanager
def _process(machine: Machine, kind: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    machine.root.mkdir(parents=True, exist_ok=True)
    log = machine.root.with_name(f"{machine.root.name}-{kind}.log").open("wb")
    command = [sys.executable, "-m", "distributed.cli.dask_" + kind, *words]
    with log, subprocess.Popen(
        command, cwd=machine.code, env=machine.environment(), stdout=log, stderr=log
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _wait_for_workers(address: str, count: int) -> None:
    from distributed import Client

    host, _, port = address.removeprefix("tcp://").rpartition(":")
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            socket.create_connection((host, int(port)), 1).close()
            break
        except OSError:
            time.sleep(0.1)
    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=PATIENCE)


def free_port() -> int:
    """A port of this machine that nobody has."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def storage(bucket: str) -> Iterator[dict[str, str]]:
    """Start a local S3 server with an empty bucket; gives the variables that lead there."""
    import boto3
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    running = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    running.start()
    try:
        host, port = running.get_host_and_port()
        named = {"aws_access_key_id": "tests", "aws_secret_access_key": "tests"}
        client = boto3.client(
            "s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1", **named
        )
        client.create_bucket(Bucket=bucket)
        yield {
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": "tests",
            store.VARIABLE: f"s3://{bucket}/county?endpoint_override={host}:{port}"
            "&scheme=http&region=us-east-1",
        }
    finally:
        running.stop()

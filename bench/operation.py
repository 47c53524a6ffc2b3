"""What running it costs: `python -m bench.operation [--rounds N]`.

Cold starts beside interpreters that load less; a county worked out in full, again without news,
and again with one new table; and the small project of tests/pipeline/small_world.py in one
process, in a process per step, on Dask workers, and on Dask workers that share nothing but an S3
storage. Every run is a process of its own; memory is told where there is one. Runs that are
compared are interleaved. The figures are made up. Leaves with 1 if the first page takes longer
than its limit, or a run fails.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import executors
from tests.pipeline import small_world
from warehouse import store
from warehouse.workspace import DATA_VARIABLE, PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.pipeline.small_world import Machine

LIMIT_FIRST_PAGE = 15.0
PATIENCE = 120.0
REVISED = "ssb/12274"
LOADED = "{ workspaceOrError { ... on Workspace { locationEntries { loadStatus \
 locationOrLoadError { __typename } } } } }"
# Time in Dagster's records, of a run of the small project in one process.
RECORDS = """
import sys, time
from pathlib import Path
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage as Log
spent, kept = [], Log.store_event
def timed(self, event):
    begun = time.perf_counter()
    kept(self, event)
    spent.append(time.perf_counter() - begun)
Log.store_event = timed
import dagster as dg
from pipeline.definitions import defs
with dg.DagsterInstance.get() as instance:
    begun = time.perf_counter()
    assert defs.resolve_job_def("refresh").execute_in_process(instance=instance).success
    whole = time.perf_counter() - begun
print(f"{sum(spent):.3f} {whole:.3f} {len(spent)}")
"""
EMPTY = "import dagster as dg\n\n@dg.asset\ndef nothing(): pass\n"


@dataclass(frozen=True)
class Ran:
    """One run: seconds of wall time, and MiB of memory of its process; 0 where it has several."""

    seconds: float
    memory: float


def timed(command: list[str], env: Mapping[str, str], cwd: Path = PROJECT) -> Ran:
    """Run a command to its end; raises CalledProcessError with what it said if it fails."""
    with tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        process = subprocess.Popen(command, env=env, cwd=cwd, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            failed = subprocess.CalledProcessError(process.returncode, command)
            failed.add_note(said.read()[-5000:].decode(errors="replace"))
            raise failed
    return Ran(seconds, used.ru_maxrss / 1024)


def told(name: str, runs: list[Ran], peer: str = "", beside: list[Ran] | None = None) -> float:
    """Print the median of some runs, and how many times that of a peer; returns the median."""
    seconds = statistics.median(r.seconds for r in runs)
    memory = max(r.memory for r in runs)
    line = f"{name}: median {seconds:.2f} s of {len(runs)}"
    line += f", {memory:.0f} MiB" if memory else ""
    if beside:
        other = statistics.median(r.seconds for r in beside)
        line += f"; {seconds / other:.2f} times {peer} ({other:.2f} s)"
    print(line, flush=True)
    return seconds


def starts(rounds: int) -> None:
    """Time of the first answer of the command line, and of loading every asset."""
    python = sys.executable
    commands = {
        "nothing": [python, "-c", "pass"],
        "help": [python, "-m", "pipeline", "--help"],
        "dagster": [python, "-c", "import dagster"],
        "location": [python, "-c", "import pipeline.definitions"],
    }
    found: dict[str, list[Ran]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            found[name].append(timed(command, os.environ))
    told("kompetanse --help", found["help"], "an interpreter that does nothing", found["nothing"])
    told("import of the code location", found["location"], "import dagster", found["dagster"])


def first_page(command: list[str], env: Mapping[str, str], cwd: Path, port: int) -> Ran:
    """Start a page; time until it answers and its code location is loaded, then stop it."""
    begun = time.perf_counter()
    with subprocess.Popen(
        command, env=env, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            while not _loaded(port):
                if time.perf_counter() - begun > PATIENCE:
                    raise TimeoutError(command)
                time.sleep(0.1)
            return Ran(time.perf_counter() - begun, 0)
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(PATIENCE)


def _loaded(port: int) -> bool:
    base = f"http://127.0.0.1:{port}"
    asked = urllib.request.Request(
        f"{base}/graphql",
        json.dumps({"query": LOADED}).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(base, timeout=5) as page:
            page.read()
        with urllib.request.urlopen(asked, timeout=20) as answer:
            entries = json.load(answer)["data"]["workspaceOrError"]["locationEntries"]
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    return bool(entries) and all(
        e["loadStatus"] == "LOADED"
        and e["locationOrLoadError"]["__typename"] == "RepositoryLocation"
        for e in entries
    )


def pages(root: Path, scratch: Path, rounds: int) -> float:
    """Time to the first page of the demo county, beside that of one empty asset."""
    (scratch / "empty.py").write_text(EMPTY)
    (scratch / "home").mkdir()
    (scratch / "home" / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    ours, peers = [], []
    for _ in range(rounds):
        port, python = small_world.free_port(), [sys.executable, "-m"]
        env = os.environ | {DATA_VARIABLE: str(root)}
        words = ["pipeline", "dagster", "--port", str(port)]
        ours.append(first_page([*python, *words], env, PROJECT, port))
        env = os.environ | {"DAGSTER_HOME": str(scratch / "home")}
        words = ["dagster", "dev", "-f", "empty.py", "--host", "127.0.0.1", "--port", str(port)]
        peers.append(first_page([*python, *words], env, scratch, port))
    return told("first page of kompetanse dagster", ours, "dagster dev with one asset", peers)


def county(root: Path, rounds: int) -> None:
    """A county in full, then with nothing new, then with one table that is new."""
    env = os.environ | {DATA_VARIABLE: str(root)}
    python = sys.executable
    full = [timed([python, "-m", "pipeline", "demo"], env)]
    told("a county in full, answers made up first", full)
    again = [python, "-c", small_world.WORK_OUT, str(root)]
    unchanged, one = [], []
    for number in range(rounds):
        unchanged.append(timed(again, env))
        revise(root, number)
        one.append(timed(again, env))
    told("nothing new", unchanged, "in full", full)
    told("one new table", one, "in full", full)


def revise(root: Path, number: int) -> None:
    """Archive a newer answer of one table, with one figure that reads otherwise."""
    from sources.archive import Archive

    archive = Archive(root / "archive")
    entry = next(archive.entries(table=REVISED))
    body = json.loads(archive.body(entry))
    place = next(n for n, value in enumerate(body["value"]) if value is not None)
    body["value"][place] = 10.0 + number
    described = {k: v for k, v in vars(entry).items() if k not in ("id", "sha256", "size")}
    archive.add(json.dumps(body).encode(), described | {"as_of": f"2026-11-{1 + number:02d}"})


def executed(answers: Path, scratch: Path, rounds: int) -> None:
    """The small project under each executor."""
    code = small_world.project(scratch / "project")
    archive = small_world.answers(answers, scratch).root
    ways: dict[str, Callable[[Path], Ran]] = {
        "one process": lambda root: _alone(code, archive, root),
        "a process per step": lambda root: _alone(code, archive, root, executors.MULTIPROCESS),
        "Dask, 2 workers": lambda root: _dask(code, archive, root, {}),
        "Dask, 2 workers that share an S3 storage": lambda root: _shared(code, archive, root),
    }
    found: dict[str, list[Ran]] = {name: [] for name in ways}
    for number in range(rounds):
        for place, (name, way) in enumerate(ways.items()):
            found[name].append(way(scratch / f"{number}-{place}" / "data"))
    steps = len(small_world.Machine(code, scratch / "0-0" / "data", {}).started_by())
    alone = statistics.median(r.seconds for r in found["one process"])
    print(f"small project, {steps} steps; the processes' own start counts")
    for name, runs in found.items():
        median = told(name, runs, "one process", found["one process"])
        print(f"  {(median - alone) / steps:+.2f} s per step against one process")
    said = _records(small_world.Machine(code, scratch / "records", {}), archive)
    spent, whole, events = said.split()
    share = float(spent) / float(whole)
    print(f"Dagster's records (SQLite): {events} events, {spent} s of {whole} s ({share:.0%})")


def _alone(code: Path, archive: Path, root: Path, executor: str = "") -> Ran:
    ran = _run(small_world.Machine(code, root, {executors.VARIABLE: executor}), archive)
    return Ran(ran.seconds, 0) if executor else ran


def _run(machine: Machine, archive: Path | None) -> Ran:
    machine.prepare()
    if archive:
        (machine.root / "archive").symlink_to(archive, target_is_directory=True)
    return timed(list(small_world.REFRESH), machine.environment(), machine.code)


@contextmanager
def _cluster(code: Path, base: Path, more: Mapping[str, str], own: bool) -> Iterator[Machine]:
    address = f"tcp://127.0.0.1:{small_world.free_port()}"
    named = {executors.VARIABLE: executors.DASK, executors.DASK_VARIABLE: address}
    machine = small_world.Machine(code, base / "starts", {**more, **named})
    machine.prepare()
    workers = {f"w{n}": base / f"w{n}" if own else machine.root for n in range(2)}
    with small_world.cluster(machine, workers):
        yield machine


def _dask(code: Path, archive: Path, root: Path, more: Mapping[str, str]) -> Ran:
    with _cluster(code, root, more, own=False) as machine:
        return Ran(_run(machine, archive).seconds, 0)


def _shared(code: Path, archive: Path, root: Path) -> Ran:
    with ExitStack() as stack:
        more = stack.enter_context(small_world.storage("bench"))
        os.environ.update(more)
        # Another server of the same name has had these answers, and is gone.
        (archive.parent / store.MARKS).unlink(missing_ok=True)
        mirror = store.of(archive.parent)
        assert mirror is not None
        mirror.send([store.ARCHIVE])
        for name in more:
            del os.environ[name]
        machine = stack.enter_context(_cluster(code, root, more, own=True))
        return Ran(_run(machine, None).seconds, 0)


def _records(machine: Machine, archive: Path) -> str:
    machine.prepare()
    (machine.root / "archive").symlink_to(archive, target_is_directory=True)
    command = [sys.executable, "-c", RECORDS]
    return subprocess.run(
        command, env=machine.environment(), cwd=machine.code, check=True, capture_output=True,
        text=True,
    ).stdout  # fmt: skip


def _busy() -> None:
    """Say what else the machine does: every time here is longer beside it."""
    print(f"{os.cpu_count()} cores, load of the last 5 minutes {os.getloadavg()[1]:.1f}")


def main() -> int:
    """Print every median."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rounds", type=int, default=1, help="of the runs that take long")
    rounds = asked.parse_known_args()[0].rounds
    _busy()
    scratch = Path(tempfile.mkdtemp())
    try:
        starts(3 * rounds)
        root = scratch / "county"
        county(root, 3 * rounds)
        page = pages(root, scratch, rounds)
        (answers,) = (path for path in (root / "made_up").iterdir() if path.is_dir())
        executed(answers, scratch, rounds)
        _busy()
    finally:
        subprocess.run(["chmod", "-R", "u+w", str(scratch)], check=False)
        shutil.rmtree(scratch)
    return int(page >= LIMIT_FIRST_PAGE)


if __name__ == "__main__":
    sys.exit(main())

"""How long a whole refresh takes, and how much memory: `python -m bench.refresh`.

Runs `kompetanse demo` for a county. With --norway also one county and then every county on the same
answers for all of Norway: time, peak memory, rows of the releases and what the gates take. Each run
is a fresh process on an empty work folder; the answers are there before. The figures are made up.
Leaves with 1 if a limit is passed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LIMIT_SECONDS = 60.0
LIMIT_RATIO = 5.0
LIMIT_GIB = 4.0
LIMIT_GATES = 0.25
ONE = "trondelag"
DEMO = "demo"


@dataclass(frozen=True)
class Cost:
    """What one run took.

    Wall seconds, GiB at most (all its processes), rows of all its releases, and how much of the
    time of its steps the gates took (0 to 1).
    """

    seconds: float
    gib: float
    rows: int
    gates: float


def demo() -> Cost:
    """One demo of a county in a fresh data root, with the making up of its answers."""
    with tempfile.TemporaryDirectory() as root:
        return _timed(DEMO, Path(root))


def norway(answers: Path, county: str) -> Cost:
    """One county, or all, worked out of the archive that lies in a folder."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(answers / "archive", root / "archive")
        return _timed(county, root)


def make_up(root: Path) -> None:
    """Archive made-up answers of every source for all of Norway."""
    from pipeline.archive_commands import take_folder
    from sources import made_up
    from sources.archive import Archive

    made_up.write(root / "made_up", counties=None)
    take_folder(root / "made_up", Archive(root / "archive"))


def _timed(job: str, root: Path) -> Cost:
    command = [sys.executable, "-m", "bench.refresh", "--child", job]
    begun = time.perf_counter()
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"KOMPETANSE_DATA": str(root)},
    ) as running:
        most = 0
        while running.poll() is None:
            most = max(most, _memory(running.pid))
            time.sleep(0.2)
    seconds = time.perf_counter() - begun
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, command)
    return Cost(seconds, most / 2**30, _rows(root), _gates(root))


def _memory(pid: int) -> int:
    """Resident bytes of a process and those that it started; what they share counts for each."""
    import psutil

    found = 0
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                found += process.memory_info().rss
    return found


def child(job: str) -> int:
    """Do one job in this process: the demo, a county, or all."""
    from pipeline import all_counties
    from pipeline.cli import main as command
    from warehouse.workspace import MADE_UP, data_root

    if job == DEMO:
        return command([DEMO])
    places = all_counties.workspaces(MADE_UP, data_root())
    chosen = [p for p in places if job in (p.county, all_counties.ALL)]
    return int(bool(all_counties.work_out(chosen, 0.0)))


def _rows(root: Path) -> int:
    manifests = (root / "releases").glob("current-*/manifest.json")
    return sum(sum(json.loads(path.read_bytes())["tables"].values()) for path in manifests)


def _gates(root: Path) -> float:
    """How much of the time of all steps those took that are checks, as Dagster has kept it."""
    import dagster as dg

    from pipeline import run

    run.dagster_home(root)
    with dg.DagsterInstance.get() as instance:
        steps = [s for r in instance.get_runs() for s in instance.get_run_step_stats(r.run_id)]
    took = [(s.step_key, (s.end_time or 0) - (s.start_time or 0)) for s in steps]
    gates = sum(seconds for key, seconds in took if key.endswith("_contract"))
    return gates / sum(seconds for _, seconds in took)


def _line(name: str, cost: Cost) -> str:
    return (
        f"{name:<28} {cost.seconds:8.1f} s {cost.gib:6.2f} GiB {cost.rows:10,} rows "
        f"{100 * cost.gates:5.1f} % in gates"
    )


def _national() -> bool:
    """Print one county and all of them on the same national answers; tells if all is within."""
    with tempfile.TemporaryDirectory() as folder:
        make_up(Path(folder))
        one, every = (norway(Path(folder), county) for county in (ONE, "all"))
    print(_line(f"Norway's answers, {ONE}", one))
    print(_line("Norway's answers, all", every))
    ratio = every.seconds / one.seconds
    print(f"all / one: {ratio:.1f}")
    return (
        ratio <= LIMIT_RATIO
        and every.gib < LIMIT_GIB
        and max(one.gates, every.gates) <= LIMIT_GATES
    )


def main() -> int:
    """Print the median demo and, on request, the national runs."""
    if "--child" in sys.argv:
        return child(sys.argv[-1])
    demos = sorted((demo() for _ in range(3)), key=lambda cost: cost.seconds)
    print(_line("demo, median of 3", demos[1]))
    within = demos[1].seconds < LIMIT_SECONDS
    if "--norway" in sys.argv:
        within = _national() and within
    return int(not within)


if __name__ == "__main__":
    sys.exit(main())

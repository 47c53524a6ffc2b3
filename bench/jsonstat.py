"""How fast the JSON-stat reader is, and how much memory it takes: `python -m bench.jsonstat`.

Compares our decode with parsing the same bytes (orjson) and with pyjstat. Runs are interleaved,
and a ratio is the median over rounds of two neighbouring runs, because other work on the machine
comes and goes. Peak memory is measured in fresh
processes. The figures are made up; nothing here is shipped or published.
Leaves with 1 if a requirement is missed. --quick: a small cube, no verdict.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY = Path(__file__).resolve().parent.parent
CELLS_PER_REGION = 10 * 2 * 2 * 50
MISSING_SHARE = 0.05
FASTER_THAN_PYJSTAT = 40.0
SLOWER_THAN_ORJSON = 2.0
PEAK_PER_VALUE_BYTE = 4.0


def made_up_answer(regions: int, percentages: bool = True) -> bytes:
    """Return a JSON-stat 2.0 answer shaped like StatBank's: `regions` x 2,000 cells.

    Every other measure is a percentage with a decimal, or all are counts.
    """
    rng = random.Random(9429)
    codes = {
        "Region": [f"{1000 + n:05d}" for n in range(regions)],
        "Nivaa": [f"{n:02d}a" for n in range(10)],
        "Kjonn": ["1", "2"],
        "ContentsCode": ["Personer", "PersonerProsent"],
        "Tid": [str(1976 + n) for n in range(50)],
    }
    cells = regions * CELLS_PER_REGION
    value: list[float | None] = [
        rng.randint(0, 9999)
        if n // 50 % 2 == 0 or not percentages
        else round(rng.random() * 100, 1)
        for n in range(cells)
    ]
    status = {}
    for n in sorted(rng.sample(range(cells), int(cells * MISSING_SHARE))):
        value[n], status[str(n)] = None, rng.choice([".", "..", ":"])
    answer = {
        "version": "2.0",
        "class": "dataset",
        "label": "OPPDIKTEDE TALL / MADE-UP FIGURES",
        "updated": "2026-06-11T06:00:00Z",
        "role": {"time": ["Tid"], "geo": ["Region"], "metric": ["ContentsCode"]},
        "id": list(codes),
        "size": [len(members) for members in codes.values()],
        "dimension": {
            name: {
                "label": name,
                "category": {
                    "index": {code: n for n, code in enumerate(members)},
                    "label": {code: f"{name} {code}" for code in members},
                },
                "extension": {"elimination": False, "show": "code_value"},
            }
            for name, members in codes.items()
        },
        "value": value,
        "status": status,
    }
    return orjson.dumps(answer)


def peak() -> int:
    """Return the highest resident memory of this process so far, in bytes."""
    # ru_maxrss also counts the parent that this process was forked from; VmHWM starts afresh.
    status = Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale


def child(job: str, path: Path) -> None:
    """Do one job and print the bytes its peak rose by: write N | parse | decode."""
    if job.startswith("write"):
        path.write_bytes(made_up_answer(int(job.removeprefix("write"))))
        return
    from sources.readers.jsonstat import decode

    work: Callable[[bytes], Any] = orjson.loads if job == "parse" else decode
    before = peak()
    kept = work(path.read_bytes())
    print(peak() - before)
    del kept


def fresh(job: str, path: Path) -> str:
    """Run one job of `child` in a new interpreter and return what it printed."""
    command = [sys.executable, "-m", "bench.jsonstat", "--job", job, "--body", str(path)]
    return subprocess.run(
        command, cwd=REPOSITORY, check=True, capture_output=True, text=True
    ).stdout


def memory(regions: int) -> bool:
    """Print the peak at `regions` x 2,000 cells; tell whether it stays under the limit."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answer.json"
        fresh(f"write{regions}", path)
        parsed, ours = int(fresh("parse", path)), int(fresh("decode", path))
    cells = regions * CELLS_PER_REGION
    limit = PEAK_PER_VALUE_BYTE * cells * 8 + parsed
    print(f"peak memory, {cells:,} cells (MB above the imports)")
    print(f"  parsed JSON alone   {parsed / 1e6:9.1f}")
    print(f"  decode              {ours / 1e6:9.1f}   limit {limit / 1e6:.1f}")
    print(
        f"  decode above parsed {(ours - parsed) / 1e6:9.1f}   "
        f"= {(ours - parsed) / (cells * 8):.2f} x the values, limit {PEAK_PER_VALUE_BYTE:.2f}"
    )
    return ours <= limit


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that one call takes, its result thrown away."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def paired(these: list[float], those: list[float]) -> float:
    """Return the median ratio of runs that were made side by side."""
    return statistics.median(a / b for a, b in zip(these, those, strict=False))


def speed(regions: int, rounds: int, pyjstat_rounds: int) -> bool:
    """Print medians and ratios at `regions` x 2,000 cells; tell whether they keep the limits."""
    from pyjstat import pyjstat

    from sources.readers.jsonstat import decode

    body = made_up_answer(regions)
    text = body.decode()
    times: dict[str, list[float]] = {"orjson.loads": [], "decode": [], "pyjstat": []}
    warnings.simplefilter("ignore")
    decode(body)
    for turn in range(rounds):
        times["orjson.loads"].append(timed(lambda: orjson.loads(body)))
        times["decode"].append(timed(lambda: decode(body)))
        if turn % max(rounds // pyjstat_rounds, 1) == 0 and len(times["pyjstat"]) < pyjstat_rounds:
            times["pyjstat"].append(
                timed(lambda: pyjstat.Dataset.read(text).write("dataframe", naming="id"))
            )
    median = {name: statistics.median(runs) for name, runs in times.items()}
    print(f"speed, {regions * CELLS_PER_REGION:,} cells, {len(body) / 1e6:.1f} MB (median ms)")
    for name, seconds in median.items():
        print(
            f"  {name:14} {seconds * 1e3:9.1f}   best {min(times[name]) * 1e3:.1f}, "
            f"{len(times[name])} runs"
        )
    slower = paired(times["decode"], times["orjson.loads"])
    faster = paired(times["pyjstat"], times["decode"][:: max(rounds // pyjstat_rounds, 1)])
    print(f"  decode takes {slower:.2f} x orjson.loads, limit {SLOWER_THAN_ORJSON:.2f}")
    print(f"  decode is {faster:.0f} x faster than pyjstat, limit {FASTER_THAN_PYJSTAT:.0f}")
    return slower <= SLOWER_THAN_ORJSON and faster >= FASTER_THAN_PYJSTAT


def counts_only(regions: int, rounds: int) -> None:
    """Print the ratio for an answer without decimals: Arrow takes whole numbers more slowly."""
    from sources.readers.jsonstat import decode

    body = made_up_answer(regions, percentages=False)
    parse, ours = [], []
    for _ in range(rounds):
        parse.append(timed(lambda: orjson.loads(body)))
        ours.append(timed(lambda: decode(body)))
    ratio = paired(ours, parse)
    print(f"counts only, for information: decode takes {ratio:.2f} x orjson.loads")


def main() -> int:
    """Run everything, or one job of a child process."""
    parser = argparse.ArgumentParser(prog="python -m bench.jsonstat", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small cubes, no verdict")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--job", help=argparse.SUPPRESS)
    parser.add_argument("--body", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        child(options.job, options.body)
        return 0
    if options.quick:
        speed(2, 2, 1)
        counts_only(2, 2)
        memory(2)
        return 0
    kept = [speed(400, options.rounds, 3)]
    counts_only(400, options.rounds)
    kept.append(memory(5000))
    print("within the limits" if all(kept) else "LIMITS MISSED")
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())

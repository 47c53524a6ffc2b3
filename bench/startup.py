"""How fast the command line answers: `python -m bench.startup`.

`kompetanse --help` as a whole process, interleaved with an interpreter that does nothing, which
is the named peer: the ratio holds when the machine's speed drifts. Leaves with 1 if missed.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 15
LIMIT_SECONDS = 0.3


def seconds(*arguments: str) -> float:
    """Wall time of one interpreter with these arguments."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - begun


def main() -> int:
    """Print the medians and their ratio."""
    helps, nothings = [], []
    for _ in range(ROUNDS):
        helps.append(seconds("-m", "pipeline", "--help"))
        nothings.append(seconds("-c", "pass"))
    shown, empty = statistics.median(helps), statistics.median(nothings)
    print(
        f"kompetanse --help: median {shown * 1000:.0f} ms (limit {LIMIT_SECONDS * 1000:.0f}), "
        f"{shown / empty:.1f} times an interpreter that does nothing ({empty * 1000:.0f} ms)"
    )
    return int(shown >= LIMIT_SECONDS)


if __name__ == "__main__":
    sys.exit(main())

"""How long a whole refresh takes, and how much memory: `python -m bench.refresh`.

Runs `kompetanse demo` for a county and, with --norway, for all of Norway, each in a fresh
process and an empty data root. The figures are made up.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

LIMIT_SECONDS = 60.0


def run(scale: str) -> float:
    """Wall time of one demo in a fresh data root."""
    with tempfile.TemporaryDirectory() as root:
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "pipeline", "demo", "--scale", scale],
            check=True,
            capture_output=True,
            env=os.environ | {"KOMPETANSE_DATA": root},
        )
        return time.perf_counter() - begun


def main() -> int:
    """Print the medians and the largest process."""
    scales = {"county": 3} | ({"norway": 1} if "--norway" in sys.argv else {})
    medians = {}
    for scale, rounds in scales.items():
        medians[scale] = statistics.median(run(scale) for _ in range(rounds))
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(
            f"demo, {scale}: median {medians[scale]:.1f} s of {rounds}, "
            f"largest process so far {peak:.0f} MiB"
        )
    if "norway" in medians:
        print(f"norway / county: {medians['norway'] / medians['county']:.1f}")
    return int(medians["county"] >= LIMIT_SECONDS)


if __name__ == "__main__":
    sys.exit(main())

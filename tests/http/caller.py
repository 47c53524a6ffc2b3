"""A process that asks: base, state folder, number of calls, calls and seconds of the rate."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sources.http import Fetcher, Limits, Rate


def main(base: str, state: str, number: str, calls: str, window: str) -> None:
    os.environ["KOMPETANSE_SSB_BASE"] = base
    limits = Limits(rate=Rate(int(calls), float(window)))
    fetcher = Fetcher("ssb", state=Path(state), limits=limits)
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda _: fetcher.get("data"), range(int(number))))
    assert all(answer.status == 200 for answer in answers)


if __name__ == "__main__":
    main(*sys.argv[1:])

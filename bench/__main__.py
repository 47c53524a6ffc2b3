"""Every benchmark in turn: `make bench`. Leaves with 1 if any limit is missed."""

from __future__ import annotations

import sys

from bench import jsonstat, operation, pull, queries, refresh, startup


def main() -> int:
    """Run all; later ones run although an earlier one missed its limit."""
    failed = 0
    every = (
        ("startup", startup),
        ("jsonstat", jsonstat),
        ("refresh", refresh),
        ("pull", pull),
        ("queries", queries),
        ("operation", operation),
    )
    for name, benchmark in every:
        print(f"\n{name}", flush=True)
        failed += bool(benchmark.main())
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())

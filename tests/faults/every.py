"""All content faults by service, and how many: `python -m tests.faults.every`.

A service is added here with the module of its world and the table of its faults.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults import statbank, statbank_faults
from tests.http import faults as wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.faults.fault import Fault, World

WORLDS: Mapping[str, Callable[[Path], World]] = {"statbank": statbank.StatBankWorld}
FAULTS: Mapping[str, tuple[Fault, ...]] = {"statbank": statbank_faults.FAULTS}


def main() -> None:
    """Print the number of faults that the tests walk."""
    counts = {"wire": len(wire.FAULTS)} | {name: len(found) for name, found in FAULTS.items()}
    told = ", ".join(f"{name} {count}" for name, count in counts.items())
    print(f"{sum(counts.values())} faults ({told})")


if __name__ == "__main__":
    main()

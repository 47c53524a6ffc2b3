"""All content faults by service, and how many: `python -m tests.faults.every`.

A service is added here with the module of its world and the table of its faults.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults import dbh, klass, nav, statbank, statbank_faults, udir, utdanning
from tests.http import faults as wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.faults.fault import Fault, World

WORLDS: Mapping[str, Callable[[Path], World]] = {
    "statbank": statbank.StatBankWorld,
    "udir": udir.UdirWorld,
    "klass": klass.KlassWorld,
    "dbh": dbh.DbhWorld,
    "utdanning": utdanning.UtdanningWorld,
    "nav monthly": nav.MonthlyWorld,
    "nav survey": nav.SurveyWorld,
}
FAULTS: Mapping[str, tuple[Fault, ...]] = {
    "statbank": statbank_faults.FAULTS,
    "udir": udir.FAULTS,
    "klass": klass.FAULTS,
    "dbh": dbh.FAULTS,
    "utdanning": utdanning.FAULTS,
    "nav monthly": nav.MONTHLY,
    "nav survey": nav.SURVEY,
}


def counts() -> dict[str, int]:
    """Faults that the tests walk, by service; those of the wire too."""
    return {"wire": len(wire.FAULTS)} | {name: len(found) for name, found in FAULTS.items()}


def count() -> int:
    """Number of faults that the tests walk."""
    return sum(counts().values())


def main() -> None:
    """Print the number of faults that the tests walk."""
    told = ", ".join(f"{name} {number}" for name, number in counts().items())
    print(f"{count()} faults ({told})")


if __name__ == "__main__":
    main()

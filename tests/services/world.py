"""The whole world that a refresh asks: every service on a port of its own, from one folder.

What each of them answers is said in its own module.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sources.http import SERVICES
from tests.services.dbh import Dbh
from tests.services.klass import Klass
from tests.services.nav import Nav
from tests.services.server import serving
from tests.services.ssb import Ssb
from tests.services.udir import Udir
from tests.services.utdanning import Utdanning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import pytest

    from tests.services.server import Running, Service, Twist

CALLS = 100_000
FAKES: dict[str, Callable[[Path], Service]] = {
    "ssb": partial(Ssb.from_folder, calls=CALLS),
    "klass": Klass.from_folder,
    "udir": Udir.from_folder,
    "nav": Nav.from_folder,
    "dbh": Dbh.from_folder,
    "utdanning": Utdanning.from_folder,
}


@dataclass(frozen=True)
class World:
    """Every service: the fake itself, and where it runs with the log of what it was asked."""

    fakes: Mapping[str, Service]
    running: Mapping[str, Running]

    @property
    def complaints(self) -> list[str]:
        """What a careful client would not have done."""
        return [
            f"{name}: {said}"
            for name, fake in self.fakes.items()
            for said in getattr(fake, "complaints", ())
        ]

    @property
    def requests(self) -> int:
        """Requests that came, all services together."""
        return sum(len(running.log) for running in self.running.values())


@contextmanager
def world(
    folder: Path, env: pytest.MonkeyPatch, twists: Mapping[str, Twist] | None = None
) -> Iterator[World]:
    """Serve a folder of made-up answers as all services, and lead the project's clients there.

    twists: service -> what goes wrong on its way. The mirrors may be asked often, since the rate
    of the real services is tested elsewhere.
    """
    fakes = {name: make(folder) for name, make in FAKES.items()}
    with ExitStack() as stack:
        running = {
            name: stack.enter_context(serving(fake, (twists or {}).get(name)))
            for name, fake in fakes.items()
        }
        for name, service in SERVICES.items():
            env.setenv(service.variable, running[name].base)
            env.setenv(service.calls_variable, str(CALLS))
        yield World(fakes, running)

"""Rate limit per host, shared by all threads and processes of the machine.

One small JSON file per host under the state folder, changed under a file lock. A call takes a
place when it asks for its turn and is settled when the answer's headers have come: until then it
counts as if made now, so the limit holds at the service too, however slow the way there is.
Nothing here sleeps or opens a connection; whoever asks is told how long to wait.

Times are of the machine's monotonic clock, which all its processes share and nobody can set. It
starts again at a reboot: a stored time from the future then counts as now, which is too careful
for one window and never too bold. The file carries the machine's name, since such times mean
nothing on another one.
"""

from __future__ import annotations

import json
import os
import platform
import re
import tempfile
import uuid
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from sources.http.errors import StateUnusable
from sources.http.limits import Rate
from sources.http.retry import LONGEST_WINDOW, Told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONGEST_CLOSURE = 3600.0
# Longer than a question may take: the place of a process that died is free again after this.
_ABANDONED = 900.0
_LOCK_PATIENCE = 30.0
_POLL = 0.05
# Rounding can leave a wait of 1e-14 s, which would never pass.
_SHORTEST = 0.001


@dataclass(frozen=True)
class Turn:
    """Answer to "may I call": a ticket, or how many seconds to wait before asking again.

    closed: the service itself asked to be left alone, so this is not just a queue.
    """

    ticket: str | None
    wait: float = 0.0
    closed: bool = False


@dataclass
class State:
    """What is known of one host: calls under way and made, announced rates, closure.

    spans: when each call that was made was let go, and when it was dated.
    """

    open: dict[str, float] = field(default_factory=dict)
    made: list[float] = field(default_factory=list)
    spans: list[tuple[float, float]] = field(default_factory=list)
    rates: list[Rate] = field(default_factory=list)
    left: int | None = None
    left_until: float = 0.0
    next_free: float = 0.0
    closed_until: float = 0.0

    def tidy(self, now: float) -> None:
        """Forget what is past, and what cannot be since the clock started again."""
        self.open = {k: min(t, now) for k, t in self.open.items() if t > now - _ABANDONED}
        self.made = sorted(min(t, now) for t in self.made if t > now - LONGEST_WINDOW)
        spans = [(min(a, now), min(b, now)) for a, b in self.spans]
        self.spans = sorted((a, b) for a, b in spans if a > now - LONGEST_WINDOW)
        if not now < self.closed_until <= now + LONGEST_CLOSURE:
            self.closed_until = 0.0
        if not now < self.left_until <= now + LONGEST_WINDOW:
            self.left = None

    def turn(self, now: float, own: Rate) -> Turn:
        """Take a place, or tell how long to wait for one."""
        self.tidy(now)
        if self.closed_until:
            return Turn(None, max(self.closed_until - now, _SHORTEST), closed=True)
        wait = max(self._wait(rate, now) for rate in (own, *self.rates))
        if self.left == 0 and now >= self.next_free:
            # One call has left the service's window, so there is room for one, no more.
            self.left, self.next_free = 1, self.left_until
        elif self.left == 0:
            wait = max(wait, self.next_free - now, _SHORTEST)
        if wait > 0:
            return Turn(None, wait)
        # The service counts calls under way only when they arrive; here they count at once.
        if self.left is not None:
            self.left -= 1
        ticket = uuid.uuid4().hex
        self.open[ticket] = now
        return Turn(ticket)

    def settle(self, ticket: str, now: float, said: Told | None, own: Rate) -> None:
        """Date a call that has reached the service to now; remember what the service said."""
        self.spans.append((self.open.pop(ticket, now), now))
        self.made.append(now)
        if said is None:
            return
        if said.rates:
            self.rates = list(said.rates)
        if said.left is not None:
            window = max([rate.window for rate in self.rates] or [own.window])
            self.left = said.left
            self.left_until = now + (window if said.reset is None else said.reset)
            self.next_free = self.left_until if said.reset is not None else self._freed(now, window)

    def _freed(self, now: float, window: float) -> float:
        """When the service frees a place at the latest, where it does not say so itself.

        A call that was let go within the window has been counted, and is forgotten a window
        after it was dated: it had arrived by then.
        """
        counted = [made for let, made in self.spans if let > now - window + _SHORTEST]
        return min(counted, default=now) + window

    def _wait(self, rate: Rate, now: float) -> float:
        recent = [t for t in self.made if t > now - rate.window]
        over = len(self.open) + len(recent) - rate.calls + 1
        if over <= 0:
            return 0.0
        # Even an empty window would not do: somebody's call has to arrive first.
        if over > len(recent):
            return _POLL
        return max(recent[over - 1] + rate.window - now, _SHORTEST)


class Pace:
    """The turns of one host; make one wherever needed, they share the file."""

    def __init__(
        self, folder: Path, authority: str, rate: Rate, clock: Callable[[], float]
    ) -> None:
        """Share the turns of `authority` ("data.ssb.no:443") through a file in the folder."""
        name = re.sub(r"[^A-Za-z0-9.-]", "_", f"{authority}@{platform.node()}")
        self.path = folder / f"{name}.json"
        self._rate = rate
        self._clock = clock

    def ask(self) -> Turn:
        """Take a place for one call, or be told how long to wait. Raises StateUnusable."""
        with self._changed() as state:
            return state.turn(self._clock(), self._rate)

    def settle(self, ticket: str, said: Told | None = None) -> None:
        """Say that the call has reached the service or has failed. Raises StateUnusable."""
        with self._changed() as state:
            state.settle(ticket, self._clock(), said, self._rate)

    def close(self, seconds: float) -> None:
        """Let nobody on this machine ask the host for so long, at most an hour."""
        with self._changed() as state:
            until = self._clock() + min(seconds, LONGEST_CLOSURE)
            state.closed_until = max(state.closed_until, until)

    @contextmanager
    def _changed(self) -> Iterator[State]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.path.with_suffix(".lock"), _LOCK_PATIENCE, poll_interval=0.005)
            with lock:
                state = self._load()
                yield state
                self._store(state)
        except (OSError, Timeout) as error:
            raise StateUnusable(
                f"the shared rate limit cannot be kept in {self.path}: {error}. Nothing was asked. "
                "Make the folder writable, or choose another data root (KOMPETANSE_DATA)."
            ) from error

    def _load(self) -> State:
        try:
            stored = json.loads(self.path.read_bytes())
            return State(
                open={str(k): float(t) for k, t in stored["open"].items()},
                made=[float(t) for t in stored["made"]],
                spans=[(float(let), float(made)) for let, made in stored["spans"]],
                rates=[Rate(int(r["calls"]), float(r["window"])) for r in stored["rates"]],
                left=None if stored["left"] is None else int(stored["left"]),
                left_until=float(stored["left_until"]),
                next_free=float(stored["next_free"]),
                closed_until=float(stored["closed_until"]),
            )
        except FileNotFoundError:
            return State()
        except (ValueError, KeyError, TypeError, AttributeError):
            # A damaged file tells nothing, so the worst is assumed: a full window just now.
            return State(made=[self._clock()] * self._rate.calls)

    def _store(self, state: State) -> None:
        handle, temporary = tempfile.mkstemp(dir=self.path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(state), file)
            # Replaced in one step, so that a crash leaves the old file and no half of a new one.
            Path(temporary).replace(self.path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise

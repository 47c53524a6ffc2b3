"""Events of a run: what was asked, answered, waited for, kept and failed, as plain records.

Here are the records and their writers (JSON lines, plain lines, a log that can be replayed).
Who tells them: watch.py for questions, refresh.py for tables. Reading a log again: replay.py.
Addresses in events are the services' public ones, without credentials.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, TextIO

from sources.files import write_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import Self

    from sources.archive import Archive

SHORT_WAIT = 5.0


@dataclass(frozen=True)
class RunStarted:
    """A run begins. tables: to be asked, in order. checked: see Asking."""

    at: str
    tables: tuple[str, ...]
    checked: Mapping[str, str]
    at_any_time: bool


@dataclass(frozen=True)
class TableStarted:
    """A table's turn has come."""

    at: str
    table: str
    service: str


@dataclass(frozen=True)
class Question:
    """A question as the log knows it again.

    url: public, redacted. request_sha256: of the body of a POST, empty for GET.
    conditional: asked with an ETag or a date, so that the answer may be "not modified".
    """

    service: str
    method: str
    url: str
    request_sha256: str = ""
    conditional: bool = False


@dataclass(frozen=True)
class Asked:
    """A question was asked."""

    at: str
    table: str
    question: Question


@dataclass(frozen=True)
class Answered:
    """A whole answer came. seconds: with all tries and pauses. tries: requests sent for it.

    url: where it came from, after redirects and at a mirror, if there is one.
    body is not part of what is written: the archive holds it under its sha256.
    """

    at: str
    table: str
    question: Question
    status: int
    url: str
    headers: Mapping[str, str]
    size: int
    sha256: str
    fetched_at: str
    seconds: float
    tries: int
    body: bytes = field(repr=False, default=b"")


@dataclass(frozen=True)
class Unanswered:
    """No whole answer came, or a refusal. error: name of the error. said: its body, cut."""

    at: str
    table: str
    question: Question
    error: str
    message: str
    status: int | None
    said: str
    seconds: float
    tries: int


@dataclass(frozen=True)
class Waiting:
    """A pause: for a turn under the rate limit, or before another try. why: what came before."""

    at: str
    table: str
    service: str
    seconds: float
    why: str


@dataclass(frozen=True)
class Kept:
    """A table is done, and well. state: see refresh.py."""

    at: str
    table: str
    state: str
    cells: int
    changed_cells: int
    requests: int
    seconds: float
    vintage: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Failed:
    """A table has nothing new that can be used. state: failed, quarantined, not now, not asked.

    vintage: the one in quarantine, which a person may accept or reject.
    """

    at: str
    table: str
    state: str
    problem: str
    since: str | None
    requests: int
    seconds: float
    vintage: str | None = None


@dataclass(frozen=True)
class RunEnded:
    """The run is over. states: state -> number of tables."""

    at: str
    states: Mapping[str, int]
    requests: int
    seconds: float
    interrupted: bool


Event = (
    RunStarted | TableStarted | Asked | Answered | Unanswered | Waiting | Kept | Failed | RunEnded
)
Tell = Callable[[Event], None]


def document(event: Event) -> dict[str, Any]:
    """Return an event as a JSON object: its name under "event", then its fields."""
    found = {"event": type(event).__name__, **asdict(event)}
    found.pop("body", None)
    return found


def plain(event: Event) -> str | None:
    """Return an event as a line for people, None if it is not worth one."""
    match event:
        case Kept():
            return f"{event.table}: {_kept(event)}{_notes(event.notes)}"
        case Failed():
            since = f" (since {event.since})" if event.since else ""
            which = f", vintage {event.vintage}" if event.vintage else ""
            return f"{event.table}: {event.state}{since}{which}: {event.problem}"
        case Waiting() if event.seconds >= SHORT_WAIT:
            return f"{event.table}: waiting {event.seconds:.0f} s ({event.why})"
        case RunEnded():
            states = ", ".join(f"{count} {state}" for state, count in event.states.items())
            stopped = "stopped by hand; " if event.interrupted else ""
            return f"{stopped}{states}; {event.requests} requests, {event.seconds:.1f} s"
        case _:
            return None


def several(tells: Iterable[Tell]) -> Tell:
    """Return one function that tells an event to all of these, one event at a time."""
    lock, each = threading.Lock(), tuple(tells)

    def tell(event: Event) -> None:
        with lock:
            for one in each:
                one(event)

    return tell


class JsonLines:
    """Writes every event as one line of JSON."""

    def __init__(self, file: TextIO) -> None:
        """Write to an open text file, which stays the caller's to close."""
        self._file = file

    def __call__(self, event: Event) -> None:
        """Write an event; whole lines, so that a log that was cut can be read up to there."""
        self._file.write(json.dumps(document(event), ensure_ascii=False) + "\n")
        self._file.flush()


class Log:
    """A log file from which the run can be replayed; to be used in a `with`.

    Beside FILE, the folder FILE.answers takes the answers that the archive did not keep, such
    as pages of the catalogue, so that log and archive together hold all that was answered.
    """

    def __init__(self, path: Path, archive: Archive) -> None:
        """Write to a new file at path; its folder is made if absent."""
        self._path, self._archive = path, archive
        self._open: dict[str, list[Answered]] = {}

    def __enter__(self) -> Self:
        """Open the file; a log that is there already is replaced."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("w", encoding="utf-8")
        self._lines = JsonLines(self._file)
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file; answers of tables that did not come to an end are kept too."""
        for table in list(self._open):
            self._settle(table)
        self._file.close()

    def __call__(self, event: Event) -> None:
        """Write an event; at a table's end also the answers that only the log has."""
        self._lines(event)
        if isinstance(event, Answered) and event.body:
            self._open.setdefault(event.table, []).append(event)
        elif isinstance(event, Kept | Failed):
            self._settle(event.table)

    def _settle(self, table: str) -> None:
        for answered in self._open.pop(table, ()):
            if not self._archive.object_path(answered.sha256).exists():
                write_once(beside(self._path) / answered.sha256, answered.body)


def beside(log: Path) -> Path:
    """Folder of the answers that only a log has."""
    return log.with_name(f"{log.name}.answers")


def _kept(event: Kept) -> str:
    if event.state in ("nothing new", "known", "recorded only"):
        return event.state
    changed = f", {event.changed_cells} changed" if event.changed_cells else ""
    return f"{event.state}, {event.cells} cells{changed}, {event.requests} requests"


def _notes(notes: tuple[str, ...]) -> str:
    return "".join(f"\n  {note}" for note in notes)

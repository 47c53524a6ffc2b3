"""Client: what the client of a protocol is given, and what it brings back.

One module per protocol in this folder speaks it (see CLIENTS in live.py), with two functions:

    bring(spec, asking, known) -> Brought | None    what is new; None if the source has nothing new
    describe(spec, documents) -> Described          what the source says of the table, for `doctor`

Nothing here opens a connection, decodes figures or keeps anything: that is sources/http/,
sources/readers/ and sources/pull/keep.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sources.archive import Entry
    from sources.http import Fetcher, Limits
    from sources.model import Unit
    from sources.pull.fetch import Answer
    from sources.registry import SourceTable

T = TypeVar("T")


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Piece:
    """One answer to keep.

    url:   the service's own public address, whatever mirror was asked, so that a question is
           the same question everywhere. as_of: how new the source says it is (a date or part of
           one). name: file name, where the reader needs one (Nav puts the month there).
    """

    method: str
    url: str
    request_body: Any
    answer: Answer
    as_of: str
    name: str = "live.json"


@dataclass(frozen=True)
class Brought:
    """What a client brings of one table.

    pieces:    the answers with figures. documents: metadata, pages and code lists that led to
               them; kept too, so that `doctor` can look at them offline.
    stamp:     the source's own word on how new its figures are (updated, ETag, hash of links);
               equal stamps mean that nothing is new. Empty where the source says nothing.
    whole:     whether the pieces are the whole table, so that earlier answers are superseded;
               False where they add to it (one Nav workbook per year).
    replaces:  addresses of earlier answers that are no longer part of the table, where whole is
               False: the edition of last month, which lay elsewhere.
    notes:     sentences for people, such as a table that the source has discontinued.
    """

    pieces: tuple[Piece, ...]
    stamp: str
    documents: tuple[Piece, ...] = ()
    whole: bool = True
    notes: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Known:
    """What the archive has of a table: stamp and answers of the newest good vintage."""

    stamp: str
    entries: tuple[Entry, ...]

    def validators(self, url: str) -> tuple[str | None, str | None]:
        """ETag and Last-Modified of the newest answer to a URL; (None, None) if there is none."""
        for entry in reversed(self.entries):
            if entry.url == url:
                return entry.headers.get("etag"), entry.headers.get("last-modified")
        return None, None


@dataclass
class Asking:
    """One run's way of asking: a fetcher per service, the clock, answers already had.

    state: folder of the rate limits that all processes of the machine share.
    at_any_time: ask StatBank also in its closed hours. limits: instead of the usual ones.
    checked: table -> when its source last said what is new of it, tables in good standing only.
    fetcher: makes the fetcher of a service, for runs that are watched or replayed.
    """

    state: Path
    at_any_time: bool = False
    now: Callable[[], datetime] = utc_now
    limits: Limits | None = None
    checked: Mapping[str, datetime] = field(default_factory=dict)
    fetcher: Callable[[str], Fetcher] | None = None
    _had: dict[str, Any] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)
    _locks: dict[str, Lock] = field(default_factory=dict, repr=False)

    def service(self, name: str) -> Fetcher:
        """The fetcher of a service: ssb, klass, udir, nav, dbh or utdanning."""
        return self.once(f"fetcher {name}", lambda: (self.fetcher or self._fetcher)(name))

    def _fetcher(self, name: str) -> Fetcher:
        from sources.http import Fetcher, Limits

        return Fetcher(name, state=self.state, limits=self.limits or Limits())

    def once(self, key: str, ask: Callable[[], T]) -> T:
        """Return what `ask` returned for this key, asking only the first time in this run."""
        with self._lock:
            lock = self._locks.setdefault(key, Lock())
        # A lock of its own for each question: threads that ask other services do not wait.
        with lock:
            if key not in self._had:
                self._had[key] = ask()
            found: T = self._had[key]
            return found


class NotArchived(KompetanseError):
    """The archive holds no copy of a document, so nobody can look at it offline."""


class Documents(Protocol):
    """Where `describe` reads documents: the live service, or the archive's newest copies."""

    def get(self, url: str) -> Answer:
        """The document at a public address; raises KompetanseError if it cannot be had.

        NotArchived says that nobody was asked, and that the archive has no copy.
        """


@dataclass(frozen=True)
class Successor:
    """A table that may have taken another's place: what request.url would be, title, periods."""

    url: str
    title: str
    note: str = ""
    discontinued: bool = False


@dataclass(frozen=True)
class Described:
    """What a source says of a table now.

    dimensions:   the source's own name -> code -> label; None where the source does not list
                  the codes. periods: time codes, oldest first. discontinued, licence, updated:
                  None where the source does not say.
    selected:     dimension -> the codes that our request selects; without an entry, all of them.
    optional:     dimensions that a question may leave out. units: measure code -> unit.
    unaskable:    sentences on what the source would refuse of our request.
    questions:    how many a pull takes; None where that is not known before.
    gone:         there is no such table any more. successors: what may have replaced it.
    """

    title: str
    dimensions: Mapping[str, Mapping[str, str] | None]
    periods: tuple[str, ...] = ()
    updated: str | None = None
    discontinued: bool | None = None
    licence: str | None = None
    notes: tuple[str, ...] = ()
    selected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    units: Mapping[str, Unit] = field(default_factory=dict)
    unaskable: tuple[str, ...] = ()
    questions: int | None = None
    gone: bool = False
    successors: tuple[Successor, ...] = ()


class Client(Protocol):
    """The module of a protocol, as live.py sees it."""

    def bring(self, spec: SourceTable, asking: Asking, known: Known | None) -> Brought | None:
        """Bring what is new of a table; None if the source says that nothing is."""

    def describe(self, spec: SourceTable, documents: Documents) -> Described:
        """What the source says of the table."""

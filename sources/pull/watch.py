"""Watching: a fetcher that tells what it asks, and whose waits end when the run is stopped.

How a question is asked is sources/http/; what is told is in events.py.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from sources.files import digest
from sources.http import SERVICES, Fetcher, FetchError, Limits
from sources.http.addresses import redact
from sources.http.hosts import target
from sources.ledger import utc_text
from sources.model import KompetanseError
from sources.pull.events import Answered, Asked, Question, Unanswered, Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from sources.http import Answer
    from sources.http.addresses import Params
    from sources.http.hosts import Target
    from sources.pull.events import Tell

# Whose turn it is, in each thread.
_TABLE: ContextVar[str] = ContextVar("table", default="")
_SHOWN = 4_000
# Shorter ones are the queue of this machine and say nothing.
_TOLD_FROM = 0.1


class Stopped(KompetanseError):
    """The run was stopped by hand before this table was done."""


@dataclass
class Watch:
    """What the fetchers of one run share.

    tell: takes the events. now: the clock. stop: set when the run is to end.
    requests: table -> requests sent.
    """

    tell: Tell
    now: Callable[[], datetime]
    stop: threading.Event = field(default_factory=threading.Event)
    requests: Counter[str] = field(default_factory=Counter)

    def turn(self, table: str) -> None:
        """What this thread asks from now on is asked for a table."""
        _TABLE.set(table)

    def at(self) -> str:
        """The time, as events carry it."""
        return utc_text(self.now())


class Watched(Fetcher):
    """A fetcher that tells its watch of every question, answer, refusal and pause."""

    def __init__(
        self, service: str, watch: Watch, *, state: Path, limits: Limits | None = None
    ) -> None:
        """Ask `service`; state and limits as of Fetcher."""
        self._watch = watch
        self._course = threading.local()
        super().__init__(
            service, state=state, limits=limits or Limits(), sleep=self._wait, now=watch.now
        )

    def get(
        self, path_or_url: str, params: Params | None = None,
        headers: Mapping[str, str] | None = None, etag: str | None = None,
        modified: str | datetime | None = None,
    ) -> Answer:  # fmt: skip
        """Ask as Fetcher.get does, and tell of it."""
        conditional = etag is not None or modified is not None
        question = asked(self.target, "GET", path_or_url, params, conditional=conditional)
        return self._told(
            question, partial(super().get, path_or_url, params, headers, etag, modified)
        )

    def post(
        self, path_or_url: str, body: Any, *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask as Fetcher.post does, and tell of it."""
        question = asked(self.target, "POST", path_or_url, body=body)
        return self._told(question, partial(super().post, path_or_url, body, headers=headers))

    def sent(self, tries: int, said: str) -> None:
        """Count a request."""
        self._course.tries, self._course.said = tries, said
        self._watch.requests[_TABLE.get()] += 1

    def _told(self, question: Question, ask: Callable[[], Answer]) -> Answer:
        watch, table, began = self._watch, _TABLE.get(), time.monotonic()
        self._refuse_if_stopped()
        self._course.tries, self._course.said = 0, "taking turns"
        watch.tell(Asked(watch.at(), table, question))
        try:
            answer = ask()
        except FetchError as error:
            spent = round(time.monotonic() - began, 3)
            said = redact(error.body.decode("utf-8", "replace"))[:_SHOWN]
            failed = Unanswered(
                watch.at(), table, question, type(error).__name__, str(error), error.status,
                said, spent, error.tries,
            )  # fmt: skip
            watch.tell(failed)
            raise
        spent = round(time.monotonic() - began, 3)
        headers = {name: redact(text) for name, text in answer.headers.items()}
        body = answer.body
        event = Answered(
            watch.at(), table, question, answer.status, answer.url, headers, len(body),
            digest(body), answer.fetched_at, spent, self._course.tries, body,
        )  # fmt: skip
        watch.tell(event)
        return answer

    def _wait(self, seconds: float) -> None:
        watch = self._watch
        if seconds >= _TOLD_FROM:
            table, name = _TABLE.get(), self.target.service.name
            watch.tell(Waiting(watch.at(), table, name, round(seconds, 1), self._course.said))
        watch.stop.wait(seconds)
        self._refuse_if_stopped()

    def _refuse_if_stopped(self) -> None:
        if self._watch.stop.is_set():
            raise Stopped(
                "The run was stopped by hand; what was kept stays. Run it again for the rest."
            )


def asked(
    where: Target,
    method: str,
    path_or_url: str,
    params: Params | None = None,
    body: Any = None,
    *,
    conditional: bool = False,
) -> Question:
    """Return a question as events know it, whatever mirror is asked."""
    url = redact(public(where, path_or_url, params))
    sha256 = "" if method == "GET" else digest(_canonical(body))
    return Question(where.service.name, method, url, sha256, conditional)


def public(where: Target, path_or_url: str, params: Params | None = None) -> str:
    """Return the service's own address for a path, or for an address at a mirror."""
    own = target(where.service.name, {})
    mirror, _, rest = path_or_url.partition(where.base)
    if not where.mirrored or mirror or not rest.startswith("/"):
        return own.address(path_or_url, params)
    host, _, path = rest[1:].partition("/")
    if host in SERVICES[where.service.name].hosts:
        return own.address(f"https://{host}/{path}", params)
    return own.address(rest, params)


def _canonical(body: Any) -> bytes:
    import json

    if isinstance(body, bytes):
        return body
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

"""Fetcher: asks one service, politely and with an end, and returns a whole answer or an error.

Here are the order of events (turn, exchange, pause, redirect) and the messages. What an address
may be is in hosts.py, bytes on the wire in wire.py, turns in pace.py. Nothing here decodes or
keeps an answer.
"""

from __future__ import annotations

import json
import logging
import os
import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from sources.http import hosts, messages, session, wire
from sources.http.addresses import authority, redact, split
from sources.http.errors import ForeignRedirect, InsecureAddress, InvalidSetting, SourceUnreachable
from sources.http.faults import Fault
from sources.http.limits import DEFAULT, Limits, Rate
from sources.http.pace import Pace
from sources.http.retry import RETRIED, TOO_MANY, backoff, retry_after, told
from sources.http.wire import SUCCESS, Question, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sources.http.addresses import Params

CONTACT = "KOMPETANSE_CONTACT"
_NAME = "kompetanse"
_LONGEST_CONTACT = 200
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NOT_MODIFIED = 304
_PARTIAL = 206
_SEE_OTHER = 303
# What a service sets for a visitor is a credential and never belongs in an archive.
_NOT_KEPT = frozenset({"set-cookie", "set-cookie2"})

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """A whole answer: 2xx, or 304 with an empty body if it was asked conditionally.

    url:        where it came from, after redirects, redacted.
    headers:    as sent, names in lower case, without cookies.
    body:       decompressed. fetched_at: when it was whole, "2026-11-22T07:33:41Z".
    """

    status: int
    url: str
    headers: dict[str, str]
    body: bytes
    fetched_at: str

    @property
    def unchanged(self) -> bool:
        """Whether the service says that nothing is new since `etag` or `modified`."""
        return self.status == _NOT_MODIFIED


@dataclass
class Course:
    """How far one question has come: the request to send next, and what was spent on it."""

    question: Question
    started: float
    deadline: float
    tries: int = 0
    redirects: int = 0
    queued: float = 0.0


class Fetcher:
    """Asks one service. Threads may share one; every process makes its own.

    Raises from get and post, all with what, where, how often and what next:
    SourceUnreachable (no whole answer before the deadline), SourceRefused (a status that another
    try does not mend), AnswerTooLarge, UndecodableAnswer, ForeignAddress and ForeignRedirect
    (a host that the service does not declare), InsecureAddress (plain http, bad certificate),
    StateUnusable (the rate limit cannot be shared).
    """

    def __init__(
        self, service: str, *, state: Path, limits: Limits = DEFAULT,
        clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        jitter: Callable[[], float] = random.random,
    ) -> None:  # fmt: skip
        """Ask `service` (ssb, klass, udir, nav, dbh, utdanning) at its base or mirror.

        state: folder of the rate limit that all processes of the machine share.
        clock: monotonic seconds, one clock for all processes; now: the time of day.
        Raises InvalidSetting or InsecureAddress for an unusable variable of the environment.
        """
        self.target = hosts.target(service, os.environ)
        self.limits = limits
        self._state = state
        self._clock, self._sleep, self._now, self._jitter = clock, sleep, now, jitter
        self._session = session.session(user_agent(os.environ))

    def address(self, path_or_url: str, params: Params | None = None) -> str:
        """Return the URL that get would ask, for instance to measure its length."""
        return self.target.address(path_or_url, params)

    def get(
        self, path_or_url: str, params: Params | None = None,
        headers: Mapping[str, str] | None = None, etag: str | None = None,
        modified: str | datetime | None = None,
    ) -> Answer:  # fmt: skip
        """Ask for a path below the base, or for an absolute URL of the service's hosts.

        etag, modified: of the answer that one has (a datetime with its time zone); then this
        answer may be 304 (`unchanged`).
        """
        sent = dict(headers or {})
        if etag is not None:
            sent["If-None-Match"] = etag
        if modified is not None:
            sent["If-Modified-Since"] = _http_date(modified)
        return self._ask(Question("GET", self.address(path_or_url, params), sent))

    def post(
        self, path_or_url: str, body: Any, *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a question as JSON (or as bytes) and return the answer.

        It may be sent several times: a post of these services asks and changes nothing.
        """
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        sent = {"Content-Type": "application/json", **(headers or {})}
        return self._ask(Question("POST", self.address(path_or_url), sent, raw))

    def sent(self, tries: int, said: str) -> None:
        """Be told of every request sent and what came of it; does nothing here, for who counts."""

    def _ask(self, question: Question) -> Answer:
        now = self._clock()
        course = Course(question, now, now + self.limits.total)
        while True:
            outcome = self._once(course)
            if isinstance(outcome, Fault):
                self._pause(course, outcome)
            elif outcome.status in _REDIRECTS and "location" in outcome.headers:
                self._follow(course, outcome)
            else:
                return self._answer(course, outcome)

    def _once(self, course: Course) -> Reply | Fault:
        question, pace = course.question, self._pace(course.question.url)
        ticket = self._turn(course, pace)
        course.tries += 1
        login = self.target.login_for(question.url)
        sent = Question(question.method, question.url, {**login, **question.headers}, question.body)

        # Settled at the headers, not at the end: a slow body must not hold others up.
        def arrived(headers: dict[str, str] | None) -> None:
            pace.settle(ticket, told(headers, self._rate.window) if headers else None)

        def check() -> None:
            if self._clock() >= course.deadline:
                raise TimeoutError

        left = max(course.deadline - self._clock(), 0.001)
        outcome = wire.exchange(self._session, sent, self.limits, left, check, arrived)
        self.sent(course.tries, _note(course, outcome))
        if isinstance(outcome, Fault) or outcome.status not in RETRIED:
            return outcome
        wait = retry_after(outcome.headers, self._now())
        return Fault("passing", f"HTTP {outcome.status}", outcome.status, outcome.body, wait)

    def _turn(self, course: Course, pace: Pace) -> str:
        while True:
            # The wait is only a guess: others may be quicker, so the question is asked anew.
            turn = pace.ask()
            if turn.ticket is not None:
                return turn.ticket
            before = self._clock()
            if turn.closed and before + turn.wait > course.deadline:
                raise self._unreachable(
                    course, f"it asks to be left alone until {self._at(turn.wait)}"
                )
            if not turn.closed and course.queued + turn.wait > self.limits.turn:
                raise self._unreachable(course, f"no turn within {self.limits.turn:.0f} s")
            self._sleep(turn.wait)
            if not turn.closed:
                waited = self._clock() - before
                course.queued += waited
                course.deadline += waited

    def _pause(self, course: Course, fault: Fault) -> None:
        if fault.kind != "passing":
            raise messages.final(self.target.service, course.question, course.tries, fault)
        limits = self.limits
        wait = backoff(course.tries, limits.backoff, limits.backoff_max, self._jitter())
        # What one process was told, the others on this machine must not have to learn again.
        if fault.retry_after is not None or fault.status == TOO_MANY:
            wait = max(wait, fault.retry_after or 0.0)
            self._pace(course.question.url).close(wait)
        # Giving up now is kinder than a pause that is known to lead nowhere.
        if self._clock() + wait >= course.deadline:
            what = fault.what
            if fault.retry_after is not None and wait == fault.retry_after:
                what += f", and it asks to wait until {self._at(wait)}"
            raise self._unreachable(course, what, fault)
        _log.info("waiting %.1f s after: %s", wait, fault.what)
        self._sleep(wait)

    def _follow(self, course: Course, reply: Reply) -> None:
        course.redirects += 1
        question = course.question
        if course.redirects > self.limits.redirects:
            what = f"it redirects more than {self.limits.redirects} times"
            raise messages.refused(self.target.service, question, course.tries, reply, what)
        # Headers come as latin-1; an address in them is meant as UTF-8.
        location = reply.headers["location"].encode("latin-1", "replace").decode("utf-8", "replace")
        try:
            url = self.target.redirect(question.url, location)
        except (ForeignRedirect, InsecureAddress) as error:
            error.url, error.tries, error.status = redact(question.url), course.tries, reply.status
            raise
        kept = question.headers
        if authority(split(url)) != authority(split(question.url)):
            kept = {k: v for k, v in kept.items() if k.lower() != "authorization"}
        # 301 and 302 would let a POST become a GET, which would ask something else.
        if reply.status == _SEE_OTHER and question.method == "POST":
            kept = {k: v for k, v in kept.items() if k.lower() != "content-type"}
            course.question = Question("GET", url, kept)
        else:
            course.question = Question(question.method, url, kept, question.body)

    def _answer(self, course: Course, reply: Reply) -> Answer:
        asked = {name.lower() for name in course.question.headers}
        # A 304 to an unconditional question has no figures in it and no older ones to stand for.
        conditional = asked & {"if-none-match", "if-modified-since"}
        whole = reply.status == _NOT_MODIFIED if conditional else False
        if not whole and (reply.status not in SUCCESS or reply.status == _PARTIAL):
            raise messages.refused(self.target.service, course.question, course.tries, reply)
        return Answer(
            status=reply.status,
            url=redact(course.question.url),
            headers={k: v for k, v in reply.headers.items() if k not in _NOT_KEPT},
            body=reply.body,
            fetched_at=self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        )

    def _unreachable(
        self, course: Course, what: str, fault: Fault | None = None
    ) -> SourceUnreachable:
        spent = self._clock() - course.started - course.queued
        return messages.unreachable(self.target, course.question, course.tries, spent, what, fault)

    @property
    def _rate(self) -> Rate:
        return self.limits.rate or self.target.rate

    def _pace(self, url: str) -> Pace:
        return Pace(self._state, authority(split(url)), self._rate, self._clock)

    def _at(self, wait: float) -> str:
        return messages.moment(self._now(), wait)


def user_agent(environ: Mapping[str, str]) -> str:
    """Return who we say we are: the project, and the contact of whoever runs it if configured.

    Raises InvalidSetting if the contact cannot stand in a header.
    """
    contact = environ.get(CONTACT, "").strip()
    if not contact:
        return _NAME
    if not (contact.isascii() and contact.isprintable()) or len(contact) > _LONGEST_CONTACT:
        raise InvalidSetting(
            f"{CONTACT} must be a mail or web address of at most {_LONGEST_CONTACT} plain "
            f"characters (no æøå, no line breaks), not {contact[:60]!r}"
        )
    return f"{_NAME} ({contact})"


def _http_date(moment: str | datetime) -> str:
    if isinstance(moment, str):
        return moment
    if moment.tzinfo is None:
        raise ValueError(f"modified={moment!r} needs a time zone: the sources' stamps are UTC")
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _note(course: Course, outcome: Reply | Fault) -> str:
    said = redact(f"HTTP {outcome.status}" if isinstance(outcome, Reply) else outcome.what)
    size = len(outcome.body)
    question = course.question
    _log.info(
        "%s %s: %s, %d bytes, try %d",
        question.method, redact(question.url), said, size, course.tries,
    )  # fmt: skip
    return said

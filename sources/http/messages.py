"""What the errors of the HTTP layer say: what, where, how often tried, what to do next.

Only words. When an error is due is decided in fetch.py; where an address may lead, with its own
words, in hosts.py.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sources.http.addresses import redact
from sources.http.errors import (
    AnswerTooLarge,
    FetchError,
    InsecureAddress,
    InvalidSetting,
    SourceRefused,
    SourceUnreachable,
    UndecodableAnswer,
)

if TYPE_CHECKING:
    from sources.http.faults import Fault
    from sources.http.hosts import Service, Target
    from sources.http.wire import Question, Reply

_LONGEST = 1e9
_SHOWN = 200


def unreachable(
    target: Target, question: Question, tries: int, spent: float, what: str, fault: Fault | None
) -> SourceUnreachable:
    """Nothing whole came before the deadline; spent: seconds, without waiting for one's turn."""
    where = f"{target.service.title} gave no whole answer to {_asked(question)}: {what}"
    title = problem_title(fault.body) if fault else ""
    mirror = f" {target.service.variable} is set: is the mirror running?" if target.mirrored else ""
    return SourceUnreachable(
        f"{where}{f' ({title})' if title else ''}. {_tried(tries)} in {spent:.0f} s. "
        f"Ask again later; other services are not affected.{mirror}",
        url=redact(question.url),
        tries=tries,
        status=fault.status if fault else None,
        body=fault.body if fault else b"",
    )


def refused(
    service: Service, question: Question, tries: int, reply: Reply, what: str = ""
) -> SourceRefused:
    """The service answered, and another try would give the same."""
    said = what or f"HTTP {reply.status}"
    title = problem_title(reply.body)
    return SourceRefused(
        f"{service.title} refused {_asked(question)}: {said}{f', {title!r}' if title else ''}. "
        f"{_tried(tries)}. Asking again does not help: compare the address and the selection "
        "with the source's YAML and the service's own description.",
        url=redact(question.url),
        tries=tries,
        status=reply.status,
        body=reply.body,
    )


def final(
    service: Service, question: Question, tries: int, fault: Fault
) -> FetchError | InvalidSetting:
    """A fault that another try does not mend."""
    where = f"{service.title}, {_asked(question)}"
    if fault.kind == "address":
        return InvalidSetting(f"{where}: the address or a header cannot be sent: {fault.what}")
    kind, text = {
        "certificate": (
            InsecureAddress,
            (
                f"its certificate does not hold ({fault.what}). If your network inspects TLS, name "
                "its certificates in REQUESTS_CA_BUNDLE; verification cannot be switched off."
            ),
        ),
        "too-large": (
            AnswerTooLarge,
            (
                f"{fault.what}. The rest was not read. Ask for less at a time; if so large an "
                "answer is right, raise the limit (Limits in sources/http/limits.py)."
            ),
        ),
        "undecodable": (
            UndecodableAnswer,
            (
                f"{fault.what}. Nothing was kept. Look for a proxy or a mirror that changes bodies "
                "without changing their headers."
            ),
        ),
    }[fault.kind]
    return kind(f"{where}: {text} {_tried(tries)}.", url=redact(question.url), tries=tries)


def problem_title(body: bytes) -> str:
    """Return what an error body says: title and detail of Problem JSON, else its beginning.

    Empty for an empty body. Cut, without markup and control characters, and redacted.
    """
    text = body.decode("utf-8", "replace")
    try:
        problem = json.loads(text)
    except (ValueError, RecursionError):
        problem = None
    if isinstance(problem, dict):
        parts = [problem.get(key) for key in ("title", "detail", "error", "message", "melding")]
        found = dict.fromkeys(part for part in parts if isinstance(part, str) and part)
        text = "; ".join(found) or text
    # Control characters could forge lines of a log or move a terminal's cursor.
    text = re.sub(r"<[^<>]*>", " ", text[:4096])
    plain = "".join(c if c.isprintable() else " " for c in text)
    return redact(" ".join(plain.split()))[:_SHOWN]


def moment(now: datetime, wait: float) -> str:
    """Return the time of day after a wait, for people: "2026-11-22 07:40 UTC"."""
    until = now.astimezone(UTC) + timedelta(seconds=min(wait, _LONGEST))
    return until.strftime("%Y-%m-%d %H:%M UTC")


def _asked(question: Question) -> str:
    url = redact(question.url)
    shown = url if len(url) <= 2 * _SHOWN else f"{url[: 2 * _SHOWN]}..."
    return f"{question.method} {shown}"


def _tried(tries: int) -> str:
    return {0: "Not tried", 1: "Tried once"}.get(tries, f"Tried {tries} times")

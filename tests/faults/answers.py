"""What any service may do with its answers, and the faults that are the same for all of them.

What only one service can do stands in the module of its world.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.faults.fault import FAILED, REVISED, SECOND_DAY, Fault
from tests.http.server import answer, drip, moved, raw, reset
from tests.services.server import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.http.server import Act

    Sent = Callable[[Reply], Reply | Act]

HTML = b"<!DOCTYPE html><html><head><title>Vedlikehold</title></head></html>"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
_YEAR = timedelta(days=365)


def body(change: Callable[[bytes], bytes], **headers: str) -> Callable[[Reply], Reply]:
    """Send these bytes instead."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return lambda reply: replace(reply, body=change(reply.body), headers={**reply.headers, **named})


def document(change: Callable[[Any], Any]) -> Callable[[Reply], Reply]:
    """Send the JSON after a change made in it."""

    def changed(sent: bytes) -> bytes:
        found = json.loads(sent)
        change(found)
        return json.dumps(found, ensure_ascii=False).encode()

    return body(changed)


def swapped(old: str, new: str, count: int = -1) -> Callable[[Reply], Reply]:
    """Send other words in the place of some; they must be there."""

    def changed(sent: bytes) -> bytes:
        assert old.encode() in sent, old
        return sent.replace(old.encode(), new.encode(), count)

    return body(changed)


def refused(status: int, said: bytes = b"") -> Sent:
    """Send a status and little else."""
    return lambda reply: Reply(status, said)


def _cut(reply: Reply) -> Act:
    return raw(200, {"Content-Length": str(len(reply.body))}, reply.body[: len(reply.body) // 2])


def _page(name: str) -> Sent:
    return body(lambda sent: HTML, Content_Type=name)


def on_the_way() -> list[Fault]:
    """Faults between the service and us, of the answers with figures."""
    tomorrow = "Wed, 21 Oct 2015 07:28:00 GMT"
    return [
        Fault("503 without Retry-After, once", REVISED, reply=refused(503), times=1),
        Fault("429 with Retry-After 0, once", REVISED, times=1,
              reply=lambda reply: answer(429, b"", Retry_After="0")),
        Fault("429 with Retry-After as a date gone by, once", REVISED, times=1,
              reply=lambda reply: answer(429, b"", Retry_After=tomorrow)),
        Fault("500 without a word, for ever", FAILED, ("500",), refused(500)),
        Fault("403 without a word", FAILED, ("403",), refused(403)),
        Fault("404 without a word", FAILED, ("404",), refused(404)),
        Fault("reset in the midst of the body, once", REVISED, times=1,
              reply=lambda reply: reset(_HEAD + reply.body[:500])),
        Fault("reset in the midst of the body, for ever", FAILED,
              reply=lambda reply: reset(_HEAD + reply.body[:500])),
        Fault("body shorter than its length, once", REVISED, reply=_cut, times=1),
        Fault("a body that drips", FAILED, (), lambda reply: drip(_HEAD, b" ")),
        Fault("body cut half-way, length right", FAILED, (),
              body(lambda sent: sent[: len(sent) // 2])),
        Fault("an empty body", FAILED, (), body(lambda sent: b"")),
        Fault("HTML with 200", FAILED, (), _page("text/html")),
        Fault("HTML with 200, called what was asked for", FAILED, (), body(lambda sent: HTML)),
        Fault("the right body, called text", REVISED,
              reply=body(lambda sent: sent, Content_Type="text/plain")),
        Fault("gzip that is not called gzip", FAILED, (), body(gzip.compress)),
        Fault("sent on to another host", FAILED, ("example.org",),
              lambda reply: moved("https://example.org/tall")),
        Fault("the clock goes back a year", REVISED,
              clock=lambda faulty, asked: SECOND_DAY - _YEAR),
        Fault("the clock goes on three years", REVISED,
              clock=lambda faulty, asked: SECOND_DAY + 3 * _YEAR),
        Fault("the clock goes back and forth", REVISED,
              clock=lambda faulty, asked: SECOND_DAY + (-1) ** asked * timedelta(days=400)),
    ]  # fmt: skip


def not_json() -> list[Fault]:
    """Faults of a body that should be JSON."""
    return [
        Fault("null in the place of an answer", FAILED, (), body(lambda sent: b"null")),
        Fault("brackets without end", FAILED, (), body(lambda sent: b"[" * 200_000)),
        Fault("two answers in a body", FAILED, (), body(lambda sent: sent + sent)),
        Fault("rubbish behind the last bracket", FAILED, (), body(lambda sent: sent + b"<!-- -->")),
        Fault("a body in latin-1", FAILED, (), body(lambda sent: sent.decode().encode("latin-1"))),
        Fault("XML in the place of JSON", FAILED, (),
              body(lambda sent: b'<?xml version="1.0"?><svar/>', Content_Type="application/xml")),
    ]  # fmt: skip

"""The table of faults of the transport: what the server does, and how a question must end.

Every entry is one case of test_faults.py. A new fault is one entry here.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from typing import Any

from sources.http import (
    AnswerTooLarge,
    FetchError,
    ForeignRedirect,
    InsecureAddress,
    SourceRefused,
    SourceUnreachable,
    UndecodableAnswer,
)
from tests.http.server import (
    BODY,
    Act,
    answer,
    bomb,
    chunks,
    drip,
    moved,
    packed,
    problem,
    raw,
    reset,
    silence,
)

_OK = answer()
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
_LONG = bytes(range(256)) * 300
_NOON = "Sun, 22 Nov 2026 12:00:00 GMT"


@dataclass(frozen=True)
class Fault:
    """One fault.

    acts:  what the server does, request by request; the last for ever.
    ends:  the error, or None if a whole answer must come in the end.
    tries: requests that the server must have seen; None where the deadline decides.
    says:  what the message must hold. waits: pauses that must have been made, if given.
    tick:  seconds that pass at each look at the clock. limits: other than the tests' own.
    """

    name: str
    acts: tuple[Act, ...]
    ends: type[FetchError] | None = None
    tries: int | None = None
    says: tuple[str, ...] = ()
    waits: tuple[float, ...] | None = None
    tick: float = 0.0
    limits: dict[str, Any] = field(default_factory=dict)
    body: bytes = BODY


def _retried() -> list[Fault]:
    faults = []
    for status in (429, 500, 502, 503, 504):
        fails = answer(status, b"<html>Feil</html>")
        said = answer(status, b"", Retry_After="7")
        faults += [
            Fault(f"{status} once", (fails, _OK), tries=2, waits=(1.0,)),
            Fault(f"{status} Retry-After 7", (said, _OK), tries=2, waits=(7.0,)),
            Fault(f"{status} for ever", (fails,), SourceUnreachable, 6, (f"HTTP {status}", "Feil")),
        ]  # fmt: skip
    return faults


def _retry_after() -> list[Fault]:
    def case(name: str, value: str, waits: tuple[float, ...], **headers: str) -> Fault:
        act = answer(503, b"", Retry_After=value, **headers)
        return Fault(f"Retry-After {name}", (act, _OK), tries=2, waits=waits)

    def absurd(name: str, value: str, says: str) -> Fault:
        act = answer(503, b"", Retry_After=value)
        return Fault(
            f"Retry-After {name}", (act, _OK), SourceUnreachable, 1, ("503", says), waits=()
        )

    own = (1.0,)
    return [
        case("as date", "Sun, 22 Nov 2026 12:00:20 GMT", (20.0,)),
        case("as date, RFC 850", "Sunday, 22-Nov-26 12:00:20 GMT", (20.0,)),
        case("as date, by the server's clock", "Sun, 22 Nov 2026 15:00:09 GMT", (9.0,),
             Date="Sun, 22 Nov 2026 15:00:00 GMT"),
        case("in the past", "Sat, 21 Nov 2026 12:00:00 GMT", own),
        case("0", "0", own),
        case("negative", "-30", own),
        case("a fraction", "1.5", own),
        case("a word", "soon", own),
        case("empty", "", own),
        case("a date that is none", "Sun, 99 Nov 2026 12:00:00 GMT", own),
        absurd("beyond the deadline", "61", "2026-11-22 12:01 UTC"),
        absurd("of ten years", "315360000", "2036-11-19 12:00 UTC"),
        absurd("of 5000 digits", "9" * 5000, "2058"),
        absurd("in the year 9999", "Fri, 31 Dec 9999 23:59:59 GMT", "2058"),
    ]  # fmt: skip


def _bodies() -> list[Fault]:
    half = gzip.compress(_LONG)[:-200]
    short = raw(200, {"Content-Length": str(len(BODY) + 5)}, BODY)
    return [
        Fault("body shorter than its length", (short, _OK), tries=2),
        Fault("body shorter than its length for ever", (short,), SourceUnreachable, 6,
              ("cut off",)),
        Fault("chunked body without its end", (chunks(BODY, end=False), _OK), tries=2),
        Fault("chunk size that is no number",
              (raw(200, {"Transfer-Encoding": "chunked"}, b"zz\r\n{}"), _OK), tries=2),
        Fault("gzip body cut, length right", (packed(cut=-4), _OK), tries=2),
        Fault("gzip body cut, connection closed",
              (raw(200, {"Content-Encoding": "gzip"}, half), _OK), tries=2),
        Fault("gzip body with a wrong checksum",
              (answer(200, gzip.compress(BODY)[:-8] + bytes(8), Content_Encoding="gzip"), _OK),
              tries=2),
        Fault("gzip body with rubbish behind",
              (answer(200, gzip.compress(BODY) + b"rubbish", Content_Encoding="gzip"), _OK),
              tries=2),
        Fault("gzip of two members",
              (answer(200, gzip.compress(BODY) * 2, Content_Encoding="gzip"),),
              tries=1, body=BODY * 2),
        Fault("gzip padded with zeros",
              (answer(200, gzip.compress(BODY) + bytes(9), Content_Encoding="gzip"),), tries=1),
        Fault("plain body labelled gzip", (answer(200, BODY, Content_Encoding="gzip"),),
              UndecodableAnswer, 1, ("Content-Encoding is gzip", "value")),
        Fault("brotli, which nobody asked for", (answer(200, BODY, Content_Encoding="br"),),
              UndecodableAnswer, 1, ("'br'",)),
        Fault("gzip twice", (answer(200, BODY, Content_Encoding="gzip, gzip"),),
              UndecodableAnswer, 1, ("'gzip, gzip'",)),
        Fault("gzip bomb", (bomb(64),), AnswerTooLarge, 1, ("after decompression", "1000000")),
        Fault("oversized body, announced", (answer(200, bytes(100_001)),), AnswerTooLarge, 1,
              ("100001 bytes as sent",)),
        Fault("oversized body, announced and never sent",
              (drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n", b"", 0.05),),
              AnswerTooLarge, 1, ("100001 bytes as sent",)),
        Fault("oversized body, chunked", (chunks(*[bytes(9_000)] * 12),), AnswerTooLarge, 1,
              ("as sent", "100000")),
        Fault("endless body", (drip(b"HTTP/1.1 200 OK\r\n\r\n", bytes(4_000), 0.0),),
              AnswerTooLarge, 1, ("as sent",)),
        Fault("part of a body", (answer(206),), SourceRefused, 1, ("HTTP 206",)),
        Fault("body just within the limit", (answer(200, bytes(100_000)),), tries=1,
              body=bytes(100_000)),
    ]  # fmt: skip


def _connections() -> list[Fault]:
    slow: dict[str, Any] = {"tick": 1.0, "ends": SourceUnreachable, "says": ("deadline",)}
    return [
        Fault("reset before the answer", (reset(), _OK), tries=2, waits=(1.0,)),
        Fault("reset for ever", (reset(),), SourceUnreachable, 6, ("reset", "Tried 6 times")),
        Fault("reset in the headers", (reset(_HEAD[:20]), _OK), tries=2),
        Fault("reset in the body", (reset(_HEAD + b"half"), _OK), tries=2),
        Fault("closed without a word", (raw_bytes(b""), _OK), tries=2),
        Fault("an answer that is not HTTP", (raw_bytes(b"220 smtp ready\r\n"), _OK), tries=2),
        Fault("a header without end",
              (raw_bytes(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000), _OK), tries=2),
        Fault("silence", (silence(), _OK), tries=2),
        Fault("silence in the body", (drip(_HEAD + b"half", b"", 0.05), _OK), tries=2),
        Fault("body that drips past the deadline", (drip(_HEAD, b"x"),), **slow),
        Fault("body without end that drips",
              (drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),), **slow),
        Fault("body in dripping chunks",
              (drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),),
              **slow),
        Fault("headers that drip past the deadline",
              (drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),), SourceUnreachable, 1,
              ("deadline",), limits={"total": 0.3}),
        Fault("chunk size that drips past the deadline",
              (drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),),
              SourceUnreachable, 1, ("deadline",), limits={"total": 0.3}),
        Fault("storm of 503, then the answer", (*[answer(503, b"")] * 5, _OK), tries=6,
              waits=(1.0, 2.0, 4.0, 8.0, 16.0)),
        Fault("one of each, then the answer",
              (answer(503, b""), reset(), packed(cut=-4), answer(429, b""), _OK), tries=5),
    ]  # fmt: skip


def _refused() -> list[Fault]:
    faults = [
        Fault(f"{status} is not retried", (answer(status, b""), _OK), SourceRefused, 1,
              (f"HTTP {status}", "Asking again does not help"))
        for status in (400, 401, 403, 404, 405, 406, 408, 409, 410, 414, 418, 451, 501, 505)
    ]  # fmt: skip
    return [
        *faults,
        Fault("400 with Problem JSON", (problem(400, "Non-existent value"),), SourceRefused, 1,
              ("HTTP 400", "'Non-existent value'")),
        Fault("400 with title and detail", (problem(400, "Too many", detail="cells"),),
              SourceRefused, 1, ("'Too many; cells'",)),
        Fault("400 in gzip", (packed(b'{"title": "Unsupported language"}', status=400),),
              SourceRefused, 1, ("'Unsupported language'",)),
        Fault("400 as version 1 writes it", (answer(400, b'{"error":"Parameter error"}'),),
              SourceRefused, 1, ("'Parameter error'",)),
        Fault("403 with a page", (answer(403, b"<html><h1>Ikke\ntilgang</h1>"),),
              SourceRefused, 1, ("'Ikke tilgang'",)),
        Fault("404 with a page beyond the limits", (answer(404, b"Borte " * 50_000),),
              SourceRefused, 1, ("Borte",)),
        Fault("404 whose page breaks off",
              (raw(404, {"Content-Length": "99"}, b"Borte"),), SourceRefused, 1, ("404",)),
        Fault("400 with escape sequences", (problem(400, "\x1b[2Jgone\r\nFAKE LOG"),),
              SourceRefused, 1, ("'[2Jgone FAKE LOG'",)),
        Fault("400 with JSON too deep", (answer(400, b"[" * 60_000),), SourceRefused, 1, ("400",)),
        Fault("304 that nobody asked for", (answer(304, b""),), SourceRefused, 1, ("HTTP 304",)),
        Fault("300 without a choice", (answer(300, b""),), SourceRefused, 1, ("HTTP 300",)),
    ]  # fmt: skip


def _redirects() -> list[Fault]:
    def foreign(name: str, location: str, says: str = "not followed") -> Fault:
        acts = (moved(location), _OK)
        return Fault(f"redirect {name}", acts, ForeignRedirect, 1, ("redirects", says))

    def foreign_host(name: str, location: str) -> Fault:
        return foreign(name, location, "Nothing was sent there")

    return [
        foreign_host("to another host", "https://example.org/x"),
        foreign_host("to another port", "http://127.0.0.1:9/x"),
        foreign_host("from the mirror to the service", "https://data.ssb.no/api/pxwebapi/v2/x"),
        Fault("redirect to plain http", (moved("http://example.org/x"), _OK), InsecureAddress, 1,
              ("plain http",)),
        Fault("redirect to plain http, host left out", (moved("//example.org/x"), _OK),
              InsecureAddress, 1, ("plain http",)),
        foreign("to a file", "file:///etc/passwd"),
        foreign("to nowhere", "https://"),
        foreign("to a port that is none", "http://127.0.0.1:99999/x"),
        Fault("redirect without a place", (answer(302, b""), _OK), SourceRefused, 1,
              ("HTTP 302",)),
        Fault("redirect in a circle", (moved("?again"),), SourceRefused, 6,
              ("more than 5 times", "Tried 6 times")),
        Fault("redirect once", (moved("?again", 301), _OK), tries=2, waits=()),
        Fault("redirect with a bomb for a body",
              (raw(302, {"Location": "?again", "Content-Encoding": "gzip"}, bytes(300_000)), _OK),
              tries=2),
        Fault("redirect, then 503", (moved("?again"), answer(503, b""), _OK), tries=3),
    ]  # fmt: skip


def raw_bytes(data: bytes) -> Act:
    """These bytes instead of an answer, then the end."""

    def act(handler: Any) -> None:
        handler.wfile.write(data)
        handler.close_connection = True

    return act


FAULTS = (
    *_retried(), *_retry_after(), *_bodies(), *_connections(), *_refused(), *_redirects(),
)  # fmt: skip

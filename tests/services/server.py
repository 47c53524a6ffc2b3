"""Serves the services' protocols on a free loopback port, with faults where a test asks for them.

What a service answers is said in the module of the service (udir.py, nav.py ...); each has
`answer(asked)`. What can go wrong on the wire is in tests/http/server.py, whose acts are used here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from tests.http.server import Act, Asked, Server, answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True)
class Reply:
    """What a service answers: status, body, headers besides Content-Length and ETag."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Service(Protocol):
    """One service. prefix: path of its base ("/api/klass/v1"); asked.path keeps it."""

    prefix: str

    def answer(self, asked: Asked) -> Reply:
        """Answer a request as the real service would; note what it would not like to see."""


# Given the number of the request (from 1), the request and what the service would reply: the
# same or another reply, or an act that breaks the wire.
Twist = Callable[[int, Asked, Reply], "Reply | Act"]


class _Serving(Server):
    """Answers every path from one service; keeps a log of what was asked."""

    def __init__(self, service: Service, twist: Twist | None) -> None:
        self.service, self.twist = service, twist
        self.log: list[Asked] = []
        super().__init__()

    def next_act(self, asked: Asked) -> Act:
        with self._lock:
            self.log.append(asked)
            number = len(self.log)
        reply: Reply | Act = self.service.answer(asked)
        if isinstance(reply, Reply) and self.twist:
            reply = self.twist(number, asked, reply)
        return _sent(asked, reply) if isinstance(reply, Reply) else reply


def _sent(asked: Asked, reply: Reply) -> Act:
    etag = f'"{hashlib.sha256(reply.body).hexdigest()[:16]}"'
    cacheable = reply.status == 200 and asked.method == "GET"
    if cacheable and asked.headers.get("if-none-match") == etag:
        return answer(304, b"", ETag=etag)
    headers = {"ETag": etag, **reply.headers} if cacheable else dict(reply.headers)
    return answer(reply.status, reply.body, **headers)


@dataclass(frozen=True)
class Running:
    """A service being served: base address as KOMPETANSE_<NAME>_BASE wants it, and the log."""

    base: str
    log: list[Asked]


@contextmanager
def serving(service: Service, twist: Twist | None = None) -> Iterator[Running]:
    """Serve one service on a free port until the end of the block."""
    server = _Serving(service, twist)
    try:
        yield Running(server.base + service.prefix, server.log)
    finally:
        server.close()

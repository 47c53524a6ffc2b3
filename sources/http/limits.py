"""Limits of one question: times, bytes, redirects and calls.

Only numbers and what they mean. Who keeps them: fetch.py (times, redirects), body.py (bytes),
pace.py (calls).
"""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Rate:
    """At most `calls` requests in any `window` seconds."""

    calls: int
    window: float


@dataclass(frozen=True)
class Limits:
    """How long, how much and how often; seconds and bytes.

    connect, read: until a connection stands, and between two pieces of an answer.
    total:         the deadline: everything of one question, with retries, pauses and redirects.
                   Waiting for one's turn under the rate limit is our own doing and not counted.
    turn:          longest wait for one's turn, all together.
    compressed, decompressed: largest body as sent, and after decompression.
    redirects:     most redirects of one question.
    backoff, backoff_max: first and longest pause between tries, before jitter.
    rate:          instead of the service's own rate.
    """

    connect: float = 10.0
    read: float = 60.0
    total: float = 300.0
    turn: float = 3600.0
    compressed: int = 64 * MIB
    decompressed: int = 512 * MIB
    redirects: int = 5
    backoff: float = 1.0
    backoff_max: float = 60.0
    rate: Rate | None = None


DEFAULT = Limits()

"""Faults: what an exception of requests, urllib3 or ssl means for a question.

Only the translation into one word and a short text without addresses. What follows from a fault
is decided in fetch.py, what people read in messages.py.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import requests
import urllib3

from sources.http.addresses import redact

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Fault:
    """Why there is no whole answer; only "passing" ones are worth another try."""

    kind: Literal["passing", "certificate", "too-large", "undecodable", "address"]
    what: str
    status: int | None = None
    body: bytes = b""
    retry_after: float | None = None


# In this order: the first kind met anywhere in the chain of causes gives the text.
_TEXTS: tuple[tuple[type[BaseException], str], ...] = (
    (urllib3.exceptions.NameResolutionError, "the host's name could not be looked up"),
    (ConnectionRefusedError, "the connection was refused"),
    (urllib3.exceptions.NewConnectionError, "no connection could be made"),
    (urllib3.exceptions.ConnectTimeoutError, "no connection in time"),
    (urllib3.exceptions.ReadTimeoutError, "the service fell silent"),
    (urllib3.exceptions.IncompleteRead, "the body was cut off"),
    (urllib3.exceptions.ProxyError, "the proxy of this network did not let it through"),
    (ConnectionResetError, "the connection was reset"),
    (ssl.SSLError, "TLS failed"),
    (urllib3.exceptions.ProtocolError, "the connection broke off"),
)


def fault_of(error: BaseException, *, over: bool) -> Fault:
    """Return what an exception of requests or urllib3 means; over: whether time was up."""
    if over or type(error) is TimeoutError:
        return late()
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Fault("certificate", cause.verify_message or cause.reason or "unknown reason")
    if isinstance(error, requests.RequestException) and isinstance(error, ValueError):
        return Fault("address", redact(str(error)))
    for kind, text in _TEXTS:
        if any(isinstance(cause, kind) for cause in causes):
            return Fault("passing", text)
    return Fault("passing", f"the connection failed ({type(causes[-1]).__name__})")


def _causes(error: BaseException) -> Iterator[BaseException]:
    waiting, met = [error], set()
    while waiting:
        cause = waiting.pop(0)
        if id(cause) in met:
            continue
        met.add(id(cause))
        yield cause
        inner = (*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__)
        waiting += [each for each in inner if isinstance(each, BaseException)]


def late() -> Fault:
    """Time was up before the answer was whole."""
    return Fault("passing", "the answer was not whole at the deadline")

"""One exchange on the wire: a request, the answer's headers, its body. No retries, no redirects.

What fails is returned as a Fault and not raised, so that no traceback of another library shows
an address with a token in it. How connections are made is in session.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
import urllib3

from sources.http import body as bodies
from sources.http.addresses import is_loopback
from sources.http.faults import Fault, fault_of, late
from sources.http.session import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from sources.http.limits import Limits

_TRANSPORT = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)
SUCCESS = range(200, 300)
_REDIRECTION = range(300, 400)


@dataclass(frozen=True)
class Question:
    """One request: method, full URL, headers, body."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None = None


@dataclass(frozen=True)
class Reply:
    """One answer: status, headers (names in lower case), body; the body is cut if not 2xx."""

    status: int
    headers: dict[str, str]
    body: bytes


def exchange(
    using: requests.Session, question: Question, limits: Limits, left: float,
    check: Callable[[], None], arrived: Callable[[dict[str, str] | None], None],
) -> Reply | Fault:  # fmt: skip
    """Send one request and read its answer.

    left: seconds until the deadline. check: raises TimeoutError when it has passed.
    arrived: called once, with the headers when they have come, with None if they never did.
    """
    with Watch(left) as watch:
        response = _send(using, question, limits, left, watch)
        if isinstance(response, Fault):
            arrived(None)
            return response
        try:
            headers = {name.lower(): value for name, value in response.headers.items()}
            arrived(headers)
            return _reply(response, headers, limits, watch, check)
        finally:
            # A body that was not read to its end takes its connection with it.
            response.close()


def _send(
    using: requests.Session, question: Question, limits: Limits, left: float, watch: Watch
) -> requests.Response | Fault:
    # A proxy cannot reach this machine's loopback, and must not see what is asked of it.
    local = is_loopback(urlsplit(question.url).hostname)
    try:
        return using.request(
            question.method,
            question.url,
            headers=question.headers,
            data=question.body,
            timeout=(min(limits.connect, left), min(limits.read, left)),
            proxies={"http": "", "https": ""} if local else None,
            stream=True,
            allow_redirects=False,
        )
    except _TRANSPORT as error:
        return fault_of(error, over=watch.over)


def _reply(
    response: requests.Response, headers: dict[str, str], limits: Limits, watch: Watch,
    check: Callable[[], None],
) -> Reply | Fault:  # fmt: skip
    status = response.status_code
    if status in SUCCESS:
        whole = _body(response, headers, limits, watch, check)
        return whole if isinstance(whole, Fault) else Reply(status, headers, whole)
    # 304 has none, and nobody needs that of a redirect.
    if status in _REDIRECTION:
        return Reply(status, headers, b"")
    return Reply(status, headers, _excerpt(response, headers, check))


def _body(
    response: requests.Response, headers: dict[str, str], limits: Limits, watch: Watch,
    check: Callable[[], None],
) -> bytes | Fault:  # fmt: skip
    try:
        whole = bodies.read(response.raw, headers, limits, check)
    except bodies.TooLarge as error:
        return Fault("too-large", str(error))
    except bodies.Undecodable as error:
        return Fault("undecodable", str(error))
    except bodies.Damaged as error:
        return Fault("passing", str(error))
    except _TRANSPORT as error:
        return fault_of(error, over=watch.over)
    # A body that ends with its connection looks whole when the watch has cut it.
    return late() if watch.over else whole


def _excerpt(
    response: requests.Response, headers: dict[str, str], check: Callable[[], None]
) -> bytes:
    begun = bytearray()
    try:
        bodies.read_some(response.raw, headers, begun, check)
    except _TRANSPORT:
        # The status has already been told; what came of its explanation is enough.
        return bytes(begun)
    return bytes(begun)

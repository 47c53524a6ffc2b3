"""Connections: what requests and urllib3 are allowed to do on their own, which is little.

Three habits of requests are taken away: it reads the whole body of a redirect, it keeps cookies,
and it sends logins from ~/.netrc. Proxies and REQUESTS_CA_BUNDLE of the environment count;
certificates are always verified. What is sent and read is in wire.py.
"""

from __future__ import annotations

import logging
import socket
import threading
from contextvars import ContextVar
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Self

import requests
import urllib3
from requests.adapters import HTTPAdapter

from sources.http.addresses import redact


class Watch:
    """Cuts the connection of an exchange when its seconds are over.

    Read timeouts alone do not do that: they begin anew with every byte, and a service that drips
    its headers could hold a run for ever.
    """

    current: ContextVar[Watch | None] = ContextVar("current", default=None)

    def __init__(self, seconds: float) -> None:
        self.over = False
        self._done = False
        self._sock: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut)
        # A run that ends must not wait for the deadline of a question that failed early.
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._token = Watch.current.set(self)
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        Watch.current.reset(self._token)
        self._timer.cancel()
        with self._lock:
            self._done = True

    def see(self, sock: socket.socket | None) -> None:
        """Watch this socket; cut it at once if time is up."""
        self._sock = sock
        if self.over:
            self._cut()

    def _cut(self) -> None:
        with self._lock:
            # The connection may be in the pool again, and in use for another question.
            if self._done:
                return
            self.over = True
            if self._sock is not None:
                try:
                    # Not the TLS socket's own shutdown, which would forget the session under
                    # the thread that is reading from it.
                    socket.socket.shutdown(self._sock, socket.SHUT_RDWR)
                except OSError:
                    return


class _Watched:
    sock: Any

    def getresponse(self) -> Any:
        """Let the watch know the socket before the first byte of an answer is waited for."""
        watch = Watch.current.get()
        if watch is not None:
            watch.see(self.sock)
        return super().getresponse()  # type: ignore[misc]


class _Plain(_Watched, urllib3.connection.HTTPConnection):
    pass


class _Secure(_Watched, urllib3.connection.HTTPSConnection):
    pass


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Secure


_POOLS = {"http": _PlainPool, "https": _SecurePool}


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make direct connections watched ones."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Make connections through a proxy watched ones."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Never: following is the fetcher's business, and requests would read the body first."""


class _Redacted(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, without the credentials in it."""
        record.msg, record.args = redact(record.getMessage()), ()
        return True


_REDACTED = _Redacted()


def session(user_agent: str) -> requests.Session:
    """Return a session without cookies, stored logins and retries of its own."""
    # urllib3 writes every path with its query to its debug log.
    logging.getLogger("urllib3.connectionpool").addFilter(_REDACTED)
    made = _Session()
    # Any auth of our own, even an idle one, keeps requests from looking into ~/.netrc.
    made.auth = _no_login
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    made.headers.clear()
    made.headers.update({"User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": "gzip"})
    for scheme in ("https://", "http://"):
        made.mount(scheme, _Adapter())
    return made


def _no_login(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request

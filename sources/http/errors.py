"""Errors of the HTTP layer: what went wrong, where, how often it was tried, what to do next.

Only the classes. When each is raised is decided in fetch.py, hosts.py and pace.py. No message
holds credentials: addresses are redacted before they get here.
"""

from __future__ import annotations

from sources.model import KompetanseError


class FetchError(KompetanseError):
    """A question to a service failed.

    url:    what was asked, redacted. tries: how many requests were sent, redirects included.
    status: of the last answer, None if there was none. body: of the last answer, cut to 64 KiB.
    """

    def __init__(
        self, message: str, *, url: str = "", tries: int = 0, status: int | None = None,
        body: bytes = b"",
    ) -> None:  # fmt: skip
        super().__init__(message)
        self.url = url
        self.tries = tries
        self.status = status
        self.body = body


class SourceUnreachable(FetchError):
    """No whole answer before the deadline, in spite of retries; asking later may help."""


class SourceRefused(FetchError):
    """The service answered that it will not answer this; asking again does not help."""


class AnswerTooLarge(FetchError):
    """More bytes than the limits allow, as sent or after decompression; the rest was not read."""


class UndecodableAnswer(FetchError):
    """The body is not in the content encoding that its header names, or in one not asked for."""


class ForeignAddress(FetchError):
    """An address outside the hosts that the service declares."""


class ForeignRedirect(ForeignAddress):
    """The service led to a host that it does not declare; nothing was sent there."""


class InsecureAddress(FetchError):
    """No trustworthy TLS: plain http outside loopback, or a certificate that does not hold."""


class InvalidSetting(KompetanseError):
    """A variable of the environment, or an address made from it, cannot be used."""


class StateUnusable(KompetanseError):
    """The folder of the shared rate limit cannot be read, written or locked."""

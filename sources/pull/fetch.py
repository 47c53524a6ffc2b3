"""What this room needs of an HTTP layer, said as two small protocols.

Nothing here opens a socket. Paths are given relative to the base of the service
("/tables/09429?lang=no"), with the query already encoded, so that an address is sent exactly
as it was planned and measured. The Fetcher of sources/http is such a layer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIRST_REFUSAL, _LAST_REFUSAL, _TOO_MANY_CALLS = 400, 499, 429


class Answer(Protocol):
    """One answer as it came: status, address asked, headers, body, time of arrival (UTC)."""

    @property
    def status(self) -> int:
        """HTTP status."""

    @property
    def url(self) -> str:
        """The address that was asked."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers of the answer."""

    @property
    def body(self) -> bytes:
        """The body, unpacked."""

    @property
    def fetched_at(self) -> str:
        """When the answer had come, as "2026-11-22T07:33:41Z"."""


class Fetch(Protocol):
    """An HTTP layer bound to one service; retries, limits of pace and size are its business."""

    def get(self, path: str, /) -> Answer:
        """Ask by GET."""

    def post(self, path: str, body: Mapping[str, Any], /) -> Answer:
        """Ask by POST, with `body` as JSON."""


@dataclass(frozen=True)
class Refusal:
    """A refusal that an HTTP layer raised, as the answer that it was."""

    status: int
    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    fetched_at: str = ""


def ask(fetch: Fetch, path: str, body: Mapping[str, Any] | None = None) -> Answer:
    """Ask once, by POST where there is a body; returns the answer, refusals (4xx) too.

    A layer may return a refusal or raise it, as an error with `status`, `url` and `body`. Both
    come out as an answer, because only this room knows what the refusals of StatBank mean.
    Being asked to wait (429), and whatever else the layer raises, passes through.
    """
    try:
        return fetch.get(path) if body is None else fetch.post(path, body)
    except KompetanseError as error:
        status = getattr(error, "status", None)
        if not isinstance(status, int) or not _is_refusal(status):
            raise
        url, said = getattr(error, "url", path), getattr(error, "body", b"")
        return Refusal(status, url, said)


def _is_refusal(status: int) -> bool:
    return _FIRST_REFUSAL <= status <= _LAST_REFUSAL and status != _TOO_MANY_CALLS

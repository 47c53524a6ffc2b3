"""Bodies: read piece by piece, decompressed piece by piece, and never beyond the limits.

Works on any stream with urllib3's `read1`. Nothing here knows of retries or addresses. Only gzip
is asked for and understood, with the standard library, so that the output of each step is
bounded: a bomb is refused while it is still small.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sources.http.limits import Limits

_PIECE = 64 * 1024
_MAGIC = b"\x1f\x8b"
PLAIN = frozenset({"", "identity"})
GZIP = frozenset({"gzip", "x-gzip"})


class Raw(Protocol):
    """A body as it comes from the network, compressed or not."""

    def read1(self, amt: int | None = None, decode_content: bool | None = None) -> bytes:
        """Return what has come, at most `amt` bytes; nothing at the end."""


class TooLarge(Exception):
    """The body is larger than a limit; the text says which."""


class Undecodable(Exception):
    """The body is not what its Content-Encoding says, from the first byte on."""


class Damaged(Exception):
    """The body began well and then broke; another try may bring it whole."""


class Gunzip:
    """Decompress gzip of one or several members, a bounded piece at a time."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._head = b""
        self._begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what the next bytes decompress to; raises Undecodable or Damaged."""
        if not self._begun:
            data = self._head = self._head + data
            # No gzip from the first byte on is a wrong label, not a fault that passes.
            if not data.startswith(_MAGIC[: len(data)]):
                raise Undecodable(f"Content-Encoding is gzip, but the body begins {data[:16]!r}")
            if len(data) < len(_MAGIC):
                return
            self._begun = True
        while data:
            if self._member.eof:
                # Zero bytes may pad the end of a gzip file; anything else is a further member.
                data = data.lstrip(b"\0")
                if not data:
                    return
                self._member = zlib.decompressobj(wbits=31)
            try:
                yield self._member.decompress(data, _PIECE)
            except zlib.error as error:
                raise Damaged(f"the gzip body is damaged: {error}") from None
            data = self._member.unconsumed_tail or self._member.unused_data

    def finish(self) -> None:
        """Raise Damaged if the body ended in the middle."""
        if self._head and not self._member.eof:
            raise Damaged("the gzip body was cut off")


class Identity:
    """A body that is not compressed."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the bytes unchanged."""
        yield data

    def finish(self) -> None:
        """Nothing can be missing here: the transport counts the bytes."""


def read(raw: Raw, headers: dict[str, str], limits: Limits, check: Callable[[], None]) -> bytes:
    """Return the whole decoded body.

    headers: names in lower case. check: called after every piece; raises when time is up.
    Raises TooLarge, Undecodable, Damaged, and whatever the stream raises.
    """
    decoder = _decoder(headers)
    # What is announced as too large need not be fetched to be refused.
    length = headers.get("content-length", "")
    if re.fullmatch(r"[0-9]{1,18}", length):
        _require(int(length), limits.compressed, "as sent")
    pieces: list[bytes] = []
    kept = 0
    for piece in _decoded(raw, decoder, limits.compressed, check):
        kept += len(piece)
        _require(kept, limits.decompressed, "after decompression")
        pieces.append(piece)
    return b"".join(pieces)


def read_some(
    raw: Raw, headers: dict[str, str], into: bytearray, check: Callable[[], None]
) -> None:
    """Put the beginning of a body into `into`, at most 64 KiB, as far as it can be decoded."""
    try:
        for piece in _decoded(raw, _decoder(headers), _PIECE, check):
            into += piece[: _PIECE - len(into)]
            if len(into) == _PIECE:
                return
    except (TooLarge, Undecodable, Damaged):
        return


def _decoded(
    raw: Raw, decoder: Gunzip | Identity, most: int, check: Callable[[], None]
) -> Iterator[bytes]:
    sent = 0
    # read1 returns what has come; read would wait for a full piece and miss the deadline.
    while data := raw.read1(_PIECE, decode_content=False):
        check()
        sent += len(data)
        _require(sent, most, "as sent")
        yield from decoder.feed(data)
    decoder.finish()


def _decoder(headers: dict[str, str]) -> Gunzip | Identity:
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding in PLAIN:
        return Identity()
    if encoding in GZIP:
        return Gunzip()
    raise Undecodable(f"Content-Encoding is {encoding[:40]!r}, but only gzip was asked for")


def _require(size: int, limit: int, which: str) -> None:
    if size > limit:
        raise TooLarge(f"the body is at least {size} bytes {which}; the limit is {limit}")

"""Bodies: the first look at the bytes of an answer, and how a reader says what is wrong.

Here live the steps that every protocol shares before decoding: is this JSON at all, in which
encoding is this text, and which table and file an error is about.
What the decoded content means lives in the reader of the protocol.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import orjson

from sources.model import UnreadableAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sources.model import AnswerContext
    from sources.registry import SourceTable

SHOWN = 80
LISTED = 10
MOST_LINES = 30


@contextmanager
def located(spec: SourceTable, answer: AnswerContext) -> Iterator[None]:
    """Put the table's id, the file and the address before any UnreadableAnswer raised within."""
    try:
        yield
    except UnreadableAnswer as wrong:
        # One answer of many fails: the message alone must lead to its file.
        place = " ".join(part for part in (answer.name, answer.url) if part)
        raise UnreadableAnswer(f"{spec.id}, answer {place}: {wrong}") from wrong


def refuse(problems: Sequence[str], advice: str) -> None:
    """Raise UnreadableAnswer, if there are problems: their number, the first thirty, the advice."""
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems[:MOST_LINES])
        if len(problems) > MOST_LINES:
            lines += f"\n  ... {len(problems) - MOST_LINES} more of the kind"
        raise UnreadableAnswer(f"{len(problems)} problem(s){lines}\n{advice}")


def listed(things: Sequence[object], limit: int = LISTED) -> str:
    """The first `limit` things in one line, and how many there are in all if that is more."""
    shown = ", ".join(str(thing) for thing in things[:limit])
    return shown if len(things) <= limit else f"{shown} ... ({len(things)} in all)"


def beginning(body: bytes) -> str:
    """What stands first in the body, at most 80 characters, fit to be printed in an error."""
    # UTF-16 shows as letters with zeros between; without the zeros a person can read it.
    text = body[: 4 * SHOWN].decode("utf-8", errors="replace").replace("\x00", "")
    return repr(text[:SHOWN])


def parse_json(body: bytes, expected: str, advice: str) -> Any:
    """Parse a JSON body.

    expected: what the protocol promises, for the message; advice: what to do next.
    Raises UnreadableAnswer for an empty body, XML, HTML, plain text, and JSON that is cut off.
    """
    if not body.strip():
        raise UnreadableAnswer(f"expected {expected}, found an empty body\n{advice}")
    try:
        # RFC 8259 lets a reader ignore a byte order mark; orjson does not.
        return orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as wrong:
        kind = _kind(body)
        raise UnreadableAnswer(
            f"expected {expected}, found {kind} that begins {beginning(body)} ({wrong})\n{advice}"
        ) from wrong


def decode_text(body: bytes, encodings: Sequence[str], advice: str) -> str:
    """Decode text with the first encoding of `encodings` that fits.

    A body that is UTF-8 up to its last bytes was cut off inside a letter; it is refused and not
    read as the next encoding, which would turn every æ, ø and å into two other letters.
    """
    # cp1252 accepts nearly any bytes, so this must be asked before it is tried.
    if _cut_inside_a_letter(body):
        raise UnreadableAnswer(f"the text ends in the middle of a letter: cut off\n{advice}")
    for encoding in encodings:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableAnswer(
        f"the text is in none of {', '.join(encodings)}; it begins {beginning(body)}\n{advice}"
    )


def _kind(body: bytes) -> str:
    start = body.lstrip()[:200].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "an HTML page"
    if start.startswith(b"<"):
        return "XML"
    # A login page or a notice of maintenance comes with status 200 like any answer.
    return "JSON that is cut off or damaged" if start.startswith((b"{", b"[")) else "other text"


def _cut_inside_a_letter(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as wrong:
        # Two or more good multi-byte letters before the fault: this was UTF-8, not cp1252.
        many = sum(byte >= 0xC2 for byte in body[: wrong.start]) > 1  # noqa: PLR2004
        return many and wrong.reason == "unexpected end of data"
    return False

"""Telling: sends messages by every channel that is set, within the limits, and never fails a run.

What could not be sent is told in the next digest, and is returned for the log.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.notify import limit, message, settings
from pipeline.notify.channels import NotDelivered
from sources.http.errors import InvalidSetting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pipeline.notify.channels import Channel
    from pipeline.notify.limit import Book
    from pipeline.notify.message import Notice


def tell(
    root: Path,
    notices: Iterable[Notice | None],
    now: datetime | None = None,
    environ: Mapping[str, str] = os.environ,
) -> list[str]:
    """Send messages, the digest of what was held back first; returns what went wrong.

    root: data root, whose book says what was told before. None among the messages is no message.
    """
    at = now or datetime.now(UTC)
    try:
        channels, most = settings.channels(environ), settings.per_hour(environ)
    except InvalidSetting as error:
        return [f"InvalidSetting: {error}"]
    if not channels:
        return []
    problems: list[str] = []
    with limit.book(root) as book:
        book.forget_old(at)
        problems += _held(book, channels, at, most)
        for notice in notices:
            if notice is None or book.is_repeated(notice, at):
                continue
            if book.is_full(at, most):
                book.hold(notice, at)
            else:
                problems += _send(book, channels, notice, at)
    return problems


def _held(book: Book, channels: list[Channel], at: datetime, most: int) -> list[str]:
    if not book.held or book.is_full(at, most):
        return []
    held, left_out = book.held, book.left_out
    book.held, book.left_out = [], 0
    counties = {county for county, _ in held}
    county = counties.pop() if len(counties) == 1 else ""
    digest = message.digest(county, [title for _, title in held], left_out)
    problems, delivered = _deliver(channels, digest)
    if delivered:
        book.note_sent(digest, at)
    else:
        book.held, book.left_out = held, left_out
    return problems


def _send(book: Book, channels: list[Channel], notice: Notice, at: datetime) -> list[str]:
    problems, delivered = _deliver(channels, notice)
    (book.note_sent if delivered else book.hold)(notice, at)
    return problems


def _deliver(channels: list[Channel], notice: Notice) -> tuple[list[str], bool]:
    problems = []
    for channel in channels:
        try:
            channel.send(notice)
        except NotDelivered as error:
            problems.append(f"{channel.name}: {error}")
    return problems, len(problems) < len(channels)

"""Limit: what has been told when, so that nobody is told the same twice a day or too much an hour.

One small file of the data root, shared by all processes. What is held back is kept here until
there is room for a digest. What is told is message.py, by what way channels.py.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sources import files
from sources.registry import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.notify.message import Notice

FILE = "notices.json"
AGAIN_AFTER = timedelta(hours=24)
HOUR = timedelta(hours=1)
MOST_HELD = 40


@dataclass
class Book:
    """What has been told: key -> when; moments of the messages sent lately; those held back."""

    told: dict[str, datetime] = field(default_factory=dict)
    sent: list[datetime] = field(default_factory=list)
    held: list[tuple[str, Text]] = field(default_factory=list)
    left_out: int = 0

    def is_repeated(self, notice: Notice, now: datetime) -> bool:
        """Whether all that the message tells of was told, or held back, in the last day."""
        times = [self.told.get(key) for key in notice.keys]
        return bool(times) and all(at and now - at < AGAIN_AFTER for at in times)

    def is_full(self, now: datetime, per_hour: int) -> bool:
        """Whether no more may be sent in this hour."""
        return sum(now - at < HOUR for at in self.sent) >= per_hour

    def note_sent(self, notice: Notice, now: datetime) -> None:
        """Remember that a message went out."""
        self.told |= dict.fromkeys(notice.keys, now)
        self.sent.append(now)

    def hold(self, notice: Notice, now: datetime) -> None:
        """Keep a message for the digest."""
        self.told |= dict.fromkeys(notice.keys, now)
        if len(self.held) < MOST_HELD:
            self.held.append((notice.county, notice.title))
        else:
            self.left_out += 1

    def forget_old(self, now: datetime) -> None:
        """Let go of what no longer counts."""
        self.told = {key: at for key, at in self.told.items() if now - at < AGAIN_AFTER}
        self.sent = [at for at in self.sent if now - at < HOUR]


@contextmanager
def book(root: Path) -> Iterator[Book]:
    """Open the book of a data root; what changed is written at the end, one process at a time."""
    path = root / FILE
    with files.held(path.with_suffix(".lock")):
        found = _read(path)
        yield found
        files.write(path, json.dumps(_document(found), ensure_ascii=False, indent=1).encode())


def _read(path: Path) -> Book:
    try:
        raw = json.loads(path.read_bytes())
        return Book(
            told={key: datetime.fromisoformat(at) for key, at in raw["told"].items()},
            sent=[datetime.fromisoformat(at) for at in raw["sent"]],
            held=[(each["county"], Text(each["nb"], each["en"])) for each in raw["held"]],
            left_out=int(raw["left_out"]),
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        # Losing it costs a message told twice, no figure.
        return Book()


def _document(found: Book) -> dict[str, Any]:
    return {
        "told": {key: at.isoformat() for key, at in found.told.items()},
        "sent": [at.isoformat() for at in found.sent],
        "held": [{"county": c, "nb": title.nb, "en": title.en} for c, title in found.held],
        "left_out": found.left_out,
    }

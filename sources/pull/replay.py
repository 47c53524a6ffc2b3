"""Replay: a run that was logged, asked once more of its log and the archive, without a network.

Every question of the log gets exactly the answer it got then, in the order of then; any other
question is refused. Writing a log is events.py.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sources import http
from sources.files import digest
from sources.http import Answer, Fetcher, FetchError
from sources.model import KompetanseError
from sources.pull.client import Asking
from sources.pull.events import Question, beside
from sources.pull.watch import asked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sources.archive import Archive
    from sources.http.addresses import Params

_ERRORS: Mapping[str, type[FetchError]] = {
    name: found
    for name, found in vars(http).items()
    if isinstance(found, type) and issubclass(found, FetchError)
}


class NotInLog(KompetanseError):
    """The log, or what it needs of the archive, does not hold an answer to this."""


class UnreadableLog(KompetanseError):
    """The file is not a log of a run."""


def replay(log: Path, archive: Archive) -> Asking:
    """Return the asking of a logged run, to be given to refresh.run again.

    log: file written by events.Log. archive: where the answers lie; those that it did not keep
    are taken from beside the log. The clock stands at the start of the run.
    The same vintages come out if the run begins with an archive and ledger as they were then.
    Raises UnreadableLog.
    """
    events = _read(log)
    begun = events[0]
    answers: dict[Question, deque[dict[str, Any]]] = {}
    for event in events:
        if event["event"] in ("Answered", "Unanswered"):
            answers.setdefault(Question(**event["question"]), deque()).append(event)
    told = _Told(answers, _Bodies(log, archive), threading.Lock())
    at = datetime.fromisoformat(begun["at"])
    return Asking(
        state=log.parent,
        at_any_time=begun["at_any_time"],
        now=lambda: at,
        checked={t: datetime.fromisoformat(text) for t, text in begun["checked"].items()},
        fetcher=lambda name: _Replaying(name, told),
    )


def tables(log: Path) -> tuple[str, ...]:
    """Tables of a logged run, in order. Raises UnreadableLog."""
    return tuple(_read(log)[0]["tables"])


@dataclass(frozen=True)
class _Bodies:
    log: Path
    archive: Archive

    def body(self, sha256: str, size: int) -> bytes:
        """The bytes of an answer; raises NotInLog if they are gone or damaged."""
        if size == 0:
            return b""
        for path in (self.archive.object_path(sha256), beside(self.log) / sha256):
            if path.is_file() and path.stat().st_size == size:
                found = path.read_bytes()
                if digest(found) == sha256:
                    return found
        raise NotInLog(
            f"the answer {sha256[:12]} of the log {self.log} is neither in the archive "
            f"{self.archive.root} nor beside the log, or its bytes are damaged. Give the archive "
            "of that run."
        )


@dataclass(frozen=True)
class _Told:
    """The answers of a log, each question's in order; one is taken away with every question."""

    answers: Mapping[Question, deque[dict[str, Any]]]
    bodies: _Bodies
    lock: threading.Lock

    def answer(self, question: Question) -> Answer:
        with self.lock:
            left = self.answers.get(question)
            event = left.popleft() if left else None
        if event is None:
            raise NotInLog(
                f"{question.method} {question.url} was not asked (or not so often) in the run of "
                f"{self.bodies.log}. A replay must begin with the archive, ledger and source "
                "YAMLs of that run."
            )
        if event["event"] == "Unanswered":
            raise _ERRORS.get(event["error"], FetchError)(
                event["message"], url=question.url, tries=event["tries"], status=event["status"],
                body=event["said"].encode(),
            )  # fmt: skip
        body = self.bodies.body(event["sha256"], event["size"])
        return Answer(event["status"], event["url"], event["headers"], body, event["fetched_at"])


class _Replaying(Fetcher):
    """A fetcher that never opens a connection."""

    def __init__(self, service: str, told: _Told) -> None:
        super().__init__(service, state=told.bodies.log.parent)
        self._told = told

    def get(
        self, path_or_url: str, params: Params | None = None,
        headers: Mapping[str, str] | None = None, etag: str | None = None,  # noqa: ARG002
        modified: str | datetime | None = None,
    ) -> Answer:  # fmt: skip
        """Answer as then."""
        conditional = etag is not None or modified is not None
        return self._told.answer(
            asked(self.target, "GET", path_or_url, params, conditional=conditional)
        )

    def post(
        self, path_or_url: str, body: Any, *, headers: Mapping[str, str] | None = None  # noqa: ARG002
    ) -> Answer:  # fmt: skip
        """Answer as then."""
        return self._told.answer(asked(self.target, "POST", path_or_url, body=body))


def _read(log: Path) -> list[dict[str, Any]]:
    lines = log.read_text(encoding="utf-8").splitlines()
    try:
        events = [json.loads(line) for line in lines]
        _ = [Question(**e["question"]) for e in events if "question" in e]
        named = [event["event"] for event in events]
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableLog(f"{log} is not a log of a run: {error}") from error
    if named[:1] != ["RunStarted"]:
        raise UnreadableLog(f"{log} does not begin with the start of a run")
    return events

"""One made-up answer, and the folder with index.json that holds them.

The layout and the keys of an entry are those of a folder of recorded answers
(sources/recorded.py). What is in the answers is said by the modules of the services.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sources.archive import MADE_UP

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LABEL = "OPPDIKTEDE TALL (MADE-UP FIGURES)"
NOTE = "OPPDIKTEDE TALL / MADE-UP FIGURES: no figure here was published by anyone."
JSON = "application/json; charset=UTF-8"


@dataclass(frozen=True)
class Answer:
    """One answer: what was asked (url and request_body), what came back, and when.

    body: path inside the folder ("ssb/09429/data.json").
    url is None for files that have no address of their own; `page` then says where they lie.
    """

    source: str
    what: str
    body: str
    content: bytes
    as_of: str
    url: str | None = None
    request_body: dict[str, Any] | None = None
    content_type: str = JSON
    page: str | None = None
    note: str = NOTE
    licence: str = "made-up figures: no licence of the source applies"


@dataclass(frozen=True)
class Summary:
    """What was written: number of answers, of bytes, and the files by path."""

    files: tuple[str, ...]
    size: int

    @property
    def answers(self) -> int:
        """Number of answers."""
        return len(self.files)


def save(folder: Path, answers: Iterable[Answer], seed: int) -> Summary:
    """Write the bodies and index.json below folder (made if absent); returns what was written."""
    entries, size = [], 0
    for answer in answers:
        path = folder / answer.body
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(answer.content)
        entries.append(_entry(answer, seed))
        size += len(answer.content)
    text = json.dumps(entries, ensure_ascii=False, indent=1) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.json").write_bytes(text.encode())
    return Summary(tuple(entry["body"] for entry in entries), size)


def _entry(answer: Answer, seed: int) -> dict[str, Any]:
    # Keys that the real index only has where they say something.
    optional = {"page": answer.page, "request_body": answer.request_body}
    return {
        "source": answer.source,
        "what": f"{answer.what} - {LABEL}",
        "method": "POST" if answer.request_body else "GET",
        "url": answer.url,
        "status": 200,
        "content_type": answer.content_type,
        "as_of": answer.as_of,
        "body": answer.body,
        "sha256": hashlib.sha256(answer.content).hexdigest(),
        "origin": f"kompetanse made-up generator, seed {seed}",
        "licence": answer.licence,
        "fidelity": MADE_UP,
        "note": answer.note,
    } | {key: value for key, value in optional.items() if value is not None}

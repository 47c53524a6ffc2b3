"""utdanning.no for tests: programme areas, and documents by NUS code, strict as a service.

The base stands for v3.api.utdanning.no; what is asked of api.utdanning.no comes below that name,
as at any mirror. What a careful client never does goes into `complaints`.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.services.server import Reply

if TYPE_CHECKING:
    from pathlib import Path

    from tests.http.server import Asked

JSON = {"Content-Type": "application/json"}
COUNTS = "/sammenligning/arbeidsmarked"
AREAS = "/api.utdanning.no/nav_export/programomraader"


@dataclass
class Utdanning:
    """areas: as listed. docs: NUS code -> documents; a code without any is answered empty."""

    areas: list[dict[str, Any]]
    docs: dict[str, list[dict[str, Any]]]
    prefix: str = ""
    complaints: list[str] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)

    @classmethod
    def from_folder(cls, folder: Path) -> Utdanning:
        entries = json.loads((folder / "index.json").read_bytes())
        found = {
            e["url"]: json.loads((folder / e["body"]).read_bytes())
            for e in entries
            if e["source"] == "utdanning"
        }
        areas = next(body for body in found.values() if isinstance(body, list))
        docs = {
            parse_qs(urlsplit(url).query)["nus"][0]: body["response"]["docs"]
            for url, body in found.items()
            if isinstance(body, dict)
        }
        return cls(areas, docs)

    def answer(self, asked: Asked) -> Reply:
        self.asked[asked.path] += 1
        parts = urlsplit(asked.path)
        query = parse_qs(parts.query)
        if asked.method != "GET":
            self.complaints.append(f"{asked.method} is not for asking")
        if parts.path == AREAS and not query:
            return _json(self.areas)
        if parts.path != COUNTS:
            self.complaints.append(f"{asked.path}: there is no such thing")
            return Reply(404, b"")
        if set(query) != {"nus", "retning", "vis_alt"} or query["retning"] != ["nus2styrk08"]:
            self.complaints.append(f"{asked.path}: not a question")
            return Reply(400, b'{"error": "retning"}')
        docs = self.docs.get(query["nus"][0], [])
        # How long it took is different every time, though nothing is new.
        took = {"QTime": sum(self.asked.values())}
        return _json(
            {"responseHeader": took, "response": {"numFound": len(docs), "start": 0, "docs": docs}}
        )


def _json(found: object) -> Reply:
    return Reply(200, json.dumps(found, ensure_ascii=False).encode(), JSON)

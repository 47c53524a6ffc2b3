"""KLASS as a service: XML unless JSON is asked for, ranges with an exclusive end, 404 where absent.

Written after the API guide, apart from the client. It holds versions of codes and changes, and
works out each range anew, so that validity is clipped as the real service clips it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.services.server import Reply

if TYPE_CHECKING:
    from pathlib import Path

    from tests.http.server import Asked

XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><codeList/>'
_KNOWN = {
    "codes": {"from", "to", "selectCodes", "selectLevel", "presentationNamePattern", "language"},
    "codesAt": {"date", "selectCodes", "selectLevel", "language"},
    "changes": {"from", "to", "includeFuture", "language"},
    "corresponds": {"targetClassificationId", "from", "to", "language"},
}


class _Refused(Exception):
    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True)
class Version:
    """A code and the days on which it is in force; `end` is the first day that it is not."""

    code: str
    name: str
    start: str
    end: str | None
    parent: str | None = None


@dataclass
class Klass:
    """The service.

    codes, changes: classification -> versions, rows of codeChanges.
    correspondences: (source, target) -> tables, each with the days it is for and its items.
    """

    codes: dict[str, list[Version]] = field(default_factory=dict)
    changes: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    correspondences: dict[tuple[str, str], list[tuple[str, str | None, list[dict[str, str]]]]] = (
        field(default_factory=dict)
    )
    prefix: str = "/api/klass/v1"
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def from_folder(cls, folder: Path) -> Self:
        """Serve the codes, changes and correspondences that lie in folder/klass/."""
        found = cls()
        for file in sorted((folder / "klass").glob("*.json")):
            paired = re.fullmatch(r"(\d+)_corresponds_(\d+)_([\d-]+)", file.stem)
            if paired:
                items = json.loads(file.read_bytes())["correspondenceItems"]
                found.correspondences[paired[1], paired[2]] = [(paired[3], None, items)]
            named = re.fullmatch(r"(\d+)_(codes|changes)_([\d-]+)_([\d-]+)", file.stem)
            if named is None:
                continue
            document = json.loads(file.read_bytes())
            if named[2] == "changes":
                found.changes[named[1]] = document["codeChanges"]
            else:
                found.codes[named[1]] = [_version(c, named[4]) for c in document["codes"]]
        return found

    def answer(self, asked: Asked) -> Reply:
        """Answer one request."""
        parts = urlsplit(asked.path)
        if parts.path.endswith((".json", ".csv", ".xml")):
            self.complaints.append(f"{parts.path}: suffixes are deprecated")
        wants_json = "application/json" in asked.headers.get("accept", "")
        if not wants_json:
            self.complaints.append(f"{asked.path}: JSON was not asked for")
        try:
            document = self._route(asked.method, parts.path, dict(parse_qsl(parts.query)))
        except _Refused as refused:
            body = json.dumps({"error": str(refused)}).encode()
            return Reply(refused.status, body, {"Content-Type": "application/json"})
        if not wants_json:
            return Reply(200, XML, {"Content-Type": "application/xml"})
        body = json.dumps(document, ensure_ascii=False).encode()
        return Reply(200, body, {"Content-Type": "application/json;charset=UTF-8"})

    def _route(self, method: str, path: str, given: dict[str, str]) -> dict[str, Any]:
        named = re.fullmatch(r"/classifications/(\d+)/(\w+)", path.removeprefix(self.prefix))
        if method != "GET" or named is None or named[2] not in _KNOWN:
            raise _Refused(404, "No resource here")
        number, resource = named.groups()
        self.complaints += [f"{path}: {k} is unknown" for k in given.keys() - _KNOWN[resource]]
        if resource == "codesAt":
            day = _day(given, "date")
            alive = [v for v in self._in_force(number, day, None) if v.start <= day]
            return {"codes": [_code(v, None, None) for v in alive]}
        start, end = _day(given, "from"), _day(given, "to") if "to" in given else None
        if end is not None and end <= start:
            raise _Refused(400, "from must be before to")
        if resource == "codes":
            return {"codes": [_code(v, start, end) for v in self._in_force(number, start, end)]}
        if resource == "changes":
            rows = self._of(self.changes, number)
            return {
                "codeChanges": [
                    r
                    for r in rows
                    if start <= r["changeOccurred"] and (end is None or r["changeOccurred"] < end)
                ]
            }
        target = given.get("targetClassificationId")
        if target is None:
            raise _Refused(400, "targetClassificationId is required")
        return self._corresponds((number, target), start, end)

    def _in_force(self, number: str, start: str, end: str | None) -> list[Version]:
        """Versions in force on some day of the range."""
        return [
            v
            for v in self._of(self.codes, number)
            if (v.end is None or v.end > start) and (end is None or v.start < end)
        ]

    def _corresponds(self, pair: tuple[str, str], start: str, end: str | None) -> dict[str, Any]:
        tables = self._of(self.correspondences, pair)
        covered, items = start, []
        for first, last, rows in tables:
            if first <= covered and (last is None or last > covered):
                clipped = last if end is None else min(last or end, end)
                items += [r | {"validFrom": covered, "validTo": clipped} for r in rows]
                covered = clipped or "9999-12-31"
        if covered < (end or "9999-12-31"):
            raise _Refused(404, f"No correspondence table for {covered} to {end}")
        return {"correspondenceItems": items}

    @staticmethod
    def _of(held: dict[Any, list[Any]], key: Any) -> list[Any]:
        if key not in held:
            raise _Refused(404, f"Classification not found: {key}")
        return held[key]


def _version(code: dict[str, str], asked_to: str) -> Version:
    end = code["validToInRequestedRange"]
    # A date at the end of what was asked says nothing: the code lives on.
    return Version(
        code["code"], code["name"], code["validFromInRequestedRange"],
        None if end == asked_to else end, code["parentCode"],
    )  # fmt: skip


def _code(version: Version, start: str | None, end: str | None) -> dict[str, str | None]:
    found = {
        "code": version.code,
        "parentCode": version.parent,
        "level": "1",
        "name": version.name,
        "shortName": "",
        "presentationName": "",
        "validFrom": None if start else version.start,
        "validTo": None if start else version.end,
        "notes": "",
    }
    if start:
        ends = [day for day in (version.end, end) if day]
        found["validFromInRequestedRange"] = max(version.start, start)
        found["validToInRequestedRange"] = min(ends) if ends else None
    return found


def _day(given: dict[str, str], name: str) -> str:
    try:
        return date.fromisoformat(given[name]).isoformat()
    except (KeyError, ValueError):
        raise _Refused(400, f"{name} must be a date yyyy-mm-dd") from None

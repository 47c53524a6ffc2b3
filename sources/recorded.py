"""Recorded answers: a folder with an `index.json`, taken into the raw archive.

The index says of every file what was asked and what came with the answer. Which source table
an answer belongs to is said by the tables themselves (`recorded` in their YAML); here nothing
is decoded.
"""

from __future__ import annotations

import fnmatch
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sources.archive import LIVE, digest
from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sources.archive import Archive
    from sources.registry import SourceTable

LARGEST_ANSWER = 512 * 1024 * 1024
REQUIRED = ("source", "what", "method", "url", "status", "body", "sha256", "licence", "fidelity")


class UnusableIndex(KompetanseError):
    """The folder's index.json or a file it names cannot be taken; lists every problem."""


@dataclass(frozen=True)
class Imported:
    """What an import did: numbers of new and known answers, and of those no table claims."""

    added: int
    known: int
    documents: int


def import_folder(archive: Archive, folder: Path, tables: Iterable[SourceTable]) -> Imported:
    """Take every answer that folder/index.json lists into the archive.

    All or nothing: if one file is missing, damaged or outside the folder, UnusableIndex lists
    every problem and nothing is stored.
    """
    entries = _read_index(folder)
    bodies, problems = [], []
    for number, item in enumerate(entries):
        body, problem = _read_body(folder, number, item)
        bodies.append(body)
        problems += [problem] if problem else []
    if problems:
        raise UnusableIndex(_message(folder, problems))
    claims = [(glob, table.id) for table in tables for glob in table.recorded]
    added = documents = 0
    for item, body in zip(entries, bodies, strict=True):
        table_id = _claimant(item["body"], claims)
        _, new = archive.add(body, _described(item, table_id))
        added += new
        documents += table_id is None
    return Imported(added=added, known=len(entries) - added, documents=documents)


def _read_index(folder: Path) -> list[dict[str, Any]]:
    path = folder / "index.json"
    try:
        entries = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise UnusableIndex(
            f"{path} does not exist: a folder of recorded answers needs an index.json"
        ) from error
    except ValueError as error:
        raise UnusableIndex(f"{path} is not JSON ({error})") from error
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise UnusableIndex(f"{path} must hold a list of objects, one per answer")
    problems = [
        f"entry {n} ({e.get('body', '?')}): no {', '.join(missing)}"
        for n, e in enumerate(entries)
        if (missing := [k for k in REQUIRED if k not in e])
    ]
    if problems:
        raise UnusableIndex(_message(folder, problems))
    return entries


def _read_body(folder: Path, number: int, item: dict[str, Any]) -> tuple[bytes, str | None]:
    path = (folder / str(item["body"])).resolve()
    where = f"entry {number} ({item['body']})"
    if not path.is_relative_to(folder.resolve()):
        return b"", f"{where}: lies outside the folder"
    if not path.is_file():
        return b"", f"{where}: the file does not exist"
    if path.stat().st_size > LARGEST_ANSWER:
        return b"", f"{where}: larger than {LARGEST_ANSWER} bytes"
    body = path.read_bytes()
    if digest(body) != item["sha256"]:
        return b"", f"{where}: sha256 is {digest(body)[:12]}, index says {item['sha256'][:12]}"
    return body, None


def _claimant(name: str, claims: list[tuple[str, str]]) -> str | None:
    return next((table for glob, table in claims if fnmatch.fnmatchcase(name, glob)), None)


def _described(item: dict[str, Any], table_id: str | None) -> dict[str, Any]:
    return {
        "source": item["source"],
        "table": table_id,
        "what": item["what"],
        "method": item["method"],
        # A document without an address of its own is known by where it lies.
        "url": item["url"] or f"recorded:{item['body']}",
        "request_body": item.get("request_body"),
        "status": item["status"],
        "content_type": item.get("content_type") or "",
        "headers": item.get("headers") or {},
        "as_of": item.get("as_of"),
        "fetched_at": item.get("fetched_at"),
        "name": item["body"],
        "licence": item["licence"],
        "origin": item.get("origin") or "",
        # Live answers are used through the record of their pull, which a folder does not have.
        "fidelity": "genuine" if item["fidelity"] == LIVE else item["fidelity"],
        "note": item.get("note") or "",
    }


def _message(folder: Path, problems: list[str]) -> str:
    lines = "\n".join(f"  {p}" for p in problems)
    return f"{folder}/index.json cannot be imported, nothing was stored:\n{lines}"

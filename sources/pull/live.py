"""Live: ask a service for one source table and keep what came in the raw archive.

StatBank tables go through the client in this room, KLASS by one plain question. What another
protocol needs (finding a link on a page, resolving an endpoint) is not built; those tables are
taken from recorded folders. Asking is sources/http/, decoding sources/readers/.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sources.model import AnswerContext, KompetanseError, SourceChanged
from sources.pull.pxweb import pull, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from sources.archive import Archive
    from sources.model import Cube
    from sources.pull.fetch import Answer
    from sources.registry import SourceTable

KLASS = ("klass-codes", "klass-changes", "klass-correspondence")
JSON = {"Accept": "application/json"}


class NotPullable(KompetanseError):
    """Nobody has built how this table is asked for, or its YAML says nothing of it."""


@dataclass(frozen=True)
class Taken:
    """What a pull of one table left in the archive.

    new, known: answers that were not there before, and that were. cells: of all answers.
    notes: sentences for people, such as a table that the source has discontinued.
    """

    table: str
    new: int
    known: int
    cells: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Piece:
    """One answer to keep: how it was asked, what came, how new it is."""

    method: str
    url: str
    body: Any
    answer: Answer
    as_of: str


def pullable(spec: SourceTable) -> bool:
    """Whether `take` knows how to ask for the table."""
    return spec.request is not None and spec.protocol in ("json-stat", *KLASS)


def take(
    archive: Archive,
    spec: SourceTable,
    state: Path,
    *,
    at_any_time: bool = False,
    now: Callable[[], datetime] = utc_now,
) -> Taken:
    """Ask for one table and archive its answers.

    state: folder of the rate limits that all processes of the machine share.
    Raises NotPullable, what sources/http and sources/pull raise, and SourceChanged if the answer
    does not match the table's YAML: it is then kept, but under no table, so nothing uses it.
    """
    if not pullable(spec):
        raise NotPullable(
            f"{spec.id} cannot be pulled yet ({spec.protocol}). Take it from a recorded folder: "
            "kompetanse archive import FOLDER."
        )
    if spec.protocol == "json-stat":
        pieces, cube, notes = _statbank(spec, state, at_any_time, now)
    else:
        pieces, cube, notes = _klass(spec, state)
    problem = _mismatch(spec, cube, pieces[0].as_of, archive)
    kept = [archive.add(p.answer.body, _described(spec, p, unused=problem)) for p in pieces]
    if problem:
        raise SourceChanged(f"{problem}\nThe answer is kept as {kept[0][0].id} and is not used.")
    new = sum(is_new for _, is_new in kept)
    return Taken(spec.id, new, len(kept) - new, cube.table.num_rows, notes)


def _statbank(
    spec: SourceTable, state: Path, at_any_time: bool, now: Callable[[], datetime]
) -> tuple[list[_Piece], Cube, tuple[str, ...]]:
    from sources.http import Fetcher

    pulled = pull(spec, Fetcher("ssb", state=state), now=now, at_any_time=at_any_time)
    pieces = [
        _Piece(q.method, q.url, q.body, answer, (pulled.table.updated or answer.fetched_at)[:10])
        for q, answer in pulled.answers
    ]
    return pieces, pulled.cube, pulled.notes


def _klass(spec: SourceTable, state: Path) -> tuple[list[_Piece], Cube, tuple[str, ...]]:
    from sources import registry
    from sources.http import Fetcher

    assert spec.request is not None  # pullable has said so
    url = spec.request.url
    answer = Fetcher("klass", state=state).get(url, headers=JSON)
    context = AnswerContext(url=url, name=f"{spec.id}/live.json")
    cube = registry.reader(spec.protocol)(answer.body, spec, context)
    return [_Piece("GET", url, None, answer, answer.fetched_at[:10])], cube, ()


def _mismatch(spec: SourceTable, cube: Cube, as_of: str, archive: Archive) -> str | None:
    from sources import validate

    try:
        validate.check(spec, cube, vintage=f"live {as_of}", where=str(archive.root / "objects"))
    except SourceChanged as error:
        return str(error)
    return None


def _described(spec: SourceTable, piece: _Piece, unused: str | None) -> dict[str, Any]:
    return {
        "source": spec.provider,
        "table": None if unused else spec.id,
        "what": spec.title.nb,
        "method": piece.method,
        "url": piece.url,
        "request_body": piece.body,
        "status": piece.answer.status,
        "content_type": piece.answer.headers.get("content-type", ""),
        "headers": dict(piece.answer.headers),
        "as_of": piece.as_of,
        "fetched_at": piece.answer.fetched_at,
        "name": f"{'unused/' if unused else ''}{spec.id}/live.json",
        "licence": spec.licence.theirs,
        "origin": "live",
        "fidelity": "live",
        "note": unused or "",
    }

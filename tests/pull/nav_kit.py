"""Shared by the tests of Nav: the site being served, what was brought, as the archive has it."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sources import registry, validate
from sources.archive import Entry
from sources.model import AnswerContext
from sources.pull import nav
from sources.pull.client import Asking, Brought, Known, Piece
from sources.readers.xlsx import open_workbook
from tests.services.server import Reply, serving
from tests.sources.reader_kit import workbook

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from sources.model import Cube
    from sources.pull.fetch import Answer
    from tests.http.server import Asked
    from tests.services.nav import Nav
    from tests.services.server import Running, Twist

# Files of the made-up folder that each table takes.
FILES = {
    "nav/survey_county": 6,
    "nav/survey_county_industry": 1,
    "nav/survey_education": 2,
    "nav/survey_industry": 6,
    "nav/survey_occupation": 2,
    "nav/survey_occupation_group": 6,
    "nav/unemployed_hl060": 12,
    "nav/unemployed_hl070_county": 7,
    "nav/unemployed_hl075_county": 7,
    "nav/vacancies_county": 7,
    "nav/vacancies_occupation": 7,
}


class Serving:
    """Serves a site and points the client at it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch

    @contextmanager
    def __call__(self, site: Nav, twist: Twist | None = None) -> Iterator[Running]:
        with serving(site, twist) as running:
            self._patch.setenv("KOMPETANSE_NAV_BASE", running.base)
            yield running


def decoded(spec: registry.SourceTable, piece: Piece) -> Cube:
    read = registry.reader(spec.protocol)
    cube = read(piece.answer.body, spec, AnswerContext(piece.url, piece.name))
    validate.check(spec, cube, vintage=piece.as_of, where="nowhere")
    return cube


def brought(spec: registry.SourceTable, asking: Asking, known: Known | None = None) -> Brought:
    found = nav.bring(spec, asking, known)
    assert found is not None
    return found


def known(found: Brought) -> Known:
    return Known(found.stamp, tuple(entry(piece) for piece in found.pieces))


def entry(piece: Piece) -> Entry:
    """What the archive has of a piece; of the headers, names in lower case."""
    body = piece.answer.body
    return Entry(
        id=piece.name, source="nav", table=None, what="", method=piece.method, url=piece.url,
        request_body=None, status=piece.answer.status, content_type="",
        headers=dict(piece.answer.headers), as_of=piece.as_of, fetched_at=piece.answer.fetched_at,
        name=piece.name, sha256=hashlib.sha256(body).hexdigest(), size=len(body), licence="",
        origin="", fidelity="live", note="",
    )  # fmt: skip


def twisted(old: str, new: str) -> Twist:
    """Reword every page."""

    def twist(_number: int, _asked: Asked, reply: Reply) -> Reply:
        if not reply.headers["Content-Type"].startswith("text/html"):
            return reply
        return Reply(reply.status, reply.body.replace(old.encode(), new.encode()), reply.headers)

    return twist


class Copies:
    """Documents as `describe` is given them: whatever was brought."""

    def __init__(self, found: Brought) -> None:
        self._had = {piece.url: piece.answer for piece in (*found.pieces, *found.documents)}

    def get(self, url: str) -> Answer:
        return self._had[url]


def renamed(body: bytes, old: str, new: str) -> bytes:
    """A workbook in which one text reads otherwise."""
    sheets = open_workbook(body)
    return workbook(
        {s.name: [[new if cell == old else cell for cell in row] for row in s.rows] for s in sheets}
    )

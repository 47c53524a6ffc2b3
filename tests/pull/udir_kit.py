"""Shared by the tests of Udir's client: a run against the service, and what it brought."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from sources import registry, validate
from sources.http import Limits
from sources.http.limits import Rate
from sources.model import AnswerContext
from sources.pull import udir
from sources.pull.client import Asking, Known
from tests.services.server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sources.model import Cube
    from sources.pull.client import Brought
    from tests.services.server import Running, Twist
    from tests.services.udir import Udir

LIVE = [
    t.id
    for t in registry.load().values()
    if t.protocol == "udir-report" and t.in_use and t.request is not None
]
COMPLETION, PROGRAMME = "udir/completion_county", "udir/completion_programme"
PUPILS = "udir/pupils_programme_level"


@contextmanager
def serve(service: Udir, twist: Twist | None = None) -> Iterator[tuple[Running, Asking]]:
    """Serve a service and give what asks it; each block is one run."""
    with (
        TemporaryDirectory() as state,
        serving(service, twist) as running,
        pytest.MonkeyPatch.context() as environment,
    ):
        environment.setenv("KOMPETANSE_UDIR_BASE", running.base)
        limits = Limits(total=5, backoff=0.01, rate=Rate(10_000, 60.0))
        yield running, Asking(state=Path(state), limits=limits)


def bring(table: str, asking: Asking, known: Known | None = None) -> Brought:
    brought = udir.bring(registry.table(table), asking, known)
    assert brought is not None
    return brought


def cubes(table: str, brought: Brought) -> list[Cube]:
    spec = registry.table(table)
    read = registry.reader(spec.protocol)
    found = []
    for piece in brought.pieces:
        cube = read(piece.answer.body, spec, AnswerContext(piece.url, piece.name))
        validate.check(spec, cube, vintage="test", where="nowhere")
        found.append(cube)
    return found


def cells(table: str, brought: Brought) -> dict[tuple[str, ...], tuple[float | None, str | None]]:
    """Every cell by its codes, in the order of their names."""
    found: dict[tuple[str, ...], tuple[float | None, str | None]] = {}
    for cube in cubes(table, brought):
        codes = [cube.table[name].to_pylist() for name in sorted(cube.dimensions)]
        figures = zip(
            cube.table["value"].to_pylist(), cube.table["status"].to_pylist(), strict=True
        )
        one = dict(zip(zip(*codes, strict=True), figures, strict=True))
        assert len(one) == cube.table.num_rows
        assert not one.keys() & found.keys()
        found |= one
    return found


def known(brought: Brought) -> Known:
    """What the archive would have after an answer was kept."""
    from sources.archive import Entry, digest

    blank = dict.fromkeys(Entry.__dataclass_fields__, "")
    entries = [
        Entry(**{
            **blank, "url": p.url, "sha256": digest(p.answer.body), "status": 200,
            "headers": dict(p.answer.headers), "size": 0,
        })
        for p in brought.pieces
    ]  # fmt: skip
    return Known(brought.stamp, tuple(entries))


def with_select(table: str, **select: tuple[str, ...]) -> registry.SourceTable:
    spec = registry.table(table)
    assert spec.request is not None
    how = {**spec.request.how, "select": {**spec.request.how["select"], **select}}
    return replace(spec, request=replace(spec.request, how=how))

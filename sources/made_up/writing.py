"""The order in which made-up answers are written: every service in turn, one folder.

What each answer holds is said in the module of its service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sources.made_up import (
    centrality,
    codes,
    dbh,
    klass,
    nav_history,
    nav_survey,
    nav_unemployed,
    ssb_backcast,
    ssb_employment,
    ssb_national,
    ssb_people,
    ssb_school,
    ssb_work,
    udir,
    utdanning,
)
from sources.made_up.folder import save
from sources.made_up.geography import load
from sources.made_up.model import Model
from sources.made_up.scope import Scope
from sources.made_up.work import Work

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sources.made_up.folder import Answer, Summary


def write(
    folder: Path,
    *,
    counties: Sequence[str] | None = ("50",),
    seed: int = 2026,
    first_year: int = 2015,
    last_year: int = 2026,
) -> Summary:
    """Write made-up answers of all services with their index.json.

    counties: county codes of 2026 whose municipalities are written; None means all of Norway.
    Every county and the country are always there where the real table has them.
    seed, first_year, last_year: equal arguments give equal bytes of every file.
    Returns what was written. Raises ValueError for unknown counties or years outside 2015-2026.
    """
    model = Model(load(), seed)
    wanted = None if counties is None else tuple(sorted(counties))
    scope = Scope(model, Work(model), wanted, first_year, last_year)
    return save(folder, _answers(scope), seed)


def _answers(scope: Scope) -> Iterator[Answer]:
    yield from klass.answers(scope.model.geography)
    yield from centrality.answers(scope.model.geography)
    services = (
        ssb_people,
        ssb_work,
        ssb_employment,
        ssb_national,
        ssb_backcast,
        ssb_school,
        udir,
        nav_unemployed,
        nav_survey,
        nav_history,
        dbh,
        utdanning,
        codes,
    )
    for service in services:
        yield from service.answers(scope)

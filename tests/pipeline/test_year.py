"""A year by itself: the county's schedule walked through 2026 while StatBank lives its own life.

Asking, keeping, judging, marking, publishing and telling are the real ones, on a clock that the
test moves. Only the figures are left out: a release is a small one that says what it is made of.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pipeline.notify import after, settings
from sources import registry
from sources.pull import refresh
from sources.pull.hours import OSLO, is_closed
from tests.crash import small
from tests.pull.conftest import QUICK, STATBANK, bank_of_tables, live  # noqa: F401 - fixtures
from tests.services.server import Reply
from warehouse import counties, county_schedule, expected, publication_log, publish, release, steps
from warehouse.workspace import PUBLISHED, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.notify.message import Notice
    from sources.registry import SourceTable
    from tests.http.server import Asked
    from tests.pull.conftest import Live

POINTS, BARRIERS, SCHOOL, WORK = STATBANK
RENUMBERED = "14999"
NEXT_YEAR = datetime(2027, 1, 1, tzinfo=OSLO)
GONE_QUIET = "2025-05-02T06:00:00Z"
# 430 days after that, a table of an annual rhythm is asked itself, which no list tells.


@dataclass
class Year:
    """The county, the services and what came of it. Days are those of Oslo."""

    world: Live
    place: Workspace
    specs: list[SourceTable]
    releases: list[tuple[str, int, tuple[str, ...]]] = field(default_factory=list)
    alerts: list[tuple[str, str]] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    silent: bool = False
    name: str = "recorder"

    @property
    def day(self) -> str:
        return f"{self.world.now.astimezone(OSLO):%m-%d}"

    def send(self, notice: Notice) -> None:
        """Take a message, as a channel does."""
        self.alerts.append((self.day, notice.title.nb))

    def weather(self, _: int, _asked: Asked, reply: Reply) -> Reply:
        return Reply(503, b"", {}) if self.silent else reply

    def tick(self) -> None:
        """One scheduled run: ask, publish what is new, tell."""
        # The real list always names tables that were updated today.
        self.world.ssb.table("90000").updated = self.world.now.strftime("%Y-%m-%dT05:00:00Z")
        # Patience is real time: short where nobody answers, long where a slow machine does.
        asking = self.world.asking(limits=replace(QUICK, total=0.05 if self.silent else 60.0))
        report = refresh.run(self.specs, self.world.archive, asking)
        assert len(report.tables) == len(self.specs)
        before = release.current(self.place)
        self._publish()
        assert after.refresh(self.place, {}, before, self.world.now) == []

    def _publish(self) -> None:
        stale = steps.stale_text(self.place)
        versions = [steps.raw_version(self.place, spec.id) for spec in self.specs]
        made_of = hashlib.sha256(
            "\n".join([*versions, steps.stale_mark(self.place)]).encode()
        ).hexdigest()
        if publication_log.settled(self.place, made_of):
            return
        if made_of not in self.made:
            self.made.append(made_of)
        number = self.made.index(made_of)
        with_stale(small.stage(self.place, number, made_of=made_of), stale)
        publish.publish(self.place)
        self.releases.append((self.day, number, tuple(sorted(json.loads(stale)))))


def with_stale(folder: Any, stale: str) -> None:
    """Put the marks into a staged release, and name them in its manifest."""
    path, body = folder / release.MANIFEST, stale.encode()
    (folder / "stale.json").write_bytes(body)
    manifest = json.loads(path.read_bytes())
    manifest["files"]["stale.json"] = {
        "sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body),
    }  # fmt: skip
    path.write_text(json.dumps(manifest), encoding="utf-8")


@pytest.fixture
def year(live: Live, monkeypatch: pytest.MonkeyPatch) -> Year:  # noqa: F811
    place = Workspace("trondelag", PUBLISHED, live.root)
    found = Year(live, place, [registry.table(t) for t in STATBANK])
    live.twist = found.weather
    live.ssb.bank.tables = [t for t in live.ssb.bank.tables if t.id <= "90000"]
    for table in STATBANK:
        live.ssb.table(table.partition("/")[2]).updated = "2025-12-10T07:00:00Z"
    live.ssb.table("12274").updated = GONE_QUIET
    monkeypatch.setattr(expected, "pullable", lambda: found.specs)
    monkeypatch.setattr(settings, "channels", lambda _: [found])
    return found


def revised(table: str) -> Callable[[Year], None]:
    """StatBank publishes a table anew, with one figure that reads otherwise."""

    def happen(year: Year) -> None:
        changed = year.world.renew(table)
        place = tuple(np.argwhere(~np.isnan(changed.values))[0])
        changed.values[place] += 1

    return happen


def silent(year: Year) -> None:
    year.silent = True


def back(year: Year) -> None:
    year.silent = False


def zeroed(year: Year) -> None:
    changed = year.world.renew("11618")
    changed.values = np.where(np.isnan(changed.values), np.nan, 0.0)


def mended(year: Year) -> None:
    right = next(t for t in year.world.untouched.bank.tables if t.id == "11618")
    year.world.renew("11618").values = right.values.copy()


def renumbered(year: Year) -> None:
    """StatBank closes a table and goes on under another number."""
    year.world.ssb.table("12274").id = RENUMBERED


def yaml_mended(year: Year) -> None:
    """A person has followed the advice and set request.url."""
    place = next(n for n, spec in enumerate(year.specs) if spec.id == SCHOOL)
    spec = year.specs[place]
    assert spec.request is not None
    url = spec.request.url.replace("12274", RENUMBERED)
    year.specs[place] = replace(spec, request=replace(spec.request, url=url))
    year.world.ssb.table(RENUMBERED).updated = year.world.now.strftime("%Y-%m-%dT06:00:00Z")


HAPPENS: dict[date, Callable[[Year], None]] = {
    date(2026, 2, 12): revised("07495"),
    date(2026, 3, 19): revised("13563"),
    date(2026, 4, 7): silent,
    date(2026, 4, 9): back,
    date(2026, 5, 20): zeroed,
    date(2026, 5, 26): mended,
    date(2026, 7, 1): renumbered,
    date(2026, 7, 8): yaml_mended,
    date(2026, 11, 18): revised("07495"),
}
NEWS = "Nye tall for Trøndelag"


def fails(number: int) -> str:
    word = "kilde" if number == 1 else "kilder"
    return f"{number} {word} til tallene for Trøndelag svikter"


@pytest.mark.slow
def test_a_year_gives_just_these_releases_alerts_and_marks(year: Year) -> None:
    line = counties.load(year.place.county).schedule.cron
    ran = 0
    for at in county_schedule.times(line, datetime(2026, 1, 1, tzinfo=OSLO)):
        if at >= NEXT_YEAR:
            break
        assert not is_closed(at)
        year.world.now = at.astimezone(UTC)
        if happen := HAPPENS.get(at.date()):
            happen(year)
        year.tick()
        ran += 1
    assert ran == 261
    assert year.releases == [
        ("01-01", 0, ()),
        ("02-12", 1, ()),
        ("03-19", 2, ()),
        # Silent for two days: the same figures, marked, then without a mark again.
        ("04-07", 3, STATBANK),
        ("04-09", 2, ()),
        # Zeros are held back; what was mended comes under a new stamp.
        ("05-20", 4, (BARRIERS,)),
        ("05-26", 5, ()),
        # Renumbered on the first; seen when the table is overdue, gone from then on.
        ("07-06", 6, (SCHOOL,)),
        ("07-08", 7, ()),
        ("11-18", 8, ()),
    ]
    assert year.alerts == [
        ("01-01", NEWS),
        ("02-12", NEWS),
        ("03-19", NEWS),
        ("04-07", NEWS),
        ("04-07", fails(4)),
        ("04-08", fails(4)),
        ("04-09", NEWS),
        ("05-20", NEWS),
        ("05-20", fails(1)),
        ("05-21", fails(1)),
        ("05-22", fails(1)),
        ("05-25", fails(1)),
        ("05-26", NEWS),
        ("07-06", NEWS),
        ("07-06", fails(1)),
        ("07-07", fails(1)),
        ("07-08", NEWS),
        ("11-18", NEWS),
    ]
    assert steps.stale_sources(year.place) == {}
    assert [entry.release_id for entry in publication_log.log(year.place)] == [
        small.name_of(year.place, number) for _, number, _ in year.releases
    ]

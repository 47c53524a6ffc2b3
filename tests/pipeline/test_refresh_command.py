"""`kompetanse refresh` against every service at once: all tables, then nothing, then a failure."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipeline.cli import main
from sources import registry
from sources.archive import Archive
from sources.ledger import Ledger
from tests.services.server import Reply
from tests.services.ssb import Ssb
from tests.services.world import world
from tests.warehouse.same_content import contents

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.http.server import Asked
    from tests.services.world import World

WELL, STALE = 0, 3
TABLE = "ssb/12274"
INDICATOR = "participation_16_18"
# Nobody serves these any more, or a project of others holds them; they come from recorded folders.
RECORDED_ONLY = {
    "nav/survey_occupation_2017",
    "nav/tightness_vestfold_telemark",
    "codes/styrk08",
    "codes/nav_occupation_groups",
    "codes/programme_nus",
}


class Weather:
    """What goes wrong at SSB, for a test to switch on and off."""

    def __init__(self) -> None:
        self.gone = False

    def __call__(self, _: int, asked: Asked, reply: Reply) -> Reply:
        if self.gone and "/tables/12274" in asked.path:
            body = {"type": "Parameter error", "title": "Non-existent table", "status": 404}
            return Reply(404, json.dumps(body).encode(), {"Content-Type": "application/json"})
        return reply


@pytest.fixture(scope="module")
def weather() -> Weather:
    return Weather()


@pytest.fixture(scope="module")
def services(made_up_folder: Path, weather: Weather) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as env, world(made_up_folder, env, {"ssb": weather}) as all_:
        yield all_


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, services: World) -> Path:
    """A data root after its first refresh from the services."""
    root = tmp_path_factory.mktemp("live")
    with pytest.MonkeyPatch.context() as env:
        env.setenv("KOMPETANSE_DATA", str(root))
        assert refresh() == WELL
    assert services.complaints == []
    return root


@pytest.fixture
def desk(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KOMPETANSE_DATA", str(root))
    return root


def refresh(*more: str) -> int:
    return main(["refresh", "--county", "trondelag", "--at-any-time", *more])


def query(root: Path, text: str) -> list[tuple[object, ...]]:
    file = (root / "releases" / "current-trondelag").resolve() / "kompetanse.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(text).fetchall()


def test_the_first_refresh_takes_every_table_and_publishes(root: Path) -> None:
    ledger = Ledger(Archive(root / "archive").root)
    used = {spec.id for spec in registry.load().values() if spec.is_due}
    taken = {table for table in used if ledger.standing(table).vintage}
    assert used - taken == RECORDED_ONLY
    assert not [t for t in used if ledger.standing(t).kind]
    assert query(root, "select count(*) from source_table where stale_since is not null") == [(0,)]
    assert query(root, "select distinct fidelity from vintage") == [("live",)]
    without = query(
        root, "select indicator_id from indicator where status = 'no answer from the source'"
    )
    assert without == [("shortage_by_occupation",)]


def test_a_second_refresh_finds_nothing_to_do(
    desk: Path, services: World, capsys: pytest.CaptureFixture[str]
) -> None:
    before, asked = (desk / "releases" / "current-trondelag").resolve(), services.requests
    written = before.stat().st_mtime_ns
    assert refresh() == WELL
    told = capsys.readouterr().err
    assert "Ingenting nytt hos kildene / nothing new at the sources." in told
    assert "nothing was worked out" in told
    assert (desk / "releases" / "current-trondelag").resolve() == before
    assert before.stat().st_mtime_ns == written
    assert services.requests - asked < 100
    assert services.complaints == []


@pytest.mark.slow
def test_a_failed_source_leaves_its_last_good_figures_marked_stale(
    desk: Path, services: World, weather: Weather, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = query(desk, "select value from indicator_value order by all")
    bank = services.fakes["ssb"]
    assert isinstance(bank, Ssb)
    # The list of tables announces new figures, and then the table is not there.
    bank.table("12274").updated = "2026-11-20T07:00:00Z"
    weather.gone = True
    try:
        assert refresh("--table", TABLE) == STALE
    finally:
        weather.gone = False
    told = capsys.readouterr()
    assert f"{TABLE}: failed (since 20" in told.err
    assert "StatBank has no table 12274 any more" in told.err
    assert "→" in told.err
    assert "f = foreldet" in told.out
    stale = query(desk, "select distinct indicator_id from indicator_value where stale_since <> ''")
    assert stale == [(INDICATOR,)]
    state = f"select state, stale_reason from source_table where source_table_id = '{TABLE}'"
    ((kind, why),) = query(desk, state)
    assert kind == "failed"
    assert "TableGone" in str(why)
    assert query(desk, "select value from indicator_value order by all") == figures
    # As soon as the source answers again, the mark is gone.
    assert refresh("--table", TABLE) == WELL
    assert query(desk, "select distinct stale_since from indicator_value") == [(None,)]


def test_json_lines_say_what_was_asked_and_what_came_of_it(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refresh("--json", "--table", TABLE) == WELL
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events[0]["event"] == "RunStarted"
    assert {"Asked", "Answered", "RunEnded"} <= {event["event"] for event in events}
    assert events[-1] == {
        "event": "WorkedOut",
        "county": "trondelag",
        "published": True,
        "release": (desk / "releases" / "current-trondelag").resolve().name,
    }


def test_offline_asks_nobody(desk: Path, services: World) -> None:
    asked = services.requests
    assert refresh("--offline") == WELL
    assert services.requests == asked
    assert desk.exists()


@pytest.mark.slow
def test_a_lock_gives_the_same_bytes_in_another_place(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, services: World
) -> None:
    current = (desk / "releases" / "current-trondelag").resolve()
    lock, packed = tmp_path / "sources.lock", tmp_path / "answers.tar"
    shutil.copy(current / "sources.lock", lock)
    shutil.copy(current / "stale.json", tmp_path / "stale.json")
    assert main(["archive", "export", str(lock), str(packed)]) == WELL
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path / "elsewhere"))
    assert main(["archive", "import", str(packed)]) == WELL
    asked = services.requests
    assert refresh("--lock", str(lock)) == WELL
    assert services.requests == asked
    rebuilt = (tmp_path / "elsewhere" / "releases" / "current-trondelag").resolve()
    assert rebuilt.name == current.name
    # What stood in earlier releases is known only where they were published.
    for path in (rebuilt / "parquet").iterdir():
        if path.stem not in ("indicator_value_history", "release_log"):
            assert path.read_bytes() == (current / "parquet" / path.name).read_bytes(), path.name
    one, other = (
        contents(folder / "kompetanse.duckdb", past=False) for folder in (rebuilt, current)
    )
    assert one == other
    assert (rebuilt / "sources.lock").read_bytes() == lock.read_bytes()

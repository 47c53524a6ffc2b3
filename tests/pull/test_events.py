"""What a run tells and logs, and that a logged run can be repeated without a network."""

from __future__ import annotations

import io
import json
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from sources.archive import Archive
from sources.http.hosts import target
from sources.ledger import Ledger
from sources.pull import events, refresh
from sources.pull.replay import NotInLog, UnreadableLog, replay, tables
from sources.pull.watch import public
from sources.records import Records
from sources.vintages import decode
from tests.http.server import problem
from tests.pull.conftest import KLASS, STATBANK, Live, table
from tests.services.server import Reply

if TYPE_CHECKING:
    from pathlib import Path

SCHOOL, POINTS = "ssb/12274", "ssb/07495"
AT = "2026-09-10T10:00:00Z"


def logged(world: Live, *names: str, log: str = "run.jsonl", **changes: Any) -> Path:
    """Run with a log; returns the log."""
    path = world.root / "logs" / log
    specs = [table(t) for t in names or (*STATBANK, *KLASS)]
    with events.Log(path, world.archive) as writer:
        refresh.run(specs, world.archive, world.asking(**changes), writer)
    return path


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def vintages(archive: Archive, *names: str) -> dict[str, list[str]]:
    records = Records(archive.root)
    return {t: [j.record.id for j in records.of(t)] for t in names or (*STATBANK, *KLASS)}


def again(log: Path, answers: Archive, archive: Archive) -> refresh.Report:
    """Replay a log into another archive."""
    asking = replay(log, answers)
    return refresh.run([table(t) for t in tables(log)], archive, asking)


def test_every_question_is_logged_with_its_answer(live: Live) -> None:
    log = lines(logged(live))
    asked = [e["question"] for e in log if e["event"] == "Asked"]
    answered = [e for e in log if e["event"] == "Answered"]
    assert len(asked) == len(answered) == len(live.at.log) + len(live.klass_at.log)
    assert [e["question"] for e in answered] == asked
    assert all(q["url"].startswith("https://data.ssb.no/api/") for q in asked)
    assert all(e["tries"] == 1 and len(e["sha256"]) == 64 for e in answered)
    assert {e["status"] for e in answered} == {200}
    assert "body" not in answered[0]
    assert all(e["table"] in (*STATBANK, *KLASS) for e in answered)
    posts = [q for q in asked if q["method"] == "POST"]
    assert all(q["request_sha256"] for q in posts)


def test_no_credential_is_logged(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, at in (("SSB", live.at), ("KLASS", live.klass_at)):
        secret = at.base.replace("http://", "http://someone:s3cret@")
        monkeypatch.setenv(f"KOMPETANSE_{name}_BASE", secret)
    live.twist = lambda _, asked, reply: Reply(
        reply.status, reply.body, {**reply.headers, "Set-Cookie": "id=c00kie"}
    )
    text = logged(live, SCHOOL).read_text(encoding="utf-8")
    assert "Authorization" in [k.title() for k in live.at.log[0].headers]
    for word in ("s3cret", "someone", "c00kie", "Basic "):
        assert word not in text


def test_retries_and_pauses_are_told_and_counted(live: Live) -> None:
    live.twist = lambda number, asked, reply: (
        problem(503, "updating") if number <= 2 and "config" in asked.path else reply
    )
    from dataclasses import replace

    from tests.pull.conftest import QUICK

    report = live.run(SCHOOL, limits=replace(QUICK, total=30.0, backoff=0.25))
    waits = [e for e in live.events if isinstance(e, events.Waiting)]
    assert [(w.service, w.table, w.why) for w in waits] == [("ssb", SCHOOL, "HTTP 503")] * 2
    first = next(e for e in live.events if isinstance(e, events.Answered))
    assert first.tries == 3
    assert report.requests == 3 + 3


def test_a_run_can_be_repeated_from_its_log_without_a_network(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = logged(live)
    live.forget()
    monkeypatch.delenv("KOMPETANSE_SSB_BASE")
    monkeypatch.delenv("KOMPETANSE_KLASS_BASE")
    other = Archive(tmp_path / "other")
    report = again(log, live.archive, other)
    assert {t.state for t in report.tables} == {"new"}
    assert vintages(other) == vintages(live.archive)
    assert other.verify() == live.archive.verify()
    assert live.at.log == live.klass_at.log == []
    for name in STATBANK:
        one, two = (decode(a, table(name), made_up=False).table for a in (live.archive, other))
        assert one.equals(two)
    entries = {e.id: e for e in live.archive.entries()}
    assert {e.id: e for e in other.entries()} == entries


def test_a_run_with_nothing_new_and_a_failure_is_repeated_too(live: Live, tmp_path: Path) -> None:
    """Its answers are not in the archive: the catalogue, "not modified", a refusal."""
    first = logged(live, log="first.jsonl")
    live.later(days=1)
    live.ssb.bank.tables = [t for t in live.ssb.bank.tables if t.id != "12274"]
    live.ledger.failed(SCHOOL, "an earlier failure", live.now)
    second = logged(live, log="second.jsonl")
    refusals = [e["status"] for e in lines(second) if e["event"] == "Unanswered"]
    assert refusals == [404]
    assert {e["status"] for e in lines(second) if e["event"] == "Answered"} == {200, 304}
    shas = {e["sha256"] for e in lines(second) if e["event"] == "Answered" and e["size"]}
    only = {sha for sha in shas if not live.archive.object_path(sha).exists()}
    assert {path.name for path in events.beside(second).iterdir()} == only != set()
    other = Archive(tmp_path / "other")
    again(first, live.archive, other)
    Ledger(other.root).failed(SCHOOL, "an earlier failure", live.now)
    report = again(second, live.archive, other)
    states = {t.table: t.state for t in report.tables}
    assert states == dict.fromkeys((*STATBANK, *KLASS), "nothing new") | {SCHOOL: "failed"}
    assert "TableGone" in report.failed[0].problem
    assert vintages(other) == vintages(live.archive)


def test_answers_that_no_vintage_kept_stay_with_the_log(live: Live) -> None:
    """A part that does not decode reaches no archive, and is what one wants to look at."""
    live.ssb.bank.twist = lambda number, document: b'{"class": "dataset"'
    log = logged(live, SCHOOL)
    cut = [e for e in lines(log) if e["event"] == "Answered" and "/data?" in e["question"]["url"]]
    assert len(cut) == 2
    kept = events.beside(log) / cut[0]["sha256"]
    assert kept.read_bytes() == b'{"class": "dataset"'
    assert (lines(log)[-2]["event"], lines(log)[-2]["state"]) == ("Failed", "failed")


def test_a_question_that_was_not_asked_then_is_refused(live: Live, tmp_path: Path) -> None:
    log = logged(live, SCHOOL)
    asking = replay(log, live.archive)
    specs = [table(t) for t in (SCHOOL, POINTS)]
    report = refresh.run(specs, Archive(tmp_path / "other"), asking)
    assert [t.state for t in report.tables] == ["new", "failed"]
    assert "NotInLog" in report.tables[1].problem
    assert "/tables/07495" in report.tables[1].problem
    with pytest.raises(NotInLog, match="not so often"):
        asking.service("ssb").get("/config")


def test_damaged_or_missing_answers_are_not_replayed(live: Live, tmp_path: Path) -> None:
    log = logged(live, SCHOOL)
    (entry,) = live.archive.entries(table=SCHOOL)
    path = live.archive.object_path(entry.sha256)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    report = again(log, live.archive, Archive(tmp_path / "other"))
    assert "bytes are damaged" in report.failed[0].problem
    report = again(log, Archive(tmp_path / "empty"), Archive(tmp_path / "third"))
    assert "Give the archive of that run" in report.failed[0].problem


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json\n",
        '{"event": "RunEnded"}\n',
        '["a list"]\n',
        '{"event": "Asked", "question": 1}\n',
    ],
)
def test_what_is_no_log_is_refused(tmp_path: Path, text: str) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(text)
    with pytest.raises(UnreadableLog, match=r"log\.jsonl"):
        replay(log, Archive(tmp_path))


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (events.Kept(AT, SCHOOL, "nothing new", 0, 0, 1, 0.1), f"{SCHOOL}: nothing new"),
        (
            events.Kept(AT, SCHOOL, "revised", 528, 3, 4, 0.1, "v", ("new periods: 2026",)),
            f"{SCHOOL}: revised, 528 cells, 3 changed, 4 requests\n  new periods: 2026",
        ),
        (
            events.Failed(AT, SCHOOL, "failed", "TableGone: no such table", AT, 2, 0.1),
            f"{SCHOOL}: failed (since {AT}): TableGone: no such table",
        ),
        (events.Waiting(AT, SCHOOL, "ssb", 31.2, "HTTP 503"), f"{SCHOOL}: waiting 31 s (HTTP 503)"),
        (events.Waiting(AT, SCHOOL, "ssb", 0.3, "taking turns"), None),
        (events.TableStarted(AT, SCHOOL, "ssb"), None),
        (
            events.RunEnded(AT, {"new": 3, "failed": 1}, 12, 4.25, interrupted=True),
            "stopped by hand; 3 new, 1 failed; 12 requests, 4.2 s",
        ),
    ],
)
def test_plain_lines_say_what_a_person_wants_to_know(event: events.Event, line: str | None) -> None:
    assert events.plain(event) == line


def test_json_lines_are_one_object_per_event(live: Live) -> None:
    file = io.StringIO()
    specs = [table(t) for t in KLASS]
    refresh.run(specs, live.archive, live.asking(), events.JsonLines(file))
    found = [json.loads(line) for line in file.getvalue().splitlines()]
    assert [e["event"] for e in found] == [
        "RunStarted",
        *["TableStarted", "Asked", "Answered", "Kept"] * 2,
        "RunEnded",
    ]
    assert all(datetime.fromisoformat(e["at"]).tzinfo == UTC for e in found)
    assert found[0]["tables"] == list(KLASS)


def test_addresses_at_a_mirror_are_told_as_the_public_ones() -> None:
    mirror = {"KOMPETANSE_UDIR_BASE": "http://127.0.0.1:8/mirror"}
    at, own = target("udir", mirror), target("udir", {})
    base = "https://statistikkportalen.udir.no/api/rapportering"
    for where in (at, own):
        assert public(where, "/rest/v1?a=1", {"b": "æ"}) == f"{base}/rest/v1?a=1&b=%C3%A6"
        assert public(where, "https://data.udir.no/x") == "https://data.udir.no/x"
    assert public(at, "http://127.0.0.1:8/mirror/rest/v1") == f"{base}/rest/v1"
    assert public(at, "http://127.0.0.1:8/mirror/data.udir.no/x") == "https://data.udir.no/x"


def test_one_event_at_a_time_reaches_every_writer() -> None:
    first: list[events.Event] = []
    second: list[events.Event] = []
    event = events.TableStarted(AT, SCHOOL, "ssb")
    with nullcontext(events.several([first.append, second.append])) as tell:
        tell(event)
    assert first == second == [event]

"""Telling: the same problem once a day, a ceiling an hour, nothing lost, and a run never fails."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.notify import limit, telling
from pipeline.notify.message import Notice
from sources.registry import Text
from tests.notify.servers import post_office

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def notice(key: str) -> Notice:
    return Notice((key,), "stale", "trondelag", Text(f"om {key}", f"on {key}"), Text("så", "so"))


def environ(root: Path, **more: str) -> dict[str, str]:
    named = {f"KOMPETANSE_NOTIFY_{name}": value for name, value in more.items()}
    return {"KOMPETANSE_NOTIFY_FILE": str(root / "out.txt")} | named


def told(root: Path) -> list[str]:
    """Norwegian titles of the messages sent."""
    path = root / "out.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [lines[n + 1] for n, line in enumerate(lines) if line.startswith("=== ")]


def test_the_same_problem_is_told_once_a_day(tmp_path: Path) -> None:
    settings = environ(tmp_path)
    for hours in (0, 1, 23, 25, 26):
        at = NOON + timedelta(hours=hours)
        assert telling.tell(tmp_path, [notice("a"), None], at, settings) == []
    assert told(tmp_path) == ["om a", "om a"]


def test_a_problem_more_is_told_again_with_those_known(tmp_path: Path) -> None:
    both = Notice(("a", "b"), "stale", "", Text("om a og b", "on a and b"), Text("så", "so"))
    for each in (notice("a"), both, both, notice("b")):
        telling.tell(tmp_path, [each], NOON, environ(tmp_path))
    assert told(tmp_path) == ["om a", "om a og b"]


def test_what_the_ceiling_holds_back_comes_as_one_digest(tmp_path: Path) -> None:
    settings = environ(tmp_path, PER_HOUR="2")
    telling.tell(tmp_path, [notice(key) for key in "abcde"], NOON, settings)
    assert told(tmp_path) == ["om a", "om b"]
    telling.tell(tmp_path, [], NOON + timedelta(minutes=59), settings)
    assert len(told(tmp_path)) == 2
    telling.tell(tmp_path, [], NOON + timedelta(minutes=61), settings)
    assert told(tmp_path)[2:] == ["3 meldinger ble holdt tilbake"]
    text = (tmp_path / "out.txt").read_text(encoding="utf-8")
    assert "– om c\n– om d\n– om e" in text
    telling.tell(tmp_path, [], NOON + timedelta(hours=5), settings)
    assert len(told(tmp_path)) == 3


def test_more_than_fits_is_counted(tmp_path: Path) -> None:
    settings = environ(tmp_path, PER_HOUR="1")
    notices = [notice(str(n)) for n in range(limit.MOST_HELD + 10)]
    telling.tell(tmp_path, notices, NOON, settings)
    telling.tell(tmp_path, [], NOON + timedelta(hours=2), settings)
    assert told(tmp_path)[1:] == [f"{limit.MOST_HELD + 9} meldinger ble holdt tilbake"]


def test_a_channel_that_fails_stops_no_other(tmp_path: Path) -> None:
    with post_office() as post:
        pass
    mail = {"SMTP": f"127.0.0.1:{post.port}", "SMTP_TLS": "none", "FROM": "a@b.no", "TO": "c@d.no"}
    (problem,) = telling.tell(tmp_path, [notice("a")], NOON, environ(tmp_path, **mail))
    assert problem.startswith("e-mail: ")
    assert told(tmp_path) == ["om a"]


def test_what_no_channel_took_comes_in_the_next_digest(tmp_path: Path) -> None:
    away = {"KOMPETANSE_NOTIFY_FILE": str(tmp_path)}
    (problem,) = telling.tell(tmp_path, [notice("a")], NOON, away)
    assert "KOMPETANSE_NOTIFY_FILE" in problem
    telling.tell(tmp_path, [], NOON + timedelta(hours=1), environ(tmp_path))
    assert told(tmp_path) == ["1 melding ble holdt tilbake"]


def test_without_a_channel_nothing_is_kept(tmp_path: Path) -> None:
    assert telling.tell(tmp_path, [notice("a")], NOON, {}) == []
    assert not list(tmp_path.iterdir())


def test_a_wrong_setting_is_told_and_fails_nothing(tmp_path: Path) -> None:
    (problem,) = telling.tell(tmp_path, [notice("a")], NOON, environ(tmp_path, PER_HOUR="x"))
    assert "KOMPETANSE_NOTIFY_PER_HOUR" in problem


def test_a_damaged_book_is_begun_anew(tmp_path: Path) -> None:
    for broken in ("", "[]", json.dumps({"told": {"a": "yesterday"}})):
        (tmp_path / limit.FILE).write_text(broken, encoding="utf-8")
        assert telling.tell(tmp_path, [notice("a")], NOON, environ(tmp_path)) == []
    assert told(tmp_path) == ["om a"] * 3

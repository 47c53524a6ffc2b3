"""The history says of every value when it stood, also after a rollback, and never guesses."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from tests.warehouse.history_kit import Channel, values
from warehouse import history, parquet

if TYPE_CHECKING:
    from pathlib import Path

OLD = {"period": "2023", "value": 100.0}
FIRST = {"period": "2024", "value": 110.0}
REVISED = {"period": "2024", "value": 111.0, "vintage_ids": "ssb/07459@2026#b"}
NEXT = {"period": "2025", "value": 120.0, "vintage_ids": "ssb/07459@2026#b"}


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    return Channel(tmp_path / "releases")


def spells(told: history.History) -> list[tuple[Any, ...]]:
    names = ("period", "value", "first_publication", "last_publication", "last_release")
    return [tuple(row[n] for n in names) for row in told.values.to_pylist()]


def test_the_first_release_has_each_value_once_and_no_clock(channel: Channel) -> None:
    told = channel.publish("a", values(OLD, FIRST, {"period": "2025"}))
    assert spells(told) == [
        ("2023", 100.0, 1, None, None),
        ("2024", 110.0, 1, None, None),
        ("2025", None, 1, None, None),
    ]
    assert set(told.values["first_release"].to_pylist()) == {"a"}
    assert told.log.to_pylist() == [{"publication": 1, "release_id": "a", "published_at": None}]


def test_a_revision_ends_one_version_and_begins_another(channel: Channel) -> None:
    channel.publish("a", values(OLD, FIRST))
    told = channel.publish("b", values(OLD, REVISED, NEXT))
    assert spells(told) == [
        ("2023", 100.0, 1, None, None),
        ("2024", 110.0, 1, 1, "a"),
        ("2024", 111.0, 2, None, None),
        ("2025", 120.0, 2, None, None),
    ]
    assert channel.changed("b") == [("new", "2025", None, 120.0), ("revised", "2024", 110.0, 111.0)]
    assert channel.changed("a") == []


def test_the_same_figure_under_a_new_stamp_is_no_new_version(channel: Channel) -> None:
    channel.publish("a", values(OLD))
    told = channel.publish("b", values(OLD | {"vintage_ids": "ssb/07459@2026#b"}))
    assert spells(told) == [("2023", 100.0, 1, None, None)]
    assert told.values["vintage_ids"].to_pylist() == ["ssb/07459@2025#a"]


@pytest.mark.parametrize(
    "otherwise",
    [{"value": None}, {"numerator": 1.0}, {"denominator": 2.0}, {"obs_status": "P"},
     {"definition_version": "2.0.0"}],
)  # fmt: skip
def test_whatever_differs_makes_a_new_version(
    channel: Channel, otherwise: dict[str, object]
) -> None:
    channel.publish("a", values(OLD))
    told = channel.publish("b", values(OLD | otherwise))
    assert [(row[2], row[3]) for row in spells(told)] == [(1, 1), (2, None)]


def test_a_value_that_is_gone_ended_and_one_that_comes_back_begins_again(channel: Channel) -> None:
    channel.publish("a", values(OLD, FIRST))
    channel.publish("b", values(FIRST))
    assert channel.changed("b") == [("gone", "2023", 100.0, None)]
    told = channel.publish("c", values(OLD, FIRST))
    assert [row for row in spells(told) if row[0] == "2023"] == [
        ("2023", 100.0, 1, 1, "a"),
        ("2023", 100.0, 3, None, None),
    ]


def test_as_of_answers_as_then_at_every_boundary(channel: Channel) -> None:
    channel.publish("a", values(FIRST))
    channel.publish("b", values(REVISED))
    channel.publish("c", values(NEXT))
    was, then, now = ([("population", *row)] for row in (("2024", 110.0), ("2024", 111.0),
                                                         ("2025", 120.0)))  # fmt: skip
    assert channel.as_of("c", "2026-02-28") == []
    assert channel.as_of("c", "2026-03-01 07:59:59") == []
    assert channel.as_of("c", "2026-03-01 08:00:00") == was
    assert channel.as_of("c", "2026-03-01") == was
    assert channel.as_of("c", "2026-03-02 07:59:59") == was
    assert channel.as_of("c", "2026-03-02 08:00:00") == then
    assert channel.as_of("c", "2026-03-02") == then
    assert channel.as_of("c", "2026-03-03 07:59:59") == then
    assert channel.as_of("c", "2026-03-03") == now
    assert channel.as_of("c", "2040-01-01") == now
    assert channel.as_of("c", "2026-03-02T09:30:00+02:00") == was
    assert channel.as_of("a", "2026-03-01") == was


def test_after_a_rollback_the_history_has_the_release_gone_back_from(channel: Channel) -> None:
    channel.publish("a", values(FIRST))
    channel.publish("b", values(REVISED))
    channel.stands("a")
    told = channel.publish("d", values(FIRST, NEXT))
    assert [row for row in spells(told) if row[0] == "2024"] == [
        ("2024", 110.0, 1, 1, "a"),
        ("2024", 111.0, 2, 2, "b"),
        ("2024", 110.0, 3, None, None),
    ]
    days = ("2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04")
    shown = [[row[2] for row in channel.as_of("d", day)] for day in days]
    assert shown == [[110.0], [111.0], [110.0], [110.0, 120.0]]
    assert told.log["release_id"].to_pylist() == ["a", "b", "a", "d"]


def test_earlier_releases_may_be_removed_once_a_later_one_remembers(channel: Channel) -> None:
    channel.publish("a", values(FIRST))
    channel.publish("b", values(REVISED))
    before = channel.history("c", values(NEXT))
    shutil.rmtree(channel.releases / "a")
    after = channel.history("c", values(NEXT))
    assert after.values.equals(before.values)
    assert after.log.equals(before.log)
    # The log file may also have forgotten the first: numbers are those of the release's own log.
    del channel.log[0]
    assert channel.history("c", values(NEXT)).values.equals(before.values)


def test_figures_that_nobody_kept_are_not_guessed(channel: Channel) -> None:
    channel.stands("lost")
    told = channel.publish("b", values(FIRST))
    assert spells(told) == [("2024", 110.0, 2, None, None)]
    assert channel.as_of("b", "2026-03-01") == []
    assert len(channel.as_of("b", "2026-03-02")) == 1


def test_a_release_of_before_there_were_histories_counts(channel: Channel) -> None:
    channel.publish_without_history("a", values(FIRST))
    told = channel.publish("b", values(REVISED))
    assert spells(told) == [("2024", 110.0, 1, 1, "a"), ("2024", 111.0, 2, None, None)]


def test_publishing_the_current_release_again_changes_nothing(channel: Channel) -> None:
    channel.publish("a", values(FIRST))
    channel.stands("a")
    assert channel.history("b", values(REVISED)).log["publication"].to_pylist() == [1, 2]


def test_a_breakdown_that_comes_or_goes_keeps_the_totals_the_same_values(channel: Channel) -> None:
    wide = values(OLD).append_column("age", pa.array(["_T"]))
    channel.publish("a", values(OLD))
    told = history.build(channel.releases, channel.log, wide, "b", ("sex", "age"))
    assert spells(told) == [("2023", 100.0, 1, None, None)]
    assert told.values["age"].to_pylist() == ["_T"]
    folder = channel.releases / "b" / "parquet"
    parquet.write(told.values, folder / "indicator_value_history.parquet")
    parquet.write(told.log, folder / "release_log.parquet")
    channel.stands("b")
    again = channel.history("c", values(OLD, NEXT))
    assert spells(again)[0] == ("2023", 100.0, 1, None, None)
    assert again.values["age"].to_pylist() == ["_T", "_T"]


def test_the_same_past_gives_the_same_bytes(channel: Channel, tmp_path: Path) -> None:
    channel.publish("a", values(OLD, FIRST))
    files = []
    for n, rows in enumerate([(OLD, REVISED, NEXT), (NEXT, OLD, REVISED)]):
        told = channel.history("b", values(*rows))
        files.append(tmp_path / f"{n}.parquet")
        parquet.write(told.values, files[-1])
    assert files[0].read_bytes() == files[1].read_bytes()


def test_times_with_a_zone_are_kept_in_utc(channel: Channel) -> None:
    channel.publish("a", values(OLD))
    told = channel.history("b", values(OLD))
    assert told.log["published_at"].to_pylist() == [dt.datetime(2026, 3, 1, 8, 0), None]  # noqa: DTZ001

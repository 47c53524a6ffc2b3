"""History: each value that was ever published, with the releases it stood in.

A release carries the history up to itself. It is made of the history of the newest release that
is kept and of the publications since: each is one turn of sql/history/turn.sql. Which releases
stood when is warehouse/publications.py; how two releases differ, warehouse/difference.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse import engine, parquet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

    from warehouse.publications import Publication

VALUES, HISTORY, LOG = "indicator_value", "indicator_value_history", "release_log"
KEY = ("indicator_id", "region_set", "region_id", "region_level", "period")
VERSION = (
    "value", "numerator", "denominator", "obs_status", "reason", "definition_version",
    "vintage_ids",
)  # fmt: skip
TURNS = ("first_publication", "last_publication", "first_release", "last_release")
ALL = "_T"


@dataclass(frozen=True)
class Entry:
    """One line of the release log; published_at is None for the release that carries the log."""

    number: int
    release_id: str
    published_at: datetime | None


@dataclass(frozen=True)
class History:
    """Tables of a release about the releases before it.

    values: one row per value key x version, see comments.yaml; log: one row per publication.
    """

    values: pa.Table
    log: pa.Table


def build(
    releases: Path,
    past: Sequence[Publication],
    values: pa.Table,
    release_id: str,
    breakdowns: Sequence[str],
) -> History:
    """Work out the history that a new release carries.

    releases:   folder of all releases; past: what stood before, oldest first.
    values:     indicator_value of the new release, release_id its id.
    breakdowns: names of the breakdown columns of values.
    The figures of an earlier release that is no longer kept are not known: for the time it stood
    no value has a row. Without earlier releases, the history depends on the values alone.
    """
    told = _without_repeats(past)
    log, begun = _base(releases, told)
    history = _empty(values, breakdowns) if begun is None else begun
    for stood in told[len(log) :]:
        kept = releases / stood.release_id / "parquet" / f"{VALUES}.parquet"
        shown = _shown(kept) if kept.is_file() else None
        log.append(Entry(len(log) + 1, stood.release_id, stood.published_at))
        history = _turn(history, shown, log)
    log.append(Entry(len(log) + 1, release_id, None))
    history = _turn(history, values.select([*KEY, *breakdowns, *VERSION]), log)
    return History(engine.run("history/in_order.sql", {"history": history}), _log_table(log))


def breakdown_columns(folder: Path) -> tuple[str, ...]:
    """Names of the breakdown columns in a release's indicator_value."""
    listed = parquet.read(folder / "parquet" / "indicator.parquet")["breakdowns"].to_pylist()
    return tuple(sorted({name for names in listed for name in names.split(", ") if name}))


def _without_repeats(past: Sequence[Publication]) -> list[Publication]:
    """Publishing again what is current changes nothing."""
    return [
        p for n, p in enumerate(past) if n == 0 or p.release_id != past[n - 1].release_id
    ]  # fmt: skip


def _base(releases: Path, told: Sequence[Publication]) -> tuple[list[Entry], pa.Table | None]:
    """Take the longest history that a kept release carries, and the log up to that release."""
    firsts = {p.release_id: n for n, p in reversed(list(enumerate(told)))}
    for release_id, n in sorted(firsts.items(), key=lambda item: -item[1]):
        file = releases / release_id / "parquet" / f"{HISTORY}.parquet"
        if file.is_file():
            log = [
                Entry(number, p.release_id, p.published_at)
                for number, p in enumerate(told[: n + 1], start=1)
            ]
            return log, parquet.read(file)
    return [], None


def _shown(file: Path) -> pa.Table:
    breakdowns = breakdown_columns(file.parent.parent)
    return parquet.read(file).select([*KEY, *breakdowns, *VERSION])


def _turn(history: pa.Table, shown: pa.Table | None, log: Sequence[Entry]) -> pa.Table:
    import pyarrow as pa

    told = _empty_like(history) if shown is None else shown
    publication = pa.table(
        {
            "number": pa.array([log[-1].number], pa.int32()),
            "release_id": [log[-1].release_id],
            "release_before": pa.array([log[-2].release_id if len(log) > 1 else None], pa.string()),
        }
    )
    names = [n for n in told.column_names if n not in VERSION]
    names += [n for n in history.column_names if n not in (*names, *VERSION, *TURNS)]
    inputs: dict[str, pa.Table | Path] = {
        "history": _with_breakdowns(history, names, (*VERSION, *TURNS)),
        "shown": _with_breakdowns(told, names, VERSION),
        "publication": publication,
    }
    return engine.run("history/turn.sql", inputs)


def _with_breakdowns(table: pa.Table, names: Sequence[str], rest: Sequence[str]) -> pa.Table:
    """Give the table every key column; of a breakdown that it does not have, it is the total."""
    import pyarrow as pa

    total = pa.repeat(pa.scalar(ALL), table.num_rows)
    columns = {n: table[n] if n in table.column_names else total for n in names}
    return pa.table(columns | {n: table[n] for n in rest})


def _empty(values: pa.Table, breakdowns: Sequence[str]) -> pa.Table:
    import pyarrow as pa

    columns = values.select([*KEY, *breakdowns, *VERSION]).slice(0, 0)
    for name in TURNS:
        kind = pa.int32() if name.endswith("publication") else pa.string()
        columns = columns.append_column(name, pa.array([], kind))
    return columns


def _empty_like(history: pa.Table) -> pa.Table:
    return history.drop_columns(list(TURNS)).slice(0, 0)


def _log_table(log: Sequence[Entry]) -> pa.Table:
    import pyarrow as pa

    return pa.table(
        {
            "publication": pa.array([entry.number for entry in log], pa.int32()),
            "release_id": [entry.release_id for entry in log],
            "published_at": pa.array([entry.published_at for entry in log], pa.timestamp("us")),
        }
    )

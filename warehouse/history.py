"""History: each value that was ever published, with the releases it stood in.

A release carries the history up to itself. It is made of the history of the newest release that
is kept and of the publications since: each is one turn of sql/history/turn.sql. Which releases
stood when is warehouse/publication_log.py; how two releases differ, warehouse/difference.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from warehouse import engine, parquet
from warehouse.database import HISTORY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa

    from warehouse.publication_log import Published

VALUES, LOG = "indicator_value", "release_log"
KEY = ("indicator_id", "region_set", "region_id", "region_level", "period")
VERSION = (
    "value", "numerator", "denominator", "obs_status", "reason", "definition_version",
    "vintage_ids",
)  # fmt: skip
TURNS = ("first_publication", "last_publication", "first_release", "last_release")
ANSWERS = "vintage_ids"
ALL = "_T"


@dataclass(frozen=True)
class Entry:
    """One line of the release log.

    published_at: UTC without zone; None for the release that carries the log.
    """

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
    past: Sequence[Published],
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
    log, begun, since = _base(releases, _without_repeats(past))
    history = _empty(values, breakdowns) if begun is None else begun
    before = _shown(releases, log[-1].release_id) if log else None
    for stood in since:
        shown = _shown(releases, stood.release_id)
        log.append(Entry(_next(log), stood.release_id, _moment(stood)))
        history = _turn(history, before, shown, log)
        before = shown
    log.append(Entry(_next(log), release_id, None))
    history = _turn(history, before, values.select([*KEY, *breakdowns, *VERSION]), log)
    return History(history, _log_table(log))


def breakdown_columns(folder: Path) -> tuple[str, ...]:
    """Names of the breakdown columns in a release's indicator_value."""
    listed = parquet.read(folder / "parquet" / "indicator.parquet")["breakdowns"].to_pylist()
    return tuple(sorted({name for names in listed for name in names.split(", ") if name}))


def _without_repeats(past: Sequence[Published]) -> list[Published]:
    """Publishing again what is current changes nothing."""
    pairs = zip([None, *past], past, strict=False)
    return [p for before, p in pairs if before is None or p.release_id != before.release_id]


def _base(
    releases: Path, told: Sequence[Published]
) -> tuple[list[Entry], pa.Table | None, Sequence[Published]]:
    """Take the longest history that a kept release carries: its log, it, what stood since."""
    firsts = {p.release_id: n for n, p in reversed(list(enumerate(told)))}
    for release_id, n in sorted(firsts.items(), key=lambda item: -item[1]):
        folder = releases / release_id / "parquet"
        if (folder / f"{LOG}.parquet").is_file():
            *before, own = parquet.read(folder / f"{LOG}.parquet").to_pylist()
            log = [Entry(r["publication"], r["release_id"], r["published_at"]) for r in before]
            log.append(Entry(own["publication"], release_id, _moment(told[n])))
            return log, parquet.read(folder / f"{HISTORY}.parquet"), told[n + 1 :]
    return [], None, told


def _next(log: Sequence[Entry]) -> int:
    return log[-1].number + 1 if log else 1


def _moment(published: Published) -> datetime:
    return datetime.fromisoformat(published.published_at).astimezone(UTC).replace(tzinfo=None)


def _shown(releases: Path, release_id: str) -> pa.Table | None:
    """What a release shows, or None if it is no longer kept."""
    folder = releases / release_id
    file = folder / "parquet" / f"{VALUES}.parquet"
    if not file.is_file():
        return None
    return parquet.read(file).select([*KEY, *breakdown_columns(folder), *VERSION])


def _turn(
    history: pa.Table, before: pa.Table | None, shown: pa.Table | None, log: Sequence[Entry]
) -> pa.Table:
    """Take the history one publication further: from what stood before to what is shown now."""
    import pyarrow as pa

    told = _empty_like(history) if shown is None else shown
    names = [n for n in told.column_names if n not in VERSION]
    names += [n for n in history.column_names if n not in (*names, *VERSION, *TURNS)]
    told = _with_breakdowns(told, names, VERSION)
    history = _with_breakdowns(history, names, (*VERSION, *TURNS))
    stood = _with_breakdowns(before, names, VERSION) if before is not None else None
    publication = _publication(log)
    done = []
    # By indicator: most are as they were, and all at once would need several gigabytes.
    for i in indicators(history, told):
        was, now = of(history, i), of(told, i)
        if stood is None or not same(of(stood, i), now):
            inputs = {"history": was, "shown": now, "publication": publication}
            was = engine.run("history/turn.sql", inputs)
        done.append(was)
    return pa.concat_tables([history.slice(0, 0), *done], promote_options="permissive")


def same(one: pa.Table, other: pa.Table) -> bool:
    """Whether two value tables hold the same figures in the same order, of whatever answers."""
    return bool(one.drop_columns(ANSWERS).equals(other.drop_columns(ANSWERS)))


def of(table: pa.Table, indicator_id: str) -> pa.Table:
    """Rows of one indicator."""
    import pyarrow.compute as pc

    return table.filter(pc.equal(table["indicator_id"], indicator_id))


def indicators(*tables: pa.Table) -> list[str]:
    """Ids of the indicators that any of the tables has rows of, in order."""
    return sorted({i for table in tables for i in table["indicator_id"].unique().to_pylist()})


def _publication(log: Sequence[Entry]) -> pa.Table:
    import pyarrow as pa

    before = log[-2].release_id if len(log) > 1 else None
    return pa.table(
        {
            "number": pa.array([log[-1].number], pa.int32()),
            "release_id": [log[-1].release_id],
            "release_before": pa.array([before], pa.string()),
        }
    )


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

"""Marts: run a mart's SQL over conformed parquet, code lists, seeds and earlier marts.

The statistics are in sql/marts/, what each mart reads in the YAML beside its SQL
(warehouse/mart.py). Nothing here knows what a column means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sources import registry
from sources.model import KompetanseError
from warehouse import county_choices, engine, mart, parquet
from warehouse.steps import Done, NothingWorkedOut

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from warehouse.mart import Mart
    from warehouse.workspace import Workspace

SHOWN = 20
VINTAGES = "vintage_ids"


class MartRefused(KompetanseError):
    """A mart met something that it cannot account for; the message lists all of it."""


class MartColumnsDiffer(KompetanseError):
    """A mart's SQL gives other columns than its YAML describes."""


def make(workspace: Workspace, mart_id: str) -> Done:
    """Make one mart of a workspace's county from what lies in its work folder."""
    wanted = mart.load()[mart_id]
    table = compute(wanted, inputs(workspace, wanted))
    path = workspace.step("marts", mart_id)
    parquet.write(table, path)
    return Done(table, path)


def inputs(workspace: Workspace, wanted: Mart) -> dict[str, pa.Table | Path]:
    """Tables that a mart's SQL reads, by the name that it has for them.

    Raises NothingWorkedOut if an earlier step has not run.
    """
    import pyarrow as pa

    tables = registry.load()
    found: dict[str, pa.Table | Path] = {"data_origin": pa.table({"name": [workspace.figures]})}
    found |= {tables[t].view: _made(workspace.step("conformed", t)) for t in wanted.conformed}
    found |= {
        tables[t].view: code_list(parquet.read(_made(workspace.step("raw", t))), columns)
        for t, columns in wanted.lists.items()
    }
    found |= {
        name: _made(workspace.step("conformed", f"geography/{name}")) for name in wanted.geography
    }
    found |= {name: _made(workspace.step("marts", name)) for name in wanted.marts}
    own = county_choices.tables(workspace.county) if wanted.seeds else {}
    # A county's own values stand in for the defaults.
    found |= {name: table for name, table in own.items() if name in wanted.seeds}
    return found


def read(workspace: Workspace, wanted: Mart, names: Collection[str]) -> dict[str, pa.Table]:
    """A mart that was made, and what it was made of, as far as they are named; as in a release."""
    from pathlib import Path

    given = inputs(workspace, wanted) | {wanted.id: _made(workspace.step("marts", wanted.id))}
    return {
        name: as_text(parquet.read(table) if isinstance(table, Path) else table)
        for name, table in given.items()
        if name in names
    }


def as_text(table: pa.Table) -> pa.Table:
    """A table whose list of answers is one text, which every reader understands."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if VINTAGES not in table.column_names or not pa.types.is_list(table[VINTAGES].type):
        return table
    place = table.column_names.index(VINTAGES)
    return table.set_column(place, VINTAGES, pc.binary_join(table[VINTAGES], " "))


def compute(wanted: Mart, tables: Mapping[str, pa.Table | Path]) -> pa.Table:
    """Run a mart's steps and its SQL.

    tables: what the YAML names under conformed, lists, geography and marts, and data_origin
            (name); its seeds are read from their files unless they are given too.
    Raises MartRefused with the rows of the step under `refuse`, if there are any, and
    MartColumnsDiffer.
    """
    declared = {name: engine.seed(f"marts/seeds/{name}.csv") for name in wanted.seeds}
    given = {**declared, **tables}
    steps = {name: engine.text(f"marts/steps/{file}.sql") for name, file in wanted.steps.items()}
    if wanted.refuse:
        step, advice = wanted.refuse
        before = list(steps)[: list(steps).index(step) + 1]
        _refuse(wanted, engine.run_steps({n: steps[n] for n in before}, given), advice)
    table = engine.run_steps({**steps, wanted.id: engine.text(f"marts/{wanted.id}.sql")}, given)
    if table.column_names != list(wanted.columns):
        raise MartColumnsDiffer(_columns_differ(wanted, table.column_names))
    return table


def code_list(raw: pa.Table, columns: Sequence[str]) -> pa.Table:
    """Columns of a raw table as text or numbers; no rows where the source has no answer."""
    import pyarrow as pa

    if raw.num_rows == 0:
        return pa.table({name: pa.array([], pa.string()) for name in columns})
    return pa.table({n: _plain(raw[n]) for n in columns})


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa

    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def release_tables(workspace: Workspace) -> dict[str, pa.Table]:
    """Every mart that has a YAML, as a release holds it."""
    return {
        name: as_text(parquet.read(_made(workspace.step("marts", name)))) for name in mart.load()
    }


def _refuse(wanted: Mart, problems: pa.Table, advice: str) -> None:
    if problems.num_rows == 0:
        return
    lines = [
        "  " + ", ".join(f"{name} {value}" for name, value in row.items())
        for row in problems.slice(0, SHOWN).to_pylist()
    ]
    more = f"\n  and {problems.num_rows - SHOWN} more" if problems.num_rows > SHOWN else ""
    raise MartRefused(
        f"{wanted.id}: {problems.num_rows} rows cannot be accounted for:\n"
        + "\n".join(lines)
        + f"{more}\n{advice} The mart was not made, so nothing was published."
    )


def _columns_differ(wanted: Mart, found: Sequence[str]) -> str:
    missing = [name for name in wanted.columns if name not in found]
    unknown = [name for name in found if name not in wanted.columns]
    told = [
        *(f"  {name}: described, not in the table" for name in missing),
        *(f"  {name}: in the table, not described" for name in unknown),
    ] or ["  the order differs"]
    return (
        f"sql/marts/{wanted.id}.sql gives other columns than {wanted.id}.yaml describes:\n"
        + "\n".join(told)
        + "\nNothing was made. Mend either file."
    )


def _made(path: Path) -> Path:
    if not path.exists():
        raise NothingWorkedOut(
            f"{path} is not there: an earlier step has not run or has failed. "
            "Run the whole refresh, or materialize the assets upstream of this one."
        )
    return path

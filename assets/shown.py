"""What an asset shows on its page: rows, facts, a preview, and errors in plain words.

Only presentation for Dagster; nothing here computes.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import dagster as dg

from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from warehouse.steps import Done
    from warehouse.workspace import Workspace

OWNERS = ["team:statistikkutvalg"]
PREVIEW_ROWS = 8
WIDEST = 40


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn the project's own errors into a failure that shows their text and is not retried."""
    try:
        yield
    except KompetanseError as error:
        raise dg.Failure(
            description=f"{type(error).__name__}: {error}", allow_retries=False
        ) from error


def result(done: Done, workspace: Workspace, version: str) -> dg.MaterializeResult[None]:
    """Describe a finished step: version, kind of figures, row count, facts, the first rows."""
    from warehouse.release import LABEL

    facts = {name: value for name, value in done.facts.items() if value != ""}
    return dg.MaterializeResult(
        data_version=dg.DataVersion(version),
        metadata={
            "figures are": LABEL[workspace.figures],
            "dagster/row_count": done.table.num_rows,
            "file": dg.MetadataValue.path(str(done.path)),
            "preview": dg.MetadataValue.md(preview(done.table)),
            **facts,
        },
    )


def preview(table: pa.Table, rows: int = PREVIEW_ROWS) -> str:
    """First rows of a table as markdown; long cells are cut."""
    names = table.column_names
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += [
        "| " + " | ".join(_cell(row[name]) for name in names) + " |"
        for row in table.slice(0, rows).to_pylist()
    ]
    return "\n".join(lines)


def _cell(value: object) -> str:
    text = "" if value is None else str(value).replace("|", "\\|")
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"

"""Tables of a release as the catalogues describe them: grain, columns, types and comments.

The comments are those of warehouse/comments.yaml; a table or column without one is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError
from sources.registry import Text
from warehouse import database
from warehouse.catalogues.about import Column, TableFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pyarrow as pa


class UndescribedTable(KompetanseError):
    """Tables or columns of a release have no comment; lists every one."""


def tables(files: Iterable[Path], indicators: Iterable[Mapping[str, Any]]) -> dict[str, TableFacts]:
    """Table name -> what its parquet file holds; indicators: rows of the indicator table.

    Raises UndescribedTable with every table and column that has no comment.
    """
    import pyarrow.parquet as pq

    breakdowns = {b for row in indicators for b in row["breakdowns"].split(", ") if b}
    tables, silent = {}, []
    for file in files:
        schema = pq.read_schema(file)
        silent += _undescribed(file.stem, schema.names, breakdowns)
        if not silent:
            tables[file.stem] = _table(file.stem, schema, breakdowns)
    if silent:
        lines = "\n".join(f"  {name}" for name in silent)
        raise UndescribedTable(
            f"Tables or columns of the release have no entry in {database.COMMENTS.name}:\n"
            f"{lines}\nNo catalogue was written. Say there what they mean, in bokmål and English."
        )
    return tables


def _undescribed(table: str, columns: Iterable[str], breakdowns: set[str]) -> list[str]:
    described = database.comments().get(table)
    if described is None:
        return [table]
    if table == database.HISTORY:
        # Beside its own columns it has breakdowns only, also of definitions that are gone.
        return []
    known = set(described["columns"]) | (breakdowns if table == "indicator_value" else set())
    return [f"{table}.{column}" for column in columns if column not in known]


def _table(name: str, schema: pa.Schema, breakdowns: set[str]) -> TableFacts:
    columns = tuple(
        Column(f.name, _type(f.type), database.column_comment(name, f.name, breakdowns))
        for f in schema
    )
    return TableFacts(name, Text(**database.comments()[name]["table"]), columns)


def _type(kind: pa.DataType) -> str:
    """Table Schema's word for a column type of Arrow."""
    import pyarrow as pa

    kinds = {
        "boolean": pa.types.is_boolean,
        "integer": pa.types.is_integer,
        "number": pa.types.is_floating,
        "date": pa.types.is_date,
        "datetime": pa.types.is_timestamp,
    }
    return next((word for word, holds in kinds.items() if holds(kind)), "string")

"""What an asset shows on its page: rows, facts, a preview, columns, and errors in plain words.

Only presentation for Dagster; nothing here computes. How new the figures are is told by
assets/standing.py, pictures are drawn by assets/plots.py.
"""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import dagster as dg

from sources.model import KompetanseError
from warehouse.workspace import PROJECT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from sources.registry import SourceTable
    from warehouse.steps import Done
    from warehouse.workspace import Workspace

OWNERS = ["team:statistikkutvalg"]
PREVIEW_ROWS = 8
PREVIEW_COLUMNS = 7
WIDEST = 40
# Columns that are the same all through a table, or that nobody reads in a preview.
TECHNICAL = frozenset({
    "indicator_id", "definition_version", "region_level", "reference_date", "period_type",
    "decimals", "is_headline", "data_origin", "vintage_id", "vintage_ids", "computed_from",
    "interval_method", "series_break", "county_id", "reason_nb",
    "region_id", "unit", "parts", "parts_with_figure", "lower", "upper", "published_value",
})  # fmt: skip
AREAS = ("country", "county")
# Columns of conformed tables that mean what they mean in the value table.
AS_PUBLISHED = (
    "period", "period_type", "reference_date", "obs_status", "source_symbol", "unit", "decimals",
)  # fmt: skip


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn the project's own errors into a failure that shows their text and is not retried."""
    try:
        yield
    except KompetanseError as error:
        raise dg.Failure(
            description=f"{type(error).__name__}: {error}", allow_retries=False
        ) from error


def references(*paths: Path) -> dict[str, dg.CodeReferencesMetadataValue]:
    """Metadata that leads from an asset to the files that say what it is."""
    with warnings.catch_warnings():
        # Dagster calls this part of itself unfinished, once for every asset.
        warnings.simplefilter("ignore", dg.BetaWarning)
        return {
            "dagster/code_references": dg.CodeReferencesMetadataValue(
                code_references=[
                    dg.LocalFileCodeReference(file_path=str(path), label=_relative(path))
                    for path in paths
                ]
            )
        }


def result(
    done: Done,
    workspace: Workspace,
    version: str,
    columns: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
    *,
    listed: bool = True,
) -> dg.MaterializeResult[None]:
    """Describe a finished step: version, kind of figures, row count, facts, columns, first rows.

    columns: name -> what it means, for those that are described. more: metadata that comes first.
    listed: whether all columns are listed, which is what then fills the page.
    """
    from warehouse.release import LABEL

    facts = {name: value for name, value in done.facts.items() if value != ""}
    return dg.MaterializeResult(
        data_version=dg.DataVersion(version),
        metadata={
            "figures are": LABEL[workspace.figures],
            **(more or {}),
            **facts,
            "preview": preview(done.table, columns),
            "dagster/row_count": done.table.num_rows,
            "file": dg.MetadataValue.path(str(done.path)),
            **(
                {"dagster/column_schema": column_schema(done.table, columns or {})}
                if listed
                else {}
            ),
        },
    )


def column_schema(table: pa.Table, columns: Mapping[str, str]) -> dg.TableSchema:
    """Columns of a table with their types and, where there is one, their meaning."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=field.name, type=_type(field.type), description=columns.get(field.name)
            )
            for field in table.schema
        ]
    )


def preview(
    table: pa.Table, columns: Mapping[str, str] | None = None, rows: int = PREVIEW_ROWS
) -> dg.TableMetadataValue:
    """Some rows that a person can read across; of regions, country and county, newest first.

    Columns that are empty, everybody's total or technical are left out; long cells are cut.
    """
    shown = _chosen(table).slice(0, rows).to_pylist()
    return records(shown, telling(shown), columns)


def telling(rows: Sequence[Mapping[str, Any]], technical: Collection[str] = TECHNICAL) -> list[str]:
    """Columns of rows that say something of them: not empty, everybody's total, or technical."""
    return [name for name in rows[0] if _tells(name, rows, technical)] if rows else []


def records(
    rows: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    columns: Mapping[str, str] | None = None,
) -> dg.TableMetadataValue:
    """Rows as a table of the page: as many of the named columns as it has room for.

    columns: name -> what it means, for those that are described.
    """
    kept = names[:PREVIEW_COLUMNS]
    return dg.MetadataValue.table(
        [dg.TableRecord({name: _cell(row.get(name)) for name in kept}) for row in rows],
        schema=dg.TableSchema(
            columns=[dg.TableColumn(name, description=(columns or {}).get(name)) for name in kept]
        ),
    )


def source_columns(spec: SourceTable) -> dict[str, str]:
    """Meaning of the columns of a raw table and of the conformed one, as far as the YAML tells."""
    published = table_columns("indicator_value")
    found = {name: published[name] for name in AS_PUBLISHED}
    for dimension in spec.dimensions.values():
        if dimension.title:
            found |= dict.fromkeys((dimension.name, dimension.source_name), dimension.title.en)
    return found


@cache
def value_columns() -> dict[str, str]:
    """Meaning of the columns of the value table, breakdowns included."""
    from warehouse import database, definition

    names = definition.breakdown_names(definition.load())
    return table_columns("indicator_value") | {
        name: database.column_comment("indicator_value", name, names).en for name in names
    }


@cache
def table_columns(table: str) -> dict[str, str]:
    """Meaning of the columns of a table of the release, as its catalogue has it."""
    from warehouse import database

    return {name: text["en"] for name, text in database.comments()[table]["columns"].items()}


def _relative(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix() if path.is_relative_to(PROJECT) else path.name


def _type(kind: pa.DataType) -> str:
    """The name of a type as SQL has it, without how Arrow stores it."""
    import pyarrow as pa

    return str(kind.value_type) if pa.types.is_dictionary(kind) else str(kind)


def _chosen(table: pa.Table) -> pa.Table:
    """Rows of a table by region that are looked at first; any other table as it is."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = table.column_names
    if "region_set" not in names:
        return table
    if "is_headline" in names:
        table = table.filter(table["is_headline"])
    few = table.filter(pc.is_in(table["region_set"], pa.array(AREAS)))
    newest = next((n for n in ("period", "school_year", "year") if n in names), None)
    shown = few if few.num_rows else table
    return shown.sort_by([(newest, "descending")]) if newest else shown


def _tells(name: str, rows: Sequence[Mapping[str, Any]], technical: Collection[str]) -> bool:
    seen = [row.get(name) for row in rows]
    twice = name.endswith("_en") and f"{name.removesuffix('_en')}_nb" in rows[0]
    return name not in technical and not twice and any(v not in (None, "_T") for v in seen)


def _cell(value: object) -> str | int | float | bool | None:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else round(value, 4)
    text = str(value)
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"

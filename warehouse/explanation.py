"""Explanation: one published figure taken apart, down to the cells that the sources answered.

Reads the work folder of a county as the last run left it; computes no figure that was not there,
but runs the definition's SQL once more (warehouse/sandbox.py) to see what it gave per area.
How it is shown is pipeline/definition_commands.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError
from warehouse import counties, definition, parquet, sandbox, steps, wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from warehouse.definition import Indicator
    from warehouse.workspace import Workspace

    Row = dict[str, Any]


class NoSuchFigure(KompetanseError):
    """Nobody computes the figure that was asked about; the message says what there is."""


@dataclass(frozen=True)
class Part:
    """What one area of the source gives to a region: its counts before they are weighted.

    weight: share of the area that counts in the region; 1 unless it was divided. part: which part
    of an index the counts are of; None for every other figure.
    """

    code: str
    name: str
    weight: float
    numerator: float | None
    denominator: float | None
    published: float | None
    obs_status: str
    part: str | None = None


@dataclass(frozen=True)
class Explanation:
    """One figure and all that it was made of.

    figure: its row of the value table. cells: rows of the conformed tables, by table id, of the
    areas, period and breakdown. vintages: the answers behind it. members: codes and names of the
    municipalities of the region today.
    """

    indicator: Indicator
    figure: Row
    region: Row
    members: dict[str, str]
    parts: tuple[Part, ...]
    cells: dict[str, list[Row]]
    vintages: tuple[Row, ...]
    stale: dict[str, dict[str, str]]

    @property
    def added(self) -> tuple[float | None, float | None]:
        """Weighted sums of the parts' numerators and denominators; None if one is missing.

        Of an index: the sum of the squared parts over the whole, and the whole.
        """
        of_each = [
            _added([p for p in self.parts if p.part == part])
            for part in sorted({p.part for p in self.parts}, key=str)
        ]
        if self.indicator.aggregation != "index_of_sums" or not of_each:
            return of_each[0] if of_each else (None, None)
        squared = [(top * top / whole if top is not None and whole else None, 1.0)
                   for top, whole in of_each]  # fmt: skip
        return _sum(squared), of_each[0][1]


def explain(
    workspace: Workspace,
    indicator_id: str,
    region: str,
    period: str | None = None,
    breakdown: Mapping[str, str] | None = None,
) -> Explanation:
    """Take one figure apart.

    region:    id of a region, municipality, county or "0"; of the county's own region set first.
    period:    default is the newest with a value, or the one that the definition shows first.
    breakdown: codes that differ from the headline's.
    Raises NoSuchFigure, and NothingWorkedOut where nothing has been computed yet.
    """
    indicator = _indicator(indicator_id)
    codes = {**indicator.headline, **(breakdown or {})}
    figure = _figure(workspace, indicator, region, period, codes)
    areas = _areas(workspace, figure)
    stale = {s: v for s, v in steps.stale_sources(workspace).items() if s in indicator.sources}
    ids = set(figure["vintage_ids"])
    return Explanation(
        indicator=indicator,
        figure=figure,
        region=_region(workspace, figure),
        members=_members(workspace, figure),
        parts=tuple(_parts(workspace, indicator, figure, codes, areas)),
        cells=_cells(workspace, indicator, figure, codes, areas),
        vintages=tuple(v for v in steps.vintages_in_use(workspace) if v["vintage_id"] in ids),
        stale=stale,
    )


def _indicator(indicator_id: str) -> Indicator:
    definitions = definition.load()
    if indicator_id in wanted.load():
        why = wanted.load()[indicator_id].reason
        raise NoSuchFigure(f"{indicator_id} is wanted, but not computed.\n{why.nb}\n{why.en}")
    if indicator_id not in definitions:
        raise NoSuchFigure(f"No indicator {indicator_id}. There are: {', '.join(definitions)}.")
    return definitions[indicator_id]


def _figure(
    workspace: Workspace,
    indicator: Indicator,
    region: str,
    period: str | None,
    codes: Mapping[str, str],
) -> Row:
    rows = _rows(workspace, "indicators", indicator.id, [("region_id", "=", region)])
    if not rows:
        known = _rows(workspace, "conformed", "geography/region", None)
        raise NoSuchFigure(
            f"{indicator.id}: no region {region} in {workspace.county}. There are: "
            f"{', '.join(sorted({r['region_id'] for r in known}))}."
        )
    rows = [r for r in rows if all(r.get(name) == code for name, code in codes.items())]
    if not rows:
        raise NoSuchFigure(
            f"{indicator.id}: no figures for {_shown(codes)}. Its breakdowns are: "
            f"{', '.join(indicator.breakdowns) or 'none'}."
        )
    found = [r for r in rows if r["period"] == (period or indicator.headline_period)]
    if period and not found:
        periods = sorted({r["period"] for r in rows})
        raise NoSuchFigure(f"{indicator.id}: no period {period}. There are: {', '.join(periods)}.")
    own = counties.load(workspace.county).default_region_set
    return max(
        found or rows,
        key=lambda r: (r["value"] is not None, r["period"], r["region_set"] == own),
    )


def _areas(workspace: Workspace, figure: Row) -> dict[str, float]:
    """Codes of the time that the figure was put together from, with their weights."""
    day = figure["reference_date"]
    filters = [("region_set", "=", figure["region_set"]), ("region_id", "=", figure["region_id"])]
    level = figure["computed_from"] or "municipality"
    return {
        row["geo_code"]: row["weight"]
        for row in _rows(workspace, "conformed", "geography/geo_weight", filters)
        if row["geo_level"] == level
        and (row["valid_from"] is None or row["valid_from"] <= day)
        and (row["valid_to"] is None or day < row["valid_to"])
    }


def _parts(
    workspace: Workspace,
    indicator: Indicator,
    figure: Row,
    codes: Mapping[str, str],
    areas: Mapping[str, float],
) -> Iterable[Part]:
    stated = [
        row
        for row in _stated(workspace, indicator).to_pylist()
        if row["period"] == figure["period"] and all(row[n] == code for n, code in codes.items())
    ]
    level = figure["computed_from"] or "municipality"
    names = _names(workspace)
    for code, weight in areas.items():
        if indicator.aggregation == "flow":
            found = _flow(stated, code, areas, indicator.flow)
        else:
            found = [r for r in stated if (r["geo_level"], r["geo_code"]) == (level, code)]
        for row in found:
            yield Part(
                code, names.get(code, ""), weight, row.get("numerator"), row.get("denominator"),
                row.get("published"), row["obs_status"], row.get("part"),
            )  # fmt: skip


def _flow(
    stated: Iterable[Row], code: str, inside: Mapping[str, float], kind: str | None
) -> list[Row]:
    """Commuters of one municipality, counted as those of the region it lies in."""
    rows = [r for r in stated if code in (r["residence_code"], r["workplace_code"])]
    status = ",".join(sorted({r["obs_status"] for r in rows}))
    if kind == "net":
        workers, living = (
            _persons(r for r in rows if r[end] == code)
            for end in ("workplace_code", "residence_code")
        )
        known = workers is not None and living is not None
        net = (workers or 0.0) - (living or 0.0) if known else None
        return [{"numerator": net, "obs_status": status}]
    here, there = "residence_code", "workplace_code"
    if kind == "in_share":
        here, there = there, here
    counted = [r for r in rows if r[here] == code]
    across = _persons(r for r in counted if r[there] not in inside)
    return [{"numerator": across, "denominator": _persons(counted), "obs_status": status}]


def _persons(rows: Iterable[Row]) -> float | None:
    """Sum of the persons of some flows; None where one is missing."""
    return _sum([(row["persons"], 1.0) for row in rows], none=0.0)


def _stated(workspace: Workspace, indicator: Indicator) -> pa.Table:
    from sources import registry

    tables = registry.load()
    inputs = {tables[s].view: _existing(workspace, "conformed", s) for s in indicator.sources} | {
        name: _existing(workspace, "conformed", f"geography/{name}") for name in indicator.geography
    }
    return sandbox.rows(indicator.id, indicator.sql, inputs)


def _cells(
    workspace: Workspace,
    indicator: Indicator,
    figure: Row,
    codes: Mapping[str, str],
    areas: Mapping[str, float],
) -> dict[str, list[Row]]:
    """Cells of each source for the areas and the period; of the breakdown, if the source has it."""
    import pyarrow.parquet as pq

    found = {}
    for source in indicator.sources:
        path = _existing(workspace, "conformed", source)
        columns = pq.read_schema(path).names
        end = "workplace_code" if indicator.flow == "in_share" else "residence_code"
        place = "geo_code" if "geo_code" in columns else end
        rows = _rows(
            workspace, "conformed", source,
            [("period", "=", figure["period"]), (place, "in", list(areas) or [""])],
        )  # fmt: skip
        for name, code in codes.items():
            narrowed = [row for row in rows if row.get(name) == code]
            rows = narrowed or rows
        found[source] = rows
    return found


def _region(workspace: Workspace, figure: Row) -> Row:
    filters = [("region_set", "=", figure["region_set"]), ("region_id", "=", figure["region_id"])]
    return _rows(workspace, "conformed", "geography/region", filters)[0]


def _members(workspace: Workspace, figure: Row) -> dict[str, str]:
    filters = [("region_set", "=", figure["region_set"]), ("region_id", "=", figure["region_id"])]
    rows = _rows(workspace, "conformed", "geography/region_membership", filters)
    names = _names(workspace)
    return {r["municipality_code"]: names.get(r["municipality_code"], "") for r in rows}


def _names(workspace: Workspace) -> dict[str, str]:
    rows = _rows(workspace, "conformed", "geography/municipality_crosswalk", None)
    regions = _rows(workspace, "conformed", "geography/region", None)
    return {r["region_id"]: r["name_nb"] for r in regions} | {r["code"]: r["name"] for r in rows}


def _rows(
    workspace: Workspace, layer: str, name: str, filters: list[tuple[str, str, Any]] | None
) -> list[Row]:
    import pyarrow.parquet as pq

    path = _existing(workspace, layer, name)
    table = pq.read_table(path, filters=filters) if filters else parquet.read(path)
    rows: list[Row] = table.to_pylist()
    return rows


def _existing(workspace: Workspace, layer: str, name: str) -> Path:
    path = workspace.step(layer, name)
    if not path.exists():
        raise steps.NothingWorkedOut(
            f"{path} is not there: {name} has not been worked out for {workspace.county}. "
            "Run `kompetanse refresh` (or `kompetanse demo` for made-up figures) first."
        )
    return path


def _added(parts: Sequence[Part]) -> tuple[float | None, float | None]:
    """Weighted sums of numerators and of denominators."""
    return (
        _sum([(p.numerator, p.weight) for p in parts]),
        _sum([(p.denominator, p.weight) for p in parts]),
    )


def _sum(weighted: Iterable[tuple[float | None, float]], none: float | None = None) -> float | None:
    """Weighted sum; None where an amount is missing, `none` where there is nothing to add."""
    amounts = list(weighted)
    if not amounts:
        return none
    if any(amount is None for amount, _ in amounts):
        return None
    return sum((amount or 0.0) * weight for amount, weight in amounts)


def _shown(codes: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={code}" for name, code in codes.items())

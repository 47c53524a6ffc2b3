"""Gather: what a release knows of a programme in a region, newest figures first.

Every figure is the newest that the release has, in its own period, with the one before it where
the two compare. Words are in rendering.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError
from sources.registry import Text
from warehouse import reader
from warehouse.dimension_reading import figures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import duckdb

    from warehouse.dimension_reading.figures import Column

    Row = Mapping[str, Any]

OCCUPATIONS = 5
AHEAD = (0, 5, 10, 15)


class NoSuchPlace(KompetanseError):
    """A region or programme is not in the release; lists those that are."""


@dataclass(frozen=True)
class Figure:
    """A figure as known: the area's own, and the county's where the area lies in it.

    value, county_value: None where there is none; reason says why the area has none.
    earlier, change: of the area, else of the county; None where nothing compares.
    compares: "yes", "within" (the ranges overlap), "break" (other contents since), "other" (another
    kind of evidence, or not the year before) or "no". base: period of what it was reckoned with.
    county_evidence: how the county's figure is known, where it stands for the area.
    lower, upper: range of value, or of county_value where the area has no value.
    """

    column: Column
    value: float | None
    county_value: float | None
    lower: float | None
    upper: float | None
    period: str | None
    earlier: float | None
    earlier_period: str | None
    change: float | None
    compares: str
    evidence: str | None
    reason: str | None
    base: str | None
    county_evidence: str | None

    @property
    def known(self) -> bool:
        """Whether the area or its county has a figure."""
        return self.value is not None or self.county_value is not None


@dataclass(frozen=True)
class Reading:
    """All that the page says; see the module's docstring.

    cohorts: those who turn 16 in a year: years ahead, cohort_year, observed, low, main, high.
    occupations: occupation, weight and shortage of the county's newest survey, largest first.
    scenario: newest row of dimensioning_scenario; retirements: that of all programmes.
    """

    release_id: str
    label: str | None
    region: Text
    county: Text
    programme: str
    programme_title: Text
    school_year: str
    is_county: bool
    figures: tuple[Figure, ...]
    cohorts: tuple[Row, ...]
    occupations: tuple[Row, ...]
    scenario: Row
    retirements: Row
    warnings: Text
    parameters: tuple[Row, ...] = field(default=())


def gather(folder: Path, county: str, region: str | None, programme: str) -> Reading:
    """Read one page from a release.

    county: county code. region: id of a region in any set, or None for the county itself.
    Raises NoSuchPlace.
    """
    with reader.connect(folder) as connection:
        place = _place(connection, county, region)
        rows = _rows(connection, *place, programme)
        if not rows:
            raise NoSuchPlace(_unknown_programme(connection, programme))
        home = _rows(connection, "county", county, programme)
        newest = rows[0]
        found = tuple(_figure(column, rows, home) for column in figures.columns())
        return Reading(
            release_id=folder.name,
            label=reader.label(folder),
            region=_name(connection, *place),
            county=_name(connection, "county", county),
            programme=programme,
            programme_title=Text(newest["programme_nb"], newest["programme_en"]),
            school_year=newest["school_year"],
            is_county=place == ("county", county),
            figures=found,
            cohorts=_cohorts(connection, *place, int(newest["school_year"][:4])),
            occupations=_occupations(connection, county, programme),
            scenario=_scenario(connection, *place, programme),
            retirements=_scenario(connection, *place, "_T"),
            warnings=_warnings(connection, found, [place, ("county", county)], programme),
            parameters=_ask(connection, "select * from dimensioning_parameter order by label_nb"),
        )


def _ask(connection: duckdb.DuckDBPyConnection, sql: str, *values: object) -> tuple[Row, ...]:
    return tuple(connection.sql(sql, params=list(values)).to_arrow_table().to_pylist())


def _place(
    connection: duckdb.DuckDBPyConnection, county: str, region: str | None
) -> tuple[str, str]:
    if region is None or region == county:
        return "county", county
    found = _ask(
        connection,
        "select distinct region_set from region where region_id = ? and region_level = 'region' "
        "order by region_set",
        region,
    )
    if len(found) == 1:
        return found[0]["region_set"], region
    listed = _ask(
        connection,
        "select distinct region_id, name_nb from region where region_level = 'region' "
        "order by region_id",
    )
    known = ", ".join(f"{row['region_id']} ({row['name_nb']})" for row in listed)
    raise NoSuchPlace(f"The release has {len(found)} regions {region!r}. There are: {known}.")


def _rows(
    connection: duckdb.DuckDBPyConnection, region_set: str, region: str, programme: str
) -> tuple[Row, ...]:
    """Rows of the decision table, the newest school year first."""
    return _ask(
        connection,
        "select * from dimensioning_upper_secondary where region_set = ? and region_id = ? "
        "and programme = ? order by school_year desc",
        region_set, region, programme,
    )  # fmt: skip


def _unknown_programme(connection: duckdb.DuckDBPyConnection, programme: str) -> str:
    listed = _ask(
        connection,
        "select distinct programme, programme_nb from dimensioning_upper_secondary order by all",
    )
    known = ", ".join(f"{row['programme']} ({row['programme_nb']})" for row in listed)
    return f"The release has no programme {programme!r}. There are: {known or 'none'}."


def _name(connection: duckdb.DuckDBPyConnection, region_set: str, region: str) -> Text:
    (row,) = _ask(
        connection,
        "select name_nb, name_en from region where region_set = ? and region_id = ? limit 1",
        region_set, region,
    )  # fmt: skip
    return Text(row["name_nb"], row["name_en"])


def _figure(column: Column, rows: Sequence[Row], home: Sequence[Row]) -> Figure:
    """The newest figure of the area, or else of the county, with the one before it."""
    own = next((row for row in rows if row[column.column] is not None), None)
    away = next((row for row in home if row[column.column] is not None), None)
    chosen, series = (own, rows) if own else (away, home)
    at = chosen or (rows[0] if rows else {})
    same = away if own is None or (away and _period(column, away) == _period(column, own)) else None
    before = _before(column, chosen, series) if chosen else None
    compares = _compares(column, chosen, before, series) if chosen else "no"
    now, earlier = (row[column.column] if row else 0.0 for row in (chosen, before))
    return Figure(
        column=column,
        value=own[column.column] if own else None,
        county_value=same[column.column] if same else None,
        lower=at.get(column.lower) if column.lower else None,
        upper=at.get(column.upper) if column.upper else None,
        period=_period(column, chosen) if chosen else None,
        earlier=earlier if before else None,
        earlier_period=_period(column, before) if before else None,
        change=now - earlier if compares in {"yes", "within"} and before else None,
        compares=compares,
        evidence=_evidence(column, own, away),
        reason=None if own else rows[0][column.reason],
        base=chosen[column.base] if chosen and column.base else None,
        county_evidence=_evidence(column, away, None) if own is None else None,
    )  # fmt: skip


def _period(column: Column, row: Row) -> str:
    return str(row[column.period] or row[figures.SCHOOL_YEAR])


def _before(column: Column, chosen: Row, series: Sequence[Row]) -> Row | None:
    """The row of the nearest earlier period that has a figure; series: newest first."""
    now = _period(column, chosen)
    return next(
        (r for r in series if r[column.column] is not None and _period(column, r) < now), None
    )


def _compares(column: Column, chosen: Row, before: Row | None, series: Sequence[Row]) -> str:
    if before is None:
        return "no"
    breaks = [int(row["school_year"][:4]) for row in series if row["series_break"]]
    first, last = (int(_period(column, row)[:4]) for row in (before, chosen))
    if any(first < year <= last for year in breaks):
        return "break"
    kinds = [name for name in (column.evidence, column.same) if name]
    if last - first != 1 or any(chosen[name] != before[name] for name in kinds):
        return "other"
    return "within" if _overlap(column, chosen, before) else "yes"


def _overlap(column: Column, one: Row, other: Row) -> bool:
    ends = [row[name] for row in (one, other) for name in (column.lower, column.upper) if name]
    if not ends or None in ends:
        return False
    low, high, other_low, other_high = ends
    return bool(low <= other_high and other_low <= high)


def _evidence(column: Column, own: Row | None, away: Row | None) -> str | None:
    if own is not None:
        return str(own[column.evidence]) if column.evidence else None
    return "county figure" if away is not None else None


def _cohorts(
    connection: duckdb.DuckDBPyConnection, region_set: str, region: str, year: int
) -> tuple[Row, ...]:
    return _ask(
        connection,
        """
        select
            cast(cohort_year as integer) - cast(? as integer) as years, cohort_year,
            max(persons) filter (where alternative = 'observed') as observed,
            max(persons) filter (where alternative = 'low') as low,
            max(persons) filter (where alternative = 'main') as main,
            max(persons) filter (where alternative = 'high') as high
        from dimensioning_cohort
        where region_set = ? and region_id = ?
          and list_contains(?, cast(cohort_year as integer) - cast(? as integer))
        group by cohort_year
        order by cohort_year
        """,
        year, region_set, region, list(AHEAD), year,
    )  # fmt: skip


def _occupations(
    connection: duckdb.DuckDBPyConnection, county: str, programme: str
) -> tuple[Row, ...]:
    """Occupations behind the county's newest shortage; none for all programmes together."""
    return _ask(
        connection,
        """
        with newest as (
            select max(period) as period from dimensioning_demand
            where region_set = 'county' and region_id = ? and programme = ?
        ),
        names as (
            select distinct on (target_code) target_code, origin_code
            from dimensioning_crosswalk
            where origin_scheme = 'nav_label' and target_scheme = 'STYRK-08'
            order by target_code, origin_code
        )
        select
            demand.occupation, names.origin_code as name, demand.weight, demand.shortage_persons,
            demand.period
        from dimensioning_demand as demand
        join newest on newest.period = demand.period
        left join names on names.target_code = demand.occupation
        where demand.region_set = 'county' and demand.region_id = ? and demand.programme = ?
          and demand.shortage_persons is not null
        order by demand.shortage_persons desc, demand.occupation
        limit ?
        """,
        county, programme, county, programme, OCCUPATIONS,
    )  # fmt: skip


def _scenario(
    connection: duckdb.DuckDBPyConnection, region_set: str, region: str, programme: str
) -> Row:
    """Newest row of the scenario that has what is reckoned, else the newest; empty without any."""
    found = _ask(
        connection,
        "select * from dimensioning_scenario where region_set = ? and region_id = ? "
        "and programme = ? "
        "order by coalesce(expected_to_work_persons, retirements_persons) is null, "
        "school_year desc limit 1",
        region_set, region, programme,
    )  # fmt: skip
    return found[0] if found else {}


def _warnings(
    connection: duckdb.DuckDBPyConnection,
    found: Sequence[Figure],
    places: Sequence[tuple[str, str]],
    programme: str,
) -> Text:
    """What must be known of the figures shown, each said once, a line each."""
    rows = _ask(
        connection,
        "select measure, period, region_set, region_id, warning_nb, warning_en "
        "from dimensioning_measure where offer = 'upper_secondary' and programme = ? "
        "and warning_nb is not null order by all",
        programme,
    )
    shown = {(figure.column.id, figure.period) for figure in found if figure.known}
    # A change is of the year before, too, and a difference of what was subtracted.
    shown |= {(figure.column.id, figure.earlier_period) for figure in found if figure.known}
    shown |= {("shortage", figure.base) for figure in found if figure.known}
    said = [
        row for row in rows
        if (row["measure"], row["period"]) in shown
        and (row["region_set"], row["region_id"]) in places
    ]  # fmt: skip
    nb, en = ("\n".join(dict.fromkeys(row[f"warning_{language}"] for row in said))
              for language in ("nb", "en"))  # fmt: skip
    return Text(nb, en)

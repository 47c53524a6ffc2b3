"""Every figure that somebody published is reproduced to its decimals, or the reason is said."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import duckdb
import pyarrow.compute as pc
import pytest

from sources import registry
from sources.archive import Archive
from sources.vintages import decode
from tests.pipeline.published_figures import Place, locate
from warehouse import parquet

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def rows(real: Path) -> list[dict[str, str]]:
    with (real / "published.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def releases(real_root: Path) -> dict[str, duckdb.DuckDBPyConnection]:
    return {
        county: duckdb.connect(
            str(real_root / "releases" / f"current-{county}" / "kompetanse.duckdb"), read_only=True
        )
        for county in ("trondelag", "telemark")
    }


def today(connection: duckdb.DuckDBPyConnection, code: str) -> str:
    """Today's code of a municipality of any year; other codes stay."""
    found = connection.execute(
        "select distinct target_code from municipality_crosswalk where code = ?", [code]
    ).fetchall()
    return str(found[0][0]) if len(found) == 1 else code


def value(connection: duckdb.DuckDBPyConnection, place: Place) -> float | None:
    names = {r[0] for r in connection.execute("describe indicator_value").fetchall()}
    wanted = {b: place.breakdowns.get(b, "_T") for b in breakdowns() if b in names}
    conditions = " and ".join(f"{name} = ${name}" for name in wanted)
    parameters = {
        "indicator": place.indicator,
        "region": today(connection, place.region),
        "period": place.period,
        **wanted,
    }
    query = (
        "select value, numerator, denominator from indicator_value where indicator_id = $indicator"
        f" and region_id = $region and period = $period and {conditions}"
    )
    if place.summed is None:
        found = connection.execute(query, parameters).fetchall()
        return found[0][0] if found else None
    name, codes = place.summed
    parts = [connection.execute(query, parameters | {name: c}).fetchall()[0] for c in codes]
    whole = parts[0][2]
    if whole is None:  # counts: the share is of the total
        whole = connection.execute(query, parameters | {name: "_T"}).fetchall()[0][0]
    return 100 * float(sum(p[1] for p in parts)) / float(whole)


SHORTAGE, TIGHTNESS = "shortage", "tightness_fraction"


def breakdowns() -> tuple[str, ...]:
    from warehouse import definition

    return definition.breakdown_names(definition.load())


def rounded(figure: float, decimals: str) -> Decimal:
    # SSB and Nav round half up; a float just below a half must not go down.
    step = Decimal(1).scaleb(-int(decimals))
    return Decimal(repr(round(figure, 9))).quantize(step, ROUND_HALF_UP)


def test_every_published_figure_is_reproduced_or_the_reason_is_said(
    rows: list[dict[str, str]],
    releases: dict[str, duckdb.DuckDBPyConnection],
    capsys: pytest.CaptureFixture[str],
) -> None:
    wrong: list[str] = []
    reasons: Counter[str] = Counter()
    reproduced = 0
    for row in rows:
        place = locate(row)
        if isinstance(place, str):
            reasons[place] += 1
            continue
        found = value(releases[place.county], place)
        expected = Decimal(row["value"])
        if found is None or rounded(found, row["decimals"]) != expected:
            wrong.append(f"{place} expected {expected}, found {found} ({row['how_checked']})")
        else:
            reproduced += 1
    with capsys.disabled():
        print(f"\npublished figures: {reproduced} of {len(rows)} reproduced; the rest:")
        for reason, count in sorted(reasons.items()):
            print(f"  {count:3} {reason}")
    assert not wrong, "\n".join(wrong)
    assert reproduced + sum(reasons.values()) == len(rows)
    assert reproduced >= len(rows) * 0.75


def test_ssbs_own_per_cent_of_every_year_is_reproduced(
    releases: dict[str, duckdb.DuckDBPyConnection],
) -> None:
    compared, wrong, years = (
        releases["telemark"]
        .execute(
            """
        select count(*), count(*) filter (where abs(value - published_value) > 0.05 + 1e-9),
               count(distinct period)
        from indicator_value
        where indicator_id = 'education_level_ssb_base'
          and value is not null and published_value is not null
        """
        )
        .fetchall()[0]
    )
    assert (wrong, years) == (0, 22)
    assert compared > 4000


def test_one_base_for_the_whole_series_differs_from_ssbs_only_from_2025(
    releases: dict[str, duckdb.DuckDBPyConnection],
) -> None:
    differing = (
        releases["telemark"]
        .execute(
            """
        select distinct own.period
        from indicator_value as own
        join indicator_value as theirs
          using (region_set, region_id, period, education_level, sex)
        where own.indicator_id = 'education_level'
          and theirs.indicator_id = 'education_level_ssb_base'
          and abs(own.value - theirs.value) > 1e-9
        """
        )
        .fetchall()
    )
    assert differing == [("2025",)]


def test_population_of_the_county_of_the_year(real_root: Path) -> None:
    table = parquet.read(real_root / "work" / "trondelag" / "conformed" / "ssb" / "07459.parquet")
    codes = pc.starts_with(table["geo_code"].cast("string"), "50")
    year = pc.equal(table["period"].cast("string"), "2019")
    municipalities = pc.equal(table["geo_level"].cast("string"), "municipality")
    kept = table.filter(pc.and_(pc.and_(codes, year), municipalities))
    assert pc.sum(kept["value"]).as_py() == 464_060


def test_tightness_recomputed_from_industries(rows: list[dict[str, str]], real_root: Path) -> None:
    spec = registry.table("nav/survey_industry_series")
    cells = decode(Archive(real_root / "archive"), spec, made_up=False).table.to_pylist()
    names = {d.name: source for source, d in spec.dimensions.items()}
    for row in rows:
        if row["indicator_hint"] != "stramhetsindikator (recomputed)":
            continue
        by_industry: dict[str, dict[str, float]] = {}
        for cell in cells:
            if cell[names["period"]] == row["period"] and cell["value"] is not None:
                of = by_industry.setdefault(cell[names["industry"]], {})
                of[cell[names["measure"]]] = cell["value"]
        known = [m for m in by_industry.values() if m.get(TIGHTNESS)]
        assert len(known) >= 14
        shortage = sum(m[SHORTAGE] for m in by_industry.values())
        wanted = sum(m[SHORTAGE] / m[TIGHTNESS] for m in known)
        decimals = str(-int(Decimal(row["value"]).as_tuple().exponent))
        assert rounded(100 * shortage / wanted, decimals) == Decimal(row["value"])


def test_registered_unemployed_in_other_files(real_root: Path) -> None:
    archive = Archive(real_root / "archive")

    def figures(table_id: str, **codes: str) -> list[float]:
        spec = registry.table(table_id)
        names = {d.name: source for source, d in spec.dimensions.items()}
        rows = decode(archive, spec, made_up=False).table.to_pylist()
        return [r["value"] for r in rows if all(r[names[n]] == code for n, code in codes.items())]

    trondelag = figures(
        "nav/unemployed_main_figures_county",
        region_name="Trøndelag - Trööndelage", period="2024M12", measure="persons",
    )  # fmt: skip
    assert trondelag == [4462]
    of_the_country = {"geo": "Landet", "labour_status": "Helt ledige", "period": "2026M01"}
    by_sex = {
        sex: figures("nav/order_unemployed", sex=sex, measure="persons", **of_the_country)[0]
        for sex in ("Begge kjønn", "Kvinner", "Menn")
    }
    assert by_sex == {"Begge kjønn": 68_932, "Kvinner": 27_056, "Menn": 41_876}


def test_commuting_between_regions_adds_up_to_the_matrix(
    releases: dict[str, duckdb.DuckDBPyConnection], real_root: Path
) -> None:
    for county, connection in releases.items():
        matrix = parquet.read(real_root / "work" / county / "conformed" / "ssb" / "03321.parquet")
        everyone = pc.sum(matrix["value"]).as_py()
        sums = connection.execute(
            "select region_set, sum(persons) from commuting_flow group by region_set"
        ).fetchall()
        assert len(sums) >= 2
        assert {total for _, total in sums} == {everyone}


def test_employed_by_workplace_equals_the_matrix_and_11618(
    releases: dict[str, duckdb.DuckDBPyConnection],
) -> None:
    differing = (
        releases["trondelag"]
        .execute(
            """
        with matrix as (
            select workplace_region_id as region_id, sum(persons) as persons
            from commuting_flow
            where region_set = 'forum_7' and period = '2022'
            group by workplace_region_id
        )
        select matrix.region_id, matrix.persons, indicator_value.value
        from matrix
        join indicator_value
          on indicator_value.region_id = matrix.region_id
         and indicator_value.region_set = 'forum_7'
         and indicator_value.indicator_id = 'employed_by_workplace'
         and indicator_value.period = '2022'
        where matrix.persons <> indicator_value.value
        """
        )
        .fetchall()
    )
    assert differing == []

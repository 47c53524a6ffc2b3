"""Geography: today's municipalities and a county's regions, for codes of any year.

Calls the SQL of sql/conform/ in order and refuses an answer that would lose people. The rules
are in the SQL, what was declared by hand in sql/conform/seeds/, the regions in counties/.
Nothing here looks at a figure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError
from warehouse import centrality, engine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pyarrow as pa

    from warehouse.centrality import Centrality
    from warehouse.counties import County


class BrokenGeography(KompetanseError):
    """Codes, changes and declarations do not carry every person to the target day; lists all."""


class UndeclaredSplit(BrokenGeography):
    """A municipality was split and nobody has declared how its people were shared."""


@dataclass(frozen=True)
class Changes:
    """What became of municipalities.

    municipality_change:    one row per old code x new code x date: kind, weight, source.
    municipality_crosswalk: one row per code and spell in force x municipality of target_date.
    spell:                  one row per code and unbroken spell in force, for the further SQL.
    """

    target_date: date
    municipality_change: pa.Table
    municipality_crosswalk: pa.Table
    spell: pa.Table = field(repr=False)


@dataclass(frozen=True)
class Geography:
    """What every figure of a county is placed by.

    region:            one row per region that figures are given for.
    region_membership: one row per region x municipality of target_date in it.
    geo_weight:        one row per code of the time x region: the share of it that counts there.
    series_break:      one row per region x boundary move across its border.
    centrality:        the classes of the day, or why there are none.
    The two tables of `Changes` come along.
    """

    target_date: date
    municipality_change: pa.Table
    municipality_crosswalk: pa.Table
    region: pa.Table
    region_membership: pa.Table
    geo_weight: pa.Table
    series_break: pa.Table
    centrality: Centrality


@dataclass(frozen=True)
class Compared:
    """The country, and all that counties compare with: the same for every county.

    region, geo_weight: as in `Geography`.
    """

    region: pa.Table
    geo_weight: pa.Table


@dataclass(frozen=True)
class Seeds:
    """Facts declared by hand, each with its source: the CSV files of sql/conform/seeds/.

    splits:         old_code, new_code, date, persons or weight, source, confidence.
    overrides:      old_code, date, new_code, new_date, source, confidence: a code that left on
                    `date` is whole in new_code, as soon as the target day is new_date or later.
    boundary_moves: old_code, new_code, date, persons (null = unknown), place, source, confidence.
    county_names:   code, name_nb, name_en of counties of any time.
    """

    splits: pa.Table
    overrides: pa.Table
    boundary_moves: pa.Table
    county_names: pa.Table


@cache
def declared_seeds() -> Seeds:
    """The seeds as the project declares them."""
    return Seeds(
        splits=_seed("municipality_splits"),
        overrides=_seed("municipality_overrides"),
        boundary_moves=_seed("boundary_moves"),
        county_names=_seed("county_names"),
    )


def changes_to(
    codes: pa.Table,
    changes: pa.Table,
    target_date: date | None = None,
    seeds: Seeds | None = None,
) -> Changes:
    """Follow every municipality code to the municipalities of target_date.

    codes:   code, name, valid_from, valid_to (half-open; null = open as far as KLASS was asked).
    changes: old_code, old_name, new_code, new_name, change_date, for the same range as codes.
    target_date: default is the newest day that codes or changes tell of; state it where KLASS
             was asked with includeFuture.
    Raises UndeclaredSplit or BrokenGeography with every problem found.
    Method: recursive walk over KLASS 131 changes; declared shares multiply along the way.
    """
    known = _seed_tables(seeds) | {"codes": codes, "changes": changes}
    known["target"] = _target(known, target_date)
    known["spell"] = _run("geo_spell", known)
    known["municipality_change"] = _run("geo_change", known)
    _refuse_problems(_run("geo_problem", known))
    return Changes(
        target_date=known["target"]["target_date"][0].as_py(),
        municipality_change=known["municipality_change"],
        municipality_crosswalk=_run("municipality_crosswalk", known),
        spell=known["spell"],
    )


def build(
    codes: pa.Table,
    changes: pa.Table,
    county: County,
    target_date: date | None = None,
    seeds: Seeds | None = None,
    correspondence: pa.Table | None = None,
) -> Geography:
    """Make every table that places figures in a county's regions; arguments as in changes_to.

    correspondence: of KLASS 128 with 131, for classes to compare with; None: there is no answer.
    Raises also InvalidCounty where the county's YAML names municipalities that are not in force
    on target_date, or leaves one out of a set that is to cover the county.
    """
    followed = changes_to(codes, changes, target_date, seeds)
    county.check_against(codes, followed.target_date)
    known = _seed_tables(seeds) | _county_tables(county, followed.target_date)
    known["spell"] = followed.spell
    known["municipality_change"] = followed.municipality_change
    known["municipality_crosswalk"] = followed.municipality_crosswalk
    classes = centrality.classes(correspondence, followed)
    known["centrality_class"] = classes.members
    known["region_membership"] = _run("geo_region_membership", known)
    known["region"] = _run("geo_region", known)
    known["county_cover"] = _run("geo_county_cover", known)
    return Geography(
        target_date=followed.target_date,
        municipality_change=followed.municipality_change,
        municipality_crosswalk=followed.municipality_crosswalk,
        region=known["region"],
        region_membership=known["region_membership"],
        geo_weight=_run("geo_weight", known),
        series_break=_run("geo_series_break", known),
        centrality=classes,
    )


def compared(
    followed: Changes, correspondence: pa.Table | None = None, seeds: Seeds | None = None
) -> Compared:
    """Make what places figures in the country and in counties as others compare with them.

    followed: as changes_to gives it; correspondence: as in build. In the geography of a county the
    same rows stand, but for those of the county itself.
    """
    nobody = {"code": "", "name_nb": "", "name_en": ""}
    known = _seed_tables(seeds) | _region_tables(nobody, [], [], followed.target_date)
    known["spell"] = followed.spell
    known["municipality_crosswalk"] = followed.municipality_crosswalk
    known["centrality_class"] = centrality.classes(correspondence, followed).members
    known["region_membership"] = _run("geo_region_membership", known)
    known["region"] = _run("geo_region", known)
    known["county_cover"] = _run("geo_county_cover", known)
    return Compared(region=known["region"], geo_weight=_run("geo_weight", known))


def _run(name: str, known: Mapping[str, pa.Table]) -> pa.Table:
    return engine.run(f"conform/{name}.sql", known)


def _target(known: Mapping[str, pa.Table], day: date | None) -> pa.Table:
    import pyarrow as pa

    request = pa.table({"target_date": pa.array([day], pa.date32())})
    target = _run("geo_target", {**known, "request": request})
    if target["target_date"][0].as_py() is None:
        raise BrokenGeography(
            "KLASS 131: neither codes nor changes hold a single date, so the newest day in force "
            "is unknown. Ask for /codes with from and to, or state the target date."
        )
    return target


def _refuse_problems(problems: pa.Table) -> None:
    rows = problems.to_pylist()
    if not rows:
        return
    lines = [f"  {row['code']} on {row['date']}: {row['detail']}" for row in rows]
    undeclared = any(row["kind"] == "undeclared_split" for row in rows)
    kind = UndeclaredSplit if undeclared else BrokenGeography
    raise kind(
        "KLASS 131 and the seeds of sql/conform/ do not carry every person to the target day:\n"
        + "\n".join(lines)
        + "\nNo crosswalk was made."
    )


def _seed_tables(seeds: Seeds | None) -> dict[str, pa.Table]:
    seeds = seeds or declared_seeds()
    return {
        "splits": seeds.splits,
        "overrides": seeds.overrides,
        "boundary_moves": seeds.boundary_moves,
        "county_names": seeds.county_names,
    }


def _seed(name: str) -> pa.Table:
    import pyarrow as pa

    day, persons, share = pa.date32(), pa.int64(), pa.float64()
    types = {"date": day, "new_date": day, "persons": persons, "weight": share}
    return engine.seed(f"conform/seeds/{name}.csv", types)


def _county_tables(county: County, day: date) -> dict[str, pa.Table]:
    own = {"code": county.code, "name_nb": county.name["nb"], "name_en": county.name["en"]}
    return _region_tables(own, _region_rows(county), _member_rows(county), day)


def _region_tables(
    own: dict[str, str], regions: list[dict[str, Any]], members: list[dict[str, Any]], day: date
) -> dict[str, pa.Table]:
    import pyarrow as pa

    dated = [("valid_from", pa.date32()), ("valid_to", pa.date32())]
    region = _text_schema("region_set", "region_id", "name_nb", "name_en", "source", "confidence")
    member = _text_schema("region_set", "region_id", "municipality_code", "source")
    target = {"target_date": pa.array([day], pa.date32()), "county_code": [own["code"]]}
    return {
        "target": pa.table(target),
        "county": pa.Table.from_pylist([own]),
        "county_region": pa.Table.from_pylist(
            regions, pa.schema([*region, ("disjoint", pa.bool_()), *dated])
        ),
        "county_member": pa.Table.from_pylist(members, pa.schema([*member, *dated])),
    }


def _text_schema(*columns: str) -> pa.Schema:
    import pyarrow as pa

    return pa.schema([(column, pa.string()) for column in columns])


def _region_rows(county: County) -> list[dict[str, Any]]:
    return [
        {
            "region_set": region_set.id,
            "region_id": region.id,
            "name_nb": region.name["nb"],
            "name_en": region.name["en"],
            "disjoint": region_set.disjoint,
            "valid_from": region.valid_from,
            "valid_to": region.valid_to,
            "source": region.source,
            "confidence": region.confidence,
        }
        for region_set in county.region_sets
        for region in region_set.regions
    ]


def _member_rows(county: County) -> list[dict[str, Any]]:
    return [
        {
            "region_set": region_set.id,
            "region_id": region.id,
            "municipality_code": member.code,
            "valid_from": member.valid_from,
            "valid_to": member.valid_to,
            "source": member.source or region.source,
        }
        for region_set in county.region_sets
        for region in region_set.regions
        for member in region.members
    ]

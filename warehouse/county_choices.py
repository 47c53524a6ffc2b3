"""County choices: the defaults of dimensioning with what a county's file sets aside of them.

Parameters of scenarios and the decisions of a year, as the tables that marts and the calendar
read. Defaults stand in sql/marts/seeds/, a county's own values in its YAML; what they make of the
figures is in sql/marts/.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from warehouse import counties, engine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from warehouse.counties import County

PARAMETERS, DECISIONS = "dimensioning_parameter", "decision"
DEFAULT, COUNTY = "default", "county"


def parameters(county: County) -> pa.Table:
    """One row per parameter: value in use, default_value, set_by (default or county), labels.

    The sources are of the value in use; nb and en say what the parameter means.
    """
    own = county.dimensioning
    rows = []
    for row in _seed(PARAMETERS):
        stated = own.parameters.get(row["parameter"])
        more = {"default_value": row["value"], "set_by": DEFAULT}
        if stated is not None:
            more |= {"value": stated, "set_by": COUNTY, "status": "county", **_both(own.source)}
        rows.append({**row, **more})
    return _table(rows)


def decisions(county: County) -> pa.Table:
    """One row per decision of a year: offer, first and last day (MM-DD), titles, source, set_by."""
    rows = {row["decision"]: {**row, "set_by": DEFAULT} for row in _seed(DECISIONS)}
    for stated in county.dimensioning.decisions:
        title = stated.get("title")
        named = {"title_nb": title["nb"], "title_en": title["en"]} if title else {}
        offer = {"offer": stated["offer"]} if "offer" in stated else {}
        said = {"first": stated["first"], "last": stated["last"], **_both(stated["source"])}
        name = stated["id"]
        own = {"decision": name, "status": "county", "set_by": COUNTY}
        rows[name] = {**rows.get(name, {}), **own, **said, **named, **offer}
    return _table([rows[name] for name in sorted(rows, key=lambda n: (rows[n]["first"], n))])


def tables(county_id: str) -> dict[str, pa.Table]:
    """The tables of a county, under the names of the seeds that they stand in for."""
    county = counties.load(county_id)
    return {PARAMETERS: parameters(county), DECISIONS: decisions(county)}


def mark(county_id: str) -> str:
    """Hash of what a county's file sets aside; with another, marts are made anew."""
    own = counties.load(county_id).dimensioning
    said = [dict(own.parameters), own.source, [dict(each) for each in own.decisions]]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]


def _both(source: str) -> dict[str, str]:
    """A county states its source once, for both languages."""
    return {"source_nb": source, "source_en": source}


def _seed(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = engine.seed(f"marts/seeds/{name}.csv").to_pylist()
    return rows


def _table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    import pyarrow as pa

    names = list(rows[0])
    return pa.table({n: pa.array([row[n] for row in rows], pa.string()) for n in names})

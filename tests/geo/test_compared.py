"""The country and the counties to compare with are placed alike for every county."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from warehouse import counties, geography
from warehouse.indicator import COMPARED

if TYPE_CHECKING:
    import pyarrow as pa


@pytest.mark.parametrize("county", ["oslo", "rogaland", "trondelag"])
@pytest.mark.parametrize("table", ["region", "geo_weight"])
def test_a_county_finds_the_others_as_every_county_does(
    klass_tables: tuple[pa.Table, pa.Table], county: str, table: str
) -> None:
    own = counties.load(county)
    made = getattr(geography.build(*klass_tables, own), table).to_pylist()
    everyone = getattr(geography.compared(geography.changes_to(*klass_tables)), table).to_pylist()
    mine = [row for row in made if row["region_set"] in COMPARED]
    itself = ("other_counties", own.code)
    assert mine == [row for row in everyone if (row["region_set"], row["region_id"]) != itself]
    assert len(mine) < len(everyone)

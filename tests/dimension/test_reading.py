"""One page on a programme and a region: what it says of the small world, and what it never says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from pipeline.cli import main
from tests.dimension.conftest import RELEASE, publish, release_tables
from warehouse import dimension_reading
from warehouse.dimension_reading import NoSuchPlace, figures, gather
from warehouse.mart import load

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.dimension_reading import Reading

Row = dict[str, Any]


def figure(reading: Reading, name: str) -> gather.Figure:
    return next(f for f in reading.figures if f.column.id == name)


def test_a_county_s_page_has_the_county_s_own_figures(small_release: Path) -> None:
    reading = dimension_reading.gather(small_release, "50", None, "HS")
    sought = figure(reading, "applicants")
    assert (sought.value, sought.period, sought.evidence) == (300, "2026-27", "measured here")
    supply = figure(reading, "expected_newly_qualified")
    # 120 at Vg1; 75 per cent of the newest cohort completed, 70 of the one before.
    assert (supply.value, supply.lower, supply.upper) == (90, 84, 90)
    assert reading.is_county
    assert [o["occupation"] for o in reading.occupations] == ["5321", "5120"]


def test_a_region_has_the_county_s_figure_beside_it_and_the_reason(small_release: Path) -> None:
    reading = dimension_reading.gather(small_release, "50", "west", "HS")
    sought = figure(reading, "applicants")
    assert (sought.value, sought.county_value) == (None, 300)
    assert (sought.evidence, sought.reason) == ("county figure", "county_only")
    assert [row["observed"] for row in reading.cohorts] == [100, 90, 80, 70]
    shortage = figure(reading, "shortage")
    assert (shortage.county_value, shortage.county_evidence) == (102, "national pattern applied")
    assert "fylkets, etter landets mønster" in dimension_reading.text(reading, "nb")
    page = " ".join(dimension_reading.text(reading, "nb").split())
    assert "OPPDIKTEDE TALL / MADE-UP FIGURES" in page
    assert "Søkere per 1. mars" in page
    assert "fylkets tall" in page
    assert "Kilden har bare tall for fylker og landet, ikke for regioner i fylket: " in page
    assert "Tallene sier ikke alene hvor mange plasser som bør tilbys" in page


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize("region", [None, "west"], ids=["county", "region"])
def test_the_page_is_a_page(small_release: Path, region: str | None, language: str) -> None:
    lines = dimension_reading.text(
        dimension_reading.gather(small_release, "50", region, "HS"), language
    ).splitlines()
    assert len(lines) < 80
    assert max(map(len, lines)) <= 125
    assert not any("None" in line or "nan" in line or "_persons" in line for line in lines)


def test_blanks_have_reasons_and_figures_have_none(small_release: Path) -> None:
    for region, programme in ((None, "HS"), ("west", "HS"), (None, "ST"), (None, "_T")):
        reading = dimension_reading.gather(small_release, "50", region, programme)
        for found in reading.figures:
            assert (found.value is None) == (found.reason is not None), found.column.id
            assert found.reason is None or found.reason in figures.reasons()


def test_every_figure_is_a_column_of_the_table() -> None:
    known = load()["dimensioning_upper_secondary"].columns
    for column in figures.columns():
        named = [column.column, column.reason, column.period]
        named += [n for n in (column.lower, column.upper, column.evidence, column.same,
                              column.base) if n]  # fmt: skip
        assert set(named) <= known.keys(), column.id


def county_hs(row: Row) -> bool:
    return (row["region_id"], row["programme"], row["school_year"]) == ("50", "HS", "2026-27")


def with_year_before(root: Path, **changes: Any) -> Reading:
    """The page of the county when the table has a row of the school year before, too."""
    tables = release_tables()
    wide = tables["dimensioning_upper_secondary"]
    (now,) = [row for row in wide.to_pylist() if county_hs(row)]
    before = {**now, "school_year": "2025-26", "applicants_persons": 280.0, "shortage_year": "2025"}
    row = pa.Table.from_pylist([before | changes], wide.schema)
    tables["dimensioning_upper_secondary"] = pa.concat_tables([wide, row])
    return dimension_reading.gather(publish(tables, root), "50", None, "HS")


def test_the_change_is_from_the_year_before(tmp_path: Path) -> None:
    found = figure(with_year_before(tmp_path), "applicants")
    assert (found.earlier, found.earlier_period, found.change) == (280, "2025-26", 20)


CHANGES: dict[str, tuple[str, Row, str, float | None]] = {
    "years_lie_between": ("applicants", {"school_year": "2023-24"}, "other", None),
    "another_kind_of_evidence": (
        "applicants", {"applicants_evidence": "assumption"}, "other", None
    ),
    "ranges_overlap": ("shortage", {"shortage_persons": 100.0, "shortage_lower_persons": 90.0,
                                    "shortage_upper_persons": 110.0}, "within", 2.0),
    "ranges_apart": ("shortage", {"shortage_persons": 10.0, "shortage_lower_persons": 9.0,
                                  "shortage_upper_persons": 11.0}, "yes", 92.0),
    "the_same_survey": ("shortage", {"shortage_year": "2026"}, "no", None),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(CHANGES))
def test_nothing_is_compared_that_does_not_compare(case: str, tmp_path: Path) -> None:
    name, changes, compares, change = CHANGES[case]
    found = figure(with_year_before(tmp_path, **changes), name)
    assert found.compares == compares
    assert found.change == pytest.approx(change)


def test_figures_across_the_reform_are_not_compared(tmp_path: Path) -> None:
    tables = release_tables()
    wide = tables["dimensioning_upper_secondary"]
    (now,) = [row for row in wide.to_pylist() if county_hs(row)]
    rows = [row for row in wide.to_pylist() if not county_hs(row)]
    rows += [now | {"school_year": "2020-21", "series_break": True},
             now | {"school_year": "2019-20", "applicants_persons": 500.0}]  # fmt: skip
    tables["dimensioning_upper_secondary"] = pa.Table.from_pylist(rows, wide.schema)
    reading = dimension_reading.gather(publish(tables, tmp_path), "50", None, "HS")
    found = figure(reading, "applicants")
    assert (found.compares, found.change) == ("break", None)
    assert "brudd" in dimension_reading.text(reading, "nb")


@pytest.mark.parametrize(
    ("region", "programme", "said"),
    [("nowhere", "HS", "west \\(Vest\\)"), (None, "XX", "HS \\(Helse- og oppvekstfag\\)")],
    ids=["region", "programme"],
)
def test_what_is_not_there_is_told_with_what_is(
    small_release: Path, region: str | None, programme: str, said: str
) -> None:
    with pytest.raises(NoSuchPlace, match=said):
        dimension_reading.gather(small_release, "50", region, programme)


def test_the_command_prints_the_page_and_json(
    small_root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KOMPETANSE_DATA", str(small_root))
    asked = ["dimension", "--county", "trondelag", "--region", "west", "--programme", "HS"]
    assert main(asked) == 0
    assert "Helse- og oppvekstfag (HS), Vest" in capsys.readouterr().out
    assert main([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["release_id"], told["label"]) == (RELEASE, "OPPDIKTEDE TALL / MADE-UP FIGURES")
    assert {f["figure"] for f in told["figures"]} == {c.id for c in figures.columns()}


def test_as_of_reads_the_release_that_stood(
    small_root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KOMPETANSE_DATA", str(small_root))
    assert main(["dimension", "--programme", "HS", "--as-of", "2100-01-01"]) == 0
    assert RELEASE in capsys.readouterr().out
    assert main(["dimension", "--programme", "HS", "--as-of", "2020-01-01"]) == 1
    assert "none stood then" in capsys.readouterr().err

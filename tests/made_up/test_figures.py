"""Figures add up to the person across levels and reforms, and carry the services' traps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.made_up import ssb_backcast, ssb_people, ssb_school, ssb_work, udir
from sources.made_up.geography import COUNTIES, FIRST, YEARS, Regions
from sources.made_up.model import split
from sources.made_up.scope import Scope
from sources.made_up.work import OUTSIDE_STATUSES
from tests.made_up.datasets import Dataset, dataset

if TYPE_CHECKING:
    from pathlib import Path

TODAY = "5055", "5056", "5059"


def test_municipalities_add_up_to_counties_and_country_every_year(scope: Scope) -> None:
    table = dataset(ssb_people.population(scope)[0])
    codes = table.document["dimension"]["Region"]["category"]["index"]
    for year in ("2019", "2020", "2021"):
        figures = {c: f for c in codes if (f := table.get(Region=c, Tid=year)[0]) == f}
        for county in (c for c in figures if len(c) == 2):
            towns = [f for c, f in figures.items() if len(c) == 4 and c[:2] == county]
            assert sum(towns) == figures[county] > 0
        assert sum(f for c, f in figures.items() if len(c) == 4) == figures["0"]


def test_single_ages_and_sexes_add_up_to_the_totals(county: Scope) -> None:
    totals, *parts = map(dataset, ssb_people.population(county))
    summed = np.concatenate([part.values.sum(axis=(1, 2)) for part in parts], axis=-1)
    assert np.array_equal(summed, totals.values, equal_nan=True)
    assert all(part.values.size <= 800_000 for part in parts)


def test_national_population_is_cut_in_answers_below_the_limit() -> None:
    from sources.made_up.geography import load
    from sources.made_up.model import Model
    from sources.made_up.work import Work

    model = Model(load(), 2026)
    answers = ssb_people.population(Scope(model, Work(model), None, 2015, 2026))
    sizes = [np.prod(json.loads(answer.content)["size"]) for answer in answers]
    assert len(answers) == 4
    assert max(sizes) <= 800_000


def test_todays_borders_keep_the_people_of_every_year(county: Scope) -> None:
    """Areas that were Snillfjord are in three municipalities; each person is in one of them."""
    geography, people = county.model.geography, county.model.population
    everyone = people.sum(axis=(2, 3))
    snillfjord = geography.codes[:, 2019 - FIRST] == "5012"
    assert snillfjord.sum() == 3
    assert set(geography.codes[snillfjord, -1].tolist()) == set(TODAY)
    published = dataset(ssb_people.population(county)[0])
    stated = published.get(Region="5012", Tid="2019")[0]
    assert everyone[snillfjord, 2019 - FIRST].sum() == stated
    assert (everyone[snillfjord, 2019 - FIRST] > 100).all()
    inside = np.isin(geography.codes[:, -1], TODAY)
    before = {"5011", "5012", "5013", "5016", "5023", "5024", "1571"}
    assert set(geography.codes[inside, 2019 - FIRST].tolist()) == before
    total = sum(published.get(Region=code, Tid="2019")[0] for code in before)
    assert everyone[inside, 2019 - FIRST].sum() == total


def test_levels_of_education_are_the_people_of_sixteen_and_over(scope: Scope) -> None:
    levels = scope.model.education.sum(axis=-1)
    assert np.array_equal(levels, scope.model.aged(16, 105))
    assert (scope.model.education >= 0).all()


def test_education_has_ssbs_own_base_marks_and_order(county: Scope) -> None:
    newest = dataset(ssb_people.education(county)[0])
    assert list(newest.axes["Kjonn"]) != sorted(newest.axes["Kjonn"], key=newest.axes["Kjonn"].get)
    cell = {"Region": "5001", "Kjonn": "0", "ContentsCode": "PersonerProsent"}
    assert newest.mark(**cell, Nivaa="09a", Tid="2024") == "."
    assert newest.mark(**cell, Nivaa="09a", Tid="2025") is None
    assert newest.mark(**cell, Nivaa="01", Tid="2017") == "."
    known = newest.get(Region="5001", Kjonn="0", ContentsCode="Personer", Tid="2024")
    share = newest.get(**cell, Nivaa="01", Tid="2024")
    assert share == pytest.approx(100 * known[0] / known[:5].sum(), abs=0.0501)
    whole = newest.get(Region="5001", Kjonn="0", ContentsCode="Personer", Tid="2025")
    share = newest.get(**cell, Nivaa="01", Tid="2025")
    assert share == pytest.approx(100 * whole[0] / whole.sum(), abs=0.0501)
    college = newest.get(Region="1601", Nivaa="11", Kjonn="0", ContentsCode="Personer")
    assert college[0] == 0
    assert college[1] > 0
    marks = newest.document["status"]
    hidden = [k for k, v in marks.items() if v in (":", "..")]
    assert {marks[k] for k in hidden} == {":", ".."}
    assert len(hidden) < 100
    assert all(newest.document["value"][int(k)] is None for k in hidden)


def test_the_earlier_vintage_is_a_year_shorter_and_a_little_different(county: Scope) -> None:
    newest, earlier = map(dataset, ssb_people.education(county))
    assert list(newest.axes["Tid"])[:-1] == list(earlier.axes["Tid"])
    same = newest.values[..., :-1]
    changed = (same != earlier.values) & ~np.isnan(same)
    assert 0 < changed.sum() < changed.size / 50
    assert not changed[..., :-1].any()
    assert np.nansum(same[:, :, :, 0]) == np.nansum(earlier.values[:, :, :, 0])


def test_commuting_by_workplace_is_employment_by_workplace_exactly(scope: Scope) -> None:
    employment = dataset(ssb_work.employment(scope))
    for answer in ssb_work.commuting(scope):
        trips = dataset(answer)
        (year,) = trips.axes["Tid"]
        jobs = {c: trips.get(ArbstedKomm=c).sum() for c in trips.axes["ArbstedKomm"]}
        stated = employment.get(ContentsCode="SysselArbsted", Tid=year)[:, 0, 0]
        assert jobs == {c: stated[employment.axes["Region"][c]] for c in jobs}
        homes = trips.values.sum(axis=0)[:, 0, 0]
        at_home = employment.get(ContentsCode="SysselBosted", Tid=year)[:, 0, 0]
        others = [at_home[employment.axes["Region"][c]] for c in trips.axes["Bokommuen"]]
        assert (homes <= others).all()
        assert (homes != others).any()
        assert (trips.values == 0).mean() > 0.1


def test_a_county_sees_its_own_codes_of_the_year_and_two_outside(county: Scope) -> None:
    by_year = {a.body: dataset(a) for a in ssb_work.commuting(county)}
    old, new = by_year["ssb/03321/data_2017.json"], by_year["ssb/03321/data_2024.json"]
    assert {"1601", "1567", "0301", "1101"} <= set(old.axes["ArbstedKomm"])
    assert "5001" not in old.axes["Bokommuen"]
    assert len(new.axes["Bokommuen"]) == 40


def test_codes_not_in_force_are_zero_or_dot_as_the_table_has_it(county: Scope) -> None:
    employment = dataset(ssb_work.employment(county))
    assert (employment.get(Region="5012", Tid="2020") == 0).all()
    assert (employment.get(Region="5012", Tid="2019") > 0).all()
    assert "status" not in employment.document
    industry = dataset(ssb_work.industry(county))
    marks = {industry.mark(Region="5012", NACE2007=n, ContentsCode="SysselsatteArb", Tid="2020")
             for n in industry.axes["NACE2007"]}  # fmt: skip
    assert marks == {"."}
    points = dataset(ssb_school.points(county))
    assert (points.get(Region="31", Tid="2023") == 0).all()
    assert (points.get(Region="31", Tid="2024") > 30).all()


def test_industries_are_the_jobs_and_sectors_nearly_so(county: Scope) -> None:
    years = list(range(2016, 2026))
    jobs = dataset(ssb_work.employment(county)).get(ContentsCode="SysselArbsted")[:, 0, 0, 1:]
    industry = dataset(ssb_work.industry(county)).values.sum(axis=1)[:, 0]
    held = ~np.isnan(industry)
    assert industry.shape[-1] == len(years)
    assert (industry[held] == jobs[held]).all()
    sector = dataset(ssb_work.sector(county)).values.sum(axis=1)[:, 0]
    towns = [i for i, code in enumerate(county.everything.codes) if len(code) == 4]
    gap = (industry - sector)[towns][held[towns]]
    assert gap.min() == 0
    assert 0 < gap.max() <= 12


def test_both_tables_of_neet_agree_and_back_cast_codes_have_ssbs_holes(county: Scope) -> None:
    neet = dataset(ssb_work.status(county))
    towns, counties, country, *_ = map(dataset, ssb_backcast.answers(county))
    cell = {"HovArbStyrkStatus": "NEET2", "Alder": "15-29", "InnvandrKat": "A-G"}
    stated = neet.get(Region="0", Alder="15-29", Kjonn="0", ContentsCode="Bosatte")[0]
    assert (country.get(Region="0", **cell)[0] == stated).all()
    sums = [counties.get(Region=c, **cell)[0] for c in counties.axes["Region"]]
    assert (np.sum(sums, axis=0) == stated).all()
    assert (towns.get(Region="K-5055", **cell)[0, :5] == 0).all()
    assert (towns.get(Region="K-5055", **cell)[0, 5:] > 0).all()
    assert (towns.get(Region="K-Rest", **cell)[0, 5:] == 0).all()
    groups = [towns.get(InnvandrKat=k) for k in ("A-G", "B", "A_C-G")]
    assert (groups[0] == groups[1] + groups[2]).all()
    assert (towns.get(HovArbStyrkStatus="NEET2") <= towns.get(HovArbStyrkStatus="TOT3")).all()


def test_completion_is_rounded_to_three_and_follows_the_county_of_the_start(
    county: Scope,
) -> None:
    table = dataset(ssb_school.completion(county, ssb_school.School(county)))
    counts = table.get(ContentsCode="Personer")
    assert (counts[~np.isnan(counts)] % 3 == 0).all()
    cell = {"FullforingVGO": "5", "Kjonn": "0", "Poeng": "01-09", "ContentsCode": "Prosent"}
    for region, inside in (("50", "2018-2024"), ("16", "2017-2023"), ("17", "2017-2023")):
        held = [p for p in table.axes["Tid"] if table.mark(Region=region, Tid=p, **cell) is None]
        assert inside in held
    assert table.mark(Region="50", Tid="2017-2023", **cell) == "."
    assert table.mark(Region="16", Tid="2018-2024", **cell) == "."


def test_udir_tells_the_same_completion_as_texts(county: Scope) -> None:
    report = json.loads(udir.answers(county)[0].content)
    rows = {row["kode"]: row["data"] for row in report["rows"]}
    assert rows["50"][:4] == [""] * 4
    assert rows["16"][4:] == [""] * 2
    table = dataset(ssb_school.completion(county, ssb_school.School(county)))
    cell = {"Region": "01-99", "Kjonn": "0", "Poeng": "01-09", "ContentsCode": "Prosent"}
    shares = sum(table.get(FullforingVGO=code, **cell) for code in ("1a", "2a"))
    ours = [float(text.replace(",", ".")) for text in rows["I"]]
    assert ours == pytest.approx(shares.tolist(), abs=0.11)


def counts(document: dict[str, Any], *codes: str) -> list[list[str]]:
    """Figures of rows as texts without blanks."""
    rows = {row["kode"]: row["data"] for row in document["rows"]}
    return [[text.replace(" ", "") for text in rows[code]] for code in codes]


def test_udir_pupils_add_up_and_begin_where_the_county_has_figures(county: Scope) -> None:
    found = {
        answer.body.rpartition("-")[2].removesuffix(".json"): json.loads(answer.content)
        for answer in udir.answers(county)
        if "pupils_programme_level" in answer.body
    }
    assert set(found) == {*COUNTIES, "I"}
    whole, general, vocational = counts(found["50"], "Alle", "SFB", "YRK")
    # School years from 2012, three levels each; Trøndelag has figures from 2017-18.
    assert whole[:15] == [""] * 15
    assert all(whole[15:])
    for total, *parts in zip(whole[15:], general[15:], vocational[15:], strict=True):
        assert int(total) == sum(map(int, parts)) > 0
    everywhere = counts(found["I"], "Alle")[0][-1]
    assert int(everywhere) == sum(int(counts(found[c], "Alle")[0][-1]) for c in COUNTIES)


def test_udir_outcomes_of_a_programme_are_everyone_who_began(county: Scope) -> None:
    found = {
        answer.body.rpartition("-")[2].removesuffix(".json"): json.loads(answer.content)
        for answer in udir.answers(county)
        if "completion_programme" in answer.body
    }
    ends = [counts(found[i], "50")[0] for i in ("25.201", "25.25", "25.22", "25.23", "25.24")]
    parts = [counts(found[i], "50")[0] for i in ("25.201a", "25.201b")]
    compared = 0
    for place in range(1, len(ends[0]), 3):
        cells, everyone = [end[place] for end in ends], ends[0][place + 1]
        if not all(text.isdigit() for text in (*cells, everyone)):
            continue
        assert sum(map(int, cells)) == int(everyone)
        assert int(cells[0]) == sum(int(part[place]) for part in parts)
        compared += 1
    assert compared > 50


def test_projection_starts_at_todays_people_in_every_alternative(county: Scope) -> None:
    table, ages = map(dataset, ssb_people.projections(county))
    people = dataset(ssb_people.population(county)[0])
    for code in ("0", "50", "5001", "5043"):
        start = table.get(Region=code, Tid="2026").sum(axis=0)
        assert (start == people.get(Region=code, Tid="2026")[0]).all()
    low, high = (
        table.get(Region="0", ContentsCode=c)[:, -1].sum() for c in ("Personer1", "Personer2")
    )
    assert low < table.get(Region="0", ContentsCode="Personer")[:, -1].sum() < high
    # The single ages are those of 16-19 but for the oldest.
    group = table.get(Alder="F315")
    assert (ages.values.sum(axis=1) < group)[table.axes["Region"]["0"]].all()
    assert (ages.values.sum(axis=1) <= group).all()


def test_main_statuses_are_all_residents_and_hold_those_outside(county: Scope) -> None:
    outside, _, _, statuses, *_ = map(dataset, ssb_backcast.answers(county))
    cell = {"InnvandrKat": "A-G"}
    everyone = outside.get(HovArbStyrkStatus="TOT3", **cell)
    assert (statuses.get(**cell).sum(axis=1) == everyone).all()
    neither = [statuses.get(HovArbStyrkStatus=s, **cell) for s in OUTSIDE_STATUSES]
    assert (np.sum(neither, axis=0) == outside.get(HovArbStyrkStatus="NEET2", **cell)).all()
    assert (statuses.get(HovArbStyrkStatus="A.01", **cell).sum(axis=(0, 1)) > 0).all()


def test_unemployed_below_four_are_starred_and_blocks_add_up(made: Path) -> None:
    import openpyxl

    path = made / "nav" / "HL060_202212_helt_ledige_fylke_kommune.xlsx"
    book = openpyxl.load_workbook(path)
    counts, shares = (list(book[name].iter_rows(values_only=True)) for name in book.sheetnames[3:])
    names = [row[1] for row in counts]
    assert len(shares) == len(counts) + 1
    start = names.index("I alt Trøndelag - Trööndelage")
    towns = [row for row in counts[start + 1 :] if str(row[1])[:2] == "50"]
    assert any("*" in row for row in towns)
    assert not [c for row in towns for c in row[2:] if isinstance(c, int) and c < 4]
    shown = sum(c for row in towns for c in row[2:3] if isinstance(c, int))
    assert 0 <= counts[start][2] - shown <= 3 * sum(row[2] == "*" for row in towns)
    county_sheet = {row[1]: row for row in book["1. Fylke Antall"].iter_rows(values_only=True)}
    assert county_sheet["50"][3] == counts[start][2]
    assert county_sheet["50"][4] is None


def test_the_country_is_of_a_believable_size(county: Scope) -> None:
    people = county.model.population.sum(axis=(0, 2, 3))
    assert 4_500_000 < people[0] < people[-1] < 6_500_000
    regions = Regions(county.model.geography, ["5001", "5043"], 2026)
    large, small = regions.sums(county.model.population.sum(axis=(2, 3)), YEARS)[:, -1]
    assert large > 150_000
    assert small < 700


@given(
    st.lists(st.integers(0, 10_000), min_size=1, max_size=5),
    st.lists(st.floats(0.001, 10), min_size=1, max_size=8),
    st.floats(0, 0.999),
)
def test_a_split_keeps_every_person(totals: list[int], shares: list[float], odd: float) -> None:
    whole = np.array(totals)
    parts = split(whole, np.tile(shares, (len(totals), 1)), np.full(len(totals), odd))
    assert (parts >= 0).all()
    assert (parts.sum(axis=-1) == whole).all()


def test_the_test_reader_sees_null_as_not_a_number() -> None:
    document = {
        "id": ["A"],
        "size": [2],
        "dimension": {"A": {"category": {"index": {"x": 1, "y": 0}}}},
        "value": [None, 3],
        "status": {"0": "."},
    }
    table = Dataset(json.dumps(document).encode())
    assert table.get(A="x") == 3
    assert np.isnan(table.get(A="y"))
    assert table.mark(A="y") == "."

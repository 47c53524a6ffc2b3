"""Made-up employed residents are the same people in every table, and fewer than the people."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from sources.made_up import ssb_employment, ssb_national, ssb_work
from sources.made_up.employment import CORE, Employment
from sources.made_up.geography import load
from sources.made_up.model import Model
from sources.made_up.scope import Scope
from sources.made_up.work import Work
from tests.made_up.datasets import dataset

SOME = ("0", "50", "5001", "1601", "5012")


@pytest.fixture(scope="module")
def employment(county: Scope) -> Employment:
    return Employment(county)


def test_employed_by_sex_and_age_are_those_of_the_table_of_employment(
    county: Scope, employment: Employment
) -> None:
    by_age = dataset(ssb_employment.by_age(county, employment))
    everyone = dataset(ssb_work.employment(county))
    for region in SOME:
        stated = everyone.get(Region=region, ContentsCode="SysselBosted")[0, 0]
        assert (by_age.get(Region=region).sum(axis=(0, 1))[0] == stated).all()
    # A code that is not in force stands as 0, in both tables.
    assert (by_age.get(Region="5012", Tid="2020") == 0).all()
    assert "status" not in by_age.document


def test_nobody_works_who_is_not_there(employment: Employment) -> None:
    assert (employment.by_age <= employment.people).all()
    for at_work, people in (employment.core_by_level, employment.by_background):
        assert at_work.sum() < people.sum()
    rate = employment.by_age[..., CORE].sum() / employment.people[..., CORE].sum()
    assert 0.7 < rate < 0.85


def test_levels_leave_out_only_those_whose_level_is_not_known(
    county: Scope, employment: Employment
) -> None:
    by_level = dataset(ssb_employment.by_level(county, employment)).get(Fagfelt="00")
    by_age = dataset(ssb_employment.by_age(county, employment)).values
    known, everyone = by_level.sum(axis=2)[:, :, 0], by_age.sum(axis=2)[:, :, 0]
    assert (known <= everyone).all()
    country = known[0] / everyone[0]
    assert ((country > 0.97) & (country < 1)).all()


def test_rates_are_percentages_and_blank_or_zero_where_the_real_table_is(
    county: Scope, employment: Employment
) -> None:
    by_level = dataset(ssb_employment.rate_by_level(county, employment))
    assert all(len(code) < 4 for code in by_level.axes["Region"])
    assert (by_level.get(Region="16", Tid="2018") == 0).all()
    now = by_level.get(Region="50", Tid="2025").ravel()
    assert (np.diff(now) > 0).all(), "more education, more at work"
    assert now.max() < 100
    background = dataset(ssb_employment.rate_by_background(county, employment))
    cell = {"Landbakgrunn": "zzz", "Alder": "15-74", "Kjonn": "0", "ContentsCode": "Sysselsatte2"}
    assert background.mark(Region="16", Tid="2018", **cell) == "."
    both, near, far = (
        background.get(**cell | {"Landbakgrunn": code})[:, -1] for code in ("zzz", "ddd", "eee")
    )
    shown = ~np.isnan(both + near + far)
    assert shown.sum() > len(background.axes["Region"]) / 3
    within = (np.minimum(near, far) <= both + 0.05) & (both <= np.maximum(near, far) + 0.05)
    assert within[shown].all(), "all immigrants lie between the two groups of them"


@cache
def norway(first: int, last: int) -> Scope:
    model = Model(load(), 2026)
    return Scope(model, Work(model), ("50",), first, last)


def test_vacancies_are_whole_hundreds_that_add_up(county: Scope) -> None:
    table = dataset(ssb_national.vacancies(county))
    assert (table.values % 100 == 0).all()
    total = table.get(NACE2007="01-96")
    assert (table.values.sum(axis=0) == 2 * total).all()
    quarters = list(table.axes["Tid"])
    assert (quarters[0], quarters[-1]) == ("2015K1", "2026K2")
    assert "Region" not in table.axes


def test_the_survey_of_learning_is_biennial_from_2022(county: Scope) -> None:
    survey, by_industry = map(dataset, ssb_national.answers(county)[1:])
    for table in (survey, by_industry):
        assert list(table.axes["Tid"])[-2:] == ["2022", "2024"]
        shown = table.values[~np.isnan(table.values)]
        assert (shown == np.floor(shown)).all()
    hidden = by_industry.get(UtdanningOppl="02", NACE2007="64-66")
    assert np.isnan(hidden).all()
    assert len(ssb_national.answers(norway(2025, 2026))) == 1, "no survey in 2025"

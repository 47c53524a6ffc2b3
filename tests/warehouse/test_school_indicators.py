"""Indicators of Udir's reports and DBH's tables, worked out by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.warehouse.small_tables import cell, rolled_up
from tests.warehouse.test_nav_indicators import headline

Row = dict[str, Any]
HIDDEN = {"obs_status": "Q", "source_symbol": "*"}


def cohort(code: str, programme: str, counts: tuple[float, float], per_cent: float) -> list[Row]:
    """Completed, all of the cohort, and Udir's own per cent, of both sexes."""
    figures = {"Teller": counts[0], "Nevner": counts[1], "Prosent": per_cent}
    named = {"programme": programme, "sex": "_T", "completion": "25.201"}
    return [
        cell(code, "2019", value, measure=measure, **named) for measure, value in figures.items()
    ]


def test_completion_is_counted_by_programme() -> None:
    rows = [
        *cohort("90", "_T", (81.0, 100.0), 81.0),
        *cohort("90", "YRK", (45.0, 60.0), 75.0),
        cell("90", "2019", 50.0, measure="Teller", programme="YRK", sex="_T", completion="25.201a"),
    ]
    everyone = rolled_up("completion_by_programme", "2019", rows)
    assert everyone["9001"]["reason"] == "level_not_carried"
    found = rolled_up("completion_by_programme", "2019", rows, programme="YRK")
    assert (found["90"]["numerator"], found["90"]["denominator"]) == (45.0, 60.0)
    assert found["90"]["value"] == pytest.approx(75.0)


def test_udirs_own_per_cent_stands_where_the_count_is_hidden() -> None:
    named = {"programme": "MD", "sex": "_T", "completion": "25.201"}
    rows = [
        cell("90", "2019", None, measure="Teller", **named, **HIDDEN),
        cell("90", "2019", 9.0, measure="Nevner", **named),
        cell("90", "2019", 88.9, measure="Prosent", **named),
    ]
    found = rolled_up("completion_by_programme", "2019", rows, programme="MD")["90"]
    assert (found["value"], found["numerator"]) == (88.9, None)


def test_leavers_are_a_share_of_the_pupils_of_the_year() -> None:
    figures = {"Antall sluttet": 30.0, "Antall elever": 1_200.0, "Andel sluttet": 2.5}
    rows = [
        cell("90", "2024", value, measure=measure, programme="_T", sex="_T")
        | {"period": "2024-25", "period_type": "school_year"}
        for measure, value in figures.items()
    ]
    found = rolled_up("leavers", "2024-25", rows)["90"]
    assert (found["numerator"], found["denominator"], found["value"]) == (30.0, 1_200.0, 2.5)


def test_applicants_to_school_and_to_apprenticeship() -> None:
    counts = {"_T": 1_000.0, "school": 850.0, "apprenticeship": 150.0}
    rows = [
        cell("90", "2026", n, applied_for=where, programme="_T", sex="_T")
        for where, n in counts.items()
    ]
    assert rolled_up("applicants_by_programme", "2026", rows)["90"]["value"] == 1_000.0
    found = rolled_up("applicants_by_programme", "2026", rows, applied_for="apprenticeship")
    assert found["90"]["numerator"] == 150.0


def contract(kind: str, value: float, **more: str) -> Row:
    return cell("90", "2025", value, contract_type=kind, programme="_T", sex="_T", **more)


def placed(kind: str, month: str, value: float) -> Row:
    return contract(kind, value, counted_in=month, measure="Andel kontrakter")


def test_placement_is_shown_as_counted_in_december() -> None:
    rows = [placed("L", "08", 67.5), placed("L", "10", 75.0), placed("L", "12", 79.8)]
    found = rolled_up("apprenticeship_applicants_placed", "2025", rows)["90"]
    assert (found["value"], found["counted_in"], found["contract_type"]) == (79.8, "12", "default")
    found = rolled_up("apprenticeship_applicants_placed", "2025", rows, counted_in="08")["90"]
    assert found["value"] == 67.5


def test_several_types_of_contract_are_not_taken_for_one() -> None:
    rows = [placed("L", "12", 79.8), placed("K", "12", 60.0)]
    assert rolled_up("apprenticeship_applicants_placed", "2025", rows) == {}
    found = rolled_up("apprenticeship_applicants_placed", "2025", rows, contract_type="K")["90"]
    assert found["value"] == 60.0


def test_running_contracts_are_counted() -> None:
    rows = [contract("L", 5_480.0)]
    assert rolled_up("running_apprentice_contracts", "2025", rows)["90"]["value"] == 5_480.0


def test_certificates_are_those_after_five_years() -> None:
    named = {"contract_type": "L", "programme": "_T"}
    rows = [
        cell("90", "2019", 85.9, apprentice_status="FS", years_after="5", **named),
        cell("90", "2019", 70.0, apprentice_status="FS", years_after="3", **named),
        cell("90", "2019", 9.0, apprentice_status="UO", years_after="5", **named),
    ]
    assert rolled_up("trade_certificate_within_5_years", "2019", rows)["90"]["value"] == 85.9


def students(school: str, programme: str, total: float, women: float | None) -> list[Row]:
    """A programme as DBH has it: the total exact, few of one sex hidden."""
    named = {"school": school, "programme": programme, "semester": "3"}
    hidden = HIDDEN if women is None else {}
    return [
        cell("0", "2025", total, sex="_T", **named),
        cell("0", "2025", women, sex="2", **named, **hidden),
    ]


FAGSKOLER = [
    *students("Fagskole A", "Elkraft", 40.0, None),
    *students("Fagskole A", "Ledelse", 60.0, 30.0),
    *students("Fagskole B", "Psykisk helse", 100.0, 84.0),
]


def test_fagskole_students_are_summed_from_totals_not_from_hidden_sexes() -> None:
    found = rolled_up("fagskole_students", "2025", FAGSKOLER)
    assert (found["0"]["value"], found["0"]["obs_status"]) == (200.0, "A")
    assert found["90"]["reason"] == "level_not_carried"
    one = rolled_up("fagskole_students", "2025", FAGSKOLER, school="Fagskole A")
    assert one["0"]["value"] == 100.0


def test_spring_is_not_added_to_autumn() -> None:
    spring = [row | {"semester": "1"} for row in FAGSKOLER]
    found = rolled_up("fagskole_students", "2025", [*FAGSKOLER, *spring])
    assert found["0"]["value"] == 200.0


def test_fagskole_students_per_thousand_employed() -> None:
    employed = {"measure": "SysselBosted", "sex": "_T", "age": "15-74"}
    rows = [
        cell("0", "2025", 25_000.0, **employed),
        cell("90", "2025", 2_000.0, **employed),
        cell("0", "2025", 36_000.0, **(employed | {"measure": "BefolkningBosted"})),
    ]
    tables = {"dbh/fagskole_students": FAGSKOLER, "ssb/11618": rows}
    found = headline("fagskole_students_per_1000_employed", tables)
    country = found["0", "2025"]
    assert (country["numerator"], country["denominator"]) == (200.0, 25_000.0)
    assert (country["value"], country["unit"]) == (8.0, "per_1000")
    assert country["reference_date"] == dt.date(2025, 6, 1)
    assert found["90", "2025"]["reason"] == "level_not_carried"

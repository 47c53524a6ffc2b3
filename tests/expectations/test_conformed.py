"""The gate "conformed": a good table passes, and each rule, when broken, is named alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from expectations import gates, suite
from sources.model import KompetanseError
from tests.expectations.world import VINTAGE, changed, conformed, source, twice
from warehouse.conform import empty

if TYPE_CHECKING:
    from collections.abc import Callable

    Break = Callable[[pa.Table], pa.Table]

NUMBER = {"sex": "1", "measure": "number"}


def change(where: dict[str, Any], **new: Any) -> Break:
    return lambda table: changed(table, where, **new)


BROKEN: dict[str, Break] = {
    "columns_present": lambda t: t.drop_columns(["unit"]),
    "rows_present": lambda t: t.slice(0, 0),
    "key_unique": lambda t: twice(t, NUMBER),
    "place_code_fits_level": change(NUMBER, workplace_code="50"),
    "status_given": change(NUMBER, obs_status=None),
    "status_known": change(NUMBER, obs_status="X"),
    "value_where_status_says_figure": change(NUMBER, value=None),
    "no_value_where_status_says_none": change({"sex": "5"}, value=0.0),
    "no_value_beside_symbol": change(NUMBER, value=0.0, source_symbol=":"),
    "figures_finite": change(NUMBER, value=float("inf")),
    "percent_within_0_100": change({"sex": "1", "measure": "percent"}, value=100.1),
    "persons_not_negative": change(NUMBER, value=-1.0),
    "vintage_given": change(NUMBER, vintage_id=None),
    "reference_date_given": change(NUMBER, reference_date=None),
}
WARNINGS = {"rows_present"}


def test_every_rule_of_the_suite_is_broken_once_below() -> None:
    assert set(BROKEN) == {rule.name for rule in suite.load("conformed").rules}


def test_a_good_table_passes() -> None:
    verdict = gates.check_conformed(conformed(), source())
    assert (verdict.gate, verdict.subject) == ("conformed", "ssb/00001")
    assert (verdict.passed, verdict.failures, verdict.not_judged) == (True, (), ())
    assert len(verdict.rules) == len(BROKEN)
    gates.raise_if_failed(verdict)


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_named_and_no_other(rule: str) -> None:
    verdict = gates.check_conformed(BROKEN[rule](conformed()), source())
    assert [f.rule for f in verdict.failures] == [rule]
    assert verdict.failures[0].blocking is (rule not in WARNINGS)
    assert verdict.passed is (rule in WARNINGS)


@pytest.mark.parametrize("value", [-0.1, 100.1])
def test_percent_has_two_bounds(value: float) -> None:
    table = changed(conformed(), {"sex": "1", "measure": "percent"}, value=value)
    (failure,) = gates.check_conformed(table, source()).failures
    assert failure.rule == "percent_within_0_100"


@pytest.mark.parametrize(
    ("level", "code"),
    [
        ("country", "00"),
        ("county", "5"),
        ("county", "5001"),
        ("municipality", "501"),
        ("municipality", "50010"),
        ("municipality", "5001 "),
        ("municipality", "5001\n"),
        ("municipality", None),
        (None, "5001"),
        ("district", "500101"),
    ],
)
def test_a_code_that_does_not_fit_its_level_is_found(level: str | None, code: str | None) -> None:
    table = changed(conformed(), NUMBER, residence_level=level, residence_code=code)
    (failure,) = gates.check_conformed(table, source()).failures
    assert (failure.rule, failure.rows) == ("place_code_fits_level", 1)


@pytest.mark.parametrize("symbol", [".", "..", ":", "*"])
@pytest.mark.parametrize("value", [0.0, 3.0])
def test_a_symbol_never_stands_beside_a_figure(symbol: str, value: float) -> None:
    table = changed(conformed(), NUMBER, source_symbol=symbol, value=value)
    (failure,) = gates.check_conformed(table, source()).failures
    assert failure.rule == "no_value_beside_symbol"


def test_nan_is_not_a_missing_value() -> None:
    table = changed(conformed(), {"sex": "5"}, value=float("nan"))
    (failure,) = gates.check_conformed(table, source()).failures
    assert failure.rule == "figures_finite"


def test_two_equal_rows_differ_if_a_dimension_is_missing_in_one() -> None:
    table = pa.concat_tables([conformed(), changed(conformed(), {}, sex=None).slice(0, 1)])
    assert gates.check_conformed(table, source()).passed


def test_a_dictionary_column_is_judged_as_its_text() -> None:
    table = changed(conformed(), NUMBER, obs_status="X")
    place = table.column_names.index("obs_status")
    table = table.set_column(place, "obs_status", table["obs_status"].dictionary_encode())
    (failure,) = gates.check_conformed(table, source()).failures
    assert (failure.rule, failure.rows) == ("status_known", 1)


def test_a_table_without_an_answer_warns_and_passes() -> None:
    from sources.translate import translate

    table = translate(empty(source()), source()).table
    verdict = gates.check_conformed(table, source())
    assert [f.rule for f in verdict.failures] == ["rows_present"]
    assert verdict.passed


def test_what_the_gate_before_said_of_no_answer_is_not_said_again() -> None:
    table = conformed().slice(0, 0)
    verdict = gates.check_conformed(table, source(), answered=False)
    assert verdict.failures == ()
    assert len(verdict.rules) == len(BROKEN) - 1


def test_a_table_without_measures_is_judged() -> None:
    from dataclasses import replace

    dimensions = {n: d for n, d in source().dimensions.items() if d.role != "measure"}
    table = conformed().slice(0, 5).drop_columns(["measure"])
    spec = replace(source(), dimensions=dimensions)
    assert gates.check_conformed(table, spec).passed
    (failure,) = gates.check_conformed(changed(table, {"sex": "1"}, value=-1.0), spec).failures
    assert failure.rule == "persons_not_negative"


def test_examples_are_the_first_five_rows_and_vintages_all() -> None:
    table = conformed()
    table = changed(table, {}, value=None, obs_status="A", source_symbol=None)
    table = changed(table, {"sex": "7"}, vintage_id="ssb/00001@2026#cccc0003")
    (failure,) = gates.check_conformed(table, source()).failures
    assert (failure.rows, len(failure.examples)) == (table.num_rows, 5)
    assert failure.examples[0]["reference_date"] == "2024-12-31"
    assert failure.vintages == (VINTAGE, "ssb/00001@2026#cccc0003")


def test_without_a_column_the_rules_that_need_the_table_are_not_judged() -> None:
    verdict = gates.check_conformed(conformed().drop_columns(["unit", "sex"]), source())
    (failure,) = verdict.failures
    assert failure.examples == [
        {"table": "conformed", "missing_column": "sex"},
        {"table": "conformed", "missing_column": "unit"},
    ]
    assert not verdict.passed
    assert set(verdict.not_judged) == set(BROKEN) - {"columns_present"}


def test_the_message_says_what_where_which_vintage_and_what_next() -> None:
    table = changed(conformed(), {"sex": "5"}, value=0.0)
    table = changed(table, {"sex": "1", "measure": "percent"}, value=140.0)
    with pytest.raises(gates.ExpectationFailed) as raised:
        gates.raise_if_failed(gates.check_conformed(table, source()))
    text = str(raised.value)
    assert isinstance(raised.value, KompetanseError)
    assert "Gate conformed of ssb/00001: 2 of 14 rules are broken" in text
    assert "no_value_where_status_says_none (blocking): 1 rows" in text
    assert "percent_within_0_100 (blocking): 1 rows" in text
    assert "Prosenter ligger mellom 0 og 100" in text
    assert "Percentages lie between 0 and 100" in text
    assert "residence_code=5001" in text
    assert "value=0.0" in text
    assert f"vintages: {VINTAGE}" in text
    assert "mend the source YAML" in text
    assert text.endswith("Nothing was published. The release that was current stays current.")

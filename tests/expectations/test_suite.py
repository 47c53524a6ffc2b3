"""Suite files are complete, a broken one is refused, and Great Expectations stays quiet."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import yaml

from expectations import suite, validator
from expectations.suite import BrokenSuite, Rule
from warehouse.engine import SQL

if TYPE_CHECKING:
    from pathlib import Path

GATES = ("conformed", "release")
FROM_THE_GATE = {"definition"}


def rule(kind: str, **kwargs: Any) -> Rule:
    raw = {"type": kind, "kwargs": kwargs, "meta": {"rule": "a_rule"}}
    return Rule("a_rule", True, ("t",), None, "nb", "en", raw)


def suite_file(folder: Path, *expectations: dict[str, Any]) -> Path:
    content = {
        "name": "some",
        "meta": {"quiet_columns": []},
        "expectations": list(expectations),
    }
    (folder / "some.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder


@pytest.mark.parametrize("gate", GATES)
def test_every_rule_says_what_it_means_in_two_languages(gate: str) -> None:
    for found in suite.load(gate).rules:
        assert found.text_nb != found.text_en, found.name
        assert found.text_nb.endswith("."), found.name
        assert found.text_en.endswith("."), found.name


@pytest.mark.parametrize("gate", GATES)
def test_every_table_that_is_read_has_a_rule_about_its_columns(gate: str) -> None:
    rules = suite.load(gate).rules
    read = {table for found in rules for table in found.reads} - FROM_THE_GATE
    assert read == {found.reads[0] for found in rules if found.is_shape}


def test_every_check_in_sql_belongs_to_a_rule() -> None:
    used = {found.check for gate in GATES for found in suite.load(gate).rules if found.check}
    assert used == {f"checks/{path.name}" for path in (SQL / "checks").glob("*.sql")}


def test_a_suite_file_with_gaps_is_refused_with_all_of_them(tmp_path: Path) -> None:
    whole = {"rule": "one", "reads": ["t"], "blocking": True, "nb": "Ja.", "en": "Yes."}
    kind = {"type": "expect_table_row_count_to_equal", "kwargs": {"value": 0}}
    folder = suite_file(
        tmp_path,
        kind | {"meta": whole},
        kind | {"meta": whole | {"en": ""}},
        kind | {"meta": whole | {"rule": "two", "reads": ["t", "u"]}},
        kind | {"meta": whole | {"rule": "three", "check": "checks/none_such.sql"}},
        kind | {"meta": whole | {"rule": "four", "blocking": "yes"}},
        kind,
    )
    with pytest.raises(BrokenSuite) as raised:
        suite.load("some", folder)
    text = str(raised.value)
    assert "one: meta.en is missing" in text
    assert "one: the name stands twice" in text
    assert "two: a rule without a check reads one table" in text
    assert "three: there is no sql/checks/none_such.sql" in text
    assert "four: meta.blocking is true or false" in text
    assert "a rule of type expect_table_row_count_to_equal: meta.rule is missing" in text


@pytest.mark.parametrize(
    "wrong",
    [
        rule("expect_column_values_to_be_fine", column="value"),
        rule("expect_column_values_to_not_be_null", colum="value"),
        rule("expect_column_values_to_not_be_null", column="no_such_column"),
        rule("expect_column_values_to_be_between", column="word", min_value=0),
    ],
    ids=["unknown type", "misspelt argument", "column not there", "wrong type of column"],
)
def test_a_rule_that_cannot_be_evaluated_never_passes(wrong: Rule) -> None:
    frame = pd.DataFrame({"value": [1.0], "word": ["one"]})
    with pytest.raises(BrokenSuite, match="a_rule"):
        validator.validate([wrong], frame, {})


def test_frames_do_not_linger_between_judgements() -> None:
    positive = rule("expect_column_values_to_be_between", column="value", min_value=0)
    for value, kept in ((1.0, True), (-1.0, False), (1.0, True)):
        found = validator.validate([positive], pd.DataFrame({"value": [value]}), {})
        assert (found["a_rule"] is None) is kept


def test_results_are_told_apart_by_the_rules_names() -> None:
    one = rule("expect_column_values_to_be_between", column="value", min_value=0)
    raw = dict(one.expectation) | {"meta": {"rule": "another"}}
    two = replace(one, name="another", expectation=raw)
    found = validator.validate([one, two], pd.DataFrame({"value": [-1.0]}), {})
    assert set(found) == {"a_rule", "another"}


def test_judging_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    positive = rule("expect_column_values_to_be_between", column="value", min_value=0)
    validator.validate([positive], pd.DataFrame({"value": range(1000)}), {})
    assert capfd.readouterr() == ("", "")


def test_analytics_are_off() -> None:
    context = validator.batches().data_asset.datasource.data_context
    assert context.variables.analytics_enabled is False
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"


def test_the_gates_import_without_great_expectations_and_pandas() -> None:
    code = (
        "import sys, expectations.gates; "
        "sys.exit(bool({'great_expectations', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=SQL.parent, check=False)
    assert done.returncode == 0

"""Suite files are complete, a broken one is refused, and Great Expectations stays quiet."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
import yaml

from expectations import generated, judge, raw, suite, validator
from expectations.suite import BrokenSuite, Rule
from warehouse.engine import SQL

if TYPE_CHECKING:
    from pathlib import Path

GATES = ("conformed", "release")
GENERATED = ("raw", "indicator")
FROM_THE_GATE = {"definition"}


def rule(kind: str, what: str | tuple[str, ...], name: str = "a_rule") -> Rule:
    return Rule(name, True, ("t",), "nb", "en", kind, what)


def judged(table: pa.Table, *rules: Rule) -> dict[str, int]:
    """Rule -> number of rows that break it, of those that are broken."""
    failures, not_judged = judge.judge(rules, {"t": table}, {}, {})
    assert not not_judged
    return {failure.rule: failure.rows for failure in failures}


def suite_file(folder: Path, *rules: dict[str, Any]) -> Path:
    content = {"name": "some", "quiet_columns": [], "rules": list(rules)}
    (folder / "some.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder


def rules_of(gate: str) -> list[Rule]:
    if gate == "indicator":
        return [found for found, _ in generated.RULES]
    if gate == "raw":
        return [found for found, _ in raw.RULES]
    return list(suite.load(gate).rules)


@pytest.mark.parametrize("gate", [*GATES, *GENERATED])
def test_every_rule_says_what_it_means_in_two_languages(gate: str) -> None:
    for found in rules_of(gate):
        assert found.text_nb != found.text_en, found.name
        assert found.text_nb.endswith("."), found.name
        assert found.text_en.endswith("."), found.name
        assert found.dimension in suite.DIMENSIONS, found.name


@pytest.mark.parametrize("gate", [*GATES, *GENERATED])
def test_names_of_rules_are_told_apart(gate: str) -> None:
    names = [found.name for found in rules_of(gate)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("gate", GATES)
def test_every_table_that_is_read_has_a_rule_about_its_columns(gate: str) -> None:
    rules = suite.load(gate).rules
    read = {table for found in rules for table in found.reads} - FROM_THE_GATE
    assert read == {found.reads[0] for found in rules if found.is_shape}


def test_every_check_in_sql_belongs_to_a_rule() -> None:
    files = [path for path in suite.FOLDER.rglob("*.yaml") if "rules:" in path.read_text("utf-8")]
    loaded = [suite.load(path.stem, path.parent).rules for path in files]
    generated_ones = [found for gate in GENERATED for found in rules_of(gate)]
    every = [*generated_ones, *(found for rules in loaded for found in rules)]
    used = {found.what for found in every if found.kind == "check"}
    assert used == {f"checks/{path.name}" for path in (SQL / "checks").glob("*.sql")}


def test_a_suite_file_with_gaps_is_refused_with_all_of_them(tmp_path: Path) -> None:
    whole = {"rule": "one", "reads": ["t"], "blocking": True, "nb": "Ja.", "en": "Yes."}
    kind = {"broken": "a > 1"}
    folder = suite_file(
        tmp_path,
        kind | whole,
        kind | whole | {"en": ""},
        kind | whole | {"rule": "two", "reads": ["t", "u"]},
        whole | {"rule": "three", "check": "checks/none_such.sql"},
        kind | whole | {"rule": "four", "blocking": "yes"},
        kind,
        whole | {"rule": "five"},
        kind | whole | {"rule": "six", "unique": ["a"]},
        kind | whole | {"rule": "seven", "brokn": "a > 2", "dimension": "colour"},
    )
    with pytest.raises(BrokenSuite) as raised:
        suite.load("some", folder)
    text = str(raised.value)
    assert "one: en is missing" in text
    assert "one: the name stands twice" in text
    assert "two: a rule without a check reads one table" in text
    assert "three: there is no sql/checks/none_such.sql" in text
    assert "four: blocking is true or false" in text
    assert "a rule with broken: rule is missing" in text
    assert "five: needs one of columns, filled, unique, broken, check, and has 0" in text
    assert "six: needs one of columns, filled, unique, broken, check, and has 2" in text
    assert "seven: unknown key brokn" in text
    assert "seven: dimension is one of completeness, accuracy, consistency" in text


@pytest.mark.parametrize(
    "wrong",
    [
        rule("broken", "value is fine"),
        rule("broken", "no_such_column is null"),
        rule("broken", "isfinite(word)"),
        rule("unique", ("no_such_column",)),
    ],
    ids=["no condition", "column not there", "wrong type of column", "key not there"],
)
def test_a_rule_that_cannot_be_evaluated_never_passes(wrong: Rule) -> None:
    with pytest.raises(BrokenSuite, match="a_rule"):
        judged(pa.table({"value": [1.0], "word": ["one"]}), wrong)


def test_a_rule_that_was_not_counted_never_passes() -> None:
    with pytest.raises(BrokenSuite, match="a_rule: was not counted"):
        validator.broken([rule("filled", "true")], {})


def test_tables_do_not_linger_between_judgements() -> None:
    negative = rule("broken", "value < 0")
    for value, broken in ((1.0, {}), (-1.0, {"a_rule": 1}), (1.0, {})):
        assert judged(pa.table({"value": [value]}), negative) == broken


def test_results_are_told_apart_by_the_rules_names() -> None:
    table = pa.table({"value": [-1.0, 2.0, 3.0]})
    found = judged(
        table, rule("broken", "value < 0"), rule("broken", "value > 0", "positive"),
        rule("broken", "value > 9", "large"),
    )  # fmt: skip
    assert found == {"a_rule": 1, "positive": 2}


def test_rows_with_one_key_are_all_counted_and_a_missing_part_is_a_part() -> None:
    table = pa.table({"a": ["1", "1", "1", None, None], "b": ["x", "x", "y", "x", None]})
    assert judged(table, rule("unique", ("a", "b"))) == {"a_rule": 2}


def test_judging_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    judged(pa.table({"value": range(1000)}), rule("broken", "value < 0"))
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

"""The gate "raw": a good table passes, and each rule that its YAML gives it, when broken, is named.

The table is that of a small source with a dimension called Status, as Udir has one.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from expectations import gates, raw
from sources.registry import Code, Dimension, Request, Size, Text
from tests.sources.reader_kit import spec as plain_spec

if TYPE_CHECKING:
    from collections.abc import Callable

    from sources.registry import SourceTable

    Rows = list[dict[str, Any]]
    Break = Callable[[Rows], Rows]

ANSWER = "ssb/00001@2026-02-01#aaaa0001"
LATER = "ssb/00001@2026-02-02#bbbb0002"
NOTED = {"vintage_id": ANSWER, "fidelity": "live", "updated": "2026-02-01T08:00:00"}


def source() -> SourceTable:
    """Four dimensions: an open list, two closed ones and time, asked for from 2015."""
    word = Text("Ord", "Word")
    dimensions = {
        "Region": Dimension(
            "Region", "geo", "geo", pattern=re.compile("^(0|[0-9]{4})$"),
            aliases={"Oslo - Oslove's": "0301"}, ignore={"9999": word}, absent="0",
        ),
        "Status": Dimension("Status", "breakdown", "outcome", codes={"1": Code("1", word)}),
        "ContentsCode": Dimension(
            "ContentsCode", "measure", "measure", codes={"P": Code("P", word, "persons", 0)}
        ),
        "Tid": Dimension("Tid", "time", "period", pattern=re.compile("^[0-9]{4}$")),
    }  # fmt: skip
    return replace(
        plain_spec("json-stat", {}),
        id="ssb/00001",
        dimensions=dimensions,
        missing={":": "Q"},
        size=Size(4, 8),
        request=Request("https://example.org", {"Tid": ("from(2015)",)}, {}),
    )


def good() -> Rows:
    """Six cells; one of them with a symbol, one of a region that the YAML renames."""
    places = [("0", 9.0), ("5001", 4.0), ("Oslo - Oslove's", 5.0)]
    rows = [
        {"Region": place, "Status": "1", "ContentsCode": "P", "Tid": year, "value": value,
         "status": None, "vintage_id": ANSWER}
        for place, value in places
        for year in ("2015", "2016")
    ]  # fmt: skip
    rows[2] |= {"value": None, "status": ":"}
    return rows


def table(rows: Rows) -> pa.Table:
    """Rows as a raw table has them: words in dictionaries, figures as numbers."""
    words = ("Region", "Status", "ContentsCode", "Tid", "status", "vintage_id")
    columns = {
        name: pa.array([row[name] for row in rows], pa.string()).dictionary_encode()
        for name in words
    }
    columns["value"] = pa.array([row["value"] for row in rows], pa.float64())
    return pa.table(columns)


def judged(rows: Rows, *answers: dict[str, Any], made_up: bool = False) -> gates.Verdict:
    return gates.check_raw(table(rows), source(), answers or [NOTED], made_up=made_up)


def change(**new: Any) -> Break:
    return lambda rows: [rows[0] | new, *rows[1:]]


BROKEN: dict[str, Break] = {
    "rows_present": lambda _: [],
    "cells_enough": lambda rows: rows[:3],
    "cells_not_too_many": lambda rows: [
        *rows, *({**rows[0], "Tid": year} for year in ("2017", "2018", "2019")),
    ],
    "cell_unique": lambda rows: [*rows, rows[0] | {"value": 1.0}],
    "codes_known": change(Status="2"),
    "symbols_known": change(value=None, status="?!"),
    "figure_or_symbol": change(value=None),
    "figures_finite": change(value=float("inf")),
    "vintage_given": change(vintage_id=None),
    "vintage_noted": change(vintage_id=LATER),
    "periods_asked_for": change(Tid="2014"),
}  # fmt: skip
OF_ANSWERS = {"one_edition", "one_kind_of_figures"}
WARNINGS = {"rows_present", "cells_not_too_many", "periods_asked_for"}


def test_every_rule_is_broken_once_below() -> None:
    assert {*BROKEN, *OF_ANSWERS, "columns_present"} == {r.name for r in raw.rules(source())}


def test_a_good_table_passes() -> None:
    verdict = judged(good())
    assert (verdict.gate, verdict.subject, verdict.size) == ("raw", "ssb/00001", 6)
    assert (verdict.passed, verdict.failures, verdict.not_judged) == (True, (), ())


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_named_and_no_other(rule: str) -> None:
    verdict = judged(BROKEN[rule](good()))
    assert [f.rule for f in verdict.failures] == [rule]
    assert verdict.failures[0].blocking is (rule not in WARNINGS)
    assert verdict.passed is (rule in WARNINGS)


def test_an_unknown_code_is_named_with_its_cells_and_answer() -> None:
    rows = [row | {"Region": "50"} if row["Region"] == "5001" else row for row in good()]
    (failure,) = judged(rows).failures
    assert failure.examples == [
        {"dimension": "geo", "code": "50", "cells": 2, "vintage_ids": ANSWER}
    ]
    assert failure.vintages == (ANSWER,)


@pytest.mark.parametrize("code", ["9999", "0", "Oslo - Oslove's"])
def test_codes_that_are_ignored_filled_in_or_renamed_are_known(code: str) -> None:
    rows = [row | {"Region": code} for row in good()[:2]]
    verdict = judged([*rows, *(r | {"Region": "1806"} for r in good()[:2])])
    assert verdict.failures == ()


def test_parts_of_two_editions_are_not_one_table() -> None:
    later = {"vintage_id": LATER, "fidelity": "live", "updated": "2026-02-02T08:00:00"}
    (failure,) = judged(good(), NOTED, later).failures
    assert (failure.rule, failure.rows, failure.vintages) == ("one_edition", 2, (ANSWER, LATER))


def test_recorded_answers_may_be_of_several_times_and_of_other_periods() -> None:
    recorded = {"vintage_id": LATER, "fidelity": "genuine", "updated": "2026-02-02T08:00:00"}
    rows = [{**good()[0], "Tid": "2014", "vintage_id": LATER}, *good()[1:]]
    assert judged(rows, {**NOTED, "fidelity": "genuine"}, recorded).failures == ()


@pytest.mark.parametrize(("fidelity", "made_up"), [("made_up", False), ("live", True)])
def test_made_up_and_real_figures_never_meet(fidelity: str, made_up: bool) -> None:
    (failure,) = judged(good(), {**NOTED, "fidelity": fidelity}, made_up=made_up).failures
    assert (failure.rule, failure.blocking) == ("one_kind_of_figures", True)


def test_a_dimension_that_is_gone_is_named_and_the_rest_not_judged() -> None:
    verdict = gates.check_raw(
        table(good()).drop_columns(["Status"]), source(), [NOTED], made_up=False
    )
    (failure,) = verdict.failures
    assert failure.examples == [{"table": "raw", "missing_column": "outcome"}]
    assert not verdict.passed
    assert "codes_known" in verdict.not_judged


def test_a_code_list_has_the_rules_that_do_not_need_cells() -> None:
    of_list = replace(source(), dimensions={}, request=None, size=Size(2))
    names = {rule.name for rule in raw.rules(of_list)}
    assert names == {
        "columns_present", "rows_present", "cells_enough", "cell_unique", "vintage_given",
        "vintage_noted", "one_edition", "one_kind_of_figures",
    }  # fmt: skip
    codes = pa.table(
        {
            "code": ["5001", "5006"],
            "name": ["Trondheim", "Steinkjer"],
            "vintage_id": [ANSWER, ANSWER],
        }
    )
    assert gates.check_raw(codes, of_list, [NOTED], made_up=False).failures == ()
    twice = pa.concat_tables([codes, codes.slice(0, 1)])
    (failure,) = gates.check_raw(twice, of_list, [NOTED], made_up=False).failures
    assert (failure.rule, failure.rows) == ("cell_unique", 2)


@pytest.mark.parametrize(
    ("items", "ruled"),
    [(("from(2015)",), True), (("2015", "2016"), True), (("*",), False), (("top(3)",), False)],
)
def test_periods_are_asked_about_where_the_request_names_them(
    items: tuple[str, ...], ruled: bool
) -> None:
    asked = replace(source(), request=Request("https://example.org", {"Tid": items}, {}))
    assert ("periods_asked_for" in {rule.name for rule in raw.rules(asked)}) is ruled


def test_an_empty_raw_table_is_told_once() -> None:
    from warehouse.conform import empty

    (failure,) = gates.check_raw(empty(source()), source(), [], made_up=False).failures
    assert failure.rule == "rows_present"


def test_forms_of_codes_mean_the_same_to_reader_and_gate() -> None:
    import duckdb

    from sources import registry

    tries = ("", "0", "03", "5001", "50010", "K-5001", "2015", "2015K1", "2015M01", "2015-16", "A")
    with duckdb.connect() as connection:
        for table_id, spec_of in registry.load().items():
            for d in spec_of.dimensions.values():
                if d.pattern is None:
                    continue
                for text in tries:
                    told = connection.execute(
                        "select regexp_full_match(?, ?)", [text, d.pattern.pattern]
                    ).fetchall()
                    assert told == [(d.pattern.fullmatch(text) is not None,)], (table_id, d.name)

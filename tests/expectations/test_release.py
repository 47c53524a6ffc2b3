"""The gate "release": good tables pass, and each rule, when broken, is named alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from expectations import gates, suite
from tests.expectations.world import (
    COMMUTING_VINTAGE,
    VINTAGE,
    changed,
    definitions,
    release,
    twice,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    Tables = dict[str, pa.Table]
    Break = Callable[[Tables], Tables]

VALUE, FLOW, REGION, MEMBER = "indicator_value", "commuting_flow", "region", "region_membership"
V = {"region_id": "v"}
BLANK = {"indicator_id": "share", "sex": "1"} | V
STAY = {"region_set": "municipality", "residence_region_id": "5001", "workplace_region_id": "5001"}


def of(indicator: str, region: str = "v") -> dict[str, str]:
    return {"indicator_id": indicator, "region_id": region, "sex": "_T"}


def flow(home: str, work: str, region_set: str = "municipality") -> dict[str, str]:
    return {
        "region_set": region_set,
        "residence_region_id": home,
        "workplace_region_id": work,
    }


def change(table: str, where: dict[str, Any], **new: Any) -> Break:
    return lambda tables: tables | {table: changed(tables[table], where, **new)}


def double(table: str, where: dict[str, Any]) -> Break:
    return lambda tables: tables | {table: twice(tables[table], where)}


def leave_out(table: str, where: dict[str, Any]) -> Break:
    return lambda tables: tables | {table: without(tables[table], where)}


def drop(table: str, column: str) -> Break:
    return lambda tables: tables | {table: tables[table].drop_columns([column])}


def flow_in_two_rows(tables: Tables) -> Tables:
    split = changed(tables[FLOW], STAY, persons=75.0)
    return tables | {FLOW: twice(split, STAY)}


def negative_flows_in_a_ring(tables: Tables) -> Tables:
    """Totals and nets stay as they are, so that only the sign is wrong."""
    table = changed(tables[FLOW], flow("5001", "5006"), persons=-30.0)
    table = changed(table, flow("5006", "5001"), persons=-10.0)
    return tables | {FLOW: changed(table, flow("_O", "_O"), persons=480.0)}


def a_municipality_in_two_halves(tables: Tables) -> Tables:
    table = tables[MEMBER]
    extra = changed(table.slice(0, 1), {}, region_set="halves", region_id="a")
    extra = changed(extra, {}, municipality_code="5006")
    return tables | {MEMBER: concat(table, extra)}


def concat(*tables: pa.Table) -> pa.Table:
    import pyarrow as pa

    return pa.concat_tables(tables)


BROKEN: dict[str, Break] = {
    "value_columns_present": drop(VALUE, "computed_from"),
    "breakdown_columns_present": drop(VALUE, "sex"),
    "indicator_columns_present": drop("indicator", "figures"),
    "region_columns_present": drop(REGION, "disjoint"),
    "membership_columns_present": drop(MEMBER, "municipality_code"),
    "commuting_columns_present": drop(FLOW, "obs_status"),
    "vintage_columns_present": drop("vintage", "fidelity"),
    "value_key_unique": double(VALUE, of("workplace_coverage")),
    "indicator_key_unique": double("indicator", {"indicator_id": "share"}),
    "region_key_unique": double(REGION, V),
    "membership_key_unique": double(MEMBER, V),
    "commuting_key_unique": flow_in_two_rows,
    "vintage_key_unique": double("vintage", {"vintage_id": VINTAGE}),
    "reason_for_every_blank": change(VALUE, BLANK, reason=None),
    "no_reason_beside_value": change(VALUE, of("share"), reason="missing"),
    "status_given": change(VALUE, of("share"), obs_status=None),
    "status_known": change(VALUE, of("share"), obs_status="X"),
    "value_where_status_says_figure": change(VALUE, BLANK, obs_status="A"),
    "no_value_where_status_says_none": change(VALUE, of("share"), obs_status="Q"),
    "figures_finite": change(VALUE, of("share"), lower=float("inf")),
    "share_within_0_100": change(
        VALUE, of("share"), numerator=250.0, value=125.0, published_value=125.0
    ),
    "value_not_negative": change(VALUE, of("population"), numerator=-1.0, value=-1.0),
    "denominator_positive": change(VALUE, of("share"), denominator=-200.0),
    "flow_not_negative": negative_flows_in_a_ring,
    "indicator_has_figures": change("indicator", {"indicator_id": "share"}, figures=0),
    "ratio_reproduced": change(VALUE, of("share"), value=25.001),
    "published_agrees": change(VALUE, of("share", "50"), published_value=23.5),
    "parts_add_up": change(VALUE, of("population", "50"), numerator=301.0, value=301.0),
    "commuting_adds_up": change(FLOW, flow("_O", "_O", "halves"), persons=401.0),
    "net_commuting_matches_flows": change(
        VALUE, of("net_commuting", "a"), numerator=23.0, value=23.0
    ),
    "indicator_listed": leave_out("indicator", {"indicator_id": "share"}),
    "region_answered": leave_out(VALUE, {"indicator_id": "share"} | V),
    "region_known": leave_out(REGION, V),
    "region_set_disjoint": a_municipality_in_two_halves,
    "vintage_known": change(VALUE, of("share"), vintage_ids=f"{VINTAGE} ssb/00001@1999#gone"),
    "one_data_origin": change(FLOW, STAY, data_origin="published"),
}
WARNINGS = {"indicator_has_figures"}


def check(tables: Tables) -> gates.Verdict:
    return gates.check_release(tables, definitions())


def broken_rules(tables: Tables) -> list[str]:
    return [failure.rule for failure in check(tables).failures]


def test_every_rule_of_the_suite_is_broken_once_below() -> None:
    assert set(BROKEN) == {rule.name for rule in suite.load("release").rules}


def test_good_tables_pass() -> None:
    verdict = check(release())
    assert (verdict.gate, len(verdict.rules)) == ("release", len(BROKEN))
    assert (verdict.passed, verdict.failures, verdict.not_judged) == (True, (), ())
    gates.raise_if_failed(verdict)


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_named_and_no_other(rule: str) -> None:
    verdict = check(BROKEN[rule](release()))
    assert [f.rule for f in verdict.failures] == [rule]
    assert verdict.failures[0].rows > 0
    assert verdict.failures[0].examples
    assert verdict.failures[0].blocking is (rule not in WARNINGS)
    assert verdict.passed is (rule in WARNINGS)


def test_several_broken_rules_are_all_named() -> None:
    tables = BROKEN["status_known"](BROKEN["parts_add_up"](BROKEN["commuting_adds_up"](release())))
    assert broken_rules(tables) == ["status_known", "parts_add_up", "commuting_adds_up"]


def test_a_table_that_is_not_there_lacks_its_columns() -> None:
    tables = release()
    del tables[FLOW]
    verdict = check(tables)
    assert [f.rule for f in verdict.failures] == ["commuting_columns_present"]
    assert "commuting_adds_up" in verdict.not_judged
    assert "parts_add_up" not in verdict.not_judged
    assert not verdict.passed


def test_rules_on_other_tables_are_judged_while_a_column_is_missing() -> None:
    tables = BROKEN["vintage_columns_present"](BROKEN["parts_add_up"](release()))
    assert broken_rules(tables) == ["vintage_columns_present", "parts_add_up"]


def test_parts_are_compared_by_denominator_too() -> None:
    tables = change(VALUE, of("share", "50"), denominator=301.0, value=7000 / 301)(release())
    assert broken_rules(tables) == ["parts_add_up"]


def test_municipalities_and_regions_are_both_compared_with_the_county() -> None:
    (failure,) = check(BROKEN["parts_add_up"](release())).failures
    sets = [row["region_set"] for row in failure.examples]
    assert sets == ["county", "halves", "municipality"]
    assert failure.vintages == (VINTAGE,)


def test_parts_are_not_compared_where_one_has_no_value() -> None:
    lost = change(
        VALUE,
        of("population", "b"),
        value=None,
        numerator=None,
        obs_status="Q",
        reason="suppressed",
        computed_from=None,
    )
    (failure,) = check(lost(BROKEN["parts_add_up"](release()))).failures
    assert [row["region_set"] for row in failure.examples] == ["county", "municipality"]


def test_parts_are_not_compared_with_a_figure_passed_on_from_the_source() -> None:
    from_county = change(VALUE, of("population", "50"), computed_from="county")
    assert broken_rules(from_county(BROKEN["parts_add_up"](release()))) == []


def test_regions_are_compared_with_municipalities_where_the_county_has_its_own_figure() -> None:
    tables = change(VALUE, of("population", "50"), computed_from="county", numerator=305.0)(
        release()
    )
    tables = change(VALUE, of("population", "50"), value=305.0)(tables)
    assert broken_rules(tables) == []
    wrong = change(VALUE, of("population", "a"), numerator=199.0, value=199.0)
    (failure,) = check(wrong(tables)).failures
    assert failure.rule == "parts_add_up"
    assert [row["region_set"] for row in failure.examples] == ["halves", "municipality"]


def test_a_set_that_overlaps_or_does_not_cover_the_county_is_not_added_up() -> None:
    tables = leave_out(MEMBER, {"region_id": "b", "region_set": "halves"})(release())
    wrong = change(VALUE, of("population", "a"), numerator=199.0, value=199.0)
    assert broken_rules(wrong(tables)) == []


def test_published_figures_may_differ_by_rounding_and_tolerance_only() -> None:
    from dataclasses import replace

    tables = change(VALUE, of("share", "50"), published_value=23.38)(release())
    assert broken_rules(tables) == []
    tables = change(VALUE, of("share", "50"), published_value=23.5)(release())
    lenient = definitions()
    lenient["share"] = replace(lenient["share"], published_tolerance=0.2)
    assert gates.check_release(tables, lenient).passed


def test_a_ratio_without_a_denominator_is_not_reproduced() -> None:
    assert broken_rules(change(VALUE, of("share"), denominator=None)(release())) == [
        "ratio_reproduced"
    ]


def test_workplace_coverage_may_exceed_100_but_not_be_negative() -> None:
    place = of("workplace_coverage")
    assert broken_rules(change(VALUE, place, numerator=-2.0, value=-1.0)(release())) == [
        "value_not_negative"
    ]


def test_a_flow_that_is_not_known_leaves_its_set_out_of_the_sum() -> None:
    unknown = change(FLOW, flow("_O", "_O", "halves"), persons=None, obs_status="Q")
    assert broken_rules(unknown(release())) == []
    impossible = change(FLOW, flow("_O", "_O", "halves"), persons=None, obs_status="M")
    assert broken_rules(impossible(release())) == ["commuting_adds_up"]


def test_a_county_that_was_in_force_must_have_rows() -> None:
    import datetime as dt

    still = change(REGION, {"region_id": "16"}, valid_to=dt.date(2025, 1, 1))
    (failure,) = check(still(release())).failures
    assert failure.rule == "region_answered"
    assert {row["region_id"] for row in failure.examples} == {"16"}


def test_an_indicator_without_figures_needs_no_rows() -> None:
    tables = leave_out(VALUE, {"indicator_id": "workplace_coverage"})(release())
    assert broken_rules(tables) == []


def test_a_value_without_any_vintage_is_found() -> None:
    (failure,) = check(change(VALUE, of("share"), vintage_ids="")(release())).failures
    assert (failure.rule, failure.examples[0]["found_in"]) == ("vintage_known", "share")


def test_rows_without_an_origin_are_found() -> None:
    assert broken_rules(change(FLOW, STAY, data_origin=None)(release())) == ["one_data_origin"]


def test_keys_tell_breakdowns_apart() -> None:
    assert broken_rules(change(VALUE, BLANK, sex="2")(release())) == []
    assert broken_rules(change(VALUE, BLANK, sex="_T")(release())) == ["value_key_unique"]


def test_the_message_names_rules_rows_and_vintages_with_blocking_ones_first() -> None:
    tables = BROKEN["indicator_has_figures"](BROKEN["commuting_adds_up"](release()))
    with pytest.raises(gates.ExpectationFailed) as raised:
        gates.raise_if_failed(check(tables))
    text = str(raised.value)
    assert text.startswith("Gate release: 2 of 36 rules are broken\n")
    assert text.index("commuting_adds_up (blocking): 2 rows") < text.index(
        "indicator_has_figures (warning): 1 rows"
    )
    assert f"vintages: {COMMUTING_VINTAGE}" in text
    assert "persons=668.0" in text
    assert "Pendlingsstrømmene summerer til samme antall sysselsatte i alle inndelinger." in text
    assert text.endswith("Nothing was published. The release that was current stays current.")


def test_a_wanted_indicator_has_no_figures_and_is_not_warned_of() -> None:
    tables = BROKEN["indicator_has_figures"](release())
    tables["indicator"] = changed(tables["indicator"], {"indicator_id": "share"}, status="wanted")
    assert check(tables).failures == ()


def test_a_warning_alone_raises_nothing_but_can_be_read() -> None:
    verdict = check(BROKEN["indicator_has_figures"](release()))
    gates.raise_if_failed(verdict)
    assert "indicator_has_figures (warning)" in gates.message(verdict)
    assert "Nothing was published" not in gates.message(verdict)

"""What the doctor says of a table, for each way in which a source can differ from its YAML."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from sources.doctor import examine
from sources.doctor.compare import compare
from sources.doctor.periods import holes, overdue
from sources.pull.statbank_about import describe, plain_title
from tests.doctor.kit import YAML, Bank, bank_table, folder_with, look, spec_of

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 9, 10, 10, 0, tzinfo=UTC)


def kinds(folder: Path, bank: Bank) -> list[str]:
    return [finding.kind for finding in look(folder, bank).differences]


def said(folder: Path, bank: Bank) -> str:
    return "\n".join(finding.text for finding in look(folder, bank).findings)


def test_a_table_that_fits_is_ok(folder: Path) -> None:
    bank = Bank([bank_table()])
    found = look(folder, bank)
    assert (found.verdict, found.findings, found.problem) == ("ok", (), "")
    assert found.described is not None
    assert found.described.periods == ("2015", "2016", "2017", "2018")
    assert found.described.licence == "CC BY 4.0"
    assert found.described.questions == 1
    assert bank.asked == [
        "/tables/09429?lang=no",
        "/tables/09429/metadata?lang=no",
        "/codelists/agg_Kommuner?lang=no",
        "/config",
    ]


def test_the_number_of_questions_follows_the_limit(folder: Path) -> None:
    # Two regions, three levels, three sexes, two measures, three years.
    described = look(folder, Bank([bank_table()], limit=36)).described
    assert described is not None
    assert described.questions == 3


def test_a_renamed_dimension_is_told_from_a_new_and_a_vanished_one(folder: Path) -> None:
    table = bank_table(Nivaa=[], Utdniv=["00", "01", "02a", "11"])
    found = look(folder, Bank([table]))
    renamed = [f for f in found.differences if f.kind == "dimension renamed"]
    assert [(f.where, f.found) for f in renamed] == [("Nivaa", "Utdniv")]
    assert not {"dimension gone", "new dimension"} & {f.kind for f in found.findings}


def test_a_dimension_with_other_codes_is_no_renaming(folder: Path) -> None:
    table = bank_table(Nivaa=[], Sektor=["A", "B"])
    found = kinds(folder, Bank([table]))
    assert "dimension gone" in found
    assert "new dimension" in found


def test_a_dimension_that_is_filled_in_is_missed_only_where_it_is_asked_for(
    tmp_path: Path, folder: Path
) -> None:
    bank = Bank([bank_table(Kjonn=[])])
    bank.tables[0].totals = {}
    assert kinds(folder, bank) == ["dimension gone", "request"]
    assert "Kjonn: asked for, but the table has no such variable" in said(folder, bank)
    unasked = YAML.replace('    Kjonn: ["*"]\n', "")
    assert kinds(folder_with(tmp_path / "unasked", unasked), bank) == []


def test_a_code_that_is_not_asked_for_is_not_missed(tmp_path: Path) -> None:
    text = YAML.replace('["01", "02a", "11"]  #', '["01", "02a"]  #')
    folder = folder_with(tmp_path / "fewer", text)
    assert kinds(folder, Bank([bank_table(Nivaa=["01", "02a"])])) == []


def test_a_new_dimension_that_can_be_left_out_is_none_of_ours(folder: Path) -> None:
    table = bank_table(Alder=["00", "15"])
    table.totals["Alder"] = None
    assert kinds(folder, Bank([table])) == []


def test_a_new_code_is_told_only_where_the_request_selects_it(folder: Path) -> None:
    assert kinds(folder, Bank([bank_table(Nivaa=["00", "01", "02a", "11", "12"])])) == []
    bank = Bank([bank_table(Kjonn=["0", "2", "1", "3"])])
    assert kinds(folder, bank) == ["new code"]
    assert "Kjonn: new codes 3 (3!)" in said(folder, bank)


def test_a_new_code_of_a_code_list_is_held_against_the_pattern(folder: Path) -> None:
    table = bank_table()
    table.lists["Region"]["agg_Kommuner"]["K-Rest"] = ["0"]
    assert "Region: new codes K-Rest" in said(folder, Bank([table]))


def test_a_vanished_code_is_told_of_and_so_is_the_selection_of_it(folder: Path) -> None:
    found = look(folder, Bank([bank_table(Nivaa=["00", "01", "02a"])]))
    assert [(f.kind, f.codes) for f in found.differences] == [
        ("code gone", ("11",)),
        ("request", ()),
    ]
    assert "no code '11'" in found.differences[1].text


def test_a_code_that_stands_for_ours_may_not_vanish_but_may_have_other_names(
    tmp_path: Path, folder: Path
) -> None:
    without_total = Bank([bank_table(Kjonn=["2", "1"])])
    gone = [f.codes for f in look(folder, without_total).differences]
    assert gone == [("0",)]
    other = YAML.replace('aliases: {"0": _T}', 'aliases: {"0": _T, "9": _T}')
    assert kinds(folder_with(tmp_path / "other", other), Bank([bank_table()])) == []


def test_a_discontinued_table_is_told_of_with_candidates(tmp_path: Path, folder: Path) -> None:
    table = bank_table()
    table.discontinued = True
    found = look(folder, Bank([table, bank_table("14867")]))
    assert [f.kind for f in found.differences] == ["discontinued"]
    assert "14867, 2015 to 2018" in found.differences[0].text
    closed = YAML.replace("frequency: annual, month: 6", "frequency: closed")
    assert kinds(folder_with(tmp_path / "closed", closed), Bank([table])) == []


def test_a_table_that_is_gone_differs_and_names_candidates(folder: Path) -> None:
    found = look(folder, Bank([bank_table("14867")]))
    assert found.verdict == "differs"
    assert [f.kind for f in found.differences] == ["gone"]
    assert f"perhaps {bank_table().title.removesuffix(' (K)')} (14867" in found.differences[0].text


def test_a_changed_title_is_told_and_case_and_dashes_are_not_changes(folder: Path) -> None:
    bank = Bank([bank_table(title="Utdanningsnivå i befolkningen")])
    assert kinds(folder, bank) == ["title"]
    assert kinds(folder, Bank([bank_table(title="UTDANNINGSNIVÅ, etter kommune og  kjønn")])) == []


@pytest.mark.parametrize(
    ("label", "plain"),
    [
        ("09429: Utdanningsnivå, etter kjønn (K) 1970-2025", "Utdanningsnivå, etter kjønn"),
        ("14216: Areal i tettsteder (K) (T) 2000-2026", "Areal i tettsteder"),
        ("14882: Completion, by points (C) 2014-2020 - 2019-2025", "Completion, by points"),
        ("08771: Ledige stillinger 2010K1-2026K2", "Ledige stillinger"),
        ("05300: Avstand (prosent) 1991-2025", "Avstand (prosent)"),
        ("03321: Sysselsatte (K) 2022", "Sysselsatte"),
    ],
)
def test_a_title_is_told_from_number_area_and_periods(label: str, plain: str) -> None:
    assert plain_title(label) == plain


def test_licence_decimals_and_units_are_compared(folder: Path) -> None:
    assert kinds(folder, Bank([bank_table()], licence="https://example.org/pay")) == ["licence"]
    other = Bank([bank_table()], units={"Personer": ("prosent", 2), "Prosent": ("prosent", 1)})
    assert kinds(folder, other) == ["decimals", "unit"]
    assert "Personer has 2 decimals, the YAML says 0" in said(folder, other)


def test_a_code_list_that_is_gone_or_in_another_case_cannot_be_asked_for(folder: Path) -> None:
    table = bank_table()
    table.lists["Region"]["agg_kommuner"] = table.lists["Region"].pop("agg_Kommuner")
    found = look(folder, Bank([table]))
    assert [f.kind for f in found.differences] == ["request"]
    assert "no code list agg_Kommuner (case counts); offered: agg_kommuner" in said(
        folder, Bank([table])
    )


def test_a_request_that_begins_before_the_table_does_is_told_of(folder: Path) -> None:
    assert "no code '2016' to count from" in said(folder, Bank([bank_table(Tid=["2019", "2020"])]))


def test_holes_in_what_is_selected_are_told_of(folder: Path) -> None:
    assert kinds(folder, Bank([bank_table(Tid=["2013", "2015", "2016", "2017"])])) == []
    bank = Bank([bank_table(Tid=["2015", "2016", "2018", "2019"])])
    assert kinds(folder, bank) == ["periods"]
    assert "2016 to 2018" in said(folder, bank)


@pytest.mark.parametrize(
    ("period_type", "periods", "expected"),
    [
        ("month", ["2025M11", "2025M12", "2026M01"], []),
        ("month", ["2025M11", "2026M01"], ["2025M11 to 2026M01"]),
        ("quarter", ["2025K4", "2026K1", "2026K3"], ["2026K1 to 2026K3"]),
        ("interval", ["2014-2020", "2015-2021"], []),
        ("school_year", ["2023-24", "2025-26"], ["2023-24 to 2025-26"]),
        ("year", ["2025", "Vinter"], []),
        (None, ["2020", "2025"], []),
    ],
)
def test_holes_by_type_of_period(
    period_type: str | None, periods: list[str], expected: list[str]
) -> None:
    assert holes(periods, period_type) == expected


def test_figures_that_do_not_come_by_the_rhythm_are_told_of(folder: Path) -> None:
    spec = spec_of(folder)
    table = bank_table()
    table.updated = "2024-06-01T06:00:00Z"
    described = describe(spec, Bank([table]))
    late = compare(spec, described, now=NOW)
    assert [f.kind for f in late] == ["periods"]
    assert "not updated for 831 days" in late[0].text
    assert compare(spec, described) == ()
    assert overdue("2024-06-01T06:00:00Z", "irregular", NOW) is None
    assert overdue("0003-10-13", "annual", NOW) is None
    assert overdue("garbage", "annual", NOW) is None


def test_what_an_extract_lacks_proves_nothing_but_what_it_has_does(folder: Path) -> None:
    bank = Bank([bank_table(Nivaa=["00", "01", "02a"], Kjonn=["0", "1", "2", "3"])], weak=True)
    found = look(folder, bank)
    assert [f.kind for f in found.differences] == ["new code"]
    assert [f.kind for f in found.open] == ["code gone", "request"]
    lacking = look(folder, Bank([bank_table(Nivaa=["00", "01", "02a"])], weak=True))
    assert lacking.verdict == "ok"


def test_a_code_list_that_is_offered_and_refused_cannot_be_asked_for(folder: Path) -> None:
    def cut(url: str, found: dict[str, Any]) -> dict[str, Any]:
        return {"values": []} if "/codelists/" in url else found

    found = look(folder, Bank([bank_table()], cut))
    assert [f.kind for f in found.differences] == ["request"]
    assert "code list agg_Kommuner cannot be had" in found.differences[0].text
    assert found.described is not None
    assert found.described.questions is None


def test_an_unreadable_document_is_one_tables_problem(folder: Path) -> None:
    def cut(url: str, found: dict[str, Any]) -> dict[str, Any]:
        return {"id": "nothing"} if "/metadata" in url else found

    spec = spec_of(folder)
    bank = Bank([bank_table()], cut)
    first, second = examine([spec, spec], bank)
    assert first.verdict == second.verdict == "unreachable"
    assert first.problem.startswith("UnreadableAnswer")
    assert "ssb/09429, StatBank 09429: id:" in first.problem

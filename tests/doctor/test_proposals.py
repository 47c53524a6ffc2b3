"""Each proposal is read back by the registry, fits the source, and keeps the rest as it was."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import yaml

from sources import registry
from sources.doctor import Fixed, fix
from tests.doctor.kit import YAML, Bank, bank_table, folder_with, look, spec_of

if TYPE_CHECKING:
    from pathlib import Path

    from sources.registry import SourceTable

ENGLISH = "English title"


def proposed(folder: Path, bank: Bank) -> tuple[Fixed, str]:
    """Look, fix, and return what came of it with the text of the proposal."""
    fixed = fix(look(folder, bank), bank, folder)
    assert fixed.state == "written", fixed
    assert (folder / "ssb" / "09429.yaml").read_text(encoding="utf-8") == YAML
    return fixed, fixed.path.read_text(encoding="utf-8")


def accepted(folder: Path, bank: Bank, at: Path) -> SourceTable:
    """The table once the proposal has taken the old file's place; it must fit the source."""
    _, text = proposed(folder, bank)
    new = folder_with(at / "accepted", text)
    found = look(new, bank)
    assert found.verdict == "ok", found.findings
    return registry.load(new)["ssb/09429"]


def removed(text: str) -> list[str]:
    """Lines of the old file that the proposal has not."""
    return [line for line in YAML.splitlines() if line not in text.splitlines()]


def test_a_renamed_dimension(folder: Path, tmp_path: Path) -> None:
    bank = Bank([bank_table(Nivaa=[], Utdniv=["00", "01", "02a", "11"])])
    table = accepted(folder, bank, tmp_path)
    assert "Utdniv" in table.dimensions
    assert table.request is not None
    assert table.request.select["Utdniv"] == ("01", "02a", "11")
    assert table.dimensions["Utdniv"].name == "education_level"
    text = (folder / "ssb" / "09429.proposed.yaml").read_text(encoding="utf-8")
    assert '    Utdniv: ["01", "02a", "11"]  # level 00 is not asked for' in text.splitlines()
    assert len(removed(text)) == 2


def test_a_renamed_dimension_with_a_new_code_takes_one_proposal(
    folder: Path, tmp_path: Path
) -> None:
    bank = Bank([bank_table(Kjonn=[], Sex=["0", "2", "1", "3"])])
    bank.tables[0].totals = {}
    table = accepted(folder, bank, tmp_path)
    assert (table.dimensions["Sex"].codes or {})["3"].label.en == "3 in English"


def test_a_new_code_in_braces(folder: Path, tmp_path: Path) -> None:
    table = accepted(folder, Bank([bank_table(Kjonn=["0", "2", "1", "3"])]), tmp_path)
    code = (table.dimensions["Kjonn"].codes or {})["3"]
    assert (code.label.nb, code.label.en) == ("3!", "3 in English")
    text = (folder / "ssb" / "09429.proposed.yaml").read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= 100
    assert "    # new at the source: 3" in text.splitlines()


def test_a_new_code_on_its_own_line(folder: Path, tmp_path: Path) -> None:
    text = YAML.replace('["01", "02a", "11"]', '["*"]')
    folder = folder_with(tmp_path / "all", text)
    bank = Bank([bank_table(Nivaa=["01", "02a", "11", "yes", "no: really"])])
    fixed = fix(look(folder, bank), bank, folder)
    lines = fixed.path.read_text(encoding="utf-8").splitlines()
    assert all(line in lines for line in text.splitlines())
    place = lines.index('      "11": {nb: Fagskolenivå, en: Tertiary vocational education}')
    assert lines[place + 1 : place + 5] == [
        "      # new at the source:",
        '      "yes": {nb: "yes!", en: yes in English}',
        "      # new at the source:",
        '      "no: really": {nb: "no: really!", en: "no: really in English"}',
    ]
    shutil.copyfile(fixed.path, folder / "ssb" / "09429.yaml")
    assert look(folder, bank).verdict == "ok"


def test_a_new_measure_has_the_unit_and_decimals_of_the_source(
    folder: Path, tmp_path: Path
) -> None:
    bank = Bank([bank_table(ContentsCode=["Personer", "Prosent", "Poeng"])])
    bank.units["Poeng"] = ("poeng", 2)
    measure = (accepted(folder, bank, tmp_path).dimensions["ContentsCode"].codes or {})["Poeng"]
    assert (measure.unit, measure.decimals) == ("points", 2)


def test_no_factor_of_a_unit_is_lost(folder: Path, tmp_path: Path) -> None:
    bank = Bank([bank_table(ContentsCode=["Personer", "Prosent", "Belop", "Tid1"])])
    bank.units |= {"Belop": ("1 000 kr", 0), "Tid1": ("år", 1)}
    measures = accepted(folder, bank, tmp_path).dimensions["ContentsCode"].codes or {}
    assert (measures["Belop"].unit, measures["Tid1"].unit) == ("unit_1_000_kr", "ar")


def test_a_vanished_code_stands_in_a_comment(folder: Path, tmp_path: Path) -> None:
    table = accepted(folder, Bank([bank_table(Nivaa=["00", "01", "11"])]), tmp_path)
    assert list(table.dimensions["Nivaa"].codes or {}) == ["01", "11"]
    assert table.request is not None
    assert table.request.select["Nivaa"] == ("01", "11")
    text = (folder / "ssb" / "09429.proposed.yaml").read_text(encoding="utf-8")
    assert '    # gone at the source: "02a"' in text
    assert (
        "      # gone at the source:\n"
        '      # "02a":\n'
        "      #   nb: Videregående skolenivå\n"
        "      #   en: Upper secondary education\n"
    ) in text
    assert "      # Codes as SSB writes them.\n" in text


def test_vanished_codes_in_braces(folder: Path, tmp_path: Path) -> None:
    table = accepted(folder, Bank([bank_table(Kjonn=["0", "2"])]), tmp_path)
    assert list(table.dimensions["Kjonn"].codes or {}) == ["_T", "2"]
    text = (folder / "ssb" / "09429.proposed.yaml").read_text(encoding="utf-8")
    assert '    # gone at the source: "1": {nb: Menn, en: Males}\n' in text


def test_a_changed_title_in_both_languages(folder: Path, tmp_path: Path) -> None:
    bank = Bank([bank_table(title="Utdanning: nivå")])
    table = accepted(folder, bank, tmp_path)
    assert (table.title.nb, table.title.en) == ("Utdanning: nivå", ENGLISH)


def test_a_renumbered_table_with_other_codes(folder: Path, tmp_path: Path) -> None:
    bank = Bank(
        [bank_table("14867", Kjonn=["0", "1", "2", "9"]), bank_table("1", "Noe helt annet")]
    )
    table = accepted(folder, bank, tmp_path)
    assert table.request is not None
    assert table.request.url.endswith("/tables/14867/data")
    assert "9" in (table.dimensions["Kjonn"].codes or {})
    assert table.id == "ssb/09429"


def test_a_discontinued_table_with_one_live_successor(folder: Path, tmp_path: Path) -> None:
    old, dead = bank_table(), bank_table("12971")
    old.discontinued = dead.discontinued = True
    bank = Bank([old, dead, bank_table("14867")])
    table = accepted(folder, bank, tmp_path)
    assert table.request is not None
    assert table.request.url.endswith("/tables/14867/data")


def test_no_successor_is_chosen_among_several(folder: Path) -> None:
    bank = Bank([bank_table("14867"), bank_table("14868")])
    fixed = fix(look(folder, bank), bank, folder)
    assert fixed.state == "nothing"
    assert not fixed.path.exists()
    assert "2 tables with the same title" in fixed.left[0]


def test_a_new_dimension_that_cannot_be_left_out(folder: Path, tmp_path: Path) -> None:
    table = accepted(folder, Bank([bank_table(Alder=["00", "15-74"])]), tmp_path)
    age = table.dimensions["Alder"]
    assert (age.role, age.name) == ("breakdown", "alder")
    assert (age.codes or {})["15-74"].label.en == "15-74 in English"


def test_a_dimension_that_is_gone(folder: Path, tmp_path: Path) -> None:
    table = accepted(folder, Bank([bank_table(Nivaa=[])]), tmp_path)
    assert "Nivaa" not in table.dimensions
    assert table.request is not None
    assert "Nivaa" not in table.request.select


def test_decimals_and_units_in_braces_and_on_lines(folder: Path, tmp_path: Path) -> None:
    bank = Bank([bank_table()], units={"Personer": ("prosent", 1), "Prosent": ("prosent", 2)})
    measures = accepted(folder, bank, tmp_path).dimensions["ContentsCode"].codes or {}
    assert [(m.unit, m.decimals) for m in measures.values()] == [("percent", 1), ("percent", 2)]


def test_what_a_person_must_decide_is_left_and_the_rest_is_proposed(folder: Path) -> None:
    table = bank_table(Kjonn=["0", "2", "1", "3"])
    table.lists["Region"]["agg_Kommuner"]["K-Rest"] = ["0"]
    fixed, text = proposed(folder, Bank([table], licence="https://example.org/pay"))
    assert len(fixed.left) == 2
    assert any("widen `pattern`" in line for line in fixed.left)
    assert any("licence is now https://example.org/pay" in line for line in fixed.left)
    assert "pay" not in text
    assert '"3": {nb: "3!"' in text


def test_edits_that_make_no_valid_yaml_are_not_written(folder: Path) -> None:
    # Without its only time dimension the table is none.
    table = bank_table(Tid=[], Maaned=["2015M01", "2015M02"])
    table.time = "Maaned"
    bank = Bank([table])
    fixed = fix(look(folder, bank), bank, folder)
    assert fixed.state == "nothing"
    assert "one of role time is needed" in "\n".join(fixed.left)
    assert [f.name for f in (folder / "ssb").iterdir()] == ["09429.yaml"]


def test_a_proposal_is_never_overwritten_and_is_no_table(folder: Path) -> None:
    bank = Bank([bank_table(Kjonn=["0", "2", "1", "3"])])
    _, text = proposed(folder, bank)
    assert fix(look(folder, bank), bank, folder).state == "already there"
    other = Bank([bank_table(Kjonn=["0", "2", "1", "4"])])
    fixed = fix(look(folder, other), other, folder)
    assert fixed.state == "in the way"
    assert fixed.path.read_text(encoding="utf-8") == text
    assert list(registry.load(folder)) == ["ssb/09429"]


def test_a_proposal_says_that_it_is_one_and_is_otherwise_the_old_file(folder: Path) -> None:
    _, text = proposed(folder, Bank([bank_table(title="Utdanningsnivå")]))
    assert removed(text) == YAML.splitlines()[5:7]
    assert text.startswith(YAML.splitlines()[0] + "\n# Proposed by `kompetanse doctor`")
    assert yaml.safe_load(text)["confidence"] == yaml.safe_load(YAML)["confidence"]


def test_nothing_is_proposed_on_the_word_of_an_extract_alone(folder: Path) -> None:
    bank = Bank([bank_table(Nivaa=["00", "01"])], weak=True)
    found = look(folder, bank)
    assert found.differences == ()
    assert fix(found, bank, folder).state == "nothing"
    assert spec_of(folder).id == "ssb/09429"

"""Declared errors of a source: what a file may say, what is put right, and when it must stop."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from sources import corrected, corrections, registry
from sources.corrections import InvalidCorrection, Reading
from sources.vintages import decode
from tests.sources.vintage_kit import SPEC, Room, answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sources.vintages import RawTable

FIRST, FIXED = "2026-06-15", "2026-07-01"
CELL = {
    "KOKfylkesregion0000": "5000", "KOKinnvandringka0000": "0", "KOKutdstatus0000": "I",
    "ContentsCode": "KOSand16180000", "Tid": "2024",
}  # fmt: skip
RAW: dict[str, Any] = {
    "id": "wrong",
    "table": "ssb/12274",
    "what": {"nb": "Står med 0.", "en": "Stands with 0."},
    "why": {"nb": "Kilden har sagt det.", "en": "The source has said so."},
    "reported": {"date": "2026-06-20", "to": "ssb.no"},
    "in_error": {"first_as_of": FIRST},
    "cells": [{"cell": CELL, "published": 0, "correct": 91.5}],
}
MISSING = {"symbol": ".", "because": {"nb": "Ikke beregnet.", "en": "Not computed."}}


@pytest.fixture
def declared(tmp_path: Path) -> Callable[..., tuple[corrections.Correction, ...]]:
    """Write files as RAW with changes and read them."""

    def declared(*changes: dict[str, Any]) -> tuple[corrections.Correction, ...]:
        folder = tmp_path / "corrections"
        folder.mkdir()
        for n, change in enumerate(changes or ({},)):
            raw = RAW | {"id": f"wrong-{n}"} | change
            path = folder / f"wrong-{n}.yaml"
            path.write_text(yaml.safe_dump(raw, allow_unicode=True, sort_keys=False))
        return tuple(corrections.load(folder).values())

    return declared


def block(**changes: Any) -> dict[str, Any]:
    """One block of `cells`, as in RAW with changes."""
    return {"cells": [RAW["cells"][0] | changes]}


def pulled(tmp_path: Path, *answers: bytes) -> RawTable:
    room = Room(tmp_path)
    room.pull(*answers)
    return decode(room.archive, SPEC, made_up=False)


def readings(raw: RawTable) -> dict[tuple[str, str], Reading]:
    return {
        (r["KOKfylkesregion0000"], r["Tid"]): Reading(r["value"], r["status"])
        for r in raw.table.to_pylist()
    }


def test_the_project_declares_nothing_that_is_wrong() -> None:
    for correction in corrections.load().values():
        assert corrections.of(correction.table, made_up=False)


def test_the_example_of_the_readme_is_a_correction(tmp_path: Path) -> None:
    text = (corrections.FOLDER / "README.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```yaml correction\n(.*?)```", text, re.DOTALL)
    name = yaml.safe_load(example)["id"]
    (tmp_path / f"{name}.yaml").write_text(example, encoding="utf-8")
    assert corrections.load(tmp_path)[name].blocks[0].because is not None


def test_the_wrong_cell_is_put_right_and_marked_and_no_other(tmp_path: Path, declared: Any) -> None:
    raw = pulled(tmp_path, answer([0, 2, None, 0]))
    done = corrected.apply(raw, SPEC.id, declared())
    before, after = raw.table.to_pylist(), done.raw.table.to_pylist()
    changed = [n for n, row in enumerate(before) if row != after[n]]
    [cell] = done.cells
    assert changed == [cell.row]
    was, now = before[cell.row], after[cell.row]
    assert {n: now[n] for n in CELL} == CELL
    assert (was["value"], now["value"], now["status"]) == (0, 91.5, None)
    assert now["vintage_id"] == f"{was['vintage_id']}+correction:wrong-0" == cell.marked
    assert any("sources/corrections/wrong-0.yaml" in note for note in done.raw.notes)
    assert done.raw.table.schema.names == raw.table.schema.names


def test_without_corrections_the_table_is_the_same_one(tmp_path: Path) -> None:
    raw = pulled(tmp_path, answer([0, 2, 3, 4]))
    assert corrected.apply(raw, SPEC.id, ()).raw is raw


def test_a_figure_can_become_missing_and_a_missing_one_a_figure(
    tmp_path: Path, declared: Any
) -> None:
    raw = pulled(tmp_path, answer([0, None, 3, 4]))
    other = CELL | {"Tid": "2025"}
    blocks = [
        {"cell": CELL, "published": 0, "correct": MISSING},
        {"cell": other, "published": {"symbol": "."}, "correct": {"value": 7}},
    ]
    done = corrected.apply(raw, SPEC.id, declared({"cells": blocks})).raw
    assert readings(raw)["5000", "2024"] == Reading(0, None)
    assert readings(done) == readings(raw) | {
        ("5000", "2024"): Reading(None, "."),
        ("5000", "2025"): Reading(7, None),
    }


def test_several_codes_mean_every_combination(tmp_path: Path, declared: Any) -> None:
    raw = pulled(tmp_path, answer([0, 1, 0, 0]))
    cell = CELL | {"KOKfylkesregion0000": ["5000", "EAFK"], "Tid": ["2024"]}
    done = corrected.apply(raw, SPEC.id, declared(block(cell=cell)))
    assert {k for k, said in readings(done.raw).items() if said.value == 91.5} == {
        ("5000", "2024"), ("EAFK", "2024"),
    }  # fmt: skip
    assert len(done.cells) == 2


def test_answers_of_several_vintages_are_corrected_in_theirs(tmp_path: Path, declared: Any) -> None:
    """A table of two answers has two dictionaries; the marks name the right answer of each."""
    one = answer([0, 2], KOKfylkesregion0000=["5000"])
    two = answer([3, 0], KOKfylkesregion0000=["EAFK"])
    raw = pulled(tmp_path, one, two)
    cells = [
        {"cell": CELL, "published": 0, "correct": 5},
        {"cell": CELL | {"KOKfylkesregion0000": "EAFK", "Tid": "2025"}, "published": 0,
         "correct": MISSING},
    ]  # fmt: skip
    done = corrected.apply(raw, SPEC.id, declared({"cells": cells}))
    assert len({c.vintage_id for c in done.cells}) == 2
    rows = done.raw.table.to_pylist()
    for cell in done.cells:
        assert raw.table.to_pylist()[cell.row]["vintage_id"] == cell.vintage_id
        assert rows[cell.row]["vintage_id"] == cell.marked


@pytest.mark.parametrize(
    ("now", "says"), [(91.5, "it has fixed the error"), (90.0, "it has changed it, not to 91.5")]
)
def test_a_figure_of_the_sources_own_is_never_written_over(
    tmp_path: Path, declared: Any, now: float, says: str
) -> None:
    raw = pulled(tmp_path, answer([now, 2, 3, 4]))
    with pytest.raises(corrected.CorrectionOutdated) as error:
        corrected.apply(raw, SPEC.id, declared())
    text = str(error.value)
    assert f"declared wrong 0, the source now says {now:g}" in text
    assert says in text
    assert "Remove sources/corrections/wrong-0.yaml" in text
    assert raw.vintages[0].entry.vintage_id in text


def test_every_outdated_correction_is_named_at_once(tmp_path: Path, declared: Any) -> None:
    raw = pulled(tmp_path, answer([1, 2, 3, 4]))
    gone = CELL | {"Tid": "2019"}
    marked = CELL | {"KOKfylkesregion0000": "EAFK"}
    files = declared(
        {}, block(cell=gone), block(cell=marked, published={"value": 3, "symbol": "."})
    )
    with pytest.raises(corrected.CorrectionOutdated) as error:
        corrected.apply(raw, SPEC.id, files)
    text = str(error.value)
    assert "3 correction(s)" in text
    assert all(f"Remove sources/corrections/wrong-{n}.yaml" in text for n in range(3))
    assert "Tid=2019: is not there" in text
    assert "declared wrong 3 marked '.', the source now says 3 in" in text


def test_only_the_first_wrong_cells_of_many_are_listed(tmp_path: Path, declared: Any) -> None:
    raw = pulled(tmp_path, answer([1, 2, 3, 4]))
    years = [str(year) for year in range(2010, 2024)]
    with pytest.raises(corrected.CorrectionOutdated, match="and 4 more cells") as error:
        corrected.apply(raw, SPEC.id, declared(block(cell=CELL | {"Tid": years})))
    assert str(error.value).count("is not there") == corrected.SHOWN


def test_answers_outside_the_time_of_the_error_are_left_alone(
    tmp_path: Path, declared: Any
) -> None:
    ended = declared({"in_error": {"first_as_of": FIRST, "last_as_of": "2026-06-30"}})
    with_error = pulled(tmp_path / "old", answer([0, 2, 3, 4], updated=f"{FIRST}T06:00:00Z"))
    fixed = pulled(tmp_path / "new", answer([91, 2, 3, 4], updated=f"{FIXED}T06:00:00Z"))
    assert [c.block.correct.value for c in corrected.apply(with_error, SPEC.id, ended).cells] == [
        91.5
    ]
    done = corrected.apply(fixed, SPEC.id, ended)
    assert readings(done.raw) == readings(fixed)
    assert done.raw.notes == fixed.notes


def test_an_error_outside_its_declared_time_is_told(tmp_path: Path, declared: Any) -> None:
    ended = declared({"in_error": {"first_as_of": "2026-01-01", "last_as_of": "2026-02-01"}})
    raw = pulled(tmp_path, answer([0, 2, 3, 4]))
    done = corrected.apply(raw, SPEC.id, ended)
    assert not done.cells
    assert readings(done.raw) == readings(raw)
    [note] = set(done.raw.notes) - set(raw.notes)
    assert "has the error (0)" in note
    assert "which `in_error` leaves out" in note


def test_a_cell_that_older_answers_did_not_have_yet_is_no_problem(
    tmp_path: Path, declared: Any
) -> None:
    later = declared(block(cell=CELL | {"Tid": "2026"}) | {"in_error": {"first_as_of": FIXED}})
    raw = pulled(tmp_path, answer([1, 2, 3, 4]))
    assert not corrected.apply(raw, SPEC.id, later).cells


@pytest.mark.parametrize(
    ("as_of", "covered"),
    [(None, True), ("2026", True), ("2026-06", True), (FIRST, True), (f"{FIRST}T06:00", True),
     ("2026-06-30", True), ("2026-06-14", False), (FIXED, False), ("2025", False)],
)  # fmt: skip
def test_which_answers_have_the_error(declared: Any, as_of: str | None, covered: bool) -> None:
    [correction] = declared({"in_error": {"first_as_of": FIRST, "last_as_of": "2026-06-30"}})
    assert correction.covers(as_of) is covered


def test_made_up_figures_have_no_errors_of_a_source(
    declared: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {c.id: c for c in declared()}
    monkeypatch.setattr(corrections, "load", lambda: files)
    assert corrections.of("ssb/12274", made_up=False) == tuple(files.values())
    assert corrections.of("ssb/12274", made_up=True) == ()
    assert corrections.of("ssb/07459", made_up=False) == ()


WRONG = [
    ({"id": "other"}, "id: other stands in wrong-0.yaml"),
    ({"id": "Not An Id"}, "id: 'Not An Id' does not match"),
    ({"extra": 1}, "'extra' was unexpected"),
    ({"what": {"nb": "bare norsk"}}, "what: 'en' is a required property"),
    ({"reported": {"date": "2026-06-20"}}, "reported: 'to' is a required property"),
    ({"reported": {"date": "2026-02-30", "to": "x"}}, "reported.date: 2026-02-30 is no date"),
    ({"in_error": {}}, "in_error: 'first_as_of' is a required property"),
    ({"in_error": {"first_as_of": FIXED, "last_as_of": FIRST}}, "last_as_of is before"),
    ({"table": "ssb/00000"}, "table: no source YAML for ssb/00000"),
    ({"table": "klass/131_codes"}, "table: klass/131_codes holds no cells"),
    ({"cells": []}, "cells: [] should be non-empty"),
    (block(cell={"Tid": "2024"}), "cells.0.cell: ContentsCode is left out of ssb/12274"),
    (block(cell=CELL | {"Alder": "1"}), "cells.0.cell: Alder is no dimension of ssb/12274"),
    (block(cell=CELL | {"Tid": 2024}), "cells.0.cell.Tid: 2024 is not of type"),
    (block(cell=CELL | {"ContentsCode": ["X"]}), "cells.0.cell.ContentsCode: X not known"),
    (block(published={}), "cells.0.published: {} should be non-empty"),
    (block(published=True), "cells.0.published: True is not of type"),
    (block(published=float("nan")), "cells.0.published: nan is no figure"),
    (block(published={"symbol": "?"}), "cells.0.published: symbol '?' is none of ssb/12274's"),
    (block(correct={"symbol": "."}), "cells.0.correct: 'because' is a required property"),
    (block(correct={"because": RAW["why"]}), "cells.0.correct: 'symbol' is a required property"),
    (block(correct={"value": 1, "because": RAW["why"]}), "cells.0.correct: because: says why"),
    (block(correct=0), "cells.0.correct: is what the source says already"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "says"), WRONG)
def test_a_wrong_file_is_refused(declared: Any, change: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidCorrection) as error:
        declared(change)
    assert says in str(error.value)
    assert "corrections/wrong-0.yaml" in str(error.value)


def test_all_problems_of_all_files_are_told_at_once(declared: Any) -> None:
    odd = {"reported": {"date": "2026-13-01", "to": "x"}} | block(correct=0)
    with pytest.raises(InvalidCorrection) as error:
        declared(odd, {}, {"table": "ssb/00000"})
    text = str(error.value)
    assert "3 problem(s) in 2 correction file(s)" in text
    assert "wrong-1" not in text


def test_a_table_that_nobody_reads_cannot_be_corrected(declared: Any) -> None:
    unused = next(t for t in registry.load().values() if not t.in_use)
    with pytest.raises(InvalidCorrection, match=f"{unused.id} is not read by the pipeline"):
        declared({"table": unused.id})


def test_one_cell_is_not_corrected_twice_in_one_answer(declared: Any) -> None:
    with pytest.raises(InvalidCorrection, match=r"Tid=2024 is corrected by wrong-0\.yaml too"):
        declared({}, block(correct=1))


def test_one_cell_may_be_wrong_at_two_times(declared: Any) -> None:
    early = {"in_error": {"first_as_of": "2025-01-01", "last_as_of": "2025-12-31"}}
    assert len(declared(early, {})) == 2


def test_the_version_of_a_raw_table_changes_with_its_corrections(
    declared: Any, tmp_path: Path
) -> None:
    [one] = declared()
    path = tmp_path / "corrections" / "wrong-0.yaml"
    path.write_text(path.read_text() + "# noted again\n")
    corrections.load.cache_clear()
    [two] = corrections.load(tmp_path / "corrections").values()
    assert replace(two, sha256=one.sha256) == one
    assert two.sha256 != one.sha256

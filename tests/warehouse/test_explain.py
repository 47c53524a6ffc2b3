"""A figure can be taken apart down to the cells, and the parts add up to it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import pytest

from pipeline import definition_commands
from sources import recorded, registry
from sources.archive import Archive
from warehouse import steps
from warehouse.explanation import NoSuchFigure, explain
from warehouse.workspace import MADE_UP, Workspace

if TYPE_CHECKING:
    from pathlib import Path

TABLES = ("ssb/13563", "ssb/13556", "ssb/03321", "ssb/09429", "ssb/13470")
INDICATORS = ("neet_15_29", "neet_by_age", "net_commuting", "out_commuting_share",
              "in_commuting_share", "higher_education", "industry_concentration")  # fmt: skip


@pytest.fixture(scope="module")
def workspace(made_up_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A county in which only the tables and indicators of this test have been worked out."""
    made = Workspace("trondelag", MADE_UP, tmp_path_factory.mktemp("explain"))
    recorded.import_folder(Archive(made.archive), made_up_folder, registry.load().values())
    for table in (*steps.PLACING, *TABLES):
        steps.raw(made, table)
    steps.code_lists(made)
    steps.geography(made)
    for table in TABLES:
        steps.conformed(made, table)
    for indicator in INDICATORS:
        steps.indicator(made, indicator)
    return made


@pytest.mark.parametrize("region", ["namdalen", "5007", "50"])
@pytest.mark.parametrize(
    "indicator",
    ["neet_15_29", "higher_education", "out_commuting_share", "in_commuting_share",
     "industry_concentration"],
)  # fmt: skip
def test_parts_add_up_to_the_figure(workspace: Workspace, indicator: str, region: str) -> None:
    found = explain(workspace, indicator, region)
    assert found.figure["value"] is not None
    top, bottom = found.added
    assert top == pytest.approx(found.figure["numerator"])
    assert bottom == pytest.approx(found.figure["denominator"])
    assert {v["vintage_id"] for v in found.vintages} == set(found.figure["vintage_ids"])
    assert found.cells[found.indicator.sources[0]]


def test_a_balance_is_the_sum_of_those_of_its_municipalities(workspace: Workspace) -> None:
    found = explain(workspace, "net_commuting", "namdalen")
    assert found.added[0] == pytest.approx(found.figure["value"])
    assert {p.code for p in found.parts} == set(found.members)


def test_a_divided_municipality_counts_with_its_share(workspace: Workspace) -> None:
    """Snillfjord (5012) was divided in 2020; its people of 2018 are shared by declared weights."""
    found = explain(workspace, "higher_education", "5055", "2018")
    shares = {p.code: p.weight for p in found.parts}
    assert 0 < shares["5012"] < 1
    assert found.added[0] == pytest.approx(found.figure["numerator"])
    assert found.figure["obs_status"] == "E"


def test_cells_are_those_that_the_source_answered(workspace: Workspace) -> None:
    found = explain(workspace, "higher_education", "5007", breakdown={"sex": "1"})
    cells = found.cells["ssb/09429"]
    assert {c["sex"] for c in cells} == {"1"}
    assert {(c["geo_code"], c["period"]) for c in cells} == {("5007", found.figure["period"])}
    higher = [
        c["value"] for c in cells
        if c["measure"] == "Personer" and c["education_level"] in ("03a", "04a")
    ]  # fmt: skip
    assert sum(higher) == pytest.approx(found.figure["numerator"])


def test_a_blank_is_explained_too(workspace: Workspace) -> None:
    found = explain(workspace, "neet_by_age", "namdalen")
    assert found.figure["value"] is None
    text = "\n".join(definition_commands.lines(found, "nb"))
    assert "Hvorfor tomt: Kilden oppgir bare prosenter" in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", ("OPPDIKTEDE TALL", "Namdalen", "Teller", "Nevner", "5007 Namsos", "Forbehold")),
        ("en", ("MADE-UP FIGURES", "Namdalen", "Numerator", "Denominator", "Warnings", "sha256")),
    ],
)
def test_printed(
    workspace: Workspace, language: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("KOMPETANSE_DATA", str(workspace.root))
    parser = argparse.ArgumentParser()
    definition_commands.indicator_arguments(parser)
    line = ["explain", "neet_15_29", "--region", "namdalen", "--figures", "made_up"]
    parsed = parser.parse_args([*line, "--language", language])
    assert definition_commands.indicator_explain(parsed) == 0
    out = capsys.readouterr().out
    assert [word for word in words if word not in out] == []
    figure = explain(workspace, "neet_15_29", "namdalen").figure
    assert f"{figure['numerator']:.2f} / {figure['denominator']:.2f}" in out
    assert figure["vintage_ids"][0] in out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("nothing", "namdalen"), "No indicator nothing. There are: .*completion_by_outcome"),
        (("neet_15_29", "atlantis"), "no region atlantis in trondelag. There are: .*namdalen"),
        (("neet_15_29", "namdalen", "1814"), "no period 1814. There are: 2015"),
        (("higher_education", "namdalen", None, {"sex": "9"}), "no figures for sex=9"),
    ],
)
def test_what_there_is_not(workspace: Workspace, asked: tuple[str, ...], said: str) -> None:
    with pytest.raises(NoSuchFigure, match=said):
        explain(workspace, *asked)  # type: ignore[arg-type]


def test_before_anything_is_worked_out(tmp_path: Path) -> None:
    with pytest.raises(steps.NothingWorkedOut, match="has not been worked out for trondelag"):
        explain(Workspace("trondelag", MADE_UP, tmp_path), "neet_15_29", "namdalen")

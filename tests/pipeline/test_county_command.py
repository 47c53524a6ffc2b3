"""`kompetanse county`: a new county's file is written whole or not at all, and explained."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from pipeline import county_questions
from pipeline.cli import main
from tests.conftest import part_of
from warehouse import counties

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MADE_UP = ["--figures", "made_up"]


@pytest.fixture(scope="module")
def code_lists(made_up_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recorded answers: KLASS 131 alone, of the whole country."""
    return part_of(made_up_folder, tmp_path_factory.mktemp("code_lists"), "klass/131")


@pytest.fixture
def archived(
    code_lists: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> Path:
    """A data root whose archive holds KLASS 131; gives an empty folder for county files."""
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path / "data"))
    assert main(["archive", "import", str(code_lists)]) == 0
    capsys.readouterr()
    return tmp_path / "counties"


def add_economic_regions(code_lists: Path, folder: Path, leave_out: str = "") -> None:
    """Archive a correspondence between KLASS 108 and 131 with the regions of every file."""
    regions = [
        region
        for each in counties.available()
        for region_set in counties.load(each).region_sets
        if region_set.id.startswith("ssb_economic")
        for region in region_set.regions
    ]
    items = [
        {"sourceCode": r.id, "sourceName": r.name["nb"], "targetCode": m.code, "targetName": "",
         "validFrom": "2024-01-01", "validTo": None}
        for r in regions
        for m in r.members
        if m.code != leave_out
    ]  # fmt: skip
    body = json.dumps({"correspondenceItems": items}).encode()
    like = json.loads((code_lists / "index.json").read_bytes())[0]
    entry = like | {
        "url": "https://data.ssb.no/api/klass/v1/classifications/108/corresponds"
        "?targetClassificationId=131&from=2024-01-01",
        "body": "klass/108_corresponds_131_2024.json",
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    (folder / "klass").mkdir(parents=True)
    (folder / entry["body"]).write_bytes(body)
    (folder / "index.json").write_text(json.dumps([entry]), encoding="utf-8")
    assert main(["archive", "import", str(folder)]) == 0


def new(name: str, folder: Path, answers: dict[str, Any] | None = None) -> int:
    file = folder.with_suffix(".answers.yaml")
    file.write_text(yaml.safe_dump(answers or {}), encoding="utf-8")
    return main(["county", "new", name, "--to", str(folder), "--answers", str(file), *MADE_UP])


@pytest.mark.parametrize("asked", ["Rogaland", "rogaland", "11"])
def test_a_new_file_can_be_used_as_it_is(archived: Path, asked: str) -> None:
    assert new(asked, archived) == 0
    county = counties.load("rogaland", archived)
    assert (county.code, county.default_region_set) == ("11", "municipality")
    assert county.region_sets == ()
    text = (archived / "rogaland.yaml").read_text(encoding="utf-8")
    assert "SSB's economic regions are left out" in text


def test_economic_regions_come_from_the_archive(
    archived: Path, code_lists: Path, tmp_path: Path
) -> None:
    add_economic_regions(code_lists, tmp_path / "more")
    assert new("Trøndelag", archived) == 0
    made = counties.load("trondelag", archived).region_sets
    stated = counties.load("trondelag").region_sets
    economic = next(s for s in stated if s.id.startswith("ssb_economic"))
    assert [s.id for s in made] == ["ssb_economic"]
    assert {r.id: {m.code for m in r.members} for r in made[0].regions} == {
        r.id: {m.code for m in r.members} for r in economic.regions
    }
    assert (made[0].disjoint, made[0].covers_county) == (True, True)


def test_a_list_that_leaves_a_municipality_out_is_not_used(
    archived: Path, code_lists: Path, tmp_path: Path
) -> None:
    add_economic_regions(code_lists, tmp_path / "more", leave_out="5001")
    assert new("Trøndelag", archived) == 0
    assert counties.load("trondelag", archived).region_sets == ()


def test_answers_stand_in_the_file(archived: Path, capsys: pytest.CaptureFixture[str]) -> None:
    regions = ["Nord: 1106, 1149", "Sør: 1101 1103 1106"]
    answers = {
        "name_en": "Rogaland county",
        "contact": {"email": "a@b.no"},
        "cron": "0 9 * * 1",
        "regions": regions,
        "regions_source": "fylkestinget",
    }
    assert new("Rogaland", archived, answers) == 0
    county = counties.load("rogaland", archived)
    assert county.name["en"] == "Rogaland county"
    assert (county.contact, county.schedule.cron) == ({"email": "a@b.no"}, "0 9 * * 1")
    assert county.default_region_set == "own_regions"
    own = county.region_sets[0]
    assert (own.disjoint, own.covers_county, own.source) == (False, False, "fylkestinget")
    told = capsys.readouterr().out
    assert "1106 Haugesund er i nord og sor" in told
    assert "kompetanse refresh --county rogaland" in told


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"regions": ["Nord: 1106, 1199"]}, "1199 is not in KLASS 131"),
        ({"cron": "every day"}, "schedule.cron"),
        ({"regions": ["Nord 1106"]}, "'Nord 1106' is not like"),
        ({"regions": "Nord: 1106"}, 'regions: expected a list of "name: codes"'),
        ({"contact": {"phone": "1"}, "fylke": "x"}, "fylke is no question"),
        ({"default_region_set": "forum"}, "forum is none of municipality, county"),
    ],
)
def test_nothing_is_written_that_could_not_be_used(
    archived: Path, capsys: pytest.CaptureFixture[str], answers: dict[str, Any], told: str
) -> None:
    assert new("Rogaland", archived, answers) == 1
    assert told in capsys.readouterr().err
    assert not archived.exists()


def test_a_file_that_is_there_is_never_overwritten(
    archived: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new("Rogaland", archived) == 0
    before = (archived / "rogaland.yaml").read_bytes()
    assert new("Rogaland", archived, {"name_en": "Other"}) == 1
    assert "is there already; nothing was written" in capsys.readouterr().err
    assert (archived / "rogaland.yaml").read_bytes() == before


def test_a_county_that_is_gone_is_answered_with_those_there_are(
    archived: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new("Viken", archived) == 1
    told = capsys.readouterr().err
    assert "is called 'Viken'" in told
    assert "33 Buskerud" in told
    assert "30 Viken" not in told


def test_questions_are_put_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    said = iter(["", "", "Kari", "", "Nord: 1106", "", "Våre", "", "fylket"])
    monkeypatch.setattr("builtins.input", lambda _: next(said))
    answers = county_questions.ask("Rogaland", economic=False)
    assert answers.name_en == "Rogaland"
    assert answers.cron == county_questions.CRON
    assert answers.contact == {"name": "Kari"}
    assert answers.regions == ("Nord: 1106",)
    assert (answers.regions_nb, answers.regions_en) == ("Våre", "Own regions")
    assert answers.regions_source == "fylket"


def test_without_a_terminal_the_keys_of_the_answers_are_told(
    archived: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    assert main(["county", "new", "Rogaland", "--to", str(archived), *MADE_UP]) == 1
    assert "--answers FILE" in capsys.readouterr().err


def test_every_countys_file_is_in_order(archived: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["county", "check", *MADE_UP]) == 0
    told = capsys.readouterr().out
    assert told.count(": i orden\n") == len(counties.available())
    assert "trondelag (50, antall kommuner 38, koder per" in told


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["2 wrong", "wrong: ssb_economic_2024: declared disjoint, but 4003 is in",
                "wrong: ssb_economic_2024: declared to cover the county, but misses 4001"]),
        ("nb", ["2 feil", "feil: ssb_economic_2024: skal være uten overlapp (disjoint), men 4003",
                "feil: ssb_economic_2024: skal dekke fylket (covers_county), men mangler 4001"]),
    ],
)  # fmt: skip
def test_check_explains_and_fails(
    archived: Path,
    capsys: pytest.CaptureFixture[str],
    change_county: Callable[[str, str, str], None],
    language: str,
    expected: list[str],
) -> None:
    change_county("telemark", '["4001", "4003"]', '["4003"]')
    change_county("telemark", '["4010",', '["4003", "4010",')
    assert main(["county", "check", "telemark", "--language", language, *MADE_UP]) == 1
    told = capsys.readouterr().out
    assert [line for line in expected if line not in told] == []


def test_check_says_whether_there_are_classes_to_compare_with(
    archived: Path, made_up_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["county", "check", "trondelag", *MADE_UP]
    assert main(asked) == 0
    assert "ingen sentralitetsklasser: arkivet har ikke klass/128" in capsys.readouterr().out
    classes = part_of(made_up_folder, tmp_path / "classes", "klass/128")
    assert main(["archive", "import", str(classes)]) == 0
    assert main([*asked, "--language", "en"]) == 0
    told = capsys.readouterr().out
    assert "groups to compare with: 6 centrality classes of 357 municipalities" in told


def test_check_goes_on_after_a_file_that_cannot_be_read(
    archived: Path,
    capsys: pytest.CaptureFixture[str],
    change_county: Callable[[str, str, str], None],
) -> None:
    change_county("agder", 'code: "42"', "code: 42")
    assert main(["county", "check", "--all", *MADE_UP]) == 1
    told = capsys.readouterr().out
    assert "agder: 1 feil\n  feil: code: 42 is not text" in told
    assert told.count(": i orden\n") == len(counties.available()) - 1


@pytest.fixture
def change_county(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str, str], None]:
    """Replace a piece of a county's file, in a copy of counties/ that the commands then use."""
    folder = tmp_path / "changed"
    folder.mkdir()
    for path in counties.COUNTIES.glob("*.yaml"):
        (folder / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(counties, "COUNTIES", folder)
    monkeypatch.setattr(counties.available, "__defaults__", (folder,))

    def change(county: str, old: str, new: str) -> None:
        text = (folder / f"{county}.yaml").read_text(encoding="utf-8")
        assert text.count(old) == 1
        (folder / f"{county}.yaml").write_text(text.replace(old, new), encoding="utf-8")

    return change


def test_without_code_lists_it_is_said_how_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path))
    assert main(["county", "check"]) == 1
    assert "No answer for klass/131_codes" in capsys.readouterr().err

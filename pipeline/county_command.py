"""`kompetanse county new` and `kompetanse county check`: a county's file, made and explained.

Here are the questions to a person and the words for what was found. What a county's file must
hold is found in warehouse/county_findings.py and warehouse/county_klass.py, the text of a new one
composed in warehouse/county_file.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sources.model import KompetanseError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    import pyarrow as pa

    from pipeline.county_questions import Answers
    from warehouse.centrality import Centrality
    from warehouse.counties import County
    from warehouse.county_file import Grouping, NewCounty
    from warehouse.county_klass import Klass

CODES, CHANGES = "klass/131_codes", "klass/131_changes"
ECONOMIC = "klass/108_corresponds_131"
NO_ECONOMIC = (
    "SSB's economic regions are left out: no archived list (KLASS 108) places every municipality "
    "of the county once."
)
WORDS = {
    "nb": ("i orden", "feil", "merk", "antall kommuner", "koder per"),
    "en": ("in order", "wrong", "note", "number of municipalities", "codes of"),
}
GROUPS = {"nb": "grupper å sammenlikne med", "en": "groups to compare with"}


class NoSuchCounty(KompetanseError):
    """No county of today has that name or code, or its file is there already."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the two commands can be told."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    new = actions.add_parser("new", help="write a county's file from KLASS and some questions")
    new.add_argument("name", metavar="NAME", help='name or code of the county: "Agder" or 42')
    new.add_argument(
        "--answers",
        type=Path,
        metavar="FILE",
        help="YAML with answers instead of asking; what it does not say is as proposed",
    )
    new.add_argument(
        "--to", type=Path, metavar="FOLDER", help="where to put the file (default: counties/)"
    )
    new.set_defaults(run="county_command:new")
    check = actions.add_parser("check", help="explain overlaps, gaps, unknown and ended codes")
    check.add_argument("name", metavar="NAME", nargs="?", help="a file of counties/ (default: all)")
    check.add_argument("--all", action="store_true", help="every file of counties/")
    check.add_argument(
        "--language", choices=("nb", "en"), default="nb", help="språk / language (default: nb)"
    )
    check.set_defaults(run="county_command:check")
    for action in (new, check):
        action.add_argument(
            "--figures",
            choices=("published", "made_up"),
            default="published",
            help="whose code lists to use: of the sources, or of a demonstration",
        )


def check(parsed: argparse.Namespace) -> int:
    """Explain every county's file; 1 if a refresh could not use one of them."""
    from warehouse import counties

    made_up = parsed.figures == "made_up"
    known = klass(made_up=made_up)
    one = [parsed.name] if parsed.name and not parsed.all else []
    bad = 0
    for county_id in one or counties.available():
        bad += not _explained(county_id, known, parsed.language)
    print(f"{GROUPS[parsed.language]}: {_centrality(made_up=made_up).said[parsed.language]}")
    return int(bad > 0)


def new(parsed: argparse.Namespace) -> int:
    """Write a new county's file; nothing is written unless a refresh could use it."""
    from pipeline import county_questions
    from warehouse import counties, county_file

    folder = parsed.to or counties.COUNTIES
    made_up = parsed.figures == "made_up"
    known = klass(made_up=made_up)
    place = _place(parsed.name, known)
    economic = _economic(known.own(place.code), made_up=made_up)
    answers = county_questions.given(parsed.answers, place.name, economic is not None)
    county = _composed(place, known, economic, answers)
    path = folder / f"{county.id}.yaml"
    if path.exists():
        raise NoSuchCounty(f"{path} is there already; nothing was written. Edit it, or remove it.")
    _write_if_good(path, county_file.text(county), county.id, known)
    print(f"{path}\n")
    _explained(county.id, known, "nb", folder)
    print(f"\nNeste / next: kompetanse refresh --county {county.id}")
    return 0


def klass(*, made_up: bool) -> Klass:
    """KLASS 131 as archived, on the newest day that it tells of, as a refresh uses it."""
    from warehouse import geography
    from warehouse.county_klass import Klass

    codes, changes = (_archived(table, made_up=made_up) for table in (CODES, CHANGES))
    return Klass(codes, geography.changes_to(codes, changes).target_date, changes)


@dataclass(frozen=True)
class _Place:
    """A county of today, by the names that sql/conform/seeds/county_names.csv gives it."""

    code: str
    name: str
    name_en: str


def _place(asked: str, known: Klass) -> _Place:
    from warehouse.geography import declared_seeds

    here = {code[:2] for code in known.names}
    today = [
        _Place(row["code"], row["name_nb"], row["name_en"])
        for row in declared_seeds().county_names.to_pylist()
        if row["code"] in here
    ]
    for place in today:
        if asked.casefold() in (place.code, place.name.casefold()):
            return place
    listed = ", ".join(f"{place.code} {place.name}" for place in today)
    raise NoSuchCounty(
        f"No county of {known.day} is called {asked!r}. There is {listed}. A county that is newer "
        "than these names is added to sql/conform/seeds/county_names.csv."
    )


def _archived(table_id: str, *, made_up: bool) -> pa.Table:
    from sources import registry, vintages
    from sources.archive import Archive
    from warehouse.workspace import data_root

    archive = Archive(data_root() / "archive")
    return vintages.decode(archive, registry.table(table_id), made_up=made_up).table


def _centrality(*, made_up: bool) -> Centrality:
    from sources import vintages
    from warehouse import centrality, geography

    followed = geography.changes_to(*(_archived(t, made_up=made_up) for t in (CODES, CHANGES)))
    try:
        answer = _archived(centrality.TABLE, made_up=made_up)
    except vintages.NoAnswer:
        return centrality.classes(None, followed)
    return centrality.classes(answer, followed)


def _economic(own: Iterable[str], *, made_up: bool) -> Grouping | None:
    from sources import vintages
    from warehouse.county_file import economic_regions

    try:
        table = _archived(ECONOMIC, made_up=made_up)
    except vintages.NoAnswer:
        return None
    return economic_regions(table, own, "SSB KLASS 108, correspondence with KLASS 131")


def _composed(
    place: _Place, known: Klass, economic: Grouping | None, answers: Answers
) -> NewCounty:
    from warehouse.county_file import NewCounty, id_of, own_regions

    groupings = [economic] if economic else []
    if answers.regions:
        groupings.append(
            own_regions(
                answers.regions, answers.regions_nb, answers.regions_en, answers.regions_source
            )
        )
    return NewCounty(
        id=id_of(place.name),
        code=place.code,
        name_nb=place.name,
        name_en=answers.name_en or place.name_en,
        default_region_set=answers.default_region_set
        or (groupings[-1].id if groupings else "municipality"),
        cron=answers.cron,
        own=frozenset(known.own(place.code)),
        groupings=tuple(groupings),
        contact=answers.contact,
        left_out="" if economic else NO_ECONOMIC,
    )


def _write_if_good(path: Path, text: str, county_id: str, known: Klass) -> None:
    from tempfile import TemporaryDirectory

    from warehouse import counties

    with TemporaryDirectory() as aside:
        (Path(aside) / path.name).write_text(text, encoding="utf-8")
        counties.load(county_id, Path(aside)).check_against(known.codes, known.day)
    path.parent.mkdir(parents=True, exist_ok=True)
    # "x": whoever wrote the same file in the meantime is not overwritten.
    with path.open("x", encoding="utf-8") as file:
        file.write(text)


def _explained(county_id: str, known: Klass, language: str, folder: Path | None = None) -> bool:
    """Print all that was found in one file; tells whether a refresh could use it."""
    from warehouse import counties, county_klass

    try:
        county, findings = counties.read(county_id, folder or counties.COUNTIES)
    except counties.InvalidCounty as error:
        _print(county_id, list(error.problems), [], language)
        return False
    wrong = [*findings, *county_klass.wrong(county, known)]
    noted = [finding.line(language) for finding in county_klass.notes(county, known)]
    _print(_about(county, known, language), [f.line(language) for f in wrong], noted, language)
    return not wrong


def _about(county: County, known: Klass, language: str) -> str:
    *_, municipalities, day = WORDS[language]
    number = len(known.own(county.code))
    return f"{county.id} ({county.code}, {municipalities} {number}, {day} {known.day})"


def _print(about: str, wrong: list[str], noted: list[str], language: str) -> None:
    good, bad, note, *_ = WORDS[language]
    print(f"{about}: {f'{len(wrong)} {bad}' if wrong else good}")
    for word, lines in ((bad, wrong), (note, noted)):
        for line in lines:
            print(f"  {word}: {line}")

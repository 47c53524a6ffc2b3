"""Every recorded answer decodes with its table's reader and matches its table's YAML."""

from __future__ import annotations

import fnmatch
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sources import registry, validate
from sources.model import AnswerContext

REAL = Path(__file__).parents[3] / "shared" / "real"
OWN_ANSWERS = Path(__file__).parents[1] / "recorded"

pytestmark = pytest.mark.skipif(
    not (REAL / "index.json").exists(),
    reason=f"recorded answers are not beside this checkout: {REAL} is absent",
)

NOT_RECORDED = {
    **dict.fromkeys(
        (
            "nav/survey_county",
            "nav/survey_county_industry",
            "nav/survey_education",
            "nav/survey_industry",
            "nav/survey_occupation",
            "nav/survey_occupation_group",
        ),
        "the yearly workbooks lie in no public repository",
    ),
    "klass/128_corresponds_131": "not known whether SSB publishes it, nor in which direction",
    **dict.fromkeys(
        (
            "nav/unemployed_hl070_county",
            "nav/unemployed_hl075_county",
            "nav/vacancies_county",
            "nav/vacancies_occupation",
        ),
        "only HL060 of one month is recorded",
    ),
    **dict.fromkeys(
        (
            "udir/applicants_programme",
            "udir/apprentice_contracts",
            "udir/apprenticeship_placement",
            "udir/completion_programme",
            "udir/leavers_county",
            "udir/trade_certificates",
        ),
        "no answer of the report is recorded",
    ),
    "udir/pupils_programme_level": "only the third year in one county is recorded",
    **dict.fromkeys(
        (
            "dbh/fagskole_applicants",
            "dbh/fagskole_programmes",
            "dbh/fagskole_students",
            "utdanning/education_occupation",
            "utdanning/programme_areas",
        ),
        "no answer of the service is recorded",
    ),
    **dict.fromkeys(
        (
            "ssb/07984",
            "ssb/11587",
            "ssb/11607",
            "ssb/11615",
            "ssb/11930",
            "ssb/12864",
            "ssb/12865",
        ),
        "only questions and results of others are at hand, no answer of the table",
    ),
    "klass/108_corresponds_131": "only a shortened table of correspondence was published by others",
    "ssb/05810": "only metadata were published by others",
    "ssb/13563": "only shares computed by others are at hand, see ssb/13563_derived",
    "ssb/13563_status": "only shares computed by others are at hand, see ssb/13563_derived",
    "ssb/14216": "only metadata were published by others",
    "ssb/14746_ages": "only the age groups of agg_Funksjonell4 are recorded",
}

# Documents about the data, none of them an answer with figures or codes: glob -> kind.
DOCUMENTS = {
    "ssb/config.json": "metadata",
    "ssb/tables.json": "table",
    "ssb/*/table.json": "table",
    "ssb/*/metadata.json": "metadata",
    "ssb/codelists/*.json": "codelist",
    "ssb/errors/*.json": "error",
    "udir/*_filterVerdier.json": "metadata",
    "udir/Rapportside_*.json": "metadata",
    "nav/*_fields.csv": "metadata",
}

# Labels that we word otherwise on purpose: slips of the source, and nynorsk.
OUR_WORDING = {
    ("ssb/06683", "Adopsjonstype", "00"): "Intercontry",
    ("ssb/13615", "ContentsCode", "Petroleum"): "nynorsk",
    ("ssb/14882", "FullforingVGO", "003a"): "Still inn",
    ("ssb/14882", "Poeng", "01+02"): "point",
    ("ssb/14882", "Poeng", "03+04"): "point",
    ("ssb/14882", "Poeng", "05+06"): "point",
    ("ssb/14882", "Poeng", "07+08"): "point",
}


@cache
def entries() -> list[dict[str, Any]]:
    index = REAL / "index.json"
    found: list[dict[str, Any]] = json.loads(index.read_bytes()) if index.exists() else []
    return found


def claims(table: registry.SourceTable, body: str) -> bool:
    return any(fnmatch.fnmatchcase(body, glob) for glob in table.recorded)


def answers() -> list[tuple[str, str]]:
    return [
        (table.id, entry["body"])
        for table in registry.load().values()
        for entry in entries()
        if table.protocol != "none" and claims(table, entry["body"])
    ]


def test_every_glob_finds_an_answer_or_the_table_says_why_not() -> None:
    bodies = [e["body"] for e in entries()]
    # A table may also bring its own small answer, in tests/recorded/.
    for index in sorted(OWN_ANSWERS.glob("*/index.json")):
        bodies += [e["body"] for e in json.loads(index.read_bytes())]
    without = {
        table.id
        for table in registry.load().values()
        if not table.recorded or any(not fnmatch.filter(bodies, g) for g in table.recorded)
    }
    assert without == set(NOT_RECORDED)


def test_every_entry_is_claimed_once_or_is_a_document() -> None:
    for entry in entries():
        body = entry["body"]
        claimants = [t.id for t in registry.load().values() if claims(t, body)]
        kinds = [kind for glob, kind in DOCUMENTS.items() if fnmatch.fnmatchcase(body, glob)]
        assert len(claimants) + len(kinds) == 1, (body, claimants, kinds)


@pytest.mark.parametrize(("table_id", "body"), answers())
def test_answer_decodes_and_matches_its_yaml(table_id: str, body: str) -> None:
    table = registry.table(table_id)
    entry = next(e for e in entries() if e["body"] == body)
    read = registry.reader(table.protocol)
    cube = read((REAL / body).read_bytes(), table, AnswerContext(entry["url"] or "", body))
    validate.check(table, cube, vintage=entry["as_of"] or "unknown", where=str(REAL))
    assert validate.warn(table, cube) == []


def same(text: str) -> str:
    """A label without blanks (one recorded copy lost them) and with plain dashes."""
    return "".join(text.replace("–", "-").split()).casefold()


def test_labels_agree_with_the_source() -> None:
    """A code paired with another code's label would be a silent error."""
    different = set()
    for table_id, body in answers():
        table = registry.table(table_id)
        if table.protocol != "json-stat":
            continue
        url = next(e["url"] for e in entries() if e["body"] == body)
        language = "en" if "lang=en" in url else "nb"
        cube = registry.reader(table.protocol)(
            (REAL / body).read_bytes(), table, AnswerContext(url, body)
        )
        for name in cube.dimensions:
            dimension = table.dimensions[name]
            for code, label in cube.labels[name].items():
                ours = (dimension.codes or {}).get(dimension.aliases.get(code, code))
                if ours and same(ours.label[language]) != same(label):
                    different.add((table_id, name, code))
    assert different == set(OUR_WORDING)

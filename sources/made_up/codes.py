"""Code lists in the made-up folder: a part of STYRK-08, and Nav's groups of its occupations.

Codes, names and groups are real (SSB and Nav, CC BY 4.0); only the occupations that the made-up
surveys and counts use are there. No figure is in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sources.made_up.folder import LABEL, Answer
from sources.made_up.nav_history import OCCUPATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sources.made_up.scope import Scope

NOTE = (
    "OPPDIKTEDE TALL / MADE-UP FIGURES elsewhere in this folder; codes, names and groups are real"
)
LICENCE = "CC BY 4.0 (Statistisk sentralbyrå, Nav)"
# Besides those of the survey of 2017.
MORE = {
    "0210": "Befal med sersjant grad", "2222": "Jordmødre", "2341": "Grunnskolelærere",
    "2411": "Revisorer, regnskapsrådgivere", "3512": "Brukerstøtte, IKT", "5141": "Frisører",
    "5246": "Gatekjøkken- og kafémedarbeidere mv.", "5249": "Andre salgsmedarbeidere",
    "5329": "Andre pleiemedarbeidere", "6112": "Frukt- og bærprodusenter",
    "6221": "Havbruksarbeidere", "7131": "Malere og byggtapetserere",
    "7233": "Anleggsmaskin- og industrimekanikere", "7421": "Serviceelektronikere",
    "7512": "Bakere, konditorer mv.", "8160": "Operatører innen næringsmiddelproduksjon",
}  # fmt: skip
# The first digits of occupations -> Nav's coarse group; the longest that fits counts.
GROUPS = {
    "0": "Serviceyrker og annet arbeid", "12": "Ledere", "21": "Ingeniør- og ikt-fag",
    "22": "Helse, pleie og omsorg", "23": "Undervisning", "24": "Meglere og konsulenter",
    "25": "Ingeniør- og ikt-fag", "31": "Ingeniør- og ikt-fag", "325": "Helse, pleie og omsorg",
    "33": "Butikk- og salgsarbeid", "341": "Helse, pleie og omsorg",
    "342": "Serviceyrker og annet arbeid", "35": "Ingeniør- og ikt-fag", "4": "Kontorarbeid",
    "51": "Reiseliv og transport", "514": "Serviceyrker og annet arbeid",
    "52": "Butikk- og salgsarbeid", "531": "Barne- og ungdomsarbeid",
    "532": "Helse, pleie og omsorg", "6": "Jordbruk, skogbruk og fiske", "71": "Bygg og anlegg",
    "72": "Industriarbeid", "741": "Bygg og anlegg", "742": "Industriarbeid",
    "75": "Industriarbeid", "81": "Industriarbeid", "83": "Reiseliv og transport",
    "91": "Serviceyrker og annet arbeid", "93": "Industriarbeid",
}  # fmt: skip
MAJOR_GROUPS = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")


def answers(scope: Scope) -> list[Answer]:
    """Return both lists, as the recorded files have them."""
    occupations = sorted((OCCUPATIONS | MORE).items())
    # Only names of level 4 are matched with others, so the mark stands in those of level 1.
    tops = [(code, "1", "", f"Yrkesfelt {code} - {LABEL}") for code in MAJOR_GROUPS]
    styrk = [*tops, *((code, "4", code[:3], name) for code, name in occupations)]
    groups = [
        ("ISCO-08", code, f"{name} - {LABEL}", group(code), group(code), "2017")
        for code, name in occupations
    ]
    head = (
        "isco_versjon", "yrkeskode", "yrke", "nav_yrke_grovgruppe", "nav_yrke_fingruppe",
        "siste_aar",
    )  # fmt: skip
    return [
        _answer("styrk08", ("code", "level", "parentCode", "name"), styrk, scope),
        _answer("nav_yrkesgruppe_per_styrk", head, groups, scope),
    ]


def group(occupation: str) -> str:
    """Nav's coarse group of a STYRK-08 code."""
    return next(GROUPS[occupation[:n]] for n in (3, 2, 1) if occupation[:n] in GROUPS)


def _answer(name: str, head: Sequence[str], rows: Iterable[Sequence[str]], scope: Scope) -> Answer:
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    return Answer(
        source="codes",
        what=f"code list {name} (codes are real, a part of the list)",
        body=f"codes/{name}.csv",
        content=text.getvalue().encode(),
        as_of=scope.published("01-01"),
        content_type="text/csv; charset=utf-8",
        note=NOTE,
        licence=LICENCE,
    )

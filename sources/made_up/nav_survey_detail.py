"""Made-up tables of the employer survey by occupation (V2) and by education asked for (V3).

Labels of occupations and of education are real and stand without codes, as NAV has them; which
of them NAV lists in a year is made up as every figure is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sources.made_up.workbook import titled

if TYPE_CHECKING:
    from sources.made_up.workbook import Sheet

LABELS = (
    "Sykepleiere og jordmødre", "Helsefagarbeidere", "Andre helseyrker", "Spesialsykepleiere",
    "Legespesialister", "Grunnskolelærere", "Førskolelærere", "Tømrere og snekkere",
    "Elektrikere", "Rørleggere og VVS-montører", "Anleggsmaskin- og industrimekanikere",
    "Sveisere", "Kokker", "Servitører", "Butikkmedarbeidere", "Andre salgsmedarbeidere",
    "Lastebil- og trailersjåfører", "Renholdere i bedrifter", "Frisører", "Systemanalytikere",
    "Revisorer, regnskapsrådgivere", "Andre administrative ledere",
    "Gatekjøkken- og kafémedarbeidere mv.", "Andre pleiemedarbeidere",
)  # fmt: skip
FIELDS = {
    "Grunnskole / Ingen krav til utdanning": (),
    "Videregående, studieforberedende": (),
    "Videregående, fag- og yrkesopplæring": (
        "Elektrofag", "Mekaniske fag og maskinfag", "Bygg- og anleggsfag", "Pleie- og omsorgsfag",
        "Primærnæringsfag", "Samferdsels- og sikkerhetsfag og andre servicefag", "Andre fag",
    ),
    "Høyere yrkesfaglig utdanning (fagskole)": (
        "Informasjons- og datateknologi", "Andre naturvitenskapelige og tekniske fag",
        "Pleie- og omsorgsfag", "Andre helse-, sosial- og idrettsfag",
    ),
    "Universitets- og høyskoleutdanning, lavere nivå (bachelor)": (
        "Lærerutdanninger og utdanninger i pedagogikk", "Ingeniørfag", "Pleie- og omsorgsfag",
    ),
    "Universitets- og høyskoleutdanning, høyere nivå (master)": ("Juridiske fag", "Medisin"),
    "Forskerutdanning (Ph.D)": ("Medisin",),
}  # fmt: skip


def occupation(sheet: Sheet, *, random: np.random.Generator, year: int) -> None:
    """Write shortage, bounds and tightness by occupation; one name ends with an apostrophe."""
    rows: list[list[str | int | float]] = [
        [f"{label}'" if label == LABELS[1] else label, *_bounded(random), _tightness(random)]
        for label in LABELS
    ]
    rows.append(["I alt", *_bounded(random), _tightness(random)])
    head = (
        "95% konf.int.", "Estimert mangel på arbeidskraft", "Nedre grense", "Øvre grense",
        "Stramhetsindikator",
    )  # fmt: skip
    titled(sheet, title=f"Tabell V2. Mangel etter yrke. {year}", head=head, rows=rows)


def education(sheet: Sheet, *, random: np.random.Generator, year: int) -> None:
    """Write shortage and bounds by field; the level stands on the first row of its block only."""
    rows: list[list[str | int | float]] = []
    for level, fields in FIELDS.items():
        for number, field in enumerate(fields or ("",)):
            rows.append([level if number == 0 else "", field, *_bounded(random)])
    rows.append(["I alt", "", *_bounded(random)])
    head = ("Utdanningsnivå", "", "Mangel på arbeidskraft", "Nedre grense", "Øvre grense")
    titled(sheet, title=f"Tabell V3. Mangel etter utdanning. {year}", head=head, rows=rows)


def _bounded(random: np.random.Generator) -> tuple[int, int, int]:
    shortage = int(random.integers(4, 120)) * 25
    margin = int(np.ceil(1.6 * np.sqrt(shortage * 12) / 25)) * 25
    return shortage, max(shortage - margin, 0), shortage + margin


def _tightness(random: np.random.Generator) -> float:
    return round(float(random.uniform(0.3, 6)), 1)

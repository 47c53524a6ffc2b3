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
    "Lastebil- og trailersjåfører", "Renholdere i bedrifter", "Frisører",
    "Systemanalytikere/-arkitekter", "Revisorer, regnskapsrådgivere", "Andre administrative ledere",
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

# Share of the whole shortage that lies in the occupations listed.
LISTED = 0.8

# Shortage, lower, upper and tightness of the whole country.
Total = tuple[int, int, int, float]


def occupation(sheet: Sheet, *, random: np.random.Generator, year: int, total: Total) -> None:
    """Write shortage, bounds and tightness by occupation; one name ends with an apostrophe."""
    shortages = _parts(random, LISTED * total[0], len(LABELS))
    rows: list[list[str | int | float]] = [
        [f"{label}'" if label == LABELS[1] else label, *_bounded(shortage), _tightness(random)]
        for label, shortage in zip(LABELS, shortages, strict=True)
    ]
    # Occupations that are not listed are in the total too.
    rows.append(["I alt", *total])
    head = (
        "95% konf.int.", "Estimert mangel på arbeidskraft", "Nedre grense", "Øvre grense",
        "Stramhetsindikator",
    )  # fmt: skip
    titled(sheet, title=f"Tabell V2. Mangel etter yrke. {year}", head=head, rows=rows)


def education(sheet: Sheet, *, random: np.random.Generator, year: int, total: Total) -> None:
    """Write shortage and bounds by field; the level stands on the first row of its block only."""
    names = [
        (level if number == 0 else "", field)
        for level, fields in FIELDS.items()
        for number, field in enumerate(fields or ("",))
    ]
    shortages = _parts(random, total[0], len(names))
    rows: list[list[str | int | float]] = [
        [*name, *_bounded(shortage)] for name, shortage in zip(names, shortages, strict=True)
    ]
    rows.append(["I alt", "", *total[:3]])
    head = ("Utdanningsnivå", "", "Mangel på arbeidskraft", "Nedre grense", "Øvre grense")
    titled(sheet, title=f"Tabell V3. Mangel etter utdanning. {year}", head=head, rows=rows)


def _parts(random: np.random.Generator, total: float, count: int) -> list[int]:
    """Parts of a total, each rounded to the nearest 25 and never nothing."""
    shares = random.dirichlet(np.full(count, 2))
    return [max(round(total * share / 25), 1) * 25 for share in shares.tolist()]


def _bounded(shortage: int) -> tuple[int, int, int]:
    margin = int(np.ceil(1.6 * np.sqrt(shortage * 12) / 25)) * 25
    return shortage, max(shortage - margin, 0), shortage + margin


def _tightness(random: np.random.Generator) -> float:
    return round(float(random.uniform(0.3, 6)), 1)

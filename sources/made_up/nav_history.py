"""Made-up files of NAV's earlier employer surveys: occupations by county 2017, and tightness.

Codes and names of occupations are STYRK-08 (SSB); every figure is made up. The yearly workbooks
are in nav_survey.py.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sources.made_up.folder import LABEL, NOTE, Answer
from sources.made_up.nav_survey import PAGE
from sources.made_up.workbook import XLSX, workbook

if TYPE_CHECKING:
    from sources.made_up.scope import Scope
    from sources.made_up.workbook import Sheet

SURVEY_2017, TIGHTNESS_UNTIL = 2017, 2023
COLUMNS = (
    "ostfold", "akershus", "oslo", "hedmark", "oppland", "buskerud", "vestfold", "telemark",
    "aust_agder", "vest_agder", "rogaland", "hordaland", "sogn_fjordane", "more_og_romsdal",
    "trondelag", "nordland", "troms", "finnmark",
)  # fmt: skip
OCCUPATIONS = {
    "2223": "Sykepleiere", "7115": "Tømrere og snekkere", "3259": "Andre helseyrker",
    "2512": "Programvareutviklere", "5321": "Helsefagarbeidere", "2221": "Spesialsykepleiere",
    "5223": "Butikkmedarbeidere", "5120": "Kokker", "2342": "Førskolelærere",
    "2330": "Lektorer mv. (videregående skole)", "7411": "Elektrikere", "7231": "Bilmekanikere",
    "5311": "Barnehage- og skolefritidsassistenter mv.", "7212": "Sveisere",
    "8332": "Lastebil- og trailersjåfører", "8331": "Bussjåfører og trikkeførere",
    "9112": "Renholdere i virksomheter", "5131": "Servitører", "2142":
    "Sivilingeniører (bygg og anlegg)", "3112": "Bygningsingeniører", "3115": "Maskiningeniører",
    "2511": "Systemanalytikere/-arkitekter", "2211": "Allmennpraktiserende leger",
    "2212": "Legespesialister", "2264": "Fysioterapeuter", "3258": "Ambulansepersonell",
    "1219": "Andre administrative ledere", "3322": "Selgere (engros)",
    "4110": "Kontormedarbeidere", "7126": "Rørleggere og VVS-montører", "7112": "Murere",
    "7223": "Metalldreiere mv.", "6113": "Gartnere", "9311": "Hjelpearbeidere i bergverk",
    "2320": "Yrkesfaglærere", "5322": "Hjemmehjelper", "3422": "Trenere og idrettsdommere",
    "2519": "Andre programvare- og applikasjonsutviklere", "4321":
    "Lagermedarbeidere og material-forvaltere", "3412": "Miljøarbeidere innen sosiale fagfelt",
}  # fmt: skip


def answers(scope: Scope) -> list[Answer]:
    """Return both files, as far as the years asked for reach them."""
    result = []
    if scope.first_year <= SURVEY_2017 <= scope.last_year:
        result.append(occupations(scope))
    if scope.last_year >= TIGHTNESS_UNTIL and scope.first_year <= SURVEY_2017:
        result.append(tightness(scope))
    return result


def occupations(scope: Scope) -> Answer:
    """Shortage by occupation and county 2017: `;`, BOM, rounded to 25, blank in thousands."""
    random = scope.model.random("survey 2017")
    size = np.exp(0.9 * random.standard_normal((len(OCCUPATIONS), 1)))
    lacking = np.rint(1.6 * size * random.gamma(0.8, 1.5, (len(OCCUPATIONS), len(COLUMNS)))) * 25
    lines = [";".join(("aar", "yrkekode", "yrke", *COLUMNS, "norge"))]
    for (code, name), row in zip(OCCUPATIONS.items(), lacking.astype(int).tolist(), strict=True):
        figures = [f"{n:,}".replace(",", " ") for n in (*row, sum(row))]
        lines.append(";".join(("2017", code, f"{name} - {LABEL}", *figures)))
    return Answer(
        source="nav",
        what="Bedriftsundersøkelsen 2017: occupations by county",
        body="nav/bedriftsundersokelse_2017_mangel_yrke_fylke.csv",
        content=("\n".join(lines) + "\n").encode("utf-8-sig"),
        as_of="2017",
        content_type="text/csv; charset=utf-8",
        page=PAGE,
    )


def tightness(scope: Scope) -> Answer:
    """Tightness of Vestfold, Telemark and the country 2015-2023, on two sheets that overlap."""
    random = scope.model.random("tightness")
    years = list(range(2015, TIGHTNESS_UNTIL + 1))
    parts = np.round(random.uniform(0.6, 2.6, (len(years), 4)), 1).tolist()
    rows: list[list[int | float | None]] = [
        # The two counties stood apart to 2018, together after.
        [year, *(v[:2] if year < 2019 else [None, None]), v[2] if year >= 2019 else None, v[3]]  # noqa: PLR2004
        for year, v in zip(years, parts, strict=True)
    ]
    content = workbook(
        {
            "Stramhetsindikator": partial(_tightness, rows=rows[:7], left=1),
            "viz - stramhetsindikator": partial(_tightness, rows=rows, left=0),
        }
    )
    return Answer(
        source="nav",
        what="tightness indicators of Vestfold, Telemark and Norway",
        body="nav/stramhetsindikatorer_VT_Norge_2015-2023.xlsx",
        content=content,
        as_of="2023",
        content_type=XLSX,
        page=PAGE,
    )


def _tightness(sheet: Sheet, *, rows: list[list[int | float | None]], left: int) -> None:
    sheet.write_row(left, left + 1, ("Vestfold", "Telemark", "Vestfold og Telemark", "Norge"))
    for place, row in enumerate(rows, left + 1):
        for column, cell in enumerate(row, left):
            if cell is not None:
                sheet.write(place, column, cell)
    sheet.write(left + 20, 0, NOTE)

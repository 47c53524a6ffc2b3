"""The reports that the local Udir has, and how the made-up answers of each are laid out.

Names and codes are those of the facts; what is answered on their ground is in udir.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PROGRAMMES = {
    "SFB": {
        "ID": "Idrettsfag", "KD": "Kunst, design og arkitektur", "ME": "Medier og kommunikasjon",
        "MD": "Musikk, dans og drama", "PB": "Påbygging til generell studiekompetanse",
        "ST": "Studiespesialisering",
    },
    "YRK": {
        "BA": "Bygg- og anleggsteknikk", "DH": "Design og håndverk",
        "EL": "Elektro og datateknologi",
        "FD": "Frisør, blomster, interiør og eksponeringsdesign", "HS": "Helse- og oppvekstfag",
        "DT": "Håndverk, design og produktutvikling",
        "IM": "Informasjonsteknologi og medieproduksjon",
        "MK": "Medier og kommunikasjon (gammel ordning)", "NA": "Naturbruk",
        "RM": "Restaurant- og matfag", "SR": "Salg, service og reiseliv",
        "SS": "Service og samferdsel", "TP": "Teknologi- og industrifag",
    },
}  # fmt: skip
TYPES = {"SFB": "Studieforberedende", "YRK": "Yrkesfaglig"}
STAGES = {"Vg1": ("1", "Videregående trinn 1"), "Vg2": ("2", "Videregående trinn 2"),
          "Vg3": ("3", "Videregående trinn 3")}  # fmt: skip
SEXES = {"Alle kjønn": "A", "Gutt": "G", "Jente": "J"}
HIDE = ("Skjul", "Skjul")


@dataclass(frozen=True)
class Report:
    """One report: its page, and how the made-up answers below `folder` are laid out.

    header: filter of each header level, None for one that no filter chooses.
    flags:  filter -> (kode of "show", column that it shows). more: filters that leave no trace.
    """

    title: str
    endpoint: str
    version: str
    folder: str
    rows: str
    header: tuple[str | None, ...]
    asked: tuple[str, ...] = ()
    flags: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    more: tuple[str, ...] = ()
    row_path: str = "*.*"


REPORTS = {
    "VGO_Gjennomfoering_Fylk": Report(
        "Gjennomføring", "VGO/GjennomfoeringV", "1/1", "completion_programme", "EnhetID",
        ("TidID", None, "ProgramomraadeID", "KjoennID", None, None, None), ("IndikatorID",),
        {"VisProsent": ("Prosent", "Prosent"), "VisTeller": ("Vis", "Teller"),
         "VisNevner": ("Vis", "Nevner")}, ("EierformID",),
    ),
    "VGO_Elev_UtdprogTrinn": Report(
        "Elever", "VGO/ElevV", "4/2", "pupils_programme_level", "ProgramomraadeID",
        ("TidID", "TrinnID", None, "KjoennID", None), ("EnhetID",), {},
        ("EierformID", "AldersgruppeID"), "*.*.*",
    ),
    "VGO_Soeker_FylkUtdprogAar": Report(
        "Søkere", "VGO/SoekerV", "1/1", "applicants_programme", "FylkeID",
        ("TidID", "TrinnID", "KjoennID", "ProgramomraadeID", None),
    ),
    "FOY_SL_Fylker": Report(
        "Søkere til læreplass", "FOY/SL", "1/1", "apprenticeship_placement", "Avgiver_FylkeID",
        ("TidID", "TidID", "KjoennID", "ProgramomraadeID", None), ("KontraktsTypeID",),
        {"VisAntallSoekere": ("Vis", "-"), "VisAntallKontrakter": ("Vis", "-")},
        ("UngdomsrettID", "SektorTypeGruppeID"),
    ),
    "FOY_LK_FylkUtdprogAar": Report(
        "Løpende lærekontrakter", "FOY/LK", "1/1", "apprentice_contracts", "Avgiver_FylkeID",
        ("TidID", "AldersgruppeID", "KjoennID", "ProgramomraadeID", None), ("KontraktsTypeID",),
        {}, ("VelgMaaltall", "RettstypeID", "SektorTypeGruppeID"), "*.*.*",
    ),
    "FOY_Gjennomfoering_Fylk": Report(
        "Fag- og svennebrev", "FOY/Gjennomfoering", "1/1", "trade_certificates", "FylkeID",
        ("Aarskull_KalenderAarID", "ProgramomraadeID", None), ("AarEtterID", "KontraktsTypeID"),
        {"VisAntallGjennomfoeringsstatus": ("Vis", "-"), "VisAntallPersoner": ("Vis", "-")},
        ("UngdomsrettID",),
    ),
    "VGO_slutta": Report(
        "Elever som slutter", "VGO/SluttaV", "1/1", "leavers_county", "EnhetID",
        ("TidID", "TrinnID", "ProgramomraadeID", "KjoennID", None), (),
        {"VisAntallPersoner": ("Vis", "Antall elever"),
         "VisAntallPersonerSlutta": ("Vis", "Antall sluttet")}, ("EierformID",),
    ),
}  # fmt: skip

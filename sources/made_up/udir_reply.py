"""The shape of a made-up reply of Udir's report API: header levels, rows, figures as texts.

Figures are texts, as Udir writes them: "81,8", "4 126", "*" for few people, "" where there is
nothing. What is in a reply is said in udir.py and udir_reports.py.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import orjson

from sources.made_up.folder import LABEL, NOTE, Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sources.made_up.scope import Scope

BASE = "https://statistikkportalen.udir.no/api/rapportering/rest/v1/Statistikk"
FEW = 10
NAMES = {
    "_T": "Alle utdanningsprogram", "SFB": "Studieforberedende", "YRK": "Yrkesfaglig",
    "ID": "Idrettsfag", "KD": "Kunst, design og arkitektur", "ME": "Medier og kommunikasjon",
    "MD": "Musikk, dans og drama", "PB": "Påbygging til generell studiekompetanse",
    "ST": "Studiespesialisering", "BA": "Bygg- og anleggsteknikk", "DH": "Design og håndverk",
    "EL": "Elektro og datateknologi", "FD": "Frisør, blomster, interiør og eksponeringsdesign",
    "HS": "Helse- og oppvekstfag", "DT": "Håndverk, design og produktutvikling",
    "IM": "Informasjonsteknologi og medieproduksjon",
    "MK": "Medier og kommunikasjon (gammel ordning)", "NA": "Naturbruk",
    "RM": "Restaurant- og matfag", "SR": "Salg, service og reiseliv",
    "SS": "Service og samferdsel", "TP": "Teknologi- og industrifag",
}  # fmt: skip


def row(name: str, code: str, place: str, data: list[str]) -> dict[str, Any]:
    """One row: place is its id, a path of internal numbers."""
    return {"navn": name, "kode": code, "id": place, "data": data}


def reply(
    hierarchy: Sequence[str], headers: Sequence[Sequence[str]], rows: list[dict[str, Any]]
) -> dict[str, Any]:
    """A whole reply. headers: per column its name at each level, outermost first."""
    columns = []
    for depth in range(len(headers[0])):
        # A name counts for the columns below it, but never across two names of the level above.
        runs = groupby(headers, key=lambda parts: parts[: depth + 1])
        columns.append([{"name": k[-1], "columnCount": len(list(run))} for k, run in runs])
    metadata = {"rowHierarchy": list(hierarchy), "columns": columns}
    return {"metadata": metadata, "rows": rows, "tekst": f"{LABEL}. {NOTE}"}


def answer(what: str, name: str, document: dict[str, Any], url: str, scope: Scope) -> Answer:
    """The reply as an answer to keep: `name` is its file below udir/, `url` what was asked."""
    return Answer(
        source="udir",
        what=what,
        body=f"udir/{name}.json",
        content=orjson.dumps(document),
        as_of=scope.published("09-11"),
        url=url,
    )


def decimal(value: float) -> str:
    """A figure with one decimal."""
    return f"{value:.1f}".replace(".", ",")


def whole(number: int) -> str:
    """A count of persons, hidden if there are few; thousands are set off with a blank."""
    return "*" if number < FEW else f"{number:,}".replace(",", " ")


def share(part: int, base: int) -> str:
    """Part of base in per cent, hidden if the base is few persons."""
    return "*" if base < FEW else decimal(100 * part / base)

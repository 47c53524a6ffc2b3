"""Made-up answers of utdanning.no: programme areas with NUS codes, people by occupation.

Codes of programme areas, of NUS and of STYRK-08 are real; every figure is made up, and so are
the names. Figures follow the employed people of work.py, for the whole country.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from sources.made_up.folder import LABEL, Answer
from sources.made_up.geography import FIRST
from sources.made_up.model import split

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sources.made_up.scope import Scope

    Floats = NDArray[np.float64]

COUNTS = "https://v3.api.utdanning.no/sammenligning/arbeidsmarked"
AREAS = "https://api.utdanning.no/nav_export/programomraader"
# Vocational programmes at level 1, and the groups of education they lead to.
PROGRAMMES = {
    "BABAT1----": "3571", "ELELE1----": "3551", "FDFBI1----": "3165", "HSHSF1----": "3699",
    "DTDTH1----": "3169", "IMIKM1----": "3541", "NANAB1----": "3799", "RMRMF1----": "3581",
    "SRSSR1----": "3429", "TPTIP1----": "3559",
}  # fmt: skip
# Crafts below them; the last is not offered any more.
CRAFTS = {"DTSME3----": ("455238", True), "TPKJP3----": ("452201", False)}
OCCUPATIONS = (
    "0210", "2223", "3112", "3115", "3512", "4321", "5120", "5131", "5141", "5223", "5249", "5311",
    "5321", "5329", "6112", "7112", "7115", "7126", "7212", "7231", "7233", "7411", "7421", "8160",
    "8332", "9112",
)  # fmt: skip
# Occupations that most of those with an education work in; the others are met by chance.
USUAL = {
    "3571": ("7112", "7115", "7126"), "3551": ("7411", "7421"), "3165": ("5141",),
    "3699": ("5311", "5321", "5329"), "3169": ("7115",), "3541": ("3512", "5249"),
    "3799": ("6112",), "3581": ("5120", "5131"), "3429": ("5223", "5249", "4321"),
    "3559": ("7212", "7231", "7233", "8160", "8332"), "455238": ("7212",),
}  # fmt: skip
USUALLY = 40
# Not working, in education, unemployed, self-employed, and two of unconfirmed meaning.
PSEUDO = ("9996", "9997", "9998", "9999", "9994", "0000")
PARTS = {"antall_40": 0.52, "antall_13": 0.11, "antall_710": 0.24, "antall_privat": 0.7}
SHARE = 0.22


def answers(scope: Scope) -> list[Answer]:
    """Return the programme areas, and one answer per NUS code of those that are offered."""
    codes = [*PROGRAMMES.values(), *(nus for nus, active in CRAFTS.values() if active)]
    people = int(scope.work.employed.sum(axis=0)[scope.last_year - 1 - FIRST] * SHARE)
    random = scope.model.random("utdanning")
    shares = random.lognormal(0.0, 0.6, len(codes))
    sizes = split(np.array(people), shares / shares.sum(), np.array(0.5)).tolist()
    return [_areas(scope), *(_counts(scope, nus, n) for nus, n in zip(codes, sizes, strict=True))]


def _areas(scope: Scope) -> Answer:
    random = scope.model.random("utdanning areas")
    offered = {code: (nus, True) for code, nus in PROGRAMMES.items()} | CRAFTS
    document = [
        {
            "programomradekode10": code,
            "programomrade_tittel": f"Oppdiktet programområde {code[:6]}",
            "utdanningsbeskrivelse_uno_id": f"u_oppdiktet_{int(random.integers(1_000_000))}",
            "utdanningsprogram_type": "Yrkesfaglig utdanningsprogram",
            "sluttkompetanse": "Fagbrev" if code in CRAFTS else None,
            "aktiv": active,
            "calculated_status": "GYLDIG" if active else "UTGAATT",
            "canonical_path": [code],
            "nus": [{"nus_kode": nus, "nus_navn_nb": f"Oppdiktet utdanning {nus}"}],
            "merknad": LABEL,
        }
        for code, (nus, active) in offered.items()
    ]
    # An area without any code of education, as there are for general studies.
    document.append(document[0] | {"programomradekode10": "STUSP1----", "nus": []})
    return _answer("programme areas", "programme_areas/areas", document, AREAS, scope)


def _counts(scope: Scope, nus: str, people: int) -> Answer:
    random = scope.model.random(f"utdanning {nus}")
    codes = [*OCCUPATIONS, *PSEUDO]
    weights = random.lognormal(0.0, 0.8, len(codes))
    weights *= np.array([USUALLY if code in USUAL[nus] else 1 for code in codes])
    counts = split(np.array(people), weights / weights.sum(), np.array(0.5)).tolist()
    women = random.beta(2, 3, len(codes))
    rows = zip(codes, counts, women.tolist(), strict=True)
    docs = [
        {
            "id": f"{nus}_{code}",
            "nus": [nus],
            "nus_navn": [f"Oppdiktet utdanning {nus}"],
            "styrk08": [code],
            "styrk08_navn": f"Oppdiktet yrke {code}",
            "kildedato": f"{scope.last_year - 1}-11-15T00:00:00Z",
            **_figures(count, share),
        }
        for code, count, share in rows
        if count
    ]
    document = {"response": {"numFound": len(docs), "start": 0, "docs": docs}, "merknad": LABEL}
    url = f"{COUNTS}?nus={nus}&retning=nus2styrk08&vis_alt=true"
    what = f"occupations of people with education {nus}"
    return _answer(what, f"education_occupation/{nus}", document, url, scope)


def _figures(count: int, women: float) -> dict[str, int]:
    of_women = round(count * women)
    parts = {name: int(count * share) for name, share in PARTS.items()}
    public = count - parts["antall_privat"]
    sexes = {"antall_kvinner": of_women, "antall_menn": count - of_women}
    return {"antall_personer": count, **sexes, **parts, "antall_offentlig": public}


def _answer(what: str, name: str, document: Any, url: str, scope: Scope) -> Answer:
    return Answer(
        source="utdanning",
        what=what,
        body=f"utdanning/{name}.json",
        content=orjson.dumps(document),
        as_of=scope.published("10-01"),
        url=url,
    )

"""Made-up answers of Udir's report API: completion by county, and pupils at vg3 in Trøndelag.

Figures are texts, as Udir writes them: "81,8", "4 126", "*" for few pupils, "" where the county
did not exist. Completion comes from school.py, people from model.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from sources.made_up.folder import LABEL, NOTE, Answer
from sources.made_up.geography import FIRST, LAST, Regions
from sources.made_up.jsonstat import per_cent
from sources.made_up.school import School

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sources.made_up.scope import Scope

BASE = "https://statistikkportalen.udir.no/api/rapportering/rest/v1/Statistikk"
TROENDELAG = "50"
FIRST_SCHOOL_YEAR = 2012
# Trøndelag has figures, after a break, from this school year.
FIRST_FIGURE = 2017
FEW = 10


def answers(scope: Scope) -> list[Answer]:
    """Return completion by county, and vg3 pupils if Trøndelag is asked for.

    The internal id of other counties in the pupil report is not known, so they have no file.
    """
    school = School(scope)
    result = [completion(scope, school)] if school.cohorts else []
    if scope.counties is None or TROENDELAG in scope.counties:
        result.append(pupils(scope))
    return result


def completion(scope: Scope, school: School) -> Answer:
    """Share that completed within two years after normal time, by county of the cohort."""
    outcomes = school.completion.sum(axis=(2, 3))
    done, everyone = outcomes[..., :2].sum(axis=-1), outcomes.sum(axis=-1)
    share = per_cent(done, everyone)
    country = per_cent(done.sum(axis=0), everyone.sum(axis=0))
    rows = [_row("Hele landet", "I", "1", [_decimal(value) for value in country])]
    for i, code in enumerate(school.counties.codes):
        data = [_decimal(v) if n else "" for v, n in zip(share[i], everyone[i], strict=True)]
        rows.append(_row(_named(school.label(code)), code, f"1.{i + 1}", data))
    levels = [
        [str(cohort) for cohort in school.cohorts],
        *[[name] * len(school.cohorts) for name in COMPLETION_LEVELS],
    ]
    tid = "_".join(f"{cohort}06" for cohort in reversed(school.cohorts))
    url = (
        f"{BASE}/VGO/GjennomfoeringV/1/1/data?radSti=*.*&filter=TidID({tid})_IndikatorID(-174)"
        "_ProgramomraadeID(-10)_KjoennID(-10)_VisProsent(1)&inkluderKoder=true"
    )
    document = _document(["Nasjonalt", "Fylke"], levels, rows)
    return _answer("completion by county", "GjennomfoeringV-1-1_data", document, url, scope)


COMPLETION_LEVELS = (
    "Alle utdanningsprogram",
    "Alle utdanningsprogram",
    "Alle kjønn",
    "Fullført",
    "Fullført",
    "Prosent",
)


def _named(label: str) -> str:
    """SSB's "Telemark (-2019)" as Udir writes it: "Telemark ( - 2019)"."""
    return label.replace("(-", "( - ")


def pupils(scope: Scope) -> Answer:
    """Pupils at vg3 in Trøndelag by type of education and school year; "" before 2017-18."""
    starts = list(range(FIRST_SCHOOL_YEAR, scope.last_year))
    known = [year for year in starts if year >= max(FIRST_FIGURE, scope.first_year)]
    general, vocational = _vg3(scope, known)
    rows = []
    for name, code, suffix, figures in (
        ("Alle utdanningsprogram", "Alle", "", general + vocational),
        ("Studieforberedende", "SFB", ".3", general),
        ("Yrkesfaglig", "YRK", ".5", vocational),
    ):
        data = [""] * (len(starts) - len(known)) + [_whole(n) for n in figures.tolist()]
        rows.append(_row(name, code, f"-10{suffix}", data))
    names = [f"{year}-{(year + 1) % 100:02}" for year in starts]
    constant = ("Vg3", "Alle eierformer", "Alle kjønn", "Antall elever")
    levels = [names, *[[name] * len(names) for name in constant]]
    document = _document(["Alle", "Utdanningstype"], levels, rows)
    # Udir marks the break in the series in the header, not in the figures.
    for column in document["metadata"]["columns"][0]:
        if column["name"].startswith(str(FIRST_FIGURE)):
            column["erbrudd"] = 1
    url = (
        f"{BASE}/VGO/ElevV/4/2/data?radSti=*.*.*&filter=EnhetID(-36)_TrinnID(-12)_TidID(-10)"
        "&inkluderKoder=true"
    )
    what = "pupils at vg3 in Trøndelag"
    return _answer(what, "ElevV-4-2_data_vg3_Trondelag", document, url, scope)


def _vg3(scope: Scope, years: Sequence[int]) -> tuple[Any, Any]:
    """General and vocational pupils at vg3: about the people of 18 years, few vocational."""
    # Before 2018 the county is its two parts, so its areas of today are added up.
    county = Regions(scope.model.geography, [TROENDELAG], LAST).member(LAST)
    young = scope.model.aged(18, 18).sum(axis=-1)[:, [year - FIRST for year in years]]
    people = np.rint(county @ young).astype(np.int64)[0]
    general, vocational = np.floor(people * 0.71), np.floor(people * 0.041)
    return general.astype(np.int64), vocational.astype(np.int64)


def _row(name: str, code: str, place: str, data: list[str]) -> dict[str, Any]:
    return {"navn": name, "kode": code, "id": place, "data": data}


def _document(
    hierarchy: list[str], levels: Sequence[Sequence[str]], rows: list[dict[str, Any]]
) -> dict[str, Any]:
    columns = [[{"name": name, "columnCount": 1} for name in level] for level in levels]
    metadata = {"rowHierarchy": hierarchy, "columns": columns}
    return {"metadata": metadata, "rows": rows, "tekst": f"{LABEL}. {NOTE}"}


def _answer(what: str, name: str, document: dict[str, Any], url: str, scope: Scope) -> Answer:
    return Answer(
        source="udir",
        what=what,
        body=f"udir/{name}.json",
        content=orjson.dumps(document),
        as_of=scope.published("09-11"),
        url=url,
    )


def _decimal(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def _whole(number: int) -> str:
    # Thousands are set off with a blank.
    return "*" if number < FEW else f"{number:,}".replace(",", " ")

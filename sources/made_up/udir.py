"""Made-up answers of Udir's report API: completion by county of the time, pupils by county.

Completion and pupils come from school.py, the shape of a reply from udir_reply.py, the reports
on applicants, apprentices and leavers from udir_reports.py.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from sources.made_up import udir_reports
from sources.made_up.geography import COUNTIES, FIRST
from sources.made_up.jsonstat import per_cent
from sources.made_up.school import GENERAL, PROGRAMMES, STAGES, VOCATIONAL, School
from sources.made_up.udir_reply import BASE, FEW, NAMES, answer, decimal, reply, row, share, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sources.made_up.folder import Answer
    from sources.made_up.scope import Scope

TROENDELAG = "50"
FIRST_SCHOOL_YEAR = 2012
# Trøndelag has figures, after a break, from this school year.
FIRST_FIGURE = 2017
SUMS = {"_T": PROGRAMMES, "SFB": GENERAL, "YRK": VOCATIONAL}
# Programmes that Udir's completion table has: those of cohorts before the reform.
COMPLETED = ("ID", "KD", "ME", "MD", "ST", "BA", "DH", "EL", "HS", "MK", "NA", "RM", "SS", "TP")
SEXES = {"Alle kjønn": (0, 1), "Jente": (0,), "Gutt": (1,)}
# Outcomes of school.py that make each indicator, and how the header may call it.
INDICATORS = {
    "25.201": ((0, 1), "Fullført"),
    "25.201a": ((0,), "Fullført på normert tid"),
    "25.201b": ((1,), "Fullført på mer enn normert tid"),
    "25.25": ((2,), "Planlagt grunnkompetanse"),
    "25.22": ((3,), "I opplæring"),
    "25.23": ((4,), "Gjennomført, ikke bestått"),
    "25.24": ((5,), "Sluttet underveis"),
}
MEASURES = ("Prosent", "Teller", "Nevner")


def answers(scope: Scope) -> list[Answer]:
    """Return completion, pupils, and the reports of udir_reports.py; always all counties."""
    school = School(scope)
    result = []
    if school.cohorts:
        result.append(completion(scope, school))
        result += completion_by_programme(scope, school)
    return [*result, *pupils(scope, school), *udir_reports.answers(scope, school)]


def completion(scope: Scope, school: School) -> Answer:
    """Share that completed within two years after normal time, by county of the cohort."""
    outcomes = school.completion.sum(axis=(2, 3))
    done, everyone = outcomes[..., :2].sum(axis=-1), outcomes.sum(axis=-1)
    shares = per_cent(done, everyone)
    country = per_cent(done.sum(axis=0), everyone.sum(axis=0))
    rows = [row("Hele landet", "I", "1", [decimal(value) for value in country])]
    for i, code in enumerate(school.counties.codes):
        data = [decimal(v) if n else "" for v, n in zip(shares[i], everyone[i], strict=True)]
        rows.append(row(_named(school.label(code)), code, f"1.{i + 1}", data))
    headers = [(str(cohort), *COMPLETION_LEVELS) for cohort in school.cohorts]
    tid = "_".join(f"{cohort}06" for cohort in reversed(school.cohorts))
    url = (
        f"{BASE}/VGO/GjennomfoeringV/1/1/data?radSti=*.*&filter=TidID({tid})_IndikatorID(-174)"
        "_ProgramomraadeID(-10)_KjoennID(-10)_VisProsent(1)&inkluderKoder=true"
    )
    document = reply(["Nasjonalt", "Fylke"], headers, rows)
    return answer("completion by county", "GjennomfoeringV-1-1_data", document, url, scope)


COMPLETION_LEVELS = (
    "Alle utdanningsprogram",
    "Alle utdanningsprogram",
    "Alle kjønn",
    "Fullført",
    "Fullført",
    "Prosent",
)


def completion_by_programme(scope: Scope, school: School) -> Iterator[Answer]:
    """One answer per outcome: per cent, numerator and denominator by programme and sex."""
    codes = school.counties.codes
    programmes = ["_T", "SFB", *COMPLETED[:5], "YRK", *COMPLETED[5:]]
    # counties and last the country x cohorts x sexes x outcomes x programmes
    people = np.concatenate([school.outcomes, school.outcomes.sum(axis=0, keepdims=True)])
    people = np.stack([_sum(people, code) for code in programmes], axis=-1)
    people = np.stack([people[:, :, list(sex)].sum(axis=2) for sex in SEXES.values()], axis=2)
    everyone = people.sum(axis=3)
    for indicator, (outcomes, word) in INDICATORS.items():
        done = people[..., list(outcomes), :].sum(axis=3)
        rows = [row("Hele landet", "I", "1", _three(done[-1], everyone[-1]))]
        for i, code in enumerate(codes):
            name = _named(school.label(code))
            rows.append(row(name, code, f"1.{i + 1}", _three(done[i], everyone[i])))
        headers = [
            (str(cohort), _type(code), NAMES[code], sex, "Fullført", word, measure)
            for cohort, sex, code, measure in product(school.cohorts, SEXES, programmes, MEASURES)
        ]
        url = f"{BASE}/VGO/GjennomfoeringV/1/1/data?inkluderKoder=true#IndikatorID={indicator}"
        name = f"completion_programme/IndikatorID-{indicator}"
        what = f"completion by county and programme, outcome {indicator}"
        yield answer(what, name, reply(["Nasjonalt", "Fylke"], headers, rows), url, scope)


def _sum(people: NDArray[np.int64], code: str) -> NDArray[np.int64]:
    """Persons in one programme, or in all of a type, taken from the last axis."""
    places = [PROGRAMMES.index(one) for one in SUMS.get(code, (code,))]
    return np.asarray(people[..., places].sum(axis=-1))


def _three(done: NDArray[np.int64], everyone: NDArray[np.int64]) -> list[str]:
    """Texts of one row; a cohort of which nobody is in the county has none at all."""
    texts = []
    for cohort in range(len(done)):
        there = everyone[cohort].any()
        pairs = zip(done[cohort].ravel().tolist(), everyone[cohort].ravel().tolist(), strict=True)
        for part, base in pairs:
            shown = [share(part, base), "*" if base < FEW else str(part), whole(base)]
            texts += [_spaced(text) for text in shown] if there else [""] * len(MEASURES)
    return texts


def _spaced(text: str) -> str:
    return f"{int(text):,}".replace(",", " ") if text.isdigit() else text


def _type(code: str) -> str:
    if code == "_T":
        return NAMES[code]
    return NAMES["SFB"] if code == "SFB" or code in GENERAL else NAMES["YRK"]


def _named(label: str) -> str:
    """SSB's "Telemark (-2019)" as Udir writes it: "Telemark ( - 2019)"."""
    return label.replace("(-", "( - ")


def pupils(scope: Scope, school: School) -> Iterator[Answer]:
    """One answer per county and the country: pupils by programme, level and school year.

    Years before the model begins, and in Trøndelag before 2017-18, are "".
    """
    starts = list(range(FIRST_SCHOOL_YEAR, scope.last_year))
    known = [year for year in starts if year >= max(scope.first_year, FIRST)]
    figures = school.pupils(known)
    for place, code in enumerate((*school.counties_now, "I")):
        own = figures[place] if code != "I" else figures.sum(axis=0)
        first = max(known[0], FIRST_FIGURE if code == TROENDELAG else FIRST_SCHOOL_YEAR)
        yield _pupils(scope, code, own[first - known[0] :], starts, first)


def _pupils(
    scope: Scope, code: str, figures: NDArray[np.int64], starts: Sequence[int], first: int
) -> Answer:
    blank = [""] * (len([year for year in starts if year < first]) * len(STAGES))
    rows = []
    for place, (programme, name) in enumerate(NAMES.items()):
        numbers = _sum(figures, programme).ravel().tolist()
        kode = "Alle" if programme == "_T" else programme
        path = "-10" if programme == "_T" else f"-10.{_place(programme, place)}"
        rows.append(row(name, kode, path, blank + [whole(n) for n in numbers]))
    years = [f"{year}-{(year + 1) % 100:02}" for year in starts]
    fixed = ("Alle eierformer", "Alle kjønn", "Antall elever")
    headers = [(year, stage, *fixed) for year, stage in product(years, STAGES)]
    document = reply(["Alle", "Utdanningstype", "Utdanningsprogram"], headers, rows)
    # Udir marks the break in the series in the header, not in the figures.
    for column in document["metadata"]["columns"][0]:
        if code == TROENDELAG and column["name"].startswith(str(FIRST_FIGURE)):
            column["erbrudd"] = 1
    url = f"{BASE}/VGO/ElevV/4/2/data?radSti=*.*.*&inkluderKoder=true#EnhetID={code}"
    what = f"pupils by programme and level, {COUNTIES.get(code, 'Hele landet')}"
    return answer(what, f"pupils_programme_level/EnhetID-{code}", document, url, scope)


def _place(programme: str, place: int) -> str:
    if programme in SUMS:
        return "3" if programme == "SFB" else "5"
    return f"{3 if programme in GENERAL else 5}.{place + 10}"

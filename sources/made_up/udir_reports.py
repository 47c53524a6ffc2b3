"""Made-up answers of Udir's reports on applicants, apprentices, certificates and leavers.

Nobody has seen replies of these reports, so the order of header levels and the kodes in the
addresses are made up as well as the figures. The shape of a reply is in udir_reply.py.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from sources.made_up.geography import COUNTIES, FIRST
from sources.made_up.school import GENERAL, REFORM, VOCATIONAL
from sources.made_up.udir_reply import BASE, NAMES, answer, reply, row, share, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from sources.made_up.folder import Answer
    from sources.made_up.school import School
    from sources.made_up.scope import Scope

    Ints = NDArray[np.int64]

FIRST_APPLICANTS, FIRST_PLACED = 2024, 2019
CURRENT = tuple(code for code in VOCATIONAL if code not in ("DH", "MK", "SS"))
ALL_SEXES = "Alle kjønn"
# Share of applicants with a contract at each count, and of pupils who leave, about; a county's
# own differ a little, one year's a little more.
PLACED = {"August": 0.62, "Oktober": 0.74, "Desember": 0.79}
LEAVING = 0.035
YEARS_TO_CERTIFICATE = 5


def answers(scope: Scope, school: School) -> Iterator[Answer]:
    """Return one answer per report, for the years that the scope has."""
    yield from _if_any(applicants, scope, school, FIRST_APPLICANTS, scope.last_year)
    yield from _if_any(placement, scope, school, FIRST_PLACED, scope.last_year - 1)
    yield from _if_any(contracts, scope, school, FIRST, scope.last_year - 1)
    yield from _if_any(
        certificates, scope, school, FIRST, scope.last_year - 1 - YEARS_TO_CERTIFICATE
    )
    yield from _if_any(leavers, scope, school, REFORM, scope.last_year - 2)


def _if_any(
    make: Callable[[Scope, School, Sequence[int]], Answer],
    scope: Scope,
    school: School,
    first: int,
    last: int,
) -> Iterator[Answer]:
    years = list(range(max(first, scope.first_year), last + 1))
    if years:
        yield make(scope, school, years)


def applicants(scope: Scope, school: School, years: Sequence[int]) -> Answer:
    """Applicants on 1 March by programme: to school, to apprenticeship, and both."""
    young = school.people(16, 18, years)
    programmes = (*GENERAL, *CURRENT)
    to_school = school.spread((young * 0.95).astype(np.int64), years, programmes, "applicants")
    crafts = school.spread((young * 0.1).astype(np.int64), years, CURRENT, "apprentices sought")
    to_work = np.concatenate([np.zeros((*young.shape, len(GENERAL)), np.int64), crafts], axis=-1)
    # counties x years x applied for x programmes
    people = np.stack([to_school + to_work, to_school, to_work], axis=2)
    people = _with_total(people)
    words = ("Skole og læreplass", "Skole", "Læreplass")
    headers = [
        (str(year), word, ALL_SEXES, NAMES[code], "Antall søkere")
        for year, word, code in product(years, words, ("_T", *programmes))
    ]
    url = f"{BASE}/VGO/SoekerV/1/1/data?inkluderKoder=true"
    document = reply(["Nasjonalt", "Fylke"], headers, _rows(people, school, _counts))
    return answer("applicants by programme", "applicants_programme/data", document, url, scope)


def placement(scope: Scope, school: School, years: Sequence[int]) -> Answer:
    """Share of apprenticeship applicants with a contract in August, October and December."""
    young = school.people(17, 18, years)
    sought = school.spread((young * 0.15).astype(np.int64), years, CURRENT, "sought")
    levels = np.array(list(PLACED.values()))[:, None]
    luck = _luck(school, "placed", sought.shape, 0.04)[:, :, None]
    placed = np.floor(sought[:, :, None] * np.minimum(levels * luck, 1)).astype(np.int64)
    placed = _with_total(placed)
    both = np.stack([placed, np.broadcast_to(_with_total(sought)[:, :, None], placed.shape)])
    headers = [
        (str(year), month, ALL_SEXES, NAMES[code], "Andel kontrakter")
        for year, month, code in product(years, PLACED, ("_T", *CURRENT))
    ]
    url = f"{BASE}/FOY/SL/1/1/data?inkluderKoder=true#KontraktsTypeID=L"
    rows = _rows(np.moveaxis(both, 0, -1), school, _shares)
    document = reply(["Nasjonalt", "Fylke"], headers, rows)
    name = "apprenticeship_placement/KontraktsTypeID-L"
    return answer("apprenticeship applicants with a contract", name, document, url, scope)


def contracts(scope: Scope, school: School, years: Sequence[int]) -> Answer:
    """Running apprenticeship contracts, with one row of a training office below a county."""
    young = school.people(18, 20, years)
    people = _with_total(school.spread((young * 0.24).astype(np.int64), years, CURRENT, "running"))
    headers = [
        (str(year), "Alle aldersgrupper", ALL_SEXES, NAMES[code], "Løpende kontrakter")
        for year, code in product(years, ("_T", *CURRENT))
    ]
    rows = _rows(people, school, _counts)
    # No organisation has this number.
    office = row("Oppdiktet opplæringskontor", "000000000", "1.1.1", ["*"] * len(headers))
    document = reply(["Nasjonalt", "Fylke", "Opplæringskontor"], headers, [*rows, office])
    url = f"{BASE}/FOY/LK/1/1/data?inkluderKoder=true#KontraktsTypeID=L"
    name = "apprentice_contracts/KontraktsTypeID-L"
    return answer("running apprenticeship contracts", name, document, url, scope)


def certificates(scope: Scope, school: School, years: Sequence[int]) -> Answer:
    """Share of a cohort of apprentices with a certificate five years after the start."""
    begun = (school.people(18, 18, years) * 0.3).astype(np.int64)
    luck = school.scope.model.random("certificates").normal(0.85, 0.02, begun.shape)
    done = np.minimum(np.floor(begun * luck).astype(np.int64), begun)
    headers = [(str(year), "Alle utdanningsprogram", "Andel personer") for year in years]
    below = _rows(np.stack([done, begun], axis=-1), school, _shares)
    rows = [{**r, "id": f"7.{n}"} for n, r in enumerate(below, 1)]
    rows = [row("Oppnådd fag-/svennebrev", "FS", "7", [""] * len(headers)), *rows]
    document = reply(["Status", "Fylke"], headers, rows)
    url = f"{BASE}/FOY/Gjennomfoering/1/1/data?inkluderKoder=true#AarEtterID=5&KontraktsTypeID=L"
    name = "trade_certificates/AarEtterID-5_KontraktsTypeID-L"
    return answer("trade certificates", name, document, url, scope)


def leavers(scope: Scope, school: School, years: Sequence[int]) -> Answer:
    """Pupils who leave during the school year: share, pupils and leavers, by programme."""
    pupils = school.pupils(years).sum(axis=2)
    kept = [n for n, code in enumerate((*GENERAL, *VOCATIONAL)) if code in (*GENERAL, *CURRENT)]
    everyone = pupils[..., kept]
    luck = _luck(school, "leaving", everyone.shape, 0.15)
    left = _with_total(np.floor(everyone * LEAVING * luck).astype(np.int64))
    everyone = _with_total(everyone)
    measures = ("Andel sluttet", "Antall elever", "Antall sluttet")
    headers = [
        (f"{year}-{(year + 1) % 100:02}", "Alle trinn", NAMES[code], "Alle kjønn", measure)
        for year, code, measure in product(years, ("_T", *GENERAL, *CURRENT), measures)
    ]

    def texts(figures: Ints) -> list[str]:
        return [
            text
            for part, base in figures.reshape(-1, 2).tolist()
            for text in (share(part, base), whole(base), whole(part))
        ]

    rows = _rows(np.stack([left, everyone], axis=-1), school, texts)
    url = f"{BASE}/VGO/SluttaV/1/1/data?inkluderKoder=true"
    document = reply(["Nasjonalt", "Fylke"], headers, rows)
    return answer("pupils who leave", "leavers_county/data", document, url, scope)


def _luck(school: School, name: str, shape: Sequence[int], size: float) -> NDArray[np.float64]:
    """Factors around 1: counties x years x programmes, each county and programme with its own."""
    random = school.scope.model.random(name)
    lasting = random.normal(0, size, (shape[0], 1, shape[2]))
    return np.asarray(np.exp(lasting + random.normal(0, size / 2, shape)))


def _with_total(people: Ints) -> Ints:
    """Put the sum over the last axis in front of it."""
    return np.concatenate([people.sum(axis=-1, keepdims=True), people], axis=-1)


def _counts(figures: Ints) -> list[str]:
    return [whole(number) for number in figures.ravel().tolist()]


def _shares(figures: Ints) -> list[str]:
    return [share(part, base) for part, base in figures.reshape(-1, 2).tolist()]


def _rows(
    people: Ints, school: School, texts: Callable[[Ints], list[str]]
) -> list[dict[str, object]]:
    """The country and its counties of today; `people` has the counties in front."""
    rows = [row("Hele landet", "I", "1", texts(people.sum(axis=0)))]
    for place, code in enumerate(school.counties_now):
        rows.append(row(COUNTIES[code], code, f"1.{place + 1}", texts(people[place])))
    return rows

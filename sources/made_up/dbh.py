"""Made-up answers of DBH: students, applicants and programmes of fagskoler that do not exist.

The format is DBH's: a status line first, every value a text, small figures by sex hidden as "0"
while the total stays exact. Figures follow the people of model.py; schools and programmes have
names that nobody can take for real ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from sources.made_up.folder import LABEL, Answer
from sources.made_up.geography import FIRST
from sources.made_up.model import split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sources.made_up.scope import Scope

    Ints = NDArray[np.int64]

URL = "https://dbh.hkdir.no/api/Tabeller/hentJSONTabellData"
SPRING, AUTUMN = "1", "3"
SEMESTERS = {SPRING: "Vår", AUTUMN: "Høst"}
SCHOOLS = 9
# Share of women; the last two are so uneven that small programmes have figures to hide.
FIELDS = {
    "Elkraft": 0.06, "Bygg og anlegg": 0.11, "Maritim": 0.13, "Data": 0.24, "Ledelse": 0.45,
    "Landbruk": 0.38, "Kreative fag": 0.57, "Psykisk helse": 0.84, "Sveiseteknikk": 0.0,
}  # fmt: skip
# Students per person of 20-45 years; of them are left in spring; applicants per student.
STUDYING, IN_SPRING, APPLYING = 0.014, 0.93, 1.7
# Fewer than this of one sex are hidden; the real threshold is not known.
FEW = 4


@dataclass(frozen=True)
class Programme:
    """One programme of one school."""

    school: str
    school_name: str
    code: str
    name: str
    women: float


@dataclass(frozen=True)
class Fagskoler:
    """Made-up schools and what they count: people by year, programme and sex (women, men)."""

    scope: Scope

    @property
    def programmes(self) -> list[Programme]:
        """All programmes of all schools; a school offers two of three fields."""
        return [
            Programme(f"F{900 + n}", f"Oppdiktet fagskole {n}", f"OPP{n}{k:02}", name, women)
            for n in range(1, SCHOOLS + 1)
            for k, (name, women) in enumerate(FIELDS.items(), 1)
            if (n + k) % 3
        ]

    @cached_property
    def delivery(self) -> int:
        """Number of the delivery, drawn from the seed."""
        return int(self.scope.model.random("dbh delivery").integers(1_000, 9_000))

    def students(self, name: str, size: float) -> Ints:
        """People by year, programme and sex, `size` times the students of autumn."""
        model, years = self.scope.model, self.scope.years
        random = model.random(f"dbh {name}")
        young = model.aged(20, 45).sum(axis=(0, 2))[[year - FIRST for year in years]]
        total = np.floor(young * STUDYING * size).astype(np.int64)
        weights = random.lognormal(0.0, 1.6, len(self.programmes))
        shares = np.broadcast_to(weights / weights.sum(), (len(years), len(weights)))
        people = split(total, shares, random.random(len(years)))
        women = np.array([programme.women for programme in self.programmes])
        sexes = np.broadcast_to(np.stack([women, 1 - women], axis=-1), (*people.shape, 2))
        return split(people, sexes, np.full(people.shape, 0.5))


def answers(scope: Scope) -> list[Answer]:
    """Return students (947), applicants (555) and programmes (556) of the whole country."""
    schools = Fagskoler(scope)
    students = {
        AUTUMN: schools.students("students", 1.0),
        SPRING: schools.students("students", IN_SPRING),
    }
    applicants = {AUTUMN: schools.students("applicants", APPLYING)}
    return [
        _answer(
            schools, "students", 947, list(_student_rows(schools, students)),
            ["Fagskolens navn", "Utdanningstilbudets navn", "Årstall", "Semesternavn"],
        ),
        _answer(
            schools, "applicants", 555, list(_applicant_rows(schools, applicants)),
            ["Fagskolenummer", "Årstall", "Semester", "Utdanningstilbudets kode"],
        ),
        _answer(schools, "programmes", 556, list(_programme_rows(schools)), None),
    ]  # fmt: skip


def _student_rows(schools: Fagskoler, people: dict[str, Ints]) -> Iterator[dict[str, str]]:
    for year, semester, programme, counts in _cells(schools, people):
        yield {
            "Fagskolens navn": programme.school_name,
            "Utdanningstilbudets navn": programme.name,
            "Årstall": year,
            "Semesternavn": SEMESTERS[semester],
            **_counts("Antall studenter", counts),
        }


def _applicant_rows(schools: Fagskoler, people: dict[str, Ints]) -> Iterator[dict[str, str]]:
    for year, semester, programme, counts in _cells(schools, people):
        yield {
            "Fagskolenummer": programme.school,
            "Fagskolens navn": programme.school_name,
            "Årstall": year,
            "Semester": semester,
            "Semesternavn": SEMESTERS[semester],
            "Utdanningstilbudets kode": programme.code,
            "Utdanningstilbudets navn": programme.name,
            **_counts("Antall søkere", counts),
        }


def _programme_rows(schools: Fagskoler) -> Iterator[dict[str, str]]:
    for programme in schools.programmes:
        yield {
            "Fagskolenummer": programme.school,
            "Fagskolens navn": programme.school_name,
            "Utdanningstilbudets kode": programme.code,
            "Utdanningstilbudets navn": programme.name,
        }


def _cells(
    schools: Fagskoler, people: dict[str, Ints]
) -> Iterator[tuple[str, str, Programme, Sequence[int]]]:
    """Year, semester, programme, and women and men, where there is anybody."""
    for y, year in enumerate(schools.scope.years):
        for semester in sorted(people):
            for p, programme in enumerate(schools.programmes):
                counts = people[semester][y, p].tolist()
                if sum(counts):
                    yield str(year), semester, programme, counts


def _counts(kind: str, counts: Sequence[int]) -> dict[str, str]:
    """The three figure columns of a row, few people of one sex hidden as "0"."""
    women, men = (str(count if count >= FEW else 0) for count in counts)
    return {f"{kind} totalt": str(sum(counts)), f"{kind} kvinner": women, f"{kind} menn": men}


def _answer(
    schools: Fagskoler, name: str, table: int, rows: list[dict[str, str]], groups: list[str] | None
) -> Answer:
    published = schools.scope.published("10-15")
    status = {
        "tabell_id": table,
        "api_versjon": 1,
        "leveransenr": schools.delivery,
        "leveringstid": f"{published}T06:00:00",
        "antall": len(rows),
        "antall linjer anonymisert": 0,
        "returkode": 0,
        "melding": LABEL,
    }
    return Answer(
        source="dbh",
        what=f"fagskole {name}, whole country",
        body=f"dbh/fagskole_{name}/all.json",
        content=orjson.dumps([{"status": status}, *rows]),
        as_of=published,
        url=URL,
        request_body=_question(table, groups),
    )


def _question(table: int, groups: list[str] | None) -> dict[str, Any]:
    everything = {"filter": "all", "values": ["*"], "exclude": [""]}
    return {
        "tabell_id": table,
        "api_versjon": 1,
        "statuslinje": "J",
        "begrensning": "100000",
        "kodetekst": "J",
        "desimal_separator": ".",
        **({"groupBy": groups} if groups else {"variabler": ["*"]}),
        "sortBy": groups or [],
        "filter": [{"variabel": "Årstall", "selection": everything}] if groups else [],
    }

"""Made-up workbooks of NAV by month: HL070 education, HL075 occupation, and new vacancies.

Only the names of NAV's sheets are known; the layout is that of HL060: a block with a month header
of its own per county, January over two columns on a sheet of counties, "*" for fewer than four.
Unemployed people are those of nav_months.py, split by group; vacancies are drawn from the jobs.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sources.made_up.folder import LABEL, Answer
from sources.made_up.geography import COUNTRY, FIRST, FORMER_COUNTIES
from sources.made_up.model import split
from sources.made_up.nav_months import MONTHS, OTHER, PAGES, UNKNOWN, heading, starred
from sources.made_up.nav_survey import GROUPS
from sources.made_up.workbook import XLSX, workbook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sources.made_up.nav_months import Year
    from sources.made_up.workbook import Fill, Sheet

    Ints = NDArray[np.int64]

# Until then names of counties in these workbooks mean other counties.
FIRST_YEAR = 2020
OCCUPATIONS = (*GROUPS, "Ingen yrkesbakgrunn eller uoppgitt")
LEVELS = (
    "Ingen oppgitt utdanning/uoppgitt", "Grunnskole", "Videregående skole", "Fagskole",
    "Høgskole/universitet til og med 4 år", "Høgskole/universitet over 4 år",
)  # fmt: skip
RETIRED = ("01", "14")
BOTTOM = 8


def answers(years: Sequence[Year]) -> list[Answer]:
    """Return four workbooks for every year from 2020."""
    made = (education, occupation, vacancies_by_county, vacancies_by_occupation)
    return [make(year) for year in years if year.year >= FIRST_YEAR for make in made]


def education(year: Year) -> Answer:
    """HL070: unemployed by level of education."""
    return _unemployed(year, "HL070", "Utdanningsnivå", LEVELS)


def occupation(year: Year) -> Answer:
    """HL075: unemployed by occupation group."""
    return _unemployed(year, "HL075", "Yrkesgruppe", OCCUPATIONS)


def vacancies_by_county(year: Year) -> Answer:
    """New vacancies by county, retired counties with zeros."""
    title = f"Tilgang ledige stillinger. Fylke. Tidsserie måned. {LABEL}"
    found = _vacancies(year)
    rows = [(COUNTRY, "", _sum(found))]
    rows += [(code, code, people) for code, people in found.items()]
    rows += [(code, code, np.zeros(year.months, dtype=np.int64)) for code in RETIRED]
    change = [(code, code, people // 9) for code, people in found.items()]
    sheets: dict[str, Fill] = {
        "1. Antall. Fylke": partial(_flat, year=year, title=title, subtitle="Antall. Fylke",
                                    rows=rows),
        "2. Endring. Fylke": partial(_flat, year=year, title=title, subtitle="Endring. Fylke",
                                     rows=change),
    }  # fmt: skip
    return _answer(year, "ledige_stillinger_fylke", "new vacancies by county", sheets)


def vacancies_by_occupation(year: Year) -> Answer:
    """New vacancies by occupation group, whole country."""
    title = f"Tilgang ledige stillinger. Yrke. Tidsserie måned. {LABEL}"
    parts = _parted(year, "vacancies", _sum(_vacancies(year)), OCCUPATIONS)
    sheets: dict[str, Fill] = {
        "1. Antall": partial(_plain, year=year, title=title, subtitle="Antall", rows=parts),
        "3. Endring per virkedag": partial(_plain, year=year, title=title,
                                           subtitle="Endring per virkedag", rows=parts),
    }  # fmt: skip
    return _answer(year, "ledige_stillinger_yrke", "new vacancies by occupation", sheets)


def _unemployed(year: Year, code: str, axis: str, groups: Sequence[str]) -> Answer:
    subject = "Utdanning" if code == "HL070" else "Yrke"
    title = f"Helt ledige. {subject}. Tidsserie måned. {LABEL}"
    regions = [COUNTRY, *year.counties, OTHER, UNKNOWN]
    parts = {r: _parted(year, f"{code} {r}", year.people(r), groups) for r in regions}
    sheets: dict[str, Fill] = {
        f"1. {axis}. Antall": partial(_plain, year=year, title=title,
                                      subtitle=f"{axis}. Antall", rows=parts[COUNTRY]),
        "3. Fylke. Antall": partial(_blocks, year=year, title=title, parts=parts),
        "5. Kjønn. Antall": partial(_plain, year=year, title=title, subtitle="Kjønn. Antall",
                                    rows=parts[COUNTRY]),
    }  # fmt: skip
    return _answer(year, code, f"{code} by {axis.lower()}", sheets)


def _answer(year: Year, name: str, what: str, sheets: dict[str, Fill]) -> Answer:
    page = "helt-ledige" if name.startswith("HL") else "ledige-stillinger"
    return Answer(
        source="nav",
        what=f"{what}, {year.period}",
        body=f"nav/{name}_{year.year}{year.months:02}.xlsx",
        content=workbook(sheets),
        as_of=f"{year.year}-{year.months:02}",
        content_type=XLSX,
        page=f"{PAGES}{page}",
    )


def _parted(year: Year, purpose: str, total: Ints, groups: Sequence[str]) -> dict[str, Ints]:
    """Whole persons by month of every group, adding up to `total`; the total stands first."""
    random = year.scope.model.random(f"{purpose} {year.year}")
    shares = np.broadcast_to(random.dirichlet(np.full(len(groups), 6)), (year.months, len(groups)))
    parts = split(total, shares, random.random(year.months))
    return {"I alt": total} | {group: parts[:, n] for n, group in enumerate(groups)}


def _vacancies(year: Year) -> dict[str, Ints]:
    geography = year.scope.model.geography
    jobs = year.scope.work.jobs[:, max(year.year - 1 - FIRST, 0)]
    held = dict.fromkeys(year.counties, 0)
    for code, n in zip(geography.codes[:, year.year - FIRST], jobs.tolist(), strict=True):
        held[code[:2]] += n
    random = year.scope.model.random(f"vacancies {year.year}")
    return {c: np.rint(n * random.uniform(0.01, 0.02, year.months)).astype(np.int64)
            for c, n in held.items()}  # fmt: skip


def _sum(found: dict[str, Ints]) -> Ints:
    return np.asarray(np.sum(list(found.values()), axis=0))


def _plain(sheet: Sheet, *, year: Year, title: str, subtitle: str, rows: dict[str, Ints]) -> None:
    heading(sheet, year, title, subtitle, 2)
    sheet.write_row(BOTTOM - 1, 2, MONTHS[: year.months])
    for place, (name, people) in enumerate(rows.items(), BOTTOM):
        sheet.write(place, 1, name)
        sheet.write_row(place, 2, starred(people.tolist()))


def _flat(
    sheet: Sheet, *, year: Year, title: str, subtitle: str, rows: Sequence[tuple[str, str, Ints]]
) -> None:
    heading(sheet, year, title, subtitle, 4)
    for month in range(year.months):
        sheet.write(BOTTOM - 1, 3 if month == 0 else 4 + month, MONTHS[month])
    for place, (code, shown, people) in enumerate(rows, BOTTOM):
        if shown:
            sheet.write_string(place, 1, shown)
        sheet.write(place, 2, FORMER_COUNTIES[code] if code in RETIRED else year.name(code))
        # Vacancies are no persons: none is hidden, and a retired county has zeros.
        january, *later = people.tolist()
        sheet.merge_range(place, 3, place, 4, january)
        sheet.write_row(place, 5, later)


def _blocks(sheet: Sheet, *, year: Year, title: str, parts: dict[str, dict[str, Ints]]) -> None:
    heading(sheet, year, title, "Fylke. Antall¹", 2)
    place = BOTTOM
    for region, groups in parts.items():
        name = year.name(region)
        sheet.write(place, 1, name)
        sheet.write_row(place + 1, 2, MONTHS[: year.months])
        for row, (group, people) in enumerate(groups.items(), place + 2):
            whole = group == "I alt" and region != COUNTRY
            sheet.write(row, 1, f"I alt {name}" if whole else group)
            sheet.write_row(row, 2, starred(people.tolist()))
        place += len(groups) + 3

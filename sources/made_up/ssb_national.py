"""Made-up answers of SSB for the country alone: vacancies and the survey of adult learning.

Tables 11587, 12864 and 12865, none of which has a region. Figures are drawn here, as nothing
else in the made-up Norway depends on them; the form comes from jsonstat.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sources.made_up.jsonstat import CONFIDENTIAL, Axis, Table, answer, rounded, time_axis
from sources.made_up.ssb_people import PER_CENT

if TYPE_CHECKING:
    from sources.made_up.folder import Answer
    from sources.made_up.scope import Scope

# Industries of the vacancies with their share of them, in per mille.
VACANT = {
    "01-03": ("Jordbruk, skogbruk og fiske", 12), "05-09": ("Bergverksdrift og utvinning", 14),
    "10-33": ("Industri", 55), "35-39": ("Elektrisitet, vann og renovasjon", 11),
    "41-43": ("Bygge- og anleggsvirksomhet", 80), "45-47": ("Varehandel", 150),
    "49-53": ("Transport og lagring", 45), "55-56": ("Overnatting og servering", 60),
    "58-63": ("Informasjon og kommunikasjon", 62), "64-66": ("Finansiering og forsikring", 13),
    "68": ("Fast eiendom", 8), "69-75": ("Faglig og teknisk tjenesteyting", 80),
    "77-82": ("Forretningsmessig tjenesteyting", 95), "84": ("Offentlig administrasjon", 55),
    "85": ("Undervisning", 55), "86": ("Helsetjenester", 80),
    "87": ("Pleie og omsorg i institusjon", 75), "88": ("Omsorg uten botilbud", 52),
    "90-93": ("Kultur, underholdning og fritid", 30), "94-96": ("Annen tjenesteyting", 18),
}  # fmt: skip
ROUNDED_TO = 100
# The survey was yearly until 2022 and then biennial.
SURVEYED = (*range(2015, 2023), 2024)
LEARNING = {
    "01": "Formell utdanning",
    "02": "Formell videreutdanning",
    "03": "Ikke-formell opplæring",
    "04": "Hverken deltatt i formell eller ikke-formell opplæring",
    "05": "Med læringsintensivt arbeid",
}
TAKING_PART = {"01": 21, "02": 6, "03": 38, "04": 49}
AT_WORK = {"02": 7, "03": 48, "05": 54}
INDUSTRIES = {
    "00-99": "Alle næringer", "01-03": "Jordbruk, skogbruk og fiske",
    "05-39": "Bergverksdrift mv., industri, elektrisitet, vann og renovasjon",
    "41-43": "Bygge- og anleggsvirksomhet", "45-47": "Varehandel, reparasjon av motorvogner",
    "49-53": "Transport og lagring", "55-56": "Overnattings- og serveringsvirksomhet",
    "58-63": "Informasjon og kommunikasjon", "64-66": "Finansiering og forsikring",
    "68-82": "Teknisk og forretningsmessig tjenesteyting, eiendomsdrift",
    "84": "Off.adm., forsvar, sosialforsikring", "85": "Undervisning",
    "86-88": "Helse- og sosialtjenester", "90-99": "Personlig tjenesteyting",
}  # fmt: skip
# Too few of the sample work here to tell who took formal further education.
TOO_FEW = ("01-03", "49-53", "58-63", "64-66")
WHOLE_PER_CENT = (PER_CENT[0], 0)
BOTH_SEXES = {"0": "Begge kjønn"}


def answers(scope: Scope) -> list[Answer]:
    """Return 11587, and 12864 and 12865 where a survey falls within the years."""
    years = [year for year in scope.years if year in SURVEYED]
    surveys = [learning(scope, years), learning_by_industry(scope, years)] if years else []
    return [vacancies(scope), *surveys]


def vacancies(scope: Scope) -> Answer:
    """11587: vacancies in hundreds, every quarter up to the second of the last year."""
    quarters = [f"{year}K{number}" for year in scope.years for number in range(1, 5)]
    quarters += [f"{scope.last_year}K{number}" for number in (1, 2)]
    shares = np.array([share for _, share in VACANT.values()], dtype=np.float64)
    wave = 75_000 * (1 + 0.3 * np.sin(np.arange(len(quarters)) / 7))
    size = (len(shares), len(quarters))
    noise = np.exp(0.06 * scope.model.random("vacancies").standard_normal(size))
    figures = np.outer(shares / shares.sum(), wave) * noise
    figures = ROUNDED_TO * rounded(figures / ROUNDED_TO, 0)
    figures = np.concatenate([figures.sum(axis=0, keepdims=True), figures])
    labels = {"01-96": "Alle næringer"} | {code: label for code, (label, _) in VACANT.items()}
    code = "LedigeStillinger"
    axes = [
        Axis("NACE2007", "næring (SN2007)", labels, codelist="vs_NACE2007ledstillNN3"),
        Axis(
            "ContentsCode",
            "statistikkvariabel",
            {code: "Ledige stillinger, sesongjustert"},
            units={code: ("stillinger", 0)},
        ),
        time_axis(quarters, "kvartal"),
    ]
    table = Table("11587", "Ledige stillinger", scope.published("08-20"))
    return answer(table, axes, figures[:, None])


def learning(scope: Scope, years: list[int]) -> Answer:
    """12864: per cent of all persons who took part, by kind of learning."""
    level = np.array(list(TAKING_PART.values()), dtype=np.float64)
    axes = [
        _kinds(list(TAKING_PART)),
        Axis("Kjonn", "kjønn", BOTH_SEXES, total="0"),
        Axis("Alder", "alder", {"Ialt": "I alt"}, total="Ialt", codelist="vs_AlleAldre53b"),
        Axis("ArbStyrkStatus", "arbeidsstyrkestatus", {"TOT": "I alt"}, total="TOT"),
        _measure(),
        time_axis(years),
    ]
    random = scope.model.random("learning").standard_normal((len(level), len(years)))
    shares = rounded(level[:, None] * np.exp(0.05 * random), 0)
    title = "Deltakere i formell utdanning og ikke-formell opplæring"
    table = Table("12864", title, "2025-03-12")
    return answer(table, axes, shares[:, None, None, None, None])


def learning_by_industry(scope: Scope, years: list[int]) -> Answer:
    """12865: per cent of the employed, by kind of learning and industry; ":" for small groups."""
    level = np.array(list(AT_WORK.values()), dtype=np.float64)[:, None, None]
    random = scope.model.random("learning by industry")
    lean = 0.25 * random.standard_normal((1, len(INDUSTRIES), 1))
    lean[:, 0] = 0
    noise = 0.05 * random.standard_normal((len(level), len(INDUSTRIES), len(years)))
    shares = np.minimum(rounded(level * np.exp(lean + noise), 0), 95)
    small = np.isin(list(INDUSTRIES), TOO_FEW) & (np.array(list(AT_WORK)) == "02")[:, None]
    axes = [
        _kinds(list(AT_WORK)),
        Axis("Kjonn", "kjønn", BOTH_SEXES, total="0"),
        Axis("NACE2007", "næring (SN2007)", INDUSTRIES, total="00-99"),
        _measure(),
        time_axis(years),
    ]
    marks = np.where(small, CONFIDENTIAL, 0).astype(np.uint8)[:, None, :, None, None]
    title = "Sysselsatte deltakere i utdanning og opplæring, etter næring"
    table = Table("12865", title, "2025-03-12")
    return answer(table, axes, shares[:, None, :, None], marks)


def _kinds(codes: list[str]) -> Axis:
    return Axis("UtdanningOppl", "utdanning/opplæring", {code: LEARNING[code] for code in codes})


def _measure() -> Axis:
    code = "DeltakereProsent"
    label = {code: "Andel deltakere (prosent)"}
    return Axis("ContentsCode", "statistikkvariabel", label, units={code: WHOLE_PER_CENT})

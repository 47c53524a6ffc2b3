"""Where each published figure of `published.csv` stands in a release, or why it cannot.

One function per kind of row; it gives the county whose release holds the figure and the query,
or a reason in words. Used by test_published.py alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Row = Mapping[str, str]
SEX = {"both": "_T", "men": "1", "women": "2", "girls": "2", "boys": "1"}
COUNTRY = {"0", "I", "EAFK", "01-99"}
TELEMARK = ("40", "38", "08", "07", "39")


@dataclass(frozen=True)
class Place:
    """One value of a release: indicator, region (code of the time), period, breakdowns.

    summed: a breakdown and its codes whose counts are added before dividing.
    """

    indicator: str
    region: str
    period: str
    breakdowns: Mapping[str, str] = field(default_factory=dict)
    summed: tuple[str, tuple[str, ...]] | None = None

    @property
    def county(self) -> str:
        """County whose release holds the figure."""
        return "telemark" if self.region.startswith(TELEMARK) else "trondelag"


def locate(row: Row) -> Place | str:
    """Say where a published row stands, or why no release holds it."""
    return KINDS[row["indicator_hint"], row["source_table"]](row)


def plain_region(code: str) -> str:
    """Region code as releases write it: prefixes off, KOSTRA and national codes mapped."""
    if code in COUNTRY:
        return "0"
    code = re.sub(r"^[KF]-", "", code)
    named = {"50006+50007": "innherred", "50008": "fosen", "16+17": "50", "5000": "50"}
    return named.get(code, code)


def education(row: Row) -> Place | str:
    if row["region_code"] == "0" and row["period"] != "2020":
        return "no count of the country is recorded for 09429"
    levels = re.match(r"Nivaa=([0-9a-z+]+)", row["detail"])
    assert levels, row
    codes = tuple(levels[1].split("+"))
    place = {"sex": SEX[row["sex"]]}
    if len(codes) > 1:
        return Place(
            "education_level_ssb_base", row["region_code"], row["period"], place,
            ("education_level", codes),
        )  # fmt: skip
    return Place(
        "education_level_ssb_base", row["region_code"], row["period"],
        place | {"education_level": codes[0]},
    )  # fmt: skip


def completion(row: Row) -> Place:
    outcome = re.match(r"FullforingVGO=([0-9a-z+]+)(?:, Poeng=([0-9+-]+))?", row["detail"])
    assert outcome, row
    points = outcome[2] if outcome[2] and outcome[2] != "01-09" else "_T"
    which = "completed" if outcome[1] == "1a+2a" else outcome[1]
    return Place(
        "completion_by_outcome", plain_region(row["region_code"]), row["period"],
        {"outcome": which, "sex": SEX[row["sex"]], "grade_points": points},
    )  # fmt: skip


def plain(indicator: str, **breakdowns: Callable[[Row], str] | str) -> Callable[[Row], Place | str]:
    """A kind of row that is one indicator with breakdowns read off the row."""

    def find(row: Row) -> Place:
        codes = {
            name: code if isinstance(code, str) else code(row) for name, code in breakdowns.items()
        }
        return Place(indicator, plain_region(row["region_code"]), row["period"], codes)

    return find


def never(reason: str) -> Callable[[Row], str]:
    """A kind of row that no recorded answer can give."""
    return lambda row: reason


def sex(row: Row) -> str:
    return SEX[row["sex"]]


def age(row: Row) -> str:
    return row["detail"].removeprefix("Alder=")


def occupation(row: Row) -> str:
    return row["detail"].split()[1]


def alternative(row: Row) -> str:
    return {"MMMM": "main", "LLML": "low", "HHMH": "high"}[row["detail"]]


def older(row: Row) -> Place:
    return Place(
        "population_projected", row["region_code"], row["period"], {"alternative": "main"},
        ("age_group", ("F318", "F319", "F320")),
    )  # fmt: skip


def month(row: Row) -> Place:
    return Place(
        "registered_unemployed", plain_region(row["region_code"]), row["period"].replace("-", "M")
    )


def population(row: Row) -> Place | str:
    if row["where_published"].startswith('"research') or "county of the year" in row["region_name"]:
        return "area of another time: checked in test_population_of_the_county_of_the_year"
    return Place("population", row["region_code"], row["period"])


SURVEY = "NAV bedriftsundersøkelsen"
KINDS: dict[tuple[str, str], Callable[[Row], Place | str]] = {
    ("education level, share of persons 16+", "09429"): education,
    ("education level, share of persons 16+ (computed)", "09429"): education,
    ("share with higher education, 16+", "09429"): never(
        "no count of 2022 for Trøndelag or the country is recorded"
    ),
    ("NEET 15-29", "13556"): plain("neet_15_29"),
    ("NEET 15-29, persons", "13556"): plain("neet_15_29_persons", sex="_T"),
    ("NEET by age", "13556"): plain("neet_by_age", age=age, sex="_T"),
    ("NEET 15-29 (NEET2/TOT)", "13563"): never("no counts of 13563 are recorded, only shares"),
    ("completed upper secondary within nominal time + 2", "udir GjennomfoeringV/1/1"): plain(
        "completion_upper_secondary"
    ),
    ("completion of upper secondary", "14882"): completion,
    ("completion, Trøndelag before the merger (computed)", "14882"): completion,
    ("completion of upper secondary", "unknown"): never("the source table is not known"),
    ("employment rate 15-74", "11618"): plain("employment_rate_15_74"),
    ("employment rate 15-74, sub-county region", "11618"): plain("employment_rate_15_74"),
    ("workplace coverage", "11618"): plain("workplace_coverage"),
    (
        "out-commuting, share of employed residents working in another municipality",
        "03321",
    ): plain("out_commuting_share"),
    ("employed by workplace", "03321"): plain("employed_by_workplace"),
    ("share of employed in health and social work (workplace)", "13470"): plain(
        "employed_by_industry", industry="86-88"
    ),
    ("share of employed in private sector (workplace)", "13472"): plain("employed_private_sector"),
    ("population 1 January", "07459"): population,
    ("population 1 January, area of 2020", "07459"): plain("population"),
    ("projected population", "14746"): plain(
        "population_projected", alternative=alternative, age_group="_T"
    ),
    ("share 67+ in the projection", "14746"): older,
    ("share of 16-18 in upper secondary", "12274"): plain("participation_16_18", immigration="_T"),
    ("lower secondary points", "07495"): plain("lower_secondary_points", sex=sex),
    ("stramhetsindikator", SURVEY): plain("labour_market_tightness"),
    ("stramhetsindikator (recomputed)", SURVEY): never(
        "industries of the country: checked in test_tightness_recomputed_from_industries"
    ),
    ("estimated shortage, listed occupations", f"{SURVEY} 2017"): plain(
        "shortage_by_occupation", occupation="_T"
    ),
    ("estimated shortage by occupation", f"{SURVEY} 2017"): plain(
        "shortage_by_occupation", occupation=occupation
    ),
    ("registered unemployed", "NAV HL060"): month,
    ("registered unemployed", "NAV order"): never(
        "a county's own order: checked in test_registered_unemployed_in_other_files"
    ),
    ("registered unemployed", "NAV hovedtall"): never(
        "county table without codes: checked in test_registered_unemployed_in_other_files"
    ),
    ("applicants to upper secondary", "udir VGO_Soeker_FylkUtdprogAar"): never(
        "only processed figures are recorded, no answer of the service"
    ),
    ("pupils at vg3", "udir ElevV/4/2"): plain("pupils_vg3", programme="_T"),
    ("disability benefit, share 18-67, age-standardised", "NAV uføretrygd"): never(
        "no file is recorded; a standardised rate cannot be rebuilt"
    ),
}

"""Rendering: a reading as one page of text, and as JSON for programs.

Only words and layout (words.yaml); what is known was found by gather.py.
"""

from __future__ import annotations

import textwrap
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.dimension_reading import figures
from warehouse.refresh_report import formats

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from warehouse.dimension_reading.gather import Figure, Reading

WIDTH = 110
MISSING = "–"
LEFT = 1  # columns of a table that are text: the first; the others are numbers, to the right


@cache
def _words() -> dict[str, Any]:
    import yaml

    text = (Path(__file__).parent / "words.yaml").read_text(encoding="utf-8")
    words: dict[str, Any] = yaml.safe_load(text)
    return words


def text(reading: Reading, language: str) -> str:
    """The page: what is known and how sure, the change, what is assumed and what is not known."""
    words = _words()[language]
    return "\n".join(
        [
            *_title(reading, words, language),
            *_section(words["known"], _known(reading, words, language)),
            *_section(words["cohorts"], _cohorts(reading, words, language)),
            *_section(_occupation_title(reading, words, language),
                      _occupations(reading, words, language)),
            *_section(words["parameters"], _scenario(reading, words, language)),
            *_section(words["warnings"], _wrapped(reading.warnings[language].splitlines())),
            *_section(words["unknown"], _wrapped(_unknown(reading, language))),
            *_section(words["sure"], _wrapped(_sure(reading, words))),
            "",
            *textwrap.wrap(words["limits"], WIDTH),
        ]
    )  # fmt: skip


def as_json(reading: Reading) -> dict[str, Any]:
    """The page for programs: every figure with its period, range, change, evidence and reason."""
    return {
        "release_id": reading.release_id,
        "label": reading.label,
        "region": {"nb": reading.region.nb, "en": reading.region.en},
        "county": {"nb": reading.county.nb, "en": reading.county.en},
        "programme": reading.programme,
        "school_year": reading.school_year,
        "figures": [_plain(figure) for figure in reading.figures],
        "cohorts": [dict(row) for row in reading.cohorts],
        "occupations": [dict(row) for row in reading.occupations],
        "scenario": dict(reading.scenario),
        "retirements": dict(reading.retirements),
        "parameters": [dict(row) for row in reading.parameters],
        "warnings": {"nb": reading.warnings.nb, "en": reading.warnings.en},
    }


def _plain(figure: Figure) -> dict[str, Any]:
    names = (
        "value", "county_value", "lower", "upper", "period", "earlier", "earlier_period",
        "change", "compares", "evidence", "county_evidence", "base", "reason",
    )  # fmt: skip
    return {"figure": figure.column.id} | {name: getattr(figure, name) for name in names}


def _title(reading: Reading, words: dict[str, Any], language: str) -> Iterator[str]:
    title = words["title"].format(
        programme=reading.programme_title[language], code=reading.programme,
        region=reading.region[language],
    )  # fmt: skip
    yield title
    yield "=" * len(title)
    if reading.label:
        yield reading.label
    yield words["seen"].format(release=reading.release_id, school_year=reading.school_year)


def _section(title: str, lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return ["", title, *found] if found else []


def _known(reading: Reading, words: dict[str, Any], language: str) -> Iterator[str]:
    names = {"area": reading.region[language], "county": reading.county[language]}
    head = [cell.format(**names) for cell in words["head"]]
    rows = [_row(figure, words, language) for figure in reading.figures if figure.known]
    # The county's own page needs its figures once.
    kept = [n for n in range(len(head)) if not (reading.is_county and n == 3)]  # noqa: PLR2004
    yield from _table([[row[n] for n in kept] for row in [head, *rows]])
    if not reading.is_county:
        yield f"  {words['changes_of_county']}"
    for figure in reading.figures:
        if figure.known and figure.base and figure.base != figure.period:
            yield "  " + words["base"].format(
                figure=figure.column.title[language], period=figure.period, base=figure.base
            )


def _row(figure: Figure, words: dict[str, Any], language: str) -> list[str]:
    column = figure.column

    def said(value: float | None) -> str:
        return MISSING if value is None else formats.number(value, column.decimals, language)

    span = ""
    if figure.lower is not None and figure.upper is not None:
        span = f" ({words['range'].format(low=said(figure.lower), high=said(figure.upper))})"
    own, away = said(figure.value), said(figure.county_value)
    own, away = (own + span, away) if figure.value is not None else (own, away + span)
    change = words.get(figure.compares, MISSING)
    if figure.change is not None:
        change = formats.signed(figure.change, column.decimals, language)
        # Whether it is more than the survey's own uncertainty cannot be said.
        change = words["within"].format(change=change) if figure.compares == "within" else change
    period = figure.period or MISSING
    if column.period_kind == "cohort":
        period = words["cohort_period"].format(period=period)
    evidence = words["evidence"].get(figure.evidence, MISSING)
    if figure.county_evidence not in {None, "measured here"}:
        evidence = words["county_s"].format(evidence=words["evidence"][figure.county_evidence])
    return [column.title[language], period, own, away, said(figure.earlier), change, evidence]


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lines of a table; the first row is its head."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    for place, row in enumerate(rows):
        cells = [
            cell.ljust(width) if n < LEFT or n == len(row) - 1 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  " + "  ".join(cells).rstrip()
        if place == 0:
            yield "  " + "─" * (sum(widths) + 2 * (len(widths) - 1))


def _cohorts(reading: Reading, words: dict[str, Any], language: str) -> Iterator[str]:
    def said(value: float | None) -> str:
        return MISSING if value is None else formats.number(value, 0, language)

    rows = [
        [row["cohort_year"], said(row["observed"]), said(row["main"]),
         words["range"].format(low=said(row["low"]), high=said(row["high"]))
         if row["low"] is not None else MISSING]
        for row in reading.cohorts
    ]  # fmt: skip
    if rows:
        yield from _table([words["cohort_head"], *rows])


def _occupation_title(reading: Reading, words: dict[str, Any], language: str) -> str:
    period = reading.occupations[0]["period"] if reading.occupations else ""
    title: str = words["occupations"]
    return title.format(county=reading.county[language], period=period)


def _occupations(reading: Reading, words: dict[str, Any], language: str) -> Iterator[str]:
    for row in reading.occupations:
        name = row["name"] or words.get(f"occupation{row['occupation']}", row["occupation"])
        yield "  " + words["occupation"].format(
            name=name, code=row["occupation"],
            shortage=formats.number(row["shortage_persons"], 0, language),
            weight=formats.number(row["weight"], 2, language),
        )  # fmt: skip


def _scenario(reading: Reading, words: dict[str, Any], language: str) -> Iterator[str]:
    own, old = reading.scenario, reading.retirements
    if own.get("expected_to_work_persons") is not None:
        yield "  " + words["to_work"].format(
            school_year=own["school_year"],
            value=formats.number(own["expected_to_work_persons"], 0, language),
            share=formats.number(own["share_to_higher_education_pct"], 0, language),
        )
    if old.get("retirements_persons") is not None:
        yield "  " + words["retirements"].format(
            value=formats.number(old["retirements_persons"], 0, language),
            employed=formats.number(old["employed_55_66_persons"], 0, language),
            year=old["employed_year"], years=old["retirement_age"] - 55,
        )  # fmt: skip
    said = [
        words["parameter"].format(
            parameter=row[f"label_{language}"],
            value=words["values"].get(row["value"], row["value"]) or words["not_set"],
            set_by=words[row["set_by"]],
        )
        for row in reading.parameters
    ]  # fmt: skip
    yield from _wrapped([", ".join(said)] if said else [])


def _unknown(reading: Reading, language: str) -> Iterator[str]:
    """Figures that the area lacks, those with the same reason together."""
    why: dict[str, list[str]] = {}
    for figure in reading.figures:
        if figure.reason:
            said = figures.reasons()
            text = said[figure.reason][language] if figure.reason in said else figure.reason
            why.setdefault(text, []).append(figure.column.title[language].removeprefix("… "))
    for reason, titles in why.items():
        yield f"{reason.removesuffix('.')}: {'; '.join(titles)}."


def _sure(reading: Reading, words: dict[str, Any]) -> Iterator[str]:
    shown = [figure for figure in reading.figures if figure.known]
    used = {level for figure in shown for level in (figure.evidence, figure.county_evidence)}
    for level, meaning in words["evidence_means"].items():
        if level in used:
            yield f"{words['evidence'][level]}: {meaning}"


def _wrapped(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield textwrap.fill(
            line, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
        )

"""Rules of the gate "indicator": generated for each indicator from its own definition.

What a rule says is here, what breaks it is an SQL condition or a file of sql/checks/. A definition
decides which rules it has (RULES) and gives their limits; no indicator is named here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.suite import Rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from warehouse.definition import Indicator

VALUES = "indicator_value"
WITH_FIGURE = "('A', 'B', 'E', 'P')"
STATUSES = "('A', 'B', 'E', 'P', 'M', 'O', 'Q', 'L')"
COUNTED = ("ratio_of_sums", "sum", "weighted", "flow")
ADDED = ("ratio_of_sums", "sum", "weighted")


def rules(indicator: Indicator) -> tuple[Rule, ...]:
    """The rules that hold for one indicator, in order."""
    return tuple(rule for rule, applies in RULES if applies(indicator))


def _always(_: Indicator) -> bool:
    return True


def _row(name: str, broken: str, nb: str, en: str, dimension: str = "consistency") -> Rule:
    return Rule(name, True, (VALUES,), nb, en, "broken", broken, dimension)


def _check(
    name: str, reads: tuple[str, ...], nb: str, en: str, *, blocking: bool = True,
    dimension: str = "consistency",
) -> Rule:  # fmt: skip
    return Rule(name, blocking, (VALUES, *reads), nb, en, "check", f"checks/{name}.sql", dimension)


RULES: tuple[tuple[Rule, Callable[[Indicator], bool]], ...] = (
    (
        Rule(
            "columns_present", True, (VALUES,),
            "Verditabellen har kolonnene kontrollene trenger.",
            "The value table has the columns that the checks need.",
            "columns",
            ("indicator_id", "region_set", "region_id", "region_level", "period", "period_type",
             "numerator", "denominator", "value", "published_value", "lower", "upper", "unit",
             "decimals", "obs_status", "series_break", "parts", "computed_from", "reason",
             "is_headline", "vintage_ids", "$breakdown_columns"),
            "completeness",
        ),
        _always,
    ),
    (
        Rule(
            "cell_unique", True, (VALUES,),
            "Indikatoren har én rad per region, periode og inndeling.",
            "The indicator has one row per region, period and breakdown.",
            "unique", ("region_set", "region_id", "period", "$breakdown_columns"),
        ),
        _always,
    ),
    (
        _row(
            "status_given", f"obs_status is null or obs_status not in {STATUSES}",
            "Hver rad har en av SDMX-statusene A, B, E, P, M, O, Q og L.",
            "Every row has one of the SDMX statuses A, B, E, P, M, O, Q and L.",
            "completeness",
        ),
        _always,
    ),
    (
        _row(
            "status_agrees",
            f"obs_status in {STATUSES} and (obs_status in {WITH_FIGURE}) <> (value is not null)",
            "En rad har verdi når og bare når statusen er A, B, E eller P.",
            "A row has a value if and only if its status is A, B, E or P.",
        ),
        _always,
    ),
    (
        _row(
            "value_or_reason", "(value is null) <> (reason is not null)",
            "En rad har enten en verdi eller en begrunnelse for at den mangler.",
            "A row has either a value or the reason for having none.",
            "completeness",
        ),
        _always,
    ),
    (
        _row(
            "suppressed_is_empty",
            "obs_status = 'Q' and coalesce(numerator, denominator, lower, upper) is not null",
            "En skjermet rad har verken teller, nevner eller grenser.",
            "A suppressed row has no numerator, denominator or bounds.",
        ),
        _always,
    ),
    (
        _row(
            "figures_are_finite",
            "not isfinite(numerator) or not isfinite(denominator) or not isfinite(value)",
            "Et tall er et endelig tall; et manglende tall er tomt.",
            "A figure is a finite number; a missing one is empty.",
        ),
        _always,
    ),
    (
        _check(
            "share_within_0_100", ("definition",),
            "Andelen ligger mellom 0 og 100 prosent.",
            "The share lies between 0 and 100 per cent.",
            dimension="accuracy",
        ),
        lambda d: d.is_share,
    ),
    (
        _check(
            "value_not_negative", ("definition",),
            "Verdien er aldri negativ.",
            "The value is never negative.",
            dimension="accuracy",
        ),
        lambda d: not d.is_share and not d.may_be_negative,
    ),
    (
        _row(
            "counts_behind_sums",
            "value is not null and parts > 1 and numerator is null",
            "En verdi for flere kommuner bygger på antall, ikke på et snitt av prosenter.",
            "A value of several municipalities stands on counts, not on an average of percentages.",
        ),
        lambda d: d.aggregation in COUNTED and not d.counts_rounded,
    ),
    (
        _check(
            "ratio_reproduced", ("definition",),
            "Verdien er telleren delt på nevneren (eller summen) ganger definisjonens faktor.",
            "The value is numerator over denominator (or the sum) times the multiplier.",
            dimension="accuracy",
        ),
        _always,
    ),
    (
        _check(
            "published_agrees", ("definition",),
            "Verdien stemmer med tallet kilden selv oppgir, innenfor avrunding og toleranse.",
            "The value agrees with the figure the source prints, within rounding and tolerance.",
            dimension="accuracy",
        ),
        _always,
    ),
    (
        _check(
            "levels_agree", ("definition", "region_membership"),
            "En region er summen av sine kommuner; fylkets eget tall kan også ha med ukjente.",
            "A region is the sum of its municipalities; the county's own figure may hold unknowns.",
        ),
        lambda d: d.aggregation in ADDED,
    ),
    (
        _check(
            "breakdown_adds_up", ("part", "definition"),
            "Delene av en inndeling som dekker alle, summerer til alle samlet.",
            "The parts of a breakdown that divides everyone add up to all together.",
        ),
        lambda d: d.aggregation in ADDED and bool(d.partitions),
    ),
    (
        _check(
            "cells_complete", ("region",),
            "Hver region har en rad for hver periode og inndeling, om så bare med en begrunnelse.",
            "Every region has a row for each period and breakdown, if only with a reason.",
            dimension="completeness",
        ),
        _always,
    ),
    (
        _check(
            "same_scale", (),
            "Tallene blir ikke hundre ganger større eller mindre fra en periode til neste.",
            "Figures do not become a hundred times larger or smaller from one period to the next.",
            dimension="accuracy",
        ),
        _always,
    ),
    (
        _check(
            "municipalities_covered", (),
            "Ingen kommune mangler i svaret der de fleste andre har tall.",
            "No municipality is missing from the answer where most others have figures.",
            blocking=False, dimension="completeness",
        ),
        lambda d: "municipality" in d.levels,
    ),
    (
        _check(
            "no_period_missing", (),
            "Ingen periode mangler mellom den første og den siste.",
            "No period is missing between the first and the last.",
            blocking=False, dimension="completeness",
        ),
        _always,
    ),
    (
        _check(
            "jump_within_tolerance", ("definition", "indicator_break"),
            "Hovedtallet for fylket og landet endrer seg ikke mer enn definisjonens toleranse.",
            "The headline of county and country does not change by more than the tolerance.",
            blocking=False, dimension="accuracy",
        ),
        lambda d: bool(d.jump_points or d.jump_percent),
    ),
)  # fmt: skip

"""Comparing: what a source says of a table, held against what its source YAML expects.

Pure: a Described in, findings out, all at once. Dimensions and codes are compared in
compare_codes.py; what to do about a finding is proposed in propose.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sources.doctor import compare_codes, periods
from sources.doctor.shapes import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sources.pull.client import Described
    from sources.registry import SourceTable

# Rhythms under which a discontinued table is what the YAML expects.
_ENDED = ("closed", "once")
# The source's words for units that must not be confused; other words are left to people.
UNITS = {
    "personer": "persons",
    "persons": "persons",
    "elever": "persons",
    "pupils": "persons",
    "prosent": "percent",
    "per cent": "percent",
    "percent": "percent",
    "poeng": "points",
    "points": "points",
}


def compare(
    spec: SourceTable, described: Described, *, weak: bool = False, now: datetime | None = None
) -> tuple[Finding, ...]:
    """Say everything in which a source differs from the YAML.

    weak: the witness is an extract, so that what it lacks proves nothing. now: the time, for a
    live witness; None leaves out whether figures are overdue.
    """
    if described.gone:
        text = "there is no such table any more" + _successors(described)
        return (Finding("gone", text, proven=not weak),)
    return (
        *_discontinued(spec, described),
        *_title(spec, described, weak=weak),
        *compare_codes.dimensions(spec, described, weak=weak),
        *compare_codes.codes(spec, described, weak=weak),
        *_measures(spec, described),
        *_licence(spec, described),
        *(Finding("request", text, proven=not weak) for text in described.unaskable),
        *_periods(spec, described, weak=weak, now=now),
    )


def same_title(spec: SourceTable, title: str) -> bool:
    """Tell whether a source's title is the YAML's, in either language.

    Case, blanks and kinds of dashes do not count. Ours may go on after a colon, where one list
    of the source is several tables here.
    """
    ours = [text for own in (spec.title.nb, spec.title.en) for text in (own, own.split(":")[0])]
    return _plain(title) in map(_plain, ours)


def _discontinued(spec: SourceTable, described: Described) -> Iterator[Finding]:
    if described.discontinued and spec.rhythm.frequency not in _ENDED:
        text = f"discontinued, {periods.span(described.periods)}: no new figures come"
        yield Finding("discontinued", text + _successors(described))


def _successors(described: Described) -> str:
    return "".join(f"\nperhaps {s.title} ({s.note})" for s in described.successors)


def _title(spec: SourceTable, described: Described, *, weak: bool) -> Iterator[Finding]:
    if described.title and not same_title(spec, described.title):
        text = f"title is now “{described.title}”, the YAML says “{spec.title.nb}”"
        # Who reshaped an extract may have filled in its title.
        yield Finding("title", text, found=described.title, proven=not weak)


def _measures(spec: SourceTable, described: Described) -> Iterator[Finding]:
    for dimension in spec.by_role("measure"):
        for code, entry in (dimension.codes or {}).items():
            unit = described.units.get(code)
            if unit is None:
                continue
            if unit.decimals is not None and unit.decimals != entry.decimals:
                text = f"{code} has {unit.decimals} decimals, the YAML says {entry.decimals}"
                found = str(unit.decimals)
                yield Finding("decimals", text, dimension.source_name, (code,), found)
            ours = UNITS.get(unit.base.casefold())
            if ours is not None and ours != entry.unit:
                text = f"{code} is in {unit.base!r}, the YAML says {entry.unit}"
                yield Finding("unit", text, dimension.source_name, (code,), ours)


def _licence(spec: SourceTable, described: Described) -> Iterator[Finding]:
    found = described.licence
    if found and _plain(found) != _plain(spec.licence.theirs):
        text = f"licence is now {found}, the YAML says {spec.licence.theirs}; ask before publishing"
        yield Finding("licence", text, found=found)


def _periods(
    spec: SourceTable, described: Described, *, weak: bool, now: datetime | None
) -> Iterator[Finding]:
    for dimension in spec.by_role("time"):
        chosen = described.selected.get(dimension.source_name, described.periods)
        found = periods.holes(chosen, dimension.period_type)
        if found and spec.rhythm.frequency != "irregular":
            yield Finding("periods", f"holes in the series: {', '.join(found)}", proven=not weak)
    days = periods.overdue(described.updated, spec.rhythm.frequency, now) if now else None
    if days is not None and not described.discontinued:
        text = (
            f"not updated for {days} days though the rhythm is {spec.rhythm.frequency}; "
            f"periods {periods.span(described.periods)}"
        )
        yield Finding("periods", text)


def _plain(text: str) -> str:
    return "".join(text.casefold().split()).replace("–", "-")

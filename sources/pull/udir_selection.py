"""What is asked of a report: words of the source YAML become internal ids, and those a question.

A filter is selected by a list of words, each one of
    a kode or a name          as filterVerdier lists it
    *                         every value that has none below it, but not "all of it"
    total                     "all of it"
    default                   what the report's own page selects
    level(2)                  every value at that depth of the hierarchy
    children(I), current(I)   those below a kode; `current` leaves out what has ended, which
                              Udir tells by years in brackets: "Viken (2020 - 2023)"
    newest(3)                 the last ones by kode (of years)
An empty list leaves the filter out of the question. Internal ids differ from table to table and
move, so none stands in a YAML. Nothing here asks or decodes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sources.pull.problems import ImpossibleRequest
from sources.pull.udir_documents import ALL, ROW_PATH
from sources.readers.bodies import listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sources.pull.udir_documents import Filters, Page, Value
    from sources.registry import SourceTable

# A question must name the period; tables by cohort call it otherwise.
PERIODS = ("TidID", "Aarskull_KalenderAarID", "SkoleAarID")
_CALL = re.compile(r"(level|children|current|newest)\((.+)\)")
_SHOWN = 20


@dataclass(frozen=True)
class How:
    """`request.how` of a source YAML, see udir.py."""

    report: str
    row_path: str | None
    select: Mapping[str, tuple[str, ...]]
    each: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """One question: its path with query below the base, and the kode of each filter in `each`."""

    path: str
    asked: Mapping[str, str]

    @property
    def fragment(self) -> str:
        """The kodes as they stand behind the # of the address; empty if there are none."""
        pairs = [f"{name}={quote(kode, safe='')}" for name, kode in self.asked.items()]
        return "#" + "&".join(pairs) if pairs else ""


class _Wrong(ValueError):
    """A word that a filter cannot be selected by; says what there is instead."""


def how_of(spec: SourceTable) -> How:
    """Read `request.how`; raises ImpossibleRequest, as the schema lets nothing else pass."""
    given: Mapping[str, Any] = spec.request.how if spec.request else {}
    select = {name: tuple(words) for name, words in given.get("select", {}).items()}
    row_path, each = given.get("row_path"), tuple(given.get("each", ()))
    wrong = [f"each.{name}: is not in select" for name in each if not select.get(name)]
    if "report" not in given:
        wrong.append("report: say which report page has the figures")
    if row_path and not ROW_PATH.fullmatch(row_path):
        wrong.append(f"row_path: {row_path!r} is none")
    _refuse(wrong, spec.id)
    return How(given["report"], row_path, select, each)


def questions(how: How, page: Page, filters: Filters, table: str) -> tuple[Question, ...]:
    """Make the questions: one, or one for each value of the filters in `each`.

    Filters that the YAML does not name are asked as the page does by default.
    Raises ImpossibleRequest with every filter and word that the table does not have.
    """
    chosen = selected(how, page, filters, table)
    fixed = {name: values for name, values in chosen.items() if name not in how.each}
    row_path = how.row_path or page.row_path
    made = []
    for values in product(*(chosen[name] for name in how.each)):
        one = fixed | {name: (v,) for name, v in zip(how.each, values, strict=True)}
        # In one order, whatever order Udir lists them in: the same question is the same address.
        parts = [f"{name}({'_'.join(str(v.id) for v in one[name])})" for name in sorted(one)]
        path = f"{page.endpoint}?radSti={row_path}&filter={'_'.join(parts)}&inkluderKoder=true"
        made.append(Question(path, {n: v.kode for n, v in zip(how.each, values, strict=True)}))
    return tuple(made)


def selected(how: How, page: Page, filters: Filters, table: str) -> dict[str, tuple[Value, ...]]:
    """The values that the question names, by filter; see `questions`."""
    problems = [
        f"{name}: no such filter -> there are {', '.join(filters)}"
        for name in how.select
        if name not in filters
    ]
    chosen: dict[str, tuple[Value, ...]] = {}
    for name, values in filters.items():
        if name not in how.select and name not in page.defaults:
            continue
        try:
            chosen[name] = _values(how.select.get(name, ("default",)), values, page, name)
        except _Wrong as wrong:
            problems += [f"{name}: {line}" for line in str(wrong).splitlines()]
    chosen = {name: values for name, values in chosen.items() if values}
    if not problems and not any(name in chosen for name in PERIODS):
        problems.append(f"no period is selected -> select {' or '.join(PERIODS)}")
    _refuse(problems, f"{table}, report {page.code}")
    return chosen


def _refuse(problems: Sequence[str], what: str) -> None:
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise ImpossibleRequest(
            f"{what} cannot be asked for what request.how says; {len(problems)} problem(s){lines}"
            "\nNo figures were asked for. Mend request.how.select in the source YAML."
        )


def _values(
    words: Sequence[str], values: Sequence[Value], page: Page, name: str
) -> tuple[Value, ...]:
    found: dict[int, Value] = {}
    wrong: list[str] = []
    for word in words:
        try:
            found |= {value.id: value for value in _meant(word, values, page, name)}
        except _Wrong as error:
            wrong.append(str(error))
    if wrong:
        raise _Wrong("\n".join(wrong))
    return tuple(found.values())


def _meant(word: str, values: Sequence[Value], page: Page, name: str) -> list[Value]:
    """The values that one word means; raises _Wrong if it means none."""
    if word == "*":
        found = [v for v in values if not v.children and v.id != ALL]
    elif word == "total":
        found = [v for v in values if v.id == ALL]
    elif word == "default":
        found = [v for v in values if v.id in page.defaults.get(name, ())]
    elif call := _CALL.fullmatch(word):
        found = _called(call[1], call[2], values)
    else:
        found = [_one(word, values)]
    if not found:
        raise _Wrong(f"{word} selects nothing -> {_there(values)}")
    return found


def _called(function: str, argument: str, values: Sequence[Value]) -> list[Value]:
    if function in ("level", "newest") and not argument.isdigit():
        raise _Wrong(f"{function}({argument}): expected a number")
    if function == "level":
        return [v for v in values if v.depth == int(argument)]
    if function == "newest":
        real = [v for v in values if v.id != ALL]
        return sorted(real, key=lambda v: v.kode, reverse=True)[: int(argument)]
    below = _one(argument, values).children
    found = [values[place] for place in below if 0 <= place < len(values)]
    return [v for v in found if function == "children" or "(" not in v.name]


def _one(word: str, values: Sequence[Value]) -> Value:
    found = [v for v in values if v.kode == word] or [v for v in values if v.name == word]
    if not found:
        raise _Wrong(f"no value {word!r} -> {_there(values)}")
    if len(found) > 1:
        raise _Wrong(f"{word!r} is {len(found)} values -> name one of them by kode or name")
    return found[0]


def _there(values: Sequence[Value]) -> str:
    return "there are " + listed([f"{v.kode} ({v.name})" for v in values], _SHOWN)

"""What a request selects of a table: per variable the codes, and the words that ask for them.

Here the request of a source YAML is held against the metadata, and every problem of it is
listed at once. How the selection becomes questions under the limit is in plan.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from sources.pull.expressions import BadExpression, expand, is_code
from sources.pull.problems import ImpossibleRequest
from sources.readers.bodies import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sources.pull.documents import Metadata
    from sources.registry import Request

    Lists = Mapping[str, Mapping[str, Sequence[str]]]

# StatBank's own names, for tables whose metadata state no roles.
ALWAYS = frozenset({"tid", "contentscode"})


@dataclass(frozen=True)
class Choice:
    """What is asked of one variable, under one code list or none.

    codes: the codes that must come back, in order. words: what asks for all of them, each at
    most once. divisible: whether any of the codes can be asked for alone.
    """

    variable: str
    codelist: str | None
    codes: tuple[str, ...]
    words: tuple[str, ...]
    divisible: bool = True


def choices(
    metadata: Metadata, request: Request, codelists: Lists
) -> tuple[tuple[Choice, ...], ...]:
    """Work out what a request selects: per variable, in the table's order, a Choice per list.

    codelists: variable -> list id -> its codes, of every list that the request names.
    Variables that cannot be left out, and those of time and contents, are selected in full
    where the request does not name them.
    Raises ImpossibleRequest with every problem.
    """
    problems: list[str] = []
    select = _by_variable(metadata, request.select, "select", problems)
    lists = _by_variable(metadata, request.codelists, "codelists", problems)
    found = []
    for variable in metadata.dimensions:
        items = select.get(variable, ())
        if not items and (variable in lists or is_mandatory(metadata, variable)):
            items = ("*",)
        if items:
            given = codelists.get(variable, {})
            found.append(
                _of_variable(metadata, variable, items, lists.get(variable), given, problems)
            )
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise ImpossibleRequest(
            f"{metadata.title or 'the table'} (updated {metadata.updated}) cannot be asked for "
            f"what request says; {len(problems)} problem(s){lines}\n"
            "Nothing was asked. Mend `request` in the source YAML."
        )
    return tuple(found)


def whole(chosen: Iterable[Sequence[Choice]]) -> dict[str, tuple[str, ...]]:
    """The cube that the choices make together: variable -> codes, those of all lists in turn."""
    return {
        of_variable[0].variable: tuple(code for choice in of_variable for code in choice.codes)
        for of_variable in chosen
    }


def is_mandatory(metadata: Metadata, variable: str) -> bool:
    """Tell whether a question must select from a variable."""
    fixed = {name for role in ("time", "metric") for name in metadata.roles.get(role, ())}
    return variable not in metadata.eliminable or variable in fixed or variable.casefold() in ALWAYS


def is_time(metadata: Metadata, variable: str) -> bool:
    """Tell whether a variable is the time axis."""
    times = metadata.roles.get("time", ())
    return variable in times or (not times and variable.casefold() == "tid")


def _by_variable(
    metadata: Metadata,
    asked: Mapping[str, tuple[str, ...]],
    key: str,
    problems: list[str],
) -> dict[str, tuple[str, ...]]:
    """Return a part of the request under the table's own spelling of the variables."""
    found: dict[str, tuple[str, ...]] = {}
    for name, items in asked.items():
        spelled = metadata.spelled(name)
        if spelled is None:
            problems.append(f"{key}.{name}: no such variable -> {', '.join(metadata.dimensions)}")
        elif not items:
            # The service would take it for "leave the variable out", which is said by silence.
            problems.append(f"{key}.{name}: nothing in it -> list something, or drop the line")
        elif spelled in found:
            problems.append(f"{key}.{name}: {spelled} is asked for twice")
        else:
            found[spelled] = items
    return found


def _of_variable(
    metadata: Metadata,
    variable: str,
    items: tuple[str, ...],
    ids: tuple[str, ...] | None,
    given: Mapping[str, Sequence[str]],
    problems: list[str],
) -> tuple[Choice, ...]:
    if ids is None:
        source: dict[str | None, Sequence[str]] = {None: metadata.codes[variable]}
    else:
        source = {i: given[i] for i in ids if _is_usable(metadata, variable, i, given, problems)}
    time = is_time(metadata, variable)
    reasons: dict[str, str] = {}
    taken: list[Choice] = []
    answered: set[str] = set()
    for list_id, codes in source.items():
        choice, wrong = _choice(variable, list_id, items, codes, time)
        reasons |= wrong
        answered |= set(items) - wrong.keys()
        taken += [choice]
    # With several lists an entry need not mean something in each, only in one.
    problems += [f"{variable}: {reasons[i]}" for i in items if i not in answered and i in reasons]
    problems += _faults(taken)
    return tuple(taken)


def _is_usable(
    metadata: Metadata,
    variable: str,
    list_id: str,
    given: Mapping[str, Sequence[str]],
    problems: list[str],
) -> bool:
    offered = metadata.codelists.get(variable, ())
    if list_id not in offered:
        near = [i for i in offered if i.casefold() == list_id.casefold()] or offered
        advice = f"-> {listed(near)}" if near else "-> it takes none"
        problems.append(f"{variable}: no code list {list_id!r} (case counts) {advice}")
    elif list_id not in given:
        problems.append(f"{variable}: the codes of {list_id} were not given to the plan")
    return list_id in offered and list_id in given


def _choice(
    variable: str, list_id: str | None, items: tuple[str, ...], codes: Sequence[str], time: bool
) -> tuple[Choice, dict[str, str]]:
    """Work out one variable under one list; returns also what is wrong with which entry."""
    wrong: dict[str, str] = {}
    words: dict[str, tuple[str, ...]] = {}
    for item in items:
        try:
            found = expand(item, codes, is_time=time)
        except BadExpression as error:
            wrong[item] = str(error)
            continue
        # In the table's own spelling, so that the same code in two cases is one word.
        words[found[0] if is_code(item, codes) else item] = found
    held = {code for found in words.values() for code in found}
    selected = tuple(code for code in codes if code in held)
    # StatBank answers 500 without a word to a code that stands twice, so words that overlap
    # are replaced by the codes they mean.
    overlapping = sum(map(len, words.values())) > len(selected)
    folded = {code.casefold() for code in codes}
    choice = Choice(
        variable=variable,
        codelist=list_id,
        codes=selected,
        words=selected if overlapping else tuple(words),
        divisible=len(folded) == len(codes),
    )
    return choice, wrong


def _faults(taken: Sequence[Choice]) -> list[str]:
    """Say what is wrong with choices that can each be worked out."""
    found = []
    for choice in taken:
        if not choice.codes and len(taken) > 1:
            found.append(f"{choice.variable}: nothing selected from {choice.codelist} -> drop it")
        spelled_out = [word for word in choice.words if word in choice.codes]
        if not choice.divisible and spelled_out:
            found.append(
                f"{choice.variable}: codes differ by case only, so {listed(spelled_out)} cannot "
                "be told apart in a question -> select with an expression"
            )
    for one, other in combinations(taken, 2):
        shared = [code for code in one.codes if code in set(other.codes)]
        if shared:
            found.append(
                f"{one.variable}: {one.codelist} and {other.codelist} both hold "
                f"{listed(shared)}, so cells would come twice -> ask with one of them"
            )
    return found

"""Linear: which unknowns a system of equations leaves only one value, and by which equations.

Plain algebra on numbered unknowns and equations; what they stand for is said by
warehouse/suppression.py, which asks.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

# What floating point leaves of a direction in which an unknown cannot vary.
NOISE = 1e-7


def solved(
    equations: Sequence[Mapping[int, float]], wanted: Iterable[int] | None = None
) -> dict[int, dict[int, float]]:
    """Unknowns that linear equations leave only one value: unknown -> share of each equation in it.

    equations: coefficient of each unknown that an equation has. wanted: the unknowns asked about,
    all if left out. Method: an unknown of one equation alone takes up whatever that equation says,
    so both are laid aside first; the rest is solved piece by piece, and what was laid aside follows
    from it. Shares that are 0 are left out.
    """
    left, aside = _laid_aside(equations)
    shares: dict[int, Callable[[], dict[int, float]]] = {}
    for numbers in _pieces(equations, left):
        shares |= _solved_piece(equations, numbers)
    for unknown, number in reversed(aside):
        others = {u: c for u, c in equations[number].items() if u != unknown}
        if all(u in shares for u in others):
            ways = {u: shares[u] for u in others}
            coefficient = equations[number][unknown]
            shares[unknown] = partial(_put_together, number, coefficient, others, ways)
    asked = shares if wanted is None else set(wanted) & shares.keys()
    return {unknown: shares[unknown]() for unknown in sorted(asked)}


def _laid_aside(
    equations: Sequence[Mapping[int, float]],
) -> tuple[list[int], list[tuple[int, int]]]:
    """Numbers of the equations that are left, and (unknown, equation) laid aside, in order."""
    users: dict[int, set[int]] = defaultdict(set)
    for number, equation in enumerate(equations):
        for unknown in equation:
            users[unknown].add(number)
    left = set(range(len(equations)))
    waiting = sorted(unknown for unknown, used in users.items() if len(used) == 1)
    aside = []
    while waiting:
        unknown = waiting.pop()
        if len(users[unknown]) != 1:
            continue
        (number,) = users[unknown]
        aside.append((unknown, number))
        left.discard(number)
        for other in equations[number]:
            users[other].discard(number)
            if len(users[other]) == 1:
                waiting.append(other)
    return sorted(left), aside


def _pieces(equations: Sequence[Mapping[int, float]], left: Iterable[int]) -> list[list[int]]:
    """Groups of equations that share unknowns."""
    of_unknown: dict[int, list[int]] = defaultdict(list)
    for number in left:
        for unknown in equations[number]:
            of_unknown[unknown].append(number)
    found, seen = [], set()
    for start in left:
        if start in seen:
            continue
        piece, waiting = [], [start]
        seen.add(start)
        while waiting:
            number = waiting.pop()
            piece.append(number)
            for other in {n for unknown in equations[number] for n in of_unknown[unknown]} - seen:
                seen.add(other)
                waiting.append(other)
        found.append(sorted(piece))
    return found


def _solved_piece(
    equations: Sequence[Mapping[int, float]], numbers: Sequence[int]
) -> dict[int, Callable[[], dict[int, float]]]:
    """Solve one piece: the unknowns along which nothing is free, by the normal equations.

    The shares, worked out when they are asked for, are the least that solve for one of them.
    """
    import numpy as np

    unknowns = sorted({unknown for number in numbers for unknown in equations[number]})
    place = {unknown: at for at, unknown in enumerate(unknowns)}
    matrix = np.zeros((len(numbers), len(unknowns)))
    for at, number in enumerate(numbers):
        for unknown, coefficient in equations[number].items():
            matrix[at, place[unknown]] = coefficient
    strengths, directions = np.linalg.eigh(matrix.T @ matrix)
    free, bound = directions[:, strengths < NOISE], strengths >= NOISE
    told = np.flatnonzero(np.abs(free).max(axis=1, initial=0.0) <= NOISE)
    towards = matrix @ (directions[:, bound] / strengths[bound])

    def shares(column: int) -> dict[int, float]:
        each = towards @ directions[column, bound]
        return {
            numbers[at]: float(each[at]) for at in np.flatnonzero(np.abs(each) > NOISE).tolist()
        }

    return {unknowns[column]: partial(shares, column) for column in told.tolist()}


def _put_together(
    number: int,
    coefficient: float,
    others: Mapping[int, float],
    ways: Mapping[int, Callable[[], dict[int, float]]],
) -> dict[int, float]:
    """Shares in an unknown that follows from one equation and the others in it."""
    shares: dict[int, float] = defaultdict(float)
    shares[number] = 1 / coefficient
    for unknown, of_other in others.items():
        for each, share in ways[unknown]().items():
            shares[each] -= of_other * share / coefficient
    return {each: share for each, share in shares.items() if abs(share) > NOISE}

"""Comparing dimensions and codes: what is new at the source, gone, or has another name.

Only codes that the request selects can be new: the others never come. Titles, units, licence
and periods are compared in compare.py.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from sources.doctor.shapes import Finding
from sources.readers.bodies import listed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from sources.pull.client import Described
    from sources.registry import Dimension, SourceTable

# Of the codes of both, so many must be the same for a new name to be taken for a renaming.
_ALIKE = 0.5


def dimensions(spec: SourceTable, described: Described, *, weak: bool) -> Iterator[Finding]:
    """Say which dimensions are new, gone or renamed.

    A new one that a question may leave out is none of ours, and one of ours that is filled in
    where it is absent, and not asked for, is no loss. Nothing is said of a source that lists no
    dimensions at all.
    """
    if not described.dimensions:
        return
    new = [name for name in described.dimensions if name not in spec.dimensions]
    for name, dimension in spec.dimensions.items():
        if name in described.dimensions:
            continue
        alike = [n for n in new if _is_alike(dimension, described.dimensions[n])]
        if len(alike) == 1:
            new.remove(alike[0])
            text = f"dimension {name} is called {alike[0]} now"
            yield Finding("dimension renamed", text, name, found=alike[0])
        elif dimension.absent is None or _asked(spec, name):
            text = f"dimension {name} is gone"
            yield Finding("dimension gone", text, name, proven=not weak)
    for name in new:
        if name not in described.optional:
            codes = tuple(described.dimensions[name] or ())
            text = f"new dimension {name} that cannot be left out: {listed(codes) or 'no codes'}"
            yield Finding("new dimension", text, name, codes)


def codes(spec: SourceTable, described: Described, *, weak: bool) -> Iterator[Finding]:
    """Say which codes of every dimension are gone, and which selected ones the YAML lacks."""
    for name, dimension in spec.dimensions.items():
        labels = described.dimensions.get(name)
        if labels is None:
            continue
        # What is not asked for cannot be missed.
        asked = _asked(spec, name)
        explicit = bool(asked) and all(dimension.knows(item) for item in asked)
        gone = tuple(c for c in _gone(dimension, labels) if not explicit or c in asked)
        if gone:
            text = f"{name}: codes gone {listed(gone)}"
            yield Finding("code gone", text, name, gone, proven=not weak)
        selected = described.selected.get(name, tuple(labels))
        new = tuple(code for code in selected if not dimension.knows(code))
        if new:
            shown = listed([f"{code} ({labels.get(code, code)})" for code in new])
            yield Finding("new code", f"{name}: new codes {shown}", name, new)


def _gone(dimension: Dimension, labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return codes of the YAML that the source lacks, and that are the source's own."""
    ours = {*dimension.aliases.values(), dimension.absent}
    listed_gone = [c for c in dimension.codes or () if c not in labels and c not in ours]
    # Several codes may stand for one of ours, in turns of the years; one of them is enough.
    reached = {to for code, to in dimension.aliases.items() if code in labels} | set(labels)
    renamed_gone = [
        code for code, to in dimension.aliases.items() if code not in labels and to not in reached
    ]
    return tuple(listed_gone + renamed_gone)


def _asked(spec: SourceTable, name: str) -> tuple[str, ...]:
    return spec.request.select.get(name, ()) if spec.request else ()


def _is_alike(dimension: Dimension, labels: Mapping[str, str] | None) -> bool:
    """Tell whether the codes of a new dimension are those of one that is gone."""
    if not labels:
        return False
    known = sum(dimension.knows(code) for code in labels)
    return known >= _ALIKE * len(labels) and _reaches(dimension, labels)


def _reaches(dimension: Dimension, labels: Collection[str]) -> bool:
    theirs = set(chain(dimension.codes or (), dimension.aliases)) - {*dimension.aliases.values()}
    return not theirs or len(theirs & set(labels)) >= _ALIKE * len(theirs)

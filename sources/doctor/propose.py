"""Proposing: findings as edits of the text of a source YAML.

Pure: text in, text out; each kind of finding has one function. What a person must decide (a
licence, a hole in a series, a code that an open list does not fit) is said in `left`. Files are
read and written in fix.py.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sources.doctor import yaml_text
from sources.doctor.compare import UNITS, same_title
from sources.doctor.yaml_text import CannotEdit, scalar
from sources.model import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sources.doctor.shapes import Finding
    from sources.pull.client import Described
    from sources.registry import SourceTable

GONE = "gone at the source"
NEW = "new at the source"
_ENGLISH_LACKING = "new at the source, label in one language only"
# A dimension with more codes than this is better described by a pattern, by a person.
_MOST_CODES = 100
_SPELLED = str.maketrans({"æ": "ae", "ø": "o"})


@dataclass(frozen=True)
class Wording:
    """The source's words in bokmål ("no") and English: titles, and dimension -> code -> label."""

    titles: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)

    def label(self, lang: str, dimension: str, code: str) -> str | None:
        """The label of a code, None where the source gives none in that language."""
        return self.labels.get(lang, {}).get(dimension, {}).get(code)


@dataclass(frozen=True)
class Proposal:
    """The text with the edits that can be made, and what is left to a person."""

    text: str
    left: tuple[str, ...]


@dataclass(frozen=True)
class _Case:
    """What an edit may look at: one finding, and all that is known of the table."""

    finding: Finding
    spec: SourceTable
    described: Described
    wording: Wording


def propose(
    spec: SourceTable,
    text: str,
    described: Described,
    findings: Sequence[Finding],
    wording: Wording,
) -> Proposal:
    """Make the edits that the findings ask for, in their order.

    text: of the YAML that `spec` was read from. Whether the result is a valid source YAML is
    for the registry to say.
    """
    left: list[str] = []
    for finding in findings:
        edit = _EDITS.get(finding.kind)
        if edit is None:
            left.append(finding.text)
            continue
        try:
            text = edit(text, _Case(finding, spec, described, wording))
        except CannotEdit as error:
            left.append(f"{finding.text} -> by hand: {error}")
    return Proposal(text, tuple(left))


def _moved(text: str, case: _Case) -> str:
    same = [
        s
        for s in case.described.successors
        if not s.discontinued and same_title(case.spec, s.title)
    ]
    if len(same) != 1:
        raise CannotEdit(
            f"{len(same)} tables with the same title in the catalogue; choose one by its codes"
        )
    return yaml_text.replace(text, ("request", "url"), same[0].url)


def _title(text: str, case: _Case) -> str:
    nb = case.wording.titles.get("no") or case.finding.found
    text = yaml_text.replace(text, ("title", "nb"), scalar(nb))
    english = case.wording.titles.get("en")
    return yaml_text.replace(text, ("title", "en"), scalar(english)) if english else text


def _renamed(text: str, case: _Case) -> str:
    for path in _places(case.finding.where):
        if yaml_text.has(text, path):
            text = yaml_text.rename(text, path, case.finding.found)
    return text


def _dimension_gone(text: str, case: _Case) -> str:
    for *path, name in _places(case.finding.where):
        if yaml_text.has(text, (*path, name)):
            text = yaml_text.drop(text, path, [name], GONE)
    return text


def _new_dimension(text: str, case: _Case) -> str:
    name = case.finding.where
    if not 0 < len(case.finding.codes) <= _MOST_CODES:
        raise CannotEdit(f"{len(case.finding.codes)} codes, describe them by a pattern")
    column = _word(name).lstrip("_0123456789") or "added"
    lines = [
        f"# {NEW}:",
        f"{scalar(name)}:",
        "  role: breakdown",
        f"  name: {column}",
        f"  title: {{nb: {scalar(name)}, en: {scalar(name)}}}",
        "  codes:",
    ]
    lines += [
        f"    {scalar(code)}: {{{', '.join(_texts(case, code)[0])}}}" for code in case.finding.codes
    ]
    return yaml_text.add_lines(text, ("dimensions",), lines)


def _code_gone(text: str, case: _Case) -> str:
    name = case.finding.where
    for key in ("codes", "aliases"):
        path = ("dimensions", name, key)
        if yaml_text.has(text, path):
            text = yaml_text.drop(text, path, case.finding.codes, GONE)
    path = ("request", "select", name)
    return (
        yaml_text.drop_items(text, path, case.finding.codes, GONE)
        if yaml_text.has(text, path)
        else text
    )


def _new_code(text: str, case: _Case) -> str:
    dimension = case.spec.dimensions[case.finding.where]
    if dimension.codes is None:
        raise CannotEdit("the list is open: widen `pattern`, or name them in `aliases` or `ignore`")
    for code in case.finding.codes:
        fields, why = _texts(case, code)
        if dimension.role == "measure":
            unit = case.described.units.get(code, Unit("number", 0))
            fields += [f"unit: {_unit(unit.base)}", f"decimals: {unit.decimals or 0}"]
        path = ("dimensions", case.finding.where, "codes")
        text = yaml_text.add_entry(text, path, code, fields, why)
    return text


def _of_measure(key: str) -> Callable[[str, _Case], str]:
    def edit(text: str, case: _Case) -> str:
        path = ("dimensions", case.finding.where, "codes", case.finding.codes[0], key)
        return yaml_text.replace(text, path, case.finding.found)

    return edit


def _texts(case: _Case, code: str) -> tuple[list[str], str]:
    """Return the fields nb and en of a code, and the comment that goes with them."""
    dimension = case.finding.where
    own = (case.described.dimensions.get(dimension) or {}).get(code, code)
    nb = case.wording.label("no", dimension, code) or own
    en = case.wording.label("en", dimension, code)
    return [f"nb: {scalar(nb)}", f"en: {scalar(en or nb)}"], NEW if en else _ENGLISH_LACKING


def _unit(base: str) -> str:
    """Make a unit of the source's word: ours where it is known, else its letters and digits.

    "1 000 kr" becomes unit_1_000_kr: no factor may be lost.
    """
    word = _word(base)
    plain = f"unit_{word}" if word[:1].isdigit() else word
    return UNITS.get(base.casefold(), plain or "number")


def _word(text: str) -> str:
    """Write a text as a name in lower case ASCII: "Antall år" -> antall_ar."""
    spelled = text.casefold().translate(_SPELLED)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def _places(name: str) -> tuple[tuple[str, ...], ...]:
    return (("request", "select", name), ("request", "codelists", name), ("dimensions", name))


_EDITS: Mapping[str, Callable[[str, _Case], str]] = {
    "gone": _moved,
    "discontinued": _moved,
    "title": _title,
    "dimension renamed": _renamed,
    "dimension gone": _dimension_gone,
    "new dimension": _new_dimension,
    "code gone": _code_gone,
    "new code": _new_code,
    "decimals": _of_measure("decimals"),
    "unit": _of_measure("unit"),
}

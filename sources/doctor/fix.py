"""Fixing: a proposed YAML beside the old one, read back by the registry before it is written.

Edits are made in propose.py. The source YAML itself is never touched, and a proposal that says
something else is never overwritten.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sources import registry
from sources.doctor.examine import checkup, describer
from sources.doctor.propose import Wording, propose
from sources.model import KompetanseError

if TYPE_CHECKING:
    from sources.doctor.examine import Looking
    from sources.doctor.shapes import Checkup
    from sources.registry import SourceTable

HEADER = (
    "# Proposed by `kompetanse doctor`: compare with the old file line by line, mend what is\n"
    "# marked, and let it take the old file's place.\n"
)
# A new number or name of a dimension lets codes be compared that could not be before.
_ROUNDS = 4


@dataclass(frozen=True)
class Fixed:
    """What came of a proposal.

    state: written; already there (the very same); in the way (another proposal stands there);
    nothing (no edit to propose, or none that gives a valid YAML). left: what a person must mend.
    """

    state: Literal["written", "already there", "in the way", "nothing"]
    path: Path
    left: tuple[str, ...]


def fix(found: Checkup, documents: Looking, folder: Path = registry.FOLDER) -> Fixed:
    """Propose a YAML that fits what the source says, and write it beside the old one.

    documents: those of the checkup; asked again after an edit that makes more comparable.
    folder: where the source YAMLs lie.
    """
    old = folder / f"{found.spec.id}.yaml"
    beside = old.with_name(f"{old.stem}{registry.PROPOSED}")
    before = old.read_text(encoding="utf-8")
    text, left = _mended(found, documents, before, folder)
    if text == before:
        return Fixed("nothing", beside, left)
    start = text.index("\n") + 1 if text.startswith("# yaml-language-server") else 0
    text = text[:start] + HEADER + text[start:]
    if beside.exists():
        same = beside.read_text(encoding="utf-8") == text
        return Fixed("already there" if same else "in the way", beside, left)
    with beside.open("x", encoding="utf-8") as file:
        file.write(text)
    return Fixed("written", beside, left)


def _mended(
    found: Checkup, documents: Looking, text: str, folder: Path
) -> tuple[str, tuple[str, ...]]:
    """Edit, read back, look again; returns the last valid text and what is left to do."""
    left: tuple[str, ...] = ()
    for _ in range(_ROUNDS):
        if found.described is None:
            return text, (*left, found.problem)
        wording = _wording(found, documents)
        made = propose(found.spec, text, found.described, found.differences, wording)
        left = made.left
        if made.text == text:
            break
        try:
            spec = read_back(made.text, found.spec.id, folder)
        except registry.InvalidSource as error:
            return text, (*left, f"the edits would not make a valid YAML: {error}")
        text, found = made.text, checkup(spec, documents)
    return text, left


def read_back(text: str, table_id: str, folder: Path = registry.FOLDER) -> SourceTable:
    """Read the text of a source YAML as the registry would; raises InvalidSource."""
    with tempfile.TemporaryDirectory() as made:
        aside = Path(made)
        shutil.copyfile(folder / "warnings.yaml", aside / "warnings.yaml")
        file = aside / f"{table_id}.yaml"
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
        return registry.load(aside)[table_id]


def _wording(found: Checkup, documents: Looking) -> Wording:
    """The source's words in both languages; without those that cannot be had."""
    words = getattr(describer(found.spec), "words", None)
    titles, labels = {}, {}
    if words is None or found.described is None or found.described.gone:
        return Wording()
    for lang in ("no", "en"):
        try:
            said = words(found.spec, documents, lang)
        except KompetanseError:
            # A label in one language still makes a proposal; the comment in it says so.
            continue
        titles[lang], labels[lang] = said.title, said.labels
    return Wording(titles, labels)

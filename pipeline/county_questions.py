"""County questions: what `kompetanse county new` has to be told, asked for or read from a file.

Every question has a proposal, so that a file with no answers gives a file that can be used. What
becomes of the answers is in pipeline/county_command.py.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CRON = "30 8 * * 1-5"
REGIONS = (
    "Egne regioner, én per linje, som «Namdalen: 5007, 5042»; tom linje avslutter / "
    "own regions, one per line; a blank line ends"
)


class UnreadableAnswers(KompetanseError):
    """The file of answers cannot be used; lists every problem."""


@dataclass(frozen=True)
class Answers:
    """What a person says of a new county; empty means: as proposed.

    regions: lines "name: codes" of the county's own regions; none if empty.
    """

    name_en: str = ""
    cron: str = CRON
    contact: Mapping[str, str] = field(default_factory=dict)
    regions: tuple[str, ...] = ()
    regions_nb: str = "Egne regioner"
    regions_en: str = "Own regions"
    regions_source: str = "the county"
    default_region_set: str = ""


def given(file: Path | None, name: str, economic: bool) -> Answers:
    """Read the answers of a file, or ask for them in the terminal.

    economic: whether SSB's economic regions are known; else own regions matter more.
    Raises UnreadableAnswers for a file that is none, and where there is nobody to ask.
    """
    if file is not None:
        return _read(file)
    if not sys.stdin.isatty():
        keys = ", ".join(f.name for f in fields(Answers))
        raise UnreadableAnswers(
            "There is no terminal to ask in. Give --answers FILE, a YAML with any of these keys "
            f"(all may be left out): {keys}"
        )
    return ask(name, economic=economic)


def ask(name: str, *, economic: bool) -> Answers:
    """Put every question to whoever is at the terminal."""
    told: dict[str, Any] = {
        "name_en": _asked("Navn på engelsk / name in English", name),
        "cron": _asked("Oppdatering, som cron-linje / refresh, as a cron line", CRON),
    }
    contact = {
        "name": _asked("Kontakt, navn / contact, name", ""),
        "email": _asked("Kontakt, e-post / contact, e-mail", ""),
    }
    told["contact"] = {key: value for key, value in contact.items() if value}
    if not economic:
        print("SSBs økonomiske regioner er ikke i arkivet / SSB's regions are not archived.")
    print(REGIONS)
    told["regions"] = tuple(iter(lambda: input("  ").strip(), ""))
    if told["regions"]:
        for key, question in (
            ("regions_nb", "Tittel på inndelingen, bokmål / title in bokmål"),
            ("regions_en", "Tittel, engelsk / title in English"),
            ("regions_source", "Hvem har bestemt den / who decided it"),
        ):
            told[key] = _asked(question, getattr(Answers, key))
    return Answers(**told)


def _asked(question: str, proposal: str) -> str:
    shown = f" [{proposal}]" if proposal else ""
    return input(f"{question}{shown}: ").strip() or proposal


def _read(file: Path) -> Answers:
    from sources.registry_checks import read_yaml

    if not file.is_file():
        raise UnreadableAnswers(f"{file} is not there.")
    raw, problems = read_yaml(file)
    kinds = {"contact": dict, "regions": list}
    names = [f.name for f in fields(Answers)]
    for key, value in raw.items():
        if key not in names:
            problems.append(f"{key} is no question; there is {', '.join(names)}")
        elif not _is_text(value, kinds.get(key, str)):
            problems.append(f"{key}: expected {_KINDS[kinds.get(key, str)]}")
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise UnreadableAnswers(f"{file} cannot be used:\n{listed}\nMend it and try again.")
    told = {**raw, "regions": tuple(raw.get("regions", ()))}
    return Answers(**told)


_KINDS = {str: "text", dict: "name and email, as text", list: 'a list of "name: codes"'}


def _is_text(value: object, kind: type) -> bool:
    if not isinstance(value, kind):
        return False
    if isinstance(value, dict):
        return value.keys() <= {"name", "email"} and _is_text(list(value.values()), list)
    return not isinstance(value, list) or all(isinstance(each, str) for each in value)

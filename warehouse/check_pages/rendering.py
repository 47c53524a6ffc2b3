"""Rendering: verdicts as an index and a page per contract, in bokmål and English.

Every value goes through the template's escaping, since sources may write anything. How long gates
took stands on the index alone: the other pages are the same bytes for the same verdicts. Sentences
are in texts.yaml, places in templates/, the look is that of the refresh report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.judged import GATES
from warehouse.refresh_report import formats
from warehouse.refresh_report.rendering import cost_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sources.registry import Text
    from warehouse.judged import Cost, Judged, Result

FOLDER, INDEX = "checks", "index"
LANGUAGES = ("nb", "en")
HERE = Path(__file__).parent
SHARED_LOOK = HERE.parent / "refresh_report" / "templates"
VINTAGES_SHOWN = 10
# As indicators hide them (docs/adr/0011-small-counts.md): a row shown as an example of a broken
# rule must not tell what the release holds back.
SMALL, SMALL_SHOWN = (1.0, 2.0, 3.0), "1\u20133"
COUNTS_OF_SOURCES = ("raw", "conformed")


@dataclass(frozen=True)
class PagesAbout:
    """What the pages are about, as the manifest and the definitions say.

    titles:   subject (id of a source table, indicator or mart) -> its title.
    vintages: subject -> ids of the answers behind it; all of them under "".
    cost:     what checking took in the run that publishes; None where it is not known.
    """

    release_id: str
    county: Text
    made_up: bool
    titles: Mapping[str, Text] = field(default_factory=dict)
    vintages: Mapping[str, Sequence[str]] = field(default_factory=dict)
    cost: Cost | None = None


@dataclass(frozen=True)
class Contract:
    """One gate and every verdict of it, as the templates ask for them."""

    gate: str
    verdicts: tuple[Judged, ...]

    @property
    def rules(self) -> int:
        """Number of rules over all subjects."""
        return sum(len(verdict.results) for verdict in self.verdicts)

    @property
    def broken(self) -> int:
        """Number of rules that do not hold."""
        return sum(len(verdict.broken) for verdict in self.verdicts)

    @property
    def rows(self) -> int:
        """Number of rows that break a rule."""
        return sum(result.rows for verdict in self.verdicts for result in verdict.broken)

    @property
    def seconds(self) -> float:
        """How long its gates took, in whichever run they last judged."""
        return sum(verdict.seconds for verdict in self.verdicts)


def write(folder: Path, about: PagesAbout, verdicts: Sequence[Judged]) -> list[Path]:
    """Write checks/<language>/index.html and a page per contract; returns the files.

    Equal verdicts give equal bytes, but for the index, which has their seconds.
    """
    by_gate = [Contract(g, tuple(v for v in verdicts if v.gate == g)) for g in GATES]
    contracts = [contract for contract in by_gate if contract.verdicts]
    written = []
    for language in LANGUAGES:
        page = Page(about, language)
        into = folder / FOLDER / language
        into.mkdir(parents=True, exist_ok=True)
        texts = {INDEX: _template("index.html.j2").render(page=page, contracts=contracts)}
        for contract in contracts:
            texts[contract.gate] = _template("contract.html.j2").render(
                page=page, contract=contract
            )
        for name, text in texts.items():
            path = into / f"{name}.html"
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written


class Page:
    """Words and values of the pages in one language."""

    def __init__(self, about: PagesAbout, language: str) -> None:
        self.about = about
        self.language = language
        self.words: dict[str, Any] = _texts()[language]

    @property
    def other(self) -> str:
        """The other language."""
        return next(each for each in LANGUAGES if each != self.language)

    @property
    def heading(self) -> str:
        """Heading of the index, with the county."""
        return str(self.words["heading"]).format(what=self.about.county[self.language])

    def title(self, verdict: Judged) -> str:
        """Title of what was judged; its id where it has none."""
        text = self.about.titles.get(verdict.subject)
        return text[self.language] if text else verdict.subject or self.words["whole"]

    def says(self, result: Result) -> str:
        """What a rule says."""
        return result.text[self.language]

    def judged_on(self, verdict: Judged) -> str:
        """How many rows were judged, and which answers they come from."""
        ids = sorted(self.about.vintages.get(verdict.subject, ()))
        listed = ", ".join(ids[:VINTAGES_SHOWN])
        if len(ids) > VINTAGES_SHOWN:
            listed += f" {self.words['more'].format(n=self.number(len(ids) - VINTAGES_SHOWN))}"
        rows = self.words["rows_judged"].format(n=self.number(verdict.size))
        return f"{rows} {self.words['answers']}: {listed or self.words['no_answers']}."

    def outcome(self, result: Result) -> str:
        """The word for what became of a rule."""
        if result.passed:
            return str(self.words["held"])
        if not result.rows:
            return str(self.words["not_judged"])
        return str(self.words["stops" if result.blocking else "warns"])

    def summary(self, contracts: Sequence[Contract]) -> str:
        """How many gates and rules there were, and how many of them found something."""
        rules, broken = sum(c.rules for c in contracts), sum(c.broken for c in contracts)
        counted = {
            "gates": self.number(sum(len(c.verdicts) for c in contracts)),
            "rules": self.number(rules),
            "held": self.number(rules - broken),
            "broken": self.number(broken),
        }
        return str(self.words["summary"]).format(**counted)

    def cost(self) -> str:
        """What checking took in the run that published; empty where that is not known."""
        return cost_text(self.about.cost, self.language) if self.about.cost else ""

    def number(self, value: float, decimals: int = 0) -> str:
        """Write a number as the language does."""
        return formats.number(value, decimals, self.language)

    def value(self, value: object, gate: str) -> str:
        """A cell of an offending row; small counts of a source are not told."""
        small = isinstance(value, float) and value in SMALL
        return SMALL_SHOWN if small and gate in COUNTS_OF_SOURCES else str(value)


def anchor(subject: str) -> str:
    """Name of a subject's place on a page: ssb/07459 -> ssb-07459."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", subject) or "all"


@cache
def _texts() -> dict[str, Any]:
    import yaml

    loaded: dict[str, Any] = yaml.safe_load((HERE / "texts.yaml").read_text(encoding="utf-8"))
    return loaded


def _template(name: str) -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader([HERE / "templates", SHARED_LOOK]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["anchor"] = anchor
    return environment.get_template(name)

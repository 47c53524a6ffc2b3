"""Rendering: the facts of a report as Markdown and as one HTML file that needs nothing else.

Both are made of the same tables of plain text, one set per language. What is told is facts.py,
the sentences are texts.yaml, their places in templates/.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.refresh_report import formats
from warehouse.refresh_report.answer import Answer, Reason, can_we_use_it

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sources.registry import Text
    from warehouse.judged import Cost
    from warehouse.refresh_report.facts import Facts

MARKDOWN, HTML = "REPORT.md", "REPORT.html"
LANGUAGES = ("nb", "en")
HERE = Path(__file__).parent
NUMERIC = frozenset({"before", "now", "change", "rows", "figures"})
DATES = frozenset({"updated", "since", "when"})
Row = dict[str, Any]


@dataclass(frozen=True)
class Section:
    """One heading with a table, or with a sentence where there is nothing to tell.

    columns: keys of texts.yaml; numeric ones are set to the right. key names the section.
    """

    key: str
    heading: str
    lead: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str
    after: str = ""


def write(folder: Path, facts: Facts) -> tuple[Path, Path]:
    """Write REPORT.md and REPORT.html into a folder; equal facts give equal bytes."""
    answer = can_we_use_it(facts)
    pages = [Page(facts, answer, language) for language in LANGUAGES]
    written = []
    for name, template in ((MARKDOWN, "report.md.j2"), (HTML, "report.html.j2")):
        text = _template(template).render(pages=pages, facts=facts, answer=answer)
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written[0], written[1]


class Page:
    """The report in one language, as the templates ask for it."""

    def __init__(self, facts: Facts, answer: Answer, language: str) -> None:
        self.facts = facts
        self.answer = answer
        self.language = language
        self.words = texts()[language]

    @property
    def title(self) -> str:
        """Title of the report."""
        return self._fill(self.words["title"], what=self._text(self.facts.about.county))

    @property
    def built(self) -> str:
        """When the release was built."""
        when = formats.moment(self.facts.about.built_at, self.language)
        return self._fill(self.words["built"], what=when)

    @property
    def reasons(self) -> list[str]:
        """Sentences behind the answer, the weightiest first."""
        return [self._reason(reason) for reason in self.answer.reasons]

    @property
    def notes(self) -> list[str]:
        """Sentences that hold whatever the answer."""
        return [self._reason(reason) for reason in self.answer.notes]

    @property
    def detail(self) -> str:
        """Where every change can be read."""
        about, previous = self.facts.about, self.facts.previous
        return self._fill(self.words["detail"], what=f"{previous} {about.release_id}")

    @property
    def cost(self) -> str:
        """What checking took; empty where that is not known."""
        cost = self.facts.about.cost
        return cost_text(cost, self.language) if cost else ""

    def sections(self) -> list[Section]:
        """Every section in the order of reading; one that has nothing to compare is left out."""
        compared = [self._new_periods(), self._revisions(), self._gone()]
        return [
            self._stale(),
            self._sources(),
            *(section for section in compared if section and self.facts.previous),
            self._checks(),
            self._due(),
            *([self._definitions()] if self.facts.previous else []),
        ]

    def _sources(self) -> Section:
        rows = [
            (self._source(r), formats.date(r["updated"], self.language), self._came(r))
            for r in self.facts.sources
        ]
        empty = "sources" if self.facts.previous else "sources_first"
        return self._section("sources", ("source", "updated", "came"), rows, empty=empty)

    def _came(self, row: Row) -> str:
        words, parts = self.words["came"], []
        if row["first"]:
            one = "one" if row["first"] == row["last"] else "many"
            what = formats.periods(row["first"], row["last"], self.language)
            parts.append(self._fill(words["period"][one], what=what))
        counts = [(kind, row["counts"].get(kind, 0)) for kind in ("new", "revised")]
        parts += [self._count(words[kind], n) for kind, n in counts if n]
        return ", ".join(parts) or words["same"]

    def _new_periods(self) -> Section:
        rows = []
        for r in self.facts.new_periods:
            now = f"{self._value(r, 'value')} ({formats.period(r['period'], self.language)})"
            before = "\u2013"
            if r["earlier_period"]:
                period = formats.period(r["earlier_period"], self.language)
                before = f"{self._value(r, 'earlier_value')} ({period})"
            rows.append((self._headline(r), before, now, self._change(r, "earlier_value", "value")))
        columns = ("indicator", "before", "now", "change")
        left = self.facts.new_periods_left
        return self._section("new_periods", columns, rows, left=left)

    def _revisions(self) -> Section:
        rows = [
            (
                self._headline(r)
                + (f" ({self.words['new_way']})" if r["kind"] == "redefined" else ""),
                self._text(self.facts.regions[r["region_set"], r["region_id"]]),
                formats.period(r["period"], self.language),
                self._value(r, "earlier_value"),
                self._value(r, "later_value"),
                self._change(r, "earlier_value", "later_value"),
            )
            for r in self.facts.revisions
        ]
        columns = ("indicator", "region", "period", "before", "now", "change")
        return self._section("revisions", columns, rows, left=self.facts.revisions_left)

    def _gone(self) -> Section | None:
        rows = [
            (
                self._indicator(r),
                formats.number(r["figures"], 0, self.language),
                self._blank(r["reason"]),
            )
            for r in self.facts.gone
        ]
        return self._section("gone", ("indicator", "figures", "reason"), rows) if rows else None

    def _stale(self) -> Section:
        rows = []
        for r in self.facts.stale:
            kind = self.words["kinds"].get(r["state"], self.words["kinds"]["failed"])
            what = kind["what"]
            if r["stale_reason"]:
                what += f" {self.words['message']}: {r['stale_reason']}"
            since = formats.date(r["stale_since"] or "", self.language) or "\u2013"
            rows.append((self._source(r), since, what, kind["todo"]))
        return self._section("stale", ("source", "since", "problem", "todo"), rows)

    def _checks(self) -> Section:
        checks = self.facts.about.checks
        rows = [
            (self._text(check.text), formats.number(check.rows, 0, self.language))
            for check in sorted(checks or (), key=lambda c: (not c.blocking, c.text.nb))
        ]
        empty = "checks_unknown" if checks is None else "checks"
        return self._section("checks", ("check", "rows"), rows, empty=empty)

    def _due(self) -> Section:
        rows = []
        for due in self.facts.due:
            when = formats.month(due.year, due.month, self.language)
            if due.overdue:
                when += f" ({self.words['overdue']})"
            rows.append((when, self._source(self.facts.tables[due.source_table_id])))
        return self._section("due", ("when", "source"), rows)

    def _definitions(self) -> Section:
        words = self.words["definition"]
        rows = [
            (
                self._indicator(r),
                r["earlier_version"] or words["came"],
                r["later_version"] or words["went"],
            )
            for r in self.facts.definitions
        ]
        columns = ("indicator", "old_version", "new_version")
        return self._section("definitions", columns, rows)

    def _section(
        self,
        key: str,
        columns: tuple[str, ...],
        rows: Sequence[tuple[str, ...]],
        *,
        left: int = 0,
        empty: str = "",
    ) -> Section:
        named = tuple((column, self.words["columns"][column]) for column in columns)
        return Section(
            key=key,
            heading=self.words["headings"][key],
            lead=self.words["leads"].get(key, ""),
            columns=named,
            rows=tuple(rows),
            empty=self.words["empty"].get(empty or key, ""),
            after=self._count(self.words["more"], left) if left else "",
        )

    def _reason(self, reason: Reason) -> str:
        return self._count(self.words["reasons"][reason.key], max(reason.number, 1))

    def _count(self, words: Mapping[str, str], n: int) -> str:
        shown = formats.number(n, 0, self.language)
        return self._fill(words["one" if n == 1 else "many"] or words["one"], n=shown)

    def _indicator(self, row: Row) -> str:
        return self._text(self.facts.titles[row["indicator_id"]])

    def _headline(self, row: Row) -> str:
        """Title with the breakdown that is shown first, and the unit."""
        shown = self.facts.headlines.get(row["indicator_id"])
        title = self._indicator(row) + (f": {self._text(shown)}" if shown else "")
        return f"{title} ({texts()['units'][self.language][row['unit']]})"

    def _value(self, row: Row, column: str) -> str:
        return formats.number(row[column], row["decimals"], self.language)

    def _change(self, row: Row, earlier: str, later: str) -> str:
        """The change between the two figures as they are shown, so that a reader can check it."""
        if row["change"] is None:
            return "\u2013"
        decimals = row["decimals"]
        before, now = (formats.rounded(row[column], decimals) for column in (earlier, later))
        return formats.signed(float(now - before), decimals, self.language)

    def _blank(self, reason: str | None) -> str:
        known = self.facts.reasons.get(reason or "")
        return self._text(known) if known else reason or self.words["withdrawn"]

    def _source(self, row: Row) -> str:
        provider, _, table = row["source_table_id"].partition("/")
        name = f"{provider.upper() if provider == 'ssb' else provider.title()}"
        numbered = f" {table}" if table.isdecimal() else ""
        return f"{name}{numbered}: {row[f'title_{self.language}']}"

    def _text(self, text: Text) -> str:
        return text.nb if self.language == "nb" else text.en

    @staticmethod
    def _fill(text: str, **what: str) -> str:
        return text.format(**what)


def cost_text(cost: Cost, language: str) -> str:
    """One sentence: checks and rules of a run, their seconds, and their share of the run."""
    sentence: str = texts()[language]["cost"]
    return sentence.format(
        gates=formats.number(cost.gates, 0, language),
        rules=formats.number(cost.rules, 0, language),
        seconds=formats.number(cost.seconds, 1, language),
        of=formats.number(cost.of, 1, language),
        share=formats.number(cost.share, 0, language),
    )


@cache
def texts() -> dict[str, Any]:
    """Every sentence of the report by language, and the words for units."""
    import yaml

    loaded: dict[str, Any] = yaml.safe_load((HERE / "texts.yaml").read_text(encoding="utf-8"))
    return loaded


def _template(name: str) -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = _cell
    environment.globals |= {"numeric": NUMERIC, "dates": DATES}
    return environment.get_template(name)


def _cell(text: str) -> str:
    """A Markdown table cell: on one line, and no bar or tag of its own."""
    plain = " ".join(line.strip() for line in text.splitlines())
    return plain.replace("|", "\\|").replace("<", "&lt;")

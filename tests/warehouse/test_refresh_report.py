"""The refresh report answers first whether the release can be used, and tells nothing untrue."""

from __future__ import annotations

import datetime as dt
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from sources.registry import Text
from tests.warehouse.history_kit import Channel, values
from warehouse import difference, parquet, refresh_report
from warehouse.refresh_report import answer, due, formats, rendering

if TYPE_CHECKING:
    from pathlib import Path

NOW = dt.datetime(2026, 7, 1, 8, 30, tzinfo=dt.UTC)
NEWER = "ssb/07459@2026-02-25#b"
CHECK = refresh_report.Check(Text("Summene stemmer ikke.", "The sums do not add up."), 3)
WELL = {
    "source_table_id": "ssb/07459", "title_nb": "Befolkning", "title_en": "Population",
    "state": "current", "stale_since": None, "stale_reason": "",
}  # fmt: skip
FAILED = WELL | {
    "state": "failed", "stale_since": "2026-06-12", "stale_reason": "no <answer> | 503",
}  # fmt: skip
FIRST = ({"period": "2023", "value": 1000.0}, {"period": "2024", "value": 1100.0})


class Desk:
    """Writes a report of two hand-made releases."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.channel = Channel(folder)

    def facts(
        self,
        *later: dict[str, Any],
        earlier: tuple[dict[str, Any], ...] = FIRST,
        source: dict[str, Any] = WELL,
        first: bool = False,
        checks: tuple[refresh_report.Check, ...] | None = (),
        made_up: bool = False,
    ) -> refresh_report.facts.Facts:
        self.channel = Channel(self.folder / f"{len(list(self.folder.glob('*')))}")
        self.channel.publish("a", values(*earlier))
        self.channel.publish("b", values(*later))
        for name in ("a", "b"):
            self._complete(self.channel.releases / name, source)
        about = refresh_report.ReportAbout(
            "b", Text("Fylket", "The county"), NOW, made_up, "regions", checks
        )
        folder = self.channel.releases / "b"
        found = difference.between(self.channel.releases / "a", folder)
        return refresh_report.gather(folder, about, None if first else found)

    def write(self, facts: refresh_report.facts.Facts) -> tuple[str, str]:
        markdown, html = refresh_report.write(self.channel.releases / "b", facts)
        return markdown.read_text(encoding="utf-8"), html.read_text(encoding="utf-8")

    def _complete(self, folder: Path, source: dict[str, Any]) -> None:
        """Add what the report reads beside the values: titles, regions, sources."""
        file = folder / "parquet" / "indicator.parquet"
        counted = parquet.read(folder / "parquet" / "indicator_value.parquet")
        figures = counted.num_rows - counted["value"].null_count
        rows = [
            r | {"figures": figures, "headline": "sex=_T", "status": "figures"}
            for r in parquet.read(file).to_pylist()
        ]
        regions = [
            {"region_set": "county", "region_id": "50", "name_nb": "Fylket", "name_en": "County"},
            {"region_set": "regions", "region_id": "r1", "name_nb": "Øst", "name_en": "East"},
        ]
        labels = [{"indicator_id": "population", "breakdown": "sex", "code": "1",
                   "label_nb": "Menn", "label_en": "Men"}]  # fmt: skip
        tables = {
            "indicator": rows,
            "region": regions,
            "source_table": [source],
            "indicator_breakdown": labels,
        }
        for name, content in tables.items():
            parquet.write(pa.Table.from_pylist(content), folder / "parquet" / f"{name}.parquet")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


COMES = {"period": "2025", "value": 1250.0, "vintage_ids": NEWER}
CHANGED = FIRST[1] | {"value": 1150.0, "vintage_ids": NEWER}


def said(facts: refresh_report.facts.Facts) -> tuple[str, list[str], list[str]]:
    found = answer.can_we_use_it(facts)
    return found.word, [r.key for r in found.reasons], [r.key for r in found.notes]


def test_yes_when_nothing_speaks_against_it(desk: Desk) -> None:
    assert said(desk.facts(*FIRST, COMES)) == ("yes", ["all_well"], ["new"])


@pytest.mark.parametrize(
    ("given", "word", "reason"),
    [
        ({"source": FAILED}, "yes_but", "stale"),
        ({"checks": (CHECK,)}, "yes_but", "warned"),
        ({"made_up": True}, "no", "made_up"),
        ({"checks": (refresh_report.Check(CHECK.text, 1, blocking=True),)}, "no", "blocking"),
    ],
)
def test_what_speaks_against_it_is_the_answer(
    desk: Desk, given: dict[str, Any], word: str, reason: str
) -> None:
    assert said(desk.facts(*FIRST, COMES, **given))[:2] == (word, [reason])


@pytest.mark.parametrize(
    ("rows", "word", "reason"),
    [
        ((FIRST[1],), "yes_but", "gone"),
        ((FIRST[0], FIRST[1] | {"value": 1.0}), "yes_but", "unexplained"),
        (tuple(row | {"definition_version": "2.0.0"} for row in FIRST), "yes_but", "redefined"),
        (tuple(row | {"value": None} for row in FIRST), "no", "no_figures"),
    ],
)
def test_what_the_figures_say_against_it(
    desk: Desk, rows: tuple[dict[str, Any], ...], word: str, reason: str
) -> None:
    found = said(desk.facts(*rows))
    assert (found[0], found[1][0]) == (word, reason)


def test_a_first_and_an_unchanged_release_say_so(desk: Desk) -> None:
    assert said(desk.facts(*FIRST, first=True))[2] == ["first"]
    markdown, _ = desk.write(desk.facts(*FIRST, first=True))
    assert "den første utgivelsen" in markdown
    assert "Tall som er rettet" not in markdown
    assert said(desk.facts(*FIRST))[2] == ["nothing_new"]


def test_a_new_period_and_a_revision_are_told_apart(desk: Desk) -> None:
    markdown, _ = desk.write(desk.facts(FIRST[0], CHANGED, COMES))
    nb, en = markdown.split("\n---\n")
    assert "| population nb (personer) | 1\u00a0150 (2024) | 1\u00a0250 (2025) | +100 |" in nb
    assert (
        "| population nb (personer) | Fylket | 2024 | 1\u00a0100 | 1\u00a0150 | +50 |" in nb
    )  # fmt: skip
    assert "| population en (persons) | 1,150 (2024) | 1,250 (2025) | +100 |" in en
    assert "| SSB 07459: Befolkning | 25. februar 2026 | ny periode 2025, ett nytt tall, " in nb
    assert "ett rettet tall" in nb
    assert nb.index("Kan vi bruke den? Ja") < nb.index("Nytt fra kildene")


def test_months_are_compared_with_the_same_month_of_the_year_before(desk: Desk) -> None:
    months = {"2024M12": 90.0, "2025M01": 100.0, "2025M12": 70.0, "2026M01": 80.0}
    rows = tuple({"period": p, "period_type": "month", "value": v} for p, v in months.items())
    facts = desk.facts(*rows, earlier=rows[:-1])
    (row,) = facts.new_periods
    assert (row["period"], row["earlier_period"], row["change"]) == ("2026M01", "2025M01", -20.0)


def test_a_source_that_failed_says_since_when_and_what_to_do(desk: Desk) -> None:
    markdown, html = desk.write(desk.facts(*FIRST, source=FAILED))
    line = next(text for text in markdown.splitlines() if "12. juni 2026" in text)
    assert line.startswith("| SSB 07459: Befolkning |")
    assert "kompetanse refresh" in line
    assert "no &lt;answer> \\| 503" in line
    assert "no &lt;answer&gt; | 503" in html


def test_gone_figures_have_the_reason_that_the_release_gives(desk: Desk) -> None:
    reason = next(iter(desk.facts(*FIRST).reasons))
    withheld = FIRST[1] | {"value": None, "obs_status": "Q", "reason": reason}
    facts = desk.facts(FIRST[0], withheld)
    assert facts.reasons[reason].nb in desk.write(facts)[0]
    assert "Raden finnes ikke lenger" in desk.write(desk.facts(FIRST[0]))[0]


def test_checks_that_have_not_been_run_are_not_said_to_be_well(desk: Desk) -> None:
    unknown, _ = desk.write(desk.facts(*FIRST, checks=None))
    assert "Kontrollene var ikke kjørt" in unknown
    assert "Alle kontrollene gikk bra" not in unknown
    warned, _ = desk.write(desk.facts(*FIRST, checks=(CHECK,)))
    assert "| Summene stemmer ikke. | 3 |" in warned


def test_the_made_up_label_stands_on_top_of_both(desk: Desk) -> None:
    markdown, html = desk.write(desk.facts(*FIRST, made_up=True))
    assert markdown.startswith("> **OPPDIKTEDE TALL")
    assert html.index("OPPDIKTEDE TALL") < html.index("<h1")
    real_markdown, real_html = desk.write(desk.facts(*FIRST))
    assert "OPPDIKTEDE" not in real_markdown + real_html


def test_equal_facts_give_equal_bytes(desk: Desk) -> None:
    facts = desk.facts(FIRST[0], CHANGED, COMES, source=FAILED)
    assert desk.write(facts) == desk.write(facts)


class Page(HTMLParser):
    """Collects what an accessible page of its own must have."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_page_needs_nothing_else_and_can_be_read_aloud(desk: Desk) -> None:
    _, html = desk.write(desk.facts(FIRST[0], CHANGED, COMES, source=FAILED))
    page = Page()
    page.feed(html)
    tags = [tag for tag, _ in page.found]
    assert {"script", "img", "link", "iframe"}.isdisjoint(tags)
    assert not re.search(r"https?://|url\(|@import", html)
    assert [a["lang"] for tag, a in page.found if tag == "article"] == ["nb", "en"]
    assert ("html", {"lang": "nb"}) in page.found
    assert tags.count("h1") == 2
    heads = [a for tag, a in page.found if tag == "th"]
    assert heads
    assert all(a.get("scope") == "col" for a in heads)
    ids = {a["id"] for _, a in page.found if "id" in a}
    labels = {a["aria-labelledby"] for tag, a in page.found if tag == "table"}
    assert labels
    assert labels <= ids


def test_both_languages_have_the_same_sentences() -> None:
    words = rendering.texts()

    def keys(node: Any, path: str = "") -> set[str]:
        if not isinstance(node, dict):
            return {path}
        return set().union(*(keys(child, f"{path}/{key}") for key, child in node.items()))

    assert keys(words["nb"]) == keys(words["en"])
    marks = re.compile(r"\{\w*\}")
    for key in ("title", "built", "detail"):
        assert marks.findall(words["nb"][key]) == marks.findall(words["en"][key])


@pytest.mark.parametrize(
    ("table", "stamp", "expected"),
    [
        ("ssb/07459", "2026-02-25", (2027, 2, False)),
        ("ssb/07459", "2025-02-25", (2026, 2, True)),
        ("ssb/07459", "2026-01-30", (2027, 2, False)),
        ("ssb/09429", "2025-06-13", (2026, 6, True)),
        ("ssb/09429", "2026-08-20", (2027, 6, False)),
        ("nav/unemployed_hl060", "2026-06", (2026, 7, False)),
        ("nav/unemployed_hl060", "2025-12", (2026, 1, True)),
    ],
)
def test_what_is_due_follows_the_rhythm_of_the_source(
    table: str, stamp: str, expected: tuple[int, int, bool]
) -> None:
    answers = [{"source_table_id": table, "updated": stamp, "as_of": None}]
    (found,) = due.expected([{"source_table_id": table}], answers, NOW)
    assert (found.year, found.month, found.overdue) == expected


@pytest.mark.parametrize("table", ["klass/131_codes", "ssb/07459"])
def test_without_a_rhythm_or_a_date_nothing_is_due(table: str) -> None:
    stamp = "2026-01-01" if table.startswith("klass") else ""
    answers = [{"source_table_id": table, "updated": None, "as_of": stamp}]
    assert due.expected([{"source_table_id": table}], answers, NOW) == ()


@pytest.mark.parametrize(
    ("value", "decimals", "nb", "en"),
    [
        (1234567.5, 1, "1\u00a0234\u00a0567,5", "1,234,567.5"),
        (-0.04, 1, "0,0", "0.0"),
        (-12.25, 1, "\u221212,3", "\u221212.3"),
    ],
)
def test_numbers_are_written_as_each_language_does(
    value: float, decimals: int, nb: str, en: str
) -> None:
    assert (formats.number(value, decimals, "nb"), formats.number(value, decimals, "en")) == (
        nb,
        en,
    )


def test_dates_and_periods_are_written_as_each_language_does() -> None:
    assert formats.date("2026-06-12", "nb") == "12. juni 2026"
    assert formats.date("2026-06-12T08:00:00", "en") == "12 June 2026"
    assert formats.date("2026-06", "nb") == "juni 2026"
    assert formats.periods("2026M08", "2026M09", "nb") == "august 2026\u2013september 2026"
    assert formats.periods("2025-26", "2025-26", "en") == "2025-26"


def test_a_published_release_carries_its_report(made_up_release: Path) -> None:
    manifest = json.loads((made_up_release / "manifest.json").read_bytes())
    for name in (refresh_report.MARKDOWN, refresh_report.HTML):
        text = (made_up_release / name).read_text(encoding="utf-8")
        assert manifest["release_id"] in text
        assert "OPPDIKTEDE TALL" in text
        assert name in manifest["files"]

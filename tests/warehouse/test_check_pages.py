"""Pages of the checks: every rule told, offline, whatever a source has written in its answers."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from sources.registry import Text
from warehouse import check_pages, judged
from warehouse.judged import Judged, Result

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"
HELD = Result("vintage_given", "completeness", True, True, 0, "Hver rad har svar.", "Has answer.")
WARNED = Result(
    "periods_asked_for", "consistency", False, False, 7, "Bare perioder.", "Only periods.",
    ({"code": "2014", "cells": 12}, {"code": HOSTILE, "value": 2.0}), ("ssb/07459@2026#aa",),
)  # fmt: skip
RAW = Judged("raw", "ssb/07459", "run", 0.25, 1204, (HELD, WARNED))
RELEASE = Judged("release", "", "run", 1.5, 90_000, (HELD,))
ABOUT = check_pages.PagesAbout(
    release_id="demo-trondelag-2026-02-01-aaaaaaaaaaaa",
    county=Text("Trøndelag", "Trøndelag"),
    made_up=True,
    titles={"ssb/07459": Text("Befolkning <etter> region", "Population")},
    vintages={"ssb/07459": ["ssb/07459@2026#aa"], "": ["ssb/07459@2026#aa"]},
    cost=judged.Cost(2, 3, 1.75, 17.5),
)


class Seen(HTMLParser):
    """What a browser would make of a page: tags, links, anchors and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.text = self.inside = ""
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in ("href", "src") and value:
                self.links.append(value)
            if name == "id" and value:
                self.ids.add(value)

    def handle_data(self, data: str) -> None:
        self.text += data if self.inside != "style" else ""


def write(folder: Path, about: check_pages.PagesAbout = ABOUT, *more: Judged) -> dict[str, str]:
    """Write the pages; name below the folder -> text."""
    paths = check_pages.write(folder, about, [RAW, RELEASE, *more])
    return {p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8") for p in paths}


def test_there_is_an_index_and_a_page_per_contract_in_both_languages(tmp_path: Path) -> None:
    assert set(write(tmp_path)) == {
        f"checks/{language}/{name}.html"
        for language in ("nb", "en")
        for name in ("index", "raw", "release")
    }


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", ("varsler", "varslet", "stanser", "fullstendighet", "1\u00a0204 rader er vurdert",
                "Bare perioder.", "De første 2 av 7.")),
        ("en", ("warns", "warned", "stops", "completeness", "1,204 rows were judged",
                "Only periods.", "The first 2 of 7.")),
    ],
    ids=["nb", "en"],
)  # fmt: skip
def test_a_broken_rule_is_told_with_its_rows_and_answers(
    tmp_path: Path, language: str, words: tuple[str, ...]
) -> None:
    page = Seen(write(tmp_path)[f"checks/{language}/raw.html"])
    for word in (*words, "code=2014, cells=12", "ssb/07459@2026#aa"):
        assert word in page.text


def test_the_index_counts_and_says_what_warned_and_what_it_cost(tmp_path: Path) -> None:
    text = " ".join(Seen(write(tmp_path)["checks/nb/index.html"]).text.split())
    assert "2 kontroller med 3 regler: 2 regler holdt, 1 varslet." in text
    assert "tok 1,8 av 17,5 sekunder fram til publisering (10 prosent)" in text
    assert "Befolkning <etter> region" in text
    assert "Bare perioder." in text


def test_where_all_holds_nothing_is_said_to_have_warned(tmp_path: Path) -> None:
    well = replace(RAW, results=(HELD,))
    (index, *_) = check_pages.write(tmp_path, ABOUT, [well])
    text = Seen(index.read_text(encoding="utf-8")).text
    assert "Ingenting. Alle reglene holdt." in text


def test_what_a_source_writes_stays_text(tmp_path: Path) -> None:
    for name, html in write(tmp_path, replace(ABOUT, county=Text(HOSTILE, HOSTILE))).items():
        page = Seen(html)
        assert not {"script", "img", "iframe", "object"} & set(page.tags), name
        assert not {a for a in page.attributes if a.startswith("on")}, name
        assert page.tags.count("article") == 1
    assert HOSTILE in Seen(write(tmp_path)["checks/nb/raw.html"]).text


def test_nothing_is_fetched_from_elsewhere_and_every_link_leads_somewhere(tmp_path: Path) -> None:
    pages = write(tmp_path)
    seen = {name: Seen(html) for name, html in pages.items()}
    (tmp_path / "REPORT.html").touch()
    for name, page in seen.items():
        assert not re.search(r"https?:|//|url\(|@import", pages[name].replace("<!DOCTYPE", ""))
        assert "link" not in page.tags
        for link in page.links:
            file, _, place = link.partition("#")
            target = (tmp_path / name).parent / file
            assert target.resolve().is_file(), link
            inside = target.resolve().relative_to(tmp_path.resolve()).as_posix()
            assert not place or inside == "REPORT.html" or place in seen[inside].ids, link


def test_equal_verdicts_give_equal_bytes_and_time_stands_on_the_index_alone(
    tmp_path: Path,
) -> None:
    first = write(tmp_path / "a")
    assert write(tmp_path / "b") == first
    slower = replace(ABOUT, cost=judged.Cost(2, 3, 9.0, 90.0))
    later = check_pages.write(tmp_path / "c", slower, [replace(RAW, seconds=7.0), RELEASE])
    differ = {p.name for p in later if first[p.relative_to(tmp_path / "c").as_posix()]
              != p.read_text(encoding="utf-8")}  # fmt: skip
    assert differ == {"index.html"}


@pytest.mark.parametrize("made_up", [True, False])
def test_every_page_says_when_figures_are_made_up(tmp_path: Path, made_up: bool) -> None:
    for name, html in write(tmp_path, replace(ABOUT, made_up=made_up)).items():
        assert bool(re.search("OPPDIKTEDE TALL|MADE-UP FIGURES", html)) is made_up, name


def test_a_row_that_breaks_a_rule_tells_no_small_count(tmp_path: Path) -> None:
    page = Seen(write(tmp_path)["checks/en/raw.html"]).text
    assert "value=1–3" in page
    assert "value=2" not in page


@pytest.mark.parametrize(
    ("subject", "place"),
    [("ssb/07459", "ssb-07459"), ("", "all"), ('a"><b', "a-b")],
    ids=["table", "release", "hostile"],
)
def test_a_place_on_a_page_is_a_plain_name(subject: str, place: str) -> None:
    from warehouse.check_pages.rendering import anchor

    assert anchor(subject) == place


def test_a_rule_that_could_not_be_judged_is_not_said_to_hold(tmp_path: Path) -> None:
    unknown: dict[str, Any] = {"passed": False, "rows": 0}
    verdict = Judged("mart", "m", "run", 0.1, 5, (replace(HELD, **unknown),))
    text = Seen(write(tmp_path, ABOUT, verdict)["checks/en/mart.html"]).text
    assert "not judged" in text
    assert "held" not in text

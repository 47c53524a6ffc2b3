"""The made-up release tells what every gate said of it, and what that cost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.definitions import CHECKS
from warehouse import judged, release
from warehouse.workspace import MADE_UP, Workspace

if TYPE_CHECKING:
    from pathlib import Path

PAGES = {f"checks/{language}/{name}.html" for language in ("nb", "en")
         for name in ("index", *judged.GATES)}  # fmt: skip
LARGEST = 5_000_000


def read(made_up_release: Path, name: str) -> str:
    return (made_up_release / name).read_text(encoding="utf-8")


def test_every_contract_has_a_page_which_the_manifest_names(made_up_release: Path) -> None:
    files = release.verify(made_up_release)["files"]
    assert {name for name in files if name.startswith("checks/")} == PAGES
    assert sum(files[name]["bytes"] for name in PAGES) < LARGEST


def test_every_check_of_the_graph_is_told_of_once(
    made_up_root: Path, made_up_release: Path
) -> None:
    verdicts = judged.read(Workspace("trondelag", MADE_UP, made_up_root))
    assert len(verdicts) == len([key for check in CHECKS for key in check.check_keys])
    told = [read(made_up_release, f"checks/nb/{gate}.html") for gate in judged.GATES]
    assert sum(page.count("<section>") for page in told) == len(verdicts)


def test_what_warned_is_published_and_told_in_report_and_pages(
    made_up_root: Path, made_up_release: Path
) -> None:
    verdicts = judged.read(Workspace("trondelag", MADE_UP, made_up_root))
    warned = [(verdict, result) for verdict in verdicts for result in verdict.broken]
    # The made-up series of the unemployed jumps as the real one did in March 2020.
    assert "registered_unemployed" in {verdict.subject for verdict, _ in warned}
    assert not [result.rule for _, result in warned if result.blocking]
    report = read(made_up_release, "REPORT.md")
    for verdict, result in warned:
        before = f"{verdict.subject}: " if verdict.subject else ""
        assert f"| {before}{result.nb} |" in report
        assert f"| {before}{result.en} |" in report
    index = read(made_up_release, "checks/nb/index.html")
    assert index.count('class="warns">varslet') == len(warned)


def test_the_report_says_what_checking_cost_and_leads_to_the_pages(made_up_release: Path) -> None:
    report = read(made_up_release, "REPORT.html")
    assert 'href="checks/nb/index.html"' in report
    assert 'href="checks/en/index.html"' in report
    cost = re.search(r"(\d+) kontroller med [\d\s]+ regler tok ([\d,]+) av ([\d,]+) sek", report)
    assert cost is not None
    seconds, of = (float(cost[n].replace(",", ".")) for n in (2, 3))
    assert 0 < seconds < of
    assert int(cost[1]) > len(judged.GATES)

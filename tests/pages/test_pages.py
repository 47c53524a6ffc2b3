"""The Dagster page in a browser: what a committee sees is there, is right, and is photographed."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from assets.indicators import THEMES
from sources import recorded, registry
from sources.archive import Archive, digest
from tests.pages import page as dagster_page
from warehouse import counties, county_schedule, definition
from warehouse.release import LABEL
from warehouse.workspace import MADE_UP, Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pages.browser import Browser
    from tests.pages.page import Page

pytestmark = pytest.mark.slow

INDICATOR = ("indicator", "neet_15_29")
TABLE = "ssb/09429"
CONFORMED = ("conformed", *TABLE.split("/"))
BROKEN, BROKEN_IN = "persons_not_negative", ("5006", "5007")


def shown(page: Page, asset: tuple[str, ...]) -> dict[str, Any]:
    node = page.ask(dagster_page.MATERIALIZED, asset={"path": list(asset)})["assetNodeOrError"]
    newest = node["assetMaterializations"][0]["metadataEntries"]
    return {"node": node, **{entry["label"]: entry for entry in newest}}


def test_the_first_page_comes(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    """How long it took is printed and not judged: it depends on what else the machine does."""
    with capsys.disabled():
        print(f"\nfirst page after {page.seconds:.1f} s ", end="")
    assert page.seconds > 0


def test_the_graph_shows_the_layers_folded(page: Page, browser: Browser, pictures: Path) -> None:
    browser.resize(1360, 420)
    browser.open(f"{page.url}/asset-groups")
    layers = ("sources", "raw", "conformed", "indicators", "marts", "release")
    browser.wait_for(*layers)
    browser.picture(pictures / "layers.png")
    assert not any(theme in browser.text() for theme in THEMES.values())


def test_the_indicators_unfold_by_theme(page: Page, browser: Browser, pictures: Path) -> None:
    browser.resize(1360, 640)
    browser.open(f"{page.url}/asset-groups?expanded=global@global:indicators")
    browser.wait_for(*THEMES.values())
    browser.picture(pictures / "graph.png")


def test_an_indicator_shows_its_plot_and_its_check(
    page: Page, browser: Browser, pictures: Path
) -> None:
    found = shown(page, INDICATOR)
    indicator = definition.load()[INDICATOR[1]]
    assert found["node"]["groupName"] == f"indicators/{THEMES[indicator.theme]}"
    assert found["figures are"]["text"] == LABEL[MADE_UP]
    preview = {c["name"]: c["description"] for c in found["preview"]["table"]["schema"]["columns"]}
    assert preview["obs_status"].startswith("SDMX observation status")
    assert page.check(INDICATOR, "indicator_contract")["evaluation"]["success"]
    browser.resize(1360, 1280)
    browser.open(f"{page.url}/assets/{'/'.join(INDICATOR)}")
    browser.wait_for(indicator.title.nb, "Latest check results", "Row count")
    drawn = "[...document.images].find(i => i.src.startsWith('data:image/svg') && i.naturalWidth)"
    browser.wait(f"Boolean({drawn})")
    assert LABEL[MADE_UP] in browser.evaluate(f"decodeURIComponent({drawn}.src)")
    browser.picture(pictures / "asset.png")


def test_a_broken_answer_fails_its_check_with_the_rows(
    page: Page, browser: Browser, pictures: Path, root: Path, made_up_folder: Path, tmp_path: Path
) -> None:
    spoil(made_up_folder, tmp_path, Workspace("trondelag", MADE_UP, root))
    run = page.launch(("raw", *TABLE.split("/")), CONFORMED)
    assert page.ended(runIds=[run])["status"] == "FAILURE"
    check = page.check(CONFORMED, "conformed_contract")
    assert (check["status"], check["evaluation"]["severity"]) == ("FAILED", "ERROR")
    tables = {
        e["label"]: e["table"]["records"]
        for e in check["evaluation"]["metadataEntries"]
        if "table" in e
    }
    rows = [json.loads(record) for record in tables[f"{BROKEN}: rows"]]
    assert {row["geo_code"] for row in rows} == set(BROKEN_IN)
    assert all(row["value"] < 0 for row in rows)
    browser.resize(1360, 900)
    browser.open(
        f"{page.url}/assets/{'/'.join(CONFORMED)}?view=checks&checkDetail=conformed_contract"
    )
    browser.wait_for(BROKEN, "never negative")
    browser.picture(pictures / "failed_check.png")
    browser.open(f"{page.url}/runs/{run}")
    browser.wait_for("Failure", BROKEN)
    browser.picture(pictures / "failed_run.png")


def test_the_schedules_stand_with_their_next_tick(
    page: Page, browser: Browser, pictures: Path
) -> None:
    told = page.ask(dagster_page.SCHEDULES, repository=dagster_page.OURS)
    listed = {s["name"]: s for s in told["schedulesOrError"]["results"]}
    assert set(listed) == {f"pull_{county}" for county in counties.available()}
    now = datetime.now(UTC)
    for county in counties.available():
        found = listed[f"pull_{county}"]
        coming = itertools.islice(county_schedule.times(found["cronSchedule"], now), 2)
        tick = datetime.fromtimestamp(found["futureTicks"]["results"][0]["timestamp"], UTC)
        assert tick in [at.astimezone(UTC) for at in coming]
        # Nobody's schedule runs because somebody looks at the demonstration.
        assert found["scheduleState"]["status"] == "STOPPED"
    browser.open(f"{page.url}/automation")
    browser.wait_for(*listed)
    browser.picture(pictures / "schedules.png")


def spoil(folder: Path, aside: Path, place: Workspace) -> None:
    """Take in a newer answer of the table in which persons of two municipalities are negative."""
    items = json.loads((folder / "index.json").read_bytes())
    item = max((i for i in items if i["body"].startswith(TABLE)), key=lambda i: i["as_of"])
    answer = json.loads((folder / item["body"]).read_bytes())
    for place_code in BROKEN_IN:
        answer["value"][cell(answer, place_code)] = -12
    body = json.dumps(answer | {"updated": "2026-07-04T06:00:00Z"}).encode()
    name = f"{TABLE}/data_spoilt.json"
    (aside / TABLE).mkdir(parents=True)
    (aside / name).write_bytes(body)
    newer = item | {"body": name, "sha256": digest(body), "as_of": "2026-07-04"}
    (aside / "index.json").write_text(json.dumps([newer]), encoding="utf-8")
    taken = recorded.import_folder(Archive(place.archive), aside, [registry.table(TABLE)])
    assert taken.added == 1


def cell(answer: dict[str, Any], municipality: str) -> int:
    """Place of the newest number of persons in a municipality, in JSON-stat's order of cells."""
    wanted = {"Region": municipality, "ContentsCode": "Personer", "Tid": "2025"}
    at = 0
    for name, size in zip(answer["id"], answer["size"], strict=True):
        codes = [*answer["dimension"][name]["category"]["index"]]
        at = at * size + (codes.index(wanted[name]) if name in wanted else 0)
    return at

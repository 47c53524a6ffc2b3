"""Shared by the tests of the doctor: one source YAML, and a StatBank that fits it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sources.doctor import Checkup, Witness, examine
from sources.doctor.fix import read_back
from sources.pull.fetch import Refusal
from tests.pull.banktable import BankTable
from tests.pull.statbank import PUBLIC, InMemory, StatBank

if TYPE_CHECKING:
    from pathlib import Path

    from sources.registry import SourceTable

CAVEAT = 'caveat: {nb: "Et forbehold.", en: "A caveat."}\n'
YAML = """\
# yaml-language-server: $schema=../source.schema.json
id: ssb/09429
protocol: json-stat
use: indicator
title:
  nb: "Utdanningsnivå, etter kommune og kjønn"
  en: "Educational attainment, by municipality and sex"
request:
  url: https://data.ssb.no/api/pxwebapi/v2/tables/09429/data
  select:
    Region: ["*"]
    Nivaa: ["01", "02a", "11"]  # level 00 is not asked for
    Kjonn: ["*"]
    Tid: [from(2016)]
  codelists: {Region: [agg_Kommuner]}
recorded: [ssb/09429/data*.json]
dimensions:
  Region:
    role: geo
    name: geo
    title: {nb: Region, en: Region}
    pattern: '^(0|[0-9]{2}|K-[0-9]{4})$'
  Nivaa:
    role: breakdown
    name: education_level
    title: {nb: Utdanningsnivå, en: Level of education}
    codes:
      # Codes as SSB writes them.
      "01": {nb: Grunnskolenivå, en: Basic school level}
      "02a":
        nb: Videregående skolenivå
        en: Upper secondary education
      "11": {nb: Fagskolenivå, en: Tertiary vocational education}
  Kjonn:
    role: breakdown
    name: sex
    title: {nb: Kjønn, en: Sex}
    codes: {_T: {nb: Begge kjønn, en: Both sexes}, "1": {nb: Menn, en: Males}, "2": {nb: Kvinner, en: Females}}
    aliases: {"0": _T}
    absent: _T
  ContentsCode:
    role: measure
    name: measure
    title: {nb: Statistikkvariabel, en: Measure}
    codes:
      Personer: {nb: Personer, en: Persons, unit: persons, decimals: 0}
      Prosent:
        nb: Andel
        en: Share
        unit: percent
        decimals: 1
  Tid:
    role: time
    name: period
    title: {nb: År, en: Year}
    pattern: '^[0-9]{4}$'
    period_type: year
    reference: "10-01"
missing: {".": M}
not_in_force: dot
licence: {theirs: CC BY 4.0, ours: CC BY 4.0}
attribution: {nb: "Kilde: Statistisk sentralbyrå", en: "Source: Statistics Norway"}
rhythm: {frequency: annual, month: 6}
size: {min_cells: 1}
warnings: [caveat]
confidence:
  level: high
  note: >-
    Made for a test,
    on two lines.
"""  # noqa: E501
TITLE = "Utdanningsnivå, etter kommune og kjønn"
LICENCE = "https://www.ssb.no/en/diverse/lisens"
UNITS = {"Personer": ("personer", 0), "Prosent": ("prosent", 1)}
Change = Callable[[str, dict[str, Any]], dict[str, Any]]


def bank_table(table_id: str = "09429", title: str = TITLE, **axes: list[str]) -> BankTable:
    """A table that the YAML fits; axes: other codes for a dimension, [] to leave it out."""
    given = {
        "Region": ["0", "5001", "5007"],
        "Nivaa": ["00", "01", "02a", "11"],
        "Kjonn": ["0", "2", "1"],
        "ContentsCode": ["Personer", "Prosent"],
        "Tid": ["2015", "2016", "2017", "2018"],
    } | axes
    given = {name: codes for name, codes in given.items() if codes}
    values = np.ones([len(codes) for codes in given.values()])
    lists = {"Region": {"agg_Kommuner": {"K-5001": ["5001"], "K-5007": ["5007"]}}}
    return BankTable(table_id, f"{title} (K)", given, values, totals={"Kjonn": "0"}, lists=lists)


@dataclass
class Bank:
    """Documents of a StatBank without a socket: both languages, units and a licence.

    change: changes a document before it is given, told its address.
    """

    tables: list[BankTable]
    change: Change | None = None
    licence: str = LICENCE
    weak: bool = False
    limit: int = 800_000
    units: dict[str, tuple[str, int]] = field(default_factory=lambda: dict(UNITS))
    asked: list[str] = field(default_factory=list)

    def get(self, url: str) -> Refusal:
        assert url.startswith(PUBLIC), url
        assert not url.partition("?")[0].endswith("/data"), "the doctor asks for no figures"
        self.asked.append(url.removeprefix(PUBLIC))
        got = InMemory(StatBank(self.tables, self.limit)).get(url.removeprefix(PUBLIC))
        found = json.loads(got.body)
        if got.status == 200:
            found = self._completed(url, found)
            found = self.change(url, found) if self.change else found
        return Refusal(got.status, url, json.dumps(found).encode(), {}, got.fetched_at)

    def witness(self) -> Witness:
        return Witness(live=True, weak=self.weak)

    def forget(self) -> None:
        """Nothing is remembered."""

    def _completed(self, url: str, found: dict[str, Any]) -> dict[str, Any]:
        if url.endswith("/config"):
            return found | {"license": self.licence}
        for name, dimension in found.get("dimension", {}).items():
            own = dimension["category"]
            if "lang=en" in url:
                own["label"] = {code: f"{code} in English" for code in own["label"]}
            if name == "ContentsCode":
                own["unit"] = {
                    c: {"base": self.units[c][0], "decimals": self.units[c][1]}
                    for c in own["label"]
                    if c in self.units
                }
        if "lang=en" in url and "label" in found:
            found["label"] = "09429: English title (M) 2015-2018"
        return found


def folder_with(path: Path, text: str = YAML) -> Path:
    """A folder of source YAMLs with one table."""
    (path / "ssb").mkdir(parents=True)
    (path / "warnings.yaml").write_text(CAVEAT, encoding="utf-8")
    (path / "ssb" / "09429.yaml").write_text(text, encoding="utf-8")
    return path


def spec_of(folder: Path) -> SourceTable:
    """The table of a folder."""
    text = (folder / "ssb" / "09429.yaml").read_text(encoding="utf-8")
    return read_back(text, "ssb/09429", folder)


def look(folder: Path, bank: Bank) -> Checkup:
    """Look at the table of a folder."""
    (found,) = examine([spec_of(folder)], bank)
    return found

"""Udir's report API as the facts describe it: pages, filters with internal ids, figures.

Figures come from a folder of made-up answers; everything else is made here. The grammar of
filters is enforced, ids differ per table and can be dealt out anew, versions can move. What a
careful client never does goes into `complaints`.
"""

from __future__ import annotations

import json
import random
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from tests.services.server import Reply
from tests.services.udir_reports import HIDE, PROGRAMMES, REPORTS, SEXES, STAGES, TYPES, Report

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.http.server import Asked

JSON = {"Content-Type": "application/json; charset=utf-8"}
ALL = -10
ENDED = {"01": "Østfold ( - 2019)", "30": "Viken (2020 - 2023)"}
_PART = re.compile(r"([A-Za-z][A-Za-z_]*)\((-?\d+(?:_-?\d+)*)\)(?:_|$)")


class Bad(Exception):
    """A question that Udir refuses, with what it says."""


class Udir:
    """The service.

    ids: another number deals all internal ids out anew. versions: how often versions moved.
    """

    prefix = "/api/rapportering"

    def __init__(
        self, documents: Mapping[str, Mapping[str, Any]], *, ids: int = 0, versions: int = 0
    ) -> None:
        """documents: folder -> kodes after the # of the address -> reply."""
        self.documents, self.ids, self.versions = documents, ids, versions
        self.complaints: list[str] = []

    @classmethod
    def from_folder(cls, folder: Path, *, ids: int = 0, versions: int = 0) -> Udir:
        documents: dict[str, dict[str, Any]] = {}
        for entry in json.loads((folder / "index.json").read_bytes()):
            parts = entry["body"].split("/")
            if entry["source"] == "udir" and len(parts) == 3:
                kodes = urlsplit(entry["url"]).fragment
                reply = json.loads((folder / entry["body"]).read_bytes())
                documents.setdefault(parts[1], {})[kodes] = reply
        return cls(documents, ids=ids, versions=versions)

    def answer(self, asked: Asked) -> Reply:
        parts = urlsplit(asked.path)
        path = unquote(parts.path).removeprefix(f"{self.prefix}/rest/v1/")
        if path == "Rapportside":
            return _json([{"kode": code, "navn": r.title} for code, r in REPORTS.items()])
        if path.startswith("Rapportside/"):
            code = path.removeprefix("Rapportside/")
            return _json(self.page(code)) if code in REPORTS else _refusal(404, "Fant ikke siden")
        for report in REPORTS.values():
            if path == f"Statistikk/{self.endpoint(report)}/filterVerdier":
                return _json(self.filters(report))
            if path == f"Statistikk/{self.endpoint(report)}/data":
                return self._data(report, parts.query)
        return _refusal(404, "Fant ikke tabellen")

    def endpoint(self, report: Report) -> str:
        first, last = report.version.split("/")
        return f"{report.endpoint}/{first}/{int(last) + self.versions}"

    def page(self, code: str) -> dict[str, Any]:
        report = REPORTS[code]
        base = f"rest/v1/Statistikk/{self.endpoint(report)}"
        filters = self.filters(report)
        element = {"dataEndepunkt": f"{base}/data", "defaultRadsti": report.row_path}
        defaults = {name: [_first(values)["id"]] for name, values in filters.items()}
        return {
            "rappside": {
                "id": 121, "kode": code, "navn": report.title, "gyldigeFiltre": sorted(filters),
                "filterVerdiEndepunkt": f"{base}/filterVerdier",
                "filterDefaultVerdier": defaults, "rapportElementer": [element],
            },
            "tekster": {"0": None},
        }  # fmt: skip

    def filters(self, report: Report) -> dict[str, list[dict[str, Any]]]:
        """All filters: seen values by name, hierarchies by place in the list."""
        found = {name: self._values(report, name) for name in dict.fromkeys(report.header) if name}
        found |= {name: self._asked_values(report, name) for name in report.asked}
        if report.rows == "ProgramomraadeID":
            found["ProgramomraadeID"] = _programmes(set())
        elif report.rows not in found:
            found[report.rows] = self._units([])
        for name, (kode, _) in report.flags.items():
            found[name] = [_entry(*HIDE, id=0), _entry(kode, kode, id=1)]
        for name in report.more:
            found[name] = [_entry("-10", "Alle", id=ALL), _entry("3", "En av dem")]
        for name, values in found.items():
            self._number(report, name, values)
        return found

    def _values(self, report: Report, name: str) -> list[dict[str, Any]]:
        levels = [n for n, filtered in enumerate(report.header) if filtered == name]
        words = list(dict.fromkeys(tuple(c[n] for n in levels) for c in self._columns(report)))
        if name == "ProgramomraadeID":
            return _programmes({word for (word,) in words} - {"Alle utdanningsprogram"})
        return [_word(name, parts) for parts in words]

    def _asked_values(self, report: Report, name: str) -> list[dict[str, Any]]:
        kodes = [dict(parse_qsl(key))[name] for key in self.documents[report.folder]]
        if name == "EnhetID":
            return self._units(kodes)
        top = [_entry("*", "Fiktivt allenivå", id=ALL, nivaa=0, skjult=1)]
        return top + [_entry(kode, f"Om {kode}", nivaa=1) for kode in dict.fromkeys(kodes)]

    def _units(self, kodes: list[str]) -> list[dict[str, Any]]:
        counties = {kode: f"Fylke {kode}" for kode in kodes if kode != "I"} | ENDED
        below = list(range(2, 2 + len(counties)))
        return [
            _entry("Alle", "Hele landet", id=ALL, nivaa=0, skjult=1, barn=[1]),
            _entry("I", "Hele landet", nivaa=1, barn=below),
            *(_entry(kode, navn, nivaa=2) for kode, navn in counties.items()),
        ]

    def _number(self, report: Report, name: str, values: list[dict[str, Any]]) -> None:
        deal = random.Random(f"{self.ids} {report.endpoint} {name}")
        numbers = deal.sample([n for n in range(-900, 900) if abs(n) > 10], len(values))
        for place, (value, number) in enumerate(zip(values, numbers, strict=True)):
            value["indeks"] = place
            # Periods and "all of it" have the same id everywhere.
            value.setdefault("id", int(value["kode"]) if name == "TidID" else number)

    def _columns(self, report: Report) -> list[tuple[str, ...]]:
        return _expanded(next(iter(self.documents[report.folder].values())))

    def _data(self, report: Report, query: str) -> Reply:
        given = parse_qs(query, keep_blank_values=True)
        if given.get("inkluderKoder") != ["true"]:
            self.complaints.append(f"{report.endpoint}: without inkluderKoder no row has a kode")
        try:
            chosen = self._chosen(report, given.get("filter", [""])[0])
            return _json(self._cut(report, chosen, given.get("radSti", ["*"])[0]))
        except Bad as refused:
            self.complaints.append(f"{report.endpoint}: {refused}")
            return _refusal(400, str(refused))

    def _chosen(self, report: Report, text: str) -> dict[str, list[dict[str, Any]]]:
        if not text:
            raise Bad("Filter må oppgis!")
        if "," in text or "".join(m[0] for m in _PART.finditer(text)) != text:
            raise Bad(f"Feil format på filtrene! {text}")
        filters = self.filters(report)
        chosen: dict[str, list[dict[str, Any]]] = {}
        for name, numbers in _PART.findall(text):
            if name not in filters or name in chosen:
                raise Bad(f"Filteret {name} er ukjent eller oppgitt to ganger")
            by_id = {value["id"]: value for value in filters[name]}
            ids = [int(number) for number in numbers.split("_")]
            if len(set(ids)) != len(ids) or not set(ids) <= set(by_id):
                raise Bad(f"Ukjent verdi i {name}: {numbers}")
            chosen[name] = [by_id[number] for number in ids]
        if "TidID" in filters and "TidID" not in chosen:
            raise Bad("TidID er obligatorisk")
        for name in sorted(set(filters) - set(chosen) - set(report.flags)):
            self.complaints.append(f"{report.endpoint}: {name} left out gives every combination")
        return chosen

    def _cut(self, report: Report, chosen: Mapping[str, Any], path: str) -> dict[str, Any]:
        """The part of the stored reply that a question is about."""
        for name in report.asked:
            if len(chosen.get(name, [])) != 1:
                raise Bad(f"{name}: this service can tell one at a time only")
        key = {name: chosen[name][0]["kode"] for name in report.asked}
        stored = self.documents[report.folder]
        document = next(d for k, d in stored.items() if dict(parse_qsl(k)) == key)
        columns = _expanded(document)
        hidden = {
            column for name, (kode, column) in report.flags.items()
            if kode not in [v["kode"] for v in chosen.get(name, [])]
        }  # fmt: skip
        kept = [
            n for n, parts in enumerate(columns)
            if parts[-1] not in hidden and _is_chosen(report, chosen, parts)
        ]  # fmt: skip
        deepest = path.count(".") + 1
        rows = [
            {**row, "data": [row["data"][n] for n in kept]}
            for row in document["rows"]
            if len(row["id"].split(".")) <= deepest
        ]
        levels = [
            [{"name": columns[n][level], "columnCount": 1} for n in kept]
            for level in range(len(columns[0]))
        ]
        hierarchy = document["metadata"]["rowHierarchy"]
        return {"metadata": {"rowHierarchy": hierarchy, "columns": levels}, "rows": rows}


def _is_chosen(report: Report, chosen: Mapping[str, Any], parts: tuple[str, ...]) -> bool:
    for name in dict.fromkeys(filter(None, report.header)):
        levels = [n for n, filtered in enumerate(report.header) if filtered == name]
        words = tuple(parts[n] for n in levels)
        if name in chosen and words not in [value["_words"] for value in chosen[name]]:
            return False
    return True


def _entry(kode: str, navn: str, **more: Any) -> dict[str, Any]:
    return {"kode": kode, "navn": navn, "erBegrenset": 0, "_words": (navn,), **more}


def _word(name: str, words: tuple[str, ...]) -> dict[str, Any]:
    """One value of a flat filter, from its words in the header."""
    word = words[-1]
    if name in ("TidID", "Aarskull_KalenderAarID"):
        month = {"August": "08", "Oktober": "10", "Desember": "12"}.get(word, "06")
        return _entry(words[0][:4] + month, word, _words=words)
    if name == "KjoennID":
        total = {"id": ALL} if word.startswith("Alle") else {}
        return _entry(SEXES[word], word, **total)
    if word in STAGES:
        kode, navn = STAGES[word]
        return _entry(kode, navn, _words=words)
    return _entry("Alle", word, id=ALL) if word.startswith("Alle") else _entry(word[:3], word)


def _programmes(names: set[str]) -> list[dict[str, Any]]:
    """All programmes with their hierarchy; of a set of names only those."""
    found = [_entry("Alle", "Alle utdanningsprogram", id=ALL, nivaa=0, barn=[])]
    for kind, below in PROGRAMMES.items():
        parent = _entry(kind, TYPES[kind], nivaa=1, barn=[])
        found[0]["barn"].append(len(found))
        found.append(parent)
        for kode, navn in below.items():
            if not names or navn in names:
                parent["barn"].append(len(found))
                # This one is filled up with blanks.
                found.append(_entry(kode.ljust(10) if kode == "PB" else kode, navn, nivaa=2))
    return found


def _first(values: list[dict[str, Any]]) -> dict[str, Any]:
    """What a page selects by default: the visible total, or the first there is."""
    return next((value for value in values if not value.get("skjult")), values[0])


def _expanded(document: Mapping[str, Any]) -> list[tuple[str, ...]]:
    levels = [
        [entry["name"] for entry in level for _ in range(entry["columnCount"])]
        for level in document["metadata"]["columns"]
    ]
    return list(zip(*levels, strict=True))


def _json(found: Any) -> Reply:
    return Reply(200, json.dumps(_plain(found), ensure_ascii=False).encode(), JSON)


def _plain(found: Any) -> Any:
    if isinstance(found, dict):
        return {key: _plain(value) for key, value in found.items() if key != "_words"}
    return [_plain(item) for item in found] if isinstance(found, list) else found


def _refusal(status: int, said: str) -> Reply:
    body = {"kode": status, "feiltype": "Feil i forespørselen", "melding": said}
    return Reply(status, json.dumps(body).encode(), JSON)

"""DBH for tests: hentJSONTabellData and the lists of tables and variables, strict as a service.

Written from what is known of the protocol, not from the client. What a careful client never
does goes into `complaints`. Figures are those of a folder of made-up answers.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.services.server import Reply

if TYPE_CHECKING:
    from pathlib import Path

    from tests.http.server import Asked

Row = dict[str, str]
KEYS = {
    "tabell_id": int, "api_versjon": int, "statuslinje": str, "begrensning": str,
    "kodetekst": str, "desimal_separator": str, "sortBy": list, "filter": list,
}  # fmt: skip
FILTERS = {"item", "all", "top", "between", "like", "lessthan", "greaterthan"}
NAMES = {
    947: "Fagskolestudenter – aktive studenter",
    555: "Søknader (fagskoler)",
    556: "Utdanningstilbud (fagskoler)",
}
JSON = {"Content-Type": "application/json; charset=utf-8"}


class Wrong(Exception):
    """The question is not one that the service takes."""


@dataclass
class Dbh:
    """Tables by number, as long rows; figures are the columns that begin with Antall.

    cap: most rows of an answer, whatever is asked. counts_all: whether `antall` counts all rows
    that fit or those that came. stamped_anew: every answer has a delivery number of its own.
    """

    tables: dict[int, list[Row]]
    cap: int = 1_000_000
    counts_all: bool = True
    stamped_anew: bool = False
    delivery: int = 100
    delivered: str = "2026-10-15T06:00:00"
    prefix: str = "/api"
    complaints: list[str] = field(default_factory=list)
    answered: int = 0
    _asked: Counter[bytes] = field(default_factory=Counter)

    @classmethod
    def from_folder(cls, folder: Path) -> Dbh:
        entries = json.loads((folder / "index.json").read_bytes())
        found = {
            e["request_body"]["tabell_id"]: json.loads((folder / e["body"]).read_bytes())[1:]
            for e in entries
            if e["source"] == "dbh"
        }
        return cls(found)

    def answer(self, asked: Asked) -> Reply:
        self.answered += 1
        if "authorization" in asked.headers:
            self.complaints.append("a login was sent to an open service")
        parts = urlsplit(asked.path.removeprefix(self.prefix))
        if asked.method == "GET" and parts.path == "/Tabeller/bulk-csv":
            return self._list(parse_qs(parts.query))
        if asked.method != "POST" or parts.path != "/Tabeller/hentJSONTabellData":
            self.complaints.append(f"{asked.method} {asked.path}: there is no such thing")
            return Reply(404, b"")
        try:
            question = self._question(asked.body)
            self._asked[asked.body] += 1
            if self._asked[asked.body] > 3:
                self.complaints.append("the same question came more than three times")
            return self._table(question)
        except Wrong as wrong:
            self.complaints.append(str(wrong))
            body = {"melding": f"Feil i spørringen: {wrong}", "returkode": 1}
            return Reply(200, json.dumps(body, ensure_ascii=False).encode(), JSON)

    def _question(self, body: bytes) -> dict[str, Any]:
        question = json.loads(body)
        allowed = {*KEYS, "groupBy", "variabler"}
        for key, kind in KEYS.items():
            if not isinstance(question.get(key), kind):
                raise Wrong(f"{key} must be {kind.__name__}, not {question.get(key)!r}")
        if set(question) - allowed:
            raise Wrong(f"unknown: {set(question) - allowed}")
        if ("groupBy" in question) == ("variabler" in question):
            raise Wrong("either groupBy or variabler")
        limit = question["begrensning"]
        if not limit.isdigit() or int(limit) < 1 or question["api_versjon"] != 1:
            raise Wrong(f"begrensning {limit!r}, api_versjon {question['api_versjon']!r}")
        if question["statuslinje"] not in "JN" or question["kodetekst"] not in "JN":
            raise Wrong("statuslinje and kodetekst are J or N")
        if question["tabell_id"] not in self.tables:
            raise Wrong(f"no table {question['tabell_id']}")
        return dict(question)

    def _table(self, question: dict[str, Any]) -> Reply:
        rows = self.tables[question["tabell_id"]]
        variables = set(rows[0]) if rows else set()
        for entry in question["filter"]:
            rows = self._filtered(rows, entry, variables)
        if "groupBy" in question:
            rows = self._grouped(rows, question["groupBy"], variables)
        if not rows:
            return Reply(204, b"")
        for name in reversed(question["sortBy"]):
            rows = sorted(rows, key=lambda row: row[name])
        came = rows[: min(int(question["begrensning"]), self.cap)]
        number = self.answered if self.stamped_anew else 0
        status = {
            "tabell_id": question["tabell_id"],
            "api_versjon": 1,
            "leveransenr": self.delivery + number,
            "leveringstid": self.delivered,
            "antall": len(rows if self.counts_all else came),
            "antall linjer anonymisert": 0,
            "returkode": 0,
            "melding": "",
        }
        head = [{"status": status}] if question["statuslinje"] == "J" else []
        return Reply(200, json.dumps([*head, *came], ensure_ascii=False).encode(), JSON)

    def _filtered(self, rows: list[Row], entry: Any, variables: set[str]) -> list[Row]:
        name, selection = entry.get("variabel"), entry.get("selection", {})
        values, kind = selection.get("values"), selection.get("filter")
        if name not in variables:
            raise Wrong(f"no variable {name!r}")
        if kind not in FILTERS or not isinstance(selection.get("exclude"), list):
            raise Wrong(f"filter of {name}: {selection}")
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            raise Wrong(f"values of {name} must be texts: {values}")
        kept = [row for row in rows if row[name] not in selection["exclude"]]
        if kind == "all":
            return kept
        if kind == "top":
            values = sorted({row[name] for row in kept})[-int(values[0]) :]
        elif kind != "item":
            raise Wrong(f"{kind} is not built here")
        return [row for row in kept if row[name] in values]

    def _grouped(self, rows: list[Row], groups: list[str], variables: set[str]) -> list[Row]:
        figures = [v for v in variables if v.startswith("Antall")]
        unknown = set(groups) - variables
        if unknown or not groups or set(groups) & set(figures):
            raise Wrong(f"groupBy {groups}: unknown or no groups {unknown}")
        sums: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        others: dict[tuple[str, ...], Row] = {}
        for row in rows:
            key = tuple(row[g] for g in groups)
            sums[key].update({f: int(row[f]) for f in figures})
            others.setdefault(key, row)
        # With kodetekst, the names of codes that are grouped by come along.
        names = {"Fagskolenummer": "Fagskolens navn", "Semester": "Semesternavn",
                 "Utdanningstilbudets kode": "Utdanningstilbudets navn"}  # fmt: skip
        shown = [*groups, *(names[g] for g in groups if g in names)]
        return [
            {name: others[key][name] for name in shown if name in others[key]}
            | {f: str(counts[f]) for f in sorted(figures)}
            for key, counts in sums.items()
        ]

    def _list(self, query: dict[str, list[str]]) -> Reply:
        if query == {"rptNr": ["001"]}:
            lines = ["Emne,Tabell id,Tabellnavn,Gdpr,Bulk tabell,Variabelliste"]
            lines += [f"Fagskole,{n},{NAMES[n]},1,0," for n in self.tables]
        elif query == {"rptNr": ["002"]}:
            lines = ["Tabell id,Tabellnavn,Variabel navn,Datatype,Bulk tabell,Math"]
            lines += [
                f"{n},{NAMES[n]},{name},char,0,{int(name.startswith('Antall'))}"
                for n, rows in self.tables.items()
                for name in (rows[0] if rows else ())
            ]
        else:
            self.complaints.append(f"bulk {query}: not needed")
            return Reply(404, b"")
        return Reply(200, "\r\n".join(lines).encode(), {"Content-Type": "text/csv"})

"""A strict PxWebApi v2 for tests, with SSB's quirks and error bodies, fed with cubes.

Written after the facts about the service and its published source, on its own: it shares no
code with the client, so that a misunderstanding there cannot agree with itself here.
What a careful client never does, and the real service lets pass, is noted in `complaints`.
"""

from __future__ import annotations

import json
import math
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests

from tests.pull.bankselect import Problem, Raw, of_body, of_query, select

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.pull.banktable import BankTable

PUBLIC = "https://data.ssb.no/api/pxwebapi/v2"
PREFIX = urlsplit(PUBLIC).path
LONGEST_URL = 2100


@dataclass(frozen=True)
class Got:
    """An answer in the shape that the client expects of an HTTP layer."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    fetched_at: str


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class StatBank:
    """The service. twist: changes the n-th data answer (from 1) before it is sent."""

    tables: list[BankTable]
    max_cells: int = 800_000
    twist: Callable[[int, dict[str, Any]], dict[str, Any] | bytes] | None = None
    refuse: Callable[[int], tuple[int, bytes] | None] | None = None
    log: list[tuple[str, str]] = field(default_factory=list)
    cells: list[int] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def asked(self, word: str) -> list[str]:
        """Targets asked so far that hold a word."""
        return [target for _, target in self.log if word in target]

    def answer(self, method: str, target: str, body: bytes = b"") -> tuple[int, bytes]:
        """Answer one request; target is path and query, from the root of the host."""
        self.log.append((method, target))
        if len(PUBLIC) - len(PREFIX) + len(target) > LONGEST_URL:
            return 404, b""
        if not target.startswith(PREFIX):
            return 404, b"<html>Not here</html>"
        parts = urlsplit(target[len(PREFIX) :])
        query = parse_qsl(parts.query, keep_blank_values=True)
        try:
            found = self._route(
                method, [unquote(p) for p in parts.path.split("/")[1:]], query, body
            )
        except Problem as problem:
            return problem.http, problem.body() if problem.title else b""
        return 200, found if isinstance(found, bytes) else json.dumps(found).encode()

    def _route(
        self, method: str, path: list[str], query: list[tuple[str, str]], body: bytes
    ) -> dict[str, Any] | bytes:
        given = {key.casefold(): value for key, value in query}
        if path == ["config"]:
            return self._config()
        if "lang" not in given:
            self.complaints.append(f"no lang in {path}")
        if given.get("lang", "no") not in ("no", "en"):
            raise Problem(400, "Unsupported language")
        if path[0].casefold() == "codelists" and len(path) == 2:
            return self._codelist(path[1])
        if path == ["tables"]:
            return self._catalogue(given)
        if path[0] == "tables" and path[2:] == ["data"]:
            return self._data(method, path[1], query, given, body)
        if method != "GET":
            raise Problem(405, "")
        if path[0] == "tables" and len(path) == 2:
            return {"language": "no"} | self._table(path[1]).entry()
        if path[0] == "tables" and path[2:] == ["metadata"]:
            table = self._table(path[1])
            return table.document(table.axes, metadata=True)
        raise Problem(404, "")

    def _config(self) -> dict[str, Any]:
        return {
            "apiVersion": "2.3.2",
            "languages": [{"id": "no", "label": "Norsk"}, {"id": "en", "label": "English"}],
            "defaultLanguage": "no",
            "maxDataCells": self.max_cells,
            "maxCallsPerTimeWindow": 0,
            "timeWindow": 0,
            "dataFormats": ["json-stat2", "csv"],
        }

    def _table(self, table_id: str, http: int = 404) -> BankTable:
        for table in self.tables:
            if table.id == table_id:
                return table
        raise Problem(http, "Non-existent table", 404)

    def _codelist(self, list_id: str) -> dict[str, Any]:
        for table in self.tables:
            for lists in table.lists.values():
                if list_id in lists:
                    values = [
                        {"code": code, "label": code, "valueMap": members}
                        for code, members in lists[list_id].items()
                    ]
                    kind = "Aggregation" if list_id.startswith("agg_") else "Valueset"
                    return {"id": list_id, "label": list_id, "type": kind, "values": values}
        raise Problem(404, "Non-existent codelist")

    def _catalogue(self, given: Mapping[str, str]) -> dict[str, Any]:
        words = given.get("query", "").casefold().split()
        ended = given.get("includediscontinued", "false") == "true"
        found = [
            table.entry()
            for table in self.tables
            if all(word in table.label.casefold() for word in words)
            and (ended or not table.discontinued)
            and self._is_recent(table, given.get("pastdays"))
        ]
        size, number = int(given.get("pagesize", "20")), int(given.get("pagenumber", "1"))
        pages = max(1, -(-len(found) // size))
        if number > pages:
            raise Problem(404, "Non-existent page")
        shown = found[(number - 1) * size : number * size]
        page = {"pageNumber": number, "pageSize": size}
        page |= {"totalElements": len(found), "totalPages": pages}
        return {"language": "no", "tables": shown, "page": page}

    def _is_recent(self, table: BankTable, days: str | None) -> bool:
        if days is None:
            return True
        newest = max(datetime.fromisoformat(t.updated) for t in self.tables)
        return (newest - datetime.fromisoformat(table.updated)).days < int(days)

    def _data(
        self,
        method: str,
        table_id: str,
        query: list[tuple[str, str]],
        given: Mapping[str, str],
        body: bytes,
    ) -> dict[str, Any] | bytes:
        number = len(self.cells) + 1
        self.cells.append(0)
        refused = self.refuse(number) if self.refuse else None
        if refused:
            raise Raw(*refused)
        if given.get("outputformat") != "json-stat2" or "outputformatparams" in given:
            raise Problem(400, "Unsupported output format")
        table = self._table(table_id, http=400)
        asked = of_query(query, self.complaints) if method == "GET" else of_body(body)
        chosen = select(table, asked)
        self.cells[-1] = math.prod(len(codes) for _, codes in chosen.values())
        if self.cells[-1] > self.max_cells:
            raise Problem(400, "Too many cells selected")
        if any(len(set(codes)) < len(codes) for _, codes in chosen.values()):
            raise Problem(500, "")
        found = table.extract(chosen)
        return self.twist(number, found) if self.twist else found


class InMemory:
    """A fetch that asks the bank without a socket."""

    def __init__(self, bank: StatBank) -> None:
        self.bank = bank

    def get(self, path: str) -> Got:
        return self._got("GET", path, b"")

    def post(self, path: str, body: Mapping[str, Any]) -> Got:
        return self._got("POST", path, json.dumps(body).encode())

    def _got(self, method: str, path: str, body: bytes) -> Got:
        status, answer = self.bank.answer(method, PREFIX + path, body)
        return Got(status, PUBLIC + path, {}, answer, _stamp())


class OverHttp:
    """A fetch that asks the bank at an address, with requests."""

    def __init__(self, base: str) -> None:
        self.base = base

    def get(self, path: str) -> Got:
        return self._got(requests.get(self.base + path, timeout=10))

    def post(self, path: str, body: Mapping[str, Any]) -> Got:
        return self._got(requests.post(self.base + path, json=body, timeout=10))

    def _got(self, answer: requests.Response) -> Got:
        headers = dict(answer.headers)
        return Got(answer.status_code, answer.url, headers, answer.content, _stamp())


@contextmanager
def serving(bank: StatBank) -> Iterator[str]:
    """Serve a bank on a free port of the loopback; gives the base address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send("GET", b"")

        def do_POST(self) -> None:
            if self.headers.get("Content-Type", "").partition(";")[0] != "application/json":
                bank.complaints.append("a POST whose body is not declared as JSON")
            self._send("POST", self.rfile.read(int(self.headers.get("Content-Length", "0"))))

        def _send(self, method: str, body: bytes) -> None:
            status, answer = bank.answer(method, self.path, body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Keep the test output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{PREFIX}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

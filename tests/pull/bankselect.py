"""Selections as the local StatBank judges them: in the server's own order, with its titles.

Written after the published source of the server, apart from the client's own expressions.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.pull.banktable import BankTable, Members

Asked = list[tuple[str, str | None, list[str]]]


class Problem(Exception):
    """A refusal: HTTP status, title, the status inside the body if it is another."""

    def __init__(self, http: int, title: str, inside: int | None = None) -> None:
        super().__init__(title)
        self.http, self.title, self.inside = http, title, inside or http

    def body(self) -> bytes:
        found: dict[str, Any] = {
            "type": "Parameter error",
            "title": self.title,
            "status": self.inside,
        }
        detailed = ("Too many cells selected", "Unsupported output format", "Non-existent page")
        if self.title in detailed:
            found["detail"] = self.title
        return json.dumps(found).encode()


class Raw(Problem):
    """A refusal with a body that is not Problem JSON."""

    def __init__(self, http: int, body: bytes) -> None:
        super().__init__(http, "raw")
        self._body = body

    def body(self) -> bytes:
        return self._body


def of_body(body: bytes) -> Asked:
    raw = json.loads(body)
    return [(s["variableCode"], s.get("codelist"), s["valueCodes"]) for s in raw["selection"]]


def of_query(query: list[tuple[str, str]], complaints: list[str]) -> Asked:
    """Read the selection of an address; parameters that are none of PxWebApi's are noted."""
    lists, values = {}, {}
    for key, value in query:
        name = re.fullmatch(r"(valuecodes|codelist)\[(.+)\]", key, re.IGNORECASE)
        if name and name[1].casefold() == "codelist":
            lists[name[2]] = value
        elif name:
            items = re.split(r",(?=[^\]]*(?:\[|$))", value)
            values[name[2]] = [i[1:-1] if i[:1] + i[-1:] == "[]" else i for i in items]
        elif key.casefold() not in ("lang", "outputformat"):
            complaints.append(f"parameter {key} is none of PxWebApi's")
    return [(name, lists.get(name), items) for name, items in values.items()]


def select(table: BankTable, asked: Asked) -> dict[str, tuple[Members, list[str]]]:
    """Hold a selection against a table in the order of the server's SelectionHandler."""
    if not asked:
        return {name: (table.members(name, None), codes[:1]) for name, codes in table.axes.items()}
    chosen: dict[str, tuple[Members, list[str]]] = {}
    named = []
    for variable, codelist, items in asked:
        name = next((n for n in table.axes if n.casefold() == variable.casefold()), None)
        if name is None:
            raise Problem(400, "Non-existent variable")
        if codelist and codelist not in table.lists.get(name, {}):
            raise Problem(400, "Non-existent codelist")
        named.append((name, table.members(name, codelist), items))
    if any(n not in table.totals and n not in [name for name, _, _ in named] for n in table.axes):
        raise Problem(400, "Missing selection for mandantory variable")
    for name, members, items in named:
        codes = [code for item in items for code in expand(item, list(members), name == table.time)]
        if codes:
            chosen[name] = (members, codes)
        elif name not in table.totals:
            raise Problem(400, "Missing selection for mandantory variable")
    return chosen


def expand(item: str, codes: list[str], is_time: bool) -> list[str]:
    lower = [code.lower() for code in codes]
    if item.lower() in lower:
        return [codes[lower.index(item.lower())]]
    head, _, rest = item.lower().partition("(")
    if rest and head in ("top", "bottom"):
        if not re.fullmatch(r"[1-9]\d*(,\d+)?\)", rest):
            raise Problem(400, "Illegal selection expression")
        count, offset = ([int(n) for n in rest[:-1].split(",")] + [0])[:2]
        backwards = (head == "top") == is_time
        ordered = codes[::-1] if backwards else codes
        taken = ordered[offset:][:count]
        return taken[::-1] if backwards else taken
    if rest and head in ("from", "to", "range"):
        ends = rest[:-1].split(",")
        if rest[-1] != ")" or len(ends) != (2 if head == "range" else 1) or "" in ends:
            raise Problem(400, "Illegal selection expression")
        if any(end not in lower for end in ends):
            raise Problem(400, "Non-existent value")
        places = sorted(lower.index(end) for end in ends)
        first = 0 if head == "to" else places[0]
        return codes[first:] if head == "from" else codes[first : places[-1] + 1]
    if "*" in item:
        inner = item.removeprefix("*")
        inner = inner.removesuffix("*")
        if "*" in inner:
            raise Problem(400, "Illegal selection expression")
        start, end = not item.startswith("*"), not item.endswith("*")
        low = inner.lower()
        return [
            code
            for code, small in zip(codes, lower, strict=True)
            if low in small
            and (not start or small.startswith(low))
            and (not end or small.endswith(low))
        ]
    if "?" in item:
        pattern = "".join("." if c == "?" else re.escape(c) for c in item)
        return [code for code in codes if re.fullmatch(pattern, code, re.IGNORECASE)]
    raise Problem(400, "Non-existent value")

"""StatBank: the client of protocol json-stat: what is new, and the pull of a table that is.

What is new is asked for all tables of a run at once, of the catalogue; a table is asked itself
where that says too little. The questions of a pull are planned and proven in pxweb.py.

Request: url is the data endpoint of a table (https://.../tables/ID/data), select the codes or
expressions per variable, codelists the ids of code lists per variable. `how` is not used.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sources.model import UnreadableAnswer
from sources.pull import documents
from sources.pull.catalogue import updated_lately
from sources.pull.client import Brought, Piece
from sources.pull.fetch import ask
from sources.pull.hours import refuse_if_closed
from sources.pull.plan import address
from sources.pull.problems import OK, ImpossibleRequest, Renewed
from sources.pull.pxweb import pull

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sources.pull.client import Asking, Known
    from sources.pull.fetch import Answer, Fetch
    from sources.pull.pxweb import Pulled
    from sources.registry import Request, SourceTable

LANG = "no"
LONGEST_GAP = timedelta(days=30)
# The index behind the catalogue is renewed some hours after the tables.
_MARGIN_DAYS = 2
# A table without news for so long may have been closed or renumbered, which no list tells.
_OVERDUE = {
    "monthly": timedelta(days=60),
    "quarterly": timedelta(days=150),
    "annual": timedelta(days=430),
}


def bring(spec: SourceTable, asking: Asking, known: Known | None) -> Brought | None:
    """Pull a table if StatBank has updated it since `known`; None if it has not.

    Raises NotNow in the closed hours, and what pull raises; a table that is renewed while its
    parts are asked for is pulled once more before Renewed is raised.
    """
    request = _request(spec)
    if not asking.at_any_time:
        refuse_if_closed(asking.now(), f"{spec.id} ({spec.title.en})")
    fetch = _Sparing(asking.service("ssb"), asking)
    if known is not None and known.stamp and not _is_updated(spec, asking, known.stamp, fetch):
        return None
    try:
        pulled = _pull(spec, fetch, asking)
    except Renewed:
        fetch.forget()
        pulled = _pull(spec, fetch, asking)
    return _brought(pulled, request)


def stamp_of(updated: str | None) -> str:
    """Return StatBank's own stamp in one comparable form, in UTC; empty if it is no time."""
    found = documents.moment(updated)
    return found.strftime("%Y-%m-%dT%H:%M:%SZ") if found else ""


class _Unusable(Exception):
    """An answer that must not be kept for the other tables of the run."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.url)
        self.answer = answer


def _usable(answer: Answer) -> Answer:
    """Return an answer that holds a JSON object; raises _Unusable for any other."""
    try:
        documents.read_document(answer.body, answer.url)
    except UnreadableAnswer as error:
        raise _Unusable(answer) from error
    return answer


class _Sparing:
    """A fetch that asks for config and code lists once in a run, for a table's own once.

    Figures and the catalogue are asked for every time.
    """

    def __init__(self, fetch: Fetch, asking: Asking) -> None:
        self._fetch, self._asking = fetch, asking
        self._had: dict[str, Answer] = {}

    def get(self, path: str, /) -> Answer:
        """Ask by GET, unless the answer is already there."""
        if path.startswith(("/config", "/codelists/")):
            try:
                return self._asking.once(f"statbank {path}", lambda: _usable(self._fetch.get(path)))
            except _Unusable as bad:
                return bad.answer
        if path.startswith("/tables/") and "/data?" not in path:
            if path not in self._had:
                # A refusal is an answer too: the pull need not ask for it again.
                self._had[path] = ask(self._fetch, path)
            return self._had[path]
        return self._fetch.get(path)

    def post(self, path: str, body: Mapping[str, Any], /) -> Answer:
        """Ask by POST."""
        return self._fetch.post(path, body)

    def forget(self) -> None:
        """Ask anew for the table's own documents."""
        self._had.clear()


def _pull(spec: SourceTable, fetch: Fetch, asking: Asking) -> Pulled:
    return pull(spec, fetch, now=asking.now, at_any_time=asking.at_any_time, lang=LANG)


def _brought(pulled: Pulled, request: Request) -> Brought:
    base = address(request)[0]
    stamp = stamp_of(pulled.table.updated)
    pieces = [
        Piece(q.method, q.url, q.body, answer, (stamp or answer.fetched_at)[:10])
        for q, answer in pulled.answers
    ]
    papers = [
        Piece("GET", base + path, None, answer, answer.fetched_at[:10])
        for path, answer in zip(pulled.paths, pulled.documents, strict=True)
    ]
    return Brought(tuple(pieces), stamp, tuple(papers), notes=pulled.notes)


def _is_updated(spec: SourceTable, asking: Asking, stamp: str, fetch: _Sparing) -> bool:
    """Whether the table has another stamp than the one known."""
    table_id = address(_request(spec))[1]
    listed = None if _is_overdue(spec, stamp, asking.now()) else _listed(spec, asking)
    if listed is not None:
        return table_id in listed and stamp_of(listed[table_id].updated) != stamp
    answer = ask(fetch, f"/tables/{quote(table_id)}?lang={LANG}")
    if answer.status != OK:
        # The pull asks the same again and says what the refusal means.
        return True
    entry = documents.read_entry(answer.body, f"{spec.id}, /tables/{table_id}")
    return stamp_of(entry.updated) != stamp


def _listed(spec: SourceTable, asking: Asking) -> Mapping[str, documents.TableEntry] | None:
    """Tables updated since this one was last checked; None if no list goes back so far."""
    now, own = asking.now(), f"{spec.provider}/"
    recent = {
        table: at
        for table, at in asking.checked.items()
        if table.startswith(own) and timedelta(0) <= now - at <= LONGEST_GAP
    }
    if spec.id not in recent:
        return None
    # One question for all tables of the run: it goes back to the one checked longest ago.
    # Whole dates, so that a run and its replay ask the same.
    days = (now.astimezone(UTC).date() - min(recent.values()).astimezone(UTC).date()).days
    fetch = asking.service("ssb")
    return asking.once(
        "statbank catalogue", lambda: updated_lately(fetch, days + _MARGIN_DAYS, LANG)
    )


def _is_overdue(spec: SourceTable, stamp: str, now: datetime) -> bool:
    longest, updated = _OVERDUE.get(spec.rhythm.frequency), documents.moment(stamp)
    return longest is not None and updated is not None and now - updated > longest


def _request(spec: SourceTable) -> Request:
    if spec.request is None:
        raise ImpossibleRequest(f"{spec.id}: its source YAML has no request, so nothing to ask")
    return spec.request

"""Udir: the client of the report API behind udir.no's statistics pages.

`request.how` of protocol udir-report:
    report:    code of the report page (VGO_Gjennomfoering_Fylk); where its figures lie is asked
               at every pull, as the version digits move
    select:    filter -> words for its values, see udir_selection.py; never internal ids
    each:      filters of which every selected value is a question of its own, for what the
               reply does not say: its kode stands behind the # of the address
    row_path:  which rows, instead of the page's defaultRadsti
`request.url` is the last known address, for people.

Udir says nowhere how new its figures are. Answers are asked for with the ETag of the last ones
where there is one, and the stamp is a hash of endpoint, filters and figures. Nothing is decoded
or kept here.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from sources.archive import digest
from sources.http.errors import SourceRefused
from sources.http.hosts import SERVICES
from sources.model import SourceChanged
from sources.pull.client import Brought, Described, Piece
from sources.pull.problems import NOT_FOUND, ImpossibleRequest
from sources.pull.udir_documents import read_filters, read_page, report_codes
from sources.pull.udir_selection import PERIODS, How, how_of, questions, selected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sources.http import Fetcher
    from sources.http.fetch import Answer
    from sources.pull.client import Asking, Documents, Known
    from sources.pull.udir_documents import Filters, Page, Value
    from sources.pull.udir_selection import Question
    from sources.registry import SourceTable

BASE = SERVICES["udir"].base
REPORTS = f"{BASE}/rest/v1/Rapportside"


class ReportGone(SourceChanged):
    """Udir has no such report, or no figures where the report's page says; names others."""


def bring(spec: SourceTable, asking: Asking, known: Known | None) -> Brought | None:
    """Bring every answer of a report, or None if all are as they were.

    Raises ReportGone, ImpossibleRequest (every filter and kode that is not there),
    UnreadableAnswer (a page or list of filters in another shape), and what sources/http raises.
    """
    how, fetch = how_of(spec), asking.service("udir")
    try:
        return _bring(spec, asking, known, how, again=False)
    except SourceRefused as refused:
        if refused.status != NOT_FOUND:
            raise
    # The version may have moved since the page was read: once more from the page.
    try:
        return _bring(spec, asking, known, how, again=True)
    except SourceRefused as refused:
        if refused.status != NOT_FOUND:
            raise
        raise ReportGone(
            f"{spec.id}: Udir answers 404 at {refused.url}{_others(fetch, how.report)}\n"
            "Nothing was taken. Look the report up on udir.no, and set request.how.report."
        ) from refused


def news(spec: SourceTable, asking: Asking, known: Known) -> bool:
    """Whether an answer is another than it was, by the ETags of the answers.

    A report whose figures have moved to another address is news too, and for `bring` to find.
    Raises as `bring` does.
    """
    how, fetch = how_of(spec), asking.service("udir")
    page, filters, _, _ = _papers(asking, how, "")
    had = {entry.url: entry.sha256 for entry in known.entries}
    for question in questions(how, page, filters, spec.id):
        url = _public(question)
        etag, modified = known.validators(url)
        try:
            answer = fetch.get(f"{BASE}/{question.path}", etag=etag, modified=modified)
        except SourceRefused as refused:
            if refused.status != NOT_FOUND:
                raise
            return True
        if not answer.unchanged and digest(answer.body) != had.get(url):
            return True
    return False


def describe(spec: SourceTable, documents: Documents) -> Described:
    """What Udir says of a report: periods, and the values selected of each filter.

    A filter is compared with the dimension of its name; values are told by kode where the reply
    or the question gives it, else by the name that stands in the header. The page's own title is
    a note, as several tables share a page. What request.how asks for in vain is unaskable.
    """
    how = how_of(spec)
    page = read_page(documents.get(f"{REPORTS}/{how.report}").body, how.report)
    body = documents.get(f"{BASE}/{page.values_endpoint}").body
    filters = read_filters(body, how.report)
    notes = (f"Udir calls the report “{page.title}”", *_notes(how, page, filters))
    period = next((name for name in PERIODS if name in filters), "")
    times = sorted(filters.get(period, ()), key=lambda value: value.kode)
    periods = tuple(value.name for value in times)
    try:
        chosen = selected(how, page, filters, spec.id)
        count = len(questions(how, page, filters, spec.id))
    except ImpossibleRequest as problem:
        nothing = dict.fromkeys(spec.dimensions)
        return Described("", nothing, periods, notes=notes, unaskable=(str(problem),))
    dimensions = {
        name: _labels(spec, how, chosen[name], name) if name in chosen else None
        for name in spec.dimensions
    }
    return Described("", dimensions, periods, notes=notes, questions=count)


def _labels(
    spec: SourceTable, how: How, values: Sequence[Value], name: str
) -> dict[str, str] | None:
    path = spec.options.get("row_path", [spec.options.get("row_dimension")])
    # The rows go on below the value that is selected; what comes there is not listed.
    if name in path and name not in how.each:
        return None
    return {value.kode if name in how.each else value.name: value.name for value in values}


def _bring(
    spec: SourceTable, asking: Asking, known: Known | None, how: How, *, again: bool
) -> Brought | None:
    fetch = asking.service("udir")
    page, filters, page_answer, values_answer = _papers(asking, how, " again" if again else "")
    page_url, values_url = f"{REPORTS}/{how.report}", f"{BASE}/{page.values_endpoint}"
    asked = questions(how, page, filters, spec.id)
    found = _figures(fetch, asked, known, f"{page.endpoint} {digest(values_answer.body)}")
    if found is None:
        return None
    answers, stamp = found
    as_of = max(_day(answer) for answer in answers)
    pieces = [
        Piece("GET", _public(question), None, answer, as_of, name=_name(question))
        for question, answer in zip(asked, answers, strict=True)
    ]
    documents = (
        Piece("GET", page_url, None, page_answer, _day(page_answer), "page.json"),
        Piece("GET", values_url, None, values_answer, _day(values_answer), "filters.json"),
    )
    return Brought(tuple(pieces), stamp, documents, notes=_notes(how, page, filters))


def _papers(asking: Asking, how: How, turn: str) -> tuple[Page, Filters, Answer, Answer]:
    """Page and filters of a report, with their answers.

    Several tables share a report, so it is asked for once in a turn of a run.
    """
    fetch, page_url = asking.service("udir"), f"{REPORTS}/{how.report}"
    page_answer = asking.once(f"{page_url}{turn}", lambda: fetch.get(page_url))
    page = read_page(page_answer.body, how.report)
    values_url = f"{BASE}/{page.values_endpoint}"
    values_answer = asking.once(f"{values_url}{turn}", lambda: fetch.get(values_url))
    return page, read_filters(values_answer.body, how.report), page_answer, values_answer


def _figures(
    fetch: Fetcher, asked: Sequence[Question], known: Known | None, origin: str
) -> tuple[list[Answer], str] | None:
    """Ask every question; whole answers in order and their stamp, or None if nothing is new."""
    had = {entry.url: entry.sha256 for entry in known.entries} if known else {}
    answers = []
    hashes = [origin]
    for question in asked:
        url = _public(question)
        etag, modified = known.validators(url) if known else (None, None)
        answer = fetch.get(f"{BASE}/{question.path}", etag=etag, modified=modified)
        answers.append(answer)
        hashes.append(f"{url} {had[url] if answer.unchanged else digest(answer.body)}")
    stamp = digest("\n".join(hashes).encode())
    if known and stamp == known.stamp:
        return None
    # One answer is new, so the whole table is: the others are asked for again, with their bytes.
    whole = [
        fetch.get(f"{BASE}/{question.path}") if answer.unchanged else answer
        for question, answer in zip(asked, answers, strict=True)
    ]
    again = [f"{_public(q)} {digest(a.body)}" for q, a in zip(asked, whole, strict=True)]
    return whole, digest("\n".join([origin, *again]).encode())


def _public(question: Question) -> str:
    return f"{BASE}/{question.path}{question.fragment}"


def _name(question: Question) -> str:
    codes = "_".join(f"{name}-{kode}" for name, kode in question.asked.items())
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "." for c in codes)
    return f"{kept or 'data'}.json"


def _day(answer: Answer) -> str:
    return answer.fetched_at[:10]


def _notes(how: How, page: Page, filters: Filters) -> tuple[str, ...]:
    unnamed = [name for name in filters if name not in how.select]
    if not unnamed:
        return ()
    words = [f"{name} ({'by default' if name in page.defaults else 'not'})" for name in unnamed]
    said = f"report {how.report} has filters that request.how.select does not name"
    return (f"{said}: {', '.join(words)} asked",)


def _others(fetch: Fetcher, report: str) -> str:
    """The reports with a name like this one, for the message; empty if the list says nothing."""
    try:
        codes = report_codes(fetch.get(REPORTS).body)
    except SourceRefused:
        return ""
    if report in codes:
        return f"; report {report} is still listed, so its page may be wrong for now"
    near = get_close_matches(report, codes, n=5, cutoff=0.5)
    return f"; there is no report {report} any more" + (f", but {', '.join(near)}" if near else "")

"""Errors of a pull, and what each error body of PxWebApi v2 means.

Statuses and titles are those of the server's own source (ProblemUtility) as SSB runs it. Being
asked to wait (429, 503) belongs to the HTTP layer; what it lets through is passed on as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from sources.model import KompetanseError, SourceChanged
from sources.readers.bodies import beginning

if TYPE_CHECKING:
    from sources.pull.fetch import Answer

OK, BAD_REQUEST, FORBIDDEN, NOT_FOUND, SERVER_ERROR = 200, 400, 403, 404, 500
TOO_MANY_CALLS, UNAVAILABLE = 429, 503
# Measured at SSB: 2,092 characters pass, 2,142 come back as 404.
LONGEST_KNOWN = 2092

_ADVICE = {
    "non-existent table": "the table was closed or renumbered -> look for its successor",
    "non-existent variable": "a dimension was renamed -> compare request.select with the metadata",
    "non-existent value": "a code is gone, or belongs to another code list -> compare "
    "request.select with the metadata, and write + as %2B",
    "non-existent codelist": "the id of the code list is gone or in another case (ids are "
    "case-sensitive) -> take it from the metadata",
    "missing selection for mandantory variable": "a variable that cannot be left out has no "
    "selection -> add it to request.select",
    "illegal selection for mandantory variable": "a variable that cannot be left out has an "
    "empty selection -> mend request.select",
    "illegal selection expression": "an expression is misspelled -> mend request.select; in an "
    "address, expressions with a comma stand in brackets",
    "illegal placment": "heading or stub names a variable that is not selected",
    "unsupported language": "the language is not offered -> see /config",
    "unsupported output format": "json-stat2 takes no outputFormatParams -> leave them out",
    "too many cells selected": "the limit is lower than /config said -> pull again, or give a "
    "lower max_cells",
    "non-existent page": "the catalogue has fewer pages -> begin again at the first",
}
_BY_STATUS = {
    FORBIDDEN: "StatBank blocks those who ask for too much -> wait, and ask for less at a time",
    TOO_MANY_CALLS: "too many calls -> wait a minute; at most 30 a minute are allowed",
    UNAVAILABLE: "the tables are being updated -> wait, and pull again after 08:15 in Oslo",
}


class ImpossibleRequest(KompetanseError):
    """The request of a source YAML cannot be asked of the table; lists every problem."""


class QuestionRefused(KompetanseError):
    """The source refused a question; says why and what to do. `answer` is the refusal."""

    def __init__(self, message: str, answer: Answer) -> None:
        super().__init__(message)
        self.answer = answer


class TableGone(QuestionRefused):
    """There is no such table any more; names the tables that may have taken its place."""


class NotWhole(SourceChanged):
    """The answers are not the whole cube: a cell is missing or stands twice, or times differ."""


class Renewed(NotWhole):
    """The table was renewed while its parts were asked for; asking for all of them again helps."""


class NotNow(KompetanseError):
    """It is the time of day when StatBank's figures cannot be trusted."""


def title_of(answer: Answer) -> str:
    """The `title` of a Problem JSON body; empty if the body is anything else."""
    found = _problem(answer).get("title")
    return found if isinstance(found, str) else ""


def is_missing_table(answer: Answer) -> bool:
    """Tell whether an answer says that the table does not exist.

    The data endpoint says so as HTTP 400 with the status 404 inside the body.
    """
    return (
        answer.status in (BAD_REQUEST, NOT_FOUND)
        and title_of(answer).casefold() == "non-existent table"
    )


def checked(answer: Answer, what: str) -> Answer:
    """Return an answer with status 200; any other becomes QuestionRefused with advice.

    what: what was asked, for the message ("the metadata of 09429").
    """
    if answer.status == OK:
        return answer
    said = title_of(answer) or (beginning(answer.body) if answer.body else "an empty body")
    raise QuestionRefused(
        f"{what}: HTTP {answer.status}, {said} -> {_advice(answer)}\n  asked: {answer.url}\n"
        "Nothing was taken from this pull.",
        answer,
    )


def _advice(answer: Answer) -> str:
    known = _ADVICE.get(title_of(answer).casefold())
    if known:
        return known
    if answer.status == NOT_FOUND and len(answer.url) > LONGEST_KNOWN:
        return f"the address has {len(answer.url)} characters, too long for GET -> ask by POST"
    if answer.status == SERVER_ERROR and not answer.body:
        return "StatBank answers so to a code that stands twice -> look at request.select"
    return _BY_STATUS.get(answer.status, "not an answer this client knows -> try it in a browser")


def _problem(answer: Answer) -> dict[str, Any]:
    try:
        found = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}

"""A pull from StatBank by PxWebApi v2: documents first, then the questions, then the proof.

Nothing is kept here: the answers go back to the caller, who archives them. Whether the codes
are those of the source YAML is judged in sources/validate.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from sources.model import AnswerContext, UnreadableAnswer
from sources.pull import documents
from sources.pull.catalogue import candidates, described
from sources.pull.client import utc_now
from sources.pull.documents import Config
from sources.pull.fetch import ask
from sources.pull.hours import refuse_if_closed
from sources.pull.join import Whole
from sources.pull.order import Order
from sources.pull.plan import MAX_CELLS, address, questions
from sources.pull.problems import (
    ImpossibleRequest,
    QuestionRefused,
    Renewed,
    TableGone,
    checked,
    is_missing_table,
)
from sources.pull.selection import choices, whole
from sources.readers import jsonstat

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sources.model import Cube
    from sources.pull.documents import Metadata, TableEntry
    from sources.pull.fetch import Answer, Fetch
    from sources.pull.plan import Question
    from sources.registry import Request, SourceTable

T = TypeVar("T")
# Rhythms under which a discontinued table is what the source YAML expects.
_EXPECTED_TO_END = ("closed", "once")


@dataclass(frozen=True)
class Pulled:
    """What a pull brought.

    documents: config, table, metadata and code lists as answered. paths: what each of these was
    asked by, below the base. answers: every question with its answer. cube: all of them joined,
    proven whole. notes: sentences for people.
    """

    table: TableEntry
    metadata: Metadata
    documents: tuple[Answer, ...]
    answers: tuple[tuple[Question, Answer], ...]
    cube: Cube
    notes: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


def pull(
    spec: SourceTable,
    fetch: Fetch,
    *,
    now: Callable[[], datetime] = utc_now,
    at_any_time: bool = False,
    max_cells: int | None = None,
    lang: str = "no",
) -> Pulled:
    """Pull all that the request of a source table asks for, in the fewest questions.

    spec: a table of protocol json-stat whose request is a StatBank address. now: the clock, with
    an offset. at_any_time: ask between 05:00 and 08:15 Oslo time too. max_cells: a limit below
    the service's own.
    Raises NotNow, ImpossibleRequest, TableGone (with candidates), QuestionRefused, NotWhole and
    UnreadableAnswer; whatever `fetch` raises passes through.
    """
    session = _Session(spec, fetch, lang, now, at_any_time)
    session.refuse_if_closed()
    config = session.config()
    entry = session.of_table("", documents.read_entry)
    metadata = session.of_table("/metadata", documents.read_metadata)
    lists = session.codelists(metadata)
    chosen = choices(metadata, session.request, lists)
    limit = session.limit(config)
    limit = min(limit, max_cells) if max_cells else limit
    plan = questions(chosen, metadata, session.request, limit, lang)
    notes = session.notes(entry, metadata)
    # What the cube must be comes from the selection, not from the plan that is to be proven.
    joined = Whole(session.what, whole(chosen))
    renewed = _renewed(entry, metadata)
    proof = Order(session.what, chosen, metadata, session.request, lang)
    answers = tuple((q, session.data(q, joined, proof, renewed)) for q in plan)
    asked, documented = tuple(session.answers), tuple(session.answers.values())
    return Pulled(entry, metadata, documented, answers, joined.cube(), notes, asked)


def _renewed(entry: TableEntry, metadata: Metadata) -> datetime | None:
    """When the table was last renewed, by the newest of its documents; None if none says."""
    stamps = [documents.moment(text) for text in (entry.updated, metadata.updated)]
    return max((stamp for stamp in stamps if stamp), default=None)


class _Session:
    """One pull: what is asked of whom, and the documents answered so far."""

    def __init__(
        self,
        spec: SourceTable,
        fetch: Fetch,
        lang: str,
        now: Callable[[], datetime],
        at_any_time: bool,
    ) -> None:
        if spec.request is None:
            raise ImpossibleRequest(f"{spec.id}: its source YAML has no request, so nothing to ask")
        self.spec, self.fetch, self.lang = spec, fetch, lang
        self.now, self.at_any_time = now, at_any_time
        self.request: Request = spec.request
        self.table_id = address(spec.request)[1]
        self.what = f"{spec.id} ({spec.title.en})"
        self.answers: dict[str, Answer] = {}
        self.said: list[str] = []

    def refuse_if_closed(self) -> None:
        """Raise NotNow in the closed hours, unless told to ask at any time."""
        if not self.at_any_time:
            refuse_if_closed(self.now(), self.what)

    def document(self, path: str, read: Callable[[bytes], T]) -> T:
        """Ask for a document, keep the answer, and return what it says."""
        answer = checked(ask(self.fetch, path), f"{self.what}, {path.partition('?')[0]}")
        self.answers[path] = answer
        return read(answer.body)

    def config(self) -> Config:
        """What /config says; the documented limit, and a note, if it says nothing twice."""
        said = ""
        for _ in range(2):
            try:
                return self.document("/config", documents.read_config)
            except (UnreadableAnswer, QuestionRefused) as error:
                said = str(error).partition("\n")[0]
        # Kept out of the archive: `doctor` would take it for what StatBank says.
        self.answers.pop("/config", None)
        self.said.append(f"{said} -> at most {MAX_CELLS} cells were asked for at a time")
        return Config(None, ())

    def of_table(self, path: str, read: Callable[[bytes, str], T]) -> T:
        """Ask for a document of the table; TableGone if there is no such table."""
        full = f"/tables/{quote(self.table_id)}{path}?lang={quote(self.lang)}"
        answer = ask(self.fetch, full)
        self._refuse_if_gone(answer)
        what = f"{self.what}, /tables/{self.table_id}{path}"
        self.answers[full] = checked(answer, what)
        return read(answer.body, what)

    def codelists(self, metadata: Metadata) -> dict[str, dict[str, tuple[str, ...]]]:
        """Ask for every code list of the request that the metadata offer; each once."""
        read: dict[str, tuple[str, ...]] = {}
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for name, ids in self.request.codelists.items():
            variable = metadata.spelled(name) or name
            offered = metadata.codelists.get(variable, ())
            for list_id in (i for i in ids if i in offered):
                if list_id not in read:
                    path = f"/codelists/{quote(list_id, safe='')}?lang={quote(self.lang)}"
                    what = f"{self.what}, code list {list_id}"
                    read[list_id] = self.document(path, partial(documents.read_codelist, what=what))
                found.setdefault(variable, {})[list_id] = read[list_id]
        return found

    def limit(self, config: Config) -> int:
        """Cells that one answer may hold; ImpossibleRequest if the language is not offered."""
        if config.languages and self.lang not in config.languages:
            raise ImpossibleRequest(
                f"{self.what}: language {self.lang!r} is not offered -> one of "
                f"{', '.join(config.languages)}\nNothing was asked."
            )
        return config.max_cells or MAX_CELLS

    def notes(self, entry: TableEntry, metadata: Metadata) -> tuple[str, ...]:
        """What a person should know of the table though it can be pulled."""
        # The list of tables and the metadata are renewed at different hours.
        ended = entry.discontinued or metadata.discontinued
        if not ended or self.spec.rhythm.frequency in _EXPECTED_TO_END:
            return tuple(self.said)
        said = f"{self.what} is discontinued, last period {entry.last_period}: no new figures come"
        successor = f"{said} -> look for its successor{self._successors(entry.label)}"
        return (*self.said, successor)

    def data(
        self, question: Question, joined: Whole, proof: Order, renewed: datetime | None
    ) -> Answer:
        """Ask a question and put its answer in place.

        A body that does not decode is asked for once more: a cut that a gateway makes shows in
        no header. renewed: when the table was, by its documents; Renewed for an older answer.
        """
        answer = self._asked(question)
        try:
            part = self._read(question, answer)
        except UnreadableAnswer:
            answer = self._asked(question)
            part = self._read(question, answer)
        if renewed and part.updated and part.updated < renewed:
            raise Renewed(
                f"{self.what}: the figures are older than the table, updated "
                f"{part.updated:%Y-%m-%dT%H:%M:%SZ} and not {renewed:%Y-%m-%dT%H:%M:%SZ}: a copy "
                "of before it was renewed\nNothing was kept from this pull. Pull again later; "
                f"if it stays so, compare with {self.request.url}"
            )
        probe = proof.probe(question, part)
        if probe:
            proof.settle(probe, self._read(probe.question, self._asked(probe.question)))
        joined.add(question, part)
        return answer

    def _read(self, question: Question, answer: Answer) -> Cube:
        context = AnswerContext(url=question.url, name=self.spec.id)
        return jsonstat.read(answer.body, self.spec, context)

    def _asked(self, question: Question) -> Answer:
        # A long pull may run into the hours that a short one would have missed.
        self.refuse_if_closed()
        answer = ask(self.fetch, question.path, question.body)
        self._refuse_if_gone(answer)
        return checked(answer, f"{self.what}, {question.cells} cells")

    def _refuse_if_gone(self, answer: Answer) -> None:
        if is_missing_table(answer):
            title = self.spec.title.nb if self.lang == "no" else self.spec.title.en
            raise TableGone(
                f"{self.what}: StatBank has no table {self.table_id} any more; it was closed or "
                f"given a new number{self._successors(title)}\n"
                "Nothing was pulled. Compare codes and periods, then set request.url in the "
                "source YAML.",
                answer,
            )

    def _successors(self, title: str) -> str:
        return described(candidates(self.fetch, title, self.table_id, self.lang))

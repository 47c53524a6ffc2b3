"""What StatBank says of a table, without its figures: for `kompetanse doctor`.

Asked are /config, /tables/{id}, /tables/{id}/metadata and the code lists that the request names.
Whether that is what the source YAML expects is judged in sources/doctor/; figures are pulled by
statbank.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from sources.model import KompetanseError, Unit, UnreadableAnswer
from sources.pull import documents as read
from sources.pull.catalogue import candidates
from sources.pull.client import Described, NotArchived, Successor
from sources.pull.expressions import BadExpression, expand
from sources.pull.fetch import ask
from sources.pull.plan import MAX_CELLS, address, plan
from sources.pull.problems import ImpossibleRequest, QuestionRefused, checked, is_missing_table
from sources.pull.selection import is_mandatory, is_time
from sources.readers.bodies import listed
from sources.readers.jsonstat_axes import read_axes, read_shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sources.pull.client import Documents
    from sources.pull.documents import Metadata, TableEntry
    from sources.pull.fetch import Answer
    from sources.registry import SourceTable

# What stands at the addresses that /config names as its licence.
LICENCES = {
    "https://www.ssb.no/en/diverse/lisens": "CC BY 4.0",
    "https://www.ssb.no/diverse/lisens": "CC BY 4.0",
    "https://creativecommons.org/licenses/by/4.0": "CC BY 4.0",
}
_NUMBER = re.compile(r"^\s*[0-9]{5}\s*:\s*")
_PERIODS = re.compile(r"\s+[0-9]{4}\w*(-[0-9]{4}\w*)?(\s*-\s*[0-9]{4}\w*(-[0-9]{4}\w*)?)?\s*$")
_AREA = re.compile(r"(\s*\([A-ZÆØÅ]{1,2}\))+\s*$")


@dataclass(frozen=True)
class Words:
    """A table's words in one language: its title, and dimension -> code -> label."""

    title: str
    labels: Mapping[str, Mapping[str, str]]


def describe(spec: SourceTable, documents: Documents) -> Described:
    """What StatBank says of the table, and what it would say to the table's request.

    Raises what `documents` raises, QuestionRefused and UnreadableAnswer. A table that StatBank
    does not have is no error: Described.gone, with the successors that the catalogue offers.
    """
    about = _About(spec, documents)
    answer = ask(about.fetch, about.path)
    if is_missing_table(answer):
        return Described(title="", dimensions={}, gone=True, successors=about.successors())
    entry = read.read_entry(checked(answer, about.what).body, about.what)
    body = about.document(f"/tables/{quote(about.table_id)}/metadata?lang=no")
    metadata = read.read_metadata(body, about.what)
    lists = about.codelists(metadata)
    found = _described(spec, entry, metadata, _labels(metadata, lists))
    found = replace(found, units=_units(body))
    found = _with_request(found, spec, metadata, lists)
    return about.with_config(found, metadata, lists)


def words(spec: SourceTable, documents: Documents, lang: str) -> Words:
    """Title and labels of the table in "no" or "en"; code lists of the request included.

    Raises NotArchived where the archive has copies in the other language only.
    """
    about = _About(spec, documents, lang, strict=True)
    body = about.document(f"/tables/{quote(about.table_id)}/metadata?lang={quote(lang)}")
    metadata = read.read_metadata(body, about.what)
    labels = _labels(metadata, about.codelists(metadata))
    return Words(
        plain_title(metadata.title), {_ours(spec, name): own or {} for name, own in labels.items()}
    )


def plain_title(label: str) -> str:
    """A label of the catalogue without number, area marks and periods.

    "09429: Utdanningsnivå, etter kommune og kjønn (K) 1970-2025" -> "Utdanningsnivå, etter
    kommune og kjønn".
    """
    return _AREA.sub("", _PERIODS.sub("", _NUMBER.sub("", label))).strip()


@dataclass(frozen=True)
class _Lists:
    """Code lists of the request: variable -> list id -> code -> label, and what is lacking.

    missing: list id -> why it could not be had. partial: variables of which a list is lacking.
    """

    codes: Mapping[str, Mapping[str, Mapping[str, str]]]
    missing: Mapping[str, str]
    partial: frozenset[str]


class _Below:
    """Documents asked for by path below the base of the service, as the catalogue does."""

    def __init__(self, documents: Documents, base: str) -> None:
        self.documents, self.base = documents, base

    def get(self, path: str, /) -> Answer:
        return self.documents.get(self.base + path)

    def post(self, path: str, body: Mapping[str, Any], /) -> Answer:
        raise ImpossibleRequest(f"{path}: documents are asked for by GET, not with {body}")


class _About:
    """One table looked at: where it is, and the documents of it.

    strict: a document in another language than `lang` will not do.
    """

    def __init__(
        self, spec: SourceTable, documents: Documents, lang: str = "no", *, strict: bool = False
    ) -> None:
        if spec.request is None:
            raise ImpossibleRequest(f"{spec.id}: its source YAML has no request, so nothing to ask")
        self.spec, self.request, self.lang = spec, spec.request, lang
        base, self.table_id = address(spec.request)
        self.fetch = _Below(documents, base)
        self.base = base
        self.path = f"/tables/{quote(self.table_id)}?lang=no"
        self.what = f"{spec.id}, StatBank {self.table_id}"
        self.strict = strict

    def document(self, path: str) -> bytes:
        answer = checked(ask(self.fetch, path), self.what)
        if self.strict and f"lang={self.lang}" not in answer.url:
            raise NotArchived(f"{self.what}: no copy of {path} in the language {self.lang!r}")
        return answer.body

    def codelists(self, metadata: Metadata) -> _Lists:
        """Ask for the code lists of the request that the table offers."""
        found: dict[str, dict[str, dict[str, str]]] = {}
        missing: dict[str, str] = {}
        for name, ids in self.request.codelists.items():
            variable = metadata.spelled(name) or name
            for list_id in (i for i in ids if i in metadata.codelists.get(variable, ())):
                path = f"/codelists/{quote(list_id, safe='')}?lang={quote(self.lang)}"
                try:
                    labels = _list_labels(self.document(path), list_id)
                except (QuestionRefused, UnreadableAnswer) as error:
                    missing[list_id] = " ".join(str(error).splitlines()[:2])
                    continue
                found.setdefault(variable, {})[list_id] = labels
        named = {metadata.spelled(n) or n: len(ids) for n, ids in self.request.codelists.items()}
        partial = frozenset(v for v, wanted in named.items() if len(found.get(v, ())) < wanted)
        return _Lists(found, missing, partial)

    def successors(self) -> tuple[Successor, ...]:
        """Tables of the catalogue with such a title; none where it cannot be searched."""
        try:
            found = candidates(self.fetch, self.spec.title.nb, self.table_id, "no")
        except KompetanseError:
            # The search only adds to what is said; offline there is no catalogue.
            return ()
        return tuple(
            Successor(
                url=f"{self.base}/tables/{quote(entry.id)}/data",
                title=plain_title(entry.label),
                note=f"{entry.id}, {entry.first_period} to {entry.last_period}"
                + (", discontinued" if entry.discontinued else ""),
                discontinued=entry.discontinued,
            )
            for entry in found
        )

    def with_config(self, found: Described, metadata: Metadata, lists: _Lists) -> Described:
        """Add what only /config says: the licence, and the limit that a plan keeps."""
        limit = MAX_CELLS
        try:
            body = self.document("/config")
        except NotArchived as error:
            note = f"licence and limit of cells not looked at: {str(error).splitlines()[0]}"
            found = replace(found, notes=(*found.notes, note))
        else:
            limit = read.read_config(body).max_cells or MAX_CELLS
            found = replace(found, licence=_licence(body))
        if found.discontinued:
            found = replace(found, successors=self.successors())
        if found.unaskable or lists.partial:
            return found
        codes = {name: {i: tuple(own) for i, own in of.items()} for name, of in lists.codes.items()}
        try:
            questions = len(plan(metadata, self.request, limit, codelists=codes))
        except ImpossibleRequest as error:
            return replace(found, unaskable=(str(error),))
        return replace(found, questions=questions)


def _described(
    spec: SourceTable,
    entry: TableEntry,
    metadata: Metadata,
    labels: Mapping[str, Mapping[str, str] | None],
) -> Described:
    times = [name for name in metadata.dimensions if is_time(metadata, name)]
    optional = (name for name in metadata.dimensions if not is_mandatory(metadata, name))
    return Described(
        title=plain_title(metadata.title or entry.label),
        # Under the YAML's spelling, since the service does not tell Region from region.
        dimensions={_ours(spec, name): own for name, own in labels.items()},
        periods=metadata.codes[times[0]] if times else (),
        updated=metadata.updated or entry.updated,
        discontinued=entry.discontinued or metadata.discontinued,
        optional=frozenset(_ours(spec, name) for name in optional),
    )


def _with_request(
    found: Described, spec: SourceTable, metadata: Metadata, lists: _Lists
) -> Described:
    """Add what the request selects, and what of it the table does not offer."""
    assert spec.request is not None  # _About has refused it otherwise
    select, named = spec.request.select, spec.request.codelists
    selected: dict[str, tuple[str, ...]] = {}
    there = {_ours(spec, variable) for variable in metadata.dimensions}
    lost = sorted({*select, *named} - there)
    unaskable = [f"{name}: asked for, but the table has no such variable" for name in lost]
    for variable in metadata.dimensions:
        name = _ours(spec, variable)
        offered = metadata.codelists.get(variable, ())
        ids = named.get(name, ())
        unaskable += [_not_offered(name, i, offered) for i in ids if i not in offered]
        if variable in lists.partial:
            continue
        codes = [tuple(own) for own in lists.codes.get(variable, {}).values()]
        items = select.get(name, ("*",) if is_mandatory(metadata, variable) else ())
        time = is_time(metadata, variable)
        chosen, wrong = _expanded(items, codes or [metadata.codes[variable]], time=time)
        selected[name] = chosen
        unaskable += [f"{name}: {problem}" for problem in wrong]
    unaskable += [f"code list {i} cannot be had: {why}" for i, why in lists.missing.items()]
    return replace(found, selected=selected, unaskable=tuple(unaskable))


def _expanded(
    items: Iterable[str], lists: Sequence[tuple[str, ...]], *, time: bool
) -> tuple[tuple[str, ...], list[str]]:
    """Return what the entries select from the lists, and what is wrong with those of no list."""
    chosen: dict[str, None] = {}
    wrong: list[str] = []
    for item in items:
        problems = []
        for codes in lists:
            try:
                chosen |= dict.fromkeys(expand(item, codes, is_time=time))
            except BadExpression as error:
                problems.append(str(error))
        # Under several lists an entry need not mean something in each of them.
        if len(problems) == len(lists):
            wrong.append(problems[0])
    return tuple(chosen), wrong


def _not_offered(name: str, list_id: str, offered: tuple[str, ...]) -> str:
    near = [i for i in offered if i.casefold() == list_id.casefold()] or offered
    return f"{name}: no code list {list_id} (case counts); offered: {listed(near) or 'none'}"


def _labels(metadata: Metadata, lists: _Lists) -> dict[str, Mapping[str, str] | None]:
    """Code -> label of every variable: the codes that an answer would have under its lists.

    None where a list of the request is lacking, so that nobody takes its codes for gone.
    """
    found: dict[str, Mapping[str, str] | None] = {}
    for variable in metadata.dimensions:
        own = metadata.labels.get(variable, {})
        if variable in lists.partial:
            found[variable] = None
        elif variable in lists.codes:
            found[variable] = {c: t for of in lists.codes[variable].values() for c, t in of.items()}
        else:
            found[variable] = {code: own.get(code, code) for code in metadata.codes[variable]}
    return found


def _list_labels(body: bytes, list_id: str) -> dict[str, str]:
    codes = read.read_codelist(body, f"code list {list_id}")
    values = orjson.loads(body)["values"]
    labels = {value["code"]: value.get("label") for value in values if isinstance(value, dict)}
    return {code: str(labels.get(code) or code) for code in codes}


def _units(body: bytes) -> dict[str, Unit]:
    """Units of the measures, which read_metadata leaves out; the body is known to be readable."""
    raw = orjson.loads(body)
    names, sizes = read_shape(raw, [])
    return {
        code: unit for axis in read_axes(raw, names, sizes, []) for code, unit in axis.units.items()
    }


def _licence(body: bytes) -> str | None:
    found = orjson.loads(body).get("license")
    if not isinstance(found, str) or not found:
        return None
    return LICENCES.get(found.rstrip("/"), found)


def _ours(spec: SourceTable, variable: str) -> str:
    """Spell a variable as the YAML does, where it has it."""
    near = (name for name in spec.dimensions if name.casefold() == variable.casefold())
    return next(near, variable)

"""Registry: every source table as data, read from sources/<provider>/<table>.yaml.

Here live the shapes of a source YAML, their loading, and the table protocol -> reader.
Cross-checks that a schema cannot say live in sources/registry_checks.py, judging an answer
against its YAML in sources/validate.py, decoding in sources/readers/.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sources.model import KompetanseError
from sources.registry_checks import problems_between, read_yaml, schema_problems, table_problems

if TYPE_CHECKING:
    from sources.model import AnswerContext, Cube

FOLDER = Path(__file__).parent
# What `kompetanse doctor --fix` proposes stands beside the table and is none.
PROPOSED = ".proposed.yaml"
PROVIDERS = ("ssb", "klass", "udir", "nav", "dbh", "utdanning", "codes")

Read = Callable[[bytes, "SourceTable", "AnswerContext"], "Cube"]

_READERS = {
    "json-stat": "jsonstat",
    "klass-codes": "klass",
    "klass-changes": "klass",
    "klass-correspondence": "klass",
    "udir-report": "udir",
    "udir-csv": "udir",
    "nav-unemployed": "nav_unemployed",
    "nav-survey": "nav_survey",
    "nav-table": "nav_table",
    "csv": "delimited",
    "json-map": "json_map",
    "dbh": "dbh",
    "utdanning-counts": "utdanning",
    "utdanning-areas": "utdanning",
}


class InvalidSource(KompetanseError):
    """Source YAMLs are wrong; the message lists every problem of every file."""


class UnknownTable(KompetanseError):
    """Somebody asked for a table or protocol that no source YAML describes."""


@dataclass(frozen=True)
class Text:
    """A text for people, in bokmål and English; text["nb"] gives the same as text.nb."""

    nb: str
    en: str

    def __getitem__(self, language: str) -> str:
        """The text in "nb" or "en"; raises KeyError for any other language."""
        return {"nb": self.nb, "en": self.en}[language]


@dataclass(frozen=True)
class Code:
    """One code of a closed list; unit and decimals are stated for measures only."""

    code: str
    label: Text
    unit: str | None = None
    decimals: int | None = None


@dataclass(frozen=True)
class Dimension:
    """One dimension of a table: `source_name` is the source's own name, `name` is ours.

    codes:     the closed list, by the source's code; None where `pattern` describes an open one.
    aliases:   source code -> our code. ignore: source code -> why its rows are dropped.
    absent:    the code to fill in when the answer left the dimension out (the total).
    form:      how geographic codes are written where they need more than aliases.
    reference: day on which region codes count: "MM-DD" of the (first) year, "last" day of the
               month, or one fixed "YYYY-MM-DD".
    """

    source_name: str
    role: Literal["geo", "breakdown", "measure", "time"]
    name: str
    title: Text | None = None
    codes: Mapping[str, Code] | None = None
    pattern: re.Pattern[str] | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)
    ignore: Mapping[str, Text] = field(default_factory=dict)
    absent: str | None = None
    form: Literal["kostra-county"] | None = None
    period_type: str | None = None
    reference: str | None = None

    def knows(self, code: str) -> bool:
        """Tell whether a source code is listed, renamed, ignored on purpose, or of the pattern."""
        if any(code in listed for listed in (self.codes or {}, self.aliases, self.ignore)):
            return True
        return self.pattern is not None and self.pattern.fullmatch(code) is not None


@dataclass(frozen=True)
class Request:
    """What a pull asks for: address, and per dimension the selection and the code lists.

    Several code lists for one dimension mean several questions, one with each.
    how: what else the client of the protocol needs, see the docstring of its module.
    """

    url: str
    select: Mapping[str, tuple[str, ...]]
    codelists: Mapping[str, tuple[str, ...]]
    how: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Licence:
    """Licence of the source's figures, and of what this project publishes from them."""

    theirs: str
    ours: str


@dataclass(frozen=True)
class Rhythm:
    """When new figures come: frequency, usual month of an annual release, note."""

    frequency: str
    month: int | None = None
    note: Text | None = None


@dataclass(frozen=True)
class Size:
    """Cells of one answer: fewer than min_cells is fatal, more than max_cells warns."""

    min_cells: int
    max_cells: int | None = None


@dataclass(frozen=True)
class Tolerance:
    """What may change between two pulls before a person must look.

    jump_pct: how far a total may move, in per cent. newest_only: the source gives its newest
    period alone, so that older ones are not missed.
    """

    jump_pct: float
    newest_only: bool = False


@dataclass(frozen=True)
class Confidence:
    """How sure the YAML is, and what has not been confirmed against the live service."""

    level: Literal["high", "medium", "low"]
    note: str


@dataclass(frozen=True)
class SourceTable:
    """One source table: what to ask for, how to read it, what its codes mean.

    not_in_force: what the source writes for a region code that did not exist in the period:
                  "dot" (null and "."), "zero" (0, no mark), "absent" (no cell), or "figure":
                  a series on areas of another time, whose figures are placed by the nearest
                  day on which the code was in force.
    reason:       why no answer of the table can be read (protocol none only).
    tolerance:    None where nobody has declared one; totals are then not compared.
    """

    id: str
    provider: str
    protocol: str
    use: Literal[
        "indicator", "geography", "dimensioning", "comparison", "context", "reader-example"
    ]
    title: Text
    page: str | None
    request: Request | None
    recorded: tuple[str, ...]
    options: Mapping[str, Any]
    dimensions: Mapping[str, Dimension]
    missing: Mapping[str, str]
    not_in_force: Literal["dot", "zero", "absent", "figure"] | None
    licence: Licence
    attribution: Text
    rhythm: Rhythm
    size: Size
    warnings: tuple[str, ...]
    confidence: Confidence
    reason: Text | None
    tolerance: Tolerance | None = None

    @property
    def in_use(self) -> bool:
        """Whether the pipeline reads the table, where the archive has an answer."""
        return self.use in ("indicator", "geography", "dimensioning", "comparison")

    @property
    def is_due(self) -> bool:
        """Whether a pull that names no table asks for it: no figure waits for a comparison."""
        return self.in_use and self.use != "comparison"

    @property
    def view(self) -> str:
        """Name of the table in SQL: "ssb/09429" -> ssb_09429."""
        return re.sub(r"\W", "_", self.id, flags=re.ASCII)

    def by_role(self, role: str) -> tuple[Dimension, ...]:
        """Dimensions of one role, in the order of the YAML."""
        return tuple(d for d in self.dimensions.values() if d.role == role)


@cache
def load(folder: Path = FOLDER) -> dict[str, SourceTable]:
    """Read and check every source YAML below `folder`; table id -> table, sorted by id.

    Raises InvalidSource with every problem of every file: schema, cross-checks, unknown warning
    ids, ids that are not their path, two tables with one SQL name.
    """
    files = sorted(
        f for p in PROVIDERS for f in (folder / p).glob("*.yaml") if not f.name.endswith(PROPOSED)
    )
    raw: dict[str, dict[str, Any]] = {}
    problems: dict[str, list[str]] = {}
    known_warnings = frozenset(warnings(folder))
    for file in files:
        path = file.relative_to(folder).as_posix()
        found, text_problems = read_yaml(file)
        problems[path] = text_problems + schema_problems(found, FOLDER / "source.schema.json")
        if not problems[path]:
            problems[path] = table_problems(found, path.removesuffix(".yaml"), known_warnings)
            raw[path] = found
    for path, found_between in problems_between(raw).items():
        problems[path] += found_between
    _refuse(problems, folder)
    tables = [_table(found) for found in raw.values()]
    return {table.id: table for table in sorted(tables, key=lambda t: t.id)}


@cache
def warnings(folder: Path = FOLDER) -> dict[str, Text]:
    """Vocabulary of caveats in sources/warnings.yaml: id -> text in both languages."""
    found, problems = read_yaml(folder / "warnings.yaml")
    wrong = [f"{key}: give nb and en" for key, value in found.items() if set(value) != {"nb", "en"}]
    _refuse({"warnings.yaml": problems + wrong}, folder)
    return {key: Text(**value) for key, value in found.items()}


def table(table_id: str) -> SourceTable:
    """One table by id, e.g. "ssb/09429"; raises UnknownTable that lists the ids there are."""
    tables = load()
    if table_id not in tables:
        raise UnknownTable(f"no source YAML for {table_id}; there are: {', '.join(tables)}")
    return tables[table_id]


def reader(protocol: str) -> Read:
    """The function that decodes answers of a protocol; imports its module only now.

    Raises UnknownTable for protocol "none" and for one that no reader speaks.
    """
    if protocol not in _READERS:
        raise UnknownTable(
            f"no reader speaks protocol {protocol!r}; there are: {', '.join(sorted(_READERS))}"
        )
    read: Read = import_module(f"sources.readers.{_READERS[protocol]}").read
    return read


def _refuse(problems: Mapping[str, list[str]], folder: Path) -> None:
    wrong = {path: found for path, found in problems.items() if found}
    if not wrong:
        return
    total = sum(map(len, wrong.values()))
    lines = [f"{total} problem(s) in {len(wrong)} source file(s) of {folder.name}/"]
    for path, found in wrong.items():
        lines += [f"  {path}", *(f"    {problem}" for problem in found)]
    lines.append("Mend the files; sources/source.schema.json says what may stand where.")
    raise InvalidSource("\n".join(lines))


def _table(raw: Mapping[str, Any]) -> SourceTable:
    request = raw.get("request")
    return SourceTable(
        id=raw["id"],
        provider=raw["id"].split("/")[0],
        protocol=raw["protocol"],
        use=raw["use"],
        title=Text(**raw["title"]),
        page=raw.get("page"),
        request=_request(request) if request else None,
        recorded=tuple(raw["recorded"]),
        options=raw.get("options", {}),
        dimensions={k: _dimension(k, d) for k, d in raw.get("dimensions", {}).items()},
        missing=raw.get("missing", {}),
        not_in_force=raw.get("not_in_force"),
        licence=Licence(**raw["licence"]),
        attribution=Text(**raw["attribution"]),
        rhythm=_rhythm(raw["rhythm"]),
        size=Size(**raw["size"]),
        warnings=tuple(raw.get("warnings", ())),
        confidence=Confidence(**raw["confidence"]),
        reason=_text(raw.get("reason")),
        tolerance=Tolerance(**raw["tolerance"]) if "tolerance" in raw else None,
    )


def _request(raw: Mapping[str, Any]) -> Request:
    select = {name: tuple(codes) for name, codes in raw.get("select", {}).items()}
    lists = raw.get("codelists", {})
    codelists = {n: (ids,) if isinstance(ids, str) else tuple(ids) for n, ids in lists.items()}
    return Request(raw["url"], select, codelists, raw.get("how", {}))


def _dimension(source_name: str, raw: Mapping[str, Any]) -> Dimension:
    codes = raw.get("codes")
    rest = {k: raw[k] for k in ("absent", "form", "period_type", "reference") if k in raw}
    return Dimension(
        source_name=source_name,
        role=raw["role"],
        name=raw["name"],
        title=_text(raw.get("title")),
        codes={code: _code(code, c) for code, c in codes.items()} if codes is not None else None,
        pattern=re.compile(raw["pattern"]) if "pattern" in raw else None,
        aliases=raw.get("aliases", {}),
        ignore={code: Text(**reason) for code, reason in raw.get("ignore", {}).items()},
        **rest,
    )


def _code(code: str, raw: Mapping[str, Any]) -> Code:
    return Code(code, Text(raw["nb"], raw["en"]), raw.get("unit"), raw.get("decimals"))


def _rhythm(raw: Mapping[str, Any]) -> Rhythm:
    return Rhythm(raw["frequency"], raw.get("month"), _text(raw.get("note")))


def _text(raw: Mapping[str, str] | None) -> Text | None:
    return Text(**raw) if raw else None

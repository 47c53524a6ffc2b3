"""Lock: `sources.lock`, one line per table that says which answers its rows are made of.

The same lock and the same code give the same rows, whatever came later and wherever the answers
were fetched. Only the file and its lines; decoding by them is in sources/vintages.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from sources import files
from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from sources.archive import Archive
    from sources.registry import SourceTable
    from sources.vintages import RawTable

NAME = "sources.lock"
FORMAT = 1
LARGEST = 64 * 1024 * 1024
_HEADER = f"# {NAME} of kompetanse, format {FORMAT}: which answers each table is made of\n"
_COLUMNS = "# table\tvintage\tas_of\tcells\tfigures\thow\tanswers\n"
_HOW = {"pulled": True, "recorded": False}
_TABLE = re.compile(r"[a-z]+/[A-Za-z0-9_]+")
_HASH = re.compile(r"[0-9a-f]{16}")
_ANSWER = re.compile(r"([0-9a-f]{20})@(\S*)")


class UnusableLock(KompetanseError):
    """A lock file cannot be read; lists every line that is wrong."""


@dataclass(frozen=True)
class Pin:
    """One line: the vintage of a table.

    vintage: id of the answers together. cells, figures: number and hash of the decoded cells.
    pulled:  whether one pull brought the answers (False: taken from recorded folders).
    entries: id and as_of of each answer; the day is pinned too, since it stands in vintage ids
    and may have been noted otherwise where the same bytes were fetched again.
    """

    vintage: str
    as_of: str | None
    cells: int
    figures: str
    pulled: bool
    entries: tuple[tuple[str, str | None], ...]


def pin_of(spec: SourceTable, raw: RawTable) -> Pin:
    """Return the line of a table as it was decoded."""
    from sources.figures import fingerprint
    from sources.records import vintage_id

    entries = [v.entry for v in raw.vintages]
    return Pin(
        vintage=vintage_id(spec.id, (e.id for e in entries)),
        as_of=raw.as_of,
        cells=raw.table.num_rows,
        figures=fingerprint(raw.table),
        pulled=raw.pulled,
        entries=tuple((e.id, e.as_of or None) for e in entries),
    )


def lock_of(archive: Archive, specs: Iterable[SourceTable], *, made_up: bool) -> dict[str, Pin]:
    """Pin what is in use of every table now; a table without any answer gets no line.

    Raises what decoding raises for a table of which nothing can be used.
    """
    from sources.vintages import NoAnswer, decode

    pins = {}
    for spec in specs:
        try:
            pins[spec.id] = pin_of(spec, decode(archive, spec, made_up=made_up))
        except NoAnswer:
            continue
    return pins


def write(path: Path, pins: Mapping[str, Pin]) -> None:
    """Write a lock file, sorted by table, in one step."""
    files.write(path, text(pins).encode())


def read(path: Path) -> dict[str, Pin]:
    """Read a lock file; raises UnusableLock if it is none, or if a line is wrong."""
    try:
        if path.stat().st_size > LARGEST:
            raise UnusableLock(f"{path} is larger than {LARGEST} bytes, so it is no lock file")
        return parse(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableLock(f"{path} cannot be read as a lock file: {error}") from error


def text(pins: Mapping[str, Pin]) -> str:
    """Return the content of a lock file."""
    return joined(line(table, pin) for table, pin in pins.items())


def joined(lines: Iterable[str]) -> str:
    """Return the content of a lock file that has these lines."""
    return _HEADER + _COLUMNS + "".join(sorted(lines))


def parse(content: str, where: str) -> dict[str, Pin]:
    """Read the content of a lock file; where: its name, for messages. Raises UnusableLock."""
    lines = content.split("\n")
    if not content.startswith(_HEADER):
        raise UnusableLock(
            f"{where} does not begin as a lock file of format {FORMAT}: {lines[0][:80]!r}. "
            "Make it anew with `kompetanse archive lock`."
        )
    pins: dict[str, Pin] = {}
    problems = []
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        table, pin = _parsed(line)
        if pin is None or table in pins:
            problems.append(
                f"  line {number}: {'given twice' if pin else 'not a line'}: {line:.60}"
            )
        else:
            pins[table] = pin
    if problems:
        raise UnusableLock(
            f"{where}: {len(problems)} lines are wrong\n" + "\n".join(problems) + "\n"
            "Nothing was read. Make it anew with `kompetanse archive lock`."
        )
    return pins


def line(table: str, pin: Pin) -> str:
    """Return the line of one table."""
    how = next(word for word, pulled in _HOW.items() if pulled is pin.pulled)
    answers = ",".join(f"{entry}@{_quoted(as_of)}" for entry, as_of in pin.entries)
    words = [
        table, pin.vintage, _quoted(pin.as_of), str(pin.cells), pin.figures, how, answers,
    ]  # fmt: skip
    return "\t".join(words) + "\n"


def _parsed(line: str) -> tuple[str, Pin | None]:
    words = line.split("\t")
    if len(words) != len(_COLUMNS.split("\t")):
        return "", None
    table, vintage, as_of, cells, figures, how, answers = words
    found = [_ANSWER.fullmatch(answer) for answer in answers.split(",")]
    if not (
        _TABLE.fullmatch(table)
        and _HASH.fullmatch(vintage)
        and _HASH.fullmatch(figures)
        and cells.isascii()
        and cells.isdigit()
        and how in _HOW
        and all(found)
    ):
        return table, None
    entries = tuple((match[1], unquote(match[2]) or None) for match in found if match)
    return table, Pin(vintage, unquote(as_of) or None, int(cells), figures, _HOW[how], entries)


def _quoted(as_of: str | None) -> str:
    return quote(as_of or "", safe=":+")

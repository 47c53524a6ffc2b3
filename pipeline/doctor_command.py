"""`kompetanse doctor`: whether the sources still are what the source YAMLs expect.

One line per table as it is looked at, details on --verbose, proposals on --fix. Looking and
judging is done in sources/doctor/; here are only words and the exit code.
"""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from datetime import datetime

    from sources.doctor import Archived, Checkup, Fixed, Live
    from sources.registry import SourceTable

# Seconds for one document; a doctor that waits as long as a pull is not asked twice.
_PATIENCE = 60.0
_ID, _VERDICT = 34, 13
_MARGIN = "    "


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command can be told."""
    parser.add_argument(
        "--table",
        action="append",
        metavar="ID",
        help="only this source table, e.g. ssb/09429; may be given several times",
    )
    parser.add_argument(
        "--offline",
        action="store_true",
        help="look at the newest archived copies of the documents instead of the services",
    )
    parser.add_argument("--verbose", action="store_true", help="all that differs, table by table")
    parser.add_argument(
        "--fix",
        action="store_true",
        help="write a proposed YAML beside each that differs (TABLE.proposed.yaml)",
    )


def doctor(parsed: argparse.Namespace) -> int:
    """Look at every table; 0 if all fit, 1 if one differs or cannot be reached."""
    from datetime import UTC, datetime

    from sources.doctor import examine, fix

    documents = _documents(offline=parsed.offline)
    now = None if parsed.offline else datetime.now(UTC)
    counted: Counter[str] = Counter()
    for found in examine(_tables(parsed.table), documents, now=now):
        counted[found.verdict] += 1
        print(_cut(_line(found), whole=parsed.verbose), flush=True)
        for line in _details(found) if parsed.verbose else ():
            print(f"{_MARGIN}{line}")
        if parsed.fix and found.differences:
            print(_proposed(fix(found, documents)), flush=True)
    for line in _end(counted, parsed, now):
        print(line)
    return int(bool(counted["differs"] or counted["unreachable"]))


def _tables(named: list[str] | None) -> list[SourceTable]:
    from sources import registry
    from sources.doctor import tables_to_look_at

    if named:
        return [registry.table(table) for table in named]
    return tables_to_look_at(registry.load().values())


def _documents(*, offline: bool) -> Live | Archived:
    from sources.archive import Archive
    from sources.doctor import Archived, Live
    from sources.http import Limits
    from sources.pull.client import Asking
    from warehouse.workspace import data_root

    if offline:
        return Archived(Archive(data_root() / "archive"))
    return Live(Asking(state=data_root() / "http", limits=Limits(total=_PATIENCE)))


def _line(found: Checkup) -> str:
    return f"{found.spec.id:{_ID}} {found.verdict:{_VERDICT}} {_summary(found)}".rstrip()


def _summary(found: Checkup) -> str:
    if found.problem:
        return found.problem.partition("\n")[0]
    parts = [finding.text.partition("\n")[0] for finding in found.differences]
    parts = parts or [found.spec.title.nb]
    if found.open:
        parts.append(f"{len(found.open)} open, the copy is an extract")
    witness = found.witness
    return "; ".join(parts) + (f"  [{witness}]" if witness and not witness.live else "")


def _details(found: Checkup) -> Iterator[str]:
    yield found.spec.title.nb
    yield from found.problem.split("\n") if found.problem else ()
    for finding in found.findings:
        first, *rest = finding.text.split("\n")
        yield f"{'differs' if finding.proven else 'open   '}  {finding.kind}: {first}"
        yield from (f"{'':9}{line}" for line in rest)
    said = found.described
    if said is not None:
        periods = f"{said.periods[0]} to {said.periods[-1]}" if said.periods else "not stated"
        questions = "" if said.questions is None else f", {said.questions} question(s) a pull"
        yield f"periods {periods}, updated {said.updated or 'not stated'}{questions}"
    yield from found.notes
    if found.witness is not None:
        yield f"witness: {found.witness}"
        yield from (f"  {note}" for note in found.witness.notes)


def _proposed(fixed: Fixed) -> str:
    said = {
        "written": f"proposed: {fixed.path}",
        "already there": f"proposed already, the same: {fixed.path}",
        "in the way": f"not written: {fixed.path} holds another proposal -> take it or move it",
        "nothing": "no proposal: nothing that can be mended without a person",
    }[fixed.state]
    left = [f"by hand: {line}" for text in fixed.left for line in text.split("\n")]
    return "\n".join(f"{_MARGIN}{line}" for line in [said, *left])


def _end(counted: Counter[str], parsed: argparse.Namespace, now: datetime | None) -> Iterator[str]:
    from sources.pull.hours import OPEN_AGAIN, OSLO, is_closed

    words = ", ".join(f"{number} {verdict}" for verdict, number in sorted(counted.items()))
    yield f"\n{counted.total()} tables: {words}."
    if now is not None and is_closed(now):
        yield (
            f"It is {now.astimezone(OSLO):%H:%M} in Oslo: StatBank renews its metadata now. Look "
            f"again after {OPEN_AGAIN:%H:%M} before you act on what differs."
        )
    if (counted["differs"] or counted["unreachable"]) and not parsed.verbose:
        yield "More: kompetanse doctor --verbose. Proposed YAMLs: kompetanse doctor --fix."


def _cut(line: str, *, whole: bool) -> str:
    if whole or not sys.stdout.isatty():
        return line
    width = shutil.get_terminal_size().columns
    return line if len(line) <= width else f"{line[: width - 1]}…"

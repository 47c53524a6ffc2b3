"""The SQL prompt of `kompetanse shell`: typed or piped statements, each with its answer.

Statements end with ";". The prompt keeps a history and completes names where the terminal can.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb

HISTORY_LINES = 1000
HELP = """\
Statements end with ; and may take several lines. Tab completes names.
  .tables          tables, views and macros        .columns NAME   what is in one of them
  .help            this text                       .quit           leave (or Ctrl-D)"""


def run(connection: duckdb.DuckDBPyConnection, title: str, seconds: float) -> int:
    """Answer statements of stdin until it ends; 1 if a piped one failed, else 0.

    title: shown at the start. seconds: wall time of one statement, 0 for no limit.
    """
    from warehouse import reader

    typed = sys.stdin.isatty()
    known = reader.names(connection)
    if typed:
        print(f"{title}, read-only. .help helps, .quit leaves.")
        _remember(known)
    failed = 0
    for statement in statements(_lines(typed=typed)):
        try:
            if statement in (".quit", ".exit"):
                break
            _answer(connection, known, statement, seconds)
        except KompetanseError as error:
            print(error, file=sys.stderr)
            failed = 1
    return 0 if typed else failed


def statements(lines: Iterator[str]) -> Iterator[str]:
    """Statements and dot commands of lines; a statement ends where DuckDB says that it does."""
    held = ""
    for line in lines:
        if not held.strip() and line.lstrip().startswith("."):
            yield line.strip()
            continue
        held += line + "\n"
        if line.rstrip().endswith(";") and _is_whole(held):
            yield held.strip()
            held = ""
    if held.strip():
        yield held.strip()


def completions(known: Mapping[str, tuple[str, ...]], text: str) -> list[str]:
    """Names of tables, macros and columns that begin as the text does."""
    every = set(known) | {column for columns in known.values() for column in columns}
    return sorted(name for name in every if text and name.startswith(text.lower()))


def _is_whole(text: str) -> bool:
    """Whether a ";" at the end of the text ends a statement, and is not inside quotes."""
    import duckdb

    try:
        duckdb.extract_statements(text)
    except duckdb.ParserException as error:
        return "unterminated" not in str(error)
    return True


def _answer(
    connection: duckdb.DuckDBPyConnection,
    known: Mapping[str, tuple[str, ...]],
    statement: str,
    seconds: float,
) -> None:
    from pipeline import answers
    from warehouse import reader

    if statement.startswith("."):
        print(_told(known, *statement.split()))
        return
    rows = reader.ask(connection, statement, seconds)
    if rows.num_columns:
        answers.give(rows, "table", None)


def _told(known: Mapping[str, tuple[str, ...]], command: str, *names: str) -> str:
    if command == ".tables":
        return "\n".join(known)
    if command == ".columns":
        unknown = [name for name in names if name not in known]
        if unknown or not names:
            return f"There are: {', '.join(known)}."
        return "\n".join(", ".join(known[name]) for name in names)
    return HELP


def _lines(*, typed: bool) -> Iterator[str]:
    if not typed:
        yield from sys.stdin.read().splitlines()
        return
    while True:
        try:
            yield input("kompetanse> ")
        except EOFError:
            print()
            return
        except KeyboardInterrupt:
            print("\n.quit leaves")


def _remember(known: Mapping[str, tuple[str, ...]]) -> None:
    """Use the terminal's line editing where Python has it: history and completion."""
    try:
        import readline
    except ImportError:  # Windows
        return
    import atexit

    file = _history_file()
    if file.is_file():
        readline.read_history_file(file)
    readline.set_history_length(HISTORY_LINES)
    atexit.register(_keep_history, file)
    readline.set_completer_delims(" \t\n,;()'\"=<>")
    readline.set_completer(lambda text, n: dict(enumerate(completions(known, text))).get(n))
    readline.parse_and_bind("tab: complete")


def _keep_history(file: Path) -> None:
    import readline

    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    readline.write_history_file(file)


def _history_file() -> Path:
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "kompetanse" / "sql_history"

"""`kompetanse query`, `shell` and `open`: a release for those who analyse its figures.

Reading is warehouse/reader.py, writing of answers pipeline/answers.py, the prompt
pipeline/shell.py.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.answers import FORMATS, SHOWN_ROWS
from warehouse.workspace import MADE_UP, PUBLISHED, Workspace, data_root

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from warehouse.reader import Limits


def query_arguments(command: argparse.ArgumentParser) -> None:
    """Describe the arguments of `kompetanse query`, but for --county."""
    command.add_argument("sql", metavar="SQL", help='one query, or "-" to read it from stdin')
    command.add_argument("--format", choices=FORMATS, default="table", dest="kind")
    command.add_argument("--out", type=Path, metavar="FILE", help="write the rows to this file")
    command.add_argument(
        "--rows",
        type=int,
        default=SHOWN_ROWS,
        metavar="N",
        help=f"rows of a printed table, 0 for all (default: {SHOWN_ROWS})",
    )
    reading_arguments(command)


def reading_arguments(command: argparse.ArgumentParser) -> None:
    """Describe the arguments that `query` and `shell` share, but for --county."""
    release_argument(command)
    command.add_argument(
        "--memory", default="2GB", metavar="SIZE", help="memory for one query (default: 2GB)"
    )
    command.add_argument(
        "--seconds",
        type=float,
        default=60.0,
        metavar="N",
        help="stop a query after so many seconds, 0 for never (default: 60)",
    )
    command.add_argument(
        "--files", action="store_true", help="let SQL read and write other files, too"
    )


def release_argument(command: argparse.ArgumentParser) -> None:
    """Describe --release."""
    command.add_argument(
        "--release", metavar="ID", help="this release instead of the county's current one"
    )


def query(arguments: argparse.Namespace) -> int:
    """Answer one query of a release."""
    from pipeline import answers
    from warehouse import reader

    sql = sys.stdin.read() if arguments.sql == "-" else arguments.sql
    folder = _folder(arguments)
    with reader.connect(folder, _limits(arguments)) as connection:
        rows = reader.ask(connection, sql, arguments.seconds)
    answers.give(rows, arguments.kind, arguments.out, arguments.rows)
    return 0


def shell(arguments: argparse.Namespace) -> int:
    """Answer queries as they are typed, or piped in."""
    from pipeline import shell as prompt
    from warehouse import reader

    folder = _folder(arguments)
    with reader.connect(folder, _limits(arguments)) as connection:
        return prompt.run(connection, folder.name, arguments.seconds)


def open_release(arguments: argparse.Namespace) -> int:
    """Print where a release lies and how each tool opens it."""
    from warehouse.release import DATABASE

    folder = _folder(arguments)
    root = data_root()
    links = (
        root / "releases" / f"current-{Workspace(arguments.county, figures, root).channel}"
        for figures in (PUBLISHED, MADE_UP)
    )
    current = next((p for p in links if p.is_symlink() and p.resolve() == folder.resolve()), None)
    # The link follows the refreshes; without one (a release by name, a pointer file) the folder is.
    place = current if current is not None and arguments.release is None else folder
    print(f"{place / DATABASE}\n")
    if place is folder and arguments.release is None:
        print(
            "The current release is named in a pointer file here, not by a link: the path above "
            "is that of today's\nrelease, and `kompetanse open` prints the next one's.\n"
        )
    for tool, lines in ways(place).items():
        print(f"{tool}\n  {lines}")
    return 0


def ways(place: Path) -> Mapping[str, str]:
    """One line per tool that opens the release at a place, read-only."""
    from warehouse.release import DATABASE

    file = (place / DATABASE).as_posix()
    values = (place / "parquet" / "indicator_value.parquet").as_posix()
    return {
        "Python": f'import duckdb; release = duckdb.connect("{file}", read_only=True)',
        "R": f'release <- DBI::dbConnect(duckdb::duckdb(), dbdir = "{file}", read_only = TRUE)',
        "DBeaver": f"New connection, DuckDB, path {file}; driver property duckdb.read_only = true",
        "Power BI": f'Get data, Blank query: = Parquet.Document(File.Contents("{values}"))',
        "Excel": 'kompetanse query "from headline_value" --format csv-excel --out figures.csv, '
        "then open figures.csv",
    }


def _folder(arguments: argparse.Namespace) -> Path:
    from warehouse import reader

    folder = reader.find(data_root(), arguments.county, arguments.release)
    label = reader.label(folder)
    if label:
        print(f"{label} ({folder.name})", file=sys.stderr)
    return folder


def _limits(arguments: argparse.Namespace) -> Limits:
    from warehouse.reader import Limits

    return Limits(arguments.memory, arguments.seconds, arguments.files)

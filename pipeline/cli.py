"""The `kompetanse` command: what can be asked for, and which function answers.

Only parsing and dispatch, so that `--help` answers at once; every command imports what it
needs when it runs (pipeline/commands.py).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0 if all went well, 1 if something failed, 2 for a wrong call."""
    parsed = parser().parse_args(arguments)
    from pipeline import commands
    from sources.model import KompetanseError

    try:
        return int(getattr(commands, parsed.run)(parsed))
    except KompetanseError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    """Describe every command."""
    top = argparse.ArgumentParser(
        prog="kompetanse",
        description="Regional competence indicators: pull, conform, compute, check, publish.",
        epilog="Everything made lies under data/, or under KOMPETANSE_DATA where that is set.",
    )
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    _demo(commands)
    _pull(commands)
    _refresh(commands)
    _archive(commands)
    _releases(commands)
    _dagster(commands)
    return top


def _demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = commands.add_parser(
        "demo", help="run the whole pipeline offline on made-up answers and show the result"
    )
    _county(demo)
    demo.add_argument(
        "--scale",
        choices=("county", "norway"),
        default="county",
        help="made-up answers for the county's municipalities, or for all of Norway",
    )
    demo.set_defaults(run="demo")


def _pull(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    pull = commands.add_parser("pull", help="ask StatBank and KLASS for new answers")
    pull.add_argument(
        "--table",
        action="append",
        metavar="ID",
        help="only this source table, e.g. ssb/09429; may be given several times",
    )
    pull.add_argument(
        "--at-any-time",
        action="store_true",
        help="also between 05:00 and 08:15 in Oslo, when figures may show 0",
    )
    pull.set_defaults(run="pull")


def _refresh(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    refresh = commands.add_parser(
        "refresh", help="work out and publish a county's release from the archived answers"
    )
    _county(refresh)
    refresh.add_argument(
        "--recorded",
        type=Path,
        metavar="FOLDER",
        help="first take the recorded answers of this folder (with an index.json)",
    )
    refresh.set_defaults(run="refresh")


def _archive(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    archive = commands.add_parser("archive", help="the raw answers, as they came")
    actions = archive.add_subparsers(metavar="ACTION", required=True)
    take = actions.add_parser("import", help="take recorded answers from a folder")
    take.add_argument("folder", type=Path, help="folder with an index.json")
    take.set_defaults(run="archive_import")
    listed = actions.add_parser("list", help="one line per answer")
    listed.add_argument("--table", help="only answers of this source table, e.g. ssb/09429")
    listed.set_defaults(run="archive_list")
    show = actions.add_parser("show", help="one answer: what was asked and what came")
    show.add_argument("entry", help="id or sha256, or the beginning of one")
    show.add_argument("--body", action="store_true", help="write the archived bytes to stdout")
    show.set_defaults(run="archive_show")
    verify = actions.add_parser("verify", help="check the bytes of every answer")
    verify.set_defaults(run="archive_verify")


def _releases(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    releases = commands.add_parser("releases", help="published releases; * marks the current")
    releases.set_defaults(run="releases")


def _dagster(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    page = commands.add_parser("dagster", help="open the Dagster page of a county")
    _county(page)
    page.add_argument(
        "--figures",
        choices=("made_up", "published"),
        default="made_up",
        help="which answers the page works on (default: made_up)",
    )
    page.add_argument("--port", type=int, default=3000)
    page.set_defaults(run="dagster")


def _county(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--county", default="trondelag", help="a file of counties/ (default: trondelag)"
    )


if __name__ == "__main__":
    sys.exit(main())

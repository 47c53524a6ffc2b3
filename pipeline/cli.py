"""The `kompetanse` command: what can be asked for, and which function answers.

Only parsing and dispatch, so that `--help` answers at once; every command imports what it
needs when it runs (pipeline/commands.py).
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns 0 if all went well, 1 if something failed, 2 for a wrong call, 3 if a release stands but
    some source failed, so that older figures are in use.
    """
    parsed = parser().parse_args(arguments)
    # Only where the process is this command's own: it is for good.
    if arguments is None and _asks_nobody(parsed):
        from warehouse import no_network

        no_network.close()
    from sources.model import KompetanseError

    try:
        return _run(parsed)
    except KompetanseError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read the answer wanted no more of it (`| head`); Python would complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _asks_nobody(parsed: argparse.Namespace) -> bool:
    """Whether a command that works out figures needs no network: source, storage or message."""
    if os.environ.get("KOMPETANSE_STORE"):
        return False
    if parsed.run == "refresh_command:refresh":
        offline = parsed.offline or parsed.lock or parsed.recorded or parsed.dry_run
        return bool(offline) and not parsed.notify
    return parsed.run in ("commands:demo", "definition_commands:indicator_explain")


def _run(parsed: argparse.Namespace) -> int:
    from importlib import import_module

    module, function = parsed.run.split(":")
    code = int(getattr(import_module(f"pipeline.{module}"), function)(parsed))
    sys.stdout.flush()
    return code


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
    _schedule(commands)
    _counties(commands)
    _doctor(commands)
    _archive(commands)
    _releases(commands)
    _analysts(commands)
    _diff(commands)
    _definitions(commands)
    _dimensioning(commands)
    _ready(commands)
    _dagster(commands)
    return top


def _demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = commands.add_parser(
        "demo", help="run the whole pipeline offline on made-up answers and show the result"
    )
    _county(demo, or_all=True)
    demo.add_argument(
        "--scale",
        choices=("county", "norway"),
        default="county",
        help="made-up answers for the county's municipalities, or for all of Norway",
    )
    demo.set_defaults(run="commands:demo")


def _pull(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    pull = commands.add_parser("pull", help="ask the sources for what is new, and keep it")
    _asking(pull)
    pull.set_defaults(run="refresh_command:pull")


def _refresh(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    refresh = commands.add_parser(
        "refresh", help="ask the sources, work out what changed, publish a county's release"
    )
    _county(refresh, or_all=True)
    _asking(refresh)
    refresh.add_argument(
        "--offline", action="store_true", help="ask nobody: use the answers that are archived"
    )
    refresh.add_argument(
        "--lock",
        type=Path,
        metavar="FILE",
        help="use just the answers that this sources.lock names (asks nobody)",
    )
    refresh.add_argument(
        "--wait",
        type=float,
        default=1800.0,
        metavar="SECONDS",
        help="how long to wait for another refresh of the county (default: 1800)",
    )
    refresh.add_argument(
        "--recorded",
        type=Path,
        metavar="FOLDER",
        help="first take the recorded answers of this folder (with an index.json)",
    )
    refresh.add_argument(
        "--dry-run",
        action="store_true",
        help="publish nothing: show what a release of the archived answers would change",
    )
    refresh.add_argument(
        "--notify", action="store_true", help="tell people how it went (KOMPETANSE_NOTIFY_...)"
    )
    refresh.set_defaults(run="refresh_command:refresh")


def _schedule(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from pipeline import schedule_command

    schedule = commands.add_parser(
        "schedule", help="when a county is refreshed next, what should come and what is overdue"
    )
    _county(schedule)
    schedule_command.arguments(schedule)
    schedule.set_defaults(run="schedule_command:schedule")


def _asking(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--table",
        action="append",
        metavar="ID",
        help="ask for this source table only, e.g. ssb/09429; may be given several times",
    )
    command.add_argument(
        "--at-any-time",
        action="store_true",
        help="also between 05:00 and 08:15 in Oslo, when figures may show 0",
    )
    command.add_argument(
        "--log", type=Path, metavar="FILE", help="write what was asked and answered, to replay it"
    )
    command.add_argument(
        "--replay",
        type=Path,
        metavar="FILE",
        help="ask nobody: answer every question as this log says it was answered",
    )
    command.add_argument(
        "--json", action="store_true", help="print JSON lines instead of text for people"
    )


def _doctor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from pipeline import doctor_command

    doctor = commands.add_parser(
        "doctor", help="hold what the sources say now against the source YAMLs"
    )
    doctor_command.arguments(doctor)
    doctor.set_defaults(run="doctor_command:doctor")


def _counties(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from pipeline import county_command

    county = commands.add_parser("county", help="write a county's file, or explain what it holds")
    county_command.arguments(county)


def _archive(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    archive = commands.add_parser("archive", help="the raw answers, as they came")
    actions = archive.add_subparsers(metavar="ACTION", required=True)
    take = actions.add_parser("import", help="take recorded answers, or an export, in")
    take.add_argument("folder", type=Path, help="folder with an index.json, or a file of `export`")
    take.set_defaults(run="archive_commands:archive_import")
    listed = actions.add_parser("list", help="one line per answer")
    listed.add_argument("--table", help="only answers of this source table, e.g. ssb/09429")
    listed.set_defaults(run="archive_commands:archive_list")
    show = actions.add_parser("show", help="one answer: what was asked and what came")
    show.add_argument("entry", help="id or sha256, or the beginning of one")
    show.add_argument("--body", action="store_true", help="write the archived bytes to stdout")
    show.set_defaults(run="archive_commands:archive_show")
    verify = actions.add_parser("verify", help="check the bytes of every answer")
    verify.set_defaults(run="archive_commands:archive_verify")
    _archive_back_cast(actions)
    _archive_vintages(actions)
    _archive_transport(actions)


def _archive_back_cast(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    compare = actions.add_parser(
        "back-cast", help="hold SSB's sums on today's municipalities against ours"
    )
    _county(compare)
    compare.add_argument("--figures", choices=("published", "made_up"), default="published")
    compare.add_argument("--language", choices=("nb", "en"), default="nb")
    compare.set_defaults(run="back_cast_command:back_cast")


def _archive_vintages(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    vintages = actions.add_parser("vintages", help="what was pulled, and what is used of it")
    vintages.add_argument("--table", help="only vintages of this source table")
    vintages.set_defaults(run="archive_commands:archive_vintages")
    for name, what in (
        ("accept", "use a quarantined vintage after all"),
        ("reject", "do not use a vintage"),
    ):
        judged = actions.add_parser(name, help=what)
        judged.add_argument("vintage", help="id of the vintage, or the beginning of one")
        judged.add_argument("--because", required=True, help="the reason, kept in the archive")
        judged.add_argument("--by", help="who says so (default: the account)")
        judged.set_defaults(run=f"archive_commands:archive_{name}")


def _archive_transport(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    lock = actions.add_parser("lock", help="write down which answers are in use")
    lock.add_argument("file", type=Path, help="the sources.lock to write")
    lock.add_argument("--made-up", action="store_true", help="of the demonstration's answers")
    lock.set_defaults(run="archive_commands:archive_lock")
    export = actions.add_parser("export", help="everything that a lock names, as one file")
    export.add_argument("lock", type=Path, help="a sources.lock")
    export.add_argument("file", type=Path, help="the file to write")
    export.set_defaults(run="archive_commands:archive_export")
    prune = actions.add_parser("prune", help="remove pulled answers that nothing needs any more")
    prune.add_argument("--lock", type=Path, action="append", help="keep what this lock names too")
    prune.add_argument("--remove", action="store_true", help="really remove; else only tell")
    prune.set_defaults(run="archive_commands:archive_prune")


def _releases(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from pipeline import release_commands

    release_commands.add(commands)


def _analysts(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from pipeline import analyst_commands

    query = commands.add_parser("query", help="ask a release in SQL")
    _county(query)
    analyst_commands.query_arguments(query)
    query.set_defaults(run="analyst_commands:query")
    shell = commands.add_parser("shell", help="ask a release in SQL, line by line")
    _county(shell)
    analyst_commands.reading_arguments(shell)
    shell.set_defaults(run="analyst_commands:shell")
    opened = commands.add_parser("open", help="where a release lies, and how to open it")
    _county(opened)
    analyst_commands.release_argument(opened)
    opened.set_defaults(run="analyst_commands:open_release")


def _diff(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    diff = commands.add_parser("diff", help="what one release gives otherwise than another")
    _county(diff)
    diff.add_argument("earlier", nargs="?", help="release id (default: the previous one)")
    diff.add_argument("later", nargs="?", help="release id (default: the current one)")
    diff.add_argument(
        "--figures",
        choices=("published", "made_up"),
        help="default: those of the releases named, else published if there are any",
    )
    diff.add_argument("--language", choices=("nb", "en"), default="nb")
    diff.add_argument("--json", action="store_true", help="as JSON instead of text for people")
    diff.set_defaults(run="diff_command:diff")


def _definitions(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from pipeline import definition_commands

    definition_commands.definitions_arguments(
        commands.add_parser("definitions", help="the catalogue of indicators as a package")
    )
    definition_commands.indicator_arguments(
        commands.add_parser("indicator", help="begin a new indicator, or explain a figure")
    )


def _dimensioning(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from pipeline import calendar_command, dimension_command

    dimension = commands.add_parser(
        "dimension", help="one page on a programme and a region, or an export of the tables"
    )
    _county(dimension)
    dimension_command.arguments(dimension)
    dimension.set_defaults(run="dimension_command:dimension")
    calendar = commands.add_parser(
        "calendar", help="which decision comes when, and what will be known by then"
    )
    _county(calendar)
    calendar_command.arguments(calendar)
    calendar.set_defaults(run="calendar_command:calendar")


def _ready(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    ready = commands.add_parser("ready", help="what a server has and lacks, before it is started")
    ready.set_defaults(run="ready_command:ready")


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
    page.set_defaults(run="commands:dagster")


def _county(command: argparse.ArgumentParser, *, or_all: bool = False) -> None:
    every = ", or all: one after another" if or_all else ""
    command.add_argument(
        "--county", default="trondelag", help=f"a file of counties/{every} (default: trondelag)"
    )


if __name__ == "__main__":
    sys.exit(main())

"""`kompetanse releases`, `rollback`, `verify`, `pin`, `unpin` and `prune`: looking after releases.

Only arguments and text for people; the work is done in warehouse/publish.py, release.py,
retention.py and signature.py.
"""

from __future__ import annotations

import getpass
import json
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sources.model import KompetanseError
from warehouse.workspace import MADE_UP, PUBLISHED, Workspace, data_root

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

_KIND = {PUBLISHED: "figures of the sources", MADE_UP: "MADE-UP FIGURES"}


@dataclass(frozen=True)
class Line:
    """What `kompetanse releases` says of one release; published: when it last became current."""

    release: str
    published: str | None
    state: tuple[str, ...]
    size: int
    figures: str
    verdict: str
    folder: str


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the commands of this module to the parser."""
    listed = _command(commands, "releases", releases, "published releases; * marks the current")
    listed.add_argument("--json", action="store_true", help="print JSON lines instead")
    back = _command(commands, "rollback", rollback, "make an earlier release current again")
    back.add_argument("release", nargs="?", metavar="ID", help="default: the previous one")
    _person(back)
    back.add_argument("--because", default="", metavar="WHY", help="the reason, for the log")
    _channel(back)
    check = _command(commands, "verify", verify, "open releases again and hold them to their hash")
    check.add_argument("release", nargs="?", metavar="ID", help="default: the current one")
    check.add_argument("--all", action="store_true", help="every release of every county")
    check.add_argument(
        "--public-key",
        metavar="KEY",
        help="also check the signature: minisign's public key (RW...), or the file that has it",
    )
    _channel(check)
    for name, run, what in (
        ("pin", pin, "keep a release from ever being removed"),
        ("unpin", unpin, "let a release be removed when its time has come"),
    ):
        pinned = _command(commands, name, run, what)
        pinned.add_argument("release", metavar="ID")
        pinned.add_argument("--because", required=True, metavar="WHY", help="the reason")
        _person(pinned)
    pruned = _command(commands, "prune", prune, "name what is beyond retention, or remove it")
    pruned.add_argument("--keep", type=int, metavar="N", help="newest releases that stay")
    pruned.add_argument("--days", type=float, metavar="D", help="days that a release stays")
    pruned.add_argument("--remove", action="store_true", help="remove them")
    _channel(pruned)


def releases(arguments: argparse.Namespace) -> int:
    """Print a line per release on disk: when published, what it is, whether it looks whole."""
    found = [line for workspace in _channels() for line in _lines(workspace)]
    for line in found:
        if arguments.json:
            print(json.dumps(asdict(line), ensure_ascii=False))
            continue
        mark = "*" if "current" in line.state else " "
        print(
            f"{mark} {line.release:44} {_minute(line.published):20} "
            f"{line.size / 1e6:8.1f} MB  {_KIND[line.figures]:22}  {line.verdict:6}  "
            f"{', '.join(line.state)}".rstrip()
        )
    if not found and not arguments.json:
        print(f"No release in {data_root() / 'releases'} yet: run `kompetanse refresh`.")
    return 0


def rollback(arguments: argparse.Namespace) -> int:
    """Make the previous or a named release current again."""
    from warehouse import publication_log, publish, release

    workspace = _workspace(arguments)
    left = release.current(workspace)
    folder = publish.roll_back(
        workspace, arguments.release, by=_who(arguments), because=arguments.because
    )
    print(f"{folder.name} is current again.")
    if left:
        held = left.name in publication_log.withdrawn(publication_log.log(workspace))
        print(
            f"{left.name} stays on disk{', and no refresh makes it current again' if held else ''}."
            " New figures are published as before; to go back to it: "
            f"kompetanse rollback {left.name}"
        )
    return 0


def verify(arguments: argparse.Namespace) -> int:
    """Open one release or all again; 1 if one is not what its manifest or signature says."""
    from warehouse import release

    broken = 0
    for folder in _chosen(arguments):
        try:
            manifest = release.verify(folder)
            signed = _signed(folder, arguments.public_key)
        except KompetanseError as error:
            broken += 1
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            continue
        print(f"{folder.name}: {len(manifest['files'])} files, all as published{signed}")
    return int(bool(broken))


def pin(arguments: argparse.Namespace) -> int:
    """Keep a release from ever being removed by retention."""
    from warehouse import publish

    workspace = _of_release(arguments.release)
    publish.pin(workspace, arguments.release, by=_who(arguments), because=arguments.because)
    print(f"{arguments.release} is pinned: it is never removed.")
    return 0


def unpin(arguments: argparse.Namespace) -> int:
    """Let retention remove a release again."""
    from warehouse import publish

    workspace = _of_release(arguments.release)
    publish.unpin(workspace, arguments.release, by=_who(arguments), because=arguments.because)
    print(f"{arguments.release} is no longer pinned.")
    return 0


def prune(arguments: argparse.Namespace) -> int:
    """Remove the releases beyond retention; without --remove only name them."""
    from warehouse import retention

    keep = retention.Keep.from_environment()
    if arguments.keep is not None:
        keep = replace(keep, releases=arguments.keep)
    if arguments.days is not None:
        keep = replace(keep, days=arguments.days)
    done = retention.prune(_workspace(arguments), keep.checked(), remove=arguments.remove)
    for name in done.removed:
        print(name)
    for name, why in done.held.items():
        print(f"{name} stays for now: {why}")
    word = "removed" if arguments.remove else "would be removed; say --remove to do it"
    print(f"{len(done.removed)} releases, {done.size / 1e6:.1f} MB {word}.")
    return 0


def _lines(workspace: Workspace) -> list[Line]:
    from warehouse import folders, publication_log, release

    entries = publication_log.log(workspace)
    states: dict[str, set[str | None]] = {
        "current": {entries[-1].release_id} if entries else set(),
        "previous": {publication_log.previous(workspace)},
        "pinned": {*publication_log.pins(workspace)},
        "rolled back from": {*publication_log.withdrawn(entries)},
    }
    published = {entry.release_id: entry.published_at for entry in entries}
    found = [
        Line(
            release=folder.name,
            published=published.get(folder.name),
            state=tuple(word for word, names in states.items() if folder.name in names),
            size=folders.size(folder),
            figures=workspace.figures,
            verdict=_verdict(folder),
            folder=str(folder),
        )
        for folder in release.on_disk(workspace)
    ]
    return sorted(found, key=lambda line: (line.published or "", line.release))


def _minute(published: str | None) -> str:
    """When a release became current, as people read it; the log has it in UTC."""
    return f"{published[:16].replace('T', ' ')} UTC" if published else "date unknown"


def _verdict(folder: Path) -> str:
    from warehouse import release

    try:
        release.glance(folder)
    except release.BrokenRelease:
        return "BROKEN"
    return "whole"


def _signed(folder: Path, public_key: str | None) -> str:
    from warehouse import signature

    if public_key is None:
        return ""
    file = Path(public_key)
    text = file.read_text(encoding="utf-8") if file.is_file() else public_key
    return f", signed ({signature.verify(folder, text)})"


def _chosen(arguments: argparse.Namespace) -> list[Path]:
    from warehouse import reader, release

    if arguments.all:
        return [folder for workspace in _channels() for folder in release.on_disk(workspace)]
    if arguments.release:
        return [release.find(_workspace(arguments), arguments.release)]
    usual = reader.usual(data_root(), arguments.county)
    with release.hold(_workspace(arguments) if arguments.made_up else usual) as folder:
        return [folder]


def _channels() -> list[Workspace]:
    """Every county and kind of figures that has a release."""
    from warehouse import release

    root = data_root() / "releases"
    names = [path.name for path in root.iterdir()] if root.is_dir() else []
    found = {channel for channel in map(release.channel_of, names) if channel}
    return [Workspace.of_channel(channel, data_root()) for channel in sorted(found)]


def _workspace(arguments: argparse.Namespace) -> Workspace:
    if getattr(arguments, "release", None):
        return _of_release(arguments.release)
    figures = MADE_UP if arguments.made_up else PUBLISHED
    return Workspace(arguments.county, figures, data_root())


def _of_release(release_id: str) -> Workspace:
    from warehouse import release

    channel = release.channel_of(release_id)
    if channel is None:
        there = [f.name for workspace in _channels() for f in release.on_disk(workspace)]
        raise release.NoSuchRelease(
            f"{release_id!r} is not the name of a release. There are: {', '.join(there) or 'none'}."
        )
    return Workspace.of_channel(channel, data_root())


def _who(arguments: argparse.Namespace) -> str:
    return str(arguments.by or getpass.getuser())


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    what: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=what)
    command.set_defaults(run=f"release_commands:{run.__name__}")
    return command


def _person(command: argparse.ArgumentParser) -> None:
    command.add_argument("--by", metavar="WHO", help="who decides it (default: the user)")


def _channel(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--county", default="trondelag", help="a file of counties/ (default: trondelag)"
    )
    command.add_argument(
        "--made-up", action="store_true", help="the releases of the demonstration's made-up figures"
    )

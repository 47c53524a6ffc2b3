"""What `kompetanse archive ...` does: one function per action, text for people.

Arguments come from pipeline/cli.py; the work is done in sources/.
"""

from __future__ import annotations

import getpass
import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from warehouse.workspace import data_root

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from sources.archive import Archive


def archive_import(arguments: argparse.Namespace) -> int:
    """Take a folder of recorded answers, or a file of `archive export`, into the archive."""
    take_folder(arguments.folder)
    return 0


def archive_list(arguments: argparse.Namespace) -> int:
    """Print a line per archived answer."""
    for entry in archive().entries(table=arguments.table):
        print(
            f"{entry.id}  {entry.table or '-':32} {entry.as_of or '-':12} "
            f"{entry.size:>9}  {entry.fidelity:9} {entry.what}"
        )
    return 0


def archive_show(arguments: argparse.Namespace) -> int:
    """Print what is known of one answer, or its bytes."""
    from dataclasses import asdict

    here = archive()
    entry = here.find(arguments.entry)
    if arguments.body:
        sys.stdout.buffer.write(here.body(entry))
        return 0
    print(json.dumps(asdict(entry), ensure_ascii=False, indent=2))
    return 0


def archive_vintages(arguments: argparse.Namespace) -> int:
    """Print a line per pulled vintage, and what is wrong with those that are not used."""
    from sources.records import Records

    records = Records(archive().root)
    for table in [arguments.table] if arguments.table else records.tables():
        used = next((j.record.id for j in records.good(table)), None)
        for judged in records.of(table):
            record, verdict = judged.record, judged.verdict
            mark = "*" if record.id == used else " "
            print(
                f"{mark} {record.id}  {table:32} {verdict.seen_at}  {verdict.state:11} "
                f"{verdict.change:12} {verdict.cells:>9} cells"
            )
            if not judged.good:
                print("".join(f"    {reason}\n" for reason in verdict.reasons), end="")
    return 0


def archive_accept(arguments: argparse.Namespace) -> int:
    """Release a quarantined vintage for use, with the reason."""
    from sources import decisions
    from sources.ledger import Ledger

    here = archive()
    done = decisions.accept(
        here, Ledger(here.root), arguments.vintage,
        by=_who(arguments), because=arguments.because, at=datetime.now(UTC),
    )  # fmt: skip
    print(f"{done.record.table}: vintage {done.record.id} is accepted and may be used.")
    return 0


def archive_reject(arguments: argparse.Namespace) -> int:
    """Keep a vintage from being used, with the reason."""
    from sources import decisions
    from sources.ledger import Ledger

    here = archive()
    done = decisions.reject(
        here, Ledger(here.root), arguments.vintage,
        by=_who(arguments), because=arguments.because, at=datetime.now(UTC),
    )  # fmt: skip
    print(f"{done.record.table}: vintage {done.record.id} is rejected and is not used.")
    return 0


def archive_lock(arguments: argparse.Namespace) -> int:
    """Write a lock file of what is in use of every table."""
    from sources import lock, registry

    specs = [t for t in registry.load().values() if t.in_use]
    pins = lock.lock_of(archive(), specs, made_up=arguments.made_up)
    lock.write(arguments.file, pins)
    print(f"{arguments.file}: {len(pins)} tables pinned.")
    return 0


def archive_export(arguments: argparse.Namespace) -> int:
    """Write everything that a lock file names to one file for another machine."""
    from sources import lock, transfer

    number = transfer.export(archive(), lock.read(arguments.lock), arguments.file)
    size = arguments.file.stat().st_size
    print(f"{arguments.file}: {number} answers, {size} bytes.")
    return 0


def archive_prune(arguments: argparse.Namespace) -> int:
    """Remove pulled answers that nothing needs any more; without --remove only name them."""
    from sources import lock, pruning

    named = [*(arguments.lock or ()), *sorted((data_root() / "releases").glob(f"*/{lock.NAME}"))]
    done = pruning.prune(archive(), [lock.read(path) for path in named], remove=arguments.remove)
    for vintage in done.vintages:
        print(f"vintage {vintage}")
    for path in done.files:
        print(path)
    word = "removed" if arguments.remove else "would be removed; say --remove to do it"
    print(
        f"{len(done.vintages)} vintages, {len(done.answers)} answers, {len(done.files)} files, "
        f"{done.size} bytes {word}."
    )
    return 0


def archive_verify(_: argparse.Namespace) -> int:
    """Check every answer's bytes and every vintage's answers."""
    from sources import upkeep
    from sources.archive import DamagedArchive

    found = upkeep.inspect(archive())
    if found.problems:
        raise DamagedArchive.of(found.problems)
    print(f"{found.entries} answers, all as they came; {found.vintages} vintages, all whole.")
    loose = len(found.unused) + len(found.half_written)
    if loose:
        print(
            f"{len(found.unused)} files that no answer names, {len(found.half_written)} half "
            "written: no damage; `kompetanse archive prune` removes them."
        )
    return 0


def take_folder(path: Path, into: Archive | None = None) -> None:
    """Take recorded answers (a folder) or an export (a file) in, and say what came."""
    from sources import recorded, registry, transfer

    into = into or archive()
    if path.is_file():
        received = transfer.take_in(into, path)
        print(
            f"{received.added} new answers, {received.known} known; {received.vintages} vintages, "
            f"{len(received.pins)} tables in its lock."
        )
        return
    done = recorded.import_folder(into, path, registry.load().values())
    print(
        f"{done.added} new answers, {done.known} known; "
        f"{done.documents} of them are documents that no source table claims."
    )


def archive() -> Archive:
    """The archive of the data root."""
    from sources.archive import Archive

    return Archive(data_root() / "archive")


def _who(arguments: argparse.Namespace) -> str:
    return str(arguments.by or getpass.getuser())

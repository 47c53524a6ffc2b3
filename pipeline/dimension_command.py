"""`kompetanse dimension`: one page on a programme in a region, and the tables as files to share.

Reading is warehouse/dimension_reading/, the export warehouse/dimension_export/; here a release is
found and the answer printed.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sources.model import KompetanseError
from warehouse.workspace import data_root

if TYPE_CHECKING:
    from warehouse.workspace import Workspace


class NothingStood(KompetanseError):
    """No release of the county was current on the day asked for, or it is no longer kept."""


class NoDimensioning(KompetanseError):
    """A release is older than the tables of dimensioning."""


def arguments(command: argparse.ArgumentParser) -> None:
    """Describe the arguments, but for --county."""
    command.add_argument("--region", metavar="ID", help="a region's id (default: the county)")
    command.add_argument(
        "--programme", default="_T", metavar="CODE", help="e.g. HS (default: all together)"
    )
    command.add_argument(
        "--as-of", metavar="DATE", help="the release that stood on this day, e.g. 2025-11-15"
    )
    command.add_argument("--lang", choices=("nb", "en"), default="nb")
    command.add_argument("--json", action="store_true", help="as JSON instead of text for people")
    actions = command.add_subparsers(metavar="ACTION", required=False)
    export = actions.add_parser("export", help="write the tables: parquet, CSV and a workbook")
    # Suppressed, or what stands before `export` would be forgotten.
    export.add_argument("--county", default=argparse.SUPPRESS, help="a file of counties/")
    export.add_argument("--to", type=Path, required=True, metavar="FOLDER")
    export.add_argument("--as-of", metavar="DATE", default=argparse.SUPPRESS)
    export.set_defaults(run="dimension_command:export")


def dimension(arguments: argparse.Namespace) -> int:
    """Print the page of a programme in a region."""
    from warehouse import counties, dimension_reading

    folder = release_folder(arguments.county, arguments.as_of)
    code = counties.load(arguments.county).code
    reading = dimension_reading.gather(folder, code, arguments.region, arguments.programme)
    if arguments.json:
        print(json.dumps(dimension_reading.as_json(reading), ensure_ascii=False, default=str))
    else:
        print(dimension_reading.text(reading, arguments.lang))
    return 0


def export(arguments: argparse.Namespace) -> int:
    """Write the tables of dimensioning into a folder and name the files."""
    from warehouse import dimension_export, reader

    folder = release_folder(arguments.county, arguments.as_of)
    label = reader.label(folder)
    if label:
        print(f"{label} ({folder.name})", file=sys.stderr)
    for path in dimension_export.write(folder, arguments.county, arguments.to):
        print(path)
    return 0


def release_folder(county: str, as_of: str | None) -> Path:
    """Folder of the county's current release, or of the one that stood on a day.

    Raises NoSuchRelease, NothingStood, NoDimensioning, and InvalidDay for what is no date.
    """
    from warehouse import reader

    root = data_root()
    folder = _stood(reader.usual(root, county), as_of) if as_of else reader.find(root, county)
    if not (folder / "parquet" / "dimensioning_scenario.parquet").is_file():
        raise NoDimensioning(
            f"{folder.name} has no tables of dimensioning: it was published before there were any. "
            f"`kompetanse refresh --county {county} --offline` makes one that has."
        )
    return folder


def _stood(place: Workspace, as_of: str) -> Path:
    from pipeline.calendar_command import day
    from warehouse import publication_log

    at = day(as_of)
    entry = publication_log.at(place, at)
    folder = place.releases / entry.release_id if entry else None
    if folder is not None and folder.is_dir():
        return folder
    why = f"{entry.release_id} stood then and is no longer kept" if entry else "none stood then"
    told = publication_log.log(place)
    first = f" The first was published {told[0].published_at[:10]}." if told else ""
    raise NothingStood(
        f"No release of {place.channel} can be read as of {at}: {why}.{first} "
        "`kompetanse releases` lists those that are kept."
    )

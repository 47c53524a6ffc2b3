"""`kompetanse definitions` and `kompetanse indicator`: the catalogue, and one figure explained.

Here are the arguments and the words that are printed; the work is done in warehouse/.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from warehouse.explanation import Explanation, Part

_MOST_CELLS = 60
_SHOWN = frozenset({"geo_level", "period_type", "reference_date", "unit", "decimals"})


def definitions_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what `kompetanse definitions` can be told."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    export = actions.add_parser("export", help="write the definitions as a package for others")
    export.add_argument("folder", type=Path, help="a folder that is new or empty")
    export.add_argument("--version", default="1.0.0", help="of the package (default: 1.0.0)")
    export.set_defaults(run="definition_commands:definitions_export")
    listed = actions.add_parser("list", help="every indicator on a line, as markdown")
    listed.add_argument("--into", type=Path, metavar="FILE", help="put it between its marks there")
    listed.add_argument("--county", default="trondelag", help="whose release tells the periods")
    listed.add_argument("--figures", choices=("published", "made_up"), default="made_up")
    listed.set_defaults(run="definition_commands:definitions_list")


def indicator_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what `kompetanse indicator` can be told."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    new = actions.add_parser("new", help="write a skeleton that says what is still to be said")
    new.add_argument("id", help="small letters, digits and _; it never changes")
    new.add_argument("--source", action="append", required=True, metavar="ID", help="ssb/09429")
    new.add_argument("--theme", type=int, choices=range(1, 6), default=1, help="of RKI, 1 to 5")
    new.add_argument("--folder", type=Path, help="default: sql/indicators")
    new.set_defaults(run="definition_commands:indicator_new")
    explain = actions.add_parser("explain", help="take one figure apart, down to the source")
    explain.add_argument("id", help="id of the indicator")
    explain.add_argument("--region", required=True, help="id of a region, e.g. namdalen, 5001, 50")
    explain.add_argument("--period", help="default: the newest with a figure")
    explain.add_argument(
        "--breakdown", action="append", default=[], metavar="NAME=CODE", help="e.g. sex=1"
    )
    explain.add_argument("--county", default="trondelag", help="a file of counties/")
    explain.add_argument(
        "--figures",
        choices=("published", "made_up"),
        help="default: published, or made_up where the county has no release of published ones",
    )
    explain.add_argument("--language", choices=("nb", "en"), default="nb")
    explain.set_defaults(run="definition_commands:indicator_explain")


def definitions_export(arguments: argparse.Namespace) -> int:
    """Write the package and print what to pin."""
    from warehouse import definitions_package

    sha256 = definitions_package.export(arguments.folder, arguments.version)
    print(f"package: {arguments.folder}\nversion: {arguments.version}\nsha256: {sha256}")
    return 0


def definitions_list(arguments: argparse.Namespace) -> int:
    """Print the list of indicators, or put it into a file that has a place for it."""
    from warehouse import definition, definition_list, release, wanted
    from warehouse.workspace import Workspace, data_root

    folder = release.current(Workspace(arguments.county, arguments.figures, data_root()))
    table = definition_list.markdown(
        definition.load().values(),
        wanted.load().values(),
        definition_list.spans(folder) if folder else {},
    )
    if arguments.into is None:
        print(table, end="")
        return 0
    text = arguments.into.read_text(encoding="utf-8")
    text = definition_list.put_in(text, table, str(arguments.into))
    arguments.into.write_text(text, encoding="utf-8")
    return 0


def indicator_new(arguments: argparse.Namespace) -> int:
    """Write a skeleton pair and print what is still to be said in it."""
    from warehouse import definition, definition_skeleton

    folder = arguments.folder or definition.FOLDER
    written = definition_skeleton.write(folder, arguments.id, arguments.source, arguments.theme)
    print("\n".join(str(path) for path in written))
    print("Still to be said, before anything is computed again:")
    for problem in definition.problems_of(written[0]):
        print(f"  {problem}")
    return 0


def indicator_explain(arguments: argparse.Namespace) -> int:
    """Print one figure with all that it was made of."""
    from warehouse import reader
    from warehouse.explanation import NoSuchFigure, explain
    from warehouse.workspace import data_root

    pairs = [text.partition("=") for text in arguments.breakdown]
    if any(not code for _, _, code in pairs):
        raise NoSuchFigure("--breakdown is written NAME=CODE, for instance sex=1.")
    found = explain(
        reader.usual(data_root(), arguments.county, arguments.figures),
        arguments.id,
        arguments.region,
        arguments.period,
        {name: code for name, _, code in pairs},
    )
    print("\n".join(lines(found, arguments.language)))
    return 0


def lines(found: Explanation, language: str) -> Iterator[str]:
    """Text of an explanation, in "nb" or "en"."""
    yield from _head(found, language)
    yield from _made_of(found, language)
    yield from _source_cells(found, language)
    yield from _warnings(found, language)


def _head(found: Explanation, language: str) -> Iterator[str]:
    indicator, figure = found.indicator, found.figure
    say = _say(language)
    yield f"{indicator.title[language]} ({indicator.id} {indicator.version})"
    yield f"{found.region[f'name_{language}']} ({figure['region_set']}), {figure['period']}"
    if figure["data_origin"] == "made_up":
        yield say("OPPDIKTEDE TALL", "MADE-UP FIGURES")
    value = _number(figure["value"], indicator.decimals)
    yield f"{say('Tall', 'Figure')}: {value} {indicator.unit}, status {figure['obs_status']}"
    if figure["lower"] is not None:
        bounds = f"{_number(figure['lower'], indicator.decimals)} - "
        yield f"{say('Intervall', 'Interval')}: {bounds}{_number(figure['upper'], 1)}"
    if figure["value"] is None:
        yield f"{say('Hvorfor tomt', 'Why blank')}: {figure[f'reason_{language}']}"
    yield indicator.definition[language]
    for key, name in (
        ("numerator", ("Teller", "Numerator")),
        ("denominator", ("Nevner", "Denominator")),
    ):
        words = getattr(indicator.meaning, key, None)
        if words or figure[key] is not None:
            text = words[language] if words else ""
            yield f"{say(*name)}: {_number(figure[key], 2)}  {text}".rstrip()
    members = ", ".join(f"{code} {name}" for code, name in found.members.items())
    yield f"{say('Kommuner i dag', 'Municipalities today')}: {members or '-'}"


def _made_of(found: Explanation, language: str) -> Iterator[str]:
    say = _say(language)
    yield ""
    level = found.figure["computed_from"] or "-"
    columns = say(
        "kode, navn, vekt, teller, nevner, publisert, status",
        "code, name, weight, numerator, denominator, published, status",
    )
    yield f"{say('Satt sammen av', 'Put together from')} ({level}): {columns}"
    yield from (f"  {_part(part)}" for part in found.parts)
    top, bottom = found.added
    yield f"  = {_number(top, 2)} / {_number(bottom, 2)}"


def _part(part: Part) -> str:
    counts = (part.numerator, part.denominator, part.published)
    return (
        f"{part.code} {part.name:20} {part.weight:8.4f} "
        + " ".join(f"{_number(count, 2):>12}" for count in counts)
        + f" {part.obs_status}"
        + (f" {part.part}" if part.part else "")
    )


def _source_cells(found: Explanation, language: str) -> Iterator[str]:
    say = _say(language)
    for source, rows in found.cells.items():
        yield ""
        yield f"{say('Celler i kilden', 'Cells of the source')} {source}: {len(rows)}"
        yield from (f"  {_cell(row)}" for row in rows[:_MOST_CELLS])
        if len(rows) > _MOST_CELLS:
            yield f"  ... {len(rows) - _MOST_CELLS} {say('til', 'more')}"
    yield ""
    yield say("Svar fra kildene:", "Answers of the sources:")
    for vintage in found.vintages:
        yield (
            f"  {vintage['vintage_id']}  {vintage['as_of']}  {vintage['fidelity']}  "
            f"sha256 {vintage['sha256']}\n    {vintage['url']}"
        )


def _cell(row: dict[str, Any]) -> str:
    told = {k: v for k, v in row.items() if k not in _SHOWN and v is not None}
    return " ".join(f"{key}={value}" for key, value in told.items())


def _warnings(found: Explanation, language: str) -> Iterator[str]:
    from sources import registry

    say = _say(language)
    indicator, figure = found.indicator, found.figure
    yield ""
    yield say("Forbehold:", "Warnings:")
    if indicator.caveats:
        yield f"  {indicator.caveats[language]}"
    if figure["series_break"]:
        yield f"  {say('Grensene er endret i perioden.', 'Borders changed in the period.')}"
    yield from (f"  {b.period}: {b.reason[language]}" for b in indicator.breaks)
    least, bottom = indicator.minimum_denominator, figure["denominator"]
    if least and bottom is not None and bottom < least:
        yield f"  {say('Nevneren er under', 'The denominator is below')} {least:g}."
    texts, tables = registry.warnings(), registry.load()
    for source in indicator.sources:
        yield from (f"  {source}: {texts[w][language]}" for w in tables[source].warnings)
    for source, stale in found.stale.items():
        yield f"  {source}: {say('foreldet siden', 'stale since')} {stale['since']}: {stale['why']}"


def _number(value: float | None, decimals: int) -> str:
    return "-" if value is None else f"{value:.{decimals}f}"


def _say(language: str) -> Any:
    """A function that picks the bokmål or the English of two texts."""
    return lambda nb, en: nb if language == "nb" else en

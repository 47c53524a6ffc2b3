"""`kompetanse archive back-cast`: SSB's own sums on today's municipalities, beside ours.

The comparison is warehouse/back_cast.py; here it is shown. Exit code 1 if something differs for
no reason that is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping

    from warehouse.back_cast import Compared

SHOWN = 20
WORDS = {
    "nb": {
        "none": "Ingen svar på lista over dagens kommuner er i arkivet, så det er ikke noe å "
        "sammenlikne.",
        "unit": "kommuner og år",
        "equal": "like",
        "known hole": "hull som er kjent",
        "hole": "HULL SOM IKKE ER KJENT",
        "nothing to compare with": "uten noe å sammenlikne med",
        "known difference": "ulike av en kjent grunn",
        "divided": "ulike fordi kommunen ble delt",
        "different": "ULIKE UTEN KJENT GRUNN",
        "theirs": "SSB", "ours": "vår sum", "more": "til",
    },
    "en": {
        "none": "No answer on the list of today's municipalities is in the archive, so there is "
        "nothing to compare.",
        "unit": "municipalities and years",
        "equal": "equal",
        "known hole": "holes that are known",
        "hole": "HOLES THAT ARE NOT KNOWN",
        "nothing to compare with": "with nothing to compare with",
        "known difference": "different for a known reason",
        "divided": "different since the municipality was divided",
        "different": "DIFFERENT FOR NO KNOWN REASON",
        "theirs": "SSB", "ours": "our sum", "more": "more",
    },
}  # fmt: skip


def back_cast(arguments: argparse.Namespace) -> int:
    """Print per table how SSB's back-cast list and our own sums agree."""
    from warehouse import back_cast
    from warehouse.workspace import Workspace, data_root

    workspace = Workspace(arguments.county, arguments.figures, data_root())
    found = [one for one in back_cast.compare(workspace) if one.rows]
    print("\n".join(lines(found, WORDS[arguments.language])))
    return int(any(one.unexpected for one in found))


def lines(found: Iterable[Compared], words: Mapping[str, str]) -> Iterator[str]:
    """Text of a comparison, a block per table."""
    compared = list(found)
    if not compared:
        yield words["none"]
    for one in compared:
        yield f"{one.table_id}: {len(one.rows)} {words['unit']}"
        yield from (f"  {count:6} {words[v]}" for v, count in sorted(one.verdicts.items()))
        yield from (f"    {_row(row, words)}" for row in one.unexpected[:SHOWN])
        if len(one.unexpected) > SHOWN:
            yield f"    ... {len(one.unexpected) - SHOWN} {words['more']}"


def _row(row: Mapping[str, Any], words: Mapping[str, str]) -> str:
    ours = "-" if row["our_total"] is None else f"{row['our_total']:.1f}"
    return (
        f"{row['geo_code']} {row['period']}: {words['theirs']} {row['their_total']:.1f}, "
        f"{words['ours']} {ours}"
    )

"""Words of a release that every catalogue repeats: title, description, credit, rights, sources.

In bokmål and English. Made-up figures are called so here, and lose the licence and attribution
of the sources they imitate. Counting and reading are facts.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sources.registry import Text
from warehouse.catalogues.about import SourceFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from warehouse.catalogues.about import ReleaseAbout

MADE_UP = Text("OPPDIKTEDE TALL", "MADE-UP FIGURES")
NOBODY = Text(
    "Demonstrasjon; ingen har utgitt disse tallene",
    "Demonstration; nobody has published these figures",
)
NO_SOURCE = Text("Oppdiktet; ingen kilde", "Made up; no source")
NO_LICENCE = "made-up figures: no licence of the source applies"
KEYWORDS = (
    Text("kompetanse", "competence"),
    Text("utdanning", "education"),
    Text("arbeidsmarked", "labour market"),
    Text("regionale indikatorer", "regional indicators"),
)


def title(about: ReleaseAbout, county: Text) -> Text:
    """Title of the release; of made-up figures, it begins by saying so."""
    nb = f"Regionale kompetanseindikatorer for {county.nb}"
    en = f"Regional competence indicators for {county.en}"
    return Text(f"{MADE_UP.nb}: {nb}", f"{MADE_UP.en}: {en}") if about.made_up else Text(nb, en)


def credit(about: ReleaseAbout, sources: Iterable[SourceFacts]) -> Text:
    """Attribution of all sources; beside made-up figures, of the code lists alone."""
    named = sorted(
        {(s.attribution.nb, s.attribution.en) for s in sources if s.attribution != NO_SOURCE}
    )
    if not named:
        return NO_SOURCE
    nb, en = "; ".join(nb for nb, _ in named), "; ".join(en for _, en in named)
    return Text(f"Kodelister: {nb}", f"Code lists: {en}") if about.made_up else Text(nb, en)


def description(about: ReleaseAbout, indicators: int, credit: Text) -> Text:
    """What the release holds, from whom, and what kind of figures it is."""
    nb = (
        f"{indicators} indikatorer om befolkning, utdanning og arbeidsmarked for kommuner, "
        "regioner, fylket og landet, etter dagens kommuneinndeling. En verdi som ikke kan oppgis, "
        f"står som en rad uten verdi, med grunnen. {credit.nb}. {about.label}."
    )
    en = (
        f"{indicators} indicators of population, education and labour market for municipalities, "
        "regions, the county and the country, by today's municipalities. A value that cannot be "
        f"given is a row without a value, with the reason. {credit.en}. {about.label}."
    )
    if about.made_up:
        return Text(
            f"Ingen kilde har utgitt disse tallene; de viser bare hvordan løsningen virker. {nb}",
            f"No source has published these figures; they only show how the solution works. {en}",
        )
    return Text(nb, en)


def publisher(about: ReleaseAbout, county: Text, contact: Mapping[str, str] | None) -> Text:
    """Who publishes: as the release says, else the county's contact, else the county authority."""
    if about.publisher:
        return about.publisher
    if about.made_up:
        return NOBODY
    named = (contact or {}).get("name")
    if named:
        return Text(named, named)
    return Text(f"{county.nb} fylkeskommune", f"{county.en} county authority")


def rights(about: ReleaseAbout, ours: Iterable[str]) -> Text:
    """What may be done with the figures; ours: names of the licences they are published under."""
    if about.made_up:
        return Text(
            f"{MADE_UP.nb}: ingen lisens fra kildene gjelder for tallene, og ingen kilde kan "
            "oppgis for dem. Kodelistene i utgivelsen følger kildens egen lisens.",
            f"{MADE_UP.en}: no licence of a source applies to the figures, and no source may be "
            "named for them. The code lists in the release follow their source's own licence.",
        )
    names = ", ".join(ours)
    return Text(
        f"Utgitt under {names}. Oppgi kildene. Tallene er bearbeidet: summer, andeler og regioner "
        "er beregnet av kildenes tall.",
        f"Published under {names}. Name the sources. The figures are adapted: sums, shares and "
        "regions are computed from the sources' figures.",
    )


def sources(
    tables: Iterable[Mapping[str, Any]], vintages: Iterable[Mapping[str, Any]]
) -> Iterable[SourceFacts]:
    """Sources by id; answers that were made up keep no licence and no attribution of a source."""
    invented = {
        (v["source_table_id"], v["licence"]) for v in vintages if v["fidelity"] == "made_up"
    }
    for row in sorted(tables, key=lambda r: r["source_table_id"]):
        ident = row["source_table_id"]
        made_up = any(
            # Code lists in made-up answers are real: their vintage bears the source's licence.
            table == ident and not licence.startswith(row["licence_source"])
            for table, licence in invented
        )
        yield _source(row, made_up=made_up)


def _source(row: Mapping[str, Any], *, made_up: bool) -> SourceFacts:
    ident, title = row["source_table_id"], Text(row["title_nb"], row["title_en"])
    if made_up:
        theirs = ours = NO_LICENCE
        attribution = NO_SOURCE
    else:
        theirs, ours = row["licence_source"], row["licence_release"]
        attribution = Text(row["attribution_nb"], row["attribution_en"])
    citation = Text(
        f"{attribution.nb}. Tabell {ident}: {title.nb}. Lisens hos kilden: {theirs}. "
        f"Utgitt under: {ours}.",
        f"{attribution.en}. Table {ident}: {title.en}. Licence of the source: {theirs}. "
        f"Published under: {ours}.",
    )
    return SourceFacts(ident, title, row["page"] or "", theirs, ours, attribution, citation)

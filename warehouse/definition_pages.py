"""Definition pages: a readable page per indicator, in bokmål and English, as markdown and HTML.

Everything on a page is taken from the definition and the source YAMLs; only the headings are
words of this module. Figures are not here, and nothing is written to disk.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse.definition import breakdown_labels
from warehouse.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sources.registry import SourceTable, Text
    from warehouse.definition import Indicator

LANGUAGES = ("nb", "en")
_HEADINGS = {
    "definition": ("Definisjon", "Definition"),
    "interpretation": ("Slik leses tallet", "How to read the figure"),
    "caveats": ("Forbehold", "Caveats"),
    "numerator": ("Teller", "Numerator"),
    "denominator": ("Nevner", "Denominator"),
    "population": ("Hvem tallet gjelder", "Population"),
    "age": ("Alder", "Age"),
    "reference_time": ("Tidspunkt", "Reference time"),
    "unit": ("Enhet", "Unit"),
    "aggregation": ("Sammenlegging til regioner", "Aggregation to regions"),
    "levels": ("Nivåer", "Levels"),
    "breakdowns": ("Inndelinger", "Breakdowns"),
    "limits": ("Grenser", "Limits"),
    "breaks": ("Brudd i tidsserien", "Breaks in the series"),
    "goals": ("Mål i kompetansestrategien", "Goals of the strategy"),
    "direction": ("Retning", "Direction"),
    "sources": ("Kilder", "Sources"),
    "contact": ("Kontakt", "Contact"),
    "changelog": ("Endringer", "Changes"),
    "sql": ("SQL", "SQL"),
    "wanted": ("Hvorfor det ikke er tall", "Why there are no figures"),
}
_WORDS = {
    "percent": ("prosent", "per cent"),
    "persons": ("personer", "persons"),
    "points": ("poeng", "points"),
    "positions": ("stillinger", "positions"),
    "per_1000": ("per 1\u00a0000", "per 1,000"),
    "per_position": ("personer per stilling", "persons per position"),
    "decimals": ("desimaler", "decimals"),
    "ratio_of_sums": (
        "Tellere og nevnere summeres hver for seg; prosenter snittes aldri.",
        "Numerators and denominators are added separately; percentages are never averaged.",
    ),
    "sum": ("Summen av kommunene.", "The sum of the municipalities."),
    "published_only": (
        "Kildens egne tall gjengis og legges ikke sammen.",
        "The source's own figures are passed on and never added.",
    ),
    "flow": (
        "Regnes på nytt for hvert område av pendlingen mellom kommuner.",
        "Computed anew for each area from the commuting between municipalities.",
    ),
    "weighted": ("Veid sammen med", "Weighted by"),
    "index_of_sums": (
        "Delene summeres over området før indeksen regnes av andelene.",
        "The parts are added over the area before the index is taken of their shares.",
    ),
    "municipality": ("kommune", "municipality"),
    "region": ("region", "region"),
    "county": ("fylke", "county"),
    "country": ("landet", "country"),
    "county_historical": ("tidligere fylke", "earlier county"),
    "neutral": ("Nøytral", "Neutral"),
    "higher is better": ("Høyere er bedre", "Higher is better"),
    "lower is better": ("Lavere er bedre", "Lower is better"),
    "all": ("alle", "all"),
    "by breakdown": ("etter inndeling", "by breakdown"),
    "not stated": ("ikke oppgitt", "not stated"),
    "confirmed name": ("navnet er bekreftet i RKI", "name confirmed in RKI"),
    "candidate": ("kandidat, ikke bekreftet i RKI", "candidate, not confirmed in RKI"),
    "own addition": ("eget tillegg, ikke i RKI", "own addition, not in RKI"),
    "none": ("Ingen kjente.", "None known."),
    "not mapped": ("Ikke koblet til mål ennå.", "Not mapped to goals yet."),
    "theme": ("tema", "theme"),
    "version": ("versjon", "version"),
    "minimum": (
        "Andeler skal ikke vises når nevneren er under",
        "Shares are not to be shown where the denominator is below",
    ),
    "jump": (
        "Endring fra én periode til neste som undersøkes (fylke og land)",
        "Change from one period to the next that is looked into (county and country)",
    ),
    "index": ("Indikatorer", "Indicators"),
    "wanted": ("ønsket, uten åpen kilde", "wanted, no open source"),
}


@dataclass(frozen=True)
class Section:
    """One part of a page: a heading, then lines; code: the lines are SQL."""

    heading: str
    lines: tuple[str, ...]
    code: bool = False


def pages(
    definitions: Mapping[str, Indicator], wanted: Mapping[str, Wanted] | None = None
) -> dict[str, str]:
    """All pages: "nb/<id>.md", "nb/<id>.html", "nb/index.md" and the same in "en/".

    wanted: indicators without a source; their pages say why there are no figures.
    """
    made: dict[str, str] = {}
    without = wanted or {}
    for language in LANGUAGES:
        titles = {d.id: d.title[language] for d in definitions.values()}
        missing = f" ({_word('wanted', language)})"
        titles |= {w.id: w.title[language] + missing for w in without.values()}
        made[f"{language}/index.md"] = _index_markdown(titles, language)
        made[f"{language}/index.html"] = _index_html(titles, language)
        every: list[Indicator | Wanted] = [*definitions.values(), *without.values()]
        for indicator in every:
            parts = list(sections(indicator, language))
            under = _under_title(indicator, language)
            title = indicator.title[language]
            made[f"{language}/{indicator.id}.md"] = _markdown(title, under, parts)
            made[f"{language}/{indicator.id}.html"] = _html(title, under, parts, language)
    return made


def sections(indicator: Indicator | Wanted, language: str) -> Iterator[Section]:
    """The parts of one indicator's page, in order; empty ones are left out."""
    if isinstance(indicator, Wanted):
        yield from _wanted_sections(indicator, language)
        return
    for key, lines in {**_words(indicator, language), **_rules(indicator, language)}.items():
        if lines:
            yield Section(_say(_HEADINGS, key, language), tuple(lines))
    yield Section(_say(_HEADINGS, "sql", language), tuple(indicator.sql.splitlines()), code=True)


def _wanted_sections(wanted: Wanted, language: str) -> Iterator[Section]:
    changes = tuple(f"{c.version} ({c.date}): {c.what}" for c in wanted.changelog)
    yield Section(_say(_HEADINGS, "definition", language), (wanted.definition[language],))
    yield Section(_say(_HEADINGS, "wanted", language), (wanted.reason[language],))
    yield Section(_say(_HEADINGS, "changelog", language), changes)


def _words(indicator: Indicator, language: str) -> dict[str, list[str]]:
    meaning = indicator.meaning
    said: dict[str, Text | None] = {"definition": indicator.definition}
    if meaning:
        said |= {
            "interpretation": meaning.interpretation,
            "numerator": meaning.numerator,
            "denominator": meaning.denominator,
            "population": meaning.population,
            "reference_time": meaning.reference_time,
        }
    found = {key: [text[language]] for key, text in said.items() if text}
    if meaning:
        found["age"] = [_word(meaning.age, language)]
    found["caveats"] = [indicator.caveats[language]] if indicator.caveats else []
    return found


def _rules(indicator: Indicator, language: str) -> dict[str, list[str]]:
    meaning = indicator.meaning
    levels = [", ".join(_word(level, language) for level in indicator.levels)]
    if indicator.level_reason:
        levels.append(indicator.level_reason[language])
    unit, decimals = _word(indicator.unit, language), _word("decimals", language)
    how = _word(indicator.aggregation, language)
    weight = f"{how} {indicator.weight[language]}" if indicator.weight else how
    broken = [f"{b.period}: {b.reason[language]}" for b in indicator.breaks]
    rules = {
        "unit": [f"{unit}, {decimals}: {indicator.decimals}"],
        "aggregation": [weight],
        "levels": levels,
        "breakdowns": list(_breakdowns(indicator, language)),
        "limits": list(_limits(indicator, language)),
        "breaks": broken or [_word("none", language)],
        "sources": list(_sources(indicator, language)),
        "changelog": [f"{c.version} ({c.date}): {c.what}" for c in indicator.changelog],
    }
    if meaning:
        goals = _word("not mapped", language) if meaning.goals is None else ", ".join(meaning.goals)
        rules["goals"] = [goals or _word("none", language)]
        rules["direction"] = [_word(meaning.direction, language)]
        rules["contact"] = [", ".join(filter(None, (meaning.contact[language], meaning.email)))]
    return rules


def _limits(indicator: Indicator, language: str) -> Iterator[str]:
    if indicator.minimum_denominator:
        yield f"{_word('minimum', language)} {indicator.minimum_denominator:g}."
    if indicator.jump_points:
        yield f"{_word('jump', language)}: {indicator.jump_points:g}."
    if indicator.jump_percent:
        yield f"{_word('jump', language)}: {indicator.jump_percent:g} %."


def _breakdowns(indicator: Indicator, language: str) -> Iterator[str]:
    labels = breakdown_labels(indicator)
    for name in indicator.breakdowns:
        codes = [f"{c} {label[language]}" for (n, c), label in labels.items() if n == name]
        yield f"{name}: {'; '.join(codes)}" if codes else name


def _sources(indicator: Indicator, language: str) -> Iterator[str]:
    from sources import registry

    tables = registry.load()
    texts = registry.warnings()
    for source in indicator.sources:
        table: SourceTable = tables[source]
        yield (
            f"{source}: {table.title[language]}. {table.attribution[language]}. "
            f"{table.licence.ours}."
        )
        yield from (f"{source}: {texts[warning][language]}" for warning in table.warnings)


def _under_title(indicator: Indicator | Wanted, language: str) -> str:
    return (
        f"{indicator.id}, {_word('version', language)} {indicator.version}, "
        f"{_word('theme', language)} {indicator.theme}, {_word(indicator.rki, language)}"
    )


def _markdown(title: str, under: str, parts: list[Section]) -> str:
    lines = [f"# {title}", "", under, ""]
    for part in parts:
        lines += [f"## {part.heading}", ""]
        if part.code:
            lines += ["```sql", *part.lines, "```", ""]
        else:
            lines += [line for text in part.lines for line in (text, "")]
    return "\n".join(lines)


def _html(title: str, under: str, parts: list[Section], language: str) -> str:
    body = [f"<h1>{html.escape(title)}</h1>", f"<p>{html.escape(under)}</p>"]
    for part in parts:
        body.append(f"<h2>{html.escape(part.heading)}</h2>")
        if part.code:
            body.append(f"<pre>{html.escape(chr(10).join(part.lines))}</pre>")
        else:
            body += [f"<p>{html.escape(line)}</p>" for line in part.lines]
    return _document(title, body, language)


def _index_markdown(titles: Mapping[str, str], language: str) -> str:
    lines = [f"- [{title}]({name}.md)" for name, title in titles.items()]
    return "\n".join([f"# {_word('index', language)}", "", *lines, ""])


def _index_html(titles: Mapping[str, str], language: str) -> str:
    items = [f'<li><a href="{name}.html">{html.escape(t)}</a></li>' for name, t in titles.items()]
    heading = _word("index", language)
    return _document(heading, [f"<h1>{heading}</h1>", "<ul>", *items, "</ul>"], language)


def _document(title: str, body: list[str], language: str) -> str:
    style = "body{max-width:46rem;margin:2rem auto;padding:0 1rem;font:1rem/1.5 sans-serif}"
    style += "pre{overflow:auto;background:#f4f4f4;padding:1rem}"
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title><style>{style}</style>'
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>{head}</head>\n<body>\n'
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _say(texts: Mapping[str, tuple[str, str]], key: str, language: str) -> str:
    return texts[key][LANGUAGES.index(language)]


def _word(key: str, language: str) -> str:
    """The word for a key of the definition; what is no word (an age group) stands as it is."""
    return _say(_WORDS, key, language) if key in _WORDS else key

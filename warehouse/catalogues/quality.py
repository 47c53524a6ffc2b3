"""DQV: results of the checks as quality measurements of the dataset in the DCAT catalogue.

Each check gives two: whether it passed, and how many rows offended. Judging is expectations/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rdflib import Graph, Literal, URIRef

    from warehouse.catalogues.about import Check, Facts

NATIONAL = "https://data.norge.no/vocabulary/quality-dimension#"
NATIONAL_DIMENSIONS = frozenset({"accuracy", "completeness", "currentness"})


def add(g: Graph, facts: Facts) -> None:
    """Add the measurements of every check to the graph; without checks, nothing."""
    from rdflib import XSD, Literal

    for check in facts.about.checks:
        _add_measurement(g, facts, check, "passed", Literal(check.passed))
        rows = Literal(check.rows, datatype=XSD.nonNegativeInteger)
        _add_measurement(g, facts, check, "rows", rows)


def _add_measurement(g: Graph, facts: Facts, check: Check, what: str, value: Literal) -> None:
    from rdflib import RDF, SKOS, Literal, Namespace, URIRef

    dqv = Namespace("http://www.w3.org/ns/dqv#")
    name = f"check/{check.suite}/{check.rule}/{what}"
    dataset = URIRef(facts.addresses.thing("dataset"))
    metric = URIRef(facts.addresses.thing(name))
    measurement = URIRef(facts.addresses.part(name))
    g.add((dataset, dqv.hasQualityMeasurement, measurement))
    g.add((measurement, RDF.type, dqv.QualityMeasurement))
    g.add((measurement, dqv.computedOn, dataset))
    g.add((measurement, dqv.isMeasurementOf, metric))
    g.add((measurement, dqv.value, value))
    g.add((metric, RDF.type, dqv.Metric))
    g.add((metric, SKOS.notation, Literal(f"{check.suite}/{check.rule}/{what}")))
    g.add((metric, SKOS.definition, Literal(check.text.nb, lang="nb")))
    g.add((metric, SKOS.definition, Literal(check.text.en, lang="en")))
    g.add((metric, dqv.expectedDataType, URIRef(str(value.datatype))))
    g.add((metric, dqv.inDimension, _dimension(g, facts, check.dimension)))


def _dimension(g: Graph, facts: Facts, word: str) -> URIRef:
    """The dimension of the national vocabulary where it has the word, else one of our own."""
    from rdflib import RDF, SKOS, Literal, Namespace, URIRef

    dqv = Namespace("http://www.w3.org/ns/dqv#")
    if word in NATIONAL_DIMENSIONS:
        return URIRef(NATIONAL + word)
    dimension = URIRef(facts.addresses.thing(f"dimension/{word}"))
    g.add((dimension, RDF.type, dqv.Dimension))
    g.add((dimension, SKOS.prefLabel, Literal(word, lang="en")))
    return dimension

"""DCAT-AP-NO: catalogue, dataset and a distribution per file, as Turtle and JSON-LD.

Version 2 of the national profile. Only properties whose values are certain are given: themes and
languages of the EU's vocabularies, the country, not the county's own address at the mapping
authority. Checksums are left to datapackage.json and the manifest, since the profile allows SHA-1
only. There are no blank nodes, so equal facts give equal bytes. Check results are in quality.py.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from warehouse.catalogues import quality
from warehouse.catalogues.data_package import MEDIA_TYPES

if TYPE_CHECKING:
    from rdflib import Graph, URIRef

    from sources.registry import Text
    from warehouse.catalogues.about import Facts, FileFacts, SourceFacts

AUTHORITY = "http://publications.europa.eu/resource/authority/"
FREQUENCIES = {
    "monthly": "MONTHLY",
    "quarterly": "QUARTERLY",
    "annual": "ANNUAL",
    "irregular": "IRREG",
    "unknown": "UNKNOWN",
}
FILE_TYPES = {"parquet": "PARQUET", "csv": "CSV"}
THEMES = ("EDUC", "SOCI")
LANGUAGES = ("NOB", "ENG")
PROFILE = "https://data.norge.no/specification/dcat-ap-no"
DATA_PACKAGE = "https://datapackage.org/profiles/2.0/datapackage.json"
PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def turtle(facts: Facts) -> str:
    """The catalogue as Turtle; addresses of files are relative where there is no public one."""
    return graph(facts).serialize(format="turtle")


def json_ld(facts: Facts) -> str:
    """The catalogue as JSON-LD with the prefixes of the Turtle, nodes and values in order."""
    said = json.loads(graph(facts).serialize(format="json-ld", context=PREFIXES, auto_compact=True))
    return json.dumps(_ordered(said), ensure_ascii=False, indent=1) + "\n"


def graph(facts: Facts) -> Graph:
    """The catalogue as a graph without blank nodes."""
    from rdflib import Graph

    g = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        g.bind(prefix, namespace)
    _add_publisher(g, facts)
    _add_catalogue(g, facts)
    _add_dataset(g, facts)
    for source in facts.sources:
        _add_source(g, facts, source)
    for file in facts.files:
        _add_distribution(g, facts, file)
    quality.add(g, facts)
    return g


def _ordered(value: Any) -> Any:
    """Sort keys and lists: none of the lists in the catalogue means an order."""
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return sorted(map(_ordered, value), key=lambda v: json.dumps(v, sort_keys=True))
    return value


def _add_publisher(g: Graph, facts: Facts) -> None:
    from rdflib import DCAT, DCTERMS, FOAF, RDF, Namespace, URIRef

    vcard = Namespace(PREFIXES["vcard"])

    publisher = URIRef(facts.addresses.thing("publisher"))
    contact = URIRef(facts.addresses.thing("contact"))
    g.add((publisher, RDF.type, FOAF.Agent))
    _say(g, publisher, FOAF.name, facts.publisher)
    g.add((contact, RDF.type, vcard.Organization))
    _say(g, contact, vcard.fn, facts.publisher)
    if "email" in facts.contact:
        g.add((contact, vcard.hasEmail, URIRef(f"mailto:{facts.contact['email']}")))
    for name in ("catalogue", "dataset"):
        thing = URIRef(facts.addresses.thing(name))
        g.add((thing, DCTERMS.publisher, publisher))
        g.add((thing, DCAT.contactPoint, contact))


def _add_catalogue(g: Graph, facts: Facts) -> None:
    from rdflib import DCAT, DCTERMS, FOAF, RDF, URIRef

    catalogue = URIRef(facts.addresses.thing("catalogue"))
    dataset = URIRef(facts.addresses.thing("dataset"))
    record = URIRef(facts.addresses.thing("record"))
    profile = URIRef(PROFILE)
    g.add((catalogue, RDF.type, DCAT.Catalog))
    g.add((catalogue, DCAT.dataset, dataset))
    g.add((catalogue, DCAT.record, record))
    _add_common(g, facts, catalogue)
    g.add((record, RDF.type, DCAT.CatalogRecord))
    g.add((record, FOAF.primaryTopic, dataset))
    g.add((record, DCTERMS.modified, _moment(facts)))
    g.add((record, DCTERMS.conformsTo, profile))
    _say_standard(g, profile, "DCAT-AP-NO")


def _add_dataset(g: Graph, facts: Facts) -> None:
    from rdflib import DCAT, DCTERMS, OWL, RDF, Literal, URIRef

    dataset = URIRef(facts.addresses.thing("dataset"))
    package = URIRef(DATA_PACKAGE)
    g.add((dataset, RDF.type, DCAT.Dataset))
    _add_common(g, facts, dataset)
    g.add((dataset, OWL.versionInfo, Literal(facts.about.id)))
    g.add((dataset, DCTERMS.accrualPeriodicity, _term("frequency", FREQUENCIES[facts.frequency])))
    g.add((dataset, DCTERMS.conformsTo, package))
    _say_standard(g, package, "Data Package 2.0")
    for theme in THEMES:
        g.add((dataset, DCAT.theme, _term("data-theme", theme)))
    for keyword in facts.keywords:
        _say(g, dataset, DCAT.keyword, keyword)
    if facts.addresses.base:
        g.add((dataset, DCTERMS.accessRights, _term("access-right", "PUBLIC")))
        g.add((dataset, DCAT.landingPage, URIRef(facts.addresses.file(""))))
    _add_period(g, facts, dataset)


def _add_common(g: Graph, facts: Facts, thing: URIRef) -> None:
    """What catalogue and dataset both say."""
    from rdflib import DCTERMS, Literal, URIRef

    g.add((thing, DCTERMS.identifier, Literal(str(thing))))
    _say(g, thing, DCTERMS.title, facts.title)
    _say(g, thing, DCTERMS.description, facts.description)
    g.add((thing, DCTERMS.issued, _moment(facts)))
    g.add((thing, DCTERMS.modified, _moment(facts)))
    g.add((thing, DCTERMS.spatial, _term("country", "NOR")))
    for language in LANGUAGES:
        g.add((thing, DCTERMS.language, _term("language", language)))
    if facts.licence and facts.licence.concept:
        g.add((thing, DCTERMS.license, URIRef(facts.licence.concept)))
    g.add((thing, DCTERMS.rights, _rights(g, facts)))


def _add_period(g: Graph, facts: Facts, dataset: URIRef) -> None:
    from rdflib import DCAT, DCTERMS, RDF, Literal, URIRef

    if not (facts.first_day and facts.last_day):
        return
    period = URIRef(facts.addresses.part("period"))
    g.add((dataset, DCTERMS.temporal, period))
    g.add((period, RDF.type, DCTERMS.PeriodOfTime))
    g.add((period, DCAT.startDate, Literal(facts.first_day)))
    g.add((period, DCAT.endDate, Literal(facts.last_day)))


def _add_source(g: Graph, facts: Facts, source: SourceFacts) -> None:
    """A source as provenance of the dataset: who said it, under which licence, how to cite it."""
    from rdflib import DCTERMS, FOAF, PROV, RDF, RDFS, Literal, URIRef

    dataset = URIRef(facts.addresses.thing("dataset"))
    statement = URIRef(facts.addresses.thing(f"provenance/{source.id}"))
    entity = URIRef(facts.addresses.thing(f"source/{source.id}"))
    g.add((dataset, DCTERMS.provenance, statement))
    g.add((statement, RDF.type, DCTERMS.ProvenanceStatement))
    _say(g, statement, RDFS.label, source.citation)
    g.add((dataset, PROV.wasDerivedFrom, entity))
    g.add((entity, RDF.type, PROV.Entity))
    g.add((entity, DCTERMS.identifier, Literal(source.id)))
    _say(g, entity, DCTERMS.title, source.title)
    _say(g, entity, DCTERMS.bibliographicCitation, source.attribution)
    if source.page:
        g.add((entity, FOAF.page, URIRef(source.page)))


def _add_distribution(g: Graph, facts: Facts, file: FileFacts) -> None:
    from rdflib import DCAT, DCTERMS, RDF, XSD, Literal, URIRef

    node = URIRef(facts.addresses.part(file.path))
    address = URIRef(facts.addresses.file(file.path))
    g.add((URIRef(facts.addresses.thing("dataset")), DCAT.distribution, node))
    g.add((node, RDF.type, DCAT.Distribution))
    g.add((node, DCTERMS.title, Literal(facts.title_of(file))))
    _say(
        g, node, DCTERMS.description, facts.tables[file.table].grain if file.table else facts.title
    )
    g.add((node, DCAT.accessURL, address))
    g.add((node, DCAT.downloadURL, address))
    # The profile asks for a decimal; Turtle writes one with a point, so JSON-LD does too.
    size = Literal(f"{file.bytes}.0", datatype=XSD.decimal, normalize=False)
    g.add((node, DCAT.byteSize, size))
    g.add((node, DCTERMS.issued, _moment(facts)))
    g.add((node, DCTERMS.rights, _rights(g, facts)))
    if file.format in FILE_TYPES:
        g.add((node, DCTERMS.format, _term("file-type", FILE_TYPES[file.format])))
    if file.format in MEDIA_TYPES:
        media = f"https://www.iana.org/assignments/media-types/{MEDIA_TYPES[file.format]}"
        g.add((node, DCAT.mediaType, URIRef(media)))
    if facts.licence and facts.licence.concept:
        g.add((node, DCTERMS.license, URIRef(facts.licence.concept)))


def _rights(g: Graph, facts: Facts) -> URIRef:
    from rdflib import DCTERMS, RDF, RDFS, URIRef

    rights = URIRef(facts.addresses.thing("rights"))
    g.add((rights, RDF.type, DCTERMS.RightsStatement))
    _say(g, rights, RDFS.label, facts.rights)
    return rights


def _say(g: Graph, thing: URIRef, what: URIRef, text: Text) -> None:
    """Say a text in bokmål and English."""
    from rdflib import Literal

    g.add((thing, what, Literal(text.nb, lang="nb")))
    g.add((thing, what, Literal(text.en, lang="en")))


def _say_standard(g: Graph, standard: URIRef, title: str) -> None:
    from rdflib import DCTERMS, RDF, Literal

    g.add((standard, RDF.type, DCTERMS.Standard))
    g.add((standard, DCTERMS.title, Literal(title, lang="en")))


def _moment(facts: Facts) -> Any:
    from rdflib import Literal

    return Literal(datetime.fromisoformat(facts.about.built_at))


def _term(vocabulary: str, code: str) -> URIRef:
    from rdflib import URIRef

    return URIRef(f"{AUTHORITY}{vocabulary}/{code}")

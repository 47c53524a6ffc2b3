"""The DCAT catalogue has what DCAT-AP-NO asks for, and the checks as DQV measurements."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import DCAT, DCTERMS, FOAF, RDF, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic

from tests.catalogues import small
from warehouse import catalogues

SHAPES = Path(__file__).resolve().parents[3] / "shared" / "standards" / "dcat-ap-no-shapes.ttl"
AUTHORITY = "http://publications.europa.eu/resource/authority/"
# Terms of the EU's vocabularies, written down by hand: the shapes ask which scheme a term is in,
# and the vocabularies themselves are not at hand. A term outside this list fails.
TERMS = {
    "access-right": ("PUBLIC",),
    "country": ("NOR",),
    "data-theme": ("EDUC", "SOCI"),
    "file-type": ("CSV", "PARQUET"),
    "frequency": ("MONTHLY", "QUARTERLY", "ANNUAL", "IRREG", "UNKNOWN"),
    "language": ("NOB", "ENG"),
    "licence": ("CC_BY_4_0",),
}
DQV = Namespace("http://www.w3.org/ns/dqv#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
BASE = "https://data.example.no/releases"
MANDATORY = {
    DCAT.Catalog: (
        DCTERMS.title, DCTERMS.description, DCTERMS.identifier, DCTERMS.publisher,
        DCAT.contactPoint, DCAT.dataset,
    ),
    DCAT.Dataset: (
        DCTERMS.title, DCTERMS.description, DCTERMS.identifier, DCTERMS.publisher,
        DCAT.contactPoint, DCAT.theme, DCAT.distribution,
    ),
    DCAT.Distribution: (DCAT.accessURL,),
    DCAT.CatalogRecord: (DCTERMS.modified, FOAF.primaryTopic),
    FOAF.Agent: (FOAF.name,),
    VCARD.Organization: (VCARD.fn,),
    DCTERMS.ProvenanceStatement: (URIRef("http://www.w3.org/2000/01/rdf-schema#label"),),
    DQV.QualityMeasurement: (DQV.isMeasurementOf, DQV.value, DQV.computedOn),
    DQV.Metric: (DQV.expectedDataType, DQV.inDimension, SKOS.definition),
}  # fmt: skip
ONCE = (DCTERMS.publisher, DCTERMS.license, DCTERMS.issued, DCTERMS.modified, DCAT.byteSize)


def graph(folder: Path, name: str = "dcat.ttl") -> Graph:
    return Graph().parse(folder / name, publicID=f"{BASE}/here/{name}")


def complaints(found: Graph) -> set[tuple[str, str]]:
    """Severity and message of everything the national shapes say against the catalogue."""
    import pyshacl

    if not SHAPES.exists():
        pytest.skip("the national shapes (../shared/standards) are not beside this checkout")
    vocabulary = Graph()
    for scheme, codes in TERMS.items():
        for code in codes:
            term = URIRef(f"{AUTHORITY}{scheme}/{code}")
            vocabulary.add((term, SKOS.inScheme, URIRef(AUTHORITY + scheme)))
    _, results, _ = pyshacl.validate(found + vocabulary, shacl_graph=Graph().parse(SHAPES))
    assert isinstance(results, Graph)
    sh = Namespace("http://www.w3.org/ns/shacl#")
    return {
        (str(results.value(r, sh.resultSeverity)).rpartition("#")[2], str(message))
        for r in results.subjects(RDF.type, sh.ValidationResult)
        for message in results.objects(r, sh.resultMessage)
    }


def missing(found: Graph) -> list[str]:
    """Mandatory properties that things lack, and properties said more than once."""
    lacking = [
        f"{thing} lacks {prop}"
        for kind, props in MANDATORY.items()
        for thing in found.subjects(RDF.type, kind)
        for prop in props
        if (thing, prop, None) not in found
    ]
    repeated = [
        f"{thing} repeats {prop}"
        for prop in ONCE
        for thing in set(found.subjects(prop))
        if len(list(found.objects(thing, prop))) > 1
    ]
    return lacking + repeated


def test_published_release_conforms_to_the_national_shapes(published: Path) -> None:
    assert complaints(graph(published)) == set()


def test_made_up_release_conforms_but_for_the_licence_it_has_not(invented: Path) -> None:
    found = complaints(graph(invented))
    assert {severity for severity, _ in found} == {"Warning"}
    assert all("dct:license" in message for _, message in found)


def test_release_with_a_public_address_conforms(tmp_path: Path) -> None:
    folder = small.write(tmp_path)
    catalogues.write(folder, small.about(base_url=f"{BASE}/"))
    found = graph(folder)
    assert complaints(found) == set()
    assert (None, DCTERMS.accessRights, URIRef(f"{AUTHORITY}access-right/PUBLIC")) in found


def test_the_shapes_do_find_what_is_wrong(published: Path) -> None:
    found = graph(published)
    found.remove((None, DCAT.theme, None))
    found.set((next(found.subjects(DCTERMS.format)), DCTERMS.format, URIRef(f"{AUTHORITY}odd/X")))
    said = " ".join(message for _, message in complaints(found))
    assert "dcat:theme" in said
    assert "dct:format" in said


def test_mandatory_properties_are_there(either: Path) -> None:
    found = graph(either)
    assert all(any(found.subjects(RDF.type, kind)) for kind in MANDATORY)
    assert missing(found) == []


def test_the_conformance_test_finds_a_gap(published: Path) -> None:
    found = graph(published)
    dataset = next(found.subjects(RDF.type, DCAT.Dataset))
    found.remove((dataset, DCAT.theme, None))
    found.add((dataset, DCTERMS.publisher, URIRef("urn:other")))
    assert len(missing(found)) == 2


def test_titles_and_descriptions_stand_in_both_languages(either: Path) -> None:
    found = graph(either)
    for kind in (DCAT.Catalog, DCAT.Dataset):
        for prop in (DCTERMS.title, DCTERMS.description):
            [thing] = found.subjects(RDF.type, kind)
            assert {t.language for t in found.objects(thing, prop) if isinstance(t, Literal)} == {
                "nb",
                "en",
            }


def test_turtle_and_json_ld_say_the_same_without_blank_nodes(either: Path) -> None:
    turtle, json_ld = graph(either), graph(either, "dcat.jsonld")
    assert isomorphic(turtle, json_ld)
    assert not [node for triple in turtle for node in triple if isinstance(node, BNode)]


def test_without_a_public_address_nothing_pretends_to_resolve(published: Path) -> None:
    text = (published / "dcat.ttl").read_text(encoding="utf-8")
    assert "<parquet/region.parquet>" in text
    subjects = {str(s) for s in Graph().parse(published / "dcat.ttl").subjects()}
    standards = {"https://datapackage.org/", "https://data.norge.no/specification/"}
    assert all(s.startswith(("urn:uuid:", *standards)) for s in subjects)


def test_with_a_public_address_every_thing_lies_below_it(tmp_path: Path) -> None:
    folder = small.write(tmp_path)
    catalogues.write(folder, small.about(base_url=f"{BASE}/"))
    found = Graph().parse(folder / "dcat.ttl")
    [dataset] = found.subjects(RDF.type, DCAT.Dataset)
    assert str(dataset) == f"{BASE}/current-trondelag/dcat.ttl#dataset"
    downloads = {str(u) for u in found.objects(None, DCAT.downloadURL)}
    assert f"{BASE}/{small.about().id}/csv/region.csv" in downloads
    assert "urn:uuid" not in (folder / "dcat.ttl").read_text(encoding="utf-8")


def test_checks_are_quality_measurements_of_the_dataset(published: Path) -> None:
    found = graph(published)
    [dataset] = found.subjects(RDF.type, DCAT.Dataset)
    told = {}
    for measurement in found.objects(dataset, DQV.hasQualityMeasurement):
        metric = found.value(measurement, DQV.isMeasurementOf)
        value, kind = found.value(measurement, DQV.value), found.value(metric, DQV.expectedDataType)
        assert isinstance(value, Literal)
        assert value.datatype == kind
        told[str(found.value(metric, SKOS.notation))] = value.toPython()
    assert told == {
        "release/region_known/passed": True, "release/region_known/rows": 0,
        "release/value_given/passed": False, "release/value_given/rows": 3,
    }  # fmt: skip
    dimensions = {str(d) for d in found.objects(None, DQV.inDimension)}
    assert "https://data.norge.no/vocabulary/quality-dimension#completeness" in dimensions
    assert len(dimensions) == 2

"""All catalogues of a release say the same, in the same bytes each time, and made-up is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from rdflib import DCAT, DCTERMS, PROV, RDF, RDFS, Graph, Literal

from tests.catalogues import small
from warehouse import catalogues
from warehouse.catalogues.addresses import BadPublicAddress

if TYPE_CHECKING:
    from pathlib import Path

    from rdflib.graph import _PredicateType, _SubjectType

HERE = "https://here.example/release/"
FILES = ("datapackage.json", "dcat.ttl", "dcat.jsonld", "schema-org.jsonld")
LICENCE = {
    "https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0",
    "http://publications.europa.eu/resource/authority/licence/CC_BY_4_0": "CC BY 4.0",
}


def from_package(folder: Path) -> dict[str, Any]:
    said = json.loads((folder / "datapackage.json").read_bytes())
    return {
        "title": set(said["title"].split(" / ")),
        "description": said["description"],
        "licence": {LICENCE[known["path"]] for known in said.get("licenses", [])},
        "built": said["created"],
        "publisher": set(said["contributors"][0]["title"].split(" / ")),
        "files": {r["path"]: r["bytes"] for r in said["resources"]},
        "hashes": {r["path"]: r["hash"].removeprefix("sha256:") for r in said["resources"]},
        "attribution": {t for s in said["sources"] for t in s["attribution"].values()},
        "sources": {t for s in said["sources"] for t in s["citation"].values()},
        "keywords": set(said["keywords"]),
    }


def from_schema_org(folder: Path) -> dict[str, Any]:
    said = json.loads((folder / "schema-org.jsonld").read_bytes())
    downloads = {d["contentUrl"]: d for d in said["distribution"]}
    return {
        "title": {said["name"], said["alternateName"]},
        "description": said["description"].replace("\n\n", " / "),
        "licence": {LICENCE[said["license"]]} if "license" in said else set(),
        "built": said["datePublished"],
        "publisher": {said["publisher"]["name"], said["publisher"]["alternateName"]},
        "files": {p: int(d["contentSize"].removesuffix(" B")) for p, d in downloads.items()},
        "hashes": {p: d["sha256"] for p, d in downloads.items()},
        "attribution": {t for s in said["isBasedOn"] for t in s["creditText"].split(" / ")},
        "sources": {t for s in said["isBasedOn"] for t in s["description"].split(" / ")},
        "keywords": set(said["keywords"]),
    }


def from_dcat(folder: Path) -> dict[str, Any]:
    g = Graph().parse(folder / "dcat.ttl", publicID=HERE + "dcat.ttl")
    [dataset] = g.subjects(RDF.type, DCAT.Dataset)

    def texts(thing: _SubjectType, what: _PredicateType) -> list[str]:
        found = [t for t in g.objects(thing, what) if isinstance(t, Literal)]
        return [str(t) for t in sorted(found, key=lambda t: t.language or "", reverse=True)]

    [publisher] = g.objects(dataset, DCTERMS.publisher)
    parts = list(g.objects(dataset, DCAT.distribution))
    paths = {p: str(g.value(p, DCAT.downloadURL)).removeprefix(HERE) for p in parts}
    return {
        "title": set(texts(dataset, DCTERMS.title)),
        "description": " / ".join(texts(dataset, DCTERMS.description)),
        "licence": {LICENCE[str(known)] for known in g.objects(dataset, DCTERMS.license)},
        "built": str(g.value(dataset, DCTERMS.issued)),
        "publisher": {str(n) for n in g.objects(publisher) if isinstance(n, Literal)},
        "files": {path: int(float(str(g.value(p, DCAT.byteSize)))) for p, path in paths.items()},
        "attribution": {
            text
            for source in g.objects(dataset, PROV.wasDerivedFrom)
            for text in texts(source, DCTERMS.bibliographicCitation)
        },
        "sources": {
            text
            for statement in g.objects(dataset, DCTERMS.provenance)
            for text in texts(statement, RDFS.label)
        },
        "keywords": set(texts(dataset, DCAT.keyword)),
    }


def test_the_three_standards_agree(either: Path) -> None:
    package, schema_org, dcat = from_package(either), from_schema_org(either), from_dcat(either)
    assert schema_org == package
    assert dcat == {fact: said for fact, said in package.items() if fact != "hashes"}
    assert len(package["files"]) == 12
    assert package["built"] == small.about().built_at


def test_every_licence_and_attribution_stands_in_each(published: Path) -> None:
    for name in FILES:
        text = (published / name).read_text(encoding="utf-8")
        for words in (
            "Kilde: Nav", "Source: Statistisk sentralbyrå", "Kilde: Utdanningsdirektoratet",
            "Lisens hos kilden: NLOD", "CC BY 4.0 (second-hand statement)",
            "Utgitt under: CC BY 4.0",
        ):  # fmt: skip
            assert words in text, (name, words)


def test_made_up_figures_are_said_to_be_so_in_title_description_and_keywords(
    invented: Path,
) -> None:
    for said in (from_package(invented), from_schema_org(invented), from_dcat(invented)):
        assert any(t.startswith("OPPDIKTEDE TALL: ") for t in said["title"])
        assert any(t.startswith("MADE-UP FIGURES: ") for t in said["title"])
        assert "Ingen kilde har utgitt disse tallene" in said["description"]
        assert "No source has published these figures" in said["description"]
        assert {"OPPDIKTEDE TALL", "MADE-UP FIGURES"} <= said["keywords"]
        assert said["licence"] == set()


def test_no_source_is_named_for_made_up_figures_but_for_real_code_lists(invented: Path) -> None:
    for name in FILES:
        text = (invented / name).read_text(encoding="utf-8")
        assert "Kilde: Nav" not in text
        assert "Kilde: Utdanningsdirektoratet" not in text
        assert "Kilde: Statistisk sentralbyrå" in text  # its vintage bears the source's licence
        assert "made-up figures: no licence of the source applies" in text
        assert "fylkeskommune" not in text


def test_published_figures_are_never_called_made_up(published: Path) -> None:
    for said in (from_package(published), from_schema_org(published), from_dcat(published)):
        words = " ".join([*said["title"], said["description"], *said["keywords"]]).lower()
        assert "oppdikt" not in words
        assert "made-up" not in words
        assert "tall fra kildene" in words
        assert said["licence"] == {"CC BY 4.0"}


def test_time_covered_is_that_of_the_rows_with_a_value(tmp_path: Path) -> None:
    folder = small.write(tmp_path, values=9)
    catalogues.write(folder, small.about())
    said = json.loads((folder / "schema-org.jsonld").read_bytes())
    assert said["temporalCoverage"] == "2000-01-01/2002-01-01"


def test_a_release_without_any_value_has_no_period(tmp_path: Path) -> None:
    folder = small.write(tmp_path)
    rows = small.tables("published", 3)["indicator_value"]
    small.rewrite(folder, "indicator_value", [row | {"value": None} for row in rows])
    catalogues.write(folder, small.about())
    assert "temporalCoverage" not in json.loads((folder / "schema-org.jsonld").read_bytes())
    assert "dct:temporal" not in (folder / "dcat.ttl").read_text(encoding="utf-8")


def test_two_licences_are_not_passed_off_as_one(tmp_path: Path) -> None:
    folder = small.write(tmp_path)
    rows = small.tables("published", 3)["source_table"]
    rows[0] |= {"licence_source": "MIT", "licence_release": "MIT"}
    small.rewrite(folder, "source_table", rows)
    catalogues.write(folder, small.about())
    assert from_package(folder)["licence"] == from_dcat(folder)["licence"] == set()
    assert "Utgitt under CC BY 4.0, MIT." in (folder / "dcat.ttl").read_text(encoding="utf-8")


def test_equal_releases_give_equal_bytes_in_any_process(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from tests.catalogues import small\n"
        "from warehouse import catalogues\n"
        "folder = small.write(pathlib.Path(sys.argv[1]))\n"
        "catalogues.write(folder, small.about(arrow=True))\n"
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", code, str(tmp_path / seed)]
        subprocess.run(command, check=True, env=environment)
    first, second = (
        {p.relative_to(tmp_path / s): p.read_bytes() for p in (tmp_path / s).rglob("*.*")}
        for s in ("1", "2")
    )
    assert first == second
    assert len(first) == 22


def test_write_returns_every_file_it_wrote(tmp_path: Path) -> None:
    folder = small.write(tmp_path)
    before = set(folder.rglob("*.*"))
    written = catalogues.write(folder, small.about(arrow=True))
    assert set(written) == set(folder.rglob("*.*")) - before


@pytest.mark.parametrize(
    "base", ["releases", "ftp://host/x", "https://", "https://u:p@host/x", "https://host/x?key=1"]
)
def test_an_address_that_cannot_be_public_is_refused(tmp_path: Path, base: str) -> None:
    folder = small.write(tmp_path)
    with pytest.raises(BadPublicAddress, match="KOMPETANSE_PUBLIC_URL") as refused:
        catalogues.write(folder, small.about(base_url=base))
    assert "u:p" not in str(refused.value)


def test_the_address_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KOMPETANSE_PUBLIC_URL", raising=False)
    assert catalogues.public_url() is None
    monkeypatch.setenv("KOMPETANSE_PUBLIC_URL", "https://host/releases")
    assert catalogues.public_url() == "https://host/releases"

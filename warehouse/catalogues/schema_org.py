"""schema.org: the release as a Dataset in JSON-LD, for search engines.

The same facts as the other catalogues. schema.org texts carry no language here: bokmål is the
name, English the alternate name, and both stand in descriptions.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from warehouse.catalogues import licences
from warehouse.catalogues.data_package import MEDIA_TYPES

if TYPE_CHECKING:
    from warehouse.catalogues.about import Facts, FileFacts, IndicatorFacts, SourceFacts


def text(facts: Facts) -> str:
    """The Dataset as JSON-LD text, to be read beside the files of the release."""
    return json.dumps(dataset(facts), ensure_ascii=False, indent=1) + "\n"


def dataset(facts: Facts) -> dict[str, Any]:
    """The Dataset as one JSON object."""
    about = facts.about
    said: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": facts.addresses.thing("dataset"),
        "name": facts.title.nb,
        "alternateName": facts.title.en,
        "description": f"{facts.description.nb}\n\n{facts.description.en}",
        "identifier": about.id,
        "version": about.id,
        "datePublished": about.built_at,
        "dateModified": about.built_at,
        "inLanguage": ["nb", "en"],
        "isAccessibleForFree": True,
        "keywords": list(dict.fromkeys(w for k in facts.keywords for w in (k.nb, k.en))),
        "publisher": _publisher(facts),
        "spatialCoverage": {"@type": "Place", "name": f"{facts.county_name.nb}, Norge"},
        "usageInfo": f"{facts.rights.nb} / {facts.rights.en}",
        "creditText": f"{facts.credit.nb} / {facts.credit.en}",
        "isBasedOn": [_source(source) for source in facts.sources],
        "variableMeasured": [_variable(indicator) for indicator in facts.indicators],
        "distribution": [_download(facts, file) for file in facts.files],
    }
    if facts.licence:
        said["license"] = facts.licence.page
    if facts.first_day and facts.last_day:
        said["temporalCoverage"] = f"{facts.first_day}/{facts.last_day}"
    if facts.addresses.base:
        said["url"] = facts.addresses.file("")
    return said


def _publisher(facts: Facts) -> dict[str, Any]:
    publisher = {
        "@type": "Organization",
        "name": facts.publisher.nb,
        "alternateName": facts.publisher.en,
    }
    if "email" in facts.contact:
        publisher["email"] = facts.contact["email"]
    return publisher


def _source(source: SourceFacts) -> dict[str, Any]:
    known = licences.find(source.ours)
    said: dict[str, Any] = {
        "@type": "Dataset",
        "identifier": source.id,
        "name": source.title.nb,
        "alternateName": source.title.en,
        "description": f"{source.citation.nb} / {source.citation.en}",
        "creditText": f"{source.attribution.nb} / {source.attribution.en}",
        "usageInfo": source.theirs,
        "license": known.page if known else source.ours,
    }
    if source.page:
        said["url"] = source.page
    return said


def _variable(indicator: IndicatorFacts) -> dict[str, str]:
    return {
        "@type": "PropertyValue",
        "propertyID": indicator.id,
        "name": indicator.title.nb,
        "alternateName": indicator.title.en,
        "description": f"{indicator.definition.nb} / {indicator.definition.en}",
        "unitText": indicator.unit,
    }


def _download(facts: Facts, file: FileFacts) -> dict[str, Any]:
    said: dict[str, Any] = {
        "@type": "DataDownload",
        "name": facts.title_of(file),
        "contentUrl": facts.addresses.file(file.path),
        "contentSize": f"{file.bytes} B",
        "encodingFormat": MEDIA_TYPES.get(file.format, file.format),
        "sha256": file.sha256,
    }
    if facts.licence:
        said["license"] = facts.licence.page
    return said

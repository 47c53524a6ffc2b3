"""Catalogues of a release in open standards, all written from one set of facts.

`write` puts beside a staged release's parquet: csv/ for Norwegian Excel, arrow/ on request,
datapackage.json (Data Package v2), dcat.ttl and dcat.jsonld (DCAT-AP-NO with DQV), and
schema-org.jsonld. The catalogue tables inside the release are warehouse/catalogue.py; verifying
and publishing are warehouse/release.py.
"""

from __future__ import annotations

from warehouse.catalogues.about import Check, ReleaseAbout
from warehouse.catalogues.addresses import public_url
from warehouse.catalogues.writing import write

__all__ = ["Check", "ReleaseAbout", "public_url", "write"]

"""Frictionless Data Package: datapackage.json of version 2 that tools of version 1 read too.

`$schema` is for version 2, `profile` for version 1; both stand on the package and its resources.
The standard knows one language, so bokmål comes first and English after a slash, as in the
comments of the DuckDB file. Keys and constraints are those of warehouse/constraints.py.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from warehouse import constraints
from warehouse.catalogues import excel_csv, licences

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sources.registry import Text
    from warehouse.catalogues.about import Column, Facts, FileFacts, SourceFacts, TableFacts
    from warehouse.catalogues.licences import Licence

PROFILES = "https://datapackage.org/profiles/2.0/"
MEDIA_TYPES = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
    "arrow": "application/vnd.apache.arrow.file",
}
SCHEMA_FOR = ("parquet", "csv")
# frictionless reads a resource of format "parquet" row by row, counts no bytes of it and takes a
# blank integer for an error; by this spelling it checks size and hash, as it does for any file.
FORMATS = {"parquet": "Parquet"}


def text(facts: Facts) -> str:
    """The descriptor as JSON text; paths are relative to the release folder."""
    return json.dumps(descriptor(facts), ensure_ascii=False, indent=1) + "\n"


def descriptor(facts: Facts) -> dict[str, Any]:
    """The descriptor of the release; one resource per file."""
    about = facts.about
    package: dict[str, Any] = {
        "$schema": f"{PROFILES}datapackage.json",
        "profile": "data-package",
        "name": about.id,
        "id": facts.addresses.part("package"),
        "title": _both(facts.title),
        "description": _both(facts.description),
        "version": about.id,
        "created": about.built_at,
        "keywords": [word for keyword in facts.keywords for word in _distinct(keyword)],
        "contributors": [_publisher(facts)],
        "sources": [_source(source) for source in facts.sources],
        "rights": {"nb": facts.rights.nb, "en": facts.rights.en},
        "resources": [_resource(facts, file) for file in facts.files],
    }
    if facts.addresses.base:
        package["homepage"] = facts.addresses.file("")
    if facts.licence:
        package["licenses"] = [_licence(facts.licence)]
    return package


def _both(text: Text) -> str:
    return " / ".join(_distinct(text))


def _distinct(text: Text) -> list[str]:
    return list(dict.fromkeys((text.nb, text.en)))


def _publisher(facts: Facts) -> dict[str, Any]:
    publisher = {"title": _both(facts.publisher), "role": "publisher", "roles": ["publisher"]}
    if "email" in facts.contact:
        publisher["email"] = facts.contact["email"]
    return publisher


def _licence(licence: Licence) -> dict[str, str]:
    return {"name": licence.spdx, "path": licence.page, "title": licence.name}


def _source(source: SourceFacts) -> dict[str, Any]:
    said: dict[str, Any] = {
        "title": f"{source.id}: {_both(source.title)}",
        "attribution": {"nb": source.attribution.nb, "en": source.attribution.en},
        "citation": {"nb": source.citation.nb, "en": source.citation.en},
        "licence_source": source.theirs,
        "licence_release": source.ours,
    }
    known = licences.find(source.ours)
    if source.page:
        said["path"] = source.page
    if known:
        said["licenses"] = [_licence(known)]
    return said


def _resource(facts: Facts, file: FileFacts) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "$schema": f"{PROFILES}dataresource.json",
        "profile": "tabular-data-resource" if file.format == "csv" else "data-resource",
        "name": _name(file),
        "path": file.path,
        "title": facts.title_of(file),
        "format": FORMATS.get(file.format, file.format),
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
    }
    if file.format in MEDIA_TYPES:
        resource["mediatype"] = MEDIA_TYPES[file.format]
    if file.table:
        resource["description"] = _both(facts.tables[file.table].grain)
    if file.table and file.format in SCHEMA_FOR:
        resource["schema"] = _schema(facts.tables[file.table], file)
    if file.format == "csv":
        resource["type"] = "table"
        resource["encoding"] = "utf-8"
        resource["dialect"] = {
            "delimiter": excel_csv.SEPARATOR,
            "lineTerminator": excel_csv.LINE_END,
            "quoteChar": '"',
            "doubleQuote": True,
            "header": True,
        }
    return resource


def _name(file: FileFacts) -> str:
    """Name of a resource; parquet comes first, so its name is the table's own."""
    return file.stem if file.format == "parquet" else f"{file.stem}_{file.format}"


def _schema(table: TableFacts, file: FileFacts) -> dict[str, Any]:
    columns = [c for c in table.columns if file.columns is None or c.name in file.columns]
    rules = constraints.of(table.name, [column.name for column in columns])
    key = rules.get("key", ())
    never_blank = {*key, *rules.get("required", ())}
    schema: dict[str, Any] = {
        "$schema": f"{PROFILES}tableschema.json",
        "fields": [_field(column, file.format, never_blank, rules) for column in columns],
        "missingValues": [""],
    }
    if key:
        schema["primaryKey"] = list(key)
    if "refers" in rules:
        schema["foreignKeys"] = [_reference(r, file.format) for r in rules["refers"]]
    return schema


def _reference(rule: Mapping[str, Any], kind: str) -> dict[str, Any]:
    resource = rule["table"] if kind == "parquet" else f"{rule['table']}_{kind}"
    return {
        "fields": rule["columns"],
        "reference": {"resource": resource, "fields": rule["their"]},
    }


def _field(
    column: Column, kind: str, never_blank: set[str], rules: Mapping[str, Any]
) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "title": column.name,
        "description": _both(column.comment),
    }
    constraints: dict[str, Any] = {}
    if column.name in never_blank:
        constraints["required"] = True
    if column.name in rules.get("values", {}):
        constraints["enum"] = rules["values"][column.name]
    if constraints:
        field["constraints"] = constraints
    if kind == "csv" and column.type == "number":
        field["decimalChar"] = ","
    if kind == "csv" and column.type == "boolean":
        field |= {"trueValues": [excel_csv.TRUE], "falseValues": [excel_csv.FALSE]}
    return field

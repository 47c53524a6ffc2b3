"""datapackage.json is a valid Data Package of version 2, readable by version 1, and true."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import frictionless
import pytest

from tests.catalogues import small
from warehouse import catalogues
from warehouse.catalogues import described, facts

if TYPE_CHECKING:
    from pathlib import Path


def package(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "datapackage.json").read_bytes())
    return found


def problems(folder: Path, name: str = "datapackage.json") -> list[str]:
    report = frictionless.validate(str(folder / name))
    errors = [*report.errors, *(e for task in report.tasks for e in task.errors)]
    return [error.message for error in errors]


def resource(folder: Path, name: str) -> dict[str, Any]:
    [found] = [r for r in package(folder)["resources"] if r["name"] == name]
    return dict(found)


def test_frictionless_finds_the_package_valid(either: Path) -> None:
    assert problems(either) == []


def test_it_declares_version_2_and_is_valid_as_version_1_too(published: Path) -> None:
    said = package(published)
    assert said["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert said["profile"] == "data-package"

    def without_schema(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: without_schema(v) for k, v in value.items() if k != "$schema"}
        return [without_schema(v) for v in value] if isinstance(value, list) else value

    (published / "old.json").write_text(json.dumps(without_schema(said)), encoding="utf-8")
    assert problems(published, "old.json") == []


def test_every_parquet_and_csv_file_is_a_resource_with_a_schema(published: Path) -> None:
    found = {r["path"]: r for r in package(published)["resources"]}
    files = [p for kind in ("parquet", "csv") for p in (published / kind).iterdir()]
    assert set(found) == {p.relative_to(published).as_posix() for p in files}
    for path, said in found.items():
        assert said["bytes"] == (published / path).stat().st_size
        assert all(f["description"].count(" / ") >= 1 for f in said["schema"]["fields"])


@pytest.mark.parametrize("path", ["parquet/region.parquet", "csv/region.csv"])
def test_a_changed_file_is_found(published: Path, path: str) -> None:
    changed = bytearray((published / path).read_bytes())
    changed[-1] ^= 1
    (published / path).write_bytes(bytes(changed))
    assert any("hash" in p or "expected is" in p for p in problems(published))


@pytest.mark.parametrize(
    ("table", "old", "new", "complaint"),
    [
        ("indicator_value-higher_education", ";Q;", ";X;", "enum"),
        ("indicator_value-higher_education", ";5001;", ";0301;", "primary key"),
        ("indicator_breakdown", "higher_education;", "gone;", "foreign key"),
        ("source_table", "Kilde: Nav", "", "required"),
    ],
)
def test_keys_and_constraints_are_enforced(
    published: Path, table: str, old: str, new: str, complaint: str
) -> None:
    path = published / "csv" / f"{table}.csv"
    text = path.read_bytes().decode("utf-8")
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())
    assert any(complaint.lower() in p.lower() for p in problems(published))


def test_rows_read_through_the_package_have_their_types(published: Path) -> None:
    read = frictionless.Package(str(published / "datapackage.json"))
    first = read.get_resource("indicator_value-higher_education_csv").read_rows()[0]
    assert float(first["value"]) == -8.0959
    assert first["series_break"] is False
    assert str(first["reference_date"]) == "2000-01-01"


def test_keys_name_columns_that_the_schema_has(published: Path) -> None:
    key = resource(published, "indicator_value")["schema"]["primaryKey"]
    assert key == ["indicator_id", "region_set", "region_id", "period", "age", "sex"]
    for said in package(published)["resources"]:
        names = {f["name"] for f in said["schema"]["fields"]}
        assert set(said["schema"].get("primaryKey", [])) <= names


def test_missing_and_undescribed_tables_stop_the_catalogue(tmp_path: Path) -> None:
    folder = small.write(tmp_path)
    (folder / "parquet" / "vintage.parquet").rename(folder / "parquet" / "secret.parquet")
    with pytest.raises(facts.NotARelease, match="vintage"):
        catalogues.write(folder, small.about())
    small.write(tmp_path)
    with pytest.raises(described.UndescribedTable, match="secret"):
        catalogues.write(folder, small.about())


def test_the_catalogue_of_a_whole_release_is_valid(made_up_release: Path, tmp_path: Path) -> None:
    """Every row of every table but the longest, of whose files the first rows are read."""
    folder = linked(made_up_release, tmp_path)
    about = small.about(id=made_up_release.name, label=small.MADE_UP_LABEL, data_origin="made_up")
    catalogues.write(folder, about)
    read = frictionless.Package(str(folder / "datapackage.json"))
    for each in read.resources:
        limit = 200 if each.name.startswith("indicator_value-") else None
        report = each.validate(limit_rows=limit) if limit else each.validate()
        counts = ("hash-count", "byte-count") if limit else ()
        wrong = [e.message for t in report.tasks for e in t.errors if e.type not in counts]
        assert wrong == [], each.name


def linked(release: Path, folder: Path) -> Path:
    (folder / "parquet").symlink_to(release / "parquet", target_is_directory=True)
    (folder / "kompetanse.duckdb").symlink_to(release / "kompetanse.duckdb")
    return folder

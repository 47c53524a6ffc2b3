"""A release is complete or absent, says what it is in every row and file, and can be trusted."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.warehouse.same_content import contents
from warehouse import database, definition, mart, parquet, publish, release, staging
from warehouse.workspace import MADE_UP, PUBLISHED, Workspace

TABLES = {
    "indicator_value", "indicator", "indicator_breakdown", "indicator_break", "region",
    "region_membership",
    "municipality_change", "municipality_crosswalk", "commuting_flow", "source_table", "vintage",
    "indicator_value_history", "release_log", "correction", "decision_calendar", *mart.load(),
}  # fmt: skip


@pytest.fixture
def workspace(made_up_root: Path, tmp_path: Path) -> Workspace:
    """A data root with the work files of a finished refresh, and no release."""
    shutil.copytree(made_up_root / "work", tmp_path / "work")
    return Workspace("trondelag", MADE_UP, tmp_path)


def test_a_release_holds_every_table_in_parquet_and_duckdb(made_up_release: Path) -> None:
    manifest = release.verify(made_up_release)
    assert set(manifest["tables"]) == TABLES
    with duckdb.connect(str(made_up_release / release.DATABASE), read_only=True) as connection:
        for table, rows in manifest["tables"].items():
            counted = connection.execute(f"select count(*) from {table}").fetchall()[0][0]
            assert counted == rows == pq.read_metadata(
                made_up_release / "parquet" / f"{table}.parquet"
            ).num_rows  # fmt: skip


def test_every_table_and_column_has_a_comment_in_both_languages(made_up_release: Path) -> None:
    with duckdb.connect(str(made_up_release / release.DATABASE), read_only=True) as connection:
        tables = connection.execute(
            "select table_name, comment from duckdb_tables() where not internal"
        ).fetchall()
        columns = connection.execute(
            "select table_name, column_name, comment from duckdb_columns() "
            "where table_name in (select table_name from duckdb_tables() where not internal)"
        ).fetchall()
        views = connection.execute(
            "select view_name, comment from duckdb_views() where not internal"
        ).fetchall()
    assert {name for name, _ in tables} == TABLES
    assert {name for name, _ in views} == set(database.VIEWS)
    silent = [row for row in [*tables, *columns, *views] if " / " not in (row[-1] or "")]
    assert silent == []


def test_made_up_figures_are_labelled_in_every_row_and_file(made_up_release: Path) -> None:
    assert made_up_release.name.startswith("demo-")
    for path in (made_up_release / "parquet").iterdir():
        about = json.loads(pq.read_schema(path).metadata[b"kompetanse"])
        assert about["data_origin"] == "made_up"
        assert "OPPDIKTEDE TALL" in about["label"]
    for table in ("indicator_value", "commuting_flow"):
        rows = parquet.read(made_up_release / "parquet" / f"{table}.parquet")
        assert rows["data_origin"].unique().to_pylist() == ["made_up"]
    vintages = parquet.read(made_up_release / "parquet" / "vintage.parquet")
    assert vintages["fidelity"].unique().to_pylist() == ["made_up"]


def test_the_catalogue_stands_in_the_file_metadata(made_up_release: Path) -> None:
    path = made_up_release / "parquet" / "indicator_value.parquet"
    about = json.loads(pq.read_schema(path).metadata[b"kompetanse"])
    assert about["columns"]["value"]["nb"]
    assert "Kilde: Statistisk sentralbyrå" in about["attribution"]
    metadata = pq.read_metadata(path)
    assert metadata.row_group(0).column(0).compression == "ZSTD"


def test_a_blank_always_has_a_reason_and_a_value_never(made_up_release: Path) -> None:
    file = made_up_release / "parquet" / "indicator_value.parquet"
    wrong = duckdb.execute(
        "select count(*) from read_parquet(?) where (value is null) <> (reason is not null) "
        "or (reason is not null and (reason_nb is null or reason_en is null))",
        [str(file)],
    ).fetchall()
    assert wrong == [(0,)]


def test_the_same_work_gives_the_same_bytes_and_the_same_release(
    workspace: Workspace, made_up_release: Path
) -> None:
    staging.stage(workspace)
    published = publish.publish(workspace)
    assert published.name == made_up_release.name
    for path in (published / "parquet").iterdir():
        assert path.read_bytes() == (made_up_release / "parquet" / path.name).read_bytes()
    built, other = (contents(folder / release.DATABASE) for folder in (published, made_up_release))
    assert built == other
    assert {*TABLES, *database.VIEWS, *database.MACROS} <= set(built)
    staging.stage(workspace)
    assert publish.publish(workspace) == published == release.current(workspace)
    assert not release.staging(workspace).exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("parquet/region.parquet", "parquet/region.parquet: hash"),
        ("kompetanse.duckdb", "kompetanse.duckdb: hash"),
        ("manifest.json", "no readable manifest.json"),
    ],
)
def test_a_damaged_release_is_not_published(workspace: Workspace, file: str, says: str) -> None:
    staging.stage(workspace)
    first = publish.publish(workspace)
    folder = staging.stage(workspace)
    (folder / file).write_bytes(b"damaged")
    with pytest.raises(release.BrokenRelease, match=says):
        publish.publish(workspace)
    assert release.current(workspace) == first
    release.verify(first)


def test_made_up_figures_cannot_stand_beside_published_ones(workspace: Workspace) -> None:
    path = workspace.work / "raw" / "ssb" / "09429.noted.json"
    noted = json.loads(path.read_bytes())
    noted["vintages"][0]["fidelity"] = "genuine"
    path.write_text(json.dumps(noted), encoding="utf-8")
    with pytest.raises(staging.MixedFigures, match="would mix made-up and published"):
        staging.stage(workspace)
    published = Workspace("trondelag", PUBLISHED, workspace.root)
    shutil.move(workspace.work, published.work)
    with pytest.raises(staging.MixedFigures):
        staging.stage(published)
    assert release.current(workspace) is None


def test_without_symbolic_links_a_pointer_file_is_used(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "symbolic links are not allowed here")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    staging.stage(workspace)
    published = publish.publish(workspace)
    assert release.current(workspace) == published
    assert (workspace.releases / "current-demo-trondelag").is_file()


@pytest.mark.slow
def test_earlier_releases_stay_when_figures_change(workspace: Workspace) -> None:
    staging.stage(workspace)
    first = publish.publish(workspace)
    path = workspace.step("indicators", "population")
    values = parquet.read(path)
    parquet.write(values.slice(0, values.num_rows - 1), path)
    staging.stage(workspace)
    second = publish.publish(workspace)
    assert first != second
    assert release.current(workspace) == second
    release.verify(first)
    # The first figures again are a release of their own, which knows of the two before.
    parquet.write(values, path)
    staging.stage(workspace)
    third = publish.publish(workspace)
    assert third not in (first, second)
    log = parquet.read(third / "parquet" / "release_log.parquet")
    assert log["release_id"].to_pylist() == [first.name, second.name, third.name]
    for file in ("indicator_value", "indicator", "vintage"):
        one, other = (folder / "parquet" / f"{file}.parquet" for folder in (first, third))
        assert one.read_bytes() == other.read_bytes()


def test_parquet_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.parquet"
    parquet.write(pa.table({"a": [1]}), path)
    before = path.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    with pytest.raises(OSError, match="No space left"):
        parquet.write(pa.table({"a": [2]}), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_every_comment_belongs_to_a_column_that_exists(made_up_release: Path) -> None:
    breakdowns = set(definition.breakdown_names(definition.load()))
    for table, about in database.comments().items():
        if table == "breakdown":
            continue
        names = set(pq.read_schema(made_up_release / "parquet" / f"{table}.parquet").names)
        assert set(about["columns"]) == names - (
            breakdowns if table in database.WITH_BREAKDOWNS else set()
        )

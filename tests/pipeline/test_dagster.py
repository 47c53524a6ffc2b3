"""Dagster: the same assets on the page and on the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from pipeline.definitions import ASSETS, CHECKS, defs
from pipeline.run import dagster_home
from sources import registry
from warehouse import definition
from warehouse.workspace import PROJECT

if TYPE_CHECKING:
    from pathlib import Path


def specs() -> list[dg.AssetSpec]:
    return [spec for asset in ASSETS for spec in asset.specs]


def test_the_code_location_is_valid(tmp_path: Path) -> None:
    dagster_home(tmp_path)
    ran = subprocess.run(
        [sys.executable, "-m", "dagster", "definitions", "validate", "-w", "workspace.yaml"],
        cwd=PROJECT,
        env=os.environ | {"DAGSTER_HOME": str(tmp_path / "dagster")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "successful" in ran.stdout + ran.stderr


def test_every_asset_says_what_it_is() -> None:
    for spec in specs():
        assert spec.owners == ["team:statistikkutvalg"], spec.key
        assert spec.kinds, spec.key
        assert len((spec.description or "").split("\n\n")) >= 2, spec.key  # English and bokmål


def test_every_indicator_and_source_is_an_asset_without_being_listed() -> None:
    keys = {spec.key.to_user_string() for spec in specs()}
    assert {f"indicator/{i}" for i in definition.load()} <= keys
    used = [t.id for t in registry.load().values() if t.use in ("indicator", "geography")]
    assert {f"raw/{table}" for table in used} <= keys


def test_every_gate_is_blocking() -> None:
    blocking = {
        key.name for check in CHECKS for key in check.check_keys
        if check.get_spec_for_check_key(key).blocking
    }  # fmt: skip
    assert blocking == {
        "raw_contract", "conformed_contract", "indicator_contract", "mart_contract",
        "release_contract",
    }  # fmt: skip


def test_telemetry_is_off(tmp_path: Path) -> None:
    home = dagster_home(tmp_path)
    assert "telemetry:\n  enabled: false" in (home / "dagster.yaml").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_job_of_the_page_gives_the_release_of_the_command_line(
    made_up_root: Path, made_up_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "archive").symlink_to(made_up_root / "archive", target_is_directory=True)
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path))
    monkeypatch.setenv("KOMPETANSE_COUNTY", "trondelag")
    monkeypatch.setenv("KOMPETANSE_FIGURES", "made_up")
    result = defs.resolve_job_def("refresh").execute_in_process(raise_on_error=False)
    assert result.success
    current = (tmp_path / "releases" / "current-demo-trondelag").resolve()
    assert current.name == made_up_release.name
    staged = result.asset_materializations_for_node("indicator__employment_rate_15_74")[0]
    assert staged.metadata["dagster/row_count"].value > 0
    assert "OPPDIKTEDE TALL" in str(staged.metadata["figures are"].value)
    assert "data:image/svg+xml" in str(staged.metadata["plot"].value)
    preview = staged.metadata["preview"]
    assert isinstance(preview, dg.TableMetadataValue)
    assert {record.data["region_set"] for record in preview.records} == {"county", "country"}

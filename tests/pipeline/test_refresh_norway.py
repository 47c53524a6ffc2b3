"""A refresh from every service with answers for all of Norway: all tables, then nothing to do.

Here the centrality classes have figures too, since they hold municipalities of the whole country.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from pipeline.cli import main
from sources import made_up
from tests.services.world import world
from warehouse import centrality

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_all_tables_come_without_a_warning_and_then_nothing_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path / "root"))
    made_up.write(tmp_path / "answers", counties=None)
    with world(tmp_path / "answers", monkeypatch) as services:
        assert main(["pull", "--table", centrality.TABLE]) == 0
        assert main(["refresh", "--county", "trondelag", "--at-any-time"]) == 0
        first = capsys.readouterr().err
        assert main(["refresh", "--county", "trondelag", "--at-any-time"]) == 0
        assert services.complaints == []
    assert "quarantined" not in first
    assert "failed" not in first
    assert "nothing was worked out" in capsys.readouterr().err
    assert people(tmp_path / "root", "centrality") == people(tmp_path / "root", "country") > 0


def people(root: Path, region_set: str) -> float:
    """All persons of the newest year, over the regions of a set."""
    file = (root / "releases" / "current-trondelag").resolve() / "kompetanse.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute(
            "select sum(value) from headline_value "
            "where indicator_id = 'population' and region_set = ?",
            [region_set],
        ).fetchone()
    assert found is not None
    return float(found[0])

"""A refresh from every service with answers for all of Norway: all tables, then nothing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline.cli import main
from sources import made_up
from tests.services.world import world

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_all_tables_come_without_a_warning_and_then_nothing_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path / "root"))
    made_up.write(tmp_path / "answers", counties=None)
    with world(tmp_path / "answers", monkeypatch) as services:
        assert main(["refresh", "--county", "trondelag", "--at-any-time"]) == 0
        first = capsys.readouterr().err
        assert main(["refresh", "--county", "trondelag", "--at-any-time"]) == 0
        assert services.complaints == []
    assert "quarantined" not in first
    assert "failed" not in first
    assert "nothing was worked out" in capsys.readouterr().err

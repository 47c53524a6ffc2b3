"""`kompetanse releases`, `rollback`, `verify`, `pin`, `unpin`, `prune`: what they print and do."""

from __future__ import annotations

import argparse
import base64
import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from pipeline import release_commands
from sources.model import KompetanseError
from tests.crash import small
from warehouse import publish, release, signature
from warehouse.workspace import MADE_UP, PUBLISHED, Workspace

if TYPE_CHECKING:
    from pathlib import Path

Ask = Callable[..., int]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """The commands on a data root with two made-up releases and one of another county."""
    monkeypatch.setenv("KOMPETANSE_DATA", str(tmp_path))
    monkeypatch.setenv(signature.KEY_VARIABLE, base64.b64encode(bytes(32)).decode())
    for number in (1, 2):
        small.stage(trondelag(tmp_path), number)
        publish.publish(trondelag(tmp_path))
    other = Workspace("telemark", PUBLISHED, tmp_path)
    small.stage(other, 3)
    publish.publish(other)
    parser = argparse.ArgumentParser()
    release_commands.add(parser.add_subparsers(required=True))

    def run(*words: str) -> int:
        parsed = parser.parse_args(words)
        module, function = parsed.run.split(":")
        assert module == "release_commands"
        return int(getattr(release_commands, function)(parsed))

    return run


def trondelag(root: Path) -> Workspace:
    return Workspace("trondelag", MADE_UP, root)


FIRST, SECOND = (small.name_of(Workspace("trondelag", MADE_UP), n) for n in (1, 2))
OTHER = small.name_of(Workspace("telemark"), 3)


def test_releases_says_what_each_is(
    ask: Ask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask("pin", FIRST, "--because", "vedtak", "--by", "Kari")
    damaged = tmp_path / "releases" / OTHER / release.DATABASE
    damaged.chmod(0o600)
    damaged.write_bytes(b"half")
    capsys.readouterr()
    assert ask("releases") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    first, second, other = (
        next(line for line in lines if name in line) for name in (FIRST, SECOND, OTHER)
    )
    assert first.startswith("  ")
    assert first.endswith("MADE-UP FIGURES         whole   previous, pinned")
    assert second.startswith("* ")
    assert second.endswith("MADE-UP FIGURES         whole   current")
    assert other.endswith("figures of the sources  BROKEN  current")
    assert ask("releases", "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["release"]: row["verdict"] for row in rows} == {
        FIRST: "whole", SECOND: "whole", OTHER: "BROKEN",
    }  # fmt: skip


def test_rollback_and_the_way_back(
    ask: Ask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask("rollback", "--made-up", "--because", "feil") == 0
    said = capsys.readouterr().out
    assert f"{FIRST} is current again." in said
    assert f"kompetanse rollback {SECOND}" in said
    assert "no refresh makes it current again" in said
    assert publish.log(trondelag(tmp_path))[-1].because == "feil"
    ask("releases")
    assert "rolled back from" in capsys.readouterr().out
    assert ask("rollback", SECOND, "--by", "Ola") == 0
    assert "no refresh makes it current again" not in capsys.readouterr().out
    current = release.current(trondelag(tmp_path))
    assert current is not None
    assert current.name == SECOND
    with pytest.raises(KompetanseError, match="no earlier release"):
        ask("rollback", "--county", "telemark")
    with pytest.raises(KompetanseError, match=f"is not the name of a release.*{OTHER}"):
        ask("rollback", "yesterday")


def test_verify_one_or_all(ask: Ask, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = signature.key_from_environment()
    assert key is not None
    file = tmp_path / "county.pub"
    file.write_text(signature.public_key(key), encoding="utf-8")
    assert ask("verify", "--made-up", "--public-key", str(file)) == 0
    said = capsys.readouterr().out
    assert f"{SECOND}: 3 files, all as published, signed (" in said
    assert ask("verify") == 0  # the county has made-up figures only
    assert SECOND in capsys.readouterr().out
    assert ask("verify", "--all", "--public-key", signature.public_key(key)) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    damaged = tmp_path / "releases" / FIRST / "parquet" / "value.parquet"
    damaged.chmod(0o600)
    damaged.write_bytes(b"half")
    assert ask("verify", "--all") == 1
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 2
    assert "parquet/value.parquet: hash" in printed.err
    assert ask("verify", FIRST) == 1
    assert ask("verify", SECOND) == 0


def test_prune_names_and_removes_only_when_told(
    ask: Ask, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    small.stage(trondelag(tmp_path), 4)
    publish.publish(trondelag(tmp_path))
    assert ask("prune", "--made-up") == 0
    assert capsys.readouterr().out.startswith("0 releases")
    assert ask("prune", "--made-up", "--keep", "1", "--days", "0", "--remove") == 0
    assert capsys.readouterr().out.startswith("0 releases")  # current less than an hour ago
    in_two_hours = time.time() + 7200
    monkeypatch.setattr("time.time", lambda: in_two_hours)
    assert ask("prune", "--made-up", "--keep", "1", "--days", "0") == 0
    assert FIRST in capsys.readouterr().out
    assert (tmp_path / "releases" / FIRST).exists()
    assert ask("prune", "--made-up", "--keep", "1", "--days", "0", "--remove") == 0
    assert not (tmp_path / "releases" / FIRST).exists()
    with pytest.raises(KompetanseError, match="At least 1 release"):
        ask("prune", "--made-up", "--keep", "0")


def test_pin_needs_a_reason_and_a_release(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        ask("pin", FIRST)
    assert "--because" in capsys.readouterr().err
    with pytest.raises(KompetanseError, match="There is no release"):
        ask("pin", FIRST.replace("0001", "0009"), "--because", "vedtak")
    assert ask("pin", FIRST, "--because", "vedtak") == 0
    assert ask("unpin", FIRST, "--because", "nytt vedtak") == 0


def test_the_commands_load_nothing_heavy() -> None:
    code = "import sys, pipeline.release_commands as m; print(sorted(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"duckdb", "pyarrow", "cryptography", "dagster"} & set(
        ran.stdout.replace("'", "").strip("[]\n").split(", ")
    )

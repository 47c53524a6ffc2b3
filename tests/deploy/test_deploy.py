"""The deployment files: read by those who know their form, and safe by default."""

from __future__ import annotations

import re
import shlex
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from pipeline import ready_command
from sources.http.fetch import CONTACT
from warehouse import signature, store
from warehouse.workspace import COUNTY_VARIABLE, DATA_VARIABLE, FIGURES_VARIABLE, PROJECT, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEPLOY = PROJECT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def example() -> dict[str, str]:
    """Settings of the example, those behind a # too."""
    lines = (DEPLOY / "kompetanse.env.example").read_text().splitlines()
    pairs = [re.fullmatch(r"#?([A-Z_]+)=(.*)", line) for line in lines]
    return {pair[1]: pair[2] for pair in pairs if pair}


def commands() -> Iterator[str]:
    for service in compose()["services"].values():
        command = service.get("command")
        if command:
            yield " ".join(command)
    for unit in UNITS:
        yield from re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)
    yield from re.findall(r"`([^`]*webserver[^`]*)`", (DEPLOY / "windows.md").read_text())


def test_every_web_page_that_is_started_is_read_only() -> None:
    pages = [c for c in commands() if "webserver" in c]
    assert len(pages) == 3
    assert [c for c in pages if "--read-only" not in shlex.split(c, posix=False)] == []


def test_the_page_is_published_on_this_machine_alone() -> None:
    ports = [p for s in compose()["services"].values() for p in s.get("ports", [])]
    assert ports == ["127.0.0.1:3000:3000"]


def test_the_database_and_the_page_reach_no_source() -> None:
    document = compose()
    reach = {name for name, s in document["services"].items() if "sources" in s["networks"]}
    assert reach == {"code", "daemon"}
    assert document["networks"]["inside"] == {"internal": True}


def test_dagster_reads_its_settings(tmp_path: Path) -> None:
    from dagster._core.instance.config import dagster_instance_config

    shutil.copy(DEPLOY / "dagster.yaml", tmp_path)
    settings, _ = dagster_instance_config(str(tmp_path))
    limits = settings["run_coordinator"]["config"]["tag_concurrency_limits"]
    assert [(limit["key"], limit["limit"]) for limit in limits] == [("county", 1)]


def test_every_variable_of_dagsters_settings_is_in_the_example() -> None:
    named = set(re.findall(r"env: ([A-Z_]+)", (DEPLOY / "dagster.yaml").read_text()))
    assert named
    assert named <= set(example())


def test_the_example_holds_no_secret() -> None:
    secret = {k: v for k, v in example().items() if re.search("PASSWORD|SECRET|KEY", k)}
    assert len(secret) > 3
    assert set(secret.values()) == {""}


def test_the_example_names_variables_that_the_project_reads() -> None:
    read = {COUNTY_VARIABLE, FIGURES_VARIABLE, CONTACT, store.VARIABLE, signature.KEY_VARIABLE}
    assert read <= set(example())


def test_helm_values_hold_no_secret_and_start_a_read_only_page() -> None:
    text = (DEPLOY / "helm-values.yaml").read_text()
    values = yaml.safe_load(text)
    assert values["dagsterWebserver"]["enableReadOnly"] is True
    assert not re.search(r"(?i)password: *\S|secret_?key: *\S", text)


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_units_start_what_is_there(unit: Path) -> None:
    text = unit.read_text()
    assert "NoNewPrivileges=true" in text
    for after in re.findall(r"^(?:After|Requires)=(kompetanse-\S+)$", text, re.MULTILINE):
        assert (unit.parent / after).exists()


def test_the_image_checks_before_it_starts() -> None:
    docker = (DEPLOY / "Dockerfile").read_text()
    assert "kompetanse ready && exec dagster code-server" in docker
    assert "--require-hashes" in docker
    assert re.search(r"^USER kompetanse$", docker, re.MULTILINE)


def test_the_lock_of_servers_agrees_with_the_projects_own() -> None:
    def pins(path: Path) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for name, pin in re.findall(
            r"^([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", path.read_text(), re.MULTILINE
        ):
            found.setdefault(name, set()).add(pin)
        return found

    ours, servers = pins(PROJECT / "requirements.lock"), pins(DEPLOY / "requirements.lock")
    assert {n: (v, ours[n]) for n, v in servers.items() if n in ours and v != ours[n]} == {}
    assert {"dagster-postgres", "psycopg", "hatchling"} <= set(servers)
    assert not {"pytest", "mypy"} & set(servers)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (store.VARIABLE, "DAGSTER_HOME", "KOMPETANSE_EXECUTOR", COUNTY_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    return tmp_path


def states() -> dict[str, str]:
    return {f.what: f.state for f in ready_command.findings(Workspace.from_environment())}


def test_ready_on_a_bare_machine_misses_nothing(bare: Path) -> None:
    assert ready_command.MISSING not in states().values()
    assert not list((bare / "data").iterdir())


def test_ready_tells_everything_that_is_missing_at_once(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(COUNTY_VARIABLE, "nowhere")
    monkeypatch.setenv("KOMPETANSE_EXECUTOR", "magic")
    monkeypatch.setenv(store.VARIABLE, "no address")
    monkeypatch.setenv(signature.KEY_VARIABLE, "not a key")
    (bare / "home").mkdir()
    (bare / "home" / "dagster.yaml").write_text("storage: {sqlite: {base_dir: {env: NOT_SET}}}\n")
    monkeypatch.setenv("DAGSTER_HOME", str(bare / "home"))

    missing = {what for what, state in states().items() if state == ready_command.MISSING}
    assert missing == {"county", "executor", "storage", "signature", "Dagster"}
    assert ready_command.ready(None) == 1  # type: ignore[arg-type]
    said = capsys.readouterr().out
    assert "5 missing" in said
    assert "not a key" not in said

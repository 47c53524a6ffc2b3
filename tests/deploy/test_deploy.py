"""The deployment files: read by those who know their form, and safe by default."""

from __future__ import annotations

import ipaddress
import re
import shlex
import shutil
import socket
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from pipeline import cli, jobs, ready_command
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
    # compose, systemd and Windows; the chart's is below.
    assert len(pages) == 3
    assert [c for c in pages if "--read-only" not in shlex.split(c, posix=False)] == []


def test_the_page_is_published_on_this_machine_alone() -> None:
    ports = [p for s in compose()["services"].values() for p in s.get("ports", [])]
    assert ports == ["127.0.0.1:3000:3000"]


def test_no_proxy_leads_to_another_page() -> None:
    """What is let in by the county's sign-in is the page that test above looks at."""
    text = (DEPLOY / "proxy" / "nginx.conf").read_text()
    ports = set(re.findall(r"proxy_pass +http://127\.0\.0\.1:(\d+)", text))
    assert ports == {"3000", "4180"}
    assert len(re.findall(r"auth_request +/oauth2/auth;", text)) == 1


def test_what_works_out_figures_by_the_machines_own_clock_has_no_network() -> None:
    pull, refresh = (
        (DEPLOY / "systemd" / f"kompetanse-{name}.service").read_text()
        for name in ("pull", "refresh")
    )
    assert re.search(r"^PrivateNetwork=true$", refresh, re.MULTILINE)
    (command,) = re.findall(r"^ExecStart=\S+/kompetanse (.*)$", refresh, re.MULTILINE)
    assert cli.parser().parse_args(shlex.split(command)).offline is True
    assert "OnSuccess=kompetanse-refresh.service" in pull
    assert "PrivateNetwork" not in pull


def test_runs_that_do_not_ask_the_sources_reach_nothing_outside_the_cluster() -> None:
    policy = yaml.safe_load((DEPLOY / "network-policy.yaml").read_text())
    assert policy["spec"]["policyTypes"] == ["Egress"]
    assert policy["spec"]["podSelector"]["matchExpressions"] == [
        {"key": "dagster/job", "operator": "Exists"},
        {"key": "dagster/job", "operator": "NotIn", "values": [jobs.pull.name]},
    ]
    reached = [to for rule in policy["spec"]["egress"] for to in rule["to"]]
    blocks = [to["ipBlock"]["cidr"] for to in reached if "ipBlock" in to]
    assert [ipaddress.ip_network(block).num_addresses for block in blocks] == [1]
    assert len(reached) == 3


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
    own = ("KOMPETANSE_EXECUTOR", "KOMPETANSE_DASK", COUNTY_VARIABLE)
    for name in (store.VARIABLE, "DAGSTER_HOME", *own):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    return tmp_path


def states() -> dict[str, str]:
    return {f.what: f.state for f in ready_command.findings(Workspace.from_environment())}


def test_ready_on_a_bare_machine_misses_nothing(bare: Path) -> None:
    assert ready_command.MISSING not in states().values()
    assert not list((bare / "data").iterdir())


def said(what: str) -> tuple[str, str]:
    """State and words of one finding."""
    (found,) = [f for f in ready_command.findings(Workspace.from_environment()) if f.what == what]
    return found.state, found.said


def test_ready_says_that_the_data_root_cannot_be_written(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bare / "file").touch()
    monkeypatch.setenv(DATA_VARIABLE, str(bare / "file" / "data"))
    state, words = said("data root")
    assert state == ready_command.MISSING
    assert f"{bare / 'file' / 'data'} cannot be written" in words
    assert f"set {DATA_VARIABLE}" in words


def test_ready_says_that_the_library_of_dagsters_database_is_not_installed(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = "storage: {custom: {module: no_such_database, class: Storage, config: {}}}"
    (bare / "dagster.yaml").write_text(storage)
    monkeypatch.setenv("DAGSTER_HOME", str(bare))
    state, words = said("Dagster")
    assert state == ready_command.MISSING
    assert "no_such_database" in words


def test_ready_asks_the_scheduler_of_dask(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOMPETANSE_EXECUTOR", "dask")
    assert said("executor") == (ready_command.GOOD, "dask, with workers on this machine")
    with socket.create_server(("127.0.0.1", 0)) as scheduler:
        address = f"tcp://127.0.0.1:{scheduler.getsockname()[1]}"
        monkeypatch.setenv("KOMPETANSE_DASK", address)
        assert said("executor")[0] == ready_command.GOOD
    assert said("executor")[0] == ready_command.MISSING
    assert address in said("executor")[1]
    monkeypatch.setenv("KOMPETANSE_DASK", "scheduler")
    assert said("executor")[0] == ready_command.MISSING


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

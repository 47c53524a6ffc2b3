"""The Dagster page as a process of its own, and what it says of itself over GraphQL."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from pipeline.run import HOME_VARIABLE
from warehouse.workspace import COUNTY_VARIABLE, DATA_VARIABLE, FIGURES_VARIABLE, PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

PATIENCE = 240.0
OURS = {"repositoryName": "__repository__", "repositoryLocationName": "kompetanse"}
LOCATIONS = """
query { repositoriesOrError { ... on RepositoryConnection { nodes { name } } } }
"""
ENDED = ("SUCCESS", "FAILURE", "CANCELED")
RUNS = """
query($filter: RunsFilter) {
  runsOrError(filter: $filter) {
    ... on Runs { results { runId jobName status tags { key value } } }
  }
}
"""
LAUNCH = """
mutation($params: ExecutionParams!) {
  launchPipelineExecution(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}
"""
CHECK = """
query($asset: AssetKeyInput!, $name: String!) {
  assetCheckExecutions(assetKey: $asset, checkName: $name, limit: 1) {
    status runId evaluation { success severity description
      metadataEntries { label ... on TableMetadataEntry { table { records } } } }
  }
}
"""
MATERIALIZED = """
query($asset: AssetKeyInput!) {
  assetNodeOrError(assetKey: $asset) {
    ... on AssetNode {
      groupName kinds tags { key value }
      assetMaterializations(limit: 1) {
        metadataEntries {
          label
          ... on TextMetadataEntry { text }
          ... on MarkdownMetadataEntry { mdStr }
          ... on TableMetadataEntry { table { schema { columns { name description } } } }
        }
      }
    }
  }
}
"""
SCHEDULES = """
query($repository: RepositorySelector!) {
  schedulesOrError(repositorySelector: $repository) {
    ... on Schedules { results {
      name cronSchedule executionTimezone scheduleState { status }
      futureTicks(limit: 1) { results { timestamp } } } }
  }
}
"""


class Page:
    """A Dagster page that runs; `seconds` is how long its first page took from the start."""

    def __init__(self, url: str, log: Path) -> None:
        self.url, self.log, self.seconds = url, log, 0.0

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Answer of the GraphQL interface; an error of it is an AssertionError."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(
            f"{self.url}/graphql", body, {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            told = json.load(answer)
        assert "errors" not in told, told["errors"]
        data: dict[str, Any] = told["data"]
        return data

    def wait_until_up(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for the first page and its code location."""
        begin = time.monotonic()
        while not self._answers():
            assert process.poll() is None, self.said()
            assert time.monotonic() - begin < PATIENCE, self.said()
            time.sleep(0.2)
        self.seconds = time.monotonic() - begin

    def launch(self, *assets: Sequence[str]) -> str:
        """Materialize assets with their checks, as the button of the page does; gives the run."""
        selector = OURS | {
            "pipelineName": "refresh",
            "assetSelection": [{"path": list(path)} for path in assets],
        }
        told = self.ask(
            LAUNCH, params={"selector": selector, "runConfigData": {}, "mode": "default"}
        )
        launched = told["launchPipelineExecution"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return str(launched["run"]["runId"])

    def runs(self, **wanted: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(RUNS, filter=wanted)["runsOrError"]["results"]
        return found

    def ended(self, **wanted: Any) -> dict[str, Any]:
        """The first run of the filter, once it has come to an end."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            done = [run for run in self.runs(**wanted) if run["status"] in ENDED]
            if done:
                return done[-1]
            time.sleep(1)
        raise AssertionError(f"no run of {wanted} ended: {self.runs()}\n{self.said()}")

    def check(self, asset: Sequence[str], name: str) -> dict[str, Any]:
        """The last execution of a check."""
        found = self.ask(CHECK, asset={"path": list(asset)}, name=name)["assetCheckExecutions"]
        newest: dict[str, Any] = found[0]
        return newest

    def said(self) -> str:
        """The end of what the processes wrote."""
        return self.log.read_text(encoding="utf-8")[-4000:]

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url, timeout=PATIENCE) as answer:
                answer.read()
            return bool(self.ask(LOCATIONS)["repositoriesOrError"].get("nodes"))
        except (urllib.error.URLError, ConnectionError):
            return False


@contextmanager
def started(command: Sequence[str], root: Path, environ: Mapping[str, str]) -> Iterator[Page]:
    """Run a command that opens the page; {port} in it is a free port. Ended with all it started."""
    port = _free_port()
    log = root / "page.log"
    # What this process was told of data, county and home is not the page's.
    told = {HOME_VARIABLE, DATA_VARIABLE, COUNTY_VARIABLE, FIGURES_VARIABLE}
    kept = {name: value for name, value in os.environ.items() if name not in told}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [word.format(port=port) for word in command],
            env=kept | {DATA_VARIABLE: str(root), **environ},
            cwd=PROJECT, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        page = Page(f"http://127.0.0.1:{port}", log)
        try:
            page.wait_until_up(process)
            yield page
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started, as Ctrl-C does in a terminal."""
    for how in (signal.SIGINT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=60)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])

"""No network: definitions' SQL is run in a thread to which the kernel gives no socket."""

from __future__ import annotations

import platform
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipeline import ready_command
from warehouse import engine, no_network, sandbox
from warehouse.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

REFUSED = "Permission denied"
KNOWN = sys.platform == "linux" and platform.machine() in no_network._MACHINES
pytestmark = pytest.mark.skipif(not KNOWN, reason="only Linux on x86-64 and ARM64 has the filter")


@pytest.fixture
def service() -> Iterator[tuple[str, int]]:
    """Address of a service that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()


def reach(address: tuple[str, int]) -> str:
    try:
        socket.create_connection(address, 5).close()
    except OSError as error:
        return str(error.strerror)
    return "reached"


def nothing() -> None:
    """Stop nothing."""


def test_sql_of_a_definition_reaches_nobody(service: tuple[str, int]) -> None:
    """Even with a function that asks the network in the connection, which none has."""
    with duckdb.connect(":memory:", config=engine.SETTINGS) as connection:
        connection.create_function("ask", lambda: reach(service), [], "VARCHAR", side_effects=True)
        sandbox.keep(connection, "from_elsewhere", "select ask() as said", sandbox.LIMITS)
        assert connection.table(sandbox.STATED).fetchall() == [(REFUSED,)]
        # The thread that asked has kept its network, so the function itself does work.
        assert connection.sql("select ask()").fetchall() == [("reached",)]


def test_what_runs_there_is_returned_or_raised(service: tuple[str, int]) -> None:
    assert no_network.run(lambda: reach(service), nothing) == REFUSED
    assert reach(service) == "reached"
    with pytest.raises(ZeroDivisionError):
        no_network.run(lambda: 1 // 0, nothing)


def test_threads_and_processes_that_it_starts_reach_nobody_either(
    service: tuple[str, int],
) -> None:
    said: list[str] = []
    program = f"import socket; socket.create_connection({service!r}, 5)"

    def work() -> None:
        thread = threading.Thread(target=lambda: said.append(reach(service)))
        thread.start()
        thread.join()
        ran = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=False
        )
        said.append(ran.stderr)

    no_network.run(work, nothing)
    assert said[0] == REFUSED
    assert "PermissionError" in said[1]


def test_files_are_read_and_written_as_ever(tmp_path: Path) -> None:
    def work() -> str:
        (tmp_path / "a").write_text("a", encoding="utf-8")
        return (tmp_path / "a").read_text(encoding="utf-8")

    assert no_network.run(work, nothing) == "a"


def test_a_person_who_stops_it_stops_the_query(monkeypatch: pytest.MonkeyPatch) -> None:
    """The interrupt comes to the waiting thread, and must end the working one."""
    stopped = threading.Event()

    class Impatient(no_network.ThreadPoolExecutor):
        def submit(self, *args: object, **kwargs: object) -> object:  # type: ignore[override]
            doing = super().submit(*args, **kwargs)  # type: ignore[arg-type]
            monkeypatch.setattr(doing, "result", interrupted)
            return doing

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(no_network, "ThreadPoolExecutor", Impatient)
    with pytest.raises(KeyboardInterrupt):
        no_network.run(lambda: stopped.wait(60), stopped.set)
    assert stopped.is_set()


@pytest.mark.parametrize(
    ("machine", "header"),
    [("x86_64", "x86_64-linux-gnu/asm/unistd_64.h"), ("aarch64", "asm-generic/unistd.h")],
    ids=["x86_64", "aarch64"],
)
def test_the_filter_has_the_kernels_own_numbers(machine: str, header: str) -> None:
    path = Path("/usr/include", header)
    if not path.exists():
        pytest.skip(f"the kernel's headers are not installed here: {path}")
    said = dict(re.findall(r"^#define __NR_(\w+) (\d+)$", path.read_text(), re.MULTILINE))
    numbers = tuple(int(said[call]) for call in ("socket", "connect", "io_uring_setup"))
    assert (*no_network._MACHINES[machine][1:], no_network._IO_URING) == numbers


def test_ready_says_whether_the_kernel_keeps_definitions_off_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert no_network.enforced()
    found = ready_command._definitions(Workspace("trondelag"))
    assert (found.state, found.said.partition(", ")[2]) == (
        ready_command.GOOD, "their SQL is run without a network",
    )  # fmt: skip
    monkeypatch.setattr(no_network, "enforced", lambda: False)
    assert ready_command._definitions(Workspace("trondelag")).state == ready_command.NOTE

"""No network: a command that asks nobody has no sockets, and the kernel holds it to that."""

from __future__ import annotations

import os
import platform
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline import ready_command
from warehouse import no_network
from warehouse.workspace import PROJECT, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

REACHED, REFUSED = "reached", "Permission denied"
KNOWN = sys.platform == "linux" and platform.machine() in no_network._MACHINES
pytestmark = pytest.mark.skipif(not KNOWN, reason="only Linux on x86-64 and ARM64 has the filter")
# A command whose work is to ask a service, in its own thread and in another.
PROGRAM = """
import socket, sys, threading
from importlib import import_module
from pathlib import Path
from pipeline import cli
def reach(_=None):
    try:
        socket.create_connection(("127.0.0.1", PORT), 5).close()
    except OSError as error:
        said.append(error.strerror)
    else:
        said.append("reached")
    return 0
said = []
def work(parsed):
    reach()
    thread = threading.Thread(target=reach)
    thread.start()
    thread.join()
    Path(sys.argv[0]).write_text("a file is written as ever")
    return 0
parsed = cli.parser().parse_args()
module, function = parsed.run.split(":")
setattr(import_module("pipeline." + module), function, work)
code = cli.main()
print(*said, sep="\\n")
sys.exit(code)
"""


@pytest.fixture
def service() -> Iterator[int]:
    """Port of a service that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def said(service: int, aside: Path, *words: str, **more: str) -> list[str]:
    """What a command's own process got when it asked the service, from both of its threads."""
    program = PROGRAM.replace("PORT", str(service))
    start = f"import sys; sys.argv = {[str(aside / 'written'), *words]!r}\n"
    kept = {k: v for k, v in os.environ.items() if not k.startswith("KOMPETANSE_")}
    ran = subprocess.run(
        [sys.executable, "-c", start + program],
        cwd=PROJECT, env=kept | more, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (aside / "written").read_text() == "a file is written as ever"
    return ran.stdout.splitlines()


@pytest.mark.parametrize(
    "words",
    [
        "demo", "refresh --county trondelag --offline", "refresh --county trondelag --dry-run",
        "refresh --county trondelag --lock sources.lock",
        "indicator explain population --region namdalen",
    ],
)  # fmt: skip
def test_what_asks_nobody_reaches_nobody(words: str, service: int, tmp_path: Path) -> None:
    assert said(service, tmp_path, *words.split()) == [REFUSED, REFUSED]


@pytest.mark.parametrize(
    "words",
    ["pull", "refresh --county trondelag", "refresh --county trondelag --offline --notify"],
)
def test_what_asks_somebody_does(words: str, service: int, tmp_path: Path) -> None:
    assert said(service, tmp_path, *words.split()) == [REACHED, REACHED]


def test_a_storage_is_reached(service: int, tmp_path: Path) -> None:
    assert said(service, tmp_path, "demo", KOMPETANSE_STORE="s3://a/b") == [REACHED, REACHED]


@pytest.mark.parametrize(
    ("machine", "header"),
    [("x86_64", "x86_64-linux-gnu/asm/unistd_64.h"), ("aarch64", "asm-generic/unistd.h")],
    ids=["x86_64", "aarch64"],
)
def test_the_filter_has_the_kernels_own_numbers(machine: str, header: str) -> None:
    path = Path("/usr/include", header)
    if not path.exists():
        pytest.skip(f"the kernel's headers are not installed here: {path}")
    found = dict(re.findall(r"^#define __NR_(\w+) (\d+)$", path.read_text(), re.MULTILINE))
    numbers = tuple(int(found[call]) for call in ("socket", "connect", "io_uring_setup"))
    assert (*no_network._MACHINES[machine][1:], no_network._IO_URING) == numbers


def test_ready_says_whether_the_kernel_keeps_definitions_off_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = ready_command._definitions(Workspace("trondelag"))
    assert found.state == ready_command.GOOD
    assert "without a network" in found.said
    # Trying it has taken nothing from this process.
    socket.socket().close()
    monkeypatch.setattr(no_network, "enforced", lambda: False)
    assert ready_command._definitions(Workspace("trondelag")).state == ready_command.NOTE

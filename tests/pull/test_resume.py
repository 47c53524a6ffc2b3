"""A pull whose process was killed goes on where it was: no figure is asked for twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

from tests.pull.conftest import STATBANK, Live
from warehouse.workspace import PROJECT

if TYPE_CHECKING:
    from tests.http.server import Act, Asked
    from tests.services.server import Reply


def test_a_killed_pull_repeats_no_question_for_figures(live: Live) -> None:
    tables = [word for table in STATBANK for word in ("--table", table)]
    command = [sys.executable, "-m", "pipeline", "pull", "--at-any-time", *tables]
    environ = os.environ | {
        "KOMPETANSE_DATA": str(live.root), "KOMPETANSE_SSB_CALLS": "10000",
    }  # fmt: skip
    running: list[subprocess.Popen[bytes]] = []
    last = STATBANK[-1].partition("/")[2]

    def killed(_: int, asked: Asked, reply: Reply) -> Reply | Act:
        if f"/tables/{last}/data" in asked.path:
            running[0].send_signal(signal.SIGKILL)
        return reply

    live.twist = killed
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running.append(subprocess.Popen(command, cwd=PROJECT, env=environ, **quiet))
    assert running[0].wait(60) == -signal.SIGKILL
    first = figures(live)
    taken = [table for table in STATBANK if live.ledger.standing(table).vintage]
    assert taken == list(STATBANK[:-1])
    live.twist = None
    live.forget()
    again = subprocess.run(command, cwd=PROJECT, env=environ, check=False, **quiet)
    assert again.returncode == 0
    assert all(live.ledger.standing(table).vintage for table in STATBANK)
    repeated = first & figures(live)
    # The one under way when it was killed; every other answer was kept.
    assert {path for path, _ in repeated} <= {p for p, _ in first if f"/{last}/" in p}
    assert sum(repeated.values()) <= 1
    live.archive.verify()


def figures(live: Live) -> Counter[tuple[str, bytes]]:
    """Questions for figures since the log was emptied."""
    return Counter((asked.path, asked.body) for asked in live.at.log if "/data" in asked.path)

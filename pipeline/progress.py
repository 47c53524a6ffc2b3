"""Progress in the terminal: a bar where there is one, plain lines otherwise."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

console = Console(file=sys.stderr)
FINISHED = ("success", "failure", "skipped")


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done while it is done."""
    if console.is_terminal:
        with console.status(what):
            yield
        console.print(f"{what}: done")
    else:
        console.print(what)
        yield


@contextmanager
def bar(what: str, count: Callable[[], int]) -> Iterator[Callable[[str, str], None]]:
    """Show how far a run has come; gives the function that takes its step events."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(), TextColumn("{task.fields[now]}"),
    )  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=None, now="loading")

        def watch(name: str, word: str) -> None:
            if progress.tasks[0].total is None:
                progress.update(task, total=count())
            plain = name.replace("__", "/")
            if word == "start":
                progress.update(task, now=plain)
            elif word in FINISHED:
                progress.advance(task)
            if word in ("failure", "skipped") or (word == "success" and not console.is_terminal):
                console.print(f"  {word:8} {plain}", highlight=False)

        yield watch
        progress.update(task, now="done")

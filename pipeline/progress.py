"""Progress in the terminal: a bar where there is one, plain lines otherwise."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from sources.pull.events import Failed, Kept, TableStarted, Waiting, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import TaskID

    from sources.pull.events import Event, Tell

console = Console(stderr=True)
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


def say(text: str) -> None:
    """Print a sentence for whoever watches."""
    console.print(text, highlight=False, markup=False, soft_wrap=True)


@contextmanager
def pulling() -> Iterator[Tell]:
    """Show how a pull goes: a line per table; gives the function that takes its events."""
    columns = (
        SpinnerColumn(finished_text=" "), TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        tasks: dict[str, TaskID] = {}

        def tell(event: Event) -> None:
            name = getattr(event, "table", "")
            if isinstance(event, TableStarted):
                tasks[name] = progress.add_task(name, total=1)
            elif isinstance(event, Waiting) and name in tasks:
                waits = f"{name}: waiting {event.seconds:.0f} s ({event.why})"
                progress.update(tasks[name], description=waits)
            elif isinstance(event, Kept | Failed) and name in tasks:
                # The whole message of a failure stands in the summary at the end.
                line = (plain(event) or name).splitlines()[0]
                progress.update(tasks[name], description=_cut(line), completed=1)
            if not console.is_terminal and (line := plain(event)):
                say(line)

        yield tell


def _cut(line: str) -> str:
    width = max(console.width - 12, 40)
    return line if len(line) <= width else line[: width - 1] + "…"

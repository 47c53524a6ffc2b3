"""Store: the data root on S3-compatible storage, mirrored to the local folder that steps work in.

Every step reads and writes plain files; here they are brought from the store before a step and
sent to it after, so that steps of one run can work on several machines. Nothing here knows what
a file means but three things: what says that a result is good is sent last, the archive and
published releases are never removed from the store, and half-written files are left out.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sources import files
from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from warehouse.workspace import Workspace

VARIABLE = "KOMPETANSE_STORE"
ARCHIVE, RELEASES, PUBLICATIONS = "archive", "releases", "publications"
# All that a refresh of a county needs beside its work folder.
KEPT = (ARCHIVE, RELEASES, PUBLICATIONS)
# What is known of both sides since they were last alike: local to this machine.
MARKS, LOCK = "store.json", "locks/store.lock"
# Sent in this order: results, then what says that they are good, then what was published when,
# then the switch that readers follow.
_LAST = ("/versions/", f"{PUBLICATIONS}/", f"{RELEASES}/current-")
_BLOCK = 8 << 20


class StoreUnreachable(KompetanseError):
    """The storage did not answer, or refused; says what was asked of it."""


@dataclass(frozen=True)
class _Mark:
    """Both sides of a file when they were alike: remote time and size, local time (ns)."""

    remote: int
    size: int
    local: int


class Store:
    """The mirror of one local data root.

    uri: "s3://bucket/prefix", with `?endpoint_override=host:port` for others than Amazon and
    `&scheme=http` where there is no TLS; credentials come from the usual AWS_ variables.
    A "file:///folder" works too, for a network drive that several machines see.
    """

    def __init__(self, uri: str, root: Path) -> None:
        """Open the store; raises StoreUnreachable for an address that cannot be one."""
        from pyarrow import fs

        self.root = root
        try:
            self._remote, base = fs.FileSystem.from_uri(uri)
        except (OSError, ValueError) as error:
            raise StoreUnreachable(
                f"{VARIABLE} is no address of a storage: {error}. "
                "It looks like s3://bucket/prefix?endpoint_override=host:port."
            ) from error
        self._base = base.rstrip("/")

    def ask(self) -> None:
        """Ask whether the storage answers; raises StoreUnreachable if not."""
        from pyarrow import fs

        with _told("list", "its own folder"):
            self._remote.get_file_info(fs.FileSelector(self._base, allow_not_found=True))

    def bring(self, folders: Iterable[str]) -> int:
        """Bring what others sent since; returns the number of files. Raises StoreUnreachable."""
        with files.held(self.root / LOCK), self._marks() as marks:
            return sum(self._bring(folder, marks) for folder in folders)

    def send(self, folders: Iterable[str]) -> int:
        """Send what was changed here since; returns how many files. Raises StoreUnreachable."""
        with files.held(self.root / LOCK), self._marks() as marks:
            here = [p for folder in folders for p in self._local(folder)]
            changed = [p for p in sorted(here, key=_order) if self._differs(p, marks)]
            for name in changed:
                self._upload(name, marks)
            return len(changed) + sum(self._remove_gone(folder, marks) for folder in folders)

    def _bring(self, folder: str, marks: dict[str, _Mark]) -> int:
        there = self._listed(folder)
        brought = 0
        for name in sorted(there, key=_order):
            remote, size = there[name]
            mark = marks.get(name)
            if mark and (mark.remote, mark.size) == (remote, size):
                continue  # alike, changed here, or removed here: nothing that others did
            if self._download(name):
                marks[name] = _Mark(remote, size, _stamp(self.root / name))
                brought += 1
        # Only what is passing: an emptied bucket must not empty the archive here too.
        for name in [n for n in marks if _below(n, folder) and n not in there and _may_go(n)]:
            if not self._differs(name, marks):
                (self.root / name).unlink(missing_ok=True)
            del marks[name]
        return brought

    def _remove_gone(self, folder: str, marks: dict[str, _Mark]) -> int:
        gone = [n for n in marks if _below(n, folder) and not os.path.lexists(self.root / n)]
        passing = [n for n in gone if _may_go(n)]
        for name in passing:
            with _told("remove", name):
                self._remote.delete_file(f"{self._base}/{name}")
            del marks[name]
        return len(passing)

    def _listed(self, folder: str) -> dict[str, tuple[int, int]]:
        from pyarrow import fs

        selector = fs.FileSelector(f"{self._base}/{folder}", recursive=True, allow_not_found=True)
        with _told("list", folder):
            found = self._remote.get_file_info(selector)
        return {
            info.path.removeprefix(f"{self._base}/"): (info.mtime_ns, info.size)
            for info in found
            if info.is_file
        }

    def _local(self, folder: str) -> Iterator[str]:
        for path in (self.root / folder).rglob("*"):
            name = path.relative_to(self.root).as_posix()
            if path.is_symlink() or (path.is_file() and not path.name.startswith(".")):
                yield name

    def _differs(self, name: str, marks: dict[str, _Mark]) -> bool:
        mark = marks.get(name)
        return mark is None or mark.local != _stamp(self.root / name)

    def _upload(self, name: str, marks: dict[str, _Mark]) -> None:
        path, target = self.root / name, f"{self._base}/{name}"
        stamp = _stamp(path)
        with _told("send", name):
            if not self._remote.type_name.startswith("s3"):
                self._remote.create_dir(target.rpartition("/")[0], recursive=True)
            with self._remote.open_output_stream(target) as stream:
                for block in _blocks(path):
                    stream.write(block)
            info = self._remote.get_file_info(target)
        marks[name] = _Mark(info.mtime_ns, info.size, stamp)

    def _download(self, name: str) -> bool:
        """Bring one file; False if another machine has removed it since it was listed."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f"{files.TEMPORARY}{path.name}.{os.getpid()}")
        with _told("bring", name):
            try:
                stream = self._remote.open_input_stream(f"{self._base}/{name}")
            except FileNotFoundError:
                return False
            with stream, aside.open("wb") as file:
                while block := stream.read(_BLOCK):
                    file.write(block)
        aside.replace(path)
        return True

    @contextmanager
    def _marks(self) -> Iterator[dict[str, _Mark]]:
        path = self.root / MARKS
        known = json.loads(path.read_bytes()) if path.exists() else {}
        same = known.get("store") == self._base
        marks = {n: _Mark(*m) for n, m in known["files"].items()} if same else {}
        try:
            yield marks
        finally:
            rows = {n: [m.remote, m.size, m.local] for n, m in marks.items()}
            text = json.dumps({"store": self._base, "files": rows})
            files.write(path, text.encode())


def of(root: Path) -> Store | None:
    """The store of a local data root, or None where KOMPETANSE_STORE is not set."""
    uri = os.environ.get(VARIABLE)
    return Store(uri, root) if uri else None


@contextmanager
def at_hand(workspace: Workspace, *more: str) -> Iterator[None]:
    """Bring what a step may read, and send what it made; does nothing where there is no store.

    more: ARCHIVE, RELEASES, PUBLICATIONS, where the step needs them beside the work folder.
    """
    store = of(workspace.root)
    if store is None:
        yield
        return
    work = workspace.work.relative_to(workspace.root).as_posix()
    folders = (work, *more)
    store.bring(folders)
    try:
        yield
    finally:
        store.send(folders)


def _order(name: str) -> tuple[int, str]:
    ranks = [rank for rank, part in enumerate(_LAST, 1) if part in f"/{name}" or part in name]
    return max(ranks, default=0), name


def _may_go(name: str) -> bool:
    """Whether a file's removal is passed on: what is passing, never an answer or a release."""
    return name.startswith(("work/", f"{RELEASES}/."))


def _below(name: str, folder: str) -> bool:
    return name.startswith(f"{folder}/")


def _stamp(path: Path) -> int:
    """When the file was last changed here, in ns; 0 for one that is not there."""
    return path.lstat().st_mtime_ns if os.path.lexists(path) else 0


def _blocks(path: Path) -> Iterator[bytes]:
    """Contents of a file; of a link, the name it leads to, as pointer files have it."""
    if path.is_symlink():
        yield path.readlink().name.encode()
        return
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


@contextmanager
def _told(what: str, name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnreachable(
            f"The storage of {VARIABLE} could not {what} {name}: {error}. "
            "Nothing that lies there was changed by this file. See to the storage and the AWS_ "
            "variables, then run it again: what is done already is not done again."
        ) from error

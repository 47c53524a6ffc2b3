"""Where documents come from: the live services, or the newest copies in the archive.

Nothing here reads a document; that does `describe` of the protocol's client.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from sources.doctor.shapes import Witness
from sources.model import KompetanseError
from sources.pull.client import NotArchived

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sources.archive import Archive, Entry
    from sources.pull.client import Asking
    from sources.pull.fetch import Answer

_RESHAPED = "reshaped"
_LANGUAGES = ("no", "en")


class Unanswered(KompetanseError):
    """The service gave no answer at all to an earlier question of this run."""


@dataclass(frozen=True)
class Copy:
    """An archived answer, in the shape of a live one."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    fetched_at: str


class Live:
    """Documents as the services give them now; the same one is asked for once in a run."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        self.silent: dict[str, str] = {}

    def get(self, url: str) -> Answer:
        """Ask for a document at its public address.

        Raises what sources/http raises, and Unanswered, without asking, for a service that did
        not answer before: nobody waits for the same silence once per table.
        """
        from sources.http import SourceUnreachable

        service = _service(url)
        if service in self.silent:
            raise Unanswered(
                f"not asked, since {service} was silent before: {self.silent[service]}"
            )
        headers = {"Accept": "application/json"} if service == "klass" else None
        fetcher = self.asking.service(service)
        try:
            return self.asking.once(f"doctor {url}", lambda: fetcher.get(url, headers=headers))
        except SourceUnreachable as error:
            if error.status is None:
                self.silent[service] = str(error)
            raise

    def witness(self) -> Witness:
        """Say who gave the documents."""
        return Witness(live=True)

    def forget(self) -> None:
        """Begin with the next table."""


class Archived:
    """Documents as the archive has them; made-up ones are no witness of anything."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.used: list[Entry] = []
        self._newest: dict[tuple[str, ...], Entry] = {}
        for entry in archive.entries(made_up=False):
            for key in _keys(entry.url):
                older = self._newest.get(key)
                if entry.method == "GET" and (older is None or _age(older) <= _age(entry)):
                    self._newest[key] = entry

    def get(self, url: str) -> Answer:
        """Return the newest copy of a document, in the other language if need be.

        Raises NotArchived and DamagedArchive.
        """
        entry = next((self._newest[k] for k in _asked(url) if k in self._newest), None)
        if entry is None:
            raise NotArchived(
                f"no archived copy of {url} in {self.archive.root}\n"
                "Look without --offline, or import recorded metadata: "
                "kompetanse archive import FOLDER."
            )
        self.used.append(entry)
        body = self.archive.body(entry)
        return Copy(entry.status, entry.url, entry.headers, body, entry.fetched_at or "")

    def witness(self) -> Witness:
        """Say how old the oldest and how good the worst copy is that was used since forget."""
        ages = [_age(entry)[0] for entry in self.used if _age(entry)[0]]
        weak = any(entry.fidelity == _RESHAPED for entry in self.used)
        notes = tuple(dict.fromkeys(entry.note for entry in self.used if entry.note))
        kinds = "/".join(sorted({entry.fidelity for entry in self.used}))
        said = ", ".join(part for part in (min(ages, default=""), kinds) if part)
        return Witness(live=False, said=said, weak=weak, notes=notes)

    def forget(self) -> None:
        """Begin with the next table."""
        self.used = []


def _service(url: str) -> str:
    from sources.http import SERVICES

    below = [s.name for s in SERVICES.values() if url.startswith(s.base)]
    host = urlsplit(url).hostname
    at = [s.name for s in SERVICES.values() if host in s.hosts]
    if not below and not at:
        raise Unanswered(f"{url} belongs to no service that this project asks")
    return (below or at)[0]


def _keys(url: str) -> list[tuple[str, ...]]:
    """Return the names that an archived answer is found under: its own and one that asks less.

    A range of KLASS recorded with an end, and metadata with a code list applied, will do for the
    question without.
    """
    key = _key(url)
    return [key, tuple(part for part in key if not part.startswith(("to=", "codelist[")))]


def _asked(url: str) -> list[tuple[str, ...]]:
    key = _key(url)
    others = [(f"lang={a}", f"lang={b}") for a in _LANGUAGES for b in _LANGUAGES if a != b]
    return [key, *(tuple(b if p == a else p for p in key) for a, b in others if a in key)]


def _key(url: str) -> tuple[str, ...]:
    """Name a question apart from the order and encoding of its parameters."""
    parts = urlsplit(url)
    # StatBank links to codeLists and answers at codelists; the ids after it keep their case.
    path = parts.path.replace("/codeLists/", "/codelists/")
    asked = sorted(f"{name}={value}" for name, value in parse_qsl(parts.query))
    return (f"{parts.hostname}{path}", *asked)


def _age(entry: Entry) -> tuple[str, str]:
    return (entry.as_of or "", entry.fetched_at or "")

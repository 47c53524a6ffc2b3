"""Addresses of a release and of the things its catalogues speak of.

With a public address everything resolves: files below their release, things as fragments of the
catalogue that `current-<channel>` leads to. Without one, files are relative to the catalogue and
things are urn:uuid names that promise no page. No address is ever made up.
"""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from sources.model import KompetanseError

VARIABLE = "KOMPETANSE_PUBLIC_URL"


class BadPublicAddress(KompetanseError):
    """The public address of the releases cannot stand in a catalogue."""


def public_url() -> str | None:
    """The address that the environment gives for the folder of releases, if it gives one."""
    return os.environ.get(VARIABLE) or None


@dataclass(frozen=True)
class Addresses:
    """Addresses of one release; `base` is None where releases have no public address."""

    base: str | None
    channel: str
    release_id: str

    def thing(self, name: str) -> str:
        """Address of what stays the same from release to release: dataset, publisher, metric."""
        if self.base:
            return f"{self.base}/current-{quote(self.channel)}/dcat.ttl#{quote(name, safe='')}"
        return _urn(f"{self.channel}#{name}")

    def part(self, name: str) -> str:
        """Address of what belongs to this release only: a distribution, a measurement."""
        if self.base:
            return f"{self.base}/{quote(self.release_id)}/dcat.ttl#{quote(name, safe='')}"
        return _urn(f"{self.release_id}#{name}")

    def file(self, path: str) -> str:
        """Address of a file of the release; relative to the catalogue without a public address."""
        return f"{self.base}/{quote(self.release_id)}/{quote(path)}" if self.base else quote(path)


def addresses(base: str | None, channel: str, release_id: str) -> Addresses:
    """Addresses below a public address.

    Raises BadPublicAddress unless it is http(s) with a host and without user, query and fragment.
    """
    if base is None:
        return Addresses(None, channel, release_id)
    parts = urlsplit(base)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadPublicAddress(_complaint("it is no absolute http or https address"))
    if parts.username or parts.password or parts.query or parts.fragment:
        raise BadPublicAddress(_complaint("a user, query or fragment would be published with it"))
    return Addresses(base.rstrip("/"), channel, release_id)


def _complaint(why: str) -> str:
    return (
        f"The public address of the releases cannot be used: {why}. No catalogue was written. "
        f"Set {VARIABLE} to the address of the releases folder, such as "
        "https://host/releases, or leave it out."
    )


def _urn(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"kompetanse:{name}").urn

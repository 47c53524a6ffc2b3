"""Licences by the names the source YAMLs use, and their addresses where these are certain.

A name that is not here, or whose version nobody has read (NLOD), stands as text only.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Licence:
    """A licence: name in the YAMLs, SPDX id, its page, its concept in the EU's vocabulary."""

    name: str
    spdx: str
    page: str
    concept: str | None


_KNOWN = (
    Licence(
        "CC BY 4.0",
        "CC-BY-4.0",
        "https://creativecommons.org/licenses/by/4.0/",
        "http://publications.europa.eu/resource/authority/licence/CC_BY_4_0",
    ),
    Licence("MIT", "MIT", "https://opensource.org/license/mit", None),
)
_BY_NAME = {licence.name: licence for licence in _KNOWN}


def find(name: str) -> Licence | None:
    """The licence of exactly this name, or None; "CC BY 4.0 (second-hand ...)" is not found."""
    return _BY_NAME.get(name)

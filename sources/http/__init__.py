"""HTTP: asks the services, politely, completely, and only where they are.

One layer for all of them: turns shared by the machine, deadlines, limits on bytes, retries,
declared hosts, verified TLS. What to ask belongs to the clients of the protocols; decoding to
sources/readers/, keeping to sources/archive.py.
"""

from __future__ import annotations

from sources.http.errors import (
    AnswerTooLarge,
    FetchError,
    ForeignAddress,
    ForeignRedirect,
    InsecureAddress,
    InvalidSetting,
    SourceRefused,
    SourceUnreachable,
    StateUnusable,
    UndecodableAnswer,
)
from sources.http.fetch import Answer, Fetcher
from sources.http.hosts import SERVICES, Service
from sources.http.limits import Limits, Rate

__all__ = [
    "SERVICES",
    "Answer",
    "AnswerTooLarge",
    "FetchError",
    "Fetcher",
    "ForeignAddress",
    "ForeignRedirect",
    "InsecureAddress",
    "InvalidSetting",
    "Limits",
    "Rate",
    "Service",
    "SourceRefused",
    "SourceUnreachable",
    "StateUnusable",
    "UndecodableAnswer",
]

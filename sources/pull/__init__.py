"""Pulling: what to ask a live source, and the proof that the answers are all of it.

Here stands the client of PxWebApi v2, the protocol of SSB's StatBank. Sockets, retries, rate
limits and base addresses belong to whoever gives the `Fetch`; keeping the answers belongs to
sources/archive.py; decoding to sources/readers/.
"""

from __future__ import annotations

from sources.pull.fetch import Answer, Fetch
from sources.pull.plan import MAX_CELLS, Question, plan
from sources.pull.problems import (
    ImpossibleRequest,
    NotNow,
    NotWhole,
    QuestionRefused,
    TableGone,
)
from sources.pull.pxweb import Pulled, pull

__all__ = [
    "MAX_CELLS",
    "Answer",
    "Fetch",
    "ImpossibleRequest",
    "NotNow",
    "NotWhole",
    "Pulled",
    "Question",
    "QuestionRefused",
    "TableGone",
    "plan",
    "pull",
]

"""Pulling: what to ask a live source, and the proof that the answers are all of it.

Here stand the clients, one module per protocol (client.py says what each is given and brings),
the run over all tables (refresh.py), its events, log and replay, and what is kept of a pull
(keep.py). Sockets, retries, rate limits and base addresses belong to sources/http/; decoding to
sources/readers/, the store to sources/archive.py. What is imported here is of StatBank's client.
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

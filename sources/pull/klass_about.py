"""What KLASS says of a code list, a list of changes or a correspondence: for `kompetanse doctor`.

KLASS has no document beside the lists themselves, so the request of the table is what is asked,
and the protocol's own reader says whether it is still what the project knows how to read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sources.model import AnswerContext
from sources.pull.client import Described
from sources.pull.problems import ImpossibleRequest, checked

if TYPE_CHECKING:
    from sources.pull.client import Documents
    from sources.registry import SourceTable

_CHANGED = "change_date"


def describe(spec: SourceTable, documents: Documents) -> Described:
    """How many rows KLASS has for the request, and from which days the changes are.

    Title, licence and codes are left open: the lists state no title and no licence, and their
    codes are figures of ours, not expectations.
    Raises what `documents` raises and UnreadableAnswer.
    """
    if spec.request is None:
        raise ImpossibleRequest(f"{spec.id}: its source YAML has no request, so nothing to ask")
    from sources import registry

    answer = checked(documents.get(spec.request.url), spec.id)
    context = AnswerContext(url=answer.url, name=spec.id)
    table = registry.reader(spec.protocol)(answer.body, spec, context).table
    rows = table.num_rows
    days = table[_CHANGED].to_pylist() if _CHANGED in table.column_names else []
    few = f"{rows} rows, at least {spec.size.min_cells} expected"
    return Described(
        title="",
        dimensions={},
        periods=tuple(sorted({day.isoformat() for day in days if day})),
        unaskable=(few,) if rows < spec.size.min_cells else (),
        questions=1,
        notes=(f"{rows} rows",),
    )

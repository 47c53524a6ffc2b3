"""Doctor: does what the sources say of their tables still fit what the source YAMLs expect.

Here documents are looked at, live or as archived, held against the YAMLs, and mended YAMLs are
proposed. What a protocol's documents say is worked out by `describe` of its client in
sources/pull/; figures are judged in sources/validate.py; printing belongs to pipeline/.
"""

from __future__ import annotations

from sources.doctor.examine import examine, tables_to_look_at
from sources.doctor.fix import Fixed, fix
from sources.doctor.look import Archived, Live, Unanswered
from sources.doctor.shapes import Checkup, Finding, Verdict, Witness

__all__ = [
    "Archived",
    "Checkup",
    "Finding",
    "Fixed",
    "Live",
    "Unanswered",
    "Verdict",
    "Witness",
    "examine",
    "fix",
    "tables_to_look_at",
]
